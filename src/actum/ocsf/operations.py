"""Reads the name of an operation, however its product spells it, as a verb and its nouns.

    DescribeDBInstances                              describe, DB instances
    google.iam.admin.v1.CreateServiceAccountKey      create, service account key
    v1.compute.instances.insert                      create, instances
    Microsoft.Compute/virtualMachines/start/action   start, virtual machines
    org.add_member                                   add, member to org
    user:add · file_downloaded · SecretGet           add, user · download, file · get, secret
    create pods/exec                                 create, pods/exec
    Add member to role · DROP TABLE                  add, member to role · drop, table

A verb nobody put in the table is not guessed at: ``verb`` is then "".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from actum.ocsf.shown import cased_words, joined_words
from actum.ocsf.verbs import BY_PAST, PREPOSITIONS, VERBS

__all__ = ["Operation", "read_operation"]


@dataclass(frozen=True, slots=True)
class Operation:
    """A verb of the table, and what it is done to; ``is_path`` if that is one name, pods/exec.

    ``owner`` is what the nouns are said to be part of: user, in ``user.account.lock``.
    """

    verb: str
    nouns: tuple[str, ...] = ()
    owner: tuple[str, ...] = ()
    is_path: bool = False


_UNREAD: Final = Operation("")
# ListFunctions20150331, ListObjectsV2
_DATED: Final = re.compile(r"(?<=[a-z])(?:_?20\d\d_?\d\d_?\d\d(v\d+)?|V\d)$")
_SKIPPED: Final = re.compile(r"v\d+\w*|alpha|beta|lifecycle")  # v1, v1beta1, user.lifecycle.create
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


def read_operation(name: str) -> Operation:
    """Read the operation's name; an operation without a verb if it is in no way told."""
    if _AZURE.fullmatch(name):
        return _azure(name)
    if _LED.fullmatch(name) and re.split("[ /]", name)[0] in VERBS:
        return _led(name)
    if _DOTTED.fullmatch(name):
        return _dotted(re.split("[.:]", name))
    if "_" in name and " " not in name and not _DATED.search(name):
        return _by_verb(joined_words(name))
    if " " in name:
        words = [each.strip(".") for each in name.split() if each.strip("–—-.")]
        is_shouted = name.isupper()
        return _by_verb(
            [each.lower() if is_shouted or each[1:].islower() else each for each in words]
        )
    words = cased_words(_DATED.sub("", name))
    is_batch = len(words) > 1 and words[0] == "batch"
    return _by_verb(words[1:] if is_batch else words, is_camel=True)


def _led(name: str) -> Operation:
    """Read a verb and a path after a space, or a verb and its noun after a slash."""
    verb, space, path = name.partition(" ")
    if space:
        return Operation(verb, (path,), is_path=True)
    return Operation(name.partition("/")[0], tuple(joined_words(name.rpartition("/")[2])))


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


def _dotted(parts: list[str]) -> Operation:
    """Read what the last part says, of the thing the part before it names."""
    parts = [part for part in parts if part and not _SKIPPED.fullmatch(part)]
    last = parts[-1] if parts else ""
    owner = joined_words(parts[-2]) if len(parts) > 1 else []
    found = _by_verb(joined_words(last), is_camel=not last.islower())
    if not found.verb and owner and owner[0] in BY_PAST:  # deleted.user
        found = _by_verb([*owner, *joined_words(last)])
    verb = _INSERTS.get(found.verb, found.verb)
    if not verb:
        return _UNREAD
    nouns, link = found.nouns, PREPOSITIONS.get(verb)
    if not nouns:
        of = joined_words(parts[-3]) if len(parts) > 2 else []
        is_of_session = (verb, owner) == ("query", ["session"])  # a query of the database, in it
        return Operation(verb) if is_of_session else Operation(verb, tuple(owner), tuple(of))
    if nouns == ("all",) and owner:
        nouns = ("all", *owner[:-1], owner[-1].removesuffix("s") + "s")
    elif last.islower() and link and owner:
        nouns = (*nouns, link, *owner)
    return Operation(verb, nouns)


def _by_verb(words: Sequence[str], *, is_camel: bool = False) -> Operation:
    """Find the verb: first, or last in its past form, or last of very few words.

    Names in CamelCase begin with their verb, unless that word may as well be a noun.
    """
    if not words:
        return _UNREAD
    first, last = words[0].lower(), words[-1].lower()
    is_past = len(words) > 1 and last in BY_PAST and last not in VERBS
    is_noun = (is_past and (first in _AMBIGUOUS or not is_camel)) or (
        first in _LATE and len(words) > 1
    )
    if first in VERBS and not is_noun:
        return Operation(first, _nouns(words[1:]))
    if is_past or (len(words) == 1 and last in BY_PAST):
        return Operation(BY_PAST[last], _nouns(words[:-1]))
    if first in BY_PAST and first not in VERBS:
        return Operation(BY_PAST[first], _nouns(words[1:]))
    if len(words) <= 3 and last in VERBS:
        return Operation(last, _nouns(words[:-1]))
    return _UNREAD


def _nouns(words: Sequence[str]) -> tuple[str, ...]:
    """Leave out what begins by telling when or why: ``on_host_maintenance``."""
    return () if words and words[0] in _ASIDE else tuple(words)
