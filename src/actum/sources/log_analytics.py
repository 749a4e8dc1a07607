"""One record in many spellings: Log Analytics rows, CSV exports, SDK and REST answers.

Microsoft's logs reach us as diagnostic records, as rows of a Log Analytics table, as CSV exported
from the portal, and as what an SDK prints.  They say the same under other names:
``callerIpAddress`` is ``CallerIpAddress``, ``caller_ip_address`` or ``CallerIpAddress_s``.  A
source that reads the one spelling in SQL has the others made into it here, by a table of names.

Rules:

1. A name is looked up without its case, underscores and spaces; what the table does not know stays
   under its own name, so that it is counted as unmapped.
2. JSON inside a string is opened only where the source says that it is there.
3. A key given twice makes the record unread, as in every other JSON.
4. A time of a portal's CSV is read only where its header says ``[UTC]`` and it tells AM from PM.

References:
- Log Analytics tables: https://learn.microsoft.com/azure/azure-monitor/reference/tables-index
- Diagnostic records: https://learn.microsoft.com/azure/azure-monitor/essentials/resource-logs-schema
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec

from actum.sources.seam import Piece, Splitter, Unread
from actum.sources.tables import TableSplitter, row

__all__ = [
    "STATED", "Names", "canonical", "csv_splitter", "members", "opened", "rewrite", "squeezed",
    "told_time",
]  # fmt: skip

STATED = "stated time"
"""The member that holds a time as it was written, where that is not how the mapping reads it."""

Names = Mapping[str, tuple[str, ...] | None]
"""Squeezed name to the path the mapping reads it under; None for what is left to the raw record."""

_ZONE = re.compile(r" ?\[[^\]]*\]$")
_PORTAL = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4}),? (\d{1,2}):(\d\d):(\d\d)(?:\.(\d{1,7}))? ([AP]M)", re.ASCII
)
_TWICE = "a key is given twice: "


@lru_cache(maxsize=4_096)
def squeezed(name: str) -> str:
    """A name without its case, underscores, spaces and the mark of its time zone."""
    return _ZONE.sub("", name).replace("_", "").replace(" ", "").lower()


class _TwiceError(ValueError):
    """A key stands twice in one object."""


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise _TwiceError(next(name for name in names if names.count(name) > 1)[:200])
    return found


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is no JSON")


_strict = json.JSONDecoder(object_pairs_hook=_distinct, parse_constant=_refuse).decode
_quick = msgspec.json.Decoder().decode
_encode = msgspec.json.encode
_APART = re.compile(rb'"[ \t\r\n]+:')


def _decoded(raw: bytes) -> object:
    """A JSON value in which no key stands twice.  Raises ValueError and RecursionError.

    Where nothing is spelled in a roundabout way, what is written back has as many ends of keys as
    what was read, or else a key was lost; only then, or else, is it read slowly.
    """
    if b"\\u00" not in raw and _APART.search(raw) is None:
        try:
            found: object = _quick(raw)
        except msgspec.MsgspecError:
            return _strict(raw.decode())
        if raw.count(b'":') == _encode(found).count(b'":'):
            return found
    return _strict(raw.decode())


def members(raw: bytes | str) -> dict[str, Any] | Unread:
    """The members of one JSON object, in which no key stands twice at any depth."""
    try:
        found = _decoded(raw if isinstance(raw, bytes) else raw.encode())
    except _TwiceError as error:
        return Unread(f"{_TWICE}{error}")
    except UnicodeError:
        return Unread("not UTF-8 text")
    except (ValueError, RecursionError):
        return Unread("not valid JSON")
    return found if isinstance(found, dict) else Unread("not a JSON object")


def opened(value: object) -> object:
    """The JSON a string holds; the value itself where there is none."""
    if not isinstance(value, str) or value[:1] not in {"{", "["}:
        return value
    try:
        return _decoded(value.encode())
    except (ValueError, RecursionError):
        return value


def told_time(text: str, *, is_utc: bool) -> str:
    """RFC 3339 of a portal's ``8/2/2021, 1:29:25.983 PM``; other times as they are."""
    found = _PORTAL.fullmatch(text)
    if found is None:
        return text
    if not is_utc:
        return ""
    month, day, year, hour, minute, second, fraction, half = found.groups()
    hours = int(hour) % 12 + (12 if half == "PM" else 0)
    try:
        if not 1 <= int(hour) <= 12:
            return ""
        time = datetime(int(year), int(month), int(day), hours, int(minute), int(second))
    except ValueError:
        return ""
    return f"{time:%Y-%m-%dT%H:%M:%S}{'.' + fraction if fraction else ''}Z"


