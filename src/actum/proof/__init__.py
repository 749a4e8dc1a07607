"""Proofs: what a log signs, and how anyone can check it.

The room is pure and stands alone: bytes in, bytes or a verdict out; no disk, no network, no clock,
and nothing of Actum but its errors.  docs/spec/log-format.md is the contract of everything here.

========== ==================================================================================
leaf       the 152 bytes a record is represented by, and the hashes in them
merkle     the tree: growing it, proving from it, checking a proof (RFC 6962, RFC 9162)
tiles      the files a tree is published as (C2SP tlog-tiles)
note       text with Ed25519 signatures (C2SP signed-note)
checkpoint a tree's size and root, as the text of a note (C2SP tlog-checkpoint)
tlog_proof one record's proof in a file, and its verdict (C2SP tlog-proof)
standalone the same verdict by a second, separate program: not imported, but copied out and run
========== ==================================================================================
"""

from __future__ import annotations

from actum.proof.checkpoint import Checkpoint, open_checkpoint
from actum.proof.leaf import (
    LEAF_SIZE,
    SALT_SIZE,
    Leaf,
    commit,
    feed_hash,
    leaf_hash,
    record_id,
)
from actum.proof.merkle import (
    EMPTY_ROOT,
    HASH_SIZE,
    TILE_WIDTH,
    Frontier,
    consistency_path,
    hash_children,
    hash_level,
    inclusion_path,
    reduce_tiles,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from actum.proof.note import Note, Signature, Signer, Verifier, open_note, sign
from actum.proof.tiles import Bundle, Tile, bundles_of, parse_path, tiles_of
from actum.proof.tlog_proof import Claim, Opening, State, TlogProof, Verdict, verify_record

__all__ = [
    "EMPTY_ROOT",
    "HASH_SIZE",
    "LEAF_SIZE",
    "SALT_SIZE",
    "TILE_WIDTH",
    "Bundle",
    "Checkpoint",
    "Claim",
    "Frontier",
    "Leaf",
    "Note",
    "Opening",
    "Signature",
    "Signer",
    "State",
    "Tile",
    "TlogProof",
    "Verdict",
    "Verifier",
    "bundles_of",
    "commit",
    "consistency_path",
    "feed_hash",
    "hash_children",
    "hash_level",
    "inclusion_path",
    "leaf_hash",
    "open_checkpoint",
    "open_note",
    "parse_path",
    "record_id",
    "reduce_tiles",
    "root_of",
    "sign",
    "tiles_of",
    "verify_consistency",
    "verify_inclusion",
    "verify_record",
]
