"""The parser's tree: which kinds of nodes may be in it, and what can be told of one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from sqlglot import exp

from actum.sql.functions import CLASSES, words

__all__ = ["NODES", "first_line", "in_sight", "number", "place", "spoken"]

_QUERIES: Final = words(
    "Select Union Except Intersect Subquery Values Tuple With CTE From Join Lateral Table "
    "TableAlias Where Group GroupingSets Rollup Cube Having Qualify Order Ordered Limit Offset "
    "Distinct Window WindowSpec Filter IgnoreNulls RespectNulls"
)
_VALUES: Final = words(
    "Alias Boolean Bracket Case Column ColumnDef Comprehension DataType DataTypeParam Dot "
    "Identifier Interval JSONKeyValue Kwarg Lambda Literal Null Paren Placeholder PropertyEQ Slice "
    "Star Var"
)
_OPERATORS: Final = words(
    "Add All And Any AtTimeZone Between BitwiseAnd BitwiseLeftShift BitwiseNot BitwiseOr "
    "BitwiseRightShift BitwiseXor DPipe Div EQ Escape GT GTE Glob ILike In IntDiv Is LT LTE Like "
    "Mod Mul NEQ Neg Not NullSafeEQ NullSafeNEQ Or SimilarTo Sub Xor"
)
NODES: Final = CLASSES | {*_QUERIES, *_VALUES, *_OPERATORS, "Anonymous"}
"""Kinds of nodes, by the parser's names for them.  COPY, INTO, PRAGMA, … are not among them.

``Anonymous`` is any function the parser has no class for: it is known by its name.
"""


def in_sight(table: exp.Expr) -> set[str]:
    """The names of the WITHs that can be seen from there: the engine's own rule.

    Of the WITH it stands in, those before it, and itself if that is recursive; of every WITH
    further out the same.
    """
    found: set[str] = set()
    inner: exp.Expr = table
    outer = table.parent
    while outer is not None:
        if isinstance(outer, exp.With):
            for each in outer.expressions:
                if each is inner:
                    if outer.args.get("recursive"):
                        found.add(each.alias.lower())
                    break
                found.add(each.alias.lower())
        else:
            beside = outer.args.get("with_") or outer.args.get("with")
            if isinstance(beside, exp.With) and beside is not inner:
                found |= {each.alias.lower() for each in beside.expressions}
        inner, outer = outer, outer.parent
    return found


def number(node: object) -> float | None:
    """The value of a literal number, with a sign or without."""
    if isinstance(node, exp.Neg):
        inner = number(node.this)
        return None if inner is None else -inner
    if isinstance(node, exp.Paren):
        return number(node.this)
    if isinstance(node, exp.Literal) and not node.is_string:
        return float(str(node.this))
    return None


def place(node: exp.Expr) -> tuple[int, int]:
    """Where a node stands in the text, as far as the parser kept that; (0, 0) if it did not."""
    places = [
        (each.meta["start"], each.meta["end"] + 1)
        for each in _own_first(node)
        if isinstance(each.meta.get("start"), int)
    ]
    return places[0] if places else (0, 0)


def _own_first(node: exp.Expr) -> Iterator[exp.Expr]:
    yield node
    yield from node.find_all(exp.Identifier, exp.Column, exp.Func)


def spoken(node: exp.Expr) -> str:
    """Name a kind of node as a person would: COPY, CREATE, INTO."""
    if isinstance(node, exp.Command):
        return str(node.this).upper()
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(node).__name__).upper()


def first_line(error: BaseException) -> str:
    """Say what an error says, in one line and without colours."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return re.sub(r"\x1b\[[0-9;]*m", "", str(error)).partition("\n")[0].strip()
