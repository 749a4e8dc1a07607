"""The traffic costs what real evidence costs, and is the same every time."""

from __future__ import annotations

import json
from hashlib import sha256
from itertools import islice

import pytest

from actum.demo.background import HOURS, Background
from actum.demo.cast import ACCOUNTS, FIRST_SECOND, LAST_SECOND, stamp
from actum.demo.operations import OPERATIONS


def _lines(events: int, seed: int = 7) -> list[bytes]:
    return [line for hour in Background(events, seed).hours() for line in hour.lines]


def test_no_events_are_no_events() -> None:
    assert _lines(0) == []


def test_the_first_two_thousand_events_never_change() -> None:
    digest = sha256(b"\n".join(islice(_lines(2_000), 2_000))).hexdigest()
    assert digest == "5ef12c2edc466caa178265ec8fe420b5a9be52a51c0922d40880aeb36b1e71d1", (
        "a change here changes every number measured on the demo"
    )


def test_another_seed_is_another_world() -> None:
    assert not {*_lines(1_000)} & {*_lines(1_000, seed=8)}


@pytest.mark.parametrize("events", [1, 191, 1_000, 2_500])
def test_the_count_is_exact(events: int) -> None:
    assert len(_lines(events)) == events


def test_hours_are_in_order_and_cover_the_eight_days() -> None:
    hours = list(Background(5_000, 7).hours())
    seconds = [second for hour in hours for second in hour.seconds]
    assert len(hours) == HOURS
    assert seconds == sorted(seconds)
    assert FIRST_SECOND <= seconds[0] < FIRST_SECOND + 7_200
    assert LAST_SECOND - 7_200 < seconds[-1] <= LAST_SECOND
    for hour in hours:
        for second, stream, line in zip(hour.seconds, hour.streams, hour.lines, strict=True):
            record = json.loads(line)
            assert record["eventTime"] == stamp(second)
            assert stream == (record["recipientAccountId"], record["awsRegion"])


@pytest.fixture(scope="module")
def records() -> list[dict[str, object]]:
    return [json.loads(line) for line in _lines(12_000)]


def test_ids_are_unique(records: list[dict[str, object]]) -> None:
    assert len({record["eventID"] for record in records}) == len(records)
    assert len({record["requestID"] for record in records}) == len(records)


def test_one_in_twenty_fails(records: list[dict[str, object]]) -> None:
    share = sum("errorCode" in record for record in records) / len(records)
    assert 0.04 <= share <= 0.06


def test_there_are_many_operations_accounts_and_actors(records: list[dict[str, object]]) -> None:
    done = {(record["eventSource"], record["eventName"]) for record in records}
    assert len({(item.service, item.name) for item in OPERATIONS}) >= 200
    assert len(done) >= 150
    assert len({source for source, _ in done}) >= 30
    assert {record["recipientAccountId"] for record in records} == {*ACCOUNTS}
    assert len({json.dumps(record["userIdentity"]) for record in records}) > 2_000


def test_a_fresh_key_is_the_same_throughout_its_event(records: list[dict[str, object]]) -> None:
    seen = 0
    for record in records:
        request, resources = record["requestParameters"], record.get("resources")
        if isinstance(request, dict) and "key" in request and isinstance(resources, list):
            if "bucketName" not in request:
                continue  # a DynamoDB key
            seen += 1
            assert resources[0]["ARN"].endswith(f"{request['bucketName']}/{request['key']}")
    assert seen > 100


def test_no_marker_is_left_behind() -> None:
    text = b"\n".join(_lines(3_000)).decode()
    assert not {"«", "»", "‹", "›", "@session@", "@key@", "@since@", "%%"} & {*text}
    assert "@session" not in text
