"""What Okta's event types are, as tables: the OCSF class by name or family, the act by last word.

References:
- Event types: https://developer.okta.com/docs/reference/api/event-types/
- OCSF 1.8 classes 2004, 3001, 3002, 3004, 3005, 3006, 6002 and 6003
"""

from __future__ import annotations

from actum.sources.seam import Lookup

__all__ = ["FAMILIES", "OPERATIONS", "VERBS"]

_EVENTS: tuple[tuple[int, int, str, str], ...] = (
    # class, activity, act, event types
    (3002, 1, "auth", ("user.session.start user.authentication.sso user.authentication.auth"
     " user.authentication.auth_via_AD_agent user.authentication.auth_via_IDP"
     " user.authentication.auth_via_LDAP_agent user.authentication.auth_via_inbound_SAML"
     " user.authentication.auth_via_inbound_delauth user.authentication.auth_via_iwa"
     " user.authentication.auth_via_radius user.authentication.auth_via_richclient"
     " user.authentication.auth_via_social user.authentication.auth_unconfigured_identifier"
     " user.authentication.auth_via_x509 user.authentication.slo.idp_initiated"
     " app.oauth2.signon user.session.access_admin_app app.generic.unauth_app_access_attempt"
     " app.rich_client.login_success user.session.impersonation.initiate")),
    (3002, 2, "auth", ("user.session.end user.session.clear user.session.expire"
     " user.authentication.slo user.authentication.universal_logout user.session.universal_logout"
     " user.session.impersonation.end user.session.sign_out")),
    (3002, 3, "auth", ("app.oauth2.as.authorize.code app.oauth2.as.token.grant"
     " app.oauth2.as.token.grant.access_token app.oauth2.as.token.grant.id_token"
     " app.oauth2.as.token.grant.refresh_token app.oauth2.token.grant"
     " app.oauth2.token.grant.access_token app.oauth2.token.grant.id_token"
     " app.oauth2.token.grant.refresh_token app.oauth2.authorize.code app.oauth2.as.authorize"
     " app.oauth2.authorize app.oauth2.as.authorize.implicit.access_token"
     " app.oauth2.as.authorize.implicit.id_token app.oauth2.authorize.implicit.access_token"
     " app.oauth2.authorize.implicit.id_token")),
    (3002, 6, "auth", ("user.authentication.auth_via_mfa user.authentication.verify"
     " user.mfa.okta_verify user.mfa.okta_verify.deny_push user.mfa.attempt_bypass"
     " user.authentication.authenticate system.push.send_factor_verify_push"
     " system.sms.send_factor_verify_message system.voice.send_mfa_challenge_call"
     " system.email.mfa_enroll_notification.sent_message system.email.challenge_factor_redeemed")),
    (3002, 99, "auth", ("policy.evaluate_sign_on user.session.context.change app.token.reuse"
     " app.oauth2.as.token.detect_reuse app.oauth2.token.detect_reuse"
     " user.session.impersonation.grant user.session.impersonation.extend"
     " user.session.impersonation.revoke")),
    (3001, 1, "create", "user.lifecycle.create user.import.create"),
    (3001, 2, "update", ("user.lifecycle.activate user.lifecycle.reactivate"
     " user.lifecycle.unsuspend")),
    (3001, 5, "update", "user.lifecycle.deactivate user.lifecycle.suspend"),
    (3001, 6, "delete", "user.lifecycle.delete.completed user.lifecycle.delete"),
    (3001, 99, "delete", "user.lifecycle.delete.initiated"),
    (3001, 3, "update", ("user.account.update_password user.account.reset_password_by_user"
     " user.credential.password.update")),
    (3001, 4, "update", ("user.account.reset_password user.account.expire_password"
     " system.email.password_reset.sent_message")),
    (3001, 9, "update", "user.account.lock user.account.lock.limit"),
    (3001, 12, "update", ("user.account.unlock user.account.unlock_by_admin"
     " user.account.unlock_token user.account.unlock_failure")),
    (3001, 10, "create", ("user.mfa.factor.activate user.mfa.factor.unsuspend"
     " system.mfa.factor.activate user.credential.enroll device.enrollment.create")),
    (3001, 11, "delete", ("user.mfa.factor.deactivate user.mfa.factor.suspend"
     " user.mfa.factor.reset_all system.mfa.factor.deactivate user.credential.revoke")),
    (3001, 99, "update", ("user.account.update_profile user.account.update_primary_email"
     " user.account.update_secondary_email user.account.update_user_type user.mfa.factor.update"
     " user.account.use_token user.lifecycle.jit.error.read_only")),
    (3001, 99, "create", "system.api_token.create app.oauth2.credentials.lifecycle.create"),
    (3001, 99, "update", "system.api_token.enable system.api_token.update"),
    (3001, 99, "delete", ("system.api_token.revoke system.api_token.disable"
     " app.oauth2.credentials.lifecycle.delete app.oauth2.credentials.lifecycle.deactivate")),
    (3001, 99, "other", "user.account.report_suspicious_activity_by_enduser"),
    (3006, 3, "update", "group.user_membership.add"),
    (3006, 4, "update", "group.user_membership.remove"),
    (3006, 6, "create", "group.lifecycle.create"),
    (3006, 5, "delete", "group.lifecycle.delete"),
    (3006, 1, "update", ("group.privilege.grant group.application_assignment.add"
     " group.application_assignment.update")),
    (3006, 2, "update", "group.privilege.revoke group.application_assignment.remove"),
    (3005, 1, "update", ("application.user_membership.add application.user_membership.provision"
     " application.user_membership.restore application.user_membership.approve"
     " user.account.privilege.grant app.user_management.grant user.account.access_super_user_app"
     " app.oauth2.consent.grant app.access_request.grant app.access_request.approver.approve")),
    (3005, 2, "update", ("application.user_membership.remove application.user_membership.revoke"
     " application.user_membership.deprovision user.account.privilege.revoke"
     " app.oauth2.consent.revoke app.access_request.deny app.access_request.approver.deny")),
    (3005, 99, "update", ("application.user_membership.update"
     " application.user_membership.change_username application.user_membership.change_password")),
    (3005, 99, "read", "application.user_membership.show_password"),
    (2004, 1, "other", ("security.threat.detected security.attack.start user.risk.detect"
     " security.session.detect_client_roaming security.breached_credential.detected")),
    (2004, 3, "other", "security.attack.end"),
)  # fmt: skip

