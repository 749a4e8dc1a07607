"""The other spellings of an audit record, made into the diagnostic one.

References:
- AuditLogs: https://learn.microsoft.com/azure/azure-monitor/reference/tables/auditlogs
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from actum.sources.log_analytics import Names, canonical, opened, rewrite, squeezed
from actum.sources.seam import Unread

__all__ = ["GRAPH", "OTHER", "SIGNS_OF_CSV", "csv_key", "unwrap"]

GRAPH = "payload"
"""The form of what the Graph API gives: the payload alone."""
OTHER = "other spelling"
SIGNS_OF_CSV = (
    ("activitydisplayname", "initiatedby", "targetresources"),
    ("date(utc)", "activity", "actortype", "actorobjectid"),
)

_PAYLOAD = (
    "id category correlationId result resultReason activityDisplayName activityDateTime"
    " loggedByService operationType userAgent initiatedBy targetResources additionalDetails"
)
_NAMES: Names = {
    **{squeezed(name): ("properties", name) for name in _PAYLOAD.split()},
    "aadoperationtype": ("properties", "operationType"),
    **{name.lower(): (name,) for name in (
        "time", "resourceId", "operationName", "operationVersion", "resultType",
        "resultDescription", "resultSignature", "durationMs", "callerIpAddress", "identity")},
    "timegenerated": ("time",), "aadtenantid": ("tenantId",),
    **dict.fromkeys((
        "tenantid", "sourcesystem", "type", "tablename", "level", "location", "resource",
        "resourcegroup", "resourceprovider", "targetdisplayname", "targetid", "targettype",
        "target",
        "keyevents", "initiatinguserorapp",
    )),
}  # fmt: skip
_STRINGS = frozenset(("initiatedby", "targetresources", "additionaldetails"))
_TIMES = ("activitydatetime", "timegenerated")
_ENVELOPE = {
    name.lower(): name
    for name in (
        "time", "resourceId", "operationName", "operationVersion", "category", "tenantId",
        "resultType", "resultSignature", "resultDescription", "durationMs", "callerIpAddress",
        "correlationId", "identity", "Level", "location", "properties",
    )
}  # fmt: skip


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """One record in the diagnostic spelling."""
    if form == GRAPH:
        yield b'{"category": "AuditLogs", "properties": ' + raw + b"}"
    else:
        yield from rewrite(raw, form, _diagnostic)


def csv_key(told: Mapping[str, str]) -> bytes:
    """The id of a row, if its table was exported with it."""
    return told.get("Id", "").encode()


def _diagnostic(record: dict[str, Any]) -> dict[str, Any]:
    if isinstance(record.get("properties"), dict):  # a diagnostic record in lower case
        return {_ENVELOPE.get(key.lower(), key): value for key, value in record.items()}
    if "Date (UTC)" in record:
        return _of_portal(record)
    found = canonical(record, _NAMES, _STRINGS, _TIMES)
    found.setdefault("category", "AuditLogs")
    properties = found.get("properties")
    if isinstance(properties, dict):
        targets = properties.get("targetResources")
        for target in targets if isinstance(targets, list) else ():
            if isinstance(target, dict):
                target["modifiedProperties"] = opened(target.get("modifiedProperties"))
    return found


_MOST_TARGETS = 10
_MOST_CHANGES = 20


def _of_portal(row: dict[str, str]) -> dict[str, Any]:
    """A row of the audit log exported by the Entra portal: targets and changes are numbered."""
    actor = {
        "id": row.get("ActorObjectId"), "displayName": row.get("ActorDisplayName"),
        "userPrincipalName": row.get("ActorUserPrincipalName"), "ipAddress": row.get("IPAddress"),
        "servicePrincipalId": row.get("ActorServicePrincipalId") or row.get("ActorObjectId"),
        "servicePrincipalName": row.get("ActorServicePrincipalName"),
    }  # fmt: skip
    kind = "app" if row.get("ActorType") in {"Application", "ServicePrincipal"} else "user"
    targets = [
        {
            "type": row.get(f"Target{number}Type"), "id": row.get(f"Target{number}ObjectId"),
            "displayName": row.get(f"Target{number}DisplayName"),
            "userPrincipalName": row.get(f"Target{number}UserPrincipalName"),
            "modifiedProperties": _changes(row, f"Target{number}ModifiedProperty"),
        }
        for number in range(1, _MOST_TARGETS)
        if f"Target{number}Type" in row
    ]  # fmt: skip
    return {
        "category": "AuditLogs", "callerIpAddress": row.get("IPAddress"),
        "properties": {
            "activityDateTime": row["Date (UTC)"], "correlationId": row.get("CorrelationId"),
            "loggedByService": row.get("Service"), "category": row.get("Category"),
            "activityDisplayName": row.get("Activity"), "result": row.get("Result"),
            "resultReason": row.get("ResultReason"), "userAgent": row.get("UserAgent"),
            "initiatedBy": {kind: actor}, "targetResources": targets,
        },
    }  # fmt: skip


def _changes(row: Mapping[str, str], start: str) -> list[dict[str, str | None]]:
    return [
        {
            "displayName": row[f"{start}{number}Name"],
            "oldValue": row.get(f"{start}{number}OldValue"),
            "newValue": row.get(f"{start}{number}NewValue"),
        }
        for number in range(1, _MOST_CHANGES)
        if f"{start}{number}Name" in row
    ]
