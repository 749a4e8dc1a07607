"""Duo Security: authentications and what administrators did, as the Admin API tells them.

Two kinds of record.  An authentication has a ``result`` and, where Duo knows, the device that asked
(``access_device``) beside the one that answered (``auth_device``); ``fraud`` is a refusal, and one
somebody should hear of.  What an administrator did has an ``action`` and a ``description`` that is
JSON in a string, with the address in it where there is one.

Administrators' acts were done, unless their name says that they were not.

References:
- Admin API, logs: https://duo.com/docs/adminapi#logs
"""

from __future__ import annotations

import msgspec

from actum.sources.addresses import ip
from actum.sources.duo.operations import OPERATIONS, VERBS
from actum.sources.seam import Claim, Mapped, plain
from actum.sources.times import epoch, utc

NAME = "duo"
TITLE = "Duo Security"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "a result, factor and application, or an action by a username with an isotimestamp"
MEMBERS = frozenset(("application", "isotimestamp"))
CLAIMS_TEXT = False
unwrap = plain


class Application(msgspec.Struct, gc=False):
    """What was signed in to."""

    key: str | None = None


class Key(msgspec.Struct, gc=False):
    """The members that tell each kind of record."""

    action: str | None = None
    username: str | None = None
    isotimestamp: str | None = None
    timestamp: int | float | str | None = None
    result: str | None = None
    factor: str | None = None
    event_type: str | None = None
    application: Application | None = None
    txid: str | None = None


_decode = msgspec.json.Decoder(Key).decode


