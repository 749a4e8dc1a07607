r"""A query's text, cut into parentheses, bars and words.

A bar stands at the beginning of a word; behind the first one it may stand anywhere.  A word ends at
white space or a parenthesis; a quoted text may end it (``target:"two words"``).  In quotes ``\"``
is a quote and ``\\`` a backslash; any other backslash is itself.  What a word means is the parser's
business, as it depends on where the word stands.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

from actum.errors import QueryError

__all__ = ["MAX_BYTES", "MAX_TERMS", "Shape", "Token", "tokenize"]

MAX_BYTES: Final = 64 * 1024
MAX_TERMS: Final = 1_000
"""More than anyone types; enough for a pasted list of addresses."""


class Shape(enum.Enum):
    """What a token looks like."""

    OPEN = "("
    CLOSE = ")"
    BAR = "|"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Token:
    """``text[start:end]``; a word is its ``bare`` part and then, maybe, its ``quoted`` text."""

    shape: Shape
    start: int
    end: int
    bare: str = ""
    quoted: str | None = None


def tokenize(text: str) -> list[Token]:
    """Every token in order.  QueryError if it is too long, or a quote is not as it should be."""
    _check_size(text)
    tokens: list[Token] = []
    at = terms = 0
    ends = '()"'
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        token = _sign(text, at) if text[at] in "()|" else _word(text, at, ends)
        terms += token.shape is Shape.WORD
        if token.shape is Shape.BAR:
            ends = '()"|'
        if terms > MAX_TERMS:
            raise QueryError(
                f"the query has more than {MAX_TERMS:,} terms",
                text=text,
                start=token.start,
                end=len(text),
                todo="ask in parts",
            )
        tokens.append(token)
        at = token.end
    return tokens


def _check_size(text: str) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise QueryError(
            "the query is not Unicode text",
            text=text,
            start=error.start,
            end=error.end,
            why="half of a surrogate pair stands alone",
        ) from error
    if size > MAX_BYTES:
        raise QueryError(
            f"the query is {size:,} bytes long",
            text=text,
            start=0,
            end=len(text),
            why=f"the limit is {MAX_BYTES:,}",
            todo="ask in parts",
        )


def _sign(text: str, at: int) -> Token:
    after = text[at + 1 : at + 2]
    if text[at] != ")":
        return Token(Shape(text[at]), at, at + 1)
    if after and not after.isspace() and after not in "()|":
        raise _touching(text, at, "a parenthesis is closed in the middle of a word")
    return Token(Shape.CLOSE, at, at + 1)


def _word(text: str, start: int, ends: str) -> Token:
    at = start
    while at < len(text) and not text[at].isspace() and text[at] not in ends:
        if text[at] in "“”„‟":
            raise QueryError(
                f"{text[at]} is not a quote here",
                text=text,
                start=at,
                end=at + 1,
                todo='write "…" with straight quotes',
            )
        at += 1
    bare = text[start:at]
    if at == len(text) or text[at] != '"':
        return Token(Shape.WORD, start, at, bare)
    quoted, end = _quoted(text, at)
    after = text[end : end + 1]
    if after and not after.isspace() and after not in "()|":
        raise _touching(text, end - 1, "a quote is closed in the middle of a word")
    return Token(Shape.WORD, start, end, bare, quoted)


def _quoted(text: str, opened: int) -> tuple[str, int]:
    parts: list[str] = []
    at = opened + 1
    while at < len(text):
        if text[at] == '"':
            return "".join(parts), at + 1
        if text[at] == "\\" and text[at + 1 : at + 2] in {'"', "\\"}:
            at += 1
        parts.append(text[at])
        at += 1
    raise QueryError(
        "a quote is opened and not closed",
        text=text,
        start=opened,
        end=len(text),
        todo='close it with ", or write \\" for a quote within',
    )


def _touching(text: str, at: int, what: str) -> QueryError:
    return QueryError(
        what,
        text=text,
        start=at,
        end=at + 1,
        todo='put a space after it, or the whole text in "…" with \\" for each quote',
    )
