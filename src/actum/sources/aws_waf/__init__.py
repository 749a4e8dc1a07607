"""AWS WAF: what a web ACL decided about each request, and by which rule.

One JSON object a request.  ``action`` is the web ACL's last word: ALLOW, BLOCK, CAPTCHA or
CHALLENGE.  What the protected service answered is not known here: success means that the request
was let through.  The rule that decided may lie inside a rule group, whose name is then the
terminating rule's.

``httpRequest.requestId`` is the id the protected service logs: the trace id of an Application Load
Balancer, the request id of CloudFront.  It links both logs.

References:
- Fields: https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
- Examples: https://docs.aws.amazon.com/waf/latest/developerguide/logging-examples.html
"""

from __future__ import annotations

import msgspec

from actum.sources import envelopes
from actum.sources.addresses import host, ip
from actum.sources.seam import Claim, Mapped, plain
from actum.sources.times import epoch, utc

NAME = "aws_waf"
TITLE = "AWS WAF"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "webaclId beside action and httpRequest"
MEMBERS = frozenset(("webaclId",))
CLAIMS_TEXT = True


class Request(msgspec.Struct, gc=False):
    """What is looked for in ``httpRequest``."""

    requestId: str | None = None  # noqa: N815 - the vendor's spelling


class Key(msgspec.Struct, gc=False):
    """The members that make a WAF record, and that tell one from another."""

    webaclId: str  # noqa: N815 - the vendor's spelling
    httpRequest: Request  # noqa: N815
    action: str | None = None
    terminatingRuleId: str | None = None  # noqa: N815
    timestamp: int | str | None = None


_decode = msgspec.json.Decoder(Key).decode
unwrap = plain


