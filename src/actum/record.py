"""The nouns that cross rooms: what arrived, and what it is kept as.

Plain values: no disk, no network, no clock.  Times are microseconds since 1970-01-01T00:00:00Z, in
an ``int``; a time nobody knows is ``None``, never zero.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import NewType

__all__ = [
    "Index",
    "Kind",
    "Micros",
    "Provenance",
    "Record",
    "RecordId",
    "Retold",
    "Spelling",
]

Index = NewType("Index", int)
"""A record's place in its log: 0, 1, 2, …, without holes, for ever."""

Micros = NewType("Micros", int)
"""Microseconds since 1970-01-01T00:00:00Z."""

RecordId = NewType("RecordId", bytes)
"""The 16 bytes a record is recognised by when it arrives again (docs/spec/log-format.md §2.2)."""


class Kind(enum.IntEnum):
    """What a leaf is about.  The number is in the leaf: it can never be reused."""

    RECORD = 0
    """One raw record of a source, exact bytes."""
    DELIVERY = 1
    """The account of one file, object or request that was read."""
    CONTROL = 2
    """Something done to the log itself: created, key added, erasure, gap, …"""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the bytes of one record came from.

    ``origin`` names the delivery: a path, with ``!member`` for each archive it lies in.
    ``position`` counts within it from 0: the line of a text, or the element of an array.
    """

    origin: str
    position: int

    def __str__(self) -> str:
        return f"{self.origin}#{self.position}"


@dataclass(frozen=True, slots=True)
class Record:
    """One stored record, as it is read back.

    ``source`` is the kind of log it was recognised as; that is a reading, correctable later, and
    not part of the proof.  Everything else is committed to by the leaf.
    """

    index: Index
    kind: Kind
    received: Micros
    feed: str
    epoch: int
    sequence: int
    record_id: RecordId
    salt: bytes
    provenance: Provenance
    source: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Retold:
    """A record met before in other bytes: how to keep it.

    ``source`` is what to store as its source, ``record_id`` the id of its own it gets.  ``same`` is
    true when both tellings say the same thing, false when they contradict each other.
    """

    source: str
    record_id: bytes
    same: bool


@dataclass(frozen=True, slots=True)
class Spelling:
    """The source of a record, as it is stored: ``<source>[.<form>][@<index>][?<reason>]``.

    ``form`` names the wrapping its reader must take off first.  ``copy_of`` is the index of an
    earlier record that tells of the same act in other bytes.  ``reason`` says why the record could
    not be taken for more than its bytes.
    """

    source: str
    form: str = ""
    copy_of: int | None = None
    reason: str = ""

    def __str__(self) -> str:
        form = f".{self.form}" if self.form else ""
        copy = "" if self.copy_of is None else f"@{self.copy_of}"
        return f"{self.source}{form}{copy}" + (f"?{self.reason}" if self.reason else "")

    @classmethod
    def parse(cls, text: str) -> Spelling:
        """Read what ``str`` gives."""
        head, _, reason = text.partition("?")
        head, _, copy = head.partition("@")
        source, _, form = head.partition(".")
        return cls(source, form, int(copy) if copy else None, reason)
