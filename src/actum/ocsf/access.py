"""Tells who was let in to what, or shut out: members, privileges, shares, locks.

alice granted role Contributor to bob
alice revoked bob's access to app Payroll
alice added user bob to group admins
alice shared file plan.xlsx with eve@example.net
alice was locked out
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from actum.ocsf.operations import Operation, read_operation
from actum.ocsf.outcomes import UNKNOWN, ended, reason
from actum.ocsf.shown import number, shown, tail, text
from actum.ocsf.things import first_user, name_of, thing
from actum.ocsf.who import actor, names_of_actor

__all__ = ["account", "members", "privileges", "session_privileges", "shared"]

_BARE: Final = Operation("")


def members(event: Mapping[str, object]) -> str:
    """Tell who was added to, or removed from, which group."""
    words = {3: ("add", "added", "to"), 4: ("remove", "removed", "from")}
    found = words.get(number(event, "activity_id") or 0)
    name, user = name_of(event), first_user(event)
    if found is None or not name or not user or user == name:
        return ""
    infinitive, past, link = found
    kind = thing(event, _BARE)
    group = kind if kind != shown(name) else f"group {kind}"
    told = f"user {shown(tail(user))} {link} {group}"
    return ended(event, f"{infinitive} {told}", f"{past} {told}")


_PRIVILEGE_KINDS: Final = (
    *("role", "polic", "permission", "privilege", "scope", "grant", "binding", "group"),
    *("access", "licen"),
)


def privileges(event: Mapping[str, object]) -> str:
    """Tell what was granted to whom, or taken from whom."""
    words = {1: ("grant", "granted", "to"), 2: ("revoke", "revoked", "from")}
    found = words.get(number(event, "activity_id") or 0)
    told, user = thing(event, _BARE), first_user(event)
    if found is None or not told or user in (name_of(event), event.get("resource_uid")):
        return ""
    infinitive, past, link = found
    kind, name = text(event, "resource_type").lower(), name_of(event)
    is_place = not any(word in kind for word in _PRIVILEGE_KINDS) if kind else "@" in name
    to = shown(tail(user))
    if not user:
        operation = read_operation(text(event, "api_operation"))
        if not is_place or operation.nouns or operation.verb != infinitive:
            return ""
        told = f"access to {told}"
    elif is_place:
        told = f"{to} access to {told}" if link == "to" else f"{to}'s access to {told}"
    else:
        told = f"{told} {link} {to}"
    return ended(event, f"{infinitive} {told}", f"{past} {told}")


def session_privileges(event: Mapping[str, object]) -> str:
    """Tell a session that was given privileges, when it is the actor's own."""
    words = {1: "privileges", 2: "groups"}
    given = words.get(number(event, "activity_id") or 0)
    if given is None or first_user(event) not in ("", *names_of_actor(event)):
        return ""
    return ended(event, f"get {given} for a session", f"was given {given} for a session")


def shared(event: Mapping[str, object]) -> str:
    """Tell with whom a thing was shared; "" if nobody says, or it was something else."""
    is_file = event.get("class_uid") == 6006
    user, told = first_user(event), thing(event, _BARE)
    is_share = number(event, "activity_id") == (12 if is_file else 8)
    if not is_share or not told or user in ("", name_of(event), *names_of_actor(event)):
        return ""
    what = f"{told} with {shown(tail(user))}"
    return ended(event, f"share {what}", f"shared {what}")


_LOCK: Final = 9


def account(event: Mapping[str, object]) -> str:
    """Tell that somebody was locked out: nobody locks himself, his failures do it."""
    if number(event, "activity_id") != _LOCK:
        return ""
    itself = names_of_actor(event)
    if not itself or not {first_user(event), name_of(event)} <= {"", *itself}:
        return ""
    told = f"{actor(event)} was locked out"
    if event.get("status") == "unknown":
        return f"{told} {UNKNOWN}"
    why = reason(event, "status_code", "status_detail") if event.get("status") == "failure" else ""
    return f"{told}: {why}" if why else told
