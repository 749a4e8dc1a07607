"""Dropbox team log: what members, admins and apps of a team did.

Every value of a union says which it is in ``.tag``; Panther writes ``_tag`` for some.  Events have
no id.  An event is written of what happened, so it is a success unless its type says that it
failed.  A time without its zone is read as UTC only beside Panther's ``p_event_time``.

References:
- https://www.dropbox.com/developers/documentation/http/teams#team_log-get_events
"""

from __future__ import annotations

import msgspec

from actum.sources.acts import act_of
from actum.sources.addresses import ip
from actum.sources.seam import Claim, Lookup, Mapped, plain
from actum.sources.times import utc

NAME = "dropbox"
TITLE = "Dropbox team log"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "event_type with a tag beside actor and involve_non_team_member or event_category"
MEMBERS = frozenset(("event_type",))
CLAIMS_TEXT = False
unwrap = plain


class Type(msgspec.Struct, gc=False):
    """What kind of event it is, in either spelling."""

    tag: str = msgspec.field(name=".tag", default="")
    tag_: str = msgspec.field(name="_tag", default="")


class Event(msgspec.Struct, gc=False):
    """The members that tell an event."""

    event_type: Type
    actor: dict[str, msgspec.Raw] | None = None
    involve_non_team_member: bool | None = None
    event_category: Type | None = None


_decode = msgspec.json.Decoder(Event).decode


