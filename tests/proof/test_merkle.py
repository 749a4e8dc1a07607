from __future__ import annotations

import random
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actum.errors import MalformedProof, VerificationFailed
from actum.proof import (
    EMPTY_ROOT,
    Frontier,
    consistency_path,
    hash_children,
    hash_level,
    inclusion_path,
    leaf_hash,
    reduce_tiles,
    root_of,
    verify_consistency,
    verify_inclusion,
)

HASHES = [leaf_hash(b"%d" % i) for i in range(1100)]


def mth(hashes: list[bytes]) -> bytes:
    """RFC 6962 §2.1, word for word: what everything here is held against."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return sha256(b"\x01" + mth(hashes[:k]) + mth(hashes[k:])).digest()


class Tree:
    """Perfect subtrees by level, as a log would keep them; an incomplete one is not there."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.levels = [HASHES[:size]]
        while len(self.levels[-1]) > 1:
            below = self.levels[-1]
            pairs = zip(below[0::2], below[1::2], strict=False)
            self.levels.append([hash_children(a, b) for a, b in pairs])

    def read(self, level: int, index: int) -> bytes:
        return self.levels[level][index]


BIG = Tree(1100)
ROOTS = [mth(HASHES[:size]) for size in range(301)]


def test_no_leaf_is_proven_at_another_place_or_in_another_tree() -> None:
    for size in (2, 3, 7, 8, 13, 64, 65):
        for index in range(size):
            path = inclusion_path(index, size, BIG.read)
            for other in range(size + 2):
                if other == index:
                    continue
                with pytest.raises(VerificationFailed):
                    verify_inclusion(
                        index=other, size=size, leaf=HASHES[index], path=path, root=ROOTS[size]
                    )


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_changed_inclusion_proof_is_accepted(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 300))
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_path(index, size, BIG.read)
    spot = data.draw(st.integers(0, len(path) - 1))
    flipped = bytearray(path[spot])
    flipped[data.draw(st.integers(0, 31))] ^= 1 << data.draw(st.integers(0, 7))
    changes: list[list[bytes]] = [
        [*path[:spot], bytes(flipped), *path[spot + 1 :]],
        path[:spot] + path[spot + 1 :],
        [*path, HASHES[0]],
        [HASHES[0], *path],
        [*path[:spot], path[spot][:-1], *path[spot + 1 :]],
    ]
    for changed in changes:
        with pytest.raises(VerificationFailed):
            verify_inclusion(
                index=index, size=size, leaf=HASHES[index], path=changed, root=ROOTS[size]
            )


def test_no_tree_is_shown_to_continue_one_it_does_not() -> None:
    for new in (5, 8, 9, 100):
        for old in range(1, new):
            path = consistency_path(old, new, BIG.read)
            for lie in (ROOTS[old - 1], ROOTS[old + 1], ROOTS[new]):
                if lie == ROOTS[old]:
                    continue
                with pytest.raises(VerificationFailed):
                    verify_consistency(
                        old_size=old, old_root=lie, new_size=new, new_root=ROOTS[new], path=path
                    )
            with pytest.raises(VerificationFailed):
                verify_consistency(
                    old_size=old,
                    old_root=ROOTS[old],
                    new_size=new,
                    new_root=ROOTS[new + 1],
                    path=path,
                )
            for changed in (path[1:], path[:-1], [*path, HASHES[0]], [HASHES[0], *path]):
                with pytest.raises(VerificationFailed):
                    verify_consistency(
                        old_size=old,
                        old_root=ROOTS[old],
                        new_size=new,
                        new_root=ROOTS[new],
                        path=changed,
                    )


def test_a_path_that_cannot_exist_is_not_made() -> None:
    for index, size in ((0, 0), (5, 5), (-1, 5)):
        with pytest.raises(ValueError, match="no leaf"):
            inclusion_path(index, size, BIG.read)
    for old, new in ((0, 5), (6, 5), (0, 0)):
        with pytest.raises(ValueError, match="no consistency proof"):
            consistency_path(old, new, BIG.read)


