"""Compression around content: recognised by its first bytes, removed as a stream.

Rules:

- What was decompressed before damage is handed on first; only then is :class:`Damaged` raised.
- Deflate is run raw and the gzip trailer is checked here, because a library that checks it throws
  the last piece of a file with a wrong checksum away.
- Input goes to a decompressor in pieces so small that their worst expansion fits in memory (deflate
  16 KiB → 16 MiB; zstd 1 KiB → 32 MiB of run-length blocks).  So at most one piece of compressed
  bytes before a *corrupt* spot is lost; before a mere cut nothing is.
"""

from __future__ import annotations

import hashlib
import itertools
from typing import TYPE_CHECKING, Final

import zstandard
from isal import isal_zlib

from actum.errors import MalformedInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from actum.collect.limits import Limits

__all__ = ["Damaged", "Pieces", "Stored", "guarded", "inflate", "peek", "regroup", "uncompressed"]

DEFLATE_PIECE: Final = 16 << 10
_ZSTD_PIECE: Final = 1 << 10
_GZIP_MAGIC: Final = b"\x1f\x8b\x08"
_ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"
_HEADER_TEXT: Final = 64 << 10  # a gzip header's name or comment; far above any real one


class Damaged(MalformedInput):
    """Content that stops before its end.  ``code`` is short and stable, ``why`` is for people."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(code, why=why)
        self.code = code


class Stored:
    """Bytes as they are stored, counted and hashed while they pass."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self.size = 0
        self.sha256 = hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        chunk = next(self._chunks)
        self.size += len(chunk)
        self.sha256.update(chunk)
        return chunk


class Pieces:
    """Chunks cut into small pieces, with what a decompressor did not use given back."""

    def __init__(self, chunks: Iterator[bytes], size: int) -> None:
        self._chunks = chunks
        self._size = size
        self._chunk = b""
        self._at = 0
        self.consumed = 0

    def take(self, size: int) -> bytes:
        """Exactly ``size`` bytes, fewer only at the end."""
        taken = b""
        while len(taken) < size:
            if self._at >= len(self._chunk):
                self._chunk, self._at = next(self._chunks, b""), 0
                if not self._chunk:
                    break
            part = self._chunk[self._at : self._at + size - len(taken)]
            self._at += len(part)
            taken += part
        self.consumed += len(taken)
        return taken

    def next(self) -> bytes:
        """Return the next piece, whatever its size; empty at the end."""
        while self._at >= len(self._chunk):
            chunk = next(self._chunks, None)
            if chunk is None:
                return b""
            self._chunk, self._at = chunk, 0
        piece = self._chunk[self._at : self._at + self._size]
        self._at += len(piece)
        self.consumed += len(piece)
        return piece

    def give_back(self, unused: bytes) -> None:
        """Put the end of the last piece back: the next piece begins with it."""
        self.consumed -= len(unused)
        if unused and self._chunk[: self._at].endswith(unused):
            self._at -= len(unused)
        else:
            self._chunk, self._at = unused + self._chunk[self._at :], 0


def peek(chunks: Iterator[bytes], size: int) -> tuple[bytes, Iterator[bytes]]:
    """Return the first ``size`` bytes and the whole stream again; damage is raised in its place."""
    taken: list[bytes] = []
    damage: list[Damaged] = []
    have = 0
    try:
        while have < size and (chunk := next(chunks, None)) is not None:
            taken.append(chunk)
            have += len(chunk)
    except Damaged as damaged:
        damage.append(damaged)
    return b"".join(taken)[:size], itertools.chain(taken, _raising(damage), chunks)


def _raising(damage: list[Damaged]) -> Iterator[bytes]:
    if damage:
        raise damage[0]
    yield from ()


