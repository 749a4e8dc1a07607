"""AWS CloudTrail: management, data, network-activity and Insights events.

Records come plain (`{"Records": […]}` files, one per line, one per file) or wrapped, and then
`actum.sources.envelopes` takes them out: of an EventBridge event, the string `CloudTrailEvent` of a
LookupEvents answer, a CloudWatch Logs event, and whatever SNS, SQS, Kinesis or Firehose put around.

Versions 1.0 to 1.11 are read; no field is required but a name beside a version or beside a service
of AWS.  Logstash moves `eventTime` to `@timestamp`: that is read as well.  Athena writes all names
in small letters: see `spellings`.

A dry run has an error code (``DryRunOperation``): nothing was done, so it is a failure whose code
says that it would have succeeded.

References:
- Record contents: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
- userIdentity: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
- Insights: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-insights.html
- LookupEvents: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

from __future__ import annotations

from actum.sources.aws_cloudtrail import resources, spellings
from actum.sources.aws_cloudtrail.key import claim, decode_key, is_record, key_bytes
from actum.sources.aws_cloudtrail.operations import OPERATIONS, VERBS
from actum.sources.seam import Mapped
from actum.sources.times import utc

__all__ = [
    "MAPPING", "NAME", "SIGNS", "SUPPORT", "TITLE", "VERSION", "claim", "decode_key", "is_record",
    "key_bytes", "unwrap",
]  # fmt: skip

NAME = "aws_cloudtrail"
TITLE = "AWS CloudTrail"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "eventName beside an eventSource of AWS or an eventVersion 1.x, or an Insights event"
MEMBERS = frozenset(("eventVersion", "eventSource", "eventsource"))
CLAIMS_TEXT = True


_U, _S = "j.userIdentity", "j.userIdentity.sessionContext"
_R, _A = "j.requestParameters", "j.responseElements"
_OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_GROUPS = "([0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,4}){0,6})?"
_IS_IP = (
    f"regexp_full_match(j.sourceIPAddress, '({_OCTET}[.]){{3}}{_OCTET}|{_GROUPS}::{_GROUPS}|"
    f"([0-9a-fA-F]{{1,4}}:){{7}}[0-9a-fA-F]{{1,4}}|::[fF]{{4}}:({_OCTET}[.]){{3}}{_OCTET}')"
)
_INSIGHT = "j.eventType = 'AwsCloudTrailInsight'"
_TIME = 'coalesce(j.eventTime, j."@timestamp")'


def _first(*values: str) -> str:
    """SQL of the first value that is there and not empty: CloudTrail writes "" for nothing."""
    present = ", ".join(f"nullif({value}, '')" for value in values)
    return f"coalesce({present})"


def _seldom(*paths: str) -> str:
    """SQL of the first of these values of the record: for what few records have, in a CASE arm.

    The shape is read for every record and costs by its size; a path costs only where it is asked.
    """
    listed = ", ".join(f"'$.{path}'" for path in paths)
    return f"list_any_value(json_extract_string(text, [{listed}]))"


_SIGN_IN = _seldom(
    *(f"responseElements.{each}" for each in (
        "ConsoleLogin", "CheckMfa", "SwitchRole", "ExitRole", "RenewRole", "GetSigninToken",
        "PasswordUpdated", "PasswordRecoveryRequested", "PasswordRecoveryCompleted")),
    *(f"serviceEventDetails.{each}" for each in (
        "UserAuthentication", "CredentialVerification", "CredentialChallenge",
        "ExternalIdPDirectoryLogin")),
)  # fmt: skip
"""What sign-in events say of their outcome, each under its own name: Success or Failure."""

_STATUS = f"""CASE
    WHEN NOT ok THEN NULL
    WHEN j.errorCode <> '' OR j.errorMessage <> '' THEN 'failure'
    WHEN j.eventSource = 'signin.amazonaws.com'
    THEN CASE {_SIGN_IN} WHEN 'Success' THEN 'success' WHEN 'Failure' THEN 'failure'
        ELSE 'unknown' END
    WHEN j.eventType = 'AwsServiceEvent' OR {_INSIGHT} THEN 'unknown'
    ELSE 'success' END"""

_ACT = f"""CASE
    WHEN NOT ok THEN NULL
    WHEN {_INSIGHT} THEN 'other'
    WHEN operations_act IS NOT NULL THEN operations_act
    WHEN j.readOnly = 'true' THEN 'read'
    WHEN verbs_act = 'read' AND j.readOnly = 'false' THEN 'other'
    ELSE coalesce(verbs_act, 'other') END"""

_ACTIVITY = f"""CASE
    WHEN NOT ok THEN 0
    WHEN {_INSIGHT}
    THEN CASE {_seldom("insightDetails.state")} WHEN 'Start' THEN 1 WHEN 'End' THEN 3 ELSE 99 END
    WHEN operations_activity_id IS NOT NULL THEN operations_activity_id
    ELSE CASE act WHEN 'create' THEN 1 WHEN 'read' THEN 2 WHEN 'update' THEN 3
        WHEN 'delete' THEN 4 ELSE 99 END END"""

_SESSION = (
    f"CASE WHEN {_U}.type IN ('AssumedRole', 'FederatedUser', 'AWSAccount', 'Role')"
    f" AND contains({_U}.principalId, ':') THEN split_part({_U}.principalId, ':', 2) END"
)
"""Of other types the principal holds colons as well, but no session."""

_NAME = f"""CASE {_U}.type
    WHEN 'AssumedRole' THEN {
    _first(f"{_S}.sessionIssuer.userName", f"split_part({_U}.arn, '/', 2)", f"{_U}.principalId")
}
    WHEN 'Root' THEN 'root'
    WHEN 'FederatedUser' THEN {
    _first(
        f"split_part({_U}.arn, '/', 2)",
        f"split_part({_U}.principalId, ':', 2)",
        f"{_U}.userName",
        f"{_U}.principalId",
    )
}
    WHEN 'AWSAccount' THEN CASE WHEN {_U}.accountId IN ('ANONYMOUS_PRINCIPAL', 'anonymous')
        OR {_U}.principalId IN ('Anonymous', 'ANONYMOUS_PRINCIPAL') THEN 'anonymous'
        ELSE {_first(f"{_U}.userName", f"{_U}.accountId", f"{_U}.principalId")} END
    WHEN 'IdentityCenterUser' THEN {
    _first(
        f"{_U}.userName", _seldom("additionalEventData.UserName", "userIdentity.onBehalfOf.userId")
    )
}
    WHEN 'Unknown' THEN {
    _first(f"{_U}.userName", _seldom("additionalEventData.UserName"), f"{_U}.principalId")
}
    ELSE {
    _first(
        f"{_U}.userName",
        f"{_S}.sessionIssuer.userName",
        f"regexp_extract({_U}.arn, '/([^/]+)$', 1)",
        f"{_U}.invokedBy",
        f"{_U}.principalId",
    )
}
    END"""
"""By role, not by session; a service by the name it acts under; else by what is known."""

_EMAIL = "'%_@%_.%_'"
_OTHERS = (
    f"coalesce({_R}.userName, {_A}.accessKey.userName)", f"{_S}.sourceIdentity",
    f"CASE WHEN {_U}.type = 'FederatedUser' THEN {_S}.sessionIssuer.userName END",
)  # fmt: skip
_ANY_USER = (
    f"CASE WHEN coalesce({', '.join(_OTHERS)}) IS NOT NULL"
    f" THEN list_filter([{', '.join(_OTHERS)}], lambda x: x IS NOT NULL) END"
)
"""Whoever was acted on stands first."""

MAPPING = Mapped(
    shape={
        "eventTime": "VARCHAR", "@timestamp": "VARCHAR",
        "eventSource": "VARCHAR", "eventName": "VARCHAR", "awsRegion": "VARCHAR",
        "sourceIPAddress": "VARCHAR", "userAgent": "VARCHAR",
        "errorCode": "VARCHAR", "errorMessage": "VARCHAR",
        "eventID": "VARCHAR", "eventType": "VARCHAR", "recipientAccountId": "VARCHAR",
        "sharedEventID": "VARCHAR", "readOnly": "VARCHAR",
        "userIdentity": {
            "type": "VARCHAR", "principalId": "VARCHAR", "arn": "VARCHAR", "accountId": "VARCHAR",
            "accessKeyId": "VARCHAR", "userName": "VARCHAR", "invokedBy": "VARCHAR",
            "sessionContext": {
                "sessionIssuer": {"arn": "VARCHAR", "userName": "VARCHAR"},
                "attributes": {"mfaAuthenticated": "VARCHAR"},
                "sourceIdentity": "VARCHAR",
            },
        },
        "requestParameters": resources.REQUEST_SHAPE,
        "responseElements": {
            "credentials": {"accessKeyId": "VARCHAR"},
            "accessKey": {"accessKeyId": "VARCHAR", "userName": "VARCHAR"},
            **resources.ANSWER_SHAPE,
        },
        "additionalEventData": {"MFAUsed": "VARCHAR"},
        "resources": resources.STATED_SHAPE,
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
    steps=(
        {"act": _ACT, "session": _SESSION, "is_ip": _IS_IP, "stated_time": _TIME,
         "chosen": resources.CHOSEN},
        {"made": resources.MADE},
        {"found": resources.FOUND},
        {"main": resources.MAIN},
    ),
    columns={
        "time": utc("stated_time"),
        "original_time": "stated_time",
        "class_uid": f"CASE WHEN NOT ok THEN 0 WHEN {_INSIGHT} THEN 2004"
                     " ELSE coalesce(operations_class_uid, 6003) END",
        "activity_id": _ACTIVITY,
        "severity_id": f"CASE WHEN NOT ok OR {_INSIGHT} THEN 0 ELSE 1 END",
        "action": "act",
        "api_operation": "CASE WHEN j.eventSource IN ('lambda.amazonaws.com',"
                         " 'cloudfront.amazonaws.com') THEN regexp_replace(j.eventName,"
                         " '(20[0-9]{6}(v[0-9]+)?|20[0-9]{2}_[0-9]{2}_[0-9]{2})$', '')"
                         " ELSE coalesce(j.eventName,"
                         f" CASE WHEN {_INSIGHT} THEN {_seldom('insightDetails.eventName')} END)"
                         " END",
        "api_service_name": f"coalesce(j.eventSource, CASE WHEN {_INSIGHT}"
                            f" THEN {_seldom('insightDetails.eventSource')} END)",
        "actor_user_uid": _first(
            f"{_U}.arn", f"CASE WHEN {_U}.type IS DISTINCT FROM 'Unknown'"
            f" OR {_U}.principalId IS DISTINCT FROM {_U}.accountId THEN {_U}.principalId END",
            f"CASE WHEN {_U}.type = 'IdentityCenterUser'"
            f" THEN {_seldom('userIdentity.onBehalfOf.userId')} END"),
        "actor_user_name": _NAME,
        "actor_user_type": f"coalesce({_U}.type,"
                           f" CASE WHEN {_U}.invokedBy IS NOT NULL THEN 'AWSService' END)",
        "actor_user_email": f"CASE WHEN session LIKE {_EMAIL} THEN session"
                            f" WHEN {_U}.userName LIKE {_EMAIL} THEN {_U}.userName END",
        "actor_user_account_uid": f"CASE WHEN lower({_U}.accountId) NOT IN"
                                  f" ('', 'anonymous', 'anonymous_principal')"
                                  f" THEN {_U}.accountId END",
        "actor_user_credential_uid": _first(f"{_U}.accessKeyId"),
        "actor_session_uid": "session",
        "actor_session_issuer": f"{_S}.sessionIssuer.arn",
        "actor_session_mfa": "CASE j.additionalEventData.MFAUsed WHEN 'Yes' THEN true"
                             " WHEN 'No' THEN false ELSE"
                             f" CASE {_S}.attributes.mfaAuthenticated WHEN 'true' THEN true"
                             " WHEN 'false' THEN false END END",
        "actor_invoked_by": f"{_U}.invokedBy",
        "resource_uid": resources.uid_sql(),
        "resource_name": resources.name_sql(),
        "resource_type": resources.type_sql(),
        "resources": resources.uids_sql(),
        "cloud_provider": "CASE WHEN ok THEN 'AWS' END",
        "cloud_account_uid": "coalesce(j.recipientAccountId,"
                             f" CASE WHEN {_U}.type <> 'AWSAccount' THEN {_U}.accountId END)",
        "cloud_region": "j.awsRegion",
        "metadata_product": "CASE WHEN ok THEN 'CloudTrail' END",
        "src_endpoint_ip": "CASE WHEN is_ip THEN j.sourceIPAddress END",
        "src_endpoint_domain": "CASE WHEN NOT is_ip THEN nullif(j.sourceIPAddress, '') END",
        "user_agent": _first("j.userAgent"),
        "status": _STATUS,
        "status_code": _first("j.errorCode"),
        "status_detail": _first("j.errorMessage"),
        "metadata_uid": "j.eventID",
        "metadata_correlation_uid": f"coalesce(j.sharedEventID, CASE WHEN {_INSIGHT}"
                                    f" THEN {_seldom('sharedEventId')} END)",
        "issued_credential_uid": f"coalesce({_A}.credentials.accessKeyId,"
                                 f" {_A}.accessKey.accessKeyId)",
        "any_user": _ANY_USER,
    },
    open={
        "who": "Insights are about a whole account, and some service events name nobody",
        "on what": "lists, sign-ins and whole-account operations name no resource",
        "from where": "Insights and some service events state no address",
    },
)  # fmt: skip
unwrap = spellings.Spellings(MAPPING.known, MAPPING.shape).unwrap
