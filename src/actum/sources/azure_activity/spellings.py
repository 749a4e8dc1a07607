"""The other spellings of an Activity log record, made into the diagnostic one.

References:
- REST: https://learn.microsoft.com/rest/api/monitor/activity-logs/list
- AzureActivity: https://learn.microsoft.com/azure/azure-monitor/reference/tables/azureactivity
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from actum.sources.log_analytics import Names, canonical, opened, rewrite, squeezed
from actum.sources.seam import Unread

__all__ = ["SIGNS_OF_CSV", "csv_key", "unwrap"]

SIGNS_OF_CSV = (
    ("operationnamevalue", "activitystatusvalue", "timegenerated"),
    ("operationname", "activitystatus", "caller", "timegenerated"),
    ("correlationid", "operationname", "status", "eventcategory", "eventinitiatedby"),
)

_SAME = (
    "time resourceId operationName operationVersion category resultType resultSignature"
    " callerIpAddress correlationId identity level location properties tenantId caller eventDataId"
    " operationId resourceType subStatus subscriptionId description httpRequest durationMs"
)
_NAMES: Names = {
    **{squeezed(name): (name,) for name in _SAME.split()},
    "eventtimestamp": ("time",), "timegenerated": ("time",),
    "operationnamevalue": ("operationName",),
    "activitystatus": ("resultType",), "activitystatusvalue": ("resultType",),
    "status": ("resultType",),
    "activitysubstatus": ("subStatus",), "activitysubstatusvalue": ("subStatus",),
    "categoryvalue": ("category",), "eventsource": ("category",),
    "resourceuri": ("resourceId",), "resourceid": ("resourceId",),
    "resourcetypevalue": ("resourceType",),
    "authorization": ("identity", "authorization"),
    "claims": ("identity", "claims"), "claimsd": ("identity", "claims"),
    "authorizationd": ("identity", "authorization"), "propertiesd": ("properties",),
    **dict.fromkeys((
        "channels", "eventname", "id", "resourcegroupname", "resourcegroup", "resource",
        "resourceprovidername", "resourceprovidervalue", "resourceprovider", "submissiontimestamp",
        "eventsubmissiontimestamp", "hierarchy", "type", "tablename", "sourcesystem",
        "operationnamelocalized", "activitystatuslocalized", "activitysubstatuslocalized",
        "resultdescription", "eventversion", "channel", "localizedvalue",
    )),
}  # fmt: skip
_NAMES_OF_PORTAL: Names = {
    **_NAMES, "eventinitiatedby": ("caller",), "resource": ("resourceId",),
    "eventcategory": ("category",), "subscription": ("subscriptionId",),
    "resourcetype": ("resourceType",),
}  # fmt: skip
"""Of the list the portal shows, whose operations are told in words."""
_STRINGS = frozenset(
    ("authorization", "authorizationd", "claims", "claimsd", "httprequest", "properties",
     "propertiesd", "identity")
)  # fmt: skip
_TIMES = ("eventtimestamp", "timegenerated", "time")
_LOCALIZED = (
    {"value", "localizedValue"}, {"value", "localized_value"}, {"Value", "LocalizedValue"},
    {"value"}, {"Value"},
)  # fmt: skip
"""The members of what is told with its translation."""
_MS, _SOAP = (
    "http://schemas.microsoft.com/",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/",
)
_CLAIMS = (
    f"{_MS}identity/claims/objectidentifier", f"{_MS}identity/claims/tenantid",
    f"{_MS}claims/authnmethodsreferences", f"{_SOAP}upn", f"{_SOAP}name", f"{_SOAP}emailaddress",
    "name", "appid", "idtyp", "ipaddr", "uti", "xms_mirid",
)  # fmt: skip
"""The claims the mapping reads; the rest stay in the raw record."""
_WORKSPACE = frozenset(("TenantId", "TenantId_g"))
"""Of rows: there it is the workspace's, not the directory's."""
_NAMES_OF_VALUES: Names = {
    **_NAMES,
    **dict.fromkeys(("operationname", "activitystatus", "activitysubstatus", "category")),
}
"""Of rows with ``…Value`` columns, whose others are for show."""
_INNER = {
    "httpRequest": {squeezed(name): name for name in ("clientIpAddress", "method", "uri")},
    "properties": {
        squeezed(name): name
        for name in (
            "statusCode", "statusMessage", "requestbody", "responseBody", "message", "title")
    },
    "authorization": {squeezed(name): name for name in ("scope", "action", "evidence")},
    "evidence": {squeezed(name): name for name in ("principalId", "principalType", "role")},
}  # fmt: skip


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """One record in the diagnostic spelling."""
    return rewrite(raw, form, _diagnostic)


def csv_key(told: Mapping[str, str]) -> bytes:
    """The id of a row, if its table was exported with it."""
    return told.get("EventDataId", "").encode()


def _diagnostic(record: dict[str, Any]) -> dict[str, Any]:
    names = _NAMES
    if "TimeGenerated" in record or "TimeGenerated [UTC]" in record:
        names = _NAMES_OF_VALUES if "OperationNameValue" in record else _NAMES
        record = {key: value for key, value in record.items() if key not in _WORKSPACE}
    elif "Event initiated by" in record:
        names = _NAMES_OF_PORTAL
    for key, value in record.items():
        if isinstance(value, dict) and value.keys() in _LOCALIZED:
            record[key] = value.get("value", value.get("Value"))
    found = canonical(record, names, _STRINGS, _TIMES)
    for name in ("httpRequest", "properties"):
        if name in found:
            found[name] = _renamed(found[name], _INNER[name])
    identity = found.get("identity")
    if isinstance(identity, dict):
        allowed = _renamed(identity.get("authorization"), _INNER["authorization"])
        if isinstance(allowed, dict) and "evidence" in allowed:
            allowed["evidence"] = _renamed(allowed["evidence"], _INNER["evidence"])
        claims = identity.get("claims")
        if isinstance(claims, dict):
            claims = {name: claims[name] for name in _CLAIMS if name in claims}
        found["identity"] = {"claims": claims, "authorization": allowed}
    return found


def _renamed(value: object, names: Mapping[str, str]) -> object:
    value = opened(value)
    if not isinstance(value, dict):
        return None
    return {names.get(squeezed(key), key): told for key, told in value.items()}
