"""The Merkle tree of RFC 6962: hashing, growing, proving and checking, with nothing kept.

Rules:

1. Hashes are SHA-256; a leaf is prefixed with 0x00 and a node with 0x01 (RFC 6962 §2.1), so a node
   can never be passed off as a leaf.
2. ``read(level, i)`` gives the hash of the perfect subtree of ``2**level`` leaves that begins at
   leaf ``i * 2**level``.  It is only ever asked for subtrees that are complete in the tree spoken
   of; ragged right edges are put together here.
3. Making a path trusts ``read``.  Checking a path trusts nothing but the roots, which the caller
   must have from a signed checkpoint.
4. A check either returns or raises ``VerificationFailed``: there is no result to forget to look at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from struct import iter_unpack
from typing import Final

from actum.errors import MalformedProof, VerificationFailed

__all__ = [
    "EMPTY_ROOT",
    "HASH_SIZE",
    "TILE_WIDTH",
    "Frontier",
    "consistency_path",
    "hash_children",
    "hash_level",
    "inclusion_path",
    "reduce_tiles",
    "root_of",
    "verify_consistency",
    "verify_inclusion",
]

HASH_SIZE: Final = 32
TILE_WIDTH: Final = 256
EMPTY_ROOT: Final = sha256(b"").digest()
"""The root of a tree without leaves (RFC 6962 §2.1)."""

Read = Callable[[int, int], bytes]


def hash_children(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 ‖ left ‖ right) (RFC 6962 §2.1)."""
    return sha256(b"\x01" + left + right).digest()


def hash_level(hashes: bytes) -> bytes:
    """Return the parents of an even number of concatenated hashes, concatenated."""
    if len(hashes) % (2 * HASH_SIZE):
        raise ValueError(f"{len(hashes)} bytes are not an even number of hashes")
    # Every record passes here: one list comprehension, because calls and copies are what costs.
    return b"".join([sha256(b"\x01" + pair).digest() for (pair,) in iter_unpack("64s", hashes)])


def reduce_tiles(leaf_hashes: bytes) -> bytes:
    """Return one level-8 hash for every 256 concatenated leaf hashes, concatenated."""
    if len(leaf_hashes) % (TILE_WIDTH * HASH_SIZE):
        raise ValueError(f"{len(leaf_hashes)} bytes are not whole tiles of {TILE_WIDTH} hashes")
    for _ in range(8):
        leaf_hashes = hash_level(leaf_hashes)
    return leaf_hashes


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    """Return the root over these leaf hashes (RFC 6962 §2.1)."""
    frontier = Frontier()
    for each in leaf_hashes:
        frontier.append(each)
    return frontier.root()


class Frontier:
    """The right edge of a growing tree: the least that must be kept to go on and to give the root.

    Of a tree of ``size`` leaves it holds the hashes of the perfect subtrees that ``size`` falls
    into, the largest and leftmost first: one for each bit set in ``size``.
    """

    __slots__ = ("_hashes", "_size")

    def __init__(self) -> None:
        self._size = 0
        self._hashes: list[bytes] = []

    @classmethod
    def from_hashes(cls, size: int, hashes: Sequence[bytes]) -> Frontier:
        """Take up again what ``size`` and ``hashes()`` gave; raises ``MalformedProof``."""
        if size < 0 or len(hashes) != size.bit_count():
            raise MalformedProof(
                f"{len(hashes)} hashes cannot be the frontier of {size} leaves",
                todo="rebuild the tree from the records",
            )
        if any(len(each) != HASH_SIZE for each in hashes):
            raise MalformedProof("a frontier has a hash that is not 32 bytes long")
        frontier = cls()
        frontier._size = size
        frontier._hashes = list(hashes)
        return frontier

    @property
    def size(self) -> int:
        """The number of leaves so far."""
        return self._size

    def hashes(self) -> list[bytes]:
        """Return the hashes held, largest subtree first; they fit ``from_hashes``."""
        return list(self._hashes)

    def copy(self) -> Frontier:
        """Return a frontier that grows on its own."""
        return Frontier.from_hashes(self._size, self._hashes)

    def append(self, leaf_hash: bytes) -> None:
        """Add one leaf, by its hash."""
        self.append_subtree(0, leaf_hash)

    def append_subtree(self, level: int, subtree: bytes) -> None:
        """Add ``2**level`` leaves by the hash of their perfect subtree.

        ``ValueError`` unless the size is a multiple of ``2**level``: only there can it stand.
        """
        if len(subtree) != HASH_SIZE:
            raise ValueError(f"a hash has 32 bytes, not {len(subtree)}")
        if self._size % (1 << level):
            raise ValueError(f"no subtree of level {level} begins at leaf {self._size}")
        rest = self._size >> level
        while rest & 1:  # a carry: two subtrees of one size become one of the next
            subtree = hash_children(self._hashes.pop(), subtree)
            rest >>= 1
        self._hashes.append(subtree)
        self._size += 1 << level

    def extend(self, leaf_hashes: bytes) -> None:
        """Add many leaves by their concatenated hashes; whole tiles go the fast way."""
        if len(leaf_hashes) % HASH_SIZE:
            raise ValueError(f"{len(leaf_hashes)} bytes are not whole hashes")
        tile = TILE_WIDTH * HASH_SIZE
        head = min(-self._size % TILE_WIDTH * HASH_SIZE, len(leaf_hashes))
        body = head + (len(leaf_hashes) - head) // tile * tile
        for (each,) in iter_unpack("32s", leaf_hashes[:head]):
            self.append_subtree(0, each)
        for (each,) in iter_unpack("32s", reduce_tiles(leaf_hashes[head:body])):
            self.append_subtree(8, each)
        for (each,) in iter_unpack("32s", leaf_hashes[body:]):
            self.append_subtree(0, each)

    def root(self) -> bytes:
        """Return the root of the tree so far (RFC 6962 §2.1)."""
        if not self._hashes:
            return EMPTY_ROOT
        root = self._hashes[-1]
        for left in reversed(self._hashes[:-1]):
            root = hash_children(left, root)
        return root


