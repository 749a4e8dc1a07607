"""The check of everything: what is damaged, where, and what can be done about it.

Unlike `verify`, which stops at the first thing that does not hold, this looks at every file and
reports each damage once, by the name of the file that has it.  It changes nothing.

1. The catalog and the journal can be read, and leave no hole between them.
2. Every file the catalog lists is there, and has the SHA-256 it lists.
3. Every records file holds the records it is named for.
4. The leaves of all records give the root of the checkpoint and the kept hashes.  Which of the
   three is wrong is told by the other two.
5. Every events file speaks of every record of its segment, and of no other.
6. The journal's batches have the leaf hashes of their arrival.
7. The gate would admit the log.  It is asked last, and only if nothing else is wrong, because it
   would say the same again.
8. A term filter says of its segment what it would say if it were made now.
9. No file lies about that nobody lists.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

from actum.errors import ActumError, EvidenceError
from actum.log.catalog import Segment
from actum.log.engine import reading_file, scan
from actum.log.gate import admit
from actum.log.leaves import leaf_hashes
from actum.log.published import read_checkpoint
from actum.log.segment import file_sha256, read_batches
from actum.log.terms import filter_names, wrong_filters
from actum.log.view import Contents, View
from actum.proof.checkpoint import Checkpoint
from actum.proof.merkle import HASH_SIZE, TILE_WIDTH, Frontier, reduce_tiles

__all__ = ["Finding", "fsck"]

_TILE = TILE_WIDTH * HASH_SIZE
_LOST = b""
"""In place of the leaf hashes of records that cannot be read."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong.  ``harmless`` says that no answer and no proof is touched by it."""

    where: str
    what: str
    todo: str
    harmless: bool = False


