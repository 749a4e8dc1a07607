"""A small true log in memory: real leaves, a real key, real proofs.  Everything is deterministic.

``tests/proof/vectors`` is made from it: ``python tests/proof/world.py`` from the repository's root
writes them anew.  A difference in them is a change of the published format.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from actum.proof import (
    Checkpoint,
    Leaf,
    Opening,
    Signer,
    TlogProof,
    commit,
    consistency_path,
    feed_hash,
    hash_children,
    inclusion_path,
    leaf_hash,
    record_id,
    root_of,
    sign,
)

VECTORS = Path(__file__).parent / "vectors"
ORIGIN = "audit.example/7f3a"
SEED = bytes(range(32))
SIZES = (*range(21), 256, 257)


@dataclass
class World:
    """A log of ``size`` records whose bytes anyone can compute."""

    size: int
    signer: Signer = field(default_factory=lambda: Signer(ORIGIN, SEED))

    def __post_init__(self) -> None:
        self.leaves = [self.leaf(index) for index in range(self.size)]
        self.hashes = [leaf_hash(each.encode()) for each in self.leaves]

    @property
    def vkey(self) -> str:
        return self.signer.verifier.vkey

    @staticmethod
    def raw(index: int) -> bytes:
        return f'{{"eventName":"ConsoleLogin","n":{index}}}'.encode()

    @staticmethod
    def salt(index: int) -> bytes:
        return sha256(b"salt %d" % index).digest()[:16]

    @staticmethod
    def where(index: int) -> str:
        return f"trail/2024-05-01.json.gz#{index}"

    def leaf(self, index: int) -> Leaf:
        return Leaf(
            kind=(0, 0, 0, 1, 2)[index % 5],
            index=index,
            received=1_714_521_600_000_000 + index,
            feed=feed_hash("trail"),
            epoch=index % 2,
            sequence=index * 3,
            record_id=record_id((0, 0, 0, 1, 2)[index % 5], "cloudtrail", b"key %d" % index),
            commitment=commit(self.salt(index), self.where(index), self.raw(index)),
        )

    def read(self, level: int, index: int) -> bytes:
        """Give the hash of a perfect subtree, and refuse to give one that is not complete."""
        low, high = index << level, (index + 1) << level
        assert high <= self.size, "asked for a subtree the tree does not have"
        return perfect(self.hashes[low:high])

    def root(self, size: int | None = None) -> bytes:
        return root_of(self.hashes[: self.size if size is None else size])

    def checkpoint(self) -> bytes:
        return sign(Checkpoint(ORIGIN, self.size, self.root()).text(), [self.signer])

    def opening(self, index: int) -> Opening:
        return Opening(self.leaves[index], self.salt(index), self.where(index))

    def proof(self, index: int) -> TlogProof:
        return TlogProof(
            index,
            tuple(inclusion_path(index, self.size, self.read)),
            self.checkpoint(),
            self.opening(index).encode(),
        )


def perfect(hashes: list[bytes]) -> bytes:
    """Hash a perfect subtree by the definition in RFC 6962 §2.1."""
    if len(hashes) == 1:
        return hashes[0]
    half = len(hashes) // 2
    return hash_children(perfect(hashes[:half]), perfect(hashes[half:]))


def vectors() -> dict[str, bytes]:
    """Return every frozen file by its name."""
    world = World(257)
    small = World(13)
    leaf = world.leaf(11)
    hashes = {
        "feed": {"name": "trail", "feed_hash": feed_hash("trail").hex()},
        "feed not UTF-8": {
            "name bytes": b"tr\xffil".hex(),
            "feed_hash": feed_hash("tr\udcffil").hex(),
        },
        "record id": [
            {
                "kind": kind,
                "source": "cloudtrail",
                "key": b"key 11".hex(),
                "record_id": record_id(kind, "cloudtrail", b"key 11").hex(),
            }
            for kind in (0, 1, 2)
        ],
        "commitment": {
            "salt": world.salt(11).hex(),
            "origin": world.where(11),
            "raw": world.raw(11).decode(),
            "commitment": leaf.commitment.hex(),
        },
        "leaf": {
            "kind": leaf.kind,
            "index": leaf.index,
            "received": leaf.received,
            "epoch": leaf.epoch,
            "sequence": leaf.sequence,
            "bytes": leaf.encode().hex(),
            "leaf_hash": leaf_hash(leaf.encode()).hex(),
        },
        "leaf at the limits": Leaf(
            2, 2**64 - 1, -(2**63), b"\x11" * 32, 2**64 - 1, 2**64 - 1, b"\x22" * 16, b"\x33" * 32
        )
        .encode()
        .hex(),
    }
    tree = {
        "leaves": "World(257) of tests/proof/world.py",
        "roots": {str(size): world.root(size).hex() for size in SIZES},
        "inclusion of 11 in 13": [each.hex() for each in inclusion_path(11, 13, small.read)],
        "consistency of 6 and 13": [each.hex() for each in consistency_path(6, 13, small.read)],
    }
    return {
        "hashes.json": _json(hashes),
        "tree.json": _json(tree),
        "key.txt": world.vkey.encode() + b"\n",
        "checkpoint.txt": small.checkpoint(),
        "record-11.json": small.raw(11),
        "record-11.tlog-proof": small.proof(11).encode(),
    }


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2) + "\n").encode()


if __name__ == "__main__":
    for name, data in vectors().items():
        (VECTORS / name).write_bytes(data)
