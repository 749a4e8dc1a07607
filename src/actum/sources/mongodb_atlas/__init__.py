"""MongoDB Atlas: events of an organization or of a project, as its API and its exports give them.

An event says what came to be by its type's name (``API_KEY_ACCESS_LIST_ENTRY_DELETED``) and has no
outcome of its own: a name in the past tense says that it happened, one that says FAILED or DENIED
that it did not, and any other leaves it open.  Panther lower-cases some events' names.

References:
- https://www.mongodb.com/docs/atlas/reference/api-resources-spec/v2/#tag/Events
- https://www.mongodb.com/docs/atlas/tutorial/activity-feed/
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from actum.sources.acts import act_of
from actum.sources.addresses import ip
from actum.sources.seam import Claim, Mapped, Unread
from actum.sources.times import utc

NAME = "mongodb_atlas"
TITLE = "MongoDB Atlas events"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "eventTypeName beside id and created, orgId or groupId"
MEMBERS = frozenset(("eventTypeName", "eventtypename"))
CLAIMS_TEXT = False

_LOWER = "lower"
_MEMBERS = (
    "alertConfigId alertId apiKeyId appId clusterId clusterName collection created currentValue"
    " database deviceName deviceId diskSizeGb endpointId eventTypeName groupId hostId hostname id"
    " instanceName invoiceId isGlobalAdmin isMongoAdmin links metricName opType orgId paymentId"
    " policyId port providerEndpointId publicKey raw remoteAddress replicaSetName resourceId"
    " resourceType sessionId shardName severity targetPublicKey targetUsername teamId userAlias"
    " userId username whitelistEntry"
)
_NAMES = {name.lower(): name for name in _MEMBERS.split()}


class Event(msgspec.Struct, gc=False, rename="camel"):
    """The members that tell an event."""

    event_type_name: str
    id: str
    created: str | None = None
    org_id: str | None = None
    group_id: str | None = None


class Lowered(msgspec.Struct, gc=False):
    """The same in lower case."""

    eventtypename: str
    id: str
    created: str | None = None
    orgid: str | None = None
    groupid: str | None = None


_event = msgspec.json.Decoder(Event).decode
_lowered = msgspec.json.Decoder(Lowered).decode
_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_REFUSED = (msgspec.MsgspecError, RecursionError, ValueError)


def claim(raw: bytes) -> Claim | None:
    """An event in either case."""
    try:
        if b'"eventTypeName"' in raw:
            event = _event(raw)
            if event.created or event.org_id or event.group_id:
                return Claim(NAME, event.id.encode("utf-8", "surrogatepass"))
        elif b'"eventtypename"' in raw:
            lowered = _lowered(raw)
            if lowered.created or lowered.orgid or lowered.groupid:
                return Claim(NAME, lowered.id.encode("utf-8", "surrogatepass"), _LOWER)
    except _REFUSED:
        pass
    return None


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:  # noqa: ARG001 - the seam's
    """An event with its members named as the vendor names them."""
    try:
        members = _members(raw)
    except _REFUSED as error:
        yield Unread(f"not valid JSON: {error}")
        return
    yield msgspec.json.encode({_NAMES.get(name, name): each for name, each in members.items()})


_TARGET = "coalesce(nullif(j.targetUsername, ''), nullif(j.targetPublicKey, ''))"
_THING = (
    "coalesce(nullif(j.clusterName, ''), nullif(j.clusterId, ''), nullif(j.whitelistEntry, ''),"
    " nullif(j.teamId, ''), nullif(j.alertConfigId, ''), nullif(j.hostname, ''),"
    " nullif(j.resourceId, ''), nullif(j.groupId, ''), nullif(j.orgId, ''))"
)
_KIND = (
    "CASE WHEN j.clusterName <> '' OR j.clusterId <> '' THEN 'cluster'"
    " WHEN j.whitelistEntry <> '' THEN 'access list entry' WHEN j.teamId <> '' THEN 'team'"
    " WHEN j.alertConfigId <> '' THEN 'alert configuration' WHEN j.hostname <> '' THEN 'host'"
    " WHEN j.resourceId <> '' THEN coalesce(j.resourceType, 'resource')"
    " WHEN j.groupId <> '' THEN 'project' WHEN j.orgId <> '' THEN 'organization' END"
)

MAPPING = Mapped(
    shape=dict.fromkeys(
        ("id", "created", "eventTypeName", "orgId", "groupId", "remoteAddress", "userId",
         "username", "publicKey", "targetUsername", "targetPublicKey", "clusterName", "clusterId",
         "whitelistEntry", "teamId", "alertConfigId", "hostname", "resourceId", "resourceType",
         "sessionId", "isGlobalAdmin", "p_event_time"),
        "VARCHAR",
    ),
    known=frozenset(_NAMES.values()) | frozenset((
        "p_event_time", "p_log_type", "p_parse_time", "p_row_id", "p_schema_version",
        "p_source_id", "p_source_label", "p_any_ip_addresses", "p_any_usernames", "p_any_emails",
        "p_any_trace_ids", "p_any_actor_ids",
    )),
    steps=({
        "target": _TARGET,
        "named": "j.eventTypeName",
        "verb": act_of("j.eventTypeName"),
        "joined": "regexp_replace(j.created, '([.][0-9]{6})[0-9]+', '\\1')",
    },),
    columns={
        "time": f"CASE WHEN j.p_event_time IS NOT NULL THEN {utc('joined')}"
                f" ELSE {utc('joined', zoned=True)} END",
        "original_time": "j.created",
        "class_uid": "CASE WHEN ok THEN 6003 ELSE 0 END",
        "activity_id": "CASE WHEN NOT ok THEN 0 ELSE CASE verb WHEN 'create' THEN 1"
                       " WHEN 'read' THEN 2 WHEN 'update' THEN 3 WHEN 'delete' THEN 4"
                       " ELSE 99 END END",
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "CASE WHEN ok THEN coalesce(verb, 'other') END",
        "api_operation": "named",
        "api_service_name": "CASE WHEN ok THEN 'MongoDB Atlas' END",
        "actor_user_uid": "coalesce(nullif(j.userId, ''), nullif(j.publicKey, ''))",
        "actor_user_name": "coalesce(nullif(j.username, ''), nullif(j.publicKey, ''))",
        "actor_user_type": "CASE WHEN j.isGlobalAdmin = 'true' THEN 'GlobalAdmin'"
                           " WHEN coalesce(j.username, '') = '' AND j.publicKey <> ''"
                           " THEN 'ApiKey' END",
        "actor_user_email": "CASE WHEN j.username LIKE '%_@_%._%' THEN j.username END",
        "actor_user_credential_uid": "nullif(j.publicKey, '')",
        "actor_session_uid": "nullif(j.sessionId, '')",
        "resource_name": f"coalesce(target, {_THING})",
        "resource_type": f"CASE WHEN j.targetUsername <> '' THEN 'user'"
                         f" WHEN j.targetPublicKey <> '' THEN 'API key' ELSE {_KIND} END",
        "cloud_provider": "CASE WHEN ok THEN 'MongoDB Atlas' END",
        "cloud_account_uid": "coalesce(nullif(j.groupId, ''), nullif(j.orgId, ''))",
        "cloud_org_uid": "nullif(j.orgId, '')",
        "metadata_product": "CASE WHEN ok THEN 'MongoDB Atlas' END",
        "src_endpoint_ip": ip("j.remoteAddress"),
        "status": "CASE WHEN NOT ok THEN NULL WHEN regexp_matches(named, 'FAIL|DENIED|REJECTED')"
                  " THEN 'failure' WHEN regexp_matches(named, '[A-Z]ED(_|$)')"
                  " THEN 'success' ELSE 'unknown' END",
        "metadata_uid": "j.id",
        "any_user": "CASE WHEN target IS NOT NULL THEN [target] END",
    },
    open={
        "who": "what Atlas did by itself names nobody",
        "from where": "what Atlas did by itself states no address",
        "when": "a time without its zone is no time",
        "on what": "an event may name neither organization nor project",
    },
)  # fmt: skip
