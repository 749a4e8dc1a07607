"""AWS WAF: what must not happen, then the shared samples."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from actum.sources import SOURCES
from actum.testing import events_of
from sources.world import shared

RECORD: dict[str, Any] = {
    "timestamp": 1772443613729, "formatVersion": 1,
    "webaclId": "arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/shop/0f8fad5b",
    "terminatingRuleId": "Default_Action", "terminatingRuleType": "REGULAR", "action": "ALLOW",
    "httpSourceName": "ALB", "httpSourceId": "111122223333-app/shop/6a1939d39ac9ef3c",
    "ruleGroupList": [{"ruleGroupId": "AWS#Common", "terminatingRule": None}],
    "responseCodeSent": None,
    "httpRequest": {
        "clientIp": "203.0.113.45", "country": "DE",
        "headers": [{"name": "Host", "value": "www.example.com"}], "uri": "/", "args": "",
        "httpVersion": "HTTP/1.1", "httpMethod": "GET", "requestId": "1-64f01dc6-7d2deb5d54820c4d",
    },
}  # fmt: skip
ODD: tuple[Any, ...] = (
    None, True, 7, -1.5, 1 << 70, "", "-", "x" * 70_000, [], [1], [[{}]], {}, {"a": [{}]}, "\0",
)  # fmt: skip


def events(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return events_of("\n".join(map(json.dumps, records)).encode())


@pytest.mark.parametrize(
    ("action", "status"),
    [("ALLOW", "success"), ("BLOCK", "failure"), ("CAPTCHA", "failure"),
     ("CHALLENGE", "failure"), ("SOMETHING_NEW", "unknown")],
)  # fmt: skip
def test_only_what_was_let_through_succeeded(action: str, status: str) -> None:
    [only] = events([{**RECORD, "action": action}])
    assert only["status"] == status
    assert only["status_code"] == (None if action == "ALLOW" else action)


def test_every_member_may_be_of_another_type() -> None:
    changed = [{**RECORD, name: value} for name in RECORD for value in ODD]
    request = RECORD["httpRequest"]
    changed += [
        {**RECORD, "httpRequest": {**request, name: value}} for name in request for value in ODD
    ]
    found = events(changed)
    assert len(found) == len(changed)
    assert {each["source"] for each in found} == {"aws_waf", "json"}
    assert not [each["reason"] for each in found if each["reason"]]


def test_a_record_keeps_its_id_however_it_is_spaced() -> None:
    claim = SOURCES["aws_waf"].claim
    spaced, tight = json.dumps(RECORD, indent=1), json.dumps(RECORD, separators=(",", ":"))
    assert claim(spaced.encode()) == claim(tight.encode())
    other = claim(json.dumps({**RECORD, "timestamp": 1772443613730}).encode())
    assert other != claim(tight.encode())


def test_the_header_a_client_spells_in_its_own_case_is_found_and_the_first_counts() -> None:
    headers = [{"name": "X", "value": "1"}, {"name": "uSER-aGENT", "value": "a"},
               {"name": "User-Agent", "value": "b"}]  # fmt: skip
    [only] = events([{**RECORD, "httpRequest": {**RECORD["httpRequest"], "headers": headers}}])
    assert only["user_agent"] == "a"


def test_a_rule_inside_a_group_is_named_after_its_group() -> None:
    groups = [
        {"ruleGroupId": "first", "terminatingRule": None},
        {"ruleGroupId": "second", "terminatingRule": {"ruleId": "SQLi_BODY", "action": "BLOCK"}},
    ]
    [only] = events([
        {**RECORD, "action": "BLOCK", "terminatingRuleId": "sqli", "ruleGroupList": groups}
    ])  # fmt: skip
    assert only["status_detail"] == "sqli: SQLi_BODY"


def logs() -> list[dict[str, Any]]:
    path = shared("panther-tests") / "AWS.WAFWebACL.jsonl.gz"
    told = [json.loads(line)["log"] for line in gzip.decompress(path.read_bytes()).splitlines()]
    real = shared("aws-waf") / "lambda-promtail" / "waflog.log.gz"
    return [*told, *map(json.loads, gzip.decompress(real.read_bytes()).splitlines())]


def test_the_shared_records_are_read_as_a_second_reader_reads_them() -> None:
    told = logs()
    assert len(told) == 34
    for each, only in zip(told, events(told), strict=True):
        assert (only["source"], only["reason"]) == ("aws_waf", None)
        stated, request = each["timestamp"], each["httpRequest"]
        when = (
            datetime.fromtimestamp(stated / 1000, UTC)
            if isinstance(stated, int)
            else datetime.fromisoformat(stated)
        )
        assert only["time"] == when.replace(tzinfo=None)
        assert only["original_time"] == str(stated)
        assert only["src_endpoint_ip"] == request["clientIp"]
        assert only["src_endpoint_country"] == request.get("country")
        assert only["http_method"] == request.get("httpMethod")
        assert only["status"] == {"ALLOW": "success", "BLOCK": "failure"}[each["action"]]
        assert only["cloud_account_uid"] == each["webaclId"].split(":")[4]
        assert only["cloud_region"] == each["webaclId"].split(":")[3]
        agents = [
            h["value"] for h in request.get("headers", []) if h["name"].lower() == "user-agent"
        ]
        assert only["user_agent"] == (agents[0] if agents else None)
