"""Globs as SQL, without LIKE, whose time grows with a power of the text's length.

DuckDB 1.5 needs seconds for ``%a%a%a%b%`` on one text of a few hundred letters; its regular
expressions take time in proportion, and so do the plain functions most globs come down to.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from actum.query.ast import Op

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["glob", "is_glob"]


def is_glob(op: Op, value: str) -> bool:
    """Whether stars and question marks in the value stand for other text."""
    return op is Op.MATCH and ("*" in value or "?" in value)


def glob(expression: str, value: str, add: Callable[[object], str]) -> str:
    """Write the SQL of whether the expression is like the glob, in any case."""
    inner = value.strip("*")
    if inner and "*" not in inner and "?" not in inner:
        ends = value.startswith("*"), value.endswith("*")
        test = {(False, True): "starts_with", (True, False): "ends_with"}.get(ends, "contains")
        return f"{test}(lower({expression}), lower({add(inner)}))"
    parts = {"*": ".*", "?": "."}
    pattern = "".join(parts.get(letter) or re.escape(letter) for letter in value)
    return f"regexp_full_match(lower({expression}), lower({add(pattern)}), 's')"
