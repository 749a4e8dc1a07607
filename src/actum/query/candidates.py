"""Candidates: which records may answer a question, as the term filters tell it.

A question's tree says which terms a match must have.  Held against the filters of a segment, group
by group, that leaves the ranges of records worth a look; the compiled condition then decides about
each of them as it would without.  Rules:

1. Never a false no.  What a filter cannot tell of (globs, ranges, negations, letters beyond ASCII,
   a segment without a filter) may be anywhere.
2. ``a AND b`` may be where both may be, ``a OR b`` where one may be.
3. Of a record that is no candidate of any phrase every phrase is false, also below a negation: raw
   records are read only where one may be.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import Final, TypeAlias

import numpy as np

from actum.log.catalog import Segment
from actum.log.terms import STEP, TAIL, Terms, value_term
from actum.log.terms_filter import Filter, Sought
from actum.log.terms_grams import grams
from actum.query.ast import And, Compare, Fragment, Network, Node, Not, Op, Or, Regex, Text
from actum.query.fields import FIELDS, FLAGS, Field, Kind, Part, Read
from actum.query.parse import parse

__all__ = ["Candidate", "Candidates", "candidates", "whole"]

Ranges: TypeAlias = tuple[tuple[int, int], ...]
_SERVICE_SUFFIX: Final = ".amazonaws.com"
MOST_TERMS: Final = 512
"""A longer list of values is likely to have one everywhere, and costs more to look up than to read.
"""
MOST_GRAMS: Final = 32
"""Of one phrase: these tell enough, and leaving some out is never a false no."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A segment that may hold matches, and the half-open index ranges where."""

    segment: Segment
    ranges: Ranges


def whole(segment: Segment) -> Candidate:
    """A segment any of whose records may match."""
    return Candidate(segment, ((segment.first, segment.end),))


@dataclass(frozen=True, slots=True)
class Candidates:
    """Where events may match, and which of their raw records are worth reading for it."""

    events: tuple[Candidate, ...]
    records: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class _Grams:
    """All of these grams, by their place among those of the question, are in the raw record."""

    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Values:
    """Any of these values, by their place among those of the question, is in its column."""

    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _All:
    parts: tuple[_Test, ...]


@dataclass(frozen=True, slots=True)
class _Any:
    parts: tuple[_Test, ...]


_Test: TypeAlias = _Grams | _Values | _All | _Any | None
"""What a match must have; None says nothing."""


def candidates(
    where: Node | None,
    segments: Iterable[Segment],
    terms: Terms,
    lowered: Callable[[str], str],
) -> Candidates:
    """Find where the segments may answer.

    ``lowered`` gives a text in lower case as the engine makes it.
    """
    reading = _Reading(lowered)
    test = reading.test(where)
    raw = _any(reading.raw) if reading.raw else None
    if max(len(reading.grams), len(reading.values)) > MOST_TERMS:
        test = raw = None
    if test is raw is None:
        everything = tuple(map(whole, segments))
        return Candidates(everything, everything)
    asked = _Asked(
        Sought(np.array(reading.grams, np.uint32)),
        Sought(np.array([term for _, term in reading.values], np.uint32)),
        frozenset(column for column, _ in reading.values),
    )
    events, records = [], []
    for segment in segments:
        look = _Look(segment, terms, asked)
        may = look.steps(test)
        if may.any():
            events.append(Candidate(segment, _ranges(may, segment)))
        may = may & look.steps(raw)
        if may.any():
            records.append(Candidate(segment, _ranges(may, segment)))
    return Candidates(tuple(events), tuple(records))


