"""Databricks audit logs: delivered JSON in camel case, or rows of ``system.access.audit``.

Every service writes ``serviceName`` and ``actionName``; parameters differ by action and stand whole
in the raw record.  A long action is written twice under one ``requestId``, so that is no identity;
only the table's ``event_id`` is.  Without a ``statusCode`` the outcome is unknown.

References:
- https://docs.databricks.com/aws/en/admin/account-settings/audit-logs
- https://docs.databricks.com/aws/en/admin/system-tables/audit-logs
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from actum.sources.acts import act_of
from actum.sources.addresses import ip
from actum.sources.seam import Claim, Mapped, Unread
from actum.sources.times import epoch, utc

NAME = "databricks"
TITLE = "Databricks audit logs"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "serviceName and actionName beside userIdentity or requestParams; or the table's columns"
MEMBERS = frozenset(("actionName", "action_name"))
CLAIMS_TEXT = False

_TABLE = "table"


class Entry(msgspec.Struct, gc=False, rename="camel"):
    """The members that tell a delivered entry."""

    service_name: str
    action_name: str
    timestamp: int | float | str | None = None
    user_identity: dict[str, msgspec.Raw] | None = None
    request_params: dict[str, msgspec.Raw] | None = None


class Row(msgspec.Struct, gc=False):
    """The columns that tell a row of the table."""

    service_name: str
    action_name: str
    event_time: int | str
    event_id: str = ""


_entry = msgspec.json.Decoder(Entry).decode
_row = msgspec.json.Decoder(Row).decode
_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_REFUSED = (msgspec.MsgspecError, RecursionError, ValueError)


def claim(raw: bytes) -> Claim | None:
    """An entry, or a row of the system table."""
    try:
        if b'"actionName"' in raw and b'"serviceName"' in raw:
            entry = _entry(raw)
            if entry.user_identity is not None or entry.request_params is not None:
                return Claim(NAME, b"")
        elif b'"action_name"' in raw and b'"service_name"' in raw and b'"event_time"' in raw:
            row = _row(raw)
            return Claim(NAME, row.event_id.encode("utf-8", "surrogatepass"), _TABLE)
    except _REFUSED:
        pass
    return None


_SNAKE = re.compile("_([a-z])")
_RENAMED = {
    "event_time": "timestamp", "event_id": "eventId", "source_ip_address": "sourceIPAddress",
}  # fmt: skip


def _camel(name: str) -> str:
    return _RENAMED.get(name) or _SNAKE.sub(lambda found: found[1].upper(), name)


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:  # noqa: ARG001 - the seam's
    """A row of the table, its columns named as an entry's members are."""
    try:
        told: dict[str, object] = {_camel(name): value for name, value in _members(raw).items()}
        for name in ("userIdentity", "response"):
            inner = told.get(name)
            if isinstance(inner, msgspec.Raw) and bytes(memoryview(inner)[:1]) == b"{":
                told[name] = {_camel(key): value for key, value in _members(inner).items()}
        yield msgspec.json.encode(told)
    except _REFUSED as error:
        yield Unread(f"not valid JSON: {error}")


_LOGIN = (
    "regexp_full_match(j.actionName, '(?i)(aad|saml|oidc|cert|jwt|mtls|oauth|otp|password|token|web"
    "|browser|account|permissive|tls|ssh|mfa)*(login|logon|logout)(gateway)?|IpAccessDenied"
    "|accountIpAclsValidationFailed|workspaceIpAclsValidationFailed')"
)
_STATUS = """CASE
    WHEN NOT ok THEN NULL
    WHEN regexp_full_match(j.response.statusCode, '[23][0-9]{2}') THEN 'success'
    WHEN regexp_full_match(j.response.statusCode, '[45][0-9]{2}') THEN 'failure'
    WHEN j.response.errorMessage <> '' THEN 'failure'
    ELSE 'unknown' END"""
_P = "j.requestParams"
_TARGET = f"coalesce({_P}.targetUserName, {_P}.target_user_name)"

