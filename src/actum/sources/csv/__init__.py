"""Tables with a header that no source claims: kept row by row, understood only as far as plain.

Like any other JSON, such a row is read for one thing: a time, from a column of a well-known name
whose value is an ISO 8601 time with its zone.  The rest is in the raw row; a mapping can be
declared for it later (`actum.sources.declared`) without touching the evidence.

Lines with commas in them are not yet a table.  The first line must look like names of columns, at
least two rows must follow, all as wide as it, and the rows must differ from it: a column of
numbers, times or addresses under a word, or headings that people give to logs.

References:
- RFC 4180 (tables), RFC 3339 (times).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence

import msgspec

from actum.sources.seam import Claim, Mapped, Splitter, Unread
from actum.sources.tables import TableSplitter, header_of, row
from actum.sources.times import utc

NAME = "csv"
TITLE = "Table"
VERSION = 1
SUPPORT = "fallback"
SIGNS = "a header and rows as wide as it"
MEMBERS: frozenset[str] = frozenset()
CLAIMS_TEXT = False

_TIMES = (
    "time", "timestamp", "datetime", "date", "eventtime", "createdat", "created",
    "timegenerated", "occurredat", "publishedat", "published", "timecreated", "creationdate",
)  # fmt: skip
_WORDS = frozenset(
    (
        *_TIMES,
        *("user", "username", "userid", "email", "actor", "action", "activity", "event"),
        *("operation", "type", "category", "status", "result", "outcome", "ip", "ipaddress"),
        *("clientip", "source", "id", "eventid", "uuid", "name", "description", "message"),
        *("details", "target", "resource", "host", "hostname", "severity", "level", "service"),
        *("account", "object", "method", "url"),
    )
)
_NAME = re.compile(r"[A-Za-z_@#*(\[][\w \t./()#@%:+*\[\]&?'-]{0,79}")
_MACHINE = re.compile(
    r"[+-]?\d[\d.,:]*|\d{4}-\d\d-\d\d.*|\d{1,2}/\d{1,2}/\d{2,4}.*|[0-9a-fA-F:.]*\d[0-9a-fA-F:.]*"
    r"|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[^\s@]+@[^\s@]+\.[a-z]+|true|false|True|False|TRUE|FALSE"
    r"|https?://\S+|\{.*\}"
)
_MOST_WORDS = 6


def claim(raw: bytes) -> Claim | None:  # noqa: ARG001 - a row alone tells nothing
    """Nothing: a row is known only below its header."""
    return None


def lines(head: Sequence[bytes], options: str) -> Splitter | None:
    """The rows of a table, if this is one.  ValueError if there are options."""
    if options:
        raise ValueError("csv has no options")
    found = header_of(head[0]) if len(head) > 2 else None
    if found is None or not _is_table(*found, head[1:]):
        return None
    return TableSplitter(*found)


def _is_table(delimiter: str, names: Sequence[str], below: Sequence[bytes]) -> bool:
    if not all(_NAME.fullmatch(name) and len(name.split()) <= _MOST_WORDS for name in names):
        return False
    rows = [_trimmed(fields, len(names)) for fields in _rows(delimiter, below)]
    if len(rows) < 2 or any(len(fields) != len(names) for fields in rows):
        return False
    columns = list(zip(*rows, strict=True))
    if any(name in column for name, column in zip(names, columns, strict=True)):
        return False
    known = sum(re.sub(r"[\W_]", "", name.lower()) in _WORDS for name in names)
    telling = sum(
        all(_MACHINE.fullmatch(field) for field in column if field) and any(column)
        for column in columns
    )
    # Prose may put a comma into each of three lines; it does not put the same kind of number there.
    return known >= 2 or (telling >= 1 and (known >= 1 or len(names) > 2))


def _rows(delimiter: str, below: Sequence[bytes]) -> list[list[str]]:
    """The rows that are whole in these lines; none if they are not a table's."""
    try:
        text = [line.decode() + "\n" for line in below]
        rows = [each for each in csv.reader(text, delimiter=delimiter) if each]
    except (UnicodeDecodeError, csv.Error):
        return []
    # The last may go on in a line that is not shown.
    return rows[:-1] if len(rows) > 2 and text[-1].count('"') % 2 else rows


def _trimmed(fields: list[str], width: int) -> list[str]:
    """A row without the empty field behind a delimiter at its end."""
    return fields[:-1] if len(fields) == width + 1 and not fields[-1] else fields


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """What a row says in the columns that are named like a time."""
    found = row(raw, form)
    if isinstance(found, Unread):
        yield found
        return
    told = {re.sub(r"[\W_]", "", name.lower()): value for name, value in found.items()}
    yield msgspec.json.encode({"times": [told[name] for name in _TIMES if name in told]})


_ZONED = f"list_filter(j.times, lambda x: ({utc('x', zoned=True)}) IS NOT NULL)[1]"

MAPPING = Mapped(
    shape={"times": ["VARCHAR"]},
    objects=(),
    steps=({"stated": _ZONED},),
    columns={
        "time": utc("stated", zoned=True),
        "original_time": "stated",
        "class_uid": "0",
        "activity_id": "0",
    },
    open=dict.fromkeys(
        ("who", "what", "on what", "where", "from where", "outcome", "when"),
        "nobody told Actum what the columns of this table mean",
    ),
)
