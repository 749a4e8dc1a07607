"""What stands before a CEF or LEEF event on its line: nothing, or the head of a syslog line.

A word that anybody may choose, a user name in what sshd says, can look like the beginning of an
event.  So nothing may stand before it but a priority, a time, and up to five words, of which only
the last may end in a colon.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

__all__ = ["Prefix", "pattern", "prefix"]

_TIME: Final = (
    rb"(?:[A-Z][a-z]{2} [ \d]?\d (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d+)?"
    rb"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?Z?)"
)
_WORDS: Final = rb"(?:[^\s:]+(?::[^\s:]+)*\s+){0,5}?(?:\[[^\]]*\]\s+)?(?:\S+:\s+|-\s+)?"


class Prefix(NamedTuple):
    """The time and the host a syslog head states; "" if it states none."""

    time: str
    host: str


def pattern(mark: bytes) -> re.Pattern[bytes]:
    """How a line begins on which ``mark`` is not just a word somebody wrote."""
    return re.compile(
        rb"(?:\d{1,6} )?(?:<\d{1,3}>)?(?:\d{1,2} )?\s*(?:(?P<time>"
        + _TIME
        + rb"):?\s+)?(?P<words>"
        + _WORDS
        + rb")(?P<event>"
        + mark
        + rb"\s?\d(?:\.\d+)?\|)"
    )


def prefix(found: re.Match[bytes]) -> Prefix:
    """Read what a `pattern` found: the first word behind a time is the host."""
    time, words = found["time"], found["words"].split()
    host = words[0].rstrip(b":") if time is not None and words else b""
    if host in (b"-", b"CEF", b"LEEF"):
        host = b""
    return Prefix((time or b"").decode(), host.decode("utf-8", "backslashreplace"))
