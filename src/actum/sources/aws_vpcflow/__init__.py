"""AWS VPC flow logs, and those of transit gateways: which addresses talked, as a network saw it.

One line tells what one interface saw of one flow in one capture window; the other direction, and
the other interfaces on its way, have lines of their own.  A format is chosen by whoever turned the
log on: fields of versions 2 to 10 in any order.  So a line is read by the header of its file (S3),
by what a user says of it (``--source aws_vpcflow:version,srcaddr,…``, or the ``${version} …`` of
the console), or, without both, only if it has the default format (CloudWatch Logs, Firehose).

- ``srcaddr`` is the address at the interface, ``pkt-srcaddr`` that of the packet: the original one
  behind NAT or a load balancer.  The original is the source, the other is in ``any_ip``.
- ``time`` and ``end_time`` are the capture window, not a packet's time.
- ``NODATA`` says that nothing flowed; ``SKIPDATA`` that records were lost, a gap to know of.
- TCP flags are those of the whole window, or-ed; an ACK alone is not shown.

References:
- Fields: https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
- Examples: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-records-examples.html
- Transit gateways: https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html
"""

from __future__ import annotations

from collections.abc import Sequence

from actum.sources.aws_vpcflow import rows
from actum.sources.aws_vpcflow.rows import (
    FlowSplitter,
    format_of_line,
    header_of,
    is_table_row,
    message_of,
    options_of,
    unwrap,
)
from actum.sources.seam import Claim, Mapped, Splitter

__all__ = ["MAPPING", "NAME", "SIGNS", "SUPPORT", "TITLE", "VERSION", "claim", "lines", "unwrap"]

NAME = "aws_vpcflow"
TITLE = "AWS VPC Flow Logs"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "a header of flow log fields, or a line of the default format: account, eni-, addresses"
MEMBERS = rows.MEMBERS
CLAIMS_TEXT = True


def claim(raw: bytes) -> Claim | None:
    """A line of a default format, or a row of a table with both addresses and names of AWS."""
    if raw[:1] != b"{":
        form = format_of_line(raw)
        return Claim(NAME, b"", form) if form else None
    if raw.startswith(b'{"message"') and format_of_line(message_of(raw)):
        return Claim(NAME, b"", "message")
    if (b'ddr"' in raw or b'DDR"' in raw) and is_table_row(raw):
        return Claim(NAME, b"", "table", 0.9)
    return None


def lines(head: Sequence[bytes], options: str) -> Splitter | None:
    """Lines after a header, or of the format a user names."""
    if options:
        return FlowSplitter(options_of(options))
    is_headed = any(b"addr" in line and header_of(line) for line in head)
    return FlowSplitter("") if is_headed else None


_THINGS = "j.interface, j.attachment, j.instance, j.task, j.thing, j.subnet, j.vpc, j.gateway"

_TALKED = "coalesce(j.source, j.target, j.source_service, j.target_service) IS NOT NULL"
"""A window without data is no network activity: nobody talked, or nobody knows who."""

MAPPING = Mapped(
    shape={
        **dict.fromkeys(
            ("start", "source", "target", "protocol", "operation", "outcome", "code", "account",
             "interface", "message", "vpc", "subnet", "instance", "region", "source_service",
             "target_service", "why", "gateway", "attachment", "pair", "task", "thing",
             "direction"), "VARCHAR"),
        **dict.fromkeys(
            ("time", "end", "source_port", "target_port", "packets", "bytes"), "BIGINT"),
        "others": ["VARCHAR"],
    },
    objects=(),
    columns={
        "time": "make_timestamp(j.time)",
        "original_time": "j.start",
        "end_time": "make_timestamp(j.\"end\")",
        "class_uid": f"CASE WHEN {_TALKED} THEN 4001 ELSE 0 END",
        "activity_id": f"CASE WHEN NOT ok THEN 0 WHEN NOT ({_TALKED}) THEN 99"
                       " WHEN j.code = 'REJECT' THEN 5 ELSE 6 END",
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "CASE WHEN ok THEN 'other' END",
        "api_operation": "j.operation",
        "message": "j.message",
        "resource_uid": "coalesce(j.interface, j.attachment, j.thing)",
        "resource_name": "coalesce(j.interface, j.attachment, j.thing)",
        "resource_type": "CASE WHEN j.interface IS NOT NULL THEN 'AWS::EC2::NetworkInterface'"
                         " WHEN j.attachment IS NOT NULL THEN 'AWS::EC2::TransitGatewayAttachment'"
                         " END",
        "resources": f"CASE WHEN coalesce({_THINGS}) IS NOT NULL THEN"
                     f" list_filter([{_THINGS}], lambda x: x IS NOT NULL) END",
        "resource_namespace": "coalesce(j.vpc, j.gateway)",
        "cloud_provider": "CASE WHEN ok THEN 'AWS' END",
        "cloud_account_uid": "j.account",
        "cloud_region": "j.region",
        "metadata_product": "CASE WHEN j.attachment IS NOT NULL THEN 'Transit Gateway Flow Logs'"
                            " WHEN ok THEN 'VPC Flow Logs' END",
        "device_uid": "coalesce(j.instance, j.interface)",
        "src_endpoint_ip": "j.source",
        "src_endpoint_port": "j.source_port",
        "src_endpoint_domain": "j.source_service",
        "dst_endpoint_ip": "j.target",
        "dst_endpoint_port": "j.target_port",
        "dst_endpoint_domain": "j.target_service",
        "connection_protocol": "j.protocol",
        "connection_direction": "j.direction",
        "traffic_bytes": "j.bytes",
        "traffic_packets": "j.packets",
        "status": "CASE WHEN ok THEN j.outcome END",
        "status_code": "j.code",
        "status_detail": "j.why",
        "any_ip": "j.others",
    },
    open={
        "who": "a flow is between addresses: nobody is named",
        "what": "a format may leave out whether the flow was accepted",
        "on what": "a format may leave out the interface",
        "when": "a format may leave out the capture window",
        "where": "a format may leave out the account",
        "from where": "of a window without data no address is told",
        "outcome": "a format may leave out whether the flow was accepted",
    },
)  # fmt: skip
