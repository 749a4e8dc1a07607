"""AWS CloudTrail: management, data, network-activity and Insights events.

Records come plain (`{"Records": […]}` files, one per line, one per file) or wrapped: in an
EventBridge envelope, as the string `CloudTrailEvent` of a LookupEvents answer, in a CloudWatch Logs
event, and in whatever SNS, SQS, Kinesis or Firehose put around those.

Versions 1.0 to 1.11 are read; no field is required but a version and a name.  Logstash moves
`eventTime` to `@timestamp`: that is read as well.

References:
- Record contents: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
- userIdentity: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
- Insights: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-insights.html
- LookupEvents: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from actum.sources import envelopes
from actum.sources.aws_cloudtrail import resources
from actum.sources.aws_cloudtrail.operations import OPERATIONS, VERBS
from actum.sources.seam import Claim, Mapped

NAME = "aws_cloudtrail"
TITLE = "AWS CloudTrail"
VERSION = 1
SUPPORT = "seen in production"

WRAPPED = "wrapped"


class Key(msgspec.Struct):
    """The few members that tell a CloudTrail record from any other, and one copy from another."""

    eventVersion: str  # noqa: N815 - CloudTrail's spelling
    eventName: str | None = None  # noqa: N815
    eventSource: str | None = None  # noqa: N815
    eventType: str | None = None  # noqa: N815
    eventID: str | None = None  # noqa: N815
    recipientAccountId: str | None = None  # noqa: N815


decode_key = msgspec.json.Decoder(Key).decode


def is_record(key: Key) -> bool:
    """Whether these are a CloudTrail record's.  S3 notifications share the names; theirs is v2."""
    return key.eventVersion[:2] == "1." and (
        (key.eventName is not None and key.eventSource is not None)
        or key.eventType == "AwsCloudTrailInsight"
    )


def key_bytes(key: Key) -> bytes:
    """Account and event id; empty when a record of the first version has no id."""
    if not key.eventID:
        return b""
    return f"{key.recipientAccountId or ''}/{key.eventID}".encode("utf-8", "surrogatepass")


def claim(raw: bytes) -> Claim | None:
    """A record by its own members; a wrapping by what is inside it."""
    plain = _plain(raw)
    if plain is not None:
        return plain
    inner = [_plain(each) for each in envelopes.unwrap(raw)]
    if not inner or any(each is None for each in inner):
        return None
    only = inner[0] if len(inner) == 1 else None
    return Claim(NAME, only.key if only else b"", WRAPPED)


