"""GitHub webhooks: what happened in a repository or organization, as GitHub posts it.

The body does not say which event it is: that is in a header, which is seldom kept.  So the event is
told by the member that holds what it is about (``workflow_run``, ``issue``, …), and an operation is
called by it and the action, as GitHub's pages call it: ``issues.opened``, ``push``.

A body states no time of its own.  The time is that of the thing it is about: when it was made, for
an event of its making; when it ended, for one that completed; else its last update; and for what
was deleted there is none.  Nor does it state an address.

References:
- Webhook events and payloads: https://docs.github.com/en/webhooks/webhook-events-and-payloads
"""

from __future__ import annotations

import json
import re

import msgspec

from actum.sources.github_webhook.events import EVENTS, ODD, TOLD, VERBS
from actum.sources.seam import Claim, Mapped, plain
from actum.sources.times import utc

NAME = "github_webhook"
TITLE = "GitHub webhooks"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "repository with a full_name, or organization, beside a sender, an action or a pusher"
MEMBERS = frozenset(("repository", "organization"))
CLAIMS_TEXT = False
unwrap = plain


class Repository(msgspec.Struct, gc=False):
    """Where it happened."""

    full_name: str | None = None


class Person(msgspec.Struct, gc=False):
    """Who did it, or whose it is."""

    login: str | None = None
    name: str | None = None


class Key(msgspec.Struct, gc=False):
    """The members that tell a webhook."""

    action: str | None = None
    repository: Repository | None = None
    organization: Person | None = None
    sender: Person | None = None
    pusher: Person | None = None
    actor: msgspec.Raw = msgspec.Raw(b"")


_decode = msgspec.json.Decoder(Key).decode
_is_action = re.compile(r"[a-z_]+").fullmatch


