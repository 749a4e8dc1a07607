"""The unified audit log of Microsoft 365: one record in many wrappings, names that mislead."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from actum.testing import events_of
from sources.azure_records import joined, one, pair, panther, sample, spoils_nothing, told_of
from sources.azure_records import when as read_time
from sources.world import documents, shared

FAILED = pair("m365", "password_was_wrong_whatever_the_result_says")
FILE = pair("m365", "file_was_downloaded")
MAIL = pair("m365", "mailbox_of_another_was_read")


def test_a_failed_sign_in_is_a_failure_whatever_the_result_says() -> None:
    assert FAILED["ResultStatus"] == "Success"
    event = one(FAILED)
    assert (event["status"], event["status_code"]) == ("failure", "50126")


@pytest.mark.parametrize("number", ["50140", "50074", "50076", "50097"])
def test_an_interrupted_sign_in_is_no_failure(number: str) -> None:
    assert one({**FAILED, "ErrorNumber": number, "LogonError": ""})["status"] == "unknown"


@pytest.mark.parametrize(
    ("result", "status"),
    [("True", "success"), ("Succeeded", "success"), ("Success", "success"), ("False", "failure"),
     ("Failed", "failure"), ("PartiallySucceeded", "unknown"), ("", "unknown"), (None, "unknown")],
)  # fmt: skip
def test_the_result_of_exchange_is_what_it_says(result: object, status: str) -> None:
    assert one({**MAIL, "ResultStatus": result})["status"] == status


@pytest.mark.parametrize(
    ("told", "address", "port"),
    [("203.0.113.10:10736", "203.0.113.10", 10736), ("[2001:db8::10]:10736", "2001:db8::10", 10736),
     ("::ffff:203.0.113.10", "203.0.113.10", None), ("[::ffff:203.0.113.10]:1", "203.0.113.10", 1),
     ("<null>", None, None), ("fe80::1%eth0", None, None), ("203.0.113.10", "203.0.113.10", None)],
)  # fmt: skip
def test_an_address_is_told_without_what_stands_around_it(
    told: str, address: str | None, port: int | None
) -> None:
    event = one({**FILE, "ClientIP": told})
    assert (event["src_endpoint_ip"], event["src_endpoint_port"]) == (address, port)


def test_a_time_without_its_zone_is_utc_as_the_format_says() -> None:
    assert str(one(FILE)["time"]) == "2026-03-02 09:26:53"


def test_an_object_id_is_the_identity_before_any_other_key() -> None:
    event = one(pair("m365", "member_was_added_to_role"))
    assert event["actor_user_uid"] == "aaaabbbb-cccc-dddd-eeee-ffff00001111"
    assert event["actor_user_name"] == "jane@example.com"
    assert event["resource_uid"] == "bbbbbbbb-0000-4000-8000-000000000001"
    assert event["any_user"][0] == event["resource_name"] == "bob@example.com"


def test_everybody_mail_is_forwarded_to_is_named() -> None:
    event = one(pair("m365", "mail_was_forwarded_by_a_rule"))
    assert event["any_user"] == ["eve@example.net", "mallory@example.net"]


def test_the_token_and_the_session_are_those_of_the_sign_in() -> None:
    event, sign_in = one(FILE), one(pair("entra_signin", "signed_in_with_two_factors"))
    assert event["actor_user_credential_uid"] == sign_in["issued_credential_uid"]
    assert event["actor_session_uid"] == sign_in["actor_session_uid"]


def in_search(record: dict[str, Any]) -> bytes:
    return json.dumps({"Operations": record["Operation"], "AuditData": json.dumps(record)}).encode()


def in_csv(record: dict[str, Any]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["CreationDate", "UserIds", "Operations", "AuditData"])
    writer.writerow(["3/2/2026 9:26:53 AM", "x", record["Operation"], json.dumps(record, indent=1)])
    return text.getvalue().encode()


@pytest.mark.parametrize("name", ["FAILED", "FILE", "MAIL"])
def test_a_record_in_a_wrapping_says_what_it_says_alone(name: str) -> None:
    record = globals()[name]
    for raw in (in_search(record), in_csv(record)):
        assert one(raw) == one(record)


@pytest.mark.parametrize(
    "data", ["{", "{}", '{"a": 1, "a": 2}', '{"CreationTime": 7}', "{" * 5_000]
)
def test_a_broken_record_in_a_wrapping_is_one_event(data: str) -> None:
    assert len(events_of(json.dumps({"Operations": "x", "AuditData": data}).encode())) == 1


def test_nothing_of_any_kind_in_any_member_spoils_a_record() -> None:
    spoils_nothing("m365")


def test_every_shared_sample_is_read_as_a_second_reader_reads_it() -> None:
    told = [each for _, each in documents(shared("m365-ual"))]
    told = [each for each in told if "Operation" in each]
    assert len(told) == 14
    for record in told:
        event = one(record)
        is_row = "TimeGenerated" in record
        assert (event["source"], event["reason"]) == ("m365", None)
        assert event["api_operation"] == record["Operation"]
        assert event["time"] == read_time(record["TimeGenerated" if is_row else "CreationTime"])
        assert event["metadata_uid"] == record["OfficeId" if is_row else "Id"]
        assert event["status"] == "success"
        if not record["UserId"].startswith("ServicePrincipal_"):
            assert event["actor_user_name"] == record["UserId"]
    assert len(sample("m365-ual/plaso/microsoft_audit_log.jsonl")) == 4


def test_the_events_of_detection_tests_are_read_as_they_say() -> None:
    for name, count in (
        ("Microsoft365.Audit.AzureActiveDirectory", 2),
        ("Microsoft365.Audit.Exchange", 10),
    ):
        records = panther(name)
        found = told_of(joined(records))
        assert len(found) == len(records) == count
        for record, (source, event) in zip(records, found, strict=True):
            told = {key.lower(): value for key, value in record.items()}
            assert (source, event["reason"]) == ("m365", None)
            assert event["actor_user_name"] == told["userid"]
            assert event["src_endpoint_ip"] == told["clientip"].split(":")[0]
            failed = told["operation"] == "UserLoginFailed"
            assert event["status"] == ("failure" if failed else "success")
            for pair_ in told.get("parameters", ()):
                if pair_["Name"] == "ForwardingSmtpAddress":
                    assert pair_["Value"].removeprefix("smtp:") in event["any_user"]
