"""What happens in the background: some two hundred operations of thirty-odd services.

A row is (service, operations, weight, who, request, response, resource).  ``who`` is letters of the
kinds of principal that do it:

    p person   c pipeline   n instance   k pod   l function   s service   m monitor   u IAM user

In a body, ``«bucket»`` is a name from the account's vocabulary, chosen when a template is made, and
``‹h12›`` is fresh in every event: twelve letters of hex (``h``), base32 (``u``) or base64 (``b``),
or with ``‹id›`` a whole uuid.  ``‹key›`` is fresh too, but the same throughout one event.
"""

# ruff: noqa: E501 - a table is read row by row
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["GLOBAL_SERVICES", "OPERATIONS", "Operation"]

GLOBAL_SERVICES: Final = ("iam", "organizations", "route53", "cloudfront", "support", "health")
"""Services that log in us-east-1 wherever they are called from."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, with the body typical of its family."""

    service: str
    name: str
    weight: int
    who: str
    request: dict[str, Any] | None
    response: dict[str, Any] | None
    resource: tuple[tuple[str, str], ...]
    is_data: bool

    @property
    def is_reading(self) -> bool:
        """Whether CloudTrail would call it ``readOnly``."""
        return self.name.startswith(
            (
                *("Get", "List", "Describe", "Head", "Lookup", "BatchGet", "Query", "Scan"),
                *("Decrypt", "Filter", "Sign", "Encrypt", "Generate", "Assume", "Select"),
            )
        )


_BUCKET: Final = (("AWS::S3::Bucket", "arn:aws:s3:::«bucket»"),)
_OBJECT: Final = (("AWS::S3::Object", "arn:aws:s3:::«bucket»/«prefix»/‹key›.parquet"), *_BUCKET)
_KEY: Final = (("AWS::KMS::Key", "arn:aws:kms:«region»:«account»:key/«key»"),)
_ROLE: Final = (("AWS::IAM::Role", "arn:aws:iam::«account»:role/«role»"),)
_TABLE: Final = (("AWS::DynamoDB::Table", "arn:aws:dynamodb:«region»:«account»:table/«table»"),)
_CONFIDED: Final = "arn:aws:secretsmanager:«region»:«account»:secret:«secret»"
_FUNCTION: Final = "arn:aws:lambda:«region»:«account»:function:«function»"
_S3: Final = {"bucketName": "«bucket»", "Host": "«bucket».s3.«region».amazonaws.com"}
_S3_OBJECT: Final = _S3 | {"key": "«prefix»/‹key›.parquet"}
_PAGE: Final = {"maxResults": 100}
_TOKEN: Final = {
    "credentials": {
        "accessKeyId": "ASIAEXAMPLE‹u9›",
        "sessionToken": "EXAMPLETOKEN‹b40›",
        "expiration": "Nov 9, 2026, 11:59:59 PM",
    },
    "assumedRoleUser": {
        "assumedRoleId": "AROAEXAMPLE«roleid»:«session»",
        "arn": "arn:aws:sts::«account»:assumed-role/«role»/«session»",
    },
}
_ASSUME: Final = {
    "roleArn": "arn:aws:iam::«account»:role/«role»",
    "roleSessionName": "«session»",
    "durationSeconds": 3600,
}
_FILTER: Final = {
    "filterSet": {
        "items": [
            {"name": "vpc-id", "valueSet": {"items": [{"value": "«vpc»"}]}},
            {"name": "tag:environment", "valueSet": {"items": [{"value": "«env»"}]}},
        ]
    }
}
_CONTEXT: Final = {
    "encryptionContext": {"aws:s3:arn": "arn:aws:s3:::«bucket»"},
    "encryptionAlgorithm": "SYMMETRIC_DEFAULT",
    "keyId": "arn:aws:kms:«region»:«account»:key/«key»",
}
_POLICY: Final = {
    "policyName": "«role»-inline",
    "policyDocument": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*",'
    '"s3:List*"],"Resource":["arn:aws:s3:::«bucket»","arn:aws:s3:::«bucket»/*"]}]}',
}
_OK: Final = {"_return": True}

_Row = tuple[
    str, str, int, str, dict[str, Any] | None, dict[str, Any] | None, tuple[tuple[str, str], ...]
]

