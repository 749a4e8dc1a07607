"""How fast each source is: records to event columns, one core, over its own golden pairs.

The pairs of a source are repeated until there are enough: JSON as one delivery with a record a
line, text as one delivery for each pair.  ``recognise`` is cutting up and claiming, ``read`` the
part that a stored record costs whenever it is mapped again.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from actum.log.engine import connect, lay_out
from actum.record import Index
from actum.sources import SOURCES, Claims
from actum.sources.reading import derive
from actum.testing import pairs_of
from actum.trial import batch_of, recognise

__all__ = ["sources"]

RECORDS = 20_000
LEAST = 15_000


def sources(records: int = RECORDS) -> None:
    """One row a source; what is slower than it should be is marked."""
    print(f"\nsources: events/s a core, over {records:,} records of each source's golden pairs")
    print(f"  {'source':<24} {'bytes':>7} {'recognise':>11} {'read':>11} {'both':>11}")
    for name, source in SOURCES.items():
        folder = Path(str(sys.modules[type_of(source)].__file__)).parent
        recognised, derived, size, count = _measure(list(pairs_of(folder).values()), records)
        if not count:
            continue
        both = count / (recognised + derived)
        mark = "  slow" if both < LEAST else ""
        print(
            f"  {name:<24} {size / count:>7,.0f} {count / recognised:>11,.0f}"
            f" {count / derived:>11,.0f} {both:>11,.0f}{mark}",
            flush=True,
        )


def type_of(source: object) -> str:
    """The module a source is."""
    return str(getattr(source, "__name__", ""))


def _measure(pairs: list[bytes], records: int) -> tuple[float, float, int, int]:
    """(seconds recognising, seconds reading, bytes, records)."""
    everything = Claims()
    deliveries = list(_large(pairs, records))
    start = time.process_time()
    for delivered in deliveries:
        everything.join(recognise(delivered))
    recognised = time.process_time() - start
    raws = everything.raws
    with closing(connect(threads=1)) as connection:
        batch = batch_of(raws, b"\0" * 16 * len(raws), everything.sources)
        lay_out(connection, batch.at(Index(0)), "told")
        start = time.process_time()
        derive(connection, "told", "events", SOURCES)
        derived = time.process_time() - start
    return recognised, derived, sum(map(len, raws)), len(raws)


def _large(pairs: list[bytes], records: int) -> Iterator[bytes]:
    lines: list[bytes] = []
    each = records // max(len(pairs), 1) + 1
    for pair in pairs:
        try:
            lines.append(msgspec.json.encode(msgspec.json.decode(pair)))
        except (msgspec.MsgspecError, ValueError, RecursionError):
            yield (pair.rstrip(b"\n") + b"\n") * each
    if lines:
        yield b"\n".join(lines * each)
