"""What Slack's actions are, as tables: the OCSF class by name, the kind of act by last word.

References:
- Actions: https://docs.slack.dev/reference/audit-logs-api/methods-actions-reference
- OCSF 1.8 classes 2004, 3001, 3002, 3005, 3006, 6002, 6003 and 6006
"""

from __future__ import annotations

from actum.sources.seam import Lookup

__all__ = ["OPERATIONS", "VERBS"]

_ACTIONS: tuple[tuple[int, int, str, str], ...] = (
    # class, activity, act, actions
    (2004, 1, "other", "anomaly file_malicious_content_detected native_dlp_rule_violated"),
    (3002, 1, "auth", "user_login user_login_failed"),
    (3002, 2, "auth", ("user_logout user_logout_compromised"
     " user_logout_non_compliant_mobile_app_version")),
    (3001, 99, "update", ("user_session_reset_by_admin user_session_invalidated"
     " bulk_session_reset_by_admin user_force_logout user_logout_by_admin")),
    (6003, 3, "update", ("private_channel_converted_to_public public_channel_converted_to_private"
     " channel_moved_to_enterprise app_resources_granted app_scopes_expanded"
     " channel_posting_permissions_updated channel_retention_changed"
     " workspace_primary_owner_changed who_can_manage_shared_channels"
     " channel_workspaces_updated")),
    (3001, 1, "create", "user_created guest_created service_owner_transferred"),
    (3001, 2, "update", "user_reactivated guest_reactivated"),
    (3001, 5, "update", "user_deactivated guest_deactivated guest_expired"),
    (3001, 3, "update", "password_changed user_password_changed"),
    (3001, 4, "update", ("user_password_reset user_password_reset_slackbot"
     " bulk_password_reset_by_admin")),
    (3001, 10, "update", "user_two_factor_auth_enabled user_mfa_enabled"),
    (3001, 11, "update", "user_two_factor_auth_disabled user_mfa_disabled"),
    (3001, 99, "update", ("user_email_updated user_profile_updated user_profile_deleted"
     " guest_expiration_set guest_expiration_cleared user_name_changed")),
    (3005, 1, "update", ("role_change_to_owner role_change_to_admin role_change_to_user"
     " role_change_to_guest role_assigned permissions_assigned owner_transferred"
     " account_type_role_assigned role_added role_modified")),
    (3005, 2, "update", "role_removed permissions_removed account_type_role_removed"),
    (3006, 3, "update", "user_added_to_usergroup"),
    (3006, 4, "update", "user_removed_from_usergroup"),
    (3006, 6, "create", "subteam_created usergroup_create"),
    (3006, 5, "delete", "subteam_deleted usergroup_deleted"),
    (6006, 1, "create", "file_uploaded"),
    (6006, 2, "read", "file_downloaded file_downloaded_blocked"),
    (6006, 4, "delete", "file_deleted"),
    (6006, 12, "update", "file_shared file_public_link_created"),
    (6006, 13, "update", "file_unshared file_public_link_revoked"),
    (6002, 1, "create", "app_installed app_manifest_installed"),
    (6002, 2, "delete", "app_uninstalled app_removed_from_whitelist"),
    (6002, 6, "update", "app_approved app_enabled"),
    (6002, 7, "update", "app_restricted app_disabled"),
)  # fmt: skip

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
    "create": "created added installed uploaded invited generated started joined create add sent",
    "read": "viewed downloaded exported read searched previewed opened requested",
    "update": (
        "changed updated enabled disabled approved restricted archived unarchived renamed"
        " deactivated reactivated set converted shared unshared assigned moved transferred granted"
        " accepted denied expanded modified upgraded cleared unpublished published resumed paused"
        " edited released reset merged claimed connected disconnected"
    ),
    "delete": "deleted removed revoked uninstalled cancelled left expired invalidated tombstoned",
}
VERBS = Lookup(
    name="verbs",
    columns=("verb", "act"),
    rows=tuple((verb, act) for act, listed in _ACTS.items() for verb in listed.split()),
    on="verbs.verb = regexp_extract(j.action, '([a-z]+)$', 1)",
)
"""The kind of act by the last word of the action."""
