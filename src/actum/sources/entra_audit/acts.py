"""SQL of what an activity was.

References:
- Activities: https://learn.microsoft.com/entra/identity/monitoring-health/reference-audit-activities
"""

from __future__ import annotations

__all__ = ["ACT", "ACTIVITY", "CLASS"]

_P = "j.properties"
_NAME = "coalesce(operation, '')"

ACT = f"""CASE
    WHEN NOT ok THEN NULL
    WHEN directory_act IS NOT NULL THEN directory_act
    WHEN regexp_matches({_NAME}, '^(add|create|invite|register|restore|import|upload|grant|app'
        || 'rove)')
    THEN 'create'
    WHEN regexp_matches({_NAME}, '^(delete|remove|hard delete|unregister|revoke|unassign|purge)')
    THEN 'delete'
    WHEN regexp_matches({_NAME}, '^(get|list|read|view|download|retrieve|export|validate|test)')
    THEN 'read'
    WHEN regexp_matches({_NAME}, '^(update|set|change|enable|disable|reset|verify|promote|assign|mo'
        || 've|renew|rotate|block|unblock|confirm|dismiss|activate|deactivate|self-serv|convert)')
    THEN 'update'
    ELSE CASE lower({_P}.operationType) WHEN 'add' THEN 'create' WHEN 'create' THEN 'create'
        WHEN 'update' THEN 'update' WHEN 'assign' THEN 'create' WHEN 'delete' THEN 'delete'
        WHEN 'unassign' THEN 'delete' ELSE 'other' END END"""

CLASS = f"""CASE
    WHEN NOT ok THEN 0
    WHEN directory_class_uid IS NOT NULL THEN directory_class_uid
    WHEN act = 'read' THEN 6003
    ELSE CASE kind
        WHEN 'UserManagement' THEN 3001
        WHEN 'GroupManagement' THEN 3006
        WHEN 'RoleManagement' THEN CASE WHEN contains({_NAME}, 'role definition')
            OR contains({_NAME}, 'role setting') THEN 3004 ELSE 3005 END
        WHEN 'ApplicationManagement' THEN 3004 WHEN 'Policy' THEN 3004 WHEN 'Device' THEN 3004
        WHEN 'DirectoryManagement' THEN 3004 WHEN 'AdministrativeUnit' THEN 3004
        WHEN 'AuthorizationPolicy' THEN 3004 WHEN 'Authorization' THEN 3004
        WHEN 'DeviceManagement' THEN 3004 WHEN 'DeviceConfiguration' THEN 3004
        WHEN 'CrossTenantAccessSettings' THEN 3004 WHEN 'EntitlementManagement' THEN 3004
        ELSE 6003 END END"""

ACTIVITY = """CASE
    WHEN NOT ok THEN 0
    WHEN directory_activity_id IS NOT NULL THEN directory_activity_id
    ELSE CASE class_uid
        WHEN 3001 THEN CASE act WHEN 'create' THEN 1 WHEN 'delete' THEN 6 ELSE 99 END
        WHEN 3006 THEN CASE act WHEN 'create' THEN 6 WHEN 'delete' THEN 5 ELSE 99 END
        WHEN 3005 THEN CASE act WHEN 'create' THEN 1 WHEN 'delete' THEN 2 ELSE 99 END
        ELSE CASE act WHEN 'create' THEN 1 WHEN 'read' THEN 2 WHEN 'update' THEN 3
            WHEN 'delete' THEN 4 ELSE 99 END END END"""
