"""Reads the name of an operation, however its product spells it, as a verb and its nouns.

    DescribeDBInstances                              describe, DB instances
    google.iam.admin.v1.CreateServiceAccountKey      create, service account key
    v1.compute.instances.insert                      create, instances
    Microsoft.Compute/virtualMachines/start/action   start, virtual machines
    org.add_member                                   add, member to org
    user:add · file_downloaded · SecretGet           add, user · download, file · get, secret
    create pods/exec                                 create, pods/exec
    Add member to role · DROP TABLE                  add, member to role · drop, table
    ObjectCreated:Put · REST.PUT.BUCKETPOLICY        put, object · put, bucketpolicy
    shared_content_add_member                        add, member to shared content
    channel_converted_to_public                      convert, channel, to public

A verb nobody put in the table is not guessed at: ``verb`` is then "".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from actum.ocsf.shown import cased_words, joined_words
from actum.ocsf.verbs import BY_PAST, PREPOSITIONS, VERBS

__all__ = ["Operation", "read_operation"]


@dataclass(frozen=True, slots=True)
class Operation:
    """A verb of the table, and what it is done to; ``is_path`` if that is one name, pods/exec.

    ``owner`` is what the nouns are said to be part of: user, in ``user.account.lock``; ``ending``
    tells into what, by whom or when; ``is_past`` that the verb was told as something that happened.
    """

    verb: str
    nouns: tuple[str, ...] = ()
    owner: tuple[str, ...] = ()
    is_path: bool = False
    ending: tuple[str, ...] = ()
    is_past: bool = False


_UNREAD: Final = Operation("")
# ListFunctions20150331, ListObjectsV2
_DATED: Final = re.compile(r"(?<=[a-z])(?:_?20\d\d_?\d\d_?\d\d(v\d+)?|V\d)$")
# v1, v1beta1, user.lifecycle.create, LifecycleExpiration:Delete
_SKIPPED: Final = re.compile(r"v\d+\w*|alpha|beta|(?i:lifecycle(?:expiration|transition)?)")
_AZURE: Final = re.compile(r"[\w.-]+(?:/[\w.-]+)+/(?:read|write|delete|action)", re.IGNORECASE)
_DOTTED: Final = re.compile(r"[\w-]+(?:[.:][\w-]+)+")
# Kubernetes: create pods/exec, get /version; CADF: create/role_assignment
_LED: Final = re.compile(r"[a-z]+ [^\sA-Z]+|[a-z]+(?:/[a-z_-]+)+")
_LATE: Final = ("end",)  # a verb in session.end, and no word to begin with
_INSERTS: Final = {"insert": "create"}  # Google's word for it
_AMBIGUOUS: Final = frozenset(
    (
        *("access", "backup", "change", "check", "export", "import", "issue", "lock", "post"),
        *("process", "query", "report", "request", "sample", "schedule", "share", "sign", "test"),
        *("index", "monitor", "pass", "search", "tag", "track", "transfer", "update", "view"),
    )
)
"""First words of a CamelCase name that may be a noun, when its last is a verb's past form."""
_ASIDE: Final = ("on", "by", "for", "with", "as", "at")
_INTO: Final = ("to", "from", "into")
_INNER: Final = frozenset(
    (
        *("add", "approve", "archive", "change", "convert", "create", "delete", "demote"),
        *("disable", "edit", "enable", "grant", "invite", "modify", "move", "promote", "reject"),
        *("remove", "rename", "reset", "restore", "revoke", "update"),
    )
)
"""Verbs that no noun is spelt like, so that they may stand inside a name: ``group_add_user``."""
_ADJECTIVES: Final = ("protected", "shared", "trusted")
"""Past forms that say what a thing is, not what was done: ``shared_link_create``."""
_HAPPENED: Final = ("added", "changed", "created", "deleted", "removed", "updated")
"""Past forms that end no name of a command: ``DeleteMarkerCreated`` is no deletion."""
_MANNERS: Final[Mapping[str, tuple[str, ...]]] = {
    "admin": (), "batch": (), "bulk": (), "hard": ("permanently",), "soft": (),
}  # fmt: skip
"""Words before a verb that tell in which way: ``AdminCreateUser``, ``HardDelete``."""
_SAYING_LESS: Final = ("event", "extended", "full")
"""Words after a past form: ``UserAddedEvent``."""
_GENERAL: Final = ("config", "configuration", "entry", "policy", "request", "setting", "settings")
"""Nouns that do not tell of what: ``hook.config_changed``."""
_UNSURE: Final = frozenset(("attempt", "attempted", "error", "failed", "failure", "or"))
"""Words that leave open what was done: ``attempt_bypass``, ``CreateOrUpdateTags``."""
_SPACED: Final = re.compile(r"[a-z]+(?:[A-Z][a-z]+)+")
_SET: Final = re.compile(r"Set-(?=[A-Z])")  # PowerShell's word for changing what there is


