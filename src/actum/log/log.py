"""The log: append, seal, read.  One object a log, one writer a home.

`append` returns when the records are on disk and have their indexes; `seal` returns when a signed
checkpoint covers them.  A thread seals every second while there is something to seal.

Big batches go straight into a segment; small ones go into the journal and become a segment when
there are enough of them.  Durable is durable either way.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import numpy as np

from actum.errors import ActumError
from actum.log.arrivals import NEVER, Arrivals, first_rows
from actum.log.batch import Batch, id_halves
from actum.log.catalog import LogEntry, Segment
from actum.log.engine import lay_out, scan
from actum.log.gate import admit
from actum.log.home import Home
from actum.log.journal import Pending
from actum.log.leaves import leaf_hashes
from actum.log.merge import merge_small
from actum.log.seal import Sealer
from actum.log.segment import Reading, write_segment
from actum.log.view import View
from actum.proof.checkpoint import Checkpoint
from actum.record import Kind

__all__ = ["Appended", "Log"]

DIRECT = 8_192
"""From this many records on, a batch is written straight into a segment."""
TAIL_RECORDS = 65_536
TAIL_BYTES = 96 << 20
"""The journal becomes a segment when it holds this much."""
SEAL_EVERY = 1.0


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


class Log:
    """A log opened for writing.  Raises LogRefused if the gate does not admit it.

    Safe for several threads.  Close it, or use it as a context manager: closing seals.
    """

    def __init__(self, home: Home, entry: LogEntry, reading: Reading) -> None:
        self.home = home
        self.entry = entry
        self.reading = reading
        self.view = View(home, entry)
        try:
            checkpoint, note = admit(self.view, now=time.time_ns() // 1000)
            self._sealer = Sealer(self.view, home.signer(entry), checkpoint, note)
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

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(seal=error is None)

    def close(self, *, seal: bool = True) -> None:
        """Stop the sealing thread, seal what is durable, release the engine."""
        self._stop.set()
        if self._ticker is not None:
            self._ticker.join()
        try:
            if seal and self._broken is None:
                self.seal()
        finally:
            self.view.close()

    # -- appending -------------------------------------------------------------------------------

    def append(
        self, batch: Batch, *, cursors: Mapping[tuple[str, str], str] | None = None
    ) -> Appended:
        """Store the rows that have not arrived before, in order; returns when they are on disk.

        ``cursors`` moves feeds' cursors, (feed, name) → value, in the same transaction.  Raises
        DiskFull or WriteFailed: then nothing of this batch is acknowledged, and the log must be
        opened again.
        """
        if self._broken is not None:
            raise self._broken
        try:
            with self._lock:
                outcome, rest = self._sift(batch)
                rest = rest.at(self._next)
                hashes = leaf_hashes(rest) if len(rest) else b""
                direct = len(rest) >= DIRECT
                if direct:
                    self._direct(rest, hashes, cursors or {})
                else:
                    ticket = self.home.journal.enqueue(
                        Pending(self.entry.id, rest, hashes, cursors or {})
                    )
                    self._tail[0] += len(rest)
                    self._tail[1] += rest.size
                self._next += len(rest)
            if not direct:
                self.home.journal.wait(ticket)
                self._settle_if_large()
        except ActumError as error:
            self._broken = error
            raise
        self._start_sealing()
        return outcome

    def _direct(
        self, batch: Batch, hashes: bytes, cursors: Mapping[tuple[str, str], str]
    ) -> None:
        self.settle()
        self._segment(batch)
        self._sealer.arrived(batch.first, hashes)
        self.home.journal.advance(self.entry.id, batch.first + len(batch), cursors)

    def _segment(self, batch: Batch) -> Segment:
        table = "laid_out"
        lay_out(self.view.connection, batch, table)
        try:
            segment = write_segment(
                self.view.connection,
                self.view.folder,
                log=self.entry.id,
                table=table,
                reading=self.reading,
            )
        finally:
            self.view.connection.execute(f"DROP TABLE IF EXISTS {table}")
        self.home.catalog.replace([], segment)
        self.view.checked.trust(segment)
        self.view.refresh()
        return segment

    def settle(self) -> None:
        """Seal, move everything in the journal into a segment, then trim the journal.

        Sealing comes first: it is what holds the journal's bytes against their arrival.
        """
        with self._lock:
            self.seal()
            self.view.refresh()
            tail = self.view.contents().tail
            if not tail:
                return
            segment = self._segment_of(tail)
            self.home.journal.trim(self.entry.id, segment.end)
            self._tail = [0, 0]
            self._recent.clear()
            self.view.refresh()

    def _segment_of(self, tail: tuple[Batch, ...]) -> Segment:
        """One segment of several batches, each with its own salt seed."""
        connection = self.view.connection
        lay_out(connection, tail[0], "settled")
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
                self.settle()
                self.merge()

    def merge(self) -> int:
        """Join neighbouring small segments; returns how many went into larger ones."""
        with self._lock:
            merged = merge_small(self.view, self.reading)
            if merged:
                self.view.refresh()
            return merged

    # -- duplicates ------------------------------------------------------------------------------

    def _sift(self, batch: Batch) -> tuple[Appended, Batch]:
        """Which rows are new; the batch of them, not yet indexed."""
        arrivals = self._known()
        keys, _ = id_halves(bytes(batch.ids))
        known = arrivals.find(keys)
        leaders = first_rows(keys)
        fresh = np.ones(len(batch), bool)
        suspects = np.flatnonzero((known != NEVER) | (leaders != np.arange(len(batch))))
        copies: list[int] = []
        conflicts: list[int] = []
        if len(suspects):
            copies, conflicts = self._examine(batch, suspects, known, leaders, fresh)
        rows = np.flatnonzero(fresh)
        rest = batch if len(rows) == len(batch) else batch.take(rows.tolist())
        indexes = known.copy()
        indexes[rows] = np.arange(self._next, self._next + len(rows))
        inner = np.flatnonzero(~fresh & (known == NEVER))
        indexes[inner] = indexes[leaders[inner]]
        arrivals.add(id_halves(bytes(rest.ids))[0], self._next)
        if len(rest) < DIRECT:
            self._recent.append(rest.at(self._next))
        return Appended(indexes, fresh, tuple(copies), tuple(conflicts)), rest

    def _examine(
        self,
        batch: Batch,
        suspects: np.ndarray,
        known: np.ndarray,
        leaders: np.ndarray,
        fresh: np.ndarray,
    ) -> tuple[list[int], list[int]]:
        """Settle the rows whose id was met before: the same bytes are a duplicate, others are not.

        A row with other bytes gets an id of its own, so that it, too, is stored once; if that id
        was met before, the row is a duplicate of the record that has it.
        """
        copies: list[int] = []
        conflicts: list[int] = []
        met: dict[bytes, int] = {}
        stored = self._stored([int(known[row]) for row in suspects if known[row] != NEVER])
        for row in map(int, suspects):
            at = int(known[row])
            if at == NEVER:
                leader = int(leaders[row])
                old_id, old = bytes(batch.ids[leader * 16 : leader * 16 + 16]), batch.raws[leader]
                at = self._next + int(fresh[:leader].sum())
            else:
                old_id, old = stored[at]
            mine = bytes(batch.ids[row * 16 : row * 16 + 16])
            if mine != old_id:
                known[row] = NEVER  # the first halves met by chance: a record of its own
                continue
            if batch.raws[row] == old or batch.kinds[row] != Kind.RECORD:
                fresh[row] = False  # a delivery is the same one whenever its content is
                continue
            retold = self.reading.retell(batch.sources[row], batch.raws[row], old, at)
            again = met.get(retold.record_id, self._index_of(retold.record_id))
            batch.ids[row * 16 : row * 16 + 16] = retold.record_id
            if again != NEVER:
                fresh[row], known[row] = False, again
                continue
            met[retold.record_id] = self._next + int(fresh[:row].sum())
            known[row] = NEVER
            batch.sources[row] = retold.source
            (copies if retold.same else conflicts).append(row)
        return copies, conflicts

    def _index_of(self, record_id: bytes) -> int:
        """The index of the record that has this id, or NEVER."""
        at = int(self._known().find(id_halves(record_id)[0])[0])
        return at if at != NEVER and self._stored([at])[at][0] == record_id else NEVER

    def _stored(self, indexes: list[int]) -> dict[int, tuple[bytes, bytes]]:
        """Id and bytes of records that have an index, on disk or still on their way there."""
        found: dict[int, tuple[bytes, bytes]] = {}
        for batch in self._recent:
            for index in indexes:
                row = index - batch.first
                if 0 <= row < len(batch):
                    found[index] = (bytes(batch.ids[row * 16 : row * 16 + 16]), batch.raws[row])
        missing = [index for index in indexes if index not in found]
        if missing:
            found.update(self.view.raws(missing))
        return found

    def _known(self) -> Arrivals:
        if self._arrivals is None:
            self._arrivals = arrivals = Arrivals()
            held = self.view.contents()
            for segment in held.segments:
                paths = self.view.checked.records([segment])
                columns = self.view.connection.execute(
                    f'SELECT record_id_high FROM {scan(paths)} ORDER BY "index"'
                ).fetchnumpy()
                arrivals.add(np.asarray(columns["record_id_high"], np.uint64), segment.first)
            for batch in held.tail:
                arrivals.add(id_halves(bytes(batch.ids))[0], batch.first)
                self._recent.append(batch)
        return self._arrivals

    # -- sealing ---------------------------------------------------------------------------------

    @property
    def checkpoint(self) -> Checkpoint:
        """The last checkpoint published."""
        return self._sealer.checkpoint

    def seal(self) -> Checkpoint:
        """Publish a checkpoint over everything that is durable now."""
        with self._lock:
            return self._sealer.seal()

    def _start_sealing(self) -> None:
        if self._ticker is None:
            self._ticker = threading.Thread(target=self._tick, name="actum-seal", daemon=True)
            self._ticker.start()

    def _tick(self) -> None:
        while not self._stop.wait(SEAL_EVERY):
            try:
                self.seal()
            except ActumError as error:
                self._broken = error  # the next append says why; nothing more is acknowledged
                return
