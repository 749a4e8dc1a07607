"""Rows of a csvlog: no header, the columns by their number, quoted fields that span lines."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from actum.sources.seam import Piece

__all__ = ["RowSplitter", "begins", "row"]

LONGEST = 1 << 20
"""Bytes of one row before it is given up."""
_COLUMNS = (
    "stated", "user", "db", "pid", "host", "session", "line", "tag", "began", "vxid", "xid",
    "severity", "sqlstate", "message", "detail", "hint", "internal", "internal_at", "context",
    "statement", "statement_at", "location", "app", "backend", "leader", "query_id",
)  # fmt: skip
_KEPT = frozenset(
    ("stated", "user", "db", "pid", "host", "session", "line", "severity", "sqlstate", "message",
     "detail", "statement", "app", "backend")
)  # fmt: skip
_FEWEST = 22
_FIELD = rb'(?:"(?:[^"]|"")*"|[^",]*)'
_BEGIN = re.compile(
    rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[.]\d{1,6} [A-Za-z0-9+:-]{1,9},"
    + _FIELD + rb"," + _FIELD + rb",\d*," + _FIELD + rb',"?[0-9a-f]+[.][0-9a-f]+"?,\d+,'
)  # fmt: skip


def begins(line: bytes) -> bool:
    """Whether a row begins with this line."""
    return _BEGIN.match(line) is not None


def row(raw: bytes) -> dict[str, str] | None:
    """The fields of a row that are read, empty ones left out; None if it is none."""
    try:
        rows = list(csv.reader(raw.decode().splitlines(keepends=True), strict=True))
    except (UnicodeDecodeError, csv.Error):
        return None
    if len(rows) != 1 or len(rows[0]) < _FEWEST:
        return None
    found = {
        name: value
        for name, value in zip(_COLUMNS, rows[0], strict=False)
        if value and name in _KEPT
    }
    if not {"stated", "severity"} <= found.keys():
        return None
    found.setdefault("message", "")
    host = found.get("host", "")
    address, colon, port = host.rpartition(":")
    if colon and port.isdigit():
        found["host"], found["port"] = address.strip("[]"), port
    return found


class RowSplitter:
    """Cuts a csvlog into rows: one is closed when its quotes are."""

    def __init__(self, form: str, key: Callable[[Mapping[str, str]], bytes]) -> None:
        self.headers: list[bytes] = []
        self._form = form
        self._key = key
        self._open: list[bytes] = []
        self._size = self._quotes = self._first = 0

    def take(self, lines: Sequence[bytes], positions: Sequence[int]) -> Iterator[Piece]:
        """Give every row that is closed."""
        for line, position in zip(lines, positions, strict=True):
            if not self._open:
                self._first = position
            self._open.append(line)
            self._size += len(line) + 1
            self._quotes += line.count(b'"')
            if self._size > LONGEST or not self._quotes % 2:
                yield self._close()

    def rest(self) -> Iterator[Piece]:
        """Give a row that was never closed."""
        if self._open:
            yield self._close()

    def _close(self) -> Piece:
        raw, count = b"\n".join(self._open), len(self._open)
        self._open, self._size, self._quotes = [], 0, 0
        found = row(raw)
        if found is None:
            return Piece(raw, self._first, self._form, lines=count)
        key = self._key({"session": "", "line": "", **found})
        return Piece(raw, self._first, self._form, key, count)
