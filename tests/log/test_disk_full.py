"""A full disk: nothing more is acknowledged, reading and sealing go on, and it recovers."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import actum.log.log
from actum.case import Case
from actum.errors import DiskFull
from log.world import batch, check_log, opened, raw


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_a_full_journal_stops_acknowledging_and_not_reading_or_sealing(home: Path) -> None:
    with opened(home) as log:
        log.append(batch(range(200)))
        db = log.home.journal._db
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count = {pages}")
        note = "".join(chr(97 + ord(os.urandom(1)) % 26) for _ in range(60_000))
        with pytest.raises(DiskFull, match="no room left") as caught:
            log.append(batch([500], note=note))
        assert caught.value.exit_code == 1
        assert caught.value.why == "No space left on device"
        with pytest.raises(DiskFull):
            log.append(batch([501]))
        with Case(home) as case:
            assert case.record(199).raw == raw(199)
        db.execute("PRAGMA max_page_count = 1000000")
        assert log.seal().size == 200
    with opened(home) as log:
        assert log.append(batch([500], note=note)).indexes.tolist() == [200]
    assert len(check_log(home)) == 201


def test_no_room_for_a_checkpoint_leaves_the_old_one_and_the_next_seal_succeeds(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write

    def full(handle: int, data: Any) -> int:
        if Path(f"/proc/self/fd/{handle}").readlink().name == "checkpoint.part":
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(handle, data)

    with opened(home) as log:
        log.append(batch(range(10)))
        log.seal()
        log.append(batch(range(10, 20)))
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", full)
            with pytest.raises(DiskFull):
                log.seal()
        with Case(home) as case:
            assert case.verify().unsealed == 10
        assert log.seal().size == 20
    with opened(home) as log:
        assert log.append(batch(range(25))).stored == 5


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB, where one may be mounted."""
    mount = tmp_path / "disk"
    mount.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(mount)],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip("no file system can be mounted here")
    yield mount
    subprocess.run(["umount", str(mount)], check=True)


@pytest.mark.parametrize(
    "direct",
    [
        pytest.param(False, id="journal"),
        pytest.param(True, id="segments", marks=pytest.mark.slow),
    ],
)
def test_a_disk_that_fills_up_loses_and_doubles_nothing(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch, direct: bool
) -> None:
    monkeypatch.setattr(actum.log.log, "DIRECT", 20 if direct else 1_000_000)
    home = small_disk / "home"
    ballast = small_disk / "ballast"
    acknowledged = 0
    with opened(home) as log:
        ballast.write_bytes(bytes(2_000_000))
        with pytest.raises(DiskFull) as caught:  # noqa: PT012 - it fills up at one of them
            for first in range(0, 100_000, 30):
                numbers = range(first, first + 30)
                log.append(batch(numbers, note=os.urandom(1_000).hex()))
                acknowledged += 30
        assert caught.value.why
        assert acknowledged
        log.view.refresh()
        assert len(log.view.raws(range(acknowledged))) == acknowledged
    with Case(home) as case:
        assert len(case.records(range(acknowledged))) == acknowledged
    ballast.unlink()
    with opened(home) as log:
        assert log.append(batch([999_999])).stored == 1
    assert len(check_log(home)) >= acknowledged + 1
    with Case(home) as case:
        assert case.fsck() == []
