from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actum.errors import MalformedProof
from actum.proof import LEAF_SIZE, Leaf, commit, feed_hash, leaf_hash, record_id
from proof.world import World

GOOD = World.leaf(World(0), 11).encode()

LEAVES = st.builds(
    Leaf,
    kind=st.sampled_from((0, 1, 2)),
    index=st.integers(0, 2**64 - 1),
    received=st.integers(-(2**63), 2**63 - 1),
    feed=st.binary(min_size=32, max_size=32),
    epoch=st.integers(0, 2**64 - 1),
    sequence=st.integers(0, 2**64 - 1),
    record_id=st.binary(min_size=16, max_size=16),
    commitment=st.binary(min_size=32, max_size=32),
)


@pytest.mark.parametrize("size", [0, 1, 151, 153, 304])
def test_a_leaf_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(MalformedProof, match="bytes"):
        Leaf.decode((GOOD * 2)[:size])


@pytest.mark.parametrize("place", [0, 1, *range(2, 8), *range(120, 152)])
def test_no_version_kind_or_reserved_byte_may_be_other_than_the_format_says(place: int) -> None:
    data = bytearray(GOOD)
    data[place] = 3
    with pytest.raises(MalformedProof):
        Leaf.decode(bytes(data))


@pytest.mark.parametrize(
    "change",
    [
        {"kind": 3},
        {"kind": -1},
        {"index": -1},
        {"index": 2**64},
        {"received": 2**63},
        {"sequence": 2**64},
        {"feed": bytes(31)},
        {"record_id": bytes(17)},
        {"commitment": b""},
    ],
)
def test_a_field_that_does_not_fit_is_never_cut_to_fit(change: dict[str, object]) -> None:
    fields: dict[str, object] = {
        "kind": 0,
        "index": 0,
        "received": 0,
        "feed": bytes(32),
        "epoch": 0,
        "sequence": 0,
        "record_id": bytes(16),
        "commitment": bytes(32),
    }
    leaf = Leaf(**(fields | change))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"leaf|kind"):
        leaf.encode()


@given(LEAVES)
def test_a_leaf_comes_back_as_it_was(leaf: Leaf) -> None:
    data = leaf.encode()
    assert len(data) == LEAF_SIZE
    assert Leaf.decode(data) == leaf


@given(st.binary(min_size=LEAF_SIZE, max_size=LEAF_SIZE))
def test_what_decodes_encodes_to_the_same_bytes(data: bytes) -> None:
    data = b"\x01\x00" + bytes(6) + data[8:120] + bytes(32)
    assert Leaf.decode(data).encode() == data


def test_no_two_kinds_or_sources_share_a_record_id() -> None:
    ids = {
        record_id(kind, source, key)
        for kind in (0, 1, 2)
        for source, key in (("a", b"bc"), ("ab", b"c"), ("", b"abc"), ("abc", b""))
    }
    assert len(ids) == 12
    with pytest.raises(ValueError, match="kind"):
        record_id(3, "a", b"")


def test_no_byte_can_move_between_origin_and_record() -> None:
    salt = bytes(16)
    assert commit(salt, "a#1", b"2") != commit(salt, "a#12", b"")
    assert commit(salt, "a#1", b"2") != commit(bytes(15) + b"\1", "a#1", b"2")
    with pytest.raises(ValueError, match="salt"):
        commit(bytes(15), "a#1", b"2")


def test_a_file_name_that_is_not_utf8_is_hashed_by_its_bytes() -> None:
    name = b"tr\xffil".decode("utf-8", "surrogateescape")
    assert feed_hash(name) != feed_hash("tril")
    assert len(commit(bytes(16), f"{name}#0", b"")) == 32


def test_a_leaf_hash_is_never_a_node_hash() -> None:
    assert leaf_hash(b"") != leaf_hash(b"\x01")
    assert leaf_hash(b"").hex().startswith("6e340b9cffb37a98")  # RFC 6962's empty leaf
