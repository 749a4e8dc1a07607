"""Windows event logs (EVTX): every event becomes a JSON record.

An event is stored as binary XML against templates, so it has no text of its own: the record is the
JSON the parser makes of it, and the record of the delivery holds the hash of the file itself.  The
parser is the optional package ``evtx``; without it the beginning of the file is kept, and the
reason says how to get it.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from actum.collect.batch import Batch, Fragment, Framing, Gathering
from actum.collect.spooled import TooLarge, spooled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from actum.collect.limits import Limits

__all__ = ["MAGIC", "MISSING", "evtx"]

MAGIC: Final = b"ElfFile\0"
MISSING: Final = (
    "a Windows event log: to read it, install the package evtx (pip install 'actum[evtx]') and read"
    " the file again"
)
_KEPT: Final = 4096
_MOST_FAULTS: Final = 1_000


class _Unreadable(Exception):
    """The parser gives up."""


def evtx(head: bytes, windows: Iterator[bytes], limits: Limits) -> Iterator[Batch]:
    """Every event of the file, in the order they lie in it."""
    out = Gathering(limits, Framing.EVTX)
    position = 0
    reason = ""
    try:
        with spooled(itertools.chain([head], windows), ".evtx", limits) as (path, size):
            for event in _events(path):
                if isinstance(event, str):
                    out.add(event.encode("utf-8", "surrogatepass"), position)
                else:
                    out.add_fragment(Fragment(b"", position, f"an event cannot be read: {event}"))
                position += 1
                yield from out.when_full()
    except ImportError:
        reason = f"{MISSING}; {size} bytes total"
    except (_Unreadable, TooLarge) as error:
        reason = f"this Windows event log cannot be read{' on' if position else ''}: {error}"
    yield from out.rest()
    if reason:
        framing = Framing.EVTX if position else Framing.BINARY
        yield Batch(framing, (), (), (Fragment(head[:_KEPT], position, reason),))


def _events(path: Path) -> Iterator[str | Exception]:
    """The JSON of each event, or why there is none."""
    from evtx import PyEvtxParser  # noqa: PLC0415 - an optional package

    faults = 0
    try:
        events = iter(PyEvtxParser(str(path), number_of_threads=1).records_json())
        while True:
            try:
                yield str(next(events)["data"])
            except StopIteration:
                return
            except RuntimeError as error:  # of one event; the next may be well
                faults += 1
                if faults > _MOST_FAULTS:
                    raise
                yield error
    except (OSError, RuntimeError, ValueError) as error:
        raise _Unreadable(str(error)) from error
