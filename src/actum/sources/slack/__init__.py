"""Slack audit logs: an Enterprise organization's sign-ins, users, channels, files and apps.

An entry has one ``entity`` whose ``type`` names the member that holds it, ``details`` that may be
an object or text, and a ``context`` that says in which workspace or enterprise it happened and from
where.  ``date_create`` is seconds since 1970; some pipelines rewrite it as text.  Actions appear
without notice, so one nobody listed is still read.

What the log tells was done; only a sign-in may fail, and a download may be blocked.

References:
- Audit Logs API: https://docs.slack.dev/admins/audit-logs-api
- Actions: https://docs.slack.dev/reference/audit-logs-api/methods-actions-reference
- Anomaly events: https://docs.slack.dev/reference/audit-logs-api/anomalous-events-reference
"""

from __future__ import annotations

import msgspec

from actum.sources.addresses import ip
from actum.sources.seam import Claim, Mapped, plain
from actum.sources.slack.operations import OPERATIONS, VERBS
from actum.sources.times import epoch, utc

NAME = "slack"
TITLE = "Slack audit logs"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "action and an actor with a user, in a context with a location, address or user agent"
MEMBERS = frozenset(("context",))
CLAIMS_TEXT = False
unwrap = plain


class Thing(msgspec.Struct, gc=False):
    """What has an id."""

    id: str | None = None


class Actor(msgspec.Struct, gc=False):
    """Who acted."""

    type: str
    user: Thing | None = None


class Context(msgspec.Struct, gc=False):
    """Where it happened."""

    location: Thing | None = None
    ua: str | None = None
    ip_address: str | None = None


class Key(msgspec.Struct, gc=False):
    """The members that tell a Slack entry from any other."""

    action: str
    actor: Actor
    context: Context
    id: str | None = None
    date_create: int | float | str | None = None


_decode = msgspec.json.Decoder(Key).decode


