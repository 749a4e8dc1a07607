"""Tells who signed in to what, or failed to, or did not finish; and who signed out.

    alice@corp.example failed to sign in to Okta: INVALID_CREDENTIALS

Half a sign-in, interrupted for a second factor or for consent, is neither one nor a failure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from actum.ocsf.shown import shown, text
from actum.ocsf.things import first_user, name_of
from actum.ocsf.who import actor

__all__ = ["console_sign_in", "sign_in"]

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
    place = _place(event, activity)
    to = f" {link} {shown(place)}" if place else ""
    who = actor(event, acting_as=activity != _SWITCH)
    return f"{who} {_ended(event, infinitive + to, past + to)}"


def console_sign_in(event: Mapping[str, object]) -> str:
    """Tell a sign-in to a cloud's console."""
    if event.get("status") == "failure":
        return f"{actor(event)} {_ended(event, 'sign in', '')}"
    return f"{actor(event)} {_ended(event, 'sign in', 'signed in to the console')}"


def _ended(event: Mapping[str, object], infinitive: str, past: str) -> str:
    why = text(event, "status_detail", "status_code")
    if event.get("status") == "failure":
        return f"failed to {infinitive}: {shown(why)}" if why else f"failed to {infinitive}"
    is_open = event.get("status") == "unknown"
    if is_open and text(event, "status_detail"):
        return f"did not finish {_doing(infinitive)}: {shown(why)}"
    with_mfa = event.get("actor_session_mfa")
    factor = "" if with_mfa is None else " with MFA" if with_mfa else " without MFA"
    told = f"{past}{factor if past.startswith('signed in') else ''}"
    return f"{told} (outcome unknown)" if is_open else told


def _doing(infinitive: str) -> str:
    """``sign in`` → signing in; ``get a ticket`` → getting a ticket."""
    verb, space, rest = infinitive.partition(" ")
    stem = verb[:-1] if verb.endswith("e") else verb + "t" if verb == "get" else verb
    return f"{stem}ing{space}{rest}"


def _place(event: Mapping[str, object], activity: int) -> str:
    """Return what was signed in to: the thing or service named, else the host."""
    actors = {text(event, f"actor_user_{each}") for each in ("name", "uid", "email")}
    name = name_of(event)
    if activity == _SWITCH:
        return text(event, "actor_acting_as") or first_user(event) or name
    if name and name not in actors and text(event, "resource_uid") not in actors - {""}:
        return name
    return text(
        event, "api_service_name", "dst_endpoint_domain", "device_hostname", "dst_endpoint_ip"
    )
