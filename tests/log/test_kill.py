"""kill -9 at random: 0 acknowledged lost, 0 duplicates, fsck clean, verify holds, every time."""

from __future__ import annotations

import multiprocessing
import os
import random
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from actum.log.evidence import verify_log
from actum.log.fsck import fsck
from actum.log.home import Home
from actum.log.view import View
from log import killed
from log.world import check_log, opened, raw


def heard(told: Connection, acknowledged: dict[int, int]) -> None:
    """Take in everything the dead process said; a number acknowledged twice has one index."""
    try:
        while told.poll():
            said = told.recv()
            if said != "open":
                first, indexes = said
                for number, index in enumerate(indexes, first):
                    assert acknowledged.setdefault(number, index) == index
    except (EOFError, ConnectionResetError):
        return


def cycles(tmp_path: Path, count: int, seed: int) -> None:
    home = tmp_path / "home"
    state = os.environ["ACTUM_STATE"]
    chance = random.Random(seed)
    acknowledged: dict[int, int] = {}
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["duckdb", "log.killed"])
    with opened(home):
        pass
    for cycle in range(count):
        told, teller = forks.Pipe(duplex=False)
        start = max(acknowledged, default=-1) + 1
        process = forks.Process(
            target=killed.write_until_killed, args=(home, start, seed + cycle, state, teller)
        )
        process.start()
        teller.close()
        if chance.random() < 0.9:  # otherwise it may be killed while it opens the log
            assert told.poll(20)
        process.join(chance.uniform(0.0, 0.25))
        assert process.is_alive(), "it ended by itself"
        process.kill()
        process.join()
        process.close()
        heard(told, acknowledged)
        told.close()
        with Home(home, write=False) as reading:
            view = View(reading, reading.entry("main"))
            size = view.contents().size
            assert size >= len(acknowledged)
            assert [each for each in fsck(view) if not each.harmless] == []
            if (view.folder / "checkpoint").exists():
                verify_log(view)
            view.close()
        if cycle % 10 == 9 or cycle == count - 1:
            held = check_log(home)
            assert len({each.raw for each in held}) == len(held)
            assert all(held[index].raw == raw(number) for number, index in acknowledged.items())
    with opened(home) as log:
        assert list(fsck(log.view)) == []
    assert acknowledged


def test_a_killed_writer_loses_and_doubles_nothing(tmp_path: Path) -> None:
    cycles(tmp_path, 3, 1)


@pytest.mark.slow
def test_a_writer_killed_a_hundred_times_loses_and_doubles_nothing(tmp_path: Path) -> None:
    cycles(tmp_path, 100, 1_000)


def test_reading_goes_on_while_another_process_writes_segments_and_merges(tmp_path: Path) -> None:
    home = tmp_path / "home"
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["duckdb", "log.killed"])
    with opened(home):
        pass
    told, teller = forks.Pipe(duplex=False)
    process = forks.Process(
        target=killed.write_until_killed, args=(home, 0, 5, os.environ["ACTUM_STATE"], teller)
    )
    process.start()
    teller.close()
    acknowledged: dict[int, int] = {}
    try:
        assert told.poll(20)
        for _ in range(12):
            heard(told, acknowledged)
            with Home(home, write=False) as reading:
                view = View(reading, reading.entry("main"))
                found = view.raws(range(view.contents().size))
                seen = {index: each for index, (_, each) in found.items()}
                assert len(set(seen.values())) == len(seen) >= len(acknowledged)
                assert all(seen[index] == raw(each) for each, index in acknowledged.items())
                if (view.folder / "checkpoint").exists():
                    verify_log(view)
                assert [each for each in fsck(view) if not each.harmless] == []
                view.close()
        assert process.is_alive()
    finally:
        process.kill()
        process.join()
    assert acknowledged
