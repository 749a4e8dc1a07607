"""Tells the kernel which files this process may still reach (Linux 5.13 and later, Landlock).

Rights only ever shrink: what is given up here cannot be taken back, nor by a process it starts.  It
holds for the thread that asks and for the threads that one starts later, so it is asked for before
there are others.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import struct
from collections.abc import Sequence
from typing import Final

__all__ = ["forbid_changes", "read_only_these"]

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same numbers on every machine
_VERSION: Final = 1
_BENEATH: Final = 1
_SET_NO_NEW_PRIVS: Final = 38

_EXECUTE, _WRITE, _READ, _READ_FOLDER = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_MAKE_AND_REMOVE: Final = sum(1 << bit for bit in range(4, 13))
_REFER, _TRUNCATE, _DEVICES = 1 << 13, 1 << 14, 1 << 15
_OF_THE_SYSTEM: Final = ("/proc/self/cgroup", "/sys/fs/cgroup", "/sys/devices/system/cpu")
"""How much memory and how many processors there are: without these the engine does not start."""
_BY_VERSION: Final = ((2, _REFER), (3, _TRUNCATE), (5, _DEVICES))


def forbid_changes() -> bool:
    """Forbid changing and starting anything, TCP, and signals to others.

    False where the system has no Landlock, or one too old to forbid truncating; then this alone
    does not hold.
    """
    version = _version()
    if version < 1:
        return False
    files = _EXECUTE | _WRITE | _MAKE_AND_REMOVE
    files |= sum(right for since, right in _BY_VERSION if version >= since)
    net = 0b11 if version >= 4 else 0
    signals = 0b11 if version >= 6 else 0
    asked = struct.pack("QQQ", files, net, signals)[
        : 8 if version < 4 else 16 if version < 6 else 24
    ]
    return _restrict(asked, []) and version >= 3


def read_only_these(paths: Sequence[str]) -> bool:
    """Forbid reading any file but those, which must be there.  False where there is no Landlock."""
    if _version() < 1:
        return False
    with contextlib.ExitStack() as opened:
        handles = []
        for path in paths:
            handles.append(os.open(path, os.O_PATH | os.O_CLOEXEC))
            opened.callback(os.close, handles[-1])
        for path in _OF_THE_SYSTEM:
            with contextlib.suppress(OSError):
                handles.append(os.open(path, os.O_PATH | os.O_CLOEXEC))
                opened.callback(os.close, handles[-1])
        return _restrict(struct.pack("Q", _READ | _READ_FOLDER), handles)


def _version() -> int:
    if platform.system() != "Linux":
        return 0
    return _call(_CREATE, None, 0, _VERSION)


def _restrict(asked: bytes, readable: Sequence[int]) -> bool:
    """Give up the rights asked for, but for reading those open files."""
    ruleset = _call(_CREATE, asked, len(asked), 0)
    if ruleset < 0:
        return False
    try:
        for handle in readable:
            if _call(_ADD, ruleset, _BENEATH, struct.pack("=Qi", _READ, handle), 0):
                return False
        libc = ctypes.CDLL(None, use_errno=True)
        return libc.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 and _call(_RESTRICT, ruleset, 0) == 0
    finally:
        os.close(ruleset)


def _call(number: int, *arguments: bytes | int | None) -> int:
    """Make a system call; -1 if it failed."""
    libc = ctypes.CDLL(None, use_errno=True)
    given = [
        ctypes.create_string_buffer(each, len(each)) if isinstance(each, bytes)
        else ctypes.c_void_p(None) if each is None else ctypes.c_long(each)
        for each in arguments
    ]  # fmt: skip
    return int(libc.syscall(ctypes.c_long(number), *given))
