"""From the words behind a query's bars to its stages.

    stages := ("|" stage){1,6}
    stage  := "count" [by] | "top" N [by] | "rare" field [by] | "timeline" [length] [by]
            | "first" [by] | "gaps" length [by] | "diff" time "vs" time [by]
    by     := "by" field ("," field)*
    time   := "last:" length | "prev:" length | T | T ".." T

A field is one of the language; behind another stage it is a column that stage has.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from actum.query import rawpath, times
from actum.query.fields import FIELDS, Kind, find, nearest
from actum.query.pipes import (
    MAX_STAGES,
    Count,
    Diff,
    First,
    Gaps,
    Rare,
    Stage,
    Timeline,
    Top,
)
from actum.query.pipes_words import FORMS, Words, parts
from actum.record import Micros

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from actum.query.ast import Span
    from actum.query.bounds import Bounds
    from actum.query.tokens import Token
    from actum.query.values import Reader

__all__ = ["stages"]

_DAY: Final = "1d"
_MOST_FIELDS: Final = 8
_MOST_ROWS: Final = 1_000_000


def stages(
    reader: Reader,
    tokens: Sequence[Token],
    *,
    bounded: tuple[Micros | None, Micros | None],
    bounds: Bounds,
) -> tuple[Stage, ...]:
    """Read the stages, of which ``tokens`` has every bar and word.

    ``bounded`` is the time of the query before them, which ``bounds`` read.
    """
    found: list[Stage] = []
    table: tuple[str, ...] | None = None
    for words in parts(reader, tokens):
        if len(found) == MAX_STAGES:
            why = f"{MAX_STAGES} are enough for what a line can say"
            reader.refuse("there are too many stages", words.span, why=why, todo="use less")
        words.table = table
        stage = _stage(words)
        if not words.done:
            word, span = words.items[words.at]
            reader.refuse(f"{word!r} is not understood here", span, todo=FORMS[words.verb])
        if isinstance(stage, Gaps):
            stage = _edged(words, stage, bounded, bounds)
        if isinstance(stage, Diff) and bounds.first():
            why = "both of its times are its own"
            todo = f"take {reader.text[slice(*(bounds.first() or (0, 0)))]} out"
            reader.refuse("diff stands behind a time bound", words.span, why=why, todo=todo)
        found.append(replace(stage, span=words.span))
        table = _columns(stage, table)
    return tuple(found)


def _stage(words: Words) -> Stage:
    verb, span = words.take("a stage")
    words.verb = verb.lower()
    if words.verb not in _READERS:
        close = ", ".join(nearest(verb, tuple(_READERS)))
        words.reader.refuse(f"there is no stage {verb!r}", span, todo=f"nearest: {close}")
    if words.table is not None and words.verb not in {"count", "top"}:
        why = "it is told of events, and a table stands before it"
        words.refuse(f"{words.verb} comes first", span, why=why, todo="use count or top here")
    return _READERS[words.verb](words)


def _count(words: Words) -> Stage:
    return Count(_by(words))


def _top(words: Words) -> Stage:
    text, span = words.take("how many")
    if not (text.isascii() and text.isdigit() and 0 < int(text[:8]) <= _MOST_ROWS):
        words.refuse(f"{text!r} is no number of rows", span, why=f"it is 1 to {_MOST_ROWS:,}")
    by = _by(words)
    if by and words.table is not None:
        words.refuse("by stands behind a table", words.span, todo="write: count by … | top 20")
    if not by and words.table is None:
        words.refuse("top of what is missing", span, todo="write: top 20 by actor")
    return Top(int(text), by)


def _rare(words: Words) -> Stage:
    name = _name(words)
    by = _by(words)
    if name in by:
        words.refuse(f"{name} stands twice", words.span)
    return Rare(name, by)


def _timeline(words: Words) -> Stage:
    if words.done or words.items[words.at][0].lower() == "by":
        return Timeline(times.duration(_DAY), _by(words))
    return Timeline(_length(words, "a width"), _by(words))


def _first(words: Words) -> Stage:
    return First(_by(words))


def _gaps(words: Words) -> Stage:
    size = _length(words, "a length")
    edges: dict[str, Micros] = {}
    while not words.done and words.items[words.at][0].lower() != "by":
        text, span = words.take("an edge")
        name, _, value = text.partition(":")
        if name not in {"since", "until"} or name in edges:
            words.refuse(f"{text!r} is not understood here", span)
        edges[name] = words.reader.period(value, span).start
    return Gaps(size, _by(words), edges.get("since"), edges.get("until"))


def _edged(
    words: Words, stage: Gaps, bounded: tuple[Micros | None, Micros | None], bounds: Bounds
) -> Gaps:
    """Let gaps begin and end where the query's time does, which for ``last:`` ends now."""
    since, until = bounded
    if bounds.ends_now():
        until = times.micros(words.reader.now)
    return replace(
        stage,
        since=since if stage.since is None else stage.since,
        until=until if stage.until is None else stage.until,
    )


