"""Kubernetes audit events: of any API server, of Amazon EKS and of Azure AKS.

Versions v1, v1beta1 and v1alpha1 of audit.k8s.io are read, as lines of a file, as an EventList,
from CloudWatch Logs (EKS) and inside Azure records (AKS, see `wrappings`).  GKE writes them as
Cloud Audit Logs: those are the source ``gcp_audit``.

- A request is told in stages, each a record of its own: RequestReceived, ResponseStarted (of what
  takes long), ResponseComplete or Panic.  The last one told is the act; the others of the same
  request are kept and hidden behind it.  A request of which only an earlier stage is at hand stays
  visible, and without an answer its outcome is unknown.
- A client may choose the Audit-ID itself, so it alone tells neither a record nor a request again:
  the times belong to it.
- Of ``sourceIPs`` all but the last are what the client or a proxy said; the first is taken as where
  it came from, the others are kept beside it.
- OpenShift's OAuth server audits sign-ins: who, and how it went, stand in the annotations.
- The items of an EventList say neither kind nor version.
- Time is when the request arrived; a watch is complete hours later.

References:
- https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/
- https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/
- https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
- https://learn.microsoft.com/en-us/azure/aks/monitor-aks-reference
"""

from __future__ import annotations

from actum.sources import addresses
from actum.sources.kubernetes import wrappings
from actum.sources.kubernetes.key import claim
from actum.sources.kubernetes.operations import OPERATIONS, VERBS
from actum.sources.seam import Mapped
from actum.sources.times import utc

__all__ = ["MAPPING", "NAME", "SIGNS", "SUPPORT", "TITLE", "VERSION", "claim", "unwrap"]

NAME = "kubernetes"
TITLE = "Kubernetes audit"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "kind Event of audit.k8s.io, or an Azure record of category kube-audit"
MEMBERS = frozenset(("apiVersion", "verb", "auditID", "category", "Category", "Type", "AuditId"))
CLAIMS_TEXT = True
unwrap = wrappings.unwrap


_O, _U, _S = "j.objectRef", "j.user", "j.responseStatus"
_X = f"{_U}.extra"
_TIME = (
    "coalesce(j.requestReceivedTimestamp, j.timestamp, j.stageTimestamp,"
    " j.metadata.creationTimestamp)"
)
_RANK = (
    "CASE j.stage WHEN 'ResponseComplete' THEN 3 WHEN 'Panic' THEN 3 WHEN 'ResponseStarted' THEN 2"
    " WHEN 'RequestReceived' THEN 1 END"
)
_REQUEST = f"(PARTITION BY j.auditID, stated_time, j.requestURI, j.verb, {_U}.username, cluster)"
"""What the stages of one request have in common."""
_REFUSED = (
    '(code IN (401, 403) OR code >= 400 OR j.annotations."authorization.k8s.io/decision"'
    f" = 'forbid' OR {_S}.status = 'Failure' OR j.stage = 'Panic')"
)
_SIGN_IN = 'j.annotations."authentication.openshift.io/decision"'
_SIGNED_IN = "nullif(j.annotations.\"authentication.openshift.io/username\", '')"
"""OpenShift's own server signs people in: a refusal is an answer of 200 or 302 like any other."""
_STATUS = f"""CASE
    WHEN NOT ok THEN NULL
    WHEN {_SIGN_IN} IN ('deny', 'error') THEN 'failure'
    WHEN {_REFUSED} THEN 'failure'
    WHEN code BETWEEN 100 AND 399 OR {_S}.status = 'Success' THEN 'success'
    ELSE 'unknown' END"""
_KIND = f"""CASE
    WHEN {_SIGNED_IN} IS NOT NULL THEN 'User'
    WHEN starts_with({_U}.username, 'system:serviceaccount:') THEN 'ServiceAccount'
    WHEN starts_with({_U}.username, 'system:node:') THEN 'Node'
    WHEN {_U}.username = 'system:anonymous' THEN 'Anonymous'
    WHEN starts_with({_U}.username, 'system:') THEN 'System'
    WHEN {_U}.username <> '' THEN 'User' END"""
"""Kubernetes keeps these prefixes to itself."""
_IS_EKS = (
    f"regexp_matches({_U}.uid, '^(aws-iam|heptio)-authenticator') OR {_X}.arn IS NOT NULL"
    f" OR starts_with({_U}.username, 'eks:')"
)
_OPERATION = f"""CASE
    WHEN {_O}.resource <> '' THEN concat_ws(' ', j.verb,
        concat_ws('/', {_O}.resource, nullif({_O}.subresource, '')))
    WHEN path <> '' THEN concat_ws(' ', j.verb, path)
    ELSE j.verb END"""