def regroup(chunks: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Give the same bytes in chunks of about ``size``: small ones joined, big ones cut."""
    gathered: list[bytes] = []
    have = 0
    try:
        for chunk in chunks:
            gathered.append(chunk)
            have += len(chunk)
            if have >= size:
                joined = gathered[0] if len(gathered) == 1 else b"".join(gathered)
                gathered, have = [], 0
                if len(joined) < 2 * size:
                    yield joined
                else:
                    for start in range(0, len(joined), size):
                        yield joined[start : start + size]
    except Damaged:
        if have:
            yield b"".join(gathered)
        raise
    if have:
        yield b"".join(gathered)


def inflate(pieces: Pieces, name: str) -> Iterator[bytes]:
    """Raw deflate to its own end; ``pieces`` then stands right behind it."""
    inflater = isal_zlib.decompressobj(-15)
    while not inflater.eof:
        piece = pieces.next()
        if not piece:
            raise Damaged(f"{name}-truncated", "the compressed data ends before its end mark")
        try:
            content = inflater.decompress(piece)
        except isal_zlib.error as error:  # type: ignore[misc]  # declared as an instance
            raise Damaged(f"{name}-corrupt", f"the compressed data is damaged: {error}") from error
        if content:
            yield content
    pieces.give_back(inflater.unused_data)


def _gunzip(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """RFC 1952: members one after another; zero padding behind them is allowed."""
    pieces = Pieces(chunks, DEFLATE_PIECE)
    _gzip_header(pieces, pieces.take(10))
    while True:
        crc = size = 0
        for content in inflate(pieces, "gzip"):
            crc = isal_zlib.crc32(content, crc)
            size += len(content)
            yield content
        trailer = pieces.take(8)
        if len(trailer) < 8:
            raise Damaged("gzip-truncated", "the file ends inside the gzip trailer")
        if trailer != crc.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little"):
            raise Damaged("gzip-corrupt", "the checksum or length in the gzip trailer is wrong")
        header = pieces.take(10)
        if not header.startswith(_GZIP_MAGIC):
            _only_padding(pieces, header)
            return
        _gzip_header(pieces, header)


def _gzip_header(pieces: Pieces, header: bytes) -> None:
    """Move behind a member header (RFC 1952 §2.3)."""
    cut = Damaged("gzip-truncated", "the file ends inside a gzip header")
    if len(header) < 10:
        raise cut
    flags = header[3]
    if flags & 4:  # FEXTRA
        size = int.from_bytes(pieces.take(2), "little")
        if len(pieces.take(size)) < size:
            raise cut
    for flag in (8, 16):  # FNAME, FCOMMENT: up to a NUL
        for _ in range(_HEADER_TEXT if flags & flag else 0):
            byte = pieces.take(1)
            if not byte:
                raise cut
            if byte == b"\0":
                break
    if flags & 2:  # FHCRC
        pieces.take(2)


def _only_padding(pieces: Pieces, first: bytes) -> None:
    garbage = 0
    piece = first
    while piece:
        garbage += len(piece) if garbage else len(piece.lstrip(b"\0"))
        piece = pieces.next()
    if garbage:
        raise Damaged("gzip-trailing", f"{garbage} bytes after the end of the gzip data")


def _unzstd(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """RFC 8878: frames one after another, skippable ones included."""
    pieces = Pieces(chunks, _ZSTD_PIECE)
    while mark := pieces.take(4):
        if not _is_zstd(mark):
            raise Damaged("zstd-trailing", "bytes that are not zstd after the end of a zstd frame")
        pieces.give_back(mark)
        frame = zstandard.ZstdDecompressor().decompressobj()
        while not frame.eof:
            piece = pieces.next()
            if not piece:
                raise Damaged("zstd-truncated", "the compressed data ends inside a frame")
            try:
                content = frame.decompress(piece)
            except zstandard.ZstdError as error:
                why = f"the compressed data is damaged or needs too much memory: {error}"
                raise Damaged("zstd-corrupt", why) from error
            if content:
                yield content
        pieces.give_back(frame.unused_data)


def _is_zstd(mark: bytes) -> bool:
    """Recognise a frame, or one to be skipped (RFC 8878 §3.1.2)."""
    skipped = mark[1:4] == b"\x2a\x4d\x18" and 0x50 <= mark[0] <= 0x5F
    return skipped or mark.startswith(_ZSTD_MAGIC)


def _compression(head: bytes) -> Callable[[Iterator[bytes]], Iterator[bytes]] | None:
    if head.startswith(_GZIP_MAGIC):
        return _gunzip
    return _unzstd if _is_zstd(head) else None


def guarded(content: Iterator[bytes], stored: Stored, limits: Limits) -> Iterator[bytes]:
    """``content`` until it is out of all proportion to what it was stored in.

    The ratio is against the outermost bytes, so that modest ratios of several layers multiply.
    """
    size = 0
    for chunk in content:
        size += len(chunk)
        yield chunk
        if size > limits.ratio_after and size > limits.ratio * max(stored.size, 1):
            why = f"{stored.size} stored bytes gave {size} and more: over {limits.ratio} to 1"
            raise Damaged("bomb", why)
        if size > limits.content:
            raise Damaged("too-large", f"more than {limits.content} bytes of content")


def uncompressed(stored: Stored, limits: Limits) -> tuple[Iterator[bytes], int]:
    """Open the compressions around ``stored``: the content, and how many there were."""
    content: Iterator[bytes] = iter(stored)
    for layers in range(limits.depth + 1):
        head, content = peek(content, 8)
        remove = _compression(head)
        if remove is None:
            return content, layers
        content = guarded(remove(content), stored, limits)
    why = f"compressed more than {limits.depth} times over: not opened further"
    return _raising([Damaged("too-deep", why)]), limits.depth
