"""The systemd journal, as `journalctl -o export` and `-o json` write it.

What a program says is understood as in `actum.sources.syslog`, but only if the program may say it:
``SYSLOG_IDENTIFIER`` and the words are the client's own, anybody can call himself sshd
(``logger -t sshd …``).  Fields that begin with ``_`` are the journal's.  So words count if the
process ran as root, or was the system's program of that name; else they are only words.  Units that
start, stop and fail, and sessions, are known by their ``MESSAGE_ID``.

Traps: in JSON a value that is no text is an array of bytes, a field that comes twice an array of
values, and one that is too long null; times count microseconds.  The cursor is an entry's own id.

References:
- https://systemd.io/JOURNAL_EXPORT_FORMATS/
- systemd.journal-fields(7), journalctl(1)
- https://github.com/systemd/systemd/blob/main/src/systemd/sd-messages.h (message ids)
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address
from typing import Any, Final

import msgspec

from actum.sources.journald.blocks import BLOCK, BlockSplitter, fields
from actum.sources.seam import Claim, Mapped, Splitter, Unread
from actum.sources.syslog.programs import understand
from actum.sources.times import epoch

__all__ = ["MAPPING", "NAME", "SIGNS", "SUPPORT", "TITLE", "VERSION", "claim", "lines", "unwrap"]

NAME = "journald"
TITLE = "systemd journal"
VERSION = 1
SUPPORT = "vendor documentation"
SIGNS = "__CURSOR and __REALTIME_TIMESTAMP, as JSON or as lines of NAME=value"
MEMBERS = frozenset(("__REALTIME_TIMESTAMP",))
CLAIMS_TEXT = True

_JSON: Final = "json"
_encode = msgspec.json.Encoder().encode


class Key(msgspec.Struct, gc=False):
    """The members by which an entry is known, and known again."""

    time: str = msgspec.field(name="__REALTIME_TIMESTAMP")
    cursor: str = msgspec.field(name="__CURSOR", default="")


_key = msgspec.json.Decoder(Key).decode


def claim(raw: bytes) -> Claim | None:
    """A JSON object of the journal, or one block of an export."""
    if b"__REALTIME_TIMESTAMP" not in raw:
        return None
    if raw.startswith(b"__CURSOR="):
        return Claim(NAME, raw.partition(b"\n")[0][9:], BLOCK)
    try:
        key = _key(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    return Claim(NAME, key.cursor.encode("utf-8", "surrogatepass"), _JSON)


def lines(head: Sequence[bytes], options: str) -> Splitter | None:
    """A text that begins with the cursor of an entry."""
    if options:
        raise ValueError(f"journald knows no options, and was given {options!r}")
    return BlockSplitter() if head and head[0].startswith(b"__CURSOR=") else None


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """One event: what the journal knows of the process, and what its words mean."""
    if form == BLOCK:
        told = {name: values[0] for name, values in fields(raw).items()}
    else:
        found = _object(raw)
        if isinstance(found, Unread):
            yield found
            return
        told = found
    if not told:
        yield Unread("a block without a field")
        return
    said = _said(told)
    yield _encode({name: value for name, value in said.items() if value not in ("", None)})


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise KeyError(next(key for key in keys if keys.count(key) > 1)[:200])
    return found


_decode = json.JSONDecoder(object_pairs_hook=_once).decode


def _object(raw: bytes) -> dict[str, str] | Unread:
    try:
        found = _decode(raw.decode())
    except KeyError as error:
        return Unread(f"a key is given twice: {error.args[0]}")
    except UnicodeDecodeError:
        return Unread("not UTF-8 text")
    except (ValueError, RecursionError):
        return Unread("not valid JSON")
    if not isinstance(found, dict):
        return Unread("not a JSON object")
    return {name: _text(value) for name, value in found.items()}


def _text(value: object) -> str:
    """A value as text: bytes in an array, the first of several values, or as it is."""
    if isinstance(value, list):
        if value and all(isinstance(each, int) and 0 <= each < 256 for each in value):
            return bytes(value).decode("utf-8", "backslashreplace")
        return _text(value[0]) if value and not isinstance(value[0], list) else ""
    return value if isinstance(value, str) else "" if value is None else str(value)


_MESSAGES: Final[Mapping[str, tuple[int, int, str, str]]] = {
    "8d45620c1a4348dbb17410da57c60c66": (3002, 1, "New session", "success"),
    "3354939424b4456d9802ca8333ed424a": (3002, 2, "Removed session", "success"),
    "39f53479d3a045ac8e11786248231fbf": (6002, 3, "Started", "success"),
    "9d1aaa27d60140bd96365438aad20286": (6002, 4, "Stopped", "success"),
    "be02cf6855d2428ba40df7e9d022f03d": (6002, 3, "Failed", "failure"),
}
_SEVERITIES: Final = {"0": 6, "1": 5, "2": 5, "3": 4, "4": 3, "5": 2, "6": 1, "7": 1}
_NOBODY: Final = frozenset(("", "4294967295", "-1"))
_SYSTEMS: Final = ("/usr/", "/bin/", "/sbin/", "/lib/")


def _may_say(told: Mapping[str, str], tag: str) -> bool:
    """Whether this process is who it says it is."""
    if told.get("_UID", "0") == "0":
        return True
    program = told.get("_EXE", "")
    return program.startswith(_SYSTEMS) and program.rpartition("/")[2] == tag


def _said(told: Mapping[str, str]) -> dict[str, object]:
    tag = told.get("SYSLOG_IDENTIFIER") or told.get("_COMM", "")
    tag = tag.rpartition("/")[2] if tag[:1] == "/" else tag
    words = told.get("MESSAGE", "").strip()
    said: dict[str, object] = {}
    if _may_say(told, tag):
        said = _known(told) or understand(tag, words) or {}
    if "class" in said:
        _tell_origin(said)
    login, ran_as = told.get("_AUDIT_LOGINUID", ""), told.get("_UID", "")
    if said.get("class") != _SIGN_IN and not said.get("uid"):
        said["uid"] = ran_as if login in _NOBODY else login
    session = told.get("_AUDIT_SESSION", "")
    pid = told.get("_PID") or told.get("SYSLOG_PID", "")
    return {
        "message": words, "tag": tag, "host": told.get("_HOSTNAME", ""),
        "stated": told.get("__REALTIME_TIMESTAMP", ""), "machine": told.get("_MACHINE_ID", ""),
        "severity": _SEVERITIES.get(told.get("PRIORITY", ""), 0),
        "pid": pid if pid.isdigit() and len(pid) < 12 else "",
        "program": told.get("_EXE", ""), "line": told.get("_CMDLINE", ""),
        "id": told.get("__CURSOR", ""),
        "session": "" if session in _NOBODY else session,
        **{name: value for name, value in said.items() if value not in ("", None)},
    }  # fmt: skip


_SIGN_IN: Final = 3002


def _known(told: Mapping[str, str]) -> dict[str, object] | None:
    """What a message of systemd's own is, by its id."""
    meaning = _MESSAGES.get(told.get("MESSAGE_ID", ""))
    if meaning is None:
        return None
    class_uid, activity, operation, status = meaning
    said: dict[str, object] = {
        "class": class_uid, "activity": activity, "operation": operation, "status": status,
        "action": "auth" if class_uid == _SIGN_IN else "other",
    }  # fmt: skip
    if class_uid == _SIGN_IN:
        return {**said, "session": told.get("SESSION_ID", ""), "user": told.get("USER_ID", "")}
    unit = told.get("UNIT", "") or told.get("USER_UNIT", "")
    return {**said, "unit": unit, "service": unit}


