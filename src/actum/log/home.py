"""A home: one folder with everything Actum keeps, and one writer at a time.

Any number of processes may read.  The one that writes holds a lock on ``<home>/writer``, which the
operating system releases when the process ends, however it ends.  Readers share a lock on
``<home>/readers``: while one of them is there, files that no segment lists any more stay where they
are, because the reader may have listed them before.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from actum.errors import EvidenceError, HomeBusy, UsageError
from actum.log.catalog import Catalog, LogEntry
from actum.log.durable import failed_write, make_folder, replace_file, sync_folder
from actum.log.journal import Journal
from actum.proof.merkle import EMPTY_ROOT
from actum.proof.note import Signer

__all__ = ["Home"]

INSTANCE = "actum.local"
"""The name checkpoints are issued under until a server is given its own."""


class Home:
    """An open home.  Close it, or use it as a context manager.

    Opening for writing makes the folder if need be and raises HomeBusy if another process writes
    it.  Opening for reading raises UsageError if there is no home at ``path``.
    """

    def __init__(self, path: Path, *, write: bool) -> None:
        self.path = path
        self.writes = write
        self._lock: int | None = None
        self._readers: int | None = None
        if write:
            self._prepare()
        elif not (path / "catalog.db").exists():
            raise UsageError(
                f"there is no Actum home at {str(path)!r}",
                why="the folder has no catalog.db",
                todo="name another with --home, or make one with `actum open PATH…`",
            )
        try:
            self._mark_reader()
            self.catalog = Catalog(path / "catalog.db", write=write)
            try:
                self.journal = Journal(path / "journal.db", write=write)
            except BaseException:
                self.catalog.close()
                raise
            if write:
                sync_folder(path)
        except BaseException:
            self._unlock()
            raise

    def _prepare(self) -> None:
        make_folder(self.path)
        make_folder(self.path / "logs")
        make_folder(self.path / "keys", mode=0o700)
        try:
            self._lock = os.open(self.path / "writer", os.O_RDWR | os.O_CREAT, 0o644)
            os.close(os.open(self.path / "readers", os.O_RDWR | os.O_CREAT, 0o644))
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            assert self._lock is not None  # noqa: S101 - it is what is locked
            holder = os.pread(self._lock, 32, 0).decode("ascii", "replace").strip() or "unknown"
            self._unlock()
            raise HomeBusy(
                f"another process writes {str(self.path)!r}",
                why=f"process {holder} holds its lock",
                todo="wait for it to end, or only read: search, show and verify work meanwhile",
            ) from error
        except OSError as error:
            self._unlock()
            raise failed_write(self.path, error) from error
        with contextlib.suppress(OSError):  # who holds it is told for comfort, on a full disk not
            os.ftruncate(self._lock, 0)
            os.pwrite(self._lock, str(os.getpid()).encode(), 0)

    def _mark_reader(self) -> None:
        """Be counted among the readers, where locks can be had; the writer only opens the file."""
        with contextlib.suppress(OSError):
            self._readers = os.open(self.path / "readers", os.O_RDONLY)
            if not self.writes:
                fcntl.flock(self._readers, fcntl.LOCK_SH)

    @contextlib.contextmanager
    def nobody_reading(self) -> Iterator[bool]:
        """Whether no other process reads; none can begin to before the block ends."""
        if self._readers is None:
            yield False
            return
        try:
            fcntl.flock(self._readers, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        try:
            yield True
        finally:
            fcntl.flock(self._readers, fcntl.LOCK_UN)

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
        """Release files and the writer's lock."""
        self.journal.close()
        self.catalog.close()
        self._unlock()

    def _unlock(self) -> None:
        for handle in (self._readers, self._lock):
            if handle is not None:
                os.close(handle)
        self._readers = self._lock = None

    def logs(self) -> list[LogEntry]:
        """The logs of this home, oldest first."""
        return self.catalog.logs()

    def entry(self, name: str) -> LogEntry:
        """The log of that name.  UsageError if there is none."""
        for each in self.logs():
            if each.name == name:
                return each
        have = ", ".join(repr(each.name) for each in self.logs()) or "none"
        raise UsageError(
            f"there is no log {name!r} in {str(self.path)!r}",
            why=f"it has {have}",
            todo="see `actum log list`",
        )

    def create(self, name: str) -> LogEntry:
        """Make a new, empty log with a key of its own.

        The key is durable before the catalog names the log: a crash between leaves a key nobody
        uses, never a log nobody can sign for.  EvidenceError if the home holds records of a log
        that the catalog does not know: a new log must not be begun in place of a lost one.
        """
        known = {each.id for each in self.logs()}
        if name in {each.name for each in self.logs()}:
            raise UsageError(f"there is a log {name!r} already", todo="see `actum log list`")
        lost = {log for log, following in self.journal.heads().items() if following} - known
        lost |= {path.parent.name for path in (self.path / "logs").glob("*/checkpoint")} - known
        if lost:
            raise EvidenceError(
                f"the catalog does not list log {min(lost)!r}, and the home holds it",
                why="catalog.db was damaged, deleted or replaced",
                todo="restore catalog.db from a copy; to begin anew, open a home in another folder",
            )
        identity = secrets.token_hex(8)
        seed = secrets.token_bytes(32)
        origin = f"{INSTANCE}/{identity}"
        signer = Signer(origin, seed)
        for part in ("records", "events", "tree"):
            make_folder(self.folder(identity) / part)
        replace_file(self._key_path(identity), seed.hex().encode(), mode=0o600)
        entry = LogEntry(identity, name, origin, signer.verifier.vkey, time.time_ns() // 1000)
        self.journal.begin_log(identity, root=EMPTY_ROOT)
        self.catalog.add_log(entry)
        return entry

    def folder(self, log: str) -> Path:
        """Where a log's files lie."""
        return self.path / "logs" / log

    def signer(self, entry: LogEntry) -> Signer:
        """The log's signing key.  EvidenceError if it is gone or not the log's."""
        try:
            seed = bytes.fromhex(self._key_path(entry.id).read_text())
            signer = Signer(entry.origin, seed)
        except (OSError, ValueError) as error:
            raise EvidenceError(
                f"the signing key of log {entry.name!r} cannot be read",
                why=str(error),
                todo="restore keys/ from a copy; without it nothing new can be sealed",
            ) from error
        if signer.verifier.vkey != entry.vkey:
            raise EvidenceError(
                f"the signing key of log {entry.name!r} is not the one it was created with",
                why="its public half differs from the catalog's",
                todo="restore keys/ and catalog.db from the same copy",
            )
        return signer

    def _key_path(self, log: str) -> Path:
        return self.path / "keys" / f"{log}.seed"
