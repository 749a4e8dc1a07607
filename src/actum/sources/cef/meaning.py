"""What a security device's event means, from the fields that CEF and LEEF share.

Neither format has kinds of events: a vendor's own id and name say what happened.  So the class is
told from the words, and only where they are plain:

1. signing in and out;
2. what became of an account;
3. a detection: severity high, or a category that says so;
4. traffic: two ends and a port or a protocol;
5. else a Base Event, with the device's words.

The outcome is ``outcome``; else what the device did (``act``: blocked, allowed); else what the name
of a sign-in says; else unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import ip_address
from typing import Final

from actum.sources.clocks import MONTHS, rfc3339, since_1970

__all__ = ["COLUMNS", "OPEN", "SHAPE", "address", "means", "moment"]

_SIGN_IN: Final = re.compile(
    r"\b(?:log(?:ged|ging)?[ _-]?[oi]n|sign(?:ed|ing)?[ _-]?[oi]n|authenticat\w+|user_login)\b",
    re.IGNORECASE,
)
_SIGN_OUT: Final = re.compile(
    r"\b(?:log(?:ged)?[ _-]?(?:off|out)|sign(?:ed)?[ _-]?(?:off|out))\b", re.IGNORECASE
)
_ACCOUNT: Final = re.compile(
    r"\b(?:user|account)s?[ _-](?:account )?(?:was )?"
    r"(?:(created?|added?)|(deleted?|removed?)|(disabled?)|(enabled?)|(locked|lockdown|lockout)|(unlocked?))\b",
    re.IGNORECASE,
)
_ACTIVITIES: Final = ((1, "create"), (6, "delete"), (5, "update"), (2, "update"), (9, "update"),
                      (12, "update"))  # fmt: skip
_FAILS: Final = re.compile(
    r"fail|denied|invalid|incorrect|reject|unsuccess|not allowed", re.IGNORECASE
)
_WORKS: Final = re.compile(
    r"success|succeed|signed (?:in|out)|logged (?:in|on|off|out)|accepted", re.IGNORECASE
)
_ALERTS: Final = re.compile(
    r"alert|threat|malware|virus|attack|intrusion|\bips\b|\bids\b|anomal|exploit|detection|lateral"
    r"|botnet|command and control|injection|ransom",
    re.IGNORECASE,
)
_STOPPED: Final = re.compile(
    r"block|den(?:y|ied)|drop|reject|reset|quarantin|prevent|fail|terminate", re.IGNORECASE
)
_PASSED: Final = re.compile(r"allow|permit|accept|pass(?:ed)?\b|success|forward", re.IGNORECASE)
_TRUE: Final = {
    **dict.fromkeys(("success", "true", "/success", "succeeded"), "success"),
    **dict.fromkeys(("failure", "false", "/failure", "failed", "fail"), "failure"),
}
_WORDS: Final = {"unknown": 0, "info": 1, "informational": 1, "low": 2, "medium": 3, "high": 4,
                 "very-high": 5, "critical": 5}  # fmt: skip
_HIGH: Final = 4


def severity(told: str) -> int:
    """The OCSF severity of 0 to 10, or of a word."""
    if told.isascii() and told.isdigit() and len(told) < 3:
        value = int(told)
        return 1 if value == 0 else 2 if value < 4 else 3 if value < 7 else 4 if value < 9 else 5
    return _WORDS.get(told.strip().lower(), 0)


@lru_cache(maxsize=4_096)
def address(text: str) -> str:
    """The address a field holds; "" if it is none."""
    text = text.strip("[]|").split("%")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return ""
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped) if mapped else text


_STATED: Final = re.compile(
    r"([A-Z][a-z][a-z]) +(\d\d?) (\d{4}) (\d\d:\d\d:\d\d)(\.\d+)? ?(UTC|GMT|Z|[+-]\d\d:?\d\d)"
)


@lru_cache(maxsize=4_096)
def moment(text: str) -> str:
    """The time a field states in UTC; "" if it leaves out the year or the zone."""
    if text.isdigit():
        unit = {10: 1, 13: 1_000}.get(len(text), 0)
        if not unit:
            return ""
        return since_1970(text if unit == 1 else f"{text[:10]}.{text[10:]}")
    found = _STATED.fullmatch(text)
    if found is None:
        return rfc3339(text)
    name, day, year, clock, fraction, zone = found.groups()
    zone = "Z" if zone in ("UTC", "GMT", "Z") else zone
    month = MONTHS.get(name, 0)
    return rfc3339(f"{year}-{month:02}-{int(day):02}T{clock}{fraction or ''}{zone}")


def means(fields: Mapping[str, str], name: str, event_id: str, level: str) -> dict[str, object]:
    """Tell an event by the columns it fills; the times and names are the caller's."""
    number = severity(level)
    words = f"{name} {event_id}"
    category = fields.get("cat", "")
    said: dict[str, object] = {"severity": number, "operation": name or event_id}
    outcome = _TRUE.get(fields.get("outcome", "").strip().lower()) or _TRUE.get(
        fields.get("categoryOutcome", "").strip().lower()
    )
    act = fields.get("act", "")
    done = _done(act) if act else ""
    src, dst = _ends(said, fields)
    has_ports = any(fields.get(each) for each in ("proto", "dpt", "spt"))
    is_traffic = bool(src and dst and has_ports)
    said["class"], said["activity"], said["action"] = _kind(
        words, category, number, is_traffic=is_traffic, is_refused=done == "failure"
    )
    if outcome is None and said["class"] in (3001, 3002):
        told = f"{words} {fields.get('msg', '')}"
        outcome = "failure" if _FAILS.search(told) else "success" if _WORKS.search(told) else None
    said["status"] = outcome or done or "unknown"
    _actor(said, fields)
    for key, column in _PLAIN.items():
        if value := fields.get(key):
            said[column] = value
    return said


