"""What Auth0's type codes mean, as data: OCSF class and activity, kind of act, outcome.

References:
- Log event type codes: https://auth0.com/docs/deploy-monitor/logs/log-event-type-codes
- OCSF 1.8 classes 3001, 3002, 3006 and 6003
"""

from __future__ import annotations

from actum.sources.seam import Lookup

__all__ = ["CODES"]

_CODES: tuple[tuple[int, int, str, str, str], ...] = (
    # class, activity, act, outcome, codes
    (3002, 1, "auth", "success", "s scoa ssa sens ss_sso_success si"),
    (3002, 1, "auth", "failure", ("f fc fco fcoa fp fu fsa fens fi ss_sso_failure pwd_leak limit_wc"
     " limit_mu limit_sul limit_delegation passkey_challenge_failed")),
    (3002, 2, "auth", "success", ("slo oidc_backchannel_logout_succeeded"
     " universal_logout_succeeded")),
    (3002, 2, "auth", "failure", ("flo oidc_backchannel_logout_failed universal_logout_failed"
     " federated_logout_failed")),
    (3002, 3, "auth", "success", ("seacft seccft sede seoobft seotpft sepft sepkoobft sepkotpft"
     " sepkrcft sercft sertft sd ciba_exchange_succeeded actions_execution_succeeded")),
    (3002, 3, "auth", "failure", ("feacft feccft fede feoobft feotpft fepft fepotpft fepkoobft"
     " fepkotpft fepkrcft fercft ferrt fertft fd fdeac fdeaz fdecc fpar ciba_exchange_failed"
     " ciba_start_failed")),
    (3002, 99, "auth", "success", "srrt"),
    (3002, 6, "auth", "unknown", ("mfar pla gd_start_auth passkey_challenge_started"
     " ciba_start_succeeded cls cs")),
    (3002, 6, "auth", "success", ("gd_auth_succeed gd_auth_email_verification gd_recovery_succeed"
     " gd_send_email gd_send_email_verification gd_send_pn gd_send_sms gd_send_voice")),
    (3002, 6, "auth", "failure", ("gd_auth_failed gd_auth_rejected gd_auth_fail_email_verification"
     " gd_recovery_failed gd_otp_rate_limit_exceed gd_recovery_rate_limit_exceed"
     " gd_send_email_verification_failure gd_send_pn_failure gd_send_sms_failure"
     " gd_send_voice_failure gd_webauthn_challenge_failed")),
    (3001, 1, "create", "success", "ss"),
    (3001, 1, "create", "failure", "fs signup_pwd_leak"),
    (3001, 6, "delete", "success", "sdu"),
    (3001, 6, "delete", "failure", "fdu"),
    (3001, 3, "update", "success", "scp scph"),
    (3001, 3, "update", "failure", "fcp fcph reset_pwd_leak"),
    (3001, 4, "update", "success", "scpr"),
    (3001, 4, "update", "failure", "fcpr"),
    (3001, 10, "create", "success", "gd_enrollment_complete"),
    (3001, 10, "create", "unknown", "gd_start_enroll"),
    (3001, 10, "create", "failure", "gd_start_enroll_failed gd_webauthn_enrollment_failed"),
    (3001, 11, "delete", "success", "gd_unenroll gd_user_delete"),
    (3001, 12, "update", "success", "ublkdu"),
    (3001, 99, "update", "success", "sce scu scpn sv svr gd_update_device_account"),
    (3001, 99, "update", "failure", "fce fcu fcpn fv fvr"),
    (3006, 3, "update", "success", "organization_member_added"),
    (6003, 99, "other", "success", ("sapi flows_execution_completed forms_submission_succeeded"
     " kms_key_management_success sys_os_update_end sys_update_end")),
    (6003, 99, "other", "failure", ("fapi fn fcpro fpurh flows_execution_failed api_limit"
     " forms_submission_failed kms_key_management_failure actions_execution_failed")),
    (6003, 2, "read", "success", "mgmt_api_read"),
    (6003, 3, "update", "success", ("gd_tenant_update gd_module_switch kms_key_state_changed"
     " admin_update_launch appi")),
    (6003, 1, "create", "success", "sui"),
    (6003, 1, "create", "failure", "fui"),
    (6003, 99, "other", "unknown", ("api_limit_warning w depnote sys_os_update_start"
     " sys_update_start too_many_records")),
)  # fmt: skip

CODES = Lookup(
    name="codes",
    columns=("code", "class_uid", "activity_id", "act", "outcome"),
    rows=tuple(
        (code, class_uid, activity, act, outcome)
        for class_uid, activity, act, outcome, listed in _CODES
        for code in listed.split()
    ),
    on="codes.code = j.type",
)
"""Every code of the documentation; of a new one nothing is supposed."""
