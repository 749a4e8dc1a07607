"""The words of a query's stages, behind its bars: taken one by one, each with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NoReturn

from actum.query.tokens import Shape, Token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from actum.query.ast import Span
    from actum.query.values import Reader

__all__ = ["FORMS", "Words", "parts"]

FORMS: Final = {
    "count": "write: count by actor, action",
    "top": "write: top 20, or top 20 by actor",
    "rare": "write: rare action by actor",
    "timeline": "write: timeline 1h by status",
    "first": "write: first by ip",
    "gaps": "write: gaps 15m by source",
    "diff": "write: diff last:7d vs prev:30d by actor",
}
"""How each stage is written."""


@dataclass(slots=True)
class Words:
    """The words of one stage, commas apart, and how far they were read.

    ``table`` has the columns that the table before is told by; None if there are events before.
    """

    reader: Reader
    items: list[tuple[str, Span]]
    span: Span
    at: int = 0
    table: tuple[str, ...] | None = None
    verb: str = field(default="")

    @property
    def done(self) -> bool:
        """Whether all of them were read."""
        return self.at == len(self.items)

    def take(self, what: str) -> tuple[str, Span]:
        """The next word, which there must be."""
        if self.done:
            where = (self.span[1] - 1, self.span[1])
            todo = FORMS.get(self.verb, f"write one of {', '.join(FORMS)}")
            self.reader.refuse(f"{what} is missing", where, todo=todo)
        self.at += 1
        return self.items[self.at - 1]

    def found(self, word: str) -> bool:
        """Whether the next word is this one, which is then read."""
        is_next = not self.done and self.items[self.at][0].lower() == word
        self.at += is_next
        return is_next

    def refuse(self, what: str, span: Span, *, why: str = "", todo: str = "") -> NoReturn:
        """Raise the QueryError that points at ``span`` and says how the stage is written."""
        self.reader.refuse(what, span, why=why, todo=todo or FORMS[self.verb])


def parts(reader: Reader, tokens: Sequence[Token]) -> list[Words]:
    """Cut the tokens at their bars, of which the first is one."""
    found: list[Words] = []
    for token in tokens:
        span = (token.start, token.end)
        if token.shape is Shape.BAR:
            found.append(Words(reader, [], span))
            continue
        if token.shape is not Shape.WORD:
            reader.refuse("a stage has no parentheses", span, todo="write: count by actor, action")
        if token.quoted is not None and not token.bare.endswith(":"):
            reader.refuse("a stage has no quotes", span, todo="write: count by actor, action")
        text = token.bare if token.quoted is None else f"{token.bare}{token.quoted}"
        found[-1].items += [(text, span)] if token.quoted is not None else _cut(text, token.start)
        found[-1].span = (found[-1].span[0], token.end)
    return found


def _cut(text: str, start: int) -> list[tuple[str, Span]]:
    """A word without its commas, and they by themselves."""
    found: list[tuple[str, Span]] = []
    for place, part in enumerate(text.split(",")):
        if place:
            found.append((",", (start - 1, start)))
        if part:
            found.append((part, (start, start + len(part))))
        start += len(part) + 1
    return found
