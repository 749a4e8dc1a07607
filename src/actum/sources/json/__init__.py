"""Any JSON that no source claims: kept whole, and understood only as far as it says so plainly.

The one thing read is a time, and only from a member of a well-known name whose value is an ISO 8601
time with its zone.  Who, what and where are left open: they are in the raw record, and a mapping
can be given later without touching the evidence.

References:
- RFC 8259 (JSON), RFC 3339 (times).
"""

from __future__ import annotations

import msgspec

from actum.sources.seam import Claim, Mapped, plain
from actum.sources.times import utc

NAME = "json"
TITLE = "JSON"
VERSION = 1
SUPPORT = "fallback"
SIGNS = "one JSON object or array"

_decode = msgspec.json.Decoder(msgspec.Raw).decode

_TIMES = ("time", "timestamp", "@timestamp", "eventTime", "event_time", "created_at", "published")


def claim(raw: bytes) -> Claim | None:
    """Anything that is one JSON value: an object or an array."""
    if raw[:1] not in b"{[" or not raw:
        return None
    try:
        _decode(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    return Claim(NAME, b"", confidence=0.2)


unwrap = plain

_STATED = [(f'j."{member}"', utc(f'j."{member}"', zoned=True)) for member in _TIMES]

MAPPING = Mapped(
    shape=dict.fromkeys(_TIMES, "VARCHAR"),
    objects=("$",),
    known=frozenset(_TIMES),
    columns={
        "time": f"coalesce({', '.join(time for _, time in _STATED)})",
        "original_time": "CASE"
        + "".join(f" WHEN ({time}) IS NOT NULL THEN {text}" for text, time in _STATED)
        + " END",
    },
    open=dict.fromkeys(
        ("who", "what", "on what", "where", "from where", "outcome", "when"),
        "nobody told Actum what the members of this JSON mean",
    ),
)