def test_every_leaf_of_every_tree_up_to_300_is_proven() -> None:
    for size in range(1, 301):
        for index in {0, size - 1, size // 2, size // 3, (size * 7) // 11} | (
            set(range(size)) if size < 40 or size in (255, 256, 257) else set()
        ):
            path = inclusion_path(index, size, BIG.read)
            verify_inclusion(
                index=index, size=size, leaf=HASHES[index], path=path, root=ROOTS[size]
            )


def test_every_tree_up_to_300_continues_the_smaller_ones() -> None:
    picker = random.Random(6962)
    for new in range(1, 301):
        olds = range(1, new + 1) if new < 40 else picker.sample(range(1, new + 1), 12)
        for old in olds:
            path = consistency_path(old, new, BIG.read)
            verify_consistency(
                old_size=old, old_root=ROOTS[old], new_size=new, new_root=ROOTS[new], path=path
            )


def test_a_path_asks_only_for_subtrees_that_are_complete() -> None:
    for size in (1, 2, 3, 70, 255, 257, 300):
        tree = Tree(size)  # an index error here is a request for what is not there
        for index in range(0, size, 7):
            assert inclusion_path(index, size, tree.read) is not None
        for old in range(1, size + 1, 5):
            assert consistency_path(old, size, tree.read) is not None


def test_the_frontier_gives_the_root_of_every_size() -> None:
    frontier = Frontier()
    assert frontier.root() == EMPTY_ROOT == ROOTS[0]
    for size in range(300):
        again = Frontier.from_hashes(frontier.size, frontier.hashes())
        for each in (frontier, again):
            each.append(HASHES[size])
            assert each.root() == ROOTS[size + 1]
        assert frontier.hashes() == again.hashes()
    assert root_of(HASHES[:300]) == ROOTS[300]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 600), max_size=4))
def test_it_does_not_matter_in_what_portions_a_frontier_grows(portions: list[int]) -> None:
    hashes = (HASHES * 3)[: sum(portions)]
    frontier, at = Frontier(), 0
    for portion in portions:
        before = frontier.copy()
        frontier.extend(b"".join(hashes[at : at + portion]))
        assert before.size == at
        at += portion
    assert frontier.size == len(hashes)
    assert frontier.root() == mth(hashes)


def test_whole_subtrees_go_where_they_belong_and_nowhere_else() -> None:
    frontier = Frontier()
    frontier.append_subtree(8, BIG.read(8, 0))
    frontier.append_subtree(3, BIG.read(3, 32))
    assert frontier.root() == ROOTS[264]
    frontier.append(HASHES[264])
    with pytest.raises(ValueError, match="no subtree"):
        frontier.append_subtree(1, BIG.read(1, 0))
    with pytest.raises(ValueError, match="32 bytes"):
        frontier.append(b"short")
    with pytest.raises(ValueError, match="whole hashes"):
        frontier.extend(b"short")


@pytest.mark.parametrize(("size", "count"), [(0, 1), (1, 0), (3, 1), (4, 2), (-1, 1)])
def test_a_frontier_of_the_wrong_shape_is_refused(size: int, count: int) -> None:
    with pytest.raises(MalformedProof):
        Frontier.from_hashes(size, HASHES[:count])
    with pytest.raises(MalformedProof):
        Frontier.from_hashes(1, [b"short"])


def test_levels_and_tiles_are_hashed_as_one_by_one() -> None:
    joined = b"".join(HASHES[:1024])
    pairs = zip(HASHES[0:1024:2], HASHES[1:1024:2], strict=True)
    assert hash_level(joined) == b"".join(hash_children(a, b) for a, b in pairs)
    assert reduce_tiles(joined) == b"".join(BIG.read(8, i) for i in range(4))
    assert hash_level(b"") == reduce_tiles(b"") == b""
    with pytest.raises(ValueError, match="even number"):
        hash_level(joined[:32])
    with pytest.raises(ValueError, match="whole tiles"):
        reduce_tiles(joined[: 255 * 32])
