"""A batch: records as columns, on their way to or from the disk.

Bulk speed comes from never holding one Python object per record with a dozen fields.  A batch is a
handful of parallel lists and byte strings; row ``i`` of each belongs to record ``first + i``.

Salts are not stored one by one.  A batch draws one random 32-byte seed, and every record's salt is
cut from an expansion of it (docs/spec/log-format.md §4.2), which saves 16 incompressible bytes a
record.  Nobody who learns one salt, from a proof, learns anything about another.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import msgspec
import numpy as np
import zstandard

from actum.errors import EvidenceError
from actum.record import Index, Kind, Micros, Provenance, Record, RecordId

__all__ = ["Batch", "salts"]

ID_SIZE = 16
SALT_SIZE = 16
SEED_SIZE = 32
_SALT_LABEL = b"actum salt v1\0"
_SALT_BLOCK = 256
"""Salts are expanded 256 at a time, so that any one of them costs one short expansion."""


@dataclass(slots=True)
class Batch:
    """Records as parallel columns.  ``first`` is -1 until the log has given them their indexes.

    ``ids`` is ``16 * len`` bytes.  ``received`` is in microseconds.  ``feeds``, ``origins`` and
    ``sources`` repeat the same few strings and share them.
    """

    first: int = -1
    seed: bytes = field(default_factory=lambda: os.urandom(SEED_SIZE))
    kinds: list[int] = field(default_factory=list)
    received: list[int] = field(default_factory=list)
    feeds: list[str] = field(default_factory=list)
    epochs: list[int] = field(default_factory=list)
    sequences: list[int] = field(default_factory=list)
    ids: bytearray = field(default_factory=bytearray)
    origins: list[str] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    raws: list[bytes] = field(default_factory=list)
    size: int = 0
    """Raw bytes held, so that a caller can bound its memory."""

    def __len__(self) -> int:
        return len(self.raws)

    def add(
        self,
        *,
        kind: Kind,
        received: Micros,
        feed: str,
        record_id: bytes,
        provenance: Provenance,
        source: str,
        raw: bytes,
        epoch: int = 0,
        sequence: int = 0,
    ) -> None:
        """Append one record.  For bulk, extend the columns together with `extend`."""
        self.kinds.append(kind)
        self.received.append(received)
        self.feeds.append(feed)
        self.epochs.append(epoch)
        self.sequences.append(sequence)
        self.ids += record_id
        self.origins.append(provenance.origin)
        self.positions.append(provenance.position)
        self.sources.append(source)
        self.raws.append(raw)
        self.size += len(raw)

    def extend(
        self,
        *,
        received: Micros,
        feed: str,
        origin: str,
        positions: list[int],
        ids: bytes,
        sources: list[str],
        raws: list[bytes],
    ) -> None:
        """Append many records of one delivery, all of kind RECORD, without a loop over them."""
        count = len(raws)
        self.kinds += [int(Kind.RECORD)] * count
        self.received += [received] * count
        self.feeds += [feed] * count
        self.epochs += [0] * count
        self.sequences += [0] * count
        self.ids += ids
        self.origins += [origin] * count
        self.positions += positions
        self.sources += sources
        self.raws += raws
        self.size += sum(map(len, raws))

    def take(self, rows: list[int]) -> Batch:
        """A new, unindexed batch of those rows, in the order given."""
        picked = Batch()
        for name in _LISTS:
            column = getattr(self, name)
            setattr(picked, name, [column[row] for row in rows])
        picked.ids = bytearray(b"".join(self.ids[row * 16 : row * 16 + 16] for row in rows))
        picked.size = sum(map(len, picked.raws))
        return picked

    def at(self, first: int) -> Batch:
        """This batch with its indexes given: the first row is record ``first``."""
        return replace(self, first=first)

    def records(self) -> Iterator[Record]:
        """The rows as records, in index order."""
        own = salts(self.seed, self.first, len(self))
        for row in range(len(self)):
            yield Record(
                index=Index(self.first + row),
                kind=Kind(self.kinds[row]),
                received=Micros(self.received[row]),
                feed=self.feeds[row],
                epoch=self.epochs[row],
                sequence=self.sequences[row],
                record_id=RecordId(bytes(self.ids[row * ID_SIZE : row * ID_SIZE + ID_SIZE])),
                salt=own[row * SALT_SIZE : row * SALT_SIZE + SALT_SIZE],
                provenance=Provenance(self.origins[row], self.positions[row]),
                source=self.sources[row],
                raw=self.raws[row],
            )

    def encode(self) -> bytes:
        """The journal's form: the columns in MessagePack, compressed (log-format.md §4.1)."""
        columns = [getattr(self, name) for name in _LISTS]
        packed = msgspec.msgpack.encode([1, self.first, self.seed, bytes(self.ids), columns])
        return zstandard.ZstdCompressor(level=1, write_checksum=True).compress(packed)

    @classmethod
    def decode(cls, body: bytes) -> Batch:
        """Read what `encode` wrote.  EvidenceError if the bytes are damaged."""
        try:
            packed = zstandard.ZstdDecompressor().decompress(body)
            version, first, seed, ids, columns = _DECODER.decode(packed)
        except (
            zstandard.ZstdError,
            msgspec.MsgspecError,
            ValueError,
            TypeError,
            MemoryError,
        ) as error:
            raise EvidenceError(
                "a journal batch cannot be read",
                why=str(error),
                todo="run `actum fsck` and restore the journal from a copy",
            ) from error
        batch = cls(first=first, seed=seed, ids=bytearray(ids))
        for name, column in zip(_LISTS, columns, strict=True):
            setattr(batch, name, column)
        batch.size = sum(map(len, batch.raws))
        fault = batch.fault() if version == 1 else f"its version is {version}, only 1 is known"
        if fault or first < 0 or len(seed) != SEED_SIZE:
            raise EvidenceError(
                "a journal batch contradicts itself",
                why=fault or "its first index or its salt seed cannot be one",
                todo="run `actum fsck` and restore the journal from a copy",
            )
        return batch

    def fault(self) -> str:  # noqa: PLR0911 - a list of refusals
        """Why no log could hold these rows as they are; empty when one can."""
        if {len(getattr(self, name)) for name in _LISTS} | {len(self.ids) / ID_SIZE} != {len(self)}:
            return "its columns are not all of one length"
        if not len(self):
            return ""
        if min(self.kinds) < 0 or max(self.kinds) > Kind.CONTROL:
            return "it has a kind that is none"
        if min(self.received) <= -_FAR or max(self.received) >= _FAR:
            return "it has a received time that no clock can show"
        for name in ("epochs", "sequences", "positions"):
            column = getattr(self, name)
            if min(column) < 0 or max(column) >= 1 << 64:
                return f"a number among its {name} does not fit 64 bits"
        try:
            for name in ("feeds", "origins", "sources"):
                for text in set(getattr(self, name)):
                    text.encode()
        except UnicodeEncodeError:
            return f"a name among its {name} is not text: it cannot be written as UTF-8"
        return ""


