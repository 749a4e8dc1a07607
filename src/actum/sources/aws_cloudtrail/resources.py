"""On what: which request parameters name the resource, and what kind of thing each names.

CloudTrail states ``resources[]`` only for some services.  For the rest the request's own parameters
name the thing, under a key that differs by service.  The first key of `PARAMETERS` that is present
is the main resource; all of them, and every ARN in ``resources[]``, are listed.

Types are CloudFormation's names, as ``resources[].type`` spells them.
"""

from __future__ import annotations

__all__ = ["PARAMETERS", "REQUEST_SHAPE", "name_sql", "type_sql", "uid_sql", "uids_sql"]

PARAMETERS: tuple[tuple[str, str], ...] = (
    ("bucketName", "AWS::S3::Bucket"),
    ("userName", "AWS::IAM::User"),
    ("roleName", "AWS::IAM::Role"),
    ("roleArn", "AWS::IAM::Role"),
    ("instanceProfileName", "AWS::IAM::InstanceProfile"),
    ("policyArn", "AWS::IAM::ManagedPolicy"),
    ("policyName", "AWS::IAM::Policy"),
    ("sAMLProviderArn", "AWS::IAM::SAMLProvider"),
    ("openIDConnectProviderArn", "AWS::IAM::OIDCProvider"),
    ("serialNumber", "AWS::IAM::MFADevice"),
    ("groupId", "AWS::EC2::SecurityGroup"),
    ("groupName", "group"),
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
    ("resourceArn", "resource"),
    ("targetArn", "resource"),
    ("arn", "resource"),
    ("name", "by service"),
)
"""Request keys in order of precedence, with the type of what they name."""

_NAMED_BY_SERVICE = {
    "cloudtrail.amazonaws.com": "AWS::CloudTrail::Trail",
    "eks.amazonaws.com": "AWS::EKS::Cluster",
    "ssm.amazonaws.com": "AWS::SSM::Parameter",
    "events.amazonaws.com": "AWS::Events::Rule",
    "secretsmanager.amazonaws.com": "AWS::SecretsManager::Secret",
    "sns.amazonaws.com": "AWS::SNS::Topic",
    "lambda.amazonaws.com": "AWS::Lambda::Function",
    "waf.amazonaws.com": "AWS::WAF::WebACL",
    "wafv2.amazonaws.com": "AWS::WAFv2::WebACL",
    "states.amazonaws.com": "AWS::StepFunctions::StateMachine",
    "codebuild.amazonaws.com": "AWS::CodeBuild::Project",
    "glue.amazonaws.com": "AWS::Glue::Job",
}

_ID_ITEM = [{"instanceId": "VARCHAR"}]
REQUEST_SHAPE: dict[str, object] = {
    **{key: "VARCHAR" for key, _ in PARAMETERS},
    "key": "VARCHAR",
    "accessKeyId": "VARCHAR",
    "instancesSet": {"items": _ID_ITEM},
    "externalId": "VARCHAR",
}

_R = "j.requestParameters"
_FIRST_INSTANCE = f"{_R}.instancesSet.items[1].instanceId"
_NEW_INSTANCE = "j.responseElements.instancesSet.items[1].instanceId"
_OBJECT = (
    f"CASE WHEN {_R}.key IS NOT NULL THEN {_R}.bucketName || '/' || {_R}.key"
    f" ELSE {_R}.bucketName END"
)


def name_sql() -> str:
    """SQL of the main resource's name: a bucket with its key, an ARN or path by its last part."""
    keys = [f"{_R}.{key}" for key, _ in PARAMETERS if key != "bucketName"]
    chosen = ", ".join([_OBJECT, _FIRST_INSTANCE, _NEW_INSTANCE, *keys])
    return (
        f"regexp_replace(coalesce({chosen}, j.resources[1].ARN), '^arn:.*[:/]([^:/]+)$', '\\1')"
    )


def uid_sql() -> str:
    """SQL of the main resource's unique id: an ARN if one is stated, else an id AWS gave."""
    ids = [key for key, _ in PARAMETERS if key.endswith(("Id", "Arn", "arn", "Url"))]
    chosen = ", ".join([_FIRST_INSTANCE, _NEW_INSTANCE, *(f"{_R}.{key}" for key in ids)])
    return f"coalesce(j.resources[1].ARN, j.resources[1].ARNPrefix, {chosen})"


def type_sql() -> str:
    """SQL of the main resource's type: as stated, or by the request key that names it."""
    cases = [
        f"WHEN {_R}.bucketName IS NOT NULL AND {_R}.key IS NOT NULL THEN 'AWS::S3::Object'",
        f"WHEN {_FIRST_INSTANCE} IS NOT NULL OR {_NEW_INSTANCE} IS NOT NULL"
        " THEN 'AWS::EC2::Instance'",
    ]
    for key, kind in PARAMETERS:
        if kind == "by service":
            named = " ".join(
                f"WHEN '{service}' THEN '{what}'" for service, what in _NAMED_BY_SERVICE.items()
            )
            kind = f"CASE j.eventSource {named} END"  # noqa: PLW2901 - the same thing, resolved
        elif key == "groupName":
            kind = (  # noqa: PLW2901 - the same thing, resolved
                "CASE j.eventSource WHEN 'iam.amazonaws.com' THEN 'AWS::IAM::Group'"
                " WHEN 'ec2.amazonaws.com' THEN 'AWS::EC2::SecurityGroup' END"
            )
        else:
            kind = f"'{kind}'"  # noqa: PLW2901 - the same thing, as SQL
        cases.append(f"WHEN {_R}.{key} IS NOT NULL THEN {kind}")
    return f"coalesce(j.resources[1].type, CASE {' '.join(cases)} END)"


def uids_sql() -> str:
    """SQL of every other resource named: stated ARNs and ids, NULL when there is just the one."""
    return (
        "CASE WHEN len(j.resources) > 1"
        " THEN list_transform(j.resources, lambda x: coalesce(x.ARN, x.ARNPrefix))"
        f" WHEN {_R}.policyArn IS NOT NULL AND {_R}.policyArn IS DISTINCT FROM {uid_sql()}"
        f" THEN [{_R}.policyArn]"
        f" WHEN len({_R}.instancesSet.items) > 1"
        f" THEN list_transform({_R}.instancesSet.items, lambda x: x.instanceId) END"
    )
