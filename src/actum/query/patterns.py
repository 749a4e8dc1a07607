"""Regular expressions as RE2 reads them, checked before they are asked for.

RE2 takes time in proportion to the text whatever the pattern, but also to the pattern written out:
``(a{99}){99}`` is ten thousand states a letter.  So a pattern is refused when it is long, when its
counted repetitions multiply to too much, or when RE2, asked itself, does not read it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

__all__ = ["LONGEST", "fault"]

LONGEST: Final = 1_000
"""Letters of a pattern."""
_MOST_STATES: Final = 5_000
"""Of a pattern with its counted repetitions written out."""

_PIECE: Final = re.compile(
    r"\\.|\[\^?\]?(?:\\.|\[:\^?[a-z]+:\]|[^\]\\])*\]|\{([0-9]*),?([0-9]*)\}|[\s\S]"
)


@cache
def fault(pattern: str) -> str:
    """Say why a pattern is not asked for; nothing if it is."""
    if len(pattern) > LONGEST:
        return f"it is {len(pattern):,} letters long, and the limit is {LONGEST:,}"
    states = _states(pattern)
    if states > _MOST_STATES:
        return f"its repetitions come to {states:,} states, and the limit is {_MOST_STATES:,}"
    import duckdb  # noqa: PLC0415 - only a query with a pattern needs the engine to be read

    with duckdb.connect(config={"threads": 1}) as engine:
        try:
            engine.execute("SELECT regexp_matches('', ?, 's')", [pattern]).fetchall()
        except duckdb.Error as error:
            return str(error).partition("\n")[0].removeprefix("Invalid Input Error: ")
    return ""


def _states(pattern: str) -> int:
    """About how many states a pattern has: a group's are counted as often as it is repeated."""
    groups, last = [0], 0
    for piece in _PIECE.finditer(pattern):
        if piece[0] == "(":
            groups.append(0)
        elif piece[0] == ")" and len(groups) > 1:
            last = groups.pop()
            groups[-1] += last
        elif piece[1] is not None:
            times = max(int(number or 1) for number in piece.groups())
            groups[-1] += last * (times - 1)
            last *= times
        else:
            last = 1
            groups[-1] += last
    return sum(groups)
