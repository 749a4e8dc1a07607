"""Microsoft Entra ID (Azure AD) audit log: what was done to the directory.

The diagnostic record (Event Hub, blob) is read as it is; what the Graph API gives, its payload
alone, is put into one; rows of the Log Analytics table AuditLogs, as JSON or exported CSV, are made
into one (`spellings`).

Traps: values of ``modifiedProperties`` are JSON inside strings, quotes included.  Of "Add member to
role" the member is the first target and the role is among its modified properties.  What an
application did has ``initiatedBy.app`` and often no address.  Intune sends records of the category
AuditLogs too, of quite another shape.

References:
- directoryAudit: https://learn.microsoft.com/graph/api/resources/directoryaudit
- AuditLogs: https://learn.microsoft.com/azure/azure-monitor/reference/tables/auditlogs
- Activities: https://learn.microsoft.com/entra/identity/monitoring-health/reference-audit-activities
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from actum.sources.azure_sql import address, first, quoted, tenant
from actum.sources.entra_audit.acts import ACT, ACTIVITY, CLASS
from actum.sources.entra_audit.spellings import (
    GRAPH,
    OTHER,
    SIGNS_OF_CSV,
    csv_key,
    unwrap,
)
from actum.sources.entra_operations import lookup, plain_name
from actum.sources.log_analytics import STATED, csv_splitter
from actum.sources.seam import Claim, Mapped, Splitter
from actum.sources.times import utc

__all__ = ["unwrap"]

NAME = "entra_audit"
TITLE = "Microsoft Entra ID audit log"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "activityDisplayName beside initiatedBy or targetResources, alone or in properties"
MEMBERS = frozenset(("properties", "activityDisplayName", "ActivityDisplayName"))
CLAIMS_TEXT = False


class Payload(msgspec.Struct, gc=False):
    """The members that tell the payload of an audit record."""

    id: Any = None
    activityDisplayName: Any = None  # noqa: N815 - Microsoft's spellings
    initiatedBy: Any = None  # noqa: N815
    targetResources: Any = None  # noqa: N815


class Key(msgspec.Struct, gc=False):
    """The members that tell a record in any of its spellings."""

    category: Any = None
    properties: Payload | None = None
    id: Any = None
    activityDisplayName: Any = None  # noqa: N815
    operationName: Any = None  # noqa: N815
    operationname: Any = None
    initiatedBy: Any = None  # noqa: N815
    targetResources: Any = None  # noqa: N815
    Id: Any = None
    ActivityDisplayName: Any = None
    InitiatedBy: Any = None
    TargetResources: Any = None
    TableName: Any = None
    Type: Any = None


_decode = msgspec.json.Decoder(Key).decode


def claim(raw: bytes) -> Claim | None:
    """A record by its activity and who began it."""
    if b"ctivityDisplayName" not in raw:
        return None
    try:
        key = _decode(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    return _of(key)


def _of(key: Key) -> Claim | None:
    inner = key.properties
    if inner is not None and isinstance(key.category, str):
        if not isinstance(inner.activityDisplayName, str) or (
            inner.initiatedBy is None and inner.targetResources is None
        ):
            return None
        return Claim(NAME, _bytes(inner.id), "" if key.operationName is not None else OTHER)
    if (
        isinstance(key.activityDisplayName, str)
        and isinstance(key.initiatedBy, dict)
        and isinstance(key.targetResources, list)
    ):
        return Claim(NAME, _bytes(key.id), GRAPH)
    is_row = "AuditLogs" in (key.Type, key.TableName) or key.TargetResources is not None
    if isinstance(key.ActivityDisplayName, str) and is_row and key.InitiatedBy is not None:
        return Claim(NAME, _bytes(key.Id), OTHER)
    return None


def lines(head: Sequence[bytes], options: str) -> Splitter | None:
    """The CSV a portal exports of AuditLogs."""
    if options:
        raise ValueError("entra_audit needs no options")
    return csv_splitter(head, SIGNS_OF_CSV, csv_key)


def _bytes(text: object) -> bytes:
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else b""


_P = "j.properties"
_USER, _APP = f"{_P}.initiatedBy.user", f"{_P}.initiatedBy.app"
_T = f"{_P}.targetResources"
_SHOWN = ", ".join(
    f"'{name}'" for name in (
        "Role.DisplayName", "Group.DisplayName", "AppRole.Value", "AppRole.DisplayName",
        "DelegatedPermissionGrant.Scope", "ConsentAction.Permissions",
        "ConsentContext.IsAdminConsent", "Included Updated Properties", "AccountEnabled",
        "RoleDefinition.DisplayName",
    )
)  # fmt: skip
_CHANGES = f"list_filter({_T}[1].modifiedProperties, lambda x: x.displayName IN ({_SHOWN}))"
_VALUE = "coalesce(nullif(nullif(trim(x.{0}, '\"'), ''), '[]'), 'nothing')"
_SAID = (
    f"list_transform({_CHANGES}, lambda x: x.displayName || ': ' || CASE WHEN"
    f" {_VALUE.format('oldValue')} = 'nothing' THEN {_VALUE.format('newValue')} ELSE"
    f" {_VALUE.format('oldValue')} || ' to ' || {_VALUE.format('newValue')} END)"
)
_MESSAGE = (
    f"CASE WHEN len({_T}[1].modifiedProperties) > 0"
    f" THEN nullif(array_to_string({_SAID}, '; '), '') END"
)
_AGENT = (
    f"list_filter({_P}.additionalDetails, lambda x: x.key = 'User-Agent' OR x.key = 'UserAgent')"
    "[1].value"
)
_USERS = (
    f"CASE WHEN len({_T}) > 0 THEN list_filter(flatten(list_transform({_T},"
    " lambda x: CASE WHEN x.type = 'User' OR x.userPrincipalName <> ''"
    " THEN [nullif(x.userPrincipalName, ''), nullif(x.id, '')] ELSE [] END)),"
    f" lambda x: x IS NOT NULL AND x IS DISTINCT FROM {_USER}.id"
    f" AND x IS DISTINCT FROM {_USER}.userPrincipalName) END"
)
"""Users among the targets, by name and by id, but not who did it."""
_TARGET_NAME = first(
    f"{_T}[1].userPrincipalName", f"{_T}[1].displayName",
    f"CASE WHEN {_T}[1].type = 'Role' THEN {quoted('role_name')} END")  # fmt: skip

MAPPING = Mapped(
    shape={
        "time": "VARCHAR", STATED: "VARCHAR", "resourceId": "VARCHAR", "operationName": "VARCHAR",
        "category": "VARCHAR", "tenantId": "VARCHAR", "resultType": "VARCHAR",
        "resultDescription": "VARCHAR", "callerIpAddress": "VARCHAR", "correlationId": "VARCHAR",
        "properties": {
            "id": "VARCHAR", "category": "VARCHAR", "correlationId": "VARCHAR", "result": "VARCHAR",
            "resultReason": "VARCHAR", "activityDisplayName": "VARCHAR",
            "activityDateTime": "VARCHAR", "loggedByService": "VARCHAR", "operationType": "VARCHAR",
            "userAgent": "VARCHAR",
            "initiatedBy": {
                "user": {"id": "VARCHAR", "displayName": "VARCHAR", "userPrincipalName": "VARCHAR",
                         "ipAddress": "VARCHAR", "homeTenantId": "VARCHAR", "userType": "VARCHAR"},
                "app": {"appId": "VARCHAR", "displayName": "VARCHAR",
                        "servicePrincipalId": "VARCHAR", "servicePrincipalName": "VARCHAR"},
            },
            "targetResources": [{
                "id": "VARCHAR", "displayName": "VARCHAR", "type": "VARCHAR",
                "userPrincipalName": "VARCHAR",
                "modifiedProperties": [
                    {"displayName": "VARCHAR", "oldValue": "VARCHAR", "newValue": "VARCHAR"}],
            }],
            "additionalDetails": [{"key": "VARCHAR", "value": "VARCHAR"}],
        },
    },
    objects=(
        "$", "$.properties", "$.properties.initiatedBy", "$.properties.initiatedBy.user",
        "$.properties.initiatedBy.app", "$.properties.targetResources[0]",
    ),
    known=frozenset((
        "time", STATED, "resourceId", "operationName", "operationVersion", "category", "tenantId",
        "resultType", "resultSignature", "resultDescription", "durationMs", "callerIpAddress",
        "correlationId", "identity", "Level", "level", "location", "properties",
    )),
    lookups=(lookup(first(f"{_P}.activityDisplayName", "j.operationName")),),
    steps=(
        {
            "stated": first(f"{_P}.activityDateTime", "j.time"),
            "operation": plain_name(first(f"{_P}.activityDisplayName", "j.operationName")),
            "kind": first(f"{_P}.category", "CASE WHEN j.category <> 'AuditLogs' THEN"
                                            " j.category END"),
            "came_from": first(f"{_USER}.ipAddress", "j.callerIpAddress"),
            "result": f"lower({_P}.result)",
            "is_app": f"{_USER}.id IS NULL AND {_USER}.userPrincipalName IS NULL"
                      f" AND {_APP} IS NOT NULL",
            "role_name": f"list_filter({_T}[1].modifiedProperties,"
                         " lambda x: x.displayName = 'Role.DisplayName')[1].newValue",
            "users": _USERS,
        },
        {"act": ACT},
        {"class_uid": CLASS},
    ),
    columns={
        "time": utc("stated"),
        "original_time": first(f'j."{STATED}"', "stated"),
        "class_uid": "class_uid",
        "activity_id": ACTIVITY,
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "act",
        "api_operation": first(f"{_P}.activityDisplayName", "j.operationName"),
        "api_service_name": first(f"{_P}.loggedByService"),
        "message": _MESSAGE,
        "actor_user_uid": first(
            f"{_USER}.id", f"{_APP}.servicePrincipalId", f"{_APP}.appId"),
        "actor_user_name": first(
            f"{_USER}.userPrincipalName", f"{_USER}.displayName", f"{_APP}.displayName",
            f"{_APP}.servicePrincipalName", f"{_USER}.id", f"{_APP}.servicePrincipalId",
            f"{_APP}.appId"),
        "actor_user_type": first(
            f"{_USER}.userType", "CASE WHEN is_app THEN 'app'"
            f" WHEN {_USER}.id <> '' OR {_USER}.userPrincipalName <> '' THEN 'user' END"),
        "actor_user_email": f"CASE WHEN {_USER}.userPrincipalName LIKE '%_@%_.%_'"
                            f" AND NOT contains(lower({_USER}.userPrincipalName), '#ext#')"
                            f" THEN {_USER}.userPrincipalName END",
        "actor_user_account_uid": first(f"{_USER}.homeTenantId"),
        "actor_app_name": f"CASE WHEN NOT is_app THEN {first(f'{_APP}.displayName')} END",
        "resource_uid": first(f"{_T}[1].id"),
        "resource_name": _TARGET_NAME,
        "resource_type": first(f"{_T}[1].type"),
        "resources": f"CASE WHEN len({_T}) > 1 THEN list_filter(list_transform({_T},"
                     " lambda x: coalesce(nullif(x.id, ''), nullif(x.userPrincipalName, ''),"
                     " nullif(x.displayName, ''))), lambda x: x IS NOT NULL) END",
        "cloud_provider": "CASE WHEN ok THEN 'Azure' END",
        "cloud_org_uid": first("j.tenantId", tenant("j.resourceId")),
        "metadata_product": "CASE WHEN ok THEN 'Entra ID' END",
        "src_endpoint_ip": address("came_from"),
        "user_agent": first(f"{_P}.userAgent", _AGENT),
        "status": "CASE WHEN NOT ok THEN NULL WHEN result = 'success' THEN 'success'"
                  " WHEN result IN ('failure', 'failed') THEN 'failure' ELSE 'unknown' END",
        "status_code": first("CASE WHEN result NOT IN ('success', 'failure', 'failed') THEN"
                             " result END",
                             "nullif(j.resultType, 'None')"),
        "status_detail": first(f"{_P}.resultReason", "nullif(j.resultDescription, 'None')"),
        "metadata_uid": first(f"{_P}.id"),
        "metadata_correlation_uid": first(f"{_P}.correlationId", "j.correlationId"),
        "any_user": "CASE WHEN len(users) > 0 THEN users END",
    },
    open={
        "who": "what the directory does by itself may name nobody",
        "on what": "whole-directory operations name no target",
        "from where": "what applications and services do states no address",
        "when": "a record may lack its time",
    },
)  # fmt: skip
