"""The seam: what a source is, and how it says what its records are and mean.

A source is a module: its folder under `actum.sources` holds the mapping and its golden pairs, and
nothing outside the folder names it.  It says

- how to know one of its records (`claim`),
- for a kind of text, how its lines make records (`lines`, only where a line alone does not tell),
- how a record that is not plain JSON is made into JSON (`unwrap`, told the record's form),
- what a record means (`MAPPING`): a JSON shape that is read once per record, and one SQL expression
  for each event column it can fill.

The expressions run inside the engine, over thousands of records at a time.  They see

=====================  =========================================================================
``j``                  the record as a STRUCT of the shape; a value that is absent is NULL
``ok``                 whether it could be read: ``j IS NOT NULL``, asked once
``text``               the record as text, NULL if it is not UTF-8
``received_time``      when Actum received it
``form``               the form it was unwrapped from, '' for a plain record
``"index"``, ``part``  its place in the log; which part of that record this is
``lookups``            the small tables a mapping joins, each under its own name
=====================  =========================================================================
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, runtime_checkable

__all__ = [
    "Claim",
    "Lookup",
    "Mapped",
    "Piece",
    "SelectiveSource",
    "Source",
    "Splitter",
    "TextSource",
    "Unread",
    "plain",
]


@dataclass(frozen=True, slots=True)
class Claim:
    """A source's word that a record is its own.

    ``key`` recognises the record when it arrives again; empty when the record has no id of its own,
    and then its place and content stand for it.  ``form`` is "" for a plain JSON record, or tells
    `Source.unwrap` how to read it: the name of a wrapping, the columns a header gave.
    ``confidence`` is of the recognition, from 0 to 1: below 0.5 a guess.
    """

    source: str
    key: bytes
    form: str = ""
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Unread:
    """What `Source.unwrap` gives in the place of a part it cannot read: why."""

    reason: str


class Piece(NamedTuple):
    """One record cut out of a text by a `Splitter`.

    ``raw`` is its lines, each its exact bytes, joined by a newline; ``position`` the number of its
    first line, ``lines`` how many they are.  ``form`` and ``key`` are those of a `Claim`; a form of
    None says that the lines are not the splitter's own: whoever else claims them may have them.
    A ``reason`` says why the record cannot be read.
    """

    raw: bytes
    position: int
    form: str | None
    key: bytes = b""
    lines: int = 1
    reason: str = ""


class Splitter(Protocol):
    """Cuts the lines of one text into records; made anew for each delivery.

    Every line it is given comes back, in a piece or in ``headers``, when it is given or at the end.
    What it holds back is bounded.
    """

    headers: list[bytes]
    """Lines that are no record but say how the others are to be read.  Kept with the delivery."""

    def take(self, lines: Sequence[bytes], positions: Sequence[int]) -> Iterator[Piece]:
        """Give the records that are complete with these lines, which are not empty."""
        ...

    def rest(self) -> Iterator[Piece]:
        """Give what is left when the text ends."""
        ...


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

    ``shape`` is the structure `json_transform` reads, empty for records that are not JSON.
    ``objects`` are the JSON paths, ``$`` first, in which a key given twice makes a record unread;
    none for text, whose JSON is made here.
    ``known`` are the top-level keys the mapping was written in knowledge of, read into a column or
    knowingly left to the raw record; the rest are new to us, and counted as unmapped.
    ``columns`` maps an event column to SQL; a column not named is NULL.
    ``steps`` are values worked out before the columns, which then use them by name; each step sees
    those before it.  What several columns say is written once, and planned and computed once.
    ``open`` says of a question (`actum.ocsf.QUESTIONS`) why its records may leave it open.
    """

    shape: Mapping[str, object]
    columns: Mapping[str, str]
    objects: tuple[str, ...] = ("$",)
    known: frozenset[str] = frozenset()
    lookups: tuple[Lookup, ...] = field(default=())
    steps: tuple[Mapping[str, str], ...] = ()
    open: Mapping[str, str] = field(default_factory=dict)


class Source(Protocol):
    """A kind of log."""

    NAME: str
    """The name users see: ``aws_cloudtrail``."""
    TITLE: str
    """The product, in its maker's words."""
    VERSION: int
    """Raised when the same record would now mean something else."""
    SUPPORT: str
    """How well it is known: ``real samples`` or ``vendor documentation``."""
    SIGNS: str
    """How one of its records is known, in words: told to whoever asks why it was recognised."""
    MAPPING: Mapped

    def claim(self, raw: bytes) -> Claim | None:
        """Whether this record is of this source; None if not.  Never raises.

        At most one of the particular sources claims a record.  It is asked of many records of other
        sources (see `SelectiveSource`), so look for a member no record can do without before
        decoding anything.
        """
        ...

    def unwrap(self, raw: bytes, form: str) -> Iterator[bytes | Unread]:
        """The JSON texts the mapping reads, made from a record of that form, each its own event.

        Nothing at all if there is nothing inside; `plain` where no record has a form.  Raises
        nothing: a part that cannot be read is an `Unread`.
        """
        ...


@runtime_checkable
class SelectiveSource(Protocol):
    """A source that says beforehand which records it may claim, and is asked about no others.

    It saves the time of all the records of other sources; who says nothing is always asked.
    `actum.testing.check_source` holds a source to it.
    """

    MEMBERS: frozenset[str]
    """Names of which a JSON object of this source has one or more at its top, as they are spelled
    there; of those each of its forms must have, the ones that the fewest other logs have too.
    Empty if it claims no JSON object."""
    CLAIMS_TEXT: bool
    """Whether it may claim what is no JSON object."""


@runtime_checkable
class TextSource(Protocol):
    """A source whose lines do not tell by themselves: after a header, or several to a record."""

    def lines(self, head: Sequence[bytes], options: str) -> Splitter | None:
        """The splitter for a text whose first lines, up to 64, are these; None if not its own.

        ``options`` is what a user said of this text (``--source aws_vpcflow:version,srcaddr,…``),
        "" if nothing; with options it may only refuse them, with a ValueError that says why.
        """
        ...


def plain(raw: bytes, form: str) -> Iterator[bytes | Unread]:  # noqa: ARG001 - the seam's signature
    """The `Source.unwrap` of a source whose records are plain JSON."""
    yield raw
