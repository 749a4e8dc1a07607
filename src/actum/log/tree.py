"""The part of the tree that is kept: hashes of full 256-leaf subtrees and above.

Leaf hashes are not stored.  They are 32 incompressible bytes each, and they can be computed again
from the records, which is what proves the records.  One flat file a tile level holds the rest:
``tree/8`` has one 32-byte hash for every 256 leaves, ``tree/16`` one for every 65,536, and so on,
which are exactly the hashes of C2SP tlog-tiles above level 0.

A hash is written at the place its number gives it, so writing one again after a crash changes
nothing.  What lies past the checkpoint's size does not count.

Trust: an attacker who can change these files can make proofs fail, not make a false one hold.
"""

from __future__ import annotations

import os
from pathlib import Path

from actum.errors import EvidenceError
from actum.log.durable import failed_write
from actum.proof.merkle import HASH_SIZE, TILE_WIDTH, Frontier, hash_level, reduce_tiles

__all__ = ["Tree"]

_STEP = 8
_LEVELS = (8, 16, 24, 32)


class Tree:
    """The kept hashes of one log."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def append(self, first: int, hashes: bytes) -> None:
        """Write the level-8 hashes of the 256-leaf blocks ``first``, ``first + 1``, …; synced.

        Full tiles above are written with them.  Raises DiskFull or WriteFailed.
        """
        level, place = 8, first
        while hashes:
            self._write(level, place, hashes)
            start = place // TILE_WIDTH
            whole = (place + len(hashes) // HASH_SIZE) // TILE_WIDTH - start
            if whole <= 0 or level + _STEP > _LEVELS[-1]:
                return
            hashes = reduce_tiles(self._range(level, start * TILE_WIDTH, whole * TILE_WIDTH))
            level, place = level + _STEP, start

    def read(self, level: int, place: int) -> bytes:
        """The hash of a perfect subtree of 2**level leaves, for levels from 8 up."""
        base = max(each for each in _LEVELS if each <= level)
        width = 1 << (level - base)
        hashes = self._range(base, place * width, width)
        while len(hashes) > HASH_SIZE:
            hashes = hash_level(hashes)
        return hashes

    def frontier(self, size: int, rest: bytes) -> Frontier:
        """The right edge of a tree of ``size``; ``rest`` is the last ``size % 256`` leaf hashes."""
        edge = Frontier()
        done = 0
        for level in range(size.bit_length(), _STEP - 1, -1):
            if size >> level & 1:
                edge.append_subtree(level, self.read(level, done >> level))
                done += 1 << level
        edge.extend(rest)
        return edge

    def count(self) -> int:
        """How many level-8 hashes the file holds, whether or not they count."""
        path = self.folder / "8"
        return path.stat().st_size // HASH_SIZE if path.exists() else 0

    def _write(self, level: int, place: int, hashes: bytes) -> None:
        path = self.folder / str(level)
        fresh = not path.exists()
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
            try:
                at, view = place * HASH_SIZE, memoryview(hashes)
                while view:
                    done = os.pwrite(handle, view, at)
                    at, view = at + done, view[done:]
                os.fsync(handle)
            finally:
                os.close(handle)
            if fresh:
                folder = os.open(self.folder, os.O_RDONLY)
                try:
                    os.fsync(folder)
                finally:
                    os.close(folder)
        except OSError as error:
            raise failed_write(path, error) from error

    def _range(self, level: int, start: int, count: int) -> bytes:
        path = self.folder / str(level)
        try:
            with path.open("rb") as file:
                file.seek(start * HASH_SIZE)
                hashes = file.read(count * HASH_SIZE)
        except FileNotFoundError:
            hashes = b""
        except OSError as error:
            raise EvidenceError(
                f"the tree file {level} cannot be read",
                why=error.strerror or str(error),
                todo="run `actum fsck`",
            ) from error
        if len(hashes) != count * HASH_SIZE:
            raise EvidenceError(
                f"the tree file {level} ends before hash {start + count}",
                why=f"it gave {len(hashes) // HASH_SIZE} of {count}",
                todo="run `actum rebuild`: the tree can be computed again from the records",
            )
        return hashes
