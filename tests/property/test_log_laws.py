"""Laws of the log's own formats: what is written is what is read, and what was proved."""

from __future__ import annotations

import contextlib
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actum.errors import EvidenceError
from actum.log.arrivals import NEVER, Arrivals, first_rows
from actum.log.batch import Batch, salts
from actum.log.engine import lay_out
from actum.log.leaves import leaf_hashes, leaves
from actum.log.segment import _batch_of as batch_of
from actum.log.view import cut
from actum.proof import Leaf, commit, feed_hash, leaf_hash
from actum.record import Kind, Micros, Provenance, RecordId
from log.world import salt_of

u64 = st.integers(0, 2**64 - 1)
text = st.text(st.characters(codec="utf-8"), max_size=30)
rows = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(list(Kind)),
            "received": st.integers(-(2**62) + 1, 2**62 - 1).map(Micros),
            "feed": text,
            "record_id": st.binary(min_size=16, max_size=16).map(RecordId),
            "provenance": st.builds(Provenance, text, u64),
            "source": text,
            "raw": st.binary(max_size=60),
            "epoch": u64,
            "sequence": u64,
        }
    ),
    min_size=1,
    max_size=12,
)
firsts = st.integers(0, 2**40)
seeds = st.binary(min_size=32, max_size=32)


def of(given_rows: list[dict[str, Any]], first: int, seed: bytes) -> Batch:
    made = Batch(seed=seed)
    for each in given_rows:
        made.add(**each)
    return made.at(first)


@settings(max_examples=60, deadline=None)
@given(rows, firsts, seeds)
def test_leaf_hashes_of_a_batch_are_those_of_its_records_one_by_one(
    given_rows: list[dict[str, Any]], first: int, seed: bytes
) -> None:
    made = of(given_rows, first, seed)
    expected = [
        Leaf(
            each.kind, each.index, each.received, feed_hash(each.feed), each.epoch, each.sequence,
            each.record_id, commit(each.salt, str(each.provenance), each.raw),
        ).encode()
        for each in made.records()
    ]  # fmt: skip
    assert leaves(made) == b"".join(expected)
    assert leaf_hashes(made) == b"".join(map(leaf_hash, expected))


@given(seeds, firsts, st.integers(0, 600), st.integers(0, 600), st.integers(0, 600))
@settings(max_examples=60, deadline=None)
def test_a_salt_depends_on_its_seed_and_index_alone(
    seed: bytes, first: int, count: int, skip: int, more: int
) -> None:
    own = salts(seed, first, count)
    assert len(own) == 16 * count
    assert salts(seed, first, count + more)[: 16 * count] == own
    skip = min(skip, count)
    assert salts(seed, first + skip, count - skip) == own[16 * skip :]
    if count:
        assert own[:16] == salt_of(seed, first)
        assert own[-16:] == salt_of(seed, first + count - 1)


@settings(max_examples=60, deadline=None)
@given(rows, firsts, seeds)
def test_a_batch_comes_back_from_the_journals_form(
    given_rows: list[dict[str, Any]], first: int, seed: bytes
) -> None:
    made = of(given_rows, first, seed)
    assert made.fault() == ""
    assert Batch.decode(made.encode()) == made


@settings(max_examples=80, deadline=None)
@given(rows, seeds, st.floats(0, 0.999), st.integers(0, 7))
def test_a_flipped_bit_in_a_journal_batch_is_an_evidence_error_or_changes_nothing(
    given_rows: list[dict[str, Any]], seed: bytes, where: float, bit: int
) -> None:
    made = of(given_rows, 7, seed)
    body = bytearray(made.encode())
    body[int(where * len(body))] ^= 1 << bit
    with contextlib.suppress(EvidenceError):
        assert Batch.decode(bytes(body)) == made


@settings(max_examples=40, deadline=None)
@given(rows, st.integers(0, 2**40), seeds)
def test_a_batch_comes_back_from_the_engine(
    given_rows: list[dict[str, Any]], first: int, seed: bytes
) -> None:
    made = of(given_rows, first, seed)
    with duckdb.connect() as db:
        lay_out(db, made, "laid")
        found = db.execute(
            "SELECT * REPLACE (epoch_us(received) AS received) FROM laid"
        ).fetchnumpy()
    assert batch_of(found, slice(0, len(made))) == made


@settings(max_examples=40, deadline=None)
@given(rows, seeds, st.data())
def test_a_cut_has_the_leaves_it_had_in_the_whole(
    given_rows: list[dict[str, Any]], seed: bytes, data: st.DataObject
) -> None:
    made = of(given_rows, 250, seed)
    low = data.draw(st.integers(0, len(made) - 1))
    high = data.draw(st.integers(low + 1, len(made)))
    assert leaf_hashes(cut(made, 250 + low, 250 + high)) == leaf_hashes(made)[32 * low : 32 * high]


small_keys = st.lists(st.integers(0, 30), max_size=40)


@settings(max_examples=100, deadline=None)
@given(st.lists(small_keys, max_size=8), small_keys)
def test_arrivals_answer_like_a_dictionary(given_keys: list[list[int]], asked: list[int]) -> None:
    arrivals, model, first = Arrivals(), dict[int, list[int]](), 0
    for keys in given_keys:
        arrivals.add(np.array(keys, np.uint64), first)
        for index, key in enumerate(keys, first):
            model.setdefault(key, []).append(index)
        first += len(keys)
    found = arrivals.find(np.array(asked, np.uint64)).tolist()
    assert found == [model.get(key, [NEVER])[0] for key in asked]
    assert all(arrivals.all(key) == model.get(key, []) for key in asked)


@given(small_keys)
def test_first_rows_are_the_first_of_their_key(keys: list[int]) -> None:
    assert first_rows(np.array(keys, np.uint64)).tolist() == [keys.index(each) for each in keys]


@pytest.mark.parametrize("odd", [b"", b"\x00", b"no zstd", b"\x28\xb5\x2f\xfd" + b"\xff" * 9])
def test_what_is_no_batch_is_an_evidence_error(odd: bytes) -> None:
    with pytest.raises(EvidenceError, match="cannot be read"):
        Batch.decode(odd)
