"""GitLab audit events: groups, projects, users, members and sign-ins.

Three tellings of one event: ``audit_json.log`` (flat, with ``meta.*`` and no id), the audit events
API (what happened is in ``details``), and streaming (both, ``custom_message`` may be an object).
What happened is ``event_name`` or ``event_type`` where the version has it, else a member of free
form: ``add``, ``remove``, ``change``, ``with``, ``failed_login`` or ``custom_message``; it is told
as the member and its value.

An author of -1 is nobody signed in, -2 a deploy token, -3 a CI job's token.  Events tell what was
done; only a failed sign-in is a failure.

References:
- Audit events API: https://docs.gitlab.com/api/audit_events/
- audit_json.log: https://docs.gitlab.com/administration/logs/#audit_jsonlog
- Streaming: https://docs.gitlab.com/administration/compliance/audit_event_schema/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from actum.sources.addresses import ip
from actum.sources.gitlab.operations import TYPES, VERBS
from actum.sources.seam import Claim, Mapped, Splitter, Unread
from actum.sources.tables import TableSplitter, header_of, row
from actum.sources.times import utc

NAME = "gitlab"
TITLE = "GitLab audit events"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "author_id and entity_type, with details, a target or a correlation_id"
MEMBERS = frozenset(("author_id",))
CLAIMS_TEXT = False


class Key(msgspec.Struct, gc=False):
    """The members that tell an audit event in each of its tellings."""

    author_id: int | str
    entity_type: str
    id: int | str | None = None
    created_at: str | None = None
    time: str | None = None
    entity_id: int | str | None = None
    target_type: str | None = None
    details: dict[str, msgspec.Raw] | None = None


_decode = msgspec.json.Decoder(Key).decode


def claim(raw: bytes) -> Claim | None:
    """An event by its author and entity.  Ids are of one instance, and small: time tells apart."""
    if b'"author_id"' not in raw or b'"entity_type"' not in raw:
        return None
    try:
        key = _decode(raw)
        if key.details is None and key.target_type is None and key.entity_id is None:
            return None
        told = f"{key.id}/{key.created_at}" if key.id is not None and key.created_at else ""
        return Claim(NAME, told.encode())
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None


_EXPORTED = {
    "ID": "id", "Author ID": "author_id", "Author Name": "author_name", "Entity ID": "entity_id",
    "Entity Type": "entity_type", "Entity Path": "entity_path", "Target ID": "target_id",
    "Target Type": "target_type", "Target Details": "target_details", "Action": "custom_message",
    "IP Address": "ip_address", "Created At (UTC)": "created_at",
}  # fmt: skip
"""The columns of the CSV an administrator exports."""
_in_words = re.compile(
    r"(?:(Added|Removed) user access\b.*|Changed (.+?) from (.*) to (.*))"
).fullmatch


def lines(head: Sequence[bytes], options: str) -> Splitter | None:
    """The CSV of an export, by its header."""
    if options:
        raise ValueError("gitlab takes no options: the header names the columns")
    header = header_of(head[0]) if head else None
    if header is None or not {"Author ID", "Entity Type", "Action"} <= set(header[1]):
        return None
    return TableSplitter(*header, _key_of_row)


def _key_of_row(told: Mapping[str, str]) -> bytes:
    if "ID" not in told or "Created At (UTC)" not in told:
        return b""
    return f"{told['ID']}/{told['Created At (UTC)']}".encode()


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """A row of an export under the names an event has elsewhere."""
    found = row(raw, form) if form else Unread("not a row of an export")
    if isinstance(found, Unread):
        yield found
        return
    event = {_EXPORTED.get(name, name): value for name, value in found.items()}
    words = _in_words(event.get("custom_message", ""))
    if words is not None:
        member, change, before, after = words.groups()
        if member:
            event["add" if member == "Added" else "remove"] = "user_access"
        else:
            event |= {"change": change, "from": before, "to": after}
    yield msgspec.json.encode(event)


_FREE = (
    "event_name", "custom_message", "add", "remove", "change", "with", "failed_login", "from", "to",
    "as", "author_name", "author_class", "author_email", "target_id", "target_type",
    "target_details", "ip_address", "entity_path",
)  # fmt: skip


def _told(name: str) -> str:
    """SQL of a member, wherever the telling has it; "" is nothing."""
    return f"coalesce(nullif(j.details.\"{name}\", ''), nullif(j.\"{name}\", ''))"


_STEPS = {each: _told(each) for each in _FREE if each not in ("from", "to", "as", "with")}
_OPERATION = f"""coalesce(event_name,
    CASE WHEN j.event_type NOT IN ('', 'audit_operation', 'repository_git_operation')
        THEN j.event_type END,
    'change ' || change, 'add ' || "add", 'remove ' || remove,
    'failed_login ' || failed_login, 'with ' || {_told("with")},
    CASE WHEN custom_message[1] = '{{' THEN coalesce(text->>'$.details.custom_message.action',
        text->>'$.custom_message.action') ELSE custom_message END,
    j.event_type)"""
_IS_LOGIN = f"""(failed_login IS NOT NULL OR {_told("with")} IS NOT NULL
    OR starts_with(lower(custom_message), 'signed in')
    OR starts_with(lower(custom_message), 'failed to login')
    OR starts_with(event_name, 'authenticated_with') OR starts_with(event_name, 'login_failed'))"""
_IS_FAILED = """(failed_login IS NOT NULL OR starts_with(event_name, 'login_failed')
    OR starts_with(lower(custom_message), 'failed to login'))"""
_IS_MEMBER = """coalesce("add" = 'user_access' OR remove = 'user_access' OR change = 'access_level'
    OR starts_with(event_name, 'member_'), false)"""
_ACT = """CASE WHEN is_login THEN 'auth'
    WHEN is_member THEN 'update'
    WHEN event_name IS NULL AND "add" IS NOT NULL THEN 'create'
    WHEN event_name IS NULL AND remove IS NOT NULL THEN 'delete'
    WHEN event_name IS NULL AND change IS NOT NULL THEN 'update'
    ELSE coalesce(verbs_act, 'other') END"""
_CLASS = """CASE WHEN operation IS NULL THEN 0
    WHEN is_login THEN 3002
    WHEN is_member AND target_details IS NOT NULL THEN 3006
    WHEN verbs_act = 'read' THEN 6003
    WHEN coalesce(target_details, entity_path) IS NULL THEN 6003
    ELSE coalesce(types_class_uid, 6003) END"""
_ACTIVITY = """CASE WHEN NOT ok THEN 0
    WHEN class = 0 THEN 99 WHEN class = 3002 THEN 1
    WHEN class = 3006 THEN CASE WHEN "add" IS NOT NULL OR event_name = 'member_created' THEN 3
        WHEN remove IS NOT NULL OR event_name = 'member_destroyed' THEN 4 ELSE 1 END
    WHEN class = 3001 THEN CASE WHEN regexp_matches(lower(operation), 'password') THEN 3
        WHEN regexp_matches(lower(operation), '(^|[^n])block') THEN 5
        WHEN act = 'create' THEN 1 WHEN act = 'delete' THEN 6 ELSE 99 END
    ELSE CASE act WHEN 'create' THEN 1 WHEN 'read' THEN 2 WHEN 'update' THEN 3
        WHEN 'delete' THEN 4 ELSE 99 END END"""
_TYPE = """CASE j.author_id WHEN '-1' THEN 'unauthenticated' WHEN '-2' THEN 'DeployToken'
    WHEN '-3' THEN 'CiJobToken' ELSE author_class END"""
_IP = "coalesce(ip_address, nullif(j.\"meta.remote_ip\", ''))"
_MESSAGE = f"""coalesce(CASE WHEN custom_message[1] <> '{{' THEN custom_message END,
    'changed ' || change || ' from ' || coalesce({_told("from")}, 'nothing')
    || ' to ' || coalesce({_told("to")}, 'nothing'))"""

MAPPING = Mapped(
    shape={
        **dict.fromkeys(
            ("id", "author_id", "entity_id", "entity_type", "created_at", "time", "event_type",
             "correlation_id", "meta.remote_ip", "meta.user", "meta.client_id", *_FREE),
            "VARCHAR",
        ),
        "details": dict.fromkeys(_FREE, "VARCHAR"),
    },
    objects=("$", "$.details"),
    known=frozenset((
        "id", "author_id", "entity_id", "entity_type", "created_at", "time", "event_type",
        "correlation_id", "severity", "details", "author", "entity", "root_group_entity_id",
        "meta.remote_ip", "meta.user", "meta.user_id", "meta.client_id", "meta.caller_id",
        "meta.root_caller_id", "meta.feature_category", "meta.project", "meta.root_namespace",
        "meta.organization_id", "meta.http_router_rule_action", "meta.http_router_rule_type",
        "meta.gl_user_id", "meta.subscription_plan", "event_name", "custom_message", "add",
        "remove", "change", "with", "failed_login", "from", "to", "as", "author_name",
        "author_class", "author_email", "target_id", "target_type", "target_details", "ip_address",
        "entity_path", "action", "expiry_from", "expiry_to", "member_id", "added_access_level",
        "removed_access_level", "scopes", "per_page", "user_agent", "target_user",
        "push_access_levels", "merge_access_levels", "allow_force_push",
        "code_owner_approval_required", "revoked_by", "system_event", "reason",
    )),
    lookups=(TYPES, VERBS),
    steps=(
        _STEPS,
        {"is_login": f"coalesce({_IS_LOGIN}, false)", "is_failed": f"coalesce({_IS_FAILED}, false)",
         "is_member": _IS_MEMBER, "operation": _OPERATION},
        {"act": _ACT, "class": _CLASS,
         "clock": "regexp_replace(coalesce(j.created_at, j.time), ' UTC$', 'Z')"},
    ),
    columns={
        "time": utc("clock"),
        "original_time": "coalesce(j.created_at, j.time)",
        "class_uid": "CASE WHEN ok THEN class ELSE 0 END",
        "activity_id": _ACTIVITY,
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "CASE WHEN ok THEN act END",
        "api_operation": "operation",
        "api_service_name": "CASE WHEN ok THEN 'GitLab' END",
        "message": _MESSAGE,
        "actor_user_uid": "CASE WHEN try_cast(j.author_id AS BIGINT) > 0 OR author_name IS NULL"
                          " THEN j.author_id END",
        "actor_user_name": "CASE WHEN j.author_id = '-1' AND is_login"
                           " THEN coalesce(target_details, author_name)"
                           " ELSE coalesce(nullif(j.\"meta.user\", ''), author_name) END",
        "actor_user_type": _TYPE,
        "actor_user_email": "author_email",
        "resource_uid": "CASE WHEN class = 3006 THEN j.entity_id ELSE target_id END",
        "resource_name": "CASE WHEN class = 3006 THEN coalesce(entity_path, j.entity_id)"
                         " ELSE coalesce(target_details, entity_path) END",
        "resource_type": "CASE WHEN class = 3006 THEN j.entity_type"
                         " ELSE coalesce(target_type, j.entity_type) END",
        "resource_namespace": "CASE WHEN class <> 3006 AND j.entity_type IN ('Group', 'Project')"
                              " AND entity_path IS DISTINCT FROM target_details"
                              " THEN entity_path END",
        "metadata_product": "CASE WHEN ok THEN 'GitLab' END",
        "src_endpoint_ip": ip(_IP),
        "status": "CASE WHEN NOT ok THEN NULL WHEN is_failed THEN 'failure' ELSE 'success' END",
        "metadata_uid": "j.id",
        "metadata_correlation_uid": "nullif(j.correlation_id, '')",
        "any_user": "CASE WHEN target_type = 'User' AND target_details IS DISTINCT FROM author_name"
                    " AND NOT is_failed THEN [target_details] END",
    },
    open={
        "who": "what GitLab does by itself names no author",
        "what": "an event may tell neither its name nor a message",
        "on what": "an event may name no target",
        "from where": "background jobs and older versions state no address",
    },
)  # fmt: skip
