"""Control records: what was done to a log, kept in the log itself (log-format.md §3.3)."""

from __future__ import annotations

import time

import msgspec

from actum.log.batch import Batch
from actum.log.log import Log
from actum.proof.leaf import record_id
from actum.record import Kind, Micros, Provenance, RecordId

__all__ = ["control"]

FEED = "actum"


def control(log: Log, act: str, *, by: dict[str, str], **detail: object) -> None:
    """Append one control record; durable when it returns.

    ``act`` is a verb with its object (``CreateLog``).  A control record is known again by its act,
    its time and its detail, so doing the same thing twice leaves two records.
    """
    now = Micros(time.time_ns() // 1000)
    seconds, rest = divmod(now, 1_000_000)
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{rest:06d}Z"
    raw = msgspec.json.encode(
        {
            "actum": "control/v1", "time": stamp, "act": act, "by": by,
            "log": log.entry.origin, "detail": detail,
        }
    )  # fmt: skip
    batch = Batch()
    batch.add(
        kind=Kind.CONTROL, received=now, feed=FEED,
        record_id=RecordId(record_id(Kind.CONTROL, "actum", raw)),
        provenance=Provenance("actum:control", 0), source="actum", raw=raw,
    )  # fmt: skip
    log.append(batch)
