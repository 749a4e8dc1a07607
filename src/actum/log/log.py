"""The log: append, seal, read.  One object a log, one writer a home.

`append` returns when the records are on disk and have their indexes; `seal` returns when a signed
checkpoint covers them.  A thread seals every second while there is something to seal.

Big batches go straight into a segment; small ones go into the journal and become a segment when
there are enough of them.  Durable is durable either way.

Rules:

1. A batch no log could hold is refused before anything is done with it, and the log goes on.
2. Anything that fails after that stops the log: what it knows of its own state may be wrong.  It
   says the same reason to every later call, and a fresh start reads from the disk what is true.
3. Only a full disk does not stop the sealing of what is durable already.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import numpy as np

from actum.errors import (
    ActumError,
    DiskFull,
    EvidenceError,
    LogRefused,
    UsageError,
    WriteFailed,
)
from actum.log.arrivals import NEVER, Arrivals, first_rows
from actum.log.batch import Batch, id_halves
from actum.log.catalog import LogEntry, Segment
from actum.log.engine import lay_out, reading_file, scan
from actum.log.gate import admit
from actum.log.home import Home
from actum.log.journal import Pending
from actum.log.leaves import leaf_hashes
from actum.log.merge import merge_small
from actum.log.rebuild import clear_strays, mend_tree
from actum.log.seal import Sealer
from actum.log.segment import Reading, write_segment
from actum.log.view import View
from actum.proof.checkpoint import Checkpoint
from actum.record import Kind, Retold

__all__ = ["Appended", "Log"]

DIRECT = 8_192
"""From this many records on, a batch is written straight into a segment."""
TAIL_RECORDS = 65_536
TAIL_BYTES = 96 << 20
"""The journal becomes a segment when it holds this much."""
SEAL_EVERY = 0.75
"""Seconds between seals: what is durable is sealed within one, the seal's own time included."""


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of a batch.

    ``indexes`` has the index of each row: its own, or that of the record it repeats.  ``fresh``
    says which rows were stored.  ``copies`` and ``conflicts`` list rows that had a known id and
    other bytes: stored too, the first kind as another telling of the same act.
    """

    indexes: np.ndarray
    fresh: np.ndarray
    copies: tuple[int, ...]
    conflicts: tuple[int, ...]

    @property
    def stored(self) -> int:
        """How many rows are new."""
        return int(self.fresh.sum())


@dataclass(frozen=True, slots=True)
class _Sifted:
    """What becomes of each row: ``retold`` rows are stored under an id and source of their own."""

    fresh: np.ndarray
    indexes: np.ndarray
    retold: dict[int, Retold] = field(default_factory=dict)

    def drop(self, row: int, at: int) -> None:
        """The row is the record at ``at`` once more."""
        self.fresh[row] = False
        self.indexes[row] = at


class Log:
    """A log opened for writing.  Raises LogRefused if the gate does not admit it.

    Safe for several threads.  Close it, or use it as a context manager: closing seals.
    """

    def __init__(self, home: Home, entry: LogEntry, reading: Reading) -> None:
        if not home.writes:
            raise UsageError(
                "a log can be appended to only in a home opened for writing",
                todo="open the home with write=True",
            )
        self.home = home
        self.entry = entry
        self.reading = reading
        self.view = View(home, entry)
        try:
            checkpoint, note = self._admit()
            self._sealer = Sealer(self.view, home.signer(entry), checkpoint, note)
            clear_strays(self.view)
        except BaseException:
            self.view.close()
            raise
        self._lock = threading.RLock()
        self._next = self.view.contents().size
        self._arrivals: Arrivals | None = None
        self._recent: list[Batch] = []
        self._tail = [0, 0]
        self._stop = threading.Event()
        self._ticker: threading.Thread | None = None
        self._broken: ActumError | None = None
        for batch in self.view.contents().tail:
            self._tail[0] += len(batch)
            self._tail[1] += batch.size

    def _admit(self) -> tuple[Checkpoint, bytes]:
        now = time.time_ns() // 1000
        try:
            return admit(self.view, now=now)
        except LogRefused:
            # The kept hashes are derived: if only they are damaged, they are written again.
            try:
                mended = mend_tree(self.view)
            except ActumError:
                mended = False
            if not mended:
                raise
            return admit(self.view, now=now)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close(seal=error is None)

    def close(self, *, seal: bool = True) -> None:
        """Stop the sealing thread, seal what is durable, release the engine."""
        if self._stop.is_set():
            return
        with self._lock:
            self._stop.set()
        if self._ticker is not None:
            self._ticker.join()
        try:
            if seal and self._broken is None:
                with self._working():
                    self._sealer.seal()
                    clear_strays(self.view)
        finally:
            self.view.close()

    @contextmanager
    def _working(self) -> Iterator[None]:
        """Rule 2: what fails in here stops the log."""
        try:
            yield
        except ActumError as error:
            self._broken = self._broken or error
            raise
        except BaseException as error:
            stopped = WriteFailed(
                f"the log {self.entry.name!r} was stopped in the middle of its work",
                why=f"{type(error).__name__}: {error}",
                todo="open it again: nothing that was acknowledged is lost",
            )
            self._broken = self._broken or stopped
            if isinstance(error, Exception):
                raise stopped from error
            raise

    def _check_open(self) -> None:
        if self._stop.is_set():
            raise UsageError(f"the log {self.entry.name!r} is closed")
        if self._broken is not None:
            raise self._broken

    # -- appending -------------------------------------------------------------------------------

    def append(
        self, batch: Batch, *, cursors: Mapping[tuple[str, str], str] | None = None
    ) -> Appended:
        """Store the rows that have not arrived before, in order; returns when they are on disk.

        ``cursors`` moves feeds' cursors, (feed, name) → value, in the same transaction.  The batch
        is the log's from here on; to try again after a failure it may be given again as it is.

        UsageError, and nothing happened, if no log could hold the batch.  DiskFull or WriteFailed:
        nothing of it is acknowledged, some or all of it may be there, and the log must be opened
        again; then the same batch gives every record once.
        """
        self._check_open()
        fault = batch.fault()
        if fault:
            raise UsageError("these records cannot be stored", why=fault)
        with self._working():
            with self._lock:
                self._check_open()
                outcome, rest = self._sift(batch)
                rest = rest.at(self._next)
                hashes = leaf_hashes(rest) if len(rest) else b""
                direct = len(rest) >= DIRECT
                if direct:
                    self._direct(rest, hashes, cursors or {})
                else:
                    ticket = self.home.journal.enqueue(
                        Pending(
                            log=self.entry.id,
                            first=rest.first,
                            count=len(rest),
                            body=rest.encode(),
                            leaves=hashes,
                            cursors=cursors or {},
                        )
                    )
                    self._tail[0] += len(rest)
                    self._tail[1] += rest.size
                self._next += len(rest)
                self._start_sealing()
            if not direct:
                self.home.journal.wait(ticket)
                self._settle_if_large()
        return outcome

    def _direct(self, batch: Batch, hashes: bytes, cursors: Mapping[tuple[str, str], str]) -> None:
        self._settle(batch)
        self._sealer.arrived(batch.first, hashes)
        self.home.journal.advance(self.entry.id, batch.first + len(batch), cursors)

    def settle(self) -> None:
        """Seal, move everything in the journal into a segment, then trim the journal.

        Sealing comes first: it is what holds the journal's bytes against their arrival.
        """
        with self._lock:
            self._check_open()
            with self._working():
                self._settle()

    def _settle(self, *more: Batch) -> None:
        """Write the journal's batches, and ``more`` that never were in it, as one segment."""
        # Batches of other threads may have their indexes and not be committed yet.
        self.home.journal.flush()
        self._sealer.seal()
        self.view.refresh()
        tail = self.view.contents().tail
        if tail or more:
            segment = self._segment_of((*tail, *more))
            if tail:
                self.home.journal.trim(self.entry.id, segment.end)
            self.view.refresh()
        self._tail = [0, 0]
        self._recent.clear()

    def _segment_of(self, tail: tuple[Batch, ...]) -> Segment:
        """One segment of several batches, each with its own salt seed."""
        connection = self.view.connection
        lay_out(connection, tail[0], "settled", kind="TABLE")
        try:
            for batch in tail[1:]:
                lay_out(connection, batch, "settled_part")
                connection.execute("INSERT INTO settled SELECT * FROM settled_part")
            segment = write_segment(
                connection,
                self.view.folder,
                log=self.entry.id,
                table="settled",
                reading=self.reading,
            )
        finally:
            connection.execute("DROP TABLE IF EXISTS settled")
            connection.execute("DROP TABLE IF EXISTS settled_part")
        self.home.catalog.replace([], segment)
        self.view.checked.trust(segment)
        return segment

    def _settle_if_large(self) -> None:
        with self._lock:
            if self._tail[0] >= TAIL_RECORDS or self._tail[1] >= TAIL_BYTES:
                self._check_open()
                self._settle()
                self._merge()

    def merge(self) -> int:
        """Join neighbouring small segments; returns how many went into larger ones."""
        with self._lock:
            self._check_open()
            with self._working():
                return self._merge()

    def _merge(self) -> int:
        merged = merge_small(self.view, self.reading)
        if merged:
            self.view.refresh()
            clear_strays(self.view)
        return merged

    # -- duplicates ------------------------------------------------------------------------------

    def _sift(self, batch: Batch) -> tuple[Appended, Batch]:
        """Which rows are new; the batch of them, not yet indexed."""
        arrivals = self._known()
        keys, _ = id_halves(bytes(batch.ids))
        known = arrivals.find(keys)
        leaders = first_rows(keys)
        suspects = np.flatnonzero((known != NEVER) | (leaders != np.arange(len(batch))))
        sifted = _Sifted(np.ones(len(batch), bool), known.copy())
        if len(suspects):
            self._examine(batch, suspects.tolist(), known, leaders, sifted)
        rows = np.flatnonzero(sifted.fresh)
        untouched = len(rows) == len(batch) and not sifted.retold
        rest = batch if untouched else batch.take(rows.tolist())
        for row, retold in sifted.retold.items():
            place = int(np.searchsorted(rows, row))
            rest.ids[place * 16 : place * 16 + 16] = retold.record_id
            rest.sources[place] = retold.source
        sifted.indexes[rows] = np.arange(self._next, self._next + len(rows))
        arrivals.add(id_halves(bytes(rest.ids))[0], self._next)
        if 0 < len(rest) < DIRECT:
            self._recent.append(rest.at(self._next))
        copies = tuple(row for row, each in sifted.retold.items() if each.same)
        conflicts = tuple(row for row, each in sifted.retold.items() if not each.same)
        return Appended(sifted.indexes, sifted.fresh, copies, conflicts), rest

    def _examine(
        self,
        batch: Batch,
        suspects: list[int],
        known: np.ndarray,
        leaders: np.ndarray,
        sifted: _Sifted,
    ) -> None:
        """Settle the rows whose id may have been met before, in order.

        The same id and bytes are a duplicate.  A row with other bytes gets an id of its own, so
        that it, too, is stored once; if that id was met before, the row is a duplicate of the
        record that has it.  Ids that only begin alike are records of their own.
        """
        stored = self._stored([int(known[row]) for row in suspects if known[row] != NEVER])
        ids = {row: bytes(batch.ids[row * 16 : row * 16 + 16]) for row in suspects}
        again = self._retold_before(batch, ids, known, stored)
        met: dict[bytes, int] = {}
        for row in suspects:
            leader = int(leaders[row])
            if known[leader] == NEVER:
                met.setdefault(bytes(batch.ids[leader * 16 : leader * 16 + 16]), leader)
            at, old = self._match(ids[row], int(known[row]), stored)
            if at == NEVER and met.get(ids[row], row) != row:
                at = self._index_at(met[ids[row]], sifted)
                old = batch.raws[met[ids[row]]]
            if at == NEVER:
                met[ids[row]] = row
            elif batch.raws[row] == old or batch.kinds[row] != Kind.RECORD:
                sifted.drop(row, at)  # a delivery is the same one whenever its content is
            else:
                retold, before = again.get(row) or self._tell(batch, row, old, at)
                if before == NEVER and retold.record_id in met:
                    before = self._index_at(met[retold.record_id], sifted)
                if before != NEVER:
                    sifted.drop(row, before)
                else:
                    met[retold.record_id] = row
                    sifted.retold[row] = retold

    def _index_at(self, row: int, sifted: _Sifted) -> int:
        """The index a row of this batch gets, when all rows before it are settled."""
        return self._next + int(sifted.fresh[:row].sum())

    def _tell(self, batch: Batch, row: int, old: bytes, at: int) -> tuple[Retold, int]:
        """How to keep a second telling, and the index it is stored under already, or NEVER."""
        retold = self.reading.retell(batch.sources[row], batch.raws[row], old, at)
        key = id_halves(retold.record_id)[0]
        first = int(self._known().find(key)[0])
        return retold, self._match(retold.record_id, first, self._stored([first]))[0]

    def _retold_before(
        self,
        batch: Batch,
        ids: Mapping[int, bytes],
        known: np.ndarray,
        stored: Mapping[int, tuple[bytes, bytes]],
    ) -> dict[int, tuple[Retold, int]]:
        """What `_tell` says of each row that tells of a stored record otherwise, asked together."""
        retold: dict[int, Retold] = {}
        for row, mine in ids.items():
            at, old = self._match(mine, int(known[row]), stored)
            raw = batch.raws[row]
            if at != NEVER and raw != old and batch.kinds[row] == Kind.RECORD:
                retold[row] = self.reading.retell(batch.sources[row], raw, old, at)
        if not retold:
            return {}
        keys = id_halves(b"".join(each.record_id for each in retold.values()))[0]
        firsts = self._known().find(keys).tolist()
        there = self._stored(firsts)
        return {
            row: (each, self._match(each.record_id, first, there)[0])
            for (row, each), first in zip(retold.items(), firsts, strict=True)
        }

    def _match(
        self, record_id: bytes, first: int, stored: Mapping[int, tuple[bytes, bytes]]
    ) -> tuple[int, bytes]:
        """Index and bytes of the record with this id; ``first`` is the first whose id begins so."""
        if first == NEVER:
            return NEVER, b""
        if stored[first][0] == record_id:
            return first, stored[first][1]
        others = self._known().all(int.from_bytes(record_id[:8], "big"))
        for at, (found, raw) in sorted(self._stored(others).items()):
            if found == record_id:
                return at, raw
        return NEVER, b""

    def _stored(self, indexes: list[int]) -> dict[int, tuple[bytes, bytes]]:
        """Id and bytes of records that have an index, on disk or still on their way there."""
        found: dict[int, tuple[bytes, bytes]] = {}
        missing: list[int] = []
        for index in set(indexes) - {NEVER}:
            place = bisect_right(self._recent, index, key=lambda each: each.first) - 1
            row = index - self._recent[place].first if place >= 0 else -1
            if 0 <= row < (len(self._recent[place]) if place >= 0 else 0):
                batch = self._recent[place]
                found[index] = (bytes(batch.ids[row * 16 : row * 16 + 16]), batch.raws[row])
            else:
                missing.append(index)
        if missing:
            found.update(self.view.raws(missing))
        for index in missing:
            if index not in found:
                raise EvidenceError(
                    f"record {index} arrived and cannot be found", todo="run `actum fsck`"
                )
        return found

    def _known(self) -> Arrivals:
        if self._arrivals is None:
            arrivals = Arrivals()
            held = self.view.contents()
            for segment in held.segments:
                path = self.view.checked.records([segment])[0]
                with reading_file(path):
                    columns = self.view.connection.execute(
                        f'SELECT record_id_high FROM {scan([path])} ORDER BY "index"'
                    ).fetchnumpy()
                arrivals.add(np.asarray(columns["record_id_high"], np.uint64), segment.first)
            for batch in held.tail:
                arrivals.add(id_halves(bytes(batch.ids))[0], batch.first)
                self._recent.append(batch)
            self._arrivals = arrivals
        return self._arrivals

    # -- sealing ---------------------------------------------------------------------------------

    @property
    def checkpoint(self) -> Checkpoint:
        """The last checkpoint published."""
        return self._sealer.checkpoint

    def seal(self) -> Checkpoint:
        """Publish a checkpoint over everything that is durable now."""
        with self._lock:
            if not isinstance(self._broken, DiskFull):
                self._check_open()
            with self._working():
                return self._sealer.seal()

    def _start_sealing(self) -> None:
        if self._ticker is None:
            self._ticker = threading.Thread(target=self._tick, name="actum-seal", daemon=True)
            self._ticker.start()

    def _tick(self) -> None:
        while not self._stop.wait(SEAL_EVERY):
            try:
                self.seal()
            except DiskFull:
                continue  # appends say why; sealing goes on when there is room
            except ActumError:
                return  # the next append says why; nothing more is acknowledged
