"""Tells one event to a person: who did what to what, and whether it worked.

    role deploy (session i-0ab) tried to delete bucket prod-invoices: AccessDenied

Rules:

1. Only the flat columns are read, so the sentence is the same for every source and every replay.
2. Nothing is guessed.  An actor, object or outcome nobody stated is “unknown” or left out; a verb
   we do not know is “called”.
3. Values are shown as they are, except that what could deceive is escaped (``printable``) and what
   is longer than 120 characters is cut.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from actum.ocsf.printable import printable
from actum.ocsf.verbs import BY_PAST, PREPOSITIONS, VERBS, WHOLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["sentence"]

_LONGEST: Final = 120
_DETECTION_FINDING: Final = 2004
_CLOSE: Final = 3


def sentence(event: Mapping[str, object]) -> str:
    """Tell the event, given by its columns, in one line of English without a full stop."""
    if event.get("reason") is not None:
        return f"an unread record: {_shown(event['reason'])}"
    if event.get("class_uid") == _DETECTION_FINDING:
        return _finding(event)
    actor = _actor(event)
    operation = _text(event, "api_operation")
    if operation == "ConsoleLogin":
        return f"{actor} {_login(event)}"
    if not operation:
        return f"{actor} did something its record does not name"
    infinitive, past, thing = _act(event, operation)
    return f"{actor} {_outcome(event, _phrase(infinitive, thing), _phrase(past, thing))}"


def _outcome(event: Mapping[str, object], infinitive: str, past: str) -> str:
    status = event.get("status")
    if status == "failure":
        why = _text(event, "status_code") or _text(event, "status_detail")
        return f"tried to {infinitive}: {_shown(why)}" if why else f"tried to {infinitive} in vain"
    return f"{past} (outcome unknown)" if status == "unknown" else past


def _login(event: Mapping[str, object]) -> str:
    if event.get("status") == "failure":
        why = _text(event, "status_detail") or _text(event, "status_code")
        return f"failed to sign in: {_shown(why)}" if why else "failed to sign in"
    shown = event.get("actor_session_mfa")
    factor = "" if shown is None else " with MFA" if shown else " without MFA"
    return _outcome(event, "", f"signed in to the console{factor}")


def _finding(event: Mapping[str, object]) -> str:
    product = _shown(_text(event, "metadata_product") or "a detector")
    what = " ".join(
        _shown(part)
        for part in (_text(event, "api_service_name"), _text(event, "api_operation"))
        if part
    )
    ended = event.get("activity_id") == _CLOSE
    told = "reported the end of unusual use" if ended else "reported unusual use"
    return f"{product} {told} of {what}" if what else f"{product} {told}"


# Who --------------------------------------------------------------------------------------------

_KINDS: Final = {
    "AWSService": "service",
    "AssumedRole": "role",
    "Directory": "directory user",
    "FederatedUser": "federated user",
    "IAMUser": "user",
    "IdentityCenterUser": "Identity Center user",
    "Role": "role",
    "SAMLUser": "SAML user",
    "WebIdentityUser": "web identity user",
}
_ANONYMOUS: Final = ("ANONYMOUS_PRINCIPAL", "anonymous")


def _actor(event: Mapping[str, object]) -> str:
    kind = _text(event, "actor_user_type")
    invoked_by = _text(event, "actor_invoked_by")
    if kind == "AWSService":
        return f"service {_shown(invoked_by or _name_of_actor(event) or 'unknown')}"
    actor = _itself(event, kind)
    if not invoked_by:
        return actor or _nobody(event)
    service = "AWS" if invoked_by == "AWS Internal" else f"service {_shown(invoked_by)}"
    return f"{service} for {actor}" if actor else service


def _itself(event: Mapping[str, object], kind: str) -> str:
    name = _name_of_actor(event)
    account = _text(event, "actor_user_account_uid")
    if kind == "Root":
        return "root"
    if name in _ANONYMOUS or account in _ANONYMOUS:
        return "an anonymous caller"
    if kind == "AWSAccount":
        return f"account {_shown(account or name)}" if account or name else ""
    session = _text(event, "actor_session_uid")
    if name and kind not in ("", "Unknown"):
        word = _KINDS.get(kind) or " ".join(_words(kind)) or kind
        who = f"{_shown(word)} {_shown(name)}"
        return f"{who} (session {_shown(session)})" if session not in ("", name) else who
    if name:
        return _shown(name)
    return f"account {_shown(account)}" if account else ""


def _name_of_actor(event: Mapping[str, object]) -> str:
    return _text(event, "actor_user_name") or _tail(_text(event, "actor_user_uid"))


def _nobody(event: Mapping[str, object]) -> str:
    if event.get("source") == "actum":
        return "Actum"
    domain = _text(event, "src_endpoint_domain")
    return f"service {_shown(domain)}" if domain.endswith(".amazonaws.com") else "an unknown actor"


# What -------------------------------------------------------------------------------------------

_VERSION: Final = re.compile(r"(?<=[a-z])_?20\d\d_?\d\d_?\d\d(v\d+)?$")  # ListFunctions20150331
_CAMEL: Final = re.compile(r"[A-Z]+s?(?=[A-Z][a-z]|[^A-Za-z]|$)|[A-Z]?[a-z]+|[A-Z]+|\d+")
_DOTTED: Final = re.compile(r"[a-z][a-z_]*(?:\.[a-z_]+)+")  # invoice.deleted, repo.create
_ACRONYMS: Final = {"acl": "ACL", "acls": "ACLs", "vpc": "VPC", "vpcs": "VPCs", "ip": "IP"}
_LINKS: Final = ("to", "for", "from", "with", "by", "in", "on", "of")


def _act(event: Mapping[str, object], operation: str) -> tuple[str, str, str]:
    """Return infinitive, past form and object; fixed phrases first, then the verb table."""
    if operation in WHOLE:
        infinitive, past, noun = WHOLE[operation]
        return infinitive, past, _object("", noun.split(), event, is_whole=True)
    verb, nouns = _parse(_VERSION.sub("", operation))
    if verb not in VERBS:
        return _phrase("call", _shown(operation)), _phrase("called", _shown(operation)), ""
    infinitive, past = VERBS[verb]
    return infinitive, past, _object(verb, nouns, event, is_whole=False)


def _parse(operation: str) -> tuple[str, list[str]]:
    if _DOTTED.fullmatch(operation):
        *path, last = operation.split(".")
        return BY_PAST.get(last, last), path[-1].split("_")
    words = _words(operation)
    if len(words) > 1 and words[0] == "batch":
        words = words[1:]
    return (words[0].lower(), words[1:]) if words else ("", [])


def _words(text: str) -> list[str]:
    """``DescribeDBInstances`` → describe, DB, instances."""
    found = _CAMEL.findall(text)
    words = [word if word.isupper() and len(word) > 1 else word.lower() for word in found]
    return [_ACRONYMS.get(word, word) for word in words]


def _object(verb: str, nouns: Sequence[str], event: Mapping[str, object], *, is_whole: bool) -> str:
    if is_whole and not nouns:
        return ""
    name = _text(event, "resource_name") or _tail(_text(event, "resource_uid"))
    kind = _words(re.split(r"::|[./]", _text(event, "resource_type"))[-1])
    if is_whole:
        return f"{' '.join(nouns)} {_shown(name)}" if name else _some(nouns)
    link = next((place for place, word in enumerate(nouns) if word in _LINKS and place), None)
    if link is not None:
        rest = nouns[link + 1 :]
        target = _named(rest, name, [], verb) if name else _some(rest)
        return f"{_first(nouns[:link], name, event)} {nouns[link]} {target}".strip()
    return _named(nouns, name, kind, verb) if name else _some(nouns or kind)


def _named(nouns: Sequence[str], name: str, kind: Sequence[str], verb: str) -> str:
    """Tell a thing with a name: the noun's own, or that of another thing it belongs to."""
    shown = _shown(name)
    single = _singular(nouns)
    if not kind or single[-1:] == list(kind[-1:]):
        return " ".join([*single, shown])
    owner = f"{' '.join(kind)} {shown}"
    if not nouns:
        return " ".join([*_singular(kind), shown])
    own = single[: len(kind)] == list(kind)
    if verb in PREPOSITIONS:
        return f"{_some(nouns[len(kind) :] if own else nouns)} {PREPOSITIONS[verb]} {owner}"
    if own:
        return f"the {' '.join(nouns[len(kind) :])} of {owner}"
    return f"{_some(nouns)} {'in' if kind[-1] in _HOLDERS else 'for'} {owner}"


