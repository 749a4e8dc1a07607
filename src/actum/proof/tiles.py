"""Tiles: the files a tree is published as, by the C2SP tlog-tiles specification.

A tile is up to 256 neighbouring hashes of one level; a bundle is up to 256 neighbouring entries.
Full ones never change.  This module knows their names and which of them a tree has; it neither
reads nor writes one.

Rules:

1. A path is written in one way only.  One written in any other way is refused, so that no two
   names can mean one file and no name can leave its folder.
2. A partial tile of width 0 does not exist (tlog-tiles, "Partial Tiles").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from actum.errors import MalformedProof
from actum.proof.merkle import TILE_WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Bundle", "Tile", "bundles_of", "parse_path", "tiles_of"]

MAX_LEVEL: Final = 63
MAX_PATH: Final = 64
"""Longer than any path of an index below 2**64."""

_PATH: Final = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)"
    r"/(?P<index>(?:x[0-9]{3}/)*[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """``width`` hashes of level ``level``, beginning at hash ``index * 256`` of that level.

    Levels count in steps of 8 levels of the tree: a hash at tile level L covers ``256**L`` leaves.
    """

    level: int
    index: int
    width: int = TILE_WIDTH

    def path(self) -> str:
        """Return ``tile/<L>/<N>[.p/<W>]`` (tlog-tiles, "Merkle Tree")."""
        if not 0 <= self.level <= MAX_LEVEL:
            raise ValueError(f"there is no tile level {self.level}")
        return f"tile/{self.level}/{_place(self.index, self.width)}"


@dataclass(frozen=True, slots=True, order=True)
class Bundle:
    """``width`` log entries, beginning at entry ``index * 256``."""

    index: int
    width: int = TILE_WIDTH

    def path(self) -> str:
        """Return ``tile/entries/<N>[.p/<W>]`` (tlog-tiles, "Log entries")."""
        return f"tile/entries/{_place(self.index, self.width)}"


def parse_path(path: str) -> Tile | Bundle:
    """Read the path of a tile or bundle; any other text raises ``MalformedProof``."""
    match = _PATH.fullmatch(path) if len(path) <= MAX_PATH else None
    if match is None:
        raise _malformed(path, "it is not tile/<level>/<index>[.p/<width>]")
    index = int(match["index"].replace("/", "").replace("x", ""))
    width = int(match["width"] or TILE_WIDTH)
    if match["width"] and width >= TILE_WIDTH:
        raise _malformed(path, f"a partial tile has fewer than {TILE_WIDTH} hashes")
    found: Tile | Bundle
    if match["level"] == "entries":
        found = Bundle(index, width)
    else:
        level = int(match["level"])
        if level > MAX_LEVEL:
            raise _malformed(path, f"there is no tile level {level}")
        found = Tile(level, index, width)
    if found.path() != path:
        raise _malformed(path, f"its one spelling is {found.path()!r}")
    return found


def tiles_of(size: int) -> Iterator[Tile]:
    """Give every tile of a tree of ``size`` leaves, level by level, the partial ones last."""
    level, hashes = 0, size
    while hashes:
        full, rest = divmod(hashes, TILE_WIDTH)
        for index in range(full):
            yield Tile(level, index)
        if rest:
            yield Tile(level, full, rest)
        level, hashes = level + 1, full


def bundles_of(size: int) -> Iterator[Bundle]:
    """Give every entry bundle of a tree of ``size`` leaves, the partial one last."""
    full, rest = divmod(size, TILE_WIDTH)
    for index in range(full):
        yield Bundle(index)
    if rest:
        yield Bundle(full, rest)


def _place(index: int, width: int) -> str:
    """Return ``<N>[.p/<W>]``: 1234067 is ``x001/x234/067``."""
    if index < 0 or not 1 <= width <= TILE_WIDTH:
        raise ValueError(f"there is no tile {index} of width {width}")
    parts = [f"{index % 1000:03d}"]
    while index := index // 1000:
        parts.append(f"x{index % 1000:03d}")
    suffix = "" if width == TILE_WIDTH else f".p/{width}"
    return "/".join(reversed(parts)) + suffix


def _malformed(path: str, why: str) -> MalformedProof:
    return MalformedProof(f"{path!r} is not the path of a tile", why=why)
