"""The check of everything: what is damaged, where, and what can be done about it.

Unlike `verify`, which stops at the first thing that does not hold, this looks at every file and
reports each finding once.  It changes nothing.

1. Every file the catalog lists is there, and has the size and SHA-256 it lists.
2. Every records file holds the records it is named for, and their leaves give the kept hashes.
3. Every events file speaks of every record of its segment, and of no other.
4. The journal's batches are contiguous and have the leaf hashes of their arrival.
5. The tree's root at the checkpoint's size is the checkpoint's, and the gate would admit the log.
6. No file lies about that nobody lists.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from actum.errors import ActumError
from actum.log.catalog import Segment
from actum.log.engine import scan
from actum.log.gate import admit
from actum.log.leaves import leaf_hashes
from actum.log.segment import file_sha256, read_batches
from actum.log.view import View
from actum.proof.merkle import HASH_SIZE, reduce_tiles

__all__ = ["Finding", "fsck"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong.  ``harmless`` says that no answer and no proof is touched by it."""

    where: str
    what: str
    todo: str
    harmless: bool = False


def fsck(view: View, *, seen: Callable[[int], None] = lambda _: None) -> Iterator[Finding]:
    """Look at everything one log holds; yields what is wrong, nothing if all is well."""
    try:
        held = view.contents()
    except ActumError as error:
        yield Finding("journal or catalog", str(error), error.todo)
        return
    edge = b""
    for segment in held.segments:
        damaged = list(_files(view, segment))
        yield from damaged
        if any(each.where == segment.records_file for each in damaged):
            edge = b""
        else:
            edge = yield from _records(view, segment, edge)
        if not damaged:
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
    try:
        admit(view, now=time.time_ns() // 1000)
    except ActumError as error:
        yield Finding("checkpoint", str(error), error.todo)
    yield from _strays(view, held.segments)


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


def _records(
    view: View, segment: Segment, carried: bytes
) -> Iterator[Finding]:
    """Rule 2; returns the leaf hashes of a block that began here and ends in the next segment."""
    hashes = [carried]
    at = segment.first
    try:
        for batch in read_batches(view.connection, [view.folder / segment.records_file]):
            if batch.first != at:
                yield Finding(segment.records_file, f"has no record {at}", "restore it from a copy")
                return b""
            hashes.append(leaf_hashes(batch))
            at += len(batch)
    except Exception as error:  # noqa: BLE001 - whatever the engine says of a damaged file
        yield Finding(segment.records_file, f"cannot be read: {error}", "restore it from a copy")
        return b""
    joined = b"".join(hashes)
    start = segment.first - len(carried) // HASH_SIZE
    skip = -start % 256 * HASH_SIZE
    body = (len(joined) - skip) // (256 * HASH_SIZE) * (256 * HASH_SIZE)
    for number, block in enumerate(_blocks(reduce_tiles(joined[skip : skip + max(body, 0)]))):
        place = (start + skip // HASH_SIZE) // 256 + number
        if place >= view.tree.count():
            break  # not sealed yet: the next seal writes it
        if view.tree.read(8, place) != block:
            yield Finding(
                segment.records_file,
                f"records {place * 256} to {place * 256 + 255} are not the ones that were sealed",
                "restore the file, or tree/, from a copy: one of the two changed",
            )
    return joined[skip + max(body, 0) :]


def _blocks(hashes: bytes) -> Iterator[bytes]:
    for at in range(0, len(hashes), HASH_SIZE):
        yield hashes[at : at + HASH_SIZE]


def _events(view: View, segment: Segment) -> Iterator[Finding]:
    row = view.connection.execute(
        'SELECT count(*), count(DISTINCT "index"), min("index"), max("index")'
        f" FROM {scan([view.folder / segment.events_file])}"
    ).fetchone()
    expected = (segment.events, segment.count, segment.first, segment.end - 1)
    if row != expected:
        yield Finding(
            segment.events_file, "does not speak of each record of its segment", "run `actum rebuild`"
        )


def _strays(view: View, segments: tuple[Segment, ...]) -> Iterator[Finding]:
    listed = {name for each in segments for name in (each.records_file, each.events_file)}
    for part in ("records", "events"):
        for path in sorted((view.folder / part).iterdir()):
            if f"{part}/{path.name}" not in listed:
                yield Finding(
                    f"{part}/{path.name}",
                    "is listed nowhere: a write was cut short before it counted",
                    "nothing; the next `actum open` removes it",
                    harmless=True,
                )
