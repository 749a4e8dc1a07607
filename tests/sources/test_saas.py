"""Services people sign in to: what is odd about each, and the shared samples read a second time."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from actum.sources import SOURCES, claim
from actum.sources.reading import TWICE
from actum.testing import pairs_of
from sources.world import claimed, documents, shared

NAMES = (
    "auth0", "box", "duo", "github", "github_webhook", "gitlab", "okta", "onepassword", "slack",
    "teleport",
)  # fmt: skip


def pair(source: str, name: str) -> dict[str, Any]:
    """The record of a golden pair."""
    folder = Path(str(sys.modules[f"actum.sources.{source}"].__file__)).parent
    found: dict[str, Any] = json.loads(pairs_of(folder)[name])
    return found


def raws(source: str) -> dict[str, bytes]:
    folder = Path(str(sys.modules[f"actum.sources.{source}"].__file__)).parent
    return {name: raw.strip() for name, raw in pairs_of(folder).items()}


def only(record: dict[str, Any]) -> dict[str, Any]:
    """The one event of a record."""
    [[event]] = claimed([json.dumps(record).encode()])
    return event


# What must not happen -----------------------------------------------------------------------------

WRONG: tuple[Any, ...] = (
    [], ["a"], "text", "", 7, -1.5, 10**40, True, None, {}, {"a": {"b": []}}, [[[]]], "{", "[",
)  # fmt: skip


def spoiled(record: Any) -> Iterator[Any]:
    """The record with each of its members, at any depth, replaced by what it should not be."""
    if isinstance(record, dict):
        for member, inner in record.items():
            for value in WRONG:
                yield {**record, member: value}
            for worse in spoiled(inner):
                yield {**record, member: worse}
    elif isinstance(record, list):
        for place, inner in enumerate(record[:2]):
            for worse in (*WRONG, *spoiled(inner)):
                yield [*record[:place], worse, *record[place + 1 :]]


@pytest.mark.parametrize("name", NAMES)
def test_a_member_of_the_wrong_type_gives_one_event(name: str) -> None:
    several = ("brought", "hook", "told_by_csv")
    plain = [
        json.loads(raw) for told, raw in raws(name).items() if not any(x in told for x in several)
    ]
    records = [json.dumps(each).encode() for record in plain[:4] for each in spoiled(record)]
    found = claimed(records)
    assert [len(each) for each in found] == [1] * len(records)
    assert not [each for each in found if each[0]["reason"]]


@pytest.mark.parametrize("name", NAMES)
def test_a_bad_record_does_not_spoil_its_neighbours(name: str) -> None:
    good = next(raw for raw in raws(name).values() if claim(raw).form == "")
    for bad in (
        good[:-1] + b', "x": NaN}',
        good[:-1] + b",}",
        good[:-1] + b', "x": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        good.replace(b"example", b"ex\xffample", 1),
    ):
        before, _, after = claimed([good, bad, good])
        assert [each["reason"] for each in before + after] == [None, None]


@pytest.mark.parametrize("name", NAMES)
def test_a_key_twice_is_unread_where_it_would_change_the_meaning(name: str) -> None:
    found = 0
    for path in SOURCES[name].MAPPING.objects:
        for raw in raws(name).values():
            record = json.loads(raw)
            place: Any = record
            for part in path.split(".")[1:]:
                place = place.get(part) if isinstance(place, dict) else None
            if not isinstance(place, dict) or claim(raw).form:
                continue
            place["FIRST"], place["SECOND"] = 1, 2
            doubled = json.dumps(record).replace('"SECOND"', '"FIRST"').encode()
            if claim(doubled).source != name:
                continue
            [[event]] = claimed([doubled])
            assert event["reason"] == TWICE + "FIRST"
            assert event["actor_user_name"] is None
            found += 1
            break
    assert found


@pytest.mark.parametrize("name", NAMES)
def test_a_huge_value_is_read(name: str) -> None:
    raw = next(raw for raw in raws(name).values() if claim(raw).form == "")
    [[event]] = claimed([raw[:-1] + b', "x": "' + b"y" * 2_000_000 + b'"}'])
    assert (event["source"], event["reason"], event["unmapped"]) == (name, None, 1)


@pytest.mark.parametrize("name", NAMES)
def test_an_address_that_is_none_is_not_told_as_one(name: str) -> None:
    if name == "github_webhook":
        pytest.skip("a webhook states no address")
    told = [raw for raw in raws(name).values() if b"203.0.113.10" in raw]
    assert told
    for [event, *_] in claimed([raw.replace(b"203.0.113.10", b"1.1.1.1.1") for raw in told]):
        assert event["src_endpoint_ip"] in {None, "2001:db8::1", "2001:db8::10", "203.0.113.20"}


@pytest.mark.parametrize(
    "record",
    [
        {"action": "repo.create"},
        {"action": "wagtail.publish", "user": 1, "timestamp": "2026-03-02T09:26:53Z"},
        {"action": "create", "actor": {"type": "user"}, "created_at": "2026-03-02T09:26:53Z"},
        {"actor": {"name": "a"}, "repository": {"full_name": "a/b"}, "push": {}},
        {"event": "login", "code": "200", "uid": "1", "time": "2026-03-02T09:26:53Z"},
        {"eventType": "user.session.start", "actor": {"id": "1"}, "published": "x"},
        {"type": "s", "date": "2026-03-02T09:26:53Z", "text": "a diary"},
        {"author_id": 1, "title": "an issue", "created_at": "2026-03-02T09:26:53Z"},
        {"uuid": "1", "type": "x", "action": "y"},
        {"data": {"type": "s", "date": "2026-03-02"}},
    ],
)
def test_what_only_looks_alike_is_left_to_json(record: dict[str, Any]) -> None:
    assert claim(json.dumps(record).encode()).source == "json"


# Okta ---------------------------------------------------------------------------------------------


def test_okta_in_lower_case_says_the_same_as_plain() -> None:
    plain = pair("okta", "user_signed_in")
    lower = json.loads(json.dumps(plain))

    def lowered(value: Any) -> Any:
        if isinstance(value, dict):
            return {key.lower(): lowered(inner) for key, inner in value.items()}
        return [lowered(each) for each in value] if isinstance(value, list) else value

    assert only(lowered(lower)) == only(plain)


def test_okta_in_lower_case_with_a_key_twice_is_unread() -> None:
    raw = raws("okta")["password_was_shown_in_lower_case"]
    [[event]] = claimed([raw[:-1] + b', "eventtype": "user.session.start"}'])
    assert event["reason"] == TWICE + "eventType"
    assert event["actor_user_name"] is None


@pytest.mark.parametrize(
    ("result", "status"),
    [
        ("SUCCESS", "success"), ("ALLOW", "success"), ("FAILURE", "failure"), ("DENY", "failure"),
        ("SKIPPED", "unknown"), ("CHALLENGE", "unknown"), ("UNKNOWN", "unknown"), (None, "unknown"),
    ],
)  # fmt: skip
def test_okta_says_how_it_ended_or_not(result: str | None, status: str) -> None:
    told = {**pair("okta", "user_signed_in"), "outcome": {"result": result}}
    assert only(told)["status"] == status


def test_an_okta_hook_of_one_event_is_the_event_itself() -> None:
    whole = pair("okta", "hook_brought_two_events")
    event = whole["data"]["events"][0]
    one = json.dumps({**whole, "data": {"events": [event]}}).encode()
    assert claim(one).key == claim(json.dumps(event).encode()).key
    assert claimed([one]) == claimed([json.dumps(event).encode()])


def test_an_okta_hook_without_events_is_no_event_of_okta() -> None:
    whole = pair("okta", "hook_brought_two_events")
    assert claim(json.dumps({**whole, "data": {"events": []}}).encode()).source == "json"


# GitHub -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "time"),
    [
        (1772443613353, datetime(2026, 3, 2, 9, 26, 53, 353000)),
        (1772443613353.0, datetime(2026, 3, 2, 9, 26, 53, 353000)),
        (1772443613, datetime(2026, 3, 2, 9, 26, 53)),
        ("2026-03-02T10:26:53.353+01:00", datetime(2026, 3, 2, 9, 26, 53, 353000)),
        ("2024-12-17 00:00:00000000", None),
        ("yesterday", None),
        (0, None),
        (None, None),
    ],
)
def test_github_times_are_milliseconds_or_text(stated: object, time: datetime | None) -> None:
    told = {**pair("github", "repository_was_made"), "@timestamp": stated, "created_at": stated}
    assert only(told)["time"] == time


def test_a_github_organization_in_a_list_is_the_first() -> None:
    event = only(pair("github", "two_organizations_at_once"))
    assert (event["cloud_account_uid"], event["cloud_org_uid"]) == ("example-org", "example-inc")


@pytest.mark.parametrize(
    ("action", "status"),
    [
        ("user.failed_login", "failure"),
        ("user.two_factor_challenge_failure", "failure"),
        ("user.two_factor_challenge_success", "success"),
        ("protected_branch.rejected_ref_update", "failure"),
        ("org.sso_response", "unknown"),
        ("user.login", "success"),
        ("repo.destroy", "success"),
    ],
)
def test_a_github_action_fails_by_its_name(action: str, status: str) -> None:
    assert only({**pair("github", "repository_was_made"), "action": action})["status"] == status


# Slack --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["x' OR 1=1", '$."a"', "", "a.b", 'user"', 7, None, ["user"], {}])
def test_a_slack_entity_of_a_hostile_type_is_only_not_found(kind: object) -> None:
    told = pair("slack", "workflow_was_published")
    event = only({**told, "entity": {**told["entity"], "type": kind}})
    assert (event["reason"], event["resource_name"]) == (None, None)


def test_a_slack_entity_of_a_new_type_is_found_by_its_type() -> None:
    told = {
        **pair("slack", "user_signed_in"),
        "entity": {"type": "orb", "orb": {"name": "Palantir"}},
    }
    event = only(told)
    assert (event["resource_type"], event["resource_name"]) == ("orb", "Palantir")


# Teleport, GitLab, Auth0, 1Password ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"success": True}, "success"),
        ({"success": False}, "failure"),
        ({"success": None, "error": None}, "success"),
        ({"success": None, "error": "refused"}, "failure"),
        ({"success": None, "error": None, "code": "T1000W"}, "failure"),
        ({"success": None, "error": None, "code": "T3002E"}, "failure"),
    ],
)
def test_teleport_says_how_it_ended(changed: dict[str, Any], status: str) -> None:
    assert only({**pair("teleport", "user_signed_in"), **changed})["status"] == status


def test_teleport_names_who_acts_under_the_name_of_another() -> None:
    event = only(pair("teleport", "robot_made_a_certificate_as_a_user"))
    assert (event["actor_user_name"], event["actor_acting_as"]) == ("bot-ci", "deployer")


@pytest.mark.parametrize(
    ("remote", "address", "port"),
    [
        ("203.0.113.7:51234", "203.0.113.7", 51234),
        ("[2001:db8::1]:22", "2001:db8::1", 22),
        ("203.0.113.7", "203.0.113.7", None),
        ("2001:db8::1", "2001:db8::1", None),
        ("jump.example.com:22", None, None),
        ("203.0.113.7:99999", "203.0.113.7", None),
    ],
)
def test_teleport_addresses_lose_their_port(
    remote: str, address: str | None, port: int | None
) -> None:
    event = only({**pair("teleport", "session_was_started"), "addr.remote": remote})
    assert (event["src_endpoint_ip"], event["src_endpoint_port"]) == (address, port)


def test_gitlab_tells_who_tried_to_sign_in_and_was_nobody() -> None:
    event = only(pair("gitlab", "user_failed_to_sign_in"))
    assert (event["actor_user_name"], event["status"]) == ("mallory", "failure")
    assert event["any_user"] is None


def test_an_auth0_code_nobody_listed_has_no_outcome() -> None:
    event = only({**pair("auth0", "user_signed_in"), "type": "brand_new"})
    assert (event["api_operation"], event["status"], event["action"]) == (
        "brand_new", "unknown", "other",
    )  # fmt: skip


def test_an_auth0_entry_of_a_stream_is_the_same_record_as_the_plain_one() -> None:
    plain = pair("auth0", "user_signed_in")
    stream = {"log_id": plain["log_id"], "data": plain}
    assert only(stream) == only(plain)
    keys = [claim(json.dumps(each).encode()).key for each in (stream, plain)]
    assert keys[0] == keys[1]


@pytest.mark.parametrize("category", ["credentials_failed", "mfa_failed", "sso_failed"])
def test_a_1password_attempt_fails_by_its_category(category: str) -> None:
    told = {**pair("onepassword", "user_signed_in"), "category": category}
    event = only(told)
    assert (event["status"], event["status_code"]) == ("failure", category)


# The shared samples -------------------------------------------------------------------------------


def panther(name: str) -> list[dict[str, Any]]:
    path = shared("panther-tests") / f"{name}.jsonl.gz"
    return [json.loads(line)["log"] for line in gzip.open(path, "rt")]


def address(text: str | None) -> str | None:
    try:
        return str(text) if text and ip_address(text) else None
    except ValueError:
        return None


def instant(text: Any) -> datetime | None:
    if isinstance(text, int | float):
        return datetime.fromtimestamp(text / (1000 if text > 1e11 else 1), UTC).replace(tzinfo=None)
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return (found.astimezone(UTC) if found.tzinfo else found).replace(tzinfo=None)


def of_okta(told: dict[str, Any]) -> dict[str, Any]:
    result = (told.get("outcome") or {}).get("result")
    client = told.get("client") or {}
    return {
        "time": instant(told.get("published")),
        "api_operation": told.get("eventType") or told["eventtype"],
        "actor_user_name": (
            told["actor"]["displayName"]
            if told["actor"]["alternateId"] == "unknown"
            else told["actor"]["alternateId"]
        ),
        "actor_user_uid": told["actor"]["id"],
        "src_endpoint_ip": address(client.get("ipAddress")),
        "status": {
            "SUCCESS": "success",
            "ALLOW": "success",
            "FAILURE": "failure",
            "DENY": "failure",
        }.get(str(result), "unknown"),
        "metadata_uid": told.get("uuid"),
    }


def of_github(told: dict[str, Any]) -> dict[str, Any]:
    stated = told.get("@timestamp") or told.get("at_sign_timestamp") or told.get("created_at")
    found = {
        "time": instant(stated),
        "api_operation": told["action"],
        "actor_user_name": told.get("actor"),
        "cloud_account_uid": told.get("org"),
        "cloud_org_uid": told.get("business"),
        "src_endpoint_ip": address(told.get("actor_ip")),
        "metadata_uid": told.get("_document_id"),
        "status": "failure" if told.get("conclusion") == "failure" else "success",
    }
    return found | ({"status": "unknown"} if told["action"].endswith("sso_response") else {})


def of_slack(told: dict[str, Any]) -> dict[str, Any]:
    return {
        "time": instant(told.get("date_create")),
        "api_operation": told["action"],
        "actor_user_name": told["actor"]["user"]["email"],
        "actor_user_uid": told["actor"]["user"]["id"],
        "cloud_account_uid": told["context"]["location"]["id"],
        "src_endpoint_ip": told["context"]["ip_address"],
        "user_agent": told["context"]["ua"],
    }


def of_teleport(told: dict[str, Any]) -> dict[str, Any]:
    return {
        "time": instant(told["time"]),
        "api_operation": told["event"],
        "actor_user_name": told["user"],
        "status": "failure" if told.get("success") is False else "success",
        "process_name": told.get("program"),
        "process_path": told.get("path"),
        "actor_session_uid": told.get("sid"),
        "metadata_uid": told["uid"],
        "dst_endpoint_ip": told.get("dst_addr"),
    }


def of_auth0(told: dict[str, Any]) -> dict[str, Any]:
    data = told["data"]
    request = data.get("details", {}).get("request", {})
    answer = data.get("details", {}).get("response", {}).get("statusCode", 200)
    failed = answer >= 400 or data["type"] in {"pwd_leak", "ferrt"}
    user = request.get("auth", {}).get("user", {})
    return {
        "time": instant(data["date"]),
        "api_operation": data["type"],
        "actor_user_name": user.get("email") or data.get("user_name"),
        "src_endpoint_ip": address(data["ip"]),
        "status": "failure" if failed else "success",
        "http_url": request.get("path"),
    }


def of_onepassword(told: dict[str, Any]) -> dict[str, Any]:
    user = told.get("target_user") or told["user"]
    return {
        "time": instant(told["timestamp"]),
        "actor_user_name": user["email"],
        "actor_user_uid": user["uuid"],
        "src_endpoint_ip": address(told["client"]["ip_address"]),
        "status": "success",
        "resource_uid": told.get("item_uuid"),
        "metadata_uid": told["uuid"],
    }


def of_webhook(told: dict[str, Any]) -> dict[str, Any]:
    run = told.get("workflow_job") or told.get("workflow_run") or {"conclusion": "success"}
    is_done = "status" not in run or run["status"] == "completed" or told["action"] == "completed"
    ended = {"success": "success", "failure": "failure"}.get(str(run.get("conclusion")), "unknown")
    found: dict[str, Any] = {
        "cloud_account_uid": told["repository"]["full_name"].split("/")[0],
        "src_endpoint_ip": None,
        "status": ended if is_done else "unknown",
    }
    if "sender" in told:
        found["actor_user_name"] = told["sender"]["login"]
    if "pusher" in told:
        found["actor_user_name"] = told["pusher"]["name"]
    return found


def of_box(told: dict[str, Any]) -> dict[str, Any]:
    by, to = told.get("created_by") or {}, told.get("source") or {}
    return {
        "api_operation": told["event_type"],
        "actor_user_name": by.get("login") or by.get("name"),
        "actor_user_uid": str(by["id"]) if "id" in by else None,
        "resource_name": to.get("item_name") or to.get("login"),
        "src_endpoint_ip": told.get("ip_address"),
        "status": "unknown" if told["event_type"] in {"SHIELD_ALERT", "FILE_MARKED_MALICIOUS"}
        else "success",
        "time": None,
    }  # fmt: skip


def of_duo(told: dict[str, Any]) -> dict[str, Any]:
    if "result" in told:
        return {
            "api_operation": told["event_type"],
            "actor_user_name": told["user"]["name"],
            "resource_name": told["application"].get("name"),
            "src_endpoint_ip": told["access_device"]["ip"],
            "status": "success" if told["result"] == "success" else "failure",
        }
    return {
        "api_operation": told["action"],
        "actor_user_name": told["username"],
        "time": instant(told["isotimestamp"]),
        "resource_name": told.get("object"),
        "status": "failure" if told["action"].endswith("error") else "success",
    }


SAMPLES = (
    ("Okta.SystemLog", "okta", 42, 0, of_okta),
    ("GitHub.Audit", "github", 63, 1, of_github),
    ("Slack.AuditLogs", "slack", 40, 0, of_slack),
    ("Gravitational.TeleportAudit", "teleport", 19, 0, of_teleport),
    ("Auth0.Events", "auth0", 39, 0, of_auth0),
    ("OnePassword.ItemUsage", "onepassword", 2, 0, of_onepassword),
    ("OnePassword.SignInAttempt", "onepassword", 2, 0, of_onepassword),
    ("GitHub.Webhook", "github_webhook", 44, 2, of_webhook),
    ("Box.Event", "box", 16, 0, of_box),
    ("Duo.Administrator", "duo", 15, 0, of_duo),
    ("Duo.Authentication", "duo", 8, 0, of_duo),
    ("GitLab.Audit", "gitlab", 3, 3, None),
)
"""File, source, records, those too short to be recognised by anybody, a second reading."""


@pytest.mark.parametrize(("file", "source", "count", "stubs", "reference"), SAMPLES)
def test_the_samples_are_read_as_a_second_reader_reads_them(
    file: str, source: str, count: int, stubs: int, reference: Any
) -> None:
    told = panther(file)
    assert len(told) == count
    found = claimed([json.dumps(each).encode() for each in told])
    assert [event["reason"] for [event] in found] == [None] * count
    assert [event["source"] for [event] in found].count(source) == count - stubs
    for each, [event] in zip(told, found, strict=True):
        if event["source"] == source:
            expected = reference(each)
            assert {name: event[name] for name in expected} == expected, each


@pytest.mark.parametrize(("folder", "source"), [("okta", "okta"), ("github-audit", "github")])
def test_the_schema_makers_examples_are_read(folder: str, source: str) -> None:
    told = [each for path, each in documents(shared(folder)) if path.suffix == ".raw"]
    assert len(told) >= 3
    reference = {"okta": of_okta, "github": of_github}[source]
    for each, [event] in zip(told, claimed([json.dumps(e).encode() for e in told]), strict=True):
        assert (event["source"], event["reason"]) == (source, None)
        expected = reference(each)
        assert {name: event[name] for name in expected} == expected


def test_the_page_of_gitlabs_documentation_is_read() -> None:
    [(_, told)] = [each for each in documents(shared("gitlab-audit")) if each[0].suffix == ".json"]
    found = [event for [event] in claimed([json.dumps(each).encode() for each in told])]
    assert [event["source"] for event in found] == ["gitlab"] * 3
    assert [event["actor_user_name"] for event in found] == [
        each["details"]["author_name"] for each in told
    ]
    assert [event["time"] for event in found] == [instant(each["created_at"]) for each in told]
    assert [event["action"] for event in found] == ["update", "create", "update"]
    assert [event["src_endpoint_ip"] for event in found] == ["127.0.0.1", "127.0.0.1", None]


def test_the_lines_of_a_bitbucket_server_are_read() -> None:
    path = shared("saas-other") / "plaso" / "atlassian-bitbucket-audit.log"
    lines = path.read_bytes().splitlines()
    found = [event for [event] in claimed(lines, is_json=False)]
    assert len(found) == 5
    for line, event in zip(lines, found, strict=True):
        told = line.decode().split(" | ")
        assert (event["source"], event["reason"]) == ("bitbucket", None)
        assert event["src_endpoint_ip"] == told[0].split(",")[0]
        assert event["api_operation"] == told[1]
        assert event["actor_user_name"] == (None if told[2] == "-" else told[2])
        assert event["time"] == instant(int(told[3]))


@pytest.mark.parametrize(
    "line",
    [
        b"192.0.2.1 | SomethingEvent | alice | yesterday | - | - | - | -",
        b"192.0.2.1 | SomethingEvent | alice | 1772443613353",
        b"host name! | SomethingEvent | alice | 1772443613353 | - | - | - | -",
    ],
)
def test_a_line_that_only_looks_like_bitbucket_is_text(line: bytes) -> None:
    assert claim(line).source == "text"


def test_a_bitbucket_line_that_is_not_text_is_unread() -> None:
    line = b"192.0.2.1 | UserCreatedEvent | al\xffice | 1772443613353 | - | - | - | -"
    [[event]] = claimed([line], is_json=False)
    assert (event["source"], event["reason"]) == ("bitbucket", "not UTF-8 text")
