"""What the rows of each view mean, as SQL; which view a row is of is asked once."""

from __future__ import annotations

from actum.sources.addresses import ip
from actum.sources.seam import Lookup
from actum.sources.times import epoch, utc

__all__ = ["COLUMNS", "LOOKUPS", "SHAPE", "STEPS"]

_MEMBERS = (
    "EVENT_ID EVENT_TIMESTAMP EVENT_TYPE USER_NAME CLIENT_IP REPORTED_CLIENT_TYPE"
    " REPORTED_CLIENT_VERSION SECOND_AUTHENTICATION_FACTOR IS_SUCCESS ERROR_CODE ERROR_MESSAGE"
    " QUERY_ID QUERY_TEXT DATABASE_NAME SCHEMA_NAME QUERY_TYPE SESSION_ID ROLE_NAME WAREHOUSE_NAME"
    " EXECUTION_STATUS START_TIME END_TIME QUERY_START_TIME DIRECT_OBJECTS_ACCESSED"
    " BASE_OBJECTS_ACCESSED OBJECTS_MODIFIED CREATED_ON LOGIN_EVENT_ID CLIENT_APPLICATION_ID"
    " AUTHENTICATION_METHOD DELETED_ON ROLE GRANTED_TO GRANTEE_NAME GRANTED_BY PRIVILEGE GRANTED_ON"
    " NAME TABLE_CATALOG TABLE_SCHEMA SOURCE_CLOUD TARGET_CLOUD TARGET_REGION BYTES_TRANSFERRED"
    " TRANSFER_TYPE REGION SOURCE_REGION ACCOUNT_NAME ACCOUNT_LOCATOR USER_TYPE"
    " p_event_time"
)
SHAPE = dict.fromkeys(_MEMBERS.split(), "VARCHAR")

_VIEW = """CASE
    WHEN NOT ok THEN NULL
    WHEN j.IS_SUCCESS IS NOT NULL AND j.EVENT_TYPE IS NOT NULL THEN 'login'
    WHEN coalesce(j.DIRECT_OBJECTS_ACCESSED, j.BASE_OBJECTS_ACCESSED, j.OBJECTS_MODIFIED)
        IS NOT NULL THEN 'access'
    WHEN j.QUERY_TEXT IS NOT NULL THEN 'query'
    WHEN j.LOGIN_EVENT_ID IS NOT NULL THEN 'session'
    WHEN j.ROLE IS NOT NULL AND j.GRANTEE_NAME IS NOT NULL THEN 'role'
    WHEN j.PRIVILEGE IS NOT NULL AND j.GRANTEE_NAME IS NOT NULL THEN 'privilege'
    WHEN j.TARGET_CLOUD IS NOT NULL THEN 'transfer'
    ELSE 'other' END"""

# First word of a query type: what kind of act it is, and the OCSF Datastore activity.
_TYPES = Lookup(
    "types",
    ("word", "act", "activity_id"),
    (
        ("SELECT", "read", 1), ("UNLOAD", "read", 1), ("GET", "read", 1), ("SHOW", "read", 8),
        ("DESCRIBE", "read", 1), ("LIST", "read", 8), ("EXPLAIN", "read", 4), ("CALL", "other", 4),
        ("INSERT", "create", 5), ("MULTI", "other", 4), ("COPY", "create", 5), ("PUT", "create", 5),
        ("UPDATE", "update", 2), ("MERGE", "update", 5), ("ALTER", "update", 2),
        ("RENAME", "update", 2), ("DELETE", "delete", 7), ("TRUNCATE", "delete", 7),
        ("DROP", "delete", 7), ("REMOVE", "delete", 7), ("CREATE", "create", 6),
        ("RECREATE", "create", 6), ("UNDROP", "create", 6), ("RESTORE", "create", 6),
        ("GRANT", "update", 99), ("REVOKE", "update", 99), ("USE", "other", 99),
        ("SET", "update", 99), ("UNSET", "update", 99), ("COMMENT", "update", 2),
    ),
    "types.word = regexp_extract(j.QUERY_TYPE, '^[A-Z]+')",
)  # fmt: skip
LOOKUPS = (_TYPES,)

