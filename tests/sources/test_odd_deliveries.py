"""Records of AWS, Google and Kubernetes as other tools deliver them, and what must not be taken."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest

from actum.sources import claim, envelopes
from actum.trial import events_of, recognise
from sources.world import record

AUDIT: dict[str, Any] = {
    "kind": "Event", "apiVersion": "audit.k8s.io/v1", "auditID": "a-1", "verb": "get",
    "stage": "ResponseComplete", "requestURI": "/api/v1/namespaces/shop/secrets/db",
    "user": {"username": "alice"}, "sourceIPs": ["203.0.113.9"],
    "objectRef": {"resource": "secrets", "namespace": "shop", "name": "db"},
    "responseStatus": {"code": 403, "reason": "Forbidden"},
    "requestReceivedTimestamp": "2026-03-02T09:26:53.100000Z",
}  # fmt: skip


def lambda_record(service: str, **more: object) -> bytes:
    return json.dumps(
        {"eventVersion": "1.0", "eventSource": f"aws:{service}", "eventName": "INSERT", **more}
    ).encode()


@pytest.mark.parametrize(
    "raw",
    [
        lambda_record("dynamodb", eventID="1", eventSourceARN="arn:aws:dynamodb:::t", dynamodb={}),
        lambda_record("ses", ses={"mail": {}}),
        lambda_record("codecommit", eventSourceARN="arn:aws:codecommit:::r"),
        lambda_record("kinesis", eventSourceARN="arn:aws:kinesis:::s", kinesis={"data": "QQ=="}),
    ],
)
def test_what_a_service_hands_to_a_function_is_no_cloudtrail_record(raw: bytes) -> None:
    assert claim(raw).source == "json"
    assert recognise(b'{"Records":[' + raw + b"]}").sources == ["json"]


def test_a_whole_kinesis_record_is_opened_though_it_has_a_version_of_its_own() -> None:
    packed = base64.b64encode(gzip.compress(json.dumps(record()).encode())).decode()
    arn = "arn:aws:kinesis:us-east-1:111122223333:stream/s"
    raw = lambda_record("kinesis", eventSourceARN=arn, kinesis={"data": packed})
    [only] = events_of(b'{"Records":[' + raw + b"]}")
    assert (only["source"], only["metadata_uid"]) == ("aws_cloudtrail", "example-0001")


INNER = json.dumps(record())
DELIVERIES = {
    "ReceiveMessage": {"Messages": [{"MessageId": "1", "ReceiptHandle": "2", "Body": INNER}]},
    "FilterLogEvents": {"events": [{"message": INNER, "eventId": "3"}], "searchedLogStreams": []},
    "Logs Insights": {
        "results": [[{"field": "@ptr", "value": "x"}, {"field": "@message", "value": INNER}]],
        "statistics": {},
    },
    "a container's log": {"log": INNER + "\n", "stream": "stdout", "time": "2026-03-02T09:26:53Z"},
    "a search": {"_index": "trail", "_id": "1", "_source": record()},
    "a shipper": {"@timestamp": "2026-03-02T09:26:53Z", "message": INNER},
    "a collector": {"sourcetype": "aws:cloudtrail", "event": record()},
    "a search that was exported": {"preview": False, "result": {"_raw": INNER}},
}


@pytest.mark.parametrize("name", DELIVERIES)
def test_a_record_is_found_in_what_tools_put_around_it(name: str) -> None:
    [only] = events_of(json.dumps(DELIVERIES[name]).encode())
    assert (only["source"], only["metadata_uid"]) == ("aws_cloudtrail", "example-0001")


@pytest.mark.parametrize(
    "line",
    [
        f"2026-03-02T09:26:53.417Z {INNER}",
        f"2026-03-02T09:26:53.417000000+00:00 stdout F {INNER}",
        '2026-03-02 09:26:53.417,"' + INNER.replace('"', '""') + '"',
        '1772443613417,"' + INNER.replace('"', '""') + '"',
    ],
)
def test_a_record_is_found_behind_the_time_it_was_logged_at(line: str) -> None:
    [only] = events_of(line.encode())
    assert (only["source"], only["metadata_uid"]) == ("aws_cloudtrail", "example-0001")


@pytest.mark.parametrize(
    "line",
    [
        "2026-03-02T09:26:53.417Z stdout P " + INNER[:40],
        "2026-03-02T09:26:53.417Z {not JSON}",
        '2026-03-02T09:26:53.417Z {"a": 1}',
        "2026-03-02T09:26:53.417Z 7",
        "9" * 100_000,
    ],
)
def test_a_line_that_only_begins_like_one_is_left_to_others(line: str) -> None:
    assert claim(line.encode()).source in {"text", "syslog", "json"}
    list(envelopes.unwrap(line.encode()))


def test_a_container_s_output_holds_kubernetes_audit_events_too() -> None:
    [only] = events_of(b"2026-03-02T09:26:53.3Z stderr F " + json.dumps(AUDIT).encode())
    assert (only["source"], only["status"], only["resource_name"]) == (
        "kubernetes",
        "failure",
        "db",
    )


def test_a_record_of_cloudtrail_that_lost_its_version_is_known_by_its_service() -> None:
    told = record()
    del told["eventVersion"]
    assert claim(json.dumps(told).encode()).source == "aws_cloudtrail"
    foreign = {**told, "eventSource": "shop.example.com"}
    assert claim(json.dumps(foreign).encode()).source == "json"


def test_small_letters_give_the_same_event() -> None:
    def small(value: Any) -> Any:
        return {k.lower(): small(v) for k, v in value.items()} if isinstance(value, dict) else value

    [ours] = events_of(json.dumps(record()).encode())
    told = {key.lower(): value for key, value in record().items()}
    told["useridentity"] = small(told["useridentity"])
    [theirs] = events_of(json.dumps(told).encode())
    assert {k for k in ours if ours[k] != theirs[k]} <= {"unmapped"}
    twice = json.dumps(told)[:-1] + ', "eventName": "Forged"}'
    [found] = events_of(twice.encode())
    assert found["reason"] == "a key is given twice: eventName"


def test_a_refusal_of_everything_names_nothing() -> None:
    told = {**record(), "requestParameters": None, "responseElements": None, "resources": None}
    told |= {"eventSource": "lightsail.amazonaws.com", "eventName": "CreateInstances",
             "errorCode": "AccessDenied",
             "errorMessage": "User: x may not perform: y on resource: arn:aws:a:::*"}  # fmt: skip
    [only] = events_of(json.dumps(told).encode())
    assert (only["resource_uid"], only["resource_name"]) == (None, None)
