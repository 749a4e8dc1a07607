"""What an event says, from all its records: one flat JSON object, made for the mapping to read.

Rules:

1. Who did it and how it ended are told alike of every event (`actum.sources.auditd.circumstances`).
2. A call says what was done by its name; any other record by its type, and an ``op`` if it has one.
3. A path is told whole: joined to the working directory, unless the call named another directory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from posixpath import join, normpath
from typing import Final

import msgspec

from actum.sources.auditd.auoms import CALLS as CALLS_OF_AUOMS
from actum.sources.auditd.auoms import TABLE, as_audit, row
from actum.sources.auditd.circumstances import (
    SIGN_IN,
    base,
    tell_actor,
    tell_origin,
    tell_outcome,
    tell_process,
)
from actum.sources.auditd.fields import HEAD, Line, Socket, decoded, line, sockaddr
from actum.sources.auditd.kinds import APPARMOR, CALLS, KINDS, Meaning
from actum.sources.auditd.syscalls import ARCHITECTURES, syscall
from actum.sources.seam import Unread

__all__ = ["event", "unwrap"]

_encode = msgspec.json.Encoder().encode
_BECOMES: Final = frozenset(("sudo", "su", "pkexec", "doas", "runuser", "sudoedit", "su-l"))
_ASKS: Final = frozenset(("USER_AUTH", "USER_ACCT"))
_ASKS_ITSELF: Final = frozenset(("sudo", "sudoedit", "doas", "pkexec"))
"""Programs that ask for the password of who calls them, not of whom they become."""
_WRITES: Final = 0x3
_HERE: Final = frozenset(("ffffff9c", "ffffffffffffff9c"))
_AT: Final = frozenset((
    "openat", "openat2", "mkdirat", "mknodat", "unlinkat", "fchmodat", "fchmodat2", "fchownat",
    "utimensat", "futimesat", "execveat",
))  # fmt: skip
_DETAILS: Final = ("EXECVE", "PATH", "CWD", "SOCKADDR", "PROCTITLE", "EOE")
_LEADS: Final = ("SYSCALL", "URINGOP")


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """The `Source.unwrap` of audit: one event of all its lines."""
    lines: list[Line] = []
    head, host = None, ""
    if form == TABLE:
        raw, host = row(raw)
    for each in raw.split(b"\n"):
        found = HEAD.match(each)
        if found is not None:
            head = head or found
            told = line(found, each)
            is_told = told.kind in CALLS_OF_AUOMS
            lines += as_audit(told, each.decode("utf-8", "replace")) if is_told else [told]
    if head is None:
        yield Unread("no line of it is an audit record")
        return
    node = head["node"] or head["host"] or host.encode("utf-8", "backslashreplace")
    said = event(lines)
    said["time"] = head["time"].decode()
    said["id"] = f"{said['time']}:{head['serial'].decode()}"
    if node:
        said["node"] = node.decode("utf-8", "backslashreplace")
    yield _encode({name: value for name, value in said.items() if value})


def event(lines: Sequence[Line]) -> dict[str, object]:
    """Tell an event by the columns it fills."""
    by_kind: dict[str, list[Line]] = {}
    for each in lines:
        by_kind.setdefault(each.kind, []).append(each)
    call = next((by_kind[kind][0] for kind in _LEADS if kind in by_kind), None)
    lead = next((each for each in lines if each.kind not in (*_DETAILS, *_LEADS)), None)
    main = lead or call or lines[0]
    said: dict[str, object] = {}
    process = call or main
    tell_process(said, process, by_kind)
    if call is not None and (lead is None or lead.kind not in KINDS):
        _tell_call(said, call, by_kind)
    else:
        _tell_kind(said, main)
    tell_actor(said, main, process)
    tell_origin(said, main, by_kind)
    tell_outcome(said, main, call)
    keys = [decoded("key", each.fields["key"]) for each in lines if "key" in each.fields]
    words = [each.words for each in lines if len(each.words) > 5 or " " in each.words]
    rules = [f"key {one}" for key in keys if key for one in key.split("\x01")]
    said["message"] = "; ".join([*words, *rules])
    return said


# What -------------------------------------------------------------------------------------------


def _mean(said: dict[str, object], meaning: Meaning) -> None:
    said["class"], said["activity"], said["action"] = meaning


def _tell_call(said: dict[str, object], call: Line, by_kind: dict[str, list[Line]]) -> None:
    name = call.names.get("SYSCALL") or _call_name(call)
    said["operation"] = name or f"syscall {call.fields.get('syscall', '')}".strip()
    meaning = CALLS.get(name, _PROCESS)
    paths = _paths(by_kind, call, name)
    if meaning.class_uid == _FILE and not paths:
        meaning = _PROCESS
    if meaning == CALLS["open"]:
        meaning = Meaning(_FILE, *_how_opened(name, call, paths))
    sockets = [found for each in by_kind.get("SOCKADDR", ()) if (found := _socket(each))]
    if meaning.class_uid == _NETWORK and not any(each.ip for each in sockets):
        meaning = _PROCESS
    _mean(said, meaning)
    if paths:
        chosen = next((path for kind, path in paths if kind in ("CREATE", "DELETE")), paths[0][1])
        said["thing"], said["thing_type"] = chosen, "file"
        said["things"] = list(dict.fromkeys(path for _, path in paths))
    for each in sockets:
        if each.path:
            said.setdefault("thing", each.path)
            said.setdefault("thing_type", "socket")
        elif each.ip:
            side = "src" if name in ("accept", "accept4", "recvfrom", "recvmsg") else "dst"
            said[f"{side}_ip"], said[f"{side}_port"] = each.ip, each.port
    if meaning.class_uid == _NETWORK:
        said["direction"] = "inbound" if name in ("accept", "accept4") else None


_FILE: Final = 1001
_NETWORK: Final = 4001
_PROCESS: Final = Meaning(1007, 99, "other")


def _call_name(call: Line) -> str:
    number = call.fields.get("syscall", "")
    if not number.isdigit():
        return number if call.fields.get("arch", "")[:1].isalpha() else number or ""
    arch = call.fields.get("arch", "")
    return syscall(ARCHITECTURES.get(arch, arch), number)


def _how_opened(name: str, call: Line, paths: Sequence[tuple[str, str]]) -> tuple[int, str]:
    if any(kind == "CREATE" for kind, _ in paths):
        return 1, "create"
    try:
        flags = int(call.fields.get({"open": "a1", "openat": "a2"}.get(name, ""), "0"), 16)
    except ValueError:
        flags = 0
    return (14, "update") if flags & _WRITES else (14, "read")


def _paths(by_kind: dict[str, list[Line]], call: Line, name: str) -> list[tuple[str, str]]:
    """The kind and the whole path of each thing a call named, its folder not among them."""
    found = []
    cwd = next((decoded("cwd", each.fields.get("cwd", "")) for each in by_kind.get("CWD", ())), "")
    elsewhere = name in _AT and call.fields.get("a0", "").lower() not in _HERE
    for each in by_kind.get("PATH", ()):
        kind = each.fields.get("nametype") or each.fields.get("objtype", "")
        path = decoded("name", each.fields.get("name", ""))
        if kind == "PARENT" or not path:
            continue
        if path[0] != "/" and cwd and not elsewhere:
            path = normpath(join(cwd, path))
        found.append((kind, path))
    return found


def _socket(each: Line) -> Socket | None:
    return sockaddr(each.fields.get("saddr", ""))


_OPS: Final = {
    ("USER_MGMT", "add-user-to-group"): Meaning(3006, 3, "update"),
    ("USER_MGMT", "delete-user-from-group"): Meaning(3006, 4, "update"),
    ("GRP_MGMT", "add-user-to-group"): Meaning(3006, 3, "update"),
    ("GRP_MGMT", "add-user-to-shadow-group"): Meaning(3006, 3, "update"),
    ("GRP_MGMT", "delete-user-from-group"): Meaning(3006, 4, "update"),
    ("GRP_MGMT", "add-shadow-group"): Meaning(3006, 6, "create"),
    ("GRP_MGMT", "add-group"): Meaning(3006, 6, "create"),
    ("GRP_MGMT", "delete-shadow-group"): Meaning(3006, 5, "delete"),
    ("GRP_MGMT", "delete-group"): Meaning(3006, 5, "delete"),
    ("USER_CHAUTHTOK", "change-password"): Meaning(3001, 3, "update"),
    ("USER_CHAUTHTOK", "updating-password"): Meaning(3001, 3, "update"),
    ("USER_CHAUTHTOK", "lock-password"): Meaning(3001, 9, "update"),
    ("USER_CHAUTHTOK", "unlock-password"): Meaning(3001, 12, "update"),
    ("CONFIG_CHANGE", "add_rule"): Meaning(1008, 99, "create"),
    ("CONFIG_CHANGE", "remove_rule"): Meaning(1008, 99, "delete"),
    ("SOFTWARE_UPDATE", "install"): Meaning(6002, 1, "create"),
    ("SOFTWARE_UPDATE", "remove"): Meaning(6002, 2, "delete"),
    ("SOFTWARE_UPDATE", "update"): Meaning(6002, 8, "update"),
}  # fmt: skip


def _tell_kind(said: dict[str, object], main: Line) -> None:
    fields, kind = main.fields, main.kind
    program = base(decoded("exe", fields.get("exe", "")))
    becomes = program in _BECOMES and not (kind in _ASKS and program in _ASKS_ITSELF)
    op = decoded("op", fields.get("op", ""))
    meaning = _meaning(main, op)
    if meaning == KINDS["USER_START"] and becomes and kind not in _ASKS:
        meaning = Meaning(3002, 7, "auth")
    _mean(said, meaning)
    said["operation"], said["op"] = kind, op
    if meaning.class_uid == SIGN_IN:
        said["service"] = program or said.get("process")
    tell = _THINGS.get(meaning.class_uid)
    if tell is not None:
        tell(said, main)
    elif (
        meaning.class_uid == SIGN_IN
        and becomes
        and (acct := decoded("acct", fields.get("acct", "")))
    ):
        said["thing"], said["thing_type"], said["users"] = acct, "user", [acct]
        said["acting_as"] = acct if kind not in _ASKS else ""
    elif "path" in fields or ("name" in fields and kind.startswith("A")):
        said["thing"] = decoded("path", fields.get("path", "")) or decoded("name", fields["name"])
        said["thing_type"] = fields.get("tclass") or "file"
    elif "vm" in fields:
        said["thing"], said["thing_type"] = decoded("vm", fields["vm"]), "virtual machine"
    if kind in ("USER_TTY", "TTY"):
        said["command"] = decoded("data", fields.get("data", ""))
    lost = fields.get("lost") or fields.get("audit_lost") or "0"
    if lost.isdigit() and lost.strip("0"):
        said["detail"] = f"{lost[:20]} audit records were lost"


def _meaning(main: Line, op: str) -> Meaning:
    fields, kind = main.fields, main.kind
    if kind == "CONFIG_CHANGE" and "audit_enabled" in fields:
        return Meaning(1008, 10 if fields["audit_enabled"] == "0" else 9, "update")
    meaning = _OPS.get((kind, op)) or KINDS.get(kind, Meaning(0, 99, "other"))
    if kind in ("AVC", "USER_AVC"):
        asked = decoded("operation", fields.get("operation", "")) or fields.get("seperms", "")
        meaning = APPARMOR.get(asked.split(",")[0], meaning)
        if meaning.class_uid == _FILE and "name" not in fields and "path" not in fields:
            return _PROCESS
    return meaning


def _tell_account(said: dict[str, object], main: Line) -> None:
    uid = decoded("id", main.fields.get("id", ""))
    target = decoded("acct", main.fields.get("acct", "")) or uid
    said["thing"], said["thing_uid"], said["thing_type"] = target, uid, "user"
    said["users"] = [target] if target else []


def _tell_group(said: dict[str, object], main: Line) -> None:
    acct = decoded("acct", main.fields.get("acct", ""))
    group = decoded("grp", main.fields.get("grp", "")) or (acct if "GROUP" in main.kind else "")
    uid = "" if group else decoded("id", main.fields.get("id", ""))
    said["thing"], said["thing_uid"], said["thing_type"] = group or uid, uid, "group"
    said["users"] = [acct] if acct and acct != group else []


def _tell_application(said: dict[str, object], main: Line) -> None:
    unit = decoded("unit", main.fields.get("unit", "")) or decoded("sw", main.fields.get("sw", ""))
    said["thing"] = said["service"] = unit
    said["thing_type"] = "unit" if "unit" in main.fields else "package"


_THINGS: Final = {3001: _tell_account, 3006: _tell_group, 6002: _tell_application}
