"""Linux audit: what the kernel and trusted programs write to audit.log.

One act is several lines, all of one node, time and serial: the system call, the program's
arguments, each path, the working directory.  They are assembled (`actum.sources.auditd.assembly`)
also where lines of others stand between them, and are one record and one event.  Lines as auditd
writes them, enriched (0x1D) or not, with ``node=`` or behind a syslog header, and the kernel's own
``type=1400 audit(…)`` are read; so is what the agent of Azure makes of them, in its Syslog table.

Traps: strings with a space in them are hexadecimal; ``auid`` is who signed in and ``uid`` whom the
process runs as; 4294967295 is nobody; a system call's number depends on the architecture; a
program's words (``msg='…'``) must not overrule the kernel's fields before them.  Serials begin anew
at each boot: an event's key has its content in it.  The record's own words and rule keys are the
message.

References:
- https://github.com/linux-audit/audit-documentation/wiki
- auditd.conf(5), auditctl(8), audit.rules(7), ausearch(8), auparse(3)
- https://access.redhat.com/articles/4409591 (audit event fields)
"""

from __future__ import annotations

from collections.abc import Sequence

from actum.sources.auditd.assembly import FORM, AuditSplitter, identity
from actum.sources.auditd.auoms import TABLE, row
from actum.sources.auditd.events import unwrap
from actum.sources.auditd.fields import HEAD
from actum.sources.seam import Claim, Mapped, Splitter
from actum.sources.times import epoch

__all__ = ["MAPPING", "NAME", "SIGNS", "SUPPORT", "TITLE", "VERSION", "claim", "lines", "unwrap"]

NAME = "auditd"
TITLE = "Linux audit"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "type=… msg=audit(time:serial), behind node= or a syslog header at most"
MEMBERS = frozenset(("SyslogMessage",))
CLAIMS_TEXT = True


def claim(raw: bytes) -> Claim | None:
    """One line, or the lines of one event."""
    if b"audit(" not in raw:
        return None
    form = FORM
    found = HEAD.match(raw)
    if found is None and raw[:1] == b"{":
        form, found = TABLE, HEAD.match(row(raw)[0])
    if found is None:
        return None
    where = found["node"] or found["host"] or b""
    return Claim(NAME, identity(where, found["time"], found["serial"], raw), form)


def lines(head: Sequence[bytes], options: str) -> Splitter | None:
    """A text of which half the lines or more are audit's."""
    if options:
        raise ValueError(f"auditd knows no options, and was given {options!r}")
    found = sum(b"audit(" in each and HEAD.match(each) is not None for each in head)
    return AuditSplitter() if found and found * 2 >= len(head) else None


_TEXT = (
    "time", "id", "node", "operation", "action", "user", "uid", "user_type", "session",
    "acting_as", "thing", "thing_uid", "thing_type", "service", "process", "program", "command",
    "src_ip", "src_name", "dst_ip", "direction", "status", "code", "detail", "message",
)  # fmt: skip

MAPPING = Mapped(
    shape={
        **dict.fromkeys(_TEXT, "VARCHAR"),
        **dict.fromkeys(("class", "activity", "pid", "src_port", "dst_port"), "BIGINT"),
        "things": ["VARCHAR"], "users": ["VARCHAR"], "ips": ["VARCHAR"],
    },
    objects=(),
    columns={
        "time": epoch("j.time", "s"),
        "original_time": "j.time",
        "class_uid": 'coalesce(j."class", 0)',
        "activity_id": "coalesce(j.activity, 0)",
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "j.action",
        "api_operation": "j.operation",
        "api_service_name": "j.service",
        "message": "j.message",
        "actor_user_uid": "j.uid",
        "actor_user_name": 'j."user"',
        "actor_user_type": "j.user_type",
        "actor_session_uid": "j.session",
        "actor_acting_as": "j.acting_as",
        "resource_uid": "coalesce(j.thing_uid, j.thing)",
        "resource_name": "j.thing",
        "resource_type": "CASE WHEN j.thing IS NOT NULL THEN j.thing_type END",
        "resources": "j.things",
        "process_name": "j.process",
        "process_path": "j.program",
        "process_cmd_line": "j.command",
        "process_pid": "j.pid",
        "metadata_product": "CASE WHEN ok THEN 'Linux Audit' END",
        "device_hostname": "j.node",
        "src_endpoint_ip": "j.src_ip",
        "src_endpoint_domain": "j.src_name",
        "src_endpoint_port": "CASE WHEN j.src_port BETWEEN 1 AND 65535 THEN j.src_port END",
        "dst_endpoint_ip": "j.dst_ip",
        "dst_endpoint_port": "CASE WHEN j.dst_port BETWEEN 1 AND 65535 THEN j.dst_port END",
        "connection_direction": "j.direction",
        "status": "j.status",
        "status_code": "j.code",
        "status_detail": "j.detail",
        "metadata_uid": "j.id",
        "any_user": "j.users",
        "any_ip": "j.ips",
    },
    open={
        "who": "records of the boot, of the audit daemon and of the kernel name no user",
        "on what": "signing in and the kernel's own records act on nothing they name",
        "when": "a log written with its ids interpreted states its time without a zone",
        "from where": "it happened on the host itself",
    },
)  # fmt: skip
