"""What a statement is given to read: the files of one log, and the views over them.

The records that are still in the journal are in no file yet.  They are written to two, in a folder
of their own that is gone when the statement is done; so the views hold what `actum search` finds.

Files are given out only after their bytes were found to be those the catalog lists.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from actum.log.engine import RECORD_COLUMNS, FileGone, quoted, scan
from actum.ocsf.columns import COLUMNS
from actum.query.segments import EventsFiles
from actum.sql.hints import Place
from actum.sql.views import VIEWS, definitions, nothing_of

if TYPE_CHECKING:
    from actum.query.engine import Engine

__all__ = ["Files", "Supply", "files_of", "place_of", "supplied"]


@dataclass(frozen=True, slots=True)
class Supply:
    """Views as (name, SELECT), and the files that these read."""

    views: list[tuple[str, str]]
    paths: list[str]


@dataclass(frozen=True, slots=True)
class Files:
    """The checked files of a log's segments, and how many records are in none of them."""

    events: list[Path]
    records: list[Path]
    tail: int


@contextmanager
def supplied(engine: Engine, names: Collection[str]) -> Iterator[Supply]:
    """What those views need, for as long as the block lasts."""
    kinds = {VIEWS[name].reads for name in names}
    with tempfile.TemporaryDirectory(prefix="actum-sql-") as folder:
        try:
            supply = _supply(engine, names, kinds, Path(folder))
        except FileGone:
            engine.refresh()  # a merge moved the records: look again, once
            supply = _supply(engine, names, kinds, Path(folder))
        yield supply


def _supply(engine: Engine, names: Collection[str], kinds: Collection[str], folder: Path) -> Supply:
    found = files_of(engine, kinds)
    paths: list[Path] = []
    relations = {}
    for kind, segments, columns in (
        ("events", found.events, [(each.name, each.kind) for each in COLUMNS]),
        ("records", found.records, list(RECORD_COLUMNS)),
    ):
        if kind not in kinds:
            relations[kind] = nothing_of(columns)
            continue
        listed = ", ".join(f'"{name}"' for name, _ in columns)
        parts = [_scan(engine, kind, segments)] if segments else []
        paths += segments
        if found.tail:
            tail = folder / f"{kind}.parquet"
            engine.rows(
                f"COPY (SELECT {listed} FROM tail_{kind}) TO {quoted(str(tail))} (FORMAT parquet)"
            )
            parts.append(scan([tail]))
            paths.append(tail)
        parts = parts or [nothing_of(columns)]
        relations[kind] = (
            "(" + " UNION ALL ".join(f"SELECT {listed} FROM {each}" for each in parts) + ")"
        )
    views = definitions(names, log=engine.view.entry.name, **relations)
    return Supply(views, [str(path) for path in paths])


def files_of(engine: Engine, kinds: Collection[str] = ("events", "records")) -> Files:
    """The files of the log as the engine shows it, each checked."""
    held = engine.view.contents()
    checked = engine.view.checked
    return Files(
        _absolute(checked.events(held.segments)) if "events" in kinds else [],
        _absolute(checked.records(held.segments)) if "records" in kinds else [],
        held.size - held.segmented,
    )


def place_of(engine: Engine) -> tuple[Place, int]:
    """Where the log lies, for tools that read it without Actum; how many records are in no file.

    The nested form is not among the views: Actum makes it, row by row.
    """
    found = files_of(engine)
    views: list[tuple[str, str]] = []
    if found.events:
        whole = [name for name, view in VIEWS.items() if name == view.reads]
        counted = [name for name in VIEWS if name not in (*whole, "ocsf")]
        log = engine.view.entry.name
        views = definitions(
            whole, log=log, events=_scan(engine, "events", found.events),
            records=_scan(engine, "records", found.records),
        )  # fmt: skip
        views += definitions(counted, log=log, events="events", records="records")
    place = Place(
        engine.view.entry.name, [*map(str, found.events)], [*map(str, found.records)], views
    )
    return place, found.tail


def _scan(engine: Engine, kind: str, paths: list[Path]) -> str:
    if kind == "records":
        return scan(paths)
    with closing(engine.view.connection.cursor()) as cursor:
        return EventsFiles(cursor).scan(paths)


def _absolute(paths: Sequence[Path]) -> list[Path]:
    """The process that reads them stands in another folder."""
    return [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100 - keeps links as they are
