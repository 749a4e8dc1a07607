"""Asks a log in SQL: one statement, one process, and nothing it says is trusted.

The steps, of which the process sees to its own (`actum.sql.worker`):

1. A process is started and given the statement.  It says which views it reads, or why not.
2. The files of these views are checked, the journal's records laid beside them.
3. From the moment the process knows of them, the clock runs.  When it is out, or on `cancel`, the
   process is killed; what it had sent until then is kept, and called partial.

So a statement that runs away takes its own process with it and nothing else.
"""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, Final

from actum.errors import ActumError, EvidenceError, LimitReached, QueryError, UsageError
from actum.sql.limits import Limits
from actum.sql.supply import supplied
from actum.sql.views import VIEWS
from actum.sql.wire import Broken, frame, packed, receive

if TYPE_CHECKING:
    from actum.query.engine import Engine

__all__ = ["Console", "Result"]

PROGRAM: Final = ("-m", "actum.sql.worker")
TO_READ: Final = 20.0
"""Seconds the process may take to start and to look through the statement."""
_CUT: Final = {
    "rows": "the limit of {rows:,} rows was met",
    "size": "the limit of {size:,} bytes was met",
    "time": "the limit of {seconds:g} s was met",
    "memory": "the limit of {memory:,} bytes of memory was met",
    "cancelled": "it was cancelled",
}


@dataclass(frozen=True, slots=True)
class Result:
    """Rows, and whether they are all.

    ``cut`` says why they are not; ``whole`` is true if they are.  Times are UTC, without a zone.
    ``sql`` is what was run.
    """

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    cut: str
    seconds: float
    sql: str = field(repr=False, default="")

    @property
    def whole(self) -> bool:
        """Whether these are all rows there are."""
        return not self.cut

    def dicts(self) -> Iterator[dict[str, Any]]:
        """The rows by column name."""
        for row in self.rows:
            yield dict(zip(self.columns, row, strict=True))


