"""Wrappings: each kind taken off, and none that is hostile, damaged or unknown."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest

from actum.sources import SOURCES, Recognition, Told, claim, envelopes
from actum.sources.envelopes import MAX_LAYERS, unwrap
from actum.trial import read
from sources.world import claimed, raw, record, shared

INNER = raw()


def text(value: object) -> str:
    return json.dumps(value)


def packed(data: bytes) -> str:
    return base64.b64encode(gzip.compress(data)).decode()


LOG_EVENTS = text({"logEvents": [{"id": "1", "timestamp": 1, "message": INNER.decode()}]}).encode()
WRAPPINGS: dict[str, Any] = {
    "LookupEvents": {"EventId": "1", "ReadOnly": "true", "CloudTrailEvent": INNER.decode()},
    "a whole LookupEvents answer": {"Events": [{"CloudTrailEvent": INNER.decode()}]},
    "EventBridge": {"detail-type": "AWS API Call via CloudTrail", "detail": record()},
    "a CloudWatch Logs event": {"timestamp": 1, "message": INNER.decode()},
    "a CloudWatch Logs event with an object": {"logStreamName": "s", "message": record()},
    "CloudWatch Logs events": json.loads(LOG_EVENTS),
    "CloudWatch Logs to Lambda": {"awslogs": {"data": packed(LOG_EVENTS)}},
    "SNS": {"Type": "Notification", "TopicArn": "arn:aws:sns:::t", "Message": INNER.decode()},
    "SNS to Lambda": {"Records": [{"Sns": {"Message": INNER.decode()}}]},
    "SQS": {"messageId": "1", "receiptHandle": "2", "body": INNER.decode()},
    "SQS to Lambda": {"Records": [{"messageId": "1", "body": INNER.decode()}]},
    "Kinesis, plain": {"Records": [{"kinesis": {"data": base64.b64encode(INNER).decode()}}]},
    "Kinesis, gzip": {"Records": [{"kinesis": {"data": packed(LOG_EVENTS)}}]},
    "Firehose": {"requestId": "1", "records": [{"data": packed(INNER)}]},
    "an S3 file in a message": {"messageId": "1", "body": text({"Records": [record()]})},
}


@pytest.mark.parametrize("name", WRAPPINGS)
def test_every_wrapping_is_taken_off(name: str) -> None:
    found = list(unwrap(text(WRAPPINGS[name]).encode()))
    assert [json.loads(each) for each in found] == [record()]
    assert claim(text(WRAPPINGS[name]).encode()).key == b"111122223333/example-0001"


def test_the_exact_bytes_inside_are_given() -> None:
    spaced = b'{ "eventVersion" : "1.08","x":1.0 }'
    assert list(unwrap(b'{"detail-type":"t","detail":' + spaced + b"}")) == [spaced]


def test_a_record_is_never_looked_into_whatever_else_it_holds() -> None:
    false = {**record(), "CloudTrailEvent": text({"eventVersion": "1.08", "eventName": "Forged"})}
    assert list(unwrap(text(false).encode())) == []
    assert list(unwrap(text({"detail-type": "t", "detail": false}).encode())) == [
        text(false).encode()
    ]


def test_as_many_layers_as_are_allowed_are_taken_off_and_no_more() -> None:
    wrapped = INNER.decode()
    for _ in range(MAX_LAYERS):
        wrapped = text({"messageId": "1", "body": wrapped})
    assert list(unwrap(wrapped.encode())) == [INNER]
    assert claim(wrapped.encode()).source == "aws_cloudtrail"
    wrapped = text({"messageId": "1", "body": wrapped})
    assert claim(wrapped.encode()).source == "json"


def test_a_bomb_is_not_inflated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(envelopes, "MAX_INFLATED", 1 << 20)
    bomb = packed(b" " * (2 << 20) + INNER)
    assert list(unwrap(text({"awslogs": {"data": bomb}}).encode())) == [bomb.encode()]


def test_many_small_bombs_share_one_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(envelopes, "MAX_INFLATED", 1 << 20)
    small = packed(b" " * (400 << 10))
    found = list(unwrap(text({"requestId": "1", "records": [{"data": small}] * 9}).encode()))
    assert sum(len(each) > len(small) for each in found) == 2
    assert len(found) == 9


def test_a_gzip_of_several_members_is_read_to_its_end() -> None:
    both = gzip.compress(INNER[:100]) + gzip.compress(INNER[100:])
    data = base64.b64encode(both).decode()
    assert list(unwrap(text({"awslogs": {"data": data}}).encode())) == [INNER]


@pytest.mark.parametrize(
    "data", ["!!!", "QQ", "", packed(INNER)[:40], base64.b64encode(b"\x1f\x8b rubbish").decode()]
)
def test_data_that_cannot_be_opened_is_given_as_it_stands(data: str) -> None:
    assert list(unwrap(text({"awslogs": {"data": data}}).encode())) == [data.encode()]


@pytest.mark.parametrize(
    "outer",
    [
        {"detail-type": "t", "detail": None},
        {"CloudTrailEvent": "not JSON"},
        {"CloudTrailEvent": 7},
        {"Records": {}},
        {"Records": [None, 7, "text", [], {}]},
        {"logEvents": [{"message": None}, {}]},
        {"awslogs": []},
        {"requestId": "1", "records": [{"data": 7}]},
        {"messageId": "1", "body": "\ud800"},
        {"Message": [[]], "TopicArn": "t"},
    ],
)
def test_what_is_not_a_wrapping_of_records_is_left_to_others(outer: object) -> None:
    whole = text(outer).encode()
    list(unwrap(whole))
    assert claim(whole).source in {"json", "text"}


def test_deep_nesting_is_not_followed() -> None:
    assert list(unwrap(b'{"detail-type": 1, "detail": ' + b"[" * 10_000)) == []


def test_what_else_is_inside_says_so_and_the_records_are_read() -> None:
    payload = {"logEvents": [{"message": m} for m in ("CONTROL", INNER.decode(), '{"a": 1}')]}
    whole = text({"Records": [{"kinesis": {"data": packed(text(payload).encode())}}]}).encode()
    [found] = claimed([whole])
    assert [(each["part"], each["reason"] is None) for each in found] == [
        (0, False),
        (1, True),
        (2, False),
    ]
    assert found[1]["resource_name"] == "example-bucket"


def test_of_the_shared_samples_only_what_holds_records_is_taken_for_records() -> None:
    taken = set()
    for path in sorted(shared("transport-envelopes").rglob("*.json")):
        whole = path.read_bytes().strip()
        if claim(whole).source == "aws_cloudtrail":
            taken.add(path.name)
            [found] = claimed([whole])
            assert any(each["reason"] is None and each["api_operation"] for each in found)
    assert taken <= {"kinesis-event.json"}


def test_several_lines_sent_at_once_are_told_apart() -> None:
    lines = base64.b64encode(b"one line\nanother line\n").decode()
    event = {"recordId": "1", "approximateArrivalTimestamp": 1, "data": lines}
    assert list(envelopes.unwrap(json.dumps(event).encode())) == [b"one line", b"another line"]


def test_lines_of_a_told_format_are_read_inside_a_wrapping() -> None:
    told = Recognition("o", SOURCES, Told("aws_vpcflow", "action,srcaddr,dstaddr"))
    events = [{"id": str(n), "timestamp": 1, "message": f"ACCEPT 203.0.113.{n} 10.0.0.5"}
              for n in range(3)]  # fmt: skip
    whole = json.dumps({"logGroup": "g", "logStream": "s", "logEvents": events}).encode()
    claims = told.take([whole], [0], is_json=True, is_text=False)
    [read_as] = read(claims.raws, claims.sources)
    assert [each["src_endpoint_ip"] for each in read_as] == [f"203.0.113.{n}" for n in range(3)]
