"""Filters: which groups of records may hold a term, in a file that is mapped and never read whole.

A filter file is made from one other file of a segment and speaks of its records in groups of
neighbours.  Each group has its own blocked Bloom filter: a term picks one block of 64 bytes
and a few bits in it.  A group whose bits are not all set does not hold the term; one whose bits are
may hold it.  The same terms give the same bytes, whoever writes them; whoever changes which bits a
term has, or what is a term, changes the number in the name of the format.

The file: 16 bytes that name the format, the SHA-256 of all that follows (32 bytes), the length of
the head (4 bytes, big-endian), the head in JSON, zeros up to a multiple of 64, the blocks.

What is damaged, cut short or made from another file is no filter: `read_filter` gives None, and
the records are looked at themselves.
"""

from __future__ import annotations

import hashlib
import mmap
import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Final, TypeAlias
from weakref import WeakSet

import msgspec
import numpy as np

__all__ = [
    "Filter",
    "Group",
    "Head",
    "Sought",
    "Stamp",
    "is_made_from",
    "pack",
    "read_filter",
    "stamp_of",
]

Stamp: TypeAlias = tuple[int, int, int]
_MAGIC: Final = b"actum terms 1\n\0\0"
_BLOCK: Final = 64
_BITS: Final = _BLOCK * 8
KEPT: Final = 256
MOST_PROBES: Final = 7
_NINES: Final = np.arange(MOST_PROBES, dtype=np.uint64) * np.uint64(9)
"""Nine bits name a bit of a block, and 64 have seven times nine."""
_BODY: Final = len(_MAGIC) + 32


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a filter speaks of.

    ``made_from`` is the SHA-256 of the file whose terms it holds, ``count`` the records of its
    segment, ``group`` how many of them are one group.  ``columns`` names those it knows the values
    of; of raw text there are none.  ``ends`` counts the blocks up to each group's last.
    """

    made_from: str
    count: int
    group: int
    columns: tuple[str, ...]
    probes: int
    ends: tuple[int, ...]


class Group:
    """The filter of one group as it is written: its terms, at so many bits a term."""

    def __init__(self, terms: np.ndarray, *, bits: int, probes: int) -> None:
        self.size = max(1, -(-len(terms) * bits // _BITS))
        found = Sought(terms, probes=probes)
        firsts = found.blocks(np.uint64(self.size))[:, None] * np.uint64(_BITS)
        held = np.zeros(self.size * _BITS, bool)
        held[(firsts + found.places).ravel()] = True
        self.blocks = np.packbits(held, bitorder="little").tobytes()


class Sought:
    """Terms hashed once, to be looked for in any number of filters."""

    def __init__(self, terms: np.ndarray, *, probes: int = MOST_PROBES) -> None:
        first = _splitmix(terms.astype(np.uint64))
        self._high = first >> np.uint64(32)
        self.places = (_splitmix(first)[:, None] >> _NINES[:probes]) & np.uint64(_BITS - 1)

    @cached_property
    def words(self) -> np.ndarray:
        """The word of its block that each bit of each term is in."""
        found: np.ndarray = self.places >> np.uint64(6)
        return found

    @cached_property
    def masks(self) -> np.ndarray:
        """That bit, in its word."""
        found: np.ndarray = np.uint64(1) << (self.places & np.uint64(63))
        return found

    def blocks(self, sizes: np.ndarray | np.uint64) -> np.ndarray:
        """The block of each term among so many."""
        found: np.ndarray = (self._high * sizes) >> np.uint64(32)
        return found


class Filter:
    """One filter file that was found whole.  ``columns`` and ``group`` are as in its head.

    The first `KEPT` of a process stay mapped; the others are mapped for each look and let go again,
    for a log may have more filters than a process has handles.
    """

    _kept: ClassVar[WeakSet[Filter]] = WeakSet()

    def __init__(self, path: Path, stamp: Stamp, head: Head, start: int) -> None:
        self.columns = frozenset(head.columns)
        self.group = head.group
        self.stamp = stamp
        self._path = path
        self._start = start
        self._probes = head.probes
        ends = np.array(head.ends, np.uint64)
        starts = np.concatenate((np.zeros(1, np.uint64), ends[:-1]))
        self._sizes = (ends - starts)[:, None]
        self._starts = starts[:, None]
        self._words: np.ndarray | None = None

    def may_hold(self, sought: Sought) -> np.ndarray:
        """Whether each group (a row) may hold each term (a column).

        All may, if the file is not the one any more that was found whole.
        """
        blocks = self._starts + sought.blocks(self._sizes)
        words = self._mapped_words()
        if words is None:
            return np.ones(blocks.shape, bool)
        masks = sought.masks[:, : self._probes]
        there = words[blocks[..., None] * np.uint64(8) + sought.words[:, : self._probes]]
        found: np.ndarray = ((there & masks) == masks).all(axis=-1)
        return found

    def _mapped_words(self) -> np.ndarray | None:
        try:
            if self._words is not None:
                return self._words if stamp_of(os.stat(self._path)) == self.stamp else None  # noqa: PTH116
            mapped, stamp = _mapped(self._path)
        except (OSError, ValueError):
            return None
        if stamp != self.stamp:
            return None
        words = np.frombuffer(mapped, np.uint64, offset=self._start)
        if len(self._kept) < KEPT:
            self._words = words
            self._kept.add(self)
        return words


def stamp_of(found: os.stat_result) -> Stamp:
    """What changes when somebody writes a file or puts another in its place."""
    return found.st_ino, found.st_size, found.st_mtime_ns


def _mapped(path: Path) -> tuple[mmap.mmap, Stamp]:
    """A file's bytes, and which file that is.  ValueError if it is empty."""
    handle = os.open(path, os.O_RDONLY)
    try:
        stamp = stamp_of(os.fstat(handle))
        return mmap.mmap(handle, 0, access=mmap.ACCESS_READ), stamp
    finally:
        os.close(handle)


