"""How a query writes time: what was typed, read as the stretch of time it names.

A date names its day, ``09:30`` its minute, ``09:30:05`` its second; alone they are of today.  A
zone may follow as an offset or, after a space, by name (``2026-11-01 06:00 Europe/Berlin``); a time
without one is in the reader's zone.  Where clocks were set back such a time names two instants, and
the first is meant; where they were set forward it names none, and is read by the offset before
(``fold=0``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from actum.record import Micros

__all__ = ["Period", "checked", "duration", "micros", "read", "show", "utc"]

SECOND: Final = 1_000_000
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_EPOCH: Final = datetime(1970, 1, 1)
_MICRO: Final = timedelta(microseconds=1)
_FIRST: Final = (datetime.min - _EPOCH) // _MICRO
_LAST: Final = (datetime.max - _EPOCH) // _MICRO

_DURATION: Final = re.compile(r"([0-9]{1,9})([smhdw])")
_NOW: Final = re.compile(r"now(?:([+-])([0-9]{1,9}[smhdw]))?")
_DAY: Final = re.compile(r"(today|yesterday)(?=$|[t ])")
_ISO: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[t ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?)?"
    r" ?(z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_CLOCK: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::[0-9]{2})?")
_NAMED: Final = re.compile(
    r"(.*\S)(?: +|(?<=[0-9]))(UTC|[A-Za-z_]+(?:/[A-Za-z0-9_+-]+)+)", re.DOTALL
)
_ABBREVIATED: Final = re.compile(r".*[0-9] ?([A-Z]{2,5})", re.DOTALL)
_NANOS_BY_DIGITS: Final = {9: 10**9, 10: 10**9, 12: 10**6, 13: 10**6, 15: 1000, 16: 1000}
"""Of an epoch number's unit, by how many digits write it; 18 and 19 digits are nanoseconds."""


@dataclass(frozen=True, slots=True)
class Period:
    """From ``start`` up to, and without, ``end``."""

    start: Micros
    end: Micros


def micros(moment: datetime) -> Micros:
    """Give the instant of an aware ``moment``.  ValueError if naive, or not in years 1-9999."""
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError("a moment without a zone is no instant")
    return checked((moment.replace(tzinfo=None) - _EPOCH - offset) // _MICRO)


def utc(instant: Micros) -> datetime:
    """Naive and in UTC, as the columns hold it."""
    return _EPOCH + timedelta(microseconds=instant)


def show(instant: Micros) -> str:
    """ISO 8601 in UTC, to the microsecond: read back it names this instant alone."""
    return utc(instant).isoformat(timespec="microseconds") + "Z"


def duration(text: str) -> int:
    """Microseconds of ``30d``, ``15m``, ….  ValueError for anything else."""
    match = _DURATION.fullmatch(text.lower())
    if match is None:
        raise ValueError("a length of time is a number and one of s, m, h, d, w")
    return int(match[1]) * _UNITS[match[2]] * SECOND


def read(text: str, *, now: datetime, zone: tzinfo) -> Period:
    """Find what ``text`` names.  ValueError, with a sentence for the user, if it names no time."""
    if match := _NAMED.fullmatch(text.strip()):
        return _in_zone(match[1], match[2], now)
    if match := _ABBREVIATED.fullmatch(text.strip()):
        raise ValueError(f"{match[1]} is several zones: write an offset, or a name: Europe/Berlin")
    word = text.strip().lower()
    if match := _NOW.fullmatch(word):
        length = duration(match[2]) if match[1] else 0
        instant = checked(micros(now) + (length if match[1] == "+" else -length))
        return Period(instant, Micros(instant + 1))
    if word.isascii() and word.isdigit():
        return _epoch(word)
    if match := _DAY.match(word):
        day = now.astimezone(zone).date() - timedelta(days=match[1] == "yesterday")
        word = day.isoformat() + word[match.end() :]
    if _CLOCK.match(word):
        hour, colon, rest = word.partition(":")
        word = f"{now.astimezone(zone).date().isoformat()} {hour:0>2}{colon}{rest}"
    match = _ISO.fullmatch(word)
    if match is None:
        raise ValueError("a time is 2026-11-01, 2026-11-01T06:00Z, 09:30, today, now-2h, an epoch")
    return _iso(match, zone)


def _in_zone(rest: str, name: str, now: datetime) -> Period:
    try:
        zone = UTC if name == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone {name}") from error
    if re.search(r"([zZ]|[0-9][+-][0-9]{2}(:?[0-9]{2})?)$", rest) and ":" in rest:
        raise ValueError("it names two zones: an offset, and one by name")
    return read(rest, now=now, zone=zone)


def _epoch(digits: str) -> Period:
    unit = 1 if len(digits) in {18, 19} else _NANOS_BY_DIGITS.get(len(digits), 0)
    if not unit:
        raise ValueError("an epoch has 9-10 digits for s, 12-13 for ms, 15-16 for µs, 18-19 for ns")
    start = int(digits) * unit // 1000
    return Period(checked(start), checked(start + max(unit // 1000, 1)))


def _iso(match: re.Match[str], offset_or: tzinfo) -> Period:
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    zone = offset_or if offset is None else _zone(offset)
    local = datetime(
        int(year),
        int(month),
        int(day),
        int(hour or 0),
        int(minute or 0),
        int(second or 0),
        int((fraction or "").ljust(6, "0")[:6]),
    )
    if hour is None:
        # The day ends where the next begins: 23 or 25 hours later when clocks are set.
        last_day = local.date() == datetime.max.date()
        end = Micros(_LAST) if last_day else _instant(local + timedelta(days=1), zone)
    else:
        length = 1 if fraction else SECOND if second else 60 * SECOND
        end = checked(_instant(local, zone) + length)
    return Period(_instant(local, zone), end)


def _zone(offset: str) -> tzinfo:
    if offset == "z":
        return UTC
    minutes = int(offset[1:3]) * 60 + int(offset[3:].removeprefix(":") or 0)
    return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))


def _instant(local: datetime, zone: tzinfo) -> Micros:
    return micros(local.replace(tzinfo=zone))


def checked(instant: int) -> Micros:
    """Give an instant as it is.  ValueError if it is not in years 1-9999."""
    if not _FIRST <= instant <= _LAST:
        raise ValueError("the years go from 1 to 9999")
    return Micros(instant)