def claim(raw: bytes) -> Claim | None:
    """A body by where it happened and who did it.  It has no id: that is in a header."""
    if b'"full_name"' not in raw and b'"sender"' not in raw:
        return None
    try:
        key = _decode(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    if key.actor or (key.action is not None and _is_action(key.action) is None):
        return None
    is_placed = key.repository is not None and "/" in (key.repository.full_name or "")
    is_owned = key.organization is not None and bool(key.organization.login)
    is_sent = key.sender is not None and bool(key.sender.login)
    is_pushed = key.pusher is not None and bool(key.pusher.name)
    if is_placed and (key.action or is_sent or is_pushed):
        return Claim(NAME, b"")
    return Claim(NAME, b"") if is_owned and is_sent and key.action else None


_LISTED = ", ".join(f"'{member}'" for member in TOLD)
_ABOUT = f"list_filter([{_LISTED}], lambda x: list_contains(members, x))[1]"
_IS_BARE = """j.action IN ('created', 'deleted', 'archived', 'unarchived', 'edited', 'renamed',
    'transferred', 'publicized', 'privatized')"""
"""Actions on the repository itself: another one, with no member we know, names no event."""
_EVENT = (
    "CASE about "
    + " ".join(f"WHEN '{member}' THEN '{event}'" for member, event in EVENTS if member not in ODD)
    + " WHEN 'comment' THEN CASE WHEN list_contains(members, 'issue') THEN 'issue_comment'"
    " WHEN list_contains(members, 'pull_request') THEN 'pull_request_review_comment'"
    " ELSE 'commit_comment' END"
    " WHEN 'membership' THEN CASE WHEN list_contains(members, 'team') THEN 'membership'"
    " ELSE 'organization' END"
    " WHEN 'ref_type' THEN CASE WHEN list_contains(members, 'master_branch') THEN 'create'"
    f" ELSE 'delete' END ELSE CASE WHEN {_IS_BARE} AND j.repository.full_name IS NOT NULL"
    " THEN 'repository' END END"
)
_THING = dict.fromkeys(
    ("id", "name", "title", "login", "key", "html_url", "status", "conclusion", "created_at",
     "updated_at", "started_at", "completed_at", "submitted_at", "published_at"),
    "VARCHAR",
)  # fmt: skip
_SHAPE = json.dumps({**_THING, "user": {"login": "VARCHAR"}, "actor": {"login": "VARCHAR"}})
_READ = f"CASE WHEN about IS NOT NULL THEN json_transform(text->('$.' || about), '{_SHAPE}') END"
"""What the event is about, read once."""


def _of(name: str) -> str:
    """SQL of a member of what the event is about."""
    return "thing." + ".".join(f'"{part}"' for part in name.split("."))


_STATED = f"""CASE WHEN j.action IN ('deleted', 'removed', 'unassigned', 'unlabeled') THEN NULL
    WHEN j.action IN ('opened', 'created', 'requested', 'queued', 'submitted')
        AND about IS NOT NULL THEN coalesce({_of("submitted_at")}, {_of("created_at")})
    WHEN event = 'repository' AND j.action = 'created' THEN j.repository.created_at
    WHEN about IS NULL THEN NULL
    WHEN j.action = 'completed' THEN coalesce({_of("completed_at")}, {_of("updated_at")})
    WHEN j.action = 'in_progress' THEN {_of("started_at")}
    WHEN j.action = 'published' THEN {_of("published_at")}
    ELSE {_of("updated_at")} END"""
_STATUS = f"""CASE WHEN NOT ok THEN NULL
    WHEN about IN ('workflow_job', 'workflow_run', 'check_run', 'check_suite') THEN
        CASE WHEN j.action <> 'completed' AND {_of("status")} <> 'completed' THEN 'unknown'
        WHEN {_of("conclusion")} = 'success' THEN 'success'
        WHEN {_of("conclusion")} IN ('failure', 'timed_out', 'startup_failure') THEN 'failure'
        ELSE 'unknown' END
    ELSE 'success' END"""
_ACT = "coalesce(verbs_act, CASE WHEN event IN ('push', 'gollum') THEN 'update' ELSE 'other' END)"
_CLASS = (
    "CASE WHEN event = 'repository' AND j.repository.full_name IS NOT NULL THEN 3004 ELSE 6003 END"
)
_ACTIVITY = """CASE WHEN NOT ok THEN 0
    WHEN class = 3004 AND j.action IN ('archived', 'unarchived') THEN
        CASE j.action WHEN 'archived' THEN 9 ELSE 8 END
    WHEN class = 3004 AND j.action = 'transferred' THEN 5
    ELSE CASE act WHEN 'create' THEN 1 WHEN 'read' THEN 2 WHEN 'update' THEN 3
        WHEN 'delete' THEN 4 ELSE 99 END END"""
_IS_REPO = "(about IS NULL OR about IN ('commits', 'pusher', 'ref_type', 'pages'))"
_PERSON = {"login": "VARCHAR", "id": "VARCHAR", "type": "VARCHAR"}
_OTHERS = f"""list_distinct(list_filter([
    CASE WHEN about IN ('member', 'membership', 'issue', 'pull_request', 'comment', 'review')
        THEN coalesce({_of("login")}, {_of("user.login")}) END,
    CASE WHEN about IN ('workflow_run') THEN {_of("actor.login")} END],
    lambda x: x IS NOT NULL AND x IS DISTINCT FROM actor))"""

MAPPING = Mapped(
    shape={
        "action": "VARCHAR", "ref": "VARCHAR", "sender": _PERSON,
        "pusher": {"name": "VARCHAR", "email": "VARCHAR"},
        "repository": {"id": "VARCHAR", "full_name": "VARCHAR", "created_at": "VARCHAR",
                       "owner": {"login": "VARCHAR"}},
        "organization": {"login": "VARCHAR"},
        "enterprise": {"slug": "VARCHAR"},
    },
    objects=("$", "$.sender", "$.repository"),
    known=frozenset((
        "action", "ref", "sender", "pusher", "repository", "organization", "enterprise",
        "installation", "before", "after", "base_ref", "compare", "created", "deleted", "forced",
        "head_commit", "commits", "changes", "number", "workflow", "master_branch", "description",
        "pusher_type", "ref_type", "assignee", "requested_reviewer", "requested_team",
        "hook_id", "zen", "starred_at", "client_payload", "branch", "event", "inputs", *TOLD,
    )),
    lookups=(VERBS,),
    steps=(
        {"members": "CASE WHEN ok THEN json_keys(text) END"},
        {"about": _ABOUT},
        {"event": _EVENT, "thing": _READ},
        {"stated": _STATED,
         "actor": "coalesce(nullif(j.sender.login, ''), nullif(j.pusher.name, ''),"
                  f" CASE WHEN j.action = 'opened' THEN {_of('user.login')} END)"},
        {"act": _ACT, "class": _CLASS},
    ),
    columns={
        "time": utc("stated", zoned=True),
        "original_time": "stated",
        "class_uid": "CASE WHEN ok THEN class ELSE 0 END",
        "activity_id": _ACTIVITY,
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "CASE WHEN ok THEN act END",
        "api_operation": "concat_ws('.', event, CASE WHEN j.action IS DISTINCT FROM event"
                         " THEN j.action END)",
        "api_service_name": "CASE WHEN ok THEN 'GitHub' END",
        "actor_user_uid": "j.sender.id",
        "actor_user_name": "actor",
        "actor_user_type": "j.sender.type",
        "actor_user_email": "CASE WHEN j.sender.login IS NULL THEN j.pusher.email END",
        "resource_uid": f"CASE WHEN {_IS_REPO} THEN j.repository.id ELSE {_of('id')} END",
        "resource_name": f"CASE WHEN {_IS_REPO} THEN j.repository.full_name ELSE"
                         f" coalesce({_of('name')}, {_of('title')}, {_of('login')},"
                         f" {_of('key')}, {_of('user.login')}, {_of('id')},"
                         " j.repository.full_name) END",
        "resource_type": f"CASE WHEN NOT {_IS_REPO} THEN about"
                         " WHEN j.repository.full_name IS NOT NULL THEN 'repository' END",
        "resource_namespace": f"CASE WHEN NOT {_IS_REPO} THEN j.repository.full_name END",
        "http_url": f"{_of('html_url')}",
        "cloud_account_uid": "coalesce(j.organization.login, j.repository.owner.login,"
                             " nullif(split_part(j.repository.full_name, '/', 1), ''))",
        "cloud_org_uid": "j.enterprise.slug",
        "metadata_product": "CASE WHEN ok THEN 'GitHub' END",
        "status": _STATUS,
        "status_detail": f"CASE WHEN {_of('conclusion')} <> 'success'"
                         f" THEN {_of('conclusion')} END",
        "any_user": f"nullif({_OTHERS}, [])",
    },
    open={
        "who": "a body trimmed on its way may have lost its sender",
        "when": "a body states no time but that of the thing it is about",
        "from where": "a body states no address",
    },
)  # fmt: skip
