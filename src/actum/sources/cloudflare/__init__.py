"""Cloudflare audit logs: what people and tokens did to an account, in four spellings.

Version 1 and version 2 as the API gives them, and both as Logpush writes them (flat, in upper
camel case).  Version 1 calls everything by a word (``add``, ``login``, ``rec_del``); version 2 by
the kind of act (``create``, ``view``, …) beside a sentence, and writes one record a request.  The
form tells the flat spellings from the others; they are made into those before they are read.

References:
- https://developers.cloudflare.com/fundamentals/account/account-security/review-audit-logs/
- https://developers.cloudflare.com/fundamentals/account/account-security/audit-logs/
- Logpush: https://developers.cloudflare.com/logs/logpush/logpush-job/datasets/account/audit_logs/
- Logpush: https://developers.cloudflare.com/logs/logpush/logpush-job/datasets/account/audit_logs_v2/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from actum.sources.addresses import ip
from actum.sources.seam import Claim, Lookup, Mapped, Unread
from actum.sources.times import epoch, utc

NAME = "cloudflare"
TITLE = "Cloudflare audit logs"
VERSION = 1
SUPPORT = "vendor documentation"
SIGNS = "action.type beside actor, resource, and when or action.time; Logpush's ActionType"
MEMBERS = frozenset(("ActionType", "resource"))
CLAIMS_TEXT = False

_PUSHED_1, _PUSHED_2 = "logpush", "logpush2"


class Action(msgspec.Struct, gc=False):
    """What was done, in either version."""

    type: str
    result: bool | str | None = None
    time: str | int | None = None


class Actor(msgspec.Struct, gc=False):
    """Who did it."""

    type: str | None = None
    id: str | None = None


class Entry(msgspec.Struct, gc=False):
    """An entry of the API."""

    action: Action
    actor: Actor
    id: str
    when: str | int | None = None
    resource: dict[str, msgspec.Raw] | None = None
    owner: dict[str, msgspec.Raw] | None = None
    account: dict[str, msgspec.Raw] | None = None


class Pushed(msgspec.Struct, gc=False):
    """An entry of Logpush."""

    ActionType: str
    ActorType: str | None = None
    ResourceType: str | None = None
    ID: str = ""
    When: str | int | None = None
    AuditLogID: str = ""
    ActionTimestamp: str | int | None = None


_entry = msgspec.json.Decoder(Entry).decode
_pushed = msgspec.json.Decoder(Pushed).decode
_REFUSED = (msgspec.MsgspecError, RecursionError, ValueError)


def claim(raw: bytes) -> Claim | None:
    """An entry of either version, from the API or from Logpush."""
    try:
        if b'"ActionType"' in raw and b'"Actor' in raw:
            flat = _pushed(raw)
            if flat.AuditLogID and flat.ActionTimestamp is not None:
                return Claim(NAME, flat.AuditLogID.encode(), _PUSHED_2)
            if flat.ID and flat.When is not None and b'"ActionResult"' in raw:
                return Claim(NAME, flat.ID.encode(), _PUSHED_1)
        elif b'"action"' in raw and b'"actor"' in raw and b'"resource"' in raw:
            entry = _entry(raw)
            first = entry.when is not None and entry.owner is not None
            second = entry.action.time is not None and entry.account is not None
            if entry.resource is not None and (first or second):
                return Claim(NAME, entry.id.encode())
    except _REFUSED:
        pass
    return None


_FLAT_1: Mapping[str, tuple[str, ...]] = {
    "ID": ("id",), "When": ("when",), "Interface": ("interface",), "OwnerID": ("owner", "id"),
    "ActionType": ("action", "type"), "ActionResult": ("action", "result"),
    "ActorEmail": ("actor", "email"), "ActorID": ("actor", "id"), "ActorIP": ("actor", "ip"),
    "ActorType": ("actor", "type"), "ResourceID": ("resource", "id"),
    "ResourceType": ("resource", "type"), "Metadata": ("metadata",), "NewValue": ("newValueJson",),
    "OldValue": ("oldValueJson",),
}  # fmt: skip
_FLAT_2: Mapping[str, tuple[str, ...]] = {
    "AuditLogID": ("id",), "AccountID": ("account", "id"), "AccountName": ("account", "name"),
    "ActionDescription": ("action", "description"), "ActionResult": ("action", "result"),
    "ActionTimestamp": ("action", "time"), "ActionType": ("action", "type"),
    "ActorContext": ("actor", "context"), "ActorEmail": ("actor", "email"),
    "ActorID": ("actor", "id"), "ActorIPAddress": ("actor", "ip_address"),
    "ActorType": ("actor", "type"), "ResourceID": ("resource", "id"),
    "ResourceProduct": ("resource", "product"), "ResourceScope": ("resource", "scope"),
    "ResourceType": ("resource", "type"), "ZoneID": ("zone", "id"), "ZoneName": ("zone", "name"),
    "Raw": ("raw",), "ActorTokenDetails": ("actor", "token_details"),
}  # fmt: skip
_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """Put the flat members of Logpush where the API has them."""
    try:
        members = _members(raw)
    except _REFUSED as error:
        yield Unread(f"not valid JSON: {error}")
        return
    places = _FLAT_2 if form == _PUSHED_2 else _FLAT_1
    made: dict[str, object] = {}
    for name, value in members.items():
        path = places.get(name)
        if path is None:
            continue
        if len(path) == 1:
            made[path[0]] = value
        else:
            inner = made.setdefault(path[0], {})
            if isinstance(inner, dict):
                inner[path[1]] = value
    yield msgspec.json.encode(made)


_WORDS = {
    "create": "create add invite upload enroll import generate issue purchase register rec_add",
    "read": "view read get list export download",
    "update": "update edit change change_setting set enable disable modify reset rotate roll renew"
    " purge deploy activate deactivate pause unpause move rec_set toggle publish",
    "delete": "delete remove revoke rec_del delete_setting cancel expire",
    "auth": "login logout sign_in sso_login login_failed two_factor_login",
}
_VERBS = Lookup(
    "verbs",
    ("word", "act"),
    tuple((word, act) for act, words in _WORDS.items() for word in words.split()),
    "verbs.word = lower(j.action.type)",
)

_A, _R = "j.actor", "j.resource"
_STATUS = """CASE WHEN NOT ok THEN NULL
    WHEN lower(j.action.result) IN ('true', 'success') THEN 'success'
    WHEN lower(j.action.result) IN ('false', 'failure') THEN 'failure' ELSE 'unknown' END"""

MAPPING = Mapped(
    shape={
        "id": "VARCHAR", "when": "VARCHAR", "interface": "VARCHAR",
        "action": {
            "type": "VARCHAR", "result": "VARCHAR", "time": "VARCHAR", "description": "VARCHAR",
            "info": "VARCHAR",
        },
        "actor": {
            "id": "VARCHAR", "email": "VARCHAR", "ip": "VARCHAR", "ip_address": "VARCHAR",
            "type": "VARCHAR", "context": "VARCHAR", "token_id": "VARCHAR", "token_name": "VARCHAR",
        },
        "owner": {"id": "VARCHAR"}, "account": {"id": "VARCHAR"},
        "resource": {"id": "VARCHAR", "type": "VARCHAR", "product": "VARCHAR"},
        "zone": {"name": "VARCHAR"},
        "raw": {
            "cf_ray_id": "VARCHAR", "cf_rayid": "VARCHAR", "method": "VARCHAR",
            "status_code": "VARCHAR", "uri": "VARCHAR", "user_agent": "VARCHAR",
        },
        "metadata": {"zone_name": "VARCHAR", "user_email": "VARCHAR"},
    },
    objects=("$", "$.action", "$.actor", "$.resource", "$.owner", "$.account", "$.raw"),
    known=frozenset((
        "id", "when", "interface", "action", "actor", "owner", "account", "resource", "zone",
        "raw", "metadata", "newValue", "oldValue", "newValueJson", "oldValueJson",
        "organization",
    )),
    lookups=(_VERBS,),
    steps=(
        {
            "act": "CASE WHEN ok THEN coalesce(verbs_act, 'other') END",
            "stated": "coalesce(j.action.time, j.when)",
            "address": f"coalesce({_A}.ip_address, {_A}.ip)",
            "whom": "j.metadata.user_email",
        },
    ),
    columns={
        "time": f"coalesce({utc('stated', zoned=True)}, {epoch('stated', 'any')})",
        "original_time": "stated",
        "class_uid": "CASE WHEN NOT ok THEN 0 WHEN act = 'auth' THEN 3002 ELSE 6003 END",
        "activity_id": "CASE WHEN NOT ok THEN 0 WHEN act = 'auth'"
                       " THEN CASE WHEN lower(j.action.type) = 'logout' THEN 2 ELSE 1 END"
                       " ELSE CASE act WHEN 'create' THEN 1 WHEN 'read' THEN 2"
                       " WHEN 'update' THEN 3 WHEN 'delete' THEN 4 ELSE 99 END END",
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "act",
        "api_operation": "j.action.type",
        "api_service_name": f"CASE WHEN ok THEN coalesce(nullif({_R}.product, ''),"
                            " nullif(j.interface, ''), 'Cloudflare') END",
        "message": "coalesce(nullif(j.action.description, ''), nullif(j.action.info, ''))",
        "actor_user_uid": f"nullif({_A}.id, '')",
        "actor_user_name": f"coalesce(nullif({_A}.email, ''), nullif({_A}.token_name, ''),"
                           f" CASE WHEN coalesce({_A}.id, '') = '' THEN nullif({_A}.type, '') END)",
        "actor_user_type": f"nullif({_A}.type, '')",
        "actor_user_email": f"nullif({_A}.email, '')",
        "actor_user_credential_uid": f"nullif({_A}.token_id, '')",
        "resource_uid": f"nullif({_R}.id, '')",
        "resource_name": "coalesce(nullif(j.zone.name, ''), nullif(j.metadata.zone_name, ''))",
        "resource_type": f"CASE WHEN coalesce(nullif({_R}.id, ''), nullif(j.zone.name, ''),"
                         " nullif(j.metadata.zone_name, '')) IS NOT NULL"
                         f" THEN nullif({_R}.type, '') END",
        "http_method": "nullif(j.raw.method, '')",
        "http_url": "nullif(j.raw.uri, '')",
        "cloud_provider": "CASE WHEN ok THEN 'Cloudflare' END",
        "cloud_account_uid": "coalesce(nullif(j.account.id, ''), nullif(j.owner.id, ''))",
        "metadata_product": "CASE WHEN ok THEN 'Cloudflare Audit Logs' END",
        "src_endpoint_ip": ip("address"),
        "user_agent": "nullif(j.raw.user_agent, '')",
        "status": _STATUS,
        "http_status": "CASE WHEN regexp_full_match(j.raw.status_code, '[1-5][0-9]{2}')"
                       " THEN try_cast(j.raw.status_code AS UINTEGER) END",
        "metadata_uid": "j.id",
        "metadata_correlation_uid": "coalesce(nullif(j.raw.cf_ray_id, ''),"
                                    " nullif(j.raw.cf_rayid, ''))",
        "any_user": "CASE WHEN whom <> '' THEN [whom] END",
    },
    open={
        "on what": "sign-ins and whole-account operations name no resource",
        "from where": "what Cloudflare did by itself states no address",
        "who": "what Cloudflare did by itself may name nobody",
        "when": "a time that is neither a count nor has its zone is no time",
    },
)  # fmt: skip
