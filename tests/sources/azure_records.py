"""What the tests of Microsoft's logs share: golden pairs, spoiled in every way, and samples."""

from __future__ import annotations

import copy
import gzip
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from actum.sources import SOURCES, claim_all
from actum.testing import events_of, pairs_of, read, recognise
from sources.world import shared

WRONG: tuple[Any, ...] = (
    None, 7, -1.5, True, "", "x", "{", '{"a": 1, "a": 2}', [], ["x"], {}, {"x": {"y": []}},
    [[["deep"]]], 10**30, "\x00'\"; DROP TABLE events; --", "é" * 2_000,
)  # fmt: skip
"""Values of every kind, for members that expect another."""


def pair(source: str, name: str) -> dict[str, Any]:
    """The JSON of a golden pair."""
    raw = pairs_of(_folder(source))[name]
    found: dict[str, Any] = json.loads(raw)
    return found


def _folder(source: str) -> Path:
    return Path(str(sys.modules[f"actum.sources.{source}"].__file__)).parent


def one(record: dict[str, Any] | bytes) -> dict[str, Any]:
    """The only event of a record."""
    raw = record if isinstance(record, bytes) else json.dumps(record).encode()
    [event] = events_of(raw)
    return event


def changed(record: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The record with the member at a dotted path replaced."""
    found = copy.deepcopy(record)
    *parents, last = path.split(".")
    place: Any = found
    for part in parents:
        place = place[int(part) if part.isdigit() else part]
    place[last] = value
    return found


def spoiled(source: str) -> Iterator[tuple[str, bytes]]:
    """Every pair of a source with each of its members, at any depth, of each wrong kind."""
    for name, raw in pairs_of(_folder(source)).items():
        try:
            record = json.loads(raw)
        except ValueError:
            continue  # a table
        for path in _paths(record):
            if path[-1] == "category":
                continue  # of another category it is a record of another source
            for value in WRONG:
                spoiled_record = copy.deepcopy(record)
                place = spoiled_record
                for part in path[:-1]:
                    place = place[part]
                place[path[-1]] = value
                yield f"{name}: {path} is {value!r:.20}", json.dumps(spoiled_record).encode()


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items: Any = value.items() if isinstance(value, dict) else ()
    if isinstance(value, list):
        items = list(enumerate(value))[:1]
    for key, inner in items:
        yield (*path, key)
        if len(path) < 4:
            yield from _paths(inner, (*path, key))


def spoils_nothing(source: str) -> None:
    """Whatever a member is, there is an event for each record and no time that is not stated."""
    told = list(spoiled(source))
    raws = [raw for _, raw in told]
    claims = claim_all(raws, "test", range(len(raws)), is_json=True)
    spelled = [
        each if each.split(".")[0].split("@")[0] in (source, "json") else source
        for each in claims.sources
    ]
    for (what, _), events in zip(told, read(raws, spelled), strict=True):
        assert events, what
        assert all(each["source"] in (source, "json") for each in events), what
    particular = [each for name, each in SOURCES.items() if name != source and name not in _GENERAL]
    for what, raw in told[:: max(1, len(told) // 500)]:
        assert sum(each.claim(raw) is not None for each in particular) == 0, what


_GENERAL = ("actum", "cloudevents", "ecs", "syslog", "csv", "json", "text")


def sample(path: str) -> list[tuple[str, dict[str, Any]]]:
    """The records of a shared sample and the source each is read as, with its only event."""
    file = shared(path)
    data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    return told_of(data)


def told_of(data: bytes) -> list[tuple[str, dict[str, Any]]]:
    claims = recognise(data)
    found = read(claims.raws, claims.sources)
    return [
        (spelled.split(".")[0], event)
        for spelled, events in zip(claims.sources, found, strict=True)
        for event in events
    ]


def panther(name: str) -> list[dict[str, Any]]:
    """The events of a file of detection tests."""
    file = shared("panther-tests") / f"{name}.jsonl.gz"
    return [json.loads(line)["log"] for line in gzip.decompress(file.read_bytes()).splitlines()]


def joined(records: list[dict[str, Any]]) -> bytes:
    return b"\n".join(json.dumps(each).encode() for each in records)


def when(text: str) -> datetime:
    """A time read by nothing of Actum's."""
    whole, dot, rest = text.rstrip("Z").partition(".")
    zone = ""
    for mark in "+-":
        if mark in rest:
            rest, zone = rest.split(mark)[0], mark + rest.split(mark)[1]
    found = datetime.fromisoformat(f"{whole}{dot}{rest[:6]:0<6}{zone}" if dot else whole)
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found
