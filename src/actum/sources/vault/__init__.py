"""HashiCorp Vault audit devices (and OpenBao): every request, and every response, as JSON.

Both records of one call have the same ``request.id``.  The response says how it ended, so it is the
event; the request tells the same act without its end, and is a copy of the response where that
stands in the same batch.  A request whose response is not there stays an event with an unknown
outcome.  Most values are HMACs (``hmac-sha256:…``): they join (one accessor is always the same text
at one device) but say nothing.  A sign-in has no ``auth`` before it succeeded: who tried is then
only in the path, where the method puts it there.

References:
- https://developer.hashicorp.com/vault/docs/audit
- https://developer.hashicorp.com/vault/docs/audit/schema
"""

from __future__ import annotations

from typing import Literal

import msgspec

from actum.sources.addresses import ip, port
from actum.sources.seam import Claim, Lookup, Mapped, plain
from actum.sources.times import utc

NAME = "vault"
TITLE = "HashiCorp Vault audit"
VERSION = 1
SUPPORT = "vendor documentation"
SIGNS = "type request or response beside a request with id, operation and path"
MEMBERS = frozenset(("request",))
CLAIMS_TEXT = False
unwrap = plain


class Request(msgspec.Struct, gc=False):
    """What every record says of the call."""

    id: str
    operation: str
    path: str = ""


class Entry(msgspec.Struct, gc=False):
    """The members no record can do without."""

    type: Literal["request", "response"]
    request: Request


_decode = msgspec.json.Decoder(Entry).decode


