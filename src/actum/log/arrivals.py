"""Arrivals: whether a record has arrived before.

Every record carries a 16-byte id.  Here the first eight bytes of each id of a log are kept in
sorted runs, and runs of like size are merged, so that a look-up of a whole batch is a few binary
searches over arrays and no tree is touched per record: about 16 bytes of memory a record.

A match is only a candidate.  The caller compares the whole id and the raw bytes before it calls
anything a duplicate, so no collision can lose a record.

The runs are derived: they are read from the records when a log is first appended to.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["NEVER", "Arrivals"]

NEVER = -1
"""The index of a record that has not arrived before."""


@dataclass(frozen=True, slots=True)
class _Run:
    keys: np.ndarray
    indexes: np.ndarray


class Arrivals:
    """The ids of one log's records.  Not safe for two threads at once."""

    def __init__(self) -> None:
        self._runs: list[_Run] = []

    def add(self, keys: np.ndarray, first: int) -> None:
        """Remember the high halves of the ids of the records from ``first`` on."""
        if not len(keys):
            return
        order = np.argsort(keys, kind="stable")
        self._runs.append(_Run(keys[order], (order + first).astype(np.int64)))
        while len(self._runs) > 1 and len(self._runs[-2].keys) < 2 * len(self._runs[-1].keys):
            newer, older = self._runs.pop(), self._runs.pop()
            keys = np.concatenate((older.keys, newer.keys))
            order = np.argsort(keys, kind="stable")
            indexes = np.concatenate((older.indexes, newer.indexes))
            self._runs.append(_Run(keys[order], indexes[order]))

    def find(self, keys: np.ndarray) -> np.ndarray:
        """For each key the lowest index it arrived under, or NEVER."""
        found = np.full(len(keys), NEVER, np.int64)
        order = np.argsort(keys, kind="stable")
        wanted = keys[order]
        for run in reversed(self._runs):
            place = np.searchsorted(run.keys, wanted)
            place[place == len(run.keys)] = 0
            match = run.keys[place] == wanted
            found[order[match]] = run.indexes[place[match]]
        return found

    def all(self, key: int) -> list[int]:
        """Every index a key arrived under, lowest first: more than one when ids met by chance."""
        found: list[int] = []
        for run in self._runs:
            low, high = (
                int(np.searchsorted(run.keys, np.uint64(key), side)) for side in ("left", "right")
            )
            found += run.indexes[low:high].tolist()
        return sorted(found)


def first_rows(keys: np.ndarray) -> np.ndarray:
    """For each row the first row of the same batch that has its key: itself, if it is the first."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    fresh = np.concatenate(([True], ordered[1:] != ordered[:-1])) if len(keys) else ordered == 0
    leaders = order[np.maximum.accumulate(np.where(fresh, np.arange(len(keys)), 0))]
    rows = np.empty(len(keys), np.int64)
    rows[order] = leaders
    return rows
