"""Teleport audit events: sign-ins, sessions, commands, access requests, changes of the cluster.

One JSON object a line (the audit log file, the event handler, an export).  Keys hold dots
(``addr.remote``).  ``user`` is who is signed in to Teleport, ``login`` the account on the host that
is taken on, ``impersonator`` whoever acts under the name of ``user``.  Of a change ``name`` is what
was changed; of an access request ``user`` asked and ``reviewer`` or ``updated_by`` answered.

The outcome is ``success`` where an event has it; else the letter that ends its code tells: I for
done, W and E for refused or broken.  A command tells by the status it ended with.

References:
- Audit events: https://goteleport.com/docs/reference/monitoring/audit/
- Event fields: https://github.com/gravitational/teleport/blob/master/api/proto/teleport/legacy/types/events/events.proto
"""

from __future__ import annotations

import re

import msgspec

from actum.sources.addresses import ip
from actum.sources.seam import Claim, Mapped, plain
from actum.sources.teleport.operations import OPERATIONS, VERBS
from actum.sources.times import utc

NAME = "teleport"
TITLE = "Teleport"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "event beside a code like T1000I, with a uid and a time"
MEMBERS = frozenset(("code",))
CLAIMS_TEXT = False
unwrap = plain


class Key(msgspec.Struct, gc=False):
    """The few members that tell a Teleport event from any other."""

    event: str
    code: str
    time: str | None = None
    uid: str | None = None
    ei: int | float | str | None = None
    cluster_name: str | None = None


_decode = msgspec.json.Decoder(Key).decode
_is_code = re.compile(r"[A-Z]{1,8}[0-9]{1,5}[IWE]").fullmatch


def claim(raw: bytes) -> Claim | None:
    """An event by its code.  Ids are of one cluster, and the samples of the vendor repeat them."""
    if b'"event"' not in raw or b'"code"' not in raw:
        return None
    try:
        key = _decode(raw)
        if _is_code(key.code) is None or (key.uid is None and key.time is None):
            return None
        told = f"{key.cluster_name or ''}/{key.uid}/{key.ei}" if key.uid else ""
        return Claim(NAME, told.encode())
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None


def _first(*values: str) -> str:
    present = ", ".join(f"nullif({value}, '')" for value in values)
    return f"coalesce({present})"


_REMOTE = (
    'coalesce(j."addr.remote", j.addr_remote, j.identity.client_ip, j.src_addr,'
    " CASE WHEN j.event LIKE '%.join' THEN j.remote_addr END)"
)
_PORT = f"try_cast(regexp_extract({_REMOTE}, '[].0-9a-fA-F]:([0-9]{{1,5}})$', 1) AS UINTEGER)"
_ACTOR = _first(
    "j.reviewer",
    "j.updated_by",
    "j.impersonator",
    '"j"."user"',
    "j.identity.impersonator",
    'j.identity."user"',
    "j.bot_name",
)
_AS = f"""CASE WHEN j.impersonator <> '' AND j.impersonator <> j."user" THEN j."user"
    ELSE {_first("j.login", "j.db_user", "j.windows_user", "j.kubernetes_user")} END"""
_MFA = "CASE WHEN j.event = 'user.login' AND j.mfa_device IS NOT NULL THEN true END"
_STATUS = """CASE WHEN NOT ok THEN NULL
    WHEN j.success = 'true' THEN 'success' WHEN j.success = 'false' THEN 'failure'
    WHEN j.error <> '' THEN 'failure'
    WHEN j.event IN ('kube.request', 'app.session.request', 'app.session.dynamodb.request')
        AND try_cast(coalesce(j.response_code, j.status_code) AS UINTEGER) >= 400 THEN 'failure'
    WHEN j.event = 'exec' AND j.exitCode <> '' AND j.exitCode <> '0' THEN 'failure'
    WHEN j.event = 'session.command' AND j.return_code <> '' AND j.return_code <> '0' THEN 'failure'
    WHEN code_end = 'I' THEN 'success' WHEN code_end IN ('W', 'E') THEN 'failure'
    ELSE 'unknown' END"""
_CLASS = """CASE WHEN operations_class_uid IN (1001, 1007) AND (j.pid IS NULL
        OR coalesce(j.server_hostname, j.server_id) IS NULL) THEN 6003
    WHEN operations_class_uid = 4007 AND address IS NULL
        AND coalesce(j.server_hostname, j.server_id) IS NULL THEN 6003
    ELSE coalesce(operations_class_uid, 6003) END"""
"""What ran where nobody says, and what was connected to nothing named, is still an act."""
_ACTIVITY = """CASE WHEN NOT ok THEN 0
    WHEN class = operations_class_uid AND operations_activity_id IS NOT NULL THEN
        CASE WHEN starts_with(j.event, 'access_request') AND act = 'update'
            AND coalesce(j.proposed_state, j.state) IS DISTINCT FROM 'APPROVED' THEN 99
        WHEN j.event = 'lock.created' AND j.target."user" IS NULL THEN 99
        WHEN operations_class_uid = 4007 AND outcome = 'failure' AND operations_activity_id = 1
        THEN 4 ELSE operations_activity_id END
    ELSE CASE act WHEN 'create' THEN 1 WHEN 'read' THEN 2 WHEN 'update' THEN 3
        WHEN 'delete' THEN 4 ELSE 99 END END"""
