"""The Python API: what `import actum` gives a notebook."""

from __future__ import annotations

import shutil
import threading
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

import actum
from actum.case import case_path, current_home, iso, remember
from cli import world

if TYPE_CHECKING:
    from pathlib import Path

SIDE_FILES = ("-shm", "-wal")
"""SQLite's shared memory and log: made by any reader of a database in WAL mode, and no content."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with actum.open(tmp_path / "home", write=True) as case:
        case.open([world.evidence(tmp_path)])
    return tmp_path / "home"


def content(folder: Path) -> dict[str, str]:
    """Hash every file, but for what SQLite keeps beside a database while it is read."""
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(SIDE_FILES)
    }


def test_reading_never_changes_a_byte_of_the_home(home: Path) -> None:
    before = content(home)
    with actum.open(home) as case:
        assert case.search("actor:alice").total
        case.record(3)
        case.prove(3)
        case.verify()
        case.fsck()
        case.status()
        case.checkpoint()
        assert content(home) == before
    assert content(home) == before
    stray = [path.name for path in home.rglob("*") if path.name.endswith(SIDE_FILES)]
    assert all(not (home / name).stat().st_size for name in stray if name.endswith("-wal"))


def test_reading_makes_no_home_where_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(actum.UsageError, match="there is no Actum home"):
        actum.open(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_nothing_can_be_stored_through_a_case_open_for_reading(home: Path, tmp_path: Path) -> None:
    with actum.open(home) as case:
        for act in (case.log, case.rebuild, lambda: case.open([tmp_path / "evidence"])):
            with pytest.raises(actum.UsageError, match="open for reading"):
                act()


def test_a_second_writer_is_refused_and_a_reader_is_not(home: Path) -> None:
    with actum.open(home, write=True):
        with pytest.raises(actum.HomeBusy, match="another process writes"):
            actum.open(home, write=True)
        with actum.open(home) as reader:
            assert reader.search("op:delete").total == 2
    with actum.open(home, write=True) as case:
        assert case.status().records == 8


def test_a_damaged_record_is_never_proven(home: Path) -> None:
    [segment] = (home / "logs").glob("*/records/*")
    whole = bytearray(segment.read_bytes())
    whole[len(whole) // 3] ^= 1
    segment.chmod(0o644)
    segment.write_bytes(whole)
    with actum.open(home) as case:
        with pytest.raises(actum.EvidenceError):
            case.verify()
        assert any(not finding.harmless for finding in case.fsck())
    with pytest.raises(actum.LogRefused):
        actum.open(home, write=True)


def test_a_wrong_query_points_at_its_token(home: Path) -> None:
    with actum.open(home) as case, pytest.raises(actum.QueryError) as wrong:
        case.search("op:delete actr:x")
    error = wrong.value
    assert error.text[error.start : error.end] == "actr"
    assert "actor" in error.todo


def test_a_record_there_is_none_of_is_refused_with_those_there_are(home: Path) -> None:
    with actum.open(home) as case:
        for ask in (case.record, case.prove):
            with pytest.raises(actum.UsageError, match="has no record 99") as wrong:
                ask(99)
            assert "0 to 7" in wrong.value.why


def test_rows_come_as_dicts_newest_first_with_the_exact_total(home: Path) -> None:
    with actum.open(home) as case:
        answer = case.search("", limit=2, columns=("index", "time"))
        assert answer.total == 5
        assert [row["index"] for row in answer.dicts()] == [5, 4]
        assert [list(row) for row in answer.dicts()] == [["index", "time"]] * 2
        [event] = case.search("is:failure").dicts()
        assert actum.sentence(event).startswith("user bob tried to delete bucket prod-invoices")
        assert actum.to_ocsf(event)["class_uid"] == 6003


def test_a_record_is_the_bytes_that_were_read_and_says_from_where(home: Path) -> None:
    import json

    with actum.open(home) as case:
        record = case.record(2)
        assert json.loads(record.raw) == world.ACTS[1]
        assert record.kind is actum.Kind.RECORD
        assert record.provenance.origin.endswith("evidence/a.json.gz")
        assert record.provenance.position == 1
        assert case.records([2, 3])[2] == record.raw


def test_a_proof_stands_on_its_own(home: Path) -> None:
    with actum.open(home) as case:
        proof, verdict = case.prove(2)
        raw, vkey = case.record(2).raw, case.entry.vkey
    assert verdict.proven
    shutil.rmtree(home)
    assert actum.verify_record(proof, vkey, raw).proven
    assert not actum.verify_record(proof, vkey, raw + b" ").proven


def test_status_adds_up(home: Path) -> None:
    with actum.open(home) as case:
        status = case.status()
        assert status.records == 8  # five acts, two deliveries, one creation
        assert status.checkpoint is not None
        assert status.checkpoint.size == 8
        assert case.verify().records == 8
        assert b"\n8\n" in case.checkpoint()
        assert [each.name for each in case.logs()] == ["main"]


def test_what_was_read_can_be_asked_at_once_and_read_again_for_nothing(tmp_path: Path) -> None:
    made = world.evidence(tmp_path)
    seen: list[tuple[int, int]] = []
    accounts: list[actum.Account] = []
    with actum.open(tmp_path / "home", write=True) as case:
        totals = case.open([made], done=accounts.append, seen=lambda *at: seen.append(at))
        assert case.search("").total == totals.records == 5
        assert (totals.split, totals.duplicates) == (6, 1)
        assert [each.split for each in accounts] == [3, 3]
        assert seen[-1][1] == 6
        assert case.open([made]).records == 0
        assert case.search("").total == 5
        assert case.rebuild() == 1
        assert case.search("").total == 5


def test_a_case_that_was_never_closed_is_whole(tmp_path: Path) -> None:
    case = actum.open(tmp_path / "home", write=True)
    case.open([world.evidence(tmp_path)])
    case.close()
    case.close()
    with actum.open(tmp_path / "home") as again:
        assert again.verify().unsealed == 0


def test_homes_are_found_by_their_paths_and_remembered(tmp_path: Path) -> None:
    assert case_path(["a", "b"]) == case_path(["a", "b"])
    assert case_path(["a", "b"]) != case_path(["ab"])
    assert case_path(["/x/My Évidence!"]).name.startswith("my-vidence-")
    assert case_path(["-"]).name.startswith("case-")
    assert current_home().name == "home"
    odd = tmp_path / "odd\udcffname \n"
    remember(odd)
    assert current_home() == odd


def test_times_are_told_as_they_are() -> None:
    assert iso(None) == "unknown"
    assert iso(0) == "1970-01-01 00:00:00Z"
    assert iso(-1) == "1969-12-31 23:59:59.999999Z"
    assert iso(1_714_550_400_250_000) == "2024-05-01 08:00:00.25Z"


def test_no_thread_outlives_a_case(home: Path) -> None:
    before = threading.active_count()
    with actum.open(home, write=True) as case:
        case.search("")
    assert threading.active_count() == before
