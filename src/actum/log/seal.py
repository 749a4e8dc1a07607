"""The seal: grow the tree over what is durable, sign its head, publish it.

1. Read every record since the last checkpoint back from where it is stored.
2. Compute its leaf hash again and compare with the one computed when it arrived.
3. Write the hashes of the 256-leaf blocks that became full; sync.
4. Sign the new head; replace the checkpoint file, but only if it is still the one this writer
   published last; sync.
5. Note the size and root in the journal and in this machine's memory.

A crash between any two steps leaves a state the next seal completes: hashes past the checkpoint do
not count, and a checkpoint newer than the journal's note is checked against the records.
"""

from __future__ import annotations

from actum.errors import EvidenceError, LogRefused
from actum.log import seen
from actum.log.durable import replace_file
from actum.log.published import read_checkpoint, read_note
from actum.log.view import View
from actum.proof.checkpoint import Checkpoint
from actum.proof.merkle import HASH_SIZE, Frontier, reduce_tiles
from actum.proof.note import Signer, sign

__all__ = ["Sealer", "read_checkpoint"]

_TILE = 256 * HASH_SIZE


class Sealer:
    """Seals one log.  Only the writer has one; its caller holds the log's lock."""

    def __init__(self, view: View, signer: Signer, checkpoint: Checkpoint, note: bytes) -> None:
        self._view = view
        self._signer = signer
        self._note = note
        self.checkpoint = checkpoint
        whole = checkpoint.size - checkpoint.size % 256
        self._edge = view.tree.frontier(whole, b"")
        self._rest = view.hashes(whole, checkpoint.size) if whole < checkpoint.size else b""
        self._fresh: dict[int, bytes] = {}

    def arrived(self, first: int, hashes: bytes) -> None:
        """Hashes of records written straight to a segment that was read back when written."""
        self._fresh[first] = hashes

    def seal(self) -> Checkpoint:
        """Publish a checkpoint over everything durable; the same one if nothing is new."""
        self._view.refresh()
        hashes = self._since(self.checkpoint.size)
        if not hashes and self._note:
            return self.checkpoint
        edge, rest = self._grow(hashes)
        tip = Frontier.from_hashes(edge.size, edge.hashes())
        tip.extend(rest)
        head = Checkpoint(self._view.entry.origin, tip.size, tip.root())
        self._note = self._publish(head)
        # The checkpoint is out: from here on the tree is this one, whatever fails below.
        self.checkpoint, self._edge, self._rest = head, edge, rest
        self._fresh.clear()
        self._view.home.journal.sealed(self._view.entry.id, size=head.size, root=head.root)
        seen.note(head.origin, size=head.size, root=head.root)
        return head

    def _since(self, size: int) -> bytes:
        """Steps 1 and 2: the leaf hashes of records ``size`` … end."""
        held = self._view.contents()
        found: list[bytes] = []
        at = size
        while at < held.segmented:
            known = self._fresh.get(at)
            if known is None:
                later = [first for first in self._fresh if first > at]
                stop = min([held.segmented, *later])
                known = self._view.hashes(at, stop)
            found.append(known)
            at += len(known) // HASH_SIZE
        for batch, arrived in zip(held.tail, held.arrived, strict=True):
            end = batch.first + len(batch)
            if end <= at:
                continue
            again = self._view.hashes(batch.first, end)
            if again != arrived:
                raise EvidenceError(
                    f"records {batch.first} to {end - 1} changed in the journal after they arrived",
                    why="their leaf hashes are not those computed on arrival",
                    todo="run `actum fsck`; nothing after them is sealed until they are restored",
                )
            found.append(again[(at - batch.first) * HASH_SIZE :])
            at = end
        return b"".join(found)

    def _grow(self, hashes: bytes) -> tuple[Frontier, bytes]:
        """Step 3."""
        joined = self._rest + hashes
        body = len(joined) // _TILE * _TILE
        edge = self._edge.copy()
        blocks = reduce_tiles(joined[:body])
        self._view.tree.append(edge.size // 256, blocks)
        for at in range(0, len(blocks), HASH_SIZE):
            edge.append_subtree(8, blocks[at : at + HASH_SIZE])
        return edge, joined[body:]

    def _publish(self, head: Checkpoint) -> bytes:
        """Step 4; returns the note."""
        if read_note(self._view.folder) != self._note:
            raise LogRefused(
                f"the checkpoint of log {self._view.entry.name!r} was changed by somebody else",
                why="it is not the one this process published last",
                todo="stop every writer and run `actum fsck`",
            )
        note = sign(head.text(), [self._signer])
        replace_file(self._view.folder / "checkpoint", note)
        return note
