"""Actum's own records: deliveries it read, and what was done to the log.

Their form is docs/spec/log-format.md §3.  They are written by Actum as compact JSON and kept in the
same tree as everything else, so what was read, when and by whom is as provable as what it said.

References:
- docs/spec/log-format.md §3
"""

from __future__ import annotations

import msgspec

from actum.sources.seam import Claim, Mapped, plain
from actum.sources.times import utc

NAME = "actum"
TITLE = "Actum"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "actum: delivery/v1 or control/v1"
MEMBERS = frozenset(("actum",))
CLAIMS_TEXT = False


class Key(msgspec.Struct):
    """The members that make a record Actum's own."""

    actum: str
    time: str


_decode = msgspec.json.Decoder(Key).decode


TOLD = "told"
"""The form of a record that arrived from outside.  This log did not write it: anybody can write
such bytes, so it is shown like any other record and never taken for the log's own account."""


def claim(raw: bytes) -> Claim | None:
    """An Actum record exported from another log, or made to look like one."""
    if b'"actum"' not in raw:
        return None
    try:
        key = _decode(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    return Claim(NAME, b"", TOLD) if key.actum in {"delivery/v1", "control/v1"} else None


unwrap = plain

_DELIVERY = "j.actum = 'delivery/v1'"

MAPPING = Mapped(
    shape={
        "actum": "VARCHAR", "time": "VARCHAR", "act": "VARCHAR", "origin": "VARCHAR",
        "by": {"user": "VARCHAR", "host": "VARCHAR"}, "log": "VARCHAR", "fault": "VARCHAR",
        "unread": "VARCHAR",
    },
    objects=("$", "$.by"),
    known=frozenset((
        "actum", "time", "act", "origin", "by", "log", "fault", "feed", "stored", "content",
        "framing", "split", "records", "first", "last", "duplicates", "copies", "conflicts",
        "repeated", "headers", "joined", "unread", "reasons", "modified", "wrapper", "version",
        "vkey", "detail", "sources",
    )),
    columns={
        "time": utc("j.time", zoned=True),
        "original_time": "j.time",
        "class_uid": "CASE WHEN NOT ok THEN 0 ELSE 6003 END",
        "activity_id": f"CASE WHEN NOT ok THEN 0 WHEN {_DELIVERY} THEN 2 ELSE 99 END",
        "severity_id": "CASE WHEN NOT ok THEN 0 ELSE 1 END",
        "action": f"CASE WHEN {_DELIVERY} THEN 'read' WHEN ok THEN 'other' END",
        "api_operation": f"CASE WHEN {_DELIVERY} THEN 'ReadDelivery' ELSE j.act END",
        "api_service_name": "CASE WHEN ok THEN 'actum' END",
        "actor_user_name": "j.by.user",
        "actor_user_type": "CASE WHEN j.by.user IS NOT NULL THEN 'System' END",
        "resource_uid": "coalesce(j.origin, j.log)",
        "resource_name": "coalesce(j.origin, j.log)",
        "resource_type": f"CASE WHEN {_DELIVERY} THEN 'delivery' WHEN ok"
                         " THEN 'log' END",
        "metadata_product": "CASE WHEN NOT ok THEN NULL WHEN form = '' THEN 'Actum'"
                            " ELSE 'an Actum log, as told' END",
        "device_hostname": "j.by.host",
        "status": f"CASE WHEN NOT ok THEN NULL WHEN {_DELIVERY} AND (j.fault IS NOT NULL"
                  " OR j.unread <> '0') THEN 'failure' ELSE 'success' END",
        "status_detail": "j.fault",
    },
    open={"from where": "it happened on the host itself"},
)  # fmt: skip
