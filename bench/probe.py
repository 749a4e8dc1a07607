"""What this machine can do right now: the yardsticks the other figures are divided by."""

from __future__ import annotations

import hashlib
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import zstandard

__all__ = ["Floor", "floor", "fsync_p50", "sha_rate", "timed"]


class Floor(msgspec.Struct):
    """CPU microseconds a record for the least any such system must do, and the size it gives."""

    parse: float
    sha256: float
    zstd3: float
    zstd3_bytes: float

    @property
    def total(self) -> float:
        """Parse, hash and compress."""
        return self.parse + self.sha256 + self.zstd3


def sha_rate() -> float:
    """SHA-256 of 1,170-byte records in millions a second: how fast this core is now."""
    data = os.urandom(1170)
    start = time.process_time()
    for _ in range(100_000):
        hashlib.sha256(data).digest()
    return 0.1 / (time.process_time() - start)


def floor(lines: list[bytes]) -> Floor:
    """Parse each line to objects, hash each, compress all of them together."""
    decode = msgspec.json.Decoder().decode
    parse = _cpu(lambda: [None for line in lines if decode(line) is None])
    digest = _cpu(lambda: [hashlib.sha256(line).digest() for line in lines])
    joined = b"\n".join(lines)
    packed: list[bytes] = []
    press = _cpu(lambda: packed.append(zstandard.ZstdCompressor(level=3).compress(joined)))
    count = len(lines)
    return Floor(
        parse / count * 1e6, digest / count * 1e6, press / count * 1e6, len(packed[0]) / count
    )


def fsync_p50(folder: Path) -> float:
    """The median of small synced writes, in milliseconds."""
    times = []
    with (folder / "fsync").open("wb", buffering=0) as file:
        for _ in range(200):
            start = time.perf_counter()
            file.write(b"x" * 4096)
            os.fsync(file.fileno())
            times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e3


def timed(work: Callable[[], object], *, times: int = 7) -> tuple[float, float]:
    """Median and worst wall milliseconds of a warm call."""
    work()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1e3)
    return statistics.median(taken), max(taken)


def _cpu(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start
