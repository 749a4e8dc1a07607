"""One file, archive member or request, opened for reading once.

A delivery becomes a record of its own, so it keeps account of itself while it is read: sizes and
hashes of the bytes as stored and of their content, and why reading stopped early if it did.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from actum.collect.layers import Damaged, regroup
from actum.collect.limits import MIB

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from actum.collect.layers import Stored

__all__ = ["CHUNK", "Delivery", "Fault"]

CHUNK: Final = 8 * MIB


@dataclass(frozen=True, slots=True)
class Fault:
    """Why the content of a delivery stops before its end.

    ``code`` is one of: gzip-truncated, gzip-corrupt, gzip-trailing, zstd-truncated, zstd-corrupt,
    zstd-trailing, zip-truncated, zip-corrupt, tar-truncated, bomb, too-large, too-deep, unreadable.
    ``gzip-trailing`` and ``zstd-trailing`` mean that the content itself is whole.
    """

    code: str
    why: str

    def __str__(self) -> str:
        return f"{self.code}: {self.why}"


class Delivery:
    """Bytes that arrived together, read as a stream, once.

    ``origin`` is the path as the user gave it, with ``!member`` for each archive it lies in;
    whatever an archive says is kept, so escape it before printing.  ``container`` is the origin of
    the archive it lies in, or None; the archive's own hash is not taken (a zip is read in the order
    of its directory, not of its bytes).  ``modified`` is in microseconds, None if unknown.

    "Stored" are the bytes of the file, or of the member after its archive's own layer.  Read a
    delivery before asking the walk for the next one: its file is closed then.
    """

    def __init__(
        self,
        origin: str,
        content: Iterator[bytes],
        *,
        stored: Stored,
        layers: int,
        modified: int | None = None,
        container: str | None = None,
        progress: Callable[[], int] | None = None,
    ) -> None:
        self.origin = origin
        self.modified = modified
        self.container = container
        self.fault: Fault | None = None
        self._content = content
        self._stored = stored
        self._progress = progress
        self._started = self._finished = False
        # Without compression content and stored bytes are the same: hashed once.
        self._sha256 = hashlib.sha256() if layers else None
        self._size = 0

    def __repr__(self) -> str:
        return f"<Delivery {self.origin!r}>"

    def read_chunks(self, size: int = CHUNK) -> Iterator[bytes]:
        """Read the content, decompressed, in chunks of about ``size``.

        Damage ends the content quietly and is told in ``fault``; the stored bytes behind it are
        still read for their hash.
        """
        if self._started:
            raise RuntimeError(f"{self.origin!r} is a stream: it can be read once only")
        self._started = True
        try:
            for chunk in regroup(self._content, size):
                self._size += len(chunk)
                if self._sha256 is not None:
                    self._sha256.update(chunk)
                yield chunk
        except Damaged as damaged:
            self.fault = Fault(damaged.code, damaged.why)
        self._drain()
        self._finished = True

    def _drain(self) -> None:
        """Read on for the stored hash: custody is about the whole file."""
        try:
            for _ in self._stored:
                pass
        except Damaged as damaged:
            self.fault = self.fault or Fault(damaged.code, damaged.why)

    @property
    def stored_read(self) -> int:
        """Bytes of the outermost file consumed for this delivery so far, for progress."""
        return self._stored.size if self._progress is None else self._progress()

    @property
    def stored_size(self) -> int:
        """How many bytes were stored; known at the end."""
        self._must_be_finished()
        return self._stored.size

    @property
    def stored_sha256(self) -> str:
        """Hash of the bytes as stored, in hex; known at the end."""
        self._must_be_finished()
        return self._stored.sha256.hexdigest()

    @property
    def content_size(self) -> int:
        """How many bytes of content were delivered; known at the end."""
        self._must_be_finished()
        return self._size

    @property
    def content_sha256(self) -> str:
        """Hash of the content that was delivered, in hex; known at the end."""
        self._must_be_finished()
        return (self._sha256 or self._stored.sha256).hexdigest()

    def _must_be_finished(self) -> None:
        if not self._finished:
            raise RuntimeError(f"{self.origin!r} was not read to its end: sizes and hashes unknown")