def claim(raw: bytes) -> Claim | None:
    """A request or a response; both have one id, so the kind is part of the key."""
    if b'"request"' not in raw or b'"operation"' not in raw or b'"type"' not in raw:
        return None
    try:
        entry = _decode(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    key = f"{entry.type}/{entry.request.id}" if entry.request.id else ""
    return Claim(NAME, key.encode("utf-8", "surrogatepass"))


_ACTS = Lookup(
    "acts",
    ("word", "act"),
    (
        ("create", "create"), ("read", "read"), ("list", "read"), ("help", "read"),
        ("header", "read"), ("alias-lookahead", "read"), ("resolve-role", "read"),
        ("scan", "read"), ("update", "update"), ("patch", "update"), ("renew", "update"),
        ("rollback", "update"), ("recover", "update"), ("delete", "delete"), ("revoke", "delete"),
    ),
    "acts.word = j.request.operation",
)  # fmt: skip

_Q, _A, _G = "j.request", "j.auth", "j.response.auth"
_LOGIN = f"regexp_matches({_Q}.path, '^auth/.+/login(/|$)')"
_USERS = f"regexp_extract({_Q}.path, '^auth/[^/]+/users?/([^/]+)(/password|/policies)?$', 1)"
_WRITTEN = f"""CASE
    WHEN {_Q}.path LIKE 'auth/token/create%' THEN 'create'
    WHEN regexp_matches({_Q}.path, '/lookup(-self|-accessor)?$') THEN 'read'
    WHEN regexp_matches({_Q}.path, '/revoke(-[a-z]+)*(/|$)') THEN 'delete'
    WHEN regexp_matches({_Q}.path, '/(issue|sign|generate|creds|export|wrap)(/|$)') THEN 'create'
    WHEN regexp_matches({_Q}.path, '/(encrypt|decrypt|rewrap|hmac|verify|hash|unwrap)(/|$)')
    THEN 'other' ELSE 'update' END"""
"""Vault calls every POST an update; what it does is in the path."""
_TOKEN = {
    "accessor": "VARCHAR", "display_name": "VARCHAR", "entity_id": "VARCHAR",
    "metadata": {"username": "VARCHAR", "email": "VARCHAR", "role_name": "VARCHAR",
                 "service_account_name": "VARCHAR"},
}  # fmt: skip
_STATUS = f"""CASE
    WHEN NOT ok THEN NULL
    WHEN j.error <> '' THEN 'failure'
    WHEN j.type = 'request' THEN 'unknown'
    WHEN {_Q}.mount_type IN ('kv', 'generic', 'cubbyhole') THEN 'success'
    WHEN json_keys(j.response.data) = ['error'] THEN 'failure'
    ELSE 'success' END"""
"""A refusal may be told as an answer that holds an error and nothing else."""


def _name(token: str) -> str:
    """SQL of what a person would call the holder of a token."""
    told = (f"{token}.metadata.username", f"{token}.metadata.email",
            f"{token}.metadata.service_account_name", f"{token}.display_name")  # fmt: skip
    return ", ".join(f"nullif({each}, '')" for each in told)


MAPPING = Mapped(
    shape={
        "time": "VARCHAR", "type": "VARCHAR", "error": "VARCHAR",
        "auth": _TOKEN,
        "request": {
            "id": "VARCHAR", "operation": "VARCHAR", "path": "VARCHAR", "mount_type": "VARCHAR",
            "mount_point": "VARCHAR", "namespace": {"id": "VARCHAR", "path": "VARCHAR"},
            "client_token_accessor": "VARCHAR", "remote_address": "VARCHAR",
            "remote_port": "VARCHAR", "headers": {"user-agent": ["VARCHAR"]},
        },
        "response": {
            "auth": _TOKEN, "data": "JSON",
            "wrap_info": {"wrapped_accessor": "VARCHAR", "accessor": "VARCHAR"},
        },
    },
    objects=("$", "$.auth", "$.auth.metadata", "$.request", "$.response", "$.response.auth"),
    known=frozenset(("time", "type", "auth", "request", "response", "error", "forwarded_from")),
    lookups=(_ACTS,),
    steps=(
        {
            "signs_in": _LOGIN,
            "user_told": f"nullif({_USERS}, '')",
            "path_name": f"nullif(regexp_extract({_Q}.path, '/login/([^/]+)$', 1), '')",
        },
        {
            "act": "CASE WHEN NOT ok THEN NULL WHEN signs_in THEN 'auth'"
                   f" WHEN acts_act = 'update' AND {_Q}.operation = 'update' THEN {_WRITTEN}"
                   " ELSE coalesce(acts_act, 'other') END",
            "is_account": "user_told IS NOT NULL AND acts_act IN ('create', 'update', 'delete')",
        },
    ),
    columns={
        "copy_of": f"CASE WHEN j.type = 'request' AND {_Q}.id <> '' THEN max("
                   """CASE WHEN j.type = 'response' THEN r."index" END)"""
                   f" OVER (PARTITION BY {_Q}.id) END",
        "time": utc("j.time", zoned=True),
        "original_time": "j.time",
        "class_uid": "CASE WHEN NOT ok THEN 0 WHEN signs_in THEN 3002 WHEN is_account THEN 3001"
                     " ELSE 6003 END",
        "activity_id": "CASE WHEN NOT ok THEN 0 WHEN signs_in THEN 1 WHEN is_account"
                       f" THEN CASE WHEN {_Q}.path LIKE '%/password' THEN 3"
                       " WHEN acts_act = 'create' THEN 1 WHEN acts_act = 'delete' THEN 6"
                       " ELSE 99 END ELSE CASE act WHEN 'create' THEN 1 WHEN 'read' THEN 2"
                       " WHEN 'update' THEN 3 WHEN 'delete' THEN 4 ELSE 99 END END",
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "act",
        "api_operation": f"{_Q}.operation",
        "api_service_name": "CASE WHEN ok THEN"
                            f" coalesce({_Q}.mount_type, {_Q}.mount_point, 'vault') END",
        "actor_user_uid": f"coalesce(nullif({_A}.entity_id, ''), nullif({_G}.entity_id, ''))",
        "actor_user_name": f"coalesce(CASE WHEN signs_in THEN"
                           f" nullif({_G}.metadata.username, '') END, {_name(_A)},"
                           f" CASE WHEN signs_in THEN coalesce({_name(_G)}, path_name) END)",
        "actor_user_email": f"nullif({_A}.metadata.email, '')",
        "actor_user_credential_uid": f"coalesce(nullif({_A}.accessor, ''),"
                                     f" nullif({_Q}.client_token_accessor, ''))",
        "resource_uid": f"nullif(concat({_Q}.namespace.path, {_Q}.path), '')",
        "resource_name": f"nullif({_Q}.path, '')",
        "resource_type": f"CASE WHEN {_Q}.path <> '' THEN nullif({_Q}.mount_type, '') END",
        "resource_namespace": f"nullif({_Q}.namespace.path, '')",
        "metadata_product": "CASE WHEN ok THEN 'Vault' END",
        "src_endpoint_ip": ip(f"{_Q}.remote_address"),
        "src_endpoint_port": port(f"{_Q}.remote_port"),
        "user_agent": f"""{_Q}.headers."user-agent"[1]""",
        "status": _STATUS,
        "status_detail": "coalesce(nullif(trim(j.error, ' \n\t'), ''), CASE WHEN"
                         " json_keys(j.response.data) = ['error']"
                         " THEN json_extract_string(j.response.data, '$.error') END)",
        "metadata_uid": f"CASE WHEN ok THEN j.type || '/' || {_Q}.id END",
        "metadata_correlation_uid": f"{_Q}.id",
        "issued_credential_uid": f"coalesce(nullif({_G}.accessor, ''),"
                                 " nullif(j.response.wrap_info.wrapped_accessor, ''))",
        "any_user": "CASE WHEN user_told IS NOT NULL THEN [user_told]"
                    f" WHEN NOT signs_in AND {_G}.display_name <> ''"
                    f" THEN [coalesce({_name(_G)})] END",
    },
    open={
        "who": "before a sign-in succeeded, and of calls without a token, nobody is known",
        "from where": "what Vault asks of itself comes from no address",
        "when": "a time without its zone is no time",
    },
)  # fmt: skip
