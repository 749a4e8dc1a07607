"""Google Workspace activity reports: admin, login, Drive, token, groups, calendar and the others.

What the Reports API (activities.list) gives, or a tool made of it: see `activities`.

- One activity may hold several events.  Each is an event of its own; they share its id, and each
  has its place appended.
- Events are reported after they happened, so they are successes, except where the name or a
  parameter says otherwise.  Of a warning (a suspicious login) nobody says how it ended.
- Whole numbers are strings; an admin's parameters are in capitals.
- Anonymous readers of Drive, and Google itself, may stand without an address of mail; a certain
  profile number stands for whoever is no user.
- Events arrive minutes to days late: time is the activity's own.

References:
- https://developers.google.com/admin-sdk/reports/reference/rest/v1/activities
- https://developers.google.com/admin-sdk/reports/v1/appendix/activity/login
- https://support.google.com/a/answer/7061566
"""

from __future__ import annotations

from hashlib import sha256

import msgspec

from actum.sources import addresses
from actum.sources.google_workspace import activities
from actum.sources.google_workspace.operations import DEFAULTS, OPERATIONS, VERBS
from actum.sources.seam import Claim, Mapped
from actum.sources.times import utc

NAME = "google_workspace"
TITLE = "Google Workspace activity reports"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "an id with applicationName beside uniqueQualifier or customerId, as the Reports API gives"
MEMBERS = frozenset(("id", "activities", "unique_id"))
CLAIMS_TEXT = False
unwrap = activities.unwrap


class Identity(msgspec.Struct, gc=False):
    """What together tells an activity again."""

    applicationName: str | None = None  # noqa: N815 - Google's spelling
    customerId: str | int | None = None  # noqa: N815
    time: str | None = None
    uniqueQualifier: str | int | None = None  # noqa: N815


class Key(msgspec.Struct, gc=False):
    """The members that tell an activity from any other record."""

    id: Identity
    kind: str | None = None
    name: str | None = None
    events: msgspec.Raw = msgspec.Raw()
    event: msgspec.Raw = msgspec.Raw()
    parameters: msgspec.Raw = msgspec.Raw()


class Page(msgspec.Struct, gc=False):
    """A whole answer, as a tool saves it under a name of its own."""

    activities: list[Key]


class Drive(msgspec.Struct, gc=False):
    """The members an add-on leaves of an activity of Drive."""

    type: str
    name: str
    email: str
    unique_id: str
    ip_address: str
    timestamp: str
    parameters: dict[str, msgspec.Raw]


_decode = msgspec.json.Decoder(Key).decode
_decode_drive = msgspec.json.Decoder(Drive).decode
_decode_page = msgspec.json.Decoder(Page).decode
_REFUSED = (msgspec.MsgspecError, RecursionError, ValueError)


def claim(raw: bytes) -> Claim | None:
    """An activity by its id."""
    if b'"activities"' in raw and b"reports#activit" in raw:
        return _of_list(raw)
    if b'"applicationName"' not in raw:
        return _of_drive(raw) if b'"unique_id"' in raw and b'"ip_address"' in raw else None
    try:
        key = _decode(raw)
    except _REFUSED:
        return None
    known = key.id
    is_ours = known.applicationName is not None and (
        known.uniqueQualifier is not None
        or known.customerId is not None
        or key.kind in {"admin#reports#activity", "reports#activity"}
        or bool(key.events or key.parameters)
        or (key.name is not None and b'"actor"' in raw)
    )
    if not is_ours:
        return None
    told = ""
    if known.uniqueQualifier is not None:
        each = (known.customerId, known.applicationName, known.time, known.uniqueQualifier)
        told = "/".join(str(one or "") for one in each)
    if key.events:
        return Claim(NAME, told.encode("utf-8", "surrogatepass"), activities.ACTIVITY)
    if told:  # one event of perhaps several: its id alone does not tell it
        content = bytes(key.event) or f"{key.name}".encode() + bytes(key.parameters)
        told += f"/{sha256(content).hexdigest()[:32]}"
    return Claim(NAME, told.encode("utf-8", "surrogatepass"), activities.EVENT)


def _of_list(raw: bytes) -> Claim | None:
    try:
        found = _decode_page(raw).activities
    except _REFUSED:
        return None
    is_ours = bool(found) and all(each.id.applicationName is not None for each in found)
    return Claim(NAME, b"", activities.PAGE) if is_ours else None


