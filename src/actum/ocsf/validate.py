"""Checks a nested event against OCSF 1.8.0 and says in sentences what is wrong with it.

Used by the conformance test over every source's goldens and by ``actum`` before it exports OCSF.

- Required attributes must be there; those of a profile only where ``metadata.profiles`` names it.
- Types must be right, enum values known, attributes known.
- Objects no column of ours leads into are only checked to be objects: see ``classes.object_shape``.
- An object under ``unmapped`` is the source's own and not looked into.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_address
from typing import Final

from actum.ocsf.classes import VERSION, Shape, class_shape, object_shape, ocsf_class, type_of

__all__ = ["is_of", "problems"]

_LONG: Final = 1 << 63
_PORTS: Final = 1 << 16


def problems(event: Mapping[str, object]) -> list[str]:
    """Say what is wrong with the event, a sentence each, outermost first; nothing if valid."""
    uid = event.get("class_uid")
    if not isinstance(uid, int) or isinstance(uid, bool):
        return ["class_uid is required to be an integer and is not"]
    try:
        known = ocsf_class(uid)
    except KeyError:
        return [f"class_uid {uid} is not a class of OCSF {VERSION}"]
    profiles = _profiles(event)
    found = _inside(event, class_shape(uid), "", profiles)
    found += [
        f"{name} is required by profile {profile!r} and missing"
        for name, profile in (("cloud", "cloud"), ("osint", "osint"))
        if profile in profiles and name not in event
    ]
    activity = event.get("activity_id")
    type_uid = event.get("type_uid")
    if isinstance(activity, int) and isinstance(type_uid, int):
        expected = known.uid * 100 + activity
        if type_uid != expected and type_uid in class_shape(uid).enums["type_uid"]:
            found.append(f"type_uid is {type_uid}, class and activity make it {expected}")
    return found


def is_of(kind: str, value: object) -> bool:
    """Whether a value that is no object is of that type of the schema."""
    return _TYPES.get(kind, _TYPES["string_t"])[0](value)


def _profiles(event: Mapping[str, object]) -> frozenset[str]:
    metadata = event.get("metadata")
    named = metadata.get("profiles", ()) if isinstance(metadata, Mapping) else ()
    return frozenset(str(name) for name in named) if _is_list(named) else frozenset()


def _inside(
    value: Mapping[str, object], shape: Shape, path: str, profiles: frozenset[str]
) -> list[str]:
    found = [
        f"{path}{name} is required and missing" for name in shape.required if name not in value
    ]
    if shape.at_least_one and not any(name in value for name in shape.at_least_one):
        where = path.rstrip(".") or "the event"
        found.append(f"{where} needs at least one of {', '.join(shape.at_least_one)}")
    for name, item in value.items():
        profile = shape.attributes.get(name)
        if profile is None:
            found.append(f"{path}{name} is not an attribute the schema knows here")
        elif profile and profile not in profiles:
            found.append(f"{path}{name} needs the profile {profile!r} named in metadata.profiles")
        else:
            found += _attribute(item, name, shape, path + name, profiles)
    return found


def _attribute(
    value: object, name: str, shape: Shape, path: str, profiles: frozenset[str]
) -> list[str]:
    kind = type_of(name)
    if not kind.endswith("[]"):
        return _one(value, kind, shape.enums.get(name), path, profiles)
    if not isinstance(value, Sequence) or not _is_list(value):
        return [f"{path} is {_said(value)}, not a list"]
    return [
        problem
        for place, item in enumerate(value)
        for problem in _one(item, kind[:-2], shape.enums.get(name), f"{path}[{place}]", profiles)
    ]


def _one(
    value: object,
    kind: str,
    enum: Mapping[int, str] | None,
    path: str,
    profiles: frozenset[str],
) -> list[str]:
    if not kind.endswith("_t"):
        if not isinstance(value, Mapping):
            return [f"{path} is {_said(value)}, not an object"]
        shape = object_shape(kind)
        return [] if shape is None else _inside(value, shape, path + ".", profiles)
    is_right, name = _TYPES.get(kind, _TYPES["string_t"])
    if not is_right(value):
        return [f"{path} is {_said(value)}, not {name}"]
    if enum is not None and value not in enum:
        return [f"{path} is {value!r}, which is none of its known values"]
    return []


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -_LONG <= value < _LONG


def _is_number(value: object) -> bool:
    return isinstance(value, float) or _is_integer(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_boolean(value: object) -> bool:
    return isinstance(value, bool)


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple)


def _is_address(value: object) -> bool:
    try:
        ip_address(value if isinstance(value, str) else "")
    except ValueError:
        return False
    return True


def _is_port(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _PORTS


def _is_anything(value: object) -> bool:
    return value is not None


_TYPES: Final[Mapping[str, tuple[Callable[[object], bool], str]]] = {
    "boolean_t": (_is_boolean, "a boolean"),
    "float_t": (_is_number, "a number"),
    "integer_t": (_is_integer, "an integer"),
    "ip_t": (_is_address, "an IP address"),
    "json_t": (_is_anything, "a JSON value"),
    "long_t": (_is_integer, "an integer"),
    "port_t": (_is_port, "a port"),
    "string_t": (_is_text, "text"),  # and every type derived from it
    "timestamp_t": (_is_integer, "an integer of milliseconds"),
}


def _said(value: object) -> str:
    return "null" if value is None else f"{value!r}"[:80]
