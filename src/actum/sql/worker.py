"""The process a statement runs in: ``python -m actum.sql.worker``, for one statement.

What it does, in this order; from each step on, less is allowed than before:

1. It limits itself: files cannot grow, no core is dumped, it ends when its parent does.
2. It has the system forbid it to change, create or start anything, and to open a socket (layer 4).
   Where the system can forbid neither way, it goes no further.
3. It reads the statement and holds it against the rules of the gate (layer 1).  What passes has
   been written anew (layer 2), and names the views it reads.
4. It is told of these views and of the files they lie in, and has the system forbid it to read any
   other file (layer 4).
5. It starts the engine, without access to anything but those files, its settings locked, its memory
   bounded twice: by the engine's own count and by the system's (layer 3).
6. It runs the statement and sends rows until they end or a limit is met.

The clock on the wall is its parent's, which kills it.  It is given nothing of the environment of
whoever asked.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from actum.errors import QueryError
from actum.sql import landlock, seccomp
from actum.sql.wire import frame, receive, rows_packed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

__all__ = ["answer", "bounded", "confined", "engine"]

SLACK: Final = 64 << 20
"""Memory beyond what the engine counts, before the system says no."""
AT_START: Final = 4 << 30
"""Address space until the engine has started; most of that is never touched."""
AT_ONCE: Final = 512
"""Rows fetched and sent at a time."""
_DIE_WITH_PARENT: Final = 1

_SETTINGS: Final = (
    ("autoinstall_known_extensions", "false"),
    ("autoload_known_extensions", "false"),
    ("allow_community_extensions", "false"),
    ("allow_persistent_secrets", "false"),
    ("python_enable_replacements", "false"),
    ("python_scan_all_frames", "false"),
    ("temp_directory", "''"),
    ("max_temp_directory_size", "'0 B'"),
    ("async_threads", "1"),
    ("TimeZone", "'UTC'"),
)
"""What the engine is told where it knows the setting: not every version knows each."""


def main() -> None:
    """Answer one statement."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    bounded()
    if not confined():
        frame(sink, refused={"what": "SQL is not run on this system", "why": "it can forbid a"
              " process neither way to change files", "todo": "see `actum connect`"})  # fmt: skip
        return
    task = receive(source)
    resource.setrlimit(resource.RLIMIT_CPU, (task["cpu"], task["cpu"] + 1))
    try:
        from actum.sql.gate import check  # noqa: PLC0415 - 0.2 s, within the limits

        passed = check(
            task["text"], views=task["views"], given=task["parameters"], rows=task["rows"] + 1
        )
    except QueryError as error:
        frame(sink, refused={"what": error.what, "why": error.why, "todo": error.todo,
              "start": error.start, "end": error.end})  # fmt: skip
        return
    frame(sink, passed=passed.sql, reads=sorted(passed.views))
    supply = receive(source)
    # Opened now: later it could not be.  There is one wherever a process can be confined.
    with Path("/proc/self/statm").open("rb") as own:
        connection = engine(
            supply["views"], supply["paths"], memory=task["memory"], threads=task["threads"]
        )
        _no_more_than(_now(own) + task["memory"] + SLACK)
        answer(
            connection, passed.sql, task["parameters"], sink, rows=task["rows"], size=task["size"]
        )


# -- 1, 2 and 5: what the system sees to ---------------------------------------------------------


