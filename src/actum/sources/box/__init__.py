"""Box enterprise events: sign-ins, files, collaborations, administration, Shield alerts.

``source`` is what it was done to: a file or folder as ``item_*`` or plain, or a user or group.
``additional_details`` may be an object or JSON in a string.  A user of id 2 is nobody signed in.
Times have an offset.

Events tell what was done; a failed sign-in says so in its name, what Shield blocked as well.

References:
- Event object: https://developer.box.com/reference/resources/event/
- Enterprise events: https://developer.box.com/guides/events/enterprise-events/
"""

from __future__ import annotations

import re

import msgspec

from actum.sources.addresses import ip
from actum.sources.box.operations import OPERATIONS, VERBS
from actum.sources.seam import Claim, Mapped, plain
from actum.sources.times import utc

NAME = "box"
TITLE = "Box enterprise events"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "type event beside an event_type in capitals, created_by, ip_address or event_id"
MEMBERS = frozenset(("event_type",))
CLAIMS_TEXT = False
unwrap = plain


class By(msgspec.Struct, gc=False):
    """Who did it."""

    type: str | None = None


class Key(msgspec.Struct, gc=False):
    """The members that tell a Box event."""

    type: str
    event_type: str
    event_id: str | None = None
    created_by: By | None = None
    ip_address: str | None = None


_decode = msgspec.json.Decoder(Key).decode
_is_type = re.compile(r"[A-Z][A-Z0-9_]+").fullmatch


def claim(raw: bytes) -> Claim | None:
    """An event by its type."""
    if b'"event_type"' not in raw:
        return None
    try:
        key = _decode(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    if key.type != "event" or _is_type(key.event_type) is None:
        return None
    if key.event_id is None and key.created_by is None and key.ip_address is None:
        return None
    return Claim(NAME, (key.event_id or "").encode("utf-8", "surrogatepass"))


_S, _C = "j.source", "j.created_by"
_CLASS = """CASE WHEN operations_class_uid IN (3006, 6006) AND coalesce(thing, thing_id) IS NULL
    THEN 6003 ELSE coalesce(operations_class_uid, 6003) END"""
"""Without a file or a group there is none to speak of."""
_ACTIVITY = """CASE WHEN NOT ok THEN 0
    WHEN class = operations_class_uid THEN operations_activity_id
    ELSE CASE act WHEN 'create' THEN 1 WHEN 'read' THEN 2 WHEN 'update' THEN 3
        WHEN 'delete' THEN 4 ELSE 99 END END"""
_STATUS = """CASE WHEN NOT ok THEN NULL
    WHEN starts_with(j.event_type, 'FAILED_') OR ends_with(j.event_type, '_FAILED')
        OR ends_with(j.event_type, '_BLOCKED') THEN 'failure'
    WHEN class = 2004 THEN 'unknown' ELSE 'success' END"""
_PERSON = {"id": "VARCHAR", "type": "VARCHAR", "name": "VARCHAR", "login": "VARCHAR"}

MAPPING = Mapped(
    shape={
        **dict.fromkeys(("event_id", "event_type", "created_at", "ip_address", "session_id"),
                        "VARCHAR"),
        "created_by": _PERSON,
        "action_by": _PERSON,
        "source": {**_PERSON, "item_id": "VARCHAR", "item_name": "VARCHAR", "item_type": "VARCHAR",
                   "user_id": "VARCHAR", "user_name": "VARCHAR", "user_email": "VARCHAR",
                   "group_id": "VARCHAR", "group_name": "VARCHAR"},
    },
    objects=("$", "$.created_by", "$.source"),
    known=frozenset((
        "type", "event_id", "event_type", "created_at", "recorded_at", "created_by", "action_by",
        "source", "ip_address", "session_id", "additional_details", "accessible_by",
    )),
    lookups=(OPERATIONS, VERBS),
    steps=(
        {"thing": f"coalesce(nullif({_S}.item_name, ''), nullif({_S}.group_name, ''),"
                  f" nullif({_S}.user_email, ''), nullif({_S}.login, ''),"
                  f" nullif({_S}.user_name, ''), nullif({_S}.name, ''))",
         "thing_id": f"coalesce({_S}.item_id, {_S}.group_id, {_S}.user_id, {_S}.id)",
         "act": "coalesce(operations_act, verbs_act, 'other')",
         "is_nobody": f"{_C}.id = '2'"},
        {"class": _CLASS},
    ),
    columns={
        "time": utc("j.created_at", zoned=True),
        "original_time": "j.created_at",
        "class_uid": "CASE WHEN ok THEN class ELSE 0 END",
        "activity_id": _ACTIVITY,
        "severity_id": "CASE WHEN NOT ok OR class = 2004 THEN 0 ELSE 1 END",
        "action": "CASE WHEN ok THEN act END",
        "api_operation": "j.event_type",
        "api_service_name": "CASE WHEN ok THEN 'Box' END",
        "finding_title": "CASE WHEN class = 2004 THEN j.event_type END",
        "actor_user_uid": f"{_C}.id",
        "actor_user_name": f"coalesce(nullif({_C}.login, ''), nullif({_C}.name, ''))",
        "actor_user_type": f"CASE WHEN is_nobody THEN 'anonymous' ELSE {_C}.type END",
        "actor_user_email": f"CASE WHEN {_C}.login LIKE '%_@_%._%' THEN {_C}.login END",
        "actor_session_uid": "nullif(j.session_id, '')",
        "resource_uid": "thing_id",
        "resource_name": "thing",
        "resource_type": f"coalesce({_S}.item_type, CASE WHEN {_S}.group_id IS NOT NULL"
                         f" THEN 'group' WHEN {_S}.user_id IS NOT NULL THEN 'user' END,"
                         f" {_S}.type)",
        "metadata_product": "CASE WHEN ok THEN 'Box' END",
        "src_endpoint_ip": ip("j.ip_address"),
        "status": _STATUS,
        "metadata_uid": "j.event_id",
        "any_user": f"CASE WHEN coalesce({_S}.user_email, {_S}.login) <> ''"
                    f" AND coalesce({_S}.user_email, {_S}.login) IS DISTINCT FROM {_C}.login"
                    f" THEN [coalesce({_S}.user_email, {_S}.login)] END",
    },
    open={
        "who": "a shared link opened by nobody in particular may name nobody",
        "on what": "an event may have no source",
        "when": "a record trimmed on its way may have lost its time",
        "from where": "what Box does by itself states no address",
    },
)  # fmt: skip
