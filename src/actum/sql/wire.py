"""What goes between Actum and the process that runs a statement: frames of values.

A frame is four bytes of length, big-endian, and that many bytes of MessagePack.  Neither side runs
anything the other sends: values are rebuilt from plain ones, of the kinds listed here and no other.
What MessagePack has no form for is an extension, its code naming the kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import IO, Any, Final
from uuid import UUID

import msgspec

__all__ = ["LARGEST", "Broken", "frame", "packed", "receive", "rows_packed", "unpacked"]

LARGEST: Final = 256 << 20
"""Bytes a frame may have; a longer one is not from us."""

_EPOCH: Final = datetime(1970, 1, 1)
_MICROSECOND: Final = timedelta(microseconds=1)


class Broken(Exception):
    """The other side went away, or sent what is no frame."""


_WAYS: Final[dict[type, tuple[int, Callable[[Any], str]]]] = {
    int: (1, str),  # those of more than 64 bits
    Decimal: (2, str),
    date: (3, date.isoformat),
    time: (4, time.isoformat),
    datetime: (5, lambda value: str((value.replace(tzinfo=None) - _EPOCH) // _MICROSECOND)),
    timedelta: (6, lambda value: str(value // _MICROSECOND)),
    UUID: (7, str),
}
_BACK: Final[dict[int, Callable[[str], object]]] = {
    1: int,
    2: Decimal,
    3: date.fromisoformat,
    4: time.fromisoformat,
    5: lambda text: _EPOCH + int(text) * _MICROSECOND,
    6: lambda text: int(text) * _MICROSECOND,
    7: UUID,
}
_PAIRS: Final = 8


def packed(value: object) -> object:
    """Return the plain form of a value the engine gave."""
    kind = type(value)
    if kind in (str, float, bool, bytes, type(None)):
        return value
    if isinstance(value, int) and -(2**63) <= value < 2**64:
        return value
    if isinstance(value, list | tuple):
        return [packed(each) for each in value]
    if isinstance(value, dict):
        pairs = [[packed(key), packed(each)] for key, each in value.items()]
        return msgspec.msgpack.Ext(_PAIRS, msgspec.msgpack.encode(pairs))
    code, text = _WAYS.get(kind, (0, str))
    if not code:
        return str(value)
    return msgspec.msgpack.Ext(code, text(value).encode())


def unpacked(code: int, data: memoryview) -> object:
    """Return the value of an extension."""
    if code == _PAIRS:
        pairs = msgspec.msgpack.decode(data, ext_hook=unpacked)
        return {_hashable(key): each for key, each in pairs}
    return _BACK[code](bytes(data).decode())


def _hashable(key: object) -> object:
    return key if not isinstance(key, list | dict) else str(key)


def frame(stream: IO[bytes], **said: object) -> int:
    """Send a frame; how many bytes it took."""
    body = msgspec.msgpack.encode(said)
    stream.write(len(body).to_bytes(4, "big") + body)
    stream.flush()
    return len(body)


def receive(stream: IO[bytes]) -> dict[str, Any]:
    """Return the next frame.  Broken if there is none."""
    head = _exactly(stream, 4)
    length = int.from_bytes(head, "big")
    if length > LARGEST:
        raise Broken(f"a frame of {length} bytes")
    try:
        said = msgspec.msgpack.decode(_exactly(stream, length), ext_hook=unpacked)
    except (msgspec.DecodeError, RecursionError, ValueError, KeyError, ArithmeticError) as error:
        raise Broken(str(error)) from error
    if not isinstance(said, dict):
        raise Broken("a frame that is no mapping")
    return said


def _exactly(stream: IO[bytes], length: int) -> bytes:
    parts: list[bytes] = []
    while length:
        part = stream.read(length)
        if not part:
            raise Broken("the other side is gone")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def rows_packed(rows: Iterable[tuple[object, ...]]) -> list[list[object]]:
    """Return rows in their plain form."""
    return [[packed(value) for value in row] for row in rows]
