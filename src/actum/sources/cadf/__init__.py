"""CADF: the Cloud Auditing Data Federation events of OpenStack, and of whoever writes the same.

An event comes by itself (Hermes, a file of keystonemiddleware), as the ``payload`` of an oslo
notification, or in the string ``oslo.message`` of one on the bus.  Actions are free: ``create``,
``read/list``, ``created.user``, ``create/role_assignment``, ``iam-identity.apikey.login``; the verb
stands first, or last where names are dotted from the service down.  ``pending`` is no outcome yet.

References:
- DSP0262, CADF data format and interface: https://www.dmtf.org/dsp/DSP0262
- DSP2038, CADF for OpenStack: https://www.dmtf.org/dsp/DSP2038
- https://docs.openstack.org/pycadf/latest/event_concept.html
- https://docs.openstack.org/keystone/latest/admin/event_notifications.html
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from actum.sources.addresses import host, ip
from actum.sources.seam import Claim, Lookup, Mapped, Unread
from actum.sources.times import utc

NAME = "cadf"
TITLE = "CADF (OpenStack)"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "action, outcome and eventTime beside an initiator and a target or observer"
MEMBERS = frozenset(("initiator", "initiatorId", "payload", "oslo.message"))
CLAIMS_TEXT = False

_NOTIFICATION, _BUS = "notification", "oslo"


_ABSENT = msgspec.Raw(b"null")


class Event(msgspec.Struct, gc=False):
    """The members that tell a CADF event from other JSON."""

    action: str
    outcome: str
    eventTime: str  # noqa: N815 - CADF's spelling
    id: str = ""
    initiator: msgspec.Raw = _ABSENT
    initiatorId: str | None = None  # noqa: N815
    target: msgspec.Raw = _ABSENT
    targetId: str | None = None  # noqa: N815
    observer: msgspec.Raw = _ABSENT
    observerId: str | None = None  # noqa: N815


class Notification(msgspec.Struct, gc=False):
    """An oslo notification around an event."""

    payload: msgspec.Raw
    event_type: str


class Bus(msgspec.Struct, gc=False):
    """A message on the bus around a notification."""

    message: str = msgspec.field(name="oslo.message")


_event = msgspec.json.Decoder(Event).decode
_notification = msgspec.json.Decoder(Notification).decode
_bus = msgspec.json.Decoder(Bus).decode
_REFUSED = (msgspec.MsgspecError, RecursionError, ValueError)


def claim(raw: bytes) -> Claim | None:
    """An event by its own members, or the wrapping oslo put around one."""
    if b'"initiator' in raw and b'"outcome"' in raw and b'"eventTime"' in raw:
        try:
            return _claimed(_event(raw), "") or None
        except _REFUSED:
            pass
    elif b'"oslo.message"' not in raw:
        return None
    form = _BUS if b'"oslo.message"' in raw else _NOTIFICATION
    try:
        return _claimed(_event(_inside(raw, form)), form)
    except _REFUSED:
        return None


def _claimed(event: Event, form: str) -> Claim | None:
    who = _is_object(event.initiator) or event.initiatorId
    whom = event.targetId or event.observerId or _is_object(event.target)
    whom = whom or _is_object(event.observer)
    return Claim(NAME, event.id.encode("utf-8", "surrogatepass"), form) if who and whom else None


def _is_object(raw: msgspec.Raw) -> bool:
    return bytes(memoryview(raw)[:1]) == b"{"


def _inside(raw: bytes, form: str) -> bytes:
    if form == _BUS:
        raw = _bus(raw).message.encode()
    return bytes(_notification(raw).payload)


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """Take the notification off."""
    try:
        yield _inside(raw, form)
    except _REFUSED as error:
        yield Unread(f"not an oslo notification: {error}")


_VERBS = {
    "create": "create add created import upload capture deploy",
    "read": "read list get show monitor evaluate download export receive",
    "update": "update updated configure enable enabled disable disabled set start stop restart"
    " restore renew rename write patch attach detach resize reboot backup",
    "delete": "delete deleted remove removed undeploy revoke revoked",
    "auth": "authenticate login logon logout logoff",
}
_ROWS = tuple((word, act) for act, words in _VERBS.items() for word in words.split())
_FIRST = Lookup(
    "first", ("word", "act"), _ROWS, "first.word = regexp_extract(lower(j.action), '^[a-z_]+')"
)
_LAST = Lookup(
    "last", ("word", "act"), _ROWS, "last.word = regexp_extract(lower(j.action), '[a-z_]+$')"
)

_I, _T = "j.initiator", "j.target"
_ENDPOINT = {
    "id": "VARCHAR", "name": "VARCHAR", "typeURI": "VARCHAR", "project_id": "VARCHAR",
}  # fmt: skip
_STATUS = """CASE WHEN ok THEN CASE lower(j.outcome)
    WHEN 'success' THEN 'success' WHEN 'failure' THEN 'failure' ELSE 'unknown' END END"""

MAPPING = Mapped(
    shape={
        "id": "VARCHAR", "eventTime": "VARCHAR", "action": "VARCHAR", "outcome": "VARCHAR",
        "initiatorId": "VARCHAR", "targetId": "VARCHAR", "observerId": "VARCHAR",
        "requestPath": "VARCHAR", "logSourceCRN": "VARCHAR", "correlationId": "VARCHAR",
        "message": "VARCHAR", "user": "VARCHAR",
        "reason": {"reasonType": "VARCHAR", "reasonCode": "VARCHAR"},
        "initiator": {
            **_ENDPOINT, "user_id": "VARCHAR", "username": "VARCHAR", "user_name": "VARCHAR",
            "domain_id": "VARCHAR", "request_id": "VARCHAR", "global_request_id": "VARCHAR",
            "host": {"address": "VARCHAR", "agent": "VARCHAR"},
        },
        "target": {**_ENDPOINT, "addresses": [{"url": "VARCHAR"}]},
        "observer": _ENDPOINT,
    },
    objects=("$", "$.initiator", "$.initiator.host", "$.target", "$.observer", "$.reason"),
    known=frozenset((
        "typeURI", "id", "eventTime", "eventType", "action", "outcome", "reason", "initiator",
        "initiatorId", "target", "targetId", "observer", "observerId", "requestPath", "name",
        "attachments", "measurements", "reporterchain", "tags", "severity", "duration",
        "logSourceCRN", "saveServiceCopy", "message", "requestData", "responseData",
        "dataEvent", "correlationId", "resource_info", "role", "project", "domain", "user",
        "group", "inherited_to_projects", "identity_provider", "protocol", "mapping",
    )),
    lookups=(_FIRST, _LAST),
    steps=({
        "act": "CASE WHEN ok THEN coalesce(first_act, last_act, 'other') END",
        "crn": "CASE WHEN j.logSourceCRN LIKE 'crn:%' THEN j.logSourceCRN END",
        "whom": f"coalesce({_T}.name, {_T}.id, j.targetId)",
    }, {
        "about": "CASE WHEN NOT ok OR act NOT IN ('create', 'update', 'delete') THEN NULL"
                 " WHEN lower(j.action) LIKE '%role_assignment' AND (j.\"user\" <> ''"
                 f" OR (whom IS NOT NULL AND {_T}.typeURI LIKE '%account/user')) THEN 'access'"
                 f" WHEN whom IS NULL OR {_T}.typeURI NOT LIKE '%security/account/%' THEN NULL"
                 f" WHEN {_T}.typeURI LIKE '%account/user' THEN 'user'"
                 f" WHEN {_T}.typeURI LIKE '%account/group' THEN 'group' END",
    }),
    columns={
        "time": utc("j.eventTime", zoned=True),
        "original_time": "j.eventTime",
        "class_uid": "CASE WHEN NOT ok THEN 0 WHEN act = 'auth' THEN 3002"
                     " ELSE CASE about WHEN 'user' THEN 3001 WHEN 'group' THEN 3006"
                     " WHEN 'access' THEN 3005 ELSE 6003 END END",
        "activity_id": "CASE WHEN NOT ok THEN 0 WHEN act = 'auth' THEN CASE WHEN"
                       " regexp_matches(lower(j.action), 'log(out|off)') THEN 2 ELSE 1 END"
                       " WHEN about = 'user' THEN CASE act WHEN 'create' THEN 1"
                       " WHEN 'delete' THEN 6 ELSE 99 END"
                       " WHEN about = 'group' THEN CASE act WHEN 'create' THEN 6"
                       " WHEN 'delete' THEN 5 ELSE 99 END"
                       " WHEN about = 'access' THEN CASE act WHEN 'create' THEN 1"
                       " WHEN 'delete' THEN 2 ELSE 99 END"
                       " ELSE CASE act WHEN 'create' THEN 1 WHEN 'read' THEN 2"
                       " WHEN 'update' THEN 3 WHEN 'delete' THEN 4 ELSE 99 END END",
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "act",
        "api_operation": "j.action",
        "api_service_name": "coalesce(j.observer.name, j.observer.typeURI, j.observerId,"
                            f" {_T}.name)",
        "message": "j.message",
        "actor_user_uid": f"coalesce({_I}.user_id, {_I}.id, j.initiatorId)",
        "actor_user_name": f"coalesce({_I}.name, {_I}.username, {_I}.user_name)",
        "actor_user_type": f"{_I}.typeURI",
        "actor_user_email": f"CASE WHEN {_I}.name LIKE '%_@_%._%' THEN {_I}.name END",
        "actor_user_account_uid": f"{_I}.project_id",
        "resource_uid": f"coalesce({_T}.id, j.targetId)",
        "resource_name": f"{_T}.name",
        "resource_type": f"CASE WHEN whom IS NOT NULL THEN {_T}.typeURI END",
        "http_url": f"coalesce(nullif(j.requestPath, ''), {_T}.addresses[1].url)",
        "cloud_provider": "CASE WHEN crn IS NOT NULL THEN 'IBM' WHEN ok THEN 'OpenStack' END",
        "cloud_account_uid": f"coalesce({_T}.project_id, {_I}.project_id,"
                             " nullif(regexp_extract(crn, ':a/([^:]+)', 1), ''))",
        "cloud_region": "nullif(split_part(crn, ':', 6), '')",
        "metadata_product": "CASE WHEN ok THEN 'CADF' END",
        "src_endpoint_ip": ip(f"{_I}.host.address"),
        "src_endpoint_domain": host(f"{_I}.host.address"),
        "user_agent": f"{_I}.host.agent",
        "status": _STATUS,
        "status_code": "j.reason.reasonCode",
        "http_status": "CASE WHEN coalesce(j.reason.reasonType, 'HTTP') = 'HTTP'"
                       " AND regexp_full_match(j.reason.reasonCode, '[1-5][0-9]{2}')"
                       " THEN try_cast(j.reason.reasonCode AS UINTEGER) END",
        "metadata_uid": "j.id",
        "metadata_correlation_uid": f"coalesce(j.correlationId, {_I}.global_request_id,"
                                    f" {_I}.request_id)",
        "any_user": f"CASE WHEN about = 'access' AND j.\"user\" <> '' THEN [j.\"user\"]"
                    f" WHEN {_T}.typeURI LIKE '%account/user' AND whom <>"
                    f" coalesce({_I}.name, {_I}.id, '') THEN [whom] END",
    },
    open={
        "when": "a time without its zone is no time",
        "on what": "some events name their target by a type alone",
        "from where": "lists of events leave the initiator's host out",
    },
)  # fmt: skip
