"""Grams: the short pieces of a text by which a phrase within it is found again.

A phrase may begin and end in the middle of a word, so whole words say nothing about it.  Its grams
do.  Rules:

1. Only ASCII letters and digits count, in any case; everything else parts one run from the next.
   So a text may be cut at any such place first, and each different piece be looked at once.
2. Of each run of letters, every `WORD` letters in a row are a gram.
3. Of each run of letters and digits, every `ID` in a row are looked at, and of each `WINDOW`
   neighbours the one with the least hash is a gram.  The choice depends on nothing outside those
   ``ID + WINDOW - 1`` characters, so it is the same in the phrase and in the text around it, and
   ids that never repeat leave a half of what they would without it.
4. So every gram of a phrase is a gram of each text that contains it.  A phrase with no run long
   enough has no grams, and then nothing can be told.

Texts that are not ASCII are given in lower case as `lower` of DuckDB makes it, which is what the
engine compares: a few letters of other alphabets have an ASCII letter as their small form.
"""

from __future__ import annotations

from typing import Final

import numpy as np

__all__ = ["distinct", "grams", "pieces"]

WORD: Final = 5
ID: Final = 6
WINDOW: Final = 3

_ALPHABET: Final = b"abcdefghijklmnopqrstuvwxyz0123456789"
_LETTERS: Final = 26
_GAP: Final = 255
_CODES: Final = np.full(256, _GAP, np.uint8)
_CODES[list(_ALPHABET.upper())] = range(len(_ALPHABET))
_CODES[list(_ALPHABET)] = range(len(_ALPHABET))
_WORDS_APART: Final = np.uint32(0x9E3779B9)


def pieces(text: bytes) -> bytes:
    """Each different piece between commas once: of JSON a fifth is left, and no gram is lost."""
    return b"\n".join(set(text.split(b",")))


def grams(text: bytes) -> np.ndarray:
    """The different grams of a text, as numbers that are the same everywhere."""
    codes = _CODES[np.frombuffer(text, np.uint8)]
    if len(codes) < WORD:
        return np.empty(0, np.uint32)
    return np.concatenate((_words(codes), _ids(codes)))


def _words(codes: np.ndarray) -> np.ndarray:
    """Rule 2: letters have the codes below 26."""
    apart = _any(codes >= _LETTERS, WORD)
    return distinct(_mixed(_numbers(codes, WORD)[~apart] ^ _WORDS_APART))


def _ids(codes: np.ndarray) -> np.ndarray:
    """Rule 3: a stretch that reaches across a gap counts as zero, and so does its window."""
    if len(codes) < ID + WINDOW - 1:
        return np.empty(0, np.uint32)
    hashes = _mixed(_numbers(codes, ID)) | np.uint32(1)
    hashes[_any(codes == _GAP, ID)] = 0
    count = len(hashes) - WINDOW + 1
    least = hashes[:count]
    for step in range(1, WINDOW):
        least = np.minimum(least, hashes[step : step + count])
    return distinct(least[least != 0])


def _numbers(codes: np.ndarray, size: int) -> np.ndarray:
    """Each ``size`` codes in a row as one number: six digits to the base of 36 fit 32 bits."""
    count = len(codes) - size + 1
    wide = codes.astype(np.uint32)
    numbers = wide[:count].copy()
    for step in range(1, size):
        numbers *= np.uint32(len(_ALPHABET))
        numbers += wide[step : step + count]
    return numbers


def _any(flags: np.ndarray, size: int) -> np.ndarray:
    """Whether any of each ``size`` flags in a row is set."""
    count = len(flags) - size + 1
    found = flags[:count].copy()
    for step in range(1, size):
        found |= flags[step : step + count]
    return found


def distinct(numbers: np.ndarray) -> np.ndarray:
    """Each number once.  Sorting 32 bits is several times as fast as `numpy.unique`."""
    ordered = np.sort(numbers)
    first = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    found: np.ndarray = ordered[first]
    return found


def _mixed(numbers: np.ndarray) -> np.ndarray:
    """Hash 32 bits to 32 bits, one to one (the end of MurmurHash3)."""
    mixed: np.ndarray = numbers ^ (numbers >> np.uint32(16))
    mixed *= np.uint32(0x85EBCA6B)
    mixed ^= mixed >> np.uint32(13)
    mixed *= np.uint32(0xC2B2AE35)
    mixed ^= mixed >> np.uint32(16)
    return mixed
