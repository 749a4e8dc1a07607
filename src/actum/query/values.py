"""What is written after a field, read by the field's kind.

Each kind refuses what it could never match: a word where a number belongs, a flag nobody knows,
``status:failed`` where the columns say ``failure``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NoReturn

from actum.errors import QueryError
from actum.query import networks, patterns, rawpath, times
from actum.query.ast import Compare, Network, Node, Op, Range, Raw, Regex, Span
from actum.query.fields import FLAGS, Field, Kind, nearest

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

__all__ = ["Reader"]

_ORDERED: Final = {Op.GREATER, Op.AT_LEAST, Op.LESS, Op.AT_MOST}
_BOOLEANS: Final = {"true": True, "yes": True, "false": False, "no": False}
_PRIVILEGED: Final = ("privileged", "first-seen", "starred", "alerted")
_MOST: Final = 2**64 - 1
_TEXTS: Final = {Kind.TEXT, Kind.ID, Kind.ADDRESS, Kind.CODE, Kind.RAW}
_DECIMAL: Final = re.compile(r"-?[0-9]{1,28}(?:\.[0-9]{1,9})?", re.ASCII)
"""A number the engine compares exactly."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the values of one query's text, at its moment and in its reader's zone."""

    text: str
    now: datetime
    zone: tzinfo

    def compare(self, field: Field, op: Op, value: str, span: Span) -> Node:
        """``field op value`` as a node.  QueryError if it could never hold."""
        if op is Op.REGEX:
            return self._regex(field, value, span)
        if value and not value.strip("*") and op is Op.MATCH and field.kind is not Kind.FLAG:
            return self.exists(field, span)
        readers = {
            Kind.TIME: self._time,
            Kind.NUMBER: self._number,
            Kind.BOOLEAN: self._boolean,
            Kind.FLAG: self._flag,
            Kind.RAW: self._raw,
        }
        return readers.get(field.kind, self._text)(field, op, value, span)

    def exists(self, field: Field, span: Span) -> Node:
        """``has:field`` as a node."""
        if field.kind is Kind.RAW:
            return Raw(rawpath.path_of(field.name), Op.EXISTS, None, span)
        return Compare(field.name, Op.EXISTS, None, span)

    def period(self, value: str, span: Span) -> times.Period:
        """Read a time, in any of its spellings."""
        try:
            return times.read(value, now=self.now, zone=self.zone)
        except (ValueError, OverflowError) as error:
            self.refuse(f"{value!r} is not a time", span, why=str(error))

    def refuse(self, what: str, span: Span, *, why: str = "", todo: str = "") -> NoReturn:
        """Raise the QueryError that points at ``span``."""
        raise QueryError(what, text=self.text, start=span[0], end=span[1], why=why, todo=todo)

    def _time(self, field: Field, op: Op, value: str, span: Span) -> Node:
        """Compare with the stretch a time names: ``:>`` a day is from its end on."""
        low, dots, high = value.partition("..")
        first = self.period(low, span)
        if op in _ORDERED:
            if dots:
                self.refuse(f"{value!r} is a range", span, todo=f"write {field.name}:{value}")
            edge = first.start if op in {Op.AT_LEAST, Op.LESS} else first.end
            after = op in {Op.GREATER, Op.AT_LEAST}
            return Compare(field.name, Op.AT_LEAST if after else Op.LESS, edge, span)
        end = self.period(high, span).end if dots else first.end
        return self._range(field, Range(first.start, end - 1), span)

    def _number(self, field: Field, op: Op, value: str, span: Span) -> Node:
        low, dots, high = value.partition("..")
        first = self._whole_number(field, low, span)
        if not dots:
            return Compare(field.name, Op.MATCH if op is Op.EXACT else op, first, span)
        if op in _ORDERED:
            self.refuse(f"{value!r} is a range", span, todo=f"write {field.name}:{value}")
        return self._range(field, Range(first, self._whole_number(field, high, span)), span)

    def _whole_number(self, field: Field, value: str, span: Span) -> int:
        if value.lower() in field.values:
            return field.values.index(value.lower())
        if re.fullmatch(r"[0-9]{1,20}", value) is None or int(value) > _MOST:
            why = f"{field.name} is a whole number from 0 to 2^64 - 1"
            if field.values:
                why = f"{field.name} is one of {', '.join(field.values)}, or its number"
            self.refuse(f"{value!r} is not a number", span, why=why)
        return int(value)

    def _range(self, field: Field, value: Range, span: Span) -> Node:
        if value.low > value.high:
            self.refuse("the range is empty", span, why="its end lies before its start")
        return Compare(field.name, Op.RANGE, value, span)

    def _boolean(self, field: Field, op: Op, value: str, span: Span) -> Node:
        self._unordered(field, op, span)
        if value.lower() not in _BOOLEANS:
            self.refuse(f"{value!r} is neither true nor false", span, todo="write true or false")
        return Compare(field.name, Op.MATCH, _BOOLEANS[value.lower()], span)

    def _flag(self, field: Field, op: Op, value: str, span: Span) -> Node:
        self._unordered(field, op, span)
        name = value.lower()
        if name in _PRIVILEGED:
            self.refuse(f"not yet: is:{name}", span, todo="use fields, such as action: and op:")
        if name not in FLAGS:
            close = ", ".join(nearest(name, tuple(FLAGS)))
            self.refuse(f"there is no is:{value}", span, todo=f"nearest: {close}")
        return Compare(field.name, Op.MATCH, name, span)

    def _text(self, field: Field, op: Op, value: str, span: Span) -> Node:
        self._unordered(field, op, span)
        if field.kind is Kind.ADDRESS and op is Op.MATCH and networks.is_meant(value):
            return self._network(field, value, span)
        if field.prefix and op is Op.MATCH and (value.startswith(":") or value.endswith(":")):
            self.refuse(f"{value!r} names half of {field.prefix}:{field.name}", span, todo="add *")
        if field.kind is Kind.CODE:
            value = value.lower()
            self._listed(field, value, span)
        return Compare(field.name, op, value, span)

    def _network(self, field: Field, value: str, span: Span) -> Node:
        try:
            return Network(field.name, networks.canonical(value), span)
        except ValueError as error:
            todo = f'write {field.name}:10.0.0.0/8, or {field.name}:="{value}" for the text'
            self.refuse(f"{value!r} is no network", span, why=str(error), todo=todo)

    def _regex(self, field: Field, pattern: str, span: Span) -> Node:
        if field.kind not in _TEXTS or not (field.reads or field.kind is Kind.RAW):
            self.refuse(f"{field.name} is no text", span, todo="use a value, a range or :>")
        if fault := patterns.fault(pattern):
            todo = "write it as RE2 has it: no look-around, no back-references"
            self.refuse(f"{pattern!r} is no pattern", span, why=fault, todo=todo)
        if field.kind is Kind.RAW:
            return Raw(rawpath.path_of(field.name), Op.REGEX, pattern, span)
        return Regex(field.name, pattern, span)

    def _raw(self, field: Field, op: Op, value: str, span: Span) -> Node:
        path = rawpath.path_of(field.name)
        low, dots, high = value.partition("..")
        is_range = bool(dots) and all(map(_DECIMAL.fullmatch, (low, high)))
        if op in _ORDERED and _DECIMAL.fullmatch(value) is None:
            why = "with :> and :< the raw record's numbers are compared"
            self.refuse(f"{value!r} is not a number", span, why=why)
        if op is not Op.MATCH or not is_range:
            return Raw(path, op, value, span)
        if Decimal(low) > Decimal(high):
            self.refuse("the range is empty", span, why="its end lies before its start")
        return Raw(path, Op.RANGE, (low, high), span)

    def _listed(self, field: Field, value: str, span: Span) -> None:
        glob = "*" in value or "?" in value
        if field.values and not glob and value not in field.values:
            close = ", ".join(nearest(value, field.values))
            self.refuse(f"{field.name} is never {value!r}", span, todo=f"nearest: {close}")

    def _unordered(self, field: Field, op: Op, span: Span) -> None:
        if op in _ORDERED:
            self.refuse(
                f"{field.name} has no order",
                span,
                why=f"{op.value} compares times and numbers",
                todo=f"use {field.name}: with * and ?",
            )