def claim(raw: bytes) -> Claim | None:
    """An entry by its action, actor and context."""
    if b'"action"' not in raw or b'"context"' not in raw or b'"actor"' not in raw:
        return None
    try:
        key = _decode(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    is_placed = key.context.location is not None or (
        key.context.ua is not None and key.context.ip_address is not None
    )
    if not is_placed or (key.date_create is None and key.actor.user is None):
        return None
    return Claim(NAME, (key.id or "").encode("utf-8", "surrogatepass"))


_KIND = "CASE WHEN regexp_full_match(j.entity.type, '[a-z0-9_]+') THEN j.entity.type END"
_FOUND = """CASE kind WHEN 'user' THEN {'id': j.entity."user".id,
        'name': coalesce(nullif(j.entity."user".email, ''), j.entity."user".name)}
    ELSE CASE WHEN kind IS NOT NULL THEN {'id': text->>('$.entity.' || kind || '.id'),
        'name': coalesce(nullif(text->>('$.entity.' || kind || '.name'), ''),
            text->>('$.entity.' || kind || '.title'))} END END"""
"""The entity is in the member its type names; of any type, so that a new one is found as well."""
_STATUS = """CASE WHEN NOT ok THEN NULL
    WHEN j.action IN ('user_login_failed', 'file_downloaded_blocked') THEN 'failure'
    WHEN ends_with(j.action, '_failed') OR ends_with(j.action, '_blocked') THEN 'failure'
    WHEN operations_class_uid = 2004 THEN 'unknown'
    ELSE 'success' END"""
_ACTIVITY = """CASE WHEN NOT ok THEN 0
    WHEN class = operations_class_uid THEN operations_activity_id
    ELSE CASE act WHEN 'create' THEN 1 WHEN 'read' THEN 2 WHEN 'update' THEN 3
        WHEN 'delete' THEN 4 ELSE 99 END END"""
_CLASS = """CASE WHEN operations_class_uid IN (3006, 6006)
    AND coalesce(found.id, found.name) IS NULL THEN 6003
    ELSE coalesce(operations_class_uid, 6003) END"""
"""Without a file or a group there is none to speak of."""
_TIME = (
    f"CASE WHEN regexp_full_match(j.date_create, '[0-9.]+') THEN {epoch('j.date_create', 'any')}"
    f" ELSE {utc('j.date_create')} END"
)
_U = 'j.actor."user"'
_THING = {"id": "VARCHAR", "name": "VARCHAR"}

MAPPING = Mapped(
    shape={
        "id": "VARCHAR", "date_create": "VARCHAR", "action": "VARCHAR",
        "actor": {"type": "VARCHAR", "user": {"id": "VARCHAR", "name": "VARCHAR",
                  "email": "VARCHAR", "team": "VARCHAR"}},
        "entity": {
            "type": "VARCHAR",
            "user": {**_THING, "email": "VARCHAR"},
        },
        "context": {"app": _THING, "ip_address": "VARCHAR", "ua": "VARCHAR",
                    "session_id": "VARCHAR",
                    "location": {"type": "VARCHAR", "id": "VARCHAR", "name": "VARCHAR"}},
    },
    objects=("$", "$.actor", "$.actor.user", "$.entity", "$.context"),
    known=frozenset(("id", "date_create", "action", "actor", "entity", "context", "details")),
    lookups=(OPERATIONS, VERBS),
    steps=(
        {"kind": _KIND, "act": "coalesce(operations_act, verbs_act, 'other')",
         "place": "j.context.location"},
        {"found": _FOUND},
        {"class": _CLASS},
    ),
    columns={
        "time": _TIME,
        "original_time": "j.date_create",
        "class_uid": "CASE WHEN ok THEN class ELSE 0 END",
        "activity_id": _ACTIVITY,
        "severity_id": "CASE WHEN NOT ok OR class = 2004 THEN 0 ELSE 1 END",
        "action": "CASE WHEN ok THEN act END",
        "api_operation": "j.action",
        "api_service_name": "CASE WHEN ok THEN 'Slack' END",
        "finding_title": "CASE WHEN class = 2004 THEN"
                         " coalesce(text->>'$.details.reason[0]', j.action) END",
        "actor_user_uid": f"nullif({_U}.id, '')",
        "actor_user_name": f"coalesce(nullif({_U}.email, ''), nullif({_U}.name, ''))",
        "actor_user_type": "nullif(j.actor.type, '')",
        "actor_user_email": f"CASE WHEN {_U}.email LIKE '%_@_%' THEN {_U}.email END",
        "actor_user_account_uid": f"nullif({_U}.team, '')",
        "actor_app_name": "coalesce(nullif(j.context.app.name, ''), nullif(j.context.app.id, ''))",
        "actor_session_uid": "nullif(nullif(j.context.session_id, ''), '0')",
        "resource_uid": "nullif(found.id, '')",
        "resource_name": "nullif(found.name, '')",
        "resource_type": "nullif(j.entity.type, '')",
        "cloud_account_uid": "CASE WHEN place.type IS DISTINCT FROM 'enterprise'"
                             " THEN nullif(place.id, '') END",
        "cloud_org_uid": "CASE WHEN place.type = 'enterprise' THEN nullif(place.id, '') END",
        "metadata_product": "CASE WHEN ok THEN 'Slack' END",
        "src_endpoint_ip": ip("j.context.ip_address"),
        "user_agent": "nullif(j.context.ua, '')",
        "status": _STATUS,
        "metadata_uid": "nullif(j.id, '')",
        "any_user": f"CASE WHEN kind = 'user' AND found.name <> ''"
                    f" AND found.id IS DISTINCT FROM {_U}.id THEN [found.name] END",
    },
    open={
        "who": "an action of Slack itself may name no user",
        "on what": "an entry trimmed on its way may have lost its entity",
        "when": "an entry trimmed on its way may have lost its time",
        "from where": "an action of Slack itself states no address",
    },
)  # fmt: skip
