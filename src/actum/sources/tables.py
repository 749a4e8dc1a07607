"""Tables in text: rows after a header line, split by a character and perhaps quoted (RFC 4180).

A row alone does not say what its fields are, so the header goes into the row's form: what is stored
can be read again without the file it came from.  A quoted field may hold line breaks; a row that is
never closed ends at `LONGEST` and is unread.

References:
- RFC 4180, Common Format and MIME Type for CSV Files
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

import msgspec

from actum.sources.seam import Piece, Unread

__all__ = ["TableSplitter", "form_of", "header_of", "quote", "row", "unquote", "unwrap_row"]

LONGEST = 1 << 20
"""Bytes of one row before it is given up."""
_WIDEST = 8_192
"""Bytes of a header that can be kept as a form."""
_DELIMITERS = ",;\t|"
_UNSAFE = {ord(mark): f"%{ord(mark):02X}" for mark in "%?@\n\r"}


def quote(text: str) -> str:
    """Write any text so that it can stand in a form."""
    return text.translate(_UNSAFE)


def unquote(form: str) -> str:
    """Read what `quote` wrote."""
    for mark in "?@\n\r%":
        form = form.replace(f"%{ord(mark):02X}", mark)
    return form


def header_of(line: bytes) -> tuple[str, tuple[str, ...]] | None:
    """The delimiter and the names of a header line; None if it can be none.

    A header has two names or more, none of them empty and none twice.
    """
    if len(line) > _WIDEST:
        return None
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    delimiter = max(_DELIMITERS, key=text.count)
    try:
        [names] = csv.reader([text], delimiter=delimiter, strict=True)
    except (csv.Error, ValueError):
        return None
    names = [name.strip() for name in names]
    while names and not names[-1]:  # a delimiter at the end of every line
        names.pop()
    if len(names) < 2 or not all(names) or len(set(names)) != len(names):
        return None
    return delimiter, tuple(names)


def form_of(delimiter: str, names: Sequence[str]) -> str:
    """The form of a row under that header."""
    return quote("csv:" + msgspec.json.encode([delimiter, *names]).decode())


@lru_cache(maxsize=64)
def _header(form: str) -> tuple[str, tuple[str, ...]] | None:
    kind, _, told = unquote(form).partition(":")
    if kind != "csv":
        return None
    try:
        delimiter, *names = msgspec.json.decode(told, type=list[str])
    except (msgspec.MsgspecError, ValueError):
        return None
    return delimiter, tuple(names)


def row(raw: bytes, form: str) -> dict[str, str] | Unread:
    """The fields of a row by the names of its header; empty ones left out.

    Fields beyond the header are kept under ``field 9``, ``field 10``, …
    """
    header = _header(form)
    if header is None:
        return Unread("the header its form should hold is not there")
    delimiter, names = header
    try:
        rows = list(csv.reader(_lines(raw.decode()), delimiter=delimiter, strict=True))
    except UnicodeDecodeError:
        return Unread("not UTF-8 text")
    except csv.Error as error:
        return Unread(f"not a row of a table: {error}")
    if len(rows) != 1:
        return Unread(f"not one row of a table but {len(rows)}")
    [fields] = rows
    if len(fields) < len(names) and len(fields) < 2:
        return Unread(f"{len(fields)} of the header's {len(names)} fields")
    found = {name: field for name, field in zip(names, fields, strict=False) if field}
    for place, field in enumerate(fields[len(names) :], len(names) + 1):
        if field:
            found[f"field {place}"] = field
    return found


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True) if "\n" in text else [text]


def unwrap_row(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """A `Source.unwrap` for rows whose names the mapping reads as they are."""
    found = row(raw, form)
    yield found if isinstance(found, Unread) else msgspec.json.encode(found)


class TableSplitter:
    """Cuts a text whose first line is a header into rows.

    ``key`` gives the identity of a row from its fields, b"" for none.
    """

    def __init__(
        self,
        delimiter: str,
        names: Sequence[str],
        key: Callable[[Mapping[str, str]], bytes] | None = None,
    ) -> None:
        self.headers: list[bytes] = []
        self._form = form_of(delimiter, names)
        self._key = key
        self._open: list[bytes] = []
        self._size = self._quotes = self._first = 0
        self._header: bytes | None = None

    def take(self, lines: Sequence[bytes], positions: Sequence[int]) -> Iterator[Piece]:
        """Give every row that is closed; a header that comes again is a header again."""
        for line, position in zip(lines, positions, strict=True):
            if not self._open and (self._header is None or line == self._header):
                self._header = line
                self.headers.append(line)
                continue
            if not self._open:
                self._first = position
            self._open.append(line)
            self._size += len(line) + 1
            # Quotes come in pairs once a row is closed, those that stand for one included.
            self._quotes += line.count(b'"')
            if self._size > LONGEST or not self._quotes % 2:
                yield self._close()

    def rest(self) -> Iterator[Piece]:
        """Give a row that was never closed."""
        if self._open:
            yield self._close()

    def _close(self) -> Piece:
        raw, lines = b"\n".join(self._open), len(self._open)
        self._open, self._size, self._quotes = [], 0, 0
        key = b""
        if self._key is not None:
            found = row(raw, self._form)
            key = b"" if isinstance(found, Unread) else self._key(found)
        return Piece(raw, self._first, self._form, key, lines)
