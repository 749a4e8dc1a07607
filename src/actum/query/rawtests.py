"""Tests of one raw record: free text, its size, and what lies at a path if it is JSON.

They are written over a row of ``records``; the compiler asks for several of them in one reading.
Bytes that are not UTF-8 are searched as DuckDB prints a BLOB, so that plain letters are still found
in them; they are no JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeGuard

from actum.query import rawpath
from actum.query.ast import Compare, Fragment, Node, Op, Range, Raw, Text
from actum.query.globs import glob, is_glob

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["RawNode", "is_raw", "raw_test", "raw_value"]

RawNode = Text | Fragment | Raw | Compare
"""Of the comparisons, those of ``size``."""

_CONTAINS: Final = "contains(lower(coalesce(try(decode(raw)), raw::VARCHAR)), lower({}))"
_JSON: Final = "try(decode(raw))"
_NUMBER: Final = r"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$"
_SIZE: Final = "octet_length(raw)"


def is_raw(node: Node) -> TypeGuard[RawNode]:
    """Whether the node is a test of the raw record."""
    return isinstance(node, Text | Fragment | Raw) or (
        isinstance(node, Compare) and node.field == "size"
    )


def raw_value(name: str, add: Callable[[object], str]) -> tuple[str, bool]:
    """Write the SQL of what a record has: ``size``, or ``raw.<path>``, and whether it is a list."""
    if name == "size":
        return _SIZE, False
    text, parameter, listed = rawpath.expression(rawpath.path_of(name), _JSON, "?")
    add(parameter)
    return text, listed


def raw_test(node: RawNode, add: Callable[[object], str]) -> str:
    """Write the SQL of one test; ``add`` takes each parameter and gives its place."""
    match node:
        case Text() | Fragment():
            return _CONTAINS.format(add(node.phrase))
        case Compare():
            return _size(node, add)
        case Raw():
            return _path(node, add)


def _size(node: Compare, add: Callable[[object], str]) -> str:
    match node.value:
        case Range(low, high):
            return f"{_SIZE} BETWEEN {add(low)} AND {add(high)}"
        case None:
            return "true"
    comparison = "=" if node.op is Op.MATCH else node.op.value.removeprefix(":")
    return f"{_SIZE} {comparison} {add(node.value)}"


def _path(node: Raw, add: Callable[[object], str]) -> str:
    found, listed = raw_value(rawpath.spelled(node.path), add)
    if listed:
        return f"len(list_filter({found}, lambda item: {_item('item', node, add)})) > 0"
    return _item(found, node, add)


def _item(text: str, node: Raw, add: Callable[[object], str]) -> str:
    match node.value:
        case None:
            return f"{text} IS NOT NULL"
        case (low, high):
            return f"{_number(text)} BETWEEN {_decimal(add(low))} AND {_decimal(add(high))}"
        case str() as value:
            return _text(text, node.op, value, add)


def _text(text: str, op: Op, value: str, add: Callable[[object], str]) -> str:
    if is_glob(op, value):
        return glob(text, value, add)
    match op:
        case Op.MATCH:
            test = f"lower({text}) = lower({add(value)})"
        case Op.EXACT:
            test = f"{text} = {add(value)}"
        case Op.REGEX:
            test = f"regexp_matches({text}, {add(value)}, 's')"
        case _:
            comparison = op.value.removeprefix(":")
            test = f"{_number(text)} {comparison} {_decimal(add(value))}"
    return test


def _number(text: str) -> str:
    """What a cast alone would also take for a number (blanks, underscores) is none."""
    return f"try_cast(regexp_extract({text}, '{_NUMBER}') AS DECIMAL(38, 9))"


def _decimal(place: str) -> str:
    return f"{place}::DECIMAL(38, 9)"
