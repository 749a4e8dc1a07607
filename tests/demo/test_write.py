"""The demo on disk: exact, repeatable, and broken only where the answers say so."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections import Counter
from hashlib import sha256
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

import pytest

from actum.demo import ANSWERS, DemoFiles, write_demo
from actum.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

EVENTS = 6_000
DOCUMENTED = [
    ip_network(text)
    for text in (
        *("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"),
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
    )
]
ALWAYS = {"eventVersion", "eventTime", "awsRegion", "eventID", "eventType", "recipientAccountId"}
PATH = re.compile(
    r"AWSLogs/(\d{12})/CloudTrail/([a-z0-9-]+)/(\d{4})/(\d\d)/(\d\d)/"
    r"\1_CloudTrail_\2_\3\4\5T\d{4}Z_[A-Za-z0-9]{16}\.json\.gz"
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    return write_demo(tmp_path_factory.mktemp("demo"), events=EVENTS)


@pytest.fixture(scope="module")
def bodies(demo: DemoFiles) -> dict[str, list[dict[str, Any]]]:
    """Read the records of every file that can be read, by the file's name in the bucket."""
    return {
        path.relative_to(demo.folder).as_posix(): json.loads(gzip.decompress(path.read_bytes()))[
            "Records"
        ]
        for path in demo.paths
        if path != demo.corrupt
    }


@pytest.fixture(scope="module")
def records(bodies: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    again = ANSWERS.duplicate_files[1]
    return [record for name, body in bodies.items() if name != again for record in body]


def _digest(folder: Path) -> str:
    whole = sha256()
    for path in sorted(folder.rglob("*.gz")):
        whole.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return whole.hexdigest()


@pytest.mark.parametrize("events", [0, 999, 10_000_001])
def test_a_demo_too_small_for_its_story_is_refused(tmp_path: Path, events: int) -> None:
    with pytest.raises(UsageError) as refused:
        write_demo(tmp_path, events=events)
    assert refused.value.todo
    assert list(tmp_path.iterdir()) == []


def test_the_same_seed_writes_the_same_bytes_and_another_does_not(tmp_path: Path) -> None:
    for name, seed in (("one", 7), ("two", 7), ("three", 8)):
        write_demo(tmp_path / name, events=1_500, seed=seed)
    assert _digest(tmp_path / "one") == _digest(tmp_path / "two")
    assert _digest(tmp_path / "one") != _digest(tmp_path / "three")


def test_the_count_is_exactly_what_was_asked(
    demo: DemoFiles, records: list[dict[str, Any]]
) -> None:
    assert len(records) == demo.events == EVENTS
    assert len({record["eventID"] for record in records}) == EVENTS


def test_files_lie_where_cloudtrail_would_put_them(demo: DemoFiles) -> None:
    written = {path.relative_to(demo.folder).as_posix() for path in demo.paths}
    assert written == {
        path.relative_to(demo.folder).as_posix()
        for path in demo.folder.rglob("*")
        if path.is_file()
    }
    assert [name for name in written if not PATH.fullmatch(name)] == []


def test_a_file_holds_one_account_and_region(bodies: dict[str, list[dict[str, Any]]]) -> None:
    for name, body in bodies.items():
        match = PATH.fullmatch(name)
        assert match
        assert {(r["recipientAccountId"], r["awsRegion"]) for r in body} == {match.group(1, 2)}


def test_a_file_is_not_strictly_in_order_of_time(bodies: dict[str, list[dict[str, Any]]]) -> None:
    times = [[record["eventTime"] for record in body] for body in bodies.values()]
    assert any(found != sorted(found) for found in times)


def test_every_record_has_the_keys_of_cloudtrail(records: list[dict[str, Any]]) -> None:
    for record in records:
        assert record.keys() >= ALWAYS
        if record["eventType"] != "AwsCloudTrailInsight":
            assert record.keys() >= {"userIdentity", "eventSource", "eventName", "sourceIPAddress"}


def test_records_are_as_large_as_real_ones(demo: DemoFiles) -> None:
    assert 1_200 <= demo.size / demo.events <= 1_400


def test_only_documentation_addresses_and_names_appear(records: list[dict[str, Any]]) -> None:
    for record in records:
        source = record.get("sourceIPAddress", "AWS Internal")
        if source != "AWS Internal" and not source.endswith(".amazonaws.com"):
            assert any(ip_address(source) in network for network in DOCUMENTED)
    text = json.dumps(records)
    assert {*re.findall(r"@([a-z0-9.-]+\.[a-z]+)", text)} == {"example.com"}
    assert {*re.findall(r"A[KS]IA(.{7})", text)} == {"EXAMPLE"}


def test_one_file_was_delivered_twice(bodies: dict[str, list[dict[str, Any]]]) -> None:
    first, again = ANSWERS.duplicate_files
    assert bodies[first] == bodies[again]
    assert len(bodies[again]) == ANSWERS.duplicate_records


def test_one_file_was_cut_short(demo: DemoFiles) -> None:
    assert demo.corrupt == demo.folder / ANSWERS.corrupt_file
    assert demo.corrupt is not None
    raw = demo.corrupt.read_bytes()
    with pytest.raises(EOFError):
        gzip.decompress(raw)
    assert zlib.decompressobj(31).decompress(raw).startswith(b'{"Records":[{')


def test_nothing_was_recorded_in_the_gap(records: list[dict[str, Any]]) -> None:
    there = sorted(r["eventTime"] for r in records if r["awsRegion"] == ANSWERS.gap_region)
    before = max(time for time in there if time <= ANSWERS.gap_start)
    after = min(time for time in there if time > ANSWERS.gap_start)
    assert (before, after) == (ANSWERS.gap_start, ANSWERS.gap_end)
    elsewhere = [r["eventTime"] for r in records if r["awsRegion"] != ANSWERS.gap_region]
    assert any(ANSWERS.gap_start < time < ANSWERS.gap_end for time in elsewhere)


def test_progress_is_told_until_the_last_event(tmp_path: Path) -> None:
    told: list[int] = []
    write_demo(tmp_path, events=1_000, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1_000


@pytest.mark.parametrize("level", [1, 6])
def test_large_files_hold_the_same_events_and_nothing_broken(
    tmp_path: Path, level: int, demo: DemoFiles, records: list[dict[str, Any]]
) -> None:
    written = write_demo(tmp_path, events=EVENTS, shape="ndjson", level=level)
    assert [path.name for path in written.paths] == ["events-000.ndjson.gz"]
    lines = gzip.decompress(written.paths[0].read_bytes()).splitlines()
    assert Counter(json.loads(line)["eventID"] for line in lines) == Counter(
        record["eventID"] for record in records
    )
    assert (written.size, written.duplicates, written.corrupt) == (demo.size, 0, None)
