r"""CEF, the Common Event Format: what security devices of many vendors send, a line each.

``CEF:0|vendor|product|version|id|name|severity|key=value key=value``, alone or behind a syslog
head.  The class is told from the event's words (`actum.sources.cef.meaning`).

Traps: values hold spaces without quotes, so that a value ends where `` key=`` begins; ``\|`` and
``\\`` are escaped before the last bar, ``\=``, ``\\``, ``\n`` and ``\r`` behind it; vendors quote
values, leave ``=`` unescaped and times without a year.  A field that comes twice is what it was
first.  The time is ``rt``, else ``end``, else ``start``, else that of the syslog head: the first
that states a year and a zone, or counts since 1970.

References:
- https://www.microfocus.com/documentation/arcsight/arcsight-smartconnectors-8.4/pdfdoc/cef-implementation-standard/cef-implementation-standard.pdf
- https://learn.microsoft.com/azure/sentinel/cef-name-mapping
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from actum.sources.cef.meaning import COLUMNS, OPEN, SHAPE, means, moment
from actum.sources.cef.prefix import pattern, prefix
from actum.sources.seam import Claim, Mapped, Unread
from actum.sources.times import utc

__all__ = ["MAPPING", "NAME", "SIGNS", "SUPPORT", "TITLE", "VERSION", "claim", "unwrap"]

NAME = "cef"
TITLE = "Common Event Format"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "CEF:0| at the beginning or behind a syslog head"
MEMBERS: frozenset[str] = frozenset()
CLAIMS_TEXT = True

_FORM = "line"
_EVENT = pattern(rb"CEF:")
_HEADER = re.compile(r"((?:[^\\|]|\\.)*)\|", re.DOTALL)
_KEY = re.compile(r"(?:^|(?<=\s))([\w.\[\]-]{1,128})=")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_BREAKS = {"n": "\n", "r": "\r"}
_FIELDS = 7
_encode = msgspec.json.Encoder().encode


def claim(raw: bytes) -> Claim | None:
    """A line with an event on it."""
    if b"CEF:" not in raw or raw[:1] == b"{":
        return None
    return Claim(NAME, b"", _FORM) if _EVENT.match(raw) is not None else None


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:  # noqa: ARG001 - there is one form
    """One event: its head, its fields, and what both mean."""
    found = _EVENT.match(raw)
    if found is None:
        yield Unread("no CEF event is on its line")
        return
    text = raw[found.start("event") :].decode("utf-8", "backslashreplace")
    parts = _split(text)
    if parts is None:
        count = len(_HEADER.findall(text))
        yield Unread(f"{count} of the {_FIELDS} fields of a CEF head")
        return
    _, vendor, product, _, event_id, name, level, rest = parts
    fields = extension(rest)
    said = means(fields, name, event_id, level)
    said["product"] = f"{vendor} {product}".strip()
    head = prefix(found)
    if head.host:
        said.setdefault("host", head.host)
    stated = [fields.get(each, "") for each in ("rt", "end", "start")] + [head.time]
    times = [(each, moment(each)) for each in stated if each]
    said["stated"], said["time"] = next(
        (each for each in times if each[1]), (times or [("", "")])[0]
    )
    yield _encode({key: value for key, value in said.items() if value})


def _split(text: str) -> list[str] | None:
    """The fields of the head and the rest; None if there are too few."""
    parts = text.split("|", _FIELDS)
    if len(parts) <= _FIELDS:
        return None
    if not any("\\" in each for each in parts[:_FIELDS]):
        return [each.strip() for each in parts]
    parts, at = [], 0
    while len(parts) < _FIELDS and (part := _HEADER.match(text, at)) is not None:
        parts.append(_plain(part[1]).strip())
        at = part.end()
    return [*parts, text[at:]] if len(parts) == _FIELDS else None


def extension(text: str) -> dict[str, str]:
    """The fields behind the head; what comes twice is what it was first."""
    fields: dict[str, str] = {}
    found = _KEY.split(text)
    for key, told in zip(found[1::2], found[2::2], strict=True):
        value = told.strip()
        if len(value) > 1 and value[0] == value[-1] == '"':
            value = value[1:-1]
        if value and key not in fields:
            fields[key] = _plain(value) if "\\" in value else value
    return fields


def _plain(text: str) -> str:
    return _ESCAPED.sub(
        lambda found: _BREAKS.get(found[1], found[1] if found[1] in "|\\=" else found[0]), text
    )


MAPPING = Mapped(shape=SHAPE, objects=(), columns={**COLUMNS, "time": utc("j.time")}, open=OPEN)
