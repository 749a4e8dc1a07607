"""Term filters: beside each segment, what lets a question skip most of what cannot match.

A segment has two, in `terms/`: ``<name>.text`` holds the grams of its raw records, made from the
records file, and ``<name>.values`` the values of its text columns, made from the events file.
Rules:

1. They are derived, and nothing depends on them: a segment without one is looked at itself, and so
   is one whose filter is damaged or was made from another file.
2. They are made after the records are durable and sealed, never while somebody waits for that.
3. What is compared in lower case is in lower case here as the engine makes it, so no letter has two
   opinions about its other form.

Trust: an attacker who can write a filter can keep a record from being found by its words until
`actum fsck`, which makes each filter again and compares, or until `actum rebuild`.  The record, its
place and its proof stay out of their reach.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zlib import crc32

import numpy as np

from actum.errors import DiskFull, EvidenceError
from actum.log.catalog import Segment
from actum.log.durable import make_folder, replace_file
from actum.log.engine import reading_file, scan
from actum.log.terms_filter import (
    Filter,
    Group,
    Stamp,
    is_made_from,
    pack,
    read_filter,
    stamp_of,
)
from actum.log.terms_grams import distinct, grams, pieces
from actum.log.view import View
from actum.ocsf.columns import COLUMNS

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "STEP",
    "TAIL",
    "Terms",
    "build_terms",
    "filter_names",
    "text_filter",
    "value_term",
    "values_filter",
    "wrong_filters",
]

STEP: Final = 2_048
"""Records of the smallest group: a row group of a records file."""
TEXT_BITS: Final = 8
TEXT_PROBES: Final = 5
"""A phrase has several grams, so that each may be wrong once in forty times."""
VALUE_GROUP: Final = 4 * STEP
VALUE_BITS: Final = 20
VALUE_PROBES: Final = 7
"""A value is one term: wrong less than once in a thousand times."""
TAIL: Final = "/tail"
"""Marks the last part of a column's values: what `issuer:` compares besides the whole."""

_TEXTS: Final = {each.name: each.kind for each in COLUMNS if each.kind in {"VARCHAR", "VARCHAR[]"}}
_TAILED: Final = ("actor_session_issuer",)
_READ: Final = (*_TEXTS, *(name + TAIL for name in _TAILED))
_SEARCHED: Final = "lower(coalesce(try(decode(raw)), raw::VARCHAR))"
"""The text free text is looked for in, as `actum.query.compile` writes it."""


class Terms:
    """The filters of one log, each checked when it is first asked for.  Not for two threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._known: dict[tuple[str, str], tuple[Stamp, Filter | None]] = {}

    def text(self, segment: Segment) -> Filter | None:
        """What its raw records may hold, or None if that is not known."""
        return self._filter(text_name(segment), segment.records_sha256, segment.count)

    def values(self, segment: Segment) -> Filter | None:
        """What its events' columns may hold, or None if that is not known."""
        return self._filter(values_name(segment), segment.events_sha256, segment.count)

    def _filter(self, name: str, made_from: str, count: int) -> Filter | None:
        path = f"{self._folder}/{name}"
        try:
            found = os.stat(path)  # noqa: PTH116 - asked of each segment at each question
        except OSError:
            return None
        stamp = stamp_of(found)
        known = self._known.get((name, made_from))
        if known is None or known[0] != stamp:
            whole = read_filter(Path(path), made_from=made_from, count=count)
            known = stamp, whole if whole and whole.group % STEP == 0 else None
            self._known[name, made_from] = known
        return known[1]


def text_name(segment: Segment) -> str:
    """Where the filter of a segment's raw records is, below the log's folder."""
    return _name(segment.records_file, "text")


def values_name(segment: Segment) -> str:
    """Where the filter of a segment's columns is, below the log's folder."""
    return _name(segment.events_file, "values")


def filter_names(segment: Segment) -> tuple[str, str]:
    """Where both filters of a segment are, if they are there."""
    return text_name(segment), values_name(segment)


def _name(made_from: str, kind: str) -> str:
    return f"terms/{made_from.rpartition('/')[2].removesuffix('.parquet')}.{kind}"


def value_term(column: str, value: str) -> int:
    """The term of one value, in lower case, of one column."""
    return crc32(value.encode(), crc32(column.encode() + b"\0"))


def build_terms(
    view: View, *, again: bool = False, seen: Callable[[int], None] = lambda _: None
) -> int:
    """Make the filters that are missing, or all of them ``again``; the number of segments.

    The caller is the writer, and nobody waits for an acknowledgement.  Each filter counts as soon
    as it is durable, so one that is interrupted goes on where it was.  A segment that cannot be
    read is left as it is: whoever asks it is told.  So is the rest when the disk is full.
    """
    make_folder(view.folder / "terms")
    built = 0
    for segment in view.contents().segments:
        missing = [
            (name, make)
            for name, made_from, make in _due(segment)
            if again or not is_made_from(view.folder / name, made_from)
        ]
        try:
            for name, make in missing:
                replace_file(view.folder / name, make(view, segment))
        except EvidenceError:
            continue
        except DiskFull:
            break
        built += bool(missing)
        seen(segment.end)
    return built


