"""The members of a zip, as streams.

The directory at the end of a zip is the authority; when it is missing (a download cut short), the
members before the cut are found by their own headers.  Member data is inflated here and not by
``zipfile``, which is slower and throws the last piece of a member with a wrong checksum away.
"""

from __future__ import annotations

import contextlib
import lzma
import struct
import zipfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

from isal import isal_zlib

from actum.collect.layers import DEFLATE_PIECE, Damaged, Pieces, Stored, guarded, inflate
from actum.collect.limits import MIB

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from actum.collect.limits import Limits

__all__ = ["UNNAMED", "Member", "Refused", "is_zip", "zip_members"]

_LOCAL: Final = struct.Struct("<4sHHHHHLLLHH")  # APPNOTE 4.3.7
_LOCAL_MAGIC: Final = b"PK\x03\x04"
UNNAMED: Final = "(no name)"  # an empty name stands for the archive itself
_STORED, _DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
_ENCRYPTED, _SIZES_FOLLOW, _UTF8 = 0x1, 0x8, 0x800


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an archive; ``chunks`` must be read before the next member is asked for."""

    name: str
    modified: int | None
    chunks: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class Refused:
    """A member, or with an empty name the archive from here on, that cannot be read."""

    name: str
    reason: str


def is_zip(head: bytes) -> bool:
    """Whether ``head`` begins a zip; the second mark is that of an empty one."""
    return head.startswith((_LOCAL_MAGIC, b"PK\x05\x06"))


def zip_members(file: IO[bytes], limits: Limits) -> Iterator[Member | Refused]:
    """Every member of a seekable zip.  Times in a zip have no zone, so none is given."""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, OSError) as error:
        try:
            yield from _without_directory(file, limits)
        except Damaged as damaged:
            yield Refused("", str(damaged))
        yield Refused("", f"the zip's directory cannot be read: {error}")
        return
    with archive:
        for number, info in enumerate(archive.infolist()):
            if number >= limits.members:
                yield Refused("", f"more than {limits.members} members: the rest is not read")
                return
            name = info.filename or UNNAMED
            if name.endswith("/") and not info.file_size:  # a folder; one with data is read
                continue
            if info.flag_bits & _ENCRYPTED:
                yield Refused(name, "encrypted: its password is not known")
            elif info.compress_type in {_STORED, _DEFLATED}:
                yield Member(name, None, _checked(file, info, limits))
            else:
                yield Member(name, None, _by_zipfile(archive, info, limits))


def _checked(file: IO[bytes], info: zipfile.ZipInfo, limits: Limits) -> Iterator[bytes]:
    """Read a stored or deflated member; checksum and size are compared at the end."""
    header = _read_at(file, info.header_offset, _LOCAL.size)
    if len(header) < _LOCAL.size or not header.startswith(_LOCAL_MAGIC):
        raise Damaged("zip-corrupt", "the directory points at something that is not a member")
    name, extra = _LOCAL.unpack(header)[9:]
    start = info.header_offset + _LOCAL.size + int(name) + int(extra)
    packed = Stored(_span(file, start, info.compress_size))
    content: Iterator[bytes] = packed
    if info.compress_type == _DEFLATED:
        content = guarded(inflate(Pieces(packed, DEFLATE_PIECE), "zip"), packed, limits)
    crc = size = 0
    for chunk in content:
        crc = isal_zlib.crc32(chunk, crc)
        size += len(chunk)
        yield chunk
    if size < info.file_size and info.compress_type == _STORED:
        raise Damaged("zip-truncated", "the archive ends inside this member")
    if (crc, size) != (info.CRC, info.file_size):
        raise Damaged("zip-corrupt", "the checksum or size in the zip's directory is wrong")


def _by_zipfile(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits) -> Iterator[bytes]:
    """bzip2 and LZMA members, which are rare."""
    spent = Stored(iter(()))
    spent.size = info.compress_size
    try:
        with archive.open(info) as member:
            yield from guarded(iter(lambda: member.read(MIB), b""), spent, limits)
    except NotImplementedError as error:
        raise Damaged("zip-unsupported", str(error)) from error
    except (
        zipfile.BadZipFile,
        lzma.LZMAError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
    ) as error:
        raise Damaged("zip-corrupt", str(error)) from error


def _without_directory(file: IO[bytes], limits: Limits) -> Iterator[Member | Refused]:
    """Members by their own headers, front to back, up to the first that is not one."""
    offset = 0
    for _ in range(limits.members):
        header = _read_at(file, offset, _LOCAL.size)
        if len(header) < _LOCAL.size or not header.startswith(_LOCAL_MAGIC):
            return
        _, _, flags, method, _, _, _, packed, _, name_size, extra_size = _LOCAL.unpack(header)
        raw = _read_at(file, offset + _LOCAL.size, name_size)
        name = raw.decode("utf-8" if flags & _UTF8 else "cp437", "surrogateescape") or UNNAMED
        start = offset + _LOCAL.size + name_size + extra_size
        if flags & _ENCRYPTED or method not in {_STORED, _DEFLATED} or packed == 0xFFFFFFFF:
            yield Refused(name, "encrypted, or packed in a way that needs the zip's directory")
            return
        if not flags & _SIZES_FOLLOW:
            end = start + packed
            yield Member(name, None, _unchecked(file, start, packed, method, limits))
        elif method == _DEFLATED:
            end = yield from _unsized(file, name, start, limits)
        else:
            yield Refused(name, "its size is written only in the zip's directory")
            return
        follows = _read_at(file, end, 28).find(_LOCAL_MAGIC)  # behind a data descriptor, if any
        if follows < 0:
            return
        offset = end + follows


def _unchecked(
    file: IO[bytes], start: int, size: int, method: int, limits: Limits
) -> Iterator[bytes]:
    packed = Stored(_span(file, start, size))
    if method == _DEFLATED:
        yield from guarded(inflate(Pieces(packed, DEFLATE_PIECE), "zip"), packed, limits)
    else:
        yield from packed
        if packed.size < size:
            raise Damaged("zip-truncated", "the archive ends inside this member")


def _unsized(
    file: IO[bytes], name: str, start: int, limits: Limits
) -> Generator[Member, None, int]:
    """Give a member whose end only its own deflate stream knows; return that end."""
    packed = Stored(_span(file, start, None))
    pieces = Pieces(packed, DEFLATE_PIECE)
    content = guarded(inflate(pieces, "zip"), packed, limits)
    yield Member(name, None, content)
    with contextlib.suppress(Damaged):  # told to whoever read the member
        for _ in content:  # whatever the reader left
            pass
    return start + pieces.consumed


def _read_at(file: IO[bytes], offset: int, size: int) -> bytes:
    try:
        file.seek(offset)
        return file.read(size)
    except ValueError as error:
        raise Damaged("zip-corrupt", "the directory points outside the archive") from error
    except OSError as error:
        raise Damaged("unreadable", error.strerror or str(error)) from error


def _span(file: IO[bytes], start: int, size: int | None) -> Iterator[bytes]:
    """``size`` bytes from ``start``, or all to the end; seeks each time, the file is shared."""
    at = start
    while size is None or at < start + size:
        want = MIB if size is None else min(MIB, start + size - at)
        chunk = _read_at(file, at, want)
        if not chunk:
            return
        at += len(chunk)
        yield chunk
