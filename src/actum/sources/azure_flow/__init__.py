"""Azure flow logs: network connections, of a network security group or of a virtual network.

One record tells a minute of one network interface and holds many flow tuples: each is an event.
NSG logs (versions 1 and 2) count seconds and name protocols by a letter, VNet logs (version 4)
count milliseconds and number them.  Rows of traffic analytics (AzureNetworkAnalytics_CL,
NTANetAnalytics) are read as well, as JSON or CSV.

Traps: PT1H.json is written anew each minute, with all it held before.  Counters are empty when a
flow begins and since the last record after that.  In VNet logs ``D`` stands where the state stands.

References:
- NSG flow logs: https://learn.microsoft.com/azure/network-watcher/nsg-flow-logs-overview
- VNet flow logs: https://learn.microsoft.com/azure/network-watcher/vnet-flow-logs-overview
- Traffic analytics: https://learn.microsoft.com/azure/network-watcher/traffic-analytics-schema
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from actum.sources.azure_flow.rows import SIGNS_OF_CSV, rows
from actum.sources.azure_flow.tuples import NSG, VNET, flows
from actum.sources.azure_sql import address, subscription, tail
from actum.sources.log_analytics import csv_splitter
from actum.sources.seam import Claim, Mapped, Splitter, Unread
from actum.sources.times import epoch, utc

NAME = "azure_flow"
TITLE = "Azure flow logs"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "category NetworkSecurityGroupFlowEvent or FlowLogFlowEvent, or a row of traffic analytics"
MEMBERS = frozenset(("category", "FlowStartTime_t", "FlowStartTime"))
CLAIMS_TEXT = False

ROW = "row"


class Key(msgspec.Struct, gc=False):
    """The members that tell a flow log."""

    category: Any = None
    FlowStartTime_t: Any = None
    FlowStartTime: Any = None
    L4Protocol_s: Any = None
    L4Protocol: Any = None
    FlowType_s: Any = None
    FlowType: Any = None


_decode = msgspec.json.Decoder(Key).decode
_FORMS = {"NetworkSecurityGroupFlowEvent": NSG, "FlowLogFlowEvent": VNET}


def claim(raw: bytes) -> Claim | None:
    """A record by its category, a row by its names."""
    if b"Flow" not in raw:
        return None
    try:
        key = _decode(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    if isinstance(key.category, str):
        form = _FORMS.get(key.category)
        return None if form is None else Claim(NAME, b"", form)
    old = key.FlowStartTime_t is not None and key.L4Protocol_s is not None and key.FlowType_s
    new = key.FlowStartTime is not None and key.L4Protocol is not None and key.FlowType
    return Claim(NAME, b"", ROW) if old or new else None


def lines(head: Sequence[bytes], options: str) -> Splitter | None:
    """The CSV exported of traffic analytics."""
    if options:
        raise ValueError("azure_flow needs no options")
    return csv_splitter(head, SIGNS_OF_CSV)


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """Every flow of a record."""
    return flows(raw, form) if form in {NSG, VNET} else rows(raw, form)


def _number(text: str) -> str:
    number = f"try_cast({text} AS INTEGER)"
    return f"CASE WHEN regexp_full_match({text}, '[0-9]{{1,5}}') THEN {number} END"


def _port(name: str) -> str:
    return f"CASE WHEN {name} <= 65535 THEN {name} END"


MAPPING = Mapped(
    shape={
        "start": "VARCHAR", "time": "VARCHAR", "stated": "VARCHAR", "end": "VARCHAR",
        "empty": "BOOLEAN", "src": "VARCHAR", "dst": "VARCHAR", "sport": "VARCHAR",
        "dport": "VARCHAR", "protocol": "VARCHAR", "direction": "VARCHAR", "decision": "VARCHAR",
        "state": "VARCHAR", "packets": "UBIGINT", "bytes": "UBIGINT", "rule": "VARCHAR",
        "mac": "VARCHAR", "acl": "VARCHAR", "resource": "VARCHAR", "target": "VARCHAR",
        "host": "VARCHAR", "subscription": "VARCHAR", "region": "VARCHAR", "country": "VARCHAR",
        "count": "UINTEGER", "type": "VARCHAR",
    },
    objects=(),
    steps=(
        {
            "source_port": _number("j.sport"),
            "target_port": _number("j.dport"),
            "is_denied": "coalesce(j.decision = 'D', false)",
            "acl_path": "CASE WHEN contains(j.acl, '/') THEN j.acl END",
        },
    ),
    columns={
        "time": f"coalesce({epoch('j.start', 'any')}, {utc('j.time')})",
        "original_time": "coalesce(j.start, j.stated, j.time)",
        "end_time": utc('j."end"'),
        "class_uid": "CASE WHEN ok AND j.empty IS NULL THEN 4001 ELSE 0 END",
        "activity_id": "CASE WHEN NOT ok THEN 0 WHEN j.empty THEN 99 WHEN is_denied THEN 5"
                       " WHEN j.state = 'B' THEN 1 WHEN j.state = 'E' THEN 2 ELSE 6 END",
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "CASE WHEN ok THEN 'other' END",
        "api_operation": "CASE WHEN NOT ok THEN NULL WHEN j.empty THEN 'no flows' WHEN is_denied"
                         " THEN 'deny' WHEN j.decision = 'A' THEN 'allow' ELSE 'flow' END",
        "message": "CASE WHEN j.empty THEN 'a record without flows' WHEN j.rule IS NOT NULL"
                   " THEN 'by rule ' || j.rule END",
        "count": "j.count",
        "resource_uid": "coalesce(acl_path, j.target, j.acl, j.resource)",
        "resource_name": tail("coalesce(acl_path, j.target, j.acl, j.resource)"),
        "resource_type": "nullif(regexp_extract(coalesce(acl_path, j.target, j.acl, j.resource),"
                         " '/providers/([^/]+/[^/]+)/[^/]+/*$', 1, 'i'), '')",
        "resources": "CASE WHEN j.target IS NOT NULL AND j.acl IS NOT NULL THEN [j.acl,"
                     " j.target] END",
        "cloud_provider": "CASE WHEN ok THEN 'Azure' END",
        "cloud_account_uid": f"coalesce({subscription('coalesce(j.acl, j.resource)')},"
                             f" {subscription('j.resource')}, j.subscription)",
        "cloud_region": "j.region",
        "metadata_product": "CASE WHEN ok THEN 'flow logs' END",
        "device_hostname": "j.host",
        "device_uid": "j.mac",
        "src_endpoint_ip": address("j.src"),
        "src_endpoint_port": _port("source_port"),
        "src_endpoint_country": "CASE WHEN j.direction = 'inbound' THEN j.country END",
        "dst_endpoint_ip": address("j.dst"),
        "dst_endpoint_port": _port("target_port"),
        "connection_protocol": "j.protocol",
        "connection_direction": "j.direction",
        "traffic_bytes": "j.bytes",
        "traffic_packets": "j.packets",
        "status": "CASE WHEN NOT ok THEN NULL WHEN j.empty THEN 'unknown' WHEN is_denied"
                  " THEN 'failure' WHEN j.decision = 'A' THEN 'success' ELSE 'unknown' END",
        "status_code": "nullif(concat(j.decision, CASE WHEN j.state <> '' AND j.state <> j.decision"
                       " THEN '/' || j.state END), '')",
        "status_detail": "j.rule",
    },
    open={
        "who": "a flow has addresses and no identity",
        "on what": "rows of traffic analytics name no group where no rule decided",
        "from where": "a row that sums up several public addresses names none of them",
        "when": "a tuple or row may lack its time",
    },
)  # fmt: skip
