"""What makes real evidence hard to read, planted around the story.

A burst of failed sign-ins, a host whose clock is wrong, the edges of a gap, records that arrive
twice or cut short, names and clients made to deceive, service events without an identity, an
Insight pair, and one cross-account act logged twice.
"""

from __future__ import annotations

from typing import Any, Final

from actum.demo.answers import (
    ANSWERS,
    ARCHIVE,
    BASE62,
    CUT_AT,
    DATA,
    EAST,
    GAP,
    PROD,
    SHARED,
    TWICE_AT,
    TWICE_REGION,
    letters,
    second_of,
    uuid_of,
)
from actum.demo.cast import assumed_role, iam_user, stamp, tls
from actum.demo.planted import CLI, Act, bucket_resource, call

__all__ = ["cut_short", "oddities"]

_CUT_COUNT: Final = 40
_FIREFOX: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"


def oddities() -> list[Act]:
    """Make every planted record that is not part of the story itself."""
    return [
        *_sign_ins(),
        *_skewed_host(),
        *_gap_edges(),
        *_delivered_twice(),
        *_hostile(),
        *_service_events(),
        *_insight(),
        *_cross_account(),
    ]


def _sign_ins() -> list[Act]:
    """Twelve failed sign-ins, one under a name AWS hides, then root without a second factor."""
    planted = []
    for n in range(ANSWERS.failed_logins):
        is_hidden = n == 4
        name = "HIDDEN_DUE_TO_SECURITY_REASONS" if is_hidden else ANSWERS.failed_login_user
        who = {
            "type": "IAMUser",
            "principalId": "" if is_hidden else "AIDAEXAMPLEBOB7777777",
            "accountId": PROD,
            "accessKeyId": "",
            "userName": name,
        }
        why = "No username found in supplied account" if is_hidden else "Failed authentication"
        planted.append(_sign_in(f"bob fails {n}", second_of("05T22:17:00") + 9 * n, who, why))
    root = {
        "type": "Root",
        "principalId": "333344445555",
        "arn": "arn:aws:iam::333344445555:root",
        "accountId": SHARED,
        "accessKeyId": "",
    }
    planted.append(_sign_in("root signs in", second_of("03T08:05:12"), root, None, account=SHARED))
    return planted


def _sign_in(
    label: str, second: int, who: dict[str, Any], why: str | None, *, account: str = PROD
) -> Act:
    act = call(
        label,
        second,
        who,
        "signin:ConsoleLogin",
        ip=ANSWERS.failed_login_ip if why else "198.51.100.20",
        agent=_FIREFOX,
        account=account,
        response={"ConsoleLogin": "Failure" if why else "Success"},
        more={
            "readOnly": False,
            "eventType": "AwsConsoleSignIn",
            "additionalEventData": {
                "LoginTo": "https://console.aws.amazon.com/console/home?isauthcode=true",
                "MobileVersion": "No",
                "MFAUsed": "No",
            },
            "tlsDetails": tls("signin.aws.amazon.com"),
        }
        | ({"errorMessage": why} if why else {}),
    )
    del act.record["requestID"]  # sign-in events have none
    return act


def _skewed_host() -> list[Act]:
    """Make a host whose clock runs seven minutes ahead of what it is delivered with."""
    who = assumed_role(
        PROD,
        "web-node",
        ANSWERS.skewed_session,
        uid="AROAEXAMPLEWEBNODE777",
        key="ASIAEXAMPLE" + letters("web node", 9),
        created="2026-11-03T13:00:00Z",
        is_instance=True,
    )
    planted = []
    for n in range(ANSWERS.skewed_events):
        second = second_of("03T13:20:00") + 60 * n
        act = call(
            f"skewed {n}",
            second + ANSWERS.skew_seconds,
            who,
            "ssm:UpdateInstanceInformation",
            ip="10.20.30.41",
            agent="aws-sdk-go/1.55.8 (go1.24.6; linux; amd64) amazon-ssm-agent/",
            region="eu-central-1",
            request={
                "instanceId": ANSWERS.skewed_session,
                "agentVersion": "3.3.2299.0",
                "platformType": "Linux",
                "agentName": "amazon-ssm-agent",
            },
        )
        planted.append(Act(second, act.record))
    return planted


