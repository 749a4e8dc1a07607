"""How a CloudTrail record is known: by its names, and again by its account and event id.

References:
- Record contents: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from __future__ import annotations

import msgspec

from actum.sources import envelopes
from actum.sources.aws_cloudtrail import spellings
from actum.sources.seam import Claim

__all__ = ["Key", "claim", "decode_key", "is_record", "key_bytes"]

NAME = "aws_cloudtrail"


class Key(msgspec.Struct, gc=False):
    """The few members that tell a CloudTrail record from any other, and one copy from another."""

    eventVersion: str  # noqa: N815 - CloudTrail's spelling
    eventName: str | None = None  # noqa: N815
    eventSource: str | None = None  # noqa: N815
    eventType: str | None = None  # noqa: N815
    eventID: str | None = None  # noqa: N815
    recipientAccountId: str | None = None  # noqa: N815
    eventSourceARN: None = None  # noqa: N815 - what Kinesis and DynamoDB hand to Lambda has it
    ses: None = None


class TrimmedKey(Key, gc=False, kw_only=True):
    """The same of a record that somebody trimmed: it may have lost its version."""

    eventVersion: str = "1."  # noqa: N815


class SmallKey(TrimmedKey, gc=False, kw_only=True, rename="lower"):
    """The same in small letters."""

    eventName: str | None = None  # noqa: N815 - renamed is what is named here
    eventSource: str | None = None  # noqa: N815
    eventID: str | None = None  # noqa: N815
    recipientAccountId: str | None = None  # noqa: N815


decode_key = msgspec.json.Decoder(Key).decode
_decode_trimmed = msgspec.json.Decoder(TrimmedKey).decode
_decode_small = msgspec.json.Decoder(SmallKey).decode
_KINDS = frozenset(
    ("AwsApiCall", "AwsServiceEvent", "AwsConsoleSignIn", "AwsConsoleAction", "AwsVpceEvent")
)


def is_record(key: Key) -> bool:
    """Whether these are a CloudTrail record's.  S3 notifications share the names; theirs is v2."""
    return key.eventVersion[:2] == "1." and (
        (key.eventName is not None and (key.eventSource is not None or key.eventType in _KINDS))
        or key.eventType == "AwsCloudTrailInsight"
    )


def _is_of_aws(key: Key) -> bool:
    """Whether a record without a version names a service of AWS."""
    return key.eventName is not None and (key.eventSource or "").endswith(".amazonaws.com")


def key_bytes(key: Key) -> bytes:
    """Account and event id; empty when a record of the first version has no id."""
    if not key.eventID:
        return b""
    return f"{key.recipientAccountId or ''}/{key.eventID}".encode("utf-8", "surrogatepass")


def claim(raw: bytes) -> Claim | None:
    """A record by its own members."""
    if raw[:1].isdigit():
        return envelopes.claimed_behind_time(raw, claim)
    try:
        if b'"eventVersion"' in raw:
            key = decode_key(raw)
            return Claim(NAME, key_bytes(key)) if is_record(key) else None
        if b'.amazonaws.com"' not in raw:
            return None
        if b'"eventsource"' in raw:
            key = _decode_small(raw)
            return Claim(NAME, key_bytes(key), spellings.SMALL) if _is_of_aws(key) else None
        if b'"eventSource"' in raw:
            key = _decode_trimmed(raw)
            return Claim(NAME, key_bytes(key)) if _is_of_aws(key) else None
    except (msgspec.MsgspecError, RecursionError, ValueError):
        pass
    return None
