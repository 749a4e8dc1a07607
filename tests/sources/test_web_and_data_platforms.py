"""Requests at Cloudflare, and platforms: the shared tests against a second reading."""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from typing import Any

import pytest

from actum.sources import SOURCES
from sources.world import claimed, shared


def told(*names: str) -> list[dict[str, Any]]:
    found = []
    for name in names:
        text = gzip.decompress((shared("panther-tests") / f"{name}.jsonl.gz").read_bytes()).decode()
        found += [json.loads(line)["log"] for line in text.splitlines()]
    return found


def read(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [only for [only] in claimed([json.dumps(each).encode() for each in entries])]


def test_every_request_and_firewall_event_is_read() -> None:
    entries = told("Cloudflare.HttpRequest", "Cloudflare.Firewall")
    assert len(entries) == 5
    for each, only in zip(entries, read(entries), strict=True):
        assert (only["source"], only["reason"], only["unmapped"]) == ("cloudflare_http", None, 0)
        assert only["src_endpoint_ip"] == each["ClientIP"]
        assert only["http_status"] == each["EdgeResponseStatus"]
        assert only["status"] == ("failure" if each["EdgeResponseStatus"] >= 400 else "success")
        stated = each.get("EdgeStartTimestamp", each.get("Datetime"))
        when = datetime.fromisoformat(str(stated)) if "p_event_time" in each else None
        assert (only["original_time"], only["time"]) == (stated, when)


def test_every_databricks_entry_is_read() -> None:
    entries = [each for each in told("Databricks.Audit") if "actionName" in each]
    assert len(entries) > 90
    for each, only in zip(entries, read(entries), strict=True):
        if not (each.get("userIdentity") or each.get("requestParams")):
            assert only["source"] == "json"  # trimmed by hand until nothing tells it
            continue
        assert (only["source"], only["reason"]) == ("databricks", None)
        assert only["api_operation"] == each["actionName"]
        email = (each.get("userIdentity") or {}).get("email")
        assert not email or only["actor_user_name"] == email
        code = (each.get("response") or {}).get("statusCode")
        if code:
            assert only["status"] == ("success" if int(code) < 400 else "failure")
        else:
            assert only["status"] in {"unknown", "failure"}
        assert (only["time"] is None) == (not isinstance(each.get("timestamp"), int))


def test_every_event_of_atlas_is_read() -> None:
    entries = told("MongoDB.OrganizationEvent", "MongoDB.ProjectEvent")
    whole = [each for each in entries if "id" in each]
    assert (len(entries), len(whole)) == (13, 10)  # three are trimmed to the name of a type
    for each, only in zip(whole, read(whole), strict=True):
        assert (only["source"], only["reason"]) == ("mongodb_atlas", None)
        assert only["actor_user_name"] == each.get("username")
        assert only["src_endpoint_ip"] == each.get("remoteAddress", each.get("remoteaddress"))


def test_every_event_of_dropbox_is_read() -> None:
    entries = told("Dropbox.TeamEvent")
    assert len(entries) == 11
    for each, only in zip(entries, read(entries), strict=True):
        assert (only["source"], only["reason"]) == ("dropbox", None)
        who = each["actor"].get("user") or each["actor"].get("admin")
        assert only["actor_user_name"] == who["email"]
        assert only["api_operation"] == each["event_type"]["_tag"]
        place = each.get("origin", {}).get("geo_location", {})
        assert only["src_endpoint_ip"] == place.get("ip_address")
        assets = each.get("assets")
        assert only["resource_name"] == (assets[0]["path"]["contextual"] if assets else None)
        stated = each.get("timestamp")
        assert only["time"] == (
            datetime.fromisoformat(str(stated)) if "p_event_time" in each else None
        )


WRONG: tuple[Any, ...] = ([], ["a"], "text", "", 7, -1.5, 10**40, True, None, {}, {"a": {"b": []}})
WHOLE: dict[str, dict[str, Any]] = {
    "databricks": {
        "timestamp": 1772443613120, "serviceName": "clusters", "actionName": "delete",
        "accountId": "a", "sourceIPAddress": "203.0.113.9",
        "userIdentity": {"email": "a@b.example"},
        "requestParams": {"cluster_id": "c"}, "response": {"statusCode": 200},
    },
    "dropbox": {
        "timestamp": "2026-03-02T09:26:53Z", "event_type": {".tag": "file_view"},
        "event_category": {".tag": "x"}, "involve_non_team_member": False,
        "actor": {".tag": "user", "user": {"email": "a@b.example"}}, "context": {"email": "a"},
        "assets": [{"path": {"contextual": "/a"}}], "participants": [{"user": {"email": "c"}}],
        "origin": {"geo_location": {"ip_address": "203.0.113.9"}},
    },
    "mongodb_atlas": {
        "created": "2026-03-02T09:26:53Z", "eventTypeName": "X_ADDED", "id": "1", "orgId": "o",
        "remoteAddress": "203.0.113.9", "username": "a", "targetUsername": "b", "currentValue": {},
    },
    "cloudflare_http": {
        "RayID": "r", "ClientIP": "203.0.113.9", "EdgeStartTimestamp": "2026-03-02T09:26:53Z",
        "EdgeResponseStatus": 200, "ClientRequestMethod": "GET", "ClientSrcPort": 1,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_a_member_of_the_wrong_type_gives_one_event(name: str) -> None:
    whole = WHOLE[name]
    records = [json.dumps({**whole, member: value}).encode() for member in whole for value in WRONG]
    assert SOURCES[name].claim(json.dumps(whole).encode()) is not None
    assert [len(each) for each in claimed(records)] == [1] * len(records)
