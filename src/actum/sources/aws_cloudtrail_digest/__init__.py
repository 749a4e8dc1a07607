"""AWS CloudTrail digests: who signed what for which hour, kept as evidence.

A digest lists the log files of one hour with the SHA-256 of their uncompressed content, and the
hash of the digest before it.  The record is kept unchanged, so that its signature, its chain and
the hashes of the delivered files can be checked against each other at any later time.

References:
- https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
"""

from __future__ import annotations

import msgspec

from actum.sources.seam import Claim, Mapped, plain
from actum.sources.times import utc

NAME = "aws_cloudtrail_digest"
TITLE = "AWS CloudTrail digest"
VERSION = 1
SUPPORT = "vendor documentation"
SIGNS = "digestS3Object, digestEndTime and digestPublicKeyFingerprint beside awsAccountId"
MEMBERS = frozenset(("digestS3Object",))
CLAIMS_TEXT = False


class Key(msgspec.Struct):
    """The members that make a document a digest."""

    awsAccountId: str  # noqa: N815 - CloudTrail's spelling
    digestEndTime: str  # noqa: N815
    digestS3Object: str  # noqa: N815
    digestPublicKeyFingerprint: str  # noqa: N815


_decode = msgspec.json.Decoder(Key).decode


def claim(raw: bytes) -> Claim | None:
    """A digest by its members; known again by its account, object and hour."""
    if b'"digestS3Object"' not in raw:
        return None
    try:
        key = _decode(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    text = f"{key.awsAccountId}/{key.digestS3Object}/{key.digestEndTime}"
    return Claim(NAME, text.encode("utf-8", "surrogatepass"))


unwrap = plain

MAPPING = Mapped(
    shape={
        "awsAccountId": "VARCHAR", "digestStartTime": "VARCHAR", "digestEndTime": "VARCHAR",
        "digestS3Bucket": "VARCHAR", "digestS3Object": "VARCHAR",
        "digestPublicKeyFingerprint": "VARCHAR", "previousDigestS3Object": "VARCHAR",
        "logFiles": [{"s3Bucket": "VARCHAR", "s3Object": "VARCHAR"}],
    },
    objects=("$",),
    known=frozenset((
        "awsAccountId", "digestStartTime", "digestEndTime", "digestS3Bucket", "digestS3Object",
        "digestPublicKeyFingerprint", "digestSignatureAlgorithm", "newestEventTime",
        "oldestEventTime", "previousDigestS3Bucket", "previousDigestS3Object",
        "previousDigestHashValue", "previousDigestHashAlgorithm", "previousDigestSignature",
        "logFiles",
    )),
    columns={
        "time": utc("j.digestEndTime"),
        "original_time": "j.digestEndTime",
        "class_uid": "CASE WHEN NOT ok THEN 0 ELSE 6003 END",
        "activity_id": "CASE WHEN NOT ok THEN 0 ELSE 99 END",
        "severity_id": "CASE WHEN NOT ok THEN 0 ELSE 1 END",
        "action": "CASE WHEN ok THEN 'other' END",
        "api_operation": "CASE WHEN ok THEN 'DeliverDigest' END",
        "api_service_name": "CASE WHEN ok THEN 'cloudtrail.amazonaws.com' END",
        "actor_user_type": "CASE WHEN ok THEN 'AWSService' END",
        "actor_user_name": "CASE WHEN ok THEN 'cloudtrail.amazonaws.com' END",
        "resource_uid": "j.digestS3Bucket || '/' || j.digestS3Object",
        "resource_name": "j.digestS3Object",
        "resource_type": "CASE WHEN ok THEN 'AWS::S3::Object' END",
        "resources": "list_transform(j.logFiles, lambda x: x.s3Bucket || '/' || x.s3Object)",
        "cloud_provider": "CASE WHEN ok THEN 'AWS' END",
        "cloud_account_uid": "j.awsAccountId",
        "cloud_region": "nullif(regexp_extract(j.digestS3Object,"
                        " '/CloudTrail-Digest/([^/]+)/', 1), '')",
        "metadata_product": "CASE WHEN ok THEN 'CloudTrail' END",
        "status": "CASE WHEN ok THEN 'success' END",
        "metadata_uid": "j.digestS3Object",
        "metadata_correlation_uid": "j.previousDigestS3Object",
    },
    open={"from where": "AWS writes a digest itself and states no address"},
)  # fmt: skip
