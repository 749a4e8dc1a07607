"""The fields of flow logs, the formats made of them, and a row's fields to what the mapping reads.

Names are compared without case and marks, so that ``pkt-srcaddr``, ``pkt_srcaddr`` and
``pktSrcAddr`` are one: text, Parquet and the tables of others spell them differently.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from actum.sources.aws_vpcflow.protocols import PROTOCOLS
from actum.sources.clocks import rfc3339

__all__ = ["DEFAULT", "GATEWAY", "canonical", "event_of", "known"]

_DEFAULT = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start"
    " end action log-status"
)
DEFAULT = tuple(_DEFAULT.split())
"""The format of version 2: what CloudWatch Logs gets if nobody chose another."""

_GATEWAY = (
    "version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id"
    " tgw-dst-vpc-account-id tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id"
    " tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id srcaddr dstaddr"
    " srcport dstport protocol packets bytes start end log-status type packets-lost-no-route"
    " packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired tcp-flags region"
    " flow-direction pkt-src-aws-service pkt-dst-aws-service"
)
GATEWAY = tuple(_GATEWAY.split())
"""The format of transit gateways, version 6."""

_CHOSEN = (
    "vpc-id subnet-id instance-id pkt-srcaddr pkt-dstaddr az-id sublocation-type sublocation-id"
    " traffic-path ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn"
    " ecs-container-instance-id ecs-container-id ecs-second-container-id ecs-service-name"
    " ecs-task-definition-arn ecs-task-arn ecs-task-id reject-reason resource-id"
    " encryption-status"
)
"""What can be chosen besides, versions 3 to 10."""

_MARKS = re.compile("[^a-z0-9]")


def _plain(name: str) -> str:
    return _MARKS.sub("", name.lower())


_KNOWN = {_plain(name): name for name in (*DEFAULT, *GATEWAY, *_CHOSEN.split())}
_OTHERWISE = {
    "account": "account-id", "sourceaddress": "srcaddr", "destinationaddress": "dstaddr",
    "sourceport": "srcport", "destinationport": "dstport", "numpackets": "packets",
    "numbytes": "bytes", "starttime": "start", "endtime": "end", "status": "log-status",
    "traffictype": "type",
}  # fmt: skip
"""How tables over flow logs call some of them."""


@lru_cache(maxsize=1_024)
def known(name: str) -> str | None:
    """The vendor's spelling of a field's name; None if it is none of the vendor's."""
    return _KNOWN.get(_plain(name))


@lru_cache(maxsize=1_024)
def canonical(name: str) -> str:
    """The vendor's spelling of a column's name; itself, if nobody knows it."""
    plain = _plain(name)
    return _KNOWN.get(plain) or _OTHERWISE.get(plain) or name


_ALWAYS = frozenset(DEFAULT)
_GAPS = {
    "NODATA": "no traffic to or from the interface in this time",
    "SKIPDATA": "flow records of this time were skipped: what happened is not in the log",
}
_OUTCOMES = {"ACCEPT": "success", "REJECT": "failure"}
_FLAGS = ((2, "SYN"), (16, "ACK"), (1, "FIN"), (4, "RST"), (8, "PSH"), (32, "URG"))
_DIRECTIONS = {"ingress": "inbound", "egress": "outbound"}
_SECONDS = 10


@lru_cache(maxsize=65_536)
def _address(text: str) -> str | None:
    """An IP address, None if it is none; one that was IPv4 before is IPv4 again."""
    try:
        if ":" not in text:
            socket.inet_pton(socket.AF_INET, text)
            return text
        socket.inet_pton(socket.AF_INET6, text)
    except (OSError, ValueError):
        return None
    return _address(text[7:]) if text[:7].lower() == "::ffff:" and "." in text else text


def _count(text: str | None) -> int | None:
    return int(text) if text and len(text) <= 18 and text.isascii() and text.isdigit() else None


def _port(text: str | None) -> int | None:
    found = _count(text)
    return found if found is not None and found <= 65_535 else None


def _micros(text: str | None) -> int | None:
    """Seconds since 1970, or an ISO time as tables of others have it, which is UTC."""
    if text is None:
        return None
    if len(text) == _SECONDS and text.isascii() and text.isdigit():
        return int(text) * 1_000_000
    told = rfc3339(text, zoneless_is_utc=True)
    return round(datetime.fromisoformat(told).timestamp() * 1_000_000) if told else None


@lru_cache(maxsize=256)
def _flags(text: str) -> str:
    number = _count(text)
    names = [name for bit, name in _FLAGS if number and number & bit]
    return f"TCP flags seen: {' '.join(names)}" if names else ""


def event_of(row: Mapping[str, str]) -> dict[str, object]:
    """What the mapping reads of a row, by the vendor's names; fields that say nothing left out."""
    get = row.get
    near_source, near_target = get("srcaddr"), get("dstaddr")
    source, target = get("pkt-srcaddr", near_source), get("pkt-dstaddr", near_target)
    verdict, log_status = get("action"), get("log-status")
    gap = _GAPS.get(log_status or "")
    start, end = get("start"), get("end")
    protocol = get("protocol")
    found: dict[str, object] = {
        "start": start,
        "time": _micros(start),
        "end": _micros(end),
        "source": _address(source) if source else None,
        "target": _address(target) if target else None,
        "source_port": _port(get("srcport")),
        "target_port": _port(get("dstport")),
        "protocol": PROTOCOLS.get(protocol, protocol) if protocol else None,
        "packets": _count(get("packets")),
        "bytes": _count(get("bytes")),
        "operation": log_status if gap else verdict,
        "outcome": "unknown" if gap else _OUTCOMES.get(verdict or "", "unknown"),
        "code": log_status if gap else verdict if verdict == "REJECT" else None,
        "account": get("account-id"),
        "interface": get("interface-id"),
    }
    if gap:
        found["message"] = gap
    if not row.keys() <= _ALWAYS:
        _more(found, row)
    if found["account"] == "unknown":
        found["account"] = None
    return found


def _more(found: dict[str, object], row: Mapping[str, str]) -> None:
    """Add what only chosen formats have."""
    get = row.get
    for name, field in _MORE:
        if field in row:
            found[name] = row[field]
    if "tcp-flags" in row and (flags := _flags(row["tcp-flags"])):
        found["message"] = flags
    found["direction"] = _DIRECTIONS.get(get("flow-direction", ""))
    others = {
        shown
        for field in ("srcaddr", "dstaddr")
        if (shown := _address(get(field, ""))) and shown not in (found["source"], found["target"])
    }
    if others:
        found["others"] = sorted(others)
    lost = [
        f"{field} {row[field]}" for field in _LOST if row.get(field, "0") != "0" and field in row
    ]
    if lost:
        found["message"] = ", ".join(lost)


_MORE: Sequence[tuple[str, str]] = (
    ("vpc", "vpc-id"), ("subnet", "subnet-id"), ("instance", "instance-id"), ("region", "region"),
    ("source_service", "pkt-src-aws-service"), ("target_service", "pkt-dst-aws-service"),
    ("why", "reject-reason"), ("gateway", "tgw-id"), ("attachment", "tgw-attachment-id"),
    ("pair", "tgw-pair-attachment-id"), ("task", "ecs-task-arn"), ("thing", "resource-id"),
)  # fmt: skip
_LOST = (
    "packets-lost-no-route", "packets-lost-blackhole", "packets-lost-mtu-exceeded",
    "packets-lost-ttl-expired",
)  # fmt: skip
