"""AWS Security Hub findings in the AWS Security Finding Format (ASFF), of any product.

A finding with a ``Compliance`` status is a check that passed or failed, one with
``Vulnerabilities`` is about a package, anything else is a detection.  Who and from where are told
only by some products, each in its own place: the resource's details, ``Action``, or
``ProductFields`` with GuardDuty's own paths in the names.

References:
- ASFF syntax: https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html
- EventBridge: https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html
"""

from __future__ import annotations

import msgspec

from actum.sources.addresses import ip
from actum.sources.seam import Claim, Mapped, plain
from actum.sources.times import utc

NAME = "aws_securityhub"
TITLE = "AWS Security Hub"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "ProductArn and GeneratorId beside Id, AwsAccountId and UpdatedAt"
MEMBERS = frozenset(("ProductArn",))
CLAIMS_TEXT = False


class Key(msgspec.Struct):
    """The members that tell a finding, and one telling of it from another."""

    Id: str
    ProductArn: str
    AwsAccountId: str
    GeneratorId: str
    UpdatedAt: str | None = None


_decode = msgspec.json.Decoder(Key).decode


def claim(raw: bytes) -> Claim | None:
    """A finding by its product; known again by product, account, id and when it was updated."""
    if b'"ProductArn"' not in raw:
        return None
    try:
        key = _decode(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    if not key.UpdatedAt:
        return Claim(NAME, b"")
    told = f"{key.ProductArn}/{key.AwsAccountId}/{key.Id}/{key.UpdatedAt}"
    return Claim(NAME, told.encode("utf-8", "surrogatepass"))


unwrap = plain

_GUARD = "aws/guardduty/service/action/"
_REMOTE = {"RemoteIpDetails": {"IpAddressV4": "VARCHAR", "Country": {"CountryName": "VARCHAR"}}}
_ACTS = ("AwsApiCallAction", "NetworkConnectionAction")
_FIELDS = {
    f"{_GUARD}{act}/{member}": "VARCHAR"
    for act in ("awsApiCallAction", "networkConnectionAction", "kubernetesApiCallAction")
    for member in ("remoteIpDetails/ipAddressV4", "remoteIpDetails/country/countryName")
}
_IP = ", ".join(
    [f"j.Action.{act}.RemoteIpDetails.IpAddressV4" for act in _ACTS]
    + [f'j.ProductFields."{name}"' for name in _FIELDS if name.endswith("V4")]
)
_COUNTRY = ", ".join(
    [f"j.Action.{act}.RemoteIpDetails.Country.CountryName" for act in _ACTS]
    + [f'j.ProductFields."{name}"' for name in _FIELDS if name.endswith("Name")]
)
_KEYS = (
    "list_filter(list_transform(j.Resources, lambda x: x.Details.AwsIamAccessKey),"
    " lambda x: x IS NOT NULL)[1]"
)
_LABELS = "{'INFORMATIONAL': 1, 'LOW': 2, 'MEDIUM': 3, 'HIGH': 4, 'CRITICAL': 5}"

MAPPING = Mapped(
    shape={
        "Id": "VARCHAR", "ProductArn": "VARCHAR", "ProductName": "VARCHAR", "Title": "VARCHAR",
        "GeneratorId": "VARCHAR", "AwsAccountId": "VARCHAR", "Region": "VARCHAR",
        "Types": ["VARCHAR"], "Description": "VARCHAR", "CreatedAt": "VARCHAR",
        "UpdatedAt": "VARCHAR", "LastObservedAt": "VARCHAR", "RecordState": "VARCHAR",
        "Severity": {"Label": "VARCHAR", "Normalized": "DOUBLE"},
        "Compliance": {"Status": "VARCHAR"},
        "Vulnerabilities": ["JSON"],
        "Workflow": {"Status": "VARCHAR"},
        "Resources": [{
            "Id": "VARCHAR", "Type": "VARCHAR", "Region": "VARCHAR",
            "Details": {"AwsIamAccessKey": {
                "PrincipalName": "VARCHAR", "PrincipalId": "VARCHAR", "PrincipalType": "VARCHAR",
                "UserName": "VARCHAR", "AccessKeyId": "VARCHAR", "AccountId": "VARCHAR",
            }},
        }],
        "Action": {
            "AwsApiCallAction": {**_REMOTE, "Api": "VARCHAR", "ServiceName": "VARCHAR"},
            "NetworkConnectionAction": _REMOTE,
        },
        "ProductFields": {**_FIELDS, f"{_GUARD}awsApiCallAction/serviceName": "VARCHAR"},
    },
    objects=("$", "$.Compliance", "$.Severity"),
    known=frozenset((
        "Id", "ProductArn", "ProductName", "Title", "GeneratorId", "AwsAccountId", "Region",
        "Types", "Description", "CreatedAt", "UpdatedAt", "LastObservedAt", "FirstObservedAt",
        "RecordState", "Severity", "Compliance", "Vulnerabilities", "Workflow", "WorkflowState",
        "Resources", "Action", "ProductFields", "CompanyName", "FindingProviderFields", "Sample",
        "SchemaVersion", "SourceUrl", "Remediation", "ProcessedAt", "Confidence", "Criticality",
        "UserDefinedFields", "Network", "NetworkPath", "Process", "Threats", "Malware",
        "ThreatIntelIndicators", "RelatedFindings", "Note", "VerificationState",
        "PatchSummary", "GeneratorDetails", "AwsAccountName", "Detection",
    )),
    steps=({"keyed": _KEYS},),
    columns={
        "time": utc("j.UpdatedAt"),
        "original_time": "j.UpdatedAt",
        "end_time": utc("j.LastObservedAt"),
        "class_uid": "CASE WHEN NOT ok THEN 0 WHEN j.Compliance.Status IS NOT NULL THEN 2003"
                     " WHEN len(j.Vulnerabilities) > 0 THEN 2002 ELSE 2004 END",
        "activity_id": "CASE WHEN NOT ok THEN 0 WHEN j.RecordState = 'ARCHIVED' THEN 3"
                       " WHEN j.CreatedAt = j.UpdatedAt THEN 1 ELSE 2 END",
        "severity_id": f"CASE WHEN ok THEN coalesce(map_extract(MAP {_LABELS},"
                       " upper(j.Severity.Label))[1], CASE WHEN j.Severity.Normalized >= 90 THEN 5"
                       " WHEN j.Severity.Normalized >= 70 THEN 4 WHEN j.Severity.Normalized >= 40"
                       " THEN 3 WHEN j.Severity.Normalized >= 1 THEN 2"
                       " WHEN j.Severity.Normalized = 0 THEN 1 END, 0) ELSE 0 END",
        "action": "CASE WHEN ok THEN 'other' END",
        "api_operation": "coalesce(j.Types[1], j.GeneratorId)",
        "api_service_name": "coalesce(j.Action.AwsApiCallAction.ServiceName,"
                            f' j.ProductFields."{_GUARD}awsApiCallAction/serviceName")',
        "message": "j.Description",
        "finding_title": "j.Title",
        "actor_user_uid": "nullif(keyed.PrincipalId, '')",
        "actor_user_name": "coalesce(nullif(keyed.PrincipalName, ''), nullif(keyed.UserName, ''))",
        "actor_user_type": "keyed.PrincipalType",
        "actor_user_account_uid": "keyed.AccountId",
        "actor_user_credential_uid": "coalesce(keyed.AccessKeyId, nullif(regexp_extract("
                                     "list_filter(j.Resources, lambda x: x.Type ="
                                     " 'AwsIamAccessKey')[1].Id, 'A[KS]IA[A-Z0-9]+$'), ''))",
        "resource_uid": "j.Resources[1].Id",
        "resource_name": "nullif(regexp_extract(j.Resources[1].Id, '[^:/]+$'), '')",
        "resource_type": "j.Resources[1].Type",
        "resources": "CASE WHEN len(j.Resources) > 1"
                     " THEN list_transform(j.Resources, lambda x: x.Id) END",
        "cloud_provider": "CASE WHEN ok THEN 'AWS' END",
        "cloud_account_uid": "j.AwsAccountId",
        "cloud_region": "coalesce(j.Region, j.Resources[1].Region)",
        "metadata_product": "CASE WHEN ok THEN coalesce(j.ProductName, 'Security Hub') END",
        "src_endpoint_ip": ip(f"coalesce({_IP})"),
        "src_endpoint_country": f"coalesce({_COUNTRY})",
        "status": "CASE upper(j.Compliance.Status) WHEN 'PASSED' THEN 'success'"
                  " WHEN 'FAILED' THEN 'failure' ELSE CASE WHEN j.Compliance.Status IS NOT NULL"
                  " THEN 'unknown' END END",
        "status_code": "j.Compliance.Status",
        "status_detail": "CASE WHEN j.RecordState = 'ARCHIVED' THEN 'archived' END",
        "metadata_uid": "j.Id",
        "metadata_correlation_uid": "CASE WHEN starts_with(j.Id, 'arn:') THEN"
                                    " nullif(regexp_extract(j.Id, '[^/]+$'), '') END",
    },
    open={
        "who": "most findings are about a thing, not about somebody",
        "on what": "a custom product may name no resource",
        "from where": "a check looks at a configuration: nothing came from anywhere",
        "outcome": "only a compliance check passes or fails",
    },
)  # fmt: skip
