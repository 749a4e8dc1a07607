"""Events that are OCSF already, of any 1.x version: one JSON object an event, nested.

Amazon Security Lake, collectors of many vendors and other Actums speak it; Security Lake's Parquet
rows arrive as the same JSON.  The flat columns are OCSF's own paths, so most of this mapping says
which column a path is.  What differs from a plain copy:

- ``time`` is milliseconds by the schema; seconds, as some producers write, are told by their ten
  digits.  ``time_dt`` is read only where ``time`` is missing: where the two disagree, the required
  one counts.
- Who signs in is ``user`` where ``actor`` names nobody (Authentication).
- A finding's ``status`` is its triage (New, Resolved), not an outcome.
- ``metadata.uid`` is said to be unique, but producers repeat it from a record to its events, so
  product, account, type and time belong to the identity.
- The thing acted on has another name in each class: ``user``, ``group``, ``entity``, ``file``, …

References:
- Schema: https://schema.ocsf.io/1.8.0/
- Understanding OCSF: https://github.com/ocsf/ocsf-docs/blob/main/overview/understanding-ocsf.md
- Security Lake: https://docs.aws.amazon.com/security-lake/latest/userguide/open-cybersecurity-schema-framework.html
"""

from __future__ import annotations

import msgspec

from actum.ocsf.classes import class_shape, ocsf_classes
from actum.sources.addresses import host, ip, port
from actum.sources.ocsf.activities import ACTIVITIES
from actum.sources.seam import Claim, Mapped, plain
from actum.sources.times import epoch, utc

NAME = "ocsf"
TITLE = "Open Cybersecurity Schema Framework (OCSF) events"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "class_uid beside metadata.version 1.x"
MEMBERS = frozenset(("class_uid",))
CLAIMS_TEXT = False
unwrap = plain


class _Product(msgspec.Struct, gc=False):
    name: object = None


class _Metadata(msgspec.Struct, gc=False):
    version: object = None
    uid: object = None
    product: msgspec.Raw = msgspec.Raw(b"{}")


class _Key(msgspec.Struct, gc=False):
    class_uid: int | str
    metadata: _Metadata
    time: object = None
    type_uid: object = None
    activity_id: object = None
    category_uid: object = None
    cloud: msgspec.Raw = msgspec.Raw(b"{}")


_decode = msgspec.json.Decoder(_Key).decode


