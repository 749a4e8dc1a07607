"""Where, far ahead in a window, an element of an array probably ends.

Records of one kind mostly begin with the same key, so what stands between two of them, that key
included, is looked for from the window's end.  A guess is only that: whoever uses it checks it.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["Guess"]

_GAP: Final = re.compile(rb'[ \t\r\n]*,[ \t\r\n]*\{[ \t\r\n]*"[^"\\]{1,64}"')
_GUESSES: Final = 4


class Guess:
    """What was learnt of one array."""

    def __init__(self) -> None:
        self._between = b""
        self._left = _GUESSES

    def learn(self, buf: bytes, at: int) -> None:
        """Remember what stands at the end of an element, if another object follows."""
        if not self._between and self._left and (gap := _GAP.match(buf, at)):
            self._between = b"}" + gap.group()

    def boundary(self, buf: bytes, at: int) -> int:
        """Find the end of some element behind ``at``, 0 for no idea."""
        if not self._between or not self._left:
            return 0
        return buf.rfind(self._between, at) + 1

    def failed(self) -> None:
        """Forget a guess that was wrong; after a few no more are made."""
        self._left -= 1
        self._between = b""

    def held(self) -> None:
        """Trust it again."""
        self._left = _GUESSES
