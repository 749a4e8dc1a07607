"""Reads without storing: what a delivery would be recognised as, and what its events would be.

For whoever writes a mapping, and for the checks of every source.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

from actum.collect import Delivery, Framing, frame
from actum.log.batch import Batch
from actum.log.engine import connect, lay_out
from actum.ocsf.columns import COLUMNS
from actum.record import Index, Micros, Spelling
from actum.sources import SOURCES, Claims, Recognition, Source, unread
from actum.sources.reading import derive

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "ORIGIN",
    "RECEIVED",
    "batch_of",
    "events_of",
    "guess",
    "read",
    "recognise",
    "with_source",
]

RECEIVED = Micros(1_704_067_200_000_000)
"""2024-01-01T00:00:00Z: when every record is said to have arrived."""
ORIGIN = "golden"


def guess(
    delivery: Delivery, sources: Mapping[str, Source] = SOURCES
) -> list[tuple[str, int, float, str]]:
    """What a delivery would be recognised as: (source, records, confidence, why), most first.

    Reads all of it and stores nothing.
    """
    recognition = Recognition(delivery.origin, sources)
    counts: Counter[str] = Counter()
    for part in frame(delivery.read_chunks()):
        found = recognition.take(
            [bytes(each) for each in part.elements], part.positions,
            is_json=part.framing is not Framing.TEXT, is_text=part.framing is Framing.TEXT,
        )  # fmt: skip
        counts.update(_counted(found.sources))
        counts.update(fragment.reason for fragment in part.unread)
    counts.update(_counted(recognition.rest().sources))
    return [
        (name, count, recognition.sure.get(name, 0.0), sources[name].SIGNS)
        if name in sources
        else ("", count, 0.0, name)
        for name, count in counts.most_common()
    ]


def recognise(delivered: bytes, sources: Mapping[str, Source] = SOURCES) -> Claims:
    """The records of a whole delivery, as `actum.ingest` cuts it up and recognises them."""
    recognition = Recognition(ORIGIN, sources)
    whole = Claims()
    for part in frame(iter([delivered])):
        raws = [bytes(each) for each in part.elements]
        is_text = part.framing is Framing.TEXT
        found = recognition.take(raws, part.positions, is_json=not is_text, is_text=is_text)
        whole.join(found)
        for fragment in part.unread:
            spelled, identity = unread(fragment.raw, ORIGIN, fragment.position, fragment.reason)
            whole.join(Claims([fragment.raw], [fragment.position], [spelled], [identity]))
    whole.join(recognition.rest())
    return whole


def events_of(raw: bytes, source: Source | None = None) -> list[dict[str, Any]]:
    """The events of a delivery, by column name, read the way a log reads them."""
    sources = SOURCES if source is None else with_source(source)
    claims = recognise(raw, sources)
    return [event for each in read(claims.raws, claims.sources, sources) for event in each]


def read(
    records: Sequence[bytes], spelled: Sequence[str], sources: Mapping[str, Source] = SOURCES
) -> list[list[dict[str, Any]]]:
    """The events of each record, read as the stored source names ``spelled`` say, in one batch."""
    with closing(_lay_out(records, spelled)) as connection:
        derive(connection, "told", "events", sources)
        found: list[list[dict[str, Any]]] = [[] for _ in records]
        cursor = connection.execute('SELECT * FROM events ORDER BY "index", part')
        for row in cursor.fetchall():
            event = dict(zip((each.name for each in COLUMNS), row, strict=True))
            found[event["index"]].append({**event, "index": 0})
        return found


def _lay_out(records: Sequence[bytes], spelled: Sequence[str]) -> duckdb.DuckDBPyConnection:
    connection = connect(threads=1)
    batch = batch_of(records, b"\0" * 16 * len(records), spelled)
    lay_out(connection, batch.at(Index(0)), "told")
    return connection


def batch_of(records: Sequence[bytes], ids: bytes, spelled: Sequence[str]) -> Batch:
    """Those records as a log is handed them: their ids joined, each with its stored source."""
    batch = Batch()
    batch.extend(
        received=RECEIVED, feed=ORIGIN, origin=ORIGIN, positions=list(range(len(records))),
        ids=ids, sources=list(spelled), raws=list(records),
    )  # fmt: skip
    return batch


def with_source(source: Source) -> Mapping[str, Source]:
    """Actum's sources with this one among them: in its own place, or asked first if it is new."""
    if source.NAME in SOURCES:
        return SOURCES if SOURCES[source.NAME] is source else {**SOURCES, source.NAME: source}
    return {source.NAME: source, **SOURCES}


def _counted(spelled: Sequence[str]) -> Counter[str]:
    return Counter(Spelling.parse(each).source for each in spelled)
