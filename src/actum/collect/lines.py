"""Lines: the framing of text and of newline-delimited JSON.

Whole windows are split at once, so that a line costs no Python of its own unless something in its
window is out of the ordinary: a blank line, a carriage return, a line longer than a record may be.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from actum.collect.batch import Batch, Fragment, Framing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from actum.collect.limits import Limits

__all__ = ["RS", "lines"]

RS: Final = b"\x1e"


def lines(
    windows: Iterator[bytes],
    framing: Framing,
    limits: Limits,
    *,
    mark: bytes = b"\n",
    first: int = 0,
) -> Iterator[Batch]:
    r"""Split at ``mark``: ``\n`` ends a line, RS (RFC 7464) begins a JSON text.

    ``first`` is the number of the first line.
    """
    number = first
    open_line = _OpenLine(framing, limits)
    for window in windows:
        begin = window.find(mark)
        if begin < 0:
            yield from open_line.grow(window, number)
            continue
        last = window.rfind(mark)
        if open_line.is_cut:
            yield from open_line.grow(window[:begin], number)
            yield open_line.end(number)
            number += 1
            block = window[begin + 1 : last] if begin < last else None
        else:
            block = open_line.take() + window[:last]
        if block is not None:
            split = block.split(mark)
            yield from _batches(split, number, framing, limits, block=block, mark=mark)
            number += len(split)
        yield from open_line.grow(window[last + 1 :], number)
    if open_line.is_cut:
        yield open_line.end(number)
    elif rest := open_line.take():
        yield from _batches([rest], number, framing, limits, block=rest, mark=mark)


class _OpenLine:
    """The line whose end has not come yet; handed on in fragments once it is too long."""

    def __init__(self, framing: Framing, limits: Limits) -> None:
        self._framing = framing
        self._limits = limits
        self._parts: list[bytes] = []
        self._size = 0
        self._pieces = 0
        self._total = 0

    @property
    def is_cut(self) -> bool:
        return self._pieces > 0

    def grow(self, more: bytes, position: int) -> Iterator[Batch]:
        if not more:
            return
        self._parts.append(more)
        self._size += len(more)
        self._total += len(more)
        longest = self._limits.max_record
        if self._size <= longest:
            return
        joined = self._join()
        start = 0
        while len(joined) - start > longest:
            yield self._fragment(joined[start : start + longest], position, "")
            start += longest
        self._parts, self._size = [joined[start:]], len(joined) - start

    def end(self, position: int) -> Batch:
        """Return the last fragment of a line that was cut."""
        batch = self._fragment(self._join(), position, f" of {self._total} bytes")
        self._pieces = self._total = 0
        return batch

    def take(self) -> bytes:
        self._total = 0
        return self._join()

    def _join(self) -> bytes:
        joined = b"".join(self._parts)
        self._parts, self._size = [], 0
        return joined

    def _fragment(self, raw: bytes, position: int, size: str) -> Batch:
        reason = _too_long(self._limits, size, self._pieces)
        self._pieces += 1
        return Batch(self._framing, (), (), (Fragment(raw, position, reason),))


def _too_long(limits: Limits, size: str, piece: int) -> str:
    longest = limits.max_record
    named = f"{longest >> 20} MiB" if longest >> 20 else f"{longest} bytes"
    return f"line{size} is longer than {named}: fragment {piece} of the line"


def _batches(
    split: list[bytes], first: int, framing: Framing, limits: Limits, *, block: bytes, mark: bytes
) -> Iterator[Batch]:
    """``split`` is all lines of ``block``, the first of them being line number ``first``."""
    if mark == RS:
        split = [line.strip() for line in split]
    elif b"\r" in block:
        split = [line[:-1] if line.endswith(b"\r") else line for line in split]
    if RS in block and mark != RS and framing is Framing.NDJSON:
        split = [line.removeprefix(RS) for line in split]
    if len(block) > limits.max_record and any(len(line) > limits.max_record for line in split):
        yield from _with_long_lines(split, first, framing, limits)
        return
    positions: Sequence[int] = range(first, first + len(split))
    if min(split) < b"!":  # some line is empty or begins with space, or with a control byte
        kept = [not (not line or line.isspace()) for line in split]
        positions = list(itertools.compress(positions, kept))
        split = list(itertools.compress(split, kept))
    for start in range(0, len(split), limits.batch_elements):
        end = start + limits.batch_elements
        yield Batch(framing, split[start:end], positions[start:end])


def _with_long_lines(
    split: list[bytes], first: int, framing: Framing, limits: Limits
) -> Iterator[Batch]:
    longest = limits.max_record
    for number, line in enumerate(split, first):
        if len(line) <= longest:
            if line and not line.isspace():
                yield Batch(framing, [line], range(number, number + 1))
            continue
        for piece, start in enumerate(range(0, len(line), longest)):
            reason = _too_long(limits, f" of {len(line)} bytes", piece)
            fragment = Fragment(line[start : start + longest], number, reason)
            yield Batch(framing, (), (), (fragment,))
