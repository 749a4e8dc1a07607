"""Documents of the Elastic Common Schema: what Beats, Elastic Agent and ECS loggers write.

They come nested or with dotted names (``"event.action": …``), by themselves, as lines of an export
or as hits with ``_source`` or ``fields`` (see `actum.sources.ecs.elastic`).  ECS is a form that
other sources' records may have too, so it is asked only when no particular source claims them.

Traps: ``event.category`` and ``event.type`` are lists, but a list of one is often written as its
value.  ``event.outcome`` may be missing, and then ``event.type`` tells what was allowed or denied,
or nobody tells.  ``user`` is who acts, ``user.target`` who is acted on, ``user.effective`` whom the
actor has become.  ``event.severity`` is the product's own number and is left to the raw record.
Windows events that no pipeline has made ECS of are read as far as ``winlog`` says who it was.

References:
- Fields: https://www.elastic.co/docs/reference/ecs/ecs-field-reference
- Categories: https://www.elastic.co/docs/reference/ecs/ecs-category-field-values-reference
- ECS loggers: https://www.elastic.co/docs/reference/ecs/logging/intro
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from actum.sources.addresses import host, ip, port
from actum.sources.ecs import kinds
from actum.sources.ecs.elastic import DOTTED, HIT, is_dotted, unwrap
from actum.sources.seam import Claim, Mapped
from actum.sources.times import epoch, utc

__all__ = ["MAPPING", "NAME", "SIGNS", "SUPPORT", "TITLE", "VERSION", "claim", "unwrap"]

NAME = "ecs"
TITLE = "Elastic Common Schema (ECS) documents"
VERSION = 1
SUPPORT = "vendor documentation"
SIGNS = "@timestamp beside ecs.version or an event of the Elastic Common Schema"
MEMBERS = frozenset(("@timestamp", "_source", "_index"))
CLAIMS_TEXT = False

_decode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_EVENT = frozenset(
    ("kind", "category", "type", "action", "dataset", "module", "outcome", "provider", "code",
     "original", "created", "ingested", "id")
)  # fmt: skip
_DOTTED = frozenset(f"event.{name}" for name in _EVENT) | {"ecs.version"}


def claim(raw: bytes) -> Claim | None:
    """A document by itself, or the hit of a search answer that holds one."""
    if b'"@timestamp"' not in raw:
        return None
    try:
        members = _decode(raw)
        if "_source" in members or ("fields" in members and "_index" in members):
            return _claim_hit(members)
        if not _is_ecs(members):
            return None
        return Claim(NAME, _key(members), DOTTED if is_dotted(members) else "", 0.8)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None


def _claim_hit(hit: Mapping[str, msgspec.Raw]) -> Claim | None:
    inside = hit.get("_source", b"")
    document = _decode(inside if bytes(inside)[:1] == b"{" else hit.get("fields", b"{}"))
    if not _is_ecs(document):
        return None
    key = (
        b"\0".join((bytes(hit["_index"]), bytes(hit["_id"])))
        if {"_index", "_id"} <= set(hit)
        else b""
    )
    return Claim(NAME, key, HIT, 0.8)


def _is_ecs(members: Mapping[str, msgspec.Raw]) -> bool:
    if "@timestamp" not in members:
        return False
    if not _DOTTED.isdisjoint(members):
        return True
    if "ecs" in members and b'"version"' in bytes(members["ecs"]):
        return True
    event = bytes(members.get("event", b""))
    return event[:1] == b"{" and not _EVENT.isdisjoint(_decode(event))


def _key(members: Mapping[str, msgspec.Raw]) -> bytes:
    """The event's own id, within the data set and the moment it is of; b"" without one."""
    event = bytes(members.get("event", b""))
    inside = _decode(event) if event[:1] == b"{" else {}
    told = {name: inside.get(name) or members.get(f"event.{name}") for name in ("id", "dataset")}
    if not told["id"] or bytes(told["id"]) in {b'""', b"null"}:
        return b""
    return b"\0".join(
        (bytes(told["id"]), bytes(told["dataset"] or b""), bytes(members["@timestamp"]),
         bytes(members.get("agent", b"")))
    )  # fmt: skip


