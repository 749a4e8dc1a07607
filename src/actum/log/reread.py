"""Reading again: what is stored is given to the sources once more, with what is known now.

A mapping may have become better, a new source may know what was kept as plain JSON or text, or
somebody may say what a file really is.  The evidence is not touched: a record's bytes, index, salt,
origin and id stay, its leaf hash stays, and so does every proof.  Only the stored source, which is
a reading and no part of a leaf, and the events derived with it are written anew.

The caller is the writer.  Each segment is replaced in the catalog as soon as its new files are
durable, so a rereading that is interrupted can be run again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from actum.log.catalog import Segment
from actum.log.engine import reading_file, scan
from actum.log.rebuild import clear_strays, derive_again, next_name
from actum.log.segment import Reading, read_batches, write_segment
from actum.log.view import View

__all__ = ["Again", "Reread", "reread"]

Again = Callable[[Sequence[str], Sequence[str], Sequence[int], Sequence[bytes]], list[str]]
"""Given the stored sources, origins, positions and raw bytes of records: what to store now."""


@dataclass(frozen=True, slots=True)
class Reread:
    """What a rereading did: segments written anew, and records whose source is another now."""

    segments: int
    changed: int


def reread(
    view: View,
    reading: Reading,
    again: Again,
    *,
    everything: bool = False,
    seen: Callable[[int], None] = lambda _: None,
) -> Reread:
    """Ask ``again`` of every stored record, and derive what is now read differently.

    A segment is written anew when a record's source changed in it, when a mapping it was read with
    has another version now, or when ``everything`` is asked for.
    """
    written = changed = 0
    for segment in view.contents().segments:
        respelled = _respell(view, segment, again)
        if respelled:
            _write_anew(view, reading, segment, respelled)
        elif everything or _is_stale(segment, reading):
            derive_again(view, reading, segment)
        else:
            seen(segment.end)
            continue
        written += 1
        changed += len(respelled)
        seen(segment.end)
    view.refresh()
    clear_strays(view)
    return Reread(written, changed)


def _is_stale(segment: Segment, reading: Reading) -> bool:
    now = reading.versions()
    return any(now.get(name, 0) != read for name, read in json.loads(segment.mappings).items())


def _respell(view: View, segment: Segment, again: Again) -> dict[int, str]:
    """The records of a segment whose source is another now, by index."""
    found = {}
    for batch in read_batches(view.connection, view.checked.records([segment]), where="kind = 0"):
        new = again(batch.sources, batch.origins, batch.positions, batch.raws)
        for place, (before, after) in enumerate(zip(batch.sources, new, strict=True)):
            if before != after:
                found[batch.first + place] = after
    return found


def _write_anew(view: View, reading: Reading, old: Segment, respelled: dict[int, str]) -> None:
    paths = view.checked.records([old])
    connection = view.connection
    try:
        with reading_file(paths[0]):
            connection.execute(
                'CREATE OR REPLACE TABLE respelled AS SELECT unnest(?::UBIGINT[]) AS "index",'
                " unnest(?::VARCHAR[]) AS now",
                [list(respelled), list(respelled.values())],
            )
            connection.execute(
                "CREATE OR REPLACE TABLE rereading AS SELECT r.* REPLACE"
                " (coalesce(n.now, r.source) AS source)"
                f' FROM {scan(paths)} r LEFT JOIN respelled n USING ("index") ORDER BY r."index"'
            )
        new = write_segment(
            connection, view.folder, log=view.entry.id, table="rereading", reading=reading,
            names=(next_name(old.records_file.removeprefix("records/")),
                   next_name(old.events_file.removeprefix("events/"))),
        )  # fmt: skip
    finally:
        connection.execute("DROP TABLE IF EXISTS rereading")
        connection.execute("DROP TABLE IF EXISTS respelled")
    view.home.catalog.replace([old], new)
    view.checked.trust(new)
