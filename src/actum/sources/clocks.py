"""Times as lines of text write them, to one spelling: RFC 3339 in UTC.

For sources that make JSON of text, in Python.  What is not exactly such a time gives "", and a
mapping reads that as no time: nothing is guessed, least of all a year or a zone.  Lines of one
second are many, so the last spellings are remembered.

References:
- The Common Log Format's time: https://httpd.apache.org/docs/current/mod/mod_log_config.html
- RFC 3339 §5.6, RFC 5424 §6.2.3
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

__all__ = ["MONTHS", "common_log", "rfc3339", "since_1970"]

_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHS = {name: number for number, name in enumerate(_NAMES, start=1)}
"""Months by the names logs write, from 1."""
_COMMON = re.compile(
    r"(\d\d)/([A-Z][a-z][a-z])/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])([01]\d)([0-5]\d)", re.ASCII
)
_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d+))? ?(Z|UTC|[+-]\d\d:?\d\d)?", re.ASCII
)
_LAST = 253_402_300_799


@lru_cache(maxsize=4_096)
def common_log(text: str) -> str:
    """Read ``06/Feb/2019:00:00:38 +0000``, the time of web servers, without its brackets."""
    found = _COMMON.fullmatch(text)
    if found is None or found[2] not in MONTHS:
        return ""
    day, month, year, hour, minute, second, sign, hours, minutes = found.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    try:
        zone = timezone(offset if sign == "+" else -offset)
        time = datetime(
            int(year), MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=zone
        )
        return _told(time.astimezone(UTC))
    except (ValueError, OverflowError):
        return ""


@lru_cache(maxsize=4_096)
def rfc3339(text: str, *, zoneless_is_utc: bool = False) -> str:
    """Read an ISO 8601 time to the second or finer, to the microsecond at most.

    Without a zone it is no time, unless the format says that it is UTC.
    """
    found = _ISO.fullmatch(text)
    if found is None or not (found[4] or zoneless_is_utc):
        return ""
    zone = "+00:00" if found[4] in {None, "Z", "UTC"} else found[4]
    fraction = f".{found[3][:6]:0<6}" if found[3] else ""
    try:
        time = datetime.fromisoformat(f"{found[1]}T{found[2]}{fraction}{zone}")
        return _told(time.astimezone(UTC))
    except (ValueError, OverflowError):
        return ""


def since_1970(text: str) -> str:
    """Read seconds since 1970, with a fraction or none; 0 is no time."""
    whole, dot, rest = text.partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 12) or int(whole) > _LAST:
        return ""
    if dot and not (rest.isascii() and rest.isdigit()):
        return ""
    micros = int(f"{rest[:6]:0<6}") if rest else 0
    if not int(whole) and not micros:
        return ""
    time = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(whole), microseconds=micros)
    return _told(time)


def _told(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S") + (
        f".{time.microsecond:06d}Z" if time.microsecond else "Z"
    )
