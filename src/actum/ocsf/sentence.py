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

from actum.ocsf import access, runs
from actum.ocsf.activities import ACTIVITIES
from actum.ocsf.findings import finding
from actum.ocsf.operations import Operation, read_operation
from actum.ocsf.outcomes import ended, reason
from actum.ocsf.shown import number, phrase, shown, tail, text
from actum.ocsf.signins import console_sign_in, sign_in
from actum.ocsf.things import first_user, name_of, part_of, some, thing, whole_thing
from actum.ocsf.traffic import answered, flow, lookup, mail, request
from actum.ocsf.verbs import PARTS, VERBS, WHOLE
from actum.ocsf.who import actor, known_actor, names_of_actor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["sentence"]

_SYSTEM: Final = 1
_FINDINGS: Final = 2
_AUTHENTICATION: Final = 3002
_API_ACTIVITY: Final = 6003
_UNNAMED: Final = "something its record does not name"


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
    return told or _unnamed(event, class_uid)


def _unnamed(event: Mapping[str, object], class_uid: int) -> str:
    """Tell what has no verb of ours: by its words, or as a call of what it was done to."""
    operation, words = text(event, "api_operation"), text(event, "message")
    is_told = bool(known_actor(event) and name_of(event)) or class_uid == _API_ACTIVITY
    if words and not (operation and is_told):
        return _message(event)
    if not operation:
        return f"{actor(event)} did {_UNNAMED}"
    found = read_operation(operation)
    if found.verb in VERBS:
        infinitive, past = (phrase(each, *found.ending, _UNNAMED) for each in VERBS[found.verb])
        return ended(event, infinitive, past)
    method, url = text(event, "http_method"), text(event, "http_url")
    told = thing(event, Operation("")) if name_of(event) not in names_of_actor(event) else ""
    called = f"operation {operation}" if operation.isdigit() else shown(operation)
    if method and url:
        called = f"{called} ({shown(method)} {shown(url)})"
    elif told:
        called = f"{called} on {told}"
    return ended(event, f"call {called}", f"called {called}")


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
        infinitive, past, noun, rest = WHOLE[name]
        told = phrase(whole_thing(event, noun), rest)
        return ended(event, phrase(infinitive, told), phrase(past, told))
    operation = read_operation(name)
    if operation.verb not in VERBS:
        return ""
    part = part_of(event, operation)
    told = thing(event, Operation("") if part else operation)
    own = runs.command(event, operation) or _asked(event, operation)
    if own or not told:
        return own  # or “deleted”, of what the class may say
    if part:
        infinitive, past = PARTS[part]
        return ended(event, phrase(infinitive, told), phrase(past, told))
    return _ended_as_read(event, operation, _verb(event, operation, class_uid), told)


def _verb(event: Mapping[str, object], operation: Operation, class_uid: int) -> str:
    """Return the verb; for a write the class calls a creation, that."""
    created = ACTIVITIES.get(class_uid, {}).get(1, ("", "", ""))
    if operation.verb == "write" and number(event, "activity_id") == 1:
        return "create" if created[0] == "create" else "write"
    return operation.verb


_REFUSALS: Final = ("block", "deny", "refuse", "reject")
_ENDS: Final = ("complete", "end", "finish")


def _ended_as_read(event: Mapping[str, object], operation: Operation, verb: str, told: str) -> str:
    """Tell a past form that failed as what it is: a refusal, or an end that was no success."""
    infinitive, past = (phrase(each, told) for each in VERBS[verb])
    if event.get("status") == "failure" and operation.is_past:
        done = {**event, "status": None}
        why = reason(event, "status_code", "status_detail")
        if verb in _REFUSALS:
            return ended(done, "", f"was refused {told}") + (f": {why}" if why else "")
        if verb in _ENDS:
            return ended(done, "", past) + ", which failed" + (f": {why}" if why else "")
    return ended(event, infinitive, past)


_CARRIERS: Final = (("API",), ("http",), ("kube",), ("rest",))


def _asked(event: Mapping[str, object], operation: Operation) -> str:
    """Tell a request that an operation only carries, ``api.request``; "" if it is none."""
    method, url = text(event, "http_method"), text(event, "http_url")
    if operation.verb != "request" or operation.nouns not in _CARRIERS or not (method and url):
        return ""
    told = thing(event, Operation(""))
    asked = phrase("asked", shown(method), shown(url), f"of {told}" if told else "")
    return f"{actor(event)} {asked}{answered(event)}"


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
    return ended(event, phrase(infinitive, told), phrase(past, told)) if told else ""


def _about(event: Mapping[str, object], noun: str) -> str:
    name, user = name_of(event), first_user(event)
    if noun == "user" and user:
        return f"user {shown(tail(user))}"
    if noun and name:
        return f"{noun} {shown(name)}"
    if noun == "log" and text(event, "metadata_product"):
        return f"the {shown(text(event, 'metadata_product'))} log"
    return thing(event, Operation("")) or (some([noun]) if noun else "")


# The classes with a way of their own ------------------------------------------------------------


_SIGN_INS: Final = (1, 2, 7)
"""Activities told before the operation's name, which says no more; tickets and checks after it."""


def _authentication(event: Mapping[str, object]) -> str:
    activity = number(event, "activity_id") or 0
    if text(event, "api_operation") in WHOLE or activity not in _SIGN_INS:
        return ""
    return sign_in(event, activity)


_OWN: Final[Mapping[int, Callable[[Mapping[str, object]], str]]] = {
    1007: runs.process,
    3001: access.account,
    3002: _authentication,
    3003: access.session_privileges,
    3005: access.privileges,
    3006: access.members,
    4001: flow,
    4002: request,
    4003: lookup,
    4004: flow,
    4005: runs.rdp,
    4006: flow,
    4007: runs.ssh,
    4008: flow,
    4009: mail,
    4013: flow,
    4014: flow,
    6001: access.shared,
    6004: request,
    6006: access.shared,
}
