"""Amazon S3 event notifications: an object came, went or changed, by whom and from where.

They come as ``Records`` (version 2.x, to SNS, SQS and Lambda) or through EventBridge, whose
``source`` is then ``aws.s3``.  Delivery is at least once and unordered.  A log bucket's
notifications say that a log file is there; they are not the log.  Keys of ``Records`` are
URL-encoded with plus signs, those of EventBridge are not: both are told as the object is named.

References:
- Message structure: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
- EventBridge: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
"""

from __future__ import annotations

import msgspec

from actum.sources.addresses import ip
from actum.sources.seam import Claim, Mapped, plain
from actum.sources.times import utc

NAME = "aws_s3_event"
TITLE = "Amazon S3 event notification"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "eventSource aws:s3 with version 2, or an EventBridge event of aws.s3 about an object"
MEMBERS = frozenset(("s3", "detail"))
CLAIMS_TEXT = False
unwrap = plain


class Thing(msgspec.Struct):
    """An object, as both spellings name it."""

    key: str
    sequencer: str = ""


class Named(msgspec.Struct):
    """A bucket."""

    name: str


class Inside(msgspec.Struct):
    """What is about the object."""

    bucket: Named
    object: Thing


class Detail(Inside, rename={"request_id": "request-id"}):
    """The same in EventBridge."""

    request_id: str = ""


class Notification(msgspec.Struct, rename="camel"):
    """One of ``Records``."""

    event_source: str
    event_name: str
    event_version: str
    s3: Inside
    response_elements: dict[str, str] = {}


class Bridged(msgspec.Struct):
    """An EventBridge event."""

    source: str
    id: str
    detail: Detail


_notification = msgspec.json.Decoder(Notification).decode
_bridged = msgspec.json.Decoder(Bridged).decode


def claim(raw: bytes) -> Claim | None:
    """A notification by its object; known again by request, object, sequencer and name."""
    try:
        if b'"aws:s3"' in raw:
            told = _notification(raw)
            if told.event_source != "aws:s3" or told.event_version[:2] != "2.":
                return None
            request = told.response_elements.get("x-amz-request-id", "")
            thing = told.s3.object
            parts = (request, told.event_name, told.s3.bucket.name, thing.key, thing.sequencer)
            return Claim(NAME, "\0".join(parts).encode("utf-8", "surrogatepass"))
        if b'"aws.s3"' in raw:
            event = _bridged(raw)
            return Claim(NAME, event.id.encode()) if event.source == "aws.s3" else None
    except (msgspec.MsgspecError, RecursionError, ValueError):
        pass
    return None


_D = "j.detail"
_PLAIN = "try(url_decode(replace(j.s3.object.key, '+', ' ')))"
_KEY = f"coalesce({_PLAIN}, j.s3.object.key, {_D}.object.key)"
_BUCKET = f"coalesce(j.s3.bucket.name, {_D}.bucket.name)"
_IP = f'coalesce(j.requestParameters.sourceIPAddress, {_D}."source-ip-address")'
_KIND = 'coalesce(j.eventName, j."detail-type")'
_IS_FAILED = f"regexp_matches({_KIND}, 'Failed|Missed')"
_ACT = (
    f"CASE WHEN NOT ok THEN NULL WHEN contains({_KIND}, 'Removed') OR contains({_KIND}, 'Deleted')"
    f" OR contains({_KIND}, 'Expiration') THEN 'delete' WHEN contains({_KIND}, 'Created')"
    f" THEN 'create' WHEN contains({_KIND}, 'Lost') THEN 'other' ELSE 'update' END"
)
"""A delete marker that was created removes an object."""
_WHO = f"coalesce(j.userIdentity.principalId, {_D}.requester)"

MAPPING = Mapped(
    shape={
        "eventTime": "VARCHAR", "eventName": "VARCHAR", "awsRegion": "VARCHAR",
        "userIdentity": {"principalId": "VARCHAR"},
        "requestParameters": {"sourceIPAddress": "VARCHAR"},
        "responseElements": {"x-amz-request-id": "VARCHAR"},
        "s3": {"bucket": {"name": "VARCHAR"}, "object": {"key": "VARCHAR"}},
        "time": "VARCHAR", "detail-type": "VARCHAR", "region": "VARCHAR", "account": "VARCHAR",
        "id": "VARCHAR",
        "detail": {
            "bucket": {"name": "VARCHAR"}, "object": {"key": "VARCHAR"}, "requester": "VARCHAR",
            "source-ip-address": "VARCHAR", "reason": "VARCHAR", "request-id": "VARCHAR",
        },
    },
    objects=("$", "$.s3", "$.detail", "$.userIdentity"),
    known=frozenset((
        "eventTime", "eventName", "awsRegion", "userIdentity", "requestParameters",
        "responseElements", "s3", "eventVersion", "eventSource", "time", "detail-type", "region",
        "account", "detail", "id", "version", "source", "resources", "glacierEventData",
        "restoreEventData", "lifecycleEventData", "replicationEventData",
        "intelligentTieringEventData", "awsGeneratedTags",
    )),
    steps=({"act": _ACT},),
    columns={
        "time": utc("coalesce(j.eventTime, j.time)"),
        "original_time": "coalesce(j.eventTime, j.time)",
        "class_uid": "CASE WHEN ok THEN 6005 ELSE 0 END",
        "activity_id": "CASE act WHEN 'create' THEN 5 WHEN 'update' THEN 2 WHEN 'delete' THEN 7"
                       " WHEN 'other' THEN 99 ELSE 0 END",
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "act",
        "api_operation": f"coalesce({_D}.reason, {_KIND})",
        "api_service_name": "CASE WHEN ok THEN 's3.amazonaws.com' END",
        "message": _KIND,
        "actor_user_uid": _WHO,
        "actor_user_type": f"CASE WHEN ends_with({_WHO}, '.amazonaws.com') THEN 'AWSService' END",
        "actor_user_name": f"coalesce(split_part(j.userIdentity.principalId, ':', -1),"
                           f" {_D}.requester)",
        "resource_uid": f"'arn:aws:s3:::' || {_BUCKET} || '/' || {_KEY}",
        "resource_name": f"{_BUCKET} || '/' || {_KEY}",
        "resource_type": "CASE WHEN ok THEN 'AWS::S3::Object' END",
        "cloud_provider": "CASE WHEN ok THEN 'AWS' END",
        "cloud_account_uid": "j.account",
        "cloud_region": "coalesce(j.awsRegion, j.region)",
        "metadata_product": "CASE WHEN ok THEN 'S3' END",
        "src_endpoint_ip": ip(_IP),
        "src_endpoint_domain": f"CASE WHEN ({ip(_IP)}) IS NULL THEN {_IP} END",
        "status": f"CASE WHEN NOT ok THEN NULL WHEN {_IS_FAILED} THEN 'failure' ELSE 'success' END",
        "metadata_uid": "j.id",
        "metadata_correlation_uid": f'coalesce({_D}."request-id",'
                                    ' j.responseElements."x-amz-request-id")',
    },
    open={
        "who": "lifecycle and replication act for nobody",
        "from where": "lifecycle and replication come from inside S3",
    },
)  # fmt: skip
