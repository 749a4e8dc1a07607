"""What Workspace's events are: the kind of act by verb, the OCSF class by application and name.

Names are ``CREATE_USER`` in the admin log and ``login_success`` elsewhere; the tables hold them in
lower case.  An event that is not here is an API activity of its verb.

References:
- Admin activity event names: https://developers.google.com/admin-sdk/reports/v1/appendix/activity/admin-event-names
- All activity reports: https://developers.google.com/admin-sdk/reports/v1/appendix/activity
- OCSF 1.8 classes 3001 to 3006, 6001, 6003 and 6006.
"""

from __future__ import annotations

from actum.sources.seam import Lookup

__all__ = ["DEFAULTS", "OPERATIONS", "VERBS"]

_VERBS = {
    "create": (
        "create add insert upload copy import register generate request start invite post new"
        " enroll issue"
    ),
    "read": (
        "view list get search download export preview print email query access alert_center_view"
        " read check sync show investigate"
    ),
    "update": (
        "change update edit set toggle move rename enable disable assign unassign grant suspend"
        " unsuspend reset replace untrash undelete restore transfer turn allow block unblock ban"
        " approve accept authorize mark moderate reorder lock unlock subscribe share archive"
        " unarchive modify rotate apply"
    ),
    "delete": (
        "delete remove revoke trash cancel purge unregister unsubscribe reject decline leave drop"
        " wipe"
    ),
    "auth": "login logout signin 2sv",
}

VERBS = Lookup(
    name="verbs",
    columns=("verb", "act"),
    rows=tuple((verb, act) for act, listed in _VERBS.items() for verb in listed.split()),
    on="verbs.verb = regexp_extract(lower(j.name), '^[a-z0-9]+')",
)
"""The kind of act by the first word of the event's name."""

