"""Tells what went over a network: a flow, a lookup, a request, a mail.

    10.0.0.5:51812 → 203.0.113.9:443 tcp accepted, 3 packets, 180 bytes
    10.0.0.5 (i-0abc) looked up evil.example (A): NXDOMAIN
    203.0.113.7 asked GET https://shop.example/admin: 403
    connection to 203.0.113.9:443 opened by alice with curl on web-1

Who is not known is told by the address, never as unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from actum.ocsf.outcomes import UNKNOWN, reason
from actum.ocsf.shown import number, phrase, shown, text
from actum.ocsf.things import first_user, name_of
from actum.ocsf.who import actor, asker, known_actor

__all__ = ["answered", "flow", "lookup", "mail", "request"]

_STEPS: Final = {1: "opened", 2: "closed", 3: "reset", 4: "failed", 5: "rejected", 7: "listening"}
_ENDS: Final = ("reset", "failed")
_DONE: Final = ("opened", "closed", "listening")
"""Steps that somebody on the host takes."""
_FINE: Final = ("noerror", "success", "ok", "0")


def flow(event: Mapping[str, object]) -> str:
    """Tell a connection or a window of one; "" if neither end of it is named."""
    ends = [_end(event, "src"), _end(event, "dst")]
    if not any(ends):
        return ""
    verdict = _verdict(event)
    if all(ends):
        between = " → ".join(ends)
    else:
        noun = "connection" if verdict in (*_DONE, *_ENDS) else "traffic"
        port = number(event, "dst_endpoint_port")
        to = f" to port {port}" if port else ""
        between = f"{noun} from {ends[0]}{to}" if ends[0] else f"{noun} to {ends[1]}"
    protocol = text(event, "connection_protocol")
    named = f"protocol {protocol}" if protocol.isdigit() else shown(protocol)
    told = phrase(between, named, _by_whom(event, verdict))
    packets = _counted(event, "traffic_packets", "packet")
    size = _counted(event, "traffic_bytes", "byte")
    said = ", ".join(part for part in (told, packets, size) if part)
    why = reason(event, "status_code", "status_detail") if verdict in _ENDS else ""
    return f"{said}: {why}" if why and event.get("status") == "failure" else said


def _by_whom(event: Mapping[str, object], verdict: str) -> str:
    """Tell the verdict, with whoever on the host opened it, or whose it was."""
    who = actor(event) if known_actor(event) else ""
    program, host = text(event, "process_name", "process_path"), text(event, "device_hostname")
    tool = phrase(f"with {shown(program)}", f"on {shown(host)}" if host else "")
    if verdict in _DONE:
        return phrase(verdict, f"by {who}" if who else "", tool if program else "")
    return phrase(f"of {who}" if who else "", verdict)


def _verdict(event: Mapping[str, object]) -> str:
    step = _STEPS.get(number(event, "activity_id") or 0, "")
    if event.get("status") == "failure":
        return step if step in _ENDS else "rejected"
    return step or ("accepted" if event.get("status") == "success" else "")


def _end(event: Mapping[str, object], side: str) -> str:
    place = text(event, f"{side}_endpoint_ip", f"{side}_endpoint_domain")
    port = number(event, f"{side}_endpoint_port")
    if not place:
        return ""
    if not port:  # flow logs say port 0 of what has no ports
        return shown(place)
    return f"[{shown(place)}]:{port}" if ":" in place else f"{shown(place)}:{port}"


def _counted(event: Mapping[str, object], name: str, unit: str) -> str:
    count = number(event, name)
    return "" if count is None else f"{count} {unit}{'' if count == 1 else 's'}"


def lookup(event: Mapping[str, object]) -> str:
    """Tell a name's lookup; "" if no name is told."""
    name = text(event, "query_hostname")
    if not name:
        return ""
    kind = text(event, "query_type")
    told = f"{asker(event)} looked up {shown(name)}{f' ({shown(kind)})' if kind else ''}"
    code = text(event, "status_code", "status_detail")
    if code and code.lower() not in _FINE:
        return f"{told}: {shown(code)}"
    if event.get("status") == "unknown" and not code:
        return f"{told} {UNKNOWN}"
    return f"{told} in vain" if event.get("status") == "failure" else told


def request(event: Mapping[str, object]) -> str:
    """Tell an HTTP request; "" if neither its method nor what it asked for is told."""
    method = text(event, "http_method")
    url = text(event, "http_url") or name_of(event) or text(event, "dst_endpoint_domain")
    if not method and not text(event, "http_url"):
        return ""
    asked = phrase("asked", shown(method) if method else "for", shown(url))
    return f"{asker(event)} {asked}{answered(event)}"


def answered(event: Mapping[str, object]) -> str:
    """Tell what a request was answered with; that nobody says, or that it was in vain."""
    code = number(event, "http_status")
    answer = str(code) if code is not None else shown(text(event, "status_code"))
    if answer and (code is not None or event.get("status") != "unknown"):
        return f": {answer}"
    if event.get("status") == "unknown":
        return f": {answer} {UNKNOWN}" if answer else f" {UNKNOWN}"
    return " in vain" if event.get("status") == "failure" else ""


_MAILED: Final = {1: "sent", 2: "received", 3: "scanned", 4: "traced", 5: "relayed"}


def mail(event: Mapping[str, object]) -> str:
    """Tell a mail; "" if it is not told what became of it."""
    done = _MAILED.get(number(event, "activity_id") or 0)
    if done is None:
        return ""
    about, to = name_of(event), first_user(event)
    told = f"{asker(event)} {done} {f'mail {shown(about)}' if about else 'a mail'}"
    told += f" {'from' if done == 'received' else 'to'} {shown(to)}" if to else ""
    if event.get("status") == "failure":
        why = reason(event, "status_detail", "status_code")
        return f"{told}: {why}" if why else f"{told} in vain"
    return told
