"""Tells one event to a person: who did what to what, and whether it worked.

    role deploy (session i-0ab) tried to delete bucket prod-invoices: AccessDenied

Rules:

1. Only the flat columns are read, so the sentence is the same for every source and every replay.
2. Nothing is guessed.  An actor, object or outcome nobody stated is “unknown” or left out; a verb
   we do not know is “called”.
3. Values are shown as they are, except that what could deceive is escaped (``printable``) and what
   is longer than 120 characters is cut.
4. First comes the class's own way of telling, then the operation, then the activity, then the
   source's own words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from actum.ocsf.activities import ACTIVITIES
from actum.ocsf.findings import finding
from actum.ocsf.operations import Operation, read_operation
from actum.ocsf.shown import number, phrase, shown, tail, text
from actum.ocsf.signins import console_sign_in, sign_in
from actum.ocsf.things import first_user, name_of, some, thing, whole_thing
from actum.ocsf.traffic import flow, lookup, mail, request
from actum.ocsf.verbs import VERBS, WHOLE
from actum.ocsf.who import actor, known_actor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["sentence"]

_SYSTEM: Final = 1
_FINDINGS: Final = 2
_AUTHENTICATION: Final = 3002
_API_ACTIVITY: Final = 6003


def sentence(event: Mapping[str, object]) -> str:
    """Tell the event, given by its columns, in one line of English without a full stop."""
    if event.get("reason") is not None:
        return f"an unread record: {shown(event['reason'])}"
    class_uid = number(event, "class_uid") or 0
    if class_uid // 1000 == _FINDINGS:
        return finding(event)
    if text(event, "api_operation") == "ConsoleLogin":
        return console_sign_in(event)
    told = _OWN[class_uid](event) if class_uid in _OWN else ""
    if class_uid // 1000 == _SYSTEM:  # where operations are the names of system calls
        told = told or _by_activity(event, class_uid)
    told = told or _by_operation(event, class_uid) or _by_activity(event, class_uid)
    if not told and text(event, "message") and class_uid != _API_ACTIVITY:
        told = _message(event)
    return told or _unnamed(event)


def _unnamed(event: Mapping[str, object]) -> str:
    operation = text(event, "api_operation")
    if not operation and text(event, "message"):
        return _message(event)
    if not operation:
        return f"{actor(event)} did something its record does not name"
    return _ended(event, *(phrase(verb, shown(operation)) for verb in ("call", "called")))


def _ended(event: Mapping[str, object], infinitive: str, past: str) -> str:
    namespace = text(event, "resource_namespace")
    if namespace not in ("", name_of(event)):
        infinitive, past = (
            f"{each} in namespace {shown(namespace)}" for each in (infinitive, past)
        )
    return f"{actor(event)} {_outcome(event, infinitive, past)}"


def _outcome(event: Mapping[str, object], infinitive: str, past: str) -> str:
    status = event.get("status")
    if status == "failure":
        why = text(event, "status_code", "status_detail")
        return f"tried to {infinitive}: {shown(why)}" if why else f"tried to {infinitive} in vain"
    if status == "unknown":
        return f"{past} (outcome unknown)"
    count = number(event, "count") or 1
    return f"{past}, {count} times" if count > 1 else past


def _message(event: Mapping[str, object]) -> str:
    """Tell what the source says of it, led by the host and the program that say it."""
    host, program = text(event, "device_hostname", "device_uid"), text(event, "process_name")
    lead = phrase(*(shown(each) for each in (host, program) if each))
    said = shown(text(event, "message"))
    return f"{lead}: {said}" if lead else said


# By the operation's name ------------------------------------------------------------------------


def _by_operation(event: Mapping[str, object], class_uid: int) -> str:
    """Tell it by its operation; "" if that has no verb we know and the class may have one."""
    name = text(event, "api_operation")
    if not name:
        return ""
    if name in WHOLE:
        infinitive, past, noun = WHOLE[name]
        told = whole_thing(event, noun)
        return _ended(event, phrase(infinitive, told), phrase(past, told))
    operation = read_operation(name)
    if operation.verb not in VERBS:
        return ""
    infinitive, past = VERBS[operation.verb]
    told = thing(event, operation)
    if not told and class_uid in ACTIVITIES:
        return ""  # “deleted”, of what the class may say
    return _ended(event, phrase(infinitive, told), phrase(past, told))


# By the class and its activity ------------------------------------------------------------------


def _by_activity(event: Mapping[str, object], class_uid: int) -> str:
    """Tell it by what kind of act it is; "" where neither says a thing about it."""
    if class_uid == _API_ACTIVITY and text(event, "api_operation"):
        return ""  # the operation's own name says more
    activity = number(event, "activity_id") or 0
    if class_uid == _AUTHENTICATION:
        return sign_in(event, activity)
    found = ACTIVITIES.get(class_uid, {}).get(activity)
    if found is None:
        return ""
    infinitive, past, noun = found
    told = _about(event, noun)
    return _ended(event, phrase(infinitive, told), phrase(past, told)) if told else ""


def _about(event: Mapping[str, object], noun: str) -> str:
    name, user = name_of(event), first_user(event)
    if noun == "user" and user:
        return f"user {shown(tail(user))}"
    if noun and name:
        return f"{noun} {shown(name)}"
    return thing(event, Operation("")) or (some([noun]) if noun else "")


def _members(event: Mapping[str, object]) -> str:
    """Tell who was added to, or removed from, which group."""
    words = {3: ("add", "added", "to"), 4: ("remove", "removed", "from")}
    found = words.get(number(event, "activity_id") or 0)
    name, user = name_of(event), first_user(event)
    if found is None or not name or not user or user == name:
        return ""
    infinitive, past, link = found
    kind = thing(event, Operation(""))
    group = kind if kind != shown(name) else f"group {kind}"
    told = f"user {shown(tail(user))} {link} {group}"
    return _ended(event, f"{infinitive} {told}", f"{past} {told}")


_PRIVILEGE_KINDS: Final = (
    *("role", "polic", "permission", "privilege", "scope", "grant", "binding", "group"),
    *("access", "licen"),
)


def _privileges(event: Mapping[str, object]) -> str:
    """Tell what was granted to whom, or taken from whom."""
    words = {1: ("grant", "granted", "to"), 2: ("revoke", "revoked", "from")}
    found = words.get(number(event, "activity_id") or 0)
    told, user = thing(event, Operation("")), first_user(event)
    if found is None or not told or not user or user in (name_of(event), event.get("resource_uid")):
        return ""
    infinitive, past, link = found
    kind, to = text(event, "resource_type").lower(), shown(tail(user))
    if kind and not any(word in kind for word in _PRIVILEGE_KINDS):
        told = f"{to} access to {told}" if link == "to" else f"{to}'s access to {told}"
    else:
        told = f"{told} {link} {to}"
    return _ended(event, f"{infinitive} {told}", f"{past} {told}")


# The classes with a way of their own ------------------------------------------------------------


_SIGN_INS: Final = (1, 2, 7)
"""Activities told before the operation's name, which says no more; tickets and checks after it."""


