"""Cloudflare Logpush: HTTP requests, and the firewall events that stopped or let through some.

Both name the request by its ``RayID``, which joins them.  Times are written as RFC 3339, as seconds
or as nanoseconds since 1970, by the job's choice; a text without a zone is read as UTC only beside
Panther's ``p_event_time``.  ``EdgeResponseStatus`` 0 means that no answer was given.

References:
- https://developers.cloudflare.com/logs/logpush/logpush-job/datasets/zone/http_requests/
- https://developers.cloudflare.com/logs/logpush/logpush-job/datasets/zone/firewall_events/
"""

from __future__ import annotations

import msgspec

from actum.sources.addresses import ip, port
from actum.sources.seam import Claim, Lookup, Mapped, plain
from actum.sources.times import epoch, utc

NAME = "cloudflare_http"
TITLE = "Cloudflare HTTP requests and firewall events"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "RayID and ClientIP beside EdgeStartTimestamp, or beside Action and Datetime"
MEMBERS = frozenset(("RayID",))
CLAIMS_TEXT = False
unwrap = plain


class Line(msgspec.Struct, gc=False):
    """The members that tell the two data sets, and identify a line."""

    RayID: str
    EdgeStartTimestamp: str | int | float | None = None
    EdgeEndTimestamp: str | int | float | None = None
    Action: str | None = None
    Datetime: str | int | float | None = None
    RuleID: str | None = None
    MatchIndex: int | None = None


_decode = msgspec.json.Decoder(Line).decode


