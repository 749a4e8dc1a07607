"""The words that bound a whole query in time.

    since:T  until:T        from T on, and before T
    last:7d                 the 7 days before now
    at:T  at:T±5m           the day, minute or second T names, and 5 minutes to each side
    around:42  within:10m   10 minutes to each side of the time of record 42, both ends included

They are no part of the tree: they stand at the top of a query, and one of these ways is chosen.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from actum.query import times
from actum.query.fields import BOUNDS
from actum.record import Micros

if TYPE_CHECKING:
    from actum.query.ast import Span
    from actum.query.values import Reader

__all__ = ["Bounds", "TimeOf"]

TimeOf: TypeAlias = Callable[[int], Micros | None]
"""The time of the record with an index; LookupError if the log has no such record."""

_WITHIN: Final = "10m"
_WAYS: Final = {"since": "since", "until": "since", "within": "around"}
"""Words that go together are one way."""
_MARGIN: Final = re.compile(r"(.*?)\s*(?:±|\+/?-)\s*([0-9]+[smhdw])", re.DOTALL | re.IGNORECASE)


class Bounds:
    """What one query's bounds say; each is noted where it is read, and all are read at last."""

    def __init__(self, reader: Reader, time_of: TimeOf | None) -> None:
        self._reader = reader
        self._time_of = time_of
        self._said: dict[str, tuple[str, Span]] = {}

    def first(self) -> Span | None:
        """Where the first of them stands."""
        return next((span for _, span in self._said.values()), None)

    def note(self, name: str, op: str, value: str, span: Span, *, deep: bool) -> None:
        """Take one bound.  QueryError if it stands where none may, or is a second of its kind."""
        refuse = self._reader.refuse
        if deep:
            refuse(
                f"{name}: bounds the whole query",
                span,
                why="it cannot be negated or stand in parentheses",
                todo="use time:>= or time:< here",
            )
        if name in self._said:
            refuse(f"{name}: is given twice", span, todo="choose one")
        if op != ":":
            refuse(f"{name}: takes a plain colon", span, todo=f"write {name}:{value}")
        self._said[name] = value, span
        others = [each for each in self._said if _way(each) != _way(name)]
        if others:
            refuse(
                f"{name}: stands beside {others[0]}:",
                span,
                why="each says by itself where the time begins and ends",
                todo="choose one",
            )

    def read(self) -> tuple[Micros | None, Micros | None]:
        """Give the first instant of the query's time, and the first after it; None is no bound."""
        assert set(self._said) <= set(BOUNDS)  # noqa: S101 - the parser's table
        since = until = None
        if "last" in self._said:
            since = self._before_now(*self._said["last"])
        elif "at" in self._said:
            since, until = self._at(*self._said["at"])
        elif "around" in self._said or "within" in self._said:
            since, until = self._around()
        if "since" in self._said:
            since = self._reader.period(*self._said["since"]).start
        if "until" in self._said:
            until = self._reader.period(*self._said["until"]).start
        if since is not None and until is not None and since >= until:
            span = self._said["until"][1]
            self._reader.refuse("until: is not after since:", span, why="no time lies between")
        return since, until

    def ends_now(self) -> bool:
        """Whether the query's time runs up to now."""
        return "last" in self._said

    def _before_now(self, value: str, span: Span) -> Micros:
        if self._length("last", value, span) == 0:
            self._reader.refuse(f"last:{value} is no time at all", span, todo="write last:1h")
        return self._reader.period(f"now-{value}", span).start

    def _at(self, value: str, span: Span) -> tuple[Micros, Micros]:
        margin, moment = 0, value
        if match := _MARGIN.fullmatch(value):
            moment, margin = match[1], self._length("at", match[2], span)
        named = self._reader.period(moment, span)
        return self._moved(named.start, -margin, span), self._moved(named.end, margin, span)

    def _around(self) -> tuple[Micros, Micros]:
        refuse = self._reader.refuse
        if "around" not in self._said:
            refuse(
                "within: stands without around:",
                self._said["within"][1],
                todo="write around:42 within:10m, or at:09:30±10m",
            )
        value, span = self._said["around"]
        if re.fullmatch(r"[0-9]{1,19}", value) is None:
            refuse(f"{value!r} is no index of a record", span, todo="write a number: around:42")
        time = self._look_up(int(value), span)
        width, where = self._said.get("within", (_WITHIN, span))
        margin = self._length("within", width, where)
        return self._moved(time, -margin, where), self._moved(time, margin + 1, where)

    def _look_up(self, index: int, span: Span) -> Micros:
        refuse = self._reader.refuse
        if self._time_of is None:
            refuse(
                "around: needs a log to look the record up in",
                span,
                todo="use at:TIME±10m with the record's time",
            )
        try:
            time = self._time_of(index)
        except LookupError:
            refuse(f"there is no record {index}", span, todo="take an index from an answer")
        if time is None:
            why = "its source states none"
            refuse(f"record {index} has no time", span, why=why, todo=f"use index:{index}")
        return time

    def _length(self, name: str, value: str, span: Span) -> int:
        try:
            return times.duration(value)
        except ValueError as error:
            self._reader.refuse(f"{name}:{value} is no length of time", span, why=str(error))

    def _moved(self, instant: int, by: int, span: Span) -> Micros:
        try:
            return times.checked(instant + by)
        except ValueError as error:
            self._reader.refuse("that is no time", span, why=str(error))


def _way(name: str) -> str:
    return _WAYS.get(name, name)
