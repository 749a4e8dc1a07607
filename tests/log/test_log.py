"""Appending, duplicates, sealing, reading: one log, one process."""

from __future__ import annotations

import fcntl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import actum.log.log
import actum.log.merge
from actum.case import Case, open_case
from actum.errors import EvidenceError, HomeBusy, LogRefused, UsageError
from actum.log.batch import Batch
from actum.log.evidence import prove, prove_checked, verify_log
from actum.log.fsck import fsck
from actum.log.home import Home
from actum.log.journal import Journal, Pending
from actum.log.log import Log
from actum.log.rebuild import rebuild
from actum.log.segment import Reading
from actum.log.view import View
from actum.proof import (
    TlogProof,
    Verifier,
    consistency_path,
    open_checkpoint,
    verify_consistency,
    verify_record,
)
from actum.proof.leaf import record_id
from actum.record import Kind, Micros, Provenance, RecordId
from actum.sources import Mappings
from log.world import Plain, batch, check_log, identity, opened, raw


def until(true: Callable[[], Any], *, within: float = 10.0) -> None:
    """Wait for a condition; AssertionError if it does not come true."""
    end = time.monotonic() + within
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.005)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def direct_from_50(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actum.log.log, "DIRECT", 50)


# -- what must not happen -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ({"feed": "bad\udcff"}, "feeds is not text"),
        ({"provenance": Provenance("bad\ud800", 0)}, "origins is not text"),
        ({"source": "bad\udfff"}, "sources is not text"),
        ({"provenance": Provenance("file", -1)}, "positions does not fit"),
        ({"epoch": 1 << 64}, "epochs does not fit"),
        ({"sequence": -1}, "sequences does not fit"),
        ({"received": Micros(1 << 63)}, "received time"),
        ({"kind": 3}, "a kind that is none"),
        ({"record_id": RecordId(b"short")}, "one length"),
    ],
)
def test_records_no_log_could_hold_are_refused_and_the_log_goes_on(
    home: Path, fault: dict[str, Any], why: str
) -> None:
    good: dict[str, Any] = {
        "kind": Kind.RECORD, "received": Micros(1), "feed": "feed",
        "record_id": RecordId(identity(1)), "provenance": Provenance("file", 0), "source": "json",
        "raw": b"{}",
    }  # fmt: skip
    bad = Batch()
    bad.add(**{**good, **fault})
    with opened(home) as log:
        with pytest.raises(UsageError, match=why):
            log.append(bad)
        assert log.append(batch([1])).indexes.tolist() == [0]
    assert len(check_log(home)) == 1


def test_a_home_is_written_by_one_log_only_even_in_one_process(home: Path) -> None:
    with opened(home) as log:
        log.append(batch(range(3)))
        with pytest.raises(HomeBusy, match="another process writes"):
            Home(home, write=True)
        with Case(home) as case:
            assert case.record(2).raw == raw(2)
    with opened(home):
        pass


def test_a_home_opened_for_reading_cannot_be_appended_to(home: Path) -> None:
    with opened(home):
        pass
    with Home(home, write=False) as reading, pytest.raises(UsageError, match="opened for writing"):
        Log(reading, reading.entry("main"), Mappings())


