"""The shared samples, against a second reading in plain Python."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from datetime import datetime
from ipaddress import ip_address
from typing import Any

import pytest

from sources.world import claimed, documents, records_in, shared


def reference(told: dict[str, Any]) -> dict[str, Any]:
    """Who, what, when, where, from where and with what outcome, in plain Python."""
    identity = told.get("userIdentity") or {}
    kind, principal = identity.get("type"), identity.get("principalId") or ""
    issuer = ((identity.get("sessionContext") or {}).get("sessionIssuer")) or {}
    address = told.get("sourceIPAddress") or None
    try:
        ip_address(address or "")
        is_address = True
    except ValueError:
        is_address = False
    operation = told.get("eventName")
    if operation and told["eventSource"].split(".")[0] in {"lambda", "cloudfront"}:
        operation = re.sub(r"(20\d{6}(v\d+)?|20\d\d_\d\d_\d\d)$", "", operation)
    session = None
    if kind in {"AssumedRole", "FederatedUser", "AWSAccount", "Role"} and ":" in principal:
        session = principal.split(":")[1]
    name = identity.get("userName")
    if kind == "Root":
        name = "root"
    elif kind == "AssumedRole":
        name = issuer.get("userName") or identity["arn"].split("/")[1]
    elif kind == "FederatedUser":
        name = identity["arn"].split("/")[1]
    answer, details = told.get("responseElements"), told.get("serviceEventDetails")
    stated = {**(answer if isinstance(answer, dict) else {}), **(details or {})}
    status = "success"
    if told.get("errorCode") or told.get("errorMessage"):
        status = "failure"
    elif told.get("eventSource") == "signin.amazonaws.com":
        status = {"Success": "success", "Failure": "failure"}.get(
            str(stated.get(told["eventName"])), "unknown"
        )
    elif told.get("eventType") in {"AwsServiceEvent", "AwsCloudTrailInsight"}:
        status = "unknown"
    try:
        when = datetime.fromisoformat(told.get("eventTime") or told["@timestamp"])
    except ValueError:  # a template among the samples
        when = None
    found = {
        "time": when.replace(tzinfo=None) if when else None,
        "api_operation": operation,
        "actor_user_uid": identity.get("arn") or principal or None,
        "actor_session_uid": session,
        "actor_session_issuer": issuer.get("arn"),
        "actor_user_credential_uid": identity.get("accessKeyId") or None,
        "cloud_account_uid": told.get("recipientAccountId") or identity.get("accountId"),
        "cloud_region": told.get("awsRegion"),
        "src_endpoint_ip": address if is_address else None,
        "src_endpoint_domain": None if is_address else address,
        "user_agent": told.get("userAgent") or None,
        "status": status,
        "metadata_uid": told.get("eventID"),
    }
    if name and kind != "AWSAccount":
        found["actor_user_name"] = name
    return found


def test_every_record_of_the_shared_samples_is_read_as_a_second_reader_reads_it() -> None:
    told = [
        each
        for path, document in documents(shared("aws-cloudtrail"))
        if "ocsf-examples" not in path.parts or path.suffix == ".raw"
        for each in records_in(document)
    ]
    assert len(told) > 7_000
    found = claimed([json.dumps(each).encode() for each in told])
    for each, [only] in zip(told, found, strict=True):
        assert only["source"] == "aws_cloudtrail"
        assert only["reason"] is None
        expected = reference(each)
        assert {name: only[name] for name in expected} == expected, each


def test_who_made_users_stopped_logging_and_opened_buckets_in_a_known_attack() -> None:
    folder = shared("aws-cloudtrail/scenario-invictus-stratus-2023")
    told = [each for _, document in documents(folder) for each in records_in(document)]
    names = {"CreateUser", "StopLogging", "PutBucketPolicy"}
    told = [each for each in told if each["eventName"] in names]
    assert {each["eventName"] for each in told} == names
    for each, [only] in zip(told, claimed([json.dumps(one).encode() for one in told]), strict=True):
        asked = each["requestParameters"]
        target = asked.get("userName") or asked.get("bucketName") or asked.get("name")
        assert only["actor_user_name"] == each["userIdentity"]["userName"]
        assert only["actor_user_uid"] == each["userIdentity"]["arn"]
        assert only["resource_name"] == target.rpartition("/")[2]
        assert only["status"] == ("failure" if "errorCode" in each else "success")


def test_the_examples_of_the_vendors_pages_are_read() -> None:
    told: list[dict[str, Any]] = []
    for name in ("aws-cloudtrail/awsdocs", "aws-cloudtrail-insight/awsdocs"):
        for _, page in documents(shared(name)):
            with suppress(ValueError):  # some are fragments
                told += records_in(json.loads(page["text"]))
    assert len(told) >= 10
    insights = 0
    for each, [only] in zip(told, claimed([json.dumps(one).encode() for one in told]), strict=True):
        assert only["reason"] is None
        if each.get("eventType") == "AwsCloudTrailInsight":
            insights += 1
            assert only["api_operation"] == each["insightDetails"]["eventName"]
            assert only["metadata_correlation_uid"] == each["sharedEventID"]
            assert (only["class_uid"], only["status"]) == (2004, "unknown")
    assert insights


@pytest.mark.parametrize(
    ("folder", "inner"),
    [("plaso-lookup-events", "CloudTrailEvent"), ("custodian-eventbridge", "detail")],
)
def test_wrapped_samples_are_read_as_what_is_inside(folder: str, inner: str) -> None:
    told = [each for _, each in documents(shared(f"aws-cloudtrail/{folder}")) if inner in each]
    assert told
    for each, [only] in zip(told, claimed([json.dumps(one).encode() for one in told]), strict=True):
        inside = json.loads(each[inner]) if isinstance(each[inner], str) else each[inner]
        if not str(inside.get("eventVersion")).startswith("1."):
            assert only["source"] == "json"
            continue
        assert only["metadata_uid"] == inside["eventID"]
        assert only["original_time"] == inside["eventTime"]
        assert only["actor_user_uid"] == (
            inside["userIdentity"].get("arn") or only["actor_user_uid"]
        )


def test_what_s3_states_is_the_object_and_its_bucket() -> None:
    told = [
        each
        for _, document in documents(shared("aws-cloudtrail/s3-tree-sans504-2021-08-02"))
        for each in records_in(document)
        if each["eventSource"] == "s3.amazonaws.com" and "key" in (each["requestParameters"] or {})
    ]
    told = [each for each in told if each.get("resources")]
    assert told
    for each, [only] in zip(told, claimed([json.dumps(one).encode() for one in told]), strict=True):
        asked = each["requestParameters"]
        assert only["resource_name"] == f"{asked['bucketName']}/{asked['key']}"
        assert only["resource_uid"] == each["resources"][0]["ARN"]
        assert only["resource_type"] == each["resources"][0]["type"]
        assert len(only["resources"]) == len(each["resources"])
