"""Windows events: the Security log, System, Sysmon, in the spellings they are sent in.

As JSON of winlogbeat (ECS or before), NXLog and others that put all at the top, Wazuh, and of Event
XML converted; and as Event XML, one ``<Event>`` a line or spread over several
(`actum.sources.windows_event.telling`).  What the numbers mean is in
`actum.sources.windows_event.meaning`; an event whose number is not known there keeps its words.

Traps: the actor of a sign-in is its ``Target``, of a change its ``Subject``; a group stands where
else the user stands, and its member in ``MemberName``; ``EventTime`` of NXLog has no zone;
addresses are ``-``, ``::ffff:…`` or ``LOCAL``; process ids are hexadecimal; record numbers begin
anew with a log.  XML that declares a document type is unread.  Files in the binary form, EVTX, are
not read here.

References:
- https://learn.microsoft.com/windows/win32/wes/eventschema-schema
- https://learn.microsoft.com/windows/security/threat-protection/auditing/security-auditing-overview
- https://learn.microsoft.com/sysinternals/downloads/sysmon
- https://www.elastic.co/docs/reference/beats/winlogbeat/exported-fields-winlog
- https://docs.nxlog.co/refman/current/im/msvistalog.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from actum.sources.seam import Claim, Mapped, Splitter, Unread
from actum.sources.times import utc
from actum.sources.windows_event.markup import from_xml
from actum.sources.windows_event.meaning import means
from actum.sources.windows_event.splitter import BEGINS, XML, EventSplitter, identity
from actum.sources.windows_event.telling import Wrong, from_json

__all__ = ["MAPPING", "NAME", "SIGNS", "SUPPORT", "TITLE", "VERSION", "claim", "lines", "unwrap"]

NAME = "windows_event"
TITLE = "Windows Event Log"
VERSION = 1
SUPPORT = "vendor documentation"
SIGNS = "winlog.event_id, EventID beside Channel or provider, Event.System.EventID, or <Event>"
MEMBERS = frozenset(("winlog", "Event", "System", "EventID", "event_id", "data"))
CLAIMS_TEXT = True

_JSON = "json"
_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode = msgspec.json.Encoder().encode
_REFUSED = (msgspec.MsgspecError, RecursionError, ValueError)
_PLACES = ("Channel", "SourceName", "ProviderName", "Provider", "EventSourceName", "LogName")
_HOSTS = ("Hostname", "Computer", "ComputerName", "MachineName", "host")


def claim(raw: bytes) -> Claim | None:
    """JSON with an event's number in one of its places, or event XML."""
    if raw[:1] != b"{":
        is_xml = b"<Event" in raw[:1024] and BEGINS.match(raw) is not None
        return Claim(NAME, identity(raw), XML) if is_xml else None
    if b'"EventID"' not in raw and b'"event_id"' not in raw and b'"eventID"' not in raw:
        return None
    try:
        top = _object(raw)
        is_own = _is_own(top)
    except _REFUSED:
        return None
    return Claim(NAME, identity(raw), _JSON) if is_own else None


def _is_own(top: dict[str, msgspec.Raw]) -> bool:
    if "winlog" in top:
        log = _object(top["winlog"])
        return "event_id" in log and bool(log.keys() & {"channel", "provider_name", "event_data"})
    event = _object(top["Event"]) if "Event" in top else top
    if "System" in event and bytes(event["System"])[:1] == b"{":
        return "EventID" in _object(event["System"])
    if "EventID" in top:
        return bool(top.keys() & set(_PLACES)) and bool(top.keys() & set(_HOSTS))
    if "event_id" in top:
        return "log_name" in top and "computer_name" in top
    if "data" in top and bytes(top["data"])[:1] == b"{":
        win = _object(top["data"]).get("win")
        return win is not None and "eventID" in _object(
            _object(win).get("system", msgspec.Raw(b"{}"))
        )
    return False


def lines(head: Sequence[bytes], options: str) -> Splitter | None:
    """A text that begins with event XML, or with what stands around it."""
    if options:
        raise ValueError(f"windows_event knows no options, and was given {options!r}")
    return EventSplitter() if BEGINS.match(b"\n".join(head[:4])) is not None else None


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """The event of a JSON record; each of the events of XML."""
    if form != XML:
        yield _told(raw, is_xml=False)
        return
    start = raw.find(b"<Event>")
    begin = min((at for at in (start, raw.find(b"<Event ")) if at >= 0), default=-1)
    if begin < 0 or b"<!DOCTYPE" in raw[:begin]:
        yield Unread("an XML document type declaration is refused" if begin >= 0 else "no <Event>")
        return
    for each in raw[begin:].split(b"</Event>"):
        text = each.strip()
        if text and text != b"</Events>":
            yield _told(text + b"</Event>", is_xml=True)


def _told(raw: bytes, *, is_xml: bool) -> bytes | Unread:
    try:
        told = from_xml(raw) if is_xml else from_json(raw.decode())
    except UnicodeDecodeError:
        return Unread("not UTF-8 text")
    except Wrong as error:
        return Unread(str(error))
    said = means(told)
    return _encode({name: value for name, value in said.items() if value})


_TEXT = (
    "time", "stated", "id", "operation", "action", "status", "code", "detail", "message", "service",
    "product", "host", "activity_uid", "user", "uid", "user_type", "session", "acting_as", "thing",
    "thing_uid", "thing_type", "program", "process", "command", "query", "src_ip", "src_name",
    "src_port",
    "dst_ip", "dst_name", "dst_port", "protocol", "direction",
)  # fmt: skip


def _port(name: str) -> str:
    port = f"try_cast({name} AS UINTEGER)"
    return f"CASE WHEN {port} BETWEEN 1 AND 65535 THEN {port} END"


MAPPING = Mapped(
    shape={
        **dict.fromkeys(_TEXT, "VARCHAR"),
        **dict.fromkeys(("class", "activity", "severity", "pid"), "BIGINT"),
        "things": ["VARCHAR"], "users": ["VARCHAR"], "ips": ["VARCHAR"],
    },
    objects=(),
    columns={
        "time": utc("j.time"),
        "original_time": "j.stated",
        "class_uid": 'coalesce(j."class", 0)',
        "activity_id": "coalesce(j.activity, 0)",
        "severity_id": "coalesce(j.severity, 0)",
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
        "query_hostname": "j.query",
        "process_name": "j.process",
        "process_path": "j.program",
        "process_cmd_line": "j.command",
        "process_pid": "j.pid",
        "metadata_product": "j.product",
        "device_hostname": "j.host",
        "src_endpoint_ip": "j.src_ip",
        "src_endpoint_domain": "j.src_name",
        "src_endpoint_port": _port("j.src_port"),
        "dst_endpoint_ip": "j.dst_ip",
        "dst_endpoint_domain": "j.dst_name",
        "dst_endpoint_port": _port("j.dst_port"),
        "connection_protocol": "lower(j.protocol)",
        "connection_direction": "j.direction",
        "status": "j.status",
        "status_code": "j.code",
        "status_detail": "j.detail",
        "metadata_uid": "j.id",
        "metadata_correlation_uid": "j.activity_uid",
        "any_user": "j.users",
        "any_ip": "j.ips",
    },
    open={
        "who": "events of the system itself, and of services, name no user",
        "on what": "signing in acts on nothing but the host",
        "when": "a forwarder may state the time without its zone",
        "from where": "most of it happened on the host itself",
    },
)  # fmt: skip
