"""UTF-16 text, as Windows tools write it: read as the same text in UTF-8.

Its lines, or the JSON in it, are then split like any other.  So the bytes of such a record are the
UTF-8 of its text, not those that came; the delivery's hash is over what came, and every batch says
in its wrapper, under `ENCODING`, which encoding that was.  Text that is not well-formed ends there:
what is left is kept as it came, with the reason.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ENCODING", "Transcoded"]

ENCODING: Final = "(encoding)"
_MARKS: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


class Transcoded:
    """The content of ``windows`` in UTF-8, without its mark."""

    def __init__(self, windows: Iterator[bytes], mark: bytes) -> None:
        self.encoding = _MARKS[mark]
        self.reason = ""
        """Why it ends early."""
        self._windows = windows
        self._left = b""

    def __iter__(self) -> Iterator[bytes]:
        """Give the text until its end, or until it is no text."""
        decoder = codecs.getincrementaldecoder(self.encoding)()
        first = True
        for window in self._windows:
            part = window[2:] if first else window
            first = False
            try:
                text = decoder.decode(part)
            except UnicodeDecodeError as error:
                held = error.object  # with what the decoder still held of the window before
                yield held[: error.start].decode(self.encoding).encode()
                self._end(bytes(held[error.start :]), error.reason)
                return
            if text:
                yield text.encode()
        held = decoder.getstate()[0]
        if held:
            self._end(bytes(held), "it ends in the middle of a character")

    def _end(self, left: bytes, why: str) -> None:
        self.reason = f"not {self.encoding.upper()} text: {why}"
        self._left = left

    def rest(self) -> Iterator[bytes]:
        """Give what is left, as it came."""
        yield self._left
        yield from self._windows
