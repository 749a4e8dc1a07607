"""Runs the real program: in this process for speed, as a process, or on a terminal of its own."""

from __future__ import annotations

import fcntl
import io
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

START = [sys.executable, "-c", "from actum.cli import main; main()"]


@dataclass(frozen=True)
class Ran:
    """What a run left: its exit code and what it printed."""

    code: int
    out: str
    err: str = ""

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The NDJSON lines of standard output."""
        return [json.loads(line) for line in self.out.splitlines()]


def actum(*words: str) -> Ran:
    """Run in this process, through the same door, with both streams as pipes would be."""
    from actum.cli import main

    out, err = io.BytesIO(), io.BytesIO()
    before = signal.getsignal(signal.SIGPIPE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["actum", *words])
        streams = [io.TextIOWrapper(each, encoding="utf-8") for each in (out, err)]
        patch.setattr(sys, "stdout", streams[0])
        patch.setattr(sys, "stderr", streams[1])
        try:
            main()
        except SystemExit as leaving:
            code = leaving.code
        finally:
            for each in streams:
                each.flush()
                each.detach()  # else its end would close what it wrote to
            signal.signal(signal.SIGPIPE, before)
    assert isinstance(code, int)
    return Ran(code, out.getvalue().decode(), err.getvalue().decode())


def spawn(
    *words: str, env: Mapping[str, str] | None = None, cwd: Path | None = None, stdin: bytes = b""
) -> Ran:
    """Run as a process with pipes."""
    done = subprocess.run(
        [*START, *words], env={**os.environ, **(env or {})}, cwd=cwd, input=stdin,
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def on_terminal(*words: str, width: int = 80, env: Mapping[str, str] | None = None) -> Ran:
    """Run on a terminal of that width; ``out`` is all that appeared on it, ANSI included."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    process = subprocess.Popen(
        [*START, *words], env={**os.environ, **(env or {})},
        stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True,
    )  # fmt: skip
    os.close(theirs)
    said = drain(ours)
    return Ran(process.wait(60), said.replace("\r\n", "\n"))


def drain(descriptor: int, *, until: str = "", seconds: float = 60) -> str:
    """Read a terminal until its other end closes, or until it says ``until``."""
    said = b""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not (until and until.encode() in said):
        if not select.select([descriptor], [], [], 0.2)[0]:
            continue
        try:
            chunk = os.read(descriptor, 65_536)
        except OSError:  # Linux's way to say that the terminal was hung up
            break
        if not chunk:
            break
        said += chunk
    if not until:
        os.close(descriptor)
    return said.decode("utf-8", "replace")
