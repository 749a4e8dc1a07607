"""What GitHub's audit actions are, as tables: the OCSF class by name, the kind of act by last word.

References:
- Organization events: https://docs.github.com/en/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization
- Enterprise events: https://docs.github.com/en/enterprise-cloud@latest/admin/monitoring-activity-in-your-enterprise/reviewing-audit-logs-for-your-enterprise/audit-log-events-for-your-enterprise
- OCSF 1.8 classes 3001, 3002, 3004, 3005, 3006 and 6003
"""

from __future__ import annotations

from actum.sources.seam import Lookup

__all__ = ["KINDS", "OPERATIONS", "VERBS"]

_ACTIONS: tuple[tuple[int, int, str, str], ...] = (
    # class, activity, act, actions
    (3002, 1, "auth", ("user.login user.failed_login org.sso_response business.sso_response"
     " external_identity.sso_response user.sign_in_from_unrecognized_device"
     " user.sign_in_from_unrecognized_device_and_location user.correct_password_from_unrecognized"
     " user.new_device_used impersonation.start staff.fake_login")),
    (3002, 2, "auth", "user.logout user_session.revoke"),
    (3002, 6, "auth", ("user.two_factor_requested user.two_factor_challenge_success"
     " user.two_factor_challenge_failure user.two_factor_recovery_code_used")),
    (3001, 1, "create", "user.create user.new enterprise_managed_user.create"),
    (3001, 2, "update", "user.unsuspend"),
    (3001, 3, "update", "user.change_password"),
    (3001, 4, "update", ("user.reset_password user.forgot_password user.password_reset"
     " user.forced_password_reset")),
    (3001, 5, "update", "user.suspend"),
    (3001, 6, "delete", "user.delete user.destroy"),
    (3001, 10, "update", "two_factor_authentication.enabled user.two_factor_enabled"),
    (3001, 11, "update", "two_factor_authentication.disabled user.two_factor_disabled"),
    (3001, 99, "update", ("user.rename user.add_email user.remove_email user.promote user.demote"
     " user.update two_factor_authentication.add_factor two_factor_authentication.remove_factor"
     " two_factor_authentication.recovery_codes_regenerated external_identity.update")),
    (3001, 99, "create", ("oauth_access.create oauth_authorization.create"
     " personal_access_token.create personal_access_token.request_created"
     " personal_access_token.access_granted public_key.create org_credential_authorization.grant"
     " external_identity.provision gpg_key.create")),
    (3001, 99, "update", ("oauth_access.update oauth_authorization.update oauth_access.regenerate"
     " personal_access_token.credential_regenerated public_key.update public_key.verify")),
    (3001, 99, "delete", ("oauth_access.destroy oauth_access.revoke oauth_authorization.destroy"
     " personal_access_token.access_revoked personal_access_token.destroy"
     " personal_access_token.credential_revoked personal_access_token.expired"
     " personal_access_token.request_denied public_key.delete public_key.unverification_failure"
     " org_credential_authorization.revoke org_credential_authorization.deauthorize"
     " external_identity.deprovision gpg_key.destroy")),
    (3006, 3, "update", ("team.add_member org.add_member org.add_outside_collaborator"
     " business.add_organization_member enterprise_team.add_member")),
    (3006, 4, "update", ("team.remove_member org.remove_member org.remove_outside_collaborator"
     " business.remove_member enterprise_team.remove_member")),
    (3006, 6, "create", "team.create enterprise_team.create"),
    (3006, 5, "delete", "team.destroy team.delete enterprise_team.destroy"),
    (3006, 1, "update", ("team.add_repository team.update_repository_permission"
     " team.change_privacy team.promote_maintainer")),
    (3006, 2, "update", "team.remove_repository team.demote_maintainer"),
    (3005, 1, "update", ("repo.add_member repo.update_member org.update_member"
     " business.add_admin business.add_billing_manager business.add_support_entitlee"
     " org.add_billing_manager organization_moderators.add_user organization_role.assign"
     " organization_moderators.add_team repository_invitation.accept org.add_security_manager"
     " business.invite_admin org.update_default_repository_permission")),
    (3005, 2, "update", ("repo.remove_member business.remove_admin business.remove_billing_manager"
     " org.remove_billing_manager organization_moderators.remove_user organization_role.revoke"
     " organization_moderators.remove_team org.remove_security_manager")),
    (3004, 1, "create", "repo.create org.create business.create"),
    (3004, 3, "update", "repo.rename org.rename business.rename_slug repo.access"),
    (3004, 4, "delete", "repo.destroy org.delete business.delete"),
    (3004, 5, "update", ("repo.transfer repo.transfer_start repo.transfer_outgoing org.transfer"
     " business.organization_transfer")),
    (3004, 9, "update", "repo.archived"),
    (3004, 8, "update", "repo.unarchived"),
    (6003, 2, "read", ("git.clone git.fetch repo.download_zip repo.view org.audit_log_export"
     " org.export business.audit_log_export repo.codespaces_trusted_repo_access_granted"
     " org.audit_log_git_event_export")),
    (6003, 3, "update", "git.push"),
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

KINDS = Lookup(
    name="kinds",
    columns=("operation_type", "act"),
    rows=(
        ("create", "create"), ("access", "read"), ("modify", "update"), ("remove", "delete"),
        ("authentication", "auth"), ("transfer", "update"), ("restore", "update"),
    ),
    on="kinds.operation_type = j.operation_type",
)  # fmt: skip
"""The kind of act where GitHub says it itself."""

_ACTS = {
    "create": "create created add new generate import register invite publish install upload",
    "read": "access view list download export clone fetch read requested",
    "update": (
        "update updated enable enabled disable disabled change set rename transfer grant approve"
        " accept reject assign unassign block unblock merge reopen resolve dismiss rerequest"
        " restore regenerate promote demote edit edited pin unpin archived unarchived push cancel"
        " policy override suspend unsuspend switch clear prioritize saml rotate"
    ),
    "delete": "delete deleted destroy remove revoke revoked uninstall unlink deauthorize expire",
}
VERBS = Lookup(
    name="verbs",
    columns=("verb", "act"),
    rows=tuple((verb, act) for act, listed in _ACTS.items() for verb in listed.split()),
    on="verbs.verb = regexp_extract(j.action, '([a-z]+)[a-z_-]*$', 1)",
)
"""The kind of act by the first word of what follows the dot: ``org.disable_two_factor…``."""