def wrong_filters(view: View, segment: Segment) -> Iterator[tuple[str, bool]]:
    """The filters of a segment that are not as they would be made now, and whether they are used.

    One that is not there is not wrong.
    """
    terms = Terms(view.folder)
    for name, look, make in (
        (text_name(segment), terms.text, text_filter),
        (values_name(segment), terms.values, values_filter),
    ):
        path = view.folder / name
        if path.exists() and path.read_bytes() != make(view, segment):
            yield name, look(segment) is not None


_Make = Callable[[View, Segment], bytes]


def _due(segment: Segment) -> Iterator[tuple[str, str, _Make]]:
    yield values_name(segment), segment.events_sha256, values_filter
    yield text_name(segment), segment.records_sha256, text_filter


def text_filter(view: View, segment: Segment) -> bytes:
    """The filter of a segment's raw records: the same bytes whenever it is made."""
    path = view.checked.records([segment])[0]
    groups: list[Group] = []
    with reading_file(path), contextlib.closing(view.connection.cursor()) as cursor:
        cursor.execute(f'SELECT "index", raw FROM {scan([path])}')
        for first in range(segment.first, segment.end, STEP):
            text = _text(cursor, range(first, min(first + STEP, segment.end)))
            groups.append(Group(grams(pieces(text)), bits=TEXT_BITS, probes=TEXT_PROBES))
    return pack(
        groups, made_from=segment.records_sha256, count=segment.count, group=STEP,
        probes=TEXT_PROBES,
    )  # fmt: skip


def _text(cursor: duckdb.DuckDBPyConnection, indexes: range) -> bytes:
    """The next records as they are searched, each apart; the file is in the order of the index."""
    rows = cursor.fetchmany(len(indexes))
    if [index for index, _ in rows] != list(indexes):
        raise EvidenceError(
            f"records {indexes[0]} to {indexes[-1]} are not all in their place",
            why="the catalog says another number of records than the file holds",
            todo="run `actum fsck`",
        )
    raws = [raw for _, raw in rows]
    text = b"\n".join(raws)
    return text if text.isascii() else _searched(cursor, raws)


def _searched(cursor: duckdb.DuckDBPyConnection, raws: Sequence[bytes]) -> bytes:
    """Rule 3.  Of ASCII the engine makes nothing else than we do, at a tenth of the time."""
    others = [bytes(raw) for raw in raws]
    with contextlib.closing(cursor.cursor()) as asked:
        found = asked.execute(
            f"SELECT {_SEARCHED} FROM (SELECT unnest(?::BLOB[]) AS raw)", [others]
        ).fetchall()
    return "\n".join(text for (text,) in found).encode()


def values_filter(view: View, segment: Segment) -> bytes:
    """The filter of a segment's text columns: the same bytes whenever it is made."""
    path = view.checked.events([segment])[0]
    places: list[np.ndarray] = [np.empty(0, np.int64)]
    terms: list[np.ndarray] = [np.empty(0, np.uint32)]
    with reading_file(path), contextlib.closing(view.connection.cursor()) as cursor:
        has = {row[0] for row in cursor.execute(f"DESCRIBE FROM {scan([path])}").fetchall()}
        for name, select in _selects(has):
            found = cursor.execute(
                f'SELECT DISTINCT (("index" - {segment.first}) // {VALUE_GROUP})::BIGINT AS place,'
                f' value FROM (SELECT "index", {select} AS value FROM {scan([path])})'
                " WHERE value IS NOT NULL"
            ).fetchnumpy()
            base = crc32(name.encode() + b"\0")
            hashes = [crc32(value.encode(), base) for value in found["value"].tolist()]
            places.append(np.asarray(found["place"]))
            terms.append(np.array(hashes, np.uint32))
    place, term = np.concatenate(places), np.concatenate(terms)
    order = np.argsort(place, kind="stable")
    count = -(-segment.count // VALUE_GROUP)
    cuts = np.searchsorted(place[order], np.arange(1, count))
    groups = [
        Group(distinct(each), bits=VALUE_BITS, probes=VALUE_PROBES)
        for each in np.split(term[order], cuts)
    ]
    return pack(
        groups, made_from=segment.events_sha256, count=segment.count, group=VALUE_GROUP,
        probes=VALUE_PROBES, columns=_READ,
    )  # fmt: skip


def _selects(has: set[str]) -> Iterator[tuple[str, str]]:
    """What to read each term's value with; a column the file has not has no values."""
    for name, kind in _TEXTS.items():
        if name in has:
            column = f'"{name}"'
            yield name, f"lower({f'unnest({column})' if kind.endswith('[]') else column})"
    for name in _TAILED:
        if name in has:
            tail = f"split_part(lower(\"{name}\"), '/', -1)"
            yield name + TAIL, tail
            yield name + TAIL, f"split_part({tail}, ':', -1)"
