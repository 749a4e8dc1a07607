"""The planted story: a few acts among millions, and the answers known beforehand.

On 2026-11-06 somebody uses a leaked key of ``ci-deploy`` from 203.0.113.66: looks around, makes a
user of their own, becomes ``OrgAdmin`` with that user's key, stops the trail ``org-trail``, empties
and deletes the bucket ``prod-invoices``, and deletes the user again.  A second trail, which the
intruder does not see, records it all.

Around it lies what makes real evidence hard: a benign look-alike the day before, a burst of failed
sign-ins, a host whose clock is wrong, a gap, a file delivered twice, a file cut short, names and
clients made to deceive, service events without an identity, an Insight pair, and one cross-account
act logged twice.

The story never varies, and ``answers`` knows it beforehand.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from actum.demo.answers import ANSWERS, BASE62, EAST, PROD, letters, second_of
from actum.demo.cast import assumed_role, iam_user
from actum.demo.oddities import oddities
from actum.demo.planted import CLI, Act, bucket_resource, call

__all__ = ["acts"]


@cache
def acts() -> tuple[Act, ...]:
    """Return every planted record, in order of delivery."""
    planted = [*_intrusion(), *_look_alike(), *oddities()]
    return tuple(sorted(planted, key=lambda act: act.second))


_CI: Final = iam_user(PROD, "ci-deploy", uid="AIDAEXAMPLECIDEPLOY77", key=ANSWERS.leaked_key)
_BACKUP: Final = iam_user(
    PROD, ANSWERS.made_user, uid="AIDAEXAMPLEBACKUPSVC7", key=ANSWERS.made_key
)
_ORG_ADMIN: Final = assumed_role(
    PROD,
    "OrgAdmin",
    "support-7",
    uid="AROAEXAMPLEORGADMIN77",
    key=ANSWERS.issued_key,
    created="2026-11-06T03:01:12Z",
)


def _denied(action: str, resource: str) -> tuple[str, str]:
    what = f"User: {ANSWERS.leaked_key_user} is not authorized to perform: {action}"
    return (
        "AccessDenied",
        f"{what} on resource: {resource} because no identity-based policy allows the action",
    )


def _intrusion() -> list[Act]:
    """Make the crime, in the order it happened."""
    out: dict[str, Any] = {"ip": ANSWERS.source_ip, "agent": CLI}
    user = {"userName": ANSWERS.made_user}
    role = f"arn:aws:iam::{PROD}:role/OrgAdmin"
    admin = "arn:aws:iam::aws:policy/AdministratorAccess"
    trail = f"arn:aws:cloudtrail:{EAST}:{PROD}:trail/{ANSWERS.trail}"
    first = [
        call("recon who", "06T02:41:05", _CI, "sts:GetCallerIdentity", **out),
        call("recon buckets", "06T02:41:52", _CI, "s3:ListBuckets", **out),
        call("recon users", "06T02:43:10", _CI, "iam:ListUsers", request={"maxItems": 100}, **out),
    ]
    refused = (
        ("06T02:44:02", "iam:GetAccountAuthorizationDetails", "*"),
        ("06T02:45:37", "organizations:ListAccounts", "*"),
        ("06T02:47:20", "secretsmanager:ListSecrets", "*"),
    )
    first += [
        call(f"recon refused {n}", when, _CI, action, error=_denied(action, on), **out)
        for n, (when, action, on) in enumerate(refused)
    ]
    first.append(
        call(
            "delete bucket refused",
            "06T02:49:31",
            _CI,
            "s3:DeleteBucket",
            request={"bucketName": ANSWERS.bucket, "Host": f"{ANSWERS.bucket}.s3.amazonaws.com"},
            error=_denied("s3:DeleteBucket", f"arn:aws:s3:::{ANSWERS.bucket}"),
            resources=bucket_resource(ANSWERS.bucket),
            **out,
        )
    )
    foothold = [
        call(
            "create user",
            "06T02:53:18",
            _CI,
            "iam:CreateUser",
            request=user,
            response={
                "user": {
                    "path": "/",
                    "userName": ANSWERS.made_user,
                    "userId": "AIDAEXAMPLEBACKUPSVC7",
                    "arn": f"arn:aws:iam::{PROD}:user/{ANSWERS.made_user}",
                    "createDate": "Nov 6, 2026, 2:53:18 AM",
                }
            },
            **out,
        ),
        call(
            "create key",
            "06T02:54:01",
            _CI,
            "iam:CreateAccessKey",
            request=user,
            response={
                "accessKey": {
                    "userName": ANSWERS.made_user,
                    "accessKeyId": ANSWERS.made_key,
                    "status": "Active",
                    "createDate": "Nov 6, 2026, 2:54:01 AM",
                }
            },
            **out,
        ),
        call(
            "attach policy",
            "06T02:55:44",
            _CI,
            "iam:AttachUserPolicy",
            request=user | {"policyArn": admin},
            **out,
        ),
        call("backup who", "06T02:59:50", _BACKUP, "sts:GetCallerIdentity", **out),
        call(
            "assume OrgAdmin",
            "06T03:01:12",
            _BACKUP,
            "sts:AssumeRole",
            request={"roleArn": role, "roleSessionName": "support-7", "durationSeconds": 3600},
            response={
                "credentials": {
                    "accessKeyId": ANSWERS.issued_key,
                    "sessionToken": "EXAMPLETOKEN" + letters("token", 32, BASE62) * 8,
                    "expiration": "Nov 6, 2026, 4:01:12 AM",
                },
                "assumedRoleUser": {
                    "assumedRoleId": "AROAEXAMPLEORGADMIN77:support-7",
                    "arn": ANSWERS.deleted_by_arn,
                },
            },
            resources=[{"accountId": PROD, "type": "AWS::IAM::Role", "ARN": role}],
            **out,
        ),
    ]
    objects = [f"2026/{month:02d}/invoices.parquet" for month in range(1, 11)]
    deed = [
        call("trails", "06T03:04:55", _ORG_ADMIN, "cloudtrail:DescribeTrails", **out),
        call(
            "stop logging",
            "06T03:05:40",
            _ORG_ADMIN,
            "cloudtrail:StopLogging",
            request={"name": trail},
            **out,
        ),
        *(
            call(
                f"delete object {n}",
                second_of("06T03:10:00") + 17 * n,
                _ORG_ADMIN,
                "s3:DeleteObject",
                request={"bucketName": ANSWERS.bucket, "key": key},
                resources=bucket_resource(ANSWERS.bucket, key=key),
                is_data=True,
                **out,
            )
            for n, key in enumerate(objects)
        ),
        call(
            "delete bucket",
            "06T03:14:09",
            _ORG_ADMIN,
            "s3:DeleteBucket",
            request={"bucketName": ANSWERS.bucket, "Host": f"{ANSWERS.bucket}.s3.amazonaws.com"},
            resources=bucket_resource(ANSWERS.bucket),
            **out,
        ),
        call(
            "detach policy",
            "06T03:22:30",
            _ORG_ADMIN,
            "iam:DetachUserPolicy",
            request=user | {"policyArn": admin},
            **out,
        ),
        call(
            "delete key",
            "06T03:23:02",
            _ORG_ADMIN,
            "iam:DeleteAccessKey",
            request=user | {"accessKeyId": ANSWERS.made_key},
            **out,
        ),
        call("delete user", "06T03:23:47", _ORG_ADMIN, "iam:DeleteUser", request=user, **out),
    ]
    return [*first, *foothold, *deed]


def _look_alike() -> list[Act]:
    """Make the same operations the day before, done by someone whose work it is."""
    key = "ASIAEXAMPLE" + letters("alice", 9)
    role = "AWSReservedSSO_PlatformAdmin_0123456789abcdef"
    who = assumed_role(
        PROD,
        role,
        ANSWERS.benign_user,
        uid="AROAEXAMPLEPLATFORM77",
        key=key,
        created="2026-11-05T09:58:31Z",
        mfa="true",
        path="/aws-reserved/sso.amazonaws.com/",
    )
    out: dict[str, Any] = {"ip": ANSWERS.benign_ip, "agent": CLI}
    trail = {"name": f"arn:aws:cloudtrail:{EAST}:{PROD}:trail/dev-trail"}
    token = {
        "accessKeyId": key,
        "sessionToken": "EXAMPLETOKEN" + letters("alice token", 32, BASE62) * 8,
        "expiration": "Nov 5, 2026, 5:58:31 PM",
    }
    saml = {
        "type": "SAMLUser",
        "principalId": "EXAMPLESAML:alice@example.com",
        "userName": ANSWERS.benign_user,
        "identityProvider": "EXAMPLESAML",
    }
    return [
        call(
            "alice signs on",
            "05T09:58:31",
            saml,
            "sts:AssumeRoleWithSAML",
            request={
                "roleArn": f"arn:aws:iam::{PROD}:role/aws-reserved/sso.amazonaws.com/{role}",
                "roleSessionName": ANSWERS.benign_user,
                "principalArn": f"arn:aws:iam::{PROD}:saml-provider/EXAMPLE",
            },
            response={
                "credentials": token,
                "assumedRoleUser": {
                    "assumedRoleId": f"AROAEXAMPLEPLATFORM77:{ANSWERS.benign_user}",
                    "arn": who["arn"],
                },
            },
            ip=ANSWERS.benign_ip,
            agent="aws-internal/3",
        ),
        call("alice stops", "05T10:02:10", who, "cloudtrail:StopLogging", request=trail, **out),
        call("alice updates", "05T10:06:41", who, "cloudtrail:UpdateTrail", request=trail, **out),
        call("alice starts", "05T10:07:22", who, "cloudtrail:StartLogging", request=trail, **out),
        call(
            "alice deletes",
            "05T10:31:55",
            who,
            "s3:DeleteBucket",
            request={
                "bucketName": ANSWERS.benign_bucket,
                "Host": f"{ANSWERS.benign_bucket}.s3.amazonaws.com",
            },
            resources=bucket_resource(ANSWERS.benign_bucket),
            **out,
        ),
    ]