def _ranges(may: np.ndarray, segment: Segment) -> Ranges:
    """The stretches that may match."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], may, [False])).astype(np.int8)))
    places = np.minimum(segment.first + edges * STEP, segment.end).tolist()
    return tuple(zip(places[::2], places[1::2], strict=True))


# -- from the tree to tests ----------------------------------------------------------------------


@dataclass(slots=True)
class _Reading:
    """Reads a tree.

    Collects its terms (a value's with its column) and ``raw``, what must be in a record for a test
    of its raw bytes to hold, also for those below a negation.
    """

    lowered: Callable[[str], str]
    grams: list[int] = field(default_factory=list)
    values: list[tuple[str, int]] = field(default_factory=list)
    raw: list[_Test] = field(default_factory=list)

    def test(self, node: Node | None) -> _Test:
        """What a match of this node must have."""
        found: _Test = None
        match node:
            case Not():
                self.test(node.node)
            case And():
                found = _all([self.test(part) for part in node.nodes])
            case Or():
                found = _any([self.test(part) for part in node.nodes])
            case Text() | Fragment():
                found = self._phrase(node.phrase)
                self.raw.append(found)
            case Compare() if FIELDS[node.field].reads:
                found = self._compare(node)
            case Compare(field="is"):
                found = self.test(_flag(str(node.value)))
            case None | Regex() | Network():
                pass
            case _:  # whatever else there is may ask any raw record
                self.raw.append(None)
        return found

    def _phrase(self, phrase: str) -> _Test:
        found = grams(self.lowered(phrase).encode())[:MOST_GRAMS].tolist()
        start = len(self.grams)
        self.grams += found
        return _Grams(tuple(range(start, start + len(found)))) if found else None

    def _compare(self, node: Compare) -> _Test:
        if not isinstance(node.value, str) or node.op not in {Op.MATCH, Op.EXACT}:
            return None
        return self._text(FIELDS[node.field], node.op, node.value)

    def _text(self, asked: Field, op: Op, value: str) -> _Test:
        """Any of the columns has the value; ``service:Operation`` also as its two halves."""
        if not value.isascii() or (op is Op.MATCH and ("*" in value or "?" in value)):
            return None
        tests = [self._any_column(asked, value)]
        left, colon, right = value.partition(":")
        if asked.prefix and colon:
            service = self._text(FIELDS[asked.prefix], op, left)
            tests.append(_all([service, self._any_column(asked, right)]))
        return _any(tests)

    def _any_column(self, asked: Field, value: str) -> _Test:
        found = list(dict.fromkeys(
            (column, value_term(column, each))
            for read in asked.reads
            for column, each in _spelled(read, asked.kind, value)
        ))  # fmt: skip
        start = len(self.values)
        self.values += found
        return _Values(tuple(range(start, start + len(found))))


def _spelled(read: Read, kind: Kind, value: str) -> Iterator[tuple[str, str]]:
    """Each column and lower-case value that the compiled condition may be true of."""
    if read.part is Part.TAIL:
        yield read.column + TAIL, value.lower()
    elif read.part is Part.SERVICE:
        short = value.removesuffix(_SERVICE_SUFFIX).lower()
        yield read.column, short
        yield read.column, short + _SERVICE_SUFFIX
    else:
        yield read.column, value.lower()
        if kind is Kind.ADDRESS:
            yield read.column, _short(value)


def _short(address: str) -> str:
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return address


def _all(parts: list[_Test]) -> _Test:
    """Rule 2: what cannot be told narrows nothing."""
    told = tuple(part for part in parts if part is not None)
    return _All(told) if told else None


def _any(parts: list[_Test]) -> _Test:
    """Rule 2: what cannot be told may be anywhere.  Values are looked up in one go."""
    told: list[_Test] = []
    values: list[int] = []
    for part in parts:
        if part is None:
            return None
        if isinstance(part, _Values):
            values += part.places
        else:
            told.append(part)
    return _Any((*told, _Values(tuple(values)))) if values else _Any(tuple(told))


@cache
def _flag(name: str) -> Node | None:
    return parse(FLAGS[name].query, now=datetime.now(UTC), zone=UTC).where


# -- from tests to groups ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Asked:
    """The terms of a question, hashed, and the columns of its values."""

    grams: Sought
    values: Sought
    columns: frozenset[str]


class _Look:
    """One look at one segment's filters: all terms of a question at once, when the first is due."""

    def __init__(self, segment: Segment, terms: Terms, asked: _Asked) -> None:
        self._segment = segment
        self._terms = terms
        self._asked = asked
        self._steps = -(-segment.count // STEP)

    def steps(self, test: _Test) -> np.ndarray:
        """Whether each `STEP` of its records may hold a match."""
        found = np.ones(self._steps, bool)
        match test:
            case _Grams() if self._grams is not None:
                found = np.all(self._grams[:, test.places], axis=1)
            case _Values() if self._values is not None:
                found = np.any(self._values[:, test.places], axis=1)
            case _All():
                found = np.all([self.steps(part) for part in test.parts], axis=0)
            case _Any():
                found = np.any([self.steps(part) for part in test.parts], axis=0)
        return found

    @cached_property
    def _grams(self) -> np.ndarray | None:
        known = self._terms.text(self._segment)
        return None if known is None else self._held(known, self._asked.grams)

    @cached_property
    def _values(self) -> np.ndarray | None:
        known = self._terms.values(self._segment)
        if known is None or not self._asked.columns <= known.columns:
            return None
        return self._held(known, self._asked.values)

    def _held(self, known: Filter, sought: Sought) -> np.ndarray:
        held = known.may_hold(sought)
        if known.group == STEP:
            return held
        return held[np.arange(self._steps) * STEP // known.group]
