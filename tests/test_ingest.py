"""The pipeline's account: what was split is what was stored and what was known, always."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import actum
from actum import ingest as pipeline
from actum.collect import Unreadable, collect
from actum.ingest import Account, By, Interrupted, ingest
from cli import world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BY = By(user="tester", host="here")


@pytest.fixture
def case(tmp_path: Path) -> Iterator[actum.Case]:
    with actum.open(tmp_path / "home", write=True) as opened:
        yield opened


def _deliveries(case: actum.Case) -> list[dict[str, object]]:
    case._fresh()  # what went in behind the case's back
    rows = case.search("source:actum", limit=None).dicts()
    records = [case.record(row["index"]) for row in rows]
    return [json.loads(r.raw) for r in records if r.kind is actum.Kind.DELIVERY]


def test_nothing_is_lost_or_told_twice_when_a_batch_ends_inside_a_delivery(
    case: actum.Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "BATCH_RECORDS", 1)
    folder = tmp_path / "evidence"
    folder.mkdir()
    acts = [world.act("GetObject", "2024-05-01T00:00:00Z", number=n) for n in range(30)]
    for n in range(6):
        world.deliver(folder / f"{n}.json.gz", acts[n * 4 : n * 4 + 10])
    accounts: list[Account] = []
    totals = ingest(case.log(), collect([folder]), feed="f", by=BY, done=accounts.append)
    assert [each.split for each in accounts] == [10] * 6
    assert [each.records for each in accounts] == [10, 4, 4, 4, 4, 4]
    assert [each.duplicates for each in accounts] == [0, 6, 6, 6, 6, 6]
    assert (totals.split, totals.records, totals.duplicates) == (60, 30, 30)
    told = _deliveries(case)
    assert sorted(str(each["origin"])[-9:] for each in told) == [f"{n}.json.gz" for n in range(6)]


def test_a_delivery_s_own_record_tells_the_same_as_its_account(
    case: actum.Case, tmp_path: Path
) -> None:
    accounts: list[Account] = []
    folder = world.evidence(tmp_path)
    ingest(case.log(), collect([folder]), feed="files", by=BY, done=accounts.append)
    told = {each["origin"]: each for each in _deliveries(case)}
    assert len(told) == 2
    for account in accounts:
        record = told[account.origin]
        for name in ("split", "records", "duplicates", "copies", "conflicts", "unread", "framing",
                     "first", "last"):  # fmt: skip
            assert record[name] == getattr(account, name), name
        assert record["by"] == {"user": "tester", "host": "here"}
        assert record["content"] == {
            "size": account.content_size, "sha256": account.content_sha256
        }  # fmt: skip


def test_what_cannot_be_opened_is_carried_to_the_totals(case: actum.Case) -> None:
    gone = Unreadable("here", "it is not there")
    totals = ingest(case.log(), [gone], feed="f", by=BY)
    assert totals.unreadable == [gone]
    assert totals.deliveries == 0


def test_an_interruption_stores_what_was_read_and_reading_again_the_rest(
    case: actum.Case, tmp_path: Path
) -> None:
    folder = world.evidence(tmp_path)

    def stop(_read: int, records: int) -> None:
        if records >= 6:  # in the second delivery, before its end
            raise Interrupted

    accounts: list[Account] = []
    with pytest.raises(Interrupted):
        ingest(case.log(), collect([folder]), feed="f", by=BY, done=accounts.append, seen=stop)
    assert [each.origin[-9:] for each in accounts] == ["a.json.gz"]
    totals = ingest(case.log(), collect([folder]), feed="f", by=BY)
    assert (totals.split, totals.records, totals.duplicates) == (6, 0, 6)
    assert len(_deliveries(case)) == 2


def test_a_writer_that_fails_stops_the_reading_and_says_why(
    case: actum.Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise actum.StorageError("no room")

    log = case.log()
    monkeypatch.setattr(log, "append", full)
    done: list[Account] = []
    with pytest.raises(actum.StorageError, match="no room"):
        ingest(log, collect([world.evidence(tmp_path)]), feed="f", by=BY, done=done.append)
    assert done == []


@pytest.mark.parametrize("name", [b"\xff.json", b"line\nbreak.json", b"\xe2\x80\xae.json"])
def test_a_file_of_any_name_is_read_and_its_name_kept_in_a_form_that_can_be_told(
    case: actum.Case, tmp_path: Path, name: bytes
) -> None:
    import os

    folder = tmp_path / "odd"
    folder.mkdir()
    path = os.fsdecode(os.fsencode(folder) + b"/" + name)
    with open(path, "w") as file:  # noqa: PTH123 - a name no Path is needed for
        json.dump({"Records": world.ACTS}, file)
    accounts: list[Account] = []
    totals = ingest(case.log(), collect([folder]), feed="f", by=BY, done=accounts.append)
    assert totals.records == 3
    assert accounts[0].origin.encode()
    case._fresh()
    assert case.record(1).provenance.origin == accounts[0].origin
