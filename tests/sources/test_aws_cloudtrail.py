"""What a CloudTrail record means, one thing at a time."""

from __future__ import annotations

from collections import Counter
from typing import Any

from actum.ocsf import ocsf_class
from actum.sources.aws_cloudtrail import resources
from actum.sources.aws_cloudtrail.operations import OPERATIONS, VERBS
from sources.world import event, events

ACCOUNT = "111122223333"


def who(**identity: Any) -> tuple[str | None, str | None, str | None]:
    found = event(userIdentity=identity)
    return found["actor_user_name"], found["actor_user_uid"], found["actor_session_uid"]


# What must not happen -----------------------------------------------------------------------------


NO_TIMES: list[object] = [
    "", "epoch", "infinity", "now", "2026-03-02", "2026-02-30T00:00:00Z", "2026-03-02T09:26:60Z",
    "0000-01-01T00:00:00Z", "-044-03-15T12:00:00Z", "9999-12-31T23:59:59Z",
    "2026-03-02T09:26:53 BC", "2026-03-02T09:26Z", "2026-03-02T09:26:53+99:00",
    "2026-03-02T0:0:0Z",
    "294247-01-10T04:00:54Z", "2026-03-02T09:26:53Z ", 1772443613, None, {},
]  # fmt: skip


def test_no_time_is_made_of_what_is_none() -> None:
    for time, found in zip(
        NO_TIMES, events([{"eventTime": each} for each in NO_TIMES]), strict=True
    ):
        assert found["time"] is None, time
        assert found["reason"] is None


TIMES = {
    "2026-03-02T09:26:53Z": "2026-03-02 09:26:53",
    "2026-03-02T09:26:53.5Z": "2026-03-02 09:26:53.500000",
    "2026-03-02T09:26:53.123456789Z": "2026-03-02 09:26:53.123456",
    "2026-03-02T09:26:53+02:00": "2026-03-02 07:26:53",
    "2026-03-02T09:26:53-0530": "2026-03-02 14:56:53",
    "2026-03-02 09:26:53": "2026-03-02 09:26:53",
}


def test_a_time_is_read_with_its_offset_and_fraction() -> None:
    found = events([{"eventTime": each} for each in TIMES])
    assert [str(each["time"]) for each in found] == list(TIMES.values())
    assert [each["original_time"] for each in found] == list(TIMES)


def test_no_session_is_read_out_of_a_principal_that_only_holds_colons() -> None:
    assert who(type="SAMLUser", principalId="q=:carol", userName="carol")[2] is None
    web = who(type="WebIdentityUser", principalId="accounts.google.com:app:7", userName="7")
    assert web == ("7", "accounts.google.com:app:7", None)


def test_nothing_empty_is_taken_for_a_value() -> None:
    found = event(
        userIdentity={"type": "Unknown", "arn": "", "principalId": "", "accessKeyId": ""},
        sourceIPAddress="", userAgent="", errorCode="", errorMessage="",
    )  # fmt: skip
    for name in (
        "actor_user_uid", "actor_user_name", "actor_user_credential_uid",
        "src_endpoint_ip", "src_endpoint_domain", "user_agent", "status_code",
    ):  # fmt: skip
        assert found[name] is None, name
    assert found["status"] == "success"


def test_a_policy_is_not_the_id_of_the_user_it_is_attached_to() -> None:
    policy = "arn:aws:iam::aws:policy/AdministratorAccess"
    found = event(
        eventSource="iam.amazonaws.com", eventName="AttachUserPolicy",
        requestParameters={"userName": "bob", "policyArn": policy},
    )  # fmt: skip
    assert (found["resource_name"], found["resource_type"]) == ("bob", "AWS::IAM::User")
    assert (found["resource_uid"], found["resources"]) == (None, [policy])


NO_ADDRESSES = [
    "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "::::", "AWS Internal", "a:b", "1::2::3",
]  # fmt: skip
ADDRESSES = [
    "192.0.2.1", "10.0.0.255", "::1", "2001:db8::8a2e:370:7334", "::ffff:192.0.2.1",
    "2001:db8:1:2:3:4:5:6", "::",
]  # fmt: skip


def test_what_is_no_address_is_a_domain() -> None:
    found = events([{"sourceIPAddress": each} for each in NO_ADDRESSES])
    assert [each["src_endpoint_ip"] for each in found] == [None] * len(NO_ADDRESSES)
    assert [each["src_endpoint_domain"] for each in found] == NO_ADDRESSES


def test_an_address_is_an_address() -> None:
    found = events([{"sourceIPAddress": each} for each in ADDRESSES])
    assert [each["src_endpoint_ip"] for each in found] == ADDRESSES


# Tables -------------------------------------------------------------------------------------------


def test_every_class_has_the_activity_it_is_given() -> None:
    for service, operation, class_uid, activity, _ in OPERATIONS.rows:
        assert activity in ocsf_class(int(str(class_uid))).activities, (service, operation)


def test_no_verb_and_no_operation_is_listed_twice() -> None:
    for rows, width in ((VERBS.rows, 1), (OPERATIONS.rows, 2)):
        assert [
            key for key, count in Counter(row[:width] for row in rows).items() if count > 1
        ] == []


def test_no_request_key_is_listed_twice_in_any_case() -> None:
    keys = [key.lower() for key, _ in resources.PARAMETERS]
    assert len(keys) == len(set(keys))


# Who ----------------------------------------------------------------------------------------------


