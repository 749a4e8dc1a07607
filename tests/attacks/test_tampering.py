"""Somebody, or the disk, changes a file: it is found, refused with the reason, and never served."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import actum.log.log
from actum.case import Case
from actum.errors import ActumError, EvidenceError, LogRefused, VerificationFailed
from actum.log.catalog import Catalog
from actum.log.home import Home
from actum.log.leaves import leaf_hashes
from actum.proof import Checkpoint, Signer, sign
from actum.sources import Mappings
from log.world import batch, opened, raw

SIZE = 640


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with three segments and a tail in the journal, sealed throughout."""
    base = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ACTUM_STATE", str(base / "state"))
        patch.setattr(actum.log.log, "DIRECT", 50)
        with opened(base / "home", Mappings()) as log:
            for first, last in ((0, 300), (300, 400), (400, 600)):
                log.append(batch(range(first, last)))
            for first, last in ((600, 620), (620, 640)):
                log.append(batch(range(first, last)), cursors={("feed", "page"): str(last)})
    return base / "home"


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "home")
    return tmp_path / "home"


def folder(home: Path) -> Path:
    (found,) = (home / "logs").iterdir()
    return found


def segment(home: Path, number: int, part: str = "records") -> Path:
    return sorted((folder(home) / part).iterdir())[number]


def flip(path: Path, at: int | None = None) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2 if at is None else at] ^= 0x10
    path.write_bytes(data)


def findings(home: Path) -> list[str]:
    with Case(home) as case:
        return [each.where for each in case.fsck()]


def refused(home: Path, match: str) -> None:
    with pytest.raises(LogRefused, match=match) as caught, Case(home, write=True):
        pass
    assert caught.value.todo
    assert caught.value.exit_code == 4


def test_the_untouched_home_is_clean_and_whole(home: Path) -> None:
    assert findings(home) == []
    with Case(home) as case:
        assert case.verify().records == SIZE
        assert case.search("").total == SIZE


# -- one file changed -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("victim", "name"),
    [
        (lambda home: segment(home, 1), "records/"),
        (lambda home: segment(home, 1, "events"), "events/"),
        (lambda home: folder(home) / "tree" / "8", "tree/8"),
        (lambda home: folder(home) / "checkpoint", "checkpoint"),
    ],
    ids=["records", "events", "tree", "checkpoint"],
)
def test_a_flipped_bit_is_reported_once_by_the_name_of_its_file(
    home: Path, victim: Callable[[Path], Path], name: str
) -> None:
    flip(victim(home))
    (found,) = findings(home)
    assert found.startswith(name)


def test_a_damaged_records_file_is_not_served_and_the_rest_is(home: Path) -> None:
    flip(segment(home, 1))
    with Case(home) as case:
        with pytest.raises(EvidenceError, match="is not the one that was written"):
            case.record(350)
        assert case.record(0).raw == raw(0)
        assert case.record(639).raw == raw(639)
        with pytest.raises(EvidenceError):
            case.verify()


def test_a_records_file_damaged_after_it_was_read_is_noticed_too(home: Path) -> None:
    with Case(home) as case:
        assert case.record(350).raw == raw(350)
        flip(segment(home, 1))
        with pytest.raises(EvidenceError, match="is not the one that was written"):
            case.record(350)


def test_a_damaged_events_file_answers_nothing_and_a_rebuild_mends_it(home: Path) -> None:
    flip(segment(home, 1, "events"))
    with Case(home) as case, pytest.raises(EvidenceError, match="is not the one"):
        case.search("")
    with Case(home, write=True) as case:
        case.rebuild()
        assert case.search("").total == SIZE
        assert case.fsck() == []


def test_a_damaged_checkpoint_verifies_nothing_and_admits_no_writer(home: Path) -> None:
    flip(folder(home) / "checkpoint")
    with Case(home) as case, pytest.raises(ActumError):
        case.verify()
    refused(home, "cannot be written to")


def test_another_key_admits_no_writer(home: Path) -> None:
    (key,) = (home / "keys").iterdir()
    flip(key, 3)
    with pytest.raises(EvidenceError, match="signing key"), Case(home, write=True):
        pass


def test_a_missing_segment_is_refused_and_named(home: Path) -> None:
    path = segment(home, 1)
    path.unlink()
    refused(home, path.name)
    assert findings(home) == [f"records/{path.name}"]
    with Case(home) as case, pytest.raises(EvidenceError):
        case.verify()


