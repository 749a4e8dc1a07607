"""On what: which request parameters name the resource, and what kind of thing each names.

1. CloudTrail states ``resources[]`` only for some services.  Where it does, the first of them is
   the main resource: its ARN, its type, and the name at the end of the ARN.
2. Else the request's own parameters name the thing, under a key that differs by service.  The first
   key of `PARAMETERS` that is present is the main resource.
3. Name, type and unique id are always of the same thing.  A name alone gives no unique id, unless
   the answer states the ARN of what was made under it.
4. Of an S3 object the name is ``bucket/key``; of a new instance, the id the answer gave it.

Types are CloudFormation's names, as ``resources[].type`` spells them, or a plain word where the key
says no more.
"""

from __future__ import annotations

__all__ = [
    "ANSWER_SHAPE",
    "CHOSEN",
    "FOUND",
    "MADE",
    "MAIN",
    "PARAMETERS",
    "REQUEST_SHAPE",
    "STATED_SHAPE",
    "name_sql",
    "type_sql",
    "uid_sql",
    "uids_sql",
]

_BY_SERVICE = {
    "name": {
        "cloudtrail": "AWS::CloudTrail::Trail",
        "eks": "AWS::EKS::Cluster",
        "ssm": "AWS::SSM::Parameter",
        "events": "AWS::Events::Rule",
        "secretsmanager": "AWS::SecretsManager::Secret",
        "sns": "AWS::SNS::Topic",
        "lambda": "AWS::Lambda::Function",
        "waf": "AWS::WAF::WebACL",
        "wafv2": "AWS::WAFv2::WebACL",
        "states": "AWS::StepFunctions::StateMachine",
        "codebuild": "AWS::CodeBuild::Project",
        "glue": "AWS::Glue::Job",
        "sts": "federated user",
    },
    "groupId": {"ec2": "AWS::EC2::SecurityGroup", "identitystore": "AWS::IdentityStore::Group"},
    "groupName": {"ec2": "AWS::EC2::SecurityGroup", "iam": "AWS::IAM::Group"},
    "userName": {"iam": "AWS::IAM::User", "identitystore": "AWS::IdentityStore::User"},
    "target": {"ssm": "AWS::EC2::Instance"},
}

PARAMETERS: tuple[tuple[str, str], ...] = (
    ("bucketName", "AWS::S3::Bucket"),
    ("groupId", "by service"),
    ("groupName", "by service"),
    ("userName", "by service"),
    ("instanceProfileName", "AWS::IAM::InstanceProfile"),
    ("roleName", "AWS::IAM::Role"),
    ("roleArn", "AWS::IAM::Role"),
    ("policyArn", "AWS::IAM::ManagedPolicy"),
    ("policyName", "AWS::IAM::Policy"),
    ("sAMLProviderArn", "AWS::IAM::SAMLProvider"),
    ("openIDConnectProviderArn", "AWS::IAM::OIDCProvider"),
    ("serialNumber", "AWS::IAM::MFADevice"),
    ("virtualMFADeviceName", "AWS::IAM::MFADevice"),
    ("functionName", "AWS::Lambda::Function"),
    ("layerName", "AWS::Lambda::LayerVersion"),
    ("keyId", "AWS::KMS::Key"),
    ("secretId", "AWS::SecretsManager::Secret"),
    ("tableName", "AWS::DynamoDB::Table"),
    ("dBInstanceIdentifier", "AWS::RDS::DBInstance"),
    ("dBSnapshotIdentifier", "AWS::RDS::DBSnapshot"),
    ("dBClusterIdentifier", "AWS::RDS::DBCluster"),
    ("snapshotId", "AWS::EC2::Snapshot"),
    ("volumeId", "AWS::EC2::Volume"),
    ("networkInterfaceId", "AWS::EC2::NetworkInterface"),
    ("allocationId", "AWS::EC2::EIP"),
    ("instanceId", "AWS::EC2::Instance"),
    ("imageId", "AWS::EC2::Image"),
    ("subnetId", "AWS::EC2::Subnet"),
    ("networkAclId", "AWS::EC2::NetworkAcl"),
    ("routeTableId", "AWS::EC2::RouteTable"),
    ("internetGatewayId", "AWS::EC2::InternetGateway"),
    ("natGatewayId", "AWS::EC2::NatGateway"),
    ("vpcId", "AWS::EC2::VPC"),
    ("keyName", "AWS::EC2::KeyPair"),
    ("trailName", "AWS::CloudTrail::Trail"),
    ("logGroupName", "AWS::Logs::LogGroup"),
    ("topicArn", "AWS::SNS::Topic"),
    ("queueUrl", "AWS::SQS::Queue"),
    ("streamName", "AWS::Kinesis::Stream"),
    ("stackName", "AWS::CloudFormation::Stack"),
    ("repositoryName", "AWS::ECR::Repository"),
    ("clusterName", "cluster"),
    ("clusterIdentifier", "cluster"),
    ("cluster", "cluster"),
    ("loadBalancerName", "AWS::ElasticLoadBalancing::LoadBalancer"),
    ("loadBalancerArn", "AWS::ElasticLoadBalancingV2::LoadBalancer"),
    ("autoScalingGroupName", "AWS::AutoScaling::AutoScalingGroup"),
    ("detectorId", "AWS::GuardDuty::Detector"),
    ("hostedZoneId", "AWS::Route53::HostedZone"),
    ("distributionId", "AWS::CloudFront::Distribution"),
    ("certificateArn", "AWS::CertificateManager::Certificate"),
    ("stateMachineArn", "AWS::StepFunctions::StateMachine"),
    ("domainName", "domain"),
    ("serverId", "AWS::Transfer::Server"),
    ("target", "by service"),
    ("resourceArn", "resource"),
    ("targetArn", "resource"),
    ("resourceId", "resource"),
    ("arn", "resource"),
    ("name", "by service"),
)
"""Request keys in order of precedence, with the type of what they name."""