def claim(raw: bytes) -> Claim | None:
    """A request, or what a rule did to one."""
    if b'"RayID"' not in raw or b'"Client' not in raw:
        return None
    try:
        line = _decode(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    if line.EdgeStartTimestamp is not None or line.EdgeEndTimestamp is not None:
        key = f"request/{line.RayID}" if line.RayID else ""
    elif line.Action is not None and line.Datetime is not None:
        told = ("rule", line.RayID, line.RuleID or "", str(line.MatchIndex or 0))
        key = "/".join(told) if line.RayID else ""
    else:
        return None
    return Claim(NAME, key.encode("utf-8", "surrogatepass"))


_METHODS = Lookup(
    "methods",
    ("method", "activity_id", "act"),
    (
        ("CONNECT", 1, "other"), ("DELETE", 2, "delete"), ("GET", 3, "read"), ("HEAD", 4, "read"),
        ("OPTIONS", 5, "read"), ("POST", 6, "create"), ("PUT", 7, "update"), ("TRACE", 8, "read"),
        ("PATCH", 9, "update"),
    ),
    "methods.method = j.ClientRequestMethod",
)  # fmt: skip
_STOPPED = (
    "'block', 'drop', 'jschallenge', 'challenge', 'managedchallenge', 'managed_challenge',"
    " 'connectionclose', 'connection_close'"
)
_STATUS = f"""CASE
    WHEN NOT ok THEN NULL
    WHEN j.Action IN ({_STOPPED}) THEN 'failure'
    WHEN code BETWEEN 100 AND 399 THEN 'success'
    WHEN code >= 400 THEN 'failure' ELSE 'unknown' END"""

MAPPING = Mapped(
    shape=dict.fromkeys(
        ("RayID", "EdgeStartTimestamp", "EdgeEndTimestamp", "Datetime", "Action", "ClientIP",
         "ClientSrcPort", "ClientCountry", "ClientRequestHost", "ClientRequestMethod",
         "ClientRequestScheme", "ClientRequestURI", "ClientRequestPath", "ClientRequestQuery",
         "ClientRequestUserAgent", "EdgeResponseStatus", "EdgeResponseBytes", "OriginIP",
         "RuleID", "Description", "Source", "ZoneID", "ZoneName", "p_event_time",
         "WAFRuleMessage"),
        "VARCHAR",
    ),
    lookups=(_METHODS,),
    known=frozenset(
        (
            "RayID", "ParentRayID", "OriginatorRayID", "EdgeStartTimestamp", "EdgeEndTimestamp",
            "Datetime", "Action", "Kind", "MatchIndex", "Metadata", "Source", "RuleID", "Ref",
            "Description", "BotScore", "BotScoreSrc", "BotTags", "BotDetectionIDs",
            "BotDetectionTags", "CacheCacheStatus", "CacheResponseBytes", "CacheResponseStatus",
            "CacheTieredFill", "CacheReserveUsed", "ClientASN", "ClientASNDescription",
            "ClientCity", "ClientCountry", "ClientDeviceType", "ClientIP", "ClientIPClass",
            "ClientLatitude", "ClientLongitude", "ClientMTLSAuthCertFingerprint",
            "ClientMTLSAuthStatus", "ClientRegionCode", "ClientRequestBytes", "ClientRequestHost",
            "ClientRequestMethod", "ClientRequestPath", "ClientRequestProtocol",
            "ClientRequestQuery", "ClientRequestReferer", "ClientRefererHost", "ClientRefererPath",
            "ClientRefererQuery", "ClientRefererScheme", "ClientRequestScheme",
            "ClientRequestSource", "ClientRequestURI", "ClientRequestUserAgent", "ClientSSLCipher",
            "ClientSSLProtocol", "ClientSrcPort", "ClientTCPRTTMs", "ClientXRequestedWith",
            "ContentScanObjResults", "ContentScanObjTypes", "Cookies", "EdgeCFConnectingO2O",
            "EdgeColoCode", "EdgeColoID", "EdgePathingOp", "EdgePathingSrc", "EdgePathingStatus",
            "EdgeRateLimitAction", "EdgeRateLimitID", "EdgeRequestHost", "EdgeResponseBodyBytes",
            "EdgeResponseBytes", "EdgeResponseCompressionRatio", "EdgeResponseContentType",
            "EdgeResponseStatus", "EdgeServerIP", "EdgeTimeToFirstByteMs",
            "FirewallMatchesActions", "FirewallMatchesRuleIDs", "FirewallMatchesSources",
            "JA3Hash", "JA4", "JA4Signals", "JSDetectionPassed", "LeakedCredentialCheckResult",
            "OriginDNSResponseTimeMs", "OriginIP", "OriginRequestHeaderSendDurationMs",
            "OriginResponseBytes", "OriginResponseDurationMs", "OriginResponseHTTPExpires",
            "OriginResponseHTTPLastModified", "OriginResponseHeaderReceiveDurationMs",
            "OriginResponseStatus", "OriginResponseTime", "OriginSSLProtocol",
            "OriginTCPHandshakeDurationMs", "OriginTLSHandshakeDurationMs", "RequestHeaders",
            "ResponseHeaders", "SecurityAction", "SecurityActions", "SecurityLevel",
            "SecurityRuleDescription", "SecurityRuleID", "SecurityRuleIDs", "SecuritySources",
            "SmartRouteColoID", "UpperTierColoID", "VerifiedBotCategory", "WAFAction",
            "WAFAttackScore", "WAFFlags", "WAFMatchedVar", "WAFProfile", "WAFRCEAttackScore",
            "WAFRuleID", "WAFRuleMessage", "WAFSQLiAttackScore", "WAFXSSAttackScore",
            "WorkerCPUTime", "WorkerScriptName", "WorkerStatus", "WorkerSubrequest",
            "WorkerSubrequestCount", "WorkerWallTimeUs", "ZoneID", "ZoneName", "p_event_time",
            "p_log_type", "p_parse_time", "p_row_id", "p_schema_version", "p_source_id",
            "p_source_label", "p_any_domain_names", "p_any_ip_addresses", "p_any_trace_ids",
            "p_any_md5_hashes",
        )
    ),
    steps=({
        "stated": "coalesce(j.EdgeStartTimestamp, j.EdgeEndTimestamp, j.Datetime)",
        "code": "CASE WHEN regexp_full_match(j.EdgeResponseStatus, '[1-5][0-9]{2}')"
                " THEN try_cast(j.EdgeResponseStatus AS UINTEGER) END",
        "asked": "coalesce(nullif(j.ClientRequestURI, ''), nullif(concat(j.ClientRequestPath,"
                 " j.ClientRequestQuery), ''))",
    },),
    columns={
        "time": f"CASE WHEN {epoch('stated', 'any')} IS NOT NULL THEN {epoch('stated', 'any')}"
                f" WHEN j.p_event_time IS NOT NULL THEN {utc('stated')}"
                f" ELSE {utc('stated', zoned=True)} END",
        "original_time": "stated",
        "class_uid": "CASE WHEN ok THEN 4002 ELSE 0 END",
        "activity_id": "CASE WHEN NOT ok THEN 0 ELSE coalesce(methods_activity_id, 99) END",
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "CASE WHEN ok THEN coalesce(methods_act, 'other') END",
        "message": "CASE WHEN j.Action IS NOT NULL THEN nullif(concat_ws(': ', j.Source,"
                   " j.Action, nullif(j.Description, '')), '') END",
        "http_method": "nullif(j.ClientRequestMethod, '')",
        "http_url": "CASE WHEN j.ClientRequestScheme <> '' AND j.ClientRequestHost <> ''"
                    " THEN concat(j.ClientRequestScheme, '://', j.ClientRequestHost, asked)"
                    " ELSE asked END",
        "cloud_provider": "CASE WHEN ok THEN 'Cloudflare' END",
        "metadata_product": "CASE WHEN ok THEN 'Cloudflare' END",
        "resource_uid": "CASE WHEN j.Action IS NOT NULL THEN nullif(j.RuleID, '') END",
        "resource_type": "CASE WHEN j.Action IS NOT NULL AND j.RuleID <> '' THEN 'rule' END",
        "src_endpoint_ip": ip("j.ClientIP"),
        "src_endpoint_port": port("j.ClientSrcPort"),
        "src_endpoint_country": "nullif(upper(j.ClientCountry), '')",
        "dst_endpoint_domain": "nullif(j.ClientRequestHost, '')",
        "dst_endpoint_ip": ip("j.OriginIP"),
        "traffic_bytes": "CASE WHEN regexp_full_match(j.EdgeResponseBytes, '[0-9]{1,19}')"
                         " THEN try_cast(j.EdgeResponseBytes AS UBIGINT) END",
        "user_agent": "nullif(j.ClientRequestUserAgent, '')",
        "status": _STATUS,
        "status_code": "CASE WHEN j.Action IS NOT NULL THEN nullif(j.Action, '')"
                       " WHEN code >= 400 THEN j.EdgeResponseStatus END",
        "status_detail": "nullif(j.WAFRuleMessage, '')",
        "http_status": "code",
        "metadata_uid": "nullif(j.RayID, '')",
        "metadata_correlation_uid": "nullif(j.RayID, '')",
    },
    open={
        "who": "a web request is known by its address, not by a name",
        "when": "a time that is neither a count nor has its zone is no time",
        "on what": "a job may leave out what was asked for",
        "what": "a job may leave out the method",
    },
)  # fmt: skip
