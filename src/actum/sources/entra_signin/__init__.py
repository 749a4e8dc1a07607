"""Microsoft Entra ID (Azure AD) sign-ins of users, service principals and managed identities.

The diagnostic record (Event Hub, blob) is read as it is; what the Graph API gives, its payload
alone, is put into one; rows of the Log Analytics tables SigninLogs,
AADNonInteractiveUserSignInLogs, AADServicePrincipalSignInLogs and AADManagedIdentitySignInLogs, as
JSON or CSV, and the CSV of the Entra portal are made into one (`spellings`).

Traps: an error code is not a failure when the user was only asked for more (`interrupts`): such a
sign-in is neither.  ``time`` is when it was logged, minutes after ``createdDateTime``.
``uniqueTokenIdentifier`` is the ``uti`` claim by which the token's use is told in the Activity log.

References:
- signIn: https://learn.microsoft.com/graph/api/resources/signin
- SigninLogs: https://learn.microsoft.com/azure/azure-monitor/reference/tables/signinlogs
- Error codes: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from actum.sources.azure_sql import address, first, tenant
from actum.sources.entra_signin.interrupts import INTERRUPTS
from actum.sources.entra_signin.spellings import GRAPH, OTHER, SIGNS_OF_CSV, csv_key, unwrap
from actum.sources.log_analytics import STATED, csv_splitter
from actum.sources.seam import Claim, Mapped, Splitter
from actum.sources.times import utc

__all__ = ["unwrap"]

NAME = "entra_signin"
TITLE = "Microsoft Entra ID sign-ins"
VERSION = 1
SUPPORT = "real samples"
SIGNS = (
    "a category of sign-in logs, or createdDateTime beside appId, conditionalAccessStatus and"
    " status"
)
MEMBERS = frozenset(("properties", "conditionalAccessStatus", "TimeGenerated", "Type", "TableName"))
CLAIMS_TEXT = False

CATEGORIES = frozenset(
    ("SignInLogs", "NonInteractiveUserSignInLogs", "ServicePrincipalSignInLogs",
     "ManagedIdentitySignInLogs", "ADFSSignInLogs", "MicrosoftServicePrincipalSignInLogs")
)  # fmt: skip
TABLES = frozenset(
    ("SigninLogs", "AADNonInteractiveUserSignInLogs", "AADServicePrincipalSignInLogs",
     "AADManagedIdentitySignInLogs", "ADFSSignInLogs")
)  # fmt: skip


class Payload(msgspec.Struct, gc=False):
    """The members of the payload that tell how it is spelled."""

    id: Any = None
    status: Any = None
    location: Any = None
    deviceDetail: Any = None  # noqa: N815 - Microsoft's spellings


class Key(msgspec.Struct, gc=False):
    """The members that tell a record in any of its spellings."""

    category: Any = None
    operationName: Any = None  # noqa: N815
    properties: Payload | None = None
    id: Any = None
    createdDateTime: Any = None  # noqa: N815
    appId: Any = None  # noqa: N815
    conditionalAccessStatus: Any = None  # noqa: N815
    status: Any = None
    Id: Any = None
    Category: Any = None
    TimeGenerated: Any = None
    TableName: Any = None
    Type: Any = None


_decode = msgspec.json.Decoder(Key).decode


def claim(raw: bytes) -> Claim | None:
    """A record by its category, its table, or the members of the payload."""
    if b"ignInLogs" not in raw and b"igninLogs" not in raw and (
        b'"conditionalAccessStatus"' not in raw or b'"createdDateTime"' not in raw
    ):  # fmt: skip
        return None
    try:
        key = _decode(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    inner = key.properties
    if isinstance(key.category, str) and key.category in CATEGORIES and inner is not None:
        told = (inner.status, inner.location, inner.deviceDetail)
        is_plain = key.operationName is not None and not any(isinstance(each, str) for each in told)
        return Claim(NAME, _bytes(inner.id), "" if is_plain else OTHER)
    if (
        isinstance(key.createdDateTime, str)
        and isinstance(key.appId, str)
        and key.conditionalAccessStatus is not None
        and isinstance(key.status, dict)
    ):
        return Claim(NAME, _bytes(key.id), GRAPH)
    tables = [each for each in (key.Type, key.TableName) if isinstance(each, str)]
    of_table = any(each in TABLES for each in tables)
    if of_table or (
        isinstance(key.Category, str) and key.Category in CATEGORIES and key.TimeGenerated
    ):
        return Claim(NAME, _bytes(key.Id), OTHER)
    return None


def lines(head: Sequence[bytes], options: str) -> Splitter | None:
    """The CSV a portal exports: of the Log Analytics tables, or of the sign-ins themselves."""
    if options:
        raise ValueError("entra_signin needs no options")
    return csv_splitter(head, SIGNS_OF_CSV, csv_key)


def _bytes(text: object) -> bytes:
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else b""


_P = "j.properties"
_NOBODY = "00000000-0000-0000-0000-000000000000"
"""The id that stands for somebody the directory does not know."""
_CODES = ", ".join(f"'{code}'" for code in sorted(INTERRUPTS))
_STATUS = f"""CASE
    WHEN NOT ok THEN NULL
    WHEN code = '0' THEN 'success'
    WHEN code IN ({_CODES}) THEN 'unknown'
    WHEN regexp_full_match(code, '[1-9][0-9]*') THEN
        CASE WHEN lower(j.resultSignature) = 'interrupted' THEN 'unknown' ELSE 'failure' END
    ELSE CASE lower(coalesce(code, j.resultSignature)) WHEN 'success' THEN 'success'
        WHEN 'failure' THEN 'failure' ELSE 'unknown' END END"""

_KIND = f"""CASE
    WHEN {_P}.managedServiceIdentity.msiType NOT IN ('', 'none')
        OR j.category = 'ManagedIdentitySignInLogs' THEN 'ManagedIdentity'
    WHEN no_user AND {_P}.servicePrincipalId <> '' THEN 'ServicePrincipal'
    ELSE nullif({_P}.userType, '') END"""

MAPPING = Mapped(
    shape={
        "time": "VARCHAR", STATED: "VARCHAR", "resourceId": "VARCHAR", "category": "VARCHAR",
        "operationName": "VARCHAR", "tenantId": "VARCHAR", "resultType": "VARCHAR",
        "resultSignature": "VARCHAR", "resultDescription": "VARCHAR", "callerIpAddress": "VARCHAR",
        "correlationId": "VARCHAR", "location": "VARCHAR",
        "properties": {
            "id": "VARCHAR", "createdDateTime": "VARCHAR", "userDisplayName": "VARCHAR",
            "userPrincipalName": "VARCHAR", "userId": "VARCHAR", "appId": "VARCHAR",
            "appDisplayName": "VARCHAR", "ipAddress": "VARCHAR",
            "status": {"errorCode": "VARCHAR", "failureReason": "VARCHAR",
                       "additionalDetails": "VARCHAR"},
            "userAgent": "VARCHAR",
            "deviceDetail": {"deviceId": "VARCHAR", "displayName": "VARCHAR"},
            "location": {"countryOrRegion": "VARCHAR"}, "correlationId": "VARCHAR",
            "resourceDisplayName": "VARCHAR", "resourceId": "VARCHAR",
            "servicePrincipalId": "VARCHAR", "servicePrincipalName": "VARCHAR",
            "servicePrincipalCredentialKeyId": "VARCHAR", "uniqueTokenIdentifier": "VARCHAR",
            "sessionId": "VARCHAR", "authenticationRequirement": "VARCHAR", "userType": "VARCHAR",
            "homeTenantId": "VARCHAR", "resourceTenantId": "VARCHAR", "tenantId": "VARCHAR",
            "ipAddressFromResourceProvider": "VARCHAR",
            "managedServiceIdentity": {"msiType": "VARCHAR"},
        },
    },
    objects=("$", "$.properties", "$.properties.status", "$.properties.location"),
    known=frozenset((
        "time", STATED, "resourceId", "operationName", "operationVersion", "category", "tenantId",
        "resultType", "resultSignature", "resultDescription", "durationMs", "callerIpAddress",
        "correlationId", "identity", "Level", "level", "location", "properties",
    )),
    steps=(
        {
            "stated": first(f"{_P}.createdDateTime", "j.time"),
            "code": first(f"{_P}.status.errorCode", "j.resultType"),
            "no_user": f"coalesce({_P}.userId, '') = '' AND coalesce({_P}.userPrincipalName, '')"
                       " = ''",
            "came_from": first(f"{_P}.ipAddress", "j.callerIpAddress"),
            "other": first(f"{_P}.ipAddressFromResourceProvider"),
        },
        {"status": _STATUS},
    ),
    columns={
        "time": utc("stated"),
        "original_time": first(f'j."{STATED}"', "stated"),
        "class_uid": "CASE WHEN ok THEN 3002 ELSE 0 END",
        "activity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "CASE WHEN ok THEN 'auth' END",
        "api_operation": "CASE WHEN ok THEN coalesce(nullif(j.operationName, ''),"
                         " 'Sign-in activity') END",
        "api_service_name": first(f"{_P}.resourceDisplayName"),
        "message": first(f"{_P}.status.additionalDetails"),
        "actor_user_uid": first(
            f"nullif({_P}.userId, '{_NOBODY}')",
            f"CASE WHEN no_user THEN {first(f'{_P}.servicePrincipalId', f'{_P}.appId')} END"),
        "actor_user_name": first(
            f"{_P}.userPrincipalName", f"{_P}.userDisplayName", f"{_P}.servicePrincipalName",
            f"CASE WHEN no_user THEN {_P}.appDisplayName END", f"{_P}.userId",
            f"{_P}.servicePrincipalId", f"{_P}.appId"),
        "actor_user_type": _KIND,
        "actor_user_email": f"CASE WHEN {_P}.userPrincipalName LIKE '%_@%_.%_'"
                            f" AND NOT contains(lower({_P}.userPrincipalName), '#ext#')"
                            f" THEN {_P}.userPrincipalName END",
        "actor_user_account_uid": first(f"{_P}.homeTenantId"),
        "actor_user_credential_uid": first(f"{_P}.servicePrincipalCredentialKeyId"),
        "actor_session_uid": first(f"{_P}.sessionId"),
        "actor_session_mfa": "CASE WHEN status = 'success' THEN CASE"
                             f" {_P}.authenticationRequirement WHEN 'multiFactorAuthentication'"
                             " THEN true WHEN 'singleFactorAuthentication' THEN false END END",
        "actor_app_name": f"CASE WHEN NOT no_user THEN"
                            f" {first(f'{_P}.appDisplayName', f'{_P}.appId')} END",
        "resource_uid": first(f"{_P}.resourceId"),
        "resource_name": first(f"{_P}.resourceDisplayName"),
        "cloud_provider": "CASE WHEN ok THEN 'Azure' END",
        "cloud_org_uid": first("j.tenantId", f"{_P}.tenantId", f"{_P}.resourceTenantId",
                               tenant("j.resourceId")),
        "metadata_product": "CASE WHEN ok THEN 'Entra ID' END",
        "device_hostname": first(f"{_P}.deviceDetail.displayName"),
        "device_uid": first(f"{_P}.deviceDetail.deviceId"),
        "src_endpoint_ip": address("came_from"),
        "src_endpoint_country": first(f"{_P}.location.countryOrRegion", "j.location"),
        "user_agent": first(f"{_P}.userAgent"),
        "status": "status",
        "status_code": "code",
        "status_detail": "CASE WHEN status <> 'success' THEN"
                         f" {first(f'{_P}.status.failureReason', 'j.resultDescription')} END",
        "metadata_uid": first(f"{_P}.id"),
        "metadata_correlation_uid": first(f"{_P}.correlationId", "j.correlationId"),
        "issued_credential_uid": "CASE WHEN status = 'success' THEN"
                                 f" {first(f'{_P}.uniqueTokenIdentifier')} END",
        "any_ip": f"CASE WHEN other <> came_from AND ({address('other')}) IS NOT NULL"
                  f" THEN [{address('other')}] END",
    },
    open={
        "who": "a failed sign-in may name nobody the directory knows",
        "on what": "not every sign-in names the resource it was for",
        "from where": "sign-ins of managed identities state no address",
        "where": "what the Graph API gives names no tenant",
        "when": "a record may lack its time",
    },
)  # fmt: skip
