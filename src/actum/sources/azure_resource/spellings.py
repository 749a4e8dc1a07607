"""The other spellings of a resource log record, made into the diagnostic one.

References:
- AzureDiagnostics: https://learn.microsoft.com/azure/azure-monitor/reference/tables/azurediagnostics
- StorageBlobLogs: https://learn.microsoft.com/azure/azure-monitor/reference/tables/storagebloblogs
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from actum.sources.log_analytics import STATED, opened, rewrite, squeezed, told_time
from actum.sources.seam import Unread

__all__ = ["NOT_ITS_COLUMNS", "OTHER", "SIGNS_OF_CSV", "TABLES", "unwrap"]

OTHER = "other spelling"
SIGNS_OF_CSV = (
    ("timegenerated", "resourceid", "category", "operationname", "resourceprovider"),
    ("timegenerated", "accountname", "operationname", "authenticationtype", "calleripaddress"),
)
NOT_ITS_COLUMNS = frozenset(
    ("conditionalaccessstatus", "createddatetime", "activitydisplayname", "initiatedby",
     "targetresources", "provisioningaction", "riskstate", "operationnamevalue")
)  # fmt: skip
"""Columns of the tables that other sources read."""
TABLES = ("AzureDiagnostics", "Storage", "AZKV", "AZFW", "AGW", "MicrosoftGraphActivityLogs")
"""The tables whose rows are read: these names, or names that begin so."""

_SUFFIX = re.compile(r"_[sdgbt]$")
_CLAIM = "identity_claim_"
_ENVELOPE = {
    squeezed(name): name
    for name in (
        "time", "resourceId", "category", "operationName", "operationVersion", "resultType",
        "resultSignature", "resultDescription", "durationMs", "callerIpAddress", "correlationId",
        "identity", "level", "location", "properties", "tenantId", "statusCode", "statusText",
        "uri",
    )
}  # fmt: skip
_ENVELOPE |= {"timegenerated": "time", "aadtenantid": "tenantId"}
_REQUESTER = {
    "requesterobjectid": "objectId", "requesterupn": "upn", "requesterappid": "appId",
    "requestertenantid": "tenantId",
}  # fmt: skip
_QUIET = frozenset(("type", "tablename", "sourcesystem", "workspaceid"))
_CASED = {"calleripaddress": "callerIpAddress", "accountname": "accountName", "useragentheader":
          "userAgentHeader", "objectkey": "objectKey", "servicetype": "serviceType"}  # fmt: skip


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """One record in the diagnostic spelling."""
    return rewrite(raw, form, _diagnostic)


def _diagnostic(record: dict[str, Any]) -> dict[str, Any]:
    if "TimeGenerated" in record or "TimeGenerated [UTC]" in record:
        return _of_row(record)
    found = {_ENVELOPE.get(squeezed(key), key): value for key, value in record.items()}
    found["properties"] = opened(found.get("properties"))
    return found


def _of_row(record: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    properties: dict[str, Any] = {}
    claims: dict[str, Any] = {}
    requester: dict[str, Any] = {}
    for key, value in record.items():
        name = _SUFFIX.sub("", key)
        flat = squeezed(name)
        if value is None or value == "" or flat in _QUIET or flat == "tenantid":
            continue
        if name.startswith(_CLAIM):
            claims[_claim_name(name)] = value
        elif flat in _REQUESTER:
            requester[_REQUESTER[flat]] = value
        elif flat in _ENVELOPE:
            found.setdefault(_ENVELOPE[flat], value)
        else:
            properties[_CASED.get(flat, name[:1].lower() + name[1:])] = value
    stated = found.get("time")
    if isinstance(stated, str):
        is_utc = any(key.endswith("[UTC]") for key in record)
        found["time"] = told_time(stated, is_utc=is_utc)
        if found["time"] != stated:
            found[STATED] = stated
    kind = properties.get("authenticationType")
    if claims:
        found["identity"] = {"claim": claims}
    elif requester or kind:
        found["identity"] = {
            "type": kind, "requester": requester, "tokenHash": properties.get("authenticationHash"),
        }  # fmt: skip
    found.setdefault("category", record.get("Type") or record.get("TableName"))
    found["properties"] = {**properties, **_inner(found.get("properties"))}
    return found


def _inner(value: object) -> dict[str, Any]:
    value = opened(value)
    return value if isinstance(value, dict) else {}


def _claim_name(name: str) -> str:
    short = name.removeprefix(_CLAIM)
    for end in ("upn", "objectidentifier"):
        if short.endswith(f"claims_{end}"):
            return {"upn": "upn", "objectidentifier": "oid"}[end]
    return short
