"""Lines to records: those that belong to the line before them are joined to it.

A dump of the kernel, a stack trace, a message with line breaks: only the first line says when and
where.  Rules:

1. A line that begins like a record begins one.
2. Any other line belongs to the record before it, as long as that has fewer than `MOST` lines and
   is shorter than `LONGEST` bytes; unless it begins like something else (`{`, `CEF:`, `type=`), or
   nothing is before it.
3. A record of a program no other source is about is syslog's at once; every other is offered to the
   particular sources first, which know what such a program says.
4. A year a user told is that of the first line.  January after December begins the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from actum.sources.clocks import MONTHS
from actum.sources.seam import Piece
from actum.sources.syslog.headers import BEGINS
from actum.sources.syslog.programs import KNOWN

__all__ = ["FORM", "SyslogSplitter", "form_of"]

FORM: Final = "line"
MOST: Final = 1_000
LONGEST: Final = 1 << 18
_OTHERS: Final = (b"{", b"[{", b"CEF:", b"LEEF:", b"type=", b"node=", b"<Event", b"<?xml")
_ALIKE: Final = re.compile(rb"[A-Z][A-Za-z]{2} +\d\d? \d\d:\d\d:\d\d ")
"""A line that begins with what is no time, the way others begin with one."""
_TAG: Final = re.compile(
    rb"(?:<\d{1,3}>\d \S+ \S+ (?P<app>[\w./-]+) |[^\[\]]*? (?P<tag>[\w./-]+)(?:\[\d*\])?: )"
)
_OF_KERNEL: Final = (b"audit(", b" SRC=")
"""What the kernel says that other sources are about."""
_KNOWN: Final = frozenset(each.encode() for each in KNOWN)
_MONTH: Final = re.compile(rb"(?:\d+ )?(?:<\d{1,3}>)?([A-Z][a-z][a-z]) [ \d]?\d \d\d:")


def form_of(year: str, zone: str) -> str:
    """The form of a line: whether a user told what its time leaves out."""
    return f"{FORM}:{year}:{zone}" if year or zone else FORM


def _is_own(line: bytes) -> bool:
    """Whether no other source is about the program that wrote this."""
    found = _TAG.match(line)
    if found is None:
        return False
    tag = found["app"] or found["tag"]
    if tag == b"kernel":
        return not any(mark in line for mark in _OF_KERNEL)
    return tag.rpartition(b"/")[2] in _KNOWN


class SyslogSplitter:
    """Cuts a syslog file into records."""

    def __init__(self, year: str = "", zone: str = "") -> None:
        self.headers: list[bytes] = []
        self._year, self._zone = year, zone
        self._is_told = bool(year or zone)
        self._month = 0
        self._open: list[bytes] = []
        self._first = self._size = 0

    def take(self, lines: Sequence[bytes], positions: Sequence[int]) -> Iterator[Piece]:
        """Give every record that another one follows."""
        begins = BEGINS.match
        for line, position in zip(lines, positions, strict=True):
            if begins(line) is None:
                if self._joins(line):
                    self._open.append(line)
                    self._size += len(line) + 1
                    continue
                if self._open:
                    yield self._close()
                yield Piece(line, position, None)
                continue
            if self._open:
                yield self._close()
            self._open, self._first, self._size = [line], position, len(line)

    def rest(self) -> Iterator[Piece]:
        """Give the last record."""
        if self._open:
            yield self._close()

    def _joins(self, line: bytes) -> bool:
        is_within = len(self._open) < MOST and self._size < LONGEST
        is_other = line.startswith(_OTHERS) or _ALIKE.match(line) is not None
        return bool(self._open) and is_within and not is_other

    def _close(self) -> Piece:
        lines, self._open = self._open, []
        raw = lines[0] if len(lines) == 1 else b"\n".join(lines)
        form: str | None = None
        if self._is_told:
            form = form_of(self._year_of(lines[0]), self._zone)
        else:
            form = FORM if _is_own(lines[0]) else None
        return Piece(raw, self._first, form, b"", len(lines))

    def _year_of(self, line: bytes) -> str:
        found = _MONTH.match(line)
        month = MONTHS.get(found[1].decode(), 0) if found is not None else 0
        if self._year and month:
            if self._month == 12 and month == 1:
                self._year = str(int(self._year) + 1)
            elif self._month == 1 and month == 12:
                self._year = str(int(self._year) - 1)
            self._month = month
        return self._year