def canonical(
    record: Mapping[str, Any],
    names: Names,
    strings: Collection[str] = (),
    times: Sequence[str] = (),
) -> dict[str, Any]:
    """A record under the names its mapping reads.

    ``strings`` are the squeezed names whose values are JSON in a string, ``times`` those of times,
    the one that is read before the others first.  The first of several spellings that is not empty
    is taken.
    """
    found: dict[str, Any] = {}
    spelled: dict[str, tuple[str, str]] = {}
    for key, value in record.items():
        if value is None or value == "":
            continue
        name = squeezed(key)
        path = names.get(name, (key,))
        if path is None:
            continue
        told = opened(value) if name in strings else value
        if name in times and isinstance(told, str):
            read = told_time(told, is_utc=key.endswith("[UTC]"))
            spelled.setdefault(name, (told, read))
            told = read
        place = found
        for part in path[:-1]:
            inner = place.get(part)
            if not isinstance(inner, dict):
                inner = place[part] = {}
            place = inner
        place.setdefault(path[-1], told)
    of_times = [spelled[name] for name in times if name in spelled]
    stated, read = next((each for each in of_times if each[1]), (of_times or [("", "")])[0])
    if read != stated:
        found[STATED] = stated
    return found


def rewrite(
    raw: bytes,
    form: str,
    change: Callable[[dict[str, Any]], dict[str, Any] | Unread],
) -> Iterator[bytes | Unread]:
    """A `Source.unwrap`: the record, from JSON or a row of a table, as ``change`` tells it."""
    told = row(raw, form) if form.startswith("csv:") else members(raw)
    changed = told if isinstance(told, Unread) else change(dict(told))
    if isinstance(changed, Unread):
        yield changed
        return
    try:
        yield _encode(changed)
    except (msgspec.MsgspecError, RecursionError, ValueError, OverflowError):
        yield Unread("not valid JSON")


def csv_splitter(
    head: Sequence[bytes],
    signs: Collection[Collection[str]],
    key: Callable[[Mapping[str, str]], bytes] | None = None,
    but: Collection[str] = (),
) -> Splitter | None:
    """A splitter for a CSV whose header has all the squeezed names of one of ``signs``.

    A header with any of the names ``but`` is somebody else's.
    """
    typed = len(head) > 1 and head[0].startswith(_TYPED)
    names = _header(head[typed]) if head else ()
    known = {squeezed(name) for name in names}
    if not any(known.issuperset(each) for each in signs) or not known.isdisjoint(but):
        return None
    return _Export(",", names, key)


_TYPED = b"#TYPE "


class _Export(TableSplitter):
    """A table before whose header PowerShell may tell the type of its rows."""

    def take(self, lines: Sequence[bytes], positions: Sequence[int]) -> Iterator[Piece]:
        if not self.headers and lines and lines[0].startswith(_TYPED):
            self.headers.append(lines[0])
            lines, positions = lines[1:], positions[1:]
        yield from super().take(lines, positions)


_WIDEST = 8_192


def _header(line: bytes) -> tuple[str, ...]:
    """The names of a CSV's header; one that is empty or comes again is told by its place."""
    if len(line) > _WIDEST or b"," not in line:
        return ()
    try:
        [names] = csv.reader([line.decode("utf-8-sig")], strict=True)
    except (csv.Error, ValueError):
        return ()
    found: dict[str, None] = {}
    for place, name in enumerate(map(str.strip, names), 1):
        found[f"{name} {place}".strip() if name in found or not name else name] = None
    return tuple(found)
