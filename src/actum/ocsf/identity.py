"""Fills the classes of Identity & Access Management: who signs in, is changed, is let in to what.

Rules are those of ``fill``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from actum.ocsf.stated import is_kind, is_stated, named, resources_of, users_of

__all__ = ["access", "authentication", "changed_user", "entity", "group", "session_of"]

_Event = Mapping[str, object]
_Nested = Mapping[str, Any]
_OTHER: Final = 99


def authentication(event: _Event, nested: _Nested) -> dict[str, Any]:
    """Find who signs in, and to what: the service, else the thing named, else the host."""
    found: dict[str, Any] = {}
    if "user" in nested.get("actor", {}):
        found["user"] = dict(nested["actor"]["user"])
    elif users_of(event):
        found["user"] = users_of(event)[0]
    main = named(next(iter(resources_of(event)), {}))
    if is_stated(event.get("api_service_name")):
        found["service"] = {"name": event["api_service_name"]}
    elif "dst_endpoint" not in nested:
        if main:
            found["service"] = main
        elif "device" in nested:
            found["dst_endpoint"] = {
                key: nested["device"][key] for key in ("hostname", "uid") if key in nested["device"]
            }
    if event.get("actor_session_mfa") is not None:
        found["is_mfa"] = event["actor_session_mfa"]
    return found


def session_of(event: _Event, nested: _Nested) -> dict[str, Any]:
    """Find whose session was authorized, the user named or else the actor; and for what."""
    users = users_of(event)
    itself = nested.get("actor", {}).get("user")
    found: dict[str, Any] = {}
    if users or itself:
        found["user"] = users[0] if users else dict(itself)
    groups = [each for each in resources_of(event) if named(each) and is_kind(each, "group")]
    privileges = _privileges(event, found)
    if groups:
        return {**found, "group": named(groups[0])}
    return {**found, "privileges": privileges} if privileges else found


def changed_user(event: _Event, nested: _Nested) -> dict[str, Any]:
    """Find the user an act was about: the one named, the resource, else the actor."""
    users = users_of(event)
    main = named(next(iter(resources_of(event)), {}))
    if users or main:
        return {"user": users[0] if users else main}
    itself = nested.get("actor", {}).get("user")
    return {"user": dict(itself)} if itself else {}


_PRIVILEGES: Final = ("role", "polic", "permission", "privilege", "scope", "grant", "binding")


def access(event: _Event, nested: _Nested) -> dict[str, Any]:
    """Find who was let in, or shut out, and of what.

    An empty list of privileges says that there were some, and nobody said which.
    """
    found = changed_user(event, nested)
    return {**found, "privileges": _privileges(event, found)}


def _privileges(event: _Event, found: _Nested) -> list[str]:
    """Find what was granted, or taken: policies and roles, else what is not the user itself."""
    things = resources_of(event)
    policies = [str(each["uid"]) for each in things if ":policy/" in str(each.get("uid", ""))]
    if policies:
        return policies
    others = [each for each in things if is_kind(each, *_PRIVILEGES)] or things
    its_own = {str(value) for value in found.get("user", {}).values()}
    names = [str(each.get("name", each.get("uid", ""))) for each in others]
    uids = [str(each.get("uid", "")) for each in others]
    return [
        name
        for name, uid in zip(names, uids, strict=True)
        if name and not {name, uid} & its_own and not name.startswith("arn:")
    ]


def group(event: _Event, _nested: _Nested) -> dict[str, Any]:
    """Find the group: what calls itself one, else the thing the act was about."""
    things = [each for each in resources_of(event) if named(each)]
    groups = [
        each
        for each in things
        if is_kind(each, "group", "team") or ":group/" in str(each.get("uid", ""))
    ]
    found: dict[str, Any] = {"user": users_of(event)[0]} if users_of(event) else {}
    main = next(iter(groups or things), None)
    return found if main is None else {"group": named(main), **found}


_ENTITIES: Final = (
    ("device", 1), ("user", 2), ("group", 3), ("org", 4), ("polic", 5), ("mail", 6), ("zone", 7),
)  # fmt: skip


def entity(event: _Event, _nested: _Nested) -> dict[str, Any]:
    """Find the entity that is managed: the resource, else the user named."""
    main = next(iter(resources_of(event)), {})
    users = users_of(event)
    if not named(main):
        return {"entity": {**users[0], "type_id": 2}} if users else {}
    kinds = [number for word, number in _ENTITIES if is_kind(main, word)]
    number = kinds[0] if kinds else _OTHER if "type" in main else 0
    kind = {"type": main["type"]} if "type" in main else {}
    return {"entity": {**named(main), **kind, "type_id": number}}