def _monitor(account: str, name: str) -> dict[str, Any]:
    return assumed_role(
        account,
        name,
        "monitor",
        uid="AROAEXAMPLEMONITOR777",
        key="ASIAEXAMPLE" + letters(f"{account}/{name}", 9),
        created="2026-11-04T00:00:00Z",
    )


def _gap_edges() -> list[Act]:
    """Make the last event before the gap and the first after it."""
    who = _monitor(PROD, "TrailMonitor")
    return [
        call(
            f"gap edge {n}",
            second,
            who,
            "cloudtrail:GetTrailStatus",
            ip="10.0.8.15",
            agent="Boto3/1.40.61 md/Botocore#1.40.61 lang/python#3.12.11",
            request={"name": "audit-trail"},
        )
        for n, second in enumerate(GAP)
    ]


def _delivered_twice() -> list[Act]:
    who = _monitor(ARCHIVE, "ArchiveMonitor")
    return [
        call(
            f"twice {n}",
            TWICE_AT - 5 * (ANSWERS.duplicate_records - n),
            who,
            "s3:GetBucketVersioning",
            ip="10.0.9.15",
            agent="Boto3/1.40.61 md/Botocore#1.40.61 lang/python#3.12.11",
            account=ARCHIVE,
            region=TWICE_REGION,
            request={"bucketName": f"org-trail-archive-{n}"},
            resources=bucket_resource(f"org-trail-archive-{n}", ARCHIVE),
        )
        for n in range(ANSWERS.duplicate_records)
    ]


def cut_short() -> list[dict[str, Any]]:
    """Return the records of the file that arrives cut short: none of them can be counted on."""
    who = _monitor(SHARED, "InventoryMonitor")
    return [
        call(
            f"cut {n}",
            CUT_AT - 4 * (_CUT_COUNT - n),
            who,
            "ec2:DescribeInstances",
            ip="10.0.7.15",
            agent="Boto3/1.40.61 md/Botocore#1.40.61 lang/python#3.12.11",
            account=SHARED,
            region="ap-southeast-2",
            request={
                "instancesSet": {
                    "items": [{"instanceId": f"i-{letters(str(n), 17, 'abcdef0123456789')}"}]
                }
            },
        ).record
        for n in range(_CUT_COUNT)
    ]


def _hostile() -> list[Act]:
    """Names and clients chosen to deceive whoever shows, opens or queries them."""
    public = "public-downloads"
    anonymous = {"type": "AWSAccount", "principalId": "", "accountId": "ANONYMOUS_PRINCIPAL"}
    keys_and_agents = [
        ("report-\u202egpj.exe", "curl/8.14.1"),
        ("readme.txt", "<script>alert(document.cookie)</script>"),
        ("=cmd()|'/k'!A0.csv", "+1-1;@SUM(A1)"),
        ("log.txt", "\x1b[2J\x1b[31mno events found\x1b[0m"),
        ("data.csv", "'; DROP TABLE events; --"),
        ("ad\u200bmin/..%2f..%2fetc/hosts", "a\r\nSet-Cookie: x=1"),
        ("名簿/山田太郎.csv", "Zoë’s browser/1.0 ☂"),
        ('"quoted", and\ttabbed.csv', "${7*7}{{7*7}}%s%n"),
    ]
    planted = [
        call(
            f"hostile {n}",
            second_of("04T19:02:00") + 31 * n,
            anonymous,
            "s3:GetObject",
            ip="192.0.2.201",
            agent=agent,
            account=DATA,
            request={"bucketName": public, "Host": f"{public}.s3.amazonaws.com", "key": key},
            resources=bucket_resource(public, DATA, key),
            is_data=True,
        )
        for n, (key, agent) in enumerate(keys_and_agents)
    ]
    for n, name in enumerate(("zoë.müller", "山田太郎", "o'brien", "ali\u0441e")):  # a Cyrillic с
        who = iam_user(
            DATA, name, uid=f"AIDAEXAMPLEUNICODE77{n}", key="AKIAEXAMPLE" + letters(name, 9)
        )
        planted.append(
            call(
                f"unicode {n}",
                second_of("04T09:40:00") + 77 * n,
                who,
                "iam:GetUser",
                ip="198.51.100.61",
                agent=CLI,
                account=DATA,
                request={"userName": name},
            )
        )
    return planted


