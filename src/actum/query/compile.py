"""From a query's tree to the condition of a DuckDB WHERE.

The condition is over relations ``events``, with the columns of ``actum.ocsf.columns``, and, if it
``needs_raw``, ``records`` with ``index`` and ``raw``.  Rules:

1. Nothing the user wrote is in the SQL text: every value is a parameter.
2. Not means "not known to": a NULL is false before it is negated, so ``-field:x`` keeps the rows
   whose field is NULL.
3. What zone maps and bloom filters can use is written as they need it: a bare column, ``=`` and a
   parameter.
4. An event whose time is NULL lies in no time range.
5. Copies of earlier records are left out, unless the query speaks of copies.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Final, TypeGuard

from actum.ocsf.columns import column
from actum.query import times
from actum.query.ast import And, Compare, Node, Not, Op, Or, Range, Text
from actum.query.fields import FIELDS, FLAGS, Field, Kind, Part, Read
from actum.query.parse import Query, parse
from actum.record import Micros

__all__ = ["Compiled", "compile", "mentioned"]

_SERVICE_SUFFIX: Final = ".amazonaws.com"
_PHRASE: Final = (
    '"index" IN (SELECT "index" FROM records'
    " WHERE contains(lower(coalesce(try(decode(raw)), raw::VARCHAR)), lower(?)))"
)
"""A scan of every record.  Bytes that are not UTF-8 are searched as DuckDB prints a BLOB, so that
plain letters are still found in them."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A condition, the values of its question marks in order, and whether it reads the raw."""

    sql: str
    parameters: list[object]
    needs_raw: bool


def compile(query: Query) -> Compiled:  # noqa: A001  the field's word for it
    """Write the condition under which an event answers ``query``."""
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
        case Text():
            sink.needs_raw = True
            sink.add(node.phrase)
            return _PHRASE
        case Not():
            return f"NOT coalesce({_node(node.node, sink)}, false)"
        case And():
            return _joined(" AND ", [_node(part, sink) for part in _denied_together(node)])
        case Or():
            return _alternatives(node.nodes, sink)
        case Compare():
            return _compare(node, sink)


def _denied_together(node: And) -> list[Node]:
    """List the parts, with "not a and not b" as "not (a or b)": a thousand NOTs plan slowly."""
    denied = [part.node for part in node.nodes if isinstance(part, Not) and _is_listed(part.node)]
    if len(denied) < 2:
        return list(node.nodes)
    rest = [part for part in node.nodes if not (isinstance(part, Not) and _is_listed(part.node))]
    return [*rest, Not(Or(tuple(denied)))]


def _alternatives(nodes: tuple[Node, ...], sink: _Sink) -> str:
    """Write an OR; the values of one field as one IN, so that a pasted list is one look."""
    lists: dict[tuple[str, Op], list[str]] = {}
    for node in nodes:
        if _is_listed(node):
            lists.setdefault((node.field, node.op), []).append(str(node.value))
    conditions = [_text(FIELDS[name], op, values, sink) for (name, op), values in lists.items()]
    conditions += [_node(node, sink) for node in nodes if not _is_listed(node)]
    return _joined(" OR ", conditions)


def _is_listed(node: Node) -> TypeGuard[Compare]:
    """Whether it is a whole value of a text field, so that several of them fit in one IN."""
    if not isinstance(node, Compare) or not isinstance(node.value, str):
        return False
    field = FIELDS[node.field]
    split = bool(field.prefix) and ":" in node.value
    return field.kind is not Kind.FLAG and not split and not _is_glob(node.op, node.value)


def _joined(joint: str, conditions: list[str]) -> str:
    return conditions[0] if len(conditions) == 1 else f"({joint.join(conditions)})"


def _compare(node: Compare, sink: _Sink) -> str:
    field = FIELDS[node.field]
    if field.kind is Kind.FLAG:
        meaning = _flag(str(node.value))
        return _node(meaning, sink) if meaning else "true"
    if node.op is Op.EXISTS:
        return _joined(" OR ", [_exists(name) for name in _columns(field)])
    if isinstance(node.value, str):
        return _text(field, node.op, [node.value], sink)
    return _joined(" OR ", [_ordered(f'"{name}"', node, sink) for name in _columns(field)])


def _columns(field: Field) -> list[str]:
    return list(dict.fromkeys(read.column for read in field.reads))


def _exists(name: str) -> str:
    return f'len("{name}") > 0' if _is_list(name) else f'"{name}" IS NOT NULL'


