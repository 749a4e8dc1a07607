"""How much one statement may take: rows, bytes, seconds, memory."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

__all__ = ["Limits"]


def _processors() -> int:
    return min(os.cpu_count() or 1, 4)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a statement is stopped at.  Whichever is met first, the answer says so.

    ``size`` and ``memory`` are bytes: of the rows it gives, and of what the engine takes beyond
    what it needs to start.  ``seconds`` are those of a clock on the wall.
    """

    rows: int = 10_000
    size: int = 64 << 20
    seconds: float = 30
    memory: int = 1 << 30
    threads: int = field(default_factory=_processors)
