"""Actum's own application event: what a product team writes when a customer's user does something.

One JSON object an event, marked by ``"actum": "event/v1"``.  Only ``actum``, ``time`` and
``action`` are needed; what is not known is left out, never made up.

=============  ===================================================================================
``actum``      ``"event/v1"``
``time``       when it happened, RFC 3339 with its zone
``action``     ``thing.verb`` in small letters, the verb in the past: ``invoice.deleted``,
               ``user.logged_in``, ``project.member.added``, ``report.exported``
``id``         the event's own id, unique within its ``tenant``; sent again, it is one event
``tenant``     whose data it is: the customer's account
``actor``      who: ``{id, type, name, email, session, credential, mfa, ip}``; ``type`` is ``user``,
               ``service``, ``system``, ``support`` or a word of yours; ``acting_as`` is an actor as
               well: whom a support engineer has become
``target``     what it was done to: ``{id, type, name}``; ``targets`` is a list of such, the main
               one first
``kind``       ``create``, ``read``, ``update``, ``delete``, ``auth`` or ``other``, where the verb
               does not tell
``outcome``    ``success``, ``failure`` or ``unknown``: no outcome is unknown
``reason``     why it failed, in words; ``code`` is the same for programs
``context``    from where: ``{ip, country, user_agent, request_id, trace_id, service, environment,
               region, host, http: {method, url, status}}``
``before``     the target's changed members as they were, ``after`` as they are now
``metadata``   anything else; kept, and not looked at
``message``    the same in a sentence for people
=============  ===================================================================================

A sign-in (``*.logged_in``, ``*.login_failed``, ``*.logged_out``) is an Authentication in OCSF, an
act on a target of type ``user`` an Account Change, on a ``group`` or its members a Group
Management, on roles and permissions a User Access Management, on any other target a Web Resources
Activity; an act without a target is an API Activity.

References:
- This page is the definition.  Times: RFC 3339.
- Classes: https://schema.ocsf.io/1.8.0/classes/web_resources_activity
"""

from __future__ import annotations

import msgspec

from actum.sources.acts import act_of
from actum.sources.addresses import host, ip
from actum.sources.seam import Claim, Mapped, plain
from actum.sources.times import utc

NAME = "app"
TITLE = "Actum application events"
VERSION = 1
SUPPORT = "vendor documentation"
SIGNS = "actum: event/v1"
MEMBERS = frozenset(("actum",))
CLAIMS_TEXT = False
unwrap = plain


class _Key(msgspec.Struct, gc=False):
    actum: str
    id: object = None
    tenant: object = None


_decode = msgspec.json.Decoder(_Key).decode