_ROWS: Final[tuple[_Row, ...]] = (
    # sessions and keys: most of what any trail holds
    ("sts", "AssumeRole", 340, "sscm", _ASSUME, _TOKEN, _ROLE),
    ("sts", "AssumeRoleWithWebIdentity", 60, "k", _ASSUME | {"providerId": "arn:aws:iam::«account»:oidc-provider/oidc.eks.«region».amazonaws.com/id/«hexid»"}, _TOKEN, _ROLE),
    ("sts", "GetCallerIdentity", 150, "pcnklmu", None, None, ()),
    ("sts", "GetSessionToken", 3, "u", {"durationSeconds": 43200}, None, ()),
    ("kms", "Decrypt", 110, "nkls", _CONTEXT, None, _KEY),
    ("kms", "GenerateDataKey", 70, "nkls", _CONTEXT | {"keySpec": "AES_256"}, None, _KEY),
    ("kms", "Sign", 60, "kl", {"messageType": "RAW", "signingAlgorithm": "RSASSA_PKCS1_V1_5_SHA_256", "keyId": "arn:aws:kms:«region»:«account»:key/«key»"}, None, _KEY),
    ("kms", "Encrypt", 40, "kls", _CONTEXT, None, _KEY),
    ("kms", "DescribeKey ListAliases GetKeyPolicy GetKeyRotationStatus ListGrants", 4, "pcm", {"keyId": "arn:aws:kms:«region»:«account»:key/«key»"}, None, _KEY),
    ("kms", "CreateGrant RetireGrant", 6, "s", {"keyId": "arn:aws:kms:«region»:«account»:key/«key»", "granteePrincipal": "dynamodb.«region».amazonaws.com", "operations": ["Decrypt", "Encrypt", "GenerateDataKey"]}, {"grantId": "‹h64›"}, _KEY),
    # data events
    ("s3", "GetObject", 60, "nklu", _S3_OBJECT, None, _OBJECT),
    ("s3", "PutObject", 40, "nkls", _S3_OBJECT | {"x-amz-server-side-encryption": "aws:kms"}, None, _OBJECT),
    ("s3", "HeadObject", 25, "nkl", _S3_OBJECT, None, _OBJECT),
    ("s3", "ListObjects", 20, "nkl", _S3 | {"list-type": "2", "prefix": "«prefix»/"}, None, _BUCKET),
    ("s3", "DeleteObject CopyObject", 8, "nkl", _S3_OBJECT, None, _OBJECT),
    ("dynamodb", "GetItem PutItem UpdateItem Query", 30, "kl", {"tableName": "«table»", "key": {"id": "‹h16›"}, "consistentRead": False}, None, _TABLE),
    ("dynamodb", "BatchGetItem BatchWriteItem DeleteItem Scan", 6, "kl", {"tableName": "«table»", "returnConsumedCapacity": "TOTAL"}, None, _TABLE),
    ("lambda", "Invoke", 45, "kls", {"functionName": _FUNCTION, "invocationType": "Event"}, None, (("AWS::Lambda::Function", _FUNCTION),)),
    # S3 management
    ("s3", "GetBucketAcl GetBucketPolicy GetBucketLocation GetBucketEncryption GetBucketVersioning GetBucketTagging GetBucketPublicAccessBlock GetBucketLifecycle", 7, "pcms", _S3, None, _BUCKET),
    ("s3", "ListBuckets", 8, "pcm", {"Host": "s3.«region».amazonaws.com"}, None, ()),
    ("s3", "CreateBucket PutBucketPolicy PutBucketTagging PutBucketLifecycle PutBucketEncryption", 1, "pc", _S3, None, _BUCKET),
    # IAM
    ("iam", "GetRole GetRolePolicy ListRolePolicies ListAttachedRolePolicies ListRoleTags", 9, "pcm", {"roleName": "«role»"}, None, ()),
    ("iam", "GetUser ListAccessKeys ListMFADevices ListGroupsForUser GetLoginProfile ListAttachedUserPolicies", 5, "pm", {"userName": "«user»"}, None, ()),
    ("iam", "ListUsers ListRoles ListPolicies GetAccountSummary ListInstanceProfiles", 4, "pcm", {"maxItems": 100}, None, ()),
    ("iam", "GetPolicy GetPolicyVersion ListPolicyVersions ListEntitiesForPolicy", 4, "pcm", {"policyArn": "arn:aws:iam::«account»:policy/«role»-policy"}, None, ()),
    ("iam", "CreateRole UpdateAssumeRolePolicy TagRole", 2, "pc", {"roleName": "«role»", "description": "made by pipeline"}, None, ()),
    ("iam", "PutRolePolicy", 3, "pc", {"roleName": "«role»"} | _POLICY, None, ()),
    ("iam", "AttachRolePolicy DetachRolePolicy DeleteRolePolicy PassRole", 2, "pc", {"roleName": "«role»", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}, None, ()),
    ("iam", "CreateAccessKey UpdateAccessKey DeleteAccessKey", 1, "p", {"userName": "«user»"}, None, ()),
    ("iam", "AddUserToGroup RemoveUserFromGroup", 1, "p", {"userName": "«user»", "groupName": "«team»"}, None, ()),
    # compute
    ("ec2", "DescribeInstances", 70, "pcnkm", {"instancesSet": {"items": [{"instanceId": "«instance»"}]}, "filterSet": {}}, None, ()),
    ("ec2", "DescribeInstanceStatus DescribeVolumes DescribeTags DescribeAddresses DescribeImages DescribeSnapshots", 14, "pcnm", _FILTER | _PAGE, None, ()),
    ("ec2", "DescribeNetworkInterfaces DescribeSubnets DescribeVpcs DescribeRouteTables DescribeSecurityGroups", 18, "pcknm", _FILTER, None, ()),
    ("ec2", "DescribeAvailabilityZones DescribeRegions DescribeInstanceTypes DescribeLaunchTemplates DescribeKeyPairs DescribeNatGateways DescribeVpcEndpoints DescribeFlowLogs", 6, "pcm", {"dryRun": False}, None, ()),
    ("ec2", "RunInstances", 5, "cs", {"instancesSet": {"items": [{"imageId": "«image»", "minCount": 1, "maxCount": 1}]}, "instanceType": "m7g.large", "subnetId": "«subnet»", "groupSet": {"items": [{"groupId": "«group»"}]}}, {"requestId": "‹id›", "reservationId": "r-‹h17›", "instancesSet": {"items": [{"instanceId": "i-‹h17›", "imageId": "«image»", "instanceState": {"code": 0, "name": "pending"}}]}}, ()),
    ("ec2", "TerminateInstances StartInstances StopInstances RebootInstances", 3, "pcs", {"instancesSet": {"items": [{"instanceId": "«instance»"}]}}, {"requestId": "‹id›", "instancesSet": {"items": [{"instanceId": "«instance»", "currentState": {"code": 32, "name": "shutting-down"}, "previousState": {"code": 16, "name": "running"}}]}}, ()),
    ("ec2", "CreateTags DeleteTags", 6, "csk", {"resourcesSet": {"items": [{"resourceId": "«instance»"}]}, "tagSet": {"items": [{"key": "team", "value": "«team»"}, {"key": "environment", "value": "«env»"}]}}, {"requestId": "‹id›"} | _OK, ()),
    ("ec2", "AuthorizeSecurityGroupIngress RevokeSecurityGroupIngress", 1, "pc", {"groupId": "«group»", "ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "ipRanges": {"items": [{"cidrIp": "10.0.0.0/8"}]}}]}}, {"requestId": "‹id›"} | _OK, ()),
    ("ec2", "CreateNetworkInterface DeleteNetworkInterface AttachVolume DetachVolume CreateSnapshot DeleteSnapshot", 4, "sk", {"subnetId": "«subnet»", "volumeId": "«volume»", "description": "«cluster»"}, {"requestId": "‹id›"}, ()),
    ("autoscaling", "DescribeAutoScalingGroups DescribeAutoScalingInstances DescribeScalingActivities", 12, "cksm", {"autoScalingGroupNames": ["«scaling»"]}, None, ()),
    ("autoscaling", "SetDesiredCapacity UpdateAutoScalingGroup", 2, "ck", {"autoScalingGroupName": "«scaling»", "desiredCapacity": 3, "honorCooldown": False}, None, ()),
    ("elasticloadbalancing", "DescribeLoadBalancers DescribeTargetGroups DescribeTargetHealth DescribeListeners DescribeTags", 14, "ckm", {"loadBalancerArns": ["arn:aws:elasticloadbalancing:«region»:«account»:loadbalancer/app/«balancer»"]}, None, ()),
    ("elasticloadbalancing", "RegisterTargets DeregisterTargets", 8, "kc", {"targetGroupArn": "arn:aws:elasticloadbalancing:«region»:«account»:targetgroup/«balancer»", "targets": [{"id": "«address»", "port": 8080}]}, None, ()),
    ("eks", "DescribeCluster ListClusters DescribeNodegroup ListNodegroups ListAddons", 6, "pckm", {"name": "«cluster»"}, None, ()),
    ("ecs", "DescribeServices DescribeTasks ListTasks DescribeTaskDefinition DescribeClusters", 8, "cm", {"cluster": "«cluster»", "services": ["«function»"]}, None, ()),
    ("ecs", "UpdateService RegisterTaskDefinition RunTask SubmitTaskStateChange", 5, "cn", {"cluster": "«cluster»", "service": "«function»", "forceNewDeployment": True}, None, ()),
    ("ecr", "GetAuthorizationToken", 24, "cnk", None, None, ()),
    ("ecr", "BatchGetImage GetDownloadUrlForLayer BatchCheckLayerAvailability", 22, "cnk", {"repositoryName": "«repository»", "registryId": "«account»", "imageIds": [{"imageDigest": "sha256:‹h64›"}]}, None, (("AWS::ECR::Repository", "arn:aws:ecr:«region»:«account»:repository/«repository»"),)),
    ("ecr", "PutImage InitiateLayerUpload CompleteLayerUpload DescribeImages", 4, "c", {"repositoryName": "«repository»", "registryId": "«account»"}, None, (("AWS::ECR::Repository", "arn:aws:ecr:«region»:«account»:repository/«repository»"),)),
    ("lambda", "ListFunctions20150331 GetAccountSettings20160819 ListEventSourceMappings20150331", 6, "pcm", {"maxItems": 50}, None, ()),
    ("lambda", "GetFunction20150331v2 GetFunctionConfiguration20150331v2 GetPolicy20150331v2 ListVersionsByFunction20150331 ListTags20170331", 6, "pcm", {"functionName": _FUNCTION}, None, ()),
    ("lambda", "UpdateFunctionCode20150331v2 PublishVersion20150331 UpdateFunctionConfiguration20150331v2", 3, "c", {"functionName": "«function»", "s3Bucket": "«bucket»", "s3Key": "builds/‹h12›.zip", "publish": True}, {"functionName": "«function»", "functionArn": _FUNCTION, "runtime": "python3.13", "codeSha256": "‹b43›=", "revisionId": "‹id›"}, ()),
    ("autoscaling", "CompleteLifecycleAction RecordLifecycleActionHeartbeat", 3, "n", {"autoScalingGroupName": "«scaling»", "lifecycleHookName": "drain", "instanceId": "«instance»"}, None, ()),
    # operations
    ("ssm", "UpdateInstanceInformation", 75, "n", {"instanceId": "«instance»", "agentVersion": "3.3.2299.0", "agentName": "amazon-ssm-agent", "platformType": "Linux", "computerName": "ip-«dashed».ec2.internal", "iPAddress": "«address»"}, None, ()),
    ("ssm", "GetParameter GetParameters GetParametersByPath", 22, "cnkl", {"name": "/«env»/«parameter»", "withDecryption": True}, None, (("AWS::SSM::Parameter", "arn:aws:ssm:«region»:«account»:parameter/«env»/«parameter»"),)),
    ("ssm", "ListInstanceAssociations DescribeInstanceInformation ListAssociations PutInventory", 10, "n", {"instanceId": "«instance»", "maxResults": 20}, None, ()),
    ("ssm", "StartSession TerminateSession SendCommand", 1, "p", {"target": "«instance»", "documentName": "AWS-StartInteractiveCommand", "reason": "on call"}, {"sessionId": "«user»-‹h17›"}, ()),
    ("secretsmanager", "GetSecretValue", 80, "cnkl", {"secretId": _CONFIDED}, None, ()),
    ("secretsmanager", "ListSecrets DescribeSecret", 10, "pkm", _PAGE, None, ()),
    ("secretsmanager", "PutSecretValue RotateSecret", 1, "cl", {"secretId": _CONFIDED, "clientRequestToken": "‹id›"}, {"arn": _CONFIDED, "versionId": "‹id›"}, ()),
    ("logs", "CreateLogStream", 110, "nkls", {"logGroupName": "«loggroup»", "logStreamName": "2026/11/[$LATEST]‹h32›"}, None, ()),
    ("logs", "DescribeLogGroups DescribeLogStreams FilterLogEvents GetLogEvents", 9, "pcm", {"logGroupName": "«loggroup»", "limit": 50}, None, ()),
    ("logs", "StartQuery GetQueryResults CreateLogGroup PutRetentionPolicy", 5, "pm", {"logGroupName": "«loggroup»", "queryString": "fields @timestamp, @message | sort @timestamp desc | limit 200", "startTime": 1793934849, "endTime": 1793938449}, {"queryId": "‹id›"}, ()),
    ("monitoring", "DescribeAlarms GetMetricData ListMetrics GetMetricStatistics GetDashboard", 12, "pcm", {"maxRecords": 100, "alarmNamePrefix": "«env»-«team»"}, None, ()),
    ("monitoring", "PutMetricAlarm DeleteAlarms SetAlarmState", 2, "c", {"alarmName": "«env»-«team»-«function»", "comparisonOperator": "GreaterThanThreshold", "evaluationPeriods": 3, "period": 60}, None, ()),
    ("events", "PutRule PutTargets ListRules ListTargetsByRule DescribeRule", 3, "cm", {"name": "«function»-schedule", "eventBusName": "default"}, None, ()),
    ("tagging", "GetResources GetTagKeys", 14, "m", {"resourcesPerPage": 100, "resourceTypeFilters": ["ec2:instance", "rds:db", "s3"]}, None, ()),
    ("config", "PutEvaluations BatchGetResourceConfig DescribeConfigRules GetComplianceDetailsByConfigRule SelectResourceConfig", 7, "lm", {"configRuleName": "«env»-required-tags", "complianceTypes": ["NON_COMPLIANT"], "limit": 100}, None, ()),
    ("cloudtrail", "DescribeTrails GetTrailStatus LookupEvents GetEventSelectors ListTrails", 6, "pm", {"trailNameList": ["audit-trail"], "includeShadowTrails": False}, None, ()),
    ("cloudformation", "DescribeStacks DescribeStackEvents ListStackResources GetTemplate DescribeChangeSet", 12, "pcm", {"stackName": "arn:aws:cloudformation:«region»:«account»:stack/«stack»"}, None, ()),
    ("cloudformation", "CreateChangeSet ExecuteChangeSet UpdateStack", 3, "c", {"stackName": "«stack»", "changeSetName": "release-‹h12›", "capabilities": ["CAPABILITY_NAMED_IAM"], "parameters": [{"parameterKey": "Environment"}, {"parameterKey": "Image"}]}, {"stackId": "arn:aws:cloudformation:«region»:«account»:stack/«stack»"}, ()),
    # data services
    ("rds", "DescribeDBInstances DescribeDBClusters ListTagsForResource DescribeEvents DescribeDBSnapshots", 10, "pcm", {"dBInstanceIdentifier": "«database»", "maxRecords": 100}, None, ()),
    ("rds", "CreateDBSnapshot DeleteDBSnapshot ModifyDBInstance", 1, "cs", {"dBInstanceIdentifier": "«database»", "dBSnapshotIdentifier": "rds:«database»-‹h8›"}, {"engine": "postgres", "engineVersion": "17.6", "status": "creating", "allocatedStorage": 400, "storageEncrypted": True}, ()),
    ("elasticache", "DescribeCacheClusters DescribeReplicationGroups", 4, "cm", {"maxRecords": 100, "showCacheNodeInfo": True}, None, ()),
    ("dynamodb", "DescribeTable ListTables DescribeTimeToLive DescribeContinuousBackups", 9, "pcm", {"tableName": "«table»"}, None, _TABLE),
    ("sqs", "ReceiveMessage SendMessage DeleteMessage GetQueueAttributes GetQueueUrl", 9, "kl", {"queueUrl": "https://sqs.«region».amazonaws.com/«account»/«queue»"}, None, (("AWS::SQS::Queue", "arn:aws:sqs:«region»:«account»:«queue»"),)),
    ("sns", "Publish GetTopicAttributes ListSubscriptionsByTopic", 6, "klm", {"topicArn": "arn:aws:sns:«region»:«account»:«topic»"}, {"messageId": "‹id›"}, (("AWS::SNS::Topic", "arn:aws:sns:«region»:«account»:«topic»"),)),
    ("kinesis", "DescribeStream DescribeStreamSummary ListShards", 8, "klm", {"streamName": "«stream»"}, None, ()),
    ("athena", "StartQueryExecution", 7, "plm", {"queryString": "HIDDEN_DUE_TO_SECURITY_REASONS", "clientRequestToken": "‹id›", "workGroup": "«team»", "resultConfiguration": {"outputLocation": "s3://«bucket»/athena/"}}, {"queryExecutionId": "‹id›"}, ()),
    ("athena", "GetQueryExecution GetQueryResults ListWorkGroups", 9, "plm", {"queryExecutionId": "‹id›"}, None, ()),
    ("glue", "GetTable GetPartitions GetDatabases GetTables BatchGetPartition", 14, "plk", {"databaseName": "«env»_lake", "name": "«table»"}, None, ()),
    ("glue", "StartJobRun UpdateTable BatchCreatePartition", 3, "lk", {"jobName": "«function»", "arguments": "HIDDEN_DUE_TO_SECURITY_REASONS"}, {"jobRunId": "jr_‹h64›"}, ()),
    ("states", "StartExecution DescribeExecution ListExecutions", 8, "l", {"stateMachineArn": "arn:aws:states:«region»:«account»:stateMachine:«function»", "name": "‹id›"}, {"executionArn": "arn:aws:states:«region»:«account»:execution:«function»:‹id›", "startDate": "Nov 6, 2026, 3:14:09 AM"}, ()),
    ("backup", "StartBackupJob ListRecoveryPointsByBackupVault DescribeBackupVault", 2, "sm", {"backupVaultName": "Default", "resourceArn": "arn:aws:rds:«region»:«account»:db:«database»"}, {"backupJobId": "‹id›"}, ()),
    # edge and the organisation
    ("route53", "ListHostedZones ListResourceRecordSets GetChange", 6, "cm", {"hostedZoneId": "«zone»", "maxItems": "100"}, None, ()),
    ("route53", "ChangeResourceRecordSets", 6, "ck", {"hostedZoneId": "«zone»", "changeBatch": {"changes": [{"action": "UPSERT", "resourceRecordSet": {"name": "«function».«env».example.com.", "type": "A", "tTL": 60}}]}}, {"changeInfo": {"id": "/change/C‹u20›", "status": "PENDING"}}, ()),
    ("cloudfront", "ListDistributions2020_05_31 GetDistribution2020_05_31 CreateInvalidation2020_05_31", 2, "cm", {"distributionId": "E‹u13›"}, None, ()),
    ("apigateway", "GetRestApis GetStages GetResources CreateDeployment", 3, "cm", {"restApiId": "«hexid»", "limit": 500}, None, ()),
    ("acm", "DescribeCertificate ListCertificates", 3, "cm", {"certificateArn": "arn:aws:acm:«region»:«account»:certificate/«key»"}, None, ()),
    ("organizations", "DescribeOrganization ListAccounts ListAccountsForParent DescribeAccount", 2, "pm", _PAGE, None, ()),
    ("guardduty", "ListDetectors ListFindings GetFindings", 4, "pm", {"detectorId": "«hexid»«hexid»", "maxResults": 50}, None, ()),
    ("securityhub", "GetFindings BatchImportFindings DescribeHub", 4, "plm", {"maxResults": 100, "filters": {"recordState": [{"value": "ACTIVE", "comparison": "EQUALS"}]}}, None, ()),
    ("access-analyzer", "ListFindings ListAnalyzers", 2, "pm", {"analyzerArn": "arn:aws:access-analyzer:«region»:«account»:analyzer/organisation"}, None, ()),
    ("health", "DescribeEventAggregates DescribeEvents", 3, "pm", {"filter": {"eventStatusCodes": ["open", "upcoming"]}, "aggregateField": "eventTypeCategory"}, None, ()),
    ("support", "DescribeTrustedAdvisorChecks DescribeCases", 1, "pm", {"language": "en"}, None, ()),
    ("servicequotas", "ListServiceQuotas GetServiceQuota", 2, "pm", {"serviceCode": "ec2"}, None, ()),
)  # fmt: skip


def _each() -> Iterator[Operation]:
    for service, names, weight, who, request, response, resource in _ROWS:
        for name in names.split():
            is_data = (service, name) in _DATA or (service == "dynamodb" and "tem" in name)
            yield Operation(service, name, weight, who, request, response, resource, is_data)


_DATA: Final = frozenset(
    [("s3", name + "Object") for name in ("Get", "Put", "Head", "Delete", "Copy")]
    + [("s3", "ListObjects"), ("lambda", "Invoke"), ("dynamodb", "Query"), ("dynamodb", "Scan")]
    + [("sqs", "ReceiveMessage"), ("sqs", "SendMessage"), ("sqs", "DeleteMessage")]
    + [("sns", "Publish")]
)

OPERATIONS: Final = tuple(_each())
