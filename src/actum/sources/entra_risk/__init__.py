"""Microsoft Entra ID Protection: risks detected, and the users and principals held to be at risk.

Diagnostic records (UserRiskEvents, RiskyUsers, ServicePrincipalRiskEvents, RiskyServicePrincipals),
what the Graph API gives (riskDetections, riskyUsers) and rows of AADUserRiskEvents and
AADRiskyUsers are made into the same flat members here: there are few of them.

Traps: a detection is about a user whose name may have been used by somebody else, so the address is
the guest's, not the user's.  The same detection comes again, under the same id, when its state
changes.  ``riskLevel`` may be ``hidden`` where the licence does not include it.

References:
- riskDetection: https://learn.microsoft.com/graph/api/resources/riskdetection
- riskyUser: https://learn.microsoft.com/graph/api/resources/riskyuser
- AADUserRiskEvents: https://learn.microsoft.com/azure/azure-monitor/reference/tables/aaduserriskevents
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from actum.sources.azure_sql import address, tenant
from actum.sources.log_analytics import (
    STATED,
    csv_splitter,
    opened,
    rewrite,
    squeezed,
    told_time,
)
from actum.sources.seam import Claim, Mapped, Splitter, Unread
from actum.sources.times import utc

NAME = "entra_risk"
TITLE = "Microsoft Entra ID Protection"
VERSION = 1
SUPPORT = "vendor documentation"
SIGNS = "a category of risk records, or riskState beside riskLevel and the time a risk was detected"
MEMBERS = frozenset(("properties", "riskState", "Type", "TableName"))
CLAIMS_TEXT = False

ANY = "any spelling"
CATEGORIES = frozenset(
    ("UserRiskEvents", "RiskyUsers", "ServicePrincipalRiskEvents", "RiskyServicePrincipals")
)
TABLES = frozenset(
    ("AADUserRiskEvents", "AADRiskyUsers", "AADServicePrincipalRiskEvents",
     "AADRiskyServicePrincipals")
)  # fmt: skip


class Payload(msgspec.Struct, gc=False):
    """The members of the payload that tell one state of a risk from another."""

    id: Any = None
    riskState: Any = None  # noqa: N815 - Microsoft's spellings
    lastUpdatedDateTime: Any = None  # noqa: N815
    riskLastUpdatedDateTime: Any = None  # noqa: N815


class Key(msgspec.Struct, gc=False):
    """The members that tell a record in any of its spellings."""

    category: Any = None
    properties: Payload | None = None
    id: Any = None
    riskState: Any = None  # noqa: N815
    riskLevel: Any = None  # noqa: N815
    detectedDateTime: Any = None  # noqa: N815
    lastUpdatedDateTime: Any = None  # noqa: N815
    riskLastUpdatedDateTime: Any = None  # noqa: N815
    Id: Any = None
    RiskState: Any = None
    LastUpdatedDateTime: Any = None
    RiskLastUpdatedDateTime: Any = None
    TableName: Any = None
    Type: Any = None


_decode = msgspec.json.Decoder(Key).decode


def claim(raw: bytes) -> Claim | None:
    """A record by its category, its table, or the members of the payload."""
    if b"isk" not in raw:
        return None
    try:
        key = _decode(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    return _of(key)


def _of(key: Key) -> Claim | None:
    if isinstance(key.category, str) and key.category in CATEGORIES:
        inner = key.properties
        if inner is None:
            return None
        updated = inner.lastUpdatedDateTime or inner.riskLastUpdatedDateTime
        return Claim(NAME, _key(inner.id, inner.riskState, updated), ANY)
    when = key.detectedDateTime or key.riskLastUpdatedDateTime
    if isinstance(key.riskState, str) and isinstance(key.riskLevel, str) and isinstance(when, str):
        updated = key.lastUpdatedDateTime or key.riskLastUpdatedDateTime
        return Claim(NAME, _key(key.id, key.riskState, updated), ANY)
    tables = [each for each in (key.Type, key.TableName) if isinstance(each, str)]
    if any(each in TABLES for each in tables):
        updated = key.LastUpdatedDateTime or key.RiskLastUpdatedDateTime
        return Claim(NAME, _key(key.Id, key.RiskState, updated), ANY)
    return None


def _key(*told: object) -> bytes:
    """Id, state and time of the change: the id alone stands for a risk, not for a record of it."""
    if not isinstance(told[0], str) or not all(isinstance(each, str) for each in told[1:]):
        return b""
    return "\n".join(map(str, told)).encode("utf-8", "surrogatepass")


def lines(head: Sequence[bytes], options: str) -> Splitter | None:
    """The CSV a portal exports of the risk tables."""
    if options:
        raise ValueError("entra_risk needs no options")
    return csv_splitter(head, (("timegenerated", "risklevel", "riskstate", "riskdetail"),))


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """One record, flat."""
    return rewrite(raw, form, _flat)


_TAKEN = (
    "id", "risktype", "riskeventtype", "riskstate", "risklevel", "riskdetail", "source",
    "detectiontimingtype", "activity", "ipaddress", "userid", "userdisplayname",
    "userprincipalname", "correlationid", "requestid", "serviceprincipalid",
    "serviceprincipaldisplayname", "appid", "displayname", "useragent", "resourceid",
)  # fmt: skip


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    outer = {squeezed(key): value for key, value in record.items()}
    properties = outer.get("properties")
    told = {squeezed(key): value for key, value in properties.items()} if isinstance(
        properties, dict) else {}  # fmt: skip
    for name, value in outer.items():
        told.setdefault(name, value)
    place = opened(told.get("location"))
    found = {name: _text(told, name) for name in _TAKEN}
    stated = next(
        filter(None, (_text(told, name) for name in (
            "risklastupdateddatetime", "activitydatetime", "detecteddatetime", "time",
            "timegenerated"))),
        None,
    )  # fmt: skip
    is_utc = any(key.endswith("[UTC]") for key in record)
    read = told_time(stated, is_utc=is_utc) if stated else None
    extra = opened(told.get("additionalinfo"))
    for pair in extra if isinstance(extra, list) else ():
        if (
            isinstance(pair, dict)
            and squeezed(str(pair.get("Key") or pair.get("key"))) == "useragent"
        ):
            found["useragent"] = _text({"v": pair.get("Value") or pair.get("value")}, "v")
    country = place.get("countryOrRegion") if isinstance(place, dict) else place
    return {
        **found, "time": read, STATED: stated if stated != read else None,
        "country": country if isinstance(country, str) and len(country) <= 64 else None,
        "tenant": _text(told, "aadtenantid")
        or (None if "timegenerated" in told else _text(told, "tenantid")),
        "is_state": "risklastupdateddatetime" in told,
    }  # fmt: skip


def _text(told: Mapping[str, Any], name: str) -> str | None:
    value = told.get(name)
    return value if isinstance(value, str) and value else None


_STATE = "j.is_state = 'true'"
_CLOSED = "lower(j.riskstate) IN ('dismissed', 'remediated', 'confirmedsafe', 'none')"
_TITLE = "coalesce(j.riskeventtype, j.risktype)"
_NAME = "coalesce(j.userprincipalname, j.userdisplayname, j.serviceprincipaldisplayname,"
_NAME += " j.displayname, j.userid, j.serviceprincipalid, j.id)"

MAPPING = Mapped(
    shape=dict.fromkeys((*_TAKEN, "time", STATED, "country", "tenant", "is_state"), "VARCHAR"),
    objects=(),
    columns={
        "time": utc("j.time"),
        "original_time": f'coalesce(j."{STATED}", j.time)',
        "class_uid": "CASE WHEN ok THEN 2004 ELSE 0 END",
        "activity_id": f"CASE WHEN NOT ok THEN 0 WHEN {_CLOSED} THEN 3 WHEN {_STATE} THEN 2"
                       " ELSE 1 END",
        "severity_id": "CASE WHEN NOT ok THEN 0 ELSE CASE lower(j.risklevel) WHEN 'none' THEN 1"
                       " WHEN 'low' THEN 2 WHEN 'medium' THEN 3 WHEN 'high' THEN 4 ELSE 0 END END",
        "action": "CASE WHEN ok THEN 'other' END",
        "api_operation": f"CASE WHEN NOT ok THEN NULL WHEN {_STATE} THEN j.riskstate"
                         f" ELSE coalesce({_TITLE}, j.activity) END",
        "api_service_name": "j.source",
        "finding_title": f"CASE WHEN NOT ok THEN NULL WHEN {_STATE} THEN 'at risk: ' || j.riskstate"
                         f" ELSE {_TITLE} END",
        "message": "CASE WHEN j.riskdetail NOT IN ('none', 'hidden') THEN j.riskdetail END",
        "actor_user_uid": f"CASE WHEN {_STATE} THEN coalesce(j.userid, j.id)"
                          " ELSE coalesce(j.userid, j.serviceprincipalid, j.appid) END",
        "actor_user_name": _NAME,
        "actor_user_type": "CASE WHEN j.serviceprincipalid IS NOT NULL THEN 'ServicePrincipal' END",
        "actor_user_email": "CASE WHEN j.userprincipalname LIKE '%_@%_.%_'"
                            " THEN j.userprincipalname END",
        "resource_uid": "coalesce(j.userid, j.serviceprincipalid, j.id)",
        "resource_name": _NAME,
        "resource_type": "CASE WHEN j.serviceprincipalid IS NOT NULL THEN 'ServicePrincipal'"
                         " WHEN j.userprincipalname IS NOT NULL OR j.userid IS NOT NULL THEN"
                         " 'User' END",
        "cloud_provider": "CASE WHEN ok THEN 'Azure' END",
        "cloud_org_uid": f"coalesce(j.tenant, {tenant('j.resourceid')})",
        "metadata_product": "CASE WHEN ok THEN 'Entra ID Protection' END",
        "src_endpoint_ip": address("j.ipaddress"),
        "src_endpoint_country": "j.country",
        "user_agent": "j.useragent",
        "status": "CASE WHEN ok THEN 'unknown' END",
        "status_code": "j.riskstate",
        "status_detail": "j.risklevel",
        "metadata_uid": "j.id",
        "metadata_correlation_uid": "coalesce(j.correlationid, j.requestid)",
    },
    open={
        "who": "a record may name neither user nor principal",
        "on what": "a record may name neither user nor principal",
        "from where": "a risk that is not of one sign-in has no address",
        "where": "what the Graph API gives names no tenant",
        "when": "a record may lack its time",
    },
)  # fmt: skip
