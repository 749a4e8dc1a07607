"""The flow tuples of NSG and VNet flow logs: one record holds many.

References:
- NSG: https://learn.microsoft.com/azure/network-watcher/nsg-flow-logs-overview
- VNet: https://learn.microsoft.com/azure/network-watcher/vnet-flow-logs-overview
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from actum.sources.seam import Unread

__all__ = ["NSG", "VNET", "flows"]

NSG, VNET = "nsg", "vnet"
_encode = msgspec.json.encode


class _Base(msgspec.Struct, gc=False):
    category: str


class _Mac(msgspec.Struct, gc=False):
    flowTuples: list[str]  # noqa: N815 - Microsoft's spellings
    mac: str | None = None


class _Rule(msgspec.Struct, gc=False):
    flows: list[_Mac]
    rule: str | None = None


class _Properties(msgspec.Struct, gc=False):
    flows: list[_Rule]
    Version: int | str | None = None


class _Nsg(_Base, gc=False):
    properties: _Properties
    resourceId: str | None = None  # noqa: N815
    systemId: str | None = None  # noqa: N815
    macAddress: str | None = None  # noqa: N815
    time: str | None = None


class _Group(msgspec.Struct, gc=False):
    flowTuples: list[str]  # noqa: N815
    rule: str | None = None


class _Acl(msgspec.Struct, gc=False):
    flowGroups: list[_Group]  # noqa: N815
    aclID: str | None = None  # noqa: N815


class _Records(msgspec.Struct, gc=False):
    flows: list[_Acl]


class _Vnet(_Base, gc=False):
    flowRecords: _Records  # noqa: N815
    flowLogResourceID: str | None = None  # noqa: N815
    targetResourceID: str | None = None  # noqa: N815
    macAddress: str | None = None  # noqa: N815
    time: str | None = None


_nsg = msgspec.json.Decoder(_Nsg).decode
_vnet = msgspec.json.Decoder(_Vnet).decode
_PROTOCOLS = {"T": "tcp", "U": "udp", "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
_DIRECTIONS = {"I": "inbound", "O": "outbound"}
_FEWEST = 8


def flows(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """Every tuple of a record as a flat JSON of its own; one without a tuple if there is none."""
    try:
        found = _of_nsg(_nsg(raw)) if form == NSG else _of_vnet(_vnet(raw))
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        yield Unread(f"not a flow log record: {error}")
        return
    is_empty = True
    for each in found:
        is_empty = False
        yield each if isinstance(each, Unread) else _encode(each)
    if is_empty:
        yield _encode({"empty": True, **_told(raw, form)})


def _told(raw: bytes, form: str) -> dict[str, Any]:
    record: _Nsg | _Vnet = _nsg(raw) if form == NSG else _vnet(raw)
    place = record.resourceId if isinstance(record, _Nsg) else record.flowLogResourceID
    return {"time": record.time, "resource": place, "mac": record.macAddress}


def _of_nsg(record: _Nsg) -> Iterator[dict[str, Any] | Unread]:
    for rule in record.properties.flows:
        for flow in rule.flows:
            mac = flow.mac or record.macAddress
            for text in flow.flowTuples:
                part = text.split(",")
                if len(part) < _FEWEST:
                    yield Unread(f"not a flow tuple: {text[:80]}")
                    continue
                state = part[8] if len(part) > _FEWEST else ""
                yield {
                    "start": part[0], "src": part[1], "dst": part[2], "sport": part[3],
                    "dport": part[4], "protocol": _PROTOCOLS.get(part[5], part[5]),
                    "direction": _DIRECTIONS.get(part[6], part[6]), "decision": part[7],
                    "state": state, **_counted(part[9:13]), "rule": rule.rule, "mac": mac,
                    "acl": record.resourceId, "resource": record.resourceId,
                }  # fmt: skip


def _of_vnet(record: _Vnet) -> Iterator[dict[str, Any] | Unread]:
    for acl in record.flowRecords.flows:
        for group in acl.flowGroups:
            for text in group.flowTuples:
                part = text.split(",")
                if len(part) < _FEWEST:
                    yield Unread(f"not a flow tuple: {text[:80]}")
                    continue
                state = part[7]
                yield {
                    "start": part[0], "src": part[1], "dst": part[2], "sport": part[3],
                    "dport": part[4], "protocol": _PROTOCOLS.get(part[5], part[5]),
                    "direction": _DIRECTIONS.get(part[6], part[6]),
                    "decision": "D" if state == "D" else "A", "state": state,
                    **_counted(part[9:13]), "rule": group.rule, "mac": record.macAddress,
                    "acl": acl.aclID, "resource": record.flowLogResourceID,
                    "target": record.targetResourceID,
                }  # fmt: skip


def _counted(part: list[str]) -> dict[str, int]:
    """Packets and bytes of both directions; nothing where they are not stated."""
    if len(part) < 4 or not any(part):
        return {}
    numbers = [int(each) if each.isascii() and each.isdigit() else 0 for each in part]
    return {"packets": numbers[0] + numbers[2], "bytes": numbers[1] + numbers[3]}