def _plain(raw: bytes) -> Claim | None:
    try:
        key = decode_key(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    return Claim(NAME, key_bytes(key)) if is_record(key) else None


def unwrap(raw: bytes, form: str) -> Iterator[bytes]:
    """The CloudTrail records inside a wrapping."""
    if form == WRAPPED:
        yield from envelopes.unwrap(raw)
    else:
        yield raw


_U, _S = "j.userIdentity", "j.userIdentity.sessionContext"
_IS_IP = "regexp_full_match(j.sourceIPAddress, '[0-9.]+|[0-9a-fA-F.:]*:[0-9a-fA-F.:]*')"
_SIGN_IN = "coalesce(j.responseElements.ConsoleLogin, j.responseElements.CheckMfa)"
_SESSION = f"CASE WHEN contains({_U}.principalId, ':') THEN split_part({_U}.principalId, ':', 2) END"
_INSIGHT = "j.eventType = 'AwsCloudTrailInsight'"
_TIME = 'coalesce(j.eventTime, j."@timestamp")'
_ACT = (
    "coalesce(operations.act, CASE WHEN j.readOnly = 'true' THEN 'read' ELSE verbs.act END,"
    " 'other')"
)
_NAME = f"""CASE
    WHEN {_U}.type = 'Root' THEN 'root'
    WHEN {_U}.type = 'AssumedRole'
    THEN coalesce({_S}.sessionIssuer.userName, nullif(split_part({_U}.arn, '/', 2), ''))
    WHEN {_U}.accountId = 'ANONYMOUS_PRINCIPAL' OR {_U}.principalId = 'Anonymous' THEN 'anonymous'
    ELSE coalesce({_U}.userName, {_S}.sessionIssuer.userName, {_U}.onBehalfOf.userId,
        nullif(regexp_extract({_U}.arn, '/([^/]+)$', 1), ''), {_U}.invokedBy, {_U}.principalId,
        {_U}.accountId) END"""

MAPPING = Mapped(
    shape={
        "eventVersion": "VARCHAR", "eventTime": "VARCHAR", "@timestamp": "VARCHAR", "eventSource": "VARCHAR",
        "eventName": "VARCHAR", "awsRegion": "VARCHAR", "sourceIPAddress": "VARCHAR",
        "userAgent": "VARCHAR", "errorCode": "VARCHAR", "errorMessage": "VARCHAR",
        "eventID": "VARCHAR", "eventType": "VARCHAR", "recipientAccountId": "VARCHAR",
        "sharedEventID": "VARCHAR", "readOnly": "VARCHAR",
        "userIdentity": {
            "type": "VARCHAR", "principalId": "VARCHAR", "arn": "VARCHAR", "accountId": "VARCHAR",
            "accessKeyId": "VARCHAR", "userName": "VARCHAR", "invokedBy": "VARCHAR",
            "onBehalfOf": {"userId": "VARCHAR"},
            "sessionContext": {
                "sessionIssuer": {"arn": "VARCHAR", "userName": "VARCHAR"},
                "attributes": {"mfaAuthenticated": "VARCHAR"},
                "sourceIdentity": "VARCHAR",
            },
        },
        "requestParameters": resources.REQUEST_SHAPE,
        "responseElements": {
            "ConsoleLogin": "VARCHAR", "CheckMfa": "VARCHAR",
            "credentials": {"accessKeyId": "VARCHAR"},
            "accessKey": {"accessKeyId": "VARCHAR", "userName": "VARCHAR"},
            "instancesSet": {"items": [{"instanceId": "VARCHAR"}]},
        },
        "additionalEventData": {"MFAUsed": "VARCHAR"},
        "resources": [{"ARN": "VARCHAR", "ARNPrefix": "VARCHAR", "type": "VARCHAR"}],
        "insightDetails": {
            "state": "VARCHAR", "eventSource": "VARCHAR", "eventName": "VARCHAR",
            "insightType": "VARCHAR",
        },
    },
    objects=(
        "$", "$.userIdentity", "$.userIdentity.sessionContext",
        "$.userIdentity.sessionContext.sessionIssuer", "$.userIdentity.sessionContext.attributes",
        "$.requestParameters", "$.responseElements",
    ),
    known=frozenset((
        "eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "awsRegion",
        "sourceIPAddress", "userAgent", "errorCode", "errorMessage", "requestParameters",
        "responseElements", "additionalEventData", "requestID", "eventID", "eventType",
        "apiVersion", "managementEvent", "readOnly", "resources", "recipientAccountId",
        "serviceEventDetails", "sharedEventID", "sharedEventId", "vpcEndpointId",
        "vpcEndpointAccountId", "eventCategory", "addendum", "sessionCredentialFromConsole",
        "edgeDeviceDetails", "tlsDetails", "insightDetails", "@timestamp", "@version",
    )),
    lookups=(VERBS, OPERATIONS),
    columns={
        "time": f"try_cast({_TIME} AS TIMESTAMP)",
        "original_time": _TIME,
        "class_uid": f"CASE WHEN j IS NULL THEN 0 WHEN {_INSIGHT} THEN 2004"
                     " ELSE coalesce(operations.class_uid, 6003) END",
        "activity_id": f"CASE WHEN j IS NULL THEN 0 WHEN {_INSIGHT}"
                       " THEN CASE j.insightDetails.state WHEN 'Start' THEN 1 WHEN 'End' THEN 3"
                       f" ELSE 99 END ELSE coalesce(operations.activity_id, CASE {_ACT}"
                       " WHEN 'create' THEN 1 WHEN 'read' THEN 2 WHEN 'update' THEN 3"
                       " WHEN 'delete' THEN 4 ELSE 99 END) END",
        "severity_id": f"CASE WHEN j IS NULL OR {_INSIGHT} THEN 0 ELSE 1 END",
        "action": f"CASE WHEN j IS NULL THEN NULL WHEN {_INSIGHT} THEN 'other' ELSE {_ACT} END",
        "api_operation": "CASE WHEN j.eventSource IN ('lambda.amazonaws.com',"
                         " 'cloudfront.amazonaws.com') THEN regexp_replace(j.eventName,"
                         " '(20[0-9]{6}(v[0-9]+)?|20[0-9]{2}_[0-9]{2}_[0-9]{2})$', '')"
                         " ELSE coalesce(j.eventName, j.insightDetails.eventName) END",
        "api_service_name": "coalesce(j.eventSource, j.insightDetails.eventSource)",
        "actor_user_uid": f"coalesce({_U}.arn, {_U}.principalId)",
        "actor_user_name": _NAME,
        "actor_user_type": f"coalesce({_U}.type,"
                           f" CASE WHEN {_U}.invokedBy IS NOT NULL THEN 'AWSService' END)",
        "actor_user_email": f"CASE WHEN contains({_U}.principalId, '@')"
                            f" AND contains({_U}.principalId, ':') THEN {_SESSION}"
                            f" WHEN contains({_U}.userName, '@') THEN {_U}.userName END",
        "actor_user_account_uid": f"{_U}.accountId",
        "actor_user_credential_uid": f"{_U}.accessKeyId",
        "actor_session_uid": _SESSION,
        "actor_session_issuer": f"{_S}.sessionIssuer.arn",
        "actor_session_mfa": "CASE WHEN j.additionalEventData.MFAUsed IS NOT NULL"
                             " THEN j.additionalEventData.MFAUsed = 'Yes' ELSE"
                             f" try_cast({_S}.attributes.mfaAuthenticated AS BOOLEAN) END",
        "actor_invoked_by": f"{_U}.invokedBy",
        "resource_uid": resources.uid_sql(),
        "resource_name": resources.name_sql(),
        "resource_type": resources.type_sql(),
        "resources": resources.uids_sql(),
        "cloud_provider": "CASE WHEN j IS NOT NULL THEN 'AWS' END",
        "cloud_account_uid": f"coalesce(j.recipientAccountId, {_U}.accountId)",
        "cloud_region": "j.awsRegion",
        "metadata_product": "CASE WHEN j IS NOT NULL THEN 'CloudTrail' END",
        "src_endpoint_ip": f"CASE WHEN {_IS_IP} THEN j.sourceIPAddress END",
        "src_endpoint_domain": f"CASE WHEN NOT {_IS_IP} THEN j.sourceIPAddress END",
        "user_agent": "j.userAgent",
        "status": f"CASE WHEN j IS NULL THEN NULL WHEN j.errorCode IS NOT NULL"
                  f" OR j.errorMessage IS NOT NULL OR {_SIGN_IN} = 'Failure' THEN 'failure'"
                  f" WHEN j.eventType = 'AwsServiceEvent' OR {_INSIGHT} THEN 'unknown'"
                  " ELSE 'success' END",
        "status_code": "j.errorCode",
        "status_detail": "j.errorMessage",
        "metadata_uid": "j.eventID",
        "metadata_correlation_uid": f"coalesce(j.sharedEventID, CASE WHEN {_INSIGHT}"
                                    " THEN json_extract_string(text, '$.sharedEventId') END)",
        "issued_credential_uid": "coalesce(j.responseElements.credentials.accessKeyId,"
                                 " j.responseElements.accessKey.accessKeyId)",
        "any_user": f"CASE WHEN {_S}.sourceIdentity IS NOT NULL THEN [{_S}.sourceIdentity]"
                    " WHEN j.responseElements.accessKey.userName IS NOT NULL"
                    " THEN [j.responseElements.accessKey.userName]"
                    " WHEN j.requestParameters.userName IS NOT NULL"
                    " THEN [j.requestParameters.userName] END",
    },
)  # fmt: skip
