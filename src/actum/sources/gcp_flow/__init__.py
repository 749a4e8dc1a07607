"""Google Cloud VPC flow logs and firewall rule logs: who talked to whom, and what was denied.

Both are LogEntries with a ``jsonPayload.connection``.

- A flow is sampled and told by one side or both (``reporter``): the same traffic may stand twice.
- Flow logs hold what flowed, so a flow was allowed; a firewall log says it (``disposition``).
- Counts are strings.  The protocol is IANA's number: of the common ones the name is told.
- A flow lasts from ``start_time`` to ``end_time``; the entry's own time is when it was written.  A
  connection a firewall decided on has only the latter.

References:
- https://cloud.google.com/vpc/docs/about-flow-logs-records
- https://cloud.google.com/firewall/docs/firewall-rules-logging
"""

from __future__ import annotations

import msgspec

from actum.sources import addresses
from actum.sources.gcp_audit import wrappings
from actum.sources.seam import Claim, Mapped
from actum.sources.times import utc

NAME = "gcp_flow"
TITLE = "Google Cloud VPC flow and firewall logs"
VERSION = 1
SUPPORT = "vendor documentation"
SIGNS = "a jsonPayload.connection in a log named vpc_flows or firewall"
MEMBERS = frozenset(("jsonPayload", "receivedMessages", "message", "data"))
CLAIMS_TEXT = False
unwrap = wrappings.unwrap


class Connection(msgspec.Struct, gc=False):
    """The two ends, without which it is no flow."""

    src_ip: str
    dest_ip: str


class Payload(msgspec.Struct, gc=False):
    """The payload of a flow."""

    connection: Connection


class Key(msgspec.Struct, gc=False):
    """The members that tell a flow from other entries, and one copy from another."""

    logName: str  # noqa: N815 - Google's spelling
    jsonPayload: Payload  # noqa: N815
    insertId: str | None = None  # noqa: N815
    timestamp: str | None = None


_decode = msgspec.json.Decoder(Key).decode
_LOGS = ("%2Fvpc_flows", "%2Ffirewall")


def claim(raw: bytes) -> Claim | None:
    """A flow by its log and its two ends, or the Pub/Sub messages that carry some."""
    try:
        if b'"connection"' in raw and b'"jsonPayload"' in raw:
            return _known(_decode(raw))
        if b'"data"' in raw and wrappings.is_message(raw):
            return _carried(raw)
    except wrappings.REFUSED:
        pass
    return None


def _known(key: Key) -> Claim | None:
    if not key.logName.endswith(_LOGS):
        return None
    told = f"{key.logName}/{key.timestamp or ''}/{key.insertId}" if key.insertId else ""
    return Claim(NAME, told.encode("utf-8", "surrogatepass"))


def _carried(raw: bytes) -> Claim | None:
    """Messages are ours if they carry a flow, and no audit log entry among the flows."""
    every = [each for each in wrappings.messages(raw) if isinstance(each, bytes)]
    if any(b'"protoPayload"' in each for each in every):
        return None
    for each in every:
        found = _known(_decode(each)) if b'"connection"' in each else None
        if found is not None:
            return Claim(NAME, found.key if len(every) == 1 else b"", wrappings.PUBSUB)
    return None


_P = "j.jsonPayload"
_C = f"{_P}.connection"
_PROTOCOLS = {"1": "icmp", "6": "tcp", "17": "udp", "50": "esp", "58": "icmpv6", "132": "sctp"}
_PROTOCOL = (
    f"CASE {_C}.protocol "
    + " ".join(f"WHEN '{number}' THEN '{name}'" for number, name in _PROTOCOLS.items())
    + f" ELSE nullif({_C}.protocol, '') END"
)
_HERE = f"CASE {_P}.reporter WHEN 'SRC' THEN {_P}.src_instance WHEN 'DEST' THEN"
_HERE += f" {_P}.dest_instance ELSE {_P}.instance END"
_INSTANCE = {"project_id": "VARCHAR", "vm_name": "VARCHAR", "region": "VARCHAR", "zone": "VARCHAR"}

