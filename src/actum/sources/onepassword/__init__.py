"""1Password Events: sign-in attempts, item usages and audit events.

Three kinds of record under one API.  A sign-in attempt has a ``category`` for its outcome and a
``target_user``; an item usage has a vault, an item and a ``user``; an audit event has an
``actor_uuid``, an ``action`` and an object, and names people only in ``actor_details`` and
``object_details``, where the version has them.  Times are RFC 3339 in UTC.

Item usages and audit events tell what was done.

References:
- Events API: https://developer.1password.com/docs/events-api/reference/
- Audit events: https://developer.1password.com/docs/events-api/audit-events/
- Item usage actions: https://developer.1password.com/docs/events-api/item-usage-actions/
"""

from __future__ import annotations

import msgspec

from actum.sources.addresses import ip
from actum.sources.onepassword.operations import OBJECTS, VERBS
from actum.sources.seam import Claim, Mapped, plain
from actum.sources.times import utc

NAME = "onepassword"
TITLE = "1Password Events"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "uuid beside a category and target_user, a vault_uuid and item_uuid, or an actor_uuid"
MEMBERS = frozenset(("target_user", "vault_uuid", "actor_uuid"))
CLAIMS_TEXT = False
unwrap = plain


class User(msgspec.Struct, gc=False):
    """Somebody with an id."""

    uuid: str | None = None


class Key(msgspec.Struct, gc=False):
    """The members that tell each kind of record."""

    uuid: str
    timestamp: str | None = None
    category: str | None = None
    type: str | None = None
    target_user: User | None = None
    vault_uuid: str | None = None
    item_uuid: str | None = None
    user: User | None = None
    actor_uuid: str | None = None
    action: str | None = None
    object_type: str | None = None


_decode = msgspec.json.Decoder(Key).decode


