"""Tries a mapping on lines of a log, in memory: nothing is stored and nothing else is asked."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from actum.ocsf.columns import COLUMNS
from actum.record import Spelling
from actum.sources import json, text
from actum.sources.declared import declare
from actum.sources.reading import derive
from actum.sources.recognition import Recognition
from actum.sources.seam import Source

__all__ = ["Tried", "try_mapping"]


@dataclass(frozen=True, slots=True)
class Tried:
    """What a mapping makes of some records: of each its bytes, whether it was known, its events."""

    source: Source
    records: tuple[bytes, ...]
    is_known: tuple[bool, ...]
    events: tuple[tuple[dict[str, object], ...], ...]

    @property
    def known(self) -> int:
        """How many records the mapping knows."""
        return sum(self.is_known)


def try_mapping(mapping: str, lines: Sequence[bytes], *, name: str = "mapping.toml") -> Tried:
    """Read these lines, or JSON texts, as the mapping says.  UsageError if the mapping is wrong."""
    import duckdb  # noqa: PLC0415 - start-up time

    source = declare(mapping, name)
    known = {each.NAME: each for each in (json, text)}
    sources: dict[str, Source] = {source.NAME: source, **known}
    recognition = Recognition("a trial", sources)
    is_text = not getattr(source, "is_json", False)
    claims = recognition.take(lines, range(len(lines)), is_json=not is_text, is_text=is_text)
    rest = recognition.rest()
    raws, spelled = [*claims.raws, *rest.raws], [*claims.sources, *rest.sources]
    with closing(duckdb.connect(":memory:", config={"threads": 1})) as connection:
        connection.execute(
            'CREATE TABLE told ("index" UBIGINT, received TIMESTAMP, source VARCHAR, raw BLOB)'
        )
        if raws:
            connection.execute(
                "INSERT INTO told SELECT * FROM (SELECT unnest(?::UBIGINT[]),"
                " TIMESTAMP '2024-01-01', unnest(?::VARCHAR[]), unnest(?::BLOB[]))",
                [list(range(len(raws))), spelled, raws],
            )
        derive(connection, "told", "events", sources)
        cursor = connection.execute('SELECT * FROM events ORDER BY "index", part')
        events: list[list[dict[str, object]]] = [[] for _ in raws]
        for each in cursor.fetchall():
            told = dict(zip((column.name for column in COLUMNS), each, strict=True))
            events[each[0]].append(told)
    return Tried(
        source,
        tuple(raws),
        tuple(Spelling.parse(each).source == source.NAME for each in spelled),
        tuple(tuple(each) for each in events),
    )
