"""How operations are told in English: verbs by their first word, and the ones told whole.

A verb that is not here is not guessed at: the sentence says the actor “called” the operation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BY_PAST", "PREPOSITIONS", "VERBS", "WHOLE"]

_REGULAR: Final = (
    "accept access activate add allow alter approve archive assign associate attach authorize "
    "backup block call cancel change check claim clone close complete confirm connect consume "
    "convert copy create deactivate delete deploy deprovision deregister destroy detach disable "
    "disassociate disconnect discover dismiss download elevate enable enroll escalate evaluate "
    "execute expire export generate impersonate import index initiate insert install invalidate "
    "invite invoke issue join kill launch lock migrate modify monitor mount move open pause pass "
    "post preview process promote provision publish purge push query reassign receive recover "
    "reencrypt register reject release reload remove rename renew reopen replace report request "
    "resend resize resolve restart restore resume retire retrieve return reveal revert "
    "revoke rollback rotate sample scan schedule search share show sign simulate skip start "
    "suspend sync tag terminate test track transfer transition trigger truncate unarchive unassign "
    "unblock uninstall unlock unmount unpublish unshare unsuspend untag update upgrade upload "
    "validate verify view watch"
)
_IRREGULAR: Final = {
    "apply": "applied",
    "ban": "banned",
    "begin": "began",
    "bind": "bound",
    "buy": "bought",
    "deny": "denied",
    "do": "did",
    "drop": "dropped",
    "edit": "edited",
    "find": "found",
    "forget": "forgot",
    "grant": "granted",
    "leave": "left",
    "list": "listed",
    "lookup": "looked up",
    "merge": "merged",
    "notify": "notified",
    "override": "overrode",
    "patch": "patched",
    "pull": "pulled",
    "put": "put",
    "read": "read",
    "reboot": "rebooted",
    "reset": "reset",
    "run": "ran",
    "send": "sent",
    "set": "set",
    "stop": "stopped",
    "submit": "submitted",
    "subscribe": "subscribed to",
    "swap": "swapped",
    "unban": "unbanned",
    "unbind": "unbound",
    "undo": "undid",
    "unsubscribe": "unsubscribed from",
    "write": "wrote",
}
_TOLD_OTHERWISE: Final = {
    "admin": ("administer", "administered"),
    "consent": ("consent", "consented"),
    "deletecollection": ("delete all", "deleted all"),
    "describe": ("look at", "looked at"),
    "end": ("end", "ended"),
    "exec": ("execute", "executed"),
    "get": ("read", "read"),
    "head": ("look at", "looked at"),
    "lookup": ("look up", "looked up"),
    "select": ("read", "read"),
    "reencrypt": ("re-encrypt", "re-encrypted"),
    "new": ("create", "created"),
    "rollback": ("roll back", "rolled back"),
    "backup": ("back up", "backed up"),
    "subscribe": ("subscribe to", "subscribed to"),
    "unsubscribe": ("unsubscribe from", "unsubscribed from"),
}


def _past(verb: str) -> str:
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ied"
    return verb + ("ted" if verb in ("commit", "permit") else "ed")


VERBS: Final[Mapping[str, tuple[str, str]]] = (
    {verb: (verb, _past(verb)) for verb in _REGULAR.split()}
    | {verb: (verb, past) for verb, past in _IRREGULAR.items()}
    | _TOLD_OTHERWISE
)
"""First word of an operation → (infinitive, past)."""

BY_PAST: Final[Mapping[str, str]] = {
    past: verb for verb, (_, past) in VERBS.items() if " " not in past and past != "read"
} | {"created": "create", "deleted": "delete", "updated": "update"}
"""Past form → first word, for operations named like ``invoice.deleted``."""

PREPOSITIONS: Final[Mapping[str, str]] = {
    "add": "to",
    "apply": "to",
    "assign": "to",
    "associate": "to",
    "attach": "to",
    "detach": "from",
    "disassociate": "from",
    "grant": "to",
    "remove": "from",
    "revoke": "from",
    "unassign": "from",
}
"""Verbs whose object goes to, or comes from, another thing."""

WHOLE: Final[Mapping[str, tuple[str, str, str]]] = {
    "AssumeRole": ("assume", "assumed", "role"),
    "AssumeRoleWithSAML": ("assume by SAML", "assumed by SAML", "role"),
    "AssumeRoleWithWebIdentity": ("assume by web identity", "assumed by web identity", "role"),
    "AssumeRoot": ("act as root of", "acted as root of", "account"),
    "CheckMfa": ("show a second factor", "was asked for a second factor", ""),
    "ChangePassword": ("change the password of", "changed the password of", "user"),
    "Decrypt": ("decrypt with", "decrypted with", "key"),
    "Encrypt": ("encrypt with", "encrypted with", "key"),
    "ExitRole": ("leave", "left", "role"),
    "GenerateDataKey": ("make a data key from", "made a data key from", "key"),
    "GenerateDataKeyWithoutPlaintext": ("make a data key from", "made a data key from", "key"),
    "GenerateMac": ("authenticate with", "authenticated with", "key"),
    "GetCallerIdentity": ("ask who it is", "asked who it is", ""),
    "GetFederationToken": ("get a session for", "got a session for", "federated user"),
    "GetSessionToken": ("get a session token", "got a session token", ""),
    "GetSecretValue": ("read", "read", "secret"),
    "Sign": ("sign with", "signed with", "key"),
    "StartLogging": ("start logging of", "started logging of", "trail"),
    "StopLogging": ("stop logging of", "stopped logging of", "trail"),
    "SwitchRole": ("switch to", "switched to", "role"),
    "Verify": ("verify with", "verified with", "key"),
    "delivery": ("read", "read", "delivery"),
}
"""Operation → (infinitive, past, what it was done to: "" where the phrase says it all)."""