_ID_ENDS = ("Id", "Arn", "arn", "Url", "serialNumber", "target")
_INSTANCES = {"items": [{"instanceId": "VARCHAR"}]}

REQUEST_SHAPE: dict[str, object] = {
    **dict.fromkeys((key for key, _ in PARAMETERS), "VARCHAR"),
    "key": "VARCHAR",
    "instancesSet": _INSTANCES,
    "resourcesSet": {"items": [{"resourceId": "VARCHAR"}]},
}
ANSWER_SHAPE: dict[str, object] = {
    "instancesSet": _INSTANCES,
}
STATED_SHAPE: list[object] = [{"ARN": "VARCHAR", "ARNPrefix": "VARCHAR", "type": "VARCHAR"}]

_R, _A = "j.requestParameters", "j.responseElements"
_KEYS = [key for key, _ in PARAMETERS]
_FIRST = f"{_R}.instancesSet.items[1].instanceId"
_NEW = f"{_A}.instancesSet.items[1].instanceId"
_TAGGED = f"{_R}.resourcesSet.items[1].resourceId"
_OBJECT = (
    f"CASE WHEN {_R}.key IS NOT NULL AND j.resources[1].type IS DISTINCT FROM 'AWS::S3::Bucket'"
    f" THEN {_R}.bucketName || '/' || {_R}.key END"
)
_STATED = "coalesce(j.resources[1].ARN, j.resources[2].ARN, j.resources[1].ARNPrefix)"
_STATED_TYPE = (
    "CASE WHEN j.resources[1].ARN IS NULL AND j.resources[2].ARN IS NOT NULL"
    " THEN j.resources[2].type ELSE j.resources[1].type END"
)
"""A prefix stands for objects of which none is named: what is named is their bucket."""
_OWN_KEY_OF = f"{_A}.accessKey.userName"