def claim(raw: bytes) -> Claim | None:
    """An event that says its class and the version of the schema."""
    if b'"class_uid"' not in raw or b'"metadata"' not in raw:
        return None
    try:
        key = _decode(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    version = key.metadata.version
    if isinstance(version, str) and version:
        if version[:2] not in {"1.", "v1"}:
            return None
    elif key.category_uid is None or key.type_uid is None:
        return None
    uid = key.metadata.uid
    if not isinstance(uid, str | int) or uid == "":
        return Claim(NAME, b"")
    about = msgspec.json.encode([key.type_uid, key.class_uid, key.activity_id, key.time, uid])
    return Claim(NAME, b"\0".join((bytes(key.metadata.product), bytes(key.cloud), about)))


_V = "VARCHAR"
_USER = {
    "uid": _V, "name": _V, "type": _V, "type_id": _V, "email_addr": _V, "full_name": _V,
    "credential_uid": _V, "account": {"uid": _V},
}  # fmt: skip
_ENDPOINT = {"ip": _V, "port": _V, "domain": _V, "hostname": _V, "svc_name": _V}


def _up_to(most: int, text: str, kind: str) -> str:
    """SQL of a number up to that one, else 0."""
    number = f"try_cast({text} AS {kind})"
    return f"CASE WHEN {number} <= {most} THEN {number} ELSE 0 END"


_CLASS = _up_to(40_000_000, "j.class_uid", "UINTEGER")
_ACTIVITY = _up_to(99, "j.activity_id", "UTINYINT")
_WHO = (
    'CASE WHEN class = 3002 AND coalesce(j.actor."user".uid, j.actor."user".name,'
    ' j.actor."user".email_addr) IS NULL THEN j."user" ELSE j.actor."user" END'
)
_TYPES = {"1": "User", "2": "Admin", "3": "System", "4": "Service"}
_TIMES = (
    ("j.time", f"coalesce({epoch('j.time', 'any')}, {utc('j.time', zoned=True)})"),
    ("j.time_dt", utc("j.time_dt", zoned=True)),
)
_END = f"coalesce({epoch('j.end_time', 'any')}, {utc('j.end_time_dt', zoned=True)})"

_THING = """CASE
    WHEN NOT ok THEN NULL
    WHEN class = 3006 THEN json_extract(text, '$.group')
    WHEN class = 3004 THEN json_extract(text, '$.entity')
    WHEN class = 6005 THEN list_any_value(json_extract(text,
        ['$.databucket', '$.table', '$.database']))
    WHEN class IN (1001, 6006, 4006, 4008, 4010, 4011) THEN json_extract(text, '$.file')
    WHEN class = 6001 OR class = 6004 THEN json_extract(text, '$.web_resources[0]')
    WHEN class = 6002 THEN json_extract(text, '$.app')
    WHEN class = 1006 THEN json_extract(text, '$.job')
    WHEN class // 1000 = 2 AND j.resources IS NULL THEN list_any_value(json_extract(text,
        ['$.resource', '$.affected_code[0].file', '$.vulnerabilities[0].affected_code[0].file']))
    WHEN class = 201001 THEN json_extract(text, '$.reg_key')
    WHEN class = 201002 THEN json_extract(text, '$.reg_value')
    WHEN class = 201004 THEN json_extract(text, '$.win_service')
    WHEN class = 4009 THEN json_extract(text, '$.email') END"""
"""The thing acted on, where the class has a place of its own for it."""

_ABOUT_USER = "class IN (3001, 3005)"
_FINDING = "class // 1000 = 2"


def _of_thing(*names: str) -> str:
    return f"list_any_value(json_extract_string(thing, {[f'$.{name}' for name in names]}))"


def _of_resource(column: str, *names: str) -> str:
    """SQL of one column of the thing: the class's own, else the first of ``resources``."""
    user = "coalesce(j.\"user\".name, j.\"user\".email_addr)" if column == "name" else (
        'j."user".uid' if column == "uid" else "'User'"
    )  # fmt: skip
    return (
        f"CASE WHEN {_ABOUT_USER} AND coalesce(j.\"user\".uid, j.\"user\".name) IS NOT NULL"
        f" THEN {user}"
        f" WHEN thing IS NOT NULL THEN {_of_thing(*names)} ELSE j.resources[1].{column} END"
    )  # fmt: skip


_STATUS = f"""CASE
    WHEN NOT ok THEN NULL
    WHEN {_FINDING} THEN 'unknown'
    WHEN j.status_id = '1' THEN 'success'
    WHEN j.status_id = '2' THEN 'failure'
    WHEN j.status_id IS NOT NULL AND j.status_id <> '0' THEN 'unknown'
    WHEN lower(j.status) IN ('success', 'succeeded') THEN 'success'
    WHEN lower(j.status) IN ('failure', 'failed') THEN 'failure'
    WHEN j.api.response.error <> '' THEN 'failure'
    WHEN j.action_id = '2' OR j.disposition_id = '2' THEN 'failure'
    WHEN coalesce(try_cast(j.http_response.code AS INTEGER),
        try_cast(j.api.response.code AS INTEGER)) BETWEEN 400 AND 599 THEN 'failure'
    WHEN coalesce(try_cast(j.http_response.code AS INTEGER),
        try_cast(j.api.response.code AS INTEGER)) BETWEEN 100 AND 399 THEN 'success'
    WHEN class = 4003 AND coalesce(j.rcode_id, j.rcode) IS NOT NULL
    THEN CASE WHEN j.rcode_id = '0' OR lower(j.rcode) = 'noerror' THEN 'success'
        WHEN j.rcode_id = '99' THEN 'unknown' ELSE 'failure' END
    WHEN class IN (4001, 4007) AND activity IN (4, 5) THEN 'failure'
    WHEN j.action_id = '1' OR j.disposition_id = '1' THEN 'success'
    ELSE 'unknown' END"""


def _each_once(listed: str) -> str:
    """SQL of a list without what stands in it before, in its order; NULL if nothing is left."""
    kept = f"list_filter({listed}, lambda x: x <> '')"
    return f"nullif(list_filter({kept}, lambda x, i: list_position({kept}, x) = i), [])"


_SEEN_USERS = (
    "list_transform(list_filter(j.observables, lambda x: x.type_id IN ('4', '5')),"
    " lambda x: x.value)"
)
_SEEN_IPS = (
    f"list_filter(list_transform(list_filter(j.observables, lambda x: x.type_id = '2'),"
    f" lambda x: {ip('x.value')}), lambda x: x IS NOT NULL)"
)
_USERS = f"""CASE WHEN class <> 3002 AND j."user" IS NOT NULL OR j.observables IS NOT NULL THEN
    list_filter(list_concat(CASE WHEN class <> 3002 THEN [j."user".name, j."user".uid,
        j."user".email_addr] END, {_SEEN_USERS}), lambda x: x NOT IN (coalesce(actor.name, ''),
        coalesce(actor.uid, ''), coalesce(actor.email_addr, ''))) END"""
_ADDRESSES = f"""CASE WHEN j.device.ip IS NOT NULL OR {_FINDING} OR j.observables IS NOT NULL THEN
    list_filter(list_concat([{ip("j.device.ip")}], {_SEEN_IPS},
        CASE WHEN {_FINDING} THEN list_transform(list_concat(
        json_extract_string(text, '$.evidences[*].src_endpoint.ip'),
        json_extract_string(text, '$.evidences[*].dst_endpoint.ip')), lambda x: {ip("x")}) END),
        lambda x: x <> coalesce(came_from, '') AND x <> coalesce(went_to, '')) END"""

_KNOWN = frozenset(name for uid in ocsf_classes() for name in class_shape(uid).attributes)
_BEFORE = frozenset(
    (
        "finding", "resource", "state", "state_id", "analytic", "cis_csc", "confidence",
        "kill_chain", "data_sources", "evidence", "impact", "nist", "process", "risk_level",
        "compliance", "vulnerabilities", "attacks", "malware", "privileges", "proxy", "databucket",
        "database", "table", "user_result", "activity", "category_name", "time_dt", "end_time_dt",
        "start_time_dt", "ref_time", "expiration_time_dt", "create_time_dt", "modified_time_dt",
        "accountid", "region", "eventday", "asl_version",
    )
)  # fmt: skip
"""Of versions before the one the room `ocsf` holds, and Security Lake's partitions."""

MAPPING = Mapped(
    shape={
        "class_uid": _V, "activity_id": _V, "activity_name": _V, "severity_id": _V,
        "status": _V, "status_id": _V, "status_code": _V, "status_detail": _V, "message": _V,
        "time": _V, "time_dt": _V, "end_time": _V, "end_time_dt": _V, "count": _V, "is_mfa": _V,
        "action_id": _V, "disposition_id": _V, "rcode": _V, "rcode_id": _V,
        "metadata": {
            "uid": _V, "correlation_uid": _V, "event_code": _V, "tenant_uid": _V,
            "product": {"name": _V},
        },
        "actor": {
            "user": _USER, "session": {"uid": _V, "issuer": _V, "is_mfa": _V}, "invoked_by": _V,
            "app_name": _V,
        },
        "user": _USER, "session": {"uid": _V, "is_mfa": _V}, "service": {"name": _V},
        "api": {
            "operation": _V, "service": {"name": _V},
            "response": {"error": _V, "error_message": _V, "code": _V},
        },
        "cloud": {
            "provider": _V, "region": _V, "account": {"uid": _V}, "account_uid": _V,
            "org": {"uid": _V},
        },
        "device": {"hostname": _V, "name": _V, "uid": _V, "ip": _V},
        "src_endpoint": {**_ENDPOINT, "location": {"country": _V}}, "dst_endpoint": _ENDPOINT,
        "http_request": {
            "http_method": _V, "user_agent": _V, "url": {"url_string": _V, "path": _V},
        },
        "http_response": {"code": _V},
        "connection_info": {
            "protocol_name": _V, "protocol_num": _V, "direction": _V, "direction_id": _V,
        },
        "traffic": {"bytes": _V, "packets": _V}, "query": {"hostname": _V, "type": _V},
        "process": {"name": _V, "pid": _V, "cmd_line": _V, "file": {"path": _V}},
        "finding_info": {"uid": _V, "title": _V, "desc": _V},
        "resources": [{"uid": _V, "name": _V, "type": _V, "namespace": _V}],
        "observables": [{"type_id": _V, "value": _V}],
    },
    objects=(
        "$", "$.actor", "$.actor.user", "$.actor.session", "$.user", "$.metadata", "$.api",
        "$.src_endpoint", "$.cloud", "$.cloud.account",
    ),
    known=_KNOWN | _BEFORE,
    lookups=(ACTIVITIES,),
    steps=(
        {"class": _CLASS, "activity": _ACTIVITY,
         "came_from": ip("j.src_endpoint.ip"), "went_to": ip("j.dst_endpoint.ip")},
        {"actor": _WHO, "thing": _THING},
        {"users": _USERS, "addresses": _ADDRESSES},
    ),
    columns={
        "time": f"coalesce({', '.join(time for _, time in _TIMES)})",
        "original_time": "CASE" + "".join(
            f" WHEN ({time}) IS NOT NULL THEN {text}" for text, time in _TIMES) + " END",
        "end_time": _END,
        "class_uid": "CASE WHEN ok THEN class ELSE 0 END",
        "activity_id": "CASE WHEN ok THEN activity ELSE 0 END",
        "severity_id": "CASE WHEN NOT ok THEN 0 WHEN j.severity_id = '99' THEN 99"
                       f" ELSE {_up_to(6, 'j.severity_id', 'UTINYINT')} END",
        "action": "CASE WHEN ok THEN coalesce(activities_act, 'other') END",
        "api_operation": "coalesce(nullif(j.api.operation, ''), nullif(j.metadata.event_code, ''),"
                         " CASE WHEN class // 1000 IN (2, 4) THEN NULL"
                         " WHEN j.activity_name NOT IN ('Unknown', 'Other', '')"
                         " THEN j.activity_name ELSE activities_caption END)",
        "api_service_name": "coalesce(j.api.service.name, j.service.name,"
                            " CASE WHEN j.dst_endpoint.svc_name NOT IN ('-', '') THEN"
                            " j.dst_endpoint.svc_name END)",
        "message": f"coalesce(j.message, CASE WHEN {_FINDING} THEN coalesce(j.finding_info.desc,"
                   " json_extract_string(text, '$.finding.desc')) END)",
        "count": "try_cast(j.count AS UINTEGER)",
        "finding_title": f"CASE WHEN {_FINDING} THEN coalesce(j.finding_info.title,"
                         " json_extract_string(text, '$.finding.title')) END",
        "actor_user_uid": "nullif(actor.uid, '')",
        "actor_user_name": "coalesce(nullif(actor.name, ''), nullif(actor.email_addr, ''),"
                           " nullif(actor.full_name, ''))",
        "actor_user_type": "coalesce(CASE WHEN actor.type NOT IN ('Unknown', '') THEN actor.type"
                           " END, CASE actor.type_id " + " ".join(
                               f"WHEN '{key}' THEN '{name}'" for key, name in _TYPES.items())
                           + " END)",
        "actor_user_email": "nullif(actor.email_addr, '')",
        "actor_user_account_uid": "actor.account.uid",
        "actor_user_credential_uid": "actor.credential_uid",
        "actor_session_uid": "coalesce(j.actor.session.uid,"
                             " CASE WHEN class = 3002 THEN j.session.uid END)",
        "actor_session_issuer": "j.actor.session.issuer",
        "actor_session_mfa": "try_cast(coalesce(j.actor.session.is_mfa, CASE WHEN class = 3002"
                             " THEN coalesce(j.is_mfa, j.session.is_mfa) END) AS BOOLEAN)",
        "actor_invoked_by": "j.actor.invoked_by",
        "actor_app_name": "j.actor.app_name",
        "resource_uid": _of_resource("uid", "uid", "path", "url_string", "message_uid"),
        "resource_name": _of_resource("name", "name", "subject", "hostname"),
        "resource_type": _of_resource("type", "type"),
        "resource_namespace": "j.resources[1].namespace",
        "resources": "nullif(list_filter(list_transform(j.resources, lambda x: coalesce(x.uid,"
                     " x.name)), lambda x: x IS NOT NULL), [])",
        "http_method": "j.http_request.http_method",
        "http_url": "coalesce(j.http_request.url.url_string, j.http_request.url.path)",
        "query_hostname": "j.query.hostname",
        "query_type": "j.query.type",
        "process_name": "j.process.name",
        "process_path": "j.process.file.path",
        "process_cmd_line": "j.process.cmd_line",
        "process_pid": "try_cast(j.process.pid AS BIGINT)",
        "cloud_provider": "nullif(j.cloud.provider, '')",
        "cloud_account_uid": "coalesce(j.cloud.account.uid, j.cloud.account_uid)",
        "cloud_org_uid": "coalesce(j.cloud.org.uid, j.metadata.tenant_uid)",
        "cloud_region": "nullif(j.cloud.region, '')",
        "metadata_product": "j.metadata.product.name",
        "device_hostname": "coalesce(j.device.hostname, j.device.name)",
        "device_uid": "j.device.uid",
        "src_endpoint_ip": "came_from",
        "src_endpoint_domain": "coalesce(nullif(j.src_endpoint.domain, ''),"
                               f" j.src_endpoint.hostname, {host('j.src_endpoint.ip')},"
                               " CASE WHEN came_from IS NULL THEN j.src_endpoint.svc_name END)",
        "src_endpoint_port": port("j.src_endpoint.port"),
        "src_endpoint_country": "nullif(j.src_endpoint.location.country, '')",
        "dst_endpoint_ip": "went_to",
        "dst_endpoint_port": port("j.dst_endpoint.port"),
        "dst_endpoint_domain": "coalesce(j.dst_endpoint.domain, j.dst_endpoint.hostname,"
                               f" {host('j.dst_endpoint.ip')})",
        "connection_protocol": "coalesce(lower(j.connection_info.protocol_name),"
                               " CASE j.connection_info.protocol_num WHEN '6' THEN 'tcp' WHEN '17'"
                               " THEN 'udp' WHEN '1' THEN 'icmp' WHEN '58' THEN 'ipv6-icmp' END)",
        "connection_direction": "CASE WHEN j.connection_info.direction_id = '1' OR"
                                " lower(j.connection_info.direction) = 'inbound' THEN 'inbound'"
                                " WHEN j.connection_info.direction_id = '2' OR"
                                " lower(j.connection_info.direction) = 'outbound' THEN 'outbound'"
                                " END",
        "traffic_bytes": "try_cast(j.traffic.bytes AS UBIGINT)",
        "traffic_packets": "try_cast(j.traffic.packets AS UBIGINT)",
        "user_agent": "j.http_request.user_agent",
        "status": _STATUS,
        "status_code": "coalesce(j.status_code, nullif(j.api.response.error, ''),"
                       " CASE WHEN class = 4003 THEN j.rcode END)",
        "status_detail": "coalesce(j.status_detail, j.api.response.error_message)",
        "http_status": "CASE WHEN try_cast(j.http_response.code AS UINTEGER) BETWEEN 100 AND 999"
                       " THEN try_cast(j.http_response.code AS UINTEGER) END",
        "metadata_uid": "nullif(j.metadata.uid, '')",
        "metadata_correlation_uid": "coalesce(j.metadata.correlation_uid, j.finding_info.uid)",
        "any_user": _each_once("users"),
        "any_ip": _each_once("addresses"),
    },
    open={
        "who": "network traffic, findings and inventories name no actor",
        "on what": "traffic, sign-ins and lists name no resource",
        "where": "a producer may state neither product, nor cloud, nor device",
        "from where": "an act within a host or a service states no address",
        "when": "a producer may leave out what the schema requires",
        "outcome": "a finding has a state of triage, no outcome",
    },
)  # fmt: skip
