"""Event XML in a text: one ``<Event>`` a line, several, or one spread over many.

1. A record goes from the line an ``<Event>`` begins on to the line on which the last one open ends.
2. What stands around all events (``<?xml …?>``, ``<Events>``) is a header.
3. An event that is not closed within `LONGEST` bytes is given up, and unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final

from actum.sources.seam import Piece

__all__ = ["BEGINS", "XML", "EventSplitter", "identity"]

XML: Final = "xml"
LONGEST: Final = 4 << 20
BEGINS: Final = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<Events[\s>][^<]{0,400})?<Event[\s>]"
)
_AROUND: Final = re.compile(rb"\s*(?:<\?xml[^>]*\?>|<Events(?:\s[^>]*)?>|</Events>|\s)+$")
_OPENS: Final = re.compile(rb"<Event[\s>]")


_RECORD: Final = re.compile(
    rb'(?:"(?:record_id|record_number|RecordNumber|EventRecordID|eventRecordID|RecordId)"\s*:\s*"?'
    rb"|<EventRecordID>)\s*(\d{1,20})\b"
)


def identity(raw: bytes) -> bytes:
    """The key of an event that states its record number; b"" for one that does not.

    Its content is in it: a log that is cleared counts anew, and a computer has many logs.
    """
    found = _RECORD.search(raw)
    return b"" if found is None else found[1] + b"/" + sha256(raw).digest()[:16]


class EventSplitter:
    """Cuts a text of events into records."""

    def __init__(self) -> None:
        self.headers: list[bytes] = []
        self._open: list[bytes] = []
        self._first = self._size = self._depth = 0

    def take(self, lines: Sequence[bytes], positions: Sequence[int]) -> Iterator[Piece]:
        """Give every record whose last event is closed."""
        for line, position in zip(lines, positions, strict=True):
            opened = len(_OPENS.findall(line))
            if not self._open and not opened:
                if _AROUND.match(line) is not None:
                    self.headers.append(line)
                else:
                    yield Piece(line, position, None)
                continue
            if not self._open:
                self._first = position
            self._open.append(line)
            self._size += len(line) + 1
            self._depth += opened - line.count(b"</Event>")
            if self._depth <= 0:
                yield self._close()
            elif self._size > LONGEST:
                yield self._close("an <Event> that is not closed")

    def rest(self) -> Iterator[Piece]:
        """Give what was never closed."""
        if self._open:
            yield self._close("an <Event> that is not closed")

    def _close(self, reason: str = "") -> Piece:
        raw, lines = b"\n".join(self._open), len(self._open)
        self._open, self._size, self._depth = [], 0, 0
        return Piece(raw, self._first, XML, identity(raw), lines, reason)
