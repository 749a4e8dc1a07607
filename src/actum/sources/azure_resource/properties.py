"""SQL of what the properties of the known kinds tell: client, target, outcome, act.

References:
- Categories: https://learn.microsoft.com/azure/azure-monitor/reference/logs-index
"""

from __future__ import annotations

from actum.sources.azure_resource.categories import verb
from actum.sources.azure_sql import first

__all__ = [
    "ACT",
    "ACTIVITY",
    "CAME_FROM",
    "CLASS",
    "CODE",
    "DECIDED",
    "HOST",
    "METHOD",
    "MSG",
    "PATHS",
    "STATUS",
    "THING",
    "URL",
    "WENT_TO",
    "told",
]

PATHS: list[str] = []


def told(*names: str) -> str:
    """SQL of the first of these properties; they are all taken out of the record at once."""
    for name in names:
        if name not in PATHS:
            PATHS.append(name)
    return first(*(f"p[{PATHS.index(name) + 1}]" for name in names))


MSG = told("msg", "Msg")
_FROM = "(?i)request from ([^ ]+) to ([^ ]+?)[.]?(?: |$)"
CLIENT = told(
    "clientIP", "clientIp", "clientIPAddress", "sourceIp", "SourceIp", "client_ip", "ipAddress",
    "callerIpAddress", "CIp", "callerIPAddress",
)  # fmt: skip
METHOD = told("httpMethod", "requestMethod", "method", "CsMethod")
CODE = told(
    "httpStatus", "httpStatusCode", "responseStatusCode", "responseCode", "ScStatus", "statusCode"
)
ACTION = told("action", "Action")
DECIDED = f"coalesce({ACTION}, nullif(regexp_extract({MSG}, '(?i)action: ([a-z]+)', 1), ''))"

STATUS = f"""CASE
    WHEN NOT ok THEN NULL
    WHEN kind IN ('waf', 'firewall') THEN CASE
        WHEN regexp_matches(decided, '(?i)^(block|deny|drop|reject)') THEN 'failure'
        WHEN regexp_matches(decided, '(?i)^allow') THEN 'success' ELSE 'unknown' END
    WHEN kind = 'sql' THEN CASE lower({told("succeeded")}) WHEN 'true' THEN 'success'
        WHEN 'false' THEN 'failure' ELSE 'unknown' END
    WHEN code BETWEEN 100 AND 399 THEN 'success'
    WHEN code BETWEEN 400 AND 599 THEN 'failure'
    WHEN regexp_matches(j.resultType, '(?i)^(success|succeeded|ok|completed)$') THEN 'success'
    WHEN regexp_matches(j.resultType, '(?i)^(fail|failed|failure|error|denied|unauthorized)$')
    THEN 'failure'
    WHEN regexp_matches(j.statusText, '(?i)success$') THEN 'success'
    WHEN regexp_matches(j.resultSignature, '(?i)^(ok|success|succeeded|created|accepted)$')
    THEN 'success'
    WHEN regexp_matches(j.resultSignature, '(?i)^(forbidden|unauthorized|not ?found|failed|failure'
        || ')$')
    THEN 'failure'
    ELSE 'unknown' END"""

_IS_LOGIN = (
    f"kind = 'sql' AND regexp_matches({told('action_name')}, '(?i)(^log(in|out)|^logged |"
    "authentication (succeeded|failed)$)')"
)
_IS_LOGOUT = f"regexp_matches({told('action_name')}, '(?i)^(logout|logged out)')"
CLASS = f"""CASE
    WHEN NOT ok THEN 0
    WHEN {_IS_LOGIN} THEN 3002
    WHEN kind IN ('vault', 'storage', 'sql') THEN 6005
    WHEN kind IN ('http', 'waf') THEN 4002
    WHEN kind = 'firewall' THEN 4001
    WHEN kind = 'dns' THEN 4003
    ELSE 6003 END"""

_DATA = verb("operation")
ACTIVITY = f"""CASE
    WHEN NOT ok THEN 0
    WHEN class_uid = 3002 THEN CASE WHEN {_IS_LOGOUT} THEN 2 ELSE 1 END
    WHEN kind = 'sql' THEN 4
    WHEN class_uid = 6005 THEN {_DATA}
    WHEN class_uid = 4002 THEN coalesce(methods_activity_id, 99)
    WHEN class_uid = 4001 THEN CASE status WHEN 'failure' THEN 5 ELSE 6 END
    WHEN class_uid = 4003 THEN 1
    ELSE CASE act WHEN 'create' THEN 1 WHEN 'read' THEN 2 WHEN 'update' THEN 3
        WHEN 'delete' THEN 4 ELSE 99 END END"""
ACT = f"""CASE
    WHEN NOT ok THEN NULL
    WHEN class_uid = 4002 THEN coalesce(methods_act, 'other')
    WHEN class_uid = 3002 OR operation = 'Authentication' THEN 'auth'
    WHEN kind IN ('firewall', 'dns', 'sql') THEN 'other'
    ELSE CASE {_DATA} WHEN 1 THEN 'read' WHEN 4 THEN 'read' WHEN 8 THEN 'read' WHEN 2 THEN 'update'
        WHEN 5 THEN 'create' WHEN 6 THEN 'create' WHEN 7 THEN 'delete' ELSE 'other' END END"""

HOST = told("originalHost", "host", "hostName", "hostname", "CsHost")
PATH = told("originalRequestUriWithArgs", "requestUri", "url", "CsUriStem")
URL = (
    f"CASE WHEN kind IN ('http', 'waf') AND {PATH}[1] = '/' AND {HOST} IS NOT NULL"
    f" THEN {HOST} || {PATH} || CASE WHEN {told('requestQuery', 'CsUriQuery')} IS NOT NULL"
    f" AND {told('originalRequestUriWithArgs')} IS NULL"
    f" AND NOT contains({PATH}, '?') THEN '?' || {told('requestQuery', 'CsUriQuery')} ELSE '' END"
    f" ELSE coalesce(nullif(j.uri, ''), {PATH}) END"
)
THING = told("id", "objectKey", "object_name", "TargetObjectIds[0]")

WENT_TO = (
    f"coalesce({told('DestinationIp', 'destinationIp', 'serverRouted', 'originIp')},"
    f" nullif(regexp_extract({MSG}, '{_FROM}', 2), ''))"
)
CAME_FROM = (
    f"coalesce(nullif(t[2], ''), nullif(t[3], ''), {CLIENT},"
    f" nullif(regexp_extract({MSG}, '{_FROM}', 1), ''))"
)
