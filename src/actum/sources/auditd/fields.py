"""One line of an audit log: its head, its fields, and the values that are written in hexadecimal.

    node=web-1 type=PATH msg=audit(1700000000.123:42): item=0 name=2F746D702F6120622063 nametype=…

Rules:

1. A string that holds a space, a quote or a control character is written in hexadecimal, without
   quotes.  Only fields that are strings are decoded: ``a0=65`` of a system call is a number.
2. A field that comes twice is what it was first.  The kernel's own ``pid``, ``uid``, ``auid`` and
   ``ses`` stand before a program's ``msg='…'``, and what a program says must not replace them.
3. What a line says behind 0x1D (the enriched form) is kept apart, under its own upper-case names.
4. A head counts only where a line begins, behind a syslog header at most: a user can have any words
   logged, ``type=USER_LOGIN msg=audit(…)`` too.

References:
- https://github.com/linux-audit/audit-documentation/wiki/SPEC-Writing-Good-Events
- lib/libaudit.h of the audit project (audit_value_needs_encoding); sys/socket.h, unix(7), ip(7)
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address
from typing import Final, NamedTuple

from actum.sources.auditd.kinds import kind_of

__all__ = ["HEAD", "Line", "Socket", "decoded", "line", "sockaddr", "unquoted"]

_TIME = (
    rb"(?:[A-Z][a-z]{2} [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d+)?"
    rb"|\d{4}-\d\d-\d\d[T ][\d:.,]+\S*)"
)
_SYSLOG = (
    rb"(?:<\d{1,3}>)?(?:1 )?" + _TIME + rb" (?P<host>[^\s=]+) "
    rb"(?:[^\s=]*(?:audit|audisp)[^\s=]*:?(?: \S+ \S+ -)?|kernel(?:\[\d+\])?:(?: \[ *[\d.]+\])?"
    rb"(?: audit(?:\[\d+\])?:)?) +"
)
HEAD: Final = re.compile(
    rb"(?:" + _SYSLOG + rb"|<\d{1,3}>)?(?:node=(?P<node>\S+) +)?type=(?P<type>[^\s=]+) +(?:msg=)?"
    rb"audit\((?P<time>\d+\.\d+|\d\d/\d\d/\d{2,4} \d\d:\d\d:\d\d\.\d+):(?P<serial>\d{1,10})\)[ :]*"
)
"""The head of an audit record: where, what, when, and the serial its event shares."""

_FIELD: Final = re.compile(r"""([A-Za-z][\w.\[\]-]*)=("[^"]*"|'[^']*'|\{[^{}]*\}|[^\s"']*)""")
_NAME: Final = re.compile(r"""\b(AUID|UID|ID|SYSCALL)="?([^"\s]*)""")
_JOINED: Final = re.compile(r"(?<=[^\s,])(?=(?:ARCH|AUID|OLD-AUID|O?UID|SADDR)=)")
_OLD: Final = re.compile(r"\b(old|new) (auid|ses)=")
_AVC: Final = re.compile(r"avc:\s+(\w+)\s+\{\s*([^}]*?)\s*\}")
_HEX: Final = re.compile(r"(?:[0-9A-F]{2})+")
_STRINGS: Final = frozenset((
    "acct", "cmd", "comm", "ocomm", "cwd", "data", "dir", "exe", "file", "path", "name", "key",
    "proctitle", "watch", "vm", "old-disk", "new-disk", "device", "cgroup", "sw", "root_dir",
    "grp", "new_group", "old_group", "info", "profile", "operation", "src", "dst", "target",
    "invalid_context",
))  # fmt: skip


class Line(NamedTuple):
    """One record: its type and fields as written, what it says in words, and its names of ids."""

    kind: str
    fields: dict[str, str]
    names: dict[str, str]
    words: str


class Socket(NamedTuple):
    """An address of a socket: of the internet, or a path of the host."""

    family: str
    ip: str = ""
    port: int = 0
    path: str = ""


def line(found: re.Match[bytes], raw: bytes) -> Line:
    """Read a line by the match of its head."""
    kind = kind_of(found["type"].decode("utf-8", "backslashreplace"))
    body = raw[found.end() :].decode("utf-8", "backslashreplace")
    body, separator, enriched = body.partition("\x1d")
    if not separator and 'UID="' in body and (join := _JOINED.search(body)):
        body, enriched = body[: join.start()], body[join.start() :]
    names = dict(_NAME.findall(enriched)) if enriched else {}
    told = body
    if (at := body.find("msg='")) >= 0:
        told = body[at + 5 :]
        told = told.rstrip().removesuffix("'")
        body = f"{body[:at]} {told}"
    elif kind == "LOGIN":
        body = _OLD.sub(lambda each: f"{'old-' if each[1] == 'old' else ''}{each[2]}=", body)
    if "avc:" in told and (avc := _AVC.search(told)):
        body = f"seresult={avc[1]} seperms={avc[2].replace(' ', ',')} {body}"
    fields = dict(reversed(_FIELD.findall(body)))
    if kind == "PROCTITLE" and "proctitle" in fields and fields["proctitle"][:1] != '"':
        fields["proctitle"] = body[body.index("proctitle=") + 10 :].strip()
    words = told.partition("=")[0].rpartition(" ")[0]
    return Line(kind, fields, names, words.strip(" ,:"))


def decoded(name: str, value: str) -> str:
    """The value of a field as it was before it was written; "" for one that says there is none."""
    if value[:1] in "\"'" and len(value) > 1:
        value = value[1:-1]
        return "" if value in _NOTHING else value
    if value in _NOTHING:
        return ""
    if name in _STRINGS and (plain := unhex(name, value)) is not None:
        return plain.rstrip(b"\0").decode("utf-8", "backslashreplace")
    if value[-1:] in ",)" and "(" not in value:
        value = value.rstrip(",)")
    return "" if value in _NOTHING else value


_NOTHING: Final = frozenset(("", "?", "(null)", "(none)", "?,", "?)"))


def unquoted(name: str, value: str) -> bytes:
    """The bytes of one piece of a string, which may end in the middle of a character."""
    if value[:1] == '"':
        return value[1:-1].encode()
    plain = unhex(name, value)
    return value.encode() if plain is None else plain


def unhex(name: str, value: str) -> bytes | None:
    """The bytes of a value in hexadecimal; None if it is none, or would not have been encoded."""
    if _HEX.fullmatch(value) is None or (name == "acct" and value.isdigit()):
        return None
    plain = bytes.fromhex(value)
    return None if plain.isalnum() else plain


def sockaddr(value: str) -> Socket | None:
    """Read a ``saddr``: the bytes of a ``struct sockaddr`` in hexadecimal."""
    try:
        data = bytes.fromhex(value)
    except ValueError:
        return None
    if len(data) < 2:
        return None
    family = int.from_bytes(data[:2], "little" if data[1] == 0 else "big")
    if family == 1:
        name = data[2:].split(b"\0")[1 if data[2:3] == b"\0" and len(data) > 3 else 0]
        mark = "@" if data[2:3] == b"\0" and name else ""
        return Socket("unix", path=mark + name.decode("utf-8", "backslashreplace"))
    if family == 2 and len(data) >= 8:
        port = int.from_bytes(data[2:4], "big")
        return Socket("ipv4", str(IPv4Address(data[4:8])), port)
    if family == 10 and len(data) >= 24:
        port = int.from_bytes(data[2:4], "big")
        return Socket("ipv6", str(IPv6Address(data[8:24])), port)
    return Socket({16: "netlink", 17: "packet"}.get(family, str(family)))
