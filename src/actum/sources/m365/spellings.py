"""The other spellings of a unified audit record, made into that of the Management Activity API.

References:
- Search-UnifiedAuditLog: https://learn.microsoft.com/powershell/module/exchange/search-unifiedauditlog
- auditLogRecord: https://learn.microsoft.com/graph/api/resources/security-auditlogrecord
- OfficeActivity: https://learn.microsoft.com/azure/azure-monitor/reference/tables/officeactivity
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from actum.sources.log_analytics import Names, canonical, members, rewrite, squeezed
from actum.sources.seam import Unread
from actum.sources.tables import row

__all__ = ["AUDIT_DATA", "OTHER", "SIGNS_OF_CSV", "csv_key", "id_of", "unwrap"]

AUDIT_DATA = "AuditData"
"""The form of a record that is a string of JSON inside what a search found."""
OTHER = "other spelling"
SIGNS_OF_CSV = (
    ("auditdata", "operations"),
    ("auditdata", "operation", "recordtype"),
    ("timegenerated", "officeworkload", "operation"),
)

_OWN = (
    "Id RecordType CreationTime Operation OrganizationId UserType UserKey Workload ResultStatus"
    " ObjectId UserId ClientIP Scope AppAccessContext Version ClientIPAddress ActorIpAddress Actor"
    " Target ActorContextId TargetContextId InterSystemsId IntraSystemId ApplicationId"
    " ExtendedProperties"
    " ModifiedProperties DeviceProperties ErrorNumber LogonError UserAgent SessionId CorrelationId"
    " SiteUrl SourceRelativeUrl SourceFileName SourceFileExtension DestinationFileName"
    " DestinationRelativeUrl ItemType EventSource EventData ListItemUniqueId Site WebId"
    " TargetUserOrGroupName TargetUserOrGroupType Parameters OperationProperties OrganizationName"
    " OriginatingServer MailboxOwnerUPN MailboxGuid MailboxOwnerSid LogonType LogonUserSid"
    " InternalLogonType ExternalAccess ClientInfoString ClientProcessName ClientVersion Folder"
    " Folders AffectedItems DestFolder DestMailboxOwnerUPN Item Subject SendAsUserSmtp"
    " SendOnBehalfOfUserSmtp ModifiedObjectResolvedName AzureActiveDirectoryEventType"
    " SupportTicketId"
    " AppId ClientAppId TeamName TeamGuid ChannelName ChatThreadId Members CommunicationType"
    " MachineDomainInfo MachineId GeoLocation Platform ApplicationDisplayName"
)
_NAMES: Names = {
    **{squeezed(name): (name,) for name in _OWN.split()},
    "timegenerated": ("CreationTime",), "officeworkload": ("Workload",),
    "officeobjectid": ("ObjectId",), "officeid": ("Id",), "sourcerecordid": ("Id",),
    "clientipaddress": ("ClientIPAddress",), "clientip": ("ClientIP",),
    "aadtarget": ("Target",), "actor": ("Actor",), "extraproperties": ("ExtendedProperties",),
    "sourcename": ("SourceFileName",), "applicationid": ("ApplicationId",),
    **dict.fromkeys((
        "tenantid", "type", "tablename", "sourcesystem", "starttime", "elevationtime",
        "officetenantid", "resultreasontype", "elevationapprovedtime", "elevationapprover",
        "elevationduration", "elevationrequestid", "elevationrole", "generatedtime", "siteurl2",
        "isdocumentmanagedbydlp", "isviewableexternalusers",
    )),
}  # fmt: skip
_STRINGS = frozenset(
    ("parameters", "actor", "target", "aadtarget", "extendedproperties", "modifiedproperties",
     "folders", "folder", "affecteditems", "operationproperties", "item", "appaccesscontext",
     "deviceproperties", "members", "extraproperties")
)  # fmt: skip
_TIMES = ("creationtime", "timegenerated")


class _Identity(msgspec.Struct, gc=False):
    Id: Any = None


_decode = msgspec.json.Decoder(_Identity).decode


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """One record in the spelling of the Management Activity API."""
    if form == AUDIT_DATA:
        told = members(raw)
        yield told if isinstance(told, Unread) else _inside(told)
    elif form.startswith("csv:"):
        found = row(raw, form)
        if isinstance(found, Unread):
            yield found
        elif "AuditData" in found or "auditData" in found:
            yield _inside(found)
        else:
            yield from rewrite(raw, form, _record)
    else:
        yield from rewrite(raw, form, _record)


def id_of(data: object) -> bytes:
    """The id inside ``AuditData``."""
    if not isinstance(data, str):
        return b""
    try:
        found = _decode(data).Id
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return b""
    return found.encode("utf-8", "surrogatepass") if isinstance(found, str) else b""


def csv_key(told: Mapping[str, str]) -> bytes:
    """The id of a row."""
    return (
        id_of(told.get("AuditData") or told.get("auditData")) or told.get("OfficeId", "").encode()
    )


def _inside(told: Mapping[str, Any]) -> bytes | Unread:
    """What the search found, as its exact text; of Graph's answer the object itself."""
    data = told.get("AuditData", told.get("auditData"))
    if isinstance(data, str):
        inner = members(data)
        return inner if isinstance(inner, Unread) else data.encode("utf-8", "surrogatepass")
    if not isinstance(data, dict):
        return Unread("AuditData holds no record")
    outer = {
        "Id": told.get("id"), "Operation": told.get("operation"), "UserId": told.get("userId"),
        "CreationTime": told.get("createdDateTime"), "Workload": told.get("service"),
        "OrganizationId": told.get("organizationId"), "ClientIP": told.get("clientIp"),
    }  # fmt: skip
    named = {key: value for key, value in data.items() if not key.startswith("@odata.")}
    return msgspec.json.encode({**{k: v for k, v in outer.items() if v is not None}, **named})


def _record(record: dict[str, Any]) -> dict[str, Any]:
    ordered = sorted(record, key=lambda key: squeezed(key) in {"timegenerated", "sourcerecordid"})
    return canonical({key: record[key] for key in ordered}, _NAMES, _STRINGS, _TIMES)
