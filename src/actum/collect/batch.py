"""What framing hands on: elements in batches, and whatever could not be one, with the reason."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import msgspec

    from actum.collect.limits import Limits

__all__ = ["Batch", "Fragment", "Framing", "Gathering", "fragments"]


class Framing(enum.Enum):
    """How elements lie in a content.  Only that: what they mean is not looked at."""

    NDJSON = "ndjson"
    """One JSON value a line, or behind each RS of RFC 7464."""
    JSON_ARRAY = "json-array"
    JSON_RECORDS = "json-records"
    """An object around one array of objects, ``{"Records": […]}``."""
    JSON_DOCUMENT = "json-document"
    """One object."""
    JSON_SEQUENCE = "json-sequence"
    """Objects one after another, pretty-printed or without anything between them."""
    TEXT = "text"
    """Lines."""
    PARQUET = "parquet"
    """Rows of a Parquet file, each as JSON."""
    EVTX = "evtx"
    """Events of a Windows event log, each as JSON."""
    BINARY = "binary"
    """Nothing Actum splits."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """Content that is not an element: kept raw at its place, with the reason."""

    raw: bytes
    position: int
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive elements of one content.

    An element is the exact slice of the content; ``bytes(element)`` works for both types.  A
    ``msgspec.Raw`` is a view that keeps its whole window of the content alive: copy what you keep.
    ``positions`` run beside ``elements`` and count from 0: lines (blank ones included, though they
    are not elements), RS marks, or elements over all documents of the content.

    ``wrapper`` is the rest of a JSON_RECORDS object, raw values by key, as far as it was seen: the
    last batch of the object has all of it, even when that batch has no elements.  Of a content in
    another encoding than UTF-8 it also says which (`actum.collect.utf16.ENCODING`).
    """

    framing: Framing
    elements: Sequence[bytes | msgspec.Raw]
    positions: Sequence[int]
    unread: Sequence[Fragment] = ()
    wrapper: dict[str, bytes] | None = None


@dataclass(slots=True)
class Gathering:
    """Elements on their way into a batch."""

    limits: Limits
    framing: Framing
    wrapper: dict[str, bytes] | None = None
    elements: list[bytes | msgspec.Raw] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    unread: list[Fragment] = field(default_factory=list)
    size: int = 0

    def add(self, element: bytes, position: int) -> None:
        """Add one element."""
        self.elements.append(element)
        self.positions.append(position)
        self.size += len(element)

    def add_fragment(self, fragment: Fragment) -> None:
        """Add what is not one."""
        self.unread.append(fragment)
        self.size += len(fragment.raw)

    def when_full(self) -> Iterator[Batch]:
        """Hand on a batch if there is enough for one."""
        if len(self.elements) >= self.limits.batch_elements or self.size >= self.limits.batch_bytes:
            yield from self.rest()

    def rest(self) -> Iterator[Batch]:
        """Hand on whatever there is, nothing if nothing."""
        if self.elements or self.unread:
            yield self.take()

    def take(self) -> Batch:
        """Return a batch, empty or not."""
        wrapper = None if self.wrapper is None else dict(self.wrapper)
        batch = Batch(self.framing, self.elements, self.positions, self.unread, wrapper)
        self.elements, self.positions, self.unread, self.size = [], [], [], 0
        return batch


def fragments(
    chunks: Iterator[bytes], framing: Framing, position: int, reason: str, limits: Limits
) -> Iterator[Batch]:
    """All of ``chunks``, unread, each fragment in a batch of its own so that memory is bounded."""
    left = b""
    for chunk in chunks:
        left += chunk
        while len(left) > limits.max_record:
            piece, left = left[: limits.max_record], left[limits.max_record :]
            yield Batch(framing, (), (), (Fragment(piece, position, reason),))
    yield Batch(framing, (), (), (Fragment(left, position, reason),))
