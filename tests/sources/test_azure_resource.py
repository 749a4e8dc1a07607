"""Resource logs: what each kind tells, and what is not theirs."""

from __future__ import annotations

import json

import pytest

from actum.sources import claim
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

SECRET = pair("azure_resource", "secret_was_read")
BLOB = pair("azure_resource", "blob_was_read_by_anybody")


@pytest.mark.parametrize(
    "category", ["kube-audit", "kube-audit-admin", "SignInLogs", "Administrative"]
)
def test_categories_of_other_sources_are_not_claimed(category: str) -> None:
    raw = json.dumps({**SECRET, "category": category}).encode()
    assert claim(raw).source != "azure_resource"


@pytest.mark.parametrize(
    "changes",
    [{"resourceId": "arn:aws:s3:::example"}, {"resourceId": None}, {"category": 7}, {"time": 7}],
)
def test_what_only_looks_like_a_resource_log_is_not_claimed(changes: dict[str, object]) -> None:
    assert claim(json.dumps({**SECRET, **changes}).encode()).source == "json"


@pytest.mark.parametrize(
    ("code", "status"), [(200, "success"), (304, "success"), (401, "failure"), (503, "failure")]
)
def test_the_answer_is_the_outcome(code: int, status: str) -> None:
    for record, path in ((SECRET, "properties.httpStatusCode"), (BLOB, "statusCode")):
        event = one(changed(record, path, code))
        assert (event["status"], event["http_status"]) == (status, code)


def test_an_address_loses_its_port_and_keeps_it_apart() -> None:
    for told, address, port in (
        ("198.51.100.7:43862", "198.51.100.7", 43862), ("[2001:db8::7]:443", "2001:db8::7", 443),
        ("::ffff:198.51.100.7", "198.51.100.7", None), ("2001:db8::1", "2001:db8::1", None),
        ("300.1.1.1", None, None), ("1.2.3.4:99999", "1.2.3.4", None), ("example.com", None, None),
        ("1:2:3:4:5:6:7::8:9:a", None, None), ("", None, None), ("1.2.3.4.5", None, None),
    ):  # fmt: skip
        event = one({**BLOB, "callerIpAddress": told})
        assert (event["src_endpoint_ip"], event["src_endpoint_port"]) == (address, port), told


def test_who_used_an_account_key_is_not_known_but_the_key_is() -> None:
    event = one(pair("azure_resource", "blob_was_deleted_with_a_key"))
    assert event["actor_user_name"] is None
    assert event["actor_user_credential_uid"] == "key1(EXAMPLEHASH)"


def test_properties_in_a_string_are_read_like_any_other() -> None:
    for name in ("secret_was_read", "gateway_passed_a_request", "firewall_denied_a_flow"):
        record = pair("azure_resource", name)
        string = {**record, "properties": json.dumps(record["properties"])}
        assert one(string) == one(record)


def test_nothing_of_any_kind_in_any_member_spoils_a_record() -> None:
    spoils_nothing("azure_resource")


def test_every_shared_sample_is_read() -> None:
    found = sample("azure-resource/plaso/azure_application_gateway_access.json")
    assert [source for source, _ in found] == ["azure_resource"] * 2
    assert [event["http_status"] for _, event in found] == [200, 400]
    assert [event["status"] for _, event in found] == ["success", "failure"]
    assert {event["src_endpoint_ip"] for _, event in found} == {"185.42.129.24"}


def test_intune_and_defender_of_detection_tests_are_read() -> None:
    for name in ("MicrosoftIntune.AuditLogs", "MicrosoftIntune.OperationalLogs",
                 "MicrosoftDefenderXDR.AdvancedHunting"):  # fmt: skip
        records = panther(name)
        found = told_of(joined(records))
        assert [source for source, _ in found] == ["azure_resource"] * len(records)
        for record, (_, event) in zip(records, found, strict=True):
            actor = record["properties"].get("Actor", {})
            assert event["api_operation"] == record["operationName"]
            assert event["actor_user_email"] == actor.get("UPN")
            assert event["cloud_org_uid"] == record["tenantId"]
