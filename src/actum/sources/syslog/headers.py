"""The head of a syslog line: priority, time, host, program, and where its words begin.

    <34>1 2003-10-11T22:14:15.003Z host su 77 ID47 [x@32473 a="b"] words       RFC 5424
    <34>Oct 11 22:14:15 host su[77]: words                                     RFC 3164
    2003-10-11T22:14:15.003-07:00 host su[77]: words                           rsyslog, macOS
    2003-10-11T22:14:15.003-07:00 ERR su[77]: words                            ChromeOS

A priority may be missing, as it is in files, and a host; a length may stand before it (RFC 6587).

References:
- RFC 5424 §6, RFC 3164 §4, RFC 6587 §3.4.1
- https://www.rsyslog.com/doc/configuration/templates.html (the reserved templates)
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final, NamedTuple

from actum.sources.clocks import MONTHS, rfc3339

__all__ = ["BEGINS", "Clock", "Head", "head", "parse_options"]

_ISO = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?Z?"
_BSD = (
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]?\d (?:\d{4} )?"
    r"\d\d:\d\d:\d\d(?:\.\d+)?"
)
_PRI = r"(?:\d{1,6} )?<(?P<pri>\d{1,3})>"

BEGINS: Final = re.compile(
    rf"(?:(?:\d{{1,6}} )?<\d{{1,3}}>|{_BSD}[ :]|{_ISO} +[\w.:%@-]+ +[^\s:\[]+(?:\[[^\]\s]*\])?"
    rf"(?: [<(][^>)]*[>)])?:)".encode()
)
"""How a line begins that is one: by its priority, a BSD time, or an ISO time, host and program."""

_RFC5424: Final = re.compile(
    _PRI + rf"[1-9]\d? (?P<time>-|{_ISO}) (?P<host>\S+) (?P<tag>\S+) (?P<pid>\S+) \S+ "
    r'(?:-|(?:\[(?:[^\]"\\]|\\.|"(?:[^"\\]|\\.)*")*\])+)(?: |$)'
)
_OTHER: Final = re.compile(
    rf"(?:{_PRI})? ?(?:(?P<time>{_BSD}|{_ISO})(?:[ :]|$))? *"
    r"(?:(?:(?P<host>[^\s:\[\]]+)(?:: |:? +))??"
    r"(?P<tag>[^\s:\[\]()]{1,128})(?:\[(?P<pid>[^\]\s]{0,32})\])?"
    r"(?: ?[<(][^>)]{0,128}[>)])?:)? ?"
)
_HOST: Final = re.compile(r" *(?P<host>[\w.%@-]+) +")
_LEVELS: Final = {
    "EMERG": 0, "ALERT": 1, "CRIT": 2, "ERR": 3, "ERROR": 3, "WARNING": 4, "WARN": 4, "NOTICE": 5,
    "INFO": 6, "DEBUG": 7,
}  # fmt: skip
_SEVERITIES: Final = (6, 5, 5, 4, 3, 2, 1, 1)


class Head(NamedTuple):
    """What stands before the words.  "" and 0 for what does not."""

    time: str
    host: str
    tag: str
    pid: str
    severity: int
    words: str


def head(text: str) -> Head:
    """Read the head of a line that `BEGINS` like one."""
    found = _RFC5424.match(text)
    if found is None:
        return _older(text)
    time, host, tag, pid = (_given(found[name]) for name in ("time", "host", "tag", "pid"))
    words = text[found.end() :].removeprefix("\ufeff")
    return Head(time, host, tag, pid, _severity(found["pri"]), words)


def _older(text: str) -> Head:
    found = _OTHER.match(text)
    if found is None:
        return Head("", "", "", "", 0, text)
    host, tag, words = found["host"] or "", found["tag"] or "", text[found.end() :]
    severity = _severity(found["pri"])
    if words[:4] == "--- " or host == "---":
        host, words = "", text[found.start("time") + len(found["time"] or "") :].lstrip(": ")
    elif not tag and found["time"] and (alone := _HOST.match(words)) is not None:
        host, words = alone["host"], words[alone.end() :]
    if host in _LEVELS and not found["pri"]:
        severity, host = _SEVERITIES[_LEVELS[host]], ""
    return Head(found["time"] or "", _given(host), tag, found["pid"] or "", severity, words)


def _given(text: str) -> str:
    return "" if text == "-" else text


def _severity(priority: str | None) -> int:
    return 0 if priority is None or len(priority) > 3 else _SEVERITIES[int(priority) & 7]


class Clock:
    """Reads the times of one form: what a user said of year and zone is in it."""

    def __init__(self, year: str = "", zone: str = "") -> None:
        self.year, self.zone = year, zone

    def utc(self, stated: str) -> str:
        """The time in UTC; "" if year or zone are neither stated nor told."""
        return _utc(stated, self.year, self.zone)


@lru_cache(maxsize=4_096)
def _utc(stated: str, year: str, zone: str) -> str:
    if stated[:1].isdigit():
        return rfc3339(stated) or (rfc3339(stated + zone) if zone else "")
    parts = stated.split()
    if len(parts) == 4:
        year = parts.pop(2)
    if len(parts) != 3 or not year or not zone:
        return ""
    clock, _, fraction = parts[2].partition(".")
    try:
        hour, minute, second = map(int, clock.split(":"))
        micros = int(f"{fraction[:6]:0<6}") if fraction else 0
        time = datetime(
            int(year), MONTHS[parts[0]], int(parts[1]), hour, minute, second, micros, _zone(zone)
        ).astimezone(UTC)
    except (ValueError, OverflowError, KeyError):
        return ""
    return time.isoformat().replace("+00:00", "Z")


def _zone(zone: str) -> timezone:
    if zone == "Z":
        return UTC
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return timezone(-offset if zone[0] == "-" else offset)


_ZONE: Final = re.compile(r"Z|UTC|[+-](?:0\d|1[0-4]):?[0-5]\d")


def parse_options(options: str) -> tuple[str, str]:
    """Year and zone of ``year=2023,zone=+01:00``.  ValueError says what is wrong with it."""
    year = zone = ""
    for each in filter(None, re.split(r"[,; ]+", options)):
        name, _, value = each.partition("=")
        if name == "year" and re.fullmatch(r"(?:19|20)\d\d", value):
            year = value
        elif name == "zone" and _ZONE.fullmatch(value):
            zone = "Z" if value in ("Z", "UTC") else value
        else:
            raise ValueError(f"syslog knows year=2023 and zone=+01:00, and was given {each!r}")
    return year, zone
