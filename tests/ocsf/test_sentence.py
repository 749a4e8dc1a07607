"""Every event is told in one English sentence, from its columns alone."""

from __future__ import annotations

import pytest

from actum.ocsf import sentence

ALICE = {"actor_user_type": "IAMUser", "actor_user_name": "alice", "status": "success"}
ROLE = {
    "actor_user_type": "AssumedRole",
    "actor_user_name": "deploy",
    "actor_session_uid": "i-0ab",
    "status": "success",
}


def _on(name: str, kind: str = "") -> dict[str, object]:
    return {"resource_name": name, "resource_type": kind or None}


CASES = {
    # nothing to tell, first
    "nothing stated": ({}, "an unknown actor did something its record does not name"),
    "unread": (
        {"reason": "not JSON", "source": "aws.cloudtrail"},
        "an unread record: not JSON",
    ),
    "no operation": (ALICE, "user alice did something its record does not name"),
    "unknown verb": (ALICE | {"api_operation": "Frobnicate"}, "user alice called Frobnicate"),
    "foreign grammar": (
        ALICE | {"api_operation": "galaxy.telepathy.begun"},
        "user alice called galaxy.telepathy.begun",
    ),
    # outcomes
    "success": (
        ALICE | {"api_operation": "DeleteBucket"} | _on("prod-invoices"),
        "user alice deleted bucket prod-invoices",
    ),
    "refused": (
        ROLE
        | {"api_operation": "DeleteBucket", "status": "failure", "status_code": "AccessDenied"}
        | _on("x", "AWS::S3::Bucket"),
        "role deploy (session i-0ab) tried to delete bucket x: AccessDenied",
    ),
    "failed without a code": (
        ALICE | {"api_operation": "CreateUser", "status": "failure", "status_detail": "Too many"},
        "user alice tried to create a user: Too many",
    ),
    "failed without a word": (
        ALICE | {"api_operation": "CreateUser", "status": "failure"},
        "user alice tried to create a user in vain",
    ),
    "outcome unknown": (
        ALICE | {"api_operation": "CreateUser", "status": "unknown"},
        "user alice created a user (outcome unknown)",
    ),
    # sign-in
    "root signs in": (
        {
            "actor_user_type": "Root",
            "api_operation": "ConsoleLogin",
            "actor_session_mfa": False,
            "status": "success",
        },
        "root signed in to the console without MFA",
    ),
    "sign-in with MFA": (
        ALICE | {"api_operation": "ConsoleLogin", "actor_session_mfa": True},
        "user alice signed in to the console with MFA",
    ),
    "sign-in, MFA unstated": (
        ALICE | {"api_operation": "ConsoleLogin"},
        "user alice signed in to the console",
    ),
    "failed sign-in": (
        {
            "actor_user_type": "IAMUser",
            "actor_user_name": "bob",
            "api_operation": "ConsoleLogin",
            "status": "failure",
            "status_detail": "Failed authentication",
        },
        "user bob failed to sign in: Failed authentication",
    ),
    # actors
    "service for a role": (
        {
            "actor_user_type": "AssumedRole",
            "actor_user_name": "x",
            "actor_invoked_by": "ec2.amazonaws.com",
            "api_operation": "AssumeRole",
        }
        | _on("y"),
        "service ec2.amazonaws.com for role x assumed role y",
    ),
    "service": (
        {
            "actor_user_type": "AWSService",
            "actor_invoked_by": "lambda.amazonaws.com",
            "api_operation": "AssumeRole",
        },
        "service lambda.amazonaws.com assumed a role",
    ),
    "service event without identity": (
        {"src_endpoint_domain": "kms.amazonaws.com", "api_operation": "RotateKey"} | _on("k"),
        "service kms.amazonaws.com rotated key k",
    ),
    "anonymous": (
        {
            "actor_user_type": "AWSAccount",
            "actor_user_account_uid": "ANONYMOUS_PRINCIPAL",
            "api_operation": "GetObject",
        }
        | _on("public", "AWS::S3::Bucket"),
        "an anonymous caller read an object in bucket public",
    ),
    "another account": (
        {
            "actor_user_type": "AWSAccount",
            "actor_user_account_uid": "222233334444",
            "api_operation": "GetCallerIdentity",
        },
        "account 222233334444 asked who it is",
    ),
    "federated": (
        {
            "actor_user_type": "FederatedUser",
            "actor_user_name": "eve",
            "api_operation": "ListBuckets",
        },
        "federated user eve listed buckets",
    ),
    "SAML": (
        {
            "actor_user_type": "SAMLUser",
            "actor_user_name": "eve@example.com",
            "api_operation": "AssumeRoleWithSAML",
        }
        | _on("Admin"),
        "SAML user eve@example.com assumed role Admin by SAML",
    ),
    "name from the uid": (
        {
            "actor_user_type": "IAMUser",
            "actor_user_uid": "arn:aws:iam::111122223333:user/carol",
            "api_operation": "ListUsers",
        },
        "user carol listed users",
    ),
    "a kind of another source": (
        {
            "actor_user_type": "ServiceAccount",
            "actor_user_name": "ci",
            "api_operation": "delete",
        }
        | _on("web", "pods"),
        "service account ci deleted pod web",
    ),
    # objects
    "version suffix": (
        ALICE | {"api_operation": "ListFunctions20150331"},
        "user alice listed functions",
    ),
    "version suffix with v": (
        ALICE
        | {"api_operation": "UpdateFunctionCode20150331v2"}
        | _on("pay", "AWS::Lambda::Function"),
        "user alice updated the code of function pay",
    ),
    "acronym": (
        ALICE | {"api_operation": "DescribeDBInstances"},
        "user alice looked at DB instances",
    ),
    "article before a vowel sound": (
        ALICE | {"api_operation": "CreateMFADevice"},
        "user alice created an MFA device",
    ),
    "attached to": (
        ALICE | {"api_operation": "AttachUserPolicy"} | _on("backup-svc", "AWS::IAM::User"),
        "user alice attached a policy to user backup-svc",
    ),
    "detached from": (
        ALICE | {"api_operation": "DetachRolePolicy"} | _on("deploy", "AWS::IAM::Role"),
        "user alice detached a policy from role deploy",
    ),
    "belonging to": (
        ALICE | {"api_operation": "PutBucketPolicy"} | _on("b", "AWS::S3::Bucket"),
        "user alice put the policy of bucket b",
    ),
    "made for": (
        ALICE | {"api_operation": "CreateAccessKey"} | _on("backup-svc", "AWS::IAM::User"),
        "user alice created an access key for user backup-svc",
    ),
    "one to another": (
        ALICE | {"api_operation": "AddUserToGroup", "any_user": ["bob"]} | _on("admins"),
        "user alice added user bob to group admins",
    ),
    "one of many": (
        ALICE | {"api_operation": "ListTagsForResource"},
        "user alice listed tags for a resource",
    ),
    "stop logging": (
        ALICE | {"api_operation": "StopLogging"} | _on("org-trail", "AWS::CloudTrail::Trail"),
        "user alice stopped logging of trail org-trail",
    ),
    "name from an ARN": (
        ALICE
        | {
            "api_operation": "StopLogging",
            "resource_uid": "arn:aws:cloudtrail:us-east-1:111122223333:trail/org-trail",
        },
        "user alice stopped logging of trail org-trail",
    ),
    "key": (
        ROLE | {"api_operation": "Decrypt"} | _on("1234", "AWS::KMS::Key"),
        "role deploy (session i-0ab) decrypted with key 1234",
    ),
    "batch": (
        ALICE | {"api_operation": "BatchGetImage"} | _on("app", "AWS::ECR::Repository"),
        "user alice read an image in repository app",
    ),
    "dotted, past": (
        ALICE | {"api_operation": "invoice.deleted"} | _on("17"),
        "user alice deleted invoice 17",
    ),
    "dotted, verb": (
        ALICE | {"api_operation": "repo.create"} | _on("site"),
        "user alice created repo site",
    ),
    # findings and Actum's own
    "insight": (
        {
            "class_uid": 2004,
            "activity_id": 1,
            "metadata_product": "CloudTrail Insights",
            "api_service_name": "iam.amazonaws.com",
            "api_operation": "DeleteUser",
        },
        "CloudTrail Insights reported unusual use of iam.amazonaws.com DeleteUser",
    ),
    "insight over": (
        {"class_uid": 2004, "activity_id": 3},
        "a detector reported the end of unusual use",
    ),
    "delivery": (
        {"source": "actum", "api_operation": "delivery"} | _on("AWSLogs/a.json.gz"),
        "Actum read delivery AWSLogs/a.json.gz",
    ),
    "control": (
        {"source": "actum", "api_operation": "log.created"} | _on("main"),
        "Actum created log main",
    ),
    # values
    "escaped": (
        ALICE | {"api_operation": "DeleteObject"} | _on("gpj\u202e\x1b[2J"),
        "user alice deleted object gpj\\u202e\\u001b[2J",
    ),
}


@pytest.mark.parametrize(("event", "told"), CASES.values(), ids=CASES.keys())
def test_an_event_is_told(event: dict[str, object], told: str) -> None:
    assert sentence(event) == told


def test_a_long_value_is_cut_and_says_so() -> None:
    told = sentence(ALICE | {"api_operation": "DeleteBucket"} | _on("x" * 500))
    assert told == "user alice deleted bucket " + "x" * 119 + "…"
    hostile = sentence(ALICE | {"api_operation": "DeleteBucket"} | _on("\u202e" * 500))
    assert len(hostile) <= len("user alice deleted bucket ") + 120
    assert hostile.endswith("\\u202e…")
