"""Cloudflare: four spellings of one thing say the same."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sources.world import claimed

WHEN = datetime(2026, 3, 2, 9, 26, 53)
SAID = {
    "actor_user_name": "alice@example.com", "actor_user_uid": "u1",
    "src_endpoint_ip": "203.0.113.9",
    "time": WHEN, "status": "failure", "metadata_uid": "e1", "cloud_account_uid": "a1",
    "resource_uid": "r1", "resource_type": "zone", "api_operation": "delete", "action": "delete",
    "class_uid": 6003, "activity_id": 4,
}  # fmt: skip
SPELLINGS: dict[str, dict[str, Any]] = {
    "version 1": {
        "id": "e1", "when": "2026-03-02T09:26:53Z", "action": {"type": "delete", "result": False},
        "actor": {"id": "u1", "email": "alice@example.com", "ip": "203.0.113.9", "type": "user"},
        "owner": {"id": "a1"}, "resource": {"id": "r1", "type": "zone"},
    },
    "version 2": {
        "id": "e1", "account": {"id": "a1"},
        "action": {"type": "delete", "result": "failure", "time": "2026-03-02T09:26:53Z"},
        "actor": {"id": "u1", "email": "alice@example.com", "ip_address": "203.0.113.9"},
        "resource": {"id": "r1", "type": "zone"},
    },
    "Logpush": {
        "ID": "e1", "When": "2026-03-02T09:26:53Z", "ActionType": "delete", "ActionResult": False,
        "ActorID": "u1", "ActorEmail": "alice@example.com", "ActorIP": "203.0.113.9",
        "OwnerID": "a1", "ResourceID": "r1", "ResourceType": "zone",
    },
    "Logpush with counted times": {
        "ID": "e1", "When": 1772443613000000000, "ActionType": "delete", "ActionResult": False,
        "ActorID": "u1", "ActorEmail": "alice@example.com", "ActorIP": "203.0.113.9",
        "OwnerID": "a1", "ResourceID": "r1", "ResourceType": "zone",
    },
    "Logpush version 2": {
        "AuditLogID": "e1", "ActionTimestamp": "2026-03-02T09:26:53Z", "ActionType": "delete",
        "ActionResult": "failure", "ActorID": "u1", "ActorEmail": "alice@example.com",
        "ActorIPAddress": "203.0.113.9", "AccountID": "a1", "ResourceID": "r1",
        "ResourceType": "zone",
    },
}  # fmt: skip


def test_the_same_act_in_every_spelling_says_the_same() -> None:
    for name, told in SPELLINGS.items():
        [[only]] = claimed([json.dumps(told).encode()])
        assert only["source"] == "cloudflare", name
        assert {key: only[key] for key in SAID} == SAID, name


def test_what_is_not_said_to_have_worked_is_unknown() -> None:
    told = {**SPELLINGS["version 1"], "action": {"type": "login"}}
    [[only]] = claimed([json.dumps(told).encode()])
    assert (only["class_uid"], only["status"]) == (3002, "unknown")


def test_other_records_with_an_action_and_an_actor_are_not_ours() -> None:
    told = {"id": "1", "action": {"type": "x"}, "actor": {"id": "u"}, "resource": {"id": "r"}}
    [[only]] = claimed([json.dumps(told).encode()])
    assert only["source"] == "json"