def read_operation(name: str) -> Operation:
    """Read the operation's name; an operation without a verb if it is in no way told."""
    if _AZURE.fullmatch(name):
        return _azure(name)
    if _LED.fullmatch(name) and re.split("[ /]", name)[0] in VERBS:
        return _led(name)
    if _DOTTED.fullmatch(name):
        return _dotted(re.split("[.:]", name), is_shouted=name.isupper())
    if "_" in name and " " not in name and not _DATED.search(name):
        return _by_verb(joined_words(name), is_joined=True)
    if " " in name:
        return _by_verb(_spaced(name))
    return _camel(name)


def _camel(name: str) -> Operation:
    """Read a name in CamelCase, or of one word."""
    if _SET.match(name):
        return Operation("change", tuple(cased_words(name[4:])))
    words = cased_words(_DATED.sub("", name))
    if len(words) > 2 and words[-1] in _SAYING_LESS and words[-2] in BY_PAST:
        words = words[:-1]
    manner = _MANNERS.get(words[0]) if len(words) > 1 and words[1] in VERBS else None
    if manner is None:
        return _by_verb(words, is_camel=True)
    return replace(_by_verb(words[1:], is_camel=True), ending=manner)


def _spaced(name: str) -> list[str]:
    """Return the words of a name with spaces; the first may hold several: ``assignRole Role``."""
    words = [each.strip(".") for each in name.split() if each.strip("–—-.")]
    if words and _SPACED.fullmatch(words[0]):
        is_twice = len(words) == 2 and words[0].endswith(words[1])
        words = [*cased_words(words[0]), *([] if is_twice else words[1:])]
    if len(words) > 1 and words[0] == "User" and words[1] in BY_PAST:  # User deleted security info
        words = words[1:]
    if words and words[0].lower() in VERBS and "completed" in words[1:]:
        words.remove("completed")  # Add member to role completed
    return [each.lower() if name.isupper() or each[1:].islower() else each for each in words]


def _led(name: str) -> Operation:
    """Read a verb and a path after a space, or a verb and its noun after a slash."""
    verb, space, path = name.partition(" ")
    if space:
        return Operation(verb, (path,), is_path=True)
    noun = name.rpartition("/")[2]
    if noun in VERBS:  # read/list
        return Operation(noun)
    return Operation(name.partition("/")[0], tuple(joined_words(noun)))


def _azure(name: str) -> Operation:
    """Read ``provider/type[/type…]/verb``, where an action is named by the part before it."""
    *path, last = name.split("/")
    if last.lower() == "action":
        if len(path) < 3:
            return _UNREAD
        act = path[-1]
        if act.isupper():  # LISTKEYS
            verb = max(
                (each for each in VERBS if act.lower().startswith(each)), key=len, default=""
            )
            act = f"{verb}_{act[len(verb) :]}"
        found = _by_verb(joined_words(act))
        own = joined_words(path[-2])
        return Operation(found.verb, found.nouns or tuple(own)) if found.verb else _UNREAD
    return Operation(last.lower(), tuple(joined_words(path[-1])) if len(path) > 1 else ())


def _dotted(parts: list[str], *, is_shouted: bool = False) -> Operation:
    """Read what the last part says, of the thing the part before it names."""
    parts = [part for part in parts if part and not _SKIPPED.fullmatch(part)]
    last = parts[-1] if parts else ""
    owner = joined_words(parts[-2]) if len(parts) > 1 else []
    of = joined_words(parts[-3]) if len(parts) > 2 else []
    if last == "scheduled" and len(owner) == 1 and owner[0] in VERBS:  # publish.scheduled
        return Operation(owner[0], ending=("by", "schedule"))
    if len(owner) > 1 and owner[-1] in BY_PAST:  # ObjectCreated:Put
        owner = owner[:-1]
    found = _last_part(last, owner, is_shouted=is_shouted)
    verb = _INSERTS.get(found.verb, found.verb)
    if not verb:
        return _UNREAD
    nouns, link = found.nouns, PREPOSITIONS.get(verb)
    if not nouns:
        is_of_session = (verb, owner) == ("query", ["session"])  # a query of the database, in it
        nouns, of = ((), []) if is_of_session else (tuple(owner), of)
        return replace(found, verb=verb, nouns=nouns, owner=tuple(of))
    if nouns == ("all",) and owner:
        nouns = ("all", *owner[:-1], owner[-1].removesuffix("s") + "s")
    elif len(nouns) == 1 and nouns[0] in _GENERAL:
        nouns = (*owner, *nouns)
    elif last.islower() and link and owner and owner != [verb] and link not in nouns:
        nouns = (*nouns, link, *owner)
    return replace(found, verb=verb, nouns=nouns)


