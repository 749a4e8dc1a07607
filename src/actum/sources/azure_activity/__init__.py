"""Azure Activity log: what was done to the resources of a subscription, by whom.

Four spellings are read.  The diagnostic record (Event Hub, storage blob) as it is; the REST answer,
the Log Analytics table AzureActivity as JSON or exported CSV, and what SDK, CLI and PowerShell
print are first made into it (`spellings`).

Traps: one operation is two or three records, Start or Accept and then Success or Failure, that
share a correlationId: only the last one tells the outcome.  ``caller`` is a name for show; the
stable id is the object id among the claims.  ``write`` makes or changes: only the status
``Created`` says which. The answer and the question of an operation are JSON inside strings of
``properties``.  Diagnostic records have no id of their own: time, resource, operation, result and
correlation stand for it.

References:
- Schema: https://learn.microsoft.com/azure/azure-monitor/essentials/activity-log-schema
- REST: https://learn.microsoft.com/rest/api/monitor/activity-logs/list
- AzureActivity: https://learn.microsoft.com/azure/azure-monitor/reference/tables/azureactivity
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from actum.sources.azure_activity.acts import ACCESS, ACT, ENTITY, HTTP, STATUS
from actum.sources.azure_activity.spellings import SIGNS_OF_CSV, csv_key, unwrap
from actum.sources.azure_sql import (
    address,
    first,
    member_of_json,
    subscription,
    tail,
    tenant,
    without_issuer,
)
from actum.sources.log_analytics import STATED, csv_splitter
from actum.sources.seam import Claim, Mapped, Splitter
from actum.sources.times import utc

__all__ = ["unwrap"]

NAME = "azure_activity"
TITLE = "Azure Activity log"
VERSION = 1
SUPPORT = "real samples"
SIGNS = (
    "an Activity log category beside operationName and resourceId, eventDataId beside"
    " operationName,"
    " or a row of AzureActivity"
)
MEMBERS = frozenset(
    ("resourceId", "resourceid", "eventDataId", "event_data_id", "EventDataId", "Type",
     "TableName")
)  # fmt: skip
CLAIMS_TEXT = False

CATEGORIES = frozenset(
    ("administrative", "servicehealth", "resourcehealth", "alert", "autoscale", "security",
     "recommendation", "policy", "write", "delete", "action")
)  # fmt: skip
OTHER = "other spelling"
_ROOTS = ("/subscriptions/", "/providers/", "/tenants/")


class Key(msgspec.Struct, gc=False):
    """The members that tell an Activity log record in any of its spellings."""

    category: Any = None
    operationName: Any = None  # noqa: N815 - Microsoft's spellings
    operationname: Any = None
    resourceId: Any = None  # noqa: N815
    resourceid: Any = None
    time: Any = None
    resultType: Any = None  # noqa: N815
    correlationId: Any = None  # noqa: N815
    eventDataId: Any = None  # noqa: N815
    eventTimestamp: Any = None  # noqa: N815
    event_data_id: Any = None
    event_timestamp: Any = None
    operation_name: Any = None
    EventDataId: Any = None
    EventTimestamp: Any = None
    OperationName: Any = None
    OperationNameValue: Any = None
    TableName: Any = None
    Type: Any = None


_decode = msgspec.json.Decoder(Key).decode


def claim(raw: bytes) -> Claim | None:
    """A record by the names its spelling uses."""
    if b"peration" not in raw:
        return None
    try:
        key = _decode(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    return _of(key)


def _of(key: Key) -> Claim | None:
    category = key.category.lower() if isinstance(key.category, str) else None
    if category in CATEGORIES and _is_resource(key.resourceId):
        if isinstance(key.operationName, str) and "/" in key.operationName:
            return Claim(NAME, _key(key))
        return Claim(NAME, b"", OTHER) if isinstance(key.operationName, dict) else None
    if category in CATEGORIES and _is_resource(key.resourceid):
        named = isinstance(key.operationname, str) and "/" in key.operationname
        return Claim(NAME, b"", OTHER) if named else None
    if "AzureActivity" in (key.Type, key.TableName) or (
        key.OperationNameValue is not None and key.EventDataId is not None
    ):
        return Claim(NAME, _bytes(key.EventDataId), OTHER)
    for own, when, operation in (
        (key.eventDataId, key.eventTimestamp, key.operationName),
        (key.event_data_id, key.event_timestamp, key.operation_name),
        (key.EventDataId, key.EventTimestamp, key.OperationName),
    ):
        if isinstance(own, str) and when is not None and operation is not None:
            return Claim(NAME, _bytes(own), OTHER)
    return None


def lines(head: Sequence[bytes], options: str) -> Splitter | None:
    """The CSV a portal exports of AzureActivity."""
    if options:
        raise ValueError("azure_activity needs no options")
    return csv_splitter(head, SIGNS_OF_CSV, csv_key)


def _is_resource(text: object) -> bool:
    return isinstance(text, str) and text.lower().startswith(_ROOTS)


def _bytes(text: object) -> bytes:
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else b""


def _key(key: Key) -> bytes:
    told = (key.time, key.resourceId, key.operationName, key.resultType, key.correlationId)
    return _bytes("\n".join(map(str, told))) if key.time and key.correlationId else b""


_MS = "http://schemas.microsoft.com/identity/claims/"
_SOAP = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
_AMR = "http://schemas.microsoft.com/claims/authnmethodsreferences"
_C = "j.identity.claims"
_E = "j.identity.authorization.evidence"
_UPN, _EMAIL, _LOGIN = f'{_C}."{_SOAP}upn"', f'{_C}."{_SOAP}emailaddress"', f'{_C}."{_SOAP}name"'
_OID, _TID = f'{_C}."{_MS}objectidentifier"', f'{_C}."{_MS}tenantid"'

_BODY = first("j.properties.requestbody", "j.properties.responseBody")
_MESSAGE = "j.properties.statusMessage"

MAPPING = Mapped(
    shape={
        "time": "VARCHAR", STATED: "VARCHAR", "resourceId": "VARCHAR", "operationName": "VARCHAR",
        "category": "VARCHAR", "resultType": "VARCHAR", "resultSignature": "VARCHAR",
        "callerIpAddress": "VARCHAR", "correlationId": "VARCHAR", "location": "VARCHAR",
        "tenantId": "VARCHAR", "caller": "VARCHAR", "eventDataId": "VARCHAR",
        "operationId": "VARCHAR", "resourceType": "VARCHAR", "subStatus": "VARCHAR",
        "subscriptionId": "VARCHAR", "description": "VARCHAR",
        "httpRequest": {"clientIpAddress": "VARCHAR", "method": "VARCHAR", "uri": "VARCHAR"},
        "identity": {
            "authorization": {
                "scope": "VARCHAR", "action": "VARCHAR",
                "evidence": {"principalId": "VARCHAR", "principalType": "VARCHAR"},
            },
            "claims": {
                f"{_MS}objectidentifier": "VARCHAR", f"{_MS}tenantid": "VARCHAR",
                f"{_SOAP}upn": "VARCHAR", f"{_SOAP}name": "VARCHAR",
                f"{_SOAP}emailaddress": "VARCHAR", _AMR: "VARCHAR", "name": "VARCHAR",
                "appid": "VARCHAR", "idtyp": "VARCHAR", "ipaddr": "VARCHAR", "uti": "VARCHAR",
                "xms_mirid": "VARCHAR",
            },
        },
        "properties": {
            "statusCode": "VARCHAR", "statusMessage": "VARCHAR", "requestbody": "VARCHAR",
            "responseBody": "VARCHAR", "message": "VARCHAR", "title": "VARCHAR",
        },
    },
    objects=("$", "$.identity", "$.identity.claims", "$.identity.authorization", "$.properties"),
    known=frozenset((
        "time", STATED, "resourceId", "operationName", "operationVersion", "category",
        "resultType", "resultSignature", "resultDescription", "durationMs", "callerIpAddress",
        "correlationId", "identity", "level", "Level", "location", "properties", "tenantId",
        "caller", "eventDataId", "operationId", "resourceType", "subStatus", "subscriptionId",
        "description", "httpRequest", "ReleaseVersion", "RoleLocation", "status", "eventName",
        "resourceGroupName", "resourceProviderName",
    )),
    steps=(
        {
            "operation": "lower(j.operationName)",
            "told": first("j.resultType", "split_part(j.resultSignature, '.', 1)"),
            "code": first(
                "j.properties.statusCode", "j.subStatus",
                "CASE WHEN regexp_full_match(j.resultSignature, '[1-5][0-9]{2}')"
                " THEN j.resultSignature END", "split_part(j.resultSignature, '.', 2)"),
            "came_from": first(
                "j.callerIpAddress", "j.httpRequest.clientIpAddress", f"{_C}.ipaddr"),
            "person": first(
                "CASE WHEN j.caller LIKE '%@%' THEN j.caller END", _UPN, _EMAIL,
                f"CASE WHEN {_LOGIN} LIKE '%@%' THEN {without_issuer(_LOGIN)} END",
                f"CASE WHEN {_C}.name LIKE '%_@%_.%_' THEN {_C}.name END"),
        },
        {
            "verb": "split_part(operation, '/', -1)",
            "asked": "split_part(operation, '/', -2)",
            "status": STATUS,
            "oid": first(
                _OID, "CASE WHEN regexp_full_match(j.caller, '[0-9a-fA-F-]{36}')"
                " THEN j.caller END",
                f"{_E}.principalId"),
            "is_access": f"coalesce({ACCESS}, false)",
        },
        {"act": ACT,
         "granted": "CASE WHEN is_access THEN " + member_of_json(
             f"({_BODY})", "$.properties.principalId", "$.Properties.PrincipalId",
             "$.principalId", "$.PrincipalId") + " END"},
    ),
    columns={
        "time": utc("j.time"),
        "original_time": first(f'j."{STATED}"', "j.time"),
        "class_uid": f"CASE WHEN NOT ok THEN 0 WHEN is_access THEN 3005 WHEN {ENTITY} THEN 3004"
                     " WHEN j.category = 'Security' THEN 2004 ELSE 6003 END",
        "activity_id": "CASE WHEN NOT ok THEN 0 WHEN is_access THEN CASE WHEN verb = 'delete'"
                       " THEN 2 ELSE 1 END WHEN j.category = 'Security' THEN 1"
                       " ELSE CASE act WHEN 'create' THEN 1 WHEN 'read' THEN 2 WHEN 'update' THEN 3"
                       " WHEN 'delete' THEN 4 ELSE 99 END END",
        "severity_id": "CASE WHEN NOT ok OR j.category = 'Security' THEN 0 ELSE 1 END",
        "action": "act",
        "api_operation": "j.operationName",
        "api_service_name": "CASE WHEN contains(j.operationName, '/') THEN"
                            " nullif(split_part(j.operationName, '/', 1), '')"
                            " ELSE nullif(split_part(j.resourceType, '/', 1), '') END",
        "message": first("j.description", "j.properties.title",
                         "CASE WHEN j.properties.message <> j.operationName"
                         " THEN j.properties.message END"),
        "finding_title": "CASE WHEN j.category = 'Security' THEN"
                         f" {first('j.properties.title', 'j.description', 'j.operationName')} END",
        "actor_user_uid": first("oid", f"CASE WHEN person IS NULL THEN {_C}.appid END"),
        "actor_user_name": first(
            "person", tail(f"{_C}.xms_mirid"), "j.caller", f"{_C}.name", "oid", f"{_C}.appid"),
        "actor_user_type": first(
            f"{_E}.principalType", f"CASE WHEN {_C}.xms_mirid <> '' THEN 'ManagedIdentity' END",
            f"{_C}.idtyp"),
        "actor_user_email": "CASE WHEN person LIKE '%_@%_.%_' THEN person END",
        "actor_user_account_uid": first(_TID),
        "actor_user_credential_uid": first(f"{_C}.uti"),
        "actor_session_uid": first(f"{_C}.uti"),
        "actor_session_mfa": f"CASE WHEN {_C}.\"{_AMR}\" <> '' THEN list_contains("
                             f"string_split({_C}.\"{_AMR}\", ','), 'mfa') END",
        "actor_app_name": f"CASE WHEN person IS NOT NULL THEN nullif({_C}.appid, '') END",
        "resource_uid": first("j.resourceId", "j.identity.authorization.scope"),
        "resource_name": "CASE WHEN lower(j.identity.authorization.scope) = lower(j.resourceId)"
                         f" THEN {tail('j.identity.authorization.scope')} ELSE"
                         f" {tail(first('j.resourceId', 'j.identity.authorization.scope'))} END",
        "resource_type": first(
            "j.resourceType",
            "regexp_extract(CASE WHEN lower(j.identity.authorization.action) = operation"
            " THEN j.identity.authorization.action ELSE j.operationName END,"
            " '^([^/]+/.+?)(?:/[^/]+/action|/write|/delete|/read)$', 1, 'i')"),
        "resources": "CASE WHEN lower(j.identity.authorization.scope) <> lower(j.resourceId)"
                     " THEN [j.resourceId, j.identity.authorization.scope] END",
        "cloud_provider": "CASE WHEN ok THEN 'Azure' END",
        "cloud_account_uid": first("lower(j.subscriptionId)", subscription("j.resourceId"),
                                   subscription("j.identity.authorization.scope")),
        "cloud_org_uid": first("j.tenantId", _TID, tenant("j.resourceId")),
        "cloud_region": first("j.location"),
        "metadata_product": "CASE WHEN ok THEN 'Activity log' END",
        "src_endpoint_ip": address("came_from"),
        "http_method": first("j.httpRequest.method"),
        "http_url": first("j.httpRequest.uri"),
        "status": "status",
        "status_code": f"CASE WHEN status = 'failure' THEN coalesce("
                       f"{member_of_json(_MESSAGE, '$.error.code', '$.code', '$.Code')}, code)"
                       " ELSE code END",
        "status_detail": f"CASE WHEN status = 'failure' THEN coalesce("
                         f"{member_of_json(_MESSAGE, '$.error.message', '$.message', '$.Message')},"
                         f" nullif({_MESSAGE}, '')) ELSE told END",
        "http_status": HTTP,
        "metadata_uid": first("j.eventDataId"),
        "metadata_correlation_uid": first("j.correlationId", "j.operationId"),
        "any_user": "CASE WHEN granted IS NOT NULL THEN [granted] END",
        "any_ip": f"CASE WHEN {_C}.ipaddr <> came_from AND ({address(f'{_C}.ipaddr')}) IS NOT NULL"
                  f" THEN [{address(f'{_C}.ipaddr')}] END",
    },
    open={
        "who": "what the platform does by itself names no caller",
        "from where": "what the platform does by itself states no address",
        "where": "tenant-wide records may name neither subscription nor tenant",
        "on what": "some records of other spellings name no resource",
        "when": "a record may lack its time",
    },
)  # fmt: skip
