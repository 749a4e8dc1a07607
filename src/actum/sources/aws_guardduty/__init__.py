"""Amazon GuardDuty findings: what a detector saw of a key, an instance, a bucket or a cluster.

Findings come through EventBridge (as its ``detail``), as S3 exports (one a line) and, spelt
``LikeThis``, as answers of the API; `unwrap` brings the last to the usual spelling.  The same
finding is sent again, with the same id, a later ``updatedAt`` and a higher ``count``: each telling
is a record of its own, and ``correlation`` holds them together.

References:
- Finding format: https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Finding.html
- Severity: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html
- EventBridge: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from actum.sources.addresses import ip, port
from actum.sources.seam import Claim, Mapped, Unread
from actum.sources.times import utc

NAME = "aws_guardduty"
TITLE = "Amazon GuardDuty"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "a service with a detectorId, beside type, id, accountId and updatedAt"
MEMBERS = frozenset(("updatedAt", "UpdatedAt"))
CLAIMS_TEXT = False

API = "api"
"""The form of a finding as the API answers it: every member begins with a capital."""


class Detector(msgspec.Struct):
    """Which detector found it."""

    detectorId: str  # noqa: N815 - GuardDuty's spelling


class Key(msgspec.Struct):
    """The members that tell a finding, and one telling of it from another."""

    id: str
    type: str
    accountId: str  # noqa: N815
    updatedAt: str  # noqa: N815
    service: Detector


class ApiDetector(msgspec.Struct, rename="pascal"):
    """The same in the API's spelling."""

    detector_id: str


class ApiKey(msgspec.Struct, rename="pascal"):
    """The same in the API's spelling."""

    id: str
    type: str
    account_id: str
    updated_at: str
    service: ApiDetector


_usual = msgspec.json.Decoder(Key).decode
_api = msgspec.json.Decoder(ApiKey).decode
_any = msgspec.json.Decoder().decode


def claim(raw: bytes) -> Claim | None:
    """A finding by its detector; known again by account, id and when it was updated."""
    try:
        if b'"detectorId"' in raw:
            key = _usual(raw)
            told = f"{key.accountId}/{key.id}/{key.updatedAt}"
            form = ""
        elif b'"DetectorId"' in raw:
            found = _api(raw)
            told = f"{found.account_id}/{found.id}/{found.updated_at}"
            form = API
        else:
            return None
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    return Claim(NAME, told.encode("utf-8", "surrogatepass"), form)


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:  # noqa: ARG001 - the one form
    """The finding in the usual spelling."""
    try:
        yield msgspec.json.encode(_usually(_any(raw)))
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        yield Unread(f"not valid JSON: {error}")


def _usually(value: object) -> object:
    """``AccountId`` is ``accountId``; names of resource types (``AWS::IAM::Role``) stay."""
    if isinstance(value, dict):
        return {
            key if ":" in key else key[:1].lower() + key[1:]: _usually(each)
            for key, each in value.items()
        }
    return [_usually(each) for each in value] if isinstance(value, list) else value


_ADDRESS = {"ipAddressV4": "VARCHAR", "ipAddressV6": "VARCHAR"}
_REMOTE = {"remoteIpDetails": {**_ADDRESS, "country": {"countryName": "VARCHAR"}}}
_LOCAL = {"localIpDetails": _ADDRESS}
_PORT = {"localPortDetails": {"port": "VARCHAR"}, "remotePortDetails": {"port": "VARCHAR"}}
_KEYS, _ACTION = "j.resource.accessKeyDetails", "j.service.action"
_CALL, _KUBE = f"{_ACTION}.awsApiCallAction", f"{_ACTION}.kubernetesApiCallAction"
_FLOW, _PROBE = f"{_ACTION}.networkConnectionAction", f"{_ACTION}.portProbeAction"
_LOGIN = f"{_ACTION}.rdsLoginAttemptAction"
_ACTS = (_CALL, _FLOW, _KUBE, _LOGIN, f"{_PROBE}.portProbeDetails[1]")
_IP = ", ".join(
    f"nullif({each}.remoteIpDetails.{version}, '')"
    for each in _ACTS
    for version in ("ipAddressV4", "ipAddressV6")
)
_IP = f"coalesce({_IP})"
_OWN = ", ".join(
    f"nullif({each}.localIpDetails.{version}, '')"
    for each in (_FLOW, f"{_PROBE}.portProbeDetails[1]")
    for version in ("ipAddressV4", "ipAddressV6")
)
_OWN = f"coalesce({_OWN})"
_IS_OUT = f"coalesce({_FLOW}.connectionDirection = 'OUTBOUND', false)"
"""A connection the instance itself began: what is remote is then where it went."""
_PROCESS = "j.service.runtimeDetails.process"
_FIRST = "j.service.detection.sequence.actors[1].user"
_COUNTRY = f"coalesce({', '.join(f'{each}.remoteIpDetails.country.countryName' for each in _ACTS)})"
_BUCKET = "j.resource.s3BucketDetails[1]"
_UID = (
    f"coalesce(j.resource.instanceDetails.instanceId, {_BUCKET}.arn,"
    " j.resource.eksClusterDetails.arn, j.resource.lambdaDetails.functionArn,"
    " j.resource.rdsDbInstanceDetails.dbInstanceArn, j.resource.ecsClusterDetails.arn,"
    f" {_KEYS}.accessKeyId)"
)

