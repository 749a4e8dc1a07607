"""Tells who did it, as the subject of a sentence.

Whoever is not known is not made up: then it is the service, the address or the host that it came
from, and the sentence says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from actum.ocsf.shown import joined_words, phrase, shown, tail, text

__all__ = ["actor", "asker", "known_actor", "names_of_actor"]

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
_PLAIN: Final = ("", "system", "unknown")
"""Kinds that tell a reader nothing his name does not."""
_ADDRESSED: Final = ("user", "member", "regular", "human")
"""Kinds that say nothing more of somebody who is named by an e-mail address."""
_ANONYMOUS: Final = ("ANONYMOUS_PRINCIPAL", "anonymous", "system:anonymous")
_AWS_ACCOUNT: Final = re.compile(r"\d{12}", re.ASCII)
_HOSTED: Final = 1
"""The category of what happens inside a host."""


def actor(event: Mapping[str, object], *, acting_as: bool = True) -> str:
    """Tell who did it, whoever it may be; with the identity it took on, if ``acting_as``."""
    told = known_actor(event) or _nobody(event)
    taken = text(event, "actor_acting_as") if acting_as else ""
    return f"{told} acting as {shown(tail(taken))}" if taken else told


def asker(event: Mapping[str, object]) -> str:
    """Tell who asked over a network: the actor, else the address it asked from."""
    known = known_actor(event)
    if known:
        return known
    place = text(event, "src_endpoint_domain", "src_endpoint_ip")
    device = text(event, "device_uid")
    if place:
        return f"{shown(place)} ({shown(device)})" if device else shown(place)
    return shown(device or text(event, "device_hostname") or "an unknown actor")


def known_actor(event: Mapping[str, object]) -> str:
    """Tell who did it; "" if nobody is named."""
    kind = text(event, "actor_user_type")
    invoked_by = text(event, "actor_invoked_by")
    if kind == "AWSService":
        return f"service {shown(invoked_by or _name(event) or 'unknown')}"
    told = _itself(event, kind)
    if not invoked_by:
        return told
    service = "AWS" if invoked_by == "AWS Internal" else f"service {shown(invoked_by)}"
    return f"{service} for {told}" if told and invoked_by != _name(event) else service


def _itself(event: Mapping[str, object], kind: str) -> str:
    name = _name(event)
    account = text(event, "actor_user_account_uid")
    if kind == "Root":
        return "root"
    if name in _ANONYMOUS or account in _ANONYMOUS or kind.lower() == "anonymous":
        return "an anonymous caller"
    if kind == "AWSAccount" or not name:
        owner = account or (name if kind == "AWSAccount" else "")
        return f"account {shown(owner)}" if owner else ""
    return _named(event, kind, name)


def _named(event: Mapping[str, object], kind: str, name: str) -> str:
    if kind.lower() in _PLAIN or ("@" in name and kind.lower() in _ADDRESSED):
        return _by_name(event, name)
    if kind == "unauthenticated":
        return f"{shown(name)} ({kind})"
    session = text(event, "actor_session_uid")
    word = _KINDS.get(kind) or " ".join(joined_words(re.split("[/:.]", kind)[-1])) or kind
    who = (
        shown(name) if kind not in _KINDS and _says(name, word) else f"{shown(word)} {shown(name)}"
    )
    return f"{who} (session {shown(session)})" if _tells(session, name, kind) else who


def _by_name(event: Mapping[str, object], name: str) -> str:
    """Tell somebody of no particular kind, whose name may say which."""
    if name.endswith(".amazonaws.com"):
        return f"service {shown(name)}"
    if event.get("cloud_provider") == "AWS" and _AWS_ACCOUNT.fullmatch(name):
        return f"account {shown(name)}"
    is_number = name.isdigit() and not text(event, "actor_user_name")
    return f"uid {shown(name)}" if is_number else shown(name)


def _says(name: str, word: str) -> bool:
    """Whether a name begins by saying its kind: ``bot-ci``, a bot."""
    rest = name.lower().removeprefix(word.lower())
    return rest != name.lower() and rest[:1] in ("", "-", "_", ":", " ")


def _tells(session: str, name: str, kind: str) -> bool:
    """Whether a session's name tells a reader more: that of a role does, a number does not."""
    return session not in ("", name) and kind in _KINDS


def _name(event: Mapping[str, object]) -> str:
    return text(event, "actor_user_name", "actor_user_email") or tail(text(event, "actor_user_uid"))


def names_of_actor(event: Mapping[str, object]) -> frozenset[str]:
    """Return what the actor is known by: name, unique id, address."""
    named = (text(event, f"actor_user_{each}") for each in ("name", "uid", "email"))
    return frozenset(each for each in named if each)


def _nobody(event: Mapping[str, object]) -> str:
    if event.get("source") == "actum":
        return "Actum"
    domain = text(event, "src_endpoint_domain")
    if domain.endswith(".amazonaws.com"):
        return f"service {shown(domain)}"
    class_uid = event.get("class_uid")
    is_hosted = isinstance(class_uid, int) and class_uid // 1000 == _HOSTED
    program = text(event, "process_name") if is_hosted else ""
    host = text(event, "device_hostname", "device_uid") if is_hosted else ""
    if program and event.get("class_uid") != 1007:
        return phrase(f"program {shown(program)}", f"on {shown(host)}" if host else "")
    place = text(event, "src_endpoint_ip", "src_endpoint_domain")
    if place:
        return f"an unknown actor at {shown(place)}"
    return f"an unknown actor on {shown(host)}" if host else "an unknown actor"
