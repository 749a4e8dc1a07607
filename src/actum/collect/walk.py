"""From what a user points at to deliveries: files, folders, patterns, archives, standard input.

Rules:

- Nothing is passed over in silence.  What cannot be read is an :class:`Unreadable` with the reason.
- What a file is, its content says; names are only carried along, and nothing is ever unpacked to a
  path, so a member called ``../../etc/passwd`` is just a member with that name.
- Nothing that could block or act is opened: pipes, sockets and devices are named, not read.
- One file is read once, however many links and patterns lead to it.
"""

from __future__ import annotations

import glob
import os
import stat
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from actum.collect.delivery import Delivery
from actum.collect.layers import Damaged, Stored, peek, uncompressed
from actum.collect.limits import MIB, Limits
from actum.collect.tars import is_tar, tar_members
from actum.collect.zips import Member, Refused, is_zip, zip_members

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["Unreadable", "collect", "estimate"]

_HEAD: Final = 512
_OPEN: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something the user pointed at, or that lay in it, that could not be read, and why."""

    origin: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Found:
    """A regular file the walk came upon."""

    path: str
    status: os.stat_result


def collect(
    paths: Sequence[str | Path], *, limits: Limits | None = None
) -> Iterator[Delivery | Unreadable]:
    """Every delivery under ``paths``, lazily, folders in the order of their names.

    Read a delivery before asking for the next: its file is closed then.
    """
    limits = limits or Limits()
    for found in _files(paths):
        if isinstance(found, Unreadable):
            yield found
        elif found == "-":
            yield from _Opened(limits).expand("-", _chunks(sys.stdin.buffer))
        elif isinstance(found, _Found):
            yield from _open(found, limits)


def estimate(paths: Sequence[str | Path]) -> int:
    """Count stored bytes under ``paths`` without opening anything; standard input counts 0."""
    return sum(found.status.st_size for found in _files(paths) if isinstance(found, _Found))


def _files(paths: Sequence[str | Path]) -> Iterator[_Found | Unreadable | str]:
    seen: set[tuple[int, int]] = set()
    for path in paths:
        name = os.fspath(path)
        if name == "-":
            yield "-"
        elif not os.path.lexists(name) and glob.has_magic(name):
            matches = sorted(glob.glob(name, recursive=True, include_hidden=True))  # noqa: PTH207
            for match in matches:
                yield from _walk(match, seen)
            if not matches:
                yield Unreadable(name, "nothing matches this pattern")
        else:
            yield from _walk(name, seen)


def _walk(top: str, seen: set[tuple[int, int]]) -> Iterator[_Found | Unreadable]:
    """Depth first with a stack of its own, so that no depth of folders can exhaust Python's."""
    waiting = [top]
    while waiting:
        path = waiting.pop()
        try:
            status = Path(path).stat()
        except (OSError, ValueError) as error:
            yield Unreadable(path, _why_not(path, error))
            continue
        folder = stat.S_ISDIR(status.st_mode)
        if not folder and not stat.S_ISREG(status.st_mode):
            yield Unreadable(path, f"a {_kind(status.st_mode)}, not a file: not opened")
        elif (identity := (status.st_dev, status.st_ino)) in seen:
            what = "folder" if folder else "file"
            yield Unreadable(path, f"the same {what} was already read under another name or link")
        else:
            seen.add(identity)
            if not folder:
                yield _Found(path, status)
                continue
            try:
                names = sorted(os.listdir(path), reverse=True)  # noqa: PTH208 - plain names
            except OSError as error:
                yield Unreadable(path, _why_not(path, error))
            else:
                waiting += [os.path.join(path, name) for name in names]  # noqa: PTH118


