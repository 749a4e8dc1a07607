"""Google Cloud Audit Logs: admin activity, data access, system events and denied policies.

Every entry is a LogEntry whose ``protoPayload`` is an AuditLog, also of GKE (service ``k8s.io``)
and of Google Workspace (services ``login`` and ``admin``).  It comes as lines of a Cloud Storage
sink, over Pub/Sub, from Eventarc, or as rows of BigQuery: see `wrappings`.

- ``insertId`` alone repeats across logs; time and log belong to it.
- A long operation is two entries with one operation id.  The first only says that it was accepted,
  so its outcome is unknown.  Without that, no status is success.
- A false ``granted`` may be left out of JSON, and may be one of several permissions of which others
  sufficed: it is a failure only if all that was asked for was refused and no status says otherwise.
- ``callerIp`` may be "private" or "gce-internal-ip".
- Access Transparency tells what people at Google did: not who, but from which country and why.
- The principal is the identity that acted.  Whoever borrowed it stands in
  ``serviceAccountDelegationInfo``: the session's issuer.

References:
- https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry
- https://cloud.google.com/logging/docs/reference/audit/auditlog/rest/Shared.Types/AuditLog
- https://cloud.google.com/kubernetes-engine/docs/how-to/audit-logging
"""

from __future__ import annotations

from actum.sources import addresses
from actum.sources.gcp_audit import wrappings
from actum.sources.gcp_audit.key import claim
from actum.sources.gcp_audit.operations import KUBERNETES, OPERATIONS, VERBS
from actum.sources.seam import Mapped
from actum.sources.times import utc

__all__ = ["MAPPING", "NAME", "SIGNS", "SUPPORT", "TITLE", "VERSION", "claim", "unwrap"]

NAME = "gcp_audit"
TITLE = "Google Cloud Audit Logs"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "a protoPayload of type google.cloud.audit.AuditLog"
MEMBERS = frozenset(
    ("protoPayload", "protopayload", "protopayload_auditlog", "proto_payload", "jsonPayload",
     "receivedMessages", "message", "data")
)  # fmt: skip
CLAIMS_TEXT = False
unwrap = wrappings.unwrap


_P, _L = "j.protoPayload", "j.resource.labels"
_A, _R = f"{_P}.authenticationInfo", f"{_P}.resourceName"
_IS_K8S = f"{_P}.serviceName = '{KUBERNETES}'"
_IS_WORKSPACE = f"{_P}.serviceName IN ('admin.googleapis.com', 'login.googleapis.com')"
_GRANTS = f"list_transform({_P}.authorizationInfo, lambda x: x.granted)"
_IS_REFUSED = f"(len({_GRANTS}) > 0 AND list_bool_and(list_transform({_GRANTS}, lambda x:"
_IS_REFUSED += " coalesce(x = 'false', false))))"
_STATUS = f"""CASE
    WHEN NOT ok THEN NULL
    WHEN code <> 0 OR ends_with(j.logName, '%2Fpolicy') OR tail = 'loginfailure' THEN 'failure'
    WHEN j.labels."authorization.k8s.io/decision" = 'forbid' THEN 'failure'
    WHEN {_P}.status IS NULL AND {_IS_REFUSED} THEN 'failure'
    WHEN j."operation"."first" = 'true' AND j."operation"."last" IS DISTINCT FROM 'true'
        THEN 'unknown'
    WHEN {_P}.status IS NULL AND j.severity IN ('ERROR', 'CRITICAL', 'ALERT', 'EMERGENCY')
        THEN 'unknown'
    WHEN tail IN ('loginchallenge', 'loginverification', 'suspiciouslogin') THEN 'unknown'
    ELSE 'success' END"""
_IS_POLICY = "tail IN ('setiampolicy', 'setiampermissions')"
_DELTAS = "'$.protoPayload.serviceData.policyDelta.bindingDeltas[*]"
_CLASS = f"""CASE WHEN NOT ok THEN 0 WHEN {_IS_POLICY} THEN 3005
    WHEN operations_class_uid = 6005 AND named IS NULL THEN 6003
    ELSE coalesce(operations_class_uid, 6003) END"""
_ACTIVITY = f"""CASE
    WHEN NOT ok THEN 0
    WHEN {_IS_POLICY} THEN CASE WHEN len(given) = 0 THEN 99
        WHEN NOT list_contains(given, 'ADD') THEN 2
        WHEN list_contains(given, 'REMOVE') THEN 99 ELSE 1 END
    WHEN operations_activity_id IS NOT NULL AND NOT (operations_class_uid = 6005 AND named IS NULL)
        THEN operations_activity_id
    ELSE CASE act WHEN 'create' THEN 1 WHEN 'read' THEN 2 WHEN 'update' THEN 3
        WHEN 'delete' THEN 4 ELSE 99 END END"""
