"""Entra ID: its audit, sign-ins, provisioning and risks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from actum.sources.entra_signin.interrupts import INTERRUPTS
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
from sources.world import documents, shared

SIGN_IN = pair("entra_signin", "signed_in_with_two_factors")
ADDED = pair("entra_audit", "member_was_added_to_role")


def signed_in(code: object, **changes: Any) -> dict[str, Any]:
    record = changed(SIGN_IN, "properties.status", {"errorCode": code, "failureReason": "x"})
    return one({**record, "resultType": str(code), **changes})


# Sign-ins -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [50074, 50076, 50140, 50125, 50097, "50074", *sorted(INTERRUPTS)])
def test_a_sign_in_that_was_interrupted_is_neither_success_nor_failure(code: object) -> None:
    event = signed_in(code)
    assert (event["status"], event["status_code"]) == ("unknown", str(code))
    assert event["issued_credential_uid"] is None


@pytest.mark.parametrize("code", [50126, 50053, 53003, 500121, 7000222, "50126", 1])
def test_any_other_code_is_a_failure(code: object) -> None:
    event = signed_in(code)
    assert (event["status"], event["issued_credential_uid"]) == ("failure", None)


@pytest.mark.parametrize("code", [0, "0"])
def test_nought_is_success_and_hands_out_a_token(code: object) -> None:
    event = signed_in(code)
    assert (event["status"], event["actor_session_mfa"]) == ("success", True)
    assert event["issued_credential_uid"] == SIGN_IN["properties"]["uniqueTokenIdentifier"]


def test_without_a_code_nothing_is_known() -> None:
    record = changed(SIGN_IN, "properties.status", {})
    assert one({**record, "resultType": ""})["status"] == "unknown"


def test_it_happened_when_it_was_made_not_when_it_was_logged() -> None:
    assert one(SIGN_IN)["original_time"] == SIGN_IN["properties"]["createdDateTime"]


def test_the_payload_alone_says_what_the_envelope_does_but_for_the_tenant() -> None:
    alone = one(SIGN_IN["properties"])
    assert alone["source"] == "entra_signin"
    assert {name for name, value in one(SIGN_IN).items() if value != alone[name]} <= {
        "cloud_org_uid", "status_code",
    }  # fmt: skip


def test_members_in_strings_are_opened() -> None:
    properties = dict(SIGN_IN["properties"])
    for name in ("status", "location", "deviceDetail"):
        properties[name] = json.dumps(properties[name])
    assert one({**SIGN_IN, "properties": properties}) == one(SIGN_IN)


def test_an_export_of_the_portal_with_a_column_twice_is_read() -> None:
    raw = (
        b"Date (UTC),Request ID,Username,Application ID,Incoming token type,Status,"
        b"Sign-in error code,Incoming token type\n"
        b"2026-03-02T09:26:53Z,r1,jane@example.com,a1,None,Failure,50126,None\n"
    )
    [event] = events_of(raw)
    assert (event["source"], event["status"], event["actor_user_name"]) == (
        "entra_signin", "failure", "jane@example.com",
    )  # fmt: skip


# Audit --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "status"),
    [("success", "success"), ("failure", "failure"), ("timeout", "unknown"), ("", "unknown"),
     (None, "unknown"), ("unknownFutureValue", "unknown")],
)  # fmt: skip
def test_the_outcome_is_what_the_record_says(result: object, status: str) -> None:
    assert one(changed(ADDED, "properties.result", result))["status"] == status


def test_the_member_is_named_and_the_role_is_told_without_quotes() -> None:
    event = one(ADDED)
    assert event["resource_name"] == "bob@example.com"
    assert event["any_user"][0] == "bob@example.com"
    assert event["message"] == "Role.DisplayName: Global Administrator"
    assert (event["class_uid"], event["activity_id"]) == (3005, 1)


def test_who_acts_on_itself_is_not_named_beside_itself() -> None:
    assert one(pair("entra_audit", "own_password_was_reset"))["any_user"] is None


def test_an_application_acts_under_its_principal() -> None:
    event = one(pair("entra_audit", "app_added_credentials"))
    assert (event["actor_user_name"], event["actor_user_type"]) == ("Deploy Tool", "app")
    assert event["actor_user_uid"] == "99998888-7777-6666-5555-444433332222"


def test_the_graph_s_answer_is_the_same_record_as_the_envelope() -> None:
    alone, whole = one(ADDED["properties"]), one(ADDED)
    assert {name for name in whole if whole[name] != alone[name]} <= {"cloud_org_uid"}


# All of them --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["entra_audit", "entra_signin", "entra_provisioning", "entra_risk"]
)
def test_nothing_of_any_kind_in_any_member_spoils_a_record(name: str) -> None:
    spoils_nothing(name)


def test_a_risk_that_changes_is_told_each_time() -> None:
    found = pair("entra_risk", "odd_sign_in_was_detected_told_by_graph")
    later = {**found, "riskState": "dismissed", "lastUpdatedDateTime": "2026-03-03T00:00:00Z"}
    both = [event for _, event in told_of(joined([found, later]))]
    assert [each["activity_id"] for each in both] == [1, 3]


def test_every_shared_sample_is_read_as_a_second_reader_reads_it() -> None:
    seen = 0
    for path, record in documents(shared("azure-entra/splunk-data-sources")):
        seen += 1
        event, inner = one(record), record["properties"]
        is_sign_in = record["category"] == "SignInLogs"
        assert event["source"] == ("entra_signin" if is_sign_in else "entra_audit"), path
        assert event["reason"] is None
        by = inner if is_sign_in else inner["initiatedBy"].get("user") or {}
        name = by.get("userPrincipalName") or inner["initiatedBy"]["app"]["displayName"]
        assert event["actor_user_name"] == name
        assert event["time"] == read_time(inner.get("createdDateTime") or inner["activityDateTime"])
        assert event["status"] == ("unknown" if is_sign_in else inner["result"])
        assert event["metadata_uid"] == inner["id"]
    assert seen == 14
    rows = sample("azure-entra/otrf-goldensaml/AADAuditEvents.json")
    assert [source for source, _ in rows] == ["entra_audit"] * 4
    assert {event["actor_user_name"] for _, event in rows} == {"pgustavo@simulandlabs.com"}
    assert {event["status"] for _, event in rows} == {"success"}
    page = json.loads(
        shared("azure-entra/msgraph-docs/provisioning-list-example1.json").read_text()
    )
    [provisioned] = [one(each) for each in page["value"]]
    assert (provisioned["source"], provisioned["status"]) == ("entra_provisioning", "success")


def test_the_events_of_detection_tests_are_read_as_they_say() -> None:
    records = panther("Azure.Audit")
    found = told_of(joined(records))
    assert len(found) == len(records) == 30
    for record, (source, event) in zip(records, found, strict=True):
        inner = record["properties"]
        assert source == ("entra_signin" if "SignIn" in record["category"] else "entra_audit")
        assert event["reason"] is None
        if source == "entra_signin":
            assert event["actor_user_name"] == (
                inner.get("userPrincipalName") or inner["servicePrincipalName"]
            )
            code = str((inner.get("status") or {}).get("errorCode", ""))
            code = code or str(record.get("resultType", record.get("resulttype")))
            assert event["status"] == ("success" if code in {"0", "Success"} else "failure")
            assert event["src_endpoint_ip"] == inner["ipAddress"]
        else:
            assert event["actor_user_name"] == inner["initiatedBy"]["user"]["userPrincipalName"]
            assert event["status"] == {"failed": "failure"}.get(inner["result"], inner["result"])