def claim(raw: bytes) -> Claim | None:
    """A record by what only its kind has."""
    if b'"isotimestamp"' not in raw and b'"factor"' not in raw:
        return None
    try:
        key = _decode(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    is_sign_in = key.application is not None and key.result is not None and key.event_type
    is_act = key.action and key.username is not None and key.isotimestamp and key.timestamp
    if not (is_sign_in or is_act):
        return None
    return Claim(NAME, (key.txid or "").encode("utf-8", "surrogatepass"))


_KIND = "CASE WHEN NOT ok THEN NULL WHEN j.result IS NOT NULL THEN 'sign-in' ELSE 'act' END"
_INNER = (
    '{"ip_address": "VARCHAR", "email": "VARCHAR", "error": "VARCHAR", "user_agent": "VARCHAR"}'
)
_SAID = f"""CASE WHEN kind = 'act' AND json_valid(j.description)
    THEN json_transform(j.description, '{_INNER}') END"""
_STATUS = """CASE kind WHEN 'sign-in' THEN CASE WHEN j.result IN ('success', 'allow') THEN 'success'
        WHEN j.result IN ('denied', 'deny', 'fraud', 'failure', 'error') THEN 'failure'
        ELSE 'unknown' END
    WHEN 'act' THEN CASE WHEN regexp_matches(j.action, '_(error|failed|failure)$')
        OR said.error IS NOT NULL THEN 'failure' ELSE 'success' END END"""
_CLASS = """CASE WHEN kind = 'sign-in' THEN 3002
    WHEN operations_class_uid = 3004 AND j.object IS NULL THEN 6003
    ELSE coalesce(operations_class_uid, 6003) END"""
_ACTIVITY = """CASE WHEN NOT ok THEN 0
    WHEN kind = 'sign-in' THEN CASE WHEN j.event_type = 'authentication' THEN 1 ELSE 99 END
    WHEN class = operations_class_uid THEN operations_activity_id
    ELSE CASE act WHEN 'create' THEN 1 WHEN 'read' THEN 2 WHEN 'update' THEN 3
        WHEN 'delete' THEN 4 ELSE 99 END END"""
_STATED = "coalesce(j.isotimestamp, j.timestamp)"
_TIME = (
    f"CASE WHEN regexp_full_match(stated, '[0-9.]+') THEN {epoch('stated', 'any')}"
    f" ELSE {utc('stated')} END"
)

MAPPING = Mapped(
    shape={
        **dict.fromkeys(
            ("action", "username", "object", "description", "timestamp", "isotimestamp", "host",
             "result", "factor", "reason", "event_type", "txid", "email"),
            "VARCHAR",
        ),
        "user": {"key": "VARCHAR", "name": "VARCHAR"},
        "application": {"key": "VARCHAR", "name": "VARCHAR"},
        "access_device": {"ip": "VARCHAR", "hostname": "VARCHAR", "epkey": "VARCHAR",
                          "location": {"country": "VARCHAR"}},
        "auth_device": {"ip": "VARCHAR"},
    },
    objects=("$", "$.user", "$.access_device"),
    known=frozenset((
        "action", "username", "object", "description", "timestamp", "isotimestamp", "host",
        "eventtype", "result", "factor", "reason", "event_type", "txid", "email", "user",
        "application", "access_device", "auth_device", "alias", "ood_software",
        "trusted_endpoint_status", "adaptive_trust_assessments",
    )),
    lookups=(OPERATIONS, VERBS),
    steps=(
        {"kind": _KIND, "stated": _STATED},
        {"said": _SAID, "class": _CLASS,
         "act": "CASE WHEN kind = 'sign-in' THEN 'auth'"
                " ELSE coalesce(operations_act, verbs_act, 'other') END"},
    ),
    columns={
        "time": _TIME,
        "original_time": "stated",
        "class_uid": "CASE WHEN ok THEN class ELSE 0 END",
        "activity_id": _ACTIVITY,
        "severity_id": "CASE WHEN NOT ok THEN 0 WHEN j.result = 'fraud' THEN 4 ELSE 1 END",
        "action": "CASE WHEN ok THEN act END",
        "api_operation": "CASE kind WHEN 'sign-in' THEN j.event_type ELSE j.action END",
        "api_service_name": "CASE WHEN ok THEN 'Duo' END",
        "actor_user_uid": "j.\"user\".key",
        "actor_user_name": "coalesce(nullif(j.\"user\".name, ''), nullif(j.username, ''))",
        "actor_user_email": "CASE WHEN coalesce(j.email, said.email) LIKE '%_@_%'"
                            " AND act = 'auth' THEN coalesce(j.email, said.email) END",
        "actor_session_mfa": "CASE WHEN j.result = 'success' AND j.factor NOT IN ('', 'none',"
                             " 'not_available', 'remembered_device', 'trusted_network',"
                             " 'n/a') THEN true END",
        "resource_uid": "j.application.key",
        "resource_name": "CASE kind WHEN 'sign-in' THEN j.application.name"
                         " ELSE nullif(j.object, '') END",
        "resource_type": "CASE WHEN kind = 'sign-in' THEN 'application'"
                         " WHEN j.object <> '' THEN regexp_extract(j.action, '^([a-z0-9]+)_', 1)"
                         " END",
        "metadata_product": "CASE WHEN ok THEN 'Duo' END",
        "device_uid": "nullif(j.access_device.epkey, '')",
        "src_endpoint_ip": ip("coalesce(j.access_device.ip, said.ip_address)"),
        "src_endpoint_domain": "nullif(j.access_device.hostname, '')",
        "src_endpoint_country": "nullif(j.access_device.location.country, '')",
        "user_agent": "said.user_agent",
        "status": _STATUS,
        "status_code": "CASE WHEN kind = 'sign-in' AND j.result <> 'success' THEN j.result END",
        "status_detail": "coalesce(nullif(j.reason, ''), said.error)",
        "metadata_uid": "j.txid",
        "any_user": "CASE WHEN class = 3001 AND j.object <> '' AND j.object <> j.username"
                    " THEN [j.object] END",
        "any_ip": f"CASE WHEN ({ip('j.auth_device.ip')}) IS DISTINCT FROM j.access_device.ip"
                  f" AND ({ip('j.auth_device.ip')}) IS NOT NULL"
                  f" THEN [{ip('j.auth_device.ip')}] END",
    },
    open={
        "who": "what Duo does by itself names nobody",
        "on what": "an act on the whole account names no object",
        "when": "a record trimmed on its way may have lost its time",
        "from where": "most acts of administrators state no address",
    },
)  # fmt: skip
