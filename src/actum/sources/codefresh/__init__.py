"""Codefresh audit log: every API call of an account, from its UI, its CLI and its integrations.

The log is exported as CSV (``Download Audit``), or read as JSON.  The vendor names the columns only
as its screen shows them: Entity ID/Name, Entity type, Action, Status, User, Last Request, and the
call's URL, parameters and payload.  So the names are read in any spelling (``entityType``, ``Entity
type``, ``entity_type``), and every other column stays in the raw record.  Nobody here has seen a
real export: what it calls its time decides whether ``when`` is answered.

References:
- https://codefresh.io/docs/docs/administration/account-user-management/audit/
- https://codefresh.io/docs/docs/integrations/codefresh-api/
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from actum.sources.acts import act_of
from actum.sources.addresses import ip
from actum.sources.seam import Claim, Mapped, Splitter, Unread
from actum.sources.tables import TableSplitter, header_of, row
from actum.sources.times import epoch, utc

NAME = "codefresh"
TITLE = "Codefresh audit"
VERSION = 1
SUPPORT = "vendor documentation"
SIGNS = "columns Entity ID/Name, Entity type, Action, Status, User; as JSON with lastRequest"
MEMBERS = frozenset(("lastRequest", "Last Request"))
CLAIMS_TEXT = False

_members = msgspec.json.Decoder(dict[str, Any]).decode
_REFUSED = (msgspec.MsgspecError, RecursionError, ValueError)
_JSON = "spelled"
_PLACES: Mapping[str, str] = {
    "entityidname": "entity", "entityid": "entity_id", "entityname": "entity_name",
    "entity": "entity_name", "entitytype": "entity_type", "action": "action", "status": "status",
    "user": "user", "username": "user", "userid": "user_id", "useremail": "email",
    "email": "email", "lastrequest": "stated", "timestamp": "stated", "time": "stated",
    "date": "stated", "createdat": "stated", "created": "stated", "id": "id", "_id": "id",
    "url": "url", "method": "method", "accountid": "account", "account": "account",
    "accountname": "account_name", "ip": "ip", "useragent": "agent", "error": "error",
}  # fmt: skip
_MARKS = re.compile(r"[^a-z0-9]")


def _place(name: str) -> str:
    return _PLACES.get(_MARKS.sub("", name.lower()), "")


def _is_own(names: Collection[str]) -> bool:
    places = {_place(name) for name in names}
    whole = {"entity_type", "action", "status", "user"} <= places
    return whole and bool(places & {"entity", "entity_id", "entity_name"})


def claim(raw: bytes) -> Claim | None:
    """An entry by the names of its members."""
    # Other logs say entity, action and status as well; what this one's screen calls its time
    # nobody else does.
    if not (b'"lastRequest"' in raw or b'"Last Request"' in raw):
        return None
    try:
        members = _members(raw)
    except _REFUSED:
        return None
    if MEMBERS.isdisjoint(members) or not _is_own(members):
        return None
    identity = next((members[name] for name in members if _place(name) == "id"), "")
    key = identity if isinstance(identity, str) else ""
    return Claim(NAME, key.encode("utf-8", "surrogatepass"), _JSON)


def lines(head: Sequence[bytes], options: str) -> Splitter | None:
    """Rows of a CSV export under a header with these columns."""
    if options:
        raise ValueError("codefresh takes no options: the header names the columns")
    header = header_of(head[0]) if head else None
    return TableSplitter(*header) if header and _is_own(header[1]) else None


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """An entry by the names used here."""
    found: Mapping[str, Any] | Unread
    if form == _JSON:
        try:
            found = _members(raw)
        except _REFUSED as error:
            yield Unread(f"not valid JSON: {error}")
            return
    else:
        found = row(raw, form)
    if isinstance(found, Unread):
        yield found
        return
    told: dict[str, str] = {}
    for name, value in found.items():
        place = _place(name)
        plain = _name_in(value) if isinstance(value, dict) else value
        if place and place not in told and isinstance(plain, str | int) and plain != "":
            told[place] = str(plain)
    yield msgspec.json.encode(told)


def _name_in(value: Mapping[str, Any]) -> object:
    return value.get("name") or value.get("userName") or value.get("email")


_STATUS = """CASE
    WHEN NOT ok THEN NULL
    WHEN regexp_full_match(lower(j.status), '2[0-9]{2}.*|success.*|ok|passed') THEN 'success'
    WHEN regexp_full_match(lower(j.status), '[45][0-9]{2}.*|fail.*|error.*|denied|unauthorized')
    THEN 'failure' ELSE 'unknown' END"""
_IS_LOGIN = "regexp_full_match(lower(j.action), '(user)?[-_. ]?log(in|out|ged in|ged out)')"

MAPPING = Mapped(
    shape=dict.fromkeys(
        ("entity", "entity_id", "entity_name", "entity_type", "action", "status", "user",
         "user_id", "email", "stated", "id", "url", "method", "account", "account_name", "ip",
         "agent", "error"),
        "VARCHAR",
    ),
    objects=(),
    steps=({"act": act_of("j.action"), "signs_in": _IS_LOGIN},),
    columns={
        "time": f"coalesce({utc('j.stated', zoned=True)}, {epoch('j.stated', 'any')})",
        "original_time": "j.stated",
        "class_uid": "CASE WHEN NOT ok THEN 0 WHEN signs_in THEN 3002 ELSE 6003 END",
        "activity_id": "CASE WHEN NOT ok THEN 0 WHEN signs_in THEN CASE WHEN"
                       " contains(lower(j.action), 'out') THEN 2 ELSE 1 END ELSE CASE act"
                       " WHEN 'create' THEN 1 WHEN 'read' THEN 2 WHEN 'update' THEN 3"
                       " WHEN 'delete' THEN 4 ELSE 99 END END",
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "CASE WHEN ok THEN coalesce(act, 'other') END",
        "api_operation": "j.action",
        "api_service_name": "CASE WHEN ok THEN 'Codefresh' END",
        "actor_user_uid": "j.user_id",
        "actor_user_name": "coalesce(j.user, j.email)",
        "actor_user_email": "CASE WHEN j.email LIKE '%_@_%' THEN j.email"
                            " WHEN j.user LIKE '%_@_%._%' THEN j.user END",
        "resource_uid": "j.entity_id",
        "resource_name": "coalesce(j.entity_name, j.entity)",
        "resource_type": "CASE WHEN coalesce(j.entity_id, j.entity_name, j.entity) IS NOT NULL"
                         " THEN j.entity_type END",
        "http_method": "j.method",
        "http_url": "j.url",
        "cloud_provider": "CASE WHEN ok THEN 'Codefresh' END",
        "cloud_account_uid": "coalesce(j.account, j.account_name)",
        "metadata_product": "CASE WHEN ok THEN 'Codefresh' END",
        "src_endpoint_ip": ip("j.ip"),
        "user_agent": "j.agent",
        "status": _STATUS,
        "status_code": f"CASE WHEN {_STATUS} = 'failure' THEN j.status END",
        "status_detail": "j.error",
        "http_status": "CASE WHEN regexp_full_match(j.status, '[1-5][0-9]{2}')"
                       " THEN try_cast(j.status AS UINTEGER) END",
        "metadata_uid": "j.id",
    },
    open={
        "who": "a trigger acts for nobody",
        "on what": "an entry may name only the type of what it is about",
        "when": "the vendor does not document how its export writes a time",
        "from where": "the vendor documents no address",
    },
)  # fmt: skip
