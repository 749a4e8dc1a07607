"""Rebuilding what is derived: events from records, kept hashes from records.

The evidence is not touched.  After `rebuild` every question has the same answer it had when the
events were first written by the same mappings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from actum.log.catalog import Segment
from actum.log.durable import failed_write, make_folder
from actum.log.engine import reading_file, scan
from actum.log.published import read_checkpoint
from actum.log.segment import Reading, write_events
from actum.log.terms import filter_names
from actum.log.view import View
from actum.proof.merkle import Frontier, reduce_tiles

__all__ = ["clear_strays", "derive_again", "mend_tree", "next_name", "rebuild"]

_CHUNK = 65_536


def rebuild(view: View, reading: Reading, *, seen: Callable[[int], None] = lambda _: None) -> int:
    """Derive every events file and the kept hashes again; returns how many segments there were.

    The caller is the writer.  Each segment is replaced in the catalog as soon as it is durable, so
    a rebuild that is interrupted can be run again.
    """
    segments = view.contents().segments
    make_folder(view.folder / "events")
    for segment in segments:
        derive_again(view, reading, segment)
        seen(segment.end)
    _write_hashes(view)
    view.refresh()
    clear_strays(view)
    return len(segments)


def derive_again(view: View, reading: Reading, segment: Segment) -> None:
    """Write the events of a segment anew and list them in place of the old ones."""
    paths = view.checked.records([segment])
    try:
        with reading_file(paths[0]):
            view.connection.execute(
                "CREATE OR REPLACE TEMP TABLE rebuilding AS"
                f' SELECT * FROM {scan(paths)} ORDER BY "index"'
            )
        facts: dict[str, Any] = write_events(
            view.connection,
            view.folder,
            name=next_name(segment.events_file.removeprefix("events/")),
            table="rebuilding",
            reading=reading,
        )
    finally:
        view.connection.execute("DROP TABLE IF EXISTS rebuilding")
    view.home.catalog.replace([segment], replace(segment, **facts))


def next_name(name: str) -> str:
    """A file that is listed never changes: what takes its place has another name."""
    stem, _, generation = name.removesuffix(".parquet").partition(".r")
    return f"{stem}.r{int(generation or 0) + 1}.parquet"


def mend_tree(view: View) -> bool:
    """Write the kept hashes again if they, and not the records, are what changed.

    Only if the records alone give the root of the signed checkpoint; whether they did.
    """
    found = read_checkpoint(view.folder, view.entry.vkey)
    if found is None or view.contents().size < found[0].size:
        return False
    edge = Frontier()
    for start in range(0, found[0].size, _CHUNK):
        edge.extend(view.hashes(start, min(start + _CHUNK, found[0].size)))
    if edge.root() != found[0].root:
        return False
    _write_hashes(view)
    return True


def _write_hashes(view: View) -> None:
    """Write the hashes of every full block the checkpoint covers again."""
    found = read_checkpoint(view.folder, view.entry.vkey)
    whole = found[0].size // 256 * 256 if found else 0
    make_folder(view.tree.folder)
    for start in range(0, whole, _CHUNK):
        stop = min(start + _CHUNK, whole)
        view.tree.append(start // 256, reduce_tiles(view.hashes(start, stop)))


def clear_strays(view: View) -> int:
    """Delete files nobody lists, unless somebody reads who may have listed them before.

    They are what is left of a write that was cut short, of a merge and of a rebuild.  The caller is
    the writer, and is not writing a segment.
    """
    with view.home.nobody_reading() as alone:
        return _clear(view) if alone else 0


def _clear(view: View) -> int:
    listed = {
        name
        for each in view.home.catalog.segments(view.entry.id)
        for name in (each.records_file, each.events_file, *filter_names(each))
    }
    cleared = 0
    for part in ("records", "events", "terms"):
        make_folder(view.folder / part)
        for path in (view.folder / part).iterdir():
            if f"{part}/{path.name}" not in listed:
                try:
                    path.unlink(missing_ok=True)
                except OSError as error:
                    raise failed_write(path, error) from error
                cleared += 1
    return cleared