def test_a_session_is_told_by_its_role_its_name_and_who_lent_it() -> None:
    issuer = {"arn": f"arn:aws:iam::{ACCOUNT}:role/path/deploy", "userName": "deploy"}
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/i-0abc"
    identity = {"type": "AssumedRole", "principalId": "AROAEXAMPLE:i-0abc", "arn": arn}
    assert who(**identity) == ("deploy", arn, "i-0abc")
    found = event(userIdentity={**identity, "sessionContext": {"sessionIssuer": issuer}})
    assert found["actor_session_issuer"] == issuer["arn"]
    assert who(type="AssumedRole", principalId="AROAEXAMPLE:s") == (
        "AROAEXAMPLE:s", "AROAEXAMPLE:s", "s",
    )  # fmt: skip


def test_those_nobody_can_name_are_told_by_what_is_known() -> None:
    assert who(type="AWSAccount", principalId="AIDAX", accountId="444455556666") == (
        "444455556666", "AIDAX", None,
    )  # fmt: skip
    anonymous = {"type": "AWSAccount", "principalId": "", "accountId": "ANONYMOUS_PRINCIPAL"}
    assert who(**anonymous) == ("anonymous", None, None)
    assert event(userIdentity=anonymous, recipientAccountId=None)["cloud_account_uid"] is None
    assert who(accountId=ACCOUNT) == (None, None, None)
    assert event(userIdentity=None)["actor_user_type"] is None


def test_a_service_is_told_by_the_name_it_acts_under() -> None:
    found = event(userIdentity={"accountId": ACCOUNT, "invokedBy": "AWS Internal"})
    assert (found["actor_user_name"], found["actor_user_type"]) == ("AWS Internal", "AWSService")


def test_users_named_besides_the_actor_are_found_with_the_one_acted_on_first() -> None:
    found = event(
        requestParameters={"userName": "mallory"},
        userIdentity={"type": "AssumedRole", "sessionContext": {"sourceIdentity": "alice"}},
    )
    assert found["any_user"] == ["mallory", "alice"]
    assert event()["any_user"] is None


# What, on what, and with what outcome -------------------------------------------------------------


ACTIONS: list[tuple[str, bool | None, str]] = [
    ("DescribeThings", True, "read"), ("DescribeThings", None, "read"),
    ("DescribeThings", False, "other"), ("Frobnicate", True, "read"),
    ("Frobnicate", False, "other"),
    ("BatchDeleteThings", False, "delete"), ("AdminCreateUser", False, "create"),
    ("REST.GET", None, "other"), ("EnableKey", False, "update"), ("createThing", False, "other"),
]  # fmt: skip


def test_the_kind_of_act_is_what_the_record_and_then_the_verb_say() -> None:
    asked = [
        {"eventSource": "x.amazonaws.com", "eventName": name, "readOnly": read_only}
        for name, read_only, _ in ACTIONS
    ]
    assert [each["action"] for each in events(asked)] == [action for *_, action in ACTIONS]


STATUSES: list[tuple[dict[str, Any], str]] = [
        ({}, "success"),
        ({"errorCode": "AccessDenied"}, "failure"),
        ({"errorMessage": "No updates are to be performed."}, "failure"),
        ({"eventType": "AwsServiceEvent"}, "unknown"),
        ({"eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin"}, "unknown"),
        ({"eventSource": "signin.amazonaws.com", "responseElements": {"ConsoleLogin": "Failure"}},
         "failure"),
        ({"eventSource": "signin.amazonaws.com", "responseElements": {"ExitRole": "Success"}},
         "success"),
        ({"eventSource": "signin.amazonaws.com", "eventType": "AwsServiceEvent",
          "serviceEventDetails": {"UserAuthentication": "Success"}}, "success"),
]  # fmt: skip


def test_the_outcome_is_what_is_stated() -> None:
    found = events([changed for changed, _ in STATUSES])
    assert [each["status"] for each in found] == [status for _, status in STATUSES]


NAMES = {
    "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/Deploy": "Deploy",
    "arn:aws:iam::111122223333:root": "root",
    "arn:aws:lambda:r:1:function:checkout:PROD": "checkout:PROD",
    "arn:aws:secretsmanager:r:1:secret:prod/db-AbCdEf": "prod/db-AbCdEf",
    "arn:aws:logs:r:1:log-group:/aws/lambda/x": "/aws/lambda/x",
    "arn:aws:sns:r:1:alerts": "alerts",
    "arn:aws:kms:r:1:key/1234": "1234",
    "arn:aws:s3:::bucket/a/b.txt": "bucket/a/b.txt",
    "arn:aws-cn:cloudtrail:cn-north-1:1:trail/all": "all",
    "arn:": "arn:",
}


def test_a_resource_is_named_by_what_its_arn_ends_in() -> None:
    asked = [{"requestParameters": None, "resources": [{"ARN": arn}]} for arn in NAMES]
    for found, (arn, name) in zip(events(asked), NAMES.items(), strict=True):
        assert (found["resource_uid"], found["resource_name"]) == (arn, name)


def test_names_with_any_characters_come_through() -> None:
    odd = 'o\'brien "x" \\ \t\n\u202e\u0000 日本 🚀 %s {0}'
    found = event(requestParameters={"bucketName": odd, "key": odd}, eventName=odd, errorCode=odd)
    assert (found["resource_name"], found["api_operation"]) == (f"{odd}/{odd}", odd)
    assert found["status_code"] == odd


def test_only_a_version_at_the_end_of_a_versioned_service_is_cut() -> None:
    cut = [
        ("lambda", "ListFunctions20150331", "ListFunctions"),
        ("lambda", "UpdateFunctionCode20150331v2", "UpdateFunctionCode"),
        ("cloudfront", "CreateDistribution2020_05_31", "CreateDistribution"),
        ("lambda", "Invoke", "Invoke"),
        ("other", "Get20150331", "Get20150331"),
    ]
    asked = [{"eventSource": f"{each[0]}.amazonaws.com", "eventName": each[1]} for each in cut]
    assert [each["api_operation"] for each in events(asked)] == [name for *_, name in cut]