MAPPING = Mapped(
    shape={
        "logName": "VARCHAR", "insertId": "VARCHAR", "timestamp": "VARCHAR",
        "resource": {"labels": {"project_id": "VARCHAR", "location": "VARCHAR",
                                "subnetwork_name": "VARCHAR", "subnetwork_id": "VARCHAR"}},
        "jsonPayload": {
            "connection": {"src_ip": "VARCHAR", "src_port": "VARCHAR", "dest_ip": "VARCHAR",
                           "dest_port": "VARCHAR", "protocol": "VARCHAR"},
            "reporter": "VARCHAR", "bytes_sent": "VARCHAR", "packets_sent": "VARCHAR",
            "start_time": "VARCHAR", "end_time": "VARCHAR", "disposition": "VARCHAR",
            "src_instance": _INSTANCE, "dest_instance": _INSTANCE, "instance": _INSTANCE,
            "src_location": {"country": "VARCHAR"}, "remote_location": {"country": "VARCHAR"},
            "rule_details": {"reference": "VARCHAR", "direction": "VARCHAR"},
        },
    },
    objects=("$", "$.jsonPayload", "$.jsonPayload.connection"),
    known=frozenset((
        "logName", "insertId", "timestamp", "receiveTimestamp", "severity", "resource", "labels",
        "jsonPayload", "trace", "spanId",
    )),
    steps=(
        {"here": _HERE, "is_firewall": "ends_with(j.logName, '%2Ffirewall')",
         "stated_time": f"coalesce({_P}.start_time, j.timestamp)"},
    ),
    columns={
        "time": utc("stated_time"),
        "original_time": "stated_time",
        "end_time": utc(f"{_P}.end_time"),
        "class_uid": "CASE WHEN ok THEN 4001 ELSE 0 END",
        "activity_id": f"CASE WHEN NOT ok THEN 0 WHEN {_P}.disposition = 'DENIED' THEN 5"
                       " WHEN is_firewall THEN 1 ELSE 6 END",
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "CASE WHEN ok THEN 'other' END",
        "api_operation": f"CASE WHEN is_firewall THEN {_P}.disposition"
                         " WHEN ok THEN 'vpc_flows' END",
        "resource_uid": f"coalesce(nullif({_P}.rule_details.reference, ''),"
                        " nullif(j.resource.labels.subnetwork_id, ''))",
        "resource_name": f"coalesce(nullif({_P}.rule_details.reference, ''),"
                         " nullif(j.resource.labels.subnetwork_name, ''))",
        "resource_type": "CASE WHEN is_firewall THEN 'firewall rule' WHEN ok THEN 'subnetwork' END",
        "cloud_provider": "CASE WHEN ok THEN 'GCP' END",
        "cloud_account_uid": "coalesce(nullif(j.resource.labels.project_id, ''), here.project_id)",
        "cloud_region": "coalesce(here.region, nullif(j.resource.labels.location, ''))",
        "metadata_product": "CASE WHEN is_firewall THEN 'Firewall Rules Logging'"
                            " WHEN ok THEN 'VPC Flow Logs' END",
        "device_hostname": "nullif(here.vm_name, '')",
        "src_endpoint_ip": addresses.ip(f"{_C}.src_ip"),
        "src_endpoint_port": addresses.port(f"{_C}.src_port"),
        "src_endpoint_country": f"coalesce({_P}.src_location.country, CASE WHEN"
                                f" {_P}.rule_details.direction = 'INGRESS'"
                                f" THEN {_P}.remote_location.country END)",
        "dst_endpoint_ip": addresses.ip(f"{_C}.dest_ip"),
        "dst_endpoint_port": addresses.port(f"{_C}.dest_port"),
        "connection_protocol": _PROTOCOL,
        "connection_direction": f"CASE {_P}.rule_details.direction WHEN 'INGRESS' THEN 'inbound'"
                                " WHEN 'EGRESS' THEN 'outbound' END",
        "traffic_bytes": f"try_cast({_P}.bytes_sent AS UBIGINT)",
        "traffic_packets": f"try_cast({_P}.packets_sent AS UBIGINT)",
        "status": f"CASE WHEN NOT ok THEN NULL WHEN {_P}.disposition = 'DENIED' THEN 'failure'"
                  f" WHEN is_firewall AND {_P}.disposition IS DISTINCT FROM 'ALLOWED'"
                  " THEN 'unknown' ELSE 'success' END",
        "status_code": f"{_P}.disposition",
        "metadata_uid": "nullif(j.insertId, '')",
    },
    open={
        "who": "a flow is between addresses: nobody is named",
        "when": "an entry trimmed on its way may have lost its time",
        "from where": "an address may be written as what is none",
    },
)  # fmt: skip
