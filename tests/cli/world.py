"""A small true world: five acts in two deliveries of CloudTrail, told as CloudTrail tells them."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT = "111122223333"


def act(
    operation: str, when: str, *, service: str = "s3", name: str = "alice", bucket: str = "",
    role: str = "",
    error: str = "", ip: str = "203.0.113.7", number: int = 0,
    client: str = "aws-cli/2", **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """Tell one act."""
    identity: dict[str, Any] = {
        "type": "IAMUser", "principalId": "AIDAEXAMPLE", "accountId": ACCOUNT, "userName": name,
        "arn": f"arn:aws:iam::{ACCOUNT}:user/{name}", "accessKeyId": "AKIAEXAMPLE000000001",
    }  # fmt: skip
    if role:
        identity = {
            "type": "AssumedRole", "principalId": f"AROAEXAMPLE:{name}", "accountId": ACCOUNT,
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}",
            "accessKeyId": "ASIAEXAMPLE000000002",
            "sessionContext": {
                "attributes": {"mfaAuthenticated": "false", "creationDate": "2024-05-01T00:00:00Z"},
                "sessionIssuer": {
                    "type": "Role", "principalId": "AROAEXAMPLE", "accountId": ACCOUNT,
                    "arn": f"arn:aws:iam::{ACCOUNT}:role/{role}", "userName": role,
                },
            },
        }  # fmt: skip
    record = {
        "eventVersion": "1.11", "userIdentity": identity, "eventTime": when,
        "eventSource": f"{service}.amazonaws.com", "eventName": operation,
        "awsRegion": "eu-west-1", "sourceIPAddress": ip, "userAgent": client,
        "requestParameters": {"bucketName": bucket} if bucket else None, "responseElements": None,
        "requestID": f"REQ{number:013}", "eventID": f"00000000-0000-4000-8000-{number:012}",
        "readOnly": False, "eventType": "AwsApiCall", "managementEvent": True,
        "recipientAccountId": ACCOUNT, "eventCategory": "Management",
    }  # fmt: skip
    if error:
        record |= {"errorCode": error, "errorMessage": "no"}
    return record | more


ACTS = [
    act("CreateBucket", "2024-05-01T08:00:00Z", bucket="prod-invoices", number=1),
    act("DeleteBucket", "2024-05-02T09:00:00Z", name="bob", bucket="prod-invoices",
        error="AccessDenied", number=2, ip="198.51.100.4"),
    act("DeleteBucket", "2024-05-02T09:30:00Z", name="i-0ab", role="deploy", bucket="prod-invoices",
        number=3),
]  # fmt: skip
LATER = [
    act("PutBucketPolicy", "2024-05-03T10:00:00.250Z", bucket="sandbox", number=4),
    act("CreateUser", "2024-05-03T11:00:00Z", service="iam", number=5,
        requestParameters={"userName": "mallory"}),
]  # fmt: skip


def evidence(folder: Path) -> Path:
    """Write ``a.json.gz`` with three acts, and ``b.ndjson`` with two more and one of them again."""
    made = folder / "evidence"
    made.mkdir(parents=True)
    deliver(made / "a.json.gz", ACTS)
    lines(made / "b.ndjson", [*LATER, ACTS[0]])
    return made


def deliver(path: Path, acts: list[dict[str, Any]]) -> Path:
    """Write a file as CloudTrail delivers it; the same acts, the same bytes."""
    path.write_bytes(gzip.compress(json.dumps({"Records": acts}).encode(), mtime=0))
    return path


def lines(path: Path, acts: list[dict[str, Any]]) -> Path:
    """Write one act a line."""
    path.write_text("".join(json.dumps(each) + "\n" for each in acts))
    return path
