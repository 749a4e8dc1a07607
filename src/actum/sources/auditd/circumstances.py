"""Who did it, by which process, from where, and how it ended: what every event may say.

Rules:

1. The actor is the login uid (``auid``): it survives sudo and su, which the uid does not.  Where it
   is unset, somebody is signing in and is the ``acct``, or a daemon acts as its ``uid``.
2. Of sudo and su the ``acct`` is who the actor becomes; of programs that begin sessions, the actor.
3. The outcome is that of the call, else of the program (``res``), else of SELinux or AppArmor.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import ip_address
from typing import Final

from actum.sources.auditd.fields import Line, decoded, sockaddr, unquoted
from actum.sources.auditd.syscalls import ERRORS

__all__ = [
    "SIGN_IN",
    "arguments",
    "base",
    "tell_actor",
    "tell_origin",
    "tell_outcome",
    "tell_process",
]

SIGN_IN: Final = 3002
"""The OCSF class of signing in."""
_UNSET: Final = frozenset(("", "4294967295", "-1", "unset"))
_BEGINS: Final = frozenset((
    "sshd", "sshd-session", "sshd-auth", "login", "crond", "cron", "atd", "systemd", "gdm", "sddm",
    "gdm-session-worker", "lightdm", "xrdp-sesman", "cockpit-session", "agetty", "in.telnetd",
))  # fmt: skip
"""Programs that begin sessions: there the ``acct`` is whose ``auid`` the session has."""
_PART: Final = re.compile(r"a(\d+)(?:\[(\d+)\])?")
_RESULTS: Final = {
    "success": "success", "yes": "success", "1": "success", "failed": "failure", "no": "failure",
    "0": "failure", "fail": "failure", "failure": "failure",
}  # fmt: skip
_VERDICTS: Final = {"denied": "failure", "granted": "success"}
_APPARMOR: Final = {"DENIED": "failure", "ALLOWED": "success", "AUDIT": "success"}


def base(path: str) -> str:
    """The last part of a path."""
    return path.rpartition("/")[2]


def tell_actor(said: dict[str, object], main: Line, process: Line) -> None:
    """Say who it was (rules 1 and 2)."""
    fields, names = {**process.fields, **main.fields}, {**process.names, **main.names}
    acct = decoded("acct", fields.get("acct", ""))
    auid = decoded("auid", fields.get("auid", ""))
    session = decoded("ses", fields.get("ses", ""))
    said["session"] = "" if session in _UNSET else session
    signs_in = said["class"] == SIGN_IN and "acting_as" not in said
    if auid not in _UNSET:
        said["uid"] = auid if auid.isdigit() else ""
        said["user"] = "" if auid.isdigit() else auid
        name = _name(names, "AUID")
        is_own = signs_in and said.get("service") in _BEGINS
        said["user"] = name or (acct if is_own else "") or said["user"]
        if signs_in and acct and acct != said["user"]:
            said["users"] = [acct]
        return
    if signs_in:
        identity = decoded("id", fields.get("id", ""))
        said["uid"] = "" if identity in _UNSET else identity
        said["user"] = acct or _name(names, "ID")
        if said["uid"] or said["user"]:
            return
    uid = decoded("uid", fields.get("uid", ""))
    if uid not in _UNSET:
        said["uid"] = uid if uid.isdigit() else ""
        said["user"] = _name(names, "UID") if uid.isdigit() else uid
        said["user_type"] = "System"


def _name(names: dict[str, str], key: str) -> str:
    name = names.get(key, "")
    return "" if name in ("unset", "unknown", "") or name.startswith("unknown(") else name


def tell_process(said: dict[str, object], process: Line, by_kind: dict[str, list[Line]]) -> None:
    """Say which process did it, and how it was called."""
    fields = process.fields
    said["process"] = decoded("comm", fields.get("comm", ""))
    said["program"] = decoded("exe", fields.get("exe", ""))
    pid = fields.get("pid", "").rstrip(",")
    if pid.isdigit() and len(pid) < 12:
        said["pid"] = pid
    command = ""
    if "EXECVE" in by_kind:
        command = " ".join(arguments(by_kind["EXECVE"]))
    elif "PROCTITLE" in by_kind:
        command = _title(by_kind["PROCTITLE"][0].fields.get("proctitle", ""))
    elif "cmd" in fields:
        command = decoded("cmd", fields["cmd"])
    said["command"] = command


def _title(value: str) -> str:
    plain = unquoted("proctitle", value)
    return plain.rstrip(b"\0").replace(b"\0", b" ").decode("utf-8", "backslashreplace")


def arguments(lines: Sequence[Line]) -> list[str]:
    """The arguments of a program: long ones are cut in pieces, and many fill several records."""
    pieces: dict[int, list[tuple[int, bytes]]] = {}
    for each in lines:
        for name, value in each.fields.items():
            if (found := _PART.fullmatch(name)) is not None:
                piece = (int(found[2] or 0), unquoted("a0", value))
                pieces.setdefault(int(found[1]), []).append(piece)
    return [
        b"".join(piece for _, piece in sorted(pieces[place])).decode("utf-8", "backslashreplace")
        for place in sorted(pieces)
    ]


@lru_cache(maxsize=4_096)
def _ip(text: str) -> str:
    try:
        found = ip_address(text)
    except ValueError:
        return ""
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or found) if mapped else text


def tell_origin(said: dict[str, object], main: Line, by_kind: dict[str, list[Line]]) -> None:
    """Say from where, if a program said so."""
    fields = main.fields
    address = decoded("addr", fields.get("addr", ""))
    host = decoded("hostname", fields.get("hostname", ""))
    for told in (address, host):
        if told and (ip := _ip(told)):
            said.setdefault("src_ip", ip)
        elif told:
            said.setdefault("src_name", told)
    port = fields.get("rport", "")
    if port.isdigit() and "src_ip" in said:
        said["src_port"] = port
    if ip := _ip(decoded("laddr", fields.get("laddr", ""))):
        said["dst_ip"], said["dst_port"] = ip, fields.get("lport", "")
    if main.kind == "SOCKADDR" and "class" in said:
        for each in by_kind["SOCKADDR"]:
            found = sockaddr(each.fields.get("saddr", ""))
            if found is not None and found.ip:
                said["ips"] = [found.ip]


def tell_outcome(said: dict[str, object], main: Line, call: Line | None) -> None:
    """Say how it ended (rule 3)."""
    fields = main.fields
    result = _RESULTS.get(decoded("success", call.fields.get("success", ""))) if call else None
    if result is None:
        told = decoded("res", fields.get("res", "")) or decoded("result", fields.get("result", ""))
        result = _RESULTS.get(told)
    if result is None and "seresult" in fields and fields.get("permissive") != "1":
        result = _VERDICTS.get(fields["seresult"])
    if result is None and "apparmor" in fields:
        result = _APPARMOR.get(decoded("apparmor", fields["apparmor"]))
    said["status"] = result or "unknown"
    code = call.fields.get("exit", "") if call else ""
    if result == "failure" and code[:1] == "-":
        said["code"] = ERRORS.get(code[1:], code)
    elif result == "failure" and code[:1] == "E":
        said["code"] = code.partition("(")[0]
    if result == "failure" and "op" in said:
        said.setdefault("detail", said["op"])
