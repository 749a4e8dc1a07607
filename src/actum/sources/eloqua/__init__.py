"""Oracle Eloqua audit log: the CSV exports of its six reports, as their columns are documented.

Asset history, security group history, user profile history, user login history, data exports and
data uploads.  Which report a row is of is told by its columns.  The export writes times in the time
zone of the user who asked for it and does not name it: such a time stays unknown, and stands in
``original_time`` as written.  Rows have no id.  A row is written of what happened, so a change is a
success; exports and uploads state their own status.

References:
- https://docs.oracle.com/en/cloud/saas/marketing/eloqua-user/Help/Auditing/AuditLogData.htm
- https://docs.oracle.com/en/cloud/saas/marketing/eloqua-user/Help/Auditing/Tasks/ExportingAuditLog.htm
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec

from actum.sources.addresses import ip
from actum.sources.seam import Claim, Lookup, Mapped, Splitter, Unread
from actum.sources.tables import TableSplitter, header_of, row
from actum.sources.times import utc

NAME = "eloqua"
TITLE = "Oracle Eloqua audit log"
VERSION = 1
SUPPORT = "vendor documentation"
SIGNS = "the header of one of the six audit reports, such as Asset Type, Asset Name, Action, User"
MEMBERS: frozenset[str] = frozenset()
CLAIMS_TEXT = False

_PLACES: Mapping[str, str] = {
    "datetimestamp": "stated", "datetime": "stated", "date": "stated", "timestamp": "stated",
    "firstloginhour": "stated", "id": "id", "assetid": "id", "assettype": "asset_type",
    "assetname": "asset_name", "action": "action", "user": "user", "username": "user",
    "securitygroupname": "group", "impactedobjecttype": "impacted", "changedetails": "details",
    "userprofilename": "profile", "ipaddress": "ip", "status": "status",
    "exportname": "export", "uploadname": "upload", "definitionname": "export",
    "starttime": "stated", "endtime": "ended",
}  # fmt: skip
_MARKS = re.compile(r"[^a-z0-9]")
_REPORTS = (
    ("asset", {"asset_type", "asset_name", "action", "user"}),
    ("group", {"group", "impacted", "action", "user"}),
    ("profile", {"profile", "impacted", "action", "user"}),
    ("export", {"export", "user", "status"}),
    ("upload", {"upload", "user", "status"}),
)


def _place(name: str) -> str:
    return _PLACES.get(_MARKS.sub("", name.lower()), "")


def _report(names: Collection[str]) -> str:
    """Which report has these columns; "" for none."""
    places = {_place(name) for name in names}
    for report, columns in _REPORTS:
        if columns <= places:
            return report
    is_login = any(_MARKS.sub("", name.lower()) == "firstloginhour" for name in names)
    return "login" if is_login and "user" in places else ""


def claim(raw: bytes) -> Claim | None:  # noqa: ARG001 - the seam's signature
    """Nothing: a row without its header could be anybody's."""
    return None


def lines(head: Sequence[bytes], options: str) -> Splitter | None:
    """Rows under the header of a report; titles may stand above it."""
    if options:
        raise ValueError("eloqua takes no options: the header names the columns")
    header = header_of(head[0]) if head else None
    return TableSplitter(*header) if header and _report(header[1]) else None


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """A row by the names used here, and which report it is of."""
    found = row(raw, form)
    if isinstance(found, Unread):
        yield found
        return
    told = {place: value for name, value in found.items() if (place := _place(name))}
    report = _report(_names(form))
    yield msgspec.json.encode({**told, "report": report})


def _names(form: str) -> list[str]:
    """The header a form holds."""
    found = re.findall(r'"((?:[^"\\]|\\.)*)"', form)
    return found[1:]


