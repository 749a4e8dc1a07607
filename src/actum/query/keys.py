"""What events are told apart by: a field of the language as one value, or several, of each event.

1. Of a field with several columns the first that is stated counts: an actor's name before its id.
2. A list's values are each one, once per event; so they are where a field is a union (``any.ip``)
   or where only the list is stated (``target``).
3. An event that states none has the value NULL, which is a value to be told apart by like any.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from actum.ocsf.columns import column
from actum.query.compile import matching
from actum.query.fields import FIELDS, Field, Part, Read
from actum.query.rawtests import raw_value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from actum.query.parse import Query

__all__ = ["Keyed", "keyed"]


@dataclass(frozen=True, slots=True)
class Keyed:
    """The relations ``sql`` makes, of which ``name`` has an event's time, index and keys.

    ``event_time`` and ``event_index`` are its columns, and ``key_0``, ``key_1``, … in the order the
    fields were asked in.  An event has a row for each combination of its keys; if they are not
    spread, it has one, and the keys at the places in ``listed`` are lists.
    """

    name: str
    sql: list[str]
    needs_raw: bool
    listed: frozenset[int]


def keyed(
    query: Query, names: Sequence[str], parameters: list[object], *, spread: bool = True
) -> Keyed:
    """Write the relations of the events that match and of what those fields say of them.

    The values of the question marks are added to ``parameters``.  Without ``spread`` a list stays
    one value, and the relation is kept to be read several times.
    """
    add = _adder(parameters)
    raw = [name for name in names if name not in FIELDS or not FIELDS[name].reads]
    plain = {name: _of_columns(FIELDS[name]) for name in names if name not in raw}
    place = {name: f"key_{at}" for at, name in enumerate(names)}
    listed = [place[name] for name, (_, is_list) in plain.items() if is_list]
    chosen = ["", *(f"{text} AS {place[name]}" for name, (text, _) in plain.items())]
    where = matching(query)
    parameters += where.parameters
    kept = "" if spread else "MATERIALIZED "
    first = '"time" AS event_time, "index" AS event_index' + ", ".join(chosen)
    relations = [f"matched AS {kept}(SELECT {first} FROM events WHERE {where.sql})"]
    last = "matched"
    if raw:
        told = {name: raw_value(name, add) for name in raw}
        listed += [place[name] for name, (_, is_list) in told.items() if is_list]
        values = ", ".join(
            f"{f'list_distinct({text})' if is_list else text} AS {place[name]}"
            for name, (text, is_list) in told.items()
        )
        relations.append(
            f'told AS (SELECT "index" AS told_index, {values} FROM records'
            ' WHERE "index" IN (SELECT event_index FROM matched))'
        )
        relations.append(
            f"both_told AS {kept}(SELECT * FROM matched LEFT JOIN told ON told_index = event_index)"
        )
        last = "both_told"
    for name in listed if spread else ():
        items = f"CASE WHEN len({name}) > 0 THEN {name} ELSE [NULL] END"
        relations.append(f"of_{name} AS (SELECT * REPLACE (unnest({items}) AS {name}) FROM {last})")
        last = f"of_{name}"
    places = frozenset(int(name.removeprefix("key_")) for name in listed)
    return Keyed(last, relations, where.needs_raw or bool(raw), places)


def _adder(parameters: list[object]) -> Callable[[object], str]:
    def add(value: object) -> str:
        parameters.append(value)
        return "?"

    return add


def _of_columns(field: Field) -> tuple[str, bool]:
    """Write the SQL of a field's value, and whether it is a list."""
    reads = list({read.column: read for read in reversed(field.reads)}.values())[::-1]
    single = [_value(read) for read in reads if not _is_list(read)]
    lists = [f'"{read.column}"' for read in reads if _is_list(read)]
    first = f"coalesce({', '.join(single)})" if len(single) > 1 else "".join(single)
    if field.values and column(reads[0].column).kind != "VARCHAR":
        named = ", ".join(f"'{name}'" for name in field.values)
        first = f"coalesce([{named}][{first} + 1], {first}::VARCHAR)"
    if field.name.startswith("any."):
        return _distinct([f"[{', '.join(single)}]", *lists]), True
    if not lists:
        return first, False
    every = _distinct(lists)
    return (f"CASE WHEN {first} IS NULL THEN {every} ELSE [{first}] END" if single else every), True


def _distinct(lists: list[str]) -> str:
    joined = lists[0] if len(lists) == 1 else f"list_concat({', '.join(lists)})"
    return f"list_distinct({joined})"


def _value(read: Read) -> str:
    if read.part is Part.SERVICE:
        return f"regexp_replace(\"{read.column}\", '\\.amazonaws\\.com$', '')"
    return f'"{read.column}"'


def _is_list(read: Read) -> bool:
    return column(read.column).kind.endswith("[]")