def test_swapped_segments_are_refused_and_named(home: Path) -> None:
    first, second = segment(home, 1), segment(home, 2)
    first.rename(home / "aside")
    second.rename(first)
    (home / "aside").rename(second)
    refused(home, "is not the one that was written")
    assert sorted(findings(home)) == sorted(f"records/{each.name}" for each in (first, second))
    with Case(home) as case, pytest.raises(EvidenceError):
        case.record(350)


def test_swapped_catalog_rows_serve_no_record_in_anothers_place(home: Path) -> None:
    with Home(home, write=True) as writing:
        held = writing.catalog.segments(folder(home).name)
        files = ("records_file", "records_size", "records_sha256")
        one, two = held[1], held[2]
        for each, other in ((one, two), (two, one)):
            changes = {name: getattr(other, name) for name in files}
            Catalog.replace(writing.catalog, [each], replace(each, **changes))
    with Case(home) as case:
        for index in (300, 399, 400, 599):
            with pytest.raises(EvidenceError, match="does not hold record"):
                case.record(index)
        with pytest.raises(EvidenceError):
            case.verify()
        assert sorted(each.where for each in case.fsck()) == sorted(
            [one.records_file, two.records_file]
        )


def test_a_catalog_row_edited_by_hand_is_refused(home: Path) -> None:
    with closing(sqlite3.connect(home / "catalog.db")) as db, db:
        db.execute("UPDATE segments SET time_max = 0, time_min = 0 WHERE first = 300")
    with Case(home) as case, pytest.raises(EvidenceError, match="a row of the catalog"):
        case.search("")
    refused(home, "a row of the catalog")
    assert findings(home) == ["catalog.db"]


def test_a_lost_catalog_row_is_not_a_shorter_log(home: Path) -> None:
    with closing(sqlite3.connect(home / "journal.db")) as db, db:
        db.execute("DELETE FROM batch")
    with closing(sqlite3.connect(home / "catalog.db")) as db, db:
        db.execute("DELETE FROM segments WHERE first = 400")
    with Case(home) as case:
        for ask in (lambda: case.search(""), lambda: case.record(3), case.verify):
            with pytest.raises(EvidenceError, match="holds 400 records, and 640 were acknowledged"):
                ask()
    lost = segment(home, 2)
    refused(home, "640 were acknowledged")
    assert lost.exists(), "what may hold the missing records was cleared away"
    assert findings(home) == [
        "journal.db", f"records/{lost.name}", f"events/{lost.name}",
    ]  # fmt: skip


# -- the journal ----------------------------------------------------------------------------------


def test_a_truncated_journal_is_refused(home: Path) -> None:
    path = home / "journal.db"
    path.write_bytes(path.read_bytes()[:4_096])
    with pytest.raises(EvidenceError), Case(home) as case:
        case.verify()
    with pytest.raises(EvidenceError), Case(home, write=True):
        pass


def test_a_journal_without_its_last_batch_is_refused(home: Path) -> None:
    with closing(sqlite3.connect(home / "journal.db")) as db, db:
        db.execute("DELETE FROM batch WHERE first = 620")
        db.execute("UPDATE head SET next = 620")
    refused(home, "holds 620 records, and 640 were acknowledged")
    with Case(home) as case, pytest.raises(EvidenceError):
        case.search("")


def test_a_moved_cursor_is_not_believed(home: Path) -> None:
    with closing(sqlite3.connect(home / "journal.db")) as db, db:
        db.execute("UPDATE cursor SET value = '990'")
    with Home(home, write=False) as reading, pytest.raises(EvidenceError, match="cursor"):
        reading.journal.cursor(folder(home).name, "feed", "page")
    assert findings(home) == ["journal.db"]


# -- another history ------------------------------------------------------------------------------


def test_a_rolled_back_checkpoint_is_refused(home: Path) -> None:
    path = folder(home) / "checkpoint"
    old = path.read_bytes()
    with opened(home) as log:
        log.append(batch(range(640, 700)))
    path.write_bytes(old)
    refused(home, "remembers 700 sealed records, and the checkpoint says 640")
    with Case(home) as case, pytest.raises(VerificationFailed, match="was rolled back"):
        case.verify()


def test_a_restored_copy_of_the_whole_home_is_refused(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "copy")
    with opened(home) as log:
        log.append(batch(range(640, 700)))
    shutil.rmtree(home)
    (tmp_path / "copy").rename(home)
    refused(home, "this machine remembers 700 sealed records")
    with Case(home) as case:
        with pytest.raises(VerificationFailed, match="was rolled back"):
            case.verify()
        assert case.record(639).raw == raw(639)