_ACTIONS = Lookup(
    "actions",
    ("word", "act", "activity_id"),
    (
        ("create", "create", 1), ("created", "create", 1), ("modify", "update", 3),
        ("modified", "update", 3), ("delete", "delete", 4), ("deleted", "delete", 4),
        ("schedule for activation", "update", 3), ("activate", "update", 3),
        ("activated", "update", 3), ("deactivate", "update", 3), ("deactivated", "update", 3),
        ("pause", "update", 3), ("paused", "update", 3), ("archive", "update", 3),
        ("archived", "update", 3), ("unarchive", "update", 3), ("unarchived", "update", 3),
    ),
    "actions.word = lower(trim(j.action))",
)  # fmt: skip
_STATUS = """CASE
    WHEN NOT ok THEN NULL
    WHEN j.report IN ('export', 'upload') THEN CASE lower(j.status) WHEN 'completed' THEN 'success'
        WHEN 'complete' THEN 'success' WHEN 'failed' THEN 'failure' ELSE 'unknown' END
    ELSE 'success' END"""

MAPPING = Mapped(
    shape=dict.fromkeys(
        ("report", "stated", "id", "asset_type", "asset_name", "action", "user", "group",
         "impacted", "details", "profile", "ip", "status", "export", "upload"),
        "VARCHAR",
    ),
    objects=(),
    lookups=(_ACTIONS,),
    steps=({
        "act": "CASE WHEN NOT ok THEN NULL ELSE CASE j.report WHEN 'login' THEN 'auth'"
               " WHEN 'export' THEN 'read' WHEN 'upload' THEN 'create'"
               " ELSE coalesce(actions_act, 'other') END END",
    },),
    columns={
        "time": utc("j.stated", zoned=True),
        "original_time": "j.stated",
        "class_uid": "CASE WHEN NOT ok THEN 0 WHEN j.report = 'login' THEN 3002"
                     " WHEN j.report = 'group' THEN 3006 WHEN j.report = 'profile' THEN 3001"
                     " ELSE 6003 END",
        "activity_id": "CASE WHEN NOT ok THEN 0 ELSE CASE j.report WHEN 'login' THEN 1"
                       " WHEN 'group' THEN CASE act WHEN 'create' THEN 6 WHEN 'delete' THEN 5"
                       " ELSE 99 END WHEN 'profile' THEN CASE act WHEN 'create' THEN 1"
                       " WHEN 'delete' THEN 6 ELSE 99 END WHEN 'export' THEN 2"
                       " WHEN 'upload' THEN 1 ELSE coalesce(actions_activity_id, 99) END END",
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "act",
        "api_operation": "CASE j.report WHEN 'login' THEN 'Login' WHEN 'export' THEN 'Data Export'"
                         " WHEN 'upload' THEN 'Data Upload' ELSE j.action END",
        "api_service_name": "CASE WHEN ok THEN 'Eloqua' END",
        "message": "j.details",
        "actor_user_name": "j.user",
        "actor_user_email": "CASE WHEN j.user LIKE '%_@_%._%' THEN j.user END",
        "resource_uid": "CASE WHEN j.report IN ('asset', 'group') THEN j.id END",
        "resource_name": "coalesce(j.asset_name, j.group, j.profile, j.export, j.upload)",
        "resource_type": "CASE j.report WHEN 'asset' THEN j.asset_type"
                         " WHEN 'group' THEN 'Security Group' WHEN 'profile' THEN 'User'"
                         " WHEN 'export' THEN 'Data Export' WHEN 'upload' THEN 'Data Upload' END",
        "metadata_product": "CASE WHEN ok THEN 'Eloqua' END",
        "src_endpoint_ip": ip("j.ip"),
        "status": _STATUS,
        "status_code": f"CASE WHEN {_STATUS} <> 'success' THEN j.status END",
        "any_user": "CASE WHEN j.profile IS NOT NULL THEN [j.profile] END",
    },
    open={
        "when": "the export writes times without their zone",
        "from where": "only the login report states an address",
        "on what": "sign-ins name no asset",
    },
)  # fmt: skip