def _authentication(event: Mapping[str, object]) -> str:
    activity = number(event, "activity_id") or 0
    if text(event, "api_operation") in WHOLE or activity not in _SIGN_INS:
        return ""
    return sign_in(event, activity)


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
    return f"{actor(event)} {_outcome(event, f'{infinitive} {told}', f'{past} {told}')}"


def _ssh(event: Mapping[str, object]) -> str:
    return _session(event, "SSH")


def _rdp(event: Mapping[str, object]) -> str:
    return _session(event, "RDP")


_RUN: Final = {
    1: ("run", "ran"),
    2: ("end", "ended"),
    3: ("open process", "opened process"),
    4: ("inject code into", "injected code into"),
    5: ("set the user of", "set the user of"),
}


def _process(event: Mapping[str, object]) -> str:
    """Tell what was run, and as whom."""
    found = _RUN.get(number(event, "activity_id") or 0)
    program = text(event, "process_cmd_line", "process_path", "process_name") or name_of(event)
    if found is None or not program:
        return ""
    host, taken = text(event, "device_hostname"), text(event, "actor_acting_as")
    place = f"on {shown(host)}" if host and f"on {shown(host)}" not in actor(event) else ""
    what = phrase(shown(program), place, f"(as {shown(taken)})" if taken else "")
    who = actor(event, acting_as=False)
    return f"{who} {_outcome(event, f'{found[0]} {what}', f'{found[1]} {what}')}"


_OWN: Final[Mapping[int, Callable[[Mapping[str, object]], str]]] = {
    1007: _process,
    3002: _authentication,
    3005: _privileges,
    3006: _members,
    4001: flow,
    4002: request,
    4003: lookup,
    4004: flow,
    4005: _rdp,
    4006: flow,
    4007: _ssh,
    4008: flow,
    4009: mail,
    4013: flow,
    4014: flow,
    6004: request,
}
