"""From a query's tree to the condition of a DuckDB WHERE.

The condition is over relations ``events``, with the columns of ``actum.ocsf.columns``, and, if it
``needs_raw``, ``records`` with ``index`` and ``raw``.  Rules:

1. Nothing the user wrote is in the SQL text: every value is a parameter.
2. Not means "not known to": a NULL is false before it is negated, so ``-field:x`` keeps the rows
   whose field is NULL.
3. An event whose time is NULL lies in no time range.
4. Copies of earlier records are left out, unless the query speaks of copies.
5. Tests of the raw record that stand side by side are one reading of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Final, TypeGuard

from actum.errors import QueryError
from actum.query import times
from actum.query.ast import And, Compare, Network, Node, Not, Op, Or, Raw, Regex
from actum.query.columntests import exists, has_networks, joined, matches, numbers, texts
from actum.query.fields import FIELDS, FLAGS, Kind
from actum.query.globs import is_glob
from actum.query.parse import Query, parse
from actum.query.rawtests import RawNode, is_raw, raw_test

__all__ = ["Compiled", "compile", "matching", "mentioned"]

_READING: Final = '"index" IN (SELECT "index" FROM records WHERE {})'
_OWN: Final = "source <> 'actum'"


@dataclass(frozen=True, slots=True)
class Compiled:
    """A condition, the values of its question marks in order, and whether it reads the raw."""

    sql: str
    parameters: list[object]
    needs_raw: bool


def compile(query: Query) -> Compiled:  # noqa: A001  the field's word for it
    """Write the condition under which an event answers ``query``.

    QueryError if the query has stages: its answer is a table, and ``pipes_compile`` writes it.
    """
    if query.stages:
        start, end = query.stages[0].span
        raise QueryError(
            "this question has stages, and only events can be given here",
            text=query.text,
            start=start,
            end=end,
            todo="take what stands behind | out, or ask `actum search`",
        )
    parts: list[str] = []
    sink = _Sink([])
    if query.since is not None:
        parts.append(f'"time" >= {sink.add(times.utc(query.since))}')
    if query.until is not None:
        parts.append(f'"time" < {sink.add(times.utc(query.until))}')
    if "copy" not in mentioned(query.where):
        parts.append("copy_of IS NULL")
    if query.where is not None:
        parts.append(_node(query.where, sink))
    return Compiled(" AND ".join(parts) or "true", sink.parameters, sink.needs_raw)


def matching(query: Query) -> Compiled:
    """Write the condition of the events that are shown: Actum's own only where they are asked for.

    The stages, if there are any, are told of these events.
    """
    compiled = compile(replace(query, stages=()))
    if mentioned(query.where) & {"source", "index"}:
        return compiled
    return replace(compiled, sql=f"({compiled.sql}) AND {_OWN}")


@dataclass(slots=True)
class _Sink:
    """Collects the parameters, in the order their question marks are written."""

    parameters: list[object]
    needs_raw: bool = False

    def add(self, value: object) -> str:
        self.parameters.append(value)
        return "?"


def _node(node: Node, sink: _Sink) -> str:
    match node:
        case Not():
            return f"NOT coalesce({_node(node.node, sink)}, false)"
        case And():
            return _all(_denied_together(node), sink)
        case Or():
            return _alternatives(node.nodes, sink)
        case _ if is_raw(node):
            return _reading(" AND ", [node], sink)
        case _:
            return _term(node, sink)


def _term(node: Node, sink: _Sink) -> str:
    match node:
        case Regex():
            return matches(node.field, node.pattern, sink.add)
        case Network():
            return has_networks(node.field, [node.network], sink.add)
        case Compare():
            return _compare(node, sink)
    raise AssertionError(node)  # the others are told apart before


def _reading(joint: str, nodes: list[RawNode], sink: _Sink) -> str:
    """Write tests of the raw record, in one reading of it."""
    sink.needs_raw = True
    return _READING.format(joined(joint, [raw_test(node, sink.add) for node in nodes]))


def _all(nodes: list[Node], sink: _Sink) -> str:
    raw = [node for node in nodes if is_raw(node)]
    conditions = [_node(node, sink) for node in nodes if not is_raw(node)]
    if raw:
        conditions.append(_reading(" AND ", raw, sink))
    return joined(" AND ", conditions)


def _denied_together(node: And) -> list[Node]:
    """List the parts, with "not a and not b" as "not (a or b)": a thousand NOTs plan slowly."""
    denied = [part.node for part in node.nodes if isinstance(part, Not) and _is_listed(part.node)]
    if len(denied) < 2:
        return list(node.nodes)
    rest = [part for part in node.nodes if not (isinstance(part, Not) and _is_listed(part.node))]
    return [*rest, Not(Or(tuple(denied)))]


def _alternatives(nodes: tuple[Node, ...], sink: _Sink) -> str:
    """Write an OR; the values of one field as one IN, so that a pasted list is one look.

    So are the networks of one field, and the tests of the raw record.
    """
    lists: dict[tuple[str, Op], list[str]] = {}
    addresses: dict[str, list[str]] = {}
    raw: list[RawNode] = []
    rest: list[Node] = []
    for node in nodes:
        if _is_listed(node):
            lists.setdefault((node.field, node.op), []).append(str(node.value))
        elif isinstance(node, Network):
            addresses.setdefault(node.field, []).append(node.network)
        elif is_raw(node):
            raw.append(node)
        else:
            rest.append(node)
    conditions = [texts(FIELDS[name], op, values, sink.add) for (name, op), values in lists.items()]
    conditions += [has_networks(name, found, sink.add) for name, found in addresses.items()]
    conditions += [_node(node, sink) for node in rest]
    conditions += [_reading(" OR ", raw, sink)] if raw else []
    return joined(" OR ", conditions)


def _is_listed(node: Node) -> TypeGuard[Compare]:
    """Whether it is a whole value of a text field, so that several of them fit in one IN."""
    if not isinstance(node, Compare) or not isinstance(node.value, str):
        return False
    field = FIELDS[node.field]
    split = bool(field.prefix) and ":" in node.value
    return field.kind is not Kind.FLAG and not split and not is_glob(node.op, node.value)


def _compare(node: Compare, sink: _Sink) -> str:
    field = FIELDS[node.field]
    if field.kind is Kind.FLAG:
        meaning = _flag(str(node.value))
        return _node(meaning, sink) if meaning else "true"
    if node.op is Op.EXISTS:
        return exists(field)
    if isinstance(node.value, str):
        return texts(field, node.op, [node.value], sink.add)
    return numbers(node, sink.add)


@cache
def _flag(name: str) -> Node | None:
    return parse(FLAGS[name].query, now=datetime.now(UTC), zone=UTC).where


def mentioned(node: Node | None) -> frozenset[str]:
    """The fields a question speaks of, even to exclude them; ``is:copy`` speaks of ``copy``.

    What is hidden by default is shown to whoever names it.
    """
    match node:
        case Compare():
            return frozenset((str(node.value) if node.field == "is" else node.field,))
        case Regex() | Network():
            return frozenset((node.field,))
        case Raw():
            return frozenset(("raw",))
        case Not():
            return mentioned(node.node)
        case And() | Or():
            return frozenset[str]().union(*map(mentioned, node.nodes))
    return frozenset()
