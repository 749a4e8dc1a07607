"""The start-up gate: whether this log may be written to.

A log is opened for writing only if everything known about it agrees:

1. Its checkpoint is signed by its key, or it never published one.
2. It holds at least as many records as the checkpoint says.
3. The tree over them has the root the checkpoint says.
4. The journal does not remember a larger checkpoint, nor another root of the same size.
5. This machine does not remember a larger checkpoint, nor another root for the size it saw.
6. Its last record was not received in the future.
7. Every records file is there and has the size it was written with.

Anything else is a rollback, a restored copy, a lost file or a wrong clock.  The log then stays
readable and is not forked: `LogRefused` says which rule failed and what to do.
"""

from __future__ import annotations

from actum.errors import ActumError, LogRefused
from actum.log import seen
from actum.log.catalog import Segment
from actum.log.published import read_checkpoint
from actum.log.view import View
from actum.proof.checkpoint import Checkpoint
from actum.proof.merkle import EMPTY_ROOT

__all__ = ["admit"]

CLOCK_TOLERANCE = 24 * 3600 * 1_000_000
"""How far ahead of the clock the last record may have been received, in microseconds."""

_RESTORE = "restore the newer copy; to keep working on this one, open a new home beside it"


def admit(view: View, *, now: int) -> tuple[Checkpoint, bytes]:
    """The checkpoint to go on from and its note (empty for a new log); raises LogRefused."""
    try:
        return _judge(view, now=now)
    except LogRefused:
        raise
    except ActumError as error:
        raise LogRefused(
            f"log {view.entry.name!r} cannot be written to: {error.what}",
            why=error.why,
            todo=error.todo or "run `actum fsck`",
        ) from error


def _judge(view: View, *, now: int) -> tuple[Checkpoint, bytes]:
    # In the order in which a writer at work, whom fsck may be watching, moves them last.
    remembered = seen.recall(view.entry.origin)
    head = view.home.journal.head(view.entry.id)
    found = read_checkpoint(view.folder, view.entry.vkey)
    view.refresh()
    if head is None:
        raise _refused(view, "the journal does not know it", "restore journal.db from a copy")
    checkpoint, note = found or (Checkpoint(view.entry.origin, 0, EMPTY_ROOT), b"")
    held = view.contents()
    acknowledged = max(checkpoint.size, head.next)
    if held.size < acknowledged:
        raise _refused(
            view,
            f"it holds {held.size} records, and {acknowledged} were acknowledged",
            "restore the missing journal or segments from a copy",
        )
    if view.root(checkpoint.size) != checkpoint.root:
        raise _refused(view, "its records do not have the checkpoint's root", "run `actum fsck`")
    _not_smaller(view, checkpoint, (head.sealed, head.root), "its journal")
    if remembered is not None:
        _not_smaller(view, checkpoint, remembered, "this machine")
    for segment in held.segments:
        _there(view, segment)
    if held.size and view.record(held.size - 1).received > now + CLOCK_TOLERANCE:
        raise _refused(
            view,
            "its last record was received in the future",
            "set the clock right; records are never given a time that is known to be wrong",
        )
    return checkpoint, note


def _there(view: View, segment: Segment) -> None:
    """Rule 7, as far as a look at the folder can tell; the bytes are hashed when they are read."""
    try:
        size = (view.folder / segment.records_file).stat().st_size
    except OSError as error:
        size, why = -1, error.strerror or str(error)
    else:
        why = f"it has {size} bytes, the catalog says {segment.records_size}"
    if size != segment.records_size:
        raise _refused(
            view,
            f"the segment file {segment.records_file!r} is not the one that was written: {why}",
            "restore it from a copy",
        )


def _not_smaller(view: View, checkpoint: Checkpoint, known: tuple[int, bytes], who: str) -> None:
    size, root = known
    if size > checkpoint.size:
        raise _refused(
            view,
            f"{who} remembers {size} sealed records, and the checkpoint says {checkpoint.size}",
            _RESTORE,
        )
    if size and view.root(size) != root:
        raise _refused(view, f"{who} remembers another root for its first {size} records", _RESTORE)


def _refused(view: View, why: str, todo: str) -> LogRefused:
    return LogRefused(f"log {view.entry.name!r} is read-only", why=why, todo=todo)
