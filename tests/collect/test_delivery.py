from __future__ import annotations

import gzip
import hashlib
import json
import random
from typing import TYPE_CHECKING

import pytest
import zstandard

from actum.collect import Delivery, Limits, collect

if TYPE_CHECKING:
    from pathlib import Path

TEXT = b"".join(
    json.dumps({"n": n, "r": random.Random(n).getrandbits(64)}).encode() + b"\n"
    for n in range(20_000)
)


def only(path: Path, limits: Limits | None = None) -> Delivery:
    (delivery,) = collect([path], limits=limits)
    assert isinstance(delivery, Delivery)
    return delivery


def read(path: Path, stored: bytes, limits: Limits | None = None) -> tuple[Delivery, bytes]:
    """Read what is delivered of a file that holds ``stored``."""
    path.write_bytes(stored)
    for delivery in collect([path], limits=limits):
        assert isinstance(delivery, Delivery)
        content = b"".join(delivery.read_chunks())
        assert delivery.stored_size == len(stored)
        assert delivery.stored_sha256 == hashlib.sha256(stored).hexdigest()
        assert delivery.content_size == len(content)
        assert delivery.content_sha256 == hashlib.sha256(content).hexdigest()
        assert delivery.stored_read == len(stored)
        return delivery, content
    raise AssertionError("nothing was delivered")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a name says nothing"


class TestDamage:
    def test_a_cut_gzip_loses_nothing_before_the_cut(self, file: Path) -> None:
        packed = gzip.compress(TEXT)
        delivery, content = read(file, packed[: len(packed) // 2])
        assert TEXT.startswith(content)
        assert len(content) > len(TEXT) * 0.45
        assert delivery.fault is not None
        assert delivery.fault.code == "gzip-truncated"

    @pytest.mark.parametrize("left", [3, 9])
    def test_a_gzip_cut_in_its_header_is_a_fault(self, file: Path, left: int) -> None:
        delivery, content = read(file, gzip.compress(b"x")[:left])
        assert content == b""
        assert delivery.fault is not None
        assert delivery.fault.code == "gzip-truncated"

    def test_a_gzip_cut_in_its_trailer_gives_all_its_content(self, file: Path) -> None:
        delivery, content = read(file, gzip.compress(TEXT)[:-3])
        assert content == TEXT
        assert delivery.fault is not None
        assert delivery.fault.code == "gzip-truncated"

    def test_a_wrong_checksum_is_told_and_the_content_kept(self, file: Path) -> None:
        packed = bytearray(gzip.compress(TEXT))
        packed[-6] ^= 1
        delivery, content = read(file, bytes(packed))
        assert content == TEXT
        assert delivery.fault is not None
        assert delivery.fault.code == "gzip-corrupt"

    def test_damage_in_the_middle_keeps_what_came_before(self, file: Path) -> None:
        packed = bytearray(gzip.compress(TEXT))
        middle = len(packed) // 2
        packed[middle : middle + 64] = b"\xff" * 64
        delivery, content = read(file, bytes(packed))
        assert delivery.fault is not None
        assert delivery.fault.code == "gzip-corrupt"
        assert content[: len(TEXT) // 3] == TEXT[: len(TEXT) // 3]

    def test_garbage_behind_gzip_is_told_and_the_content_kept(self, file: Path) -> None:
        delivery, content = read(file, gzip.compress(TEXT) + b"garbage")
        assert content == TEXT
        assert str(delivery.fault) == "gzip-trailing: 7 bytes after the end of the gzip data"

    @pytest.mark.parametrize("keep", [0.3, 0.9])
    def test_a_cut_zstd_is_a_fault(self, file: Path, keep: float) -> None:
        packed = zstandard.compress(TEXT)
        delivery, content = read(file, packed[: int(len(packed) * keep)])
        assert TEXT.startswith(content)
        assert content
        assert delivery.fault is not None
        assert delivery.fault.code == "zstd-truncated"

    def test_a_damaged_zstd_is_a_fault(self, file: Path) -> None:
        packed = bytearray(zstandard.ZstdCompressor(write_checksum=True).compress(TEXT))
        packed[-1] ^= 1
        delivery, _ = read(file, bytes(packed))
        assert delivery.fault is not None
        assert delivery.fault.code == "zstd-corrupt"

    @pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
    def test_a_bomb_is_stopped(self, file: Path, pack: object) -> None:
        assert callable(pack)
        limits = Limits(ratio=500, ratio_after=1 << 20)
        delivery, content = read(file, pack(bytes(64 << 20)), limits)
        assert delivery.fault is not None
        assert delivery.fault.code == "bomb"
        assert len(content) < 40 << 20

    def test_ratios_of_layers_multiply(self, file: Path) -> None:
        once = gzip.compress(bytes(20 << 20))
        limits = Limits(ratio=2000, ratio_after=1 << 20)
        assert read(file, once, limits)[0].fault is None
        fault = read(file, gzip.compress(once), limits)[0].fault
        assert fault is not None
        assert fault.code == "bomb"

    def test_content_over_the_cap_is_stopped(self, file: Path) -> None:
        fault = read(file, gzip.compress(TEXT), Limits(content=100_000))[0].fault
        assert fault is not None
        assert fault.code == "too-large"

    def test_a_fourth_compression_is_not_opened(self, file: Path) -> None:
        packed = TEXT
        for _ in range(3):
            packed = gzip.compress(packed)
        assert read(file, packed)[1] == TEXT
        delivery, content = read(file, gzip.compress(packed))
        assert content == b""
        assert delivery.fault is not None
        assert delivery.fault.code == "too-deep"


class TestReading:
    @pytest.mark.parametrize(
        "stored",
        [
            TEXT,
            gzip.compress(TEXT),
            zstandard.compress(TEXT),
            gzip.compress(TEXT[:5000]) + gzip.compress(b"") + gzip.compress(TEXT[5000:]),
            gzip.compress(TEXT) + bytes(512),
            zstandard.compress(TEXT[:5000]) + zstandard.compress(TEXT[5000:]),
            b"\x50\x2a\x4d\x18\x03\0\0\0abc" + zstandard.compress(TEXT),
            gzip.compress(zstandard.compress(TEXT)),
        ],
        ids=["plain", "gzip", "zstd", "gzips", "padding", "zstds", "skippable", "both"],
    )
    def test_content_is_recognised_by_itself(self, file: Path, stored: bytes) -> None:
        delivery, content = read(file, stored)
        assert content == TEXT
        assert delivery.fault is None

    def test_a_gzip_header_with_every_field(self, file: Path) -> None:
        packed = gzip.compress(b"content")
        flags = bytes([2 | 4 | 8 | 16])
        fields = b"\x03\0xyz" + b"name\0" + b"comment\0" + b"hc"
        assert read(file, packed[:3] + flags + packed[4:10] + fields + packed[10:])[1] == b"content"

    def test_an_empty_file_is_a_delivery_of_nothing(self, file: Path) -> None:
        delivery, content = read(file, b"")
        assert content == b""
        assert delivery.fault is None

    def test_it_is_read_once(self, file: Path) -> None:
        delivery, _ = read(file, b"x")
        with pytest.raises(RuntimeError, match="once"):
            next(delivery.read_chunks())

    def test_hashes_before_the_end_are_refused(self, file: Path) -> None:
        file.write_bytes(b"x")
        with pytest.raises(RuntimeError, match="not read to its end"):
            _ = only(file).stored_sha256

    def test_the_time_of_change_is_known(self, file: Path) -> None:
        file.write_bytes(b"x")
        assert only(file).modified == file.stat().st_mtime_ns // 1000