_ACT = f"""CASE
    WHEN NOT ok THEN NULL
    WHEN {_IS_POLICY} THEN 'update'
    WHEN operations_act IS NOT NULL THEN operations_act
    WHEN verbs_act IS NOT NULL THEN verbs_act
    WHEN ends_with(tail, 'created') THEN 'create'
    WHEN ends_with(tail, 'updated') OR ends_with(tail, 'changed') THEN 'update'
    WHEN ends_with(tail, 'deleted') OR ends_with(tail, 'removed') THEN 'delete'
    WHEN {_P}.authorizationInfo[1].permissionType IN ('ADMIN_READ', 'DATA_READ') THEN 'read'
    ELSE 'other' END"""
_KIND = f"""CASE
    WHEN starts_with({_A}.principalEmail, 'system:serviceaccount:') THEN 'ServiceAccount'
    WHEN starts_with({_A}.principalEmail, 'system:node:') THEN 'Node'
    WHEN {_A}.principalEmail = 'system:anonymous' THEN 'Anonymous'
    WHEN starts_with({_A}.principalEmail, 'system:') THEN 'System'
    WHEN contains({_A}.principalSubject, ':') THEN split_part({_A}.principalSubject, ':', 1)
    WHEN ends_with({_A}.principalEmail, '.gserviceaccount.com') THEN 'serviceAccount' END"""
_GROUP_TOLD = f"""CASE WHEN {_IS_WORKSPACE} THEN list_any_value(list_transform(list_filter(
    json_extract(text, '$.protoPayload.metadata.event[*].parameter[*]'),
    lambda x: x->>'$.name' = 'GROUP_EMAIL'), lambda x: x->>'$.value')) END"""
_WITHOUT_VERSION = f"regexp_replace(rtrim({_R}, '/'), '/(versions|cryptoKeyVersions)/[^/]*$', '')"
"""A version of a secret or key is named by a number: what has a name is the secret, or the key."""
_LAST = f"split_part({_WITHOUT_VERSION}, '/', -1)"
_K8S_PLURAL = """regexp_extract(method, '[.]v[0-9][a-z0-9]*[.]([a-z0-9]+)[.]', 1)"""
_NEW_IN_BIGQUERY = [
    f"$.protoPayload.serviceData.{each}"
    for each in (
        "datasetInsertRequest.resource.datasetName.datasetId",
        "tableInsertRequest.resource.tableName.tableId",
    )
]
"""The older log of BigQuery names only the collection asked for; what is new is in the request."""
_NAMED = f"""CASE
    WHEN j.resource.type = 'service_account' AND {_L}.email_id <> '' THEN {_L}.email_id
    WHEN {_IS_K8S} THEN nullif(regexp_extract('/' || {_R}, '/' || plural || '/([^/]+)', 1), '')
    WHEN contains({_R}, '/buckets/') THEN regexp_replace(replace({_R}, '/objects/', '/'),
        '^.*?/buckets/', '')
    WHEN starts_with(j.resource.type, 'bigquery') AND {_LAST} IN ('datasets', 'tables')
    THEN list_any_value(json_extract_string(text, {_NEW_IN_BIGQUERY}))
    ELSE nullif({_LAST}, '') END"""
_BEFORE_LAST = f"nullif(split_part({_WITHOUT_VERSION}, '/', -2), '')"
_TYPE = f"""CASE
    WHEN {_IS_K8S} AND plural <> '' THEN plural
    WHEN {_IS_K8S} THEN 'nonResourceURL'
    WHEN contains({_R}, '/objects/') THEN 'gcs_object'
    WHEN {_GROUP_TOLD} IS NOT NULL THEN 'group'
    WHEN regexp_full_match({_R}, 'projects/[^/]+') AND coalesce({_L}.email_id, '') = ''
        THEN 'project'
    WHEN starts_with(j.resource.type, 'bigquery') AND regexp_matches({_R},
        '/(tables|jobs|routines|models)/[^/]+$') THEN {_BEFORE_LAST}
    WHEN {_IS_WORKSPACE} THEN CASE WHEN regexp_full_match({_R}, 'organizations/[^/]+')
        THEN 'organization' ELSE {_LAST} END
    WHEN j.resource.type IS NULL OR j.resource.type = 'audited_resource' THEN {_BEFORE_LAST}
    ELSE j.resource.type END"""
_CLUSTER = f"""CASE WHEN {_L}.cluster_name <> '' AND ({_L}.project_id = '' OR {_L}.location = ''
    OR {_L}.project_id IS NULL OR {_L}.location IS NULL) THEN {_L}.cluster_name
    WHEN {_L}.cluster_name <> '' THEN concat_ws('/', 'projects', {_L}.project_id,
    'locations', {_L}.location, 'clusters', {_L}.cluster_name) END"""