_OF_SECRETS = (
    "CASE WHEN j.eventSource = 'secretsmanager.amazonaws.com'"
    " THEN json_extract_string(text, '$.additionalEventData.ARN') END"
)
_IDS = [
    _FIRST, _NEW, *(f"{_R}.{key}" for key in _KEYS if key.endswith(_ID_ENDS)), _TAGGED, _OF_SECRETS,
]  # fmt: skip
_NAMED = [_FIRST, _NEW, *(f"{_R}.{key}" for key in _KEYS), _TAGGED, _OWN_KEY_OF, _OF_SECRETS]
CHOSEN = f"coalesce({', '.join(_NAMED)})"
"""The step ``chosen``: what the request names first."""
_MADE = ("user.arn", "role.arn", "group.arn", "policy.arn", "functionArn", "trailARN")
_MADE_PATHS = ", ".join(f"'$.responseElements.{each}'" for each in _MADE)
_MADE_ARN = (
    "CASE WHEN j.eventSource IN ('iam.amazonaws.com', 'lambda.amazonaws.com',"
    " 'cloudtrail.amazonaws.com') AND j.readOnly = 'false' AND j.responseElements IS NOT NULL"
    " THEN list_any_value(json_extract_string(text,"
    f" [{_MADE_PATHS}])) END"
)

_NOUN = "regexp_extract(j.eventName, '^(?:Batch)?[A-Z][a-z0-9]+?([A-Z][A-Za-z]*?)s?$', 1)"
_ANSWERED = "json_extract(text, '$.responseElements')::VARCHAR"
_ASKED = "json_extract(text, '$.requestParameters')::VARCHAR"
_LEAF = r'(?:\\[|[{]"tag":[0-9]+,"content":)?"([^"\\\\]+)"'
MADE = (
    f"CASE WHEN act = 'create' AND {_NEW} IS NULL AND j.responseElements IS NOT NULL"
    f" AND {_STATED} IS NULL AND (chosen IS NULL OR j.eventSource = 'ec2.amazonaws.com')"
    " AND j.eventSource <> 'iam.amazonaws.com'"
    f" THEN nullif(regexp_extract({_ANSWERED}, concat('(?i)\"(?:(?:', {_NOUN}, '|',"
    f" regexp_extract({_NOUN}, '([A-Z][a-z]+)$', 1), CASE WHEN j.eventName = 'AllocateAddress'"
    " THEN '|allocation' ELSE '' END, ')(?:Id|Arn)|arn)\":\"([^\"]+)\"'), 1), '') END"
)
"""The step ``made``: the id the answer gave a new thing, under the name of what was created."""
_KIND_MADE = (
    f"'AWS::EC2::' || CASE {_NOUN} WHEN 'Vpc' THEN 'VPC' WHEN 'Addres' THEN 'EIP' ELSE {_NOUN} END"
)
_NAMES_ONE = "(act <> 'read' OR starts_with(j.eventName, 'Get')) AND j.eventName <> 'RunInstances'"
"""Lists are of many things; what instances are begun with is none of them."""
_FIRST_PATHS = ", ".join(
    f"'$.requestParameters.{each}'"
    for each in ("instanceIds[0]", "resource", "resourceName", "bucket", "targetId", "id")
)
_DENIED = 'regexp_extract(j.errorMessage, \'on resource: "?(arn:[^ ",*]+)(?:[ ",]|$)\', 1)'
FOUND = f"""CASE WHEN made IS NULL AND chosen IS NULL AND {_STATED} IS NULL THEN coalesce(
    {_MADE_ARN},
    CASE WHEN j.requestParameters IS NOT NULL AND {_NAMES_ONE} THEN coalesce(
        nullif(list_any_value(json_extract_string(text, [{_FIRST_PATHS}])), ''),
        nullif(regexp_extract({_ASKED}, concat('(?i)"(?:', {_NOUN},
            ')(?:Id|Arn|Name|Identifier)s?":{_LEAF}'), 1), ''),
        nullif(regexp_extract({_ASKED},
            '"[A-Za-z]*(?:Id|ID|Arn|ARN|Identifier|Name)":{_LEAF}', 1), '')) END,
    CASE WHEN j.errorMessage <> '' THEN nullif({_DENIED}, '') END) END"""
"""The step ``found``, where the keys we know name nothing: what the operation's own name calls for,
else the first thing the request names, else what a refusal says it refused."""
MAIN = f"coalesce({_STATED}, made, chosen, found)"
"""The step ``main``: what is stated, else what is made, chosen or found."""

