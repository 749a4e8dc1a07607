"""Tells what was done to what, as the object of a sentence: “bucket prod-invoices”, “a bucket”."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from actum.ocsf.operations import Operation
from actum.ocsf.shown import joined_words, phrase, shown, tail, text
from actum.ocsf.verbs import PREPOSITIONS

__all__ = ["first_user", "name_of", "some", "thing", "whole_thing"]

_LINKS: Final = ("to", "for", "from", "with", "by", "in", "on", "of")
_MEMBERS: Final = ("member", "owner", "user")
_HOLDERS: Final = ("bucket", "cluster", "group", "repository", "stream", "table", "queue", "VPC")
_UNCOUNTED: Final = frozenset(
    (
        *("access", "all", "code", "configuration", "content", "data", "encryption", "history"),
        *("information", "lifecycle", "logging", "metadata", "notification", "usage"),
    )
)
_SAME: Final = ("status", "address", "access", "alias", "analysis", "dns", "os", "class", "process")
_OWNED: Final = ("address", "email", "name", "password", "visibility")
_PREFIXES: Final = [["fs"], ["git"], ["api"]]
"""First parts of operations that name the product's own part, not what it was done to."""
_WHOLE: Final = {"repo": "repository", "org": "organization"}
_ON_PATH: Final = re.compile(r"[a-z]+/[a-z]+")  # pods/exec


def name_of(event: Mapping[str, object]) -> str:
    """Return what the main resource is called."""
    return text(event, "resource_name") or tail(text(event, "resource_uid"))


def thing(event: Mapping[str, object], operation: Operation) -> str:
    """Tell what an operation was done to."""
    nouns, name, verb = operation.nouns, name_of(event), operation.verb
    if operation.is_path:
        return _on_path(nouns[0], name)
    kind = _kind(event)
    if kind and list(nouns) in [*_PREFIXES, [text(event, "source").partition(".")[0]]]:
        nouns = ()
    nouns = tuple(_WHOLE.get(each, each) if _WHOLE.get(each) in kind else each for each in nouns)
    if kind and kind == list(operation.owner):
        nouns = (*operation.owner, *nouns)
    link = next((place for place, word in enumerate(nouns) if word in _LINKS and place), None)
    if link is None:
        return _named(nouns, name, kind, verb) if name else some(nouns or kind)
    before, rest = nouns[:link], nouns[link + 1 :]
    if name and kind == ["user"] and before[-1] in _MEMBERS and list(rest[-1:]) != kind:
        return f"{' '.join(before)} {shown(name)} {nouns[link]} {some(rest)}".strip()
    target = _named(rest, name, [], verb) if name else some(rest)
    return f"{_first(before, name, event)} {nouns[link]} {target}".strip()


def whole_thing(event: Mapping[str, object], noun: str) -> str:
    """Tell the thing of a phrase that says all else; nothing if it is about nothing."""
    name = name_of(event)
    if not noun:
        return ""
    return f"{noun} {shown(name)}" if name else some(noun.split())


def _kind(event: Mapping[str, object]) -> list[str]:
    stated = text(event, "resource_type")
    if _ON_PATH.fullmatch(stated):
        return [stated]
    return joined_words(re.split(r"::|[./]", stated)[-1])


def _on_path(path: str, name: str) -> str:
    if path.startswith("/"):
        return shown(name or path)
    if "/" in path:
        return f"{shown(path)} {shown(name)}" if name else shown(path)
    if name and path in _OWNED:
        return f"the {path} of {shown(name)}"
    return f"{shown(_singular([path])[0])} {shown(name)}" if name else some([path])


def _named(nouns: Sequence[str], name: str, kind: Sequence[str], verb: str) -> str:
    """Tell a thing with a name: the noun's own, or that of another thing it belongs to."""
    safe = shown(name)
    single = _singular(nouns)
    of_kind = _singular(kind)
    if len(single) == 1 and single[0] == "".join(of_kind):  # VIRTUALMACHINES
        single = of_kind
    if nouns and nouns[-1] in _OWNED and single != of_kind:
        return f"the {shown(' '.join(nouns))} of {phrase(shown(' '.join(of_kind)), safe)}"
    if not kind or single[-1:] == of_kind[-1:] or _is_entity(single, of_kind):
        return " ".join([*map(shown, single), safe])
    owner = f"{shown(' '.join(of_kind))} {safe}"
    if not nouns:
        return owner
    own = single[: len(of_kind)] == of_kind
    if verb in PREPOSITIONS:
        return f"{some(nouns[len(kind) :] if own else nouns)} {PREPOSITIONS[verb]} {owner}"
    if own and verb != "create":
        return f"the {shown(' '.join(nouns[len(kind) :]))} of {owner}"
    nouns = nouns[len(kind) :] if own else nouns
    return f"{some(nouns)} {'in' if of_kind[-1] in _HOLDERS else 'for'} {owner}"


def _is_entity(nouns: Sequence[str], kind: Sequence[str]) -> bool:
    """Whether a kind is the noun in other words: a policy, a policy entity."""
    return (
        bool(nouns)
        and list(nouns) == list(kind[:-1])
        and kind[-1] in ("entity", "instance", "object")
    )


def _first(nouns: Sequence[str], name: str, event: Mapping[str, object]) -> str:
    """Tell who is added to a group, if somebody is named."""
    user = first_user(event)
    if nouns[-1] in _MEMBERS and len(nouns) == 1 and user and user != name:
        return f"{nouns[-1]} {shown(tail(user))}"
    return some(nouns)


def first_user(event: Mapping[str, object]) -> str:
    """Return the first user named besides the actor."""
    users = event.get("any_user")
    return str(users[0]) if isinstance(users, list | tuple) and users else ""


def some(nouns: Sequence[str]) -> str:
    """Tell a thing without a name: “a bucket”, “buckets”, “logging”."""
    if not nouns:
        return ""
    told = shown(" ".join(nouns))
    last = nouns[-1]
    if last in _UNCOUNTED or "/" in last or _singular(nouns) != list(nouns):
        return told
    is_vowel = told[0].lower() in "aeio" or told.startswith(("MFA", "SAML", "SSH", "S3", "upd"))
    return f"{'an' if is_vowel else 'a'} {told}"


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
    return [*nouns[:-1], single or last]
