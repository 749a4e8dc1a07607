"""What an entry means, by its kind: OCSF 3002 for connections, 6005 for statements."""

from __future__ import annotations

from actum.sources.addresses import port
from actum.sources.seam import Lookup
from actum.sources.times import utc

__all__ = ["COLUMNS", "LOOKUPS", "SHAPE"]

_MEMBERS = (
    "time stated severity message user db app host from port pid session line sqlstate detail kind"
    " audit class command object_type object sql whom statement_id identity"
)
SHAPE = dict.fromkeys(_MEMBERS.split(), "VARCHAR")
_ROWS = (
    ("SELECT", "read", 1), ("TABLE", "read", 1), ("SHOW", "read", 1), ("EXPLAIN", "read", 4),
    ("FETCH", "read", 1), ("COPY", "other", 4), ("WITH", "read", 4), ("VALUES", "read", 1),
    ("INSERT", "create", 5), ("MERGE", "update", 5), ("UPDATE", "update", 2),
    ("DELETE", "delete", 7), ("TRUNCATE", "delete", 7), ("DROP", "delete", 7),
    ("CREATE", "create", 6), ("IMPORT", "create", 6), ("ALTER", "update", 2),
    ("COMMENT", "update", 2), ("GRANT", "update", 99), ("REVOKE", "update", 99),
    ("REINDEX", "update", 2), ("REFRESH", "update", 2), ("REASSIGN", "update", 2),
    ("SECURITY", "update", 2), ("SET", "other", 99), ("EXECUTE", "other", 4), ("CALL", "other", 4),
    ("DO", "other", 4),
)  # fmt: skip
_COMMANDS = Lookup(
    "commands",
    ("word", "act", "activity_id"),
    _ROWS,
    "commands.word = regexp_extract(j.command, '^[A-Z]+')",
)
_KINDS = Lookup(
    "kinds",
    ("kind", "class_uid", "activity_id", "act", "status", "operation"),
    (
        ("accepted", 3002, 1, "auth", "success", "connection authorized"),
        ("known", 3002, 99, "auth", "success", "connection authenticated"),
        ("refused", 3002, 1, "auth", "failure", "connection refused"),
        ("left", 3002, 2, "auth", "success", "disconnection"),
        ("received", 4001, 1, "other", "success", "connection received"),
        ("audit", 6005, None, None, "unknown", None),
        ("statement", 6005, None, None, "unknown", None),
        ("done", 6005, None, None, "success", None),
        ("failed", 6005, None, None, "failure", None),
        ("trouble", 0, 99, "other", "failure", None),
        ("took", 0, 99, "other", None, None),
        ("notice", 0, 99, "other", None, None),
    ),
    "kinds.kind = j.kind",
)
LOOKUPS = (_KINDS, _COMMANDS)

_ACT = """CASE WHEN j.command = 'COPY' AND j.class IS NOT NULL
    THEN CASE j.class WHEN 'READ' THEN 'read' WHEN 'WRITE' THEN 'create' ELSE 'other' END
    ELSE coalesce(kinds_act, commands_act, CASE j.class WHEN 'READ' THEN 'read'
        WHEN 'WRITE' THEN 'update' ELSE CASE WHEN ok THEN 'other' END END) END"""
_ON = "kinds_class_uid = 6005 AND j.object IS NOT NULL"

COLUMNS = {
    "time": utc("j.time", zoned=True),
    "original_time": "j.stated",
    "class_uid": "CASE WHEN NOT ok THEN 0 ELSE coalesce(kinds_class_uid, 0) END",
    "activity_id": "CASE WHEN NOT ok THEN 0 ELSE coalesce(kinds_activity_id, CASE"
    " WHEN j.command = 'COPY' AND j.class = 'READ' THEN 1"
    " WHEN j.command = 'COPY' AND j.class = 'WRITE' THEN 5 ELSE commands_activity_id END, 99) END",
    "severity_id": "CASE WHEN NOT ok THEN 0 WHEN j.severity = 'PANIC' THEN 5"
    " WHEN j.severity = 'WARNING' THEN 2 ELSE 1 END",
    "action": _ACT,
    "api_operation": "CASE WHEN kinds_class_uid = 6005 THEN j.command ELSE kinds_operation END",
    "api_service_name": "CASE WHEN kinds_class_uid IN (3002, 6005) THEN 'PostgreSQL' END",
    "message": "CASE WHEN kinds_class_uid = 6005 THEN j.sql ELSE j.message END",
    "actor_user_name": "coalesce(j.user, j.identity)",
    "actor_session_uid": "coalesce(j.session, j.pid)",
    "actor_app_name": "j.app",
    "resource_uid": f"CASE WHEN {_ON} THEN j.object END",
    "resource_name": f"CASE WHEN {_ON} THEN j.object"
    " WHEN kinds_class_uid IN (3002, 6005) THEN j.db END",
    "resource_type": f"CASE WHEN {_ON} THEN lower(j.object_type)"
    " WHEN kinds_class_uid IN (3002, 6005) AND j.db IS NOT NULL THEN 'database' END",
    "resource_namespace": f"CASE WHEN {_ON} THEN j.db END",
    "metadata_product": "CASE WHEN NOT ok THEN NULL WHEN j.kind = 'audit' THEN 'pgAudit'"
    " ELSE 'PostgreSQL' END",
    "src_endpoint_ip": "j.host",
    "src_endpoint_domain": 'j."from"',
    "src_endpoint_port": port("j.port"),
    "user_agent": "j.app",
    "status": "kinds_status",
    "status_code": "CASE WHEN kinds_status = 'failure' THEN j.sqlstate END",
    "status_detail": "CASE WHEN kinds_status = 'failure' THEN j.message END",
    "metadata_uid": "CASE WHEN j.session IS NOT NULL AND j.line IS NOT NULL"
    " THEN j.session || '/' || j.line END",
    "metadata_correlation_uid": "j.session",
    "any_user": "CASE WHEN j.whom IS NOT NULL THEN [j.whom]"
    " WHEN j.identity <> j.user THEN [j.identity] END",
}
