"""Rebuilding what is derived: events from records, kept hashes from records.

The evidence is not touched.  After `rebuild` every question has the same answer it had when the
events were first written by the same mappings.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from actum.log.engine import scan
from actum.log.seal import read_checkpoint
from actum.log.segment import Reading, write_events
from actum.log.view import View
from actum.proof.merkle import reduce_tiles

__all__ = ["clear_strays", "rebuild"]

_CHUNK = 65_536


def rebuild(
    view: View, reading: Reading, *, seen: Callable[[int], None] = lambda _: None
) -> int:
    """Derive every events file and the kept hashes again; returns how many segments there were.

    The caller is the writer.  Each segment is replaced in the catalog as soon as it is durable, so
    a rebuild that is interrupted can be run again.
    """
    segments = view.contents().segments
    for segment in segments:
        name = segment.events_file.removeprefix("events/")
        paths = view.checked.records([segment])
        view.connection.execute(
            f'CREATE OR REPLACE TEMP TABLE rebuilding AS SELECT * FROM {scan(paths)} ORDER BY "index"'
        )
        facts: dict[str, Any] = write_events(
            view.connection, view.folder, name=name, table="rebuilding", reading=reading
        )
        view.home.catalog.replace([segment], replace(segment, **facts))
        seen(segment.end)
    view.connection.execute("DROP TABLE IF EXISTS rebuilding")
    _hashes(view)
    view.refresh()
    return len(segments)


def _hashes(view: View) -> None:
    """Write the hashes of every full block the checkpoint covers again."""
    found = read_checkpoint(view.folder, view.entry.vkey)
    whole = found[0].size // 256 * 256 if found else 0
    for start in range(0, whole, _CHUNK):
        stop = min(start + _CHUNK, whole)
        view.tree.append(start // 256, reduce_tiles(view.hashes(start, stop)))


def clear_strays(view: View) -> int:
    """Delete files nobody lists, left by a write that was cut short.  The caller is the writer."""
    listed = {
        name
        for each in view.contents().segments
        for name in (each.records_file, each.events_file)
    }
    cleared = 0
    for part in ("records", "events"):
        for path in (view.folder / part).iterdir():
            if f"{part}/{path.name}" not in listed:
                with contextlib.suppress(FileNotFoundError):
                    path.unlink()
                    cleared += 1
    return cleared
