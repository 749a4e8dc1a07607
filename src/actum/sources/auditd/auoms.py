"""Audit events as the agent of Azure tells them: one line an event, in rows of the Syslog table.

    {"HostName": "web-1", "SyslogMessage": "type=AUOMS_EXECVE audit(1700000000.123:42): …", …}

Ids come with their names beside them, calls and architectures by name, and paths in the same line.

References:
- https://github.com/microsoft/OMS-Auditd-Plugin (the fields of AUOMS_EXECVE and AUOMS_SYSCALL)
- https://learn.microsoft.com/azure/azure-monitor/reference/tables/syslog
"""

from __future__ import annotations

from typing import Final

import msgspec

from actum.sources.auditd.fields import Line

__all__ = ["CALLS", "TABLE", "as_audit", "row"]

TABLE: Final = "table"
"""The form of a row of the table."""
CALLS: Final = ("AUOMS_EXECVE", "AUOMS_SYSCALL")
_NAMES: Final = (("AUID", "audit_user"), ("UID", "user"))
_ENDS: Final = (" redactors=", " containerid=")


class Row(msgspec.Struct, gc=False):
    """The members of a row that are read."""

    said: str = msgspec.field(name="SyslogMessage", default="")
    host: str | None = msgspec.field(name="HostName", default=None)
    computer: str | None = msgspec.field(name="Computer", default=None)


_decode = msgspec.json.Decoder(Row).decode


def row(raw: bytes) -> tuple[bytes, str]:
    """What a row says, and of which host; nothing if it is no row."""
    try:
        found = _decode(raw)
        return found.said.encode("utf-8", "backslashreplace"), found.host or found.computer or ""
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return b"", ""


def as_audit(line: Line, body: str) -> list[Line]:
    """The records one such line was made of: a call, its folder and path, and its title."""
    fields = dict(line.fields)
    names = {name: fields[key] for name, key in _NAMES if fields.get(key, "unset") != "unset"}
    fields["ses"] = fields.get("ses", "").strip('"')
    title = body.partition(" cmdline=")[2] or body.partition(" proctitle=")[2]
    for end in _ENDS:
        title = title.partition(end)[0]
    made = [Line("SYSCALL", fields, names, "")]
    if title:
        made.append(Line("PROCTITLE", {"proctitle": '"' + title.strip('"') + '"'}, {}, ""))
    if fields.get("name", '""') != '""':
        made += [Line("CWD", fields, {}, ""), Line("PATH", fields, {}, "")]
    return made
