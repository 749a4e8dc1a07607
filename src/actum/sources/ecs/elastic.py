"""Documents as Elastic hands them out, to one nested JSON object each.

- A hit of a search answer or an export: ``_source`` beside ``_index`` and ``_id``, or ``fields``,
  whose every value is a list.  The ``_id`` is kept beside the document's own members.
- Dotted names, ``"event.action": …``, as ECS loggers write them; they may stand beside nested ones.

A name that is given twice, dotted or not, makes the document unread: two readers could understand
it differently.  Where a name is both a value and an object (``host`` and ``host.name``), the object
is what ECS means.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from actum.sources.seam import Unread

__all__ = ["DOTTED", "HIT", "is_dotted", "unwrap"]

HIT = "hit"
"""The form of a document inside a hit."""
DOTTED = "dotted"
"""The form of a document with dotted names."""

_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_TWICE = "a key is given twice: "


class _GivenTwice(ValueError):
    """A name stands twice in one object."""


def is_dotted(names: Mapping[str, object]) -> bool:
    """Whether any of these members is named by a path."""
    return any("." in name for name in names)


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """The one document of a record of that form."""
    try:
        yield _hit(raw) if form == HIT else _nested(raw, lists=False)
    except _GivenTwice as error:
        yield Unread(_TWICE + str(error)[:200])
    except RecursionError:
        yield Unread("not valid JSON: nested too deeply")
    except (msgspec.MsgspecError, ValueError):
        yield Unread("not valid JSON")


def _hit(raw: bytes) -> bytes:
    members = _members(raw)
    _members_once(raw)
    name = "_source" if bytes(members.get("_source", b""))[:1] == b"{" else "fields"
    document = bytes(members[name]) if name in members else b"{}"
    inside = _members(document)
    if name == "fields" or is_dotted(inside):
        document = _nested(document, lists=name == "fields")
    if "_id" not in members or "_id" in inside:
        return document
    rest = document[1:].lstrip()
    comma = b"" if rest.startswith(b"}") else b","
    return b'{"_id":' + bytes(members["_id"]) + comma + rest


def _members_once(raw: bytes) -> None:
    """Refuse a hit that has two documents."""
    for name in (b'"_source"', b'"fields"', b'"_id"'):
        if raw.count(name) > 1:
            json.loads(raw, object_pairs_hook=_once)


def _once(pairs: list[tuple[str, Any]]) -> None:
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen and key in {"_source", "fields", "_id"}:
            raise _GivenTwice(key)
        seen.add(key)


def _nested(document: bytes, *, lists: bool) -> bytes:
    found = json.loads(document, object_pairs_hook=_expanded)
    return msgspec.json.encode(_single(found) if lists else found)


def _expanded(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object with its dotted names opened."""
    found: dict[str, Any] = {}
    given: set[str] = set()
    for key, value in pairs:
        if key in given:
            raise _GivenTwice(key)
        given.add(key)
        *path, last = key.split(".")
        place = found
        for part in path:
            inner = place.get(part)
            if not isinstance(inner, dict):
                inner = place[part] = {}
            place = inner
        _put(place, last, value, key)
    return found


def _put(place: dict[str, Any], last: str, value: Any, key: str) -> None:
    before = place.get(last)
    if before is None or (isinstance(value, dict) and not isinstance(before, dict)):
        place[last] = value
    elif isinstance(before, dict) and isinstance(value, dict):
        for name, each in value.items():
            _put(before, name, each, f"{key}.{name}")
    elif not isinstance(before, dict):
        raise _GivenTwice(key)


def _single(value: Any) -> Any:
    """A document of lists with the lists of one opened."""
    if isinstance(value, dict):
        return {key: _single(each) for key, each in value.items()}
    if isinstance(value, list) and len(value) == 1:
        return _single(value[0])
    return value
