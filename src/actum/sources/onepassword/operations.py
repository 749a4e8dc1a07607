"""What 1Password's audit events are about: object types by their short names, acts by their verbs.

References:
- Audit events: https://developer.1password.com/docs/events-api/audit-events/
- OCSF 1.8 classes 3001, 3004, 3005, 3006 and 6003
"""

from __future__ import annotations

from actum.sources.seam import Lookup

__all__ = ["OBJECTS", "VERBS"]

OBJECTS = Lookup(
    name="objects",
    columns=("object_type", "name", "class_uid"),
    rows=(
        ("account", "account", 3004), ("user", "user", 3001), ("invite", "invite", 3001),
        ("device", "device", 3004), ("group", "group", 3006), ("gm", "group", 3006),
        ("gva", "vault", 3005), ("uva", "vault", 3005), ("vault", "vault", 3004),
        ("item", "item", 6003), ("items", "items", 6003), ("itemhist", "item history", 6003),
        ("mfa", "second factor", 3001), ("sso", "single sign-on", 3004), ("ssotkn", "token", 3001),
        ("sa", "service account", 3001), ("satoken", "service account token", 3001),
        ("famchild", "family child", 3004), ("file", "file", 6003), ("pm", "payment method", 6003),
        ("report", "report", 6003), ("template", "template", 6003), ("ec", "email change", 3001),
        ("card", "card", 6003), ("dlgdsess", "delegated session", 3001), ("plan", "plan", 6003),
        ("slackapp", "Slack app", 6003), ("stguser", "staged user", 3001),
        ("uvpermission", "vault", 3005), ("provider", "provider", 3004),
    ),
    on="objects.object_type = j.object_type",
)  # fmt: skip
"""Object types: what they are called in words, and the OCSF class of a change of one."""

_ACTS = {
    "create": (
        "create add join invite grant enblduo enblmfa import share sendpkg sendts provsn activate"
        " vrfydmn uvrfydmn prvfrauser hide deolddev"
    ),
    "read": "view export fill reveal read exportvw gendlgtkn",
    "update": (
        "update patch change changela changeks changemk changenm rename replace role suspend"
        " reactive reactivate enable disable disblmfa disblduo updatmfa updatduo beginr completr"
        " cancelr propose trust move unhide restore unlink link confirm upguest dgguest tvlaway"
        " upsp detchild"
    ),
    "delete": (
        "delete remove purge revoke leave expire dlgsess deauth deldev delstt dealldev trash cancel"
        " reject dvrfydmn tdvsso delshare"
    ),
}
VERBS = Lookup(
    name="verbs",
    columns=("verb", "act"),
    rows=tuple((verb, act) for act, listed in _ACTS.items() for verb in listed.split()),
    on="verbs.verb = j.action",
)
"""The kind of act by the action of an audit event."""
