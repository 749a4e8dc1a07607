"""What CloudTrail's operations are, as tables: the kind of act by verb, and the OCSF class by name.

References:
- CloudTrail record contents: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
- OCSF 1.8 classes 3001, 3002, 3005, 3006, 6003, 6005 and 2004.
"""

from __future__ import annotations

from actum.sources.seam import Lookup

__all__ = ["OPERATIONS", "VERBS"]

_VERBS = {
    "create": (
        "Create Run Allocate Register Import Copy Restore Put Add Upload Publish Provision Issue"
        " Launch Request Generate Initiate Clone Purchase Open Submit Insert Share Start Schedule"
        " Subscribe Post Deploy Build Bundle Export Replicate"
    ),
    "read": (
        "Get List Describe Head Lookup Search Query Scan Select View Check Read Preview"
        " Download Discover Estimate Filter Retrieve Test Validate Verify Detect Simulate Count"
        " Decode Poll Receive Peek Fetch Show Find Compare Browse"
    ),
    "update": (
        "Update Modify Set Attach Detach Associate Disassociate Change Stop Reboot Reset Resume"
        " Enable Suspend Replace Rotate Tag Untag Enroll Move Rename Rollback Apply Grant Disable"
        " Activate Deactivate Authorize Configure Assign Unassign Promote Merge Resync Send"
        " Transfer Accept Approve Confirm Increase Decrease Extend Join Link Unlink Monitor"
        " Unmonitor Refresh Renew Upgrade Override Pause Retry Failover Force Backtrack Bid"
        " Complete Continue Convert Edit Execute Invoke Lock Unlock Mark Notify Overwrite Patch"
        " Re Repair Sign Switch Sync Unshare Wait Warm Write"
    ),
    "delete": (
        "Delete Remove Terminate Deregister Revoke Release Purge Cancel Destroy Abort Unsubscribe"
        " Leave Reject Decline Deny Dissociate Drop Evict Expire Forget Flush Close Deprovision"
        " Dismiss Shutdown Unregister Withdraw Uninstall Deprecate"
    ),
    "auth": "Assume Login Logout Authenticate Federate Console Signin",
}

VERBS = Lookup(
    name="verbs",
    columns=("verb", "act"),
    rows=tuple((verb, act) for act, listed in _VERBS.items() for verb in listed.split()),
    on="verbs.verb = regexp_extract(j.eventName, '^(?:Batch|Admin)?([A-Z][a-z]+)', 1)",
)
"""The kind of act by the first word of the operation's name: ``BatchDeleteImage`` deletes."""

_IAM, _STS, _SIGNIN = "iam.amazonaws.com", "sts.amazonaws.com", "signin.amazonaws.com"
_S3, _KMS, _SECRETS = "s3.amazonaws.com", "kms.amazonaws.com", "secretsmanager.amazonaws.com"
_DYNAMO, _SSO = "dynamodb.amazonaws.com", "sso.amazonaws.com"

