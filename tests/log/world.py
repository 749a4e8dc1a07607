"""A small true log on disk, and `check_log`, which believes nothing that `actum.log` says.

`check_log` reads the files with plain sqlite3, DuckDB and MessagePack, and holds them against
`actum.proof` and docs/spec/log-format.md.  It shares no code with the writer.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import msgspec
import zstandard

from actum.log.batch import Batch
from actum.log.home import Home
from actum.log.log import Log
from actum.log.segment import Reading
from actum.ocsf.columns import COLUMNS
from actum.proof import Leaf, Verifier, commit, feed_hash, leaf_hash, open_checkpoint, root_of
from actum.proof.leaf import record_id
from actum.record import Kind, Micros, Provenance, RecordId
from actum.sources import Mappings

START = 1_714_521_600_000_000


def raw(number: int, note: str = "") -> bytes:
    return f'{{"n":{number},"note":"{note}"}}'.encode()


def identity(number: int) -> bytes:
    return record_id(Kind.RECORD, "json", b"key %d" % number)


def batch(numbers: range | list[int], *, note: str = "", origin: str = "file.json") -> Batch:
    """Records ``{"n": number}``, each known again by its number."""
    made = Batch()
    for number in numbers:
        made.add(
            kind=Kind.RECORD,
            received=Micros(START + number),
            feed="feed",
            record_id=RecordId(identity(number)),
            provenance=Provenance(origin, number),
            source="json",
            raw=raw(number, note),
        )
    return made


class Plain(Mappings):
    """Reads nothing out of a record: an event each, at a tenth of the time of the real mappings."""

    def derive(self, connection: duckdb.DuckDBPyConnection, records: str, events: str) -> None:
        known = {"index": '"index"', "part": "0", "source": "source"}
        columns = ", ".join(
            f'({known.get(each.name, "NULL")})::{each.kind} AS "{each.name}"' for each in COLUMNS
        )
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {events} AS SELECT {columns} FROM {records}"
        )


@contextmanager
def opened(path: Path, reading: Reading | None = None) -> Iterator[Log]:
    """The log ``main`` of the home at ``path``, made if need be, open for writing.

    A test that searches gives it the real mappings.
    """
    with Home(path, write=True) as home:
        have = {each.name: each for each in home.logs()}
        with Log(home, have.get("main") or home.create("main"), reading or Plain()) as log:
            yield log


@dataclass(frozen=True)
class Held:
    """One record, as the files have it."""

    index: int
    record_id: bytes
    raw: bytes
    leaf_hash: bytes
    place: str


def check_log(home: Path, *, events: bool = True) -> list[Held]:
    """Every record of the only log of that home; AssertionError if anything does not hold."""
    with closing(sqlite3.connect(home / "catalog.db")) as catalog:
        catalog.row_factory = sqlite3.Row
        (entry,) = catalog.execute("SELECT * FROM logs").fetchall()
        segments = catalog.execute(
            "SELECT * FROM segments WHERE log = ? ORDER BY first", (entry["id"],)
        ).fetchall()
    folder = home / "logs" / entry["id"]
    held: list[Held] = []
    for segment in segments:
        assert segment["first"] == len(held), "a hole or an overlap between segments"
        for part in ("records", "events"):
            file = folder / segment[f"{part}_file"]
            assert hashlib.sha256(file.read_bytes()).hexdigest() == segment[f"{part}_sha256"]
        held += _records(folder / segment["records_file"])
        assert len(held) == segment["first"] + segment["count"]
        if events:
            _events(folder / segment["events_file"], segment["first"], segment["count"])
    with closing(sqlite3.connect(home / "journal.db")) as journal:
        following, sealed, sealed_root = journal.execute(
            "SELECT next, sealed, root FROM head WHERE log = ?", (entry["id"],)
        ).fetchone()
        for first, count, body, leaves in journal.execute(
            "SELECT first, count, body, leaves FROM batch WHERE log = ? ORDER BY first",
            (entry["id"],),
        ).fetchall():
            rows = _batch(body)
            assert (rows[0].index, len(rows)) == (first, count)
            assert b"".join(each.leaf_hash for each in rows) == leaves
            if first + count <= len(held):
                assert [each.raw for each in held[first : first + count]] == [
                    each.raw for each in rows
                ], "the journal and a segment disagree"
            else:
                assert first == len(held), "a hole between the segments and the journal"
                held += rows
    assert [each.index for each in held] == list(range(len(held)))
    assert following <= len(held), "acknowledged records are missing"
    hashes = [each.leaf_hash for each in held]
    note = folder / "checkpoint"
    if note.exists():
        checkpoint, _ = open_checkpoint(note.read_bytes(), Verifier.parse(entry["vkey"]))
        assert checkpoint.size <= len(held)
        assert checkpoint.root == root_of(hashes[: checkpoint.size])
        assert sealed <= checkpoint.size
        if sealed:
            assert sealed_root == root_of(hashes[:sealed])
        _tree(folder / "tree", hashes[: checkpoint.size])
    return held


def _records(path: Path) -> list[Held]:
    with duckdb.connect() as db:
        rows = db.execute(
            'SELECT "index", kind, epoch_us(received), feed, epoch, sequence, record_id_high,'
            " record_id_low, salt_seed, origin, position, source, raw"
            f" FROM read_parquet('{path}')"
        ).fetchall()
    return [
        _held(row[0], row[1:6], row[6].to_bytes(8, "big") + row[7].to_bytes(8, "big"), row[8],
              row[9], row[10], row[12], path.name)
        for row in rows
    ]  # fmt: skip


def _batch(body: bytes) -> list[Held]:
    """docs/spec/log-format.md §4.1."""
    version, first, seed, ids, columns = msgspec.msgpack.decode(
        zstandard.ZstdDecompressor().decompress(body)
    )
    assert version == 1
    return [
        _held(first + row, each[:5], ids[16 * row : 16 * row + 16], seed, each[5], each[6], each[8],
              "journal.db")
        for row, each in enumerate(zip(*columns, strict=True))
    ]  # fmt: skip


def _held(  # noqa: PLR0917 - a row
    index: int,
    numbers: tuple[int, int, str, int, int],
    identity: bytes,
    seed: bytes,
    origin: str,
    position: int,
    content: bytes,
    place: str,
) -> Held:
    kind, received, feed, epoch, sequence = numbers
    leaf = Leaf(
        kind, index, received, feed_hash(feed), epoch, sequence, identity,
        commit(salt_of(seed, index), f"{origin}#{position}", content),
    )  # fmt: skip
    return Held(index, identity, content, leaf_hash(leaf.encode()), place)


def salt_of(seed: bytes, index: int) -> bytes:
    """docs/spec/log-format.md §4.2."""
    block, place = divmod(index, 256)
    stream = hashlib.shake_256(b"actum salt v1\0" + seed + block.to_bytes(8, "big")).digest(4_096)
    return stream[16 * place : 16 * place + 16]


def _events(path: Path, first: int, count: int) -> None:
    with duckdb.connect() as db:
        rows = db.execute(f"SELECT DISTINCT \"index\" FROM read_parquet('{path}')").fetchall()
    assert {index for (index,) in rows} == set(range(first, first + count))


def _tree(folder: Path, hashes: list[bytes]) -> None:
    for level, width in ((8, 256), (16, 65_536)):
        whole = len(hashes) // width
        kept = (folder / str(level)).read_bytes() if whole else b""
        for place in range(whole):
            block = hashes[place * width : place * width + width]
            assert kept[32 * place : 32 * place + 32] == root_of(block)
