"""A batch at a time: one bad record must not spoil the others, and nothing may raise."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actum.sources import aws_cloudtrail, reading
from actum.testing import read
from sources.world import claimed, event, raw, record

GOOD = raw()
DEEP = b'{"eventVersion": "1.08", "eventName": "X", "eventSource": "x", "requestParameters": '
TOO_DEEP = DEEP + b"[" * 10_000 + b"]" * 10_000 + b"}"


def twice(path: str) -> bytes:
    """A record with a key standing twice in the object at that path."""
    whole = record(
        userIdentity={
            "a": 1,
            "sessionContext": {"sessionIssuer": {"b": 1}, "attributes": {"c": 1}},
        },
        responseElements={"d": 1},
    )
    place: Any = whole
    for part in path.split(".")[1:]:
        place = place[part]
    place["FIRST"], place["SECOND"] = 1, 2
    return json.dumps(whole).replace('"SECOND"', '"FIRST"').encode()


BAD = {
    "not JSON": b"{ nothing",
    "NaN": GOOD[:-1] + b', "x": NaN}',
    "infinity": GOOD[:-1] + b', "x": -Infinity}',
    "a lone surrogate": GOOD[:-1] + rb', "x": "\ud800"}',
    "not UTF-8": GOOD.replace(b"aws-cli", b"aws\xffcli"),
    "too deep": TOO_DEEP,
    "a trailing comma": GOOD[:-1] + b",}",
    "two values": GOOD + GOOD,
    "a duplicate": twice("$.userIdentity"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_record_does_not_spoil_its_neighbours(name: str) -> None:
    before, bad, after = claimed([GOOD, BAD[name], raw(eventID="example-0002")])
    assert [each["reason"] for each in before + after] == [None, None]
    assert after[0]["actor_user_name"] == "alice"
    assert len(bad) == 1
    assert bad[0]["reason"]
    assert (bad[0]["class_uid"], bad[0]["time"], bad[0]["actor_user_name"]) == (0, None, None)


def test_all_bad_records_in_one_batch_each_say_why() -> None:
    found = claimed([*BAD.values(), GOOD])
    assert all(each[0]["reason"] for each in found[:-1])
    assert found[-1][0]["reason"] is None


def test_a_key_twice_is_unread_at_every_level_that_is_looked_at() -> None:
    found = claimed([twice(path) for path in aws_cloudtrail.MAPPING.objects])
    for [only] in found:
        assert only["reason"] == reading.TWICE + "FIRST"
        assert only["actor_user_name"] is None


def test_a_key_twice_where_nobody_reads_is_left_alone() -> None:
    text = GOOD.replace(b'{"bucketName"', b'{"tags": {"a": 1, "a": 2}, "bucketName"')
    assert claimed([text])[0][0]["reason"] is None


def test_records_read_on_their_own_guard_say_the_same() -> None:
    """The fallback for a batch with a broken record reads the good ones no differently."""
    records = [raw(eventID=str(number), sharedEventID="s") for number in range(20)]
    alone = read(records, ["aws_cloudtrail"] * 20)
    guarded = read([*records, b"{"], ["aws_cloudtrail"] * 21)
    assert guarded[:-1] == alone
    assert guarded[-1][0]["reason"] == reading.NOT_JSON


def test_a_source_nobody_knows_is_an_unread_event_that_says_so() -> None:
    for spelled in ("o'possum", "opossum@3", "opossum.form?why"):
        [[only]] = read([GOOD], [spelled])
        assert only["reason"] == f"this Actum has no source {spelled.split('@')[0].split('.')[0]!r}"


def test_a_reason_given_on_arrival_is_kept_and_nothing_is_read() -> None:
    [[only]] = read([b'{"time": "2026-03-02T09:26:53Z"}'], ["json?what a fragment? indeed"])
    assert only["reason"] == "what a fragment? indeed"
    assert only["time"] is None


def test_a_copy_names_the_record_it_repeats() -> None:
    found = read([GOOD, GOOD, GOOD], ["aws_cloudtrail", "aws_cloudtrail@7", "aws_cloudtrail@8?no"])
    assert [each[0]["copy_of"] for each in found] == [None, 7, 8]
    assert [each[0]["reason"] for each in found] == [None, None, "no"]


def test_thousands_of_different_reasons_are_read_in_one_go() -> None:
    found = read([b"x"] * 3_000, [f"text?reason {number}" for number in range(3_000)])
    assert found[2_999][0]["reason"] == "reason 2999"


def test_more_parts_than_can_be_numbered_are_said_to_be_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "MOST_PARTS", 3)
    body = json.dumps({"Records": [record(eventID=str(number)) for number in range(6)]})
    [found] = claimed([json.dumps({"messageId": "1", "body": body}).encode()])
    assert [each["part"] for each in found] == [0, 1, 2, 3]
    assert [each["reason"] for each in found] == [None, None, None, reading.MANY]


def test_sizes_and_numbers_beyond_reason_are_read() -> None:
    big = event(requestParameters={"bucketName": "b", "policy": "x" * 5_000_000})
    assert (big["reason"], big["resource_name"]) == (None, "b")
    assert event(requestParameters={"name": 10**400})["reason"] is None
    assert event(eventTime=10**18)["time"] is None


WRONG: tuple[Any, ...] = (
    [],
    ["a"],
    "text",
    "",
    7,
    -1.5,
    10**40,
    True,
    None,
    {},
    {"a": {"b": []}},
    [[[]]],
)


def test_a_member_of_the_wrong_type_gives_one_event() -> None:
    records = [
        raw(**{"eventID": f"{member} {place}", member: value})
        for member in record()
        for place, value in enumerate(WRONG)
    ]
    assert [len(each) for each in claimed(records)] == [1] * len(records)


def test_a_member_of_the_identity_of_the_wrong_type_is_read_all_the_same() -> None:
    records = [
        raw(userIdentity={"type": "AssumedRole", member: value}, eventID=f"{member} {place}")
        for member in ("type", "principalId", "arn", "userName", "accountId", "sessionContext")
        for place, value in enumerate(WRONG)
    ]
    found = claimed(records)
    assert [[each["reason"] for each in one] for one in found] == [[None]] * len(records)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*record(), "arn", "ARN", "items", "x"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)
PLACES = st.sampled_from(
    [(key,) for key in record()]
    + [("userIdentity", key) for key in ("type", "arn", "principalId", "sessionContext", "z")]
    + [("requestParameters", key) for key in ("bucketName", "key", "instancesSet", "policyArn")]
    + [("resources",), ("insightDetails",), ("@timestamp",), ("additionalEventData",)]
)


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(st.tuples(PLACES, VALUES), min_size=1, max_size=4), max_size=200))
def test_any_record_changed_anyhow_gives_exactly_one_event(
    changes: list[list[tuple[tuple[str, ...], Any]]],
) -> None:
    records = [GOOD]
    for number, change in enumerate(changes):
        whole = record(eventID=str(number))
        for path, value in change:
            place: Any = whole
            for part in path[:-1]:
                place = place[part] if isinstance(place, dict) and part in place else {}
            if isinstance(place, dict):
                place[path[-1]] = value
        records.append(json.dumps(whole).encode("utf-8", "surrogatepass"))
    found = claimed(records)
    assert [len(each) for each in found] == [1] * len(records)
    assert found[0][0]["reason"] is None


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.binary(max_size=3)), max_size=200))
def test_any_bytes_changed_give_exactly_one_event(changes: list[tuple[int, bytes]]) -> None:
    records = [GOOD[:at] + new + GOOD[at + 1 :] for at, new in changes] + [GOOD]
    assert [len(each) for each in claimed(records)] == [1] * len(records)
    assert [len(each) for each in read(records, ["aws_cloudtrail"] * len(records))] == [1] * len(
        records
    )