def _tell_origin(said: dict[str, object]) -> None:
    for key in ("ip", "dst_ip"):
        told = said.pop(key, None)
        if told is not None:
            try:
                said["src_ip" if key == "ip" else key] = str(ip_address(str(told)))
            except ValueError:
                said["src_name"] = told
    if (origin := said.pop("origin", None)) is not None:
        try:
            said["src_ip"] = str(ip_address(str(origin)))
        except ValueError:
            said["src_name"] = origin


_TEXT = (
    "stated", "id", "host", "machine", "tag", "pid", "program", "line", "message", "action",
    "operation", "status", "user", "uid", "key", "session", "acting_as", "target", "target_uid",
    "group", "group_uid", "job", "unit", "command", "service", "src_ip", "src_name", "dst_ip",
    "detail", "code", "port", "dst_port",
)  # fmt: skip
_PORT = "try_cast({} AS UINTEGER)"

MAPPING = Mapped(
    shape={
        **dict.fromkeys(_TEXT, "VARCHAR"),
        **dict.fromkeys(("class", "activity", "severity", "count"), "BIGINT"),
        "become": "BOOLEAN",
    },
    objects=(),
    columns={
        "time": epoch("j.stated", "us"),
        "original_time": "j.stated",
        "class_uid": 'coalesce(j."class", 0)',
        "activity_id": "CASE WHEN ok THEN coalesce(j.activity, 99) ELSE 0 END",
        "severity_id": "coalesce(j.severity, 0)",
        "action": "CASE WHEN ok THEN coalesce(j.action, 'other') END",
        "api_operation": "j.operation",
        "api_service_name": 'CASE WHEN j."class" IN (3001, 3002, 3006, 6002)'
                            " THEN coalesce(j.service, j.tag) END",
        "message": "j.message",
        "count": 'j."count"',
        "actor_user_uid": "j.uid",
        "actor_user_name": 'j."user"',
        "actor_user_credential_uid": "j.key",
        "actor_session_uid": "j.session",
        "actor_acting_as": "coalesce(j.acting_as, CASE WHEN j.become THEN j.target END)",
        "resource_uid": 'coalesce(j.group_uid, j."group", j.target_uid, j.target, j.job, j.unit)',
        "resource_name": 'coalesce(j."group", j.target, j.job, j.unit)',
        "resource_type": "CASE WHEN j.\"group\" IS NOT NULL THEN 'group'"
                         " WHEN j.target IS NOT NULL THEN 'user'"
                         " WHEN j.job IS NOT NULL THEN 'crontab'"
                         " WHEN j.unit IS NOT NULL THEN 'unit' END",
        "process_name": "j.tag",
        "process_path": "j.program",
        "process_cmd_line": "coalesce(j.command, j.line)",
        "process_pid": "try_cast(j.pid AS BIGINT)",
        "metadata_product": "CASE WHEN ok THEN 'journald' END",
        "device_hostname": "j.host",
        "device_uid": "j.machine",
        "src_endpoint_ip": "j.src_ip",
        "src_endpoint_domain": "j.src_name",
        "src_endpoint_port": _PORT.format("j.port"),
        "dst_endpoint_ip": "j.dst_ip",
        "dst_endpoint_port": _PORT.format("j.dst_port"),
        "status": "CASE WHEN ok THEN coalesce(j.status, 'unknown') END",
        "status_code": "j.code",
        "status_detail": "CASE WHEN j.status = 'failure' THEN j.detail END",
        "metadata_uid": "j.id",
        "any_user": "CASE WHEN j.target IS NOT NULL THEN [j.target] END",
    },
    open={
        "who": "messages of the kernel and of the journal itself are of no user",
        "on what": "most of what a program says is about itself",
        "when": "an entry may have been cut before its time",
        "from where": "a program says where from only where somebody comes over the network",
    },
)  # fmt: skip