def bounded() -> None:
    """Let no file grow, dump no core, take no more than a start needs, end with the parent."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _no_more_than(AT_START)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)


def confined() -> bool:
    """Forbid changing anything, both ways; whether one of them holds."""
    locked = landlock.forbid_changes()
    filtered = seccomp.forbid_changes()
    return (locked or filtered) and not _can_open_for_writing()


def _can_open_for_writing() -> bool:
    """Try it, on the one file that takes no harm."""
    try:
        os.close(os.open(os.devnull, os.O_WRONLY))
    except OSError:
        return False
    return True


def _no_more_than(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (size, size))


def _now(own: BinaryIO) -> int:
    """How much address space this process has."""
    own.seek(0)
    return int(own.read().split()[0]) * resource.getpagesize()


# -- 4 and 5: the engine -------------------------------------------------------------------------


def engine(
    views: Sequence[tuple[str, str]],
    paths: Sequence[str],
    *,
    memory: int,
    threads: int,
    fence: bool = True,
) -> duckdb.DuckDBPyConnection:
    """Start an engine that has those views and can reach those files, and nothing else.

    ``fence`` has the system see to it as well; only tests, of each layer by itself, go without.
    """
    import duckdb  # noqa: PLC0415 - 0.1 s, within the limits

    needs_python = any("actum_ocsf(" in text for _, text in views)
    if needs_python:
        _prepare_ocsf()
    if fence:
        landlock.read_only_these(paths)
    connection = duckdb.connect(
        ":memory:", config={"threads": threads, "memory_limit": f"{memory}B"}
    )
    known = {row[0] for row in connection.execute("SELECT name FROM duckdb_settings()").fetchall()}
    for name, value in _SETTINGS:
        if name in known:
            connection.execute(f"SET {name} = {value}")
    listed = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
    connection.execute(f"SET allowed_paths = [{listed}]")
    connection.execute("SET enable_external_access = false")
    if needs_python:
        _offer_ocsf(connection)
    for name, text in views:
        connection.execute(f'CREATE TEMP VIEW "{name}" AS {text}')
    connection.execute("SET lock_configuration = true")
    return connection


def _prepare_ocsf() -> None:
    """Load what the nested form needs while files can still be read."""
    import numpy as np  # noqa: PLC0415 - only this view needs it

    from actum.ocsf.nested import to_ocsf  # noqa: PLC0415 - only this view needs it

    assert np.empty(0).size == 0  # noqa: S101 - the engine asks for it when it calls Python
    to_ocsf({"class_uid": 6003})


def _offer_ocsf(connection: duckdb.DuckDBPyConnection) -> None:
    from duckdb import sqltypes  # noqa: PLC0415 - see engine

    from actum.ocsf.columns import COLUMNS  # noqa: PLC0415 - only this view needs it
    from actum.ocsf.nested import to_ocsf  # noqa: PLC0415 - only this view needs it

    def nested(event: dict[str, Any]) -> str:
        import json  # noqa: PLC0415 - loaded by now

        return json.dumps(to_ocsf(event), ensure_ascii=False, default=str)

    shape = ", ".join(f'"{each.name}" {each.kind}' for each in COLUMNS)
    connection.create_function(
        "actum_ocsf", nested, [sqltypes.DuckDBPyType(f"STRUCT({shape})")], sqltypes.VARCHAR
    )


# -- 6: the answer -------------------------------------------------------------------------------


def answer(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    parameters: Mapping[str, object],
    sink: BinaryIO,
    *,
    rows: int,
    size: int,
) -> None:
    """Run the statement and send what it gives: columns, rows, and how it ended."""
    import duckdb  # noqa: PLC0415 - see engine

    try:
        _send(connection, sql, parameters, sink, rows=rows, size=size)
    except (duckdb.OutOfMemoryException, MemoryError):
        frame(sink, done="memory")
    except duckdb.Error as error:
        kind = "damage" if isinstance(error, duckdb.IOException) else "statement"
        frame(sink, done="failed", kind=kind, why=_told(error))
    except UnicodeError as error:
        frame(sink, done="failed", kind="statement", why=str(error))


def _send(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    parameters: Mapping[str, object],
    sink: BinaryIO,
    *,
    rows: int,
    size: int,
) -> None:
    given = dict(parameters) or None
    described = connection.execute(f"DESCRIBE {sql}", given).fetchall()
    columns = [(str(name), str(kind)) for name, kind, *_ in described]
    frame(sink, columns=[name for name, _ in columns], types=[kind for _, kind in columns])
    connection.execute(_without_zones(sql, columns), given)
    left, room = rows, size
    while some := connection.fetchmany(min(AT_ONCE, left + 1)):
        cut = len(some) > left
        room -= frame(sink, rows=rows_packed(some[:left]))
        left -= len(some[:left])
        if cut or room < 0:
            frame(sink, done="rows" if cut else "size")
            return
    frame(sink, done="")


def _without_zones(sql: str, columns: Sequence[tuple[str, str]]) -> str:
    """Give times with a zone in UTC and without one, as all times of a log are."""
    if not any("WITH TIME ZONE" in kind for _, kind in columns):
        return sql
    names = [f'"c{place}"' for place in range(len(columns))]
    chosen = [
        f"timezone('UTC', {name})" if kind == "TIMESTAMP WITH TIME ZONE"
        else f"CAST({name} AS VARCHAR)" if "WITH TIME ZONE" in kind
        else name
        for name, (_, kind) in zip(names, columns, strict=True)
    ]  # fmt: skip
    return f"SELECT {', '.join(chosen)} FROM ({sql}) AS answer({', '.join(names)})"


def _told(error: Exception) -> str:
    """What the engine says of an error, without its drawing of where in the SQL."""
    text = str(error).partition("\n\nLINE ")[0].partition("\n\nPossible solutions")[0]
    return " ".join(text.split())


if __name__ == "__main__":
    main()
