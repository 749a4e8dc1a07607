"""The Activity log: four spellings of one act, and an outcome only where there is one."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from actum.testing import events_of
from sources.azure_records import (
    changed,
    joined,
    one,
    pair,
    panther,
    sample,
    spoils_nothing,
    told_of,
)
from sources.azure_records import when as read_time

DONE = pair("azure_activity", "vm_was_deleted")
REST = pair("azure_activity", "security_group_was_made_told_by_rest")
OBJECT_ID = "http://schemas.microsoft.com/identity/claims/objectidentifier"


@pytest.mark.parametrize(
    "told", ["Start", "Started", "Accept", "Accepted", "In Progress", "Active", ""]
)
def test_what_is_not_finished_has_no_outcome(told: str) -> None:
    event = one({**DONE, "resultType": told, "resultSignature": told})
    assert event["status"] == "unknown"


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ("Success", "success"),
        ("Succeeded", "success"),
        ("Failure", "failure"),
        ("Failed", "failure"),
    ],
)
def test_what_is_finished_has_one(told: str, status: str) -> None:
    assert one({**DONE, "resultType": told})["status"] == status
    assert one(changed(REST, "status.value", told))["status"] == status


def test_the_records_of_one_operation_are_linked_and_not_merged() -> None:
    start = pair("azure_activity", "vm_delete_was_started")
    both = [event for _, event in told_of(joined([start, DONE]))]
    assert len(both) == 2
    assert len({each["metadata_correlation_uid"] for each in both}) == 1
    assert [each["status"] for each in both] == ["unknown", "success"]


def test_spellings_of_one_record_say_the_same() -> None:
    snake: dict[str, Any] = json.loads(
        json.dumps(REST)
        .replace('"eventTimestamp"', '"event_timestamp"')
        .replace('"eventDataId"', '"event_data_id"')
        .replace('"operationName"', '"operation_name"')
        .replace('"localizedValue"', '"localized_value"')
        .replace('"resourceId"', '"resource_id"').replace('"httpRequest"', '"http_request"')
        .replace('"clientIpAddress"', '"client_ip_address"').replace('"subStatus"', '"sub_status"')
        .replace('"correlationId"', '"correlation_id"').replace('"resourceType"', '"resource_type"')
        .replace('"subscriptionId"', '"subscription_id"').replace('"tenantId"', '"tenant_id"')
        .replace('"operationId"', '"operation_id"')
    )  # fmt: skip
    pascal = {key[0].upper() + key[1:]: value for key, value in REST.items()}
    for other in (snake, pascal):
        assert one(other) == one(REST)


def test_the_object_id_is_the_identity_and_the_caller_its_name() -> None:
    event = one(REST)
    assert event["actor_user_uid"] == REST["claims"][OBJECT_ID]
    assert event["actor_user_name"] == REST["caller"]
    without = {key: value for key, value in REST["claims"].items() if key != OBJECT_ID}
    assert one({**REST, "claims": without})["actor_user_uid"] != REST["caller"]


def test_the_token_that_was_used_is_told_as_its_sign_in_tells_it() -> None:
    issued = one(pair("entra_signin", "signed_in_with_two_factors"))["issued_credential_uid"]
    assert one(DONE)["actor_session_uid"] == one(DONE)["actor_user_credential_uid"] == issued


def test_who_was_granted_a_role_is_named() -> None:
    event = one(pair("azure_activity", "owner_was_granted"))
    assert event["any_user"] == ["99998888-7777-6666-5555-444433332222"]
    assert (event["class_uid"], event["activity_id"]) == (3005, 1)


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '{"properties": 7}', "{" * 5_000])
def test_a_broken_question_or_answer_costs_nothing_else(body: str) -> None:
    granted = changed(pair("azure_activity", "owner_was_granted"), "properties.requestbody", body)
    event = one(changed(changed(granted, "properties.statusMessage", body), "resultType", "Failed"))
    assert (event["reason"], event["any_user"], event["status"]) == (None, None, "failure")


def test_a_time_of_the_portal_is_read_where_it_says_utc() -> None:
    header = "{},OperationNameValue,ActivityStatusValue,Caller,EventDataId"
    row = '"8/2/2021, 1:29:25.983 PM",Microsoft.Compute/disks/write,Success,jane@example.com,e1'
    for name, stated in (("TimeGenerated [UTC]", "2021-08-02 13:29:25.983000"),
                         ("TimeGenerated [Local Time]", "None")):  # fmt: skip
        [event] = events_of((header.format(name) + "\n" + row + "\n").encode())
        assert (event["source"], str(event["time"])) == ("azure_activity", stated)
        assert event["original_time"] == "8/2/2021, 1:29:25.983 PM"


def test_a_key_given_twice_is_unread_in_every_spelling() -> None:
    for name in ("vm_was_deleted", "security_group_was_made_told_by_rest",
                 "lock_was_deleted_told_by_log_analytics"):  # fmt: skip
        raw = json.dumps(pair("azure_activity", name)).encode()
        for key in (b"caller", b"correlationId", b"CorrelationId", b"time"):
            if b'"%s"' % key in raw:
                twice = raw[:-1] + b', "%s": "x"}' % key
                assert "twice" in (one(twice)["reason"] or ""), (name, key)


def test_nothing_of_any_kind_in_any_member_spoils_a_record() -> None:
    spoils_nothing("azure_activity")


def test_every_shared_sample_is_read() -> None:
    told: Counter[str] = Counter()
    for path in ("plaso/azure_activity_log.jsonl", "sumologic/activity_log_fixtures.json",
                 *(f"splunk-data-sources/azure_audit_create_or_update_an_azure_automation_{each}.json"
                   for each in ("account", "runbook", "webhook"))):  # fmt: skip
        for source, event in sample(f"azure-activity/{path}"):
            told[source] += 1
            assert event["reason"] is None
            assert event["actor_user_uid"]
            assert event["actor_user_name"]
            assert event["src_endpoint_ip"]
    assert told == {"azure_activity": 8}


def test_the_activity_of_detection_tests_is_read_as_it_says() -> None:
    records = panther("Azure.MonitorActivity")
    found = told_of(joined(records))
    assert len(found) == len(records) == 131
    for record, (source, event) in zip(records, found, strict=True):
        operation = record["operationName"]
        assert source == "azure_activity"
        assert event["reason"] is None
        assert event["api_operation"] == (
            operation if isinstance(operation, str) else operation["value"]
        )
        assert event["time"] == read_time(record["time"])
        assert event["status"] == {"Failed": "failure"}.get(record["resultType"], "success")
        assert event["src_endpoint_ip"] == record["callerIpAddress"]
        assert event["resource_uid"] == record["resourceId"]