def _diff(words: Words) -> Stage:
    now = _time(words, None)
    if not words.found("vs"):
        words.take("vs")
        words.refuse("vs is missing", words.span)
    before = _time(words, now)
    return Diff(now, before, _by(words))


def _time(words: Words, later: tuple[Micros, Micros] | None) -> tuple[Micros, Micros]:
    """``last:7d`` ends now; ``prev:30d`` ends where the other time begins."""
    text, span = words.take("a time")
    name, colon, value = text.partition(":")
    if colon and name.lower() in {"last", "prev"}:
        if name.lower() == "prev" and later is None:
            words.refuse("prev: comes second", span, why="it ends where the first time begins")
        end = later[0] if later and name.lower() == "prev" else times.micros(words.reader.now)
        size = _size(words, value, span)
        try:
            return times.checked(end - size), end
        except ValueError as error:
            words.refuse(f"{text!r} is no time", span, why=str(error))
    low, dots, high = text.partition("..")
    first = words.reader.period(low, span)
    last = words.reader.period(high, span) if dots else first
    if first.start >= last.end:
        words.refuse("the range is empty", span, why="its end lies before its start")
    return first.start, last.end


def _length(words: Words, what: str) -> int:
    text, span = words.take(what)
    return _size(words, text, span)


def _size(words: Words, text: str, span: Span) -> int:
    try:
        size = times.duration(text)
    except ValueError as error:
        words.refuse(f"{text!r} is no length of time", span, why=str(error))
    if size == 0:
        words.refuse(f"{text!r} is no time at all", span)
    return size


def _by(words: Words) -> tuple[str, ...]:
    if not words.found("by"):
        return ()
    names = [_name(words)]
    while words.found(","):
        names.append(_name(words))
        if names[-1] in names[:-1]:
            words.refuse(f"{names[-1]} stands twice", words.items[words.at - 1][1])
    if len(names) > _MOST_FIELDS:
        words.refuse(f"more than {_MOST_FIELDS} fields", words.span)
    return tuple(names)


def _name(words: Words) -> str:
    """A field's own name; behind a table, one of the columns it is told by."""
    text, span = words.take("a field")
    try:
        found = rawpath.field_of(text) or find(text)
    except ValueError as error:
        words.refuse(f"{text!r} is no path", span, why=str(error))
    if words.table is not None and (found is None or found.name not in words.table):
        has = f"it has {', '.join(words.table)}" if words.table else "it has one row"
        words.refuse(f"the table before has no column {text!r}", span, why=has)
    if found is None:
        words.refuse(f"there is no field {text!r}", span, todo=f"nearest: {_near(text)}")
    if found.kind is Kind.FLAG:
        words.refuse("is: is a question, not a value", span, todo="ask it before the first |")
    return found.name


def _columns(stage: Stage, table: tuple[str, ...] | None) -> tuple[str, ...]:
    """The columns that a stage's table is told by."""
    if isinstance(stage, Top) and table is not None:
        return table
    return (*stage.by, stage.field) if isinstance(stage, Rare) else stage.by


def _near(text: str) -> str:
    return ", ".join(nearest(text, tuple(name for name in FIELDS if name != "is")))


_READERS: Final[dict[str, Callable[[Words], Stage]]] = {
    "count": _count,
    "top": _top,
    "rare": _rare,
    "timeline": _timeline,
    "first": _first,
    "gaps": _gaps,
    "diff": _diff,
}
