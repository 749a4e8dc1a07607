"""Tells who signed in to what, or failed to, or did not finish; and who signed out.

    alice@corp.example failed to sign in to Okta: INVALID_CREDENTIALS
    alice signed in to Windows as svc-backup

Half a sign-in, interrupted for a second factor or for consent, is neither one nor a failure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from actum.ocsf.operations import Operation
from actum.ocsf.outcomes import UNKNOWN, reason, times
from actum.ocsf.shown import shown, text
from actum.ocsf.things import first_user, name_of, thing
from actum.ocsf.who import actor, names_of_actor

__all__ = ["console_sign_in", "sign_in"]

_SIGN_IN: Final = 1
_CHECK: Final = 6
_SWITCH: Final = 7
_ACTS: Final = {
    1: ("sign in", "signed in", "to"),
    2: ("sign out", "signed out", "of"),
    3: ("get a ticket", "got a ticket", "for"),
    4: ("get a service ticket", "got a service ticket", "for"),
    5: ("renew a service ticket", "renewed a service ticket", "for"),
    6: ("pass a check before signing in", "passed a check before signing in", "to"),
    7: ("switch account", "switched account", "to"),
}


def sign_in(event: Mapping[str, object], activity: int) -> str:
    """Tell an authentication by what kind of act it is; "" for the kinds without a word."""
    if activity not in _ACTS:
        return ""
    infinitive, past, link = _ACTS[activity]
    if activity == _CHECK and event.get("status") == "unknown":
        past = "was asked for a check before signing in"
    place = _place(event, activity)
    to = f" {link} {place}" if place else ""
    if activity == _SIGN_IN and _taken(event):
        to += f" as {shown(_taken(event))}"
    who = actor(event, acting_as=activity not in (_SIGN_IN, _SWITCH))
    return f"{who} {_ended(event, infinitive + to, past + to)}"


def console_sign_in(event: Mapping[str, object]) -> str:
    """Tell a sign-in to a cloud's console."""
    if event.get("status") == "failure":
        return f"{actor(event)} {_ended(event, 'sign in', '')}"
    return f"{actor(event)} {_ended(event, 'sign in', 'signed in to the console')}"


def _ended(event: Mapping[str, object], infinitive: str, past: str) -> str:
    why = reason(event, "status_detail", "status_code")
    if event.get("status") == "failure":
        told = f"failed to {infinitive}{times(event)}"
        return f"{told}: {why}" if why else told
    is_open = event.get("status") == "unknown"
    if is_open and text(event, "status_detail"):
        return f"did not finish {_doing(infinitive)}: {why}"
    with_mfa = event.get("actor_session_mfa")
    factor = "" if with_mfa is None else " with MFA" if with_mfa else " without MFA"
    told = f"{past}{factor if past.startswith('signed in') else ''}"
    return f"{told} {UNKNOWN}" if is_open else f"{told}{times(event)}"


def _doing(infinitive: str) -> str:
    """``sign in`` → signing in; ``get a ticket`` → getting a ticket."""
    verb, space, rest = infinitive.partition(" ")
    stem = verb[:-1] if verb.endswith("e") else verb + "t" if verb == "get" else verb
    return f"{stem}ing{space}{rest}"


def _taken(event: Mapping[str, object]) -> str:
    """Return whom somebody signed in as, if that is another: su asks for the password of root."""
    taken, itself = text(event, "actor_acting_as"), names_of_actor(event)
    name = text(event, "resource_name") if text(event, "resource_type") == "user" else ""
    return next((each for each in (taken, name) if each and each not in itself), "")


def _place(event: Mapping[str, object], activity: int) -> str:
    """Tell what was signed in to: the thing or service named, else the host."""
    name, kind = name_of(event), text(event, "resource_type")
    if activity == _SWITCH:
        return shown(text(event, "actor_acting_as") or first_user(event) or name)
    is_user = kind.lower().endswith("user")
    if name and not is_user and not {name, text(event, "resource_uid")} & names_of_actor(event):
        return thing(event, Operation("")) if name.isdigit() and kind else shown(name)
    columns = ("api_service_name", "dst_endpoint_domain", "device_hostname", "dst_endpoint_ip")
    return shown(text(event, *columns))
