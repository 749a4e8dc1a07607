"""Tells what was done to what, as the object of a sentence: “bucket prod-invoices”, “a bucket”."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from actum.ocsf.nouns import is_plural, plural, singular, some, spelt
from actum.ocsf.operations import Operation
from actum.ocsf.shown import joined_words, phrase, shown, tail, text
from actum.ocsf.verbs import INTO, PARTS, PREPOSITIONS

__all__ = ["first_user", "name_of", "part_of", "some", "thing", "whole_thing"]

_LINKS: Final = ("to", "for", "from", "with", "by", "in", "on", "of")
_MEMBERS: Final = ("member", "owner", "user")
_HOLDERS: Final = (
    *("bucket", "cluster", "database", "group", "project", "queue", "repository", "stream"),
    *("subnet", "table", "VPC"),
)
_READS: Final = frozenset(
    (
        *("access", "describe", "download", "export", "get", "head", "list", "query", "read"),
        *("reset", "search", "select", "view"),
    )
)
"""Verbs whose object a thing has already: the keys of an account, not for it."""
_CHANGES: Final = frozenset(("change", "edit", "modify", "rename", "show", "update"))
"""Verbs whose object is the one there is: the role of a user."""
_OWNED: Final = ("address", "email", "name", "password", "visibility")
_ANYTHING: Final = ("content", "item", "object", "resource")
"""Nouns a thing of any kind may be called by."""
_PREFIXES: Final = [["fs"], ["git"], ["api"]]
"""First parts of operations that name the product's own part, not what it was done to."""
_WHOLE: Final = {"org": "organization", "rec": "record", "repo": "repository"}
_ON_PATH: Final = re.compile(r"[a-z]+s/[a-z]+")  # pods/exec
_VERSION: Final = re.compile(r"(?:[^/]+/){0,3}\d+$")


def name_of(event: Mapping[str, object]) -> str:
    """Return what the main resource is called, with the end of its path if that says which."""
    name, uid = text(event, "resource_name"), text(event, "resource_uid")
    namespace = text(event, "resource_namespace")
    if name and namespace.endswith(f"/{name}"):
        return namespace
    found = _VERSION.search(uid) if name.isdigit() and uid.endswith(f"/{name}") else None
    return found[0] if found else name or tail(uid)


def thing(event: Mapping[str, object], operation: Operation) -> str:
    """Tell what an operation was done to."""
    kind, name = _kind(event), name_of(event)
    if operation.is_path:
        return _on_path(operation.nouns[0], name, kind)
    nouns = _own_nouns(event, operation, kind)
    link = next((place for place, word in enumerate(nouns) if word in _LINKS), None)
    if link is not None:
        told = _linked(event, nouns, link, operation.verb)
    elif not nouns and singular(kind)[-1:] and singular(kind)[-1] in INTO.get(operation.verb, ()):
        told = f"to {_titled(singular(kind), name) if name else some(kind)}"
    else:
        told = _named(nouns, name, kind, operation.verb) if name else some(nouns or kind)
    return phrase(told, *operation.ending) if told else ""


def _linked(event: Mapping[str, object], nouns: tuple[str, ...], link: int, verb: str) -> str:
    """Tell one thing to, from or of another, whichever of the two it is that has the name."""
    word = nouns[link]
    before, rest = nouns[:link], nouns[link + 1 :]
    end = next((place for place, each in enumerate(rest) if each in _LINKS and place), len(rest))
    rest, ending = rest[:end], rest[end:]  # to a role, in PIM
    told = _one_to_another(event, before, word, rest, verb)
    return phrase(told, *ending)