@lru_cache(maxsize=4_096)
def _kind(
    words: str, category: str, level: int, *, is_traffic: bool, is_refused: bool
) -> tuple[int, int, str]:
    """Class, activity and kind of act, from a vendor's words, which come again and again."""
    if _SIGN_OUT.search(words):
        return 3002, 2, "auth"
    account = _ACCOUNT.search(words)
    if account is not None and account.lastindex is not None:
        activity, action = _ACTIVITIES[account.lastindex - 1]
        return 3001, activity, action
    if _SIGN_IN.search(words):
        return 3002, 1, "auth"
    if level >= _HIGH or _ALERTS.search(category) or _ALERTS.search(words):
        return 2004, 1, "other"
    if is_traffic:
        return 4001, 5 if is_refused else 6, "other"
    return 0, 99, "other"


@lru_cache(maxsize=4_096)
def _done(act: str) -> str:
    return "failure" if _STOPPED.search(act) else "success" if _PASSED.search(act) else ""


_PLAIN: Final = {
    "msg": "message", "reason": "detail", "externalId": "id", "deviceExternalId": "device_uid",
    "request": "url", "requestMethod": "method", "requestClientApplication": "agent",
    "proto": "protocol", "cnt": "count", "spt": "src_port", "dpt": "dst_port", "in": "bytes_in",
    "out": "bytes_out", "sproc": "process", "dvchost": "host", "deviceHostName": "host",
}  # fmt: skip


def _ends(said: dict[str, object], fields: Mapping[str, str]) -> tuple[str, str]:
    src = address(fields.get("src", "") or fields.get("c6a2", ""))
    dst = address(fields.get("dst", "") or fields.get("c6a3", ""))
    source, target = fields.get("shost", ""), fields.get("dhost", "")
    if not src and (src := address(source)):
        source = ""
    if not dst and (dst := address(target)):
        target = ""
    said |= {"src_ip": src, "dst_ip": dst, "src_name": source, "dst_name": target}
    others = (
        fields.get(each, "") for each in ("sourceTranslatedAddress", "destinationTranslatedAddress")
    )
    said["ips"] = [found for each in others if (found := address(each))]
    return src, dst


_NOBODY: Final = frozenset(("n/a", "none", "null", "-", "unknown", "(no user)"))


