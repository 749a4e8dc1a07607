"""A query as a tree, and its one canonical spelling.

``parse`` makes these trees and ``format`` writes them: ``parse(format(tree)) == tree``, spans
aside.  Times are already instants here, so a tree means the same whenever it is read.
"""

from __future__ import annotations

import dataclasses
import enum
import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from actum.query import times
from actum.query.fields import FIELDS, Kind
from actum.record import Micros

__all__ = [
    "And",
    "Compare",
    "Node",
    "Not",
    "Op",
    "Or",
    "Range",
    "Span",
    "Text",
    "Value",
    "folds",
    "format",
]

Span: TypeAlias = tuple[int, int]
"""Where in the query's text a node was read: from, and up to but without."""


class Op(enum.Enum):
    """How a field is compared, by its spelling."""

    MATCH = ":"
    EXACT = ":="
    GREATER = ":>"
    AT_LEAST = ":>="
    LESS = ":<"
    AT_MOST = ":<="
    RANGE = ".."
    EXISTS = ":*"


@dataclass(frozen=True, slots=True)
class Range:
    """Both ends belong to it."""

    low: int
    high: int


Value: TypeAlias = str | int | Range | None
"""Text and globs; numbers, instants and booleans; both ends; nothing for EXISTS."""


@dataclass(frozen=True, slots=True)
class Text:
    """The raw record contains this phrase, in any case."""

    phrase: str
    span: Span = dataclasses.field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """``field`` is the canonical name of an entry of ``FIELDS``.

    On times only AT_LEAST, LESS, RANGE and EXISTS occur: what a date names has two ends, and the
    parser picks the right one.
    """

    field: str
    op: Op
    value: Value
    span: Span = dataclasses.field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """Everything the node is not known to hold for: rows where the field is NULL are in."""

    node: Node
    span: Span = dataclasses.field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class And:
    """Two or more."""

    nodes: tuple[Node, ...]
    span: Span = dataclasses.field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    """Two or more."""

    nodes: tuple[Node, ...]
    span: Span = dataclasses.field(default=(0, 0), compare=False)


Node: TypeAlias = And | Or | Not | Compare | Text

_PLAIN: Final = re.compile(r"[\w./@*?+,:-][\w./@*?+,:=-]*")


def folds(node: Node) -> bool:
    """Whether writing it beside another of its field means OR: ``actor:alice actor:bob``."""
    return (
        isinstance(node, Compare)
        and node.op in {Op.MATCH, Op.EXACT, Op.RANGE}
        and FIELDS[node.field].kind is not Kind.FLAG
    )


def format(node: Node) -> str:  # noqa: A001  the pair of parse
    """Write the canonical text of a tree."""
    match node:
        case Text():
            return _quoted(node.phrase)
        case Compare():
            return _compare(node)
        case Not():
            # "--x" is refused by the parser: it may be meant as text.
            inner = node.node
            return f"-({format(inner)})" if isinstance(inner, Not) else "-" + _within(inner)
        case Or():
            return " OR ".join(_within(part) for part in node.nodes)
        case And():
            fields = [
                part.field for part in node.nodes if isinstance(part, Compare) and folds(part)
            ]
            # Side by side, two of one field would be read as OR.
            joint = " " if len(fields) == len(set(fields)) else " AND "
            return joint.join(_within(part) for part in node.nodes)


def _within(node: Node) -> str:
    return f"({format(node)})" if isinstance(node, And | Or) else format(node)


def _compare(node: Compare) -> str:
    spelling = "" if node.op is Op.RANGE else node.op.value
    time = FIELDS[node.field].kind is Kind.TIME
    match node.value:
        case None:
            return f"{node.field}:*"
        case Range(low, high):
            return f"{node.field}:{_number(low, time=time)}..{_number(high, time=time)}"
        case bool():
            return f"{node.field}:{str(node.value).lower()}"
        case int():
            return f"{node.field}{spelling}{_number(node.value, time=time)}"
        case str():
            plain = _PLAIN.fullmatch(node.value)
            return f"{node.field}{spelling}{node.value if plain else _quoted(node.value)}"


def _number(value: int, *, time: bool) -> str:
    return times.show(Micros(value)) if time else str(value)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
