"""Which sources a record may be of, told by what it begins with and the names at its top.

Asking all sources whose a record is takes longer than reading it.  What a source says beforehand
(`actum.sources.seam.SelectiveSource`) leaves a few of them, or none.  Rules:

1. The answer is that of asking everybody: only those are left out who would have said no.
2. Who says nothing beforehand is always asked.
3. Of a record that may be JSON and cannot be taken apart here, everybody is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from actum.sources import envelopes
from actum.sources.seam import Source

__all__ = ["Asked", "Shortlist", "may_claim"]

MANY = 4_096
"""Of how many sets of names the sources to ask are kept at most."""

_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_REFUSED = (msgspec.MsgspecError, RecursionError, ValueError)
_BEFORE_JSON = b" \t\r\n\xef"
"""What may stand before the JSON of a record begins with: white space, or a byte order mark."""
_LATE = (b"{", b"\xef")


class Asked(NamedTuple):
    """Who is asked about a record."""

    particular: tuple[Source, ...]
    is_opened: bool
    """Whether it may be a wrapping, into which to look."""
    general: tuple[Source, ...]


class Shortlist:
    """Leaves out the sources that have said beforehand that a record is not theirs."""

    def __init__(self, particular: Sequence[Source], general: Sequence[Source]) -> None:
        self._everybody = Asked(tuple(particular), True, tuple(general))
        self._text = Asked(
            tuple(each for each in particular if _claims_text(each)),
            False,
            tuple(each for each in general if _claims_text(each)),
        )
        told = (_told(each) for each in (*particular, *general))
        self._names = envelopes.MEMBERS.union(*(each for each in told if each is not None))
        self._asked: dict[frozenset[str], Asked] = {}

    def of(self, raw: bytes) -> Asked:
        """Who is asked about this record."""
        first = raw[:1]
        if first != b"{":
            is_late = first and first in _BEFORE_JSON and raw.lstrip()[:1] in _LATE
            return self._everybody if is_late else self._text
        try:
            names = self._names.intersection(_members(raw))
        except _REFUSED:
            return self._everybody
        return self._asked.get(names) or self._with(names)

    def _with(self, names: frozenset[str]) -> Asked:
        if len(self._asked) >= MANY:
            self._asked.clear()
        particular, _, general = self._everybody
        found = self._asked[names] = Asked(
            tuple(each for each in particular if _is_told(each, names)),
            not envelopes.MEMBERS.isdisjoint(names),
            tuple(each for each in general if _is_told(each, names)),
        )
        return found


def may_claim(source: Source, raw: bytes) -> bool:
    """Whether a source that is offered with others would be asked about this record."""
    return bool(Shortlist([source], ()).of(raw).particular)


def _told(source: Source) -> frozenset[str] | None:
    """The names a source told; None if it is to be asked always."""
    names = getattr(source, "MEMBERS", None)
    return names if isinstance(names, frozenset) and hasattr(source, "CLAIMS_TEXT") else None


def _claims_text(source: Source) -> bool:
    return _told(source) is None or bool(getattr(source, "CLAIMS_TEXT", True))


def _is_told(source: Source, names: frozenset[str]) -> bool:
    own = _told(source)
    return own is None or not own.isdisjoint(names)