def _service_events() -> list[Act]:
    """Things AWS does by itself: the identity has no type."""
    planted = []
    for n, (service, name) in enumerate(
        (("kms", "RotateKey"), ("secretsmanager", "SecretVersionDeletion"))
    ):
        act = call(
            f"service event {n}",
            second_of("07T04:00:00") + 600 * n,
            {"accountId": PROD, "invokedBy": "AWS Internal"},
            f"{service}:{name}",
            ip="AWS Internal",
            agent="AWS Internal",
            more={
                "eventType": "AwsServiceEvent",
                "serviceEventDetails": {"resource": f"example-{service}-{n}"},
            },
        )
        del act.record["tlsDetails"]
        planted.append(act)
    return planted


def _insight() -> list[Act]:
    """CloudTrail's own alarm about the deletions, as it starts and as it ends."""
    planted = []
    for state, when in (("Start", "06T03:10:00"), ("End", "06T03:16:00")):
        second = second_of(when)
        record = {
            "eventVersion": "1.11",
            "eventTime": stamp(second),
            "awsRegion": EAST,
            "eventID": uuid_of(f"insight {state}"),
            "eventType": "AwsCloudTrailInsight",
            "recipientAccountId": PROD,
            "sharedEventID": ANSWERS.insight_pair,
            "insightDetails": {
                "state": state,
                "eventSource": "s3.amazonaws.com",
                "eventName": "DeleteObject",
                "insightType": "ApiCallRateInsight",
                "insightContext": {
                    "statistics": {
                        "baseline": {"average": 0.0020833333},
                        "insight": {"average": 1.6666666667},
                        **({"insightDuration": 6} if state == "End" else {}),
                        "baselineDuration": 11520,
                    },
                    "attributions": [
                        {
                            "attribute": "userIdentityArn",
                            "insight": [{"value": ANSWERS.deleted_by_arn, "average": 1.6666666667}],
                            "baseline": [],
                        }
                    ],
                },
            },
            "eventCategory": "Insight",
        }
        planted.append(Act(second, record))
    return planted


def _cross_account() -> list[Act]:
    """One act in two accounts' logs: different ids, one shared."""
    role = f"arn:aws:iam::{SHARED}:role/ReadOnlyAudit"
    caller = assumed_role(
        DATA,
        "deploy",
        "pipeline-42",
        uid="AROAEXAMPLEDEPLOY7777",
        key="ASIAEXAMPLE" + letters("deploy", 9),
        created="2026-11-03T15:00:00Z",
    )
    seen = {"type": "AWSAccount", "principalId": "AROAEXAMPLEDEPLOY7777:pipeline-42"}
    body: dict[str, Any] = {
        "request": {"roleArn": role, "roleSessionName": "audit-42"},
        "response": {
            "credentials": {
                "accessKeyId": "ASIAEXAMPLE" + letters("audit 42", 9),
                "sessionToken": "EXAMPLETOKEN" + letters("audit token", 32, BASE62) * 8,
                "expiration": "Nov 3, 2026, 4:12:09 PM",
            },
            "assumedRoleUser": {
                "assumedRoleId": "AROAEXAMPLEREADONLY77:audit-42",
                "arn": f"arn:aws:sts::{SHARED}:assumed-role/ReadOnlyAudit/audit-42",
            },
        },
        "resources": [{"accountId": SHARED, "type": "AWS::IAM::Role", "ARN": role}],
        "more": {"sharedEventID": ANSWERS.cross_account_pair},
        "ip": "10.30.4.18",
        "agent": "Boto3/1.40.61 md/Botocore#1.40.61 lang/python#3.12.11",
    }
    when = "03T15:12:09"
    return [
        call("cross from", when, caller, "sts:AssumeRole", account=DATA, **body),
        call(
            "cross to", when, seen | {"accountId": DATA}, "sts:AssumeRole", account=SHARED, **body
        ),
    ]