_V = "VARCHAR"
_USER = {"id": _V, "name": _V, "email": _V}
_SIDE = {
    "ip": _V, "address": _V, "domain": _V, "port": _V, "user": {"name": _V, "id": _V},
    "geo": {"country_iso_code": _V, "country_name": _V},
}  # fmt: skip
_STAMP = 'j."@timestamp"'
_TIME = f"coalesce({utc(_STAMP, zoned=True)}, {epoch(_STAMP, 'any')})"
_E = "j.event"
_W = "j.winlog.event_data"


_NAMES = (
    'j."user".name', 'j."user".email', "j.client.user.name", "j.source.user.name",
    f"CASE WHEN class = 3002 THEN {_W}.TargetUserName END", f"{_W}.SubjectUserName",
    "j.winlog.user.name",
)  # fmt: skip
_IDS = (
    'j."user".id', "j.client.user.id", "j.source.user.id",
    f"CASE WHEN class = 3002 THEN {_W}.TargetUserSid END", f"{_W}.SubjectUserSid",
    "j.winlog.user.identifier",
)  # fmt: skip
_TARGET, _GROUP = 'j."user".target', 'j."group"'
_CAME = f"coalesce(j.source.ip, j.client.ip, j.source.address, j.client.address, {_W}.IpAddress)"
_WENT = "coalesce(j.destination.ip, j.server.ip, j.destination.address, j.server.address)"


def _first(*values: str) -> str:
    return f"coalesce({', '.join(f'''nullif({value}, '')''' for value in values)})"


def _each_once(listed: str) -> str:
    kept = f"list_filter({listed}, lambda x: x <> '')"
    return f"nullif(list_filter({kept}, lambda x, i: list_position({kept}, x) = i), [])"


_USERS = f"""CASE WHEN j.related."user" IS NOT NULL OR {_TARGET}.name IS NOT NULL
        OR {_TARGET}.id IS NOT NULL OR {_TARGET}.email IS NOT NULL
        OR j.destination."user".name IS NOT NULL
    THEN list_filter(list_concat([{_TARGET}.name, {_TARGET}.email, {_TARGET}.id,
        j.destination."user".name], j.related."user"),
        lambda x: x NOT IN (coalesce(actor, ''), coalesce(actor_id, ''),
            coalesce(j."user".email, ''))) END"""
_ADDRESSES = f"""CASE WHEN j.related.ip IS NOT NULL THEN list_filter(list_transform(j.related.ip,
    lambda x: {ip("x")}), lambda x: x <> coalesce(came_from, '') AND x <> coalesce(went_to, ''))
    END"""

