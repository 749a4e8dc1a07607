"""What a log holds of each source, and how well it was read: what `actum sources` tells.

A format drifts: new fields come, new kinds of event, and one day a parser reads nothing any more.
So beside the counts there are the signs of it: what no column speaks for, operations the mapping
does not class, and how much could be read lately compared with before.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from actum.query.engine import Engine

__all__ = ["Drift", "SourceFacts", "drift", "survey"]

_LATELY = 10
"""The latest tenth of a source's records is held against all that came before."""
_MOST = 20
_UNCLASSED = "reason IS NULL AND (class_uid = 0 OR activity_id IN (0, 99))"
"""Read, and of no class or kind of act the schema has a word for, as far as the mapping knows."""
_SAMPLED = 200


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """How much of a source there is, and how it was read.  Times are in microseconds or None.

    ``events`` counts events, of which ``unread`` could not be read, ``unmapped`` have members no
    column speaks for, ``unclassed`` are of a kind the mapping does not class, ``timeless`` state no
    time and ``copies`` tell of an act told already.  ``duplicates`` were not stored.
    ``read_before`` and ``read_lately`` are shares of what could be read, from 0 to 1.
    """

    source: str
    events: int = 0
    unread: int = 0
    unmapped: int = 0
    unclassed: int = 0
    timeless: int = 0
    copies: int = 0
    duplicates: int = 0
    earliest: int | None = None
    latest: int | None = None
    last_received: int | None = None
    read_before: float | None = None
    read_lately: float | None = None

    @property
    def is_falling(self) -> bool:
        """Whether clearly less could be read lately than before."""
        before, lately = self.read_before, self.read_lately
        return before is not None and lately is not None and lately < before - 0.05


def survey(engine: Engine) -> list[SourceFacts]:
    """The facts of every source the log has records of, most events first."""
    repeated = _repeated(engine)
    rows = engine.rows(
        f"""
        WITH bounds AS (
            SELECT source, count(*) AS many,
                min("index") + (max("index") - min("index")) * {1 - 1 / _LATELY} AS late
            FROM events GROUP BY source
        )
        SELECT source, count(*), count(reason),
            count(*) FILTER (unmapped > 0),
            count(*) FILTER ({_UNCLASSED}),
            count(*) - count(time), count(copy_of),
            epoch_us(min(time)), epoch_us(max(time)), epoch_us(max(received_time)),
            CASE WHEN any_value(many) >= {_LATELY * 10}
                THEN avg((reason IS NULL)::INT) FILTER ("index" <= late) END,
            CASE WHEN any_value(many) >= {_LATELY * 10}
                THEN avg((reason IS NULL)::INT) FILTER ("index" > late) END
        FROM events JOIN bounds USING (source) GROUP BY source ORDER BY 2 DESC, 1
        """
    )
    named = [field.name for field in fields(SourceFacts) if field.name != "duplicates"]
    found = [dict(zip(named, row, strict=True)) for row in rows]
    held = {each["source"] for each in found}
    gone = [name for name in sorted(repeated) if name not in held]
    return [
        *(SourceFacts(**each, duplicates=repeated.get(each["source"], 0)) for each in found),
        *(SourceFacts(name, duplicates=repeated[name]) for name in gone),
    ]


def _repeated(engine: Engine) -> Mapping[str, int]:
    """Duplicates by source, as the deliveries' own records count them."""
    counts: Counter[str] = Counter()
    for (raw,) in engine.rows(
        "SELECT json_extract(decode(raw), '$.repeated')::VARCHAR FROM records"
        " WHERE kind = 1 AND contains(decode(raw), '\"repeated\"')",
        with_records=True,
    ):
        counts.update(json.loads(raw) if raw else {})
    return counts


@dataclass(frozen=True, slots=True)
class Drift:
    """What of one source is not understood, the most frequent first, at most 20 of each.

    ``reasons`` counts events by why they could not be read, with the index of the first.
    ``kinds`` counts operations the mapping does not class.  ``members`` counts the members no
    column speaks for, in ``sampled`` records that have some.
    """

    reasons: list[tuple[str, int, int]]
    kinds: list[tuple[str, int]]
    members: list[tuple[str, int]]
    sampled: int


def drift(engine: Engine, source: str, known: frozenset[str]) -> Drift:
    """Look closer at one source, whose mapping knows the members ``known``."""
    reasons = engine.rows(
        'SELECT reason, count(*), min("index") FROM events'
        f" WHERE source = ? AND reason IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {_MOST}",
        [source],
    )
    kinds = engine.rows(
        "SELECT coalesce(api_operation, ''), count(*) FROM events WHERE source = ?"
        f" AND {_UNCLASSED} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {_MOST}",
        [source],
    )
    chosen = engine.rows(
        'SELECT DISTINCT "index" FROM events WHERE source = ? AND unmapped > 0 AND part = 0'
        f' ORDER BY "index" DESC LIMIT {_SAMPLED}',
        [source],
    )
    members: Counter[str] = Counter()
    if chosen:
        listed = ", ".join(str(index) for (index,) in chosen)
        for (keys,) in engine.rows(
            f'SELECT try(json_keys(decode(raw))) FROM records WHERE "index" IN ({listed})',
            with_records=True,
        ):
            members.update(set(keys or ()) - known)
    return Drift(reasons, kinds, members.most_common(_MOST), len(chosen))
