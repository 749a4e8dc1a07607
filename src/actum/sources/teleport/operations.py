"""What Teleport's events are, as tables: the OCSF class by name, the kind of act by last word.

References:
- Event types and codes: https://goteleport.com/docs/reference/monitoring/audit/
- OCSF 1.8 classes 1001, 1007, 3001, 3002, 3004, 3005, 4001, 4005, 4007, 6001, 6003 and 6005
"""

from __future__ import annotations

from actum.sources.seam import Lookup

__all__ = ["OPERATIONS", "VERBS"]

_EVENTS: tuple[tuple[int, int, str, str], ...] = (
    # class, activity, act, events
    (3002, 1, "auth", ("user.login auth bot.join instance.join saml.idp.auth device.authenticate"
     " device.web.token.create recovery_code.used user.headless_login.requested"
     " user.headless_login.approved")),
    (3002, 2, "auth", "user.logout"),
    (3002, 3, "auth", "cert.create"),
    (3002, 6, "auth", "mfa_auth_challenge.create mfa_auth_challenge.validate"),
    (3001, 1, "create", "user.create bot.create"),
    (3001, 3, "update", "user.password_change"),
    (3001, 4, "update", "reset_password_token.create privilege_token.create"),
    (3001, 6, "delete", "user.delete bot.delete"),
    (3001, 10, "create", "mfa.add device.enroll"),
    (3001, 11, "delete", "mfa.delete"),
    (3001, 99, "update", "user.update bot.update recovery_code.generated"),
    (3001, 99, "create", "recovery_token.create join_token.create"),
    (3001, 9, "create", "lock.created"),
    (3001, 12, "delete", "lock.deleted"),
    (3004, 1, "create", ("role.created github.created saml.created oidc.created"
     " trusted_cluster.create access_list.create okta.assignment.process app.create db.create"
     " kube.create provision_token.create login_rule.create device.create")),
    (3004, 3, "update", ("role.updated github.updated saml.updated oidc.updated"
     " trusted_cluster.update access_list.update app.update db.update kube.update"
     " cluster_networking_config.update session_recording_config.update auth_preference.update"
     " device.update")),
    (3004, 4, "delete", ("role.deleted github.deleted saml.deleted oidc.deleted"
     " trusted_cluster.delete access_list.delete app.delete db.delete kube.delete"
     " login_rule.delete device.delete")),
    (3005, 99, "create", "access_request.create"),
    (3005, 1, "update", ("access_request.review access_request.update access_list.member.create"
     " access_list.member.update")),
    (3005, 2, "delete", "access_request.delete access_list.member.delete"),
    (4007, 1, "other", "session.start session.join session.connect"),
    (4007, 2, "other", "session.leave session.end client.disconnect"),
    (4007, 5, "other", "session.rejected"),
    (4007, 6, "other", "session.data resize subsystem port"),
    (1007, 1, "other", "session.command"),
    (1001, 14, "read", "session.disk"),
    (4001, 1, "other", "session.network"),
    (4005, 3, "other", "windows.desktop.session.start"),
    (4005, 7, "other", "windows.desktop.session.end"),
    (4005, 6, "other", ("desktop.clipboard.send desktop.clipboard.receive"
     " desktop.directory.share desktop.directory.read desktop.directory.write")),
    (6001, 99, "other", "app.session.start app.session.end app.session.chunk app.session.request"),
    (6005, 4, "read", "db.session.query db.session.malformed_packet"),
    (6005, 99, "other", ("db.session.start db.session.end"
     " db.session.postgres.statements.execute db.session.mysql.statements.execute")),
    (6003, 2, "read", ("scp sftp session.recording.access audit.search"
     " sftp_summary session.upload.read")),
    (6003, 1, "create", "session.upload session.print"),
)  # fmt: skip

OPERATIONS = Lookup(
    name="operations",
    columns=("operation", "class_uid", "activity_id", "act"),
    rows=tuple(
        (operation, class_uid, activity, act)
        for class_uid, activity, act, listed in _EVENTS
        for operation in listed.split()
    ),
    on="operations.operation = j.event",
)
"""The events that are more than an API call."""

_ACTS = {
    "create": "create created add start generate register enroll upload",
    "read": "read list search get access",
    "update": "update updated promote renew reset review sync",
    "delete": "delete deleted remove removed revoke expire",
}
VERBS = Lookup(
    name="verbs",
    columns=("verb", "act"),
    rows=tuple((verb, act) for act, listed in _ACTS.items() for verb in listed.split()),
    on="verbs.verb = string_split(j.event, '.')[-1]",
)
"""The kind of act by the last word of an event nobody listed."""