_FAR = 1 << 62
"""Beyond these microseconds the engine's timestamps have other meanings."""
_LISTS = (
    "kinds", "received", "feeds", "epochs", "sequences", "origins", "positions", "sources", "raws",
)  # fmt: skip
_DECODER = msgspec.msgpack.Decoder(
    tuple[
        int, int, bytes, bytes,
        tuple[list[int], list[int], list[str], list[int], list[int], list[str], list[int],
              list[str], list[bytes]],
    ]
)  # fmt: skip


def salts(seed: bytes, first: int, count: int) -> bytes:
    """The ``16 * count`` bytes of salt of records ``first``, ``first + 1``, … (§4.2).

    Block ``b`` covers the records whose index divided by 256 is ``b``; its salts are the first
    4,096 bytes of SHAKE-256 over the label, the seed and ``b``.
    """
    start, end = first // _SALT_BLOCK, (first + count + _SALT_BLOCK - 1) // _SALT_BLOCK
    blocks = b"".join(
        hashlib.shake_256(_SALT_LABEL + seed + block.to_bytes(8, "big")).digest(
            _SALT_BLOCK * SALT_SIZE
        )
        for block in range(start, end)
    )
    offset = (first - start * _SALT_BLOCK) * SALT_SIZE
    return blocks[offset : offset + count * SALT_SIZE]


def id_halves(ids: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Record ids as two columns of unsigned 64-bit numbers, high and low half."""
    pairs = np.frombuffer(ids, dtype=">u8").reshape(-1, 2)
    return pairs[:, 0].astype(np.uint64), pairs[:, 1].astype(np.uint64)