def _of_drive(raw: bytes) -> Claim | None:
    try:
        found = _decode_drive(raw)
    except _REFUSED:
        return None
    if "doc_id" not in found.parameters:
        return None
    key = f"{found.unique_id}/{found.timestamp}/{found.name}"
    return Claim(NAME, key.encode("utf-8", "surrogatepass"), activities.DRIVE)


_WHAT: tuple[tuple[str, str, str], ...] = (
    # name, id, type
    ("doc_title", "doc_id", "doc_type"), ("group_email", "", "group"), ("group_id", "", "group"),
    ("event_title", "event_id", "calendar event"), ("calendar_id", "calendar_id", "calendar"),
    ("role_name", "role_id", "role"), ("setting_name", "", "setting"),
    ("app_name", "client_id", "application"), ("api_client_name", "api_client_name", "application"),
    ("mobile_app_package_id", "mobile_app_package_id", "application"),
    ("application_name", "", "application"), ("product_name", "", "product"),
    ("rule_name", "rule_id", "rule"), ("alert_id", "alert_id", "alert"),
    ("room_name", "room_id", "chat room"), ("meeting_code", "meeting_code", "meeting"),
    ("device_id", "device_id", "device"), ("device_name", "", "device"),
    ("device_model", "", "device"), ("asset_name", "asset_id", "asset"),
    ("attachment_name", "attachment_hash", "attachment"), ("message_id", "message_id", "message"),
    ("matter_id", "matter_id", "matter"), ("resource_name", "", "resource"),
    ("caa_access_application", "", "application"),
    ("obfuscated_customer_takeout_request_id", "obfuscated_customer_takeout_request_id", "takeout"),
    ("user_email", "", "user"), ("affected_email_address", "", "user"),
    ("org_unit_name", "", "organizational unit"), ("domain_name", "", "domain"),
)  # fmt: skip
"""Parameters that name what an event was about, the particular before the general."""
_USERS = (
    "user_email", "affected_email_address", "target_user", "grantee_email", "member_id",
    "target_user_email", "event_guest", "subscriber_calendar_id", "new_owner", "owner",
    "email_forwarding_destination_address", "owner_email", "resource_owner_email", "device_user",
    "organizer_email",
)  # fmt: skip
_OTHERS = (
    "new_value", "old_value", "user_agent", "is_second_factor", "login_challenge_status",
    "login_failure_type", "failure_type", "saml_status_code", "organizer_calendar_id",
    "doc_type", "scope", "api_scopes", "data_source", "device_compromised_state", "status",
    "ip_address", "asset_id", "attachment_hash",
)  # fmt: skip
_PARAMETERS = dict.fromkeys(
    (*(each for row in _WHAT for each in row[:2] if each), *_USERS, *_OTHERS), "VARCHAR"
)


def _p(*names: str) -> list[str]:
    return [f"nullif(j.p.{name}, '')" for name in names]


_NAMED = f"coalesce({', '.join(_p(*(name for name, _, _ in _WHAT)))})"
_IS_USER = "class_told = 3001"
_USER = f"coalesce({', '.join(_p('user_email', 'affected_email_address'))})"


def _type(kind: str) -> str:
    return "coalesce(nullif(j.p.doc_type, ''), 'file')" if kind == "doc_type" else f"'{kind}'"


_NAME = f"CASE WHEN {_IS_USER} THEN coalesce({_USER}, named, nullif(j.email, '')) ELSE named END"
_KIND = f"CASE WHEN {_IS_USER} THEN 'user' " + " ".join(
    f"WHEN j.p.{name} <> '' THEN {_type(kind)}" for name, _, kind in _WHAT
) + " END"  # fmt: skip
_UID = f"CASE WHEN {_IS_USER} THEN NULL " + " ".join(
    f"WHEN j.p.{name} <> '' THEN {f'''nullif(j.p.{uid}, '')''' if uid else 'NULL'}"
    for name, uid, _ in _WHAT
) + " ELSE nullif(j.p.doc_id, '') END"  # fmt: skip
_NOBODY = "105250506097979753968"
"""The profile Google writes for whoever is none of its users: many people, or nobody."""
_CHALLENGE = "nullif(j.p.login_challenge_status, '')"
_PASSED = "('passed', 'Challenge Passed.')"
_FAILED = (
    "regexp_matches(lower(j.name), '(^|_)fail(ed|ure)(_|$)|_(denied|rejected|blocked)$|_deny(_|$)')"
    f" OR {_CHALLENGE} NOT IN {_PASSED} OR lower(j.p.status) IN ('failed', 'failure')"
)
_UNSURE = (
    "starts_with(lower(j.name), 'suspicious') OR lower(j.name) IN ('gov_attack_warning',"
    f" 'request_to_join') OR (lower(j.name) IN ('login_challenge', 'login_verification')"
    f" AND {_CHALLENGE} IS NULL)"
    " OR j.name IS NULL"
)
_ACTS = "CASE act WHEN 'create' THEN 1 WHEN 'read' THEN 2 WHEN 'update' THEN 3 WHEN 'delete' THEN 4"
_DEFAULT = " ".join(f"WHEN '{name}' THEN {uid}" for name, uid in DEFAULTS.items())
_CLASS = f"""CASE
    WHEN operations_class_uid = 6006 AND coalesce(j.p.doc_title, j.p.doc_id, '') = '' THEN 6003
    WHEN operations_class_uid = 6001 AND named IS NULL THEN 6003
    WHEN operations_class_uid = 3006 AND named IS NULL THEN 6003
    WHEN operations_class_uid IS NOT NULL THEN operations_class_uid
    ELSE CASE j.application {_DEFAULT} ELSE 6003 END END"""
