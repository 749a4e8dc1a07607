"""Google Cloud flows: what is one, what was denied, and whose side tells it."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from actum.sources import gcp_audit, gcp_flow
from sources.world import claimed

WRONG: tuple[Any, ...] = (
    None,
    7,
    -1.5,
    True,
    "",
    "text",
    [],
    [[]],
    {},
    {"a": {"b": []}},
    "\x00",
    "x" * 5_000,
)
LOG = "projects/shop-111122/logs/compute.googleapis.com%2F"


def flow(log: str = "vpc_flows", **payload: Any) -> dict[str, Any]:
    """A flow between two addresses, with members of its payload changed."""
    ends = {"src_ip": "10.0.3.4", "src_port": 49152, "dest_ip": "203.0.113.7", "dest_port": 443,
            "protocol": 6}  # fmt: skip
    plain = {
        "connection": ends,
        "reporter": "SRC",
        "bytes_sent": "1420",
        "packets_sent": "12",
        "start_time": "2026-03-02T09:26:53.104512Z",
        "end_time": "2026-03-02T09:26:58Z",
    }
    return {"insertId": "example", "logName": LOG + log, "timestamp": "2026-03-02T09:27:01Z",
            "jsonPayload": {**plain, **payload}}  # fmt: skip


def event(told: dict[str, Any]) -> dict[str, Any]:
    [[only]] = claimed([json.dumps(told).encode()])
    return only


@pytest.mark.parametrize(
    "told",
    [
        {**flow(), "logName": "projects/p/logs/app"},
        {**flow(), "jsonPayload": {"connection": "keep-alive"}},
        {**flow(), "jsonPayload": {"connection": {"src_ip": "10.0.0.1"}}},
        {"jsonPayload": {"connection": {"src_ip": "10.0.0.1", "dest_ip": "10.0.0.2"}}},
    ],
)
def test_other_entries_are_not_taken(told: dict[str, Any]) -> None:
    assert gcp_flow.claim(json.dumps(told).encode()) is None


def test_messages_are_taken_by_one_source_only() -> None:
    audit = {"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog"}}
    coded = [base64.b64encode(json.dumps(each).encode()).decode() for each in (flow(), audit)]
    both = {"receivedMessages": [{"message": {"data": each, "messageId": "1"}} for each in coded]}
    raw = json.dumps(both).encode()
    assert gcp_flow.claim(raw) is None
    assert gcp_audit.claim(raw) is not None


@pytest.mark.parametrize("member", sorted(flow()["jsonPayload"]))
def test_a_member_of_the_wrong_type_gives_one_event(member: str) -> None:
    told = [json.dumps(flow("vpc_flows", **{member: wrong})).encode() for wrong in WRONG]
    assert all(len(each) == 1 for each in claimed(told))


def test_an_address_that_is_none_is_no_address() -> None:
    ends = {"src_ip": "10.0.3.400", "dest_ip": "", "dest_port": 70_000}
    found = event(flow(connection=ends))
    assert (
        found["src_endpoint_ip"] is found["dst_endpoint_ip"] is found["dst_endpoint_port"] is None
    )


@pytest.mark.parametrize(
    ("log", "disposition", "status", "activity"),
    [
        ("vpc_flows", None, "success", 6),
        ("firewall", "ALLOWED", "success", 1),
        ("firewall", "DENIED", "failure", 5),
        ("firewall", None, "unknown", 1),
    ],
)
def test_the_outcome_is_what_the_log_or_its_rule_says(
    log: str, disposition: str | None, status: str, activity: int
) -> None:
    found = event(flow(log, disposition=disposition))
    assert (found["status"], found["activity_id"]) == (status, activity)


def test_the_host_is_the_one_whose_side_tells_it() -> None:
    sides = {"src_instance": {"vm_name": "here"}, "dest_instance": {"vm_name": "there"}}
    assert event(flow("vpc_flows", **sides, reporter="SRC"))["device_hostname"] == "here"
    assert event(flow("vpc_flows", **sides, reporter="DEST"))["device_hostname"] == "there"
