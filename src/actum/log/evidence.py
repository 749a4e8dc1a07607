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
from actum.log.published import read_checkpoint
from actum.log.view import View, cut
from actum.proof.checkpoint import Checkpoint
from actum.proof.leaf import Leaf
from actum.proof.merkle import HASH_SIZE, Frontier, inclusion_path
from actum.proof.tlog_proof import Opening, TlogProof, Verdict, verify_record
from actum.record import Record

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
    return _prove(view, index)[0]


def _prove(view: View, index: int) -> tuple[bytes, Record]:
    found = read_checkpoint(view.folder, view.entry.vkey)
    if found is not None and found[0].size > view.contents().size:
        view.refresh()  # another process went on since we looked
    if found is None or not 0 <= index < found[0].size:
        view.record(index)  # says so, if there is no such record at all
        raise UsageError(
            f"record {index} is not sealed yet",
            why=f"the last checkpoint covers {found[0].size if found else 0} records",
            todo="seal the log with `actum checkpoint --seal`, then ask again",
        )
    checkpoint, note = found
    block = view.block(index // 256)
    batch = next(each for each in block if each.first <= index < each.first + len(each))
    one = cut(batch, index, index + 1)
    record = next(iter(one.records()))
    path = inclusion_path(index, checkpoint.size, view.subtree)
    opening = Opening(Leaf.decode(leaves(one)), record.salt, str(record.provenance))
    return TlogProof(index, tuple(path), note, opening.encode()).encode(), record


def prove_checked(view: View, index: int) -> tuple[bytes, Verdict]:
    """The proof and its verdict on the stored bytes.  EvidenceError unless it holds."""
    proof, record = _prove(view, index)
    verdict = verify_record(proof, view.entry.vkey, record.raw)
    if not verdict.proven:
        why = next((each.why for each in verdict.claims if each.why), "")
        raise EvidenceError(
            f"record {index} is not the one that was sealed",
            why=why,
            todo="run `actum fsck` to see which file is damaged, and restore it from a copy",
        )
    return proof, verdict


def verify_log(
    view: View,
    *,
    key: str | None = None,
    seen_records: Callable[[int], None] = lambda _: None,
) -> Verified:
    """Check the whole log against its signed checkpoint; raises an EvidenceError.

    1. The checkpoint is signed by the log's key: ``key``, from a source the caller trusts, or else
       the one the home itself names, which whoever can write the home can replace.
    2. Every record it covers is there, and their leaves give its root.
    3. It is no smaller than the last the journal and this machine remember, and continues that one.

    What is remembered is read before the checkpoint, and that before the records: each can only
    grow meanwhile.
    """
    head = view.home.journal.head(view.entry.id)
    remembered = seen.recall(view.entry.origin)
    found = read_checkpoint(view.folder, key or view.entry.vkey)
    if found is None:
        raise VerificationFailed(
            f"log {view.entry.name!r} has no checkpoint",
            why="nothing was sealed, or the file is gone",
            todo="seal it with `actum checkpoint --seal`, or restore the file from a copy",
        )
    checkpoint, _ = found
    known = {"its journal": (head.sealed, head.root)} if head and head.sealed else {}
    if remembered is not None and remembered[0]:
        known["this machine"] = remembered
    for who, (size, _root) in known.items():
        if size > checkpoint.size:
            raise VerificationFailed(
                f"log {view.entry.name!r} was rolled back",
                why=f"{who} saw {size} records sealed, now {checkpoint.size} are",
                todo="restore the newer copy",
            )
    view.refresh()
    roots, raw_size = _roots(
        view, checkpoint.size, {size for size, _ in known.values()}, seen_records
    )
    if roots[checkpoint.size] != checkpoint.root:
        raise VerificationFailed(
            f"the records of log {view.entry.name!r} are not the ones that were sealed",
            why="their root is not the checkpoint's",
            todo="run `actum fsck` to see which block of records changed",
        )
    for who, (size, root) in known.items():
        if roots[size] != root:
            raise VerificationFailed(
                f"log {view.entry.name!r} is not the one that was sealed before",
                why=f"{who} remembers another root for its first {size} records",
                todo="somebody with its key wrote another history: keep both copies",
            )
    if remembered is None or remembered[0] < checkpoint.size:
        seen.note(checkpoint.origin, size=checkpoint.size, root=checkpoint.root)
    unsealed = view.contents().size - checkpoint.size
    return Verified(checkpoint, checkpoint.size, raw_size, unsealed)


def _roots(
    view: View, end: int, sizes: set[int], seen_records: Callable[[int], None]
) -> tuple[dict[int, bytes], int]:
    """The roots of the tree at those sizes and at ``end``, from the records; their bytes' sum."""
    edge = Frontier()
    roots: dict[int, bytes] = {}
    raw_size = 0
    stops = sorted({*sizes, end})
    if 0 in stops:
        roots[stops.pop(0)] = edge.root()
    for batch in view.batches([(0, end)]):
        if batch.first != edge.size:
            raise _hole(view, edge.size)
        hashes = leaf_hashes(batch)
        while stops and stops[0] <= batch.first + len(batch):
            cut_at = (stops[0] - edge.size) * HASH_SIZE
            edge.extend(hashes[:cut_at])
            hashes = hashes[cut_at:]
            roots[stops.pop(0)] = edge.root()
        edge.extend(hashes)
        raw_size += batch.size
        seen_records(edge.size)
    if edge.size != end:
        raise _hole(view, edge.size)
    return roots, raw_size


def _hole(view: View, at: int) -> VerificationFailed:
    return VerificationFailed(
        f"record {at} of log {view.entry.name!r} is missing",
        why="the checkpoint covers it and no file holds it",
        todo="run `actum fsck` and restore the missing segment from a copy",
    )
