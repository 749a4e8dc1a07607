"""What Duo's administrator actions are, as tables: the OCSF class by name, the act by last word.

References:
- Administrator log actions: https://duo.com/docs/adminapi#administrator-logs
- OCSF 1.8 classes 3001, 3002, 3004, 3006 and 6003
"""

from __future__ import annotations

from actum.sources.seam import Lookup

__all__ = ["OPERATIONS", "VERBS"]

_ACTIONS: tuple[tuple[int, int, str, str], ...] = (
    # class, activity, act, actions
    (3002, 1, "auth", "admin_login admin_login_error admin_2fa_error admin_single_sign_on_login"),
    (3002, 2, "auth", "admin_logout"),
    (3001, 1, "create", "admin_create user_create admin_self_activate user_import"),
    (3001, 3, "update", "admin_change_password"),
    (3001, 4, "update", "admin_reset_password admin_send_reset_password_email"),
    (3001, 6, "delete", "admin_delete user_delete user_pending_delete"),
    (3001, 9, "update", "admin_lockout user_lockout"),
    (3001, 12, "update", "admin_unlock user_unlock admin_rectivates_duo_push"),
    (3001, 99, "update", "admin_update user_update user_restore admin_activate_duo_push"),
    (3001, 99, "create", "bypass_create"),
    (3001, 99, "delete", "bypass_delete"),
    (3001, 10, "create", "user_bulk_enroll phone_associate hardtoken_associate"),
    (3001, 11, "delete", "phone_disassociate hardtoken_disassociate"),
    (3006, 6, "create", "group_create"),
    (3006, 5, "delete", "group_delete"),
    (3004, 1, "create", "policy_create integration_create role_create"),
    (3004, 3, "update", "policy_update integration_update role_update"),
    (3004, 4, "delete", "policy_delete integration_delete role_delete"),
    (6003, 2, "read", "integration_skey_view bypass_view"),
    (6003, 3, "update", "update_admin_factor_restrictions integration_skey_reset"),
)

OPERATIONS = Lookup(
    name="operations",
    columns=("operation", "class_uid", "activity_id", "act"),
    rows=tuple(
        (operation, class_uid, activity, act)
        for class_uid, activity, act, listed in _ACTIONS
        for operation in listed.split()
    ),
    on="operations.operation = j.action",
)
"""The actions that are more than an API call."""

_ACTS = {
    "create": "create add install enroll import associate activate generate send",
    "read": "view export download list",
    "update": "update edit enable disable reset restore regenerate sync resync rename",
    "delete": "delete remove uninstall disassociate deactivate revoke",
}
VERBS = Lookup(
    name="verbs",
    columns=("verb", "act"),
    rows=tuple((verb, act) for act, listed in _ACTS.items() for verb in listed.split()),
    on="verbs.verb = regexp_extract(j.action, '([a-z]+)$', 1)",
)
"""The kind of act by the last word of the action."""