_MADE = (
    "CASE WHEN j.verb = 'create' THEN list_any_value(json_extract_string(text,"
    " ['$.responseObject.metadata.name', '$.requestObject.metadata.name',"
    " '$.requestObject.metadata.generateName'])) END"
)
"""A new object has no name in the path it is posted to."""
_IS_BINDING = f"{_O}.resource IN ('rolebindings', 'clusterrolebindings')"
_BOUND = f"""CASE WHEN {_IS_BINDING} AND act <> 'read' THEN list_transform(coalesce(
    nullif(json_extract(text, '$.requestObject.subjects[*]'), []),
    json_extract(text, '$.responseObject.subjects[*]')),
    lambda x: CASE WHEN x->>'$.kind' = 'ServiceAccount' AND x->>'$.namespace' IS NOT NULL
        THEN concat('system:serviceaccount:', x->>'$.namespace', ':', x->>'$.name')
        ELSE x->>'$.name' END) END"""
_ROLE = f"""CASE WHEN {_IS_BINDING} AND act <> 'read' THEN coalesce(
    json_extract_string(text, '$.requestObject.roleRef.name'),
    json_extract_string(text, '$.responseObject.roleRef.name')) END"""
_ACCOUNT = (
    f"CASE WHEN {_O}.resource = 'serviceaccounts' AND act <> 'read'"
    f" THEN 'system:serviceaccount:' || {_O}.namespace || ':' || named END"
)
_COMMAND = f"""CASE WHEN {_O}.subresource = 'exec' THEN nullif(array_to_string(list_transform(
    regexp_extract_all(j.requestURI, '[?&]command=([^&]*)', 1),
    lambda x: url_decode(replace(x, '+', ' '))), ' '), '') END"""
"""Exec is asked for with its words one by one in the query."""


def _is_mail(text: str) -> str:
    """SQL of whether it is an address of mail; an ARN may only end like one."""
    return f"regexp_full_match({text}, '[^\\s@:/]+@[^\\s@:/]+[.][^\\s@:/]+')"


def _present(values: str) -> str:
    """SQL of the list of those of the values that are there; NULL if none is."""
    return f"nullif(list_filter({values}, lambda x: x <> ''), [])"


