"""Times as SQL: an ISO 8601 text to the column ``time``, or NULL.

The engine's own cast is too kind for evidence: it takes ``epoch``, ``infinity``, a bare date and
years before Christ, reads past whatever stands behind the seconds, and **drops the offset** of
``+02:00``.  So a text must first look like a time to the second, with a zone or none; what looks so
but cannot be (30 February, a leap second) is NULL as well.  Years are 2 to 9998, so that no offset
leads out of what a calendar holds.
"""

from __future__ import annotations

__all__ = ["utc"]

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