_ARN_HEAD = "^arn:[^:]*:(?:s3:::|iam::[^:]*:[a-z-]+/(?:.*/)?|[^:]*:[^:]*:[^:]*:(?:[a-zA-Z-]+[:/])?)"
"""What stands before the name in an ARN: paths are part of a name, but not in IAM."""


def name_sql() -> str:
    """Return SQL of the main resource's name: what an ARN ends in, or the parameter's value."""
    return (
        f"coalesce({_OBJECT}, CASE WHEN made IS NOT NULL"
        f" THEN coalesce({_R}.groupName, {_R}.keyName) END, CASE WHEN starts_with(main, 'arn:')"
        f" THEN regexp_replace(main, '{_ARN_HEAD}', '')"
        " WHEN starts_with(main, 'https://sqs.') THEN split_part(main, '/', -1) ELSE main END)"
    )


def uid_sql() -> str:
    """Return SQL of the main resource's unique id: an ARN, or an id AWS gave."""
    return (
        f"coalesce({_STATED}, made, {_MADE_ARN}, CASE WHEN starts_with(chosen, 'arn:')"
        f" OR chosen = coalesce({', '.join(_IDS)}) THEN chosen END, CASE WHEN"
        " starts_with(found, 'arn:') OR regexp_full_match(found, '[a-z-]+-[0-9a-f]{8,17}')"
        " THEN found END)"
    )


def type_sql() -> str:
    """Return SQL of the main resource's type: as stated, or by the request key that names it."""
    cases = [
        f"WHEN {_STATED} IS NOT NULL THEN {_STATED_TYPE}",
        f"WHEN made IS NOT NULL AND j.eventSource = 'ec2.amazonaws.com' THEN {_KIND_MADE}",
        f"WHEN {_FIRST} IS NOT NULL OR {_NEW} IS NOT NULL THEN 'AWS::EC2::Instance'",
        f"WHEN {_OBJECT} IS NOT NULL THEN 'AWS::S3::Object'",
        *(f"WHEN {_R}.{key} IS NOT NULL THEN {_kind(key, kind)}" for key, kind in PARAMETERS),
        f"WHEN {_TAGGED} IS NOT NULL THEN 'resource'",
        f"WHEN {_OWN_KEY_OF} IS NOT NULL THEN 'AWS::IAM::User'",
        f"WHEN {_OF_SECRETS} IS NOT NULL THEN 'AWS::SecretsManager::Secret'",
        "WHEN regexp_matches(found, '^arn:[^:]*:iam::[^:]*:role/') THEN 'AWS::IAM::Role'",
        "WHEN regexp_matches(found, '^arn:[^:]*:iam::[^:]*:user/') THEN 'AWS::IAM::User'",
    ]
    return f"CASE {' '.join(cases)} END"


def _kind(key: str, kind: str) -> str:
    if kind != "by service":
        return f"'{kind}'"
    cases = " ".join(
        f"WHEN '{service}.amazonaws.com' THEN '{what}'"
        for service, what in _BY_SERVICE[key].items()
    )
    return f"CASE j.eventSource {cases} END"


def uids_sql() -> str:
    """Return SQL of all resources named, when there is more than the main one."""
    return (
        "CASE WHEN len(j.resources) > 1"
        " THEN list_transform(j.resources, lambda x: coalesce(x.ARN, x.ARNPrefix))"
        " WHEN made IS NOT NULL AND chosen IS NOT NULL AND made <> chosen THEN [made, chosen]"
        f" WHEN {_R}.policyArn IS NOT NULL AND {_R}.policyArn IS DISTINCT FROM chosen"
        f" THEN [{_R}.policyArn]"
        f" WHEN len({_R}.instancesSet.items) > 1"
        f" THEN list_transform({_R}.instancesSet.items, lambda x: x.instanceId)"
        f" WHEN len({_A}.instancesSet.items) > 1"
        f" THEN list_transform({_A}.instancesSet.items, lambda x: x.instanceId)"
        f" WHEN len({_R}.resourcesSet.items) > 1"
        f" THEN list_transform({_R}.resourcesSet.items, lambda x: x.resourceId) END"
    )
