"""GitHub audit log: organizations and enterprises, by REST, streaming or export.

``action`` is ``category.verb``; what else a record has depends on it.  ``actor`` did it, ``user``
is who it was done to.  Times are milliseconds since 1970; some pipelines rewrite them as text, and
``@timestamp`` as ``at_sign_timestamp``.  ``org`` may be a list, ``repo`` may be called
``repository``, git events may lack an id, addresses are there only if an owner enabled them.

The log tells what was done, so an action is a success unless its name says that it failed, its
request or workflow ended otherwise, or it is only a step of a sign-in.

References:
- Reviewing the audit log: https://docs.github.com/en/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/reviewing-the-audit-log-for-your-organization
- Streaming: https://docs.github.com/en/enterprise-cloud@latest/admin/monitoring-activity-in-your-enterprise/reviewing-audit-logs-for-your-enterprise/streaming-the-audit-log-for-your-enterprise
- REST API: https://docs.github.com/en/enterprise-cloud@latest/rest/orgs/orgs#get-the-audit-log-for-an-organization
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from actum.sources.addresses import ip
from actum.sources.github.operations import KINDS, OPERATIONS, VERBS
from actum.sources.seam import Claim, Mapped, Splitter, Unread
from actum.sources.tables import TableSplitter, header_of, row
from actum.sources.times import epoch, utc

NAME = "github"
TITLE = "GitHub audit log"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "action of the form category.verb beside org, repo, business or _document_id"
MEMBERS = frozenset(("org", "repo", "repository", "business", "_document_id"))
CLAIMS_TEXT = False


class Key(msgspec.Struct, rename={"stamp": "@timestamp", "document": "_document_id"}, gc=False):
    """The members that tell an audit record; a webhook's ``repository`` is no text."""

    action: str
    actor: str | None = None
    org: str | list[str | None] | None = None
    repo: str | list[str | None] | None = None
    repository: str | None = None
    business: str | None = None
    document: str | None = None
    stamp: int | float | str | None = None
    created_at: int | float | str | None = None


_decode = msgspec.json.Decoder(Key).decode
_is_action = re.compile(r"[a-z0-9_]+(\.[a-z0-9_-]+){0,2}").fullmatch


