"""The views a statement reads: what each row is, every column of it, and the SQL behind it.

One table of facts drives the console, ``actum connect`` and the documentation.  Rules:

1. A view shows one log.  That is where a tenant ends: nothing a statement says can widen it.
2. Nothing is hidden.  Actum's own records (``source = 'actum'``) and acts told twice
   (``copy_of IS NOT NULL``) are rows like any other; `actum search` leaves them out by itself.
3. The views that count do so over the rows of ``events``; their ``copies`` say how many of these
   tell an act once more.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from actum.log.engine import quoted
from actum.ocsf.columns import COLUMNS

__all__ = ["VIEWS", "View", "definitions", "nothing_of"]


@dataclass(frozen=True, slots=True)
class View:
    """One view: its name, what a row is, its columns (name, type, meaning), what it reads."""

    name: str
    row: str
    columns: tuple[tuple[str, str, str], ...]
    reads: str
    sql: str


_SEEN: Final = (
    ("events", "BIGINT", "how many events"),
    ("copies", "BIGINT", "how many of them tell an act once more"),
    ("failures", "BIGINT", "how many of them failed"),
    ("first_seen", "TIMESTAMP", "the earliest, UTC"),
    ("last_seen", "TIMESTAMP", "the latest, UTC"),
)
_COUNTED: Final = (
    "count(*) AS events, count(copy_of) AS copies,"
    " count(*) FILTER (status = 'failure') AS failures,"
    ' min("time") AS first_seen, max("time") AS last_seen'
)
_ADDRESSES: Final = ("addresses", "BIGINT", "how many different addresses")
_COUNTED_ADDRESSES: Final = "count(DISTINCT src_endpoint_ip) AS addresses"


def _column(name: str) -> tuple[str, str, str]:
    return next((each.name, each.kind, each.doc) for each in COLUMNS if each.name == name)


_ACTOR: Final = ("actor_user_uid", "actor_user_name", "actor_user_type")
_RESOURCE: Final = ("resource_uid", "resource_name", "resource_type")
_SESSION: Final = (
    "actor_session_uid", "actor_user_uid", "actor_user_name", "actor_session_issuer",
)  # fmt: skip
_EVENT: Final = ", ".join(f'"{each.name}"' for each in COLUMNS)

VIEWS: Final[dict[str, View]] = {
    view.name: view
    for view in (
        View(
            "events",
            "an event: what a record says happened",
            (
                *((each.name, each.kind, each.doc) for each in COLUMNS),
                ("log", "VARCHAR", "the log it is in"),
            ),
            "events",
            f"SELECT {_EVENT}, {{log}} AS log FROM {{events}}",
        ),
        View(
            "records",
            "a record: what arrived, byte for byte",
            (
                ("index", "UBIGINT", "its place in the log"),
                ("kind", "VARCHAR", "record, delivery or control"),
                ("received", "TIMESTAMP", "when it arrived, UTC"),
                ("feed", "VARCHAR", "the stream it arrived in"),
                ("source", "VARCHAR", "the kind of log it was read as"),
                ("copy_of", "UBIGINT", "the record that tells the same act in other bytes"),
                ("origin", "VARCHAR", "the file, object or request it was in"),
                ("position", "UBIGINT", "its line or element there, from 0"),
                ("raw", "BLOB", "its bytes"),
                ("text", "VARCHAR", "the same as text; NULL if it is not UTF-8"),
                ("json", "JSON", "the same as JSON; NULL if it is none"),
                ("log", "VARCHAR", "the log it is in"),
            ),
            "records",
            """\
SELECT "index", CASE kind WHEN 0 THEN 'record' WHEN 1 THEN 'delivery' ELSE 'control' END AS kind,
  received, feed, regexp_extract(source, '^[^.@?]*') AS source,
  TRY_CAST(regexp_extract(source, '^[^@?]*@([0-9]+)', 1) AS UBIGINT) AS copy_of,
  origin, "position", raw, TRY(decode(raw)) AS "text",
  CASE WHEN json_valid(TRY(decode(raw))) THEN TRY(decode(raw))::JSON END AS json, {log} AS log
FROM {records}""",
        ),
        View(
            "sources",
            "a kind of log, and how well it was read",
            (
                _column("source"),
                *_SEEN,
                ("unread", "BIGINT", "how many of them could not be read"),
                ("timeless", "BIGINT", "how many of them have no time"),
            ),
            "events",
            f"SELECT source, {_COUNTED}, count(reason) AS unread,"
            ' count(*) - count("time") AS timeless FROM {events} GROUP BY source',
        ),
        View(
            "actors",
            "somebody or something that acts",
            (
                *map(_column, _ACTOR),
                *_SEEN,
                _ADDRESSES,
                ("sessions", "BIGINT", "how many different sessions"),
            ),
            "events",
            f"SELECT {', '.join(_ACTOR)}, {_COUNTED}, {_COUNTED_ADDRESSES},"
            " count(DISTINCT actor_session_uid) AS sessions FROM {events}"
            " WHERE actor_user_uid IS NOT NULL OR actor_user_name IS NOT NULL GROUP BY ALL",
        ),
        View(
            "resources",
            "something that is acted on",
            (
                *map(_column, _RESOURCE),
                *_SEEN,
                ("changes", "BIGINT", "how many of them create, update or delete"),
                ("actors", "BIGINT", "how many different actors"),
            ),
            "events",
            f"SELECT {', '.join(_RESOURCE)}, {_COUNTED},"
            " count(*) FILTER (action IN ('create', 'update', 'delete')) AS changes,"
            " count(DISTINCT coalesce(actor_user_uid, actor_user_name)) AS actors FROM {events}"
            " WHERE resource_uid IS NOT NULL OR resource_name IS NOT NULL GROUP BY ALL",
        ),
        View(
            "sessions",
            "a session of an actor",
            (*map(_column, _SESSION), *_SEEN, _ADDRESSES),
            "events",
            f"SELECT {', '.join(_SESSION)}, {_COUNTED}, {_COUNTED_ADDRESSES} FROM {{events}}"
            " WHERE actor_session_uid IS NOT NULL GROUP BY ALL",
        ),
        View(
            "ocsf",
            "an event in the nested form of OCSF 1.8",
            (
                *map(_column, ("index", "part", "source", "time", "class_uid", "copy_of")),
                ("ocsf", "JSON", "the event, nested"),
                ("log", "VARCHAR", "the log it is in"),
            ),
            "events",
            'SELECT "index", part, source, "time", class_uid, copy_of, actum_ocsf(struct_pack('
            + ", ".join(f'"{each.name}" := "{each.name}"' for each in COLUMNS)
            + "))::JSON AS ocsf, {log} AS log FROM {events}",
        ),
    )
}
"""The views, in the order a newcomer meets them."""


def definitions(
    names: Collection[str], *, log: str, events: str, records: str
) -> list[tuple[str, str]]:
    """The SELECT of each of those views, over relations that hold the events and records."""
    parts = {"log": quoted(log), "events": events, "records": records}
    return [(name, view.sql.format(**parts)) for name, view in VIEWS.items() if name in names]


def nothing_of(columns: Collection[tuple[str, str]]) -> str:
    """Write a relation of those columns without a row."""
    listed = ", ".join(f'NULL::{kind} AS "{name}"' for name, kind in columns)
    return f"(SELECT {listed} WHERE false)"
