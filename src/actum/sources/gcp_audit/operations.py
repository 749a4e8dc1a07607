"""What Google Cloud's methods are: the kind of act by verb, and the OCSF class by name.

A method's name ends in what is done: ``v1.compute.instances.insert``,
``google.iam.admin.v1.CreateServiceAccount``, ``SetIamPolicy``.  Where that says too little (Cloud
Storage, BigQuery, Kubernetes), the last two words are asked: ``objects.get``, ``pods.create``.

References:
- Audited services and their methods: https://cloud.google.com/logging/docs/audit/services
- Google Workspace in Cloud Logging: https://cloud.google.com/logging/docs/audit/gsuite-audit-logging
- OCSF 1.8 classes 3001, 3002, 3004, 3005, 3006, 6003 and 6005.
"""

from __future__ import annotations

from actum.sources.seam import Lookup

__all__ = ["KUBERNETES", "OPERATIONS", "VERBS"]

KUBERNETES = "k8s.io"
_METHOD, _SERVICE = "j.protoPayload.methodName", "j.protoPayload.serviceName"

_VERBS = {
    "create": (
        "create insert add import register copy clone restore generate upload publish submit"
        " allocate provision deploy start undelete post launch write compose rewrite"
    ),
    "read": (
        "get list search query lookup read check test watch fetch export describe aggregated"
        " validate verify preview download count analyze estimate access run streaming sample"
        " head options view find resolve retrieve summarize tabledata explain diagnose"
    ),
    "update": (
        "update patch set modify change enable disable attach detach move rename reset resize"
        " stop suspend resume restart reboot rotate activate deactivate grant replace apply"
        " configure promote merge switch lock unlock mark approve acknowledge rollback upgrade"
        " invalidate simulate put assign unassign invite tag"
    ),
    "delete": (
        "delete remove destroy purge cancel revoke abandon undeploy unregister release reject"
        " deletecollection drop abort uninstall expire dismiss"
    ),
    "auth": "login logout signin authenticate authorize exchange",
}

VERBS = Lookup(
    name="verbs",
    columns=("verb", "act"),
    rows=tuple((verb, act) for act, listed in _VERBS.items() for verb in listed.split()),
    on=f"verbs.verb = lower(regexp_extract(split_part({_METHOD}, '.', -1),"
    " '^(?:[Bb]atch|[Bb]ulk)?([A-Z]?[a-z]+)', 1))",
)
"""The kind of act by the first word of the method's last part: ``batchDelete`` deletes."""

_IAM, _LOGIN, _ADMIN = "iam.googleapis.com", "login.googleapis.com", "admin.googleapis.com"
_STORAGE, _BIGQUERY = "storage.googleapis.com", "bigquery.googleapis.com"
_IDENTITY = "cloudidentity.googleapis.com"
_BY_TWO = (KUBERNETES, _STORAGE, _BIGQUERY)
"""Services whose methods are told by their last two words."""