def claim(raw: bytes) -> Claim | None:
    """A record by its action and whose it is."""
    if b'"action"' not in raw:
        return None
    try:
        key = _decode(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    if _is_action(key.action) is None or not _is_record(key):
        return None
    return Claim(NAME, (key.document or "").encode("utf-8", "surrogatepass"))


def _is_record(key: Key) -> bool:
    is_stamped = key.stamp is not None or key.created_at is not None
    where = key.org or key.repo or key.repository or key.business or key.document
    if "." not in key.action:
        return bool(key.org and key.actor and (key.repo or key.document) and is_stamped)
    return bool(where) and (is_stamped or key.actor is not None)


_COLUMNS = frozenset(("action", "actor", "created_at"))
_PLACES = frozenset(("org", "repo", "business", "actor_location.country_code"))


def lines(head: Sequence[bytes], options: str) -> Splitter | None:
    """The CSV an owner exports, by its header."""
    if options:
        raise ValueError("github takes no options: the header names the columns")
    header = header_of(head[0]) if head else None
    if header is None:
        return None
    names = set(header[1])
    if not names >= _COLUMNS or names.isdisjoint(_PLACES):
        return None
    return TableSplitter(*header, lambda told: told.get("_document_id", "").encode())


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """A row of an export, whose columns are named by paths: ``data.team``."""
    found = row(raw, form) if form else Unread("not a row of an export")
    if isinstance(found, Unread):
        yield found
        return
    event: dict[str, object] = {}
    for name, value in found.items():
        outer, _, inner = name.partition(".")
        holder = event.setdefault(outer, {}) if inner in _NESTED.get(outer, ()) else None
        if isinstance(holder, dict):
            holder[inner] = value
        else:
            event[name] = value
    yield msgspec.json.encode(event)


_NESTED = {"actor_location": ("country_code", "country_name"), "data": ("team", "user")}
_STATED = 'coalesce(j."@timestamp", j.at_sign_timestamp, j.created_at)'
_TIME = (
    f"CASE WHEN regexp_full_match(stated, '[0-9.]+') THEN {epoch('stated', 'any')}"
    f" ELSE {utc('clock')} END"
)


def _one(name: str) -> str:
    """SQL of a member that may be a list: its only value, or its first."""
    listed = f"CASE WHEN j.{name}[1] = '[' THEN text->>'$.{name}[0]' END"
    return f"coalesce({listed}, nullif(j.{name}, ''))"


_FAILED = "'(^|[._])(failed|failure|fail|error)(_|$)|[.]rejected_'"
_STATUS = f"""CASE WHEN NOT ok THEN NULL
    WHEN code >= 400 THEN 'failure'
    WHEN j.conclusion IN ('failure', 'timed_out', 'startup_failure') THEN 'failure'
    WHEN j.conclusion IN ('cancelled', 'action_required', 'stale') THEN 'unknown'
    WHEN regexp_matches(j.action, {_FAILED}) THEN 'failure'
    WHEN ends_with(j.action, '.sso_response') OR j.action IN ('user.two_factor_requested',
        'user.correct_password_from_unrecognized') THEN 'unknown'
    ELSE 'success' END"""
_ASKED = """CASE j.request_method WHEN 'GET' THEN 'read' WHEN 'POST' THEN 'create'
    WHEN 'PUT' THEN 'update' WHEN 'PATCH' THEN 'update' WHEN 'DELETE' THEN 'delete' END"""
_ACTIVITY = """CASE WHEN NOT ok THEN 0
    WHEN class = operations_class_uid THEN operations_activity_id
    ELSE CASE act WHEN 'create' THEN 1 WHEN 'read' THEN 2 WHEN 'update' THEN 3
        WHEN 'delete' THEN 4 ELSE 99 END END"""
_CLASS = """CASE WHEN operations_class_uid = 3004 AND coalesce(repo, org, j.business) IS NULL
        THEN 6003 ELSE coalesce(operations_class_uid, 6003) END"""
_WHICH = """CASE split_part(j.action, '.', 1)
    WHEN 'team' THEN CASE WHEN team IS NOT NULL THEN 'team' END
    WHEN 'user' THEN CASE WHEN who IS NOT NULL THEN 'user' END
    WHEN 'org' THEN CASE WHEN org IS NOT NULL THEN 'organization' END
    WHEN 'business' THEN CASE WHEN j.business <> '' THEN 'enterprise' END END"""
_KIND = """coalesce(which, CASE WHEN repo IS NOT NULL THEN 'repository'
    WHEN coalesce(j.name, j.ruleset_name, j.oauth_application_name) IS NOT NULL
    THEN split_part(j.action, '.', 1)
    WHEN org IS NOT NULL THEN 'organization' WHEN j.business <> '' THEN 'enterprise'
    WHEN who IS NOT NULL THEN 'user' END)"""
_NAME = """CASE kind WHEN 'team' THEN team WHEN 'user' THEN who WHEN 'organization' THEN org
    WHEN 'enterprise' THEN j.business WHEN 'repository' THEN repo
    ELSE coalesce(j.name, j.ruleset_name, j.oauth_application_name) END"""
_UID = """CASE kind WHEN 'user' THEN nullif(j.user_id, '0') WHEN 'organization' THEN org_id
    WHEN 'enterprise' THEN j.business_id
    WHEN 'repository' THEN coalesce(j.repo_id, j.repository_id) END"""

MAPPING = Mapped(
    shape={
        **dict.fromkeys(
            ("@timestamp", "at_sign_timestamp", "created_at", "action", "actor", "actor_id",
             "actor_ip", "actor_is_bot", "actor_session", "org", "org_id", "business",
             "business_id", "repo", "repo_id", "repository", "repository_id", "user", "user_id",
             "team", "name", "operation_type", "hashed_token", "token_id",
             "external_identity_nameid", "user_agent", "request_id", "_document_id",
             "conclusion", "status_code", "ruleset_name", "oauth_application_name",
             "method", "request_method", "url", "url_path", "message", "reason", "error"),
            "VARCHAR",
        ),
        "actor_location": {"country_code": "VARCHAR", "country_name": "VARCHAR"},
        "data": {"team": "VARCHAR", "user": "VARCHAR"},
    },
    objects=("$",),
    known=frozenset((
        "@timestamp", "at_sign_timestamp", "created_at", "action", "actor", "actor_id", "actor_ip",
        "actor_is_bot", "actor_is_agent", "actor_location", "actor_session", "actor_type", "org",
        "org_id", "business", "business_id", "repo", "repo_id", "repository", "repository_id",
        "repository_public", "public_repo", "visibility", "previous_visibility", "user", "user_id",
        "team", "name", "old_name", "operation_type", "hashed_token", "token_id", "token_scopes",
        "programmatic_access_type", "external_identity_nameid", "external_identity_username",
        "external_id", "user_agent", "request_id", "_document_id", "conclusion", "status_code",
        "ruleset_name", "ruleset_id", "ruleset_enforcement", "ruleset_old_enforcement",
        "ruleset_source_type", "ruleset_bypass_actors", "ruleset_bypass_actors_added",
        "ruleset_bypass_actors_deleted", "ruleset_bypass_actors_updated", "ruleset_conditions",
        "ruleset_conditions_added", "ruleset_conditions_deleted", "ruleset_conditions_updated",
        "ruleset_rules", "ruleset_rules_added", "ruleset_rules_deleted", "ruleset_rules_updated",
        "oauth_application_name", "oauth_application", "oauth_application_id", "method",
        "request_method", "request_access_security_header", "request_body", "query_string",
        "rate_limit_remaining", "route", "url", "url_path", "message", "reason", "error", "data",
        "transport_protocol", "transport_protocol_name", "server_id", "referrer", "controller",
        "controller_action", "from", "device_cookie", "issuer", "hook_id", "events", "active",
        "active_was", "config", "config_was", "events_were", "number", "alert_number", "alert_id",
        "ghsa_id", "cve_id", "workflow_id", "workflow_run_id", "run_attempt", "run_number",
        "head_branch", "head_sha", "started_at", "completed_at", "event", "trigger_id", "job_name",
        "job_workflow_ref", "runner_id", "runner_name", "runner_labels", "runner_group_id",
        "runner_group_name", "runner_owner_type", "is_hosted_runner", "environment_name", "key",
        "permission", "permissions", "old_permission", "permissions_added", "permissions_unchanged",
        "permissions_upgraded", "invitee", "email", "emails", "title", "branch",
        "deploy_key_fingerprint", "fingerprint", "limited_availability", "blocked_user",
        "explanation", "application_client_id", "integration", "installation_id",
        "repositories_added", "repositories_added_names", "repositories_removed",
        "repositories_removed_names", "repository_selection", "pull_request_id",
        "pull_request_title", "pull_request_url", "pull_request_number", "overridden_codes",
        "reasons", "secret_type", "secret_type_display_name", "push_protection_bypass_reason",
        "user_programmatic_access_id", "user_programmatic_access_name",
        "user_programmatic_access_request_id", "credential_id", "changes", "owner", "owner_type",
        "topic", "version", "ecosystem", "package", "sso_user_identifier", "login_method", "login",
        "fork_parent", "fork_source", "merge_method", "admin_enforced", "authorized_actors",
        "authorized_actors_only", "enforcement_level", "invitation_id", "target_login",
        "target_version", "tool", "passkey_nickname", "country",
    )),
    lookups=(OPERATIONS, KINDS, VERBS),
    steps=(
        {"stated": _STATED, "repo": f"coalesce({_one('repo')}, nullif(j.repository, ''))",
         "org": _one("org"), "org_id": _one("org_id"),
         "team": "nullif(coalesce(j.team, j.data.team), '')",
         "who": "nullif(coalesce(j.\"user\", j.data.\"user\"), '')",
         "code": "try_cast(j.status_code AS UINTEGER)",
         "act": f"coalesce(operations_act, CASE WHEN j.action = 'api.request' THEN {_ASKED} END,"
                " kinds_act, verbs_act, 'other')"},
        {"class": _CLASS, "which": _WHICH, "clock": "regexp_replace(stated, ' UTC$', 'Z')"},
        {"kind": _KIND},
    ),
    columns={
        "time": _TIME,
        "original_time": "stated",
        "class_uid": "CASE WHEN ok THEN class ELSE 0 END",
        "activity_id": _ACTIVITY,
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "CASE WHEN ok THEN act END",
        "api_operation": "j.action",
        "api_service_name": "CASE WHEN ok THEN 'GitHub' END",
        "message": "coalesce(j.message, j.reason)",
        "actor_user_uid": "nullif(nullif(j.actor_id, ''), '0')",
        "actor_user_name": "coalesce(nullif(j.actor, ''), CASE WHEN starts_with(j.action, 'user.')"
                           " AND class = 3002 THEN who END)",
        "actor_user_type": "CASE lower(j.actor_is_bot) WHEN 'true' THEN 'Bot'"
                           " WHEN 'false' THEN 'User' END",
        "actor_user_email": "CASE WHEN j.external_identity_nameid LIKE '%_@_%._%'"
                            " THEN j.external_identity_nameid END",
        "actor_user_credential_uid": "coalesce(nullif(j.hashed_token, ''),"
                                     " nullif(nullif(j.token_id, '0'), ''))",
        "actor_session_uid": "nullif(j.actor_session, '')",
        "resource_uid": f"nullif({_UID}, '')",
        "resource_name": _NAME,
        "resource_type": "kind",
        "http_method": "coalesce(j.request_method, j.method)",
        "http_url": "coalesce(j.url, j.url_path)",
        "cloud_account_uid": "org",
        "cloud_org_uid": "nullif(j.business, '')",
        "metadata_product": "CASE WHEN ok THEN 'GitHub' END",
        "src_endpoint_ip": ip("j.actor_ip"),
        "src_endpoint_country": "coalesce(nullif(j.actor_location.country_code, ''),"
                                " nullif(j.actor_location.country_name, ''))",
        "user_agent": "nullif(j.user_agent, '')",
        "status": _STATUS,
        "status_detail": "coalesce(j.error, CASE WHEN j.conclusion <> 'success'"
                         " THEN j.conclusion END)",
        "http_status": "code",
        "metadata_uid": "j._document_id",
        "metadata_correlation_uid": "nullif(j.request_id, '')",
        "any_user": "CASE WHEN who IS DISTINCT FROM nullif(j.actor, '') AND who IS NOT NULL"
                    " AND NOT (coalesce(j.actor, '') = '' AND starts_with(j.action, 'user.')"
                    " AND class = 3002)"
                    " THEN [who] END",
    },
    open={
        "who": "an anonymous clone of a public repository names no actor",
        "on what": "a record trimmed on its way may name nothing it was done to",
        "when": "a record trimmed on its way may have lost its time",
        "from where": "addresses are recorded only where an owner enabled it",
    },
)  # fmt: skip
