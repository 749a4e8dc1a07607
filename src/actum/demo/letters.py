"""Random letters, made many at a time: what is new in every event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from actum.demo.templates import BASE32, BASE64, HEX

if TYPE_CHECKING:
    from random import Random

__all__ = ["ALPHABETS", "Letters", "Uuids"]

ALPHABETS: Final = {
    HEX: b"0123456789abcdef",
    BASE32: b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    BASE64: b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
}


class Letters:
    """Random letters of one alphabet, made a megabyte at a time."""

    __slots__ = ("at", "made", "random", "table")

    def __init__(self, random: Random, alphabet: bytes) -> None:
        self.random = random
        self.table = bytes(alphabet[n % len(alphabet)] for n in range(256))
        self.made, self.at = b"", 0

    def take(self, width: int) -> bytes:
        """Take that many letters nobody took before."""
        end = self.at + width
        if end > len(self.made):
            self.made = self.random.randbytes(1 << 20).translate(self.table)
            self.at, end = 0, width
        taken = self.made[self.at : end]
        self.at = end
        return taken


class Uuids:
    """Random version 4 UUIDs as text, made sixteen thousand at a time."""

    __slots__ = ("at", "made", "random")

    _COUNT: Final = 1 << 14
    _DIGITS: Final = np.frombuffer(b"0123456789abcdef", np.uint8)
    _PLACES: Final = np.array([n for n in range(36) if n not in (8, 13, 18, 23)])

    def __init__(self, random: Random) -> None:
        self.random, self.made, self.at = random, b"", 0

    def take(self) -> bytes:
        """Take one nobody took before."""
        if self.at == len(self.made):
            self.made, self.at = self._more(), 0
        start = self.at
        self.at += 36
        return self.made[start : self.at]

    def _more(self) -> bytes:
        raw = np.frombuffer(self.random.randbytes(16 * self._COUNT), np.uint8)
        raw = raw.reshape(self._COUNT, 16)
        nibbles = np.empty((self._COUNT, 32), np.uint8)
        nibbles[:, 0::2], nibbles[:, 1::2] = raw >> 4, raw & 15
        nibbles[:, 12] = 4
        nibbles[:, 16] = 8 | (nibbles[:, 16] & 3)
        text = np.full((self._COUNT, 36), ord("-"), np.uint8)
        text[:, self._PLACES] = self._DIGITS[nibbles]
        return text.tobytes()