def _splitmix(numbers: np.ndarray) -> np.ndarray:
    mixed = numbers + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def pack(
    groups: Sequence[Group],
    *,
    made_from: str,
    count: int,
    group: int,
    probes: int,
    columns: Sequence[str] = (),
) -> bytes:
    """The content of a filter file."""
    ends = np.cumsum([each.size for each in groups]).tolist()
    head = msgspec.json.encode(Head(made_from, count, group, tuple(columns), probes, tuple(ends)))
    lead = len(head).to_bytes(4, "big") + head
    lead += bytes(-(_BODY + len(lead)) % _BLOCK)
    body = b"".join((lead, *(each.blocks for each in groups)))
    return _MAGIC + hashlib.sha256(body).digest() + body


def read_filter(path: Path, *, made_from: str, count: int) -> Filter | None:
    """Map a filter file, if it is whole and was made from that file of so many records."""
    try:
        mapped, stamp = _mapped(path)
    except (OSError, ValueError):  # not there, not readable, or empty
        return None
    body = memoryview(mapped)[_BODY:]
    if mapped[:_BODY] != _MAGIC + hashlib.sha256(body).digest():
        return None
    try:
        size = int.from_bytes(body[:4], "big")
        head = msgspec.json.decode(body[4 : 4 + size], type=Head)
    except msgspec.MsgspecError:
        return None
    start = -(-(_BODY + 4 + size) // _BLOCK) * _BLOCK
    if (head.made_from, head.count) != (made_from, count) or not _fits(head, len(mapped) - start):
        return None
    return Filter(path, stamp, head, start)


def is_made_from(path: Path, made_from: str) -> bool:
    """Whether a filter file says it was made from that file; what it holds is not looked at."""
    try:
        with path.open("rb") as file:
            return made_from.encode() in file.read(_BODY + 256)
    except OSError:
        return False


def _fits(head: Head, size: int) -> bool:
    """Whether the head describes blocks of that size: a file of ours always does."""
    sizes = np.diff((0, *head.ends))
    return (
        head.group > 0
        and len(head.ends) == -(-head.count // head.group)
        and 0 < head.probes <= MOST_PROBES
        and bool(np.all(sizes > 0))
        and head.ends[-1] * _BLOCK == size
    )