def _why_not(path: str, error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "a link to nothing" if os.path.islink(path) else "no such file or folder"  # noqa: PTH114
    return getattr(error, "strerror", None) or str(error)


def _kind(mode: int) -> str:
    if stat.S_ISFIFO(mode):
        return "named pipe"
    return "socket" if stat.S_ISSOCK(mode) else "device"


def _open(found: _Found, limits: Limits) -> Iterator[Delivery | Unreadable]:
    try:
        handle = os.open(found.path, _OPEN)
    except OSError as error:
        gone = isinstance(error, FileNotFoundError)
        reason = "it vanished before it could be read" if gone else _why_not(found.path, error)
        yield Unreadable(found.path, reason)
        return
    with os.fdopen(handle, "rb", buffering=0) as raw:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            yield Unreadable(found.path, "it is no longer a file")
            return
        file = _Counted(raw)
        opened = _Opened(limits, file)
        modified = found.status.st_mtime_ns // 1000
        yield from opened.expand(found.path, _chunks(file), modified=modified)


class _Counted:
    """A file that counts what is read of it: progress, also through the jumps of a zip."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.count = 0
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(size)
        self.count += len(chunk)
        return chunk


def _chunks(file: IO[bytes] | _Counted) -> Iterator[bytes]:
    try:
        while chunk := file.read(MIB):
            yield chunk
    except OSError as error:
        raise Damaged("unreadable", error.strerror or str(error)) from error


class _Opened:
    """One outermost file being read, with whatever archives lie in it."""

    def __init__(self, limits: Limits, file: _Counted | None = None) -> None:
        self._limits = limits
        self._file = file
        self._told = 0  # bytes of the file already counted to earlier deliveries

    def expand(
        self,
        origin: str,
        chunks: Iterator[bytes],
        *,
        modified: int | None = None,
        container: str | None = None,
        depth: int = 0,
    ) -> Iterator[Delivery | Unreadable]:
        """``chunks`` as one delivery, or as those of the archive they turn out to be."""
        stored = Stored(chunks)
        content, layers = uncompressed(stored, self._limits)
        head, content = peek(content, _HEAD)
        if not is_zip(head) and not is_tar(head):
            yield Delivery(
                origin,
                content,
                stored=stored,
                layers=layers,
                modified=modified,
                container=container,
                progress=self._progress(),
            )
            self._told = self._file.count if self._file else 0
        elif depth >= self._limits.depth:
            yield Unreadable(origin, f"an archive inside {depth} others: not opened further")
        elif is_tar(head):
            yield from self._members(origin, tar_members(content, self._limits), depth)
        elif layers == 0 and depth == 0 and self._file is not None:
            whole: IO[bytes] = self._file  # type: ignore[assignment]  # all that zipfile asks of one
            yield from self._members(origin, zip_members(whole, self._limits), depth)
        else:
            yield from self._spooled(origin, content, depth)

    def _members(
        self, origin: str, members: Iterator[Member | Refused], depth: int
    ) -> Iterator[Delivery | Unreadable]:
        for member in members:
            name = f"{origin}!{member.name}" if member.name else origin
            if isinstance(member, Refused):
                yield Unreadable(name, member.reason)
            else:
                yield from self.expand(
                    name,
                    member.chunks,
                    modified=member.modified,
                    container=origin,
                    depth=depth + 1,
                )

    def _spooled(
        self, origin: str, content: Iterator[bytes], depth: int
    ) -> Iterator[Delivery | Unreadable]:
        """Set down a zip that is not a file on disk: a zip is read from its end."""
        limits = self._limits
        with tempfile.SpooledTemporaryFile(max_size=limits.spool_memory) as spool:
            try:
                for chunk in content:
                    if spool.tell() + len(chunk) > limits.spool:
                        yield Unreadable(origin, f"a zip of more than {limits.spool} bytes within")
                        return
                    spool.write(chunk)
            except Damaged as damaged:
                yield Unreadable(origin, f"{damaged.what}: {damaged.why}")
            yield from self._members(origin, zip_members(spool, limits), depth)

    def _progress(self) -> Callable[[], int] | None:
        file, told = self._file, self._told
        return None if file is None else lambda: file.count - told
