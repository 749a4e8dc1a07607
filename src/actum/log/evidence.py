"""Proving and verifying: one record, or the whole log.

`verify_log` trusts nothing but the log's public key.  It reads every record, computes every leaf,
grows the tree and compares its root with the signed checkpoint.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from actum.errors import EvidenceError, UsageError, VerificationFailed
from actum.log import seen
from actum.log.leaves import leaf_hashes, leaves
from actum.log.seal import read_checkpoint
from actum.log.view import View, cut
from actum.proof.checkpoint import Checkpoint
from actum.proof.leaf import Leaf
from actum.proof.merkle import Frontier, inclusion_path
from actum.proof.tlog_proof import Opening, TlogProof, Verdict, verify_record

__all__ = ["Verified", "prove", "prove_checked", "verify_log"]


@dataclass(frozen=True, slots=True)
class Verified:
    """A log that holds what its checkpoint says.

    ``unsealed`` counts records after the checkpoint, which nothing proves yet.
    """

    checkpoint: Checkpoint
    records: int
    raw_size: int
    unsealed: int


def prove(view: View, index: int) -> bytes:
    """A ``.tlog-proof`` of one record, with the opening of its leaf (log-format.md §7).

    UsageError if there is no such record or it is not sealed yet.
    """
    found = read_checkpoint(view.folder, view.entry.vkey)
    record = view.record(index)
    if found is None or index >= found[0].size:
        raise UsageError(
            f"record {index} is not sealed yet",
            why=f"the last checkpoint covers {found[0].size if found else 0} records",
            todo="seal the log with `actum checkpoint --seal`, then ask again",
        )
    checkpoint, note = found
    batch = next(view.batches([(index, index + 1)]))
    leaf = Leaf.decode(leaves(batch))
    path = inclusion_path(index, checkpoint.size, view.subtree)
    opening = Opening(leaf, record.salt, str(record.provenance))
    return TlogProof(index, tuple(path), note, opening.encode()).encode()


def prove_checked(view: View, index: int) -> tuple[bytes, Verdict]:
    """The proof and its verdict on the stored bytes.  EvidenceError unless it holds."""
    proof = prove(view, index)
    verdict = verify_record(proof, view.entry.vkey, view.record(index).raw)
    if not verdict.proven:
        why = next((each.why for each in verdict.claims if each.why), "")
        raise EvidenceError(
            f"record {index} is not the one that was sealed",
            why=why,
            todo="run `actum fsck` to see which file is damaged, and restore it from a copy",
        )
    return proof, verdict


def verify_log(view: View, *, seen_records: Callable[[int], None] = lambda _: None) -> Verified:
    """Check the whole log against its signed checkpoint; raises VerificationFailed or
    EvidenceError.

    1. The checkpoint is signed by the log's key.
    2. Every record it covers is there, and their leaves give its root.
    3. The checkpoint is not smaller than the last this machine saw.
    """
    found = read_checkpoint(view.folder, view.entry.vkey)
    if found is None:
        raise VerificationFailed(
            f"log {view.entry.name!r} has no checkpoint",
            why="nothing was sealed, or the file is gone",
            todo="seal it with `actum checkpoint --seal`, or restore the file from a copy",
        )
    checkpoint, _ = found
    edge = Frontier()
    raw_size = 0
    for batch in view.batches([(0, checkpoint.size)]):
        whole = cut(batch, batch.first, min(batch.first + len(batch), checkpoint.size))
        if whole.first != edge.size:
            raise _hole(view, edge.size)
        edge.extend(leaf_hashes(whole))
        raw_size += whole.size
        seen_records(edge.size)
    if edge.size != checkpoint.size:
        raise _hole(view, edge.size)
    if edge.root() != checkpoint.root:
        raise VerificationFailed(
            f"the records of log {view.entry.name!r} are not the ones that were sealed",
            why="their root is not the checkpoint's",
            todo="run `actum fsck` to see which block of records changed",
        )
    remembered = seen.recall(view.entry.origin)
    if remembered is not None and remembered[0] > checkpoint.size:
        raise VerificationFailed(
            f"log {view.entry.name!r} was rolled back",
            why=f"this machine saw {remembered[0]} records sealed, now {checkpoint.size} are",
            todo="restore the newer copy",
        )
    return Verified(checkpoint, edge.size, raw_size, view.contents().size - checkpoint.size)


def _hole(view: View, at: int) -> VerificationFailed:
    return VerificationFailed(
        f"record {at} of log {view.entry.name!r} is missing",
        why="the checkpoint covers it and no file holds it",
        todo="run `actum fsck` and restore the missing segment from a copy",
    )
