"""Every write point × {failed, failed but persisted}, then start again and look at everything.

The fault is raised where the code would meet it: instead of the write, or after it took effect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import actum.log.home
import actum.log.log
import actum.log.merge
import actum.log.seal
import actum.log.seen
import actum.log.segment
from actum.errors import ActumError, DiskFull, StorageError, WriteFailed
from actum.log.catalog import Catalog
from actum.log.fsck import fsck
from actum.log.home import Home
from actum.log.journal import Journal
from actum.log.log import Log
from actum.log.tree import Tree
from actum.log.view import View
from log.world import batch, check_log, opened, raw

POINTS: dict[str, tuple[object, str]] = {
    "key": (actum.log.home, "replace_file"),
    "journal head": (Journal, "begin_log"),
    "catalog log": (Catalog, "add_log"),
    "journal commit": (Journal, "_commit"),
    "journal advance": (Journal, "advance"),
    "journal sealed": (Journal, "sealed"),
    "journal trim": (Journal, "trim"),
    "tree level": (Tree, "_write"),
    "tree": (Tree, "append"),
    "checkpoint": (actum.log.seal, "replace_file"),
    "segment copy": (actum.log.segment, "_copy"),
    "segment compare": (actum.log.segment, "_compare"),
    "segment sync": (actum.log.segment, "sync_file"),
    "segment folder sync": (actum.log.segment, "sync_folder"),
    "catalog segment": (Catalog, "replace"),
}
CREATING = {"key", "journal head", "catalog log"}

STEPS: list[Callable[[Log], object]] = [
    lambda log: log.append(batch(range(300)), cursors={("feed", "page"): "300"}),
    lambda log: log.seal(),
    lambda log: log.append(batch(range(290, 400)), cursors={("feed", "page"): "400"}),
    lambda log: log.append(batch(range(400, 420))),
    lambda log: log.settle(),
    lambda log: log.append(batch(range(415, 440))),
    lambda log: log.settle(),
    lambda log: log.merge(),
    lambda log: log.append(batch(range(440, 700)), cursors={("feed", "page"): "700"}),
    lambda log: log.seal(),
]
"""Journal and direct segments, duplicates across each border, settling, merging, sealing."""
HOLDS = [300, 300, 400, 420, 420, 440, 440, 440, 700, 700]
"""How many records are acknowledged when each step has returned."""


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actum.log.log, "DIRECT", 100)
    monkeypatch.setattr(actum.log.merge, "RUN", 2)
    monkeypatch.setattr(actum.log.log, "SEAL_EVERY", 3_600.0)


@contextmanager
def broken(
    point: str, *, persisted: bool, call: int, error: type[ActumError]
) -> Iterator[list[str]]:
    """Let the ``call``-th write at that point fail; the list names the fault once it was met."""
    owner, name = POINTS[point]
    real: Callable[..., Any] = getattr(owner, name)
    calls = 0
    met: list[str] = []

    def failing(*given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls != call:
            return real(*given, **named)
        met.append(point)
        if persisted:
            real(*given, **named)
        raise error("the disk said no")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, failing)
        yield met


def work(home: Path) -> int:
    """Do every step; returns how many records were acknowledged before something failed."""
    acknowledged = 0
    try:
        with opened(home) as log:
            for step, holds in zip(STEPS, HOLDS, strict=True):
                try:
                    step(log)
                except StorageError:
                    for call in (lambda: log.append(batch([9_999])), log.settle, log.merge):
                        with pytest.raises(StorageError):
                            call()
                    raise
                acknowledged = holds
    except StorageError:
        return acknowledged
    return acknowledged


def assert_whole(home: Path, acknowledged: int) -> None:
    """Nothing acknowledged is lost, nothing is doubled, everything agrees."""
    raws = [each.raw for each in check_log(home)]
    assert len(set(raws)) == len(raws)
    assert set(raws) >= {raw(number) for number in range(acknowledged)}


def assert_finished(home: Path) -> None:
    assert [each.raw for each in check_log(home)] == [raw(number) for number in range(700)]
    with Home(home, write=False) as reading:
        view = View(reading, reading.entry("main"))
        assert [each for each in fsck(view) if not each.harmless] == []
        assert view.home.journal.cursor(view.entry.id, "feed", "page") == "700"
        view.close()
    with opened(home) as log:
        assert list(fsck(log.view)) == []


QUICK = {"journal commit", "checkpoint", "catalog segment"}
CASES = [
    pytest.param(
        point, persisted, call,
        id=f"{point}, {'persisted' if persisted else 'failed'}, call {call}",
        marks=() if point in QUICK and call == 1 else pytest.mark.slow,
    )
    for point in POINTS
    for persisted in (False, True)
    for call in ((1,) if point in CREATING else (1, 2))
]  # fmt: skip


@pytest.mark.parametrize(("point", "persisted", "call"), CASES)
def test_nothing_is_lost_or_doubled_when_a_write_fails(
    tmp_path: Path, point: str, persisted: bool, call: int
) -> None:
    home = tmp_path / "home"
    with broken(point, persisted=persisted, call=call, error=WriteFailed) as met:
        acknowledged = work(home)
    assert met
    if (home / "catalog.db").exists() and acknowledged:
        assert_whole(home, acknowledged)
    assert work(home) == 700
    assert_finished(home)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("journal commit", "checkpoint"),
        ("checkpoint", "journal sealed"),
        ("catalog segment", "journal trim"),
        ("segment folder sync", "catalog segment"),
        ("tree level", "tree level"),
        ("journal sealed", "tree"),
        ("key", "catalog log"),
    ],
)
@pytest.mark.parametrize("persisted", [False, True], ids=["failed", "failed but persisted"])
def test_two_faults_in_a_row_lose_and_double_nothing(
    tmp_path: Path, first: str, second: str, persisted: bool
) -> None:
    home = tmp_path / "home"
    with broken(first, persisted=persisted, call=1, error=WriteFailed):
        acknowledged = work(home)
    with broken(second, persisted=not persisted, call=1, error=WriteFailed):
        acknowledged = max(acknowledged, work(home))
    if acknowledged:
        assert_whole(home, acknowledged)
    assert work(home) == 700
    assert_finished(home)


def test_a_memory_that_cannot_be_written_does_not_stop_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise WriteFailed("read-only file system")

    monkeypatch.setattr(actum.log.seen, "replace_file", refuse)
    assert work(tmp_path / "home") == 700
    assert_finished(tmp_path / "home")


def test_a_failed_seal_signs_no_wrong_root_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    with opened(home) as log:
        log.append(batch(range(300)))
        with (
            broken("journal sealed", persisted=False, call=1, error=DiskFull),
            pytest.raises(DiskFull),
        ):
            log.seal()
        with pytest.raises(DiskFull):
            log.append(batch([300]))
        assert log.seal().size == 300
    assert len(check_log(home)) == 300


@pytest.mark.parametrize("error", [ValueError("odd"), KeyError("odd"), MemoryError()])
def test_an_unforeseen_error_stops_the_log_and_no_retry_is_taken_for_a_duplicate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    home = tmp_path / "home"

    def odd(*_: Any) -> bytes:
        raise error

    with opened(home) as log:
        with monkeypatch.context() as patch:
            patch.setattr(actum.log.log, "leaf_hashes", odd)
            with pytest.raises(WriteFailed, match="stopped in the middle"):
                log.append(batch(range(5)))
        with pytest.raises(WriteFailed):
            log.append(batch(range(5)))
    with opened(home) as log:
        assert log.append(batch(range(5))).stored == 5
    assert len(check_log(home)) == 5


def test_the_thread_that_commits_for_all_frees_the_others_when_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"

    def odd(*_: Any) -> None:
        raise ValueError("odd")

    with opened(home) as log:
        monkeypatch.setattr(Journal, "_commit", odd)
        with pytest.raises(WriteFailed):
            log.append(batch([1]))
        with pytest.raises(WriteFailed, match="was stopped"):
            log.home.journal.flush()
