"""Which sources a record may be of, told by what it begins with and the names at its top.

Asking all sources whose a record is takes longer than reading it.  What a source says beforehand
(`actum.sources.seam.SelectiveSource`) leaves a few of them, or none.  Rules:

1. The answer is that of asking everybody: only those are left out who would have said no.
2. Who says nothing beforehand is always asked.
3. Of a record that may be JSON and cannot be taken apart here, everybody is asked.
4. A line of text holds something else only if it is JSON, and stands behind a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from actum.sources import envelopes
from actum.sources.seam import Source

__all__ = ["Asked", "Shortlist", "may_claim", "says"]

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
        self._particular = [(each, says(each)) for each in particular]
        self._general = [(each, says(each)) for each in general]
        self._everybody = Asked(tuple(particular), True, tuple(general))
        self._text = Asked(
            tuple(each for each, told in self._particular if told is None or told[1]),
            False,
            tuple(each for each, told in self._general if told is None or told[1]),
        )
        self._dated = self._text._replace(is_opened=True)
        self._names = envelopes.MEMBERS.union(
            *(told[0] for _, told in (*self._particular, *self._general) if told is not None)
        )
        self._asked: dict[frozenset[str], Asked] = {}

    def of(self, raw: bytes) -> Asked:
        """Who is asked about this record."""
        first = raw[:1]
        if first != b"{":
            is_late = first and first in _BEFORE_JSON and raw.lstrip()[:1] in _LATE
            if is_late:
                return self._everybody
            return self._dated if first.isdigit() and b"{" in raw else self._text
        try:
            names = self._names.intersection(_members(raw))
        except _REFUSED:
            return self._everybody
        return self._asked.get(names) or self._with(names)

    def _with(self, names: frozenset[str]) -> Asked:
        if len(self._asked) >= MANY:
            self._asked.clear()
        found = self._asked[names] = Asked(
            tuple(_of_names(self._particular, names)),
            not envelopes.MEMBERS.isdisjoint(names),
            tuple(_of_names(self._general, names)),
        )
        return found


def may_claim(source: Source, raw: bytes) -> bool:
    """Whether a source that is offered with others would be asked about this record."""
    return bool(Shortlist([source], ()).of(raw).particular)


_Told = tuple[frozenset[str], bool] | None


def says(source: Source) -> _Told:
    """What a source says beforehand; None if nothing, and then it is always asked."""
    members, is_text = getattr(source, "MEMBERS", None), getattr(source, "CLAIMS_TEXT", None)
    if isinstance(members, frozenset) and isinstance(is_text, bool):
        return members, is_text
    return None


def _of_names(sources: Sequence[tuple[Source, _Told]], names: frozenset[str]) -> Iterator[Source]:
    for source, told in sources:
        if told is None or not told[0].isdisjoint(names):
            yield source
