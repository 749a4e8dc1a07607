"""What is told of the events that match: the stages behind a query's bars.

    … | count by actor, action | top 20
    … | rare action by actor
    … | timeline 1h by status
    … | first by ip
    … | gaps 15m by source
    … | diff last:7d vs prev:30d by actor

The first stage makes a table of the events; ``count`` and ``top`` may follow and make one of the
table.  Times are instants here, as in the tree: a stage means the same whenever it is read.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from actum.query import ast, times
from actum.query.times import SECOND
from actum.record import Micros

if TYPE_CHECKING:
    from actum.query.parse import Query

__all__ = [
    "MAX_STAGES",
    "Count",
    "Diff",
    "First",
    "Gaps",
    "Rare",
    "Stage",
    "Timeline",
    "Top",
    "canonical",
    "length",
    "written",
]

MAX_STAGES: Final = 6
"""Beyond that, SQL says it better."""

_SIZES: Final = (("w", 604_800), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1))


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are of each combination of values."""

    by: tuple[str, ...] = ()
    span: tuple[int, int] = dataclasses.field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Top:
    """The first rows of a table; of events, the values that are most frequent."""

    number: int
    by: tuple[str, ...] = ()
    span: tuple[int, int] = dataclasses.field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Rare:
    """A field's values, the smallest share of all first; with ``by``, of all of each."""

    field: str
    by: tuple[str, ...] = ()
    span: tuple[int, int] = dataclasses.field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Timeline:
    """How many there are in each interval of ``width`` microseconds, in UTC, weeks from Monday."""

    width: int
    by: tuple[str, ...] = ()
    span: tuple[int, int] = dataclasses.field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class First:
    """When each was first and last seen, how often, and the record it was first seen in."""

    by: tuple[str, ...] = ()
    span: tuple[int, int] = dataclasses.field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Gaps:
    """Times longer than ``length`` microseconds without an event.

    They begin at ``since`` and end at ``until``, the edges of what was asked, where there are any.
    """

    length: int
    by: tuple[str, ...] = ()
    since: Micros | None = None
    until: Micros | None = None
    span: tuple[int, int] = dataclasses.field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Diff:
    """How many there are in one time and in another; ends do not belong to them."""

    now: tuple[Micros, Micros]
    before: tuple[Micros, Micros]
    by: tuple[str, ...] = ()
    span: tuple[int, int] = dataclasses.field(default=(0, 0), compare=False)


Stage: TypeAlias = Count | Top | Rare | Timeline | First | Gaps | Diff


def canonical(query: Query) -> str:
    """Write a whole query, which reads the same at any time and in any zone."""
    where = "" if query.where is None else ast.format(query.where)
    bounds = [
        f"{name}:{times.show(edge)}"
        for name, edge in (("since", query.since), ("until", query.until))
        if edge is not None
    ]
    if bounds and isinstance(query.where, ast.Or):
        where = f"({where})"
    parts = [" ".join(part for part in (where, *bounds) if part), *map(written, query.stages)]
    return " | ".join(parts).strip()


def written(stage: Stage) -> str:
    """Write a stage as it is read, without its bar."""
    by = f" by {', '.join(stage.by)}" if stage.by else ""
    match stage:
        case Count():
            said = "count"
        case Top():
            said = f"top {stage.number}"
        case Rare():
            said = f"rare {stage.field}"
        case Timeline():
            said = f"timeline {length(stage.width)}"
        case First():
            said = "first"
        case Gaps():
            edges = [("since", stage.since), ("until", stage.until)]
            said = " ".join((
                f"gaps {length(stage.length)}",
                *(f"{name}:{times.show(edge)}" for name, edge in edges if edge is not None),
            ))  # fmt: skip
        case Diff():
            said = f"diff {_range(stage.now)} vs {_range(stage.before)}"
    return said + by


def length(micros: int) -> str:
    """Write a length of time in its largest whole unit."""
    unit, seconds = next(
        (unit, seconds) for unit, seconds in _SIZES if micros % (seconds * SECOND) == 0
    )
    return f"{micros // (seconds * SECOND)}{unit}"


def _range(ends: tuple[Micros, Micros]) -> str:
    return f"{times.show(ends[0])}..{times.show(Micros(ends[1] - 1))}"