def claim(raw: bytes) -> Claim | None:
    """A record by what only its kind has."""
    if b'"uuid"' not in raw:
        return None
    try:
        key = _decode(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    is_attempt = key.category and key.type and key.target_user
    is_usage = key.vault_uuid and key.item_uuid and key.user
    is_audit = key.actor_uuid and key.action and key.object_type
    if not (is_attempt or is_usage or is_audit):
        return None
    return Claim(NAME, key.uuid.encode("utf-8", "surrogatepass"))


_KIND = """CASE WHEN NOT ok THEN NULL WHEN j.category IS NOT NULL AND j.target_user IS NOT NULL
    THEN 'attempt' WHEN j.vault_uuid IS NOT NULL THEN 'usage' ELSE 'audit' END"""
_STATUS = """CASE kind WHEN 'attempt' THEN CASE
        WHEN j.category IN ('success', 'firewall_reported_success') THEN 'success'
        WHEN ends_with(j.category, '_failed') THEN 'failure' ELSE 'unknown' END
    WHEN 'usage' THEN 'success' WHEN 'audit' THEN 'success' END"""
_U = 'j."user"'
_USER = f"""CASE kind WHEN 'attempt' THEN j.target_user WHEN 'usage' THEN {_U}
    ELSE {{'uuid': j.actor_uuid, 'email': j.actor_details.email,
        'name': j.actor_details.name}} END"""
_CLASS = """CASE kind WHEN 'attempt' THEN 3002 WHEN 'usage' THEN 6005
    ELSE coalesce(objects_class_uid, 6003) END"""
_ACT = """CASE kind WHEN 'attempt' THEN 'auth'
    WHEN 'usage' THEN CASE WHEN j.action IN ('server-create', 'create') THEN 'create'
        WHEN j.action IN ('server-update', 'update') THEN 'update' ELSE 'read' END
    ELSE coalesce(verbs_act, 'other') END"""
_ACTIVITY = """CASE WHEN NOT ok THEN 0
    WHEN kind = 'attempt' THEN 1
    WHEN kind = 'usage' THEN CASE act WHEN 'create' THEN 5 WHEN 'update' THEN 2 ELSE 1 END
    WHEN j.object_type = 'mfa' THEN CASE WHEN starts_with(j.action, 'enbl') THEN 10
        WHEN starts_with(j.action, 'disbl') THEN 11 ELSE 99 END
    WHEN class = 3001 AND j.object_type NOT IN ('user', 'invite', 'sa', 'stguser') THEN 99
    WHEN class = 3001 THEN CASE WHEN j.action IN ('create', 'join', 'provsn', 'prvfrauser') THEN 1
        WHEN j.action IN ('reactive', 'enable') THEN 2 WHEN j.action = 'suspend' THEN 5
        WHEN j.action IN ('delete', 'beginr', 'completr') THEN CASE j.action WHEN 'delete' THEN 6
            ELSE 4 END ELSE 99 END
    WHEN class = 3006 THEN CASE WHEN j.object_type = 'gm' AND act = 'create' THEN 3
        WHEN j.object_type = 'gm' AND act = 'delete' THEN 4 WHEN act = 'create' THEN 6
        WHEN act = 'delete' THEN 5 ELSE 99 END
    WHEN class = 3005 THEN CASE WHEN act IN ('create', 'update') THEN 1
        WHEN act = 'delete' THEN 2 ELSE 99 END
    ELSE CASE act WHEN 'create' THEN 1 WHEN 'read' THEN 2 WHEN 'update' THEN 3
        WHEN 'delete' THEN 4 ELSE 99 END END"""
_SHAPE = {"uuid": "VARCHAR", "name": "VARCHAR", "email": "VARCHAR"}
_OTHERS = (
    "list_distinct(list_filter([coalesce(j.object_details.email, j.object_details.name),"
    " coalesce(j.aux_details.email, j.aux_details.name)],"
    " lambda x: x IS NOT NULL AND x IS DISTINCT FROM person.email))"
)

MAPPING = Mapped(
    shape={
        **dict.fromkeys(
            ("uuid", "session_uuid", "timestamp", "country", "category", "type", "action_type",
             "vault_uuid", "item_uuid", "actor_uuid", "action", "object_type", "object_uuid",
             "aux_uuid", "aux_info"),
            "VARCHAR",
        ),
        "target_user": _SHAPE, "user": _SHAPE, "actor_details": _SHAPE, "object_details": _SHAPE,
        "aux_details": _SHAPE,
        "client": {"app_name": "VARCHAR", "app_version": "VARCHAR", "ip_address": "VARCHAR",
                   "platform_name": "VARCHAR"},
        "session": {"uuid": "VARCHAR", "ip": "VARCHAR", "device_uuid": "VARCHAR"},
        "location": {"country": "VARCHAR"},
    },
    objects=("$", "$.target_user", "$.user", "$.client", "$.actor_details", "$.session"),
    known=frozenset((
        "uuid", "session_uuid", "timestamp", "country", "category", "type", "action_type",
        "details", "target_user", "client", "location", "used_version", "vault_uuid", "item_uuid",
        "user", "action", "actor_uuid", "actor_details", "actor_type", "object_type",
        "object_uuid", "object_details", "aux_id", "aux_uuid", "aux_details", "aux_info",
        "session", "account_uuid",
    )),
    lookups=(OBJECTS, VERBS),
    steps=(
        {"kind": _KIND},
        {"person": _USER, "act": _ACT, "class": _CLASS},
    ),
    columns={
        "time": utc("j.timestamp"),
        "original_time": "j.timestamp",
        "class_uid": "CASE WHEN ok THEN class ELSE 0 END",
        "activity_id": _ACTIVITY,
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "CASE WHEN ok THEN act END",
        "api_operation": "CASE kind WHEN 'attempt' THEN j.type WHEN 'usage'"
                         " THEN coalesce(j.action, 'item usage')"
                         " WHEN 'audit' THEN j.action END",
        "api_service_name": "CASE WHEN ok THEN '1Password' END",
        "message": "nullif(j.aux_info, '')",
        "actor_user_uid": "nullif(person.uuid, '')",
        "actor_user_name": "coalesce(nullif(person.email, ''), nullif(person.name, ''))",
        "actor_user_email": "CASE WHEN person.email LIKE '%_@_%' THEN person.email END",
        "actor_app_name": "nullif(j.client.app_name, '')",
        "actor_session_uid": "coalesce(j.session_uuid, j.session.uuid)",
        "resource_uid": "CASE kind WHEN 'usage' THEN j.item_uuid"
                        " WHEN 'audit' THEN j.object_uuid END",
        "resource_name": "CASE WHEN kind = 'audit' THEN coalesce(j.object_details.email,"
                         " j.object_details.name) END",
        "resource_type": "CASE kind WHEN 'usage' THEN 'item'"
                         " WHEN 'audit' THEN coalesce(objects_name, j.object_type) END",
        "resources": "CASE WHEN kind = 'audit' AND j.aux_uuid <> ''"
                     " THEN [j.object_uuid, j.aux_uuid] END",
        "resource_namespace": "j.vault_uuid",
        "metadata_product": "CASE WHEN ok THEN '1Password' END",
        "device_uid": "j.session.device_uuid",
        "src_endpoint_ip": ip("coalesce(j.client.ip_address, j.session.ip)"),
        "src_endpoint_country": "coalesce(nullif(j.country, ''), nullif(j.location.country, ''))",
        "user_agent": "CASE WHEN j.client.app_name <> '' THEN"
                      " concat_ws(' ', j.client.app_name, nullif(j.client.app_version, '')) END",
        "status": _STATUS,
        "status_code": "CASE WHEN kind = 'attempt' AND j.category <> 'success'"
                       " THEN j.category END",
        "status_detail": "CASE WHEN kind = 'attempt' AND j.category <> 'success' THEN j.type END",
        "metadata_uid": "j.uuid",
        "any_user": f"CASE WHEN kind = 'audit' THEN nullif({_OTHERS}, []) END",
    },
    open={
        "on what": "a sign-in is to the account itself",
        "when": "a record trimmed on its way may have lost its time",
        "from where": "an audit event of a service account may state no address",
    },
)  # fmt: skip
