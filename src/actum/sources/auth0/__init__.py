"""Auth0 tenant logs: sign-ins, tokens, sign-ups, second factors and the Management API.

A record comes plain (the Management API's ``/logs``) or as ``data`` beside its ``log_id``, the way
log streams and EventBridge bring it (form ``stream``), which is made plain here.  What happened is
a short code in ``type``: the table is in ``codes``.  Of an act on the Management API (``sapi``) the
administrator is in ``details.request.auth.user``, the answer in ``details.response.statusCode``.
A token for a machine has no user: then the client is the actor.  ``date`` is UTC.

References:
- Log event schema: https://auth0.com/docs/deploy-monitor/logs/log-event-type-codes
- Log streams: https://auth0.com/docs/customize/log-streams
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from actum.sources.addresses import ip
from actum.sources.auth0.codes import CODES
from actum.sources.seam import Claim, Mapped, Unread
from actum.sources.times import utc

NAME = "auth0"
TITLE = "Auth0 tenant logs"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "type and date beside a log_id, plain or as data"
MEMBERS = frozenset(("date", "data"))
CLAIMS_TEXT = False


class Entry(msgspec.Struct, rename={"own_id": "_id"}, gc=False):
    """The members that tell an entry."""

    type: str | None = None
    date: str | None = None
    log_id: str | None = None
    own_id: str | None = None
    client_id: str | None = None
    ip: str | None = None
    description: str | None = None
    tenant_name: str | None = None
    connection: str | None = None


class Key(Entry, gc=False):
    """An entry, or what a stream puts around it."""

    data: Entry | None = None


class Wrapped(msgspec.Struct, gc=False):
    """An entry inside what a stream puts around it."""

    data: msgspec.Raw


_decode = msgspec.json.Decoder(Key).decode
_inside = msgspec.json.Decoder(Wrapped).decode
_is_code = re.compile(r"[a-z][a-z0-9_]{0,59}").fullmatch


def claim(raw: bytes) -> Claim | None:
    """An entry by its code and id; inside ``data`` its client or address is enough."""
    if b'"date"' not in raw or b'"type"' not in raw:
        return None
    try:
        key = _decode(raw)
        entry = key.data or key
        if not entry.type or not entry.date or _is_code(entry.type) is None:
            return None
        log_id = entry.log_id or entry.own_id or key.log_id
        where = entry.client_id or entry.ip or entry.connection or entry.tenant_name
        if not (log_id if key.data is None else log_id or where):
            return None
        if not (where or entry.description):
            return None
        return Claim(NAME, (log_id or "").encode(), "stream" if key.data else "")
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:  # noqa: ARG001 - the seam's signature
    """The entry a stream put into ``data``."""
    try:
        yield bytes(_inside(raw).data)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        yield Unread(f"not a readable stream event: {error}")


_D = "j.details.request"
_WHO = f'{_D}.auth."user"'
_CODE = "try_cast(j.details.response.statusCode AS UINTEGER)"
_ASKED = f"""CASE upper({_D}.method) WHEN 'GET' THEN 'read' WHEN 'POST' THEN 'create'
    WHEN 'PUT' THEN 'update' WHEN 'PATCH' THEN 'update' WHEN 'DELETE' THEN 'delete' END"""
_ACT = (
    f"CASE WHEN codes_act = 'other' THEN coalesce({_ASKED}, 'other')"
    " ELSE coalesce(codes_act, 'other') END"
)
_ACTIVITY = """CASE WHEN NOT ok THEN 0
    WHEN class <> 6003 THEN codes_activity_id
    ELSE CASE act WHEN 'create' THEN 1 WHEN 'read' THEN 2 WHEN 'update' THEN 3
        WHEN 'delete' THEN 4 ELSE 99 END END"""
_STATUS = """CASE WHEN NOT ok THEN NULL
    WHEN http_code >= 400 THEN 'failure'
    ELSE coalesce(codes_outcome, 'unknown') END"""
_USER = f"""coalesce(nullif(j.impersonator_user_name, ''), nullif({_WHO}.email, ''),
    nullif(j.user_name, ''), nullif({_WHO}.name, ''), nullif(j.user_id, ''))"""
_CLIENT = "coalesce(nullif(j.client_name, ''), nullif(j.client_id, ''))"
_SEGMENT = f"regexp_extract({_D}.path, '^(?:/api)?/v2/([a-z0-9-]+)', 1)"
_TYPE = f"""CASE WHEN {_D}.path IS NOT NULL THEN coalesce(nullif({_SEGMENT}, ''), 'path')
    WHEN class = 3001 AND user_name IS NOT NULL THEN 'user'
    WHEN j.client_id <> '' THEN 'application' WHEN j.connection <> '' THEN 'connection'
    WHEN j.organization_id <> '' THEN 'organization' END"""

MAPPING = Mapped(
    shape={
        **dict.fromkeys(
            ("date", "type", "description", "connection", "client_id", "client_name", "ip",
             "client_ip", "user_agent", "user_id", "user_name", "log_id", "_id", "hostname",
             "tenant_name", "session_id", "impersonator_user_name", "organization_id"),
            "VARCHAR",
        ),
        "location_info": {"country_code": "VARCHAR"},
        "details": {
            "session_id": "VARCHAR",
            "error": {"message": "VARCHAR"},
            "request": {
                "method": "VARCHAR", "path": "VARCHAR", "ip": "VARCHAR", "userAgent": "VARCHAR",
                "auth": {"user": {"user_id": "VARCHAR", "name": "VARCHAR", "email": "VARCHAR"},
                         "credentials": {"jti": "VARCHAR"}},
            },
            "response": {"statusCode": "VARCHAR"},
        },
    },
    objects=("$", "$.details", "$.details.request", "$.details.request.auth",
             "$.details.request.auth.user"),
    known=frozenset((
        "date", "type", "description", "connection", "connection_id", "client_id", "client_name",
        "ip", "client_ip", "user_agent", "details", "user_id", "user_name", "log_id", "_id", "id",
        "strategy", "strategy_type", "hostname", "audience", "scope", "auth0_client", "isMobile",
        "is_mobile", "location_info", "session_connection", "session_id", "tenant_name",
        "environment_name", "organization_id", "organization_name", "event_schema", "$event_schema",
        "security_context", "tracking_id", "impersonator_user_id", "impersonator_user_name", "ips",
        "userAgent", "resource_server", "custom_domain",
    )),
    lookups=(CODES,),
    steps=(
        {"http_code": _CODE, "person": _USER, "client": _CLIENT, "act": _ACT,
         "user_name": "nullif(j.user_name, '')"},
        {"class": "CASE WHEN codes_class_uid = 3006 AND j.organization_id IS NULL THEN 6003"
                  " ELSE coalesce(codes_class_uid, 6003) END",
         "stated_ip": f"coalesce(nullif(j.ip, ''), nullif(j.client_ip, ''), {_D}.ip)"},
    ),
    columns={
        "time": utc("j.date"),
        "original_time": "j.date",
        "class_uid": "CASE WHEN ok THEN class ELSE 0 END",
        "activity_id": _ACTIVITY,
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "CASE WHEN ok THEN act END",
        "api_operation": "j.type",
        "api_service_name": "CASE WHEN ok THEN coalesce(nullif(j.hostname, ''), 'Auth0') END",
        "message": "nullif(j.description, '')",
        "actor_user_uid": f"coalesce({_WHO}.user_id, nullif(j.user_id, ''),"
                          " CASE WHEN person IS NULL THEN nullif(j.client_id, '') END)",
        "actor_user_name": "coalesce(person, client)",
        "actor_user_type": "CASE WHEN person IS NULL AND client IS NOT NULL"
                           " THEN 'application' END",
        "actor_user_email": "CASE WHEN person LIKE '%_@_%._%' THEN person END",
        "actor_user_credential_uid": f"{_D}.auth.credentials.jti",
        "actor_app_name": "CASE WHEN person IS NOT NULL THEN nullif(j.client_name, '') END",
        "actor_session_uid": "coalesce(nullif(j.session_id, ''), j.details.session_id)",
        "actor_session_issuer": "CASE WHEN class = 3002 THEN nullif(j.connection, '') END",
        "actor_session_mfa": "CASE WHEN j.type = 'gd_auth_succeed' THEN true END",
        "actor_acting_as": "CASE WHEN j.impersonator_user_name <> '' THEN user_name END",
        "resource_uid": f"CASE WHEN {_D}.path IS NOT NULL THEN NULL"
                        " WHEN class = 3001 AND user_name IS NOT NULL THEN nullif(j.user_id, '')"
                        " ELSE nullif(j.client_id, '') END",
        "resource_name": f"CASE WHEN {_D}.path IS NOT NULL THEN {_D}.path"
                         " WHEN class = 3001 AND user_name IS NOT NULL THEN user_name"
                         " ELSE coalesce(nullif(j.client_name, ''), nullif(j.client_id, ''),"
                         " nullif(j.connection, ''), nullif(j.organization_id, '')) END",
        "resource_type": _TYPE,
        "http_method": f"upper({_D}.method)",
        "http_url": f"{_D}.path",
        "cloud_account_uid": "nullif(j.tenant_name, '')",
        "metadata_product": "CASE WHEN ok THEN 'Auth0' END",
        "src_endpoint_ip": ip("stated_ip"),
        "src_endpoint_country": "nullif(j.location_info.country_code, '')",
        "user_agent": f"coalesce(nullif(j.user_agent, ''), {_D}.userAgent)",
        "status": _STATUS,
        "status_detail": "coalesce(j.details.error.message, CASE WHEN http_code >= 400"
                         " OR codes_outcome = 'failure' THEN nullif(j.description, '') END)",
        "http_status": "http_code",
        "metadata_uid": "coalesce(j.log_id, j._id)",
        "any_user": "CASE WHEN user_name <> coalesce(person, '') THEN [user_name] END",
    },
    open={
        "who": "a request that was turned away may name neither user nor client",
        "on what": "an act of the tenant itself may name no application",
        "from where": "what Auth0 does by itself states no address",
    },
)  # fmt: skip
