"""Gives the objects around our columns what the schema wants of each, from what they hold.

A file is named by its path, a direction and a protocol have numbers, a user known by an e-mail
address alone is named by it.  An id nobody stated is 0, or 99 with the text beside it.
"""

from __future__ import annotations

from typing import Any, Final

__all__ = ["base_name", "complete", "direction"]

_OTHER: Final = 99
_DIRECTIONS: Final = {
    **dict.fromkeys(("inbound", "ingress", "in", "incoming", "received"), 1),
    **dict.fromkeys(("outbound", "egress", "out", "outgoing", "sent"), 2),
    **dict.fromkeys(("lateral", "internal"), 3),
    **dict.fromkeys(("local", "loopback"), 4),
    **dict.fromkeys(("unknown", ""), 0),
}
# https://www.iana.org/assignments/protocol-numbers
_PROTOCOLS: Final = {
    "icmp": 1, "igmp": 2, "ipip": 4, "tcp": 6, "egp": 8, "udp": 17, "rdp": 27, "dccp": 33,
    "ipv6": 41, "rsvp": 46, "gre": 47, "esp": 50, "ah": 51, "icmpv6": 58, "ipv6-icmp": 58,
    "eigrp": 88, "ospf": 89, "ospfigp": 89, "pim": 103, "vrrp": 112, "l2tp": 115, "sctp": 132,
    "udplite": 136,
}  # fmt: skip
_NAMES: Final = {number: name for name, number in reversed(_PROTOCOLS.items())}


def complete(nested: dict[str, Any]) -> None:
    """Complete the objects of a nested event in place."""
    if "device" in nested:
        nested["device"]["type_id"] = 0
    actor = nested.get("actor", {})
    if "user" in actor:
        _user(actor)
    if "process" in nested and "file" in nested["process"]:
        file = nested["process"]["file"]
        nested["process"]["file"] = {"name": base_name(file["path"]), "type_id": 0, **file}
    if "connection_info" in nested:
        _connection(nested["connection_info"])


def _user(actor: dict[str, Any]) -> None:
    """Name a user by what names it; a credential without a user is its session's."""
    user = actor["user"]
    if "type" in user:
        user["type_id"] = _OTHER  # “not mapped, see type”
    if not {"uid", "name", "account"} & user.keys():
        if "email_addr" in user:
            user["name"] = user["email_addr"]
        elif "credential_uid" in user:
            actor.setdefault("session", {})["credential_uid"] = user.pop("credential_uid")
    if not user:
        del actor["user"]


def _connection(info: dict[str, Any]) -> None:
    info["direction_id"] = direction(info.get("direction"))
    protocol = info.get("protocol_name")
    if not isinstance(protocol, str):
        return
    if protocol.isascii() and protocol.isdigit() and int(protocol[:4]) < 256:
        info["protocol_num"] = int(protocol[:4])
        if info["protocol_num"] in _NAMES:
            info["protocol_name"] = _NAMES[info["protocol_num"]]
    elif protocol.lower() in _PROTOCOLS:
        info["protocol_num"] = _PROTOCOLS[protocol.lower()]


def direction(word: object) -> int:
    """Return the schema's number for a word for a direction."""
    return _DIRECTIONS.get(str(word or "").lower(), _OTHER)


def base_name(path: str) -> str:
    """Return the last part of a path, of Unix or of Windows; the path if it has none."""
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2] or path