_STATED = (
    "CASE view WHEN 'login' THEN j.EVENT_TIMESTAMP WHEN 'access' THEN j.QUERY_START_TIME"
    " WHEN 'session' THEN j.CREATED_ON WHEN 'role' THEN j.CREATED_ON"
    " WHEN 'privilege' THEN j.CREATED_ON ELSE coalesce(j.START_TIME, j.QUERY_START_TIME) END"
)
_NAME = '((?:"[^"]+"|[A-Za-z_$][A-Za-z0-9_$]*)(?:[.](?:"[^"]+"|[A-Za-z_$][A-Za-z0-9_$]*))*)'
_DEFINED = (
    "regexp_extract(j.QUERY_TEXT, '(?i)^\\s*(?:CREATE(?:\\s+OR\\s+REPLACE)?|ALTER|DROP|UNDROP"
    "|TRUNCATE)\\s+(?:TEMP|TEMPORARY|TRANSIENT|SECURE|EXTERNAL)?\\s*(TABLE|VIEW|STAGE|SCHEMA"
    "|DATABASE|ROLE|WAREHOUSE|FUNCTION|PROCEDURE|TASK|PIPE|STREAM|SHARE|INTEGRATION|SEQUENCE|USER)"
    f"\\s+(?:IF\\s+(?:NOT\\s+)?EXISTS\\s+)?{_NAME}', ['kind', 'name'])"
)
"""What a statement defines, changes or drops, by its own words."""
_GRANTEE = (
    "nullif(regexp_extract(j.QUERY_TEXT, '(?i)\\s(?:TO|FROM)\\s+(?:USER|ROLE)\\s+"
    "(\"[^\"]+\"|[A-Za-z_$][A-Za-z0-9_$.@]*)', 1), '')"
)
STEPS = (
    {"view": _VIEW},
    {
        "stated": f"coalesce({_STATED}, j.p_event_time)",
        "of_user": "view = 'query' AND j.QUERY_TYPE IN ('CREATE_USER', 'ALTER_USER', 'DROP_USER')",
        "gives": "view IN ('role', 'privilege')",
        "grants": "view = 'query' AND j.QUERY_TYPE IN ('GRANT', 'REVOKE')",
        "defined": "CASE WHEN view = 'query' AND types_activity_id IN (2, 6, 7)"
        f" THEN {_DEFINED} END",
    },
    {
        # 2026-03-02 09:26:53.000 -0800, as the engine of times reads it
        "joined": "regexp_replace(stated, ' ([+-][0-9]{2}:?[0-9]{2}|Z)$', '\\1')",
        "target_user": "CASE WHEN of_user THEN nullif(trim(defined.name, '\"'), '')"
        f" WHEN grants THEN trim({_GRANTEE}, '\"') END",
        "act": "CASE view WHEN 'login' THEN 'auth' WHEN 'session' THEN 'auth'"
        " WHEN 'access' THEN CASE WHEN length(j.OBJECTS_MODIFIED) > 2 THEN 'update' ELSE 'read' END"
        " WHEN 'query' THEN coalesce(types_act, 'other') WHEN 'role' THEN 'update'"
        " WHEN 'privilege' THEN 'update' WHEN 'transfer' THEN 'read' ELSE"
        " CASE WHEN ok THEN 'other' END END",
    },
)
_ACCESSED = (
    "coalesce(CASE WHEN length(j.OBJECTS_MODIFIED) > 2 THEN j.OBJECTS_MODIFIED END,"
    " j.DIRECT_OBJECTS_ACCESSED, j.BASE_OBJECTS_ACCESSED)"
)


def _objects(path: str) -> str:
    """SQL of what ACCESS_HISTORY names, an array of objects or the text of one."""
    return (
        f"CASE WHEN view = 'access' THEN try(json_extract_string({_ACCESSED}, '$[*].{path}')) END"
    )