def _first(nouns: Sequence[str], name: str, event: Mapping[str, object]) -> str:
    users = event.get("any_user")
    if list(nouns) == ["user"] and isinstance(users, list | tuple) and users:
        user = str(users[0])
        if user != name:
            return f"user {_shown(_tail(user))}"
    return _some(nouns)


_HOLDERS: Final = ("bucket", "cluster", "group", "repository", "stream", "table", "queue", "VPC")
_UNCOUNTED: Final = frozenset(
    (
        *("access", "code", "configuration", "content", "data", "encryption", "history"),
        *("information", "lifecycle", "logging", "metadata", "notification", "usage"),
    )
)
_SAME: Final = ("status", "address", "access", "alias", "analysis", "dns", "os", "class", "process")


def _some(nouns: Sequence[str]) -> str:
    """Tell a thing without a name: “a bucket”, “buckets”, “logging”."""
    if not nouns:
        return ""
    phrase = _shown(" ".join(nouns))
    last = nouns[-1]
    if last in _UNCOUNTED or _singular(nouns) != list(nouns):
        return phrase
    is_vowel = phrase[0].lower() in "aeio" or phrase.startswith(("MFA", "SAML", "SSH", "S3", "upd"))
    return f"{'an' if is_vowel else 'a'} {phrase}"


def _singular(nouns: Sequence[str]) -> list[str]:
    if not nouns or nouns[-1] in _SAME or not nouns[-1].endswith("s"):
        return list(nouns)
    last = nouns[-1]
    if last.endswith("ies"):
        single = last[:-3] + "y"
    elif last.endswith(("sses", "xes", "ches", "shes")):
        single = last[:-2]
    else:
        single = last if last.endswith("ss") else last[:-1]
    return [*nouns[:-1], single]


# Values -----------------------------------------------------------------------------------------


def _phrase(verb: str, thing: str) -> str:
    return f"{verb} {thing}" if thing else verb


def _text(event: Mapping[str, object], name: str) -> str:
    value = event.get(name)
    return value if isinstance(value, str) else ""


def _tail(uid: str) -> str:
    """Return the name inside an ARN: what follows the account, without the word for its kind."""
    if not uid.startswith("arn:") or uid.count(":") < 5:
        return uid
    service, rest = uid.split(":", 5)[2], uid.split(":", 5)[5]
    return rest if service == "s3" else re.split("[:/]", rest, maxsplit=1)[-1]


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else str(value)
    safe = printable(text[: _LONGEST + 1])
    if len(text) <= _LONGEST and len(safe) <= _LONGEST:
        return safe
    cut, size = [], 0
    for character in text:
        piece = printable(character)
        if size + len(piece) >= _LONGEST:
            break
        cut.append(piece)
        size += len(piece)
    return "".join(cut) + "…"