_ASKED = f"""list_distinct(list_filter(list_transform({_P}.authorizationInfo,
    lambda x: coalesce(x.resource, x.resourceAttributes.name)), lambda x: x <> ''))"""
_BOUND = f"""CASE
    WHEN {_IS_POLICY} THEN list_transform(list_concat(
        json_extract_string(text, {_DELTAS}.member'), CASE WHEN len(given) = 0 THEN
        json_extract_string(text, '$.protoPayload.request.policy.bindings[*].members[*]') END),
        lambda x: regexp_replace(x, '^(user|serviceAccount|group|domain):', ''))
    WHEN {_IS_K8S} AND operations_class_uid = 3005 THEN list_transform(
        json_extract(text, '$.protoPayload.request.subjects[*]'),
        lambda x: CASE WHEN x->>'$.kind' = 'ServiceAccount' AND x->>'$.namespace' IS NOT NULL
            THEN concat('system:serviceaccount:', x->>'$.namespace', ':', x->>'$.name')
            ELSE x->>'$.name' END)
    WHEN {_IS_WORKSPACE} THEN list_transform(list_filter(
        json_extract(text, '$.protoPayload.metadata.event[*].parameter[*]'),
        lambda x: x->>'$.name' IN ('USER_EMAIL', 'affected_email_address')),
        lambda x: x->>'$.value')
    WHEN operations_class_uid = 3001 AND NOT {_IS_K8S} AND {_L}.email_id IS NULL
        THEN json_extract_string(text, ['$.protoPayload.response.email']) END"""
_ISSUED = """CASE WHEN tail IN ('createserviceaccountkey', 'uploadserviceaccountkey')
    THEN '//iam.googleapis.com/' || json_extract_string(text, '$.protoPayload.response.name') END"""
_DELEGATE = (
    f"coalesce({_A}.serviceAccountDelegationInfo[1].firstPartyPrincipal.principalEmail,"
    f" {_A}.serviceAccountDelegationInfo[1].principalSubject)"
)


def _present(values: str) -> str:
    """SQL of the list of those of the values that are there; NULL if none is."""
    return f"nullif(list_filter({values}, lambda x: x <> ''), [])"