class Console:
    """Answers statements over the log an engine shows.  One at a time; `cancel` from any thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._running: _Run | None = None

    @property
    def log(self) -> str:
        """The name of the log it asks."""
        return self._engine.view.entry.name

    def ask(
        self,
        text: str,
        parameters: Mapping[str, object] | None = None,
        *,
        limits: Limits | None = None,
    ) -> Result:
        """Run one statement.

        QueryError if it is refused, UsageError if it fails; LimitReached if it met a limit before
        there was anything to give.
        """
        chosen = limits or Limits()
        given = dict(parameters or {})
        run = _Run(chosen)
        self._running = run
        try:
            with run.started():
                reads = run.read(text, given)
                with supplied(self._engine, reads) as supply:
                    return run.answered(supply.views, supply.paths)
        finally:
            self._running = None

    def cancel(self) -> None:
        """Stop the statement that is running, if there is one."""
        run = self._running
        if run is not None:
            run.stop("cancelled")


class _Run:
    """One statement on its way."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.stopped = ""
        self.sql = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._timer: threading.Timer | None = None

    def stop(self, why: str) -> None:
        """Kill the process, whatever it is doing."""
        self.stopped = self.stopped or why
        if self._process is not None:
            self._process.kill()

    @contextmanager
    def started(self) -> Iterator[None]:
        """A process of its own, which is gone after the block however that ends."""
        self._process = subprocess.Popen(  # noqa: S603 - this Python, and a module of ours
            [sys.executable, "-P", "-B", *PROGRAM],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=_environment(), cwd="/", start_new_session=True,
        )  # fmt: skip
        if self.stopped:
            self._process.kill()
        try:
            yield
        finally:
            self._time(None)
            self._process.kill()
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    _close(stream)

    def _time(self, seconds: float | None) -> None:
        """Let the clock run for so long; None stops it."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        if seconds is not None:
            self._timer = threading.Timer(seconds, self.stop, ["time"])
            self._timer.daemon = True
            self._timer.start()

    def _say(self, **said: object) -> None:
        assert self._process is not None and self._process.stdin is not None  # noqa: S101, PT018
        try:
            frame(self._process.stdin, **said)
        except OSError as error:
            raise self._gone() from error

    def _hear(self) -> dict[str, Any]:
        assert self._process is not None and self._process.stdout is not None  # noqa: S101, PT018
        return receive(self._process.stdout)

    # -- step 1 ----------------------------------------------------------------------------------

    def read(self, text: str, parameters: Mapping[str, object]) -> list[str]:
        """The views the statement reads.  QueryError if it is refused."""
        limits = self.limits
        self._time(TO_READ)
        try:
            self._say(
                text=text, views=list(VIEWS), rows=limits.rows, size=limits.size,
                parameters={name: packed(value) for name, value in parameters.items()},
                memory=limits.memory, threads=limits.threads,
                cpu=math.ceil(TO_READ + (limits.seconds + 1) * limits.threads),
            )  # fmt: skip
            said = self._hear()
        except Broken as error:
            raise self._gone() from error
        finally:
            self._time(None)
        refused = said.get("refused")
        if refused is None:
            self.sql = str(said["passed"])
            return [name for name in said["reads"] if name in VIEWS]
        what, why, todo = (str(refused[key]) for key in ("what", "why", "todo"))
        if "start" not in refused:
            raise ActumError(what, why=why, todo=todo)
        raise QueryError(
            what, text=text, start=int(refused["start"]), end=int(refused["end"]), why=why,
            todo=todo,
        )  # fmt: skip

    # -- step 3 ----------------------------------------------------------------------------------

    def answered(self, views: list[tuple[str, str]], paths: list[str]) -> Result:
        """Send the process what it may read, and gather what it gives."""
        began = time.monotonic()
        self._time(self.limits.seconds)
        self._say(views=views, paths=paths)
        columns: tuple[str, ...] | None = None
        types: tuple[str, ...] = ()
        rows: list[tuple[Any, ...]] = []
        room = self.limits.rows
        while True:
            try:
                said = self._hear()
            except Broken:
                ended: dict[str, Any] = self._end()
                break
            if "columns" in said:
                columns = _named_apart(said["columns"])
                types = tuple(map(str, said["types"]))
            elif "rows" in said:
                rows += (tuple(row) for row in said["rows"][: room - len(rows)])
            else:
                ended = said
                break
        self._time(None)
        cut = str(ended["done"])
        if cut == "failed":
            raise _failure(str(ended.get("kind")), str(ended.get("why")))
        if cut and columns is None:
            raise LimitReached(
                "the statement was stopped before it gave anything",
                why=self.why(cut),
                todo="ask for less, or raise the limit",
            )
        return Result(
            columns or (), types, rows, self.why(cut) if cut else "", time.monotonic() - began,
            self.sql,
        )  # fmt: skip

    def _end(self) -> dict[str, Any]:
        """How a process ended that did not say so."""
        assert self._process is not None  # noqa: S101 - it was started
        try:
            code = self._process.wait(1)
        except subprocess.TimeoutExpired:
            code = 1
        if self.stopped or code == -signal.SIGXCPU:
            return {"done": self.stopped or "time"}
        if code < 0:
            return {"done": "memory"}  # the system, or the engine in its distress, ended it
        return {"done": "failed", "kind": "process", "why": f"its process left with code {code}"}

    def why(self, cut: str) -> str:
        """Say in words which limit it was."""
        limits = self.limits
        return _CUT.get(cut, cut).format(
            rows=limits.rows, size=limits.size, seconds=limits.seconds, memory=limits.memory
        )

    def _gone(self) -> ActumError:
        if self.stopped == "cancelled":
            return LimitReached("the statement was cancelled", todo="run it again to go on")
        return LimitReached(
            "the statement could not be looked through",
            why="it is too deep or too large" if not self.stopped else f"it took {TO_READ:g} s",
            todo="say it in a shorter way",
        )


def _failure(kind: str, why: str) -> ActumError:
    if kind == "damage":
        return EvidenceError(
            "a segment cannot be read", why=why, todo="run `actum fsck` to see which"
        )
    if kind == "process":
        return ActumError(
            "the statement was not run to its end", why=why, todo="report it, with the statement"
        )
    return UsageError(
        "the statement failed", why=why, todo="`.schema` and docs/sql.md have the columns"
    )


def _environment() -> dict[str, str]:
    """Nothing of ours but where Python's modules are: no token, no proxy, no home."""
    return {
        "PYTHONPATH": os.pathsep.join(os.path.abspath(each) for each in sys.path if each),  # noqa: PTH100
        "PYTHONUTF8": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "TZ": "UTC",
    }


def _named_apart(names: list[str]) -> tuple[str, ...]:
    """Names of columns, each once: the second ``a`` is ``a_1``."""
    ordered: list[str] = []
    for name in names:
        count, free = 0, str(name)
        while free in ordered:
            count += 1
            free = f"{name}_{count}"
        ordered.append(free)
    return tuple(ordered)


def _close(stream: IO[bytes]) -> None:
    with suppress(OSError):  # what was not sent has nobody left to read it
        stream.close()
