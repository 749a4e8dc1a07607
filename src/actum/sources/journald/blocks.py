"""The export format of the journal: blocks of fields, one a line, or with their length before them.

    __CURSOR=s=…
    __REALTIME_TIMESTAMP=1700000000123456
    MESSAGE
    <8 bytes: length, little-endian><that many bytes>

Blocks are parted by empty lines, which are not seen here: a block begins with its cursor.  Rules:

1. What is in a field with a length is never a field: a program may log lines like ``_UID=0``, or a
   whole block.  Its lines are counted out.
2. Empty lines inside such a field are not seen either, so that fewer bytes than its length may
   come; then lines are taken for its own as long as they fit in the length.  A field of the journal
   may be lost by it, and none is ever made of a program's words.

References:
- https://systemd.io/JOURNAL_EXPORT_FORMATS/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from actum.sources.seam import Piece

__all__ = ["BLOCK", "BlockSplitter", "Lengths", "fields"]

BLOCK: Final = "block"
LONGEST: Final = 8 << 20
CURSOR: Final = b"__CURSOR="
_NAME: Final = re.compile(rb"[A-Z_][A-Z0-9_]{0,63}")
_MANY: Final = 64


class Lengths:
    """Which lines are inside a field with a length, and how much of a line is the length itself."""

    def __init__(self) -> None:
        self._left = 0
        self._is_named = False
        self._low: int | None = None
        self.skipped = 0
        """Bytes the line asked about last begins with that are no content."""

    def inside(self, line: bytes) -> bool:
        """Whether this line is, or begins, what such a field holds; its own name is not."""
        self.skipped = 0
        if self._is_named:
            self._begin(line)
            return True
        if self._left > 0 and len(line) + 1 <= self._left:
            self._left -= len(line) + 1
            return True
        self._left = 0
        self._is_named = _NAME.fullmatch(line) is not None
        return False

    def _begin(self, line: bytes) -> None:
        """Read the length, of which a byte that is 10 has become the end of a line."""
        zeros = b"\0" * 8
        self._is_named = False
        if self._low is None and len(line) == 1:
            self._low, self._is_named, self.skipped = line[0], True, 1
            return
        if line[2:8] == zeros[:6] and self._low is None:
            length, self.skipped = int.from_bytes(line[:8], "little"), 8
        elif line[1:7] == zeros[:6] and self._low is None:
            length, self.skipped = 10 + (line[0] << 8), 7
        elif line[:6] == zeros[:6]:  # a low byte that was a space alone on its line is not seen
            length, self.skipped = (10 << 8) + (32 if self._low is None else self._low), 6
        else:
            is_short = len(line) >= 8 and line[4:8] == zeros[:4]
            length, self.skipped = int.from_bytes(line[:8], "little") if is_short else 0, 8
        self._low = None
        self._left = length - (len(line) - self.skipped)


def fields(raw: bytes) -> dict[str, list[str]]:
    """The fields of a block, each with its values; a field may come more than once."""
    found: dict[str, list[str]] = {}
    lengths, name = Lengths(), ""
    held: list[bytes] = []
    for line in raw.split(b"\n"):
        if lengths.inside(line):
            if len(line) > lengths.skipped or not lengths.skipped:
                held.append(line[lengths.skipped :])
            continue
        if name and held:
            _add(found, name, b"\n".join(held))
        held, name = [], ""
        key, equals, value = line.partition(b"=")
        if equals and _NAME.fullmatch(key):
            _add(found, key.decode(), value)
        elif not equals:
            name = line.decode("utf-8", "backslashreplace")
    if name and held:
        _add(found, name, b"\n".join(held))
    return found


def _add(found: dict[str, list[str]], name: str, value: bytes) -> None:
    values = found.setdefault(name, [])
    if len(values) < _MANY:
        values.append(value.decode("utf-8", "backslashreplace"))


class BlockSplitter:
    """Cuts an export into blocks."""

    def __init__(self) -> None:
        self.headers: list[bytes] = []
        self._lengths = Lengths()
        self._open: list[bytes] = []
        self._first = self._size = 0

    def take(self, lines: Sequence[bytes], positions: Sequence[int]) -> Iterator[Piece]:
        """Give every block another one follows."""
        for line, position in zip(lines, positions, strict=True):
            begins = not self._lengths.inside(line) and line.startswith(CURSOR)
            if self._open and (begins or self._size > LONGEST):
                yield self._close()
            if not self._open:
                self._first = position
            self._open.append(line)
            self._size += len(line) + 1

    def rest(self) -> Iterator[Piece]:
        """Give the last block."""
        if self._open:
            yield self._close()

    def _close(self) -> Piece:
        raw, lines = b"\n".join(self._open), len(self._open)
        first = self._open[0]
        self._open, self._size = [], 0
        if not first.startswith(CURSOR):
            return Piece(raw, self._first, BLOCK, b"", lines)
        return Piece(raw, self._first, BLOCK, first[len(CURSOR) :], lines)