_KUBE = """CASE j.verb WHEN 'GET' THEN 'read' WHEN 'POST' THEN 'create' WHEN 'PUT' THEN 'update'
    WHEN 'PATCH' THEN 'update' WHEN 'DELETE' THEN 'delete' END"""
_ACT = (
    f"coalesce(operations_act, CASE WHEN j.event = 'kube.request' THEN {_KUBE} END,"
    " verbs_act, 'other')"
)
_NAME = _first(
    "j.db_name", "j.db_service", "j.app_name", "j.desktop_name", "j.kubernetes_cluster",
    'j.target."user"', "j.target.role", "j.target.node", "j.name",
    "CASE WHEN j.event IN ('session.disk', 'scp', 'sftp') THEN j.path END",
    "j.server_hostname", "j.server_id", "j.id", "j.cluster_name",
)  # fmt: skip
_UID = _first(
    "CASE WHEN starts_with(j.event, 'access_request') THEN j.id END",
    "CASE WHEN coalesce(j.db_name, j.db_service, j.app_name, j.desktop_name,"
    " j.kubernetes_cluster, j.name) IS NULL AND j.event NOT IN ('session.disk', 'scp', 'sftp')"
    " THEN j.server_id END",
)
_TYPE = """CASE WHEN coalesce(j.db_name, j.db_service) IS NOT NULL THEN 'database'
    WHEN j.app_name IS NOT NULL THEN 'app' WHEN j.desktop_name IS NOT NULL THEN 'desktop'
    WHEN j.kubernetes_cluster IS NOT NULL THEN 'kubernetes cluster'
    WHEN j.target."user" IS NOT NULL THEN 'user' WHEN j.target.role IS NOT NULL THEN 'role'
    WHEN j.target.node IS NOT NULL THEN 'node'
    WHEN j.name IS NOT NULL THEN split_part(j.event, '.', 1)
    WHEN j.event IN ('session.disk', 'scp', 'sftp') THEN 'file'
    WHEN starts_with(j.event, 'access_request') THEN 'access request'
    WHEN coalesce(j.server_hostname, j.server_id) IS NOT NULL THEN 'node'
    WHEN j.cluster_name IS NOT NULL THEN 'cluster' END"""
_USERS = """list_distinct(list_filter(list_concat(
    [j.target."user", CASE WHEN starts_with(j.event, 'user.') THEN j.name END, j."user"],
    coalesce(j.participants, [])),
    lambda x: x IS NOT NULL AND x <> '' AND x IS DISTINCT FROM actor))"""

