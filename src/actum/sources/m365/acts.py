"""SQL of what a record's operation was and how it ended.

References:
- Activities: https://learn.microsoft.com/purview/audit-log-activities
"""

from __future__ import annotations

from actum.sources.entra_signin.interrupts import INTERRUPTS
from actum.sources.m365.operations import DONE

__all__ = ["ACT", "ACTIVITY", "CLASS", "STATUS"]

_CODES = ", ".join(f"'{code}'" for code in sorted(INTERRUPTS))
_RESULT = "lower(j.ResultStatus)"
STATUS = f"""CASE
    WHEN NOT ok THEN NULL
    WHEN operation = 'userloginfailed' THEN CASE WHEN j.ErrorNumber IN ({_CODES})
        OR contains(lower(j.LogonError), 'interrupt') THEN 'unknown' ELSE 'failure' END
    WHEN operation = 'userloggedin' THEN CASE WHEN j.ErrorNumber NOT IN ('', '0') THEN
        CASE WHEN j.ErrorNumber IN ({_CODES}) THEN 'unknown' ELSE 'failure' END
        WHEN {_RESULT} IN ('failed', 'failure', 'false') THEN 'failure' ELSE 'success' END
    WHEN {_RESULT} IN ('true', 'succeeded', 'success') THEN 'success'
    WHEN {_RESULT} IN ('false', 'failed', 'failure') THEN 'failure'
    WHEN {_RESULT} <> '' THEN 'unknown'
    WHEN lower(j.IsSuccess) IN ('true', 'false') THEN
        CASE lower(j.IsSuccess) WHEN 'true' THEN 'success' ELSE 'failure' END
    WHEN regexp_full_match(lower(j.Workload), '{DONE}') AND regexp_matches(operation,
        '(ed|set|extended|full|partial|link|group)$') THEN 'success'
    ELSE 'unknown' END"""

ACT = """CASE
    WHEN NOT ok THEN NULL
    WHEN works_act IS NOT NULL THEN works_act
    WHEN directory_act IS NOT NULL THEN directory_act
    WHEN regexp_matches(operation, '^(new|add|create|install|enable-mailbox|import|send|upload|inv'
        || 'ite|restore|grant|start-)') THEN 'create'
    WHEN regexp_matches(operation, '^(remove|delete|uninstall|hard ?delete|soft ?delete|revoke|pur'
        || 'ge)')
    THEN 'delete'
    WHEN regexp_matches(operation, '^(get|search|view|read|list|export|download|access|find|test|v'
        || 'alidate|query)') THEN 'read'
    WHEN regexp_matches(operation, '^(set|update|change|enable|disable|move|rename|reset|modif|edi'
        || 't|assign|stop-|approve|deny|publish|suspend|resume|redeem|verify|promote)')
    THEN 'update'
    WHEN regexp_matches(operation, '(created|added|installed|uploaded|sent)$') THEN 'create'
    WHEN regexp_matches(operation, '(deleted|removed|uninstalled|revoked|recycled)$') THEN 'delete'
    WHEN regexp_matches(operation, '(viewed|accessed|downloaded|exported|previewed|used)$')
    THEN 'read'
    WHEN regexp_matches(operation, '(changed|updated|modified|edited|moved|renamed|set)$')
    THEN 'update'
    ELSE 'other' END"""

CLASS = """CASE
    WHEN NOT ok THEN 0
    WHEN works_class_uid IS NOT NULL THEN works_class_uid
    WHEN directory_class_uid IS NOT NULL THEN directory_class_uid
    WHEN is_directory THEN CASE WHEN act = 'read' THEN 6003
        WHEN contains(operation, 'group') THEN 3006
        WHEN contains(operation, 'role') THEN 3005
        WHEN regexp_matches(operation, 'user|password|licen|account') THEN 3001
        WHEN act = 'other' THEN 6003 ELSE 3004 END
    WHEN regexp_matches(operation, '(rule|policy|policyassignment)$') AND contains(operation, '-')
    THEN 3004
    ELSE 6003 END"""

ACTIVITY = """CASE
    WHEN NOT ok THEN 0
    WHEN works_activity_id IS NOT NULL THEN works_activity_id
    WHEN directory_activity_id IS NOT NULL THEN directory_activity_id
    ELSE CASE class_uid
        WHEN 3001 THEN CASE act WHEN 'create' THEN 1 WHEN 'delete' THEN 6 ELSE 99 END
        WHEN 3006 THEN CASE act WHEN 'create' THEN 6 WHEN 'delete' THEN 5 ELSE 99 END
        WHEN 3005 THEN CASE act WHEN 'create' THEN 1 WHEN 'delete' THEN 2 ELSE 99 END
        ELSE CASE act WHEN 'create' THEN 1 WHEN 'read' THEN 2 WHEN 'update' THEN 3
            WHEN 'delete' THEN 4 ELSE 99 END END END"""
