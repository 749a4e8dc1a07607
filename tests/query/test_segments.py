"""A log of many ages is one log: files written before a column was added are searched with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import duckdb
import pytest

from actum.log.engine import connect
from actum.log.segment import file_sha256
from actum.ocsf.columns import COLUMNS
from actum.query import parse
from actum.query.engine import Answer, Engine
from actum.query.segments import EventsFiles
from log.world import Plain, batch, opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 11, 13, tzinfo=UTC)
LATER = ("end_time", "message", "dst_endpoint_ip", "traffic_bytes", "process_pid")
"""Columns that some files here were written before."""


class Windows(Plain):
    """Every event has an end, an address it went to, and a time by its number."""

    def derive(self, connection: duckdb.DuckDBPyConnection, records: str, events: str) -> None:
        told = {
            "index": '"index"', "part": "0", "source": "source", "time": "received",
            "end_time": "received", "dst_endpoint_ip": "'203.0.113.9'", "status": "'success'",
        }  # fmt: skip
        columns = ", ".join(
            f'({told.get(each.name, "NULL")})::{each.kind} AS "{each.name}"' for each in COLUMNS
        )
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {events} AS SELECT {columns} FROM {records}"
        )


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    made = connect(threads=1)
    yield made
    made.close()


def _write(
    connection: duckdb.DuckDBPyConnection, path: Path, index: int, without: tuple[str, ...] = ()
) -> Path:
    """Write an events file of one row, without some columns."""
    told = {"index": str(index), "dst_endpoint_ip": "'203.0.113.9'", "any_ip": "['10.0.0.1']"}
    columns = ", ".join(
        f'({told.get(each.name, "NULL")})::{each.kind} AS "{each.name}"'
        for each in COLUMNS
        if each.name not in without
    )
    connection.execute(f"COPY (SELECT {columns}) TO '{path}' (FORMAT parquet)")
    return path


def test_an_old_file_does_not_hide_a_column_of_a_new_one(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    old = _write(connection, tmp_path / "old.parquet", 0, LATER)
    new = _write(connection, tmp_path / "new.parquet", 1)
    older = _write(connection, tmp_path / "older.parquet", 2, (*LATER, "count", "copy_of"))
    source = EventsFiles(connection).scan([old, new, older])
    found = connection.execute(
        f'SELECT "index", dst_endpoint_ip, any_ip FROM {source} ORDER BY 1'
    ).fetchall()
    assert found == [
        (0, None, ["10.0.0.1"]),
        (1, "203.0.113.9", ["10.0.0.1"]),
        (2, None, ["10.0.0.1"]),
    ]
    described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    assert [(row[0], row[1]) for row in described] == [(each.name, each.kind) for each in COLUMNS]


def test_a_column_nobody_knows_today_is_left_aside(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "newer.parquet"
    connection.execute(
        f"COPY (SELECT 7::UBIGINT AS \"index\", 'x' AS of_tomorrow) TO '{path}' (FORMAT parquet)"
    )
    source = EventsFiles(connection).scan([path])
    assert connection.execute(f'SELECT "index", status FROM {source}').fetchall() == [(7, None)]


def test_files_of_today_are_scanned_as_they_are(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    files = EventsFiles(connection)
    new = _write(connection, tmp_path / "new.parquet", 1)
    assert files.scan([new]).startswith("read_parquet([")


def test_a_log_with_an_old_segment_is_searched_by_a_new_column(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with opened(home, Windows()) as log:
        log.append(batch(range(3)))
        log.settle()
        log.append(batch(range(3, 6)))
        log.settle()
        first, _ = log.home.catalog.segments(log.entry.id)
        path = log.view.folder / first.events_file
        aged = path.with_suffix(".aged")
        kept = ", ".join(f'"{each.name}"' for each in COLUMNS if each.name not in LATER)
        duckdb.sql(f"COPY (SELECT {kept} FROM '{path}') TO '{aged}' (FORMAT parquet)")
        aged.replace(path)
        written = replace(first, events_sha256=file_sha256(path), events_size=path.stat().st_size)
        log.home.catalog.replace([first], written)
        engine = Engine(log.view, Windows())
        engine.refresh()

        def ask(text: str, limit: int | None = 200) -> Answer:
            return engine.search(parse(text, now=NOW, zone=UTC), limit=limit)

        told = ask("dst:203.0.113.9 source:json")
        assert [row["index"] for row in told.dicts()] == [5, 4, 3]
        assert told.total == 3
        everything = ask("source:json")
        assert everything.total == 6
        ended = [isinstance(event["end_time"], datetime) for event in everything.dicts()]
        assert ended == [True, True, True, False, False, False]
        assert ask("-has:ended source:json").total == 3
        assert ask("source:json", limit=None).total == 6
        assert engine.event(0)[0]["dst_endpoint_ip"] is None
        assert engine.extent().events == 6
        engine.close()