MAPPING = Mapped(
    shape={
        "auditID": "VARCHAR", "stage": "VARCHAR", "verb": "VARCHAR", "requestURI": "VARCHAR",
        "user": {
            "username": "VARCHAR", "uid": "VARCHAR",
            "extra": {
                "arn": ["VARCHAR"], "canonicalArn": ["VARCHAR"], "sessionName": ["VARCHAR"],
                "accessKeyId": ["VARCHAR"], "oid": ["VARCHAR"], "upn": ["VARCHAR"],
                "authentication.kubernetes.io/credential-id": ["VARCHAR"],
                "authentication.kubernetes.io/pod-name": ["VARCHAR"],
            },
        },
        "impersonatedUser": {"username": "VARCHAR"},
        "sourceIPs": ["VARCHAR"], "userAgent": "VARCHAR",
        "objectRef": {
            "resource": "VARCHAR", "subresource": "VARCHAR", "namespace": "VARCHAR",
            "name": "VARCHAR", "uid": "VARCHAR", "apiGroup": "VARCHAR",
        },
        "responseStatus": {
            "code": "VARCHAR", "status": "VARCHAR", "message": "VARCHAR", "reason": "VARCHAR",
        },
        "requestReceivedTimestamp": "VARCHAR", "stageTimestamp": "VARCHAR",
        "timestamp": "VARCHAR", "metadata": {"creationTimestamp": "VARCHAR"},
        "annotations": {
            "authentication.openshift.io/decision": "VARCHAR",
            "authentication.openshift.io/username": "VARCHAR",
            "authorization.k8s.io/decision": "VARCHAR", "authorization.k8s.io/reason": "VARCHAR",
            "authentication.kubernetes.io/issued-credential-id": "VARCHAR",
        },
        wrappings.CLUSTER: "VARCHAR",
    },
    objects=(
        "$", "$.user", "$.user.extra", "$.impersonatedUser", "$.objectRef", "$.responseStatus",
        "$.annotations",
    ),
    known=frozenset((
        "kind", "apiVersion", "metadata", "level", "timestamp", "auditID", "stage", "requestURI",
        "verb", "user", "impersonatedUser", "authenticationMetadata", "sourceIPs", "userAgent",
        "objectRef", "responseStatus", "requestObject", "responseObject",
        "requestReceivedTimestamp", "stageTimestamp", "annotations", wrappings.CLUSTER,
    )),
    lookups=(VERBS, OPERATIONS),
    steps=(
        {
            "code": f"try_cast({_S}.code AS INTEGER)", "stated_time": _TIME, "rank": _RANK,
            "path": "split_part(j.requestURI, '?', 1)",
            "act": f"CASE WHEN {_SIGN_IN} <> '' THEN 'auth'"
            " WHEN ok THEN coalesce(operations_act, verbs_act, 'other') END",
            "named": f"coalesce(nullif({_O}.name, ''), {_MADE})",
            "cluster": f'j."{wrappings.CLUSTER}"', "ip": "j.sourceIPs[1]",
        },
        {
            "last_rank": f"max(rank) OVER {_REQUEST}",
            "last_index": f'arg_max("index", rank) OVER {_REQUEST}',
            "bound": _BOUND, "role": _ROLE,
            "others": f"[{_ACCOUNT}, j.impersonatedUser.username, {_X}.arn[1], {_X}.oid[1],"
                      f" {_X}.upn[1]]",
        },
    ),
    columns={
        "copy_of": "CASE WHEN rank < last_rank AND j.auditID <> '' THEN last_index END",
        "time": utc("stated_time"),
        "original_time": "stated_time",
        "end_time": f"CASE WHEN rank = 3 THEN {utc('j.stageTimestamp')} END",
        "class_uid": f"CASE WHEN NOT ok THEN 0 WHEN {_SIGN_IN} <> '' THEN 3002"
        " ELSE coalesce(operations_class_uid, 6003) END",
        "activity_id": f"CASE WHEN NOT ok THEN 0 WHEN {_SIGN_IN} <> '' THEN 1"
        " WHEN operations_activity_id IS NOT NULL"
                       " THEN operations_activity_id"
                       " ELSE CASE act WHEN 'create' THEN 1 WHEN 'read' THEN 2 WHEN 'update' THEN 3"
                       " WHEN 'delete' THEN 4 ELSE 99 END END",
        "severity_id": "CASE WHEN NOT ok THEN 0 ELSE 1 END",
        "action": "act",
        "api_operation": _OPERATION,
        "api_service_name": f"nullif({_O}.apiGroup, '')",
        "actor_user_uid": f"nullif({_U}.uid, '')",
        "actor_user_name": f"coalesce({_SIGNED_IN}, nullif({_U}.username, ''))",
        "actor_user_type": _KIND,
        "actor_user_email": f"CASE WHEN {_is_mail(f'{_U}.username')} THEN {_U}.username"
                            f" WHEN {_is_mail(f'{_X}.sessionName[1]')} THEN {_X}.sessionName[1]"
                            f" WHEN {_is_mail(f'{_X}.upn[1]')} THEN {_X}.upn[1] END",
        "actor_user_account_uid": f"CASE WHEN {_X}.arn IS NOT NULL"
                                  f" THEN nullif(split_part({_X}.arn[1], ':', 5), '') END",
        "actor_user_credential_uid": f"coalesce({_X}.accessKeyId[1],"
                                     f' {_X}."authentication.kubernetes.io/credential-id"[1])',
        "actor_session_uid": f"coalesce({_X}.sessionName[1],"
                             f' {_X}."authentication.kubernetes.io/pod-name"[1])',
        "actor_session_issuer": f"{_X}.canonicalArn[1]",
        "actor_acting_as": "j.impersonatedUser.username",
        "resource_uid": f"nullif({_O}.uid, '')",
        "resource_name": f"CASE WHEN {_O}.resource <> '' THEN named ELSE nullif(path, '') END",
        "resource_type": f"CASE WHEN {_O}.resource <> '' THEN {_O}.resource"
                         " WHEN path <> '' THEN 'nonResourceURL' END",
        "resource_namespace": f"nullif({_O}.namespace, '')",
        "resources": _present("[role, cluster]"),
        "http_url": "nullif(j.requestURI, '')",
        "process_cmd_line": _COMMAND,
        "cloud_provider": "CASE WHEN cluster IS NOT NULL THEN 'Azure'"
                          f" WHEN {_IS_EKS} THEN 'AWS' END",
        "cloud_account_uid": "nullif(regexp_extract(cluster, '(?i)^/subscriptions/([^/]+)', 1),"
                             " '')",
        "metadata_product": "CASE WHEN ok THEN 'Kubernetes' END",
        "src_endpoint_ip": addresses.ip("ip"),
        "user_agent": "nullif(j.userAgent, '')",
        "status": _STATUS,
        "status_code": f"CASE WHEN {_REFUSED} THEN coalesce(nullif({_S}.reason, ''),"
                       f" {_S}.code) END",
        "status_detail": f"coalesce(nullif({_S}.message, ''), CASE WHEN {_REFUSED} THEN"
                         " nullif(j.annotations.\"authorization.k8s.io/reason\", '') END)",
        "http_status": "CASE WHEN code BETWEEN 100 AND 999 THEN code END",
        "metadata_uid": "nullif(j.auditID, '')",
        "metadata_correlation_uid": "nullif(j.auditID, '')",
        "issued_credential_uid":
            'j.annotations."authentication.kubernetes.io/issued-credential-id"',
        "any_user": _present("list_concat(bound, others)"),
        "any_ip": "CASE WHEN len(j.sourceIPs) > 1 THEN nullif(list_filter(list_transform("
                  f"j.sourceIPs[2:], lambda x: {addresses.ip('x')}), lambda x: x <> ''), []) END",
    },
    open={
        "who": "a request that failed to prove who it is names nobody",
        "on what": "a record trimmed on its way may have lost what it asked for",
        "when": "a record trimmed on its way may have lost its times",
        "from where": "requests the API server makes of itself may state no address",
    },
)  # fmt: skip