def claim(raw: bytes) -> Claim | None:
    """A record by its own members."""
    if raw[:1].isdigit():
        return envelopes.claimed_behind_time(raw, claim)
    if b'"webaclId"' not in raw:
        return None
    try:
        key = _decode(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    if key.action is None and key.terminatingRuleId is None:
        return None
    request = key.httpRequest.requestId
    if not request or key.timestamp is None:
        return Claim(NAME, b"")
    told = f"{key.webaclId}/{request}/{key.timestamp}"
    return Claim(NAME, told.encode("utf-8", "surrogatepass"))


def _header(name: str) -> str:
    """SQL of the first header of that name, which clients write in any case."""
    return f"list_filter(j.httpRequest.headers, lambda h: lower(h.name) = '{name}')[1].value"


_R = "j.httpRequest"
_OF_ARN = "j.webaclId LIKE 'arn:%'"
_INNER = "list_filter(j.ruleGroupList, lambda g: g.terminatingRule.ruleId IS NOT NULL)[1]"
_DETAIL = f"""CASE
    WHEN j.action <> 'ALLOW' OR j.terminatingRuleId <> 'Default_Action'
    THEN concat_ws(': ', j.terminatingRuleId, ({_INNER}).terminatingRule.ruleId) END"""
_URL = f"""CASE
    WHEN {_R}.args <> '' THEN {_R}.uri || '?' || {_R}.args
    ELSE {_R}.uri END"""
_SERVED = "nullif(nullif(j.httpSourceId, ''), '-')"
_ACTIVITIES = {
    "CONNECT": 1, "DELETE": 2, "GET": 3, "HEAD": 4, "OPTIONS": 5, "POST": 6, "PUT": 7, "TRACE": 8,
    "PATCH": 9,
}  # fmt: skip
_ACTIVITY = " ".join(f"WHEN '{name}' THEN {number}" for name, number in _ACTIVITIES.items())
_IS_HTTP = f"coalesce({_R}.httpMethod, {_R}.uri, {_header('user-agent')}) IS NOT NULL"
"""A record trimmed to its decision tells of no HTTP request, only of a connection."""
_STATUS = """CASE
    WHEN NOT ok THEN NULL
    WHEN j.action = 'ALLOW' THEN 'success'
    WHEN j.action IN ('BLOCK', 'CAPTCHA', 'CHALLENGE') THEN 'failure'
    ELSE 'unknown' END"""

MAPPING = Mapped(
    shape={
        **dict.fromkeys(
            ("timestamp", "webaclId", "terminatingRuleId", "action", "httpSourceName",
             "httpSourceId", "responseCodeSent"), "VARCHAR"),
        "ruleGroupList": [{"ruleGroupId": "VARCHAR", "terminatingRule": {"ruleId": "VARCHAR"}}],
        "httpRequest": {
            **dict.fromkeys(
                ("clientIp", "country", "uri", "args", "httpMethod", "requestId", "host"),
                "VARCHAR"),
            "headers": [{"name": "VARCHAR", "value": "VARCHAR"}],
        },
    },
    objects=("$", "$.httpRequest"),
    known=frozenset((
        "timestamp", "formatVersion", "webaclId", "terminatingRuleId", "terminatingRuleType",
        "action", "terminatingRuleMatchDetails", "httpSourceName", "httpSourceId", "ruleGroupList",
        "rateBasedRuleList", "nonTerminatingMatchingRules", "requestHeadersInserted",
        "responseCodeSent", "httpRequest", "labels", "captchaResponse", "challengeResponse",
        "ja3Fingerprint", "ja4Fingerprint", "overSizeFields", "oversizeFields",
        "requestBodySize", "requestBodySizeInspectedByWAF", "clientAsn", "forwardedAsn",
    )),
    steps=({"client": ip(f"{_R}.clientIp"), "method": f"upper({_R}.httpMethod)",
            "counted": epoch("j.timestamp", "ms")},),
    columns={
        "time": f"coalesce(counted, {utc('j.timestamp')})",
        "original_time": "j.timestamp",
        "class_uid": f"CASE WHEN NOT ok THEN 0 WHEN {_IS_HTTP} THEN 4002 ELSE 4001 END",
        "activity_id": "CASE WHEN NOT ok THEN 0"
                       f" WHEN {_IS_HTTP} THEN CASE method {_ACTIVITY} ELSE 99 END"
                       " WHEN j.action = 'ALLOW' THEN 6 ELSE 5 END",
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "CASE WHEN NOT ok THEN NULL WHEN method IN ('GET', 'HEAD', 'OPTIONS')"
                  " THEN 'read' WHEN method IN ('PUT', 'PATCH') THEN 'update'"
                  " WHEN method = 'DELETE' THEN 'delete' ELSE 'other' END",
        "api_operation": f"{_R}.httpMethod",
        "api_service_name": "nullif(j.httpSourceName, '-')",
        "resource_uid": f"coalesce({_SERVED}, j.webaclId)",
        "resource_name": f"coalesce({_SERVED}, CASE WHEN {_OF_ARN}"
                         " THEN split_part(j.webaclId, '/', 3) END, j.webaclId)",
        "resource_type": "CASE WHEN nullif(nullif(j.httpSourceId, ''), '-') IS NULL AND ok"
                         " THEN 'AWS::WAFv2::WebACL' END",
        "resources": f"CASE WHEN {_SERVED} IS NOT NULL THEN [{_SERVED}, j.webaclId]"
                     " WHEN ok THEN [j.webaclId] END",
        "http_method": f"{_R}.httpMethod",
        "http_url": _URL,
        "cloud_provider": "CASE WHEN ok THEN 'AWS' END",
        "cloud_account_uid": f"CASE WHEN {_OF_ARN}"
                             " THEN nullif(split_part(j.webaclId, ':', 5), '') END",
        "cloud_region": f"CASE WHEN {_OF_ARN} THEN nullif(split_part(j.webaclId, ':', 4), '') END",
        "metadata_product": "CASE WHEN ok THEN 'WAF' END",
        "src_endpoint_ip": "client",
        "src_endpoint_domain": host(f"{_R}.clientIp"),
        "src_endpoint_country": f"nullif({_R}.country, '-')",
        "dst_endpoint_domain": f"coalesce({_R}.host, {_header('host')})",
        "user_agent": _header("user-agent"),
        "status": _STATUS,
        "status_code": "CASE WHEN j.action <> 'ALLOW' THEN j.action END",
        "status_detail": _DETAIL,
        "http_status": "CASE WHEN try_cast(j.responseCodeSent AS UINTEGER) BETWEEN 100 AND 999"
                       " THEN try_cast(j.responseCodeSent AS UINTEGER) END",
        "metadata_correlation_uid": f"{_R}.requestId",
    },
    open={
        "who": "a web ACL knows addresses, not people",
        "what": "a record may be trimmed to its decision",
    },
)  # fmt: skip