def _one_to_another(
    event: Mapping[str, object],
    before: tuple[str, ...],
    word: str,
    rest: tuple[str, ...],
    verb: str,
) -> str:
    kind, name = _kind(event), name_of(event)
    first = _first(before, name, event)
    if not name:
        return phrase(first, word, some(rest))
    if not kind or _fits(kind, rest):
        return phrase(first, word, _named(rest, name, [], verb))
    is_member = kind == ["user"] and bool(before) and before[-1] in _MEMBERS
    if is_member or (before and _fits(kind, before)):
        return phrase(*before, shown(name), word, some(rest))
    owner = _titled(singular(kind), name)
    if not before:
        return phrase(owner, word, some(rest))
    return phrase(first, word, some(rest), _link(kind, verb), owner)


def _own_nouns(
    event: Mapping[str, object], operation: Operation, kind: list[str]
) -> tuple[str, ...]:
    """Return the nouns of an operation that say more than the kind of the thing does."""
    nouns, owner = spelt(operation.nouns), list(operation.owner)
    if kind and _is_said(event, nouns, kind, operation.verb):
        return ()
    nouns = tuple(_WHOLE.get(each, each) if _WHOLE.get(each) in kind else each for each in nouns)
    if kind and kind == owner:
        return (*owner, *nouns)
    if not kind and owner and len(nouns) == 1 and nouns[0].isupper():
        return (*nouns, *owner)  # an AD agent
    is_list = operation.verb == "list" and not set(nouns) & set(_LINKS)
    return tuple(plural(nouns)) if is_list else nouns


def _is_said(
    event: Mapping[str, object], nouns: tuple[str, ...], kind: list[str], verb: str
) -> bool:
    """Whether a kind says all that the nouns do: rec, of a DNS record; fs, of a file."""
    product = text(event, "source").partition(".")[0]
    if list(nouns) in [*_PREFIXES, [product]] or kind == [*nouns, verb]:  # export, a data export
        return True
    if len(nouns) != 1:
        return False
    noun, of_kind = singular(nouns)[0], singular(kind)[-1]
    is_held = of_kind in _HOLDERS and noun != "resource"  # an object in a bucket
    is_any = noun in _ANYTHING and noun != of_kind and not is_held
    return is_any or _is_inside(nouns, kind)


def _is_inside(nouns: Sequence[str], kind: Sequence[str]) -> bool:
    """Whether a kind is the noun in full: record, a DNS record; firewall, a GCE firewall rule."""
    single = singular(nouns)
    return len(kind) > 1 and (
        _WHOLE.get(nouns[0]) == kind[-1]
        or any(list(kind[at : at + len(single)]) == single for at in range(1, len(kind) - 1))
    )


def _fits(kind: Sequence[str], nouns: Sequence[str]) -> bool:
    """Whether a thing of a kind may be what the nouns call it."""
    mine, theirs = singular(nouns)[-1:], singular(kind)[-1:]
    if not mine or not theirs:
        return bool(mine)
    one, other = mine[0].lower(), theirs[0].lower()
    return one in _ANYTHING or one in other or other in one


def part_of(event: Mapping[str, object], operation: Operation) -> str:
    """Return which part of a thing an operation reached that has words of its own: exec."""
    if operation.is_path:
        part = operation.nouns[0].partition("/")[2]
        return part if part in PARTS else ""
    is_own = bool(operation.owner) and list(operation.owner) == _kind(event)
    is_part = len(operation.nouns) == 1 and operation.nouns[0] in PARTS
    return operation.nouns[0] if is_own and is_part and is_plural(operation.owner) else ""


def whole_thing(event: Mapping[str, object], noun: str) -> str:
    """Tell the thing of a phrase that says all else; nothing if it is about nothing."""
    name = name_of(event)
    if not noun:
        return ""
    return f"{noun} {shown(name)}" if name else some(noun.split())


def _kind(event: Mapping[str, object]) -> list[str]:
    stated = text(event, "resource_type").removesuffix("/detail")
    if stated == "nonResourceURL":
        return []
    if _ON_PATH.fullmatch(stated):
        return [stated.partition("/")[0]]
    words = joined_words(re.split(r"::|[./]", stated)[-1])
    return words[1:] if len(words) > 1 and words[0] == "AWS" else words


