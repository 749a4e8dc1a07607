"""A content set down in a temporary file, for formats that are read from their end."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from actum.collect.limits import Limits

__all__ = ["TooLarge", "spooled"]


class TooLarge(Exception):
    """The content is larger than may be set down."""


@contextmanager
def spooled(chunks: Iterator[bytes], suffix: str, limits: Limits) -> Iterator[tuple[Path, int]]:
    """Give a file that holds all of ``chunks``, and its size; it is gone afterwards.

    Raises TooLarge, after reading what is left: whoever delivers hashes the whole of it.
    """
    handle, name = tempfile.mkstemp(prefix="actum-", suffix=suffix)
    path, size = Path(name), 0
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size <= limits.spool:
                    file.write(chunk)
        if size > limits.spool:
            raise TooLarge(f"{size} bytes are more than the {limits.spool} that are set down")
        yield path, size
    finally:
        path.unlink(missing_ok=True)