def inclusion_path(index: int, size: int, read: Read) -> list[bytes]:
    """Return the audit path of leaf ``index`` in the tree of ``size`` leaves (RFC 6962 §2.1.1)."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_range_hash(middle, high, read))
            high = middle
        else:
            path.append(_range_hash(low, middle, read))
            low = middle
    return path[::-1]


def consistency_path(old: int, new: int, read: Read) -> list[bytes]:
    """Return the proof that ``new`` leaves begin with the ``old`` (RFC 6962 §2.1.2).

    Empty if the sizes are equal.  The empty tree begins every other and has no such proof.
    """
    if not 0 < old <= new:
        raise ValueError(f"there is no consistency proof from size {old} to size {new}")
    path: list[bytes] = []
    low, high, whole = 0, new, True  # whole: low..old is still all of the old tree
    while old != high:
        middle = low + _split(high - low)
        if old <= middle:
            path.append(_range_hash(middle, high, read))
            high = middle
        else:
            path.append(_range_hash(low, middle, read))
            low, whole = middle, False
    if not whole:
        path.append(_range_hash(low, high, read))
    return path[::-1]


def verify_inclusion(
    *, index: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes
) -> None:
    """Check that the leaf hash ``leaf`` is at ``index`` under ``root`` (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:  # step 1
        raise _refused(f"a tree of {size} leaves has no leaf {index}")
    if any(len(each) != HASH_SIZE for each in (leaf, *path)):
        raise _refused("a hash is not 32 bytes long")
    fn, sn, r = index, size - 1, leaf  # steps 2, 3
    for p in path:  # step 4
        if sn == 0:
            raise _refused("the path is too long for this tree size")
        if fn & 1 or fn == sn:
            r = hash_children(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = hash_children(r, p)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:  # step 5
        raise _refused("the path is too short for this tree size")
    if r != root:
        raise _refused("the path does not lead from this leaf to this root")


def verify_consistency(  # noqa: C901 - the steps of the RFC, in its order
    *, old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Check that the new tree begins with the old one (RFC 9162 §2.1.4.2).

    Nothing can be shown about an empty old tree, so a size of 0 is refused.
    """
    if not 0 < old_size <= new_size:
        raise _refused(f"size {new_size} cannot be shown to continue size {old_size}")
    if old_size == new_size:
        if path or old_root != new_root:
            raise _refused("two trees of one size are the same tree, with nothing between them")
        return
    if not path or any(len(each) != HASH_SIZE for each in (*path, old_root)):  # step 1
        raise _refused("the path is empty, or a hash is not 32 bytes long")
    power_of_two = old_size & (old_size - 1) == 0
    rest = [old_root, *path] if power_of_two else list(path)  # step 2
    fn, sn = old_size - 1, new_size - 1  # step 3
    while fn & 1:  # step 4
        fn, sn = fn >> 1, sn >> 1
    fr = sr = rest[0]  # step 5
    for c in rest[1:]:  # step 6
        if sn == 0:
            raise _refused("the path is too long for these tree sizes")
        if fn & 1 or fn == sn:
            fr, sr = hash_children(c, fr), hash_children(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = hash_children(sr, c)
        fn, sn = fn >> 1, sn >> 1
    if fr != old_root or sr != new_root or sn != 0:  # step 7
        raise _refused("the path does not lead from the old root to the new one")


def _split(size: int) -> int:
    """Return the largest power of two below ``size`` (RFC 6962 §2.1, k)."""
    return 1 << (size - 1).bit_length() - 1


def _range_hash(low: int, high: int, read: Read) -> bytes:
    """Return MTH(D[low:high]) for a range that RFC 6962 §2.1 can cut out of a tree."""
    width = high - low
    if width & (width - 1) == 0:
        level = width.bit_length() - 1
        return read(level, low >> level)
    middle = low + _split(width)
    return hash_children(_range_hash(low, middle, read), _range_hash(middle, high, read))


def _refused(why: str) -> VerificationFailed:
    return VerificationFailed("the Merkle proof does not hold", why=why)
