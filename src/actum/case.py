"""The one object people hold: a home, its log, and every question and act on it.

The command line is a thin layer over this, and `import actum` gives it to a notebook.
"""

from __future__ import annotations

import getpass
import os
import re
import socket
import time
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Self

from actum.collect import collect
from actum.errors import UsageError
from actum.ingest import Account, By, Seen, Totals, ingest
from actum.log.control import control
from actum.log.evidence import Verified, prove_checked, verify_log
from actum.log.fsck import Finding, fsck
from actum.log.home import Home
from actum.log.log import Log
from actum.log.rebuild import rebuild
from actum.log.reread import Reread, reread
from actum.log.seal import read_checkpoint
from actum.log.terms import build_terms
from actum.log.view import View
from actum.query import Query, parse
from actum.query.engine import Answer, Engine
from actum.record import Micros
from actum.sources import SOURCES, Mappings, Told
from actum.sources.declared import FOLDER, load_folder
from actum.sources.paths import FILE, PathRule, parse_told, read_rules, told_by, write_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

    from actum.log.catalog import LogEntry
    from actum.proof.checkpoint import Checkpoint
    from actum.proof.tlog_proof import Verdict
    from actum.record import Record
    from actum.sql import Limits, Result

__all__ = ["Case", "Status", "case_path", "current_home", "open_case", "remember"]

MAIN = "main"
"""The log a home is opened with unless another is named."""


@dataclass(frozen=True, slots=True)
class Status:
    """Where a log stands: its records and their proof, before any question is asked."""

    entry: LogEntry
    home: Path
    records: int
    segments: int
    in_journal: int
    raw_size: int
    stored_size: int
    checkpoint: Checkpoint | None


