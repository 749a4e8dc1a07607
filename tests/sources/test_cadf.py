"""CADF: free actions, wrappings of the bus, and the samples of Hermes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from actum.sources import cadf
from actum.testing import events_of
from sources.world import claimed, documents, shared


def event(**changed: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "id": "1", "eventTime": "2026-03-02T09:26:53+00:00", "action": "read", "outcome": "success",
        "initiator": {"id": "u", "name": "alice", "host": {"address": "203.0.113.9"}},
        "target": {"id": "t", "typeURI": "service/compute"}, "observer": {"id": "o"},
    }  # fmt: skip
    [[only]] = claimed([json.dumps({**whole, **changed}).encode()])
    return only


def test_what_has_no_initiator_or_nothing_it_was_done_to_is_not_ours() -> None:
    whole = {"action": "read", "outcome": "success", "eventTime": "2026-03-02T09:26:53Z"}
    changes: tuple[dict[str, Any], ...] = (
        {}, {"initiator": {}}, {"target": {}}, {"initiator": None, "target": {}},
    )  # fmt: skip
    for more in changes:
        assert cadf.claim(json.dumps({**whole, **more}).encode()) is None


@pytest.mark.parametrize(
    ("action", "act", "uid"),
    [
        ("create", "create", 6003), ("read/list", "read", 6003), ("deleted.user", "delete", 6003),
        ("create/role_assignment", "create", 6003), ("authenticate", "auth", 3002),
        ("authenticate/login", "auth", 3002), ("iam-identity.apikey.login", "auth", 3002),
        ("update/start", "update", 6003), ("cloud-object-storage.object.delete", "delete", 6003),
        ("frobnicate", "other", 6003), ("", "other", 6003),
    ],
)  # fmt: skip
def test_the_verb_is_the_first_word_or_the_last(action: str, act: str, uid: int) -> None:
    found = event(action=action)
    assert (found["action"], found["class_uid"]) == (act, uid)


def test_only_success_and_failure_are_outcomes() -> None:
    told = {"success": "success", "failure": "failure", "pending": "unknown", "x": "unknown"}
    assert {each: event(outcome=each)["status"] for each in told} == told


def test_a_number_too_large_for_a_status_is_none() -> None:
    for code in ("409", 409):
        assert event(reason={"reasonType": "HTTP", "reasonCode": code})["http_status"] == 409
    assert event(reason={"reasonType": "HTTP", "reasonCode": "99999999999"})["http_status"] is None
    assert event(reason={"reasonType": "LDAP", "reasonCode": "409"})["http_status"] is None


def test_the_samples_of_hermes_are_read_as_a_second_reader_reads_them() -> None:
    told, found = [], []
    for path, document in documents(shared("cadf")):
        told += document.get("events", [document])
        found += events_of(path.read_bytes())
    assert len(told) == len(found) == 5
    for each, only in zip(told, found, strict=True):
        assert (only["source"], only["reason"], only["unmapped"]) == ("cadf", None, 0)
        when = datetime.fromisoformat(each["eventTime"]).astimezone(UTC).replace(tzinfo=None)
        assert only["time"] == when
        assert only["actor_user_uid"] == each["initiator"]["id"]
        assert only["actor_user_name"] == each["initiator"]["name"]
        assert only["resource_uid"] == each["target"]["id"]
        assert only["status"] == each["outcome"]
        assert only["api_operation"] == each["action"]
        assert only["src_endpoint_ip"] == each["initiator"].get("host", {}).get("address")
        assert only["metadata_uid"] == each["id"]
