"""Files that are on the disk when the call returns.

Each write goes to a temporary name, is synced, is renamed over the old one, and then the folder is
synced: a crash leaves the old file or the new one, never a mixture.  An ``fsync`` that fails is
fatal for the writer (`WriteFailed`): after a failed sync the page cache may claim bytes the disk
does not have, so only reading back from a fresh start can tell.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

from actum.errors import DiskFull, StorageError, WriteFailed

__all__ = ["failed_write", "make_folder", "replace_file", "sync_file", "sync_folder"]


def sync_file(path: Path) -> None:
    """Sync a file somebody else wrote and closed (DuckDB syncs nothing)."""
    try:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise failed_write(path, error) from error


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    sync_file(path)


def make_folder(path: Path, *, mode: int = 0o777) -> None:
    """Make a folder and the ones above it, if need be; their names are durable on return."""
    if path.is_dir():
        return
    make_folder(path.parent)
    try:
        path.mkdir(mode=mode, exist_ok=True)
    except OSError as error:
        raise failed_write(path, error) from error
    sync_folder(path.parent)


def replace_file(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Put ``content`` at ``path``, durably and in one step."""
    draft = path.with_name(path.name + ".part")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        try:
            view = memoryview(content)
            while view:
                view = view[os.write(handle, view) :]
            os.fsync(handle)
        finally:
            os.close(handle)
        draft.replace(path)
    except OSError as error:
        raise failed_write(path, error) from error
    sync_folder(path.parent)


def failed_write(path: Path, error: OSError) -> StorageError:
    """The storage error that an operating system's error amounts to."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFull(
            f"no room left to write {path.name!r}",
            why=os.strerror(error.errno),
            todo="free some space; nothing that was acknowledged is lost, and reading goes on",
        )
    return WriteFailed(
        f"could not write {path.name!r}",
        why=error.strerror or str(error),
        todo="stop writing, check the disk, and run `actum fsck` before going on",
    )