def test_a_fork_of_the_same_size_or_larger_is_refused(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "copy")
    with opened(home) as log:
        log.append(batch(range(640, 700)))
    shutil.rmtree(home)
    (tmp_path / "copy").rename(home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ACTUM_STATE", str(tmp_path / "another machine"))
        with opened(home) as log:
            log.append(batch(range(5_000, 5_080)))
    refused(home, "remembers another root for its first 700 records")
    with Case(home) as case, pytest.raises(VerificationFailed, match="is not the one"):
        case.verify()


def test_verifying_elsewhere_remembers_what_was_seen(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "older")
    with opened(home) as log:
        log.append(batch(range(640, 700)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ACTUM_STATE", str(tmp_path / "auditor"))
        with Case(home) as case:
            assert case.verify().records == 700
        with Case(tmp_path / "older") as case, pytest.raises(VerificationFailed, match="rolled"):
            case.verify()


def test_records_replaced_with_all_their_hashes_do_not_verify(home: Path) -> None:
    """The attacker rewrites journal rows consistently, but cannot sign."""
    forged = batch(range(620, 640), note="forged").at(620)
    with closing(sqlite3.connect(home / "journal.db")) as db, db:
        db.execute(
            "UPDATE batch SET body = ?, leaves = ? WHERE first = 620",
            (forged.encode(), leaf_hashes(forged)),
        )
    with Case(home) as case:
        with pytest.raises(VerificationFailed, match="are not the ones that were sealed"):
            case.verify()
        with pytest.raises(EvidenceError, match="is not the one that was sealed"):
            case.prove(630)
    (where,) = findings(home)
    assert where.endswith("or journal.db")
    refused(home, "do not have the checkpoint's root")


def test_a_checkpoint_signed_by_another_key_is_refused(home: Path) -> None:
    with Case(home) as case:
        origin, root = case.entry.origin, case.verify().checkpoint.root
    forged = Signer(origin, b"\x01" * 32)
    note = sign(Checkpoint(origin, SIZE, root).text(), [forged])
    (folder(home) / "checkpoint").write_bytes(note)
    with Case(home) as case, pytest.raises(ActumError):
        case.verify()
    refused(home, "cannot be written to")


@pytest.mark.parametrize("settled", [False, True], ids=["in the journal", "in a segment"])
def test_a_log_from_the_future_is_read_only(
    home: Path, monkeypatch: pytest.MonkeyPatch, settled: bool
) -> None:
    with opened(home) as log:
        ahead = batch([700])
        ahead.received = [time.time_ns() // 1000 + 3 * 86_400_000_000]
        log.append(ahead)
        if settled:
            log.settle()
    refused(home, "received in the future")
    with Case(home) as case:
        assert case.verify().records == 641


# -- any byte of any file -------------------------------------------------------------------------


def answers(home: Path) -> object:
    with Case(home) as case:
        rows = case.search("", limit=None).rows
        raws = case.records(range(SIZE))
        cursors = case._home.journal.cursors(case.entry.id)
        verified = case.verify()
        return rows, raws, cursors, verified.records, case.prove(77)[1].proven


@pytest.fixture(scope="module")
def good(made: Path) -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ACTUM_STATE", str(made.parent / "state"))
        return answers(made)


def flips_of(
    made: Path, tmp_path: Path, good: object, *, where: float, bit: int, victim: int
) -> None:
    home = tmp_path / "home"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(made, home)
    names = {"writer", "readers"}
    files = sorted(each for each in home.rglob("*") if each.is_file() and each.name not in names)
    path = files[victim % len(files)]
    data = bytearray(path.read_bytes())
    if not data:
        return
    data[int(where * len(data))] ^= 1 << bit
    path.write_bytes(data)
    with contextlib.suppress(ActumError):
        assert answers(home) == good, f"{path.name}: a wrong answer was served"
    with contextlib.suppress(ActumError), Case(home) as case:
        for finding in case.fsck():
            assert finding.where
            assert finding.what


_flips = given(where=st.floats(0, 0.999_999), bit=st.integers(0, 7), victim=st.integers(0, 60))
_quietly = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=6, deadline=None, suppress_health_check=_quietly)
@_flips
def test_any_flipped_bit_changes_no_answer_or_is_refused(
    made: Path, tmp_path: Path, good: object, *, where: float, bit: int, victim: int
) -> None:
    flips_of(made, tmp_path, good, where=where, bit=bit, victim=victim)


@pytest.mark.slow
@settings(max_examples=200, deadline=None, suppress_health_check=_quietly)
@_flips
def test_hundreds_of_flipped_bits_change_no_answer_or_are_refused(
    made: Path, tmp_path: Path, good: object, *, where: float, bit: int, victim: int
) -> None:
    flips_of(made, tmp_path, good, where=where, bit=bit, victim=victim)
