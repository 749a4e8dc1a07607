"""Merging: neighbouring small segments become one larger one.

Many small files make every question slow.  When `RUN` neighbours are each smaller than `SMALL`,
they are written again as one segment, up to `LARGE` records.  The new pair of files is synced and
listed in place of the old ones in one transaction.  The old files are strays from then on: they are
cleared when nobody reads who may have listed them.  Records keep their bytes, indexes and salts: no
proof changes.
"""

from __future__ import annotations

from collections.abc import Sequence

from actum.log.catalog import Segment
from actum.log.engine import reading_file, scan
from actum.log.segment import Reading, write_segment
from actum.log.view import View

__all__ = ["merge_small"]

SMALL = 32_768
LARGE = 131_072
RUN = 8


def merge_small(view: View, reading: Reading) -> int:
    """Merge while there is a long enough run of small segments; returns how many were merged.

    The caller holds the log's lock and refreshes its view afterwards.
    """
    merged = 0
    while run := _run(view.home.catalog.segments(view.entry.id)):
        _merge(view, reading, run)
        merged += len(run)
    return merged


def _run(segments: Sequence[Segment]) -> list[Segment]:
    """The first run of small neighbours worth a merge, or none."""
    run: list[Segment] = []
    for each in segments:
        if each.count >= SMALL or sum(one.count for one in run) + each.count > LARGE:
            if len(run) >= RUN:
                return run
            run = []
        if each.count < SMALL:
            run.append(each)
    return run if len(run) >= RUN else []


def _merge(view: View, reading: Reading, run: list[Segment]) -> None:
    paths = view.checked.records(run)
    try:
        with reading_file(paths[0]):
            view.connection.execute(
                f'CREATE OR REPLACE TABLE merging AS SELECT * FROM {scan(paths)} ORDER BY "index"'
            )
        segment = write_segment(
            view.connection, view.folder, log=view.entry.id, table="merging", reading=reading
        )
    finally:
        view.connection.execute("DROP TABLE IF EXISTS merging")
    view.home.catalog.replace(run, segment)
    view.checked.trust(segment)
