"""Runs statements with some of the layers and not the others, as a process of its own.

``bare.py LAYERS READABLE…``: statements as a JSON list on standard input, what each gave as another
on standard output.  No layer 1, ever: whatever is said is run.  Of LAYERS:

=====  ============================================================
``b``  the process bounds itself
``l``  Landlock forbids changes
``s``  seccomp forbids changes
``r``  Landlock forbids reading anything but READABLE
``e``  the engine's own settings
=====  ============================================================
"""

from __future__ import annotations

import json
import sys

import duckdb

from actum.sql import landlock, seccomp, worker


def main() -> None:
    layers, readable = sys.argv[1], sys.argv[2:]
    statements = json.load(sys.stdin)
    if "b" in layers:
        worker.bounded()
    if "l" in layers:
        assert landlock.forbid_changes()
    if "s" in layers:
        assert seccomp.forbid_changes()
    if "e" in layers:
        views = [("events", f"SELECT * FROM read_parquet({readable!r})")]
        engine = worker.engine(views, readable, memory=1 << 28, threads=2, fence="r" in layers)
    else:
        if "r" in layers:
            assert landlock.read_only_these(readable)
        engine = duckdb.connect(config={"threads": 2, "temp_directory": ""})
    json.dump([_said(engine, each) for each in statements], sys.stdout)


def _said(engine: duckdb.DuckDBPyConnection, statement: str) -> str:
    try:
        with engine.cursor() as cursor:
            return f"gave {cursor.execute(statement).fetchmany(3)}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    main()