def _last_part(last: str, owner: list[str], *, is_shouted: bool) -> Operation:
    """Read the last part by itself, or with the part before it that holds the verb."""
    words = joined_words(last)
    found = _by_verb(words, is_camel=not last.islower(), is_joined="_" in last)
    if not found.verb and owner and owner[0] in BY_PAST:  # deleted.user
        found = _by_verb([*owner, *words])
    before = owner[-1].lower() if owner else ""
    is_verb = before in VERBS and (is_shouted or len(owner) == 1)
    if is_verb and is_shouted and not found.verb:  # REST.PUT.BUCKETPOLICY
        return Operation(before, tuple(words))
    if is_verb and found.verb in _AMBIGUOUS and found.nouns and not found.is_past:
        return Operation(before, tuple(words))  # grant.access_token
    return found


def _by_verb(words: Sequence[str], *, is_camel: bool = False, is_joined: bool = False) -> Operation:
    """Find the verb: first, or last in its past form, or last of very few words, or inside.

    Names in CamelCase begin with their verb, unless that word may as well be a noun; only those
    joined by ``_`` have it inside.
    """
    words, ending = _ending(words) if not is_camel else (words, ())
    if not words or not _UNSURE.isdisjoint(words):
        return _UNREAD
    inner = _inside(words) if is_joined else _UNREAD
    first = words[0].lower()
    found = _UNREAD
    is_said = is_joined and (first in _AMBIGUOUS or first in _ADJECTIVES) and len(words) > 1
    if is_said and (words[-1] in _INNER or first in _ADJECTIVES) and words[-1] in VERBS:
        found = _of(words[-1], words[:-1])  # lock_create, shared_link_view
    elif not inner.verb or first not in BY_PAST or first in VERBS:  # shared_content_add_member
        found = _first_or_last(words, is_camel=is_camel)
    found = found if found.verb else inner
    return replace(found, ending=(*found.ending, *ending)) if found.verb and ending else found


def _first_or_last(words: Sequence[str], *, is_camel: bool) -> Operation:
    first, last = words[0].lower(), words[-1].lower()
    is_past = len(words) > 1 and last in BY_PAST and last not in VERBS
    is_told = any(each in BY_PAST and each.endswith("ed") for each in words[1:])
    is_event = is_past and (not is_camel or last in _HAPPENED)
    is_noun = is_event or (first in _LATE and len(words) > 1)
    is_noun = is_noun or (first in _AMBIGUOUS and is_told and is_camel)
    if first in VERBS and not is_noun:
        return _of(first, words[1:])
    if is_past or (len(words) == 1 and last in BY_PAST):
        return _of(BY_PAST[last], words[:-1], is_past=True)
    if first in BY_PAST and first not in VERBS:
        return _of(BY_PAST[first], words[1:], is_past=True)
    if len(words) <= 3 and last in VERBS:
        return _of(last, words[:-1])
    return _UNREAD


def _inside(words: Sequence[str]) -> Operation:
    """Find a verb between its nouns: ``group_add_user``, ``channel_converted_to_public``."""
    for place, word in enumerate(words[:-1]):
        before, after = tuple(words[:place]), tuple(words[place + 1 :])
        is_past = word in BY_PAST and word not in VERBS and after[0] in _INTO
        if not before or not (is_past or word in _INNER):
            continue
        if after[0] in _INTO:
            return Operation(BY_PAST.get(word, word), before, ending=after, is_past=is_past)
        link = PREPOSITIONS.get(word)
        return Operation(word, (*after, link, *before) if link else (*before, *after))
    return _UNREAD


def _of(verb: str, words: Sequence[str], *, is_past: bool = False) -> Operation:
    """Tell nouns from what tells when or why: ``on_host_maintenance``."""
    if len(words) > 1 and words[0] in _ASIDE:
        return Operation(verb, ending=tuple(words), is_past=is_past)
    nouns = words[1:] if words and words[0] in ("a", "an", "the") else words
    return Operation(verb, tuple(nouns), is_past=is_past)


def _ending(words: Sequence[str]) -> tuple[Sequence[str], tuple[str, ...]]:
    """Cut off what tells by whom or in which way: ``reset_by_admin``, ``(self-service)``."""
    how = tuple(word for word in words if word in _ADVERBS)
    words = [word for word in words if word not in _ADVERBS]
    for place, word in enumerate(words):
        if place and (word in ("by", "via") or word.startswith("(")):
            return words[:place], (*how, *words[place:])
    return words, how


_ADVERBS: Final = ("automatically", "manually", "permanently", "successfully", "temporarily")