MAPPING = Mapped(
    shape={
        "@timestamp": _V, "_id": _V, "message": _V,
        "event": {
            "id": _V, "kind": _V, "category": _V, "type": _V, "action": _V, "outcome": _V,
            "code": _V, "reason": _V, "provider": _V, "module": _V, "dataset": _V, "end": _V,
        },
        "user": {**_USER, "target": _USER, "effective": {"name": _V, "id": _V}},
        "source": _SIDE, "client": _SIDE, "destination": _SIDE, "server": _SIDE,
        "host": {"name": _V, "hostname": _V, "id": _V},
        "observer": {"product": _V, "name": _V}, "agent": {"type": _V},
        "service": {"name": _V}, "organization": {"id": _V, "name": _V},
        "group": {"id": _V, "name": _V},
        "cloud": {
            "provider": _V, "region": _V, "account": {"id": _V}, "project": {"id": _V},
        },
        "orchestrator": {
            "namespace": _V, "resource": {"id": _V, "name": _V, "type": _V},
        },
        "process": {"name": _V, "executable": _V, "command_line": _V, "pid": _V},
        "file": {"path": _V, "name": _V}, "registry": {"path": _V}, "package": {"name": _V},
        "url": {"full": _V, "original": _V, "path": _V},
        "http": {"request": {"method": _V}, "response": {"status_code": _V}},
        "user_agent": {"original": _V},
        "dns": {"question": {"name": _V, "type": _V}, "type": _V, "response_code": _V},
        "network": {
            "transport": _V, "protocol": _V, "direction": _V, "bytes": _V, "packets": _V,
        },
        "rule": {"name": _V}, "error": {"code": _V, "message": _V},
        "trace": {"id": _V}, "transaction": {"id": _V},
        "related": {"user": [_V], "ip": [_V]},
        "kibana": {"alert": {"uuid": _V, "severity": _V, "rule": {"name": _V}, "reason": _V}},
        "winlog": {
            "computer_name": _V, "channel": _V, "user": {"name": _V, "identifier": _V},
            "event_data": {
                "SubjectUserName": _V, "SubjectUserSid": _V, "TargetUserName": _V,
                "TargetUserSid": _V, "IpAddress": _V, "Status": _V,
            },
        },
    },
    objects=("$", "$.event", "$.user", "$.source", "$.client", "$.host", "$.cloud"),
    known=frozenset((
        "@timestamp", "@version", "@metadata", "_id", "message", "tags", "labels", "agent", "as",
        "client", "cloud", "code_signature", "container", "data_stream", "destination", "device",
        "dll", "dns", "ecs", "elf", "email", "entity", "error", "event", "faas", "file", "gen_ai",
        "geo", "group", "hash", "host", "http", "interface", "log", "macho", "network", "observer",
        "orchestrator", "organization", "os", "package", "pe", "process", "registry", "related",
        "risk", "rule", "server", "service", "source", "span", "threat", "tls", "trace",
        "transaction", "url", "user", "user_agent", "vlan", "volume", "vulnerability", "x509",
        "winlog", "kibana", "input", "fileset", "elastic_agent",
    )),
    steps=(
        {"class": kinds.CLASS, "came_from": ip(_CAME), "went_to": ip(_WENT)},
        {"act": kinds.ACT, "actor": _first(*_NAMES), "actor_id": _first(*_IDS)},
        {"users": _USERS, "addresses": _ADDRESSES},
    ),
    columns={
        "time": _TIME,
        "original_time": f"CASE WHEN ({_TIME}) IS NOT NULL THEN {_STAMP} END",
        "end_time": utc("j.event.end", zoned=True),
        "class_uid": "class",
        "activity_id": f"CASE WHEN NOT ok THEN 0 ELSE {kinds.ACTIVITY} END",
        "severity_id": kinds.SEVERITY,
        "action": "CASE WHEN ok AND class > 0 THEN act END",
        "api_operation": _first(
            f"{_E}.action", "CASE WHEN j.winlog IS NOT NULL THEN j.event.code END"),
        "api_service_name": _first(f"{_E}.provider", "j.service.name"),
        "message": _first("j.message", "j.kibana.alert.reason"),
        "finding_title": _first("j.rule.name", "j.kibana.alert.rule.name"),
        "actor_user_uid": "actor_id",
        "actor_user_name": "actor",
        "actor_user_email": 'nullif(j."user".email, \'\')',
        "actor_acting_as": 'coalesce(j."user".effective.name, j."user".effective.id)',
        "resource_uid": f"CASE WHEN class = 3006 THEN {_GROUP}.id"
                        f" WHEN class = 3001 THEN {_TARGET}.id ELSE"
                        " coalesce(j.orchestrator.resource.id, j.file.path, j.registry.path) END",
        "resource_name": f"CASE WHEN class = 3006 THEN {_GROUP}.name WHEN class = 3001"
                         f" THEN coalesce({_TARGET}.name, {_TARGET}.email) ELSE"
                         f" coalesce(j.orchestrator.resource.name, j.file.name, j.file.path,"
                         f" j.registry.path, j.package.name, {_TARGET}.name, {_GROUP}.name) END",
        "resource_type": "CASE WHEN class = 3006 THEN 'Group' WHEN class = 3001"
                         f" THEN CASE WHEN coalesce({_TARGET}.name, {_TARGET}.id, {_TARGET}.email)"
                         " IS NOT NULL THEN 'User' END"
                         " ELSE coalesce(j.orchestrator.resource.type,"
                         " CASE WHEN j.file.path IS NOT NULL THEN 'File' END) END",
        "resource_namespace": "j.orchestrator.namespace",
        "http_method": "j.http.request.method",
        "http_url": "coalesce(j.url.original, j.url.full, j.url.path)",
        "query_hostname": "j.dns.question.name",
        "query_type": "j.dns.question.type",
        "process_name": "j.process.name",
        "process_path": "j.process.executable",
        "process_cmd_line": "j.process.command_line",
        "process_pid": "try_cast(j.process.pid AS BIGINT)",
        "cloud_provider": "CASE lower(j.cloud.provider) WHEN 'aws' THEN 'AWS' WHEN 'azure' THEN"
                          " 'Azure' WHEN 'gcp' THEN 'GCP' ELSE nullif(j.cloud.provider, '') END",
        "cloud_account_uid": "coalesce(j.cloud.account.id, j.cloud.project.id)",
        "cloud_org_uid": "coalesce(j.organization.id, j.organization.name)",
        "cloud_region": "j.cloud.region",
        "metadata_product": _first(
            "j.observer.product", f"{_E}.module", f"{_E}.dataset", "j.winlog.channel",
            "j.agent.type"),
        "device_hostname": _first(
            "j.host.name", "j.host.hostname", "j.observer.name", "j.winlog.computer_name"),
        "device_uid": "j.host.id",
        "src_endpoint_ip": "came_from",
        "src_endpoint_domain": f"coalesce(j.source.domain, j.client.domain, {host(_CAME)})",
        "src_endpoint_port": port("coalesce(j.source.port, j.client.port)"),
        "src_endpoint_country": "coalesce(j.source.geo.country_iso_code,"
                                " j.client.geo.country_iso_code, j.source.geo.country_name,"
                                " j.client.geo.country_name)",
        "dst_endpoint_ip": "went_to",
        "dst_endpoint_port": port("coalesce(j.destination.port, j.server.port)"),
        "dst_endpoint_domain": f"coalesce(j.destination.domain, j.server.domain, {host(_WENT)})",
        "connection_protocol": "lower(j.network.transport)",
        "connection_direction": "CASE lower(j.network.direction) WHEN 'inbound' THEN 'inbound'"
                                " WHEN 'ingress' THEN 'inbound' WHEN 'outbound' THEN 'outbound'"
                                " WHEN 'egress' THEN 'outbound' END",
        "traffic_bytes": "try_cast(j.network.bytes AS UBIGINT)",
        "traffic_packets": "try_cast(j.network.packets AS UBIGINT)",
        "user_agent": "j.user_agent.original",
        "status": kinds.STATUS,
        "status_code": _first("j.error.code", "CASE WHEN class = 4003 THEN j.dns.response_code END",
                              f"CASE WHEN {_E}.code = '4625' THEN {_W}.Status END"),
        "status_detail": _first("j.error.message", f"{_E}.reason"),
        "http_status": "CASE WHEN try_cast(j.http.response.status_code AS UINTEGER) BETWEEN 100 AND"
                       " 999 THEN try_cast(j.http.response.status_code AS UINTEGER) END",
        "metadata_uid": _first(f"{_E}.id", "j.kibana.alert.uuid", "j._id"),
        "metadata_correlation_uid": _first("j.trace.id", "j.transaction.id"),
        "any_user": _each_once("users"),
        "any_ip": _each_once("addresses"),
    },
    open=dict.fromkeys(
        ("who", "what", "on what", "where", "from where", "outcome", "when"),
        "no field of the schema but @timestamp is required, and each product fills in its own",
    ),
)  # fmt: skip
