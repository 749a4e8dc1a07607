"""Google Workspace: several events in one activity, and the shapes tools make of them."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from actum.sources import google_workspace
from actum.testing import read, recognise
from sources.world import claimed, shared

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
MEMBER = {"name": "USER_EMAIL", "value": "bob@example.com"}


def activity(*names: str, **changed: Any) -> dict[str, Any]:
    """An activity of events of these names; None leaves a member out."""
    plain: dict[str, Any] = {
        "kind": "admin#reports#activity",
        "id": {"time": "2026-03-02T09:26:53.104Z", "uniqueQualifier": "-1",
               "applicationName": "admin", "customerId": "C00example"},
        "actor": {"callerType": "USER", "email": "alice@example.com", "profileId": "1"},
        "ipAddress": "203.0.113.7",
        "events": [{"type": "T", "name": each, "parameters": [MEMBER]} for each in names],
    }  # fmt: skip
    return {key: value for key, value in {**plain, **changed}.items() if value is not None}


def events(told: dict[str, Any]) -> list[dict[str, Any]]:
    [found] = claimed([json.dumps(told).encode()])
    return found


# What must not happen -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "told",
    [
        {"applicationName": "x", "id": "1"},
        {"id": {"applicationName": "x"}},
        {"id": {"time": "x", "uniqueQualifier": "1"}, "kind": "admin#reports#activity"},
        {"activities": [{"applicationName": "x"}], "kind": "reports#activities"},
        {"unique_id": "1", "ip_address": "192.0.2.1", "timestamp": "x", "email": "a"},
    ],
)
def test_what_is_no_activity_is_not_taken(told: dict[str, Any]) -> None:
    assert google_workspace.claim(json.dumps(told).encode()) is None


@pytest.mark.parametrize("member", sorted(activity("x")))
def test_a_member_of_the_wrong_type_gives_one_event(member: str) -> None:
    told = [json.dumps({**activity("x"), member: wrong}).encode() for wrong in WRONG]
    assert all(len(each) == 1 for each in claimed(told))


@pytest.mark.parametrize("wrong", WRONG)
def test_an_event_or_parameter_of_the_wrong_type_is_read_all_the_same(wrong: Any) -> None:
    for each in (
        {"events": [wrong]},
        {"events": [{"name": wrong, "parameters": [MEMBER]}]},
        {"events": [{"name": "x", "parameters": wrong}]},
        {"events": [{"name": "x", "parameters": [wrong, {"name": wrong}, {"value": wrong}]}]},
        {"events": [{"name": "x", "parameters": [{"name": "USER_EMAIL", "value": wrong}]}]},
    ):
        [only] = events(activity(**each))
        assert only["reason"] is None
        assert only["metadata_uid"] == "-1"


def test_an_actor_named_twice_is_unread() -> None:
    raw = json.dumps(activity("x")).replace('"email"', '"email": "mallory", "email"').encode()
    [[only]] = claimed([raw])
    assert only["reason"] == "a key is given twice: email"
    assert only["actor_user_name"] is None


def test_nobody_is_invented_for_an_anonymous_reader() -> None:
    [only] = events(activity("view", actor={"callerType": "USER", "email": ""}))
    assert only["actor_user_name"] is None


# What must happen ---------------------------------------------------------------------------------


def test_each_event_of_an_activity_has_its_place_and_their_common_id() -> None:
    first, second = events(activity("CREATE_USER", "CHANGE_PASSWORD"))
    assert [first["metadata_uid"], second["metadata_uid"]] == ["-1/0", "-1/1"]
    assert first["metadata_correlation_uid"] == second["metadata_correlation_uid"] == "-1"
    [alone] = events(activity("CREATE_USER"))
    assert (alone["metadata_uid"], alone["metadata_correlation_uid"]) == ("-1", None)


def test_events_split_off_by_a_tool_are_told_apart() -> None:
    split = [activity(events=None, name="add", parameters=each) for each in (
        {"a": 1}, {"a": 2}, [{"name": "a", "value": "1"}])]  # fmt: skip
    claims = [google_workspace.claim(json.dumps(each).encode()) for each in split]
    assert len({each.key for each in claims if each}) == 3
    again = google_workspace.claim(json.dumps(split[0]).encode())
    assert again == claims[0]


def test_an_answer_saved_whole_is_read_event_by_event() -> None:
    page = {"activities": [activity("CREATE_USER", "x"), activity("DELETE_USER")]}
    raw = json.dumps(page).encode()
    found = google_workspace.claim(raw)
    assert found is not None
    [parts] = read([raw], [f"google_workspace.{found.form}"])
    assert [each["api_operation"] for each in parts] == ["CREATE_USER", "x", "DELETE_USER"]
    assert len(recognise(raw).sources) in {1, 2}


@pytest.mark.parametrize(
    ("application", "name", "status", "action"),
    [
        ("login", "login_success", "success", "auth"),
        ("login", "login_failure", "failure", "auth"),
        ("login", "suspicious_login", "unknown", "auth"),
        ("login", "login_challenge", "unknown", "auth"),
        ("login", "logout", "success", "auth"),
        ("context_aware_access", "ACCESS_DENY_EVENT", "failure", "auth"),
        ("admin", "SUSPEND_USER", "success", "update"),
        ("admin", "DELETE_GROUP", "success", "delete"),
        ("drive", "download", "success", "read"),
        ("never_heard_of", "something_else", "success", "other"),
    ],
)
def test_outcome_and_act_are_told_by_the_name(
    application: str, name: str, status: str, action: str
) -> None:
    told = activity(name)
    told["id"]["applicationName"] = application
    [only] = events(told)
    assert (only["status"], only["action"]) == (status, action)


# The shared samples -------------------------------------------------------------------------------


def test_every_shared_activity_is_read_as_a_second_reader_reads_it() -> None:
    folder = shared("google-workspace") / "scenario-invictus-gws"
    told = [each for path in sorted(folder.glob("*.json"))
            for each in json.loads(path.read_text())["activities"]]  # fmt: skip
    found = claimed([json.dumps(each).encode() for each in told])
    assert len(told) == 218
    assert sum(map(len, found)) == sum(len(each["events"]) for each in told) == 233
    for each, parts in zip(told, found, strict=True):
        assert len(parts) == len(each["events"])
        for event, only in zip(each["events"], parts, strict=True):
            when = each["id"]["time"]
            values = [one.get("value") for one in event.get("parameters", ())
                      if one["name"] in {"USER_EMAIL", "member_id"}]  # fmt: skip
            expected = {
                "reason": None,
                "source": "google_workspace",
                "api_operation": event["name"],
                "api_service_name": each["id"]["applicationName"],
                "actor_user_name": each["actor"].get("email") or each["actor"].get("key"),
                "actor_user_uid": each["actor"].get("profileId"),
                "cloud_org_uid": each["id"]["customerId"],
                "src_endpoint_ip": each.get("ipAddress"),
                "time": datetime.fromisoformat(when).replace(tzinfo=None),
                "original_time": when,
                "status": "success",
            }
            assert {name: only[name] for name in expected} == expected
            assert set(values) <= set(only["any_user"] or ())
    classes = Counter(only["class_uid"] for parts in found for only in parts)
    assert classes == {6003: 192, 6001: 16, 3006: 13, 3001: 10, 3005: 2}


def test_the_shared_samples_of_tools_are_read() -> None:
    folder = shared("google-workspace") / "splunk-data-sources"
    claims = {path.stem: recognise(path.read_bytes()).sources for path in folder.glob("*.json")}
    assert claims == {
        "g_suite_drive": ["google_workspace.drive"],
        "g_suite_gmail": ["json"],  # Gmail's own BigQuery export: no activity
        "google_workspace_login_failure": ["google_workspace.event"],
    }


def test_no_other_source_takes_the_shared_stubs() -> None:
    path = shared("panther-tests") / "GSuite.ActivityEvent.jsonl.gz"
    logs = [json.loads(line)["log"] for line in gzip.decompress(path.read_bytes()).splitlines()]
    claims = recognise(b"\n".join(json.dumps(each).encode() for each in logs))
    assert {each.split(".")[0] for each in claims.sources} == {"google_workspace"}
    for log, [only] in zip(logs, read(claims.raws, claims.sources), strict=True):
        assert only["reason"] is None
        assert only["api_operation"] == log.get("name")
        assert only["actor_user_name"] == (log.get("actor") or {}).get("email")