_CLASSES: tuple[tuple[str, int, int, str | None, str], ...] = (
    # service, class, activity, act (None: by verb), methods
    (_IAM, 3001, 1, None, "CreateServiceAccount UndeleteServiceAccount"),
    (_IAM, 3001, 2, None, "EnableServiceAccount"),
    (_IAM, 3001, 5, None, "DisableServiceAccount"),
    (_IAM, 3001, 6, None, "DeleteServiceAccount"),
    (_IAM, 3001, 99, None, ("UpdateServiceAccount PatchServiceAccount CreateServiceAccountKey"
     " UploadServiceAccountKey DeleteServiceAccountKey EnableServiceAccountKey"
     " DisableServiceAccountKey")),
    (_IAM, 3004, 1, None, "CreateRole UndeleteRole"),
    (_IAM, 3004, 3, None, "UpdateRole"),
    (_IAM, 3004, 4, None, "DeleteRole"),
    (_IAM, 3002, 99, "auth", "SignBlob SignJwt"),
    ("iamcredentials.googleapis.com", 3002, 3, "auth", "GenerateAccessToken GenerateIdToken"),
    ("iamcredentials.googleapis.com", 3002, 99, "auth", "SignBlob SignJwt"),
    ("sts.googleapis.com", 3002, 3, "auth", "ExchangeToken"),
    ("iap.googleapis.com", 3002, 1, "auth", "AuthorizeUser"),
    ("oslogin.googleapis.com", 3002, 1, "auth", "StartSession"),
    ("oslogin.googleapis.com", 3002, 99, "auth", "ContinueSession"),
    (_LOGIN, 3002, 1, "auth", ("loginSuccess loginFailure suspiciousLogin"
     " suspiciousProgrammaticLogin suspiciousLoginLessSecureApp")),
    (_LOGIN, 3002, 2, "auth", "logout"),
    (_LOGIN, 3002, 6, "auth", "loginChallenge loginVerification"),
    (_LOGIN, 3002, 99, "auth", ("govAttackWarning riskySensitiveActionAllowed"
     " riskySensitiveActionBlocked")),
    (_LOGIN, 3001, 3, "update", "passwordEdit"),
    (_LOGIN, 3001, 5, "update", ("accountDisabledPasswordLeak accountDisabledGeneric"
     " accountDisabledHijacked accountDisabledSpamming accountDisabledSpammingThroughRelay")),
    (_LOGIN, 3001, 10, "update", "2svEnroll"),
    (_LOGIN, 3001, 11, "update", "2svDisable"),
    (_LOGIN, 3001, 99, "update", ("recoveryEmailEdit recoveryPhoneEdit recoverySecretQaEdit"
     " titaniumEnroll titaniumUnenroll emailForwardingOutOfDomain")),
    (_ADMIN, 3001, 1, None, "createUser"),
    (_ADMIN, 3001, 2, "update", "unsuspendUser"),
    (_ADMIN, 3001, 4, None, "changePassword"),
    (_ADMIN, 3001, 5, None, "suspendUser"),
    (_ADMIN, 3001, 6, None, "deleteUser"),
    (_ADMIN, 3001, 11, "update", "turnOff2StepVerification"),
    (_ADMIN, 3001, 99, None, "renameUser undeleteUser changeFirstName changeLastName"),
    (_ADMIN, 3005, 1, "update", "assignRole grantAdminPrivilege grantDelegatedAdminPrivileges"),
    (_ADMIN, 3005, 2, "update", "unassignRole revokeAdminPrivilege"),
    (_ADMIN, 3006, 3, "update", "addGroupMember"),
    (_ADMIN, 3006, 4, "update", "removeGroupMember"),
    (_ADMIN, 3006, 5, None, "deleteGroup"),
    (_ADMIN, 3006, 6, None, "createGroup"),
    (_IDENTITY, 3006, 3, "update", "CreateMembership"),
    (_IDENTITY, 3006, 4, "update", "DeleteMembership"),
    (_IDENTITY, 3006, 99, None, "UpdateMembership ModifyMembershipRoles UpdateGroup"),
    (_IDENTITY, 3006, 5, None, "DeleteGroup"),
    (_IDENTITY, 3006, 6, None, "CreateGroup"),
    (_STORAGE, 6005, 1, None, "objects.get"),
    (_STORAGE, 6005, 8, None, "objects.list"),
    (_STORAGE, 6005, 5, "create", ("objects.create objects.insert objects.compose objects.copy"
     " objects.rewrite objects.restore")),
    (_STORAGE, 6005, 2, None, "objects.update objects.patch objects.move"),
    (_STORAGE, 6005, 7, None, "objects.delete"),
    (_BIGQUERY, 6005, 4, "other", ("jobservice.insert jobservice.query jobservice.jobcompleted"
     " JobService.InsertJob JobService.Query")),
    (_BIGQUERY, 6005, 1, "read", ("jobservice.getqueryresults JobService.GetQueryResults"
     " tabledataservice.list TableDataService.List BigQueryRead.ReadRows")),
    (_BIGQUERY, 6005, 5, "create", "tabledataservice.insertall TableDataService.InsertAll"),
    ("secretmanager.googleapis.com", 6005, 1, None, "AccessSecretVersion"),
    ("secretmanager.googleapis.com", 6005, 5, None, "AddSecretVersion"),
    ("cloudkms.googleapis.com", 6005, 9, "other", "Encrypt RawEncrypt"),
    ("cloudkms.googleapis.com", 6005, 10, "other", "Decrypt RawDecrypt AsymmetricDecrypt"),
    ("cloudsql.googleapis.com", 6005, 3, "other", "connect"),
    ("cloudsql.googleapis.com", 6005, 4, "other", "query"),
    (KUBERNETES, 3005, 1, None, "rolebindings.create clusterrolebindings.create"),
    (KUBERNETES, 3005, 2, None, ("rolebindings.delete clusterrolebindings.delete"
     " rolebindings.deletecollection clusterrolebindings.deletecollection")),
    (KUBERNETES, 3005, 99, None, ("rolebindings.update rolebindings.patch"
     " clusterrolebindings.update clusterrolebindings.patch")),
    (KUBERNETES, 3001, 1, None, "serviceaccounts.create"),
    (KUBERNETES, 3001, 6, None, "serviceaccounts.delete serviceaccounts.deletecollection"),
    (KUBERNETES, 3001, 99, None, "serviceaccounts.update serviceaccounts.patch"),
    (KUBERNETES, 3002, 3, "auth", "token.create"),
    (KUBERNETES, 3002, 99, "auth", "tokenreviews.create"),
    (KUBERNETES, 6005, 1, None, "secrets.get"),
    (KUBERNETES, 6003, 4, "delete", "eviction.create"),
    (KUBERNETES, 6003, 3, "update", "binding.create bindings.create"),
    (KUBERNETES, 6003, 2, "read", ("selfsubjectaccessreviews.create subjectaccessreviews.create"
     " selfsubjectrulesreviews.create localsubjectaccessreviews.create selfsubjectreviews.create")),
    *((KUBERNETES, 6003, 99, "other", (f"{each}.create {each}.get {each}.update {each}.patch"
       f" {each}.delete")) for each in ("exec", "attach", "portforward", "proxy")),
)  # fmt: skip

OPERATIONS = Lookup(
    name="operations",
    columns=("service", "method", "class_uid", "activity_id", "act"),
    rows=tuple(
        {
            (service, method.lower()): (service, method.lower(), class_uid, activity, act)
            for service, class_uid, activity, act, listed in _CLASSES
            for method in listed.split()
        }.values()
    ),
    on=f"operations.service = {_SERVICE} AND operations.method = lower(CASE WHEN {_SERVICE} IN"
    f" {_BY_TWO} THEN split_part({_METHOD}, '.', -2) || '.' || split_part({_METHOD}, '.', -1)"
    f" ELSE split_part({_METHOD}, '.', -1) END)",
)
"""The OCSF class and activity of methods that are more than an API call."""
