"""A query said back in plain English, so that a reader sees what was understood.

``actor:alice action:Delete* is:failure`` is "events by alice where action starts Delete and
failed".  Times are in UTC, and in the reader's own zone beside it.
"""

from __future__ import annotations

import re
from datetime import UTC, timedelta, tzinfo
from functools import partial
from typing import TYPE_CHECKING, Final

from actum.query import rawpath, times
from actum.query.ast import (
    And,
    Compare,
    Fragment,
    Network,
    Node,
    Not,
    Op,
    Or,
    Range,
    Raw,
    Regex,
    Text,
    Value,
)
from actum.query.fields import FIELDS, FLAGS, Field, Kind
from actum.query.pipes_echo import said
from actum.record import Micros

if TYPE_CHECKING:
    from actum.query.parse import Query

__all__ = ["read_as"]

_PLAIN: Final = re.compile(r"[\w./@:*?+=-]+")
_ORDER: Final = {
    Op.GREATER: "over ",
    Op.AT_LEAST: "at least ",
    Op.LESS: "under ",
    Op.AT_MOST: "at most ",
}


def read_as(query: Query, zone: tzinfo) -> str:
    """One line, safe to print: what is no letter, digit or sign is escaped."""
    top = query.where.nodes if isinstance(query.where, And) else (query.where,)
    led = [lead for node in top if node and (lead := _lead(node))]
    rest = [_said(node, zone) for node in top if node and not _lead(node)]
    parts = ["events" if query.where else "every event", *led]
    if rest:
        parts += ["where", " and ".join(rest)]
    bounds = []
    if query.since is not None:
        bounds.append(f"since {_instant(query.since, zone)}")
    if query.until is not None:
        bounds.append(f"until {_instant(query.until, zone)}")
    told = " ".join(parts) + (", " + " ".join(bounds) if bounds else "")
    return "; ".join((told, *(said(stage, partial(_instant, zone=zone)) for stage in query.stages)))


def _lead(node: Node) -> str:
    """Say ``by alice``, ``on prod-*``, ``from 10.*``; nothing for what needs a verb."""
    if isinstance(node, Or):
        leads = [_lead(part) for part in node.nodes]
        same = len({lead.partition(" ")[0] for lead in leads}) == 1
        if not all(leads) or not same or any(isinstance(part, Or) for part in node.nodes):
            return ""
        word = leads[0].partition(" ")[0]
        return f"{word} " + " or ".join(lead.partition(" ")[2] for lead in leads)
    if isinstance(node, Network):
        word = FIELDS[node.field].phrase
        return f"{word} {node.network}" if word else ""
    if not isinstance(node, Compare) or not isinstance(node.value, str):
        return ""
    word = FIELDS[node.field].phrase
    exact = "exactly " if node.op is Op.EXACT else ""
    return f"{word} {exact}{_shown(node.value)}" if word else ""


def _said(node: Node, zone: tzinfo) -> str:
    match node:
        case Not(Compare(field, Op.EXISTS)):
            return f"{field} is not known"
        case Not():
            return f"not ({_said(node.node, zone)})"
        case And():
            return " and ".join(_within(part, zone) for part in node.nodes)
        case Or():
            return "(" + " or ".join(_within(part, zone) for part in node.nodes) + ")"
        case Compare():
            return _compared(FIELDS[node.field], node.op, node.value, zone)
        case _:
            return _term(node)


def _term(node: Text | Fragment | Regex | Network | Raw) -> str:
    match node:
        case Text():
            told = f"the record says {_quoted(node.phrase)}"
        case Fragment():
            told = f"the record has the letters {_quoted(node.phrase)}"
        case Regex():
            told = f"{node.field} matches {_quoted(node.pattern)}"
        case Network():
            told = f"{node.field} is in {node.network}"
        case Raw():
            told = f"{_shown(rawpath.spelled(node.path))} {_of_raw(node)}"
    return told


def _of_raw(node: Raw) -> str:
    match node.value:
        case None:
            return "is known"
        case (low, high):
            return f"is from {low} to {high}"
        case str() as value if node.op is Op.REGEX:
            return f"matches {_quoted(value)}"
        case str() as value if node.op in _ORDER:
            return f"is {_ORDER[node.op]}{value}"
        case str() as value:
            return _matched(node.op, value)


def _within(node: Node, zone: tzinfo) -> str:
    said = _said(node, zone)
    return f"({said})" if isinstance(node, And) else said


def _compared(field: Field, op: Op, value: Value, zone: tzinfo) -> str:
    match value:
        case _ if field.kind is Kind.FLAG:
            said = FLAGS[str(value)].phrase
        case None:
            said = f"{field.name} is known"
        case str():
            said = f"{field.name} {_matched(op, value)}"
        case bool():
            said = f"{field.name} is {str(value).lower()}"
        case _ if field.kind is Kind.TIME:
            said = f"{field.name} is {_timed(op, value, zone)}"
        case Range(low, high):
            said = f"{field.name} is from {_counted(field, low)} to {_counted(field, high)}"
        case int():
            said = f"{field.name} is {_ORDER.get(op, '')}{_counted(field, value)}"
    return said


def _counted(field: Field, value: int) -> str:
    """Say a number, by its name if it has one."""
    return field.values[value] if value < len(field.values) else str(value)


def _timed(op: Op, value: int | Range, zone: tzinfo) -> str:
    if isinstance(value, Range):
        end = _instant(Micros(value.high + 1), zone)
        return f"from {_instant(Micros(value.low), zone)} until {end}"
    return f"{'since' if op is Op.AT_LEAST else 'before'} {_instant(Micros(value), zone)}"


def _matched(op: Op, value: str) -> str:
    if op is Op.EXACT:
        return f"is exactly {_shown(value)}"
    inner = value.strip("*")
    if "?" in value or "*" in inner or not inner:
        return f"is like {_shown(value)}" if "?" in value or "*" in value else f"is {_shown(value)}"
    starts, ends = value.endswith("*"), value.startswith("*")
    verb = "contains" if starts and ends else "starts" if starts else "ends" if ends else "is"
    return f"{verb} {_shown(inner)}"


def _instant(instant: Micros, zone: tzinfo) -> str:
    """In UTC; and in ``zone`` if its clocks say otherwise then."""
    moment = times.utc(instant)
    said = _clock(moment.isoformat(sep=" ")) + "Z"
    try:
        local = moment.replace(tzinfo=UTC).astimezone(zone)
    except OverflowError:  # within a day of year 1 or 9999
        return said
    if local.utcoffset() == timedelta(0):
        return said
    plain, offset = local.replace(tzinfo=None).isoformat(sep=" "), local.isoformat()[-6:]
    return f"{said} ({_clock(plain)} {offset})"


def _clock(text: str) -> str:
    return text.removesuffix(":00") if text.count(":") == 2 and "." not in text else text


def _shown(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else _quoted(value)


def _quoted(text: str) -> str:
    """In quotes, with what a terminal could act on escaped."""
    safe = (
        f"\\{c}" if c in '"\\' else c if c.isprintable() else c.encode("unicode_escape").decode()
        for c in text
    )
    return '"' + "".join(safe) + '"'