def fsck(view: View, *, seen: Callable[[int], None] = lambda _: None) -> Iterator[Finding]:
    """Look at everything one log holds; yields what is wrong, nothing if all is well."""
    clean = True
    for finding in _evidence(view, seen):
        clean = False
        yield finding
    if clean:
        try:
            admit(view, now=time.time_ns() // 1000)
        except ActumError as error:
            yield Finding("checkpoint", str(error), error.todo)
    try:
        segments = view.home.catalog.segments(view.entry.id)
        for segment in segments if clean else []:
            yield from _filters(view, segment)
        yield from _strays(view, segments, clean=clean)
    except EvidenceError:
        return  # said already


def _evidence(view: View, seen: Callable[[int], None]) -> Iterator[Finding]:
    checkpoint: Checkpoint | None = None
    try:
        found = read_checkpoint(view.folder, view.entry.vkey)
        checkpoint = found[0] if found else None
    except ActumError as error:
        yield Finding("checkpoint", str(error), "restore it from a copy")
    for name, look in (
        ("catalog.db", lambda: view.home.catalog.segments(view.entry.id)),
        ("journal.db", lambda: view.home.journal.batches(view.entry.id, 0)),
        ("journal.db", lambda: view.home.journal.cursors(view.entry.id)),
        ("journal.db", view.found),
    ):
        try:
            look()
        except ActumError as error:
            yield Finding(name, str(error), error.todo)
            return
    held = view.found()
    whole = True
    leaves: list[tuple[int, bytes]] = []
    for segment in held.segments:
        damaged = list(_files(view, segment))
        yield from damaged
        hashes = _LOST
        if all(each.where != segment.records_file for each in damaged):
            hashes = yield from _records(view, segment)
        leaves.append((segment.count, hashes))
        whole = whole and hashes is not _LOST
        if all(each.where != segment.events_file for each in damaged):
            yield from _events(view, segment)
        seen(segment.end)
    for batch, arrived in zip(held.tail, held.arrived, strict=True):
        if leaf_hashes(batch) != arrived:
            end = batch.first + len(batch) - 1
            yield Finding(
                "journal.db",
                f"records {batch.first} to {end} changed after they arrived",
                "restore journal.db from a copy",
            )
            whole = False
        leaves.append((len(batch), arrived))
    if checkpoint is not None and whole:
        yield from _tree(view, held, checkpoint, b"".join(each for _, each in leaves))


def _files(view: View, segment: Segment) -> Iterator[Finding]:
    for name, wanted, derived in (
        (segment.records_file, segment.records_sha256, False),
        (segment.events_file, segment.events_sha256, True),
    ):
        todo = "run `actum rebuild`" if derived else "restore it from a copy"
        try:
            found = file_sha256(view.folder / name)
        except OSError as error:
            yield Finding(name, f"cannot be read: {error.strerror}", todo)
            continue
        if found != wanted:
            yield Finding(name, "is not the file that was written", todo)


def _records(view: View, segment: Segment) -> Generator[Finding, None, bytes]:
    """Rule 3; returns the leaf hashes."""
    hashes: list[bytes] = []
    at = segment.first
    try:
        for batch in read_batches(view.connection, [view.folder / segment.records_file]):
            if batch.first != at:
                break
            hashes.append(leaf_hashes(batch))
            at += len(batch)
    except EvidenceError as error:
        yield Finding(segment.records_file, str(error), "restore it from a copy")
        return _LOST
    if at != segment.end:
        yield Finding(
            segment.records_file,
            f"does not hold record {at} in its place",
            "restore it and catalog.db from the same copy",
        )
        return _LOST
    return b"".join(hashes)


def _tree(view: View, held: Contents, checkpoint: Checkpoint, leaves: bytes) -> Iterator[Finding]:
    """Rule 4, when every record could be read."""
    if held.size < checkpoint.size:
        yield Finding(
            "journal.db",
            f"the log holds {held.size} records, and {checkpoint.size} were sealed",
            "restore journal.db, catalog.db or the segments from a copy",
        )
        return
    sealed = leaves[: checkpoint.size * HASH_SIZE]
    edge = Frontier()
    edge.extend(sealed)
    level, hashes = 8, reduce_tiles(sealed[: len(sealed) // _TILE * _TILE])
    if edge.root() == checkpoint.root:
        while hashes:
            wrong = _differs(view, level, hashes)
            if wrong is not None:
                yield Finding(
                    f"tree/{level}",
                    f"hash {wrong} is not that of the records, which are the ones that were sealed",
                    "open the log for writing, or run `actum rebuild`: it is written again",
                )
            level, hashes = level + 8, reduce_tiles(hashes[: len(hashes) // _TILE * _TILE])
        return
    wrong = _differs(view, 8, hashes)
    low = len(hashes) // HASH_SIZE * TILE_WIDTH if wrong is None else wrong * TILE_WIDTH
    last = min(low + TILE_WIDTH, checkpoint.size) - 1
    where = [each.records_file for each in held.segments if each.first <= last and low < each.end]
    if last >= held.segmented:
        where.append("journal.db")
    yield Finding(
        " or ".join(where),
        f"records {low} to {last} are not the ones that were sealed",
        "restore it and catalog.db, or else checkpoint and tree/, from a copy",
    )


def _differs(view: View, level: int, hashes: bytes) -> int | None:
    """The first kept hash that is not the one computed, or None."""
    for place in range(len(hashes) // HASH_SIZE):
        try:
            kept = view.tree.read(level, place)
        except EvidenceError:
            return place
        if kept != hashes[place * HASH_SIZE : place * HASH_SIZE + HASH_SIZE]:
            return place
    return None


def _events(view: View, segment: Segment) -> Iterator[Finding]:
    path = view.folder / segment.events_file
    try:
        with reading_file(path):
            row = view.connection.execute(
                'SELECT count(*), count(DISTINCT "index"), min("index"), max("index")'
                f" FROM {scan([path])}"
            ).fetchall()[0]
    except EvidenceError as error:
        yield Finding(segment.events_file, str(error), "run `actum rebuild`")
        return
    if row != (segment.events, segment.count, segment.first, segment.end - 1):
        yield Finding(
            segment.events_file,
            "does not speak of each record of its segment",
            "run `actum rebuild`",
        )


def _filters(view: View, segment: Segment) -> Iterator[Finding]:
    """Rule 8.  One that is damaged is not used; one that was made to lie would hide records."""
    for name, used in wrong_filters(view, segment):
        what = "does not speak of its records: answers may lack some" if used else "cannot be used"
        yield Finding(name, what, "run `actum rebuild`", harmless=not used)


def _strays(view: View, segments: list[Segment], *, clean: bool) -> Iterator[Finding]:
    listed = {
        name
        for each in segments
        for name in (each.records_file, each.events_file, *filter_names(each))
    }
    for part in ("records", "events", "terms"):
        folder = view.folder / part
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            if f"{part}/{path.name}" not in listed:
                yield Finding(
                    f"{part}/{path.name}",
                    "is listed nowhere: it was merged away, or a write was cut short before it"
                    " counted",
                    "nothing; the next `actum open` removes it"
                    if clean
                    else "keep it until the log is whole again: it may hold what is missing",
                    harmless=True,
                )
