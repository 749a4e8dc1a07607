"""The other spellings of a sign-in record, made into the diagnostic one.

References:
- SigninLogs: https://learn.microsoft.com/azure/azure-monitor/reference/tables/signinlogs
- AADNonInteractiveUserSignInLogs: https://learn.microsoft.com/azure/azure-monitor/reference/tables/aadnoninteractiveusersigninlogs
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
    ("timegenerated", "userprincipalname", "resulttype", "appdisplayname"),
    ("timegenerated", "serviceprincipalid", "resulttype", "appid"),
    ("date(utc)", "requestid", "applicationid", "sign-inerrorcode"),
)

_PAYLOAD = (
    "id createdDateTime userDisplayName userPrincipalName userId appId appDisplayName ipAddress"
    " status clientAppUsed userAgent deviceDetail location correlationId conditionalAccessStatus"
    " originalRequestId resourceDisplayName resourceId servicePrincipalId servicePrincipalName"
    " servicePrincipalCredentialKeyId uniqueTokenIdentifier sessionId authenticationRequirement"
    " userType homeTenantId resourceTenantId ipAddressFromResourceProvider signInIdentifier"
)
_QUIET = (
    "tenantid sourcesystem type tablename level resource resourcegroup resourceprovider"
    " alternatesigninname appliedconditionalaccesspolicies appliedeventlisteners"
    " authenticationcontextclassreferences authenticationdetails authenticationmethodsused"
    " authenticationprocessingdetails authenticationrequirementpolicies authenticationprotocol"
    " autonomoussystemnumber clientcredentialtype conditionalaccesspolicies crosstenantaccesstype"
    " flaggedforreview globalsecureaccessipaddress homtenantname hometenantname incomingtokentype"
    " isinteractive isrisky isthroughglobalsecureaccess istenantrestricted mfadetail"
    " networklocationdetails operationversion originaltransfermethod processingtimeinms"
    " processingtimeinmilliseconds resourceidentity resourceserviceprincipalid"
    " appserviceprincipalid resourceownertenantid appownertenantid riskdetail riskeventtypes"
    " riskeventtypesv2 risklevel risklevelaggregated riskleveldduringsignin risklevelduringsignin"
    " riskstate serviceprincipalcredentialthumbprint sessionlifetimepolicies"
    " signintokenprotectionstatus tokenissuername tokenissuertype tokenprotectionstatusdetails"
    " managedserviceidentity managedidentitytype federatedcredentialid agent signineventtypes"
    " signinidentifiertype sourceappclientid authenticationmethod agentsubjecttype"
    " useragentoriginal rngcstatus ssoextensionversion privatelinkdetails"
)
_NAMES: Names = {
    **dict.fromkeys(_QUIET.split()),
    **{squeezed(name): ("properties", name) for name in _PAYLOAD.split()},
    **{name.lower(): (name,) for name in (
        "time", "category", "operationName", "resultType", "resultSignature", "resultDescription",
        "durationMs", "identity")},
    "timegenerated": ("time",), "aadtenantid": ("tenantId",), "resourceid": ("resourceId",),
    "resourceidentity": ("properties", "resourceId"), "locationdetails": ("properties", "location"),
    "location": ("location",), "resourcetenantid": ("properties", "resourceTenantId"),
    # the names of the sign-ins exported by the Entra portal
    "date(utc)": ("properties", "createdDateTime"), "requestid": ("properties", "id"),
    "user": ("properties", "userDisplayName"), "username": ("properties", "userPrincipalName"),
    "application": ("properties", "appDisplayName"), "applicationid": ("properties", "appId"),
    "sign-inerrorcode": ("resultType",), "failurereason": ("resultDescription",),
    "sign-inidentifier": ("properties", "signInIdentifier"),
    "ipaddress(seenbyresource)": ("properties", "ipAddressFromResourceProvider"),
    "serviceprincipalid": ("properties", "servicePrincipalId"),
}  # fmt: skip
_STRINGS = frozenset(("status", "devicedetail", "locationdetails"))
_TIMES = ("createddatetime", "date(utc)", "timegenerated")
_ENVELOPE = {
    name.lower(): name
    for name in (
        "time", "resourceId", "operationName", "operationVersion", "category", "tenantId",
        "resultType", "resultSignature", "resultDescription", "durationMs", "callerIpAddress",
        "correlationId", "identity", "Level", "location", "properties",
    )
}  # fmt: skip
_OBJECTS = ("status", "location", "deviceDetail")


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """One record in the diagnostic spelling."""
    if form == GRAPH:
        yield b'{"category": "SignInLogs", "properties": ' + raw + b"}"
    else:
        yield from rewrite(raw, form, _diagnostic)


def csv_key(told: Mapping[str, str]) -> bytes:
    """The id of a row, under the name either portal gives it."""
    return (told.get("Id") or told.get("Request ID") or "").encode()


def _diagnostic(record: dict[str, Any]) -> dict[str, Any]:
    properties = record.get("properties")
    if isinstance(properties, dict):
        told = {name: opened(properties[name]) for name in _OBJECTS if name in properties}
        changed = {_ENVELOPE.get(key.lower(), key): value for key, value in record.items()}
        return {**changed, "properties": {**properties, **told}}
    if "Request ID" in record:
        return _of_portal(record)
    found = canonical(record, _NAMES, _STRINGS, _TIMES)
    found.setdefault("category", "SignInLogs")
    return found


def _of_portal(row: Mapping[str, str]) -> dict[str, Any]:
    known = {
        key: value
        for key, value in row.items()
        if squeezed(key) in _NAMES and squeezed(key) != "resourceid"
    }
    found = canonical(known, _NAMES, (), _TIMES)
    properties = found.setdefault("properties", {})
    for name, column in (("resourceDisplayName", "Resource"), ("resourceId", "Resource ID")):
        if column in row:
            properties[name] = row[column]
    properties["status"] = {"errorCode": row.get("Sign-in error code")}
    found["resultSignature"] = row.get("Status")
    found["category"] = "SignInLogs"
    if properties.get("authenticationRequirement", "").lower().startswith("multi"):
        properties["authenticationRequirement"] = "multiFactorAuthentication"
    country = row.get("Location", "").rpartition(",")[2].strip()
    if country:
        found["location"] = country
    return found