class Case:
    """An open log.  Close it, or use it as a context manager.

    Opened for reading it changes nothing and needs no lock; opened for writing it holds the home's.
    (SQLite lays an empty ``-wal`` and a ``-shm`` file beside a database while it is read; they hold
    nothing of the log.)  Not safe for two threads at once.
    """

    def __init__(
        self, path: str | os.PathLike[str], *, write: bool = False, log: str = MAIN
    ) -> None:
        self.path = Path(path)
        self.sources = {**load_folder(self.path / FOLDER, taken=SOURCES), **SOURCES}
        self._reading = Mappings(self.sources)
        self._home = Home(self.path, write=write)
        self._log: Log | None = None
        self._engine: Engine | None = None
        try:
            self.entry = self._entry(log, write=write)
            if write:
                self._log = Log(self._home, self.entry, self._reading)
                if not self._log.view.contents().size:
                    control(self._log, "CreateLog", by=_by_dict(), vkey=self.entry.vkey)
                self._view = self._log.view
            else:
                self._view = View(self._home, self.entry)
        except BaseException:
            if self._log is not None:
                self._log.close(seal=False)
            self._home.close()
            raise

    def _entry(self, name: str, *, write: bool) -> LogEntry:
        have = [each.name for each in self._home.logs()]
        if write and name not in have:
            return self._home.create(name)
        return self._home.entry(name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Seal what is durable, if this is the writer, and release everything."""
        try:
            if self._engine is not None:
                self._engine.close()
            if self._log is not None:
                self._log.close()
            else:
                self._view.close()
        finally:
            self._home.close()

    # -- reading in ------------------------------------------------------------------------------

    def open(
        self,
        paths: Sequence[str | Path],
        *,
        source: str = "",
        done: Callable[[Account], None] = lambda _: None,
        seen: Seen = lambda _read, _records: None,
    ) -> Totals:
        """Read files, folders, globs, archives or ``-`` into the log; durable and sealed at last.

        What was read before is not stored twice.  ``source`` says what all of it is, as
        ``NAME[:OPTIONS]``; without it the home's path rules say, and else the content.
        """
        arrivals = collect([_absolute(each) for each in paths])
        named = ",".join(_absolute(each) for each in paths)[:1_000]
        # A feed has a name people read: a path that is not UTF-8 is spelled out.
        feed = "files:" + named.encode("utf-8", "surrogateescape").decode(
            "utf-8", "backslashreplace"
        )
        log = self.log()
        totals = ingest(
            log, arrivals, feed=feed, by=By(**_by_dict()), done=done, seen=seen,
            sources=self.sources, told=self._told(source),
        )  # fmt: skip
        log.settle()
        log.merge()
        log.seal()
        self._fresh()
        return totals

    def _told(self, source: str) -> Callable[[str], Told | None]:
        """What is known of a delivery by its origin: said now, or by a rule of the home."""
        if source:
            told = parse_told(source, self.sources)
            return lambda _: told
        rules = self.path_rules()
        return lambda origin: told_by(rules, origin)

    def index_terms(self, *, seen: Callable[[int], None] = lambda _: None) -> int:
        """Make the term filters that are missing: rare words and values are found faster then.

        Answers are the same without them.  Can be interrupted; goes on where it was.  Returns the
        number of segments that got one.
        """
        built = build_terms(self.log().view, seen=seen)
        self._fresh()
        return built

    def path_rules(self) -> list[PathRule]:
        """Return what the home says of deliveries by their path."""
        return read_rules(self.path / FILE, self.sources)

    def set_path_rule(self, match: str, source: str) -> None:
        """Say what deliveries with such an origin are, from now on; no ``source`` takes it back."""
        rules = [each for each in self.path_rules() if each.match != match]
        if source:
            rules.insert(0, PathRule(match, parse_told(source, self.sources)))
        control(self.log(), "SetPathRule", by=_by_dict(), match=match, source=source)
        write_rules(self.path / FILE, rules)

    def reread(
        self,
        *,
        origin: str = "*",
        source: str = "",
        everything: bool = False,
        seen: Callable[[int], None] = lambda _: None,
    ) -> Reread:
        """Give what is stored to the sources again; the evidence is not touched.

        ``source`` says what the deliveries whose origin matches ``origin`` are.
        """
        log, told = self.log(), self._told("")
        if source:
            said = PathRule(origin, parse_told(source, self.sources))
            told = lambda name: told_by([said], name)  # noqa: E731 - one of two, told apart here
        log.settle()
        done = reread(
            log.view, self._reading, partial(self._reading.again, told=told),
            everything=everything, seen=seen,
        )  # fmt: skip
        control(
            log, "RereadSources", by=_by_dict(), origin=origin, source=source,
            segments=done.segments, changed=done.changed,
        )  # fmt: skip
        log.seal()
        build_terms(log.view)
        self._fresh()
        return done

    def log(self) -> Log:
        """Return the log, to append to.  UsageError if the case is open for reading."""
        if self._log is None:
            raise UsageError(
                "this case is open for reading",
                why="nothing can be stored through it",
                todo="open it with write=True",
            )
        return self._log

    # -- asking ----------------------------------------------------------------------------------

    def query(self, text: str, *, now: datetime | None = None, zone: tzinfo = UTC) -> Query:
        """Read a query.  QueryError points at what is wrong with it."""
        return parse(text, now=now or datetime.now(UTC), zone=zone, time_of=self._time_of)

    def sql(
        self,
        statement: str,
        parameters: Mapping[str, object] | None = None,
        *,
        limits: Limits | None = None,
    ) -> Result:
        """Run one SQL statement over the log's views, in a process of its own: docs/sql.md."""
        from actum.sql import Console  # noqa: PLC0415 - only who asks SQL pays for it

        return Console(self.engine).ask(statement, parameters, limits=limits)

    def _time_of(self, index: int) -> Micros | None:
        """Return when a record's act happened, for ``around:``.  LookupError without a record."""
        found = self.engine.rows(
            'SELECT epoch_us(min(time)) FROM events WHERE "index" = ? GROUP BY "index"', [index]
        )
        if not found:
            raise LookupError(index)
        return None if found[0][0] is None else Micros(found[0][0])

    def search(
        self,
        query: str | Query,
        *,
        limit: int | None = 200,
        columns: Sequence[str] = (),
        now: datetime | None = None,
        zone: tzinfo = UTC,
    ) -> Answer:
        """Find the newest events that match, and the exact number of all that do."""
        asked = self.query(query, now=now, zone=zone) if isinstance(query, str) else query
        return self.engine.search(asked, limit=limit, columns=columns)

    @property
    def engine(self) -> Engine:
        """The engine behind `search`, for questions of its own."""
        if self._engine is None:
            self._engine = Engine(self._view, self._reading)
        return self._engine

    def record(self, index: int) -> Record:
        """One raw record with its provenance."""
        return self._view.record(index)

    def records(self, indexes: Sequence[int]) -> dict[int, bytes]:
        """Return the raw bytes of those records, by index."""
        return {index: raw for index, (_, raw) in self._view.raws(indexes).items()}

    def status(self) -> Status:
        """Where the log stands."""
        held = self._view.contents()
        found = read_checkpoint(self._view.folder, self.entry.vkey)
        tail = sum(batch.size for batch in held.tail)
        return Status(
            entry=self.entry,
            home=self.path,
            records=held.size,
            segments=len(held.segments),
            in_journal=held.size - held.segmented,
            raw_size=sum(each.raw_size for each in held.segments) + tail,
            stored_size=sum(each.records_size + each.events_size for each in held.segments),
            checkpoint=found[0] if found else None,
        )

    def logs(self) -> list[LogEntry]:
        """Return the logs of this home."""
        return self._home.logs()

    # -- proving ---------------------------------------------------------------------------------

    def prove(self, index: int) -> tuple[bytes, Verdict]:
        """Return a ``.tlog-proof`` of one record and its verdict on the stored bytes."""
        return prove_checked(self._view, index)

    def verify(
        self, *, key: str | None = None, seen: Callable[[int], None] = lambda _: None
    ) -> Verified:
        """Check the whole log against its signed checkpoint.  Raises when it does not hold.

        ``key`` is the log's public key from a source you trust; without it the home's own is used.
        """
        return verify_log(self._view, key=key, seen_records=seen)

    def checkpoint(self) -> bytes:
        """Return the signed note of the last checkpoint, empty if there is none."""
        found = read_checkpoint(self._view.folder, self.entry.vkey)
        return found[1] if found else b""

    def fsck(self, *, seen: Callable[[int], None] = lambda _: None) -> list[Finding]:
        """Everything wrong with the log; nothing if all is well.  Changes nothing."""
        return list(fsck(self._view, seen=seen))

    def rebuild(self, *, seen: Callable[[int], None] = lambda _: None) -> int:
        """Derive events and kept hashes again from the records; the number of segments."""
        log = self.log()
        log.settle()
        count = rebuild(log.view, self._reading, seen=seen)
        build_terms(log.view, again=True)
        self._fresh()
        return count

    def _fresh(self) -> None:
        self._view.refresh()
        if self._engine is not None:
            self._engine.close()
            self._engine = None


def open_case(path: str | os.PathLike[str], *, write: bool = False, log: str = MAIN) -> Case:
    """Open the home at ``path``; with ``write`` it is made if it is not there.

    Raises UsageError if there is none, HomeBusy if another process writes it, LogRefused if the
    evidence does not admit writing.
    """
    return Case(path, write=write, log=log)


def _by_dict() -> dict[str, str]:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = f"uid {os.getuid()}"
    return {"user": user, "host": socket.gethostname()}


def _absolute(path: str | Path) -> str:
    """Paths are recorded as absolute ones, so that a record says where it came from."""
    text = os.fspath(path)
    return text if text == "-" else os.path.abspath(text)  # noqa: PTH100 - keeps globs and names


# -- where homes are -----------------------------------------------------------------------------


def data_folder() -> Path:
    """Return the user's folder for Actum's homes."""
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "actum"


def case_path(paths: Sequence[str | Path]) -> Path:
    """Return the home of a case opened from those paths: the same paths, the same home."""
    joined = "\0".join(_absolute(each) for each in paths)
    name = re.sub(r"[^A-Za-z0-9]+", "-", Path(os.fspath(paths[0])).name).strip("-") or "case"
    digest = sha256(joined.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return data_folder() / "cases" / f"{name[:40].lower()}-{digest}"


def current_home() -> Path:
    """Where commands look when no home is named: the case opened last, else the default home."""
    pointer = data_folder() / "current"
    try:
        # A case that is gone is said to be gone: another log must not answer in its place.
        return Path(os.fsdecode(pointer.read_bytes()).removesuffix("\n"))
    except OSError:
        return data_folder() / "home"


def remember(home: Path) -> None:
    """Make a case the current one."""
    pointer = data_folder() / "current"
    pointer.parent.mkdir(parents=True, exist_ok=True)
    pointer.write_bytes(os.fsencode(home.absolute()) + b"\n")


def iso(micros: int | None) -> str:
    """Return a time as ISO 8601 UTC, or "unknown"."""
    if micros is None:
        return "unknown"
    seconds, rest = divmod(micros, 1_000_000)
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(seconds))
    return stamp + (f".{rest:06d}".rstrip("0") if rest else "") + "Z"
