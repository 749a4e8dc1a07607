"""Tests of an event's columns: values, globs, numbers, times, patterns and networks.

What zone maps and bloom filters can use is written as they need it: a bare column, ``=`` and a
parameter.  ``add`` takes each parameter and gives its place.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from actum.ocsf.columns import column
from actum.query import networks, times
from actum.query.ast import Compare, Op, Range
from actum.query.fields import FIELDS, Field, Kind, Part, Read
from actum.query.globs import glob, is_glob
from actum.record import Micros

__all__ = ["Add", "exists", "has_networks", "joined", "matches", "numbers", "texts"]

Add: TypeAlias = Callable[[object], str]

_SERVICE_SUFFIX: Final = ".amazonaws.com"


def joined(joint: str, conditions: Sequence[str]) -> str:
    """Join conditions, within parentheses if there are several."""
    return conditions[0] if len(conditions) == 1 else f"({joint.join(conditions)})"


def exists(field: Field) -> str:
    """Whether any of the field's columns has a value."""
    return joined(" OR ", [_exists(name) for name in _columns(field)])


def numbers(node: Compare, add: Add) -> str:
    """Compare numbers, times and booleans."""
    names = _columns(FIELDS[node.field])
    return joined(" OR ", [_ordered(f'"{name}"', node, add) for name in names])


def _columns(field: Field) -> list[str]:
    return list(dict.fromkeys(read.column for read in field.reads))


def _exists(name: str) -> str:
    return f'len("{name}") > 0' if _is_list(name) else f'"{name}" IS NOT NULL'


def _ordered(expression: str, node: Compare, add: Add) -> str:
    """Numbers, times and booleans; the operators of the language are those of SQL."""

    def value(number: int) -> str:
        time = FIELDS[node.field].kind is Kind.TIME
        return add(times.utc(Micros(number)) if time else number)

    match node.value:
        case Range(low, high):
            return f"{expression} BETWEEN {value(low)} AND {value(high)}"
        case int() as number:
            comparison = "=" if node.op is Op.MATCH else node.op.value.removeprefix(":")
            return f"{expression} {comparison} {value(number)}"
    raise AssertionError(node)  # the parser makes no other


def texts(field: Field, op: Op, values: list[str], add: Add) -> str:
    """Any of the values, in any of the field's columns."""
    conditions = [_read(read, field.kind, op, values, add) for read in field.reads]
    left, colon, right = values[0].partition(":")
    if field.prefix and colon:
        narrowed = [
            texts(FIELDS[field.prefix], op, [left], add),
            joined(" OR ", [_read(read, field.kind, op, [right], add) for read in field.reads]),
        ]
        conditions.append(joined(" AND ", narrowed))
    return joined(" OR ", conditions)


def matches(name: str, pattern: str, add: Add) -> str:
    """Whether a pattern is found in any of the field's columns."""

    def test(text: str) -> str:
        return f"regexp_matches({text}, {add(pattern)}, 's')"

    return joined(" OR ", [_any(read, test) for read in FIELDS[name].reads])


def has_networks(name: str, found: list[str], add: Add) -> str:
    """Whether any of the field's columns has an address in any of the networks."""

    def test(text: str) -> str:
        return networks.condition(text, found, add)

    return joined(" OR ", [_any(read, test) for read in FIELDS[name].reads])


def _read(read: Read, kind: Kind, op: Op, values: list[str], add: Add) -> str:
    if read.part is Part.SERVICE:
        short = [value.removesuffix(_SERVICE_SUFFIX) for value in values]
        values = [value + suffix for value in short for suffix in ("", _SERVICE_SUFFIX)]
    return _any(read, lambda text: _test(text, kind, op, values, add))


def _any(read: Read, test: Callable[[str], str]) -> str:
    """Test a column; of a list, whether any of its items passes."""
    expression = f'"{read.column}"'
    if read.part is Part.TAIL:
        tail = f"split_part({expression}, '/', -1)"
        arn = f"split_part({tail}, ':', -1)"
        expression = f"CASE WHEN starts_with({expression}, 'arn:') THEN {arn} ELSE {tail} END"
    if _is_list(read.column):
        return f"len(list_filter({expression}, lambda item: {test('item')})) > 0"
    return test(expression)


def _test(expression: str, kind: Kind, op: Op, values: list[str], add: Add) -> str:
    """One expression against globs, each by itself, or against whole values, all at once."""
    if is_glob(op, values[0]):
        return joined(" OR ", [glob(expression, value, add) for value in values])
    if op is Op.MATCH and kind is Kind.TEXT:
        return _one_of(f"lower({expression})", [f"lower({add(value)})" for value in values])
    spelled = [each for value in values for each in _spellings(kind, op, value)]
    return _one_of(expression, [add(value) for value in spelled])


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


def _is_list(name: str) -> bool:
    return column(name).kind.endswith("[]")
