"""Times as SQL: an ISO 8601 text to the column ``time``, or NULL.

The engine's own cast is too kind for evidence: it takes ``epoch``, ``infinity``, a bare date and
years before Christ, reads past whatever stands behind the seconds, and **drops the offset** of
``+02:00``.  So a text must first look like a time to the second, with a zone or none; what looks so
but cannot be (30 February, a leap second) is NULL as well.  Years are 2 to 9998, so that no offset
leads out of what a calendar holds.
"""

from __future__ import annotations

__all__ = ["epoch", "utc"]

_ZONED = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-](0\d|1[0-4]):?[0-5]\d)"
_SHAPE = _ZONED + "?"


def utc(text: str, *, zoned: bool = False) -> str:
    """SQL of the time that the SQL ``text`` states; UTC if it states no zone.

    With ``zoned`` a text without a zone states no time.  The usual ``2023-07-10T12:00:00Z`` is told
    by its length and its places, which costs a third of the expression that knows the rest.
    """
    text, shape = f"({text})", _ZONED if zoned else _SHAPE
    in_range = f"{text} BETWEEN '0002' AND '9999'"
    return (
        f"CASE WHEN length({text}) = 20 AND {text} LIKE '____-__-__T__:__:__Z' AND {in_range}"
        f" THEN try_cast({text} AS TIMESTAMP)"
        f" WHEN {in_range} AND regexp_full_match({text}, '{shape}')"
        f" THEN make_timestamp(epoch_us(try_cast(CASE WHEN {text}[-1] = 'Z' OR"
        f" {text}[-6:-6] IN ('+', '-') OR {text}[-5:-5] IN ('+', '-') THEN {text}"
        f" ELSE {text} || 'Z' END AS TIMESTAMPTZ))) END"
    )


_MICROS = {"s": 1_000_000, "ms": 1_000, "us": 1}


def epoch(text: str, unit: str) -> str:
    """SQL of the time that the SQL ``text`` counts since 1970: "s", "ms", "us", "ns", or "any".

    A count is digits, for seconds with a fraction or none.  "any" takes the unit from how many
    digits there are, 10, 13, 16 or 19: every time from 2001 to 2286.  What is no such count, or
    leads out of the years 1970 to 9998, is NULL, and so is 0, which is how logs write "unknown".
    """
    text = f"({text})"
    if unit == "any":
        cases = " ".join(
            f"WHEN {digits} THEN {epoch(text, each)}"
            for digits, each in ((10, "s"), (13, "ms"), (16, "us"), (19, "ns"))
        )
        return f"CASE length(split_part({text}, '.', 1)) {cases} END"
    if unit == "ns":
        count, shape = f"try_cast({text} AS BIGINT) // 1000", r"\d{1,19}"
    else:
        count = f"try_cast(try_cast({text} AS DECIMAL(28, 9)) * {_MICROS[unit]} AS BIGINT)"
        shape = r"\d{1,18}([.]\d{1,9})?"
    return (
        f"CASE WHEN regexp_full_match({text}, '{shape}')"
        f" AND {count} BETWEEN 1 AND 253370764799999999 THEN make_timestamp({count}) END"
    )