MAPPING = Mapped(
    shape={
        **dict.fromkeys(
            ("event", "code", "time", "uid", "user", "login", "success", "error", "message",
             "cluster_name", "sid", "server_id", "server_hostname", "namespace", "addr.remote",
             "addr_remote", "name", "id", "updated_by", "reviewer", "impersonator", "exitCode",
             "return_code", "command", "path", "program", "pid", "src_addr", "dst_addr", "dst_port",
             "db_service", "db_name", "db_user", "db_query", "app_name", "desktop_name",
             "windows_user", "kubernetes_cluster", "kubernetes_user", "verb", "request_path",
             "method", "status_code", "response_code", "user_agent", "mfa_device", "user_kind",
             "reason", "state", "proposed_state", "bot_name", "remote_addr"),
            "VARCHAR",
        ),
        "argv": ["VARCHAR"], "participants": ["VARCHAR"],
        "target": {"user": "VARCHAR", "role": "VARCHAR", "node": "VARCHAR"},
        "identity": {"client_ip": "VARCHAR", "user": "VARCHAR", "impersonator": "VARCHAR"},
        "status": {"message": "VARCHAR"},
    },
    objects=("$", "$.target", "$.identity"),
    known=frozenset((
        "event", "code", "time", "uid", "ei", "user", "login", "success", "error", "message",
        "cluster_name", "sid", "server_id", "server_hostname", "server_addr", "server_labels",
        "namespace", "addr.remote", "addr.local", "addr_remote", "addr_local", "proto", "protocol",
        "name", "id", "updated_by", "reviewer", "impersonator", "exitCode", "exitError",
        "return_code", "command", "path", "program", "pid", "ppid", "cgroup_id", "argv", "flags",
        "src_addr", "dst_addr", "dst_port", "version", "action", "operation", "db_service",
        "db_name", "db_user", "db_query", "db_protocol", "db_uri", "db_type", "db_origin",
        "db_query_parameters", "db_labels", "db_roles", "app_name", "app_uri", "app_public_addr",
        "app_labels", "app_target", "desktop_name", "desktop_addr", "desktop_labels",
        "windows_user", "windows_domain", "windows_desktop_service", "kubernetes_cluster",
        "kubernetes_user", "kubernetes_groups", "kubernetes_labels", "kubernetes_pod_name",
        "kubernetes_pod_namespace", "kubernetes_container_name", "kubernetes_container_image",
        "kubernetes_node_name", "verb", "request_path", "resource_api_group", "resource_kind",
        "resource_name", "resource_namespace", "method", "raw_query", "status_code",
        "response_code", "user_agent", "mfa_device", "mfa_device_name", "mfa_device_uuid",
        "mfa_device_type", "user_kind", "user_roles", "user_traits", "roles", "traits", "reason",
        "expires", "max_duration", "session_start", "session_stop", "session_recording",
        "session_type", "session_chunk_id", "interactive", "enhanced_recording", "participants",
        "target", "identity", "attributes", "status", "state", "proposed_state", "delegator",
        "reviews", "annotations", "resource_ids", "promoted_access_list_name", "connector", "ttl",
        "trusted_device", "private_key_policy", "required_private_key_policy", "access_requests",
        "cert_type", "size", "initial_command", "url", "rx", "tx", "aws_role_arn", "aws_region",
        "login_rules", "bot_name", "bot_instance_id", "token_name", "node_name", "role", "host_id",
        "forwarded_by", "local_addr", "remote_addr", "challenge_scope", "challenge_allow_reuse",
    )),
    lookups=(OPERATIONS, VERBS),
    steps=(
        {"actor": _ACTOR, "code_end": "right(j.code, 1)", "address": ip(_REMOTE)},
        {"act": _ACT, "class": _CLASS, "outcome": _STATUS, "users": _USERS},
    ),
    columns={
        "time": utc("j.time"),
        "original_time": "j.time",
        "class_uid": "CASE WHEN ok THEN class ELSE 0 END",
        "activity_id": _ACTIVITY,
        "severity_id": "CASE WHEN NOT ok THEN 0 WHEN code_end = 'E' THEN 4"
                       " WHEN code_end = 'W' THEN 3 ELSE 1 END",
        "action": "CASE WHEN ok THEN act END",
        "api_operation": "j.event",
        "api_service_name": "CASE WHEN ok THEN 'Teleport' END",
        "message": _first("j.message", "j.status.message", "j.reason"),
        "actor_user_name": "actor",
        "actor_user_type": "CASE j.user_kind WHEN '1' THEN 'human' WHEN '2' THEN 'bot' END",
        "actor_user_email": "CASE WHEN actor LIKE '%_@_%._%' THEN actor END",
        "actor_session_uid": _first("j.sid"),
        "actor_session_mfa": _MFA,
        "actor_acting_as": _AS,
        "resource_uid": _UID,
        "resource_name": _NAME,
        "resource_type": _TYPE,
        "resource_namespace": _first("j.namespace"),
        "http_method": "coalesce(CASE WHEN regexp_full_match(j.method, '[A-Z]+') THEN j.method END,"
                       " j.verb)",
        "http_url": "CASE WHEN j.event IN ('app.session.request', 'kube.request')"
                    " THEN coalesce(j.request_path, j.path) END",
        "process_name": "CASE WHEN j.event = 'exec' THEN NULL ELSE j.program END",
        "process_path": "CASE WHEN j.event = 'session.command' THEN j.path END",
        "process_cmd_line": "CASE WHEN j.event = 'exec' THEN j.command"
                            " WHEN j.event = 'session.command' THEN"
                            " array_to_string(list_prepend(j.program, j.argv), ' ') END",
        "process_pid": "try_cast(j.pid AS BIGINT)",
        "cloud_account_uid": _first("j.cluster_name"),
        "metadata_product": "CASE WHEN ok THEN 'Teleport' END",
        "device_hostname": _first("j.server_hostname"),
        "device_uid": _first("j.server_id"),
        "src_endpoint_ip": "address",
        "src_endpoint_port": f"CASE WHEN address IS NOT NULL AND {_PORT} BETWEEN 1 AND 65535"
                             f" THEN {_PORT} END",
        "dst_endpoint_domain": "CASE WHEN class = 4007"
                               " THEN coalesce(j.server_hostname, j.server_id) END",
        "dst_endpoint_ip": ip("j.dst_addr"),
        "dst_endpoint_port": "CASE WHEN try_cast(j.dst_port AS UINTEGER) BETWEEN 1 AND 65535"
                             " THEN try_cast(j.dst_port AS UINTEGER) END",
        "user_agent": _first("j.user_agent"),
        "status": "outcome",
        "status_code": "CASE WHEN outcome = 'failure' THEN coalesce(nullif(j.exitCode, ''),"
                       " nullif(j.return_code, '')) END",
        "status_detail": _first("j.error"),
        "http_status": "try_cast(coalesce(j.response_code, j.status_code) AS UINTEGER)",
        "metadata_uid": "j.uid",
        "metadata_correlation_uid": "coalesce(CASE WHEN starts_with(j.event, 'access_request')"
                                    " THEN j.id END, nullif(j.sid, ''))",
        "any_user": "nullif(users, [])",
    },
    open={
        "who": "what the cluster does by itself names no user",
        "on what": "sign-ins and sessions of older versions name no node and no cluster",
        "from where": "events recorded on a node state no client address",
    },
)  # fmt: skip