OPERATIONS = Lookup(
    name="operations",
    columns=("operation", "class_uid", "activity_id", "act"),
    rows=tuple(
        (operation, class_uid, activity, act)
        for class_uid, activity, act, listed in _EVENTS
        for operation in listed.split()
    ),
    on="operations.operation = j.eventType",
)
"""The event types that are more than an API call or the change of a thing."""

FAMILIES = Lookup(
    name="families",
    columns=("family", "class_uid"),
    rows=(
        ("user.session", 3002), ("user.authentication", 3002), ("app.oauth2", 3002),
        ("user.lifecycle", 3001), ("user.account", 3001), ("user.credential", 3001),
        ("user.mfa", 3001), ("user.identity", 3001), ("user.import", 3001),
        ("group.user_membership", 3006), ("group.privilege", 3006),
        ("application.user_membership", 3005), ("app.access_request", 3005),
        ("group.lifecycle", 3004), ("group.profile", 3004), ("policy.lifecycle", 3004),
        ("policy.rule", 3004), ("zone.create", 3004), ("zone.update", 3004), ("zone.delete", 3004),
        ("zone.activate", 3004), ("zone.deactivate", 3004), ("application.lifecycle", 3004),
        ("application.policy", 3004), ("system.idp", 3004), ("device.lifecycle", 3004),
        ("system.agent", 3004), ("iam.role", 3004), ("iam.resourceset", 3004),
        ("inline_hook.created", 3004), ("event_hook.created", 3004),
        ("security.trusted_origin", 3004),
        ("network_zone.rule", 3004), ("security.threat", 2004), ("security.attack", 2004),
    ),
    on="families.family = array_to_string(string_split(j.eventType, '.')[:2], '.')",
)  # fmt: skip
"""The OCSF class of event types nobody listed, by their first two words."""

_ENTITY = {
    "create": 1, "created": 1, "add": 1, "update": 3, "updated": 3, "delete": 4, "deleted": 4,
    "remove": 4, "activate": 10, "activated": 10, "deactivate": 11, "deactivated": 11,
    "enable": 8, "disable": 9, "suspend": 12, "unsuspend": 13,
}  # fmt: skip
_ACTS = {
    "create": "create created add start generate issue import upload copy register enroll request",
    "read": "read view show download export list search fetch get evaluate sent_message",
    "update": (
        "update updated activate activated deactivate deactivated enable disable suspend unsuspend"
        " grant assign unassign change reset rotate move override lock unlock push approve deny"
        " modify set link unlink restore retry sync reactivate schedule clear"
    ),
    "delete": "delete deleted remove removed revoke purge expire unenroll wipe cancel",
}
VERBS = Lookup(
    name="verbs",
    columns=("verb", "act", "entity_id"),
    rows=tuple(
        (verb, act, _ENTITY.get(verb, 99))
        for act, listed in _ACTS.items()
        for verb in listed.split()
    ),
    on="verbs.verb = string_split(j.eventType, '.')[-1]",
)
"""The kind of act by the last word of the event type, and the activity of class 3004."""
