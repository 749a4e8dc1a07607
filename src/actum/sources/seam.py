"""The seam: what a source is, and the two ways it may say what its records mean.

A source is a module: its folder under `actum.sources` holds the mapping and its golden pairs, and
nothing outside the folder names it.  It says

- how to know one of its records (`claim`),
- what a record means (`MAPPING`): a JSON shape that is read once per record, and one SQL expression
  for each event column it can fill.

The expressions run inside the engine, over thousands of records at a time.  They see

=====================  =========================================================================
``j``                  the record as a STRUCT of the shape; a value that is absent is NULL
``ok``                 whether it could be read: ``j IS NOT NULL``, asked once
``text``               the record as text, NULL if it is not UTF-8
``received_time``      when Actum received it
``form``               the wrapping that was taken off it, '' for a plain record
``lookups``            the small tables a mapping joins, each under its own name
=====================  =========================================================================
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

__all__ = ["Claim", "Lookup", "Mapped", "Source"]


@dataclass(frozen=True, slots=True)
class Claim:
    """A source's word that a record is its own.

    ``key`` recognises the record when it arrives again; empty when the record has no id of its own,
    and then its place and content stand for it.  ``form`` is "" for a plain record, or the name of
    the wrapping that must be taken off before it is read.
    """

    source: str
    key: bytes
    form: str = ""


@dataclass(frozen=True, slots=True)
class Lookup:
    """A small table joined to every record; ``on`` is SQL over the record and ``name``'s columns.

    Its columns are seen as ``<name>_<column>`` by the steps and the event columns.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    on: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """What the records of a source mean.

    ``shape`` is the structure `json_transform` reads, "" for records that are not JSON.
    ``objects`` are the JSON paths, ``$`` first, in which a key given twice makes a record unread.
    ``known`` are the top-level keys the mapping was written in knowledge of, read into a column or
    knowingly left to the raw record; the rest are new to us, and counted as unmapped.
    ``columns`` maps an event column to SQL; a column not named is NULL.
    ``steps`` are values worked out before the columns, which then use them by name; each step sees
    those before it.  What several columns say is written once, and planned and computed once.
    """

    shape: Mapping[str, object]
    columns: Mapping[str, str]
    objects: tuple[str, ...] = ("$",)
    known: frozenset[str] = frozenset()
    lookups: tuple[Lookup, ...] = field(default=())
    steps: tuple[Mapping[str, str], ...] = ()


class Source(Protocol):
    """A kind of log."""

    NAME: str
    """The name users see: ``aws_cloudtrail``."""
    TITLE: str
    """The product, in its maker's words."""
    VERSION: int
    """Raised when the same record would now mean something else."""
    SUPPORT: str
    """How well it is known: seen in production, vendor samples, or documentation only."""
    MAPPING: Mapped

    def claim(self, raw: bytes) -> Claim | None:
        """Whether this record is of this source; None if not.  Never raises."""
        ...

    def unwrap(self, raw: bytes, form: str) -> Iterator[bytes]:
        """The plain records inside a wrapped one, in order; nothing if there are none."""
        ...
