"""The start-up gate: may this log be written to?

A log is opened for writing only if everything known about it agrees:

1. Its checkpoint is signed by its key, or it never published one.
2. It holds at least as many records as the checkpoint says.
3. The tree over them has the root the checkpoint says.
4. The journal does not remember a larger checkpoint, nor another root of the same size.
5. This machine does not remember a larger checkpoint, nor another root for the size it saw.
6. Its last record was not received in the future.

Anything else is a rollback, a restored copy, a lost file or a wrong clock.  The log then stays
readable and is not forked: `LogRefused` says which rule failed and what to do.
"""

from __future__ import annotations

from actum.errors import ActumError, LogRefused
from actum.log import seen
from actum.log.seal import read_checkpoint
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
        found = read_checkpoint(view.folder, view.entry.vkey)
        return _judge(view, found, now=now)
    except LogRefused:
        raise
    except ActumError as error:
        raise LogRefused(
            f"log {view.entry.name!r} cannot be written to: {error.what}",
            why=error.why,
            todo=error.todo or "run `actum fsck`",
        ) from error


def _judge(
    view: View, found: tuple[Checkpoint, bytes] | None, *, now: int
) -> tuple[Checkpoint, bytes]:
    head = view.home.journal.head(view.entry.id)
    remembered = seen.recall(view.entry.origin)
    if head is None:
        raise _refused(view, "the journal does not know it", "restore journal.db from a copy")
    checkpoint, note = found or (Checkpoint(view.entry.origin, 0, EMPTY_ROOT), b"")
    held = view.contents()
    if held.size < max(checkpoint.size, head.next):
        raise _refused(
            view,
            f"it holds {held.size} records, and {max(checkpoint.size, head.next)} were acknowledged",
            "restore the missing journal or segments from a copy",
        )
    if view.root(checkpoint.size) != checkpoint.root:
        raise _refused(view, "its records do not have the checkpoint's root", "run `actum fsck`")
    _not_smaller(view, checkpoint, (head.sealed, head.root), "its journal")
    if remembered is not None:
        _not_smaller(view, checkpoint, remembered, "this machine")
    if held.tail and held.tail[-1].received[-1] > now + CLOCK_TOLERANCE:
        raise _refused(
            view,
            "its last record was received in the future",
            "set the clock right; records are never given a time that is known to be wrong",
        )
    return checkpoint, note


def _not_smaller(
    view: View, checkpoint: Checkpoint, known: tuple[int, bytes], who: str
) -> None:
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
