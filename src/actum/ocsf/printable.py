r"""Makes any text safe to show: what could steer a terminal or fool an eye becomes visible.

A log holds what its writers chose to send, and an attacker is one of them.  A cursor movement can
hide a line, a bidi override can turn a name around, a zero-width letter can make two names look the
same.  Such characters are written as ``\u….`` escapes; everything else stays as it is.

This is for eyes only.  Exports and evidence carry the text itself.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["printable"]

_UNSAFE: Final = re.compile(
    "["
    "\x00-\x1f"  # C0: escape, newline, tab, carriage return, backspace, …
    "\x7f-\x9f"  # DEL and C1: one-character control sequences
    "\xad"  # soft hyphen, invisible inside a word
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidi marks, overrides and isolates
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0"  # fillers that draw nothing
    "\u200b-\u200d\u2060-\u2065\u206a-\u206f\ufeff"  # zero width, joiners, byte order mark
    "\u2028\u2029"  # line and paragraph separators
    "\ufff9-\ufffb\ufffe\uffff"  # interlinear marks, non-characters
    "\ud800-\udfff"  # lone surrogates: bytes that were not UTF-8
    "\U000e0000-\U000e0fff"  # tags and selectors: text hidden behind text
    "]"
)


def printable(text: str) -> str:
    """``text`` with every control, bidi and invisible character as a visible escape.

    Text without any is returned as it is.  The result can be encoded as UTF-8 and holds one line.
    """
    return text if text.isascii() and text.isprintable() else _UNSAFE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
