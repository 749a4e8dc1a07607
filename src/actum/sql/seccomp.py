"""Tells the kernel which system calls this process may no longer make (Linux, seccomp).

Refused, for every thread of the process and for ever after:

1. Opening a file in any way but for reading; making, changing, renaming or removing one.
2. Sockets of any kind.
3. Starting a program or another process; looking into or signalling one.
4. The doors around 1 to 3: io_uring, ``openat2`` and ``clone3``, whose arguments cannot be seen
   from here, mounts and name spaces, and the x32 numbering of system calls.

Everything else is allowed, so that the engine runs as it does elsewhere.  What is open already
stays open: whoever calls this holds no file for writing.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from typing import Final

__all__ = ["forbid_changes"]

_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_CLONE_THREAD: Final = 0x10000

_NUMBERS: Final[dict[str, tuple[int | None, int | None]]] = {
    # name: (x86_64, aarch64); None where there is none
    "truncate": (76, 45), "ftruncate": (77, 46), "rename": (82, None), "mkdir": (83, None),
    "rmdir": (84, None), "creat": (85, None), "link": (86, None), "unlink": (87, None),
    "symlink": (88, None), "chmod": (90, None), "fchmod": (91, 52), "chown": (92, None),
    "fchown": (93, 55), "lchown": (94, None), "utime": (132, None), "mknod": (133, None),
    "utimes": (235, None), "mkdirat": (258, 34), "mknodat": (259, 33), "fchownat": (260, 54),
    "futimesat": (261, None), "unlinkat": (263, 35), "renameat": (264, 38), "linkat": (265, 37),
    "symlinkat": (266, 36), "fchmodat": (268, 53), "utimensat": (280, 88), "fallocate": (285, 47),
    "renameat2": (316, 276), "fchmodat2": (452, 452), "setxattr": (188, 5), "lsetxattr": (189, 6),
    "fsetxattr": (190, 7), "removexattr": (197, 14), "lremovexattr": (198, 15),
    "fremovexattr": (199, 16), "open_by_handle_at": (304, 265),
    "socket": (41, 198), "connect": (42, 203), "accept": (43, 202), "bind": (49, 200),
    "socketpair": (53, 199), "accept4": (288, 242),
    "fork": (57, None), "vfork": (58, None), "execve": (59, 221), "execveat": (322, 281),
    "kill": (62, 129), "tkill": (200, 130), "rt_sigqueueinfo": (129, 138), "ptrace": (101, 117),
    "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424), "pidfd_getfd": (438, 438),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "unshare": (272, 97), "setns": (308, 268), "move_mount": (429, 429), "fsopen": (430, 430),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "add_key": (248, 217), "keyctl": (250, 219), "request_key": (249, 218),
    "init_module": (175, 105), "finit_module": (313, 273), "swapon": (167, 224),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
}  # fmt: skip
_UNSEEN: Final = {"openat2": (437, 437), "clone3": (435, 435)}
"""Their flags lie in memory: the caller is told that there are none, and takes the older ones."""
_BY_FLAGS: Final = {"open": ((2, 1), None), "openat": ((257, 2), (56, 2))}
_CLONE: Final = (56, 220)

_MACHINES: Final = {"x86_64": (0, 0xC000003E, 317), "aarch64": (1, 0xC00000B7, 277)}
"""Machine → its column above, its name in a filter, its number of ``seccomp``."""

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW: Final = 0x7FFF0000
_KILL: Final = 0x80000000
_NR, _ARCH, _ARGUMENTS = 0, 4, 16
_SET_NO_NEW_PRIVS, _FILTER, _EVERY_THREAD = 38, 1, 1


def forbid_changes() -> bool:
    """Forbid it.  False where the system has no such thing; then nothing is forbidden."""
    known = _MACHINES.get(platform.machine())
    if platform.system() != "Linux" or known is None or struct.calcsize("P") != 8:
        return False
    column, machine, call = known
    program = _program(column, machine)
    code = ctypes.create_string_buffer(program, len(program))
    asked = struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    done = libc.syscall(
        ctypes.c_long(call), ctypes.c_ulong(_FILTER), ctypes.c_ulong(_EVERY_THREAD),
        ctypes.create_string_buffer(asked, len(asked)),
    )  # fmt: skip
    return bool(done == 0)


def _program(column: int, machine: int) -> bytes:
    """The filter: a list of instructions, each of a code, two jumps and a value."""
    refused = 0x00050000 | errno.EPERM
    missing = 0x00050000 | errno.ENOSYS
    steps = [
        _step(_LOAD, _ARCH),
        _step(_EQUAL, machine, 1, 0), _step(_RETURN, _KILL),
        _step(_LOAD, _NR),
    ]  # fmt: skip
    if column == 0:
        steps += [_step(_AT_LEAST, 0x40000000, 0, 1), _step(_RETURN, refused)]
    for numbers in _NUMBERS.values():
        steps += _answer(numbers[column], refused)
    for numbers in _UNSEEN.values():
        steps += _answer(numbers[column], missing)
    for places in _BY_FLAGS.values():
        place = places[column]
        if place is not None:
            number, argument = place
            steps += [
                _step(_EQUAL, number, 0, 4),
                _step(_LOAD, _ARGUMENTS + 8 * argument),
                _step(_ANY_BIT, _WRITING, 0, 1), _step(_RETURN, refused),
                _step(_RETURN, _ALLOW),
            ]  # fmt: skip
    steps += [
        _step(_EQUAL, _CLONE[column], 0, 4),
        _step(_LOAD, _ARGUMENTS),
        _step(_ANY_BIT, _CLONE_THREAD, 1, 0), _step(_RETURN, refused),
        _step(_RETURN, _ALLOW),
        _step(_RETURN, _ALLOW),
    ]  # fmt: skip
    return b"".join(steps)


def _answer(number: int | None, answer: int) -> list[bytes]:
    if number is None:
        return []
    return [_step(_EQUAL, number, 0, 1), _step(_RETURN, answer)]


def _step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("HBBI", code, yes, no, value)
