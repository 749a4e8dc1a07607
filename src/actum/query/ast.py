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

from actum.query import rawpath, times
from actum.query.fields import FIELDS, Kind
from actum.record import Micros

__all__ = [
    "And",
    "Compare",
    "Fragment",
    "Network",
    "Node",
    "Not",
    "Op",
    "Or",
    "Range",
    "Raw",
    "Regex",
    "Span",
    "Text",
    "Value",
    "alternative",
    "format",
]

Span: TypeAlias = tuple[int, int]
"""Where in the query's text a node was read: from, and up to but without."""


class Op(enum.Enum):
    """How a field is compared, by its spelling.  REGEX is an operator of ``Raw`` alone."""

    MATCH = ":"
    EXACT = ":="
    GREATER = ":>"
    AT_LEAST = ":>="
    LESS = ":<"
    AT_MOST = ":<="
    RANGE = ".."
    EXISTS = ":*"
    REGEX = ":~"


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
class Fragment:
    """The raw record contains these letters, in any case, even within a word: always a scan."""

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
class Regex:
    """RE2 finds the pattern somewhere in the field: case counts, and a dot is any character."""

    field: str
    pattern: str
    span: Span = dataclasses.field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Network:
    """The field is an address in a network, however either is spelled."""

    field: str
    network: str
    """As ``networks.canonical`` writes it."""
    span: Span = dataclasses.field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Raw:
    """What the raw record, if it is JSON, has at a path.

    The value is text as it was written; of RANGE and the orders they are numbers, low and high.
    """

    path: rawpath.Path
    op: Op
    value: str | tuple[str, str] | None
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


Node: TypeAlias = And | Or | Not | Compare | Text | Fragment | Regex | Network | Raw

_FOLDING: Final = frozenset((Op.MATCH, Op.EXACT, Op.RANGE, Op.REGEX))
_PLAIN: Final = re.compile(r"[\w./@*?+,:-][\w./@*?+,:=-]*")


def alternative(node: Node) -> str:
    """Name the field beside whose other values it means OR: ``actor:alice actor:bob``; or nothing.

    The one place that says so: the parser folds by it, and ``format`` keeps apart by it.
    """
    match node:
        case Regex() | Network():
            return node.field
        case Raw() if node.op in _FOLDING:
            return rawpath.spelled(node.path)
        case Compare() if node.op in _FOLDING and FIELDS[node.field].kind is not Kind.FLAG:
            return node.field
    return ""


def format(node: Node) -> str:  # noqa: A001  the pair of parse
    """Write the canonical text of a tree."""
    match node:
        case Not():
            # "--x" is refused by the parser: it may be meant as text.
            inner = node.node
            return f"-({format(inner)})" if isinstance(inner, Not) else "-" + _within(inner)
        case Or():
            return " OR ".join(_within(part) for part in node.nodes)
        case And():
            fields = [name for name in map(alternative, node.nodes) if name]
            # Side by side, two of one field would be read as OR.
            joint = " " if len(fields) == len(set(fields)) else " AND "
            return joint.join(_within(part) for part in node.nodes)
        case _:
            return _term(node)


def _term(node: Compare | Text | Fragment | Regex | Network | Raw) -> str:
    match node:
        case Text():
            written = _quoted(node.phrase)
        case Fragment():
            written = f"*{node.phrase}*"
        case Compare():
            written = _compare(node)
        case Regex():
            written = f"{node.field}:~{_quoted(node.pattern)}"
        case Network():
            written = f"{node.field}:{node.network}"
        case Raw():
            written = _raw(node)
    return written


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


def _raw(node: Raw) -> str:
    name = rawpath.spelled(node.path)
    match node.value:
        case None:
            return f"{name}:*"
        case (low, high):
            return f"{name}:{low}..{high}"
        case str() as value:
            plain = node.op is not Op.REGEX and _PLAIN.fullmatch(value)
            return f"{name}{node.op.value}{value if plain else _quoted(value)}"


def _number(value: int, *, time: bool) -> str:
    return times.show(Micros(value)) if time else str(value)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