def _actor(said: dict[str, object], fields: Mapping[str, str]) -> None:
    user, uid, other, other_uid = (
        "" if (each := fields.get(name, "")).lower() in _NOBODY else each
        for name in ("suser", "suid", "duser", "duid")
    )
    if said["class"] == 3002 and not user:
        user, uid, other = other, uid or other_uid, ""
    said |= {"user": user, "uid": uid, "user_type": fields.get("spriv", "")}
    said["users"] = [other] if other else []
    path = fields.get("filePath") or fields.get("fname", "")
    if said["class"] == 3001 and (target := other or fields.get("target", "")):
        said |= {"thing": target, "thing_type": "user"}
    elif path:
        said |= {"thing": path, "thing_type": "file"}
    elif "thing" not in said and (service := fields.get("destinationServiceName")):
        said |= {"thing": service, "thing_type": "service"}


_TEXT: Final = (
    "time", "stated", "id", "operation", "action", "status", "detail", "message", "user",
    "uid", "user_type", "thing", "thing_type", "url", "method", "agent", "protocol", "process",
    "host", "device_uid", "product", "src_ip", "dst_ip", "src_name", "dst_name", "src_port",
    "dst_port", "count", "bytes_in", "bytes_out",
)  # fmt: skip
SHAPE: Final[Mapping[str, object]] = {
    **dict.fromkeys(_TEXT, "VARCHAR"),
    **dict.fromkeys(("class", "activity", "severity"), "BIGINT"),
    "users": ["VARCHAR"],
    "ips": ["VARCHAR"],
}


def _port(name: str) -> str:
    port = f"try_cast({name} AS UINTEGER)"
    return f"CASE WHEN {port} BETWEEN 1 AND 65535 THEN {port} END"


_BYTES: Final = "try_cast(j.bytes_in AS UBIGINT)", "try_cast(j.bytes_out AS UBIGINT)"
_BYTES_SUM: Final = (
    f"CASE WHEN coalesce({_BYTES[0]}, {_BYTES[1]}) < 9223372036854775807"
    f" AND coalesce({_BYTES[1]}, 0) < 9223372036854775807"
    f" THEN coalesce({_BYTES[0]}, 0) + coalesce({_BYTES[1]}, 0) END"
)
COLUMNS: Final[Mapping[str, str]] = {
    "original_time": "j.stated",
    "class_uid": 'coalesce(j."class", 0)',
    "activity_id": "coalesce(j.activity, 0)",
    "severity_id": "coalesce(j.severity, 0)",
    "action": "j.action",
    "api_operation": "j.operation",
    "api_service_name": 'CASE WHEN j."class" = 3002 THEN j.product END',
    "finding_title": 'CASE WHEN j."class" = 2004 THEN j.operation END',
    "message": "j.message",
    "count": 'try_cast(j."count" AS UINTEGER)',
    "actor_user_uid": "j.uid",
    "actor_user_name": 'j."user"',
    "actor_user_type": "j.user_type",
    "resource_uid": "j.thing",
    "resource_name": "j.thing",
    "resource_type": "j.thing_type",
    "http_method": "j.method",
    "http_url": "j.url",
    "process_name": "j.process",
    "metadata_product": "j.product",
    "device_hostname": "j.host",
    "device_uid": "j.device_uid",
    "src_endpoint_ip": "j.src_ip",
    "src_endpoint_domain": "j.src_name",
    "src_endpoint_port": _port("j.src_port"),
    "dst_endpoint_ip": "j.dst_ip",
    "dst_endpoint_domain": "j.dst_name",
    "dst_endpoint_port": _port("j.dst_port"),
    "connection_protocol": "lower(j.protocol)",
    "traffic_bytes": _BYTES_SUM,
    "user_agent": "j.agent",
    "status": "j.status",
    "status_detail": "j.detail",
    "metadata_uid": "j.id",
    "any_user": "j.users",
    "any_ip": "j.ips",
}
OPEN: Final = {
    "who": "many devices see addresses and no users",
    "on what": "what an event is about is in the vendor's own fields",
    "when": "its time may leave out the year or the zone",
    "from where": "an event of the device itself comes from nowhere",
}
