"""Leaf hashes of a whole batch at once.

`actum.proof` defines what a leaf is, one record at a time, for an auditor to read.  Here the same
bytes are laid out for thousands of records in one array; a test holds the two against each other.
"""

from __future__ import annotations

from hashlib import sha256

import numpy as np

from actum.log.batch import Batch, salts
from actum.proof import leaf as spec

__all__ = ["leaf_hashes", "leaves"]


def commitments(batch: Batch) -> bytes:
    """The payload commitment of each row, 32 bytes apiece (log-format.md §2.3)."""
    salt = salts(batch.seed, batch.first, len(batch))
    label = spec.PAYLOAD_LABEL
    heads = {each: each.encode("utf-8", "surrogateescape") + b"#" for each in set(batch.origins)}
    places = [
        heads[origin] + b"%d" % position
        for origin, position in zip(batch.origins, batch.positions, strict=True)
    ]
    lengths = {size: size.to_bytes(4, "big") for size in set(map(len, places))}
    out: list[bytes] = []
    # Every record passes here, when it arrives and when it is verified: two updates of one hash
    # cost less than joining a record's kilobytes to its salt first.
    for at, place, raw in zip(range(0, len(salt), 16), places, batch.raws, strict=True):
        digest = sha256(label + salt[at : at + 16] + lengths[len(place)] + place)
        digest.update(raw)
        out.append(digest.digest())
    return b"".join(out)


def leaves(batch: Batch) -> bytes:
    """The leaves of the batch, 152 bytes apiece, in index order."""
    return _with_prefix(batch)[:, 1:].tobytes()


def leaf_hashes(batch: Batch) -> bytes:
    """The leaf hashes of the batch, 32 bytes apiece, in index order (log-format.md §2.4)."""
    step = spec.LEAF_SIZE + 1
    laid = _with_prefix(batch).tobytes()
    return b"".join([sha256(laid[at : at + step]).digest() for at in range(0, len(laid), step)])


def _with_prefix(batch: Batch) -> np.ndarray:
    """Rows of 153 bytes: RFC 6962's leaf prefix 0x00, then the leaf of log-format.md §2.1."""
    count = len(batch)
    rows = np.zeros((count, spec.LEAF_SIZE + 1), np.uint8)
    rows[:, 1] = spec.LEAF_VERSION
    rows[:, 2] = batch.kinds
    rows[:, 9:17] = _big_endian(np.arange(batch.first, batch.first + count, dtype=np.uint64))
    rows[:, 17:25] = _big_endian(np.array(batch.received, np.int64).view(np.uint64))
    rows[:, 25:57] = _feeds(batch)
    rows[:, 57:65] = _big_endian(np.array(batch.epochs, np.uint64))
    rows[:, 65:73] = _big_endian(np.array(batch.sequences, np.uint64))
    rows[:, 73:89] = np.frombuffer(bytes(batch.ids), np.uint8).reshape(count, 16)
    rows[:, 89:121] = np.frombuffer(commitments(batch), np.uint8).reshape(count, 32)
    return rows


def _big_endian(values: np.ndarray) -> np.ndarray:
    return values.astype(">u8").view(np.uint8).reshape(-1, 8)


def _feeds(batch: Batch) -> np.ndarray:
    hashes = {name: spec.feed_hash(name) for name in set(batch.feeds)}
    joined = b"".join([hashes[name] for name in batch.feeds])
    return np.frombuffer(joined, np.uint8).reshape(-1, 32)