def _on_path(path: str, name: str, kind: Sequence[str]) -> str:
    if path.startswith("/"):
        return shown(name or path)
    noun, slash, part = path.partition("/")
    told = phrase(shown(singular([noun])[0] if name else noun), shown(name))
    if slash:
        return f"the {shown(part)} of {told}"
    if name and path in _OWNED:
        return f"the {path} of {phrase(shown(' '.join(singular(kind))), shown(name))}"
    return told if name else some([path])


def _named(nouns: Sequence[str], name: str, kind: Sequence[str], verb: str) -> str:
    """Tell a thing with a name: the noun's own, or that of another thing it belongs to."""
    of_kind = singular(kind)
    nouns = _split(nouns, of_kind)
    single = singular(nouns)
    own = bool(of_kind) and single[: len(of_kind)] == of_kind and len(single) > len(of_kind)
    if own and of_kind[-1].endswith("ed"):  # restricted, of a restricted ref
        return _titled(single, name)
    rest = list(nouns[len(of_kind) :] if own else nouns)
    if nouns and nouns[-1] in _OWNED and single != of_kind:
        return f"the {shown(' '.join(rest))} of {phrase(shown(' '.join(of_kind)), shown(name))}"
    if verb == "list" and is_plural(nouns or kind) and (not nouns or name.endswith("/")):
        return f"{shown(' '.join(nouns or kind))} in {shown(name)}"
    if not kind or single[-1:] == of_kind[-1:] or _is_entity(single, of_kind):
        return _titled(single, name)
    owner = _titled(of_kind, name)
    return _belonging(rest, owner, of_kind, verb, own=own) if nouns else owner


def _belonging(
    nouns: Sequence[str], owner: str, kind: Sequence[str], verb: str, *, own: bool
) -> str:
    """Tell what belongs to another thing, or is made for it; ``own`` if it is a part by name."""
    if verb in PREPOSITIONS:
        return f"{some(nouns)} {PREPOSITIONS[verb]} {owner}"
    is_there = (own and verb != "create") or (verb in _CHANGES and kind[-1] not in _HOLDERS)
    if is_there:
        return f"the {shown(' '.join(nouns))} of {owner}"
    return f"{some(nouns)} {_link(kind, verb)} {owner}"


def _split(nouns: Sequence[str], kind: Sequence[str]) -> Sequence[str]:
    """Split a noun that is written in one with the kind: VIRTUALMACHINES, BUCKETPOLICY."""
    if len(nouns) != 1 or not kind:
        return nouns
    joined, single = "".join(kind), singular(nouns)[0]
    if single == joined and len(kind) > 1:
        return kind
    rest = nouns[0].removeprefix(joined)
    is_one = rest in ("", "s", nouns[0]) or not nouns[0].islower()
    return nouns if is_one else [*kind, rest]


def _titled(nouns: Sequence[str], name: str) -> str:
    """Name a thing by its noun and name; by the name alone if that begins with the noun."""
    lower = name.lower()
    named = {nouns[0].lower(), plural(nouns)[0].lower()} if len(nouns) == 1 else set()
    if any(lower.startswith((f"{each}/", f"{each}:")) or f"/{each}/" in lower for each in named):
        return shown(name)
    return " ".join([*map(shown, nouns), shown(name)])


def _link(kind: Sequence[str], verb: str) -> str:
    if singular(kind)[-1] in _HOLDERS:
        return "in"
    return "of" if verb in _READS else "for"


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
    if len(nouns) == 1 and nouns[-1] in _MEMBERS and user and user != name:
        return f"{nouns[-1]} {shown(tail(user))}"
    return some(nouns)


def first_user(event: Mapping[str, object]) -> str:
    """Return the first user named besides the actor."""
    users = event.get("any_user")
    named = users if isinstance(users, list | tuple) else ()
    return next((each for each in named if isinstance(each, str) and each), "")
