"""Events out of lines: the kernel writes one event as several records, between those of others.

Records are of one event if they share node, time and serial.  Rules:

1. A record a program had written is an event by itself and is given at once.
2. Others stay open until their end is known: EOE ends an event; PROCTITLE, which is written last,
   ends it as well once `SETTLED` more lines have come, so that neither an EOE behind it nor a
   record that came late is left alone.
3. An event is given up as it is when the log has gone on for two seconds and `SETTLED` lines since
   its last, or when `MOST_OPEN` are open: what is held back is bounded.  A record that comes later
   still is a record of its own, under the same id.
4. Records lost on the way leave holes in the serials.  They are counted in ``missing``; a hole is
   no proof of loss, for rules may leave out whole events as well.

References:
- auparse(3) and auparse_init(3), "auparse_feed" (the end-of-event timeout of two seconds)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final

from actum.sources.auditd.fields import HEAD
from actum.sources.auditd.kinds import is_single
from actum.sources.seam import Piece

__all__ = ["FORM", "AuditSplitter", "identity"]

FORM: Final = "lines"
MOST_OPEN: Final = 1_024
SETTLED: Final = 64
LONGEST: Final = 1 << 20
"""Bytes of one event before it is given up."""
_TIMEOUT: Final = 2.0
_SELDOM: Final = 16
"""Lines from one look at what is open to the next."""
_WRAP: Final = 1 << 32
_Id = tuple[bytes, bytes, bytes]


def identity(node: bytes, time: bytes, serial: bytes, raw: bytes) -> bytes:
    """The key of an event.

    Its content is in it: serials begin anew at each boot, hosts without a node share them, and an
    event cut in two by a rotated file is two records.
    """
    return b"%b/%b:%b/" % (node, time, serial) + sha256(raw).digest()[:8]


class _Open:
    """An event whose end is not known yet."""

    __slots__ = ("due", "ends", "lines", "position", "seconds", "size")

    def __init__(self, position: int, seconds: float) -> None:
        self.seconds = seconds
        self.lines: list[bytes] = []
        self.position = position
        self.size = 0
        self.due = 0
        self.ends = False


class AuditSplitter:
    """Cuts an audit log into events.  ``missing`` counts the serials nobody saw."""

    def __init__(self) -> None:
        self.headers: list[bytes] = []
        self._open: dict[_Id, _Open] = {}
        self._serials: dict[bytes, list[int]] = {}
        self._count = 0
        self._next = 0
        self._now = 0.0

    @property
    def missing(self) -> int:
        """How many serials lie between the first and the last and were not met, all nodes."""
        return sum(max(0, last - first + 1 - met) for first, last, met in self._serials.values())

    def take(self, lines: Sequence[bytes], positions: Sequence[int]) -> Iterator[Piece]:
        """Give every event that is complete with these lines."""
        match = HEAD.match
        for line, position in zip(lines, positions, strict=True):
            self._count += 1
            found = match(line)
            if found is None:
                yield Piece(line, position, None)
                continue
            node, host, kind, time, serial = found.group("node", "host", "type", "time", "serial")
            where = node or host or b""
            which = (where, time, serial)
            begun = self._open.get(which)
            if begun is None:
                self._meet(where, int(serial))
                if is_single(kind.decode("latin-1")):
                    yield Piece(line, position, FORM, identity(where, time, serial, line))
                    continue
                seconds = _seconds(time, self._now)
                self._now = max(self._now, seconds)
                if self._count > self._next or len(self._open) >= MOST_OPEN:
                    self._next = self._count + _SELDOM
                    for over in self._over():
                        yield self._close(over)
                begun = self._open[which] = _Open(position, seconds)
            begun.lines.append(line)
            begun.due = self._count + SETTLED
            begun.size += len(line) + 1
            if kind == b"EOE" or begun.size > LONGEST:
                yield self._close(which)
            elif kind == b"PROCTITLE":
                begun.ends = True

    def rest(self) -> Iterator[Piece]:
        """Give what is still open, in the order it began."""
        for which in list(self._open):
            yield self._close(which)

    def _over(self) -> list[_Id]:
        """Find the events that have settled, or are too old, or too many."""
        too_many = len(self._open) - MOST_OPEN * 3 // 4 if len(self._open) >= MOST_OPEN else 0
        before = self._now - _TIMEOUT
        return [
            which
            for place, (which, each) in enumerate(self._open.items())
            if place < too_many or (self._count > each.due and (each.ends or each.seconds < before))
        ]

    def _close(self, which: _Id) -> Piece:
        closed = self._open.pop(which)
        raw = b"\n".join(closed.lines)
        key = identity(*which, raw)
        return Piece(raw, closed.position, FORM, key, len(closed.lines))

    def _meet(self, where: bytes, serial: int) -> None:
        """Count a serial; one far below the last is taken for a new beginning at 0 or at a boot."""
        span = self._serials.get(where)
        if span is None:
            self._serials[where] = [serial, serial, 1]
            return
        first, last, _ = span
        serial += last - last % _WRAP
        if serial < first and last - serial > _WRAP >> 1:
            serial += _WRAP
        elif serial - last > _WRAP >> 1:
            serial -= _WRAP
        if serial < first - MOST_OPEN:
            span[0] = span[1] = serial
            span[2] = 1
            return
        span[0], span[1] = min(first, serial), max(last, serial)
        span[2] += 1


def _seconds(time: bytes, otherwise: float) -> float:
    return float(time) if time[:10].isdigit() else otherwise
