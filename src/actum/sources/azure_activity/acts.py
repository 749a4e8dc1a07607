"""SQL of what an operation was and how it ended.

References:
- Schema: https://learn.microsoft.com/azure/azure-monitor/essentials/activity-log-schema
- Operations: https://learn.microsoft.com/azure/role-based-access-control/resource-provider-operations
"""

from __future__ import annotations

__all__ = ["ACCESS", "ACT", "ENTITY", "HTTP", "STATUS"]

STATUS = """CASE
    WHEN NOT ok THEN NULL
    WHEN lower(told) IN ('success', 'succeeded') THEN 'success'
    WHEN lower(told) IN ('failure', 'failed') THEN 'failure'
    ELSE 'unknown' END"""
"""Start, Accept and In Progress promise nothing; Active and Resolved are states of a service."""

HTTP = """CASE lower(code)
    WHEN 'ok' THEN 200 WHEN 'created' THEN 201 WHEN 'accepted' THEN 202 WHEN 'nocontent' THEN 204
    WHEN 'badrequest' THEN 400 WHEN 'unauthorized' THEN 401 WHEN 'forbidden' THEN 403
    WHEN 'notfound' THEN 404 WHEN 'methodnotallowed' THEN 405 WHEN 'conflict' THEN 409
    WHEN 'preconditionfailed' THEN 412 WHEN 'toomanyrequests' THEN 429
    WHEN 'internalservererror' THEN 500 WHEN 'badgateway' THEN 502
    WHEN 'serviceunavailable' THEN 503
    ELSE CASE WHEN regexp_full_match(code, '[1-5][0-9]{2}')
        THEN try_cast(code AS UINTEGER) END END"""

ACT = """CASE
    WHEN NOT ok THEN NULL
    WHEN verb = 'write' THEN CASE WHEN is_access OR lower(code) IN ('created', '201')
        THEN 'create' ELSE 'update' END
    WHEN verb IN ('delete', 'read') THEN verb
    WHEN NOT contains(operation, '/') THEN CASE
        WHEN regexp_matches(operation, '^(delete|remove)') THEN 'delete'
        WHEN regexp_matches(operation, '^(create or update|update|set|start|stop|restart|deallocate'
            || '|enable|disable|move|regenerate|reset)') THEN 'update'
        WHEN regexp_matches(operation, '^(create|add)') THEN 'create'
        WHEN regexp_matches(operation, '^(list|get|read)') THEN 'read' ELSE 'other' END
    WHEN verb <> 'action' OR verb IS NULL THEN 'other'
    WHEN regexp_matches(asked,
        '^(list|get|read|validate|check|show|query|search|export|download|preview|retrieve|find)')
    THEN 'read'
    WHEN regexp_matches(asked, '^(delete|purge|remove|unregister|revoke)') THEN 'delete'
    WHEN regexp_matches(asked, '^(create|generate|provision|import|add|new)') THEN 'create'
    WHEN regexp_matches(asked, '^(start|stop|restart|poweroff|deallocate|redeploy|reimage|resize'
        || '|regenerate|rotate|reset|update|set|enable|disable|move|recover|restore|register|join'
        || '|failover|upgrade|attach|detach|elevateaccess|approve|cancel|swap|apply|renew|change)')
    THEN 'update'
    ELSE 'other' END"""

ACCESS = (
    "regexp_matches(operation, '(microsoft[.]authorization/(roleassignments|roleeligibility|"
    "roleassignmentschedule)[^/]*/(write|delete)|/accesspolicies/(write|delete)|"
    "/elevateaccess/action)$')"
)
ENTITY = (
    "regexp_matches(operation, 'microsoft[.]authorization/(policy[a-z]*|locks|roledefinitions|"
    "rolemanagementpolic[a-z]*)/(write|delete)$')"
)
