"""How operations are told in English: verbs by their first word, and the ones told whole.

A verb that is not here is not guessed at: the sentence says the actor “called” the operation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BY_PAST", "INTO", "PARTS", "PREPOSITIONS", "VERBS", "WHOLE", "Whole"]

_REGULAR: Final = (
    "accept access acknowledge activate add allow alter approve archive assign associate attach "
    "authorize backup block bypass call cancel change check claim clear clone close complete "
    "confirm connect consume convert copy create deactivate decline delete deliver demote deploy "
    "deprovision deregister destroy detach disable disassociate disconnect discover dismiss "
    "download elevate enable enroll escalate evaluate execute expand expire export fetch generate "
    "impersonate import index initiate insert install invalidate invite invoke issue join kill "
    "launch lock migrate modify monitor mount move open pass pause post preview privatize process "
    "promote provision publicize publish purge push query reassign receive recover reencrypt "
    "refresh register reject release reload remove rename renew reopen replace report request "
    "resend resize resolve restart restore resume retire retrieve return reveal revert revoke "
    "rollback rotate sample scan schedule search share show sign simulate skip start suspend sync "
    "tag terminate test tombstone track transfer transition trigger truncate unarchive unassign "
    "unblock unenroll uninstall unlink unlock unmount unpublish unshare unsuspend untag update "
    "upgrade upload use validate verify view watch wipe"
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
    "consent": ("consent", "consented"),
    "deletecollection": ("delete all", "deleted all"),
    "describe": ("look at", "looked at"),
    "end": ("end", "ended"),
    "exec": ("execute", "executed"),
    "get": ("read", "read"),
    "head": ("look at", "looked at"),
    "lookup": ("look up", "looked up"),
    "select": ("read", "read"),
    "shutdown": ("shut down", "shut down"),
    "reencrypt": ("re-encrypt", "re-encrypted"),
    "new": ("create", "created"),
    "rollback": ("roll back", "rolled back"),
    "backup": ("back up", "backed up"),
    "subscribe": ("subscribe to", "subscribed to"),
    "unsubscribe": ("unsubscribe from", "unsubscribed from"),
}


_DOUBLED: Final = ("scan", "tag", "transfer", "untag")


def _past(verb: str) -> str:
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ied"
    return f"{verb}{verb[-1] if verb in _DOUBLED else ''}ed"


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
    "invite": "to",
    "remove": "from",
    "revoke": "from",
    "unassign": "from",
}
"""Verbs whose object goes to, or comes from, another thing."""

INTO: Final[Mapping[str, tuple[str, ...]]] = {
    "copy": ("region",),
    "push": ("branch", "project", "repository"),
}
"""Verbs that do something to, not with, things of these kinds."""

PARTS: Final[Mapping[str, tuple[str, str]]] = {
    "attach": ("attach to", "attached to"),
    "eviction": ("evict", "evicted"),
    "exec": ("run a command in", "ran a command in"),
    "portforward": ("forward a port of", "forwarded a port of"),
    "proxy": ("go through the proxy of", "went through the proxy of"),
    "token": ("make a token for", "made a token for"),
}
"""Part of a thing that is reached for what it does: ``pods/exec`` → (infinitive, past)."""


class Whole(NamedTuple):
    """A phrase; ``noun`` is what it was done to, "" where the phrase says it all."""

    infinitive: str
    past: str
    noun: str = ""
    rest: str = ""


WHOLE: Final[Mapping[str, Whole]] = {
    "AssumeRole": Whole("assume", "assumed", "role"),
    "AssumeRoleWithSAML": Whole("assume", "assumed", "role", "by SAML"),
    "AssumeRoleWithWebIdentity": Whole("assume", "assumed", "role", "by web identity"),
    "AssumeRoot": Whole("act as root of", "acted as root of", "account"),
    "ChangePassword": Whole("change the password of", "changed the password of", "user"),
    "CheckMfa": Whole("show a second factor", "was asked for a second factor"),
    "Decrypt": Whole("decrypt with", "decrypted with", "key"),
    "Encrypt": Whole("encrypt with", "encrypted with", "key"),
    "ExitRole": Whole("leave", "left", "role"),
    "GenerateDataKey": Whole("make a data key from", "made a data key from", "key"),
    "GenerateDataKeyWithoutPlaintext": Whole("make a data key from", "made a data key from", "key"),
    "GenerateMac": Whole("authenticate with", "authenticated with", "key"),
    "GetCallerIdentity": Whole("ask who it is", "asked who it is"),
    "GetFederationToken": Whole("get a session for", "got a session for", "federated user"),
    "GetSecretValue": Whole("read", "read", "secret"),
    "GetSessionToken": Whole("get a session token", "got a session token"),
    "KeyDecrypt": Whole("decrypt with", "decrypted with", "key"),
    "KeyEncrypt": Whole("encrypt with", "encrypted with", "key"),
    "KeySign": Whole("sign with", "signed with", "key"),
    "KeyUnwrap": Whole("unwrap a key with", "unwrapped a key with", "key"),
    "KeyVerify": Whole("verify with", "verified with", "key"),
    "KeyWrap": Whole("wrap a key with", "wrapped a key with", "key"),
    "REST.GET.BUCKET": Whole("list", "listed", "bucket"),
    "REST.POST.MULTI_OBJECT_DELETE": Whole("delete objects in", "deleted objects in", "bucket"),
    "RunInstances": Whole("launch", "launched", "instance"),
    "SendAs": Whole("send a mail as", "sent a mail as", "mailbox"),
    "SendOnBehalf": Whole("send a mail for", "sent a mail for", "mailbox"),
    "Sign": Whole("sign with", "signed with", "key"),
    "StartLogging": Whole("start logging of", "started logging of", "trail"),
    "StopLogging": Whole("stop logging of", "stopped logging of", "trail"),
    "SwitchRole": Whole("switch to", "switched to", "role"),
    "Verify": Whole("verify with", "verified with", "key"),
    "bypass_create": Whole("make a bypass code for", "made a bypass code for", "user"),
    "delivery": Whole("read", "read", "delivery"),
    "gd_enrollment_complete": Whole("enroll a second factor", "enrolled a second factor"),
    "git-receive-pack": Whole("push to", "pushed to", "repository"),
    "git-upload-pack": Whole("fetch", "fetched", "repository"),
    "gollum": Whole("edit the wiki of", "edited the wiki of", "repository"),
    "repo.access": Whole("change the visibility of", "changed the visibility of", "repository"),
}
"""Operations whose own words do not tell what they do, by the phrase that does."""
