"""Records to events: one statement a source, a whole batch at a time.

Rules:

1. Every record gives at least one event.  One that cannot be read gives a Base Event with the
   reason, and nothing but what is known without reading it.  That holds for each part of a wrapped
   record by itself: a control message among records leaves the records readable.
2. A record in which a key stands twice is unread: two readers could understand it differently.
3. A batch is first read as if every record were good.  If the engine refuses one of them, the batch
   is read again with each record on its own guard, which takes a third longer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from actum.ocsf.columns import COLUMNS
from actum.record import Spelling
from actum.sources import envelopes
from actum.sources.seam import Unread

if TYPE_CHECKING:
    import duckdb

    from actum.sources.seam import Lookup, Mapped, Source

__all__ = ["WRAPPED", "derive", "inside"]

WRAPPED = "wrapped"
"""The form of a record inside another service's wrapping; with ``:<form>`` behind it, of lines in a
wrapping whose own form somebody told."""

NOT_TEXT = "not UTF-8 text"
NOT_JSON = "not valid JSON"
TWICE = "a key is given twice: "
EMPTY = "nothing is inside its wrapping"
FOREIGN = "inside the wrapping, but not of this source"
MANY = "more records inside one wrapping than can be told apart"
MOST_PARTS = 65_535
AT_ONCE = 16_384
"""Records whose JSON is made together: what bounds memory."""

_OWN = frozenset(
    ("index", "part", "source", "mapping", "unmapped", "reason", "copy_of", "received_time",
     "type_uid")
)  # fmt: skip


def derive(
    connection: duckdb.DuckDBPyConnection,
    records: str,
    events: str,
    sources: Mapping[str, Source],
) -> None:
    """Create the temporary table ``events`` from the table ``records`` (see `Reading.derive`).

    A record of a source that is not in ``sources`` is an unread event that says so.
    """
    import duckdb  # noqa: PLC0415 - start-up time

    columns = ", ".join(f'"{each.name}" {each.kind}' for each in COLUMNS)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {events} ({columns})")
    spelled = [
        Spelling.parse(row[0])
        for row in connection.execute(f"SELECT DISTINCT source FROM {records}").fetchall()
    ]
    for name in sorted({each.source for each in spelled}):
        spellings = [each for each in spelled if each.source == name]
        if name not in sources:
            _unknown(connection, records, events, name)
            continue
        rows = _rows(connection, records, sources[name], spellings)
        try:
            _read(connection, rows, events, sources[name], guarded=False)
        except (duckdb.InvalidInputException, duckdb.ConversionException):
            _read(connection, rows, events, sources[name], guarded=True)
        connection.execute("DROP TABLE IF EXISTS unwrapped")


def _rows(
    connection: duckdb.DuckDBPyConnection,
    records: str,
    source: Source,
    spellings: Sequence[Spelling],
) -> str:
    """A SELECT of (index, part, received_time, copy_of, text) for the records of one source."""
    copied = any(each.copy_of is not None for each in spellings)
    copy_of = (
        "try_cast(split_part(split_part(source, '?', 1), '@', 2) AS UBIGINT)"
        if copied
        else "NULL::UBIGINT"
    )
    told = any(each.reason for each in spellings)
    reason = "nullif(substr(source, strpos(source, '?') + 1), source)" if told else "NULL::VARCHAR"
    common = f'"index", received AS received_time, {copy_of} AS copy_of'
    parts = []
    if any(not each.form for each in spellings):
        parts.append(
            f"SELECT {common}, 0::USMALLINT AS part, '' AS form, try(decode(raw)) AS text,"
            f" {reason} AS told_reason FROM {records} WHERE {_is_plain(source.NAME)}"
        )
    if any(each.form for each in spellings):
        _unwrap(connection, records, source)
        parts.append(
            f"SELECT {common}, u.part, u.form, u.text, coalesce({reason}, u.reason) AS told_reason"
            f" FROM {records}"
            ' JOIN unwrapped u USING ("index")'
        )
    return " UNION ALL BY NAME ".join(parts)


def _is_plain(name: str) -> str:
    """SQL of whether a stored source is of that name and without a form."""
    starts = " OR ".join(f"starts_with(source, {_literal(name + mark)})" for mark in "@?")
    return f"(source = {_literal(name)} OR {starts})"


def _unwrap(connection: duckdb.DuckDBPyConnection, records: str, source: Source) -> None:
    """Make JSON of records that are none, in Python: text, base64, gzip, several in one."""
    connection.execute(
        'CREATE OR REPLACE TEMP TABLE unwrapped ("index" UBIGINT, part USMALLINT, form VARCHAR,'
        " text VARCHAR, reason VARCHAR)"
    )
    own = f"starts_with(source, {_literal(source.NAME + '.')})"
    [(first, last)] = connection.execute(
        f'SELECT min("index"), max("index") FROM {records} WHERE {own}'
    ).fetchall()
    for start in range(first, last + 1, AT_ONCE):
        found = connection.execute(
            f'SELECT "index", source, raw FROM {records} WHERE {own}'
            f' AND "index" >= {start} AND "index" < {start + AT_ONCE}'
        ).fetchall()
        connection.register("unwrapping", _made(source, found))
        try:
            connection.execute(
                'INSERT INTO unwrapped SELECT "index", part, form::VARCHAR, text::VARCHAR,'
                " reason::VARCHAR FROM unwrapping"
            )
        finally:
            connection.unregister("unwrapping")


def _made(source: Source, found: Sequence[tuple[int, str, bytes]]) -> Mapping[str, object]:
    """The columns of `unwrapped` for some records."""
    import numpy as np  # noqa: PLC0415 - start-up time

    indexes: list[int] = []
    parts: list[int] = []
    forms: list[str] = []
    texts: list[str | None] = []
    reasons: list[str | None] = []
    told: dict[str, str] = {}
    for index, spelled, raw in found:
        form = told.get(spelled)
        if form is None:
            form = told[spelled] = Spelling.parse(spelled).form
        for part, (text, reason) in enumerate(_parts(source, raw, form)):
            indexes.append(index)
            parts.append(part)
            forms.append(form)
            texts.append(text)
            reasons.append(reason)
    return {
        "index": np.array(indexes, dtype=np.uint64),
        "part": np.array(parts, dtype=np.uint16),
        "form": np.array(forms, dtype=object),
        "text": np.array(texts, dtype=object),
        "reason": np.array(reasons, dtype=object),
    }


def inside(source: Source, raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """What the mapping reads of a record: itself, or the JSON its form is unwrapped to."""
    if not form.startswith(WRAPPED):
        yield from source.unwrap(raw, form) if form else (raw,)
        return
    told = form.removeprefix(WRAPPED).removeprefix(":")
    for content in envelopes.unwrap(raw):
        if told:
            yield from source.unwrap(content, told)
            continue
        found = source.claim(content)
        if found is None:
            yield Unread(FOREIGN)
        else:
            yield from source.unwrap(content, found.form) if found.form else (content,)


def _parts(source: Source, raw: bytes, form: str) -> Iterator[tuple[str | None, str | None]]:
    """(text, reason) of each record inside a wrapping; at least one."""
    part = -1
    for part, content in enumerate(inside(source, raw, form)):
        if part == MOST_PARTS:
            yield None, MANY
            return
        if isinstance(content, Unread):
            yield None, content.reason
            continue
        try:
            yield content.decode(), None
        except UnicodeDecodeError:
            yield None, NOT_TEXT
    if part < 0:
        yield None, EMPTY


def _read(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    events: str,
    source: Source,
    *,
    guarded: bool,
) -> None:
    mapped = source.MAPPING
    guard = "try({})" if guarded else "{}"
    body, odd = "NULL", "NULL::VARCHAR"
    unmapped, joins = "0", ""
    if mapped.shape:
        shape = _literal(json.dumps(mapped.shape))
        body = guard.format(f"json_transform(text, {shape})")
        keys = guard.format(f"json_keys(text, {_paths(mapped)})")
        keys = f"CASE WHEN told_reason IS NULL THEN {keys} END"
        if mapped.objects and _oddities(connection, rows, mapped, keys):
            odd, unmapped = "o.twice", "coalesce(o.unmapped, 0)"
            joins = f"LEFT JOIN oddities o ON o.shape = hash({keys})"
    inner = (
        f'SELECT r."index", r.part, r.form, r.received_time, r.copy_of, r.text,'
        f" {unmapped} AS unmapped,"
        f" coalesce(told_reason, CASE WHEN text IS NULL THEN {_literal(NOT_TEXT)} END,"
        f" {_literal(TWICE)} || {odd}) AS why,"
        f" CASE WHEN {odd} IS NULL AND told_reason IS NULL THEN {body} END AS j"
        f" FROM ({rows}) r {joins}"
    )
    found = "".join(
        f", {each.name}.{column} AS {each.name}_{column}"
        for each in mapped.lookups
        for column in each.columns
    )
    tables = " ".join(_joined(connection, each) for each in mapped.lookups)
    body = f"SELECT r.*, r.j IS NOT NULL AS ok{found} FROM ({inner}) r {tables}"
    for step in mapped.steps:
        worked = ", ".join(f"({sql}) AS {name}" for name, sql in step.items())
        body = f"SELECT *, {worked} FROM ({body})"
    connection.execute(f"INSERT INTO {events} SELECT {_outputs(source)} FROM ({body}) r")


def _outputs(source: Source) -> str:
    """The event columns in order, as SQL over a read record."""
    mapped = source.MAPPING
    unread = f"CASE WHEN NOT ok THEN {_literal(NOT_JSON)} END" if mapped.shape else "NULL"
    own = {
        "index": 'r."index"',
        "part": "r.part",
        "source": _literal(source.NAME),
        "mapping": str(source.VERSION),
        "unmapped": "r.unmapped",
        "reason": f"coalesce(r.why, {unread})",
        "copy_of": f"coalesce(r.copy_of, {mapped.columns.get('copy_of', 'NULL')})",
        "received_time": "r.received_time",
        "type_uid": "class_uid * 100 + activity_id",
    }
    given = {**mapped.columns, **own}
    given.setdefault("class_uid", "0")
    given.setdefault("activity_id", "0")
    # type_uid is told from two columns of the same SELECT, which must stand before it: they do.
    return ", ".join(
        f'({given.get(each.name, "NULL")})::{each.kind} AS "{each.name}"' for each in COLUMNS
    )


def _oddities(connection: duckdb.DuckDBPyConnection, rows: str, mapped: Mapped, keys: str) -> bool:
    """Look at each distinct set of keys once; whether any holds a key twice or one nobody maps."""
    # First which sets there are, then what is in one record of each: carrying the lists themselves
    # through the grouping would cost as much as parsing the records again.
    each = connection.execute(
        f'SELECT min("index") FROM (SELECT "index", hash({keys}) AS shape FROM ({rows}))'
        " GROUP BY shape"
    ).fetchall()
    chosen = ", ".join(str(index) for (index,) in each) or "NULL"
    found = connection.execute(
        f"SELECT DISTINCT hash(keys), keys FROM (SELECT {keys} AS keys FROM ({rows})"
        f' WHERE "index" IN ({chosen})) WHERE keys IS NOT NULL'
    ).fetchall()
    odd = [(shape, *verdict) for shape, sets in found if (verdict := _oddity(sets, mapped))]
    if odd:
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE oddities"
            " (shape UBIGINT, twice VARCHAR, unmapped USMALLINT)"
        )
        connection.execute(
            "INSERT INTO oddities SELECT unnest(?::UBIGINT[]), unnest(?::VARCHAR[]),"
            " unnest(?::USMALLINT[])",
            list(map(list, zip(*odd, strict=True))),
        )
    return bool(odd)


def _oddity(sets: Sequence[Sequence[str] | None], mapped: Mapped) -> tuple[str | None, int] | None:
    twice = next((key for keys in sets if keys for key in _repeated(keys)), None)
    top = sets[0] or []
    unmapped = min(len(set(top) - mapped.known), 0xFFFF)
    return (twice, unmapped) if twice is not None or unmapped else None


def _repeated(keys: Sequence[str]) -> Iterator[str]:
    if len(set(keys)) != len(keys):
        met: set[str] = set()
        for key in keys:
            if key in met:
                yield key[:200]
            met.add(key)


def _unknown(
    connection: duckdb.DuckDBPyConnection,
    records: str,
    events: str,
    name: str,
) -> None:
    connection.execute(
        f'INSERT INTO {events} ("index", part, source, mapping, unmapped, reason, received_time,'
        f' class_uid, activity_id, type_uid) SELECT "index", 0, {_literal(name)}, 0, 0,'
        f" {_literal(f'this Actum has no source {name!r}')}, received, 0, 0, 0"
        f" FROM {records} WHERE {_is_plain(name)} OR starts_with(source, {_literal(name + '.')})"
    )


def _joined(connection: duckdb.DuckDBPyConnection, lookup: Lookup) -> str:
    """A join with a small table, made once a connection: as literals it is slow to plan."""
    content = repr((lookup.columns, lookup.rows)).encode()
    table = f"lookup_{lookup.name}_{sha256(content).hexdigest()[:16]}"
    known = connection.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE table_name = ?", [table]
    ).fetchall()[0]
    if known == (0,):
        names = ", ".join(lookup.columns)
        rows = ", ".join("(" + ", ".join(map(_literal, row)) + ")" for row in lookup.rows)
        connection.execute(
            f"CREATE TEMP TABLE {table} AS SELECT * FROM (VALUES {rows}) AS v({names})"
        )
    return f"LEFT JOIN {table} {lookup.name} ON {lookup.on}"


def _paths(mapped: Mapped) -> str:
    return "[" + ", ".join(map(_literal, mapped.objects)) + "]"


def _literal(value: object) -> str:
    """A SQL literal of a value of ours."""
    if value is None:
        return "NULL"
    if isinstance(value, bool | int):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"
