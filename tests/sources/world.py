"""Records to test with, made on the spot, and the shared samples where they are at hand."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from actum.sources import claim_all
from actum.testing import read

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def record(**changed: Any) -> dict[str, Any]:
    """A CloudTrail record, with some of its members changed."""
    plain: dict[str, Any] = {
        "eventVersion": "1.08",
        "userIdentity": {
            "type": "IAMUser", "principalId": "AIDAEXAMPLE", "userName": "alice",
            "arn": "arn:aws:iam::111122223333:user/alice", "accountId": "111122223333",
        },
        "eventTime": "2026-03-02T09:26:53Z", "eventSource": "s3.amazonaws.com",
        "eventName": "DeleteBucket", "awsRegion": "eu-central-1", "sourceIPAddress": "192.0.2.1",
        "userAgent": "aws-cli", "requestParameters": {"bucketName": "example-bucket"},
        "responseElements": None, "eventID": "example-0001", "readOnly": False,
        "eventType": "AwsApiCall", "recipientAccountId": "111122223333",
    }  # fmt: skip
    return {**plain, **changed}


def raw(**changed: Any) -> bytes:
    return json.dumps(record(**changed)).encode()


def claimed(records: list[bytes], *, is_json: bool = True) -> list[list[dict[str, Any]]]:
    """The events of each record, read in one batch the way a delivery is."""
    claims = claim_all(records, "test", range(len(records)), is_json=is_json)
    return read(records, claims.sources)


def event(**changed: Any) -> dict[str, Any]:
    """The one event of a record with some members changed."""
    [[only]] = claimed([raw(**changed)])
    return only


def events(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The one event of each record with some members changed, read in one batch."""
    records = [raw(**{"eventID": str(place), **each}) for place, each in enumerate(changes)]
    return [only for [only] in claimed(records)]


def shared(name: str) -> Path:
    """A folder of the shared samples; skips the test where they are not at hand."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"the shared sample data is not beside the checkout: {name}")
    return path


def documents(folder: Path) -> Iterator[tuple[Path, Any]]:
    """Every JSON value in a folder's files, read with nothing of Actum's."""
    for path in sorted(folder.rglob("*")):
        if path.suffix not in {".json", ".jsonl", ".gz", ".raw"}:
            continue
        data = path.read_bytes()
        text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
        try:
            yield path, json.loads(text)
        except ValueError:
            for line in filter(str.strip, text.splitlines()):
                try:
                    yield path, json.loads(line)
                except ValueError:
                    break


def records_in(document: Any) -> Iterator[dict[str, Any]]:
    """The CloudTrail records of a document: an array, a Records file, or one alone."""
    if isinstance(document, list):
        for each in document:
            yield from records_in(each)
    elif isinstance(document, dict) and isinstance(document.get("Records"), list):
        yield from records_in(document["Records"])
    elif isinstance(document, dict) and str(document.get("eventVersion")).startswith("1."):
        yield document
