"""Okta System Log: sign-ins, users, groups, applications, policies.

A record comes plain (``/api/v1/logs``, log streaming, the ``detail`` of EventBridge), several in
one as an event hook (``data.events[]``, form ``hook``), or with its keys in lower case, as some
pipelines leave them (form ``lower``); the last two are made plain again here.

Traps: ``unknown`` and the text ``null`` stand for nothing.  A sign-in of nobody known keeps what
was typed in ``alternateId``.  CHALLENGE and SKIPPED are no outcome yet.  The session of one sign-in
is ``externalSessionId``, one request is ``transaction.id``, and a request made with an API token
names the token in ``transaction.detail``.  ``published`` is UTC.

References:
- System Log API: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog/
- Event types: https://developer.okta.com/docs/reference/api/event-types/
- Event hooks: https://developer.okta.com/docs/concepts/event-hooks/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from actum.sources.addresses import ip
from actum.sources.okta.casing import restored
from actum.sources.okta.operations import FAMILIES, OPERATIONS, VERBS
from actum.sources.seam import Claim, Mapped, Unread
from actum.sources.times import utc

NAME = "okta"
TITLE = "Okta System Log"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "eventType of dotted words beside an actor with an alternateId, or an event hook of such"
MEMBERS = frozenset(("eventType", "eventtype"))
CLAIMS_TEXT = False


class Actor(msgspec.Struct, gc=False):
    """Who acted, as only Okta writes it, in either case."""

    alternateId: str | None = None  # noqa: N815 - Okta's spelling
    alternateid: str | None = None


class Data(msgspec.Struct, gc=False):
    """What an event hook carries."""

    events: list[msgspec.Raw] | None = None


class Key(msgspec.Struct, gc=False):
    """The few members that tell an Okta event, in either case, or an event hook of several."""

    eventType: str | None = None  # noqa: N815
    eventtype: str | None = None
    actor: Actor | None = None
    uuid: str | None = None
    published: str | None = None
    severity: str | None = None
    data: Data | None = None
    eventId: str | None = None  # noqa: N815


_decode = msgspec.json.Decoder(Key).decode
_REFUSED = (msgspec.MsgspecError, RecursionError, ValueError)
_HOOK = "com.okta.event_hook"
_is_type = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)+").fullmatch


def claim(raw: bytes) -> Claim | None:
    """An event by its actor, or an event hook by its type."""
    if b'"alternateI' not in raw and b'"alternateid"' not in raw:
        return None
    try:
        key = _decode(raw)
        if key.eventType == _HOOK:
            return _hook(key)
        told = key.eventType or key.eventtype
        if told is None or _is_type(told) is None or not _is_okta(key):
            return None
        form = "" if key.eventType and key.actor and key.actor.alternateId is not None else "lower"
        return Claim(NAME, (key.uuid or "").encode(), form)
    except _REFUSED:
        return None


def _is_okta(key: Key) -> bool:
    if key.actor is None or (key.published is None and key.severity is None):
        return False
    return key.actor.alternateId is not None or key.actor.alternateid is not None


def _hook(key: Key) -> Claim | None:
    events = key.data.events if key.data else None
    if not events:
        return None
    one = _decode(events[0]).uuid if len(events) == 1 else key.eventId
    return Claim(NAME, (one or "").encode(), "hook")


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """The events of a hook, or one event with its keys as Okta spells them."""
    if form == "lower":
        yield restored(raw)
        return
    try:
        data = _decode(raw).data
    except _REFUSED as error:
        yield Unread(f"not a readable event hook: {error}")
        return
    for event in (data.events if data else None) or ():
        yield bytes(event)


def _said(value: str) -> str:
    """SQL of a value, NULL where Okta writes ``unknown``, ``null`` or nothing for it."""
    return f"CASE WHEN {value} NOT IN ('', 'unknown', 'null') THEN {value} END"


_KIND = "coalesce(operations_class_uid, families_class_uid, 6003)"
_CLASS = "CASE WHEN kind IN (3004, 3005, 3006) AND j.target[1] IS NULL THEN 6003 ELSE kind END"
"""Without a target there is no entity, no group and no user to speak of."""
_ACT = "coalesce(operations_act, verbs_act, CASE WHEN kind = 3002 THEN 'auth' ELSE 'other' END)"
_ACTIVITY = """CASE WHEN NOT ok THEN 0
    WHEN class = 6003 THEN CASE act WHEN 'create' THEN 1 WHEN 'read' THEN 2 WHEN 'update' THEN 3
        WHEN 'delete' THEN 4 ELSE 99 END
    WHEN operations_activity_id IS NOT NULL THEN operations_activity_id
    WHEN class = 3004 THEN coalesce(verbs_entity_id, 99)
    WHEN class = 2004 THEN 1
    ELSE 99 END"""
_WANTED = """CASE class WHEN 3006 THEN 'UserGroup' WHEN 3005 THEN 'AppInstance'
    WHEN 3002 THEN 'AppInstance' WHEN 3001 THEN 'User' END"""
_MAIN = "coalesce(list_filter(j.target, lambda x: x.type = wanted)[1], j.target[1])"
_USERS = (
    "list_distinct(list_transform(list_concat(list_filter(j.target, lambda x: x.type = 'User'),"
    " list_filter(j.target, lambda x: x.type = 'AppUser')), lambda x: CASE WHEN x.alternateId"
    " NOT IN ('unknown', '', name) THEN x.alternateId END))"
)
_STATUS = """CASE WHEN NOT ok THEN NULL
    WHEN j.outcome.result IN ('SUCCESS', 'ALLOW') THEN 'success'
    WHEN j.outcome.result IN ('FAILURE', 'DENY') THEN 'failure'
    ELSE 'unknown' END"""
_NAME = (
    f"coalesce({_said('j.actor.alternateId')}, {_said('j.actor.displayName')},"
    f" {_said('j.actor.id')})"
)

MAPPING = Mapped(
    shape={
        "published": "VARCHAR", "eventType": "VARCHAR", "displayMessage": "VARCHAR",
        "severity": "VARCHAR", "uuid": "VARCHAR",
        "outcome": {"result": "VARCHAR", "reason": "VARCHAR"},
        "actor": {"id": "VARCHAR", "type": "VARCHAR", "alternateId": "VARCHAR",
                  "displayName": "VARCHAR"},
        "client": {"id": "VARCHAR", "ipAddress": "VARCHAR",
                   "userAgent": {"rawUserAgent": "VARCHAR"},
                   "geographicalContext": {"country": "VARCHAR"}},
        "device": {"id": "VARCHAR", "name": "VARCHAR"},
        "authenticationContext": {"externalSessionId": "VARCHAR"},
        "debugContext": {"debugData": {"requestUri": "VARCHAR"}},
        "transaction": {"id": "VARCHAR", "detail": {"requestApiTokenId": "VARCHAR"}},
        "request": {"ipChain": [{"ip": "VARCHAR"}]},
        "target": [{"id": "VARCHAR", "type": "VARCHAR", "alternateId": "VARCHAR",
                    "displayName": "VARCHAR"}],
    },
    objects=("$", "$.actor", "$.client", "$.outcome", "$.authenticationContext", "$.transaction"),
    known=frozenset((
        "actor", "client", "device", "authenticationContext", "displayMessage", "eventType",
        "outcome", "published", "securityContext", "severity", "debugContext", "legacyEventType",
        "transaction", "uuid", "version", "request", "target",
    )),
    lookups=(OPERATIONS, FAMILIES, VERBS),
    steps=(
        {"kind": _KIND, "name": _NAME, "address": ip("j.client.ipAddress")},
        {"act": _ACT, "class": _CLASS},
        {"wanted": _WANTED},
        {"main": _MAIN},
    ),
    columns={
        "time": utc("j.published"),
        "original_time": "j.published",
        "class_uid": "CASE WHEN ok THEN class ELSE 0 END",
        "activity_id": _ACTIVITY,
        "severity_id": "CASE WHEN NOT ok THEN 0 WHEN j.severity IN ('INFO', 'DEBUG') THEN 1"
                       " WHEN j.severity = 'WARN' THEN 3 WHEN j.severity = 'ERROR' THEN 4"
                       " ELSE 0 END",
        "action": "CASE WHEN ok THEN act END",
        "api_operation": "j.eventType",
        "api_service_name": "CASE WHEN ok THEN 'Okta' END",
        "message": "j.displayMessage",
        "finding_title": "CASE WHEN kind = 2004 THEN coalesce(j.displayMessage, j.eventType) END",
        "actor_user_uid": _said("j.actor.id"),
        "actor_user_name": "name",
        "actor_user_type": "j.actor.type",
        "actor_user_email": "CASE WHEN j.actor.type = 'User' AND j.actor.alternateId LIKE '%_@_%'"
                            " THEN j.actor.alternateId END",
        "actor_user_credential_uid": "j.transaction.detail.requestApiTokenId",
        "actor_session_uid": _said("j.authenticationContext.externalSessionId"),
        "actor_app_name": f"CASE WHEN j.client.id IS DISTINCT FROM j.actor.id"
                          f" THEN {_said('j.client.id')} END",
        "actor_session_mfa": "CASE WHEN j.eventType = 'user.authentication.auth_via_mfa'"
                             " AND j.outcome.result = 'SUCCESS' THEN true END",
        "resource_uid": _said("main.id"),
        "resource_name": f"coalesce({_said('main.alternateId')}, {_said('main.displayName')})",
        "resource_type": "main.type",
        "resources": "CASE WHEN len(j.target) > 1"
                     " THEN list_filter(list_transform(j.target, lambda x: x.id),"
                     " lambda x: x IS NOT NULL) END",
        "http_url": "j.debugContext.debugData.requestUri",
        "metadata_product": "CASE WHEN ok THEN 'Okta' END",
        "device_uid": "j.device.id",
        "device_hostname": "j.device.name",
        "src_endpoint_ip": "address",
        "src_endpoint_country": "j.client.geographicalContext.country",
        "user_agent": _said("j.client.userAgent.rawUserAgent"),
        "status": _STATUS,
        "status_detail": "nullif(j.outcome.reason, '')",
        "metadata_uid": "j.uuid",
        "metadata_correlation_uid": _said("j.transaction.id"),
        "issued_credential_uid": "CASE WHEN j.eventType = 'system.api_token.create'"
                                 " THEN main.id END",
        "any_user": f"CASE WHEN j.target IS NOT NULL THEN nullif(list_filter({_USERS},"
                    " lambda x: x IS NOT NULL), []) END",
        "any_ip": "CASE WHEN len(j.request.ipChain) > 1 THEN nullif(list_filter(list_distinct("
                  f"list_transform(j.request.ipChain, lambda x: {ip('x.ip')})),"
                  " lambda x: x IS NOT NULL AND x IS DISTINCT FROM address), []) END",
    },
    open={
        "who": "an event may name its actor only as unknown",
        "on what": "sign-ins and system events may have no target",
        "when": "a record trimmed on its way may have lost its time",
        "from where": "Okta's own agents and jobs state no address",
    },
)  # fmt: skip
