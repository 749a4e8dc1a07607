"""What one log holds, as somebody reading sees it: the segments and the tail behind them.

Reading never needs the writer.  A view is taken in this order, so that a writer at work cannot make
it wrong:

1. How many records were acknowledged and sealed.  There can only be more of them later.
2. The journal's batches, then the catalog's segments: a record on its way from one to the other is
   seen twice, never not at all, and the second sight of it is dropped.
3. If that is fewer records than 1 said, something is lost, and nothing is served as if it were all.

A file that was merged away after it was listed is no loss: the view looks again and goes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from actum.errors import ActumError, EvidenceError, UsageError
from actum.log.batch import Batch
from actum.log.catalog import LogEntry, Segment
from actum.log.engine import FileGone, connect
from actum.log.home import Home
from actum.log.leaves import leaf_hashes
from actum.log.published import read_checkpoint
from actum.log.segment import Checked, read_batches
from actum.log.tree import Tree
from actum.proof.merkle import HASH_SIZE, hash_level
from actum.record import Record

__all__ = ["Contents", "View"]

_BLOCK = 256


@dataclass(frozen=True, slots=True)
class Contents:
    """The segments, the batches after them, and the arrival leaf hashes of those batches."""

    segments: tuple[Segment, ...]
    tail: tuple[Batch, ...]
    arrived: tuple[bytes, ...]

    @property
    def segmented(self) -> int:
        """The first index that no segment holds."""
        return self.segments[-1].end if self.segments else 0

    @property
    def size(self) -> int:
        """How many records the log has."""
        return self.tail[-1].first + len(self.tail[-1]) if self.tail else self.segmented


class View:
    """Reads one log's records and hashes.  Not safe for two threads at once."""

    def __init__(self, home: Home, entry: LogEntry) -> None:
        self.home = home
        self.entry = entry
        self.folder = home.folder(entry.id)
        self.tree = Tree(self.folder / "tree")
        self.checked = Checked(self.folder)
        self.connection = connect()
        self._contents: Contents | None = None
        self._blocks: dict[int, bytes] = {}

    def close(self) -> None:
        """Release the engine."""
        self.connection.close()

    def contents(self) -> Contents:
        """What the log holds; the same until `refresh`.  EvidenceError if records are lost."""
        held = self._contents
        if held is None:
            held = self._contents = self._look()
        return held

    def refresh(self) -> None:
        """Look again the next time."""
        self._contents = None
        self._blocks.clear()

    def _look(self) -> Contents:
        acknowledged = self._acknowledged()
        held = self.found()
        if held.size < acknowledged:
            raise EvidenceError(
                f"log {self.entry.name!r} holds {held.size} records, and {acknowledged} were"
                " acknowledged",
                why="the last of them are in no segment and not in the journal",
                todo="run `actum fsck`; restore journal.db, catalog.db or the segments from a copy",
            )
        return held

    def _acknowledged(self) -> int:
        head = self.home.journal.head(self.entry.id)
        try:
            sealed = read_checkpoint(self.folder, self.entry.vkey)
        except ActumError:
            sealed = None  # says nothing here; `verify` and `fsck` say what is wrong with it
        return max(head.next if head else 0, sealed[0].size if sealed else 0)

    def found(self) -> Contents:
        """What there is to be read now, whether or not it is all that was acknowledged."""
        journal = self.home.journal.batches(self.entry.id, 0)
        segments = self.home.catalog.segments(self.entry.id)
        at = segments[-1].end if segments else 0
        tail: list[Batch] = []
        arrived: list[bytes] = []
        for batch, leaves in journal:
            if batch.first + len(batch) <= at:
                continue
            if batch.first != at:
                raise EvidenceError(
                    f"records {at} to {batch.first - 1} are in no segment and not in the journal",
                    why="the journal's next batch begins after them",
                    todo="run `actum fsck`; restore journal.db or the segments from a copy",
                )
            tail.append(batch)
            arrived.append(leaves)
            at += len(batch)
        return Contents(tuple(segments), tuple(tail), tuple(arrived))

    # -- records ---------------------------------------------------------------------------------

    def record(self, index: int) -> Record:
        """One record.  UsageError if the log has none of that index."""
        for batch in self.batches([(index, index + 1)]):
            return next(iter(batch.records()))
        size = self.contents().size
        raise UsageError(
            f"log {self.entry.name!r} has no record {index}",
            why=f"its records are 0 to {size - 1}" if size else "it is empty",
            todo="see the index column of `actum search`",
        )

    def batches(self, ranges: Sequence[tuple[int, int]], *, rows: int = 16_384) -> Iterator[Batch]:
        """The records of those half-open index ranges, in index order, as batches."""
        wanted = list(ranges)
        done = -1
        while True:
            before = done
            try:
                for batch in self._batches(wanted, rows):
                    done = batch.first + len(batch)
                    yield batch
            except FileGone:
                if done == before and before != -1:
                    raise  # looked again already, and it is still not there
                done = max(done, 0)
                wanted = [(max(low, done), high) for low, high in wanted if high > done]
                self.refresh()
            else:
                return

    def _batches(self, ranges: Sequence[tuple[int, int]], rows: int) -> Iterator[Batch]:
        held = self.contents()
        for segment in held.segments:
            parts = _overlap(ranges, segment.first, segment.end)
            if parts:
                yield from self._of_segment(segment, parts, rows)
        for batch in held.tail:
            for low, high in _overlap(ranges, batch.first, batch.first + len(batch)):
                yield cut(batch, low, high)

    def _of_segment(
        self, segment: Segment, parts: list[tuple[int, int]], rows: int
    ) -> Iterator[Batch]:
        """Those parts of a segment; EvidenceError if its file does not hold just them."""
        paths = self.checked.records([segment])
        due = iter(parts)
        at, stop = next(due)
        for batch in read_batches(
            self.connection, paths, where=_condition(parts, segment), rows=rows
        ):
            if batch.first != at or at + len(batch) > stop:
                break
            yield batch
            at += len(batch)
            if at == stop:
                at, stop = next(due, (-1, -1))
        if at != -1:
            raise EvidenceError(
                f"the segment file {segment.records_file!r} does not hold record {at}",
                why=f"the catalog says it holds records {segment.first} to {segment.end - 1}",
                todo="run `actum fsck`; restore the file or catalog.db from a copy",
            )

    def raws(self, indexes: Sequence[int]) -> dict[int, tuple[bytes, bytes]]:
        """Record id and raw bytes of each of those records.  Neighbours are fetched together."""
        wanted = set(indexes)
        return {
            batch.first + row: (bytes(batch.ids[row * 16 : row * 16 + 16]), batch.raws[row])
            for batch in self.batches(_ranges(indexes))
            for row in range(len(batch))
            if batch.first + row in wanted
        }

    # -- hashes ----------------------------------------------------------------------------------

    def hashes(self, start: int, stop: int) -> bytes:
        """The leaf hashes of records start … stop-1, computed from what is stored."""
        found = b"".join(leaf_hashes(batch) for batch in self.batches([(start, stop)]))
        if len(found) != (stop - start) * HASH_SIZE:
            raise EvidenceError(
                f"records {start} to {stop - 1} are not all there",
                why=f"{len(found) // HASH_SIZE} of {stop - start} could be read",
                todo="run `actum fsck`",
            )
        return found

    def subtree(self, level: int, place: int) -> bytes:
        """The hash of a perfect subtree: kept from level 8 up, computed from records below."""
        if level >= 8:
            return self.tree.read(level, place)
        hashes = self._block((place << level) // _BLOCK)
        offset = ((place << level) % _BLOCK) * HASH_SIZE
        part = hashes[offset : offset + HASH_SIZE * (1 << level)]
        for _ in range(level):
            part = hash_level(part)
        return part

    def block(self, block: int) -> list[Batch]:
        """The records of one 256-leaf block; its hashes are kept for the proof that follows."""
        start = block * _BLOCK
        batches = list(self.batches([(start, min(start + _BLOCK, self.contents().size))]))
        if len(self._blocks) > 8:
            self._blocks.clear()
        self._blocks[block] = b"".join(leaf_hashes(each) for each in batches)
        return batches

    def _block(self, block: int) -> bytes:
        if block not in self._blocks:
            self.block(block)
        return self._blocks[block]

    def root(self, size: int) -> bytes:
        """The root over the first ``size`` records, from kept hashes and the last few leaves."""
        rest = size - size % _BLOCK
        return self.tree.frontier(size, self.hashes(rest, size) if rest < size else b"").root()


def cut(batch: Batch, low: int, high: int) -> Batch:
    """The rows of records low … high-1 of a batch, which must hold them."""
    if (low, high) == (batch.first, batch.first + len(batch)):
        return batch
    rows = list(range(low - batch.first, high - batch.first))
    part = batch.take(rows)
    part.first, part.seed = low, batch.seed
    return part


def _overlap(ranges: Sequence[tuple[int, int]], first: int, end: int) -> list[tuple[int, int]]:
    """The parts of the ranges that lie in first … end-1; neighbours are joined."""
    parts: list[tuple[int, int]] = []
    for low, high in ranges:
        if low < end and high > first and low < high:
            start, stop = max(low, first), min(high, end)
            if parts and parts[-1][1] == start:
                start = parts.pop()[0]
            parts.append((start, stop))
    return parts


def _condition(parts: list[tuple[int, int]], segment: Segment) -> str:
    """SQL that picks those parts.  A short list of indexes lets the engine skip row groups."""
    if parts == [(segment.first, segment.end)]:
        return "TRUE"
    if len(parts) == 1:
        return f'"index" >= {parts[0][0]} AND "index" < {parts[0][1]}'
    if sum(high - low for low, high in parts) <= 4_096:
        listed = ", ".join(str(index) for low, high in parts for index in range(low, high))
        return f'"index" IN ({listed})'
    return " OR ".join(f'("index" >= {low} AND "index" < {high})' for low, high in parts)


def _ranges(indexes: Sequence[int], *, gap: int = 64) -> list[tuple[int, int]]:
    """Half-open ranges that cover the indexes, joined where they are nearly neighbours."""
    ranges: list[tuple[int, int]] = []
    for index in sorted(set(indexes)):
        if ranges and index - ranges[-1][1] < gap:
            ranges[-1] = (ranges[-1][0], index + 1)
        else:
            ranges.append((index, index + 1))
    return ranges