_CLASSES: tuple[tuple[str, int, int, str | None, str], ...] = (
    # application, class, activity, act (None: by verb), events
    ("login", 3002, 1, "auth", ("login_success login_failure suspicious_login"
     " suspicious_login_less_secure_app suspicious_programmatic_login")),
    ("login", 3002, 2, "auth", "logout"),
    ("login", 3002, 6, "auth", "login_challenge login_verification"),
    ("login", 3002, 99, "auth", ("gov_attack_warning"
     " user_signed_out_due_to_suspicious_session_cookie risky_sensitive_action_allowed"
     " risky_sensitive_action_blocked blocked_sender")),
    ("login", 3001, 3, "update", "password_edit"),
    ("login", 3001, 5, "update", ("account_disabled_password_leak account_disabled_generic"
     " account_disabled_hijacked account_disabled_spamming"
     " account_disabled_spamming_through_relay")),
    ("login", 3001, 10, "update", "2sv_enroll passkey_enrolled"),
    ("login", 3001, 11, "update", "2sv_disable passkey_removed"),
    ("login", 3001, 99, "update", ("recovery_email_edit recovery_phone_edit"
     " recovery_secret_qa_edit titanium_enroll titanium_unenroll"
     " email_forwarding_out_of_domain")),
    ("user_accounts", 3001, 3, "update", "password_edit"),
    ("user_accounts", 3001, 10, "update", "2sv_enroll passkey_enrolled"),
    ("user_accounts", 3001, 11, "update", "2sv_disable passkey_removed"),
    ("user_accounts", 3001, 99, "update", ("recovery_email_edit recovery_phone_edit"
     " recovery_secret_qa_edit titanium_enroll titanium_unenroll"
     " email_forwarding_out_of_domain")),
    ("saml", 3002, 1, "auth", "login_success login_failure"),
    ("ldap", 3002, 1, "auth", "ldap_bind"),
    ("chrome", 3002, 1, "auth", ("chrome_os_login_event chrome_os_login_failure_event"
     " chromeos_affiliated_lock_success chromeos_unaffiliated_lock_success"
     " login_event login_failure_event")),
    ("chrome", 3002, 2, "auth", "chrome_os_logout_event logout_event"),
    ("context_aware_access", 3002, 99, "auth", "access_deny_event"),
    ("token", 3005, 1, "update", "authorize"),
    ("token", 3005, 2, "delete", "revoke"),
    ("admin", 3001, 1, None, "create_user"),
    ("admin", 3001, 2, None, "unsuspend_user"),
    ("admin", 3001, 4, None, "change_password"),
    ("admin", 3001, 5, None, "suspend_user archive_user"),
    ("admin", 3001, 6, None, "delete_user"),
    ("admin", 3001, 10, "update", "enforce_strong_authentication"),
    ("admin", 3001, 11, None, "turn_off_2_step_verification"),
    ("admin", 3001, 99, None, (
     "undelete_user unarchive_user rename_user change_first_name change_last_name"
     " change_display_name add_nickname remove_nickname add_recovery_email add_recovery_phone"
     " change_recovery_email change_recovery_phone change_password_on_next_login"
     " revoke_3lo_token revoke_asp revoke_security_key generate_2sv_scratch_codes"
     " revoke_3lo_device_tokens reset_signin_cookies unblock_user_session move_user_to_org_unit"
     " user_enrolled_in_two_step_verification unenroll_user_from_titanium"
     " enroll_user_in_titanium user_put_in_two_step_verification_grace_period"
     " change_user_organization change_user_custom_field change_user_address"
     " change_user_relation change_user_phone_number change_user_external_id change_user_im"
     " change_user_language change_user_location change_user_gender change_user_birthdate")),
    ("admin", 3005, 1, "update", ("assign_role grant_admin_privilege"
     " grant_delegated_admin_privileges authorize_api_client_access")),
    ("admin", 3005, 2, "update", "unassign_role revoke_admin_privilege remove_api_client_access"),
    ("admin", 3004, 1, None, "create_role create_org_unit"),
    ("admin", 3004, 3, None, ("update_role rename_role add_privilege remove_privilege"
     " edit_org_unit_name edit_org_unit_description")),
    ("admin", 3004, 4, None, "delete_role remove_org_unit"),
    ("admin", 3004, 5, None, "move_org_unit"),
    ("admin", 3006, 3, "update", "add_group_member"),
    ("admin", 3006, 4, "update", "remove_group_member"),
    ("admin", 3006, 5, None, "delete_group"),
    ("admin", 3006, 6, None, "create_group"),
    ("admin", 3006, 99, "update", ("update_group_member change_group_setting change_group_name"
     " change_group_email change_group_description update_group_member_delivery_settings"
     " update_group_member_delivery_settings_can_email_override group_members_download")),
    ("admin", 6003, 2, "read", ("alert_center_view security_investigation_query"
     " security_investigation_export_query security_investigation_chart_create email_log_search"
     " download_userlist_csv group_list_download alert_center_list_change"
     " alert_center_get_sit_link")),
    ("admin", 6003, 4, "delete", "alert_center_batch_delete_alerts"),
    ("groups", 3006, 3, "update", "add_user approve_join_request accept_invitation join"),
    ("groups", 3006, 4, "update", "remove_user leave ban_user ban_user_with_moderation"),
    ("groups", 3006, 5, None, "delete_group"),
    ("groups", 3006, 6, None, "create_group"),
    ("groups", 3006, 99, None, ("change_acl_permission change_basic_setting change_identity_setting"
     " change_info_setting change_new_members_restrictions_setting change_post_replies_setting"
     " change_spam_moderation_setting change_topic_setting change_email_subscription_type"
     " add_info_setting remove_info_setting add_member_role remove_member_role invite_user"
     " request_to_join reject_join_request revoke_invitation reinvite_user moderate_message")),
    ("groups_enterprise", 3006, 3, "update", ("add_user add_member add_service_account_permission"
     " accept_invitation approve_join_request join")),
    ("groups_enterprise", 3006, 4, "update", ("remove_user remove_member leave"
     " ban_user_with_moderation remove_service_account_permission")),
    ("groups_enterprise", 3006, 5, None, "delete_group"),
    ("groups_enterprise", 3006, 6, None, "create_group"),
    ("groups_enterprise", 3006, 99, None, ("add_member_role remove_member_role update_group"
     " invite_user change_info_setting add_info_setting remove_info_setting"
     " change_security_setting add_security_setting remove_security_setting"
     " add_dynamic_group_query change_dynamic_group_query reject_invitation request_to_join"
     " reject_join_request revoke_invitation")),
    ("drive", 6006, 1, "create", "upload create"),
    ("drive", 6006, 2, "read", "download source_copy"),
    ("drive", 6006, 3, "update", "edit add_lock accept_suggestion create_comment edit_comment"),
    ("drive", 6006, 4, "delete", "delete trash"),
    ("drive", 6006, 5, "update", "rename"),
    ("drive", 6006, 6, "create", "copy"),
    ("drive", 6006, 7, "update", "move team_drive_membership_change_move"),
    ("drive", 6006, 8, "update", "untrash"),
    ("drive", 6006, 9, "read", "preview"),
    ("drive", 6006, 10, "update", "lock"),
    ("drive", 6006, 11, "update", "unlock"),
    ("drive", 6006, 12, "update", ("change_user_access change_document_visibility"
     " change_document_access_scope change_acl_editors publish_change"
     " sheets_import_range_access_change team_drive_membership_change"
     " shared_drive_membership_change change_owner change_user_access_hierarchy_reconciled"
     " change_document_visibility_hierarchy_reconciled"
     " change_document_access_scope_hierarchy_reconciled expire_access_request")),
    ("drive", 6006, 14, "read", "view sheets_import_range approval_requested"),
    ("drive", 6006, 15, "read", "sync_item_content"),
    ("drive", 6006, 99, "read", "print email_as_attachment"),
    ("drive", 6006, 17, "read", "access_item_content prefetch_item_content"),
    ("calendar", 6001, 1, "create", ("create_calendar create_event add_subscription"
     " add_event_guest")),
    ("calendar", 6001, 2, "read", "print_preview export_calendar"),
    ("calendar", 6001, 3, "update", ("change_event change_event_title change_event_start_time"
     " change_event_guest_response change_calendar_title change_calendar_timezone"
     " change_calendar_description change_calendar_location change_calendar_country"
     " change_calendar_setting restore_event")),
    ("calendar", 6001, 4, "delete", ("delete_calendar delete_event delete_subscription"
     " remove_event_guest remove_event_from_trash")),
    ("calendar", 6001, 8, "update", ("change_calendar_acls transfer_event_requested"
     " transfer_event_completed")),
)  # fmt: skip

OPERATIONS = Lookup(
    name="operations",
    columns=("application", "event", "class_uid", "activity_id", "act"),
    rows=tuple(
        {
            (application, event): (application, event, class_uid, activity, act)
            for application, class_uid, activity, act, listed in _CLASSES
            for event in listed.split()
        }.values()
    ),
    on="operations.application = j.application AND operations.event = lower(j.name)",
)
"""The OCSF class and activity of events that are more than an API call."""

DEFAULTS = {"login": 3002, "groups": 3006, "groups_enterprise": 3006, "saml": 3002}
"""The class of an application's other events."""