MAPPING = Mapped(
    shape={
        "logName": "VARCHAR", "insertId": "VARCHAR", "timestamp": "VARCHAR",
        "severity": "VARCHAR", "trace": "VARCHAR",
        "operation": {"id": "VARCHAR", "first": "VARCHAR", "last": "VARCHAR"},
        "labels": {"authorization.k8s.io/decision": "VARCHAR"},
        "resource": {"type": "VARCHAR", "labels": {
            "project_id": "VARCHAR", "location": "VARCHAR", "zone": "VARCHAR",
            "region": "VARCHAR", "cluster_name": "VARCHAR", "email_id": "VARCHAR",
        }},
        "protoPayload": {
            "serviceName": "VARCHAR", "methodName": "VARCHAR", "resourceName": "VARCHAR",
            "authenticationInfo": {
                "principalEmail": "VARCHAR", "principalSubject": "VARCHAR",
                "serviceAccountKeyName": "VARCHAR", "authoritySelector": "VARCHAR",
                "serviceAccountDelegationInfo": [{
                    "principalSubject": "VARCHAR",
                    "firstPartyPrincipal": {"principalEmail": "VARCHAR"},
                }],
            },
            "authorizationInfo": [{
                "granted": "VARCHAR", "resource": "VARCHAR", "permissionType": "VARCHAR",
                "resourceAttributes": {"name": "VARCHAR"},
            }],
            "requestMetadata": {"callerIp": "VARCHAR", "callerSuppliedUserAgent": "VARCHAR"},
            "status": {"code": "VARCHAR", "message": "VARCHAR"},
            "resourceLocation": {"currentLocations": ["VARCHAR"]},
            "country": "VARCHAR", "reason": "VARCHAR",
        },
    },
    objects=(
        "$", "$.protoPayload", "$.protoPayload.authenticationInfo", "$.protoPayload.status",
        "$.protoPayload.requestMetadata", "$.resource", "$.resource.labels", "$.operation",
    ),
    known=frozenset((
        "logName", "insertId", "timestamp", "receiveTimestamp", "severity", "resource", "labels",
        "operation", "protoPayload", "trace", "traceSampled", "spanId", "sourceLocation",
        "httpRequest", "split", "errorGroups", "apphub", "apphubDestination", "otel",
    )),
    lookups=(VERBS, OPERATIONS),
    steps=(
        {
            "method": f"{_P}.methodName", "code": f"try_cast({_P}.status.code AS INTEGER)",
            "tail": f"lower(split_part({_P}.methodName, '.', -1))",
        },
        {
            "plural": f"CASE WHEN {_IS_K8S} THEN {_K8S_PLURAL} END",
            "given": f"CASE WHEN {_IS_POLICY} THEN"
                     f" json_extract_string(text, {_DELTAS}.action') END",
            "act": _ACT, "bound": _BOUND,
        },
        {"named": _NAMED},
    ),
    columns={
        "time": utc("regexp_replace(j.timestamp, ' UTC$', 'Z')"),
        "original_time": "j.timestamp",
        "class_uid": _CLASS,
        "activity_id": _ACTIVITY,
        "severity_id": "CASE WHEN NOT ok THEN 0 ELSE 1 END",
        "action": "act",
        "api_operation": "method",
        "api_service_name": f"{_P}.serviceName",
        "message": f"CASE WHEN form = '{wrappings.ACCESS}'"
                   f" THEN concat_ws('; ', {_P}.reason, 'from ' || {_P}.country) END",
        "actor_user_uid": f"nullif({_A}.principalSubject, '')",
        "actor_user_name": f"coalesce(nullif({_A}.principalEmail, ''),"
                           f" nullif({_A}.principalSubject, ''))",
        "actor_user_type": _KIND,
        "actor_user_email": f"CASE WHEN {_A}.principalEmail LIKE '%_@%_.%_'"
                            f" THEN {_A}.principalEmail END",
        "actor_user_account_uid": f"nullif(regexp_extract({_A}.principalEmail,"
                                  " '@([^.@]+)[.]iam[.]gserviceaccount[.]com$', 1), '')",
        "actor_user_credential_uid": f"nullif({_A}.serviceAccountKeyName, '')",
        "actor_session_issuer": _DELEGATE,
        "actor_acting_as": f"nullif({_A}.authoritySelector, '')",
        "resource_uid": f"CASE WHEN j.resource.type = 'service_account' AND {_L}.email_id <> '' AND"
                        f" NOT contains({_R}, '/serviceAccounts/') THEN json_extract_string(text,"
                        f" '$.protoPayload.response.name') ELSE nullif({_R}, '') END",
        "resource_name": f"coalesce({_GROUP_TOLD}, named)",
        "resource_type": _TYPE,
        "resource_namespace": f"CASE WHEN {_IS_K8S} THEN"
                              f" nullif(regexp_extract({_R}, '/namespaces/([^/]+)', 1), '') END",
        "resources": f"CASE WHEN len(given) > 0 THEN list_distinct(json_extract_string(text,"
        f" {_DELTAS}.role')) WHEN {_L}.cluster_name <> '' THEN {_present(f'[{_CLUSTER}]')}"
                     f" WHEN len({_P}.authorizationInfo) > 1 THEN nullif({_ASKED}, []) END",
        "cloud_provider": "CASE WHEN ok THEN 'GCP' END",
        "cloud_account_uid": f"coalesce(nullif({_L}.project_id, ''),"
                             " nullif(regexp_extract(j.logName, '^projects/([^/]+)', 1), ''))",
        "cloud_org_uid": "nullif(regexp_extract(j.logName, '^organizations/([^/]+)', 1), '')",
        "cloud_region": f"coalesce(nullif({_L}.location, ''), nullif({_L}.zone, ''),"
                        f" nullif({_L}.region, ''), CASE WHEN"
                        f" len({_P}.resourceLocation.currentLocations) = 1"
                        f" THEN {_P}.resourceLocation.currentLocations[1] END)",
        "metadata_product": "CASE WHEN ok THEN 'Cloud Audit Logs' END",
        "src_endpoint_ip": addresses.ip(f"{_P}.requestMetadata.callerIp"),
        "src_endpoint_domain": addresses.host(f"{_P}.requestMetadata.callerIp"),
        "user_agent": f"nullif({_P}.requestMetadata.callerSuppliedUserAgent, '')",
        "status": _STATUS,
        "status_code": "CASE WHEN code <> 0 THEN code::VARCHAR END",
        "status_detail": f"nullif({_P}.status.message, '')",
        "metadata_uid": "nullif(j.insertId, '')",
        "metadata_correlation_uid": """coalesce(nullif(j."operation".id, ''), j.trace)""",
        "issued_credential_uid": _ISSUED,
        "any_user": _present(
            f"list_concat(bound, [CASE WHEN operations_class_uid IN (3001, 3002) AND"
            f" {_L}.email_id <> '' THEN {_L}.email_id END, {_A}.authoritySelector, {_DELEGATE}])"),
    },
    open={
        "who": "reads by everybody are logged without a principal, system events have none, and"
               " Access Transparency does not say who at Google it was",
        "what": "an entry trimmed on its way may name no method",
        "on what": "some methods name no resource",
        "when": "an entry trimmed on its way may have lost its time",
        "from where": "system events, and entries of Google's own services, state no address",
    },
)  # fmt: skip