_CLASSES: tuple[tuple[str, int, int, str | None, str], ...] = (
    # service, class, activity, act (None: by verb), operations
    (_SIGNIN, 3002, 1, "auth", "ConsoleLogin UserAuthentication ExternalIdPDirectoryLogin"),
    (_SIGNIN, 3002, 2, "auth", "Logout"),
    (_SIGNIN, 3002, 3, "auth", "GetSigninToken"),
    (_SIGNIN, 3002, 6, "auth", "CheckMfa CredentialChallenge CredentialVerification"),
    (_SIGNIN, 3002, 7, "auth", "SwitchRole ExitRole"),
    (_SIGNIN, 3002, 99, "auth", "RenewRole"),
    (_SIGNIN, 3001, 3, "update", "PasswordUpdated"),
    (_SIGNIN, 3001, 4, "update", "PasswordRecoveryRequested PasswordRecoveryCompleted"),
    (_SSO, 3002, 1, "auth", "Authenticate Federate UserAuthentication"),
    (_SSO, 3002, 2, "auth", "Logout"),
    (_STS, 3002, 3, "auth", ("AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity AssumeRoot"
     " GetSessionToken GetFederationToken AssumeRoleForPodIdentity")),
    ("eks-auth.amazonaws.com", 3002, 3, "auth", "AssumeRoleForPodIdentity"),
    ("rolesanywhere.amazonaws.com", 3002, 3, "auth", "CreateSession"),
    (_IAM, 3001, 1, None, "CreateUser CreateServiceLinkedRole CreateRole"),
    (_IAM, 3001, 6, None, "DeleteUser DeleteRole"),
    (_IAM, 3001, 99, None, ("CreateAccessKey UpdateAccessKey DeleteAccessKey UpdateUser UpdateRole"
     " UpdateAssumeRolePolicy CreateServiceSpecificCredential UploadSSHPublicKey"
     " UploadSigningCertificate UpdateAccountPasswordPolicy DeleteAccountPasswordPolicy"
     " CreateVirtualMFADevice DeleteVirtualMFADevice")),
    (_IAM, 3001, 3, None, "ChangePassword CreateLoginProfile"),
    (_IAM, 3001, 4, None, "UpdateLoginProfile"),
    (_IAM, 3001, 5, None, "DeleteLoginProfile"),
    (_IAM, 3001, 10, None, "EnableMFADevice"),
    (_IAM, 3001, 11, None, "DeactivateMFADevice"),
    (_IAM, 3005, 1, "update", ("AttachUserPolicy AttachRolePolicy PutUserPolicy PutRolePolicy"
     " PutUserPermissionsBoundary PutRolePermissionsBoundary AddRoleToInstanceProfile")),
    (_IAM, 3005, 2, "update", ("DetachUserPolicy DetachRolePolicy DeleteUserPolicy"
     " DeleteRolePolicy DeleteUserPermissionsBoundary DeleteRolePermissionsBoundary"
     " RemoveRoleFromInstanceProfile")),
    (_IAM, 3006, 1, "update", "AttachGroupPolicy PutGroupPolicy"),
    (_IAM, 3006, 2, "update", "DetachGroupPolicy DeleteGroupPolicy"),
    (_IAM, 3006, 3, "update", "AddUserToGroup"),
    (_IAM, 3006, 4, "update", "RemoveUserFromGroup"),
    (_IAM, 3006, 5, None, "DeleteGroup"),
    (_IAM, 3006, 6, None, "CreateGroup"),
    (_S3, 6005, 1, "read", ("GetObject HeadObject GetObjectTorrent SelectObjectContent"
     " GetObjectAcl GetObjectTagging")),
    (_S3, 6005, 8, "read", ("ListObjects ListObjectsV2 ListObjectVersions ListParts"
     " ListMultipartUploads")),
    (_S3, 6005, 5, None, ("PutObject CopyObject UploadPart UploadPartCopy CreateMultipartUpload"
     " CompleteMultipartUpload RestoreObject PostObject")),
    (_S3, 6005, 2, "update", ("PutObjectAcl PutObjectTagging PutObjectRetention"
     " PutObjectLegalHold")),
    (_S3, 6005, 7, "delete", ("DeleteObject DeleteObjects DeleteObjectTagging"
     " AbortMultipartUpload")),
    (_DYNAMO, 6005, 1, "read", "GetItem BatchGetItem TransactGetItems"),
    (_DYNAMO, 6005, 4, "read", "Query Scan ExecuteStatement PartiQLSelect"),
    (_DYNAMO, 6005, 5, None, "PutItem BatchWriteItem TransactWriteItems"),
    (_DYNAMO, 6005, 2, "update", "UpdateItem"),
    (_DYNAMO, 6005, 7, "delete", "DeleteItem"),
    ("rdsdata.amazonaws.com", 6005, 4, "read", "ExecuteStatement BatchExecuteStatement"),
    (_SECRETS, 6005, 1, "read", "GetSecretValue BatchGetSecretValue"),
    (_SECRETS, 6005, 5, "update", "PutSecretValue"),
    (_KMS, 6005, 9, None, ("Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext"
     " ReEncrypt GenerateDataKeyPair")),
    (_KMS, 6005, 10, None, "Decrypt"),
    ("lambda.amazonaws.com", 6003, 99, "other", "Invoke InvokeExecution"),
    ("ec2.amazonaws.com", 6003, 3, "update", "StartInstances StopInstances"),
    ("cloudtrail.amazonaws.com", 6003, 3, "update", ("StartLogging StopLogging PutEventSelectors"
     " PutInsightSelectors")),
    (_S3, 6003, 3, "update", ("PutBucketAcl PutBucketPolicy PutBucketVersioning PutBucketLogging"
     " PutBucketLifecycle PutBucketLifecycleConfiguration PutBucketReplication PutBucketTagging"
     " PutBucketEncryption PutBucketPublicAccessBlock PutAccountPublicAccessBlock PutBucketCors"
     " PutBucketNotification PutBucketOwnershipControls PutBucketWebsite"
     " PutBucketObjectLockConfiguration")),
)  # fmt: skip

OPERATIONS = Lookup(
    name="operations",
    columns=("service", "operation", "class_uid", "activity_id", "act"),
    rows=tuple(
        (service, operation, class_uid, activity, act)
        for service, class_uid, activity, act, listed in _CLASSES
        for operation in listed.split()
    ),
    on="operations.service = j.eventSource AND operations.operation = j.eventName",
)
"""The OCSF class and activity of operations that are more than an API call."""
