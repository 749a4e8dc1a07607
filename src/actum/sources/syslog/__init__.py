"""Syslog: what the programs of a host say, a line each.

RFC 5424 and RFC 3164, with and without priority, and the spellings of rsyslog, macOS and ChromeOS.
sshd, sudo, su, login, PAM, the account and group tools, cron and logind are understood; what others
say is kept in its words.  It is a general source: whoever knows a program better is asked before.

RFC 3164 states no year and no zone.  The time is then unknown, unless a user tells both with
``--source syslog:year=2023,zone=+01:00``: the year is that of the first line, and January after
December begins the next.

Lines without a head (a stack trace, a kernel's dump) are of the record before them.  Frames that a
relay wrote without a line break between them stay one record: splitting at what looks like a head
would let anybody who can have words logged write records of his own.  A record has no id: its place
stands for it.

References:
- RFC 5424, RFC 3164, RFC 6587
- https://www.rsyslog.com/doc/configuration/templates.html
- sshd(8), sudo(8), su(1), pam_unix(8), useradd(8), cron(8), systemd-logind.service(8)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from ipaddress import ip_address

import msgspec

from actum.sources.seam import Claim, Mapped, Splitter, Unread
from actum.sources.syslog.headers import BEGINS, Clock, head, parse_options
from actum.sources.syslog.programs import understand
from actum.sources.syslog.splitter import FORM, SyslogSplitter
from actum.sources.times import utc

__all__ = ["MAPPING", "NAME", "SIGNS", "SUPPORT", "TITLE", "VERSION", "claim", "lines", "unwrap"]

NAME = "syslog"
TITLE = "Syslog"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "a line that begins with a priority, or with a time, a host and a program"
MEMBERS: frozenset[str] = frozenset()
CLAIMS_TEXT = True


def claim(raw: bytes) -> Claim | None:
    """A line, and what stands below it."""
    return Claim(NAME, b"", FORM, 0.7) if BEGINS.match(raw) is not None else None


def lines(head: Sequence[bytes], options: str) -> Splitter | None:
    """A text of which half the lines or more begin like syslog's."""
    if options:
        return SyslogSplitter(*parse_options(options))
    first = [each for each in head if each[:1] not in (b" ", b"\t")]
    begun = sum(BEGINS.match(each) is not None for each in first)
    return SyslogSplitter() if begun and begun * 2 >= len(first) else None


_encode = msgspec.json.Encoder().encode


@lru_cache(maxsize=64)
def _clock(form: str) -> Clock:
    _, _, told = form.partition(":")
    year, _, zone = told.partition(":")
    return Clock(year, zone)


@lru_cache(maxsize=4_096)
def _ip(text: str) -> str:
    text = text.strip("[]").split("%")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return ""
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped) if mapped else text


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """One event: what the head says, and what its program is known to mean."""
    text = raw.decode("utf-8", "backslashreplace")
    time, host, tag, pid, severity, words = head(text)
    program = tag.rpartition("/")[2] if tag[:1] == "/" else tag
    words = words.strip()
    said = understand(program, words) or {}
    said["message"] = words
    for name, value in (("stated", time), ("host", host), ("tag", program), ("severity", severity)):
        if value:
            said[name] = value
    if pid.isdigit() and len(pid) < 12:
        said["pid"] = pid
    if time and (known := _clock(form).utc(time)):
        said["time"] = known
    if "class" in said:
        _tell_origin(said)
    yield _encode(said)


def _tell_origin(said: dict[str, object]) -> None:
    """An address where one is stated; any other word is a name."""
    told = str(said.pop("ip", "") or said.pop("origin", ""))
    if told and (address := _ip(told)):
        said["src_ip"] = address
    elif told:
        said["src_name"] = told
    if "dst_ip" in said and not (address := _ip(str(said["dst_ip"]))):
        del said["dst_ip"]


_TEXT = (
    "time", "stated", "host", "tag", "pid", "message", "action", "operation", "status", "user",
    "uid", "key", "session", "acting_as", "target", "target_uid", "group", "group_uid", "job",
    "command", "service", "src_ip", "src_name", "dst_ip", "detail", "code",
)  # fmt: skip
_PORT = "try_cast({} AS UINTEGER)"

MAPPING = Mapped(
    shape={
        **dict.fromkeys(_TEXT, "VARCHAR"),
        **dict.fromkeys(("class", "activity", "severity", "count"), "BIGINT"),
        **dict.fromkeys(("port", "dst_port"), "VARCHAR"),
        "become": "BOOLEAN",
    },
    objects=(),
    columns={
        "time": utc("j.time"),
        "original_time": "j.stated",
        "class_uid": 'coalesce(j."class", 0)',
        "activity_id": "CASE WHEN ok THEN coalesce(j.activity, 99) ELSE 0 END",
        "severity_id": "coalesce(j.severity, 0)",
        "action": "CASE WHEN ok THEN coalesce(j.action, 'other') END",
        "api_operation": "j.operation",
        "api_service_name": 'CASE WHEN j."class" IN (3001, 3002, 3006)'
                            " THEN coalesce(j.service, j.tag) END",
        "message": "j.message",
        "count": 'j."count"',
        "actor_user_uid": "j.uid",
        "actor_user_name": 'j."user"',
        "actor_user_credential_uid": "j.key",
        "actor_session_uid": "j.session",
        "actor_acting_as": "coalesce(j.acting_as, CASE WHEN j.become THEN j.target END)",
        "resource_uid": 'coalesce(j.group_uid, j."group", j.target_uid, j.target, j.job)',
        "resource_name": 'coalesce(j."group", j.target, j.job)',
        "resource_type": "CASE WHEN j.\"group\" IS NOT NULL THEN 'group'"
                         " WHEN j.target IS NOT NULL THEN 'user'"
                         " WHEN j.job IS NOT NULL THEN 'crontab' END",
        "process_name": "j.tag",
        "process_cmd_line": "j.command",
        "process_pid": "try_cast(j.pid AS BIGINT)",
        "metadata_product": "CASE WHEN ok THEN coalesce(j.tag, 'syslog') END",
        "device_hostname": "j.host",
        "src_endpoint_ip": "j.src_ip",
        "src_endpoint_domain": "j.src_name",
        "src_endpoint_port": _PORT.format("j.port"),
        "dst_endpoint_ip": "j.dst_ip",
        "dst_endpoint_port": _PORT.format("j.dst_port"),
        "status": "CASE WHEN ok THEN coalesce(j.status, 'unknown') END",
        "status_code": "j.code",
        "status_detail": "CASE WHEN j.status = 'failure' THEN j.detail END",
        "any_user": "CASE WHEN j.target IS NOT NULL THEN [j.target] END",
    },
    open={
        "who": "a program says who acted only where it decides about somebody",
        "on what": "most of what a program says is about itself",
        "when": "RFC 3164 states neither year nor zone",
        "from where": "a program says where from only where somebody comes over the network",
    },
)  # fmt: skip