def test_reading_a_home_that_is_not_there_is_refused_and_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no Actum home"):
        open_case(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_reading_a_home_without_its_journal_is_refused_and_makes_none(home: Path) -> None:
    with opened(home) as log:
        log.append(batch(range(3)))
    (home / "journal.db").unlink()
    with pytest.raises(EvidenceError, match=r"'journal\.db' cannot be read"):
        open_case(home)
    assert not (home / "journal.db").exists()


def test_a_home_that_cannot_be_a_folder_is_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(Exception, match="could not write") as caught:
        Home(tmp_path / "file" / "home", write=True)
    assert caught.value.exit_code == 1  # type: ignore[attr-defined]


def test_a_log_is_not_made_twice_nor_in_place_of_one_the_catalog_forgot(home: Path) -> None:
    with opened(home) as log:
        log.append(batch(range(3)))
        with pytest.raises(UsageError, match="there is a log 'main' already"):
            log.home.create("main")
    (home / "catalog.db").unlink()
    with pytest.raises(EvidenceError, match="the catalog does not list log"):
        open_case(home, write=True)


def test_a_closed_log_takes_nothing(home: Path) -> None:
    with opened(home) as log:
        log.append(batch(range(3)))
        log.close()
        for call in (lambda: log.append(batch([9])), log.seal, log.settle, log.merge):
            with pytest.raises(UsageError, match="is closed"):
                call()


def test_a_checkpoint_somebody_else_wrote_is_not_overwritten(home: Path) -> None:
    with opened(home) as log:
        log.append(batch(range(3)))
        log.seal()
        path = log.view.folder / "checkpoint"
        mine = path.read_bytes()
        path.write_bytes(mine + b"\n")
        log.append(batch([3]))
        with pytest.raises(LogRefused, match="changed by somebody else"):
            log.seal()
        with pytest.raises(LogRefused):
            log.append(batch([4]))
        assert path.read_bytes() == mine + b"\n"
        path.write_bytes(mine)
    with opened(home) as log:
        assert log.append(batch([3, 4])).fresh.tolist() == [False, True]


def test_bytes_changed_in_the_journal_are_found_before_they_are_sealed(home: Path) -> None:
    with opened(home) as log:
        log.append(batch(range(3)))
        log.seal()
        log.append(batch(range(3, 6)))
        changed = batch(range(3, 5)).at(3)
        changed.add(
            kind=Kind.RECORD, received=Micros(5), feed="feed", record_id=RecordId(identity(5)),
            provenance=Provenance("file.json", 5), source="json", raw=b'{"n":"forged"}',
        )  # fmt: skip
        log.home.journal._db.execute(
            "UPDATE batch SET body = ? WHERE first = 3", (changed.encode(),)
        )
        with pytest.raises(EvidenceError, match="records 3 to 5 changed in the journal"):
            log.seal()
        with pytest.raises(EvidenceError):
            log.append(batch([6]))
        assert log.checkpoint.size == 3
    with Case(home) as case:
        assert [each.where for each in case.fsck()] == ["journal.db"]


# -- empty things ---------------------------------------------------------------------------------


def test_an_empty_log_can_be_sealed_verified_and_asked(home: Path) -> None:
    with opened(home) as log:
        assert log.append(Batch(), cursors={("feed", "page"): "7"}).stored == 0
        assert log.seal().size == 0
        log.settle()
        assert log.merge() == 0
    with Case(home) as case:
        assert case.verify().records == 0
        assert case.fsck() == []
        assert case.search("").total == 0
        with pytest.raises(UsageError, match="it is empty"):
            case.record(0)
        assert case._home.journal.cursor(case.entry.id, "feed", "page") == "7"


def test_a_log_that_was_never_sealed_is_not_verified(home: Path) -> None:
    with opened(home) as log:
        log.append(batch(range(3)))
        log.close(seal=False)
    with Case(home) as case:
        with pytest.raises(Exception, match="has no checkpoint"):
            case.verify()
        with pytest.raises(UsageError, match="record 0 is not sealed yet"):
            case.prove(0)
        assert case.fsck() == []


def test_a_record_not_sealed_yet_is_read_and_not_proved(home: Path) -> None:
    with opened(home) as log:
        log.append(batch(range(3)))
        log.seal()
        log.append(batch(range(3, 5)))
        with Case(home) as case:
            assert case.record(4).raw == raw(4)
            assert case.verify().unsealed == 2
            assert case.prove(2)[1].proven
            with pytest.raises(UsageError, match="record 4 is not sealed yet"):
                case.prove(4)
            with pytest.raises(UsageError, match="no record 5"):
                case.prove(5)


# -- appending ------------------------------------------------------------------------------------


def test_many_threads_get_contiguous_indexes_and_share_commits(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actum.log.log, "TAIL_RECORDS", 400)
    monkeypatch.setattr(actum.log.log, "DIRECT", 30)
    monkeypatch.setattr(actum.log.log, "SEAL_EVERY", 0.01)
    got: dict[int, int] = {}
    errors: list[BaseException] = []
    with opened(home) as log:

        def run(lane: int) -> None:
            try:
                for step in range(12):
                    first = (lane * 12 + step) * 40
                    numbers = range(first, first + (40 if step % 6 == 5 else 7))
                    indexes = log.append(batch(numbers)).indexes.tolist()
                    got.update(zip(numbers, indexes, strict=True))
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=run, args=(lane,)) for lane in range(6)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert errors == []
        assert sorted(got.values()) == list(range(len(got)))
    held = check_log(home)
    assert all(held[index].raw == raw(number) for number, index in got.items())
    with Case(home) as case:
        assert case.fsck() == []


