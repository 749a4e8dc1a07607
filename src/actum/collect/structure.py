"""Where a JSON value ends, found by brackets and strings alone.

Used where ``msgspec`` refuses a document or the document is too big for it.  Nothing inside a value
is judged: NaN, bad UTF-8 or a lone surrogate in one element must not lose the others.  It can stop
at any byte and go on with the next chunk, never looks at a byte twice, and has a stack of its own,
so depth is no danger.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["Mismatch", "Structure", "skip_space"]

_SPACE: Final = re.compile(rb"[ \t\r\n]*+")
# One match runs over all strings and scalars up to the next bracket or unfinished string.
_PLAIN: Final = re.compile(rb'[^"\[\]{}]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"\[\]{}]*+)*+', re.DOTALL)
_STRING: Final = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_SCALAR: Final = re.compile(rb'[^ \t\r\n,:\[\]{}"]*+')
_QUOTE, _BACKSLASH = b'"'[0], b"\\"[0]
_OPENERS: Final = frozenset(b"[{")
_PARTNER: Final = {b"]"[0]: b"["[0], b"}"[0]: b"{"[0]}
_DEEPEST: Final = 1_000_000  # bytes of stack; deeper is an attack


class Mismatch(Exception):
    """A bracket closes what was not opened."""


class Structure:
    """The state of one value while it is passed over."""

    def __init__(self) -> None:
        self._open = bytearray()
        self.in_string = False
        self.is_scalar = False
        self._begun = False

    @property
    def innermost(self) -> int:
        """The innermost open bracket, 0 if none."""
        return self._open[-1] if self._open else 0

    def advance(self, buf: bytes, at: int) -> tuple[int, bool]:
        """Go on at ``at`` (first time: the value's first byte).

        Returns where it stopped and whether the value ended there.  A scalar has no end of its own:
        at the end of ``buf`` it is "not ended", and the caller knows whether more will come.
        """
        end = len(buf)
        if not self._begun and at < end:
            self._begun = True
            self.is_scalar = buf[at] not in _OPENERS and buf[at] != _QUOTE
        if self.is_scalar:
            at = _match_end(_SCALAR, buf, at)
            return at, at < end
        while at < end:
            if self.in_string:
                at = _match_end(_STRING, buf, at)
                if at >= end or buf[at] == _BACKSLASH:  # its other half is in the next chunk
                    return at, False
                at += 1
                self.in_string = False
                if not self._open:
                    return at, True
                continue
            at = _match_end(_PLAIN, buf, at) if self._open else at
            if at >= end:
                break
            at += 1
            if self._bracket(buf[at - 1]):
                return at, True
        return at, False

    def _bracket(self, byte: int) -> bool:
        """Take a bracket or quote; True when it ends the value."""
        if byte == _QUOTE:
            self.in_string = True
        elif byte in _OPENERS:
            if len(self._open) >= _DEEPEST:
                raise Mismatch(f"nested deeper than {_DEEPEST}")
            self._open.append(byte)
        elif not self._open or self._open.pop() != _PARTNER[byte]:
            raise Mismatch(f"{chr(byte)!r} closes what was not opened")
        return not self._open and byte != _QUOTE


def _match_end(pattern: re.Pattern[bytes], buf: bytes, at: int) -> int:
    found = pattern.match(buf, at)
    return at if found is None else found.end()  # every pattern here matches the empty string


def skip_space(buf: bytes, at: int = 0) -> int:
    """Find the first byte at or after ``at`` that is not JSON white space."""
    return _match_end(_SPACE, buf, at)