def claim(raw: bytes) -> Claim | None:
    """An event whose type has a tag."""
    if b'"event_type"' not in raw or b'tag"' not in raw:
        return None
    try:
        event = _decode(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    if not (event.event_type.tag or event.event_type.tag_):
        return None
    is_own = event.involve_non_team_member is not None or event.event_category is not None
    return Claim(NAME, b"") if is_own else None


_FILES = Lookup(
    "files",
    ("word", "activity_id", "act"),
    (
        ("file_add", 1, "create"), ("file_download", 2, "read"), ("file_edit", 3, "update"),
        ("file_delete", 4, "delete"), ("file_permanently_delete", 4, "delete"),
        ("file_rename", 5, "update"), ("file_copy", 6, "create"), ("file_move", 7, "update"),
        ("file_restore", 8, "update"), ("file_preview", 9, "read"), ("file_view", 9, "read"),
        ("file_revert", 8, "update"), ("shared_link_create", 12, "update"),
        ("shared_content_add_member", 12, "update"),
        ("shared_content_remove_member", 13, "update"), ("shared_content_download", 2, "read"),
        ("shared_content_view", 9, "read"), ("shared_link_download", 2, "read"),
        ("shared_link_view", 9, "read"),
    ),
    """files.word = coalesce(j.event_type.".tag", j.event_type."_tag")""",
)  # fmt: skip

_PERSON = {
    "email": "VARCHAR", "display_name": "VARCHAR", "account_id": "VARCHAR",
    "team_member_id": "VARCHAR",
}  # fmt: skip
_TAG = {".tag": "VARCHAR", "_tag": "VARCHAR"}
_ACTORS = ("user", "admin", "app", "reseller")


def _of_actor(*members: str) -> str:
    """SQL of the first of these that whoever acted states."""
    told = (f"nullif(j.actor.{who}.{member}, '')" for member in members for who in _ACTORS)
    return ", ".join(told)


_C = "j.context"

MAPPING = Mapped(
    shape={
        "timestamp": "VARCHAR", "p_event_time": "VARCHAR",
        "event_type": {**_TAG, "description": "VARCHAR"},
        "event_category": _TAG,
        "actor": {
            **_TAG, "user": _PERSON, "admin": _PERSON,
            "app": {**_PERSON, "app_id": "VARCHAR"}, "reseller": _PERSON,
        },
        "context": _PERSON,
        "assets": [
            {"display_name": "VARCHAR", "file_id": "VARCHAR", "path": {"contextual": "VARCHAR"}}
        ],
        "participants": [{"user": {"email": "VARCHAR"}}],
        "origin": {
            "geo_location": {"ip_address": "VARCHAR", "country": "VARCHAR"},
            "access_method": {"end_user": {"session_id": "VARCHAR"}, "request_id": "VARCHAR"},
        },
    },
    objects=("$", "$.actor", "$.actor.user", "$.actor.admin", "$.event_type", "$.origin"),
    known=frozenset((
        "timestamp", "event_category", "event_type", "details", "actor", "origin",
        "involve_non_team_member", "context", "participants", "assets", "p_event_time",
        "p_log_type", "p_parse_time", "p_row_id", "p_schema_version", "p_source_id",
        "p_source_label", "p_any_emails", "p_any_ip_addresses", "p_any_usernames",
    )),
    lookups=(_FILES,),
    steps=(
        {
            "kind": """coalesce(j.event_type.".tag", j.event_type."_tag")""",
            "actor_email": f"coalesce({_of_actor('email')})",
            "path": "coalesce(nullif(j.assets[1].path.contextual, ''),"
                    " nullif(j.assets[1].display_name, ''))",
        },
        {
            "signs_in": "regexp_full_match(kind, '(login_(success|fail)|logout|sso_error"
                        "|sign_in_as_session_(start|end))')",
            "is_file": "files_act IS NOT NULL AND path IS NOT NULL",
            "verb": act_of("kind"),
            "others": "[p.user.email for p in j.participants if p.user.email <> '']",
            "context_email": f"nullif({_C}.email, '')",
        },
    ),
    columns={
        "time": f"CASE WHEN j.p_event_time IS NOT NULL THEN {utc('j.timestamp')}"
                f" ELSE {utc('j.timestamp', zoned=True)} END",
        "original_time": "j.timestamp",
        "class_uid": "CASE WHEN NOT ok THEN 0 WHEN signs_in THEN 3002 WHEN is_file THEN 6006"
                     " ELSE 6003 END",
        "activity_id": "CASE WHEN NOT ok THEN 0 WHEN signs_in THEN CASE"
                       " WHEN kind IN ('logout', 'sign_in_as_session_end') THEN 2"
                       " WHEN kind = 'sign_in_as_session_start' THEN 7 ELSE 1 END"
                       " WHEN is_file THEN files_activity_id ELSE CASE verb WHEN 'create' THEN 1"
                       " WHEN 'read' THEN 2 WHEN 'update' THEN 3 WHEN 'delete' THEN 4"
                       " ELSE 99 END END",
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "CASE WHEN NOT ok THEN NULL WHEN signs_in THEN 'auth'"
                  " ELSE coalesce(files_act, verb, 'other') END",
        "api_operation": "kind",
        "api_service_name": "CASE WHEN ok THEN 'Dropbox' END",
        "message": "j.event_type.description",
        "actor_user_uid": f"coalesce({_of_actor('team_member_id', 'account_id')},"
                          " nullif(j.actor.app.app_id, ''))",
        "actor_user_name": f"coalesce(actor_email, {_of_actor('display_name')},"
        """ CASE WHEN coalesce(j.actor.".tag", j.actor."_tag") IN ('anonymous', 'dropbox')"""
        """ THEN coalesce(j.actor.".tag", j.actor."_tag") END)""",
        "actor_user_type": """coalesce(j.actor.".tag", j.actor."_tag")""",
        "actor_user_email": "actor_email",
        "actor_session_uid": "nullif(j.origin.access_method.end_user.session_id, '')",
        "resource_uid": "nullif(j.assets[1].file_id, '')",
        "resource_name": "path",
        "resource_type": "CASE WHEN path IS NOT NULL THEN 'file' END",
        "cloud_provider": "CASE WHEN ok THEN 'Dropbox' END",
        "metadata_product": "CASE WHEN ok THEN 'Dropbox' END",
        "src_endpoint_ip": ip("j.origin.geo_location.ip_address"),
        "src_endpoint_country": "nullif(j.origin.geo_location.country, '')",
        "status": "CASE WHEN NOT ok THEN NULL WHEN regexp_matches(kind,"
                  " '_(fail|failed|error|denied)$|^sso_error$') THEN 'failure' ELSE 'success' END",
        "metadata_correlation_uid": "nullif(j.origin.access_method.request_id, '')",
        "any_user": "CASE WHEN len(others) > 0 THEN others"
                    " WHEN context_email <> actor_email THEN [context_email] END",
    },
    open={
        "who": "an event of Dropbox itself, or of nobody signed in, names nobody",
        "on what": "sign-ins and settings name no file",
        "from where": "an event may leave its origin out",
        "when": "a time without its zone is no time",
    },
)  # fmt: skip