def claim(raw: bytes) -> Claim | None:
    """An event that says it is one."""
    if b'"event/v1"' not in raw:
        return None
    try:
        key = _decode(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    if key.actum != "event/v1":
        return None
    if not isinstance(key.id, str | int) or key.id == "":
        return Claim(NAME, b"")
    return Claim(NAME, msgspec.json.encode([key.tenant, key.id]))


_V = "VARCHAR"
_ACTOR = {
    "id": _V, "type": _V, "name": _V, "email": _V, "session": _V, "credential": _V, "mfa": _V,
    "ip": _V,
}  # fmt: skip
_TARGET = {"id": _V, "type": _V, "name": _V}
_A = "lower(j.action)"
_SIGN_IN = "(log(ged)?|sign(ed)?)[-_ ]?(in|on)|login|logon|authenticat"
_SIGN_OUT = "(log(ged)?|sign(ed)?)[-_ ]?(out|off)|logout|logoff"

_CLASS = f"""CASE
    WHEN NOT ok THEN 0
    WHEN regexp_matches({_A}, '[._]({_SIGN_IN}|{_SIGN_OUT})|^({_SIGN_IN}|{_SIGN_OUT})') THEN 3002
    WHEN regexp_matches({_A}, '(^|[._])(role|permission|privilege|access)s?[._]'
        '(granted|revoked|assigned|unassigned|added|removed)') THEN 3005
    WHEN regexp_matches({_A}, '(^|[._])members?[._](added|removed|invited|joined|left)')
        OR lower(main.type) IN ('group', 'team') THEN 3006
    WHEN lower(main.type) IN ('user', 'account', 'member', 'service_account') THEN 3001
    WHEN coalesce(main.id, main.name) IS NOT NULL THEN 6001
    WHEN j.action IS NOT NULL THEN 6003
    ELSE 0 END"""

_CHANGES = {"created": 1, "invited": 1, "registered": 1, "enabled": 2, "activated": 2,
            "reactivated": 2, "disabled": 5, "deactivated": 5, "suspended": 5, "deleted": 6,
            "removed": 6, "locked": 9, "unlocked": 12}  # fmt: skip
_PASSWORD = (
    f"CASE WHEN contains({_A}, 'password') AND contains({_A}, 'reset') THEN 4"
    f" WHEN contains({_A}, 'password') THEN 3 END"
)
_MFA = (
    f"CASE WHEN regexp_matches({_A}, '(mfa|2fa|factor)') THEN"
    f" CASE WHEN regexp_matches({_A}, '(dis|remov|delet)') THEN 11 ELSE 10 END END"
)
_LAST = f"regexp_extract({_A}, '([a-z]+)$', 1)"
_ACTIVITY = f"""CASE class
    WHEN 0 THEN 0
    WHEN 3002 THEN CASE WHEN regexp_matches({_A}, '{_SIGN_OUT}') THEN 2 ELSE 1 END
    WHEN 3005 THEN CASE WHEN regexp_matches({_A}, '(revoked|unassigned|removed)$') THEN 2 ELSE 1 END
    WHEN 3006 THEN CASE WHEN regexp_matches({_A}, 'members?[._](added|joined|invited)$') THEN 3
        WHEN regexp_matches({_A}, 'members?[._](removed|left)$') THEN 4
        WHEN {_LAST} = 'created' THEN 6 WHEN {_LAST} = 'deleted' THEN 5 ELSE 99 END
    WHEN 3001 THEN coalesce({_PASSWORD}, {_MFA}, CASE {_LAST} {
    " ".join(f"WHEN '{word}' THEN {number}" for word, number in _CHANGES.items())
} ELSE 99 END)
    ELSE CASE WHEN class = 6001 AND {_LAST} IN ('searched', 'imported', 'exported', 'shared')
        THEN CASE {_LAST} WHEN 'searched' THEN 5 WHEN 'imported' THEN 6 WHEN 'exported' THEN 7
        ELSE 8 END ELSE CASE act WHEN 'create' THEN 1 WHEN 'read' THEN 2
        WHEN 'update' THEN 3 WHEN 'delete' THEN 4 ELSE 99 END END END"""

_ACT = f"""CASE WHEN NOT ok THEN NULL
    WHEN lower(j.kind) IN ('create', 'read', 'update', 'delete', 'auth', 'other')
    THEN lower(j.kind) WHEN class = 3002 THEN 'auth'
    WHEN class = 3005 OR class = 3006 AND {_LAST} NOT IN ('created', 'deleted') THEN 'update'
    ELSE coalesce({act_of("j.action")}, 'other') END"""
_MAIN = "CASE WHEN j.target IS NOT NULL THEN j.target ELSE j.targets[1] END"
_CAME = "coalesce(j.context.ip, j.actor.ip)"
_TIME = utc("j.time", zoned=True)
_NAMED = "coalesce(nullif(x.name, ''), nullif(x.id, ''))"
_IS_USER = "lower(x.type) IN ('user', 'account', 'member', 'service_account')"

MAPPING = Mapped(
    shape={
        "actum": _V, "id": _V, "time": _V, "tenant": _V, "action": _V, "kind": _V, "message": _V,
        "actor": {**_ACTOR, "acting_as": {"id": _V, "name": _V, "email": _V}},
        "target": _TARGET, "targets": [_TARGET],
        "outcome": _V, "reason": _V, "code": _V,
        "context": {
            "ip": _V, "country": _V, "user_agent": _V, "request_id": _V, "trace_id": _V,
            "service": _V, "environment": _V, "region": _V, "host": _V,
            "http": {"method": _V, "url": _V, "status": _V},
        },
    },
    objects=("$", "$.actor", "$.actor.acting_as", "$.target", "$.context", "$.context.http"),
    known=frozenset((
        "actum", "id", "time", "tenant", "action", "kind", "message", "actor", "target", "targets",
        "outcome", "reason", "code", "context", "before", "after", "metadata",
    )),
    steps=(
        {"main": _MAIN, "came_from": ip(_CAME)},
        {"class": _CLASS},
        {"act": _ACT},
    ),
    columns={
        "time": _TIME,
        "original_time": f"CASE WHEN ({_TIME}) IS NOT NULL THEN j.time END",
        "class_uid": "class",
        "activity_id": f"CASE WHEN NOT ok THEN 0 ELSE {_ACTIVITY} END",
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "act",
        "api_operation": "nullif(j.action, '')",
        "api_service_name": "j.context.service",
        "message": "j.message",
        "actor_user_uid": "nullif(j.actor.id, '')",
        "actor_user_name": "coalesce(nullif(j.actor.email, ''), nullif(j.actor.name, ''))",
        "actor_user_type": "nullif(j.actor.type, '')",
        "actor_user_email": "nullif(j.actor.email, '')",
        "actor_user_credential_uid": "j.actor.credential",
        "actor_session_uid": "j.actor.session",
        "actor_session_mfa": "try_cast(j.actor.mfa AS BOOLEAN)",
        "actor_acting_as": "coalesce(j.actor.acting_as.email, j.actor.acting_as.name,"
                           " j.actor.acting_as.id)",
        "resource_uid": "nullif(main.id, '')",
        "resource_name": "nullif(main.name, '')",
        "resource_type": "nullif(main.type, '')",
        "resources": "nullif(list_filter(list_transform(j.targets, lambda x: coalesce(x.id,"
                     " x.name)), lambda x: x <> ''), [])",
        "http_method": "j.context.http.method",
        "http_url": "j.context.http.url",
        "http_status": "CASE WHEN try_cast(j.context.http.status AS UINTEGER) BETWEEN 100 AND 999"
                       " THEN try_cast(j.context.http.status AS UINTEGER) END",
        "cloud_org_uid": "nullif(j.tenant, '')",
        "cloud_region": "j.context.region",
        "metadata_product": "coalesce(j.context.service, CASE WHEN ok THEN 'an application' END)",
        "device_hostname": "j.context.host",
        "src_endpoint_ip": "came_from",
        "src_endpoint_domain": host(_CAME),
        "src_endpoint_country": "j.context.country",
        "user_agent": "j.context.user_agent",
        "status": "CASE WHEN NOT ok THEN NULL WHEN lower(j.outcome) IN ('success', 'failure')"
                  " THEN lower(j.outcome) ELSE 'unknown' END",
        "status_code": "j.code",
        "status_detail": "j.reason",
        "metadata_uid": "nullif(j.id, '')",
        "metadata_correlation_uid": "coalesce(j.context.trace_id, j.context.request_id)",
        "any_user": f"nullif(list_filter(list_concat("
                    f"list_transform(list_filter(coalesce(j.targets, [j.target]),"
                    f" lambda x: {_IS_USER}), lambda x: {_NAMED}),"
                    f" [j.actor.acting_as.email, j.actor.acting_as.id]), lambda x: x <> ''), [])",
    },
    open=dict.fromkeys(
        ("who", "what", "on what", "when", "where", "from where", "outcome"),
        "an application writes what it knows; only action and time are asked of it",
    ),
)  # fmt: skip
