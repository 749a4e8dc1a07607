"""Microsoft Entra ID provisioning: users and groups copied from one directory to another.

Diagnostic records, what the Graph API gives and rows of AADProvisioningLogs differ in the case of
their keys and in what is JSON inside a string, and there are few of them: each is made into the
same flat members here (`_flat`), whatever its spelling.

Traps: an id and a name are ``id`` and ``displayName`` from Graph, ``Id`` and ``Name`` elsewhere.
Who began it is nearly always the provisioning service itself.  ``skipped`` is no failure and no
success.

References:
- provisioningObjectSummary: https://learn.microsoft.com/graph/api/resources/provisioningobjectsummary
- AADProvisioningLogs: https://learn.microsoft.com/azure/azure-monitor/reference/tables/aadprovisioninglogs
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from actum.sources.azure_sql import tenant
from actum.sources.log_analytics import (
    STATED,
    csv_splitter,
    opened,
    rewrite,
    squeezed,
    told_time,
)
from actum.sources.seam import Claim, Mapped, Splitter, Unread
from actum.sources.times import utc

NAME = "entra_provisioning"
TITLE = "Microsoft Entra ID provisioning"
VERSION = 1
SUPPORT = "real samples"
SIGNS = (
    "category ProvisioningLogs, or provisioningAction beside jobId, or a row of AADProvisioningLogs"
)
MEMBERS = frozenset(("properties", "provisioningAction", "JobId", "Type", "TableName"))
CLAIMS_TEXT = False

ANY = "any spelling"


class Payload(msgspec.Struct, gc=False):
    """The id of the payload, in either case."""

    id: Any = None
    Id: Any = None


class Key(msgspec.Struct, gc=False):
    """The members that tell a record in any of its spellings."""

    category: Any = None
    properties: Payload | None = None
    id: Any = None
    jobId: Any = None  # noqa: N815 - Microsoft's spellings
    provisioningAction: Any = None  # noqa: N815
    Id: Any = None
    JobId: Any = None
    ProvisioningSteps: Any = None
    TableName: Any = None
    Type: Any = None


_decode = msgspec.json.Decoder(Key).decode


def claim(raw: bytes) -> Claim | None:
    """A record by its category, its table, or the members of the payload."""
    if b"rovisioning" not in raw:
        return None
    try:
        key = _decode(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    if key.category == "ProvisioningLogs" and key.properties is not None:
        return Claim(NAME, _bytes(key.properties.id or key.properties.Id), ANY)
    if isinstance(key.provisioningAction, str) and isinstance(key.jobId, str):
        return Claim(NAME, _bytes(key.id), ANY)
    is_row = "AADProvisioningLogs" in (key.Type, key.TableName)
    if is_row or (isinstance(key.JobId, str) and key.ProvisioningSteps is not None):
        return Claim(NAME, _bytes(key.Id), ANY)
    return None


def lines(head: Sequence[bytes], options: str) -> Splitter | None:
    """The CSV a portal exports of AADProvisioningLogs."""
    if options:
        raise ValueError("entra_provisioning needs no options")
    return csv_splitter(head, (("timegenerated", "jobid", "provisioningsteps"),), _csv_key)


def _csv_key(told: Mapping[str, str]) -> bytes:
    return told.get("Id", "").encode()


def _bytes(text: object) -> bytes:
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else b""


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """One record, flat."""
    return rewrite(raw, form, _flat)


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    outer = {squeezed(key): (key, value) for key, value in record.items()}
    inner = outer.get("properties", ("", None))[1]
    told = {squeezed(key): value for key, value in inner.items()} if _is(inner) else {}
    for name, (_, value) in outer.items():
        told.setdefault(name, value)
    action = _text(told, "provisioningaction") or _text(told, "action")
    status = _object(told, "provisioningstatusinfo") or _object(told, "statusinfo")
    trouble = _object(status, "errorinformation")
    target, source = _object(told, "targetidentity"), _object(told, "sourceidentity")
    system, origin = _object(told, "targetsystem"), _object(told, "sourcesystem")
    who, principal = _object(told, "initiatedby"), _object(told, "serviceprincipal")
    stated = _text(told, "activitydatetime") or _text(told, "time") or _text(told, "timegenerated")
    is_utc = any(key.endswith("[UTC]") for key, _ in outer.values())
    read = told_time(stated, is_utc=is_utc) if stated else None
    return {
        "time": read, STATED: stated if stated != read else None,
        "id": _text(told, "id"), "job": _text(told, "jobid"), "change": _text(told, "changeid"),
        "cycle": _text(told, "cycleid"),
        "correlation": _text(told, "correlationid"),
        "tenant": _text(told, "aadtenantid") or (
            None if "timegenerated" in told else _text(told, "tenantid")),
        "resource": _text(told, "resourceid"),
        "operation": _text(told, "operationname"), "action": action,
        "status": _text(status, "status") or _text(told, "resulttype"),
        "code": _text(trouble, "errorcode"),
        "detail": _text(trouble, "reason") or _text(told, "resultdescription"),
        "who": _text(who, "id"), "who_name": _name(who),
        "who_kind": _text(who, "initiatingtype") or _text(who, "initiatortype")
        or _text(who, "type"),
        "service": _name(principal) or _name(system),
        "target": _text(target, "id"), "target_name": _name(target),
        "target_kind": _text(target, "identitytype"),
        "source": _text(source, "id"), "source_name": _name(source),
        "login": _text(_object(source, "details"), "userprincipalname"),
        "source_kind": _text(source, "identitytype"), "from": _name(origin), "to": _name(system),
    }  # fmt: skip


def _is(value: object) -> bool:
    return isinstance(value, dict)


def _object(told: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = opened(told.get(name))
    return {squeezed(key): each for key, each in value.items()} if isinstance(value, dict) else {}


def _text(told: Mapping[str, Any], name: str) -> str | None:
    value = told.get(name)
    return value if isinstance(value, str) and value else None


def _name(told: Mapping[str, Any]) -> str | None:
    return _text(told, "displayname") or _text(told, "name")


_KIND = "lower(coalesce(j.target_kind, j.source_kind))"
_ACT = """CASE WHEN NOT ok THEN NULL ELSE CASE lower(j.action)
    WHEN 'create' THEN 'create' WHEN 'update' THEN 'update' WHEN 'delete' THEN 'delete'
    WHEN 'disable' THEN 'update' WHEN 'stageddelete' THEN 'delete' ELSE 'other' END END"""
_IS_GROUP = f"contains({_KIND}, 'group')"
_MEMBERS = (
    "time id job change cycle correlation tenant resource operation action status code detail who"
    " who_name who_kind service target target_name target_kind source source_name source_kind from"
    " to login"
)

MAPPING = Mapped(
    shape=dict.fromkeys((*_MEMBERS.split(), STATED), "VARCHAR"),
    objects=(),
    steps=(
        {
            "act": _ACT,
            "class_uid": f"CASE WHEN NOT ok THEN 0 WHEN {_IS_GROUP} THEN 3006"
                         f" WHEN contains({_KIND}, 'user') OR {_KIND} = 'member' THEN 3001"
                         " WHEN coalesce(j.target, j.target_name, j.source, j.source_name) IS NULL"
                         " THEN 6003 ELSE 3004 END",
        },
    ),
    columns={
        "time": utc("j.time"),
        "original_time": f'coalesce(j."{STATED}", j.time)',
        "class_uid": "class_uid",
        "activity_id": "CASE class_uid WHEN 0 THEN 0"
                       " WHEN 3006 THEN CASE act WHEN 'create' THEN 6 WHEN 'delete' THEN 5 ELSE"
                       " 99 END"
                       " WHEN 3001 THEN CASE WHEN lower(j.action) = 'disable' THEN 5"
                       " WHEN act = 'create' THEN 1 WHEN act = 'delete' THEN 6 ELSE 99 END"
                       " ELSE CASE act WHEN 'create' THEN 1 WHEN 'update' THEN 3 WHEN 'delete'"
                       " THEN 4"
                       " ELSE 99 END END",
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "act",
        "api_operation": "coalesce(j.action, j.operation)",
        "api_service_name": "j.service",
        "message": """CASE WHEN j."from" IS NOT NULL AND j."to" IS NOT NULL"""
                   """ THEN 'from ' || j."from" || ' to ' || j."to" END""",
        "actor_user_uid": "j.who",
        "actor_user_name": "coalesce(j.who_name, j.who)",
        "actor_user_type": "j.who_kind",
        "actor_user_email": "CASE WHEN j.who_name LIKE '%_@%_.%_' THEN j.who_name END",
        "resource_uid": "coalesce(j.target, j.source)",
        "resource_name": "coalesce(j.target_name, j.source_name, j.target, j.source)",
        "resource_type": "coalesce(j.target_kind, j.source_kind)",
        "resources": "CASE WHEN j.target <> j.source THEN [j.target, j.source] END",
        "cloud_provider": "CASE WHEN ok THEN 'Azure' END",
        "cloud_org_uid": f"coalesce(j.tenant, {tenant('j.resource')})",
        "metadata_product": "CASE WHEN ok THEN 'Entra ID' END",
        "status": "CASE WHEN NOT ok THEN NULL ELSE CASE lower(j.status) WHEN 'success' THEN"
                  " 'success'"
                  " WHEN 'failure' THEN 'failure' ELSE 'unknown' END END",
        "status_code": "coalesce(j.code, CASE WHEN lower(j.status) NOT IN ('success', 'failure')"
                       " THEN j.status END)",
        "status_detail": "j.detail",
        "metadata_uid": "j.id",
        "metadata_correlation_uid": "coalesce(j.correlation, j.change, j.cycle, j.job)",
        "any_user": "CASE WHEN class_uid = 3001 THEN list_filter([j.target_name,"
                    " CASE WHEN j.source_name IS DISTINCT FROM j.target_name THEN j.source_name"
                    " END, j.target, j.source, j.login], lambda x: x IS NOT NULL) END",
    },
    open={
        "who": "some records do not name who began the provisioning",
        "from where": "provisioning runs inside the service and states no address",
        "on what": "a step that found nothing names no identity",
        "when": "a record may lack its time",
        "where": "a record may lack its tenant",
    },
)  # fmt: skip
