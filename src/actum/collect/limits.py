"""What hostile input may cost: every cap of this room, in one place.

A log's bytes are written by attackers, so nothing here trusts a size that input claims.  Each cap
ends in a stated reason (a fault, an unreadable, a fragment), never in silence.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["GIB", "MIB", "Limits"]

MIB = 1 << 20
GIB = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Caps for reading and splitting; the defaults suit evidence of any honest size."""

    ratio: int = 1_000
    """Content bytes for one stored byte.  Repetitive logs under zstd really reach about 100."""
    ratio_after: int = 64 * MIB
    """Less content than this is never called a bomb."""
    content: int = 64 * GIB
    """Content of one delivery."""
    members: int = 1_000_000
    """Members of one archive."""
    depth: int = 3
    """Archives within archives, and separately compressions around one content."""
    spool: int = 4 * GIB
    """Size of a zip that is not a file on disk (nested, compressed, standard input)."""
    spool_memory: int = 16 * MIB
    """Of which this much in memory before a temporary file is used."""
    max_record: int = 16 * MIB
    """The longest element; a longer one is kept in fragments of this size."""
    whole_document: int = 32 * MIB
    """A JSON document up to this size is decoded in one go; a bigger one window by window."""
    window: int = 8 * MIB
    """How much content is looked at in one step: what bounds memory."""
    batch_elements: int = 16_384
    """Elements in one batch, at most."""
    batch_bytes: int = 32 * MIB
    """A batch is handed on when it has gathered about this much."""
