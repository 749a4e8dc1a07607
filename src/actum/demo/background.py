"""The traffic a story hides in: what six accounts' machines, pipelines and people do all day.

Made to cost what real evidence costs.  Records average 1,300 bytes; most of what no compressor can
remove is, as in reality, ids that are new in every event; principals are used unevenly (Zipf 1.3
over three thousand); sessions change every hour; one event in twenty fails.

Made fast: an event is one ``%`` on a prepared template, and random letters come from pools filled
many at a time.  Made to stay the same: all chance comes from ``random.Random``, numpy only computes
in whole numbers, and a test pins the digest of the first events.
"""

# ruff: noqa: S311 - the demo is to be the same every time, not secret
from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from actum.demo.answers import GAP
from actum.demo.cast import ACCOUNTS, FIRST_SECOND, REGIONS, stamp
from actum.demo.letters import ALPHABETS, Letters, Uuids
from actum.demo.operations import OPERATIONS
from actum.demo.principals import PICKS, PRINCIPALS, Principal, kinds, principal
from actum.demo.templates import (
    ARN,
    BASE32,
    HEX,
    SAME,
    UUID,
    Template,
    Vocabulary,
    compiled,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["HOURS", "Background", "Hour"]

HOURS: Final = 8 * 24
# by hour of the day, UTC; the two days of the weekend count less
_RHYTHM: Final = (6, 5, 5, 5, 5, 6, 7, 9, 11, 12, 12, 11, 11, 12, 13, 13, 12, 11, 10, 9, 8, 8, 7, 6)
_WEEKEND: Final = (5, 6)


@dataclass(slots=True)
class Hour:
    """An hour's events in order of time: second, (account, region) and record of each."""

    seconds: list[int] = field(default_factory=list)
    streams: list[tuple[str, str]] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)


_Session = tuple[bytes, bytes, bytes, bytes]


class Background:
    """All background events of one (events, seed), an hour at a time."""

    def __init__(self, events: int, seed: int) -> None:
        self._random = Random(seed)
        self._seed = seed
        self._counts = _per_hour(events)
        self._vocabularies = {
            account: Vocabulary(account, Random(f"{seed}/{account}")) for account in ACCOUNTS
        }
        self._kinds = kinds(seed)
        self._curve = _zipf(PRINCIPALS)
        self._principals: dict[int, Principal] = {}
        self._templates: dict[tuple[Any, ...], Template] = {}
        self._uuids = Uuids(self._random)
        self._pools = {kind: Letters(self._random, abc) for kind, abc in ALPHABETS.items()}
        self._quiet: list[int] = []  # stand-ins for principals of us-east-1 during the gap

    def hours(self) -> Iterator[Hour]:
        """Yield the hours in order, each with its events in order of time."""
        for hour, count in enumerate(self._counts):
            yield self._hour(FIRST_SECOND + 3600 * hour, count)

    def _hour(self, start: int, count: int) -> Hour:
        draw = np.frombuffer(self._random.randbytes(16 * count), "<u4").reshape(-1, 4)
        seconds = np.sort(draw[:, 0].astype(np.int64) * 3600 >> 32).tolist()
        who = np.searchsorted(self._curve, draw[:, 1], side="right").tolist()
        picks = (draw[:, 2] % PICKS).tolist()
        places = draw[:, 3].tolist()
        day = stamp(start)[:14].encode()
        times = [b"%b%02d:%02dZ" % (day, s // 60, s % 60) for s in range(3600)]
        since = stamp(start).encode()
        live: dict[int, _Session] = {}
        hour = Hour()
        add_second, add_stream = hour.seconds.append, hour.streams.append
        add_line = hour.lines.append
        principals, pools = self._principals, self._pools
        take_uuid = self._uuids.take
        gap_from, gap_to = GAP[0] - start, GAP[1] - start
        for second, number, pick, place in zip(seconds, who, picks, places, strict=True):
            principal = principals.get(number) or self._principal(number)
            if gap_from <= second <= gap_to:
                number = self._stand_in(number)  # noqa: PLW2901 - another acts instead
                principal = principals[number]
                template = self._template(principal, principal.regional[pick])
            else:
                ready = principal.ready.get(pick)
                if ready is None:
                    ready = self._template(principal, principal.picks[pick])
                    principal.ready[pick] = ready
                template = ready
            chosen = place % len(principal.sessions)
            session = live.get(number << 8 | chosen)
            if session is None:
                session = live[number << 8 | chosen] = self._session(principal, chosen, since)
            identity, address, agent, arn = session
            values = [identity, times[second], address, agent]
            for pool, width in template.holes:
                if pool == UUID:
                    values.append(take_uuid())
                elif pool == SAME:
                    values.append(values[width])
                elif pool == ARN:
                    values.append(arn)
                else:
                    values.append(pools[pool].take(width))
            add_line(template.text % tuple(values))
            add_second(start + second)
            add_stream((template.account, template.region))
        return hour

    # Who ----------------------------------------------------------------------------------------

    def _principal(self, number: int) -> Principal:
        made = self._principals[number] = principal(number, self._kinds[number], self._seed)
        return made

    def _stand_in(self, number: int) -> int:
        """Choose who acts during the gap: one who logs outside us-east-1."""
        if not self._quiet:
            found = (self._principals.get(n) or self._principal(n) for n in range(200))
            self._quiet = [
                n
                for n, principal in enumerate(found)
                if principal.regional and principal.picks[0][2] != REGIONS[0]
            ]
        return self._quiet[number % len(self._quiet)]

    def _session(self, principal: Principal, chosen: int, since: bytes) -> _Session:
        name, address, agent = principal.sessions[chosen]
        if principal.kind in "kcm":
            name += self._pools[HEX].take(12)  # these sessions are named anew every hour
        values = {
            b"session": name,
            b"key": self._pools[BASE32].take(9),
            b"since": since,
        }
        return principal.identity % values, address, agent, principal.arn % values

    def _template(self, principal: Principal, key: tuple[int, int, str, bool]) -> Template:
        operation, variant, region, is_error = key
        is_service = principal.kind == "s"
        found = self._templates.get((principal.account, is_service, key))
        if found is not None:
            return found
        made = self._templates[principal.account, is_service, key] = compiled(
            OPERATIONS[operation],
            self._vocabularies[principal.account],
            region,
            Random(f"{self._seed}/{principal.account}/{operation}/{variant}/{region}/{is_error}"),
            is_service=is_service,
            is_error=is_error,
        )
        return made


def _per_hour(events: int) -> list[int]:
    """Share out the events so that the sum is exact."""
    weights = [_RHYTHM[hour % 24] * (2 if hour // 24 in _WEEKEND else 3) for hour in range(HOURS)]
    sums = list(accumulate(weights))
    ends = [events * done // sums[-1] for done in sums]
    return [end - before for before, end in zip([0, *ends], ends, strict=False)]


def _zipf(count: int) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """Return the cumulative curve of Zipf 1.3, as parts of 2**32, in whole numbers."""
    # n ** 1.3 = n * (n ** 3) ** (1 / 10): integer roots, so that no platform rounds differently
    weights = [10**18 // (n * _root(n**3 * 10**60, 10)) for n in range(1, count + 1)]
    sums = list(accumulate(weights))
    return np.array([(done << 32) // sums[-1] for done in sums[:-1]], np.uint64)


def _root(number: int, degree: int) -> int:
    return bisect_left(range(1 << 40), number, key=lambda base: base**degree)