def _ordered(expression: str, node: Compare, sink: _Sink) -> str:
    """Numbers, times and booleans; the operators of the language are those of SQL."""

    def value(number: int) -> str:
        time = FIELDS[node.field].kind is Kind.TIME
        return sink.add(times.utc(Micros(number)) if time else number)

    match node.value:
        case Range(low, high):
            return f"{expression} BETWEEN {value(low)} AND {value(high)}"
        case int() as number:
            comparison = "=" if node.op is Op.MATCH else node.op.value.removeprefix(":")
            return f"{expression} {comparison} {value(number)}"
    raise AssertionError(node)  # the parser makes no other


def _text(field: Field, op: Op, values: list[str], sink: _Sink) -> str:
    """Any of the values, in any of the field's columns."""
    conditions = [_read(read, field.kind, op, values, sink) for read in field.reads]
    left, colon, right = values[0].partition(":")
    if field.prefix and colon:
        narrowed = [
            _text(FIELDS[field.prefix], op, [left], sink),
            _joined(" OR ", [_read(read, field.kind, op, [right], sink) for read in field.reads]),
        ]
        conditions.append(_joined(" AND ", narrowed))
    return _joined(" OR ", conditions)


def _read(read: Read, kind: Kind, op: Op, values: list[str], sink: _Sink) -> str:
    expression = f'"{read.column}"'
    if read.part is Part.SERVICE:
        short = [value.removesuffix(_SERVICE_SUFFIX) for value in values]
        values = [value + suffix for value in short for suffix in ("", _SERVICE_SUFFIX)]
    if read.part is Part.TAIL:
        tail = f"split_part({expression}, '/', -1)"
        arn = f"split_part({tail}, ':', -1)"
        expression = f"CASE WHEN starts_with({expression}, 'arn:') THEN {arn} ELSE {tail} END"
    if _is_list(read.column):
        test = _test("item", kind, op, values, sink)
        return f"len(list_filter({expression}, lambda item: {test})) > 0"
    return _test(expression, kind, op, values, sink)


def _test(expression: str, kind: Kind, op: Op, values: list[str], sink: _Sink) -> str:
    """One expression against globs, each by itself, or against whole values, all at once."""
    if _is_glob(op, values[0]):
        return _joined(" OR ", [_glob(expression, value, sink) for value in values])
    if op is Op.MATCH and kind is Kind.TEXT:
        return _one_of(f"lower({expression})", [f"lower({sink.add(value)})" for value in values])
    spelled = [each for value in values for each in _spellings(kind, op, value)]
    return _one_of(expression, [sink.add(value) for value in spelled])


def _one_of(expression: str, places: list[str]) -> str:
    return (
        f"{expression} = {places[0]}"
        if len(places) == 1
        else f"{expression} IN ({', '.join(places)})"
    )


def _spellings(kind: Kind, op: Op, value: str) -> list[str]:
    """List the value as typed, and an address also in its one short spelling."""
    if kind is not Kind.ADDRESS or op is Op.EXACT:
        return [value]
    try:
        return list(dict.fromkeys((value, str(ipaddress.ip_address(value)))))
    except ValueError:
        return [value]


def _is_glob(op: Op, value: str) -> bool:
    return op is Op.MATCH and ("*" in value or "?" in value)


def _glob(expression: str, glob: str, sink: _Sink) -> str:
    """Write a glob without LIKE, whose time grows with a power of the text's length.

    DuckDB 1.5 needs seconds for ``%a%a%a%b%`` on one text of a few hundred letters; its regular
    expressions take time in proportion, and so do the plain functions most globs come down to.
    """
    inner = glob.strip("*")
    if inner and "*" not in inner and "?" not in inner:
        ends = glob.startswith("*"), glob.endswith("*")
        test = {(False, True): "starts_with", (True, False): "ends_with"}.get(ends, "contains")
        return f"{test}(lower({expression}), lower({sink.add(inner)}))"
    parts = {"*": ".*", "?": "."}
    pattern = "".join(parts.get(letter) or re.escape(letter) for letter in glob)
    return f"regexp_full_match(lower({expression}), lower({sink.add(pattern)}), 's')"


def _is_list(name: str) -> bool:
    return column(name).kind.endswith("[]")


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
        case Not():
            return mentioned(node.node)
        case And() | Or():
            return frozenset[str]().union(*map(mentioned, node.nodes))
    return frozenset()
