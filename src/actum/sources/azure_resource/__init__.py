"""Azure resource logs: what was asked of a resource itself, by whom and from where.

They share one envelope: time, resourceId, category, operationName, properties.  Known by category
are Key Vault's audit, reads and writes of Storage, requests at Application Gateway and Front Door
and their firewalls, Azure Firewall, SQL's audit and Intune's; every other category is read as far
as the envelope goes.  Rows of AzureDiagnostics and of the Storage tables are made into the envelope
(`spellings`).  Kubernetes' audit (``kube-audit``) is not of this source.

Traps: an address may carry its port.  Key Vault answers 401 before every token: a failure that is
none of anybody's.  Who used an account key is not known, only which key.  ``properties`` is JSON in
a string for some services, and spells the client ``clientIP`` or ``clientIp``.

References:
- Envelope: https://learn.microsoft.com/azure/azure-monitor/essentials/resource-logs-schema
- Key Vault: https://learn.microsoft.com/azure/key-vault/general/logging
- Storage: https://learn.microsoft.com/azure/storage/blobs/monitor-blob-storage-reference
- Application Gateway: https://learn.microsoft.com/azure/application-gateway/application-gateway-diagnostics
- Azure Firewall: https://learn.microsoft.com/azure/firewall/monitor-firewall-reference
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from actum.sources.azure_resource.categories import KINDS, METHODS
from actum.sources.azure_resource.properties import (
    ACT,
    ACTIVITY,
    CAME_FROM,
    CLASS,
    CODE,
    DECIDED,
    HOST,
    METHOD,
    MSG,
    PATHS,
    STATUS,
    THING,
    URL,
    WENT_TO,
    told,
)
from actum.sources.azure_resource.spellings import (
    NOT_ITS_COLUMNS,
    OTHER,
    SIGNS_OF_CSV,
    TABLES,
    unwrap,
)
from actum.sources.azure_sql import address, first, port, subscription, tail, tenant, without_issuer
from actum.sources.log_analytics import STATED, csv_splitter
from actum.sources.seam import Claim, Mapped, Splitter
from actum.sources.times import utc

__all__ = ["unwrap"]

NAME = "azure_resource"
TITLE = "Azure resource logs"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "category beside resourceId of Azure and operationName, and none of the other Azure logs"
MEMBERS = frozenset(("resourceId", "tenantId", "TimeGenerated"))
CLAIMS_TEXT = False

OTHERS = frozenset(
    ("administrative", "servicehealth", "resourcehealth", "alert", "autoscale", "security",
     "recommendation", "policy", "write", "delete", "action", "auditlogs", "signinlogs",
     "noninteractiveusersigninlogs", "serviceprincipalsigninlogs", "managedidentitysigninlogs",
     "adfssigninlogs", "microsoftserviceprincipalsigninlogs", "provisioninglogs", "userriskevents",
     "riskyusers", "serviceprincipalriskevents", "riskyserviceprincipals", "kube-audit",
     "kube-audit-admin", "networksecuritygroupflowevent", "flowlogflowevent")
)  # fmt: skip
"""Categories that other sources read."""
_ROOTS = ("/subscriptions/", "/tenants/", "/providers/")
_BESIDE = frozenset(("OperationalLogs", "DeviceComplianceOrg", "Devices"))


class Inner(msgspec.Struct, gc=False):
    """What tells Intune's audit from Entra's, which has the same category or another."""

    AuditEventId: Any = None
    activityDisplayName: Any = None  # noqa: N815 - Microsoft's spelling


class Key(msgspec.Struct, gc=False):
    """The members that tell a resource log."""

    category: Any = None
    resourceId: Any = None  # noqa: N815 - Microsoft's spellings
    operationName: Any = None  # noqa: N815
    properties: msgspec.Raw = msgspec.Raw(b"null")
    time: Any = None
    timeStamp: Any = None  # noqa: N815
    tenantId: Any = None  # noqa: N815
    Category: Any = None
    TimeGenerated: Any = None
    ResourceId: Any = None
    ResourceProvider: Any = None
    OperationName: Any = None
    TableName: Any = None
    Type: Any = None


_decode = msgspec.json.Decoder(Key).decode
_inner = msgspec.json.Decoder(Inner).decode


def claim(raw: bytes) -> Claim | None:
    """A record by its envelope, a row by its table."""
    if b"ategory" not in raw and b"Storage" not in raw:
        return None
    try:
        key = _decode(raw)
        if isinstance(key.category, str):
            return _of_envelope(key)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    tables = [each for each in (key.Type, key.TableName) if isinstance(each, str)]
    is_row = any(each.startswith(TABLES) for each in tables) or (
        not tables and _is_row(key) and b'"ActivityDisplayName"' not in raw
    )
    if not is_row or key.TimeGenerated is None:
        return None
    is_other = isinstance(key.Category, str) and key.Category.lower() in OTHERS
    return None if is_other else Claim(NAME, b"", OTHER)


def _is_row(key: Key) -> bool:
    """Whether it is a row of AzureDiagnostics that does not name its table."""
    named = isinstance(key.OperationName, str) and isinstance(key.Category, str)
    of_azure = isinstance(key.ResourceId, str) and key.ResourceId.lower().startswith(_ROOTS)
    return named and of_azure and key.ResourceProvider is not None


def _of_envelope(key: Key) -> Claim | None:
    category: str = key.category
    properties = bytes(key.properties)
    inside = properties[:1]
    if b'"activityDisplayName"' in properties and _inner(properties).activityDisplayName:
        return None
    form = OTHER if inside == b'"' else ""
    if category.lower() in OTHERS:
        is_intune = category == "AuditLogs" and inside == b"{" and key.tenantId is not None
        if is_intune and _inner(properties).AuditEventId is not None:
            return Claim(NAME, b"", form)
        return None
    named = isinstance(key.operationName, str) or inside in {b"{", b'"'}
    timed = isinstance(key.time, str) or isinstance(key.timeStamp, str)
    if isinstance(key.resourceId, str) and key.resourceId.lower().startswith(_ROOTS):
        return Claim(NAME, b"", form) if named and timed else None
    is_tenants = category in _BESIDE or category.startswith("AdvancedHunting-")
    if is_tenants and named and timed and isinstance(key.tenantId, str) and inside == b"{":
        return Claim(NAME, b"", form)
    return None


def lines(head: Sequence[bytes], options: str) -> Splitter | None:
    """The CSV a portal exports of AzureDiagnostics or a Storage table."""
    if options:
        raise ValueError("azure_resource needs no options")
    return csv_splitter(head, SIGNS_OF_CSV, but=NOT_ITS_COLUMNS)


_UPN = '"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"'
_OID = '"http://schemas.microsoft.com/identity/claims/objectidentifier"'
_C, _R = "j.identity.claim", "j.identity.requester"
_SHAPE: dict[str, object] = {
    "time": "VARCHAR", "timeStamp": "VARCHAR", STATED: "VARCHAR", "resourceId": "VARCHAR",
    "category": "VARCHAR", "operationName": "VARCHAR", "resultType": "VARCHAR",
    "resultSignature": "VARCHAR", "resultDescription": "VARCHAR", "callerIpAddress": "VARCHAR",
    "correlationId": "VARCHAR", "location": "VARCHAR", "tenantId": "VARCHAR",
    "statusCode": "VARCHAR", "statusText": "VARCHAR", "uri": "VARCHAR",
    "properties": {"httpMethod": "VARCHAR", "requestMethod": "VARCHAR", "method": "VARCHAR",
                   "CsMethod": "VARCHAR"},
    "identity": {
        "type": "VARCHAR", "tokenHash": "VARCHAR",
        "claim": {
            "oid": "VARCHAR", "upn": "VARCHAR", "appid": "VARCHAR", "unique_name": "VARCHAR",
            _OID.strip('"'): "VARCHAR", _UPN.strip('"'): "VARCHAR", "uti": "VARCHAR",
            "xms_mirid": "VARCHAR", "idtyp": "VARCHAR",
        },
        "requester": {"objectId": "VARCHAR", "upn": "VARCHAR", "appId": "VARCHAR",
                      "tenantId": "VARCHAR", "uniqueName": "VARCHAR"},
    },
}  # fmt: skip

_COLUMNS = {
    "time": utc("stated"),
    "original_time": first(f'j."{STATED}"', "stated"),
    "class_uid": "class_uid",
    "activity_id": ACTIVITY,
    "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
    "action": "act",
    "api_operation": "CASE WHEN kind = 'sql' THEN"
                     f" coalesce({told('action_name')}, operation) ELSE coalesce(operation,"
                     " j.category) END",
    "api_service_name": "coalesce(nullif(regexp_extract(j.resourceId, '/providers/([^/]+)', 1,"
                        " 'i'),"
                        " ''), CASE WHEN ok THEN j.category END)",
    "message": first(told("message", "Message", "details.message"), "nullif(j.resultDescription,"
                                                                  " 'None')",
                     MSG, f"CASE WHEN kind = 'sql' THEN {told('statement')} END"),
    "actor_user_uid": first(
        f"{_C}.oid", f"{_C}.{_OID}", f"{_R}.objectId", told("userId", "Actor.ObjectId"),
        f"{_C}.appid", f"{_R}.appId", told("servicePrincipalId", "appId")),
    "actor_user_name": first(
        without_issuer(first(f"{_C}.upn", f"{_C}.{_UPN}", f"{_C}.unique_name")),
        f"{_R}.upn", f"{_R}.uniqueName",
        told("server_principal_name", "Actor.UPN", "CsUsername", "userName", "UserName"),
        "CASE WHEN plain_identity NOT LIKE '{%' THEN plain_identity END",
        tail(f"{_C}.xms_mirid"),
        "CASE WHEN kind = 'storage' AND lower(j.identity.type) = 'anonymous' THEN 'anonymous' END",
        f"{_C}.oid", f"{_C}.{_OID}", f"{_R}.objectId", told("userId"), f"{_C}.appid", f"{_R}.appId",
        told("servicePrincipalId", "appId")),
    "actor_user_type": first(
        f"{_C}.idtyp", "j.identity.type",
        f"CASE WHEN {_C}.xms_mirid <> '' THEN 'ManagedIdentity' END"),
    "actor_user_email": "CASE WHEN "
                        + (_mail := without_issuer(
                            first(f"{_C}.upn", f"{_C}.{_UPN}", f"{_R}.upn", told("Actor.UPN"))))
                        + f" LIKE '%_@%_.%_' THEN {_mail} END",
    "actor_user_account_uid": first(f"{_R}.tenantId"),
    "actor_user_credential_uid": first(
        f"{_C}.uti", "j.identity.tokenHash", told("signInActivityId")),
    "actor_session_uid": first(
        f"{_C}.uti", told("signInActivityId", "sessionId"),
        f"CASE WHEN kind = 'sql' THEN {told('session_id')} END"),
    "actor_app_name": f"CASE WHEN coalesce({_C}.upn, {_C}.{_UPN}, {_R}.upn) <> '' THEN"
                        f" {first(f'{_C}.appid', f'{_R}.appId')}"
                        f" ELSE {told('application_name', 'Actor.ApplicationName')} END",
    "resource_uid": f"coalesce({THING}, nullif(j.resourceId, ''))",
    "resource_name": "CASE kind WHEN 'vault' THEN coalesce(nullif(regexp_extract("
                     f"{told('id')}, '^https://[^/]+/[^/]+/([^/?]+)', 1), ''),"
                     f" {tail('j.resourceId')}) WHEN 'sql' THEN"
                     f" {first(told('object_name'), told('database_name'), tail('j.resourceId'))}"
                     f" WHEN 'storage' THEN coalesce({told('objectKey')}, {told('accountName')},"
                     f" {tail('j.resourceId')}) ELSE coalesce("
                     f"nullif({told('TargetDisplayNames[0]')}, '<null>'), {tail('j.resourceId')},"
                     f" {THING}) END",
    "resource_type": "CASE WHEN kind = 'vault' AND regexp_matches("
                     f"{told('id')}, '^https://[^/]+/(secrets|keys|certificates)/') THEN"
                     f" regexp_extract({told('id')}, '^https://[^/]+/([a-z]+)/', 1)"
                     f" WHEN kind = 'storage' AND {told('serviceType')} IS NOT NULL"
                     f" THEN {told('serviceType')} ELSE nullif(regexp_extract(j.resourceId,"
                     " '/providers/([^/]+/[^/]+)', 1, 'i'), '') END",
    "resources": f"CASE WHEN {THING} IS NOT NULL AND j.resourceId <> ''"
                 f" THEN [{THING}, j.resourceId] END",
    "http_method": f"CASE WHEN kind IN ('http', 'waf') THEN {METHOD} END",
    "http_url": URL,
    "query_hostname": f"CASE WHEN kind = 'dns' THEN {told('QueryName', 'queryName')} END",
    "query_type": f"CASE WHEN kind = 'dns' THEN {told('QueryType', 'queryType')} END",
    "cloud_provider": "CASE WHEN ok THEN 'Azure' END",
    "cloud_account_uid": subscription("j.resourceId"),
    "cloud_org_uid": first("j.tenantId", tenant("j.resourceId"), told("tenantId")),
    "cloud_region": first("j.location", told("location")),
    "metadata_product": "CASE WHEN ok THEN j.category END",
    "src_endpoint_ip": address("came_from"),
    "src_endpoint_port": f"coalesce({port('came_from')},"
                         f" try_cast({told('clientPort', 'SourcePort')} AS UINTEGER))",
    "dst_endpoint_ip": address("went_to"),
    "dst_endpoint_port": f"coalesce({port('went_to')},"
                         f" try_cast({told('DestinationPort')} AS UINTEGER),"
                         " try_cast(nullif(regexp_extract(went_to, ':([0-9]{1,5})$', 1), '')"
                         " AS UINTEGER))",
    "dst_endpoint_domain": f"coalesce(CASE WHEN kind IN ('http', 'waf') THEN {HOST} END,"
                           f" {told('Fqdn', 'TargetUrl')}, CASE WHEN went_to <> '' AND"
                           f" ({address('went_to')}) IS NULL THEN"
                           " regexp_replace(went_to, ':[0-9]+$', '') END)",
    "connection_protocol": f"CASE WHEN kind IN ('firewall', 'dns') THEN coalesce("
                           f"lower({told('Protocol')}),"
                           f" lower(nullif(regexp_extract({MSG}, '^([A-Za-z]+) ', 1), ''))) END",
    "user_agent": told("userAgent", "userAgentHeader", "UserAgent", "clientInfo"),
    "status": "status",
    "status_code": "CASE WHEN kind IN ('waf', 'firewall') THEN decided ELSE coalesce("
                   "nullif(j.statusCode, ''), CASE WHEN code IS NOT NULL THEN code::VARCHAR END,"
                   " nullif(j.resultType, '')) END",
    "status_detail": "CASE WHEN kind IN ('waf', 'firewall') THEN "
                     + told("ruleId", "ruleName", "Rule", "ruleSetType")
                     + " ELSE coalesce(nullif(j.statusText, ''), nullif(j.resultSignature, ''))"
                       " END",
    "http_status": "CASE WHEN kind <> 'sql' OR kind IS NULL THEN code END",
    "metadata_uid": first(told("requestId", "AuditEventId", "event_id", "operationId")),
    "metadata_correlation_uid": first(
        "j.correlationId", told("trackingReference", "transactionId", "clientRequestId",
                              "clientTrackingId")),
    "any_ip": f"CASE WHEN {told('socketIP', 'socketIp')} <> came_from"
              f" AND ({address(told('socketIP', 'socketIp'))}) IS NOT NULL"
              f" THEN [{address(told('socketIP', 'socketIp'))}] END",
}  # fmt: skip
_EVENT_TIME = f"CASE WHEN kinds_kind = 'sql' THEN {told('event_time')} END"
_ROOTED = ["$.identity", "$.callerIPAddress", "$.callerIpAddress"]
_LISTED = ", ".join(f"'$.properties.{each}'" for each in PATHS)
_TOP = ", ".join(f"'{each}'" for each in _ROOTED)

MAPPING = Mapped(
    shape=_SHAPE,
    objects=("$", "$.properties", "$.identity", "$.identity.claim", "$.identity.requester"),
    known=frozenset((
        *_SHAPE, "operationVersion", "durationMs", "level", "Level", "properties",
        "callerIPAddress", "protocol", "schemaVersion", "resourceType", "listenerName", "ruleName",
        "backendPoolName", "backendSettingName", "identity", "Tenant", "_TimeReceivedBySvc",
        "serviceBuild", "EventStampType", "EventPrimaryStampName", "EventStampName", "Host",
        "resourceName", "resourceGroup", "SubscriptionId", "ResourceGroup", "LogicalServerName",
        "EventTime", "ReleaseVersion", "RoleLocation", "systemId", "Cloud", "Environment",
        "UnderlayClass", "UnderlayName", "attrs", "truncated", "logId", "eventName",
    )),
    lookups=(KINDS, METHODS),
    steps=(
        {
            "p": f"CASE WHEN ok THEN try(json_extract_string(text, [{_LISTED}])) END",
            "t": f"CASE WHEN ok THEN try(json_extract_string(text, [{_TOP}])) END",
            "kind": "CASE WHEN kinds_kind = 'vault' AND j.resourceId NOT ILIKE"
                    " '%/microsoft.keyvault/%' THEN NULL ELSE kinds_kind END",
            "operation": "nullif(j.operationName, '')",
            "stated": first(_EVENT_TIME, "j.time", "j.timeStamp"),
        },
        {
            "plain_identity": "t[1]",
            "decided": DECIDED,
            "came_from": CAME_FROM,
            "went_to": WENT_TO,
            "code": f"CASE WHEN regexp_full_match(coalesce(nullif(j.statusCode, ''), {CODE}),"
                    f" '[1-5][0-9]{{2}}(?:[.]0)?') THEN"
                    f" try_cast(substr(coalesce(nullif(j.statusCode, ''), {CODE}), 1, 3)"
                    " AS UINTEGER) END",
            "class_uid": CLASS,
        },
        {"status": STATUS, "act": ACT},
    ),
    columns=_COLUMNS,
    open={
        "who": "requests at a gateway or firewall name no identity, nor do account keys",
        "from where": "many services do not log an address",
        "on what": "tenant-wide logs name no resource",
        "when": "a record may lack its time",
        "where": "a record may name no Azure resource",
    },
)  # fmt: skip
