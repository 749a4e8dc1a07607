"""The members of a tar, as streams, in the order they lie in.

``tarfile`` takes a damaged header in the middle, or a missing end mark, for the end of the archive
and says nothing.  For evidence that is a silent loss, so here both are told.
"""

from __future__ import annotations

import io
import itertools
import math
import tarfile
from typing import IO, TYPE_CHECKING, Final

from actum.collect.layers import Damaged
from actum.collect.limits import MIB
from actum.collect.zips import UNNAMED, Member, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from actum.collect.limits import Limits

__all__ = ["is_tar", "tar_members"]

_BLOCK: Final = 512
_ATTRIBUTES: Final = frozenset(
    {tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE}
    | {tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK}
)
_ATTRIBUTES_SIZE: Final = MIB


class _Header(tarfile.TarInfo):
    """A member header whose damage is an error wherever it lies."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _Header:
        header = super().frombuf(buf, encoding, errors)
        # tarfile reads these "members" into memory whole, whatever size they claim.
        if header.type in _ATTRIBUTES and header.size > _ATTRIBUTES_SIZE:
            raise tarfile.HeaderError(f"{header.size} bytes of attributes for one member")
        return header

    @classmethod
    def fromtarfile(cls, tarfile_: tarfile.TarFile) -> _Header:
        try:
            return super().fromtarfile(tarfile_)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]  # undocumented, but stable
            raise
        except tarfile.EmptyHeaderError as error:  # type: ignore[attr-defined]
            raise tarfile.ReadError("the archive has no end mark: it was cut short") from error
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(f"a member header is damaged: {error}") from error


class _Readable(io.RawIOBase):
    """Chunks as a file of which ``tarfile`` reads forward.

    Damage is an end to ``tarfile``, which would drop what it holds if it were raised through it;
    :meth:`cut` says it afterwards.
    """

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._left = b""
        self.damage: Damaged | None = None

    def cut(self, why: str) -> Damaged:
        """Say why the archive ended too early."""
        return self.damage or Damaged("tar-truncated", why)

    def read(self, size: int = -1) -> bytes:
        while not self._left:
            try:
                chunk = next(self._chunks, None)
            except Damaged as damage:
                self.damage = damage
                return b""
            if chunk is None:
                return b""
            self._left = chunk
        taken = self._left if size < 0 else self._left[:size]
        self._left = self._left[len(taken) :]
        return taken


def is_tar(head: bytes) -> bool:
    """Whether ``head`` is a tar header: its checksum says so, also for archives without a magic."""
    if len(head) < _BLOCK or not head[0]:
        return False
    try:
        tarfile.TarInfo.frombuf(head[:_BLOCK], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def tar_members(chunks: Iterator[bytes], limits: Limits) -> Iterator[Member | Refused]:
    """Every member of a tar read front to back."""
    source = _Readable(chunks)
    try:
        archive = tarfile.open(  # noqa: SIM115 - nothing of ours to close
            fileobj=source, mode="r|", bufsize=MIB, tarinfo=_Header, errors="surrogateescape"
        )
        for number in itertools.count():
            info = archive.next()
            if info is None:
                break
            if number >= limits.members:
                yield Refused("", f"more than {limits.members} members: the rest is not read")
                return
            archive.members.clear()  # type: ignore[attr-defined]  # it would keep a million
            member = _member(archive, info, source, limits)
            if member is not None:
                yield member
        yield from _after_the_end(archive)
        damage = source.damage
    except (tarfile.TarError, EOFError, ValueError, OverflowError) as error:
        damage = source.cut(f"the tar is damaged here: {error}")
    if damage is not None:
        yield Refused("", str(damage))


def _member(
    archive: tarfile.TarFile, info: tarfile.TarInfo, source: _Readable, limits: Limits
) -> Member | Refused | None:
    name = info.name or UNNAMED
    if info.isdir():
        return None
    if info.islnk() or info.issym():
        return Refused(name, f"a link to {info.linkname!r} within the archive: not followed")
    if not info.isreg():
        return Refused(name, "a device, a pipe or of unknown type: no content is read")
    if info.issparse() and info.size > limits.content:
        return Refused(name, f"a sparse file of {info.size} bytes: over the limit")
    # an attribute may claim any time, "nan" too
    modified = round(info.mtime * 1_000_000) if math.isfinite(info.mtime) else None
    return Member(name, modified, _content(archive, info, source))


def _content(archive: tarfile.TarFile, info: tarfile.TarInfo, source: _Readable) -> Iterator[bytes]:
    if info.issparse():
        try:
            with archive.extractfile(info) or io.BytesIO() as sparse:
                while chunk := sparse.read(MIB):
                    yield chunk
        except tarfile.TarError as error:
            raise source.cut(f"the archive ends inside this sparse member: {error}") from error
        return
    # Past extractfile(): at a cut it raises and drops what it had read.
    file: IO[bytes] = archive.fileobj  # type: ignore[assignment]  # a forward-only stream
    file.seek(info.offset_data)
    left = info.size
    while left > 0:
        chunk = file.read(min(MIB, left))
        if not chunk:
            raise source.cut("the archive ends inside this member")
        left -= len(chunk)
        yield chunk


def _after_the_end(archive: tarfile.TarFile) -> Iterator[Refused]:
    """Read to the end of the stream: a checksum may still fail, a second archive may follow."""
    file: IO[bytes] = archive.fileobj  # type: ignore[assignment]
    beyond = 0
    while chunk := file.read(MIB):
        beyond += len(chunk) if beyond else len(chunk.lstrip(b"\0"))
    if beyond:
        yield Refused("", f"{beyond} bytes after the end mark of the tar are not read")