_LIST = ", ".join(_p(*_USERS))

MAPPING = Mapped(
    shape={
        **dict.fromkeys(
            ("application", "time", "qualifier", "customer", "email", "profile", "caller", "key",
             "client", "ip", "country", "domain", "type", "name", "place"), "VARCHAR"),
        "p": _PARAMETERS,
    },
    objects=(),
    lookups=(VERBS, OPERATIONS),
    steps=(
        {"named": _NAMED,
         "act": "CASE WHEN ok THEN coalesce(operations_act, verbs_act, 'other') END"},
        {"class_told": f"CASE WHEN ok THEN {_CLASS} ELSE 0 END"},
    ),
    columns={
        "time": utc("j.time"),
        "original_time": "j.time",
        "class_uid": "class_told",
        "activity_id": f"CASE WHEN NOT ok THEN 0 WHEN class_told = operations_class_uid"
                       " THEN operations_activity_id WHEN class_told = 6003"
                       f" THEN {_ACTS} ELSE 99 END ELSE 99 END",
        "severity_id": "CASE WHEN NOT ok THEN 0 ELSE 1 END",
        "action": "act",
        "api_operation": "j.name",
        "api_service_name": "j.application",
        "actor_user_uid": f"nullif(nullif(j.profile, ''), '{_NOBODY}')",
        "actor_user_name": "coalesce(nullif(j.email, ''), nullif(j.key, ''),"
                           f" CASE WHEN j.profile = '{_NOBODY}' THEN 'anonymous' END)",
        "actor_user_type": "nullif(j.caller, '')",
        "actor_user_email": "CASE WHEN j.email LIKE '%_@%_.%_' THEN j.email END",
        "actor_session_mfa": "CASE WHEN j.application = 'login' THEN CASE j.p.is_second_factor"
                             " WHEN 'true' THEN true WHEN 'false' THEN false END END",
        "actor_app_name": "nullif(j.client, '')",
        "resource_uid": _UID,
        "resource_name": _NAME,
        "resource_type": _KIND,
        "cloud_org_uid": "nullif(j.customer, '')",
        "metadata_product": "CASE WHEN ok THEN 'Google Workspace' END",
        "src_endpoint_ip": addresses.ip("coalesce(nullif(j.ip, ''), j.p.ip_address)"),
        "src_endpoint_country": "nullif(j.country, '')",
        "user_agent": "nullif(j.p.user_agent, '')",
        "status": f"CASE WHEN NOT ok THEN NULL WHEN {_FAILED} THEN 'failure'"
                  f" WHEN {_UNSURE} THEN 'unknown' ELSE 'success' END",
        "status_code": "coalesce(nullif(j.p.login_failure_type, ''), nullif(j.p.failure_type, ''),"
                       " CASE WHEN ends_with(j.name, 'failure')"
                       " THEN nullif(j.p.saml_status_code, '') END)",
        "metadata_uid": "j.qualifier || coalesce('/' || j.place, '')",
        "metadata_correlation_uid": "CASE WHEN j.place IS NOT NULL THEN j.qualifier END",
        "any_user": f"nullif(list_filter([{_LIST}], lambda x: x <> ''), [])",
    },
    open={
        "who": "anonymous readers and Google's own acts stand without a name",
        "what": "a tool may have left the event's name out",
        "on what": "sign-ins, searches and views of whole lists name no resource",
        "when": "a tool may have left the activity's time out",
        "from where": "many applications report no address",
    },
)  # fmt: skip
