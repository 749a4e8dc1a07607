"""Microsoft 365 unified audit log: Exchange, SharePoint, OneDrive, Teams, Entra and the rest.

Records come from the Management Activity API as they are.  What a search finds holds them as a
string (``AuditData``), in JSON or in CSV; Graph's audit query holds them as an object; rows of the
Log Analytics table OfficeActivity and tools that change the case of keys are made into them
(`spellings`).

Traps: ``CreationTime`` is UTC and does not say so.  ``ResultStatus`` of a failed sign-in is often
``Success``: the operation's name is what counts.  Addresses carry ports and brackets, or stand
under other names.  ``UserId`` may be ``Not Available`` or a service's name; who it was is then in
``Actor``. SharePoint states no result: its records name what was done.  The same record is
delivered often.

References:
- Schema: https://learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-schema
- Activities: https://learn.microsoft.com/purview/audit-log-activities
- OfficeActivity: https://learn.microsoft.com/azure/azure-monitor/reference/tables/officeactivity
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from actum.sources.azure_sql import address, first, member_of_json, port
from actum.sources.entra_operations import lookup, plain_name
from actum.sources.log_analytics import STATED, csv_splitter
from actum.sources.m365.acts import ACT, ACTIVITY, CLASS, STATUS
from actum.sources.m365.operations import KNOWN, USER_TYPES, WORKS
from actum.sources.m365.spellings import (
    AUDIT_DATA,
    OTHER,
    SIGNS_OF_CSV,
    csv_key,
    id_of,
    unwrap,
)
from actum.sources.seam import Claim, Mapped, Splitter
from actum.sources.times import utc

__all__ = ["unwrap"]

NAME = "m365"
TITLE = "Microsoft 365 unified audit log"
VERSION = 1
SUPPORT = "real samples"
SIGNS = (
    "CreationTime beside Operation and Workload or RecordType, AuditData, or a row of"
    " OfficeActivity"
)
MEMBERS = frozenset(("AuditData", "auditData", "Operation", "organizationid"))
CLAIMS_TEXT = False


class Key(msgspec.Struct, gc=False):
    """The members that tell a record in any of its spellings."""

    CreationTime: Any = None
    Operation: Any = None
    Workload: Any = None
    RecordType: Any = None
    OrganizationId: Any = None
    UserId: Any = None
    Id: Any = None
    creationtime: Any = None
    operation: Any = None
    organizationid: Any = None
    id: Any = None
    AuditData: Any = None
    auditData: Any = None  # noqa: N815 - Microsoft's spellings
    OfficeWorkload: Any = None
    OfficeId: Any = None
    TableName: Any = None
    Type: Any = None


_decode = msgspec.json.Decoder(Key).decode


def claim(raw: bytes) -> Claim | None:
    """A record by the members every one has, in one of its spellings."""
    if b"peration" not in raw and b"uditData" not in raw:
        return None
    try:
        key = _decode(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    return _of(key)


def _of(key: Key) -> Claim | None:
    found = _found(key)
    if found is not None:
        return Claim(NAME, found, AUDIT_DATA)
    if isinstance(key.CreationTime, str) and isinstance(key.Operation, str):
        about = (key.Workload, key.RecordType, key.OrganizationId, key.UserId)
        return Claim(NAME, _bytes(key.Id)) if sum(each is not None for each in about) > 1 else None
    if key.OfficeWorkload is not None or "OfficeActivity" in (key.Type, key.TableName):
        is_row = isinstance(key.Operation, str)
        return Claim(NAME, _bytes(key.OfficeId or key.Id), OTHER) if is_row else None
    if isinstance(key.creationtime, str) and isinstance(key.operation, str) and key.organizationid:
        return Claim(NAME, _bytes(key.id), OTHER)
    return None


def _found(key: Key) -> bytes | None:
    """The id of what a search found, if this is that; as text, or opened by Graph or a tool."""
    data = key.AuditData
    if isinstance(data, str) and data[:1] == "{":
        return id_of(data)
    if isinstance(data, dict) and {"CreationTime", "Operation"} <= data.keys():
        return _bytes(data.get("Id"))
    if isinstance(key.auditData, dict) and isinstance(key.operation, str):
        return _bytes(key.auditData.get("Id") or key.id)
    return None


def lines(head: Sequence[bytes], options: str) -> Splitter | None:
    """The CSV of a search in the audit log, or of OfficeActivity."""
    if options:
        raise ValueError("m365 needs no options")
    return csv_splitter(head, SIGNS_OF_CSV, csv_key)


def _bytes(text: object) -> bytes:
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else b""


_OID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"


def _pair(listed: str, name: str) -> str:
    """SQL of the value of a name among pairs of Name and Value."""
    return f"nullif(list_filter(j.{listed}, lambda x: x.Name = '{name}')[1].Value, '')"


def _typed(listed: str, kind: int) -> str:
    """SQL of the first of the identities of a type: 1 name, 2 other, 3 PUID, 5 UPN."""
    return f"nullif(list_filter(j.{listed}, lambda x: x.Type = '{kind}')[1].ID, '')"


def _object_id(listed: str) -> str:
    """SQL of the object id that stands behind its kind: ``User_<guid>``."""
    found = f"list_filter(j.{listed}, lambda x: regexp_matches(x.ID, '^[A-Z][A-Za-z]+_{_OID}$'))"
    return f"nullif(regexp_extract({found}[1].ID, '_(.+)$', 1), '')"


def _kind_of(listed: str) -> str:
    found = f"list_filter(j.{listed}, lambda x: regexp_matches(x.ID, '^[A-Z][A-Za-z]+_{_OID}$'))"
    return f"nullif(regexp_extract({found}[1].ID, '^([A-Z][A-Za-z]+)_', 1), '')"


_NOBODY = "lower(coalesce(j.UserId, '')) IN ('', 'not available', 'unknown')"
_USER = f"CASE WHEN NOT {_NOBODY} THEN j.UserId END"
_IS_PRINCIPAL = f"regexp_full_match(j.UserId, 'ServicePrincipal_{_OID}')"
_KEY = "CASE WHEN lower(j.UserKey) NOT IN ('', 'not available') THEN j.UserKey END"
_WHO_ID = (
    f"coalesce(actor_id, CASE WHEN {_IS_PRINCIPAL} THEN substr(j.UserId, 18) END, {_KEY}, {_USER})"
)
_WHO = (
    f"coalesce(CASE WHEN {_IS_PRINCIPAL} OR {_NOBODY} THEN {_typed('Actor', 1)} END, {_USER},"
    f" {_typed('Actor', 5)}, {_KEY}, actor_id)"
)
_CONTEXT = "j.AppAccessContext"
_SHAREPOINT = "j.SourceFileName <> '' OR j.SiteUrl <> ''"
_ABOUT = (
    "Identity", "User", "Trustee", "Member", "Mailbox", "ForwardingSmtpAddress",
    "ForwardingAddress",
    "RedirectTo", "ForwardTo", "ForwardAsAttachmentTo", "GrantSendOnBehalfTo", "Members",
    "Delegate",
    "SharedWith",
)  # fmt: skip
_OTHERS = ", ".join(f"'{name}'" for name in _ABOUT if name not in {"Identity", "Mailbox"})
_SHOWN = (
    "CASE WHEN len(j.Parameters) > 0 THEN array_to_string(list_transform(list_filter(j.Parameters,"
    " lambda x: x.Value <> '' AND x.Name NOT IN ('Organization', 'DomainController')),"
    " lambda x: x.Name || ': ' || x.Value), '; ') WHEN len(j.ModifiedProperties) > 0 THEN"
    " array_to_string(list_transform(list_filter(j.ModifiedProperties, lambda x: x.Name IN"
    " ('Role.DisplayName', 'Group.DisplayName', 'AppRole.Value', 'Included Updated Properties',"
    " 'ConsentContext.IsAdminConsent', 'DelegatedPermissionGrant.Scope')),"
    " lambda x: x.Name || ': ' || coalesce(nullif(x.NewValue, ''), x.OldValue)), '; ') END"
)
_ADMINS = (
    "CASE WHEN len(j.ModifiedProperties) > 0 THEN list_transform(list_filter(j.ModifiedProperties,"
    " lambda x: x.Name = 'SiteAdmin'), lambda x:"
    " nullif(regexp_extract(coalesce(nullif(x.NewValue, ''), x.OldValue), '([^|]+)$', 1), '')) END"
)
"""Who became or ceased to be an administrator of a site."""
_NO_APP = "00000000-0000-0000-0000-000000000000"
_VIA = _pair("ExtendedProperties", "additionalDetails")
_PAIRS = [{"Name": "VARCHAR", "Value": "VARCHAR"}]
_TYPED = [{"ID": "VARCHAR", "Type": "VARCHAR"}]
_TARGETS = f"[{_typed('Target', 5)}, CASE WHEN {_kind_of('Target')} = 'User' THEN target_id END]"

MAPPING = Mapped(
    shape={
        "Id": "VARCHAR", "RecordType": "VARCHAR", "CreationTime": "VARCHAR", STATED: "VARCHAR",
        "Operation": "VARCHAR", "OrganizationId": "VARCHAR", "UserType": "VARCHAR",
        "UserKey": "VARCHAR", "Workload": "VARCHAR", "ResultStatus": "VARCHAR",
        "ObjectId": "VARCHAR", "UserId": "VARCHAR", "ClientIP": "VARCHAR",
        "ClientIPAddress": "VARCHAR", "ActorIpAddress": "VARCHAR", "UserAgent": "VARCHAR",
        "ClientInfoString": "VARCHAR", "LogonError": "VARCHAR", "ErrorNumber": "VARCHAR",
        "SessionId": "VARCHAR", "CorrelationId": "VARCHAR", "InterSystemsId": "VARCHAR",
        "ApplicationId": "VARCHAR", "ClientAppId": "VARCHAR", "AppId": "VARCHAR",
        "ApplicationDisplayName": "VARCHAR", "SiteUrl": "VARCHAR", "SourceFileName": "VARCHAR",
        "SourceRelativeUrl": "VARCHAR", "ItemType": "VARCHAR",
        "TargetUserOrGroupName": "VARCHAR", "MailboxOwnerUPN": "VARCHAR", "MailboxGuid": "VARCHAR",
        "SendAsUserSmtp": "VARCHAR", "SendOnBehalfOfUserSmtp": "VARCHAR", "TeamName": "VARCHAR",
        "ModifiedObjectResolvedName": "VARCHAR", "Name": "VARCHAR", "ItemName": "VARCHAR",
        "IsSuccess": "VARCHAR", "SenderIp": "VARCHAR", "P2Sender": "VARCHAR",
        "Subject": "VARCHAR", "Recipients": ["VARCHAR"], "Members": [{"UPN": "VARCHAR"}],
        "ExchangeMetaData": {"From": "VARCHAR", "To": ["VARCHAR"], "Subject": "VARCHAR"},
        "AppAccessContext": {"AADSessionId": "VARCHAR", "UniqueTokenId": "VARCHAR",
                             "CorrelationId": "VARCHAR", "ClientAppId": "VARCHAR"},
        "Actor": _TYPED, "Target": _TYPED, "Parameters": _PAIRS, "ExtendedProperties": _PAIRS,
        "DeviceProperties": _PAIRS,
        "ModifiedProperties": [{"Name": "VARCHAR", "NewValue": "VARCHAR", "OldValue": "VARCHAR"}],
    },
    objects=("$", "$.AppAccessContext", "$.Actor[0]", "$.Target[0]"),
    known=frozenset((STATED, *KNOWN.split())),
    lookups=(WORKS, USER_TYPES, lookup("j.Operation")),
    steps=(
        {
            "operation": plain_name("j.Operation"),
            "is_directory": "coalesce(j.Workload = 'AzureActiveDirectory' OR j.RecordType IN"
                            " ('8', '9', '15', 'AzureActiveDirectory',"
                            " 'AzureActiveDirectoryAccountLogon', 'AzureActiveDirectoryStsLogon'),"
                            " false)",
            "came_from": first("j.ClientIP", "j.ClientIPAddress", "j.ActorIpAddress", "j.SenderIp"),
            "actor_id": f"CASE WHEN len(j.Actor) > 0 THEN coalesce({_object_id('Actor')},"
                        f" CASE WHEN regexp_full_match({_typed('Actor', 0)}, '{_OID}') THEN"
                        f" {_typed('Actor', 0)} END) END",
            "target_id": f"CASE WHEN len(j.Target) > 0 THEN coalesce({_object_id('Target')},"
                         f" CASE WHEN regexp_full_match({_typed('Target', 0)}, '{_OID}') THEN"
                         f" {_typed('Target', 0)} END) END",
            "about": f"coalesce({_pair('Parameters', 'Identity')},"
                     f" {_pair('Parameters', 'Mailbox')},"
                     f" {_pair('Parameters', 'Name')})",
        },
        {
            "act": ACT,
            "status": STATUS,
            "via": f"CASE WHEN len(j.ExtendedProperties) > 0 THEN {_VIA} END",
            "other": "CASE WHEN j.ActorIpAddress <> came_from THEN j.ActorIpAddress END",
            "named": "list_filter(list_concat("
                      "CASE WHEN is_directory AND len(j.Target) > 0 AND operation NOT LIKE"
                      " 'userlog%'"
                      f" THEN {_TARGETS} ELSE [] END,"
                      " CASE WHEN len(j.Parameters) > 0 THEN flatten(list_transform("
                      f"list_filter(j.Parameters, lambda x: x.Name IN ({_OTHERS})),"
                      " lambda x: list_transform(regexp_split_to_array(x.Value, ' *[;,] *'),"
                      " lambda y: nullif(regexp_replace(y, '^(?i)smtp:', ''), '')))) ELSE [] END,"
                      " [nullif(j.TargetUserOrGroupName, ''), nullif(j.MailboxOwnerUPN, ''),"
                      " nullif(j.SendAsUserSmtp, ''), nullif(j.SendOnBehalfOfUserSmtp, ''),"
                      " nullif(j.P2Sender, ''), nullif(j.ExchangeMetaData.From, '')],"
                      " j.Recipients, j.ExchangeMetaData.To,"
                      " list_transform(j.Members, lambda x: nullif(x.UPN, '')),"
                      f" {_ADMINS}),"
                      " lambda x: x IS NOT NULL AND x IS DISTINCT FROM j.UserId"
                      " AND x IS DISTINCT FROM actor_id)",
        },
        {"people": "CASE WHEN len(named) > 1 THEN list_filter(named,"
                   " lambda x, i: list_position(named, x) = i) ELSE named END",
         "class_uid": CLASS, "who_id": _WHO_ID, "who": _WHO},
    ),
    columns={
        "time": utc("j.CreationTime"),
        "original_time": first(f'j."{STATED}"', "j.CreationTime"),
        "class_uid": "class_uid",
        "activity_id": ACTIVITY,
        "severity_id": "CASE WHEN NOT ok OR class_uid = 2004 THEN 0 ELSE 1 END",
        "action": "act",
        "api_operation": "j.Operation",
        "api_service_name": first("j.Workload"),
        "message": f"coalesce(nullif({_SHOWN}, ''), nullif(j.Subject, ''),"
                   " nullif(j.ExchangeMetaData.Subject, ''))",
        "finding_title": "CASE WHEN class_uid = 2004 THEN coalesce(nullif(j.Name, ''),"
                         " j.Operation) END",
        "actor_user_uid": "who_id",
        "actor_user_name": "who",
        "actor_user_type": "CASE WHEN who IS NOT NULL THEN"
                           " coalesce(user_types_kind, nullif(j.UserType, '')) END",
        "actor_user_email": "CASE WHEN j.UserId LIKE '%_@%_.%_' AND NOT contains(j.UserId, ' ')"
                            " AND NOT contains(lower(j.UserId), '#ext#')"
                            " THEN j.UserId END",
        "actor_user_credential_uid": first(f"{_CONTEXT}.UniqueTokenId"),
        "actor_session_uid": first(
            f"{_CONTEXT}.AADSessionId", "j.SessionId", _pair("DeviceProperties", "SessionId")),
        "actor_app_name": first(
            "j.ApplicationDisplayName",
            *(f"nullif({each}, '{_NO_APP}')" for each in (
                "j.ApplicationId", "j.ClientAppId", "j.AppId", f"{_CONTEXT}.ClientAppId"))),
        "resource_uid": f"coalesce(target_id, CASE WHEN is_directory AND class_uid <> 3002"
                        f" THEN {_typed('Target', 5)} END, nullif(j.ObjectId, ''),"
                        " nullif(j.MailboxGuid, ''))",
        "resource_name": f"coalesce(CASE WHEN is_directory THEN coalesce({_typed('Target', 5)},"
                         f" {_typed('Target', 1)}) END, nullif(j.SourceFileName, ''),"
                         " nullif(j.ModifiedObjectResolvedName, ''), about,"
                         " nullif(j.MailboxOwnerUPN, ''), nullif(j.TeamName, ''),"
                         " nullif(j.ItemName, ''),"
                         " nullif(j.ObjectId, ''))",
        "resource_type": f"coalesce(CASE WHEN is_directory THEN {_kind_of('Target')} END,"
                         " nullif(j.ItemType, ''), CASE WHEN j.MailboxOwnerUPN <> ''"
                         " OR j.MailboxGuid <> '' THEN 'Mailbox' END)",
        "resource_namespace": first("j.SiteUrl"),
        "cloud_provider": "CASE WHEN ok THEN 'Microsoft 365' END",
        "cloud_org_uid": first("j.OrganizationId"),
        "metadata_product": "CASE WHEN ok THEN 'Microsoft 365' END",
        "device_uid": _pair("DeviceProperties", "Id"),
        "device_hostname": _pair("DeviceProperties", "DisplayName"),
        "src_endpoint_ip": address("came_from"),
        "src_endpoint_port": port("came_from"),
        "http_url": f"CASE WHEN ({_SHAREPOINT}) AND j.ObjectId ILIKE 'http%' THEN j.ObjectId END",
        "user_agent": "coalesce(nullif(j.UserAgent, ''), "
                      f"{_pair('ExtendedProperties', 'UserAgent')},"
                      f" {member_of_json('via', '$.User-Agent', '$.UserAgent')},"
                      " nullif(j.ClientInfoString, ''))",
        "status": "status",
        "status_code": "coalesce(CASE WHEN status <> 'success' THEN nullif(j.ErrorNumber, '') END,"
                       " CASE WHEN status <> 'success' THEN nullif(j.LogonError, '') END,"
                       " nullif(j.ResultStatus, ''))",
        "status_detail": f"coalesce(nullif(j.LogonError, ''),"
                         f" {_pair('ExtendedProperties', 'ResultStatusDetail')})",
        "metadata_uid": first("j.Id"),
        "metadata_correlation_uid": first(
            "j.InterSystemsId", "j.CorrelationId", f"{_CONTEXT}.CorrelationId"),
        "any_user": "CASE WHEN len(people) > 0 THEN people END",
        "any_ip": f"CASE WHEN ({address('other')}) IS NOT NULL THEN [{address('other')}] END",
    },
    open={
        "who": "some records of services name nobody",
        "on what": "searches and sign-ins may name no object",
        "from where": "what the service does by itself states no address",
        "when": "a record may lack its time",
        "where": "a record may lack its organization",
    },
)  # fmt: skip
