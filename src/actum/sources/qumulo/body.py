r"""The bodies of Qumulo's audit messages: a line of values, or JSON that may not be JSON.

The product writes names like ``AD\alice`` into JSON without escaping the backslash.  Where that is
no JSON (``\a``) every backslash is one; and where it happens to be (``\b`` of ``AD\bob``), a
name holds a control character, which no name does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

__all__ = ["Body", "read"]

Body = dict[str, str]
"""Of ip, user, uid, protocol, operation, status, file, path, target: those that are stated."""

_HEAD = re.compile(r'([^,"]*),(?:"((?:[^"]|"")*)"|([^,"]*)),([a-z0-9_]+),([a-z0-9_]+),([a-z0-9_]+)')
_TAIL = re.compile(r',([^,"]*)(?:,"(.*?)"?(?:,"(.*?)"?)?)?', re.DOTALL)
_object = msgspec.json.Decoder(dict[str, Any]).decode
_IS_OBJECT = re.compile(rb'\{\s*["}]')
_UNESCAPED = re.compile(rb'\\(?!")')
_CONTROL = re.compile(r"[\x00-\x1f]")
_REFUSED = (msgspec.MsgspecError, RecursionError, ValueError)


def read(body: bytes) -> Body | None:
    """Read a body of either kind; None if it is neither."""
    if _IS_OBJECT.match(body) is None:
        return _values(body)
    try:
        found = _members(_object(body))
        if found is None or not any(map(_CONTROL.search, found.values())):
            return found
    except _REFUSED:
        pass
    try:
        return _members(_object(_UNESCAPED.sub(rb"\\\\", body)))
    except _REFUSED:
        return None


def _values(body: bytes) -> Body | None:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    head = _HEAD.match(text)
    tail = head and _TAIL.fullmatch(text, head.end())
    if head is None or tail is None:
        return None
    address, quoted, bare, protocol, operation, status = head.groups()
    user = bare if quoted is None else quoted.replace('""', '"')
    names = ("ip", "user", "protocol", "operation", "status", "file", "path", "target")
    rest = [each and each.replace('""', '"') for each in tail.groups()]
    told = (address, user, protocol, operation, status, *rest)
    return {name: value for name, value in zip(names, told, strict=True) if value}


def _members(told: Mapping[str, Any]) -> Body | None:
    """The same of both JSON spellings: the message's own, and that of CloudWatch."""
    if "user_ip" in told and isinstance(told.get("user_id"), dict):
        who, details = told["user_id"], told.get("details")
        details = details if isinstance(details, dict) else {}
        status, address = told.get("status"), told["user_ip"]
        user, uid = who.get("name"), who.get("sid") or who.get("auth_id")
        file, path, target = details.get("file_id"), details.get("path"), details.get("target")
    elif "ip_address" in told and "result" in told:
        status, address, named = told["result"], told["ip_address"], told.get("user")
        who = named if isinstance(named, dict) else {"name": named}
        user, uid = who.get("name"), who.get("sid")
        file, path, target = told.get("object_id"), told.get("path_1"), told.get("path_2")
    else:
        return None
    operation, protocol = told.get("operation"), told.get("protocol")
    if not (isinstance(operation, str) and isinstance(protocol, str) and isinstance(status, str)):
        return None
    stated = (
        ("ip", address), ("user", user), ("uid", uid), ("protocol", protocol),
        ("operation", operation), ("status", status), ("file", file), ("path", path),
        ("target", target),
    )  # fmt: skip
    return {
        name: str(value)
        for name, value in stated
        if isinstance(value, str | int) and value is not True and value != ""
    }