MAPPING = Mapped(
    shape={
        "id": "VARCHAR", "type": "VARCHAR", "title": "VARCHAR", "description": "VARCHAR",
        "accountId": "VARCHAR", "region": "VARCHAR", "severity": "DOUBLE",
        "createdAt": "VARCHAR", "updatedAt": "VARCHAR",
        "resource": {
            "resourceType": "VARCHAR",
            "accessKeyDetails": {"accessKeyId": "VARCHAR", "principalId": "VARCHAR",
                                 "userName": "VARCHAR", "userType": "VARCHAR"},
            "instanceDetails": {"instanceId": "VARCHAR"},
            "s3BucketDetails": [{"arn": "VARCHAR", "name": "VARCHAR"}],
            "eksClusterDetails": {"arn": "VARCHAR", "name": "VARCHAR"},
            "ecsClusterDetails": {"arn": "VARCHAR", "name": "VARCHAR"},
            "lambdaDetails": {"functionArn": "VARCHAR", "functionName": "VARCHAR"},
            "rdsDbInstanceDetails": {"dbInstanceArn": "VARCHAR",
                                     "dbInstanceIdentifier": "VARCHAR"},
            "rdsDbUserDetails": {"user": "VARCHAR"},
            "kubernetesDetails": {"kubernetesUserDetails": {"username": "VARCHAR",
                                                            "uid": "VARCHAR"}},
        },
        "service": {
            "count": "VARCHAR", "archived": "VARCHAR", "resourceRole": "VARCHAR",
            "eventFirstSeen": "VARCHAR", "eventLastSeen": "VARCHAR",
            "action": {
                "actionType": "VARCHAR",
                "awsApiCallAction": {**_REMOTE, "api": "VARCHAR", "serviceName": "VARCHAR",
                                     "errorCode": "VARCHAR", "userAgent": "VARCHAR"},
                "networkConnectionAction": {**_REMOTE, **_LOCAL, **_PORT, "protocol": "VARCHAR",
                                            "connectionDirection": "VARCHAR"},
                "kubernetesApiCallAction": {**_REMOTE, "requestUri": "VARCHAR",
                                            "userAgent": "VARCHAR"},
                "rdsLoginAttemptAction": _REMOTE,
                "portProbeAction": {"portProbeDetails": [{**_REMOTE, **_LOCAL, **_PORT}]},
                "dnsRequestAction": {"domain": "VARCHAR", "protocol": "VARCHAR"},
            },
            "runtimeDetails": {"process": {"name": "VARCHAR", "executablePath": "VARCHAR",
                                           "pid": "BIGINT", "user": "VARCHAR"}},
            "detection": {"sequence": {"actors": [{"user": {
                "name": "VARCHAR", "uid": "VARCHAR", "type": "VARCHAR",
                "credentialUid": "VARCHAR"}}]}},
        },
    },
    objects=("$", "$.resource", "$.resource.accessKeyDetails", "$.service"),
    known=frozenset((
        "id", "type", "title", "description", "accountId", "region", "severity", "createdAt",
        "updatedAt", "resource", "service", "schemaVersion", "partition", "arn", "confidence",
        "associatedAttackSequenceArn",
    )),
    columns={
        "time": utc("j.updatedAt"),
        "original_time": "j.updatedAt",
        "end_time": utc("j.service.eventLastSeen"),
        "class_uid": "CASE WHEN ok THEN 2004 ELSE 0 END",
        "activity_id": "CASE WHEN NOT ok THEN 0 WHEN j.service.archived = 'true' THEN 3"
                       " WHEN j.createdAt = j.updatedAt THEN 1 ELSE 2 END",
        "severity_id": "CASE WHEN NOT ok OR j.severity IS NULL THEN 0 WHEN j.severity >= 9 THEN 5"
                       " WHEN j.severity >= 7 THEN 4 WHEN j.severity >= 4 THEN 3"
                       " WHEN j.severity >= 1 THEN 2 ELSE 1 END",
        "action": "CASE WHEN ok THEN 'other' END",
        "api_operation": "j.type",
        "api_service_name": f"{_CALL}.serviceName",
        "message": "j.description",
        "count": "try_cast(j.service.count AS UINTEGER)",
        "finding_title": "j.title",
        "actor_user_uid": f"coalesce(nullif({_KEYS}.principalId, ''),"
                          " j.resource.kubernetesDetails.kubernetesUserDetails.uid,"
                          f" {_FIRST}.uid)",
        "actor_user_name": f"coalesce(nullif({_KEYS}.userName, ''),"
                           " j.resource.kubernetesDetails.kubernetesUserDetails.username,"
                           " j.resource.rdsDbUserDetails.user,"
                           f" {_FIRST}.name, {_PROCESS}.user)",
        "actor_user_type": f"coalesce({_KEYS}.userType, {_FIRST}.type)",
        "actor_user_account_uid": f"CASE WHEN {_KEYS}.userName IS NOT NULL THEN j.accountId END",
        "actor_user_credential_uid": f"coalesce(nullif({_KEYS}.accessKeyId, ''),"
                                     f" {_FIRST}.credentialUid)",
        "resource_uid": _UID,
        "resource_name": f"coalesce({_BUCKET}.name, j.resource.eksClusterDetails.name,"
                         " j.resource.ecsClusterDetails.name,"
                         " j.resource.lambdaDetails.functionName,"
                         f" j.resource.rdsDbInstanceDetails.dbInstanceIdentifier, {_UID})",
        "resource_type": "j.resource.resourceType",
        "http_url": f"{_KUBE}.requestUri",
        "process_name": f"{_PROCESS}.name",
        "process_path": f"{_PROCESS}.executablePath",
        "process_pid": f"{_PROCESS}.pid",
        "query_hostname": f"{_ACTION}.dnsRequestAction.domain",
        "cloud_provider": "CASE WHEN ok THEN 'AWS' END",
        "cloud_account_uid": "j.accountId",
        "cloud_region": "j.region",
        "metadata_product": "CASE WHEN ok THEN 'GuardDuty' END",
        "src_endpoint_ip": ip(f"CASE WHEN {_IS_OUT} THEN {_OWN} ELSE {_IP} END"),
        "src_endpoint_country": f"CASE WHEN NOT {_IS_OUT} THEN {_COUNTRY} END",
        "src_endpoint_port": port(f"CASE WHEN {_IS_OUT} THEN {_FLOW}.localPortDetails.port"
                                  f" ELSE {_FLOW}.remotePortDetails.port END"),
        "dst_endpoint_ip": ip(f"CASE WHEN {_IS_OUT} THEN {_IP} ELSE {_OWN} END"),
        "dst_endpoint_port": port(f"CASE WHEN {_IS_OUT} THEN {_FLOW}.remotePortDetails.port"
                                  f" ELSE coalesce({_FLOW}.localPortDetails.port,"
                                  f" {_PROBE}.portProbeDetails[1].localPortDetails.port) END"),
        "connection_protocol": f"lower(coalesce({_FLOW}.protocol,"
                               f" {_ACTION}.dnsRequestAction.protocol))",
        "connection_direction": f"lower({_FLOW}.connectionDirection)",
        "user_agent": f"coalesce({_CALL}.userAgent, {_KUBE}.userAgent)",
        "status_code": f"{_CALL}.errorCode",
        "status_detail": "CASE WHEN j.service.archived = 'true' THEN 'archived' END",
        "metadata_uid": "j.id",
        "metadata_correlation_uid": "j.id",
    },
    open={
        "who": "a finding about an instance or a bucket may name nobody",
        "on what": "a finding may name a kind of resource only",
        "from where": "a finding may be about behaviour inside, with no address of its own",
        "outcome": "a finding tells what was seen, not whether it succeeded",
    },
)  # fmt: skip
