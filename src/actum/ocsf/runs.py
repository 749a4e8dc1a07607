"""Tells what was run on a host or in a container, and who was in a session there.

alice ran /usr/bin/id on web-1 (as root)
alice@example.com ran sh -c id in pod cart-5d9c7 in namespace shop
alice@example.com acting as root opened an SSH session on web-1
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from actum.ocsf.operations import Operation
from actum.ocsf.outcomes import ended, outcome
from actum.ocsf.shown import number, phrase, shown, text
from actum.ocsf.things import name_of, thing
from actum.ocsf.traffic import flow
from actum.ocsf.who import actor, known_actor

__all__ = ["command", "process", "rdp", "ssh"]

_RUN: Final = {
    1: ("run", "ran"),
    2: ("end", "ended"),
    3: ("open process", "opened process"),
    4: ("inject code into", "injected code into"),
    5: ("set the user of", "set the user of"),
}


def process(event: Mapping[str, object]) -> str:
    """Tell what was run, and as whom."""
    found = _RUN.get(number(event, "activity_id") or 0)
    program = text(event, "process_cmd_line", "process_path", "process_name") or name_of(event)
    if found is None or not program:
        return ""
    host, taken = text(event, "device_hostname"), text(event, "actor_acting_as")
    place = f"on {shown(host)}" if host and f"on {shown(host)}" not in actor(event) else ""
    what = phrase(shown(program), place, f"(as {shown(taken)})" if taken else "")
    who = actor(event, acting_as=False)
    return f"{who} {outcome(event, f'{found[0]} {what}', f'{found[1]} {what}')}"


def command(event: Mapping[str, object], operation: Operation) -> str:
    """Tell a command that an API was asked to run in something; "" if it is none."""
    run = text(event, "process_cmd_line")
    paths = [part for each in operation.nouns for part in each.split("/")]
    if not run or "exec" not in (operation.verb, *paths):
        return ""
    told = thing(event, Operation(""))
    what = phrase(shown(run), f"in {told}" if told else "")
    return ended(event, f"run {what}", f"ran {what}")


_STEPS: Final = {
    1: ("open", "opened"),
    2: ("end", "ended"),
    3: ("reset", "reset"),
    4: ("open", "failed to open"),
    5: ("open", "was refused"),
    6: ("use", "used"),
}


def _session(event: Mapping[str, object], kind: str) -> str:
    """Tell a session on a host by who is in it; by its addresses if nobody is known."""
    found = _STEPS.get(number(event, "activity_id") or 0)
    if found is None or not known_actor(event):
        return flow(event)
    infinitive, past = found
    places = ("device_hostname", "dst_endpoint_domain", "dst_endpoint_ip", "resource_name")
    place = text(event, *places)
    told = phrase(f"an {kind} session", f"on {shown(place)}" if place else "")
    return f"{actor(event)} {outcome(event, f'{infinitive} {told}', f'{past} {told}')}"


def ssh(event: Mapping[str, object]) -> str:
    """Tell an SSH session."""
    return _session(event, "SSH")


def rdp(event: Mapping[str, object]) -> str:
    """Tell a session of the remote desktop."""
    return _session(event, "RDP")
