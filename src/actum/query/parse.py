"""From a query's text to its tree, by recursive descent.

    query  := [either] ("|" stage)*
    either := all ("OR" all)*
    all    := run ("AND" run)*
    run    := factor+                  side by side is AND; the same field again is OR
    factor := "NOT" factor | "-" term | "(" either ")" | term
    term   := ["all:"] field op value | ["all:"] field op "(" either, of values ")"
            | "phrase" | word | *letters*
    op     := ":" | ":=" | ":>" | ":>=" | ":<" | ":<=" | ":~" | ":!" | ":!=" | ":!~"

What bounds the whole query in time (``bounds``) stands at its top and is no part of the tree.  What
is not understood is refused, and the error points at it: an answer to another question than the one
asked is worse than none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NoReturn

from actum.query import times, words
from actum.query.ast import And, Node, Not, Op, Or, Span, alternative
from actum.query.bounds import Bounds, TimeOf
from actum.query.fields import BOUNDS, CLAUSES, NOT_YET, Field, Kind, find, nearest
from actum.query.pipes import Stage
from actum.query.pipes_parse import stages
from actum.query.tokens import Shape, Token, tokenize
from actum.query.values import Reader

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, tzinfo

    from actum.record import Micros

__all__ = ["MAX_DEPTH", "Query", "parse"]


MAX_DEPTH: Final = 64
"""Parentheses and negations within one another."""

_NEGATIONS: Final = {":!": Op.MATCH, ":!=": Op.EXACT, ":!~": Op.REGEX}


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked.

    ``since`` belongs to the time it bounds and ``until`` does not; None is no bound.  ``where`` is
    None when every event is meant.  With ``stages`` the answer is a table told of the events.
    """

    where: Node | None
    since: Micros | None
    until: Micros | None
    text: str
    stages: tuple[Stage, ...] = ()


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a value is compared with; within ``field:(a OR b)`` each value's is the same.

    ``together``: values side by side must all be met, since ``all:`` stands before the field.
    """

    field: Field
    op: Op
    together: bool = False


def parse(text: str, *, now: datetime, zone: tzinfo, time_of: TimeOf | None = None) -> Query:
    """Read a query.  QueryError, pointing at the token, if any of it is not understood.

    ``now`` (aware) is what ``last:`` counts from; ``zone`` is where a time without a zone is read.
    ``time_of`` looks up the record that ``around:`` names, which is refused without it.
    """
    times.micros(now)
    return _Parser(Reader(text, now, zone), time_of).query()


class _Parser:
    """The state of one reading: where it is, how deep, and which time bounds it met.

    A method that may return None does so for a time bound, which leaves no node.
    """

    def __init__(self, reader: Reader, time_of: TimeOf | None) -> None:
        self.reader = reader
        tokens = tokenize(reader.text)
        bars = [at for at, token in enumerate(tokens) if token.shape is Shape.BAR]
        self.tokens = tokens[: bars[0]] if bars else tokens
        self.rest = tokens[bars[0] :] if bars else []
        self.at = 0
        self.depth = 0
        self.bounds = Bounds(reader, time_of)

    def query(self) -> Query:
        where = self._either(None) if self.tokens else None
        if self.at < len(self.tokens):
            self._refuse("a parenthesis is closed that was never opened", self.tokens[self.at])
        since, until = self.bounds.read()
        piped = stages(self.reader, self.rest, bounded=(since, until), bounds=self.bounds)
        return Query(where, since, until, self.reader.text, piped)

    # From the loosest binding to the tightest.

    def _either(self, subject: _Subject | None) -> Node | None:
        start = self.at
        parts = [self._all(subject)]
        while self._take("OR"):
            parts.append(self._all(subject))
        if len(parts) == 1:
            return parts[0]
        if self.depth == 0 and (bound := self.bounds.first()):
            self.reader.refuse(
                "a time bound stands beside OR",
                bound,
                why="it bounds the whole query, not one alternative",
                todo="put the alternatives in parentheses, or use time:>= in one of them",
            )
        return Or(tuple(part for part in parts if part), self._span(start))

    def _all(self, subject: _Subject | None) -> Node | None:
        start = self.at
        nodes = self._run(subject)
        while self._take("AND"):
            nodes += self._run(subject)
        if not nodes:
            return None
        return nodes[0] if len(nodes) == 1 else And(tuple(nodes), self._span(start))

    def _run(self, subject: _Subject | None) -> list[Node]:
        """Terms side by side; those of one field are alternatives, where the first of them is."""
        self._need_factor()
        alternatives: list[list[Node]] = []
        by_field: dict[str, list[Node]] = {}
        while self._at_factor():
            node, name = self._factor(subject)
            if node is None:
                continue
            if subject and subject.together:
                name = ""
            if name in by_field:
                by_field[name].append(node)
                continue
            alternatives.append([node])
            if name:
                by_field[name] = alternatives[-1]
        return [
            nodes[0] if len(nodes) == 1 else Or(tuple(nodes), (nodes[0].span[0], nodes[-1].span[1]))
            for nodes in alternatives
        ]

    def _factor(self, subject: _Subject | None) -> tuple[Node | None, str]:
        """One factor, and the field it may be an alternative of ("" if of none)."""
        token = self._next()
        if token.shape is Shape.OPEN:
            return self._group(token, subject), ""
        if words.keyword(token):  # NOT, since the others end a run
            self._need_factor()
            return self._negated(token, lambda: self._factor(subject)[0]), ""
        if token.bare.startswith("-"):
            return self._negated(token, lambda: self._after_minus(token, subject)), ""
        return self._term(token, subject)

    def _negated(self, token: Token, read: Callable[[], Node | None]) -> Node:
        self._deeper(token)
        node = _some(read())
        self.depth -= 1
        return Not(node, (token.start, node.span[1]))

    def _after_minus(self, token: Token, subject: _Subject | None) -> Node | None:
        rest = replace(token, bare=token.bare[1:], start=token.start + 1)
        if rest.bare.startswith("-"):
            self._refuse("two minus signs", token, todo="put it in quotes to look for the text")
        if rest.bare or rest.quoted is not None:
            return self._term(rest, subject)[0]
        if not self._touches(token):
            self._refuse("nothing follows the minus sign", token, todo='write "-" in quotes')
        return self._group(self._next(), subject)

    def _group(self, opened: Token, subject: _Subject | None) -> Node:
        self._deeper(opened)
        node = _some(self._either(subject))
        if self.at == len(self.tokens):
            self._refuse("a parenthesis is opened and never closed", opened)
        closed = self._next()
        self.depth -= 1
        return replace(node, span=(opened.start, closed.end))

    # One term.

    def _term(self, token: Token, subject: _Subject | None) -> tuple[Node | None, str]:
        words.check(self.reader, token)
        if subject:
            return self._compared(token, subject, token.bare)
        qualifier = words.qualifier(self.reader, token)
        if qualifier is None:
            self._alone(token)
            return words.phrase(self.reader, token), ""
        name, op, bare = qualifier
        if name in BOUNDS:
            self._alone(token)
            value = words.value(self.reader, token, bare)
            span = (token.start, token.end)
            self.bounds.note(name, op, value, span, deep=self.depth > 0)
            return None, ""
        if name == "has":
            return self._has(token, op, words.value(self.reader, token, bare)), ""
        if name == "all":
            return self._together(token, op, bare), ""
        return self._of_field(token, qualifier, together=False)

    def _together(self, token: Token, op: str, bare: str) -> Node:
        """Read ``all:field:(a b)``: each of the values, where they would be alternatives."""
        inner = replace(token, bare=bare, start=token.end - len(bare))
        if token.quoted is not None:
            inner = replace(inner, start=token.start + len("all:"))
        qualifier = words.qualifier(self.reader, inner) if op == ":" else None
        if qualifier is None or qualifier[0] in CLAUSES:
            self._refuse("all: takes a field and values", token, todo="write all:target:(a b)")
        return self._of_field(inner, qualifier, together=True)[0]

    def _of_field(
        self, token: Token, qualifier: tuple[str, str, str], *, together: bool
    ) -> tuple[Node, str]:
        name, op, bare = qualifier
        field = words.raw(self.reader, token, name) or find(name)
        if field is None:
            words.refuse_name(self.reader, token, name)
        if op in _NEGATIONS:
            negated = _Subject(field, _NEGATIONS[op], together)
            return self._negated(token, lambda: self._qualified(token, negated, bare)[0]), ""
        return self._qualified(token, _Subject(field, Op(op), together), bare)

    def _qualified(self, token: Token, subject: _Subject, bare: str) -> tuple[Node, str]:
        """Read a field's one value, or its group of them."""
        if bare or token.quoted is not None or not self._touches(token):
            return self._compared(token, subject, bare)
        if subject.op not in {Op.MATCH, Op.EXACT}:
            self._refuse(f"{subject.op.value} takes one value", token, todo="repeat it with OR")
        group = self._group(self._next(), subject)
        name = "" if subject.field.kind is Kind.FLAG else subject.field.name
        return replace(group, span=(token.start, group.span[1])), name

    def _compared(self, token: Token, subject: _Subject, bare: str) -> tuple[Node, str]:
        self._alone(token)
        value = words.value(self.reader, token, bare)
        span = (token.start, token.end)
        node = self.reader.compare(subject.field, subject.op, value, span)
        return node, alternative(node)

    def _has(self, token: Token, op: str, word: str) -> Node:
        field = words.raw(self.reader, token, word) or find(word)
        if field is None and (word.lower() in NOT_YET or word.lower() == "raw"):
            words.refuse_name(self.reader, token, word)
        if op != ":" or field is None or field.kind is Kind.FLAG:
            todo = f"nearest: {', '.join(nearest(word))}"
            self._refuse(f"has: takes a field, and {word!r} is none", token, todo=todo)
        return self.reader.exists(field, (token.start, token.end))

    # The tokens.

    def _refuse(self, what: str, token: Token, *, why: str = "", todo: str = "") -> NoReturn:
        words.refuse(self.reader, what, token, why=why, todo=todo)

    def _deeper(self, token: Token) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self._refuse(f"the query is more than {MAX_DEPTH} levels deep", token)

    def _alone(self, token: Token) -> None:
        if self._touches(token):
            todo = "add a space, or put the text in quotes"
            self._refuse("a parenthesis is opened in the middle of a word", token, todo=todo)

    def _need_factor(self) -> None:
        if not self._at_factor():
            token = self.tokens[min(self.at, len(self.tokens) - 1)]
            why = "AND, OR, NOT and parentheses need one"
            self._refuse("a term is missing", token, why=why)

    def _at_factor(self) -> bool:
        if self.at == len(self.tokens) or self.tokens[self.at].shape is Shape.CLOSE:
            return False
        return words.keyword(self.tokens[self.at]) not in {"AND", "OR"}

    def _touches(self, token: Token) -> bool:
        """Whether a parenthesis opens right where ``token``, the last one read, ends."""
        if self.at == len(self.tokens):
            return False
        after = self.tokens[self.at]
        return after.shape is Shape.OPEN and after.start == token.end

    def _take(self, keyword: str) -> bool:
        taken = self.at < len(self.tokens) and words.keyword(self.tokens[self.at]) == keyword
        self.at += taken
        return taken

    def _next(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def _span(self, first: int) -> Span:
        return self.tokens[first].start, self.tokens[self.at - 1].end


def _some(node: Node | None) -> Node:
    if node is None:
        raise AssertionError("a time bound below the top is refused where it is read")
    return node
