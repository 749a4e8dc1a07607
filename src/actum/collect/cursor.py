"""A place in a content of any size, of which only a window is held.

``start`` is the first byte not yet handed on, ``at`` the byte looked at.  What lies before
``start`` is forgotten when more is read, so both move: they are good until the next call here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from actum.collect.structure import Mismatch, Structure, skip_space

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["END", "Cursor"]

END: Final = -1


class Cursor:
    """The window and the two places in it."""

    def __init__(self, windows: Iterator[bytes]) -> None:
        self._windows = windows
        self.buf = b""
        self.start = self.at = 0

    def more(self) -> bool:
        """Read on; False at the end of the content."""
        window = next(self._windows, None)
        if window is None:
            return False
        self.buf = self.buf[self.start :] + window if self.start < len(self.buf) else window
        self.at -= self.start
        self.start = 0
        return True

    def next_byte(self) -> int:
        """Move to the next byte that is not space, and return it or END."""
        while True:
            handed_on = self.start == self.at
            self.at = skip_space(self.buf, self.at)
            if handed_on:  # nothing is waiting: space need not be held
                self.start = self.at
            if self.at < len(self.buf):
                return self.buf[self.at]
            if not self.more():
                return END

    def step(self) -> None:
        """Pass one byte, keeping it."""
        self.at += 1

    def drop(self) -> None:
        """Pass one byte of punctuation; everything up to it is handed on."""
        self.at += 1
        self.start = self.at

    def look_past(self, longest: int) -> bytes | None:
        """Move past a value without handing it on; None if it has no end within ``longest``."""
        value = Structure()
        begin = self.at - self.start
        while True:
            try:
                self.at, ended = value.advance(self.buf, self.at)
            except Mismatch:
                return None
            if ended:
                return self.buf[self.start + begin : self.at] or None
            if self.at - self.start > longest or not self.more():
                return None

    def begins_objects(self) -> bool:
        """Whether the bracket here opens an array of objects, or an empty one; does not move."""
        before = self.at - self.start
        self.at += 1
        byte = self.next_byte()
        self.at = self.start + before
        return byte in {b"{"[0], b"]"[0]}

    def rest(self) -> Iterator[bytes]:
        """Everything that was not handed on, to the end of the content."""
        yield self.buf[self.start :]
        self.buf = b""
        self.start = self.at = 0
        yield from self._windows