def test_a_duplicate_is_acknowledged_only_after_its_original_is_durable(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Journal._commit
    at_disk, go = threading.Event(), threading.Event()

    def slow(self: Journal, group: list[Pending]) -> None:
        at_disk.set()
        assert go.wait(10)
        real(self, group)

    answers: list[str] = []
    with opened(home) as log:
        log.append(batch([0]))
        monkeypatch.setattr(Journal, "_commit", slow)

        def run(name: str) -> None:
            outcome = log.append(batch([1]))
            answers.append(f"{name} {outcome.stored} {outcome.indexes.tolist()}")

        first = threading.Thread(target=run, args=("original",))
        first.start()
        assert at_disk.wait(10)
        second = threading.Thread(target=run, args=("duplicate",))
        second.start()
        until(lambda: log.home.journal._queued == 3)
        assert answers == []
        go.set()
        first.join()
        second.join()
    assert sorted(answers) == ["duplicate 0 [1]", "original 1 [1]"]


def test_a_segment_written_directly_waits_for_batches_still_on_their_way(
    home: Path, monkeypatch: pytest.MonkeyPatch, direct_from_50: None
) -> None:
    real = Journal._commit
    at_disk, go = threading.Event(), threading.Event()

    def slow(self: Journal, group: list[Pending]) -> None:
        at_disk.set()
        assert go.wait(10)
        real(self, group)

    with opened(home) as log:
        monkeypatch.setattr(Journal, "_commit", slow)
        small = threading.Thread(target=log.append, args=(batch(range(10)),))
        small.start()
        assert at_disk.wait(10)
        large = threading.Thread(target=log.append, args=(batch(range(5, 100)),))
        large.start()
        go.set()
        small.join()
        large.join()
        assert log._broken is None
    assert [each.raw for each in check_log(home)] == [raw(number) for number in range(100)]


def test_nobody_reads_what_is_not_committed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seal runs while another thread is between BEGIN and COMMIT; it must not sign its rows."""
    inside, go = threading.Event(), threading.Event()
    with opened(home) as log:
        log.append(batch([0]))
        log.seal()
        journal = log.home.journal
        sizes: list[int] = []

        def hold() -> None:
            with journal._transaction() as db:
                ready = batch([1]).at(1)
                db.execute(
                    "INSERT INTO batch VALUES (?, 1, 1, ?, ?)",
                    (log.entry.id, ready.encode(), b"\0" * 32),
                )
                inside.set()
                assert go.wait(10)
                db.execute("ROLLBACK")
                db.execute("BEGIN")

        holder = threading.Thread(target=hold)
        holder.start()
        assert inside.wait(10)
        sealer = threading.Thread(target=lambda: sizes.append(log.seal().size))
        sealer.start()
        go.set()
        holder.join()
        sealer.join()
        assert sizes == [1]


def test_what_was_appended_is_sealed_within_a_second(home: Path) -> None:
    with opened(home) as log:
        log.append(batch(range(3)))
        began = time.monotonic()
        until(lambda: log.checkpoint.size == 3, within=3)
        assert time.monotonic() - began < 1.0


def test_a_sealing_thread_that_fails_is_told_to_the_next_append(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actum.log.log, "SEAL_EVERY", 0.01)
    with opened(home) as log:

        def odd() -> None:
            raise KeyError("odd")

        monkeypatch.setattr(log._sealer, "seal", odd)
        log.append(batch([1]))
        until(lambda: log._broken is not None)
        with pytest.raises(Exception, match="stopped in the middle"):
            log.append(batch([2]))


def test_a_clock_that_goes_backwards_is_recorded_as_it_is(home: Path) -> None:
    with opened(home) as log:
        log.append(batch([5]))
        log.append(batch([1]))
    with Case(home) as case:
        assert case.record(0).received > case.record(1).received
        assert case.verify().records == 2


# -- duplicates -----------------------------------------------------------------------------------


def test_the_same_record_again_gets_its_index_back(home: Path, direct_from_50: None) -> None:
    with opened(home) as log:
        log.append(batch(range(60)))
        log.append(batch(range(60, 70)))
        again = log.append(batch([65, 3, 70, 65, 70]))
        assert again.indexes.tolist() == [65, 3, 70, 65, 70]
        assert again.fresh.tolist() == [False, False, True, False, False]
    with opened(home) as log:
        assert log.append(batch(range(71))).stored == 0
    assert len(check_log(home)) == 71


def spaced(number: int) -> bytes:
    return raw(number).replace(b",", b", ")


def telling(contents: list[tuple[int, bytes]]) -> Batch:
    made = Batch()
    for number, content in contents:
        made.add(
            kind=Kind.RECORD, received=Micros(7), feed="other",
            record_id=RecordId(identity(number)),
            provenance=Provenance("other.json", number), source="json", raw=content,
        )  # fmt: skip
    return made


@pytest.mark.parametrize("where", ["in the journal", "in a segment", "in the same batch"])
def test_another_telling_is_kept_once_and_told_apart_from_a_contradiction(
    home: Path, where: str
) -> None:
    other = [(1, spaced(1)), (2, raw(2, "forged")), (1, spaced(1)), (2, raw(2, "forged"))]
    with opened(home) as log:
        if where == "in the same batch":
            both = batch(range(3))
            more = telling(other)
            for name in ("kinds", "received", "feeds", "epochs", "sequences", "ids", "origins",
                         "positions", "sources", "raws"):  # fmt: skip
                setattr(both, name, getattr(both, name) + getattr(more, name))
            outcome, skip = log.append(both), 3
        else:
            log.append(batch(range(3)))
            if where == "in a segment":
                log.settle()
            outcome, skip = log.append(telling(other)), 0
        assert outcome.copies == (skip,)
        assert outcome.conflicts == (skip + 1,)
        assert outcome.fresh[skip:].tolist() == [True, True, False, False]
        assert outcome.indexes[skip:].tolist() == [3, 4, 3, 4]
        assert log.append(telling(other)).stored == 0
        log.settle()
        assert log.append(telling(other[:2])).indexes.tolist() == [3, 4]
        assert log.view.record(3).source == "json@1"
    assert len(check_log(home)) == 5


def test_the_callers_batch_is_not_changed_by_a_conflict(home: Path) -> None:
    with opened(home) as log:
        log.append(batch(range(3)))
        mine = telling([(1, spaced(1)), (9, raw(9))])
        before = bytes(mine.ids), list(mine.sources)
        log.append(mine)
        assert (bytes(mine.ids), mine.sources) == before


def test_a_delivery_read_again_is_a_duplicate_whatever_its_account_says(home: Path) -> None:
    def delivery(account: bytes) -> Batch:
        made = Batch()
        made.add(
            kind=Kind.DELIVERY, received=Micros(7), feed="f",
            record_id=RecordId(record_id(1, "actum", b"k")), provenance=Provenance("o", 0),
            source="actum", raw=account,
        )  # fmt: skip
        return made

    with opened(home) as log:
        assert log.append(delivery(b'{"split":1}')).stored == 1
        assert log.append(delivery(b'{"split":2}')).indexes.tolist() == [0]


def colliding(tails: list[int]) -> Batch:
    """Records whose ids all begin with the same eight bytes."""
    made = Batch()
    for tail in tails:
        made.add(
            kind=Kind.RECORD, received=Micros(7), feed="f",
            record_id=RecordId(b"\x07" * 8 + tail.to_bytes(8, "big")),
            provenance=Provenance("o", tail), source="json", raw=b'{"tail":%d}' % tail,
        )  # fmt: skip
    return made


def test_ids_that_begin_alike_lose_no_record_and_still_stop_every_replay(home: Path) -> None:
    with opened(home) as log:
        assert log.append(colliding([1, 2, 3, 2])).indexes.tolist() == [0, 1, 2, 1]
        assert log.append(colliding([3, 4, 4, 1])).indexes.tolist() == [2, 3, 3, 0]
        log.settle()
        assert log.append(colliding([4, 5, 2])).indexes.tolist() == [3, 4, 1]
        other = colliding([2])
        other.raws = [b'{"tail":"two"}']
        assert log.append(other).conflicts == (0,)
        assert log.append(other).stored == 0
    assert len(check_log(home)) == 6


# -- segments, merging, rebuilding ----------------------------------------------------------------


def grow(
    home: Path, *, sizes: tuple[int, ...] = (300, 60, 10, 70, 200), reading: Reading | None = None
) -> dict[int, bytes]:
    """Make a log of several segments; the checkpoints it published, by size."""
    notes: dict[int, bytes] = {}
    with opened(home, reading) as log:
        first = 0
        for size in sizes:
            log.append(batch(range(first, first + size)))
            first += size
            log.settle()
            notes[log.checkpoint.size] = (log.view.folder / "checkpoint").read_bytes()
    return notes


def test_merging_changes_no_byte_no_salt_no_proof(
    home: Path, monkeypatch: pytest.MonkeyPatch, direct_from_50: None
) -> None:
    monkeypatch.setattr(actum.log.merge, "RUN", 3)
    grow(home)
    before = check_log(home)
    with Case(home) as case:
        proofs = {index: case.prove(index) for index in (0, 299, 300, 365, 439, 639)}
        salts = {index: case.record(index).salt for index in proofs}
    with opened(home) as log:
        assert log.merge() == 5
        assert len(log.view.contents().segments) == 1
        assert len(list((log.view.folder / "records").iterdir())) == 1
    after = check_log(home)
    assert [each.leaf_hash for each in before] == [each.leaf_hash for each in after]
    with Case(home) as case:
        for index, (proof, _) in proofs.items():
            assert verify_record(proof, case.entry.vkey, case.record(index).raw).proven
            assert TlogProof.decode(proof).extra == TlogProof.decode(case.prove(index)[0]).extra
            assert case.record(index).salt == salts[index]


def test_files_are_not_cleared_under_a_reader_who_listed_them(
    home: Path, monkeypatch: pytest.MonkeyPatch, direct_from_50: None
) -> None:
    monkeypatch.setattr(actum.log.merge, "RUN", 3)
    grow(home, reading=Mappings())
    with Case(home) as reader:
        before = reader.search("").total
        with opened(home, Mappings()) as log:
            assert log.merge() == 5
        assert reader.search('"note"').total == before
        assert reader.record(365).raw == raw(365)
        assert [each.harmless for each in reader.fsck()] == [True] * 10
        assert reader.verify().records == 640
    with opened(home) as log:
        assert list(fsck(log.view)) == []


def test_a_view_whose_files_were_merged_away_looks_again(
    home: Path, monkeypatch: pytest.MonkeyPatch, direct_from_50: None
) -> None:
    monkeypatch.setattr(actum.log.merge, "RUN", 3)
    grow(home)
    with Home(home, write=False) as reading:
        view = View(reading, reading.entry("main"))
        found = list(view.contents().segments)
        batches = view.batches([(0, 640)])
        first = next(batches)
        fcntl.flock(reading._readers or 0, fcntl.LOCK_UN)  # as on a file system without locks
        with opened(home) as log:
            log.merge()
        assert not (view.folder / found[1].records_file).exists()
        rest = list(batches)
        assert sum(map(len, [first, *rest])) == 640
        view.close()


def test_answers_are_the_same_after_events_are_deleted_and_rebuilt(
    home: Path, direct_from_50: None
) -> None:
    grow(home, reading=Mappings())
    with Case(home) as case:
        answers = case.search("", limit=None).rows
        proof, _ = case.prove(365)
        folder = case._view.folder
    for path in (folder / "events").iterdir():
        path.unlink()
    (folder / "events").rmdir()
    with Case(home) as case:
        assert {each.where for each in case.fsck()} == {
            f"events/{path.name}" for path in (folder / "records").iterdir()
        }
        with pytest.raises(EvidenceError, match="cannot be read"):
            case.search("")
    for _ in range(2):
        with Case(home, write=True) as case:
            assert case.rebuild() == 5
            assert case.fsck() == []
    check_log(home)
    with Case(home) as case:
        assert case.search("", limit=None).rows == answers
        assert verify_record(proof, case.entry.vkey, case.record(365).raw).proven


@pytest.mark.parametrize("damage", ["deleted", "emptied", "flipped"])
def test_kept_hashes_are_written_again_from_the_records(
    home: Path, damage: str, direct_from_50: None
) -> None:
    grow(home)
    with Case(home) as case:
        path = case._view.folder / "tree" / "8"
    good = path.read_bytes()
    if damage == "deleted":
        path.unlink()
    else:
        path.write_bytes(b"" if damage == "emptied" else good[:40] + b"\0" + good[41:])
    with Case(home) as case:
        assert [each.where for each in case.fsck()] == ["tree/8"]
        assert case.verify().records == 640
    with opened(home) as log:
        assert list(fsck(log.view)) == []
        assert log.append(batch([640])).indexes.tolist() == [640]
    assert path.read_bytes() == good
    check_log(home)


def test_every_checkpoint_is_consistent_with_every_later_one(
    home: Path, direct_from_50: None
) -> None:
    notes = grow(home)
    with Home(home, write=False) as reading:
        view = View(reading, reading.entry("main"))
        verifier = Verifier.parse(view.entry.vkey)
        heads = [open_checkpoint(note, verifier)[0] for note in notes.values()]
        for old in heads:
            for new in heads:
                if old.size <= new.size:
                    verify_consistency(
                        old_size=old.size, old_root=old.root, new_size=new.size,
                        new_root=new.root,
                        path=consistency_path(old.size, new.size, view.subtree),
                    )  # fmt: skip
        view.close()


def test_every_record_has_a_proof(home: Path, direct_from_50: None) -> None:
    grow(home)
    with Home(home, write=False) as reading:
        view = View(reading, reading.entry("main"))
        for index in (*range(0, 640, 37), 255, 256, 511, 512, 639):
            assert prove_checked(view, index)[1].proven
        view.close()


def test_a_reader_sees_what_was_sealed_after_it_first_looked(home: Path) -> None:
    with opened(home) as log:
        log.append(batch(range(10)))
        log.seal()
        with Home(home, write=False) as reading:
            view = View(reading, reading.entry("main"))
            assert view.contents().size == 10
            log.append(batch(range(10, 300)))
            log.settle()
            assert verify_log(view).records == 300
            view._contents = None
            assert view.contents().size == 300
            log.append(batch(range(300, 310)))
            log.seal()
            assert prove(view, 305)
            view.close()


def test_strays_are_named_by_fsck_and_cleared_by_the_next_writer(home: Path) -> None:
    with opened(home) as log:
        log.append(batch(range(10)))
        log.settle()
        folder = log.view.folder
    (folder / "records" / "000000000010-9.parquet.part").write_bytes(b"half")
    (folder / "events" / "000000000010-9.parquet").write_bytes(b"whole, listed nowhere")
    with Case(home) as case:
        assert [(each.where, each.harmless) for each in case.fsck()] == [
            ("records/000000000010-9.parquet.part", True),
            ("events/000000000010-9.parquet", True),
        ]
    with opened(home) as log:
        assert list(fsck(log.view)) == []


def test_rebuilding_does_not_touch_a_listed_file(home: Path) -> None:
    with opened(home) as log:
        log.append(batch(range(10)))
        log.settle()
        (segment,) = log.view.contents().segments
        rebuild(log.view, Plain())
        (after,) = log.view.contents().segments
        assert after.events_file == segment.events_file.replace(".parquet", ".r1.parquet")
        assert after.records_sha256 == segment.records_sha256


def test_indexes_of_an_outcome_are_a_row_each(home: Path) -> None:
    with opened(home) as log:
        outcome = log.append(batch(range(5)))
        assert isinstance(outcome.indexes, np.ndarray)
        assert outcome.indexes.tolist() == [0, 1, 2, 3, 4]


def test_scattered_records_of_one_segment_are_read_in_their_order(home: Path) -> None:
    """The engine answers a list of indexes by a join, which does not keep the order of the file."""
    with opened(home) as log:
        log.append(batch(range(9_000)))
        log.settle()
        wanted = list(range(5, 9_000, 701))
        found = log.view.raws(wanted)
        assert [found[index][1] for index in wanted] == [raw(number) for number in wanted]
