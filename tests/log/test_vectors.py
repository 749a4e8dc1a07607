"""The frozen forms of docs/spec/log-format.md §4: what was written once is read for ever.

``python tests/log/test_vectors.py`` from the repository's root, with ``tests`` on the path, writes
them anew.  A difference is a change of the published format.
"""

from __future__ import annotations

import json
from pathlib import Path

from actum.log.batch import Batch, salts
from actum.log.leaves import leaf_hashes, leaves
from actum.record import Kind, Micros, Provenance, RecordId

VECTORS = Path(__file__).parent / "vectors"
SEED = bytes(range(32))


def example() -> Batch:
    made = Batch(seed=SEED)
    made.add(
        kind=Kind.RECORD, received=Micros(1_714_521_600_000_011), feed="trail",
        epoch=1, sequence=33,
        record_id=RecordId(bytes.fromhex("a96cdc56290c209813eed5af07cc2ca6")),
        provenance=Provenance("trail/2024-05-01.json.gz", 11), source="aws_cloudtrail",
        raw=b'{"eventName":"ConsoleLogin","n":11}',
    )  # fmt: skip
    made.add(
        kind=Kind.CONTROL, received=Micros(-1), feed="naïve ⚑", epoch=0, sequence=2**64 - 1,
        record_id=RecordId(bytes(16)), provenance=Provenance("actum:control", 0), source="actum",
        raw=b"\x00\xff",
    )  # fmt: skip
    return made.at(255)


def values() -> str:
    made = example()
    found = {
        "seed": SEED.hex(),
        "salts": {str(at): salts(SEED, at, 1).hex() for at in (0, 1, 255, 256, 70_000, 2**40)},
        "leaves of the batch": [leaves(made)[:152].hex(), leaves(made)[152:].hex()],
        "leaf hashes of the batch": [leaf_hashes(made)[:32].hex(), leaf_hashes(made)[32:].hex()],
    }
    return json.dumps(found, indent=2) + "\n"


def test_salts_and_leaves_are_the_frozen_ones() -> None:
    assert (VECTORS / "salts.json").read_text() == values()


def test_the_frozen_journal_batch_is_read_as_it_was_written() -> None:
    assert Batch.decode((VECTORS / "batch.zst").read_bytes()) == example()


if __name__ == "__main__":
    (VECTORS / "salts.json").write_text(values())
    (VECTORS / "batch.zst").write_bytes(example().encode())
