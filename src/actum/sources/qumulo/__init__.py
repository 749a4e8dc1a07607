"""Qumulo Core audit log: who read, wrote and moved which file, over which protocol.

Sent as syslog (RFC 5424; older receivers write it as RFC 3164, without year and zone, and then its
time stays unknown) with a body of comma-separated values or of JSON, or to CloudWatch Logs as JSON
with other names and no time of its own.  The product leaves out repeated reads of one file.  Values
are written as they are: a body may not be valid JSON (see `body`) and a path may hold quotes.

References:
- https://docs.qumulo.com/administrator-guide/monitoring-and-metrics/how-audit-logging-works.html
- RFC 5424, RFC 3164
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import ip_address

import msgspec

from actum.sources import clocks
from actum.sources.qumulo import body
from actum.sources.seam import Claim, Lookup, Mapped, Unread
from actum.sources.times import utc

NAME = "qumulo"
TITLE = "Qumulo Core audit"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "a syslog line of qumulo, or JSON with user_ip beside user_id, or ip_address beside path_1"
MEMBERS = frozenset(("user_ip", "ip_address"))
CLAIMS_TEXT = True

_LINE = re.compile(
    rb"(?:<\d{1,3}>)?(?:1 )?([A-Z][a-z]{2} [ \d]?\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT[0-9:.]+"
    rb"(?:Z|[+-]\d\d:\d\d)?) (\S+) qumulo(?:\[\d+\])?:? "
    rb"(?:(?:-|\d+) \S+ (?:-|\[[^\]]*\]) (?:\xef\xbb\xbf)?)?(.*)",
    re.DOTALL,
)
_OWN = "body"


def claim(raw: bytes) -> Claim | None:
    """A line of syslog with a body that can be read, or a body alone if it is JSON."""
    if raw[:1] == b"{":
        if b'"user_ip"' not in raw and b'"path_1"' not in raw:
            return None
        content = raw
    elif b" qumulo" in raw and (line := _LINE.fullmatch(raw)) is not None:
        content = line[3]
    else:
        return None
    return Claim(NAME, b"", _OWN) if body.read(content) is not None else None


@lru_cache(maxsize=4_096)
def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:  # noqa: ARG001 - the seam's
    """Make JSON of a line or a body."""
    line = None if raw[:1] == b"{" else _LINE.fullmatch(raw)
    found = body.read(raw if line is None else line[3])
    if found is None:
        yield Unread("not a Qumulo audit message")
        return
    if line is not None:
        try:
            stated, host = line[1].decode(), line[2].decode()
        except UnicodeDecodeError:
            yield Unread("not UTF-8 text")
            return
        found |= {"stated": stated, "time": clocks.rfc3339(stated)}
        if host != "-":
            found["host"] = host
    if not _is_address(found.get("ip", "")):
        found.pop("ip", None)
    yield msgspec.json.encode(found)


_FILES = (
    ("fs_create_file", "create", 1), ("fs_create_directory", "create", 1),
    ("fs_create", "create", 1),
    ("fs_create_symlink", "create", 1), ("fs_create_hard_link", "create", 1),
    ("fs_create_link", "create", 1), ("fs_create_other", "create", 1),
    ("fs_read_data", "read", 2), ("fs_write_data", "update", 3), ("fs_write_metadata", "update", 3),
    ("fs_truncate", "update", 3), ("fs_delete", "delete", 4), ("fs_rename", "update", 5),
    ("fs_open", "read", 14), ("fs_read_metadata", "read", 99), ("fs_list_directory", "read", 99),
    ("fs_list", "read", 99),
)  # fmt: skip
_OPERATIONS = Lookup(
    "files", ("operation", "act", "activity_id"), _FILES, "files.operation = j.operation"
)
_ACT = """CASE
    WHEN NOT ok THEN NULL
    WHEN files_act IS NOT NULL THEN files_act
    WHEN signs_in THEN 'auth'
    WHEN regexp_matches(j.operation, '(^|_)(create|add|new)(_|$)') THEN 'create'
    WHEN regexp_matches(j.operation, '(^|_)(delete|remove)(_|$)') THEN 'delete'
    WHEN regexp_matches(j.operation, '(^|_)(modify|set|update|write|replace|enable|disable)(_|$)')
    THEN 'update'
    WHEN regexp_matches(j.operation, '(^|_)(read|get|list|resolve)(_|$)') THEN 'read'
    ELSE 'other' END"""
_LOGIN = "regexp_full_match(j.operation, '[a-z0-9]+_(login|logoff|logout|session_setup)')"

MAPPING = Mapped(
    shape={
        "time": "VARCHAR", "stated": "VARCHAR", "host": "VARCHAR", "ip": "VARCHAR",
        "user": "VARCHAR", "uid": "VARCHAR", "protocol": "VARCHAR", "operation": "VARCHAR",
        "status": "VARCHAR", "file": "VARCHAR", "path": "VARCHAR", "target": "VARCHAR",
    },
    objects=(),
    lookups=(_OPERATIONS,),
    steps=({"signs_in": _LOGIN}, {"act": _ACT}),
    columns={
        "time": utc("j.time", zoned=True),
        "original_time": "j.stated",
        "class_uid": "CASE WHEN NOT ok THEN 0 WHEN signs_in THEN 3002"
                     " WHEN starts_with(j.operation, 'fs_') THEN 6006 ELSE 6003 END",
        "activity_id": "CASE WHEN NOT ok THEN 0 WHEN signs_in"
                       " THEN CASE WHEN j.operation LIKE '%log_%' AND j.operation NOT LIKE '%login'"
                       " THEN 2 ELSE 1 END WHEN starts_with(j.operation, 'fs_')"
                       " THEN coalesce(files_activity_id, 99) ELSE CASE act WHEN 'create' THEN 1"
                       " WHEN 'read' THEN 2 WHEN 'update' THEN 3 WHEN 'delete' THEN 4"
                       " ELSE 99 END END",
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "act",
        "api_operation": "j.operation",
        "api_service_name": "j.protocol",
        "actor_user_uid": "j.uid",
        "actor_user_name": "j.user",
        "actor_user_type": "CASE WHEN j.protocol = 'internal' AND j.user = 'system'"
                           " THEN 'System' END",
        "resource_uid": "j.file",
        "resource_name": "j.path",
        "resource_type": "CASE WHEN coalesce(j.path, j.file) IS NOT NULL"
                         " AND starts_with(j.operation, 'fs_') THEN 'file' END",
        "resources": "CASE WHEN j.target IS NOT NULL THEN"
                     " list_filter([j.file, j.target], lambda x: x IS NOT NULL) END",
        "metadata_product": "CASE WHEN ok THEN 'Qumulo Core' END",
        "device_hostname": "j.host",
        "src_endpoint_ip": "j.ip",
        "status": "CASE WHEN NOT ok THEN NULL WHEN lower(j.status) IN ('ok', 'success')"
                  " THEN 'success' ELSE 'failure' END",
        "status_code": "CASE WHEN lower(j.status) NOT IN ('ok', 'success') THEN j.status END",
    },
    open={
        "who": "a message may leave the user empty",
        "on what": "acts on the cluster and sign-ins name no file",
        "when": "syslog of RFC 3164 states no year, and CloudWatch keeps the time outside",
        "from where": "what the cluster did by itself comes from no address",
    },
)  # fmt: skip
