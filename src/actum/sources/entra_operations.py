"""What the directory's operations are: OCSF class, activity and kind of act, by Entra's own names.

Entra's audit log and the unified audit log of Microsoft 365 name the same operations, the latter
with a full stop at the end.  What is not in the table is told by the words a name begins with and
by what it is about.

References:
- Audit activities: https://learn.microsoft.com/entra/identity/monitoring-health/reference-audit-activities
- OCSF 1.8 classes 3001, 3002, 3004, 3005, 3006 and 6003.
"""

from __future__ import annotations

from actum.sources.seam import Lookup

__all__ = ["lookup", "plain_name"]

_ROWS: dict[tuple[int, int, str], str] = {
    (3001, 1, "create"): "add user; invite external user; hard restore user; restore user;"
    " bulk create users; bulk invite users; create user; create external user",
    (3001, 6, "delete"): "delete user; hard delete user; bulk delete users",
    (3001, 2, "update"): "enable account",
    (3001, 5, "update"): "disable account",
    (
        3001,
        3,
        "update",
    ): "change user password; change password (self-service); user changed default"
    " security info; change password",
    (3001, 4, "update"): "reset user password; reset password (self-service); reset password (by"
    " admin); set force change user password; reset password; self-serve password reset flow"
    " activity progress; reset password",
    (3001, 12, "update"): "unlock user account (self-service)",
    (3001, 10, "update"): "enable strong authentication; user registered security info; user"
    " registered all required security info; admin registered security info; create passkey; add"
    " passkey (device-bound); add fido2 security key",
    (3001, 11, "update"): "disable strong authentication; user deleted security info; admin deleted"
    " security info; delete passkey; remove passkey (device-bound)",
    (3001, 99, "update"): "update user; set license properties; change user license; update"
    " stsrefreshtokenvalidfrom timestamp; set user manager; convert federated user to managed;"
    " redeem external user invite; update userstsrefreshtokenvalidfrom timestamp; user started"
    " security info registration; user reviewed security info; admin updated security info; fraud"
    " reported - user is blocked for mfa; fraud reported - no action taken",
    (3005, 1, "create"): "add member to role; add eligible member to role; add scoped member to"
    " role; add app role assignment grant to user; add app role assignment to service principal;"
    " add delegated permission grant; consent to application; add oauth2permissiongrant; add member"
    " to role completed (pim activation); add member to role in pim completed (permanent); add"
    " member"
    " to role in pim completed (timebound); add eligible member to role in pim completed"
    " (permanent);"
    " add eligible member to role in pim completed (timebound); add member to role in pim requested"
    " (permanent); add member to role in pim requested (timebound); add eligible member to role in"
    " pim requested (permanent); add eligible member to role in pim requested (timebound); add"
    " member to role requested (pim activation); add member to role outside of pim (permanent);"
    " add app role assignment to user; add app role assignment to group; add owner to application;"
    " add owner to service principal; add role assignment to group; add member to role approval"
    " requested (pim activation); add role from template",
    (3005, 2, "delete"): "remove member from role; remove eligible member from role; remove scoped"
    " member from role; remove app role assignment from user; remove app role assignment from"
    " service"
    " principal; remove delegated permission grant; remove oauth2permissiongrant; revoke consent;"
    " remove member from role in pim completed (permanent); remove member from role in pim"
    " completed"
    " (timebound); remove member from role (pim activation expired); remove member from role (pim"
    " deactivate); remove app role assignment from group; remove owner from application; remove"
    " owner"
    " from service principal; remove eligible member from role in pim completed (permanent); remove"
    " eligible member from role in pim completed (timebound); remove permanent eligible role"
    " assignment; remove permanent direct role assignment",
    (3006, 3, "update"): "add member to group; add owner to group; bulk import group members;"
    " bulk add members to group; add user to group",
    (3006, 4, "update"): "remove member from group; remove owner from group; bulk remove group"
    " members; remove user from group",
    (3006, 6, "create"): "add group; create group; restore group; create group settings; add"
    " settings to group",
    (3006, 5, "delete"): "delete group; hard delete group; delete group settings",
    (3006, 99, "update"): "update group; set group license; update group settings; set group to be"
    " managed by user; start applying group based license to users; finish applying group based"
    " license to users; set dynamic group properties",
    (
        3002,
        1,
        "auth",
    ): "userloggedin; userloginfailed; foreignrealmindexlogoncookiecopyusingdatoken;"
    " foreignrealmindexlogoninitialauthusingadfsfederatedtoken; foreignrealmindexlogoninitialauth"
    "usingsamlfederatedtoken; orgidlogonusingsamltoken; sign-in activity",
}
"""Class, activity and act of the operations named, in lower case."""

_TABLE = tuple(
    (name, *kind)
    for name, kind in {
        name.strip(): kind for kind, names in _ROWS.items() for name in names.split(";")
    }.items()
)


def plain_name(operation: str) -> str:
    """SQL of an operation's name as the table has it."""
    return f"rtrim(lower({operation}), '. ')"


def lookup(operation: str) -> Lookup:
    """The table ``directory``, joined on the SQL of an operation's name."""
    return Lookup(
        name="directory",
        columns=("name", "class_uid", "activity_id", "act"),
        rows=_TABLE,
        on=f"directory.name = {plain_name(operation)}",
    )