COLUMNS = {
    "time": f"CASE WHEN {epoch('stated', 'any')} IS NOT NULL THEN {epoch('stated', 'any')}"
    f" WHEN j.p_event_time IS NOT NULL THEN {utc('joined')}"
    f" ELSE {utc('joined', zoned=True)} END",
    "original_time": "stated",
    "class_uid": "CASE WHEN NOT ok THEN 0 WHEN view IN ('login', 'session') THEN 3002"
    " WHEN gives OR grants THEN 3005 WHEN of_user THEN 3001 ELSE 6005 END",
    "activity_id": "CASE WHEN NOT ok THEN 0 WHEN view = 'login' THEN 1 WHEN view = 'session' THEN 1"
    " WHEN gives OR j.QUERY_TYPE = 'GRANT' THEN 1 WHEN grants THEN 2"
    " WHEN of_user THEN CASE j.QUERY_TYPE WHEN 'CREATE_USER' THEN 1"
    " WHEN 'DROP_USER' THEN 6 ELSE 99 END"
    " WHEN view = 'access' THEN CASE act WHEN 'update' THEN 5 ELSE 1 END"
    " WHEN view = 'query' THEN coalesce(types_activity_id, 99)"
    " WHEN view = 'transfer' THEN 1 ELSE 99 END",
    "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
    "action": "act",
    "api_operation": "CASE view WHEN 'login' THEN j.EVENT_TYPE WHEN 'query' THEN"
    " coalesce(j.QUERY_TYPE, 'QUERY') WHEN 'access' THEN coalesce(j.QUERY_TYPE, 'ACCESS')"
    " WHEN 'session' THEN 'SESSION' WHEN 'role' THEN 'GRANT_ROLE'"
    " WHEN 'privilege' THEN 'GRANT_' || j.PRIVILEGE"
    " WHEN 'transfer' THEN coalesce(j.TRANSFER_TYPE, 'TRANSFER') END",
    "api_service_name": "CASE WHEN ok THEN 'Snowflake' END",
    "message": "j.QUERY_TEXT",
    "actor_user_name": "CASE WHEN gives THEN nullif(j.GRANTED_BY, '') ELSE j.USER_NAME END",
    "actor_user_type": "CASE WHEN NOT gives THEN nullif(j.USER_TYPE, '') END",
    "actor_user_email": "CASE WHEN j.USER_NAME LIKE '%_@_%._%' THEN j.USER_NAME END",
    "actor_acting_as": "nullif(j.ROLE_NAME, '')",
    "actor_session_uid": "nullif(j.SESSION_ID, '')",
    "actor_session_mfa": "CASE WHEN view = 'login' AND j.IS_SUCCESS = 'YES'"
    " AND j.SECOND_AUTHENTICATION_FACTOR <> '' THEN true END",
    "resource_uid": f"CASE WHEN gives THEN coalesce(j.NAME, j.ROLE)"
    f" WHEN view = 'access' THEN ({_objects('objectName')})[1] END",
    "resource_name": "CASE WHEN gives THEN coalesce(j.NAME, j.ROLE)"
    f" WHEN view = 'access' THEN ({_objects('objectName')})[1]"
    " WHEN of_user OR grants THEN target_user"
    " WHEN defined.name <> '' THEN replace(defined.name, '\"', '')"
    " WHEN view = 'transfer' THEN j.TARGET_CLOUD || ' ' || coalesce(j.TARGET_REGION, '') END",
    "resource_type": "CASE WHEN gives THEN coalesce(lower(j.GRANTED_ON), 'role')"
    f" WHEN view = 'access' THEN lower(({_objects('objectDomain')})[1])"
    " WHEN of_user OR grants THEN CASE WHEN target_user IS NOT NULL THEN 'user' END"
    " WHEN defined.name <> '' THEN lower(defined.kind)"
    " WHEN view = 'transfer' THEN 'region' END",
    "resource_namespace": "CASE WHEN gives OR view = 'query' THEN nullif(concat_ws('.',"
    " coalesce(nullif(j.DATABASE_NAME, ''), nullif(j.TABLE_CATALOG, '')),"
    " coalesce(nullif(j.SCHEMA_NAME, ''), nullif(j.TABLE_SCHEMA, ''))), '') END",
    "resources": _objects("objectName"),
    "cloud_provider": "CASE WHEN ok THEN 'Snowflake' END",
    "cloud_account_uid": "coalesce(nullif(j.ACCOUNT_LOCATOR, ''), nullif(j.ACCOUNT_NAME, ''))",
    "cloud_region": "coalesce(nullif(j.REGION, ''), nullif(j.SOURCE_REGION, ''))",
    "metadata_product": "CASE WHEN ok THEN 'Snowflake' END",
    "end_time": f"CASE WHEN gives THEN {utc('j.DELETED_ON', zoned=True)}"
    f" WHEN view = 'query' THEN {utc('j.END_TIME', zoned=True)} END",
    "src_endpoint_ip": f"CASE WHEN j.CLIENT_IP <> '0.0.0.0' THEN {ip('j.CLIENT_IP')} END",
    "actor_app_name": "CASE view WHEN 'login' THEN nullif(j.REPORTED_CLIENT_TYPE, '')"
    " WHEN 'session' THEN nullif(j.CLIENT_APPLICATION_ID, '') END",
    "user_agent": "CASE view WHEN 'login' THEN nullif(concat_ws(' ', j.REPORTED_CLIENT_TYPE,"
    " j.REPORTED_CLIENT_VERSION), '') WHEN 'session' THEN j.CLIENT_APPLICATION_ID END",
    "status": "CASE view WHEN 'login' THEN CASE upper(j.IS_SUCCESS) WHEN 'YES' THEN 'success'"
    " WHEN 'TRUE' THEN 'success' WHEN 'NO' THEN 'failure' WHEN 'FALSE' THEN 'failure'"
    " ELSE 'unknown' END WHEN 'query' THEN CASE WHEN upper(j.EXECUTION_STATUS) = 'SUCCESS'"
    " THEN 'success' WHEN regexp_matches(upper(j.EXECUTION_STATUS), 'FAIL|INCIDENT')"
    " THEN 'failure' WHEN j.ERROR_CODE <> '' THEN 'failure' ELSE 'unknown' END"
    " ELSE CASE WHEN ok THEN 'success' END END",
    "status_code": "nullif(j.ERROR_CODE, '')",
    "status_detail": "nullif(j.ERROR_MESSAGE, '')",
    "metadata_uid": "CASE view WHEN 'login' THEN j.EVENT_ID WHEN 'query' THEN j.QUERY_ID"
    " WHEN 'access' THEN j.QUERY_ID WHEN 'session' THEN j.SESSION_ID END",
    "metadata_correlation_uid": "CASE view WHEN 'session' THEN j.LOGIN_EVENT_ID"
    " WHEN 'login' THEN j.EVENT_ID ELSE j.QUERY_ID END",
    "any_user": "CASE WHEN view = 'role' AND upper(j.GRANTED_TO) = 'USER' THEN [j.GRANTEE_NAME]"
    " WHEN gives THEN [j.GRANTEE_NAME] WHEN target_user IS NOT NULL THEN [target_user] END",
}
