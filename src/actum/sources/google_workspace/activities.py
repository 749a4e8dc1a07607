"""Activities to events: what the Reports API gives, and what tools make of it.

============  =================================================================================
``activity``  as the API gives it: ``events[]``, each with ``parameters[]`` of name and value
``event``     the same split up by a tool: one ``event``, or ``name`` and ``type`` at the top, the
              parameters perhaps as one object
``page``      ``activities[]``: many of the first
``drive``     the same without an ``id``: ``unique_id``, ``timestamp``, ``email``, ``ip_address``
============  =================================================================================

An event is given to the mapping with its parameters as one object, their names in lower case.

References:
- https://developers.google.com/admin-sdk/reports/reference/rest/v1/activities/list
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from actum.sources.seam import Unread

__all__ = ["ACTIVITY", "DRIVE", "EVENT", "PAGE", "unwrap"]

ACTIVITY, EVENT, DRIVE, PAGE = "activity", "event", "drive", "page"
_VALUES = ("value", "multiValue", "boolValue", "intValue", "multiIntValue", "multiBoolValue")


class _TwiceError(ValueError):
    """A key stands twice in one object."""


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise _TwiceError(next(key for key in keys if keys.count(key) > 1)[:200])
    return found


_decode = json.JSONDecoder(object_pairs_hook=_distinct).decode
_encode = msgspec.json.encode


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """The events of an activity, each as one flat JSON object."""
    try:
        told = _decode(raw.decode("utf-8-sig"))
        if not isinstance(told, dict):
            yield Unread("not an activity")
        elif form == DRIVE:
            yield _encode(_of_drive(told))
        elif form == PAGE:
            for each in told.get("activities") or ():
                yield from _events(_object(each))
        else:
            yield from _events(told)
    except _TwiceError as error:
        yield Unread(f"a key is given twice: {error}")
    except UnicodeDecodeError:
        yield Unread("not UTF-8 text")
    except (ValueError, RecursionError, msgspec.MsgspecError, OverflowError):
        yield Unread("not valid JSON")


def _events(told: dict[str, Any]) -> Iterator[bytes | Unread]:
    whole = _activity(told)
    listed = told.get("events")
    if isinstance(listed, list):
        several = len(listed) > 1
        for place, event in enumerate(listed):
            yield _encode({**whole, **_event(event), "place": str(place) if several else None})
        if not listed:
            yield _encode(whole)
        return
    inner = told.get("event")
    yield _encode({**whole, **_event(inner if isinstance(inner, dict) else told)})


def _activity(told: dict[str, Any]) -> dict[str, Any]:
    who, known, net = (_object(told.get(each)) for each in ("actor", "id", "networkInfo"))
    return {
        "application": known.get("applicationName"),
        "time": known.get("time"),
        "qualifier": known.get("uniqueQualifier"),
        "customer": known.get("customerId"),
        "email": who.get("email"),
        "profile": who.get("profileId"),
        "caller": who.get("callerType"),
        "key": who.get("key"),
        "client": _object(who.get("applicationInfo")).get("applicationName"),
        "ip": told.get("ipAddress"),
        "country": net.get("regionCode"),
        "domain": told.get("ownerDomain"),
    }


def _of_drive(told: dict[str, Any]) -> dict[str, Any]:
    """A Drive event as an add-on writes it; what it does not know it writes as "null"."""
    event = _event(told)
    ip = told.get("ip_address")
    return {
        **event,
        "application": "drive" if "doc_id" in event["p"] else None,
        "time": told.get("timestamp"),
        "qualifier": told.get("unique_id"),
        "email": told.get("email"),
        "ip": None if ip == "null" else ip,
    }


def _event(told: Any) -> dict[str, Any]:
    if not isinstance(told, dict):
        return {"p": {}}
    return {"type": told.get("type"), "name": told.get("name"), "p": _parameters(told)}


def _parameters(told: dict[str, Any]) -> dict[str, Any]:
    listed = told.get("parameters")
    if isinstance(listed, dict):
        return {name.lower(): _told(value) for name, value in listed.items()}
    if not isinstance(listed, list):
        return {}
    found: dict[str, Any] = {}
    for each in listed:
        if not isinstance(each, dict) or not isinstance(each.get("name"), str):
            continue
        value = next((each[kind] for kind in _VALUES if kind in each), None)
        found.setdefault(each["name"].lower(), _told(value))
    return found


def _told(value: Any) -> Any:
    """A value as text: truth as JSON spells it, a list of one as that one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        return value[0]
    return value


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
