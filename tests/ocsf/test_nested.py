"""A flat event becomes a valid nested one, without inventing or losing a value."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from actum.ocsf import COLUMNS, problems, to_ocsf

FLAT: dict[str, object] = {
    "index": 7,
    "part": 0,
    "source": "aws.cloudtrail",
    "mapping": 1,
    "time": datetime(2026, 11, 6, 3, 14, 9),
    "original_time": "2026-11-06T03:14:09Z",
    "received_time": 1_794_000_000_123_456,
    "class_uid": 6003,
    "activity_id": 4,
    "type_uid": 600304,
    "severity_id": 1,
    "action": "delete",
    "api_operation": "DeleteBucket",
    "api_service_name": "s3.amazonaws.com",
    "actor_user_name": "OrgAdmin",
    "actor_user_type": "AssumedRole",
    "actor_session_uid": "sync",
    "actor_session_mfa": False,
    "actor_user_email": None,
    "resource_uid": "arn:aws:s3:::prod-invoices",
    "resource_name": "prod-invoices",
    "resource_type": "AWS::S3::Bucket",
    "resources": ["arn:aws:s3:::prod-invoices", "arn:aws:kms:::key/1"],
    "cloud_provider": "AWS",
    "cloud_account_uid": "111122223333",
    "cloud_region": "us-east-1",
    "metadata_product": "CloudTrail",
    "metadata_uid": "e1",
    "src_endpoint_ip": "203.0.113.66",
    "user_agent": "aws-cli/2.15",
    "status": "success",
    "any_ip": [],
}


def _nested(**changes: object) -> dict[str, Any]:
    return to_ocsf(FLAT | changes)


def test_an_event_of_nothing_invents_nothing() -> None:
    nested: dict[str, Any] = to_ocsf({})
    assert nested["class_uid"] == nested["activity_id"] == nested["severity_id"] == 0
    assert nested["metadata"] == {"version": "1.8.0", "product": {"name": "unknown"}}
    assert "unmapped" not in nested
    assert problems(nested) == ["time is required and missing"]


def test_a_record_that_was_not_read_is_a_base_event_with_its_reason() -> None:
    nested = _nested(reason="not JSON")
    assert (nested["class_uid"], nested["type_uid"]) == (0, 0)
    assert nested["unmapped"]["actum"]["reason"] == "not JSON"
    assert nested["unmapped"]["resources"][0]["name"] == "prod-invoices"
    assert problems(nested) == []


def test_the_whole_of_an_event() -> None:
    nested = _nested()
    assert problems(nested) == []
    assert nested["time"] == 1_793_934_849_000
    assert nested["metadata"] == {
        "version": "1.8.0",
        "product": {"name": "CloudTrail", "vendor_name": "AWS"},
        "uid": "e1",
        "original_time": "2026-11-06T03:14:09Z",
        "logged_time": 1_794_000_000_123,
        "profiles": ["cloud"],
    }
    assert nested["type_name"] == "API Activity: Delete"
    assert nested["category_name"] == "Application Activity"
    assert (nested["status_id"], nested["status"]) == (1, "Success")
    assert nested["actor"] == {
        "user": {"name": "OrgAdmin", "type": "AssumedRole", "type_id": 99},
        "session": {"uid": "sync", "is_mfa": False},
    }
    assert nested["resources"] == [
        {"uid": "arn:aws:s3:::prod-invoices", "name": "prod-invoices", "type": "AWS::S3::Bucket"},
        {"uid": "arn:aws:kms:::key/1"},
    ]
    assert nested["unmapped"] == {
        "actum": {
            "index": 7,
            "part": 0,
            "source": "aws.cloudtrail",
            "mapping": 1,
            "action": "delete",
        }
    }


def test_no_stated_value_is_lost() -> None:
    stated: dict[str, object] = {
        column.name: f"value of {column.name}"
        for column in COLUMNS
        if column.kind == "VARCHAR" and column.name not in ("reason", "status")
    }
    for uid in (0, 3001, 3002, 3005, 3006, 6003, 6005):
        told = repr(to_ocsf(stated | {"class_uid": uid}))
        assert [name for name, value in stated.items() if f"{value!r}" not in told] == []


@pytest.mark.parametrize("zone", [None, UTC])
def test_a_time_before_1970_and_one_with_a_zone_keep_their_milliseconds(zone: Any) -> None:
    assert _nested(time=datetime(1969, 12, 31, 23, 59, 59, 999_000, zone))["time"] == -1
    assert _nested(time=-1)["time"] == -1
    assert _nested(time=0)["time"] == 0


@pytest.mark.parametrize(
    ("changes", "key", "value"),
    [
        pytest.param(
            {"class_uid": 3002, "activity_id": 1},
            "user",
            {"name": "OrgAdmin", "type": "AssumedRole", "type_id": 99},
            id="who signs in",
        ),
        pytest.param(
            {"class_uid": 3001, "activity_id": 6, "any_user": ["bob"]},
            "user",
            {"name": "bob"},
            id="who is changed",
        ),
        pytest.param(
            {
                "class_uid": 3005,
                "activity_id": 1,
                "any_user": ["arn:aws:iam::1:user/bob"],
                "resources": ["arn:aws:iam::aws:policy/AdministratorAccess"],
            },
            "privileges",
            ["arn:aws:iam::aws:policy/AdministratorAccess"],
            id="what was granted",
        ),
        pytest.param(
            {"class_uid": 3006, "resource_type": "AWS::IAM::Group", "activity_id": 3},
            "group",
            {"uid": "arn:aws:s3:::prod-invoices", "name": "prod-invoices"},
            id="which group",
        ),
        pytest.param(
            {"class_uid": 6005, "activity_id": 7},
            "databucket",
            {"uid": "arn:aws:s3:::prod-invoices", "name": "prod-invoices", "type_id": 1},
            id="which store",
        ),
        pytest.param(
            {"class_uid": 2004, "activity_id": 1, "metadata_correlation_uid": "pair"},
            "finding_info",
            {"uid": "pair", "title": "DeleteBucket"},
            id="which finding",
        ),
    ],
)
def test_what_a_class_requires_is_taken_from_the_columns_that_say_it(
    changes: dict[str, object], key: str, value: object
) -> None:
    nested = _nested(**changes)
    assert nested[key] == value
    assert problems(nested) == []


def test_a_host_needs_its_profile_and_gets_it() -> None:
    nested = _nested(device_hostname="web-1")
    assert nested["metadata"]["profiles"] == ["cloud", "host"]
    assert problems(nested) == []
