"""Rows of Azure's traffic analytics: flows already summed up over their time.

References:
- AzureNetworkAnalytics_CL: https://learn.microsoft.com/azure/network-watcher/traffic-analytics-schema
- NTANetAnalytics: https://learn.microsoft.com/azure/azure-monitor/reference/tables/ntanetanalytics
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from actum.sources.log_analytics import rewrite, squeezed, told_time
from actum.sources.seam import Unread

__all__ = ["SIGNS_OF_CSV", "rows"]

SIGNS_OF_CSV = (
    ("flowstarttime", "flowtype", "srcip", "destip", "l4protocol"),
    ("flowstarttimet", "flowtypes", "srcips", "destips", "l4protocols"),
    ("flowstarttime", "flowtype", "srcip", "destip", "l4protocol", "flowstatus"),
)
_SUFFIX = re.compile(r"_[sdtgb]$")
_DIGITS = re.compile(r"\d+")
_ADDRESS = re.compile(r"[0-9a-fA-F:.]{3,45}")
_PROTOCOLS = {"T": "tcp", "U": "udp", "TCP": "tcp", "UDP": "udp", "6": "tcp", "17": "udp"}
_INBOUND = frozenset(("i", "inbound"))


@lru_cache(maxsize=1_024)
def _name(key: str) -> str:
    return squeezed(_SUFFIX.sub("", key))


def rows(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """One row, flat."""
    return rewrite(raw, form, _flat)


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    told = {_name(key): value for key, value in record.items() if value not in (None, "")}
    is_inbound = str(told.get("flowdirection", "")).lower() in _INBOUND
    machine, outside = _text(told, "vmip") or _text(told, "vmipaddress"), _outside(told)
    src, dst = _text(told, "srcip"), _text(told, "destip")
    if src is None and dst is None:  # public addresses stand apart from the machine's own
        src, dst = (outside, machine) if is_inbound else (machine, outside)
    src = src or (outside if is_inbound else None)
    dst = dst or (None if is_inbound else outside)
    stated = _text(told, "flowstarttime")
    is_utc = any(key.endswith("[UTC]") for key in record)
    ended = _text(told, "flowendtime")
    return {
        "time": told_time(stated, is_utc=is_utc) if stated else None, "stated": stated,
        "end": told_time(ended, is_utc=is_utc) if ended else None,
        "src": src, "dst": dst, "sport": _digits(told, "srcport"),
        "dport": _digits(told, "destport"),
        "protocol": _PROTOCOLS.get(str(told.get("l4protocol")), _text(told, "l4protocol")),
        "direction": None if "flowdirection" not in told else
        "inbound" if is_inbound else "outbound",
        "decision": _decision(told), "state": "", "rule": _text(told, "nsgrule")
        or _text(told, "aclrule"),
        "mac": _text(told, "macaddress"),
        "acl": _text(told, "nsglist") or _text(told, "aclgroup"),
        "host": _text(told, "vmname") or _text(told, "vm"), "subscription": _subscription(told),
        "region": _text(told, "vmregion") or _text(told, "region"),
        "country": _text(told, "country"), "count": _count(told), "type": _text(told, "flowtype"),
        **_totals(told),
    }  # fmt: skip


def _text(told: Mapping[str, Any], name: str) -> str | None:
    value = told.get(name)
    return str(value) if isinstance(value, str | int | float) and value != "" else None


def _digits(told: Mapping[str, Any], name: str) -> str | None:
    found = _DIGITS.match(str(told.get(name, "")))
    return found[0] if found else None


def _number(told: Mapping[str, Any], name: str) -> int:
    return int((_digits(told, name) or "0")[:18])


def _outside(told: Mapping[str, Any]) -> str | None:
    """The one public address of a flow; none where several were summed up."""
    single = _text(told, "allextips")
    if single and _ADDRESS.fullmatch(single):
        return single
    for name in ("publicips", "srcpublicips", "destpublicips"):
        found = _ADDRESS.findall(str(told.get(name, "")).split("|")[0])
        if len(found) == 1 and len(str(told[name]).split(" ")) == 1:
            return str(found[0])
    return None


def _decision(told: Mapping[str, Any]) -> str | None:
    status = str(told.get("flowstatus", ""))[:1].upper()
    if status in {"A", "D"}:
        return status
    allowed = _number(told, "allowedinflows") + _number(told, "allowedoutflows")
    denied = _number(told, "deniedinflows") + _number(told, "deniedoutflows")
    if bool(allowed) == bool(denied):
        return None
    return "A" if allowed else "D"


def _count(told: Mapping[str, Any]) -> int | None:
    names = ("allowedinflows", "allowedoutflows", "deniedinflows", "deniedoutflows")
    total = sum(_number(told, name) for name in names)
    return total if 1 <= total < 1 << 32 else None


def _totals(told: Mapping[str, Any]) -> dict[str, int]:
    found = {}
    for kind, names in (
        ("bytes", ("inboundbytes", "outboundbytes", "bytessrctodest", "bytesdesttosrc")),
        ("packets", ("inboundpackets", "outboundpackets", "packetssrctodest", "packetsdesttosrc")),
    ):
        if any(name in told for name in names):
            found[kind] = sum(_number(told, name) for name in names)
    return found


def _subscription(told: Mapping[str, Any]) -> str | None:
    return _text(told, "subscription") or _text(told, "flowlogsubscription")