MAPPING = Mapped(
    shape={
        "timestamp": "VARCHAR", "serviceName": "VARCHAR", "actionName": "VARCHAR",
        "accountId": "VARCHAR", "workspaceId": "VARCHAR", "orgId": "VARCHAR",
        "sourceIPAddress": "VARCHAR", "userAgent": "VARCHAR", "sessionId": "VARCHAR",
        "requestId": "VARCHAR", "eventId": "VARCHAR", "auditLevel": "VARCHAR",
        "userIdentity": {"email": "VARCHAR", "subjectName": "VARCHAR"},
        "response": {"statusCode": "VARCHAR", "errorMessage": "VARCHAR"},
        "requestParams": {
            "targetUserName": "VARCHAR", "target_user_name": "VARCHAR", "targetUserId": "VARCHAR",
            "name": "VARCHAR", "path": "VARCHAR", "cluster_id": "VARCHAR",
            "cluster_name": "VARCHAR", "jobId": "VARCHAR", "job_id": "VARCHAR",
            "notebookId": "VARCHAR", "scope": "VARCHAR", "full_name_arg": "VARCHAR",
            "tokenId": "VARCHAR", "targetGroupName": "VARCHAR",
            "securable_full_name": "VARCHAR", "securable_type": "VARCHAR",
        },
    },
    objects=("$", "$.userIdentity", "$.response", "$.requestParams"),
    known=frozenset((
        "version", "auditLevel", "timestamp", "orgId", "workspaceId", "shardName", "accountId",
        "sourceIPAddress", "userAgent", "sessionId", "userIdentity", "principal", "authorizedAs",
        "serviceName", "actionName", "requestId", "requestParams", "response", "eventId",
        "eventDate", "identityMetadata", "MAX_LOG_MESSAGE_LENGTH", "p_event_time", "p_log_type",
        "p_parse_time", "p_row_id", "p_source_id", "p_source_label", "p_schema_version",
        "p_any_ip_addresses", "p_any_emails", "p_any_usernames",
    )),
    steps=({
        "signs_in": _LOGIN,
        "target": _TARGET,
        "account": "j.serviceName IN ('accounts', 'accountsManager') AND regexp_full_match("
                   "j.actionName, '(?i)add|createUser|delete|removeUser|deleteUser')"
                   f" AND {_TARGET} IS NOT NULL",
        "told": f"coalesce({_P}.full_name_arg, {_P}.securable_full_name, {_P}.path,"
                f" {_P}.cluster_name, {_P}.cluster_id, {_P}.jobId, {_P}.job_id, {_P}.notebookId,"
                f" {_P}.targetGroupName, {_P}.name, {_P}.scope, {_P}.tokenId)",
        "verb": act_of("j.actionName"),
    },),
    columns={
        "time": f"coalesce({epoch('j.timestamp', 'any')}, {utc('j.timestamp', zoned=True)})",
        "original_time": "j.timestamp",
        "class_uid": "CASE WHEN NOT ok THEN 0 WHEN signs_in THEN 3002 WHEN account THEN 3001"
                     " ELSE 6003 END",
        "activity_id": "CASE WHEN NOT ok THEN 0 WHEN signs_in"
                       " THEN CASE WHEN contains(lower(j.actionName), 'logout') THEN 2 ELSE 1 END"
                       " WHEN account THEN CASE WHEN verb = 'delete' THEN 6 ELSE 1 END"
                       " ELSE CASE verb WHEN 'create' THEN 1 WHEN 'read' THEN 2 WHEN 'update' THEN"
                       " 3 WHEN 'delete' THEN 4 ELSE 99 END END",
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "CASE WHEN NOT ok THEN NULL WHEN signs_in THEN 'auth'"
                  " WHEN verb = 'auth' THEN 'other' ELSE coalesce(verb, 'other') END",
        "api_operation": "j.actionName",
        "api_service_name": "j.serviceName",
        "actor_user_name": "coalesce(nullif(j.userIdentity.email, ''),"
                           " nullif(j.userIdentity.subjectName, ''),"
                           " CASE WHEN signs_in THEN target END)",
        "actor_user_email": "CASE WHEN j.userIdentity.email LIKE '%_@_%'"
                            " THEN j.userIdentity.email END",
        "actor_session_uid": "nullif(j.sessionId, '')",
        "resource_name": "CASE WHEN NOT signs_in THEN coalesce(target, told) END",
        "resource_uid": f"CASE WHEN NOT signs_in THEN CASE WHEN target IS NOT NULL"
                        f" THEN {_P}.targetUserId ELSE told END END",
        "resource_type": f"CASE WHEN signs_in THEN NULL WHEN target IS NOT NULL THEN 'user'"
                         f" WHEN told IS NOT NULL THEN coalesce({_P}.securable_type,"
                         " j.serviceName) END",
        "cloud_provider": "CASE WHEN ok THEN 'Databricks' END",
        "cloud_account_uid": "coalesce(nullif(j.workspaceId, ''), nullif(j.orgId, ''),"
                             " nullif(j.accountId, ''))",
        "cloud_org_uid": "nullif(j.accountId, '')",
        "metadata_product": "CASE WHEN ok THEN 'Databricks' END",
        "src_endpoint_ip": ip("trim(split_part(j.sourceIPAddress, ',', 1))"),
        "user_agent": "nullif(j.userAgent, '')",
        "status": _STATUS,
        "status_code": f"CASE WHEN {_STATUS} = 'failure' THEN j.response.statusCode END",
        "status_detail": "nullif(j.response.errorMessage, '')",
        "http_status": "CASE WHEN regexp_full_match(j.response.statusCode, '[1-5][0-9]{2}')"
                       " THEN try_cast(j.response.statusCode AS UINTEGER) END",
        "metadata_uid": "coalesce(nullif(j.eventId, ''), nullif(j.requestId, ''))",
        "metadata_correlation_uid": "nullif(j.requestId, '')",
        "any_user": "CASE WHEN NOT signs_in AND target IS NOT NULL THEN [target] END",
    },
    open={
        "who": "an entry may name nobody",
        "on what": "sign-ins and whole-account actions name no object",
        "from where": "what the platform did by itself states no address",
        "when": "a time that is neither a count nor has its zone is no time",
    },
)  # fmt: skip
