r"""LEEF, the Log Event Extended Format: what security devices send to QRadar, a line each.

``LEEF:1.0|vendor|product|version|id|key=value<tab>key=value``, and in 2.0 a field more that names
the delimiter: a character, its code (``x5E``, ``0x5E``), or nothing for a tab.  Alone or behind a
syslog head.  The class is told from the event's words (`actum.sources.cef.meaning`).

Traps: vendors leave the delimiter's field out of 2.0, separate 1.0 with ``|`` or ``^``, and lose
the tabs on the way; ``devTime`` is a count since 1970 or in ``devTimeFormat``, often without year
or zone, and then it is unknown.

References:
- https://www.ibm.com/docs/en/dsm?topic=leef-overview
- https://www.ibm.com/docs/en/SS42VS_DSM/pdf/b_Leef_format_guide.pdf
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from actum.sources.cef import extension
from actum.sources.cef.meaning import COLUMNS, OPEN, SHAPE, means, moment
from actum.sources.cef.prefix import pattern, prefix
from actum.sources.seam import Claim, Mapped, Unread
from actum.sources.times import utc

__all__ = ["MAPPING", "NAME", "SIGNS", "SUPPORT", "TITLE", "VERSION", "claim", "unwrap"]

NAME = "leef"
TITLE = "Log Event Extended Format"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "LEEF:1.0| or LEEF:2.0| at the beginning or behind a syslog head"
MEMBERS: frozenset[str] = frozenset()
CLAIMS_TEXT = True

_FORM = "line"
_EVENT = pattern(rb"LEEF:")
_CODE = re.compile(r"0?x([0-9A-Fa-f]{1,4})")
_PAIR = re.compile(r"[|^][\w.-]+=")
_FIELDS = 5
_NAMES = {
    "srcPort": "spt", "dstPort": "dpt", "usrName": "suser", "url": "request", "srcBytes": "out",
    "dstBytes": "in", "identHostName": "shost", "action": "act",
    "srcPostNAT": "sourceTranslatedAddress",
    "dstPostNAT": "destinationTranslatedAddress", "resource": "destinationServiceName",
    "accountName": "duser", "srcHostName": "shost", "dstHostName": "dhost", "role": "spriv",
}  # fmt: skip
"""The fields of LEEF that CEF calls otherwise."""
_encode = msgspec.json.Encoder().encode


def claim(raw: bytes) -> Claim | None:
    """A line with an event on it."""
    if b"LEEF:" not in raw or raw[:1] == b"{":
        return None
    return Claim(NAME, b"", _FORM) if _EVENT.match(raw) is not None else None


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:  # noqa: ARG001 - there is one form
    """One event: its head, its attributes, and what both mean."""
    found = _EVENT.match(raw)
    if found is None:
        yield Unread("no LEEF event is on its line")
        return
    text = raw[found.start("event") :].decode("utf-8", "backslashreplace")
    version, *parts = text.split("|", _FIELDS)
    if len(parts) < _FIELDS:
        yield Unread(f"{len(parts)} of the {_FIELDS} fields of a LEEF head")
        return
    vendor, product, _, event_id, rest = (each.strip() for each in parts)
    fields = attributes(version, rest)
    level = fields.get("sev", "")
    said = means(fields, fields.get("name", "") or fields.get("eventName", ""), event_id, level)
    said["product"] = f"{vendor} {product}".strip()
    head = prefix(found)
    if head.host:
        said.setdefault("host", head.host)
    times = [(each, moment(each)) for each in (fields.get("devTime", ""), head.time) if each]
    said["stated"], said["time"] = next(
        (each for each in times if each[1]), (times or [("", "")])[0]
    )
    yield _encode({key: value for key, value in said.items() if value})


def attributes(version: str, rest: str) -> dict[str, str]:
    """The attributes, by the names CEF has for them; what comes twice is what it was first."""
    delimiter = ""
    first, bar, behind = rest.partition("|")
    if version.startswith("LEEF:2") and bar and "=" not in first:
        delimiter, rest = _delimiter(first), behind
    if not delimiter:
        delimiter = "\t"
    if delimiter not in rest and (other := _PAIR.search(rest)) is not None:
        delimiter = other[0][0]
    if delimiter not in rest:
        return {_NAMES.get(key, key): value for key, value in extension(rest).items()}
    fields: dict[str, str] = {}
    for each in rest.split(delimiter):
        key, equals, value = each.partition("=")
        if equals and value.strip():
            fields.setdefault(_NAMES.get(key.strip(), key.strip()), value.strip())
    return fields


def _delimiter(told: str) -> str:
    code = _CODE.fullmatch(told.strip())
    if code is not None:
        return chr(int(code[1], 16))
    return told[:1] if len(told) == 1 else ""


MAPPING = Mapped(shape=SHAPE, objects=(), columns={**COLUMNS, "time": utc("j.time")}, open=OPEN)
