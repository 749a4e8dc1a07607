from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actum.errors import MalformedProof
from actum.proof import Bundle, Tile, bundles_of, parse_path, tiles_of


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/7",
        "tile/0/0067",
        "tile/00/067",
        "tile/64/067",
        "tile/-1/067",
        "tile/0/x000/067",
        "tile/0/x001/x067",
        "tile/0/001/067",
        "tile/0/X001/067",
        "tile/0/067.p",
        "tile/0/067.p/",
        "tile/0/067.p/0",
        "tile/0/067.p/01",
        "tile/0/067.p/256",
        "tile/0/067.p/999",
        "tile/0/067/",
        "/tile/0/067",
        "tile/0/067\n",
        "tile/0/../067",
        "tile/0/٠٦٧",
        "tile/Entries/067",
        "tile/entries/67",
        "tile/0/" + "x001/" * 400 + "001",
    ],
)
def test_a_path_in_any_other_spelling_is_refused(path: str) -> None:
    with pytest.raises(MalformedProof):
        parse_path(path)


@pytest.mark.parametrize(
    "tile", [Tile(64, 0), Tile(-1, 0), Tile(0, -1), Tile(0, 0, 0), Tile(0, 0, 257)]
)
def test_a_tile_that_cannot_be_has_no_path(tile: Tile) -> None:
    with pytest.raises(ValueError, match="no tile"):
        tile.path()


def test_the_paths_are_those_of_the_specification() -> None:
    assert Tile(0, 1234067).path() == "tile/0/x001/x234/067"
    assert Tile(1, 0, 17).path() == "tile/1/000.p/17"
    assert Tile(63, 1000).path() == "tile/63/x001/000"
    assert Bundle(273, 112).path() == "tile/entries/273.p/112"


@given(st.one_of(st.none(), st.integers(0, 63)), st.integers(0, 2**64 - 1), st.integers(1, 256))
def test_a_path_comes_back_as_its_tile(level: int | None, index: int, width: int) -> None:
    tile = Bundle(index, width) if level is None else Tile(level, index, width)
    assert parse_path(tile.path()) == tile


def test_a_tree_of_70000_has_the_tiles_the_specification_counts() -> None:
    tiles = list(tiles_of(70_000))
    assert [tile for tile in tiles if tile.level == 0] == [
        *(Tile(0, index) for index in range(273)),
        Tile(0, 273, 112),
    ]
    assert tiles[274:] == [Tile(1, 0), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert list(tiles_of(256)) == [Tile(0, 0), Tile(1, 0, 1)]
    assert list(tiles_of(1)) == [Tile(0, 0, 1)]
    assert not list(tiles_of(0))
    assert not list(bundles_of(0))
    assert list(bundles_of(513)) == [Bundle(0), Bundle(1), Bundle(2, 1)]


@given(st.integers(0, 200_000))
def test_the_partial_tiles_are_as_wide_as_the_specification_says(size: int) -> None:
    partial = {tile.level: tile.width for tile in tiles_of(size) if tile.width < 256}
    for level in range(4):
        assert partial.get(level, 0) == size // 256**level % 256
