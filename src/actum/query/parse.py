"""From a query's text to its tree, by recursive descent.

    either := all ("OR" all)*
    all    := run ("AND" run)*
    run    := factor+                  side by side is AND; the same field again is OR
    factor := "NOT" factor | "-" term | "(" either ")" | term
    term   := field op value | field op "(" either, of values ")" | "phrase" | word
    op     := ":" | ":=" | ":>" | ":>=" | ":<" | ":<=" | ":!" | ":!="

``since:``, ``until:`` and ``last:`` bound the whole query, so they stand at its top and are no part
of the tree.  What is not understood is refused, and the error points at it: an answer to another
question than the one asked is worse than none.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Final, NoReturn

from actum.query import times
from actum.query.ast import And, Compare, Node, Not, Op, Or, Span, Text, folds
from actum.query.fields import CLAUSES, NOT_YET, Field, find, nearest
from actum.query.tokens import Shape, Token, tokenize
from actum.query.values import Reader
from actum.record import Micros

__all__ = ["MAX_DEPTH", "Query", "parse"]

MAX_DEPTH: Final = 64
"""Parentheses and negations within one another."""

_KEYWORDS: Final = {"AND", "OR", "NOT"}
_BOUNDS: Final = {"since", "until", "last"}
_OP: Final = re.compile(r":(?:>=|<=|!=|[=><~!])?")
_NAME: Final = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_FACTOR_ENDS: Final = "a term is missing"


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked.

    ``since`` belongs to the time it bounds and ``until`` does not; None is no bound.  ``where`` is
    None when every event is meant.
    """

    where: Node | None
    since: Micros | None
    until: Micros | None
    text: str


@dataclass(frozen=True, slots=True)
class _Subject:
    """What the values of a group are compared with: ``field:(a OR b)``."""

    field: Field
    op: Op


def parse(text: str, *, now: datetime, zone: tzinfo) -> Query:
    """Read a query.  QueryError, pointing at the token, if any of it is not understood.

    ``now`` (aware) is what ``last:`` counts from; ``zone`` is where a time without a zone is read.
    """
    return _Parser(Reader(text, now, zone)).query()


class _Parser:
    """The state of one reading: where it is, how deep, and which time bounds it met."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.tokens = tokenize(reader.text)
        self.at = 0
        self.depth = 0
        self.bounds: dict[str, tuple[Micros, Span]] = {}

    def query(self) -> Query:
        where = self._either(None) if self.tokens else None
        if self.at < len(self.tokens):
            self._refuse("a parenthesis is closed that was never opened", self.tokens[self.at])
        return self._bounded(where)

    def _bounded(self, where: Node | None) -> Query:
        since, until, last = (self.bounds.get(name) for name in ("since", "until", "last"))
        if last and (since or until):
            self.reader.refuse(
                "last: stands beside since: or until:",
                last[1],
                why="both say when the time begins",
                todo="choose one",
            )
        begin = since or last
        if begin and until and begin[0] >= until[0]:
            self.reader.refuse("until: is not after since:", until[1], why="no time lies between")
        return Query(
            where, begin[0] if begin else None, until[0] if until else None, self.reader.text
        )

    # -- the grammar, from the loosest binding to the tightest

    def _either(self, subject: _Subject | None) -> Node | None:
        start = self.at
        parts = [self._all(subject)]
        while self._take("OR"):
            parts.append(self._all(subject))
        if len(parts) == 1:
            return parts[0]
        if self.depth == 0 and self.bounds:
            span = next(iter(self.bounds.values()))[1]
            self.reader.refuse(
                "a time bound stands beside OR",
                span,
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
        if self._at_end() or self._is("AND") or self._is("OR"):
            self._missing()
        runs: list[list[Node]] = []
        by_field: dict[str, list[Node]] = {}
        while not (self._at_end() or self._is("AND") or self._is("OR")):
            node, name = self._factor(subject)
            if node is None:
                continue
            if name in by_field:
                by_field[name].append(node)
                continue
            runs.append([node])
            if name:
                by_field[name] = runs[-1]
        return [
            run[0] if len(run) == 1 else Or(tuple(run), (run[0].span[0], run[-1].span[1]))
            for run in runs
        ]

    def _factor(self, subject: _Subject | None) -> tuple[Node | None, str]:
        """One factor, and the field it may be an alternative of ("" if of none)."""
        token = self.tokens[self.at]
        self.at += 1
        if token.shape is Shape.OPEN:
            return self._group(token, subject), ""
        if _keyword(token) == "NOT":
            if self._at_end() or self._is("AND") or self._is("OR"):
                self._missing()
            return self._negated(token, lambda: self._factor(subject)[0]), ""
        if token.bare.startswith("-"):
            return self._negated(token, lambda: self._after_minus(token, subject)), ""
        return self._term(token, subject)

    def _negated(self, token: Token, read: Callable[[], Node | None]) -> Node:
        self._deeper(token)
        node = read()
        self.depth -= 1
        assert node is not None  # noqa: S101  only time bounds are None, and not at this depth
        return Not(node, (token.start, node.span[1]))

    def _after_minus(self, token: Token, subject: _Subject | None) -> Node | None:
        rest = replace(token, bare=token.bare[1:], start=token.start + 1)
        if rest.bare.startswith("-"):
            self._refuse(
                "two minus signs", token, todo='write "--…" in quotes to look for that text'
            )
        if rest.bare or rest.quoted is not None:
            return self._term(rest, subject)[0]
        opened = self._opened_at(token.end)
        if opened is None:
            self._refuse("nothing follows the minus sign", token, todo='write "-" in quotes')
        return self._group(opened, subject)

    def _group(self, opened: Token, subject: _Subject | None) -> Node:
        self._deeper(opened)
        node = self._either(subject)
        if self.at == len(self.tokens):
            self._refuse("a parenthesis is opened and never closed", opened)
        closed = self.tokens[self.at]
        self.at += 1
        self.depth -= 1
        assert node is not None  # noqa: S101  only time bounds are None, and not at this depth
        return replace(node, span=(opened.start, closed.end))

    # -- terms

    def _term(self, token: Token, subject: _Subject | None) -> tuple[Node | None, str]:
        if token.quoted is None:
            self._check_word(token)
        if subject:
            value = self._value(token, token.bare)
            span = (token.start, token.end)
            return _tagged(self.reader.compare(subject.field, subject.op, value, span))
        name, colon, _ = token.bare.partition(":")
        op = _OP.match(token.bare, len(name))
        if not colon or op is None or (find(name) is None and not self._claims(token, name)):
            return self._phrase(token), ""
        return self._qualified(token, name.lower(), op[0], token.bare[op.end() :])

    def _qualified(
        self, token: Token, name: str, op: str, bare: str
    ) -> tuple[Node | None, str]:
        if op == ":~":
            self._refuse(f"not yet: regular expressions ({name}:~)", token, todo="use * and ?")
        if name in _BOUNDS:
            return self._bound(token, name, op, self._value(token, bare)), ""
        if name == "has":
            return self._has(token, op, self._value(token, bare)), ""
        field = find(name)
        assert field is not None  # noqa: S101  `_claims` refused every other name
        subject = _Subject(field, Op({":!": ":", ":!=": ":="}.get(op, op)))
        if op in {":!", ":!="}:
            return self._negated(token, lambda: self._compared(token, subject, bare)[0]), ""
        return self._compared(token, subject, bare)

    def _compared(self, token: Token, subject: _Subject, bare: str) -> tuple[Node, str]:
        span = (token.start, token.end)
        opened = self._opened_at(token.end)
        if opened is None or bare or token.quoted is not None:
            value = self._value(token, bare)
            return _tagged(self.reader.compare(subject.field, subject.op, value, span))
        if subject.op not in {Op.MATCH, Op.EXACT}:
            self._refuse(f"{subject.op.value} takes one value", token, todo="write it per value")
        group = self._group(opened, subject)
        name = "" if subject.field.name == "is" else subject.field.name
        return replace(group, span=(token.start, group.span[1])), name

    def _has(self, token: Token, op: str, word: str) -> Node:
        field = find(word)
        if word.lower().startswith("raw.") or word.lower() in NOT_YET:
            self._claims(token, word)
        if op != ":" or field is None or field.name == "is":
            close = ", ".join(nearest(word))
            self._refuse(f"has: takes a field, not {word!r}", token, todo=f"nearest: {close}")
        return Compare(field.name, Op.EXISTS, None, (token.start, token.end))

    def _bound(self, token: Token, name: str, op: str, value: str) -> None:
        span = (token.start, token.end)
        if self.depth:
            self._refuse(
                f"{name}: bounds the whole query",
                token,
                why="it cannot be negated or stand in parentheses",
                todo="use time:>= or time:< here",
            )
        if name in self.bounds:
            self._refuse(f"{name}: is given twice", token, todo="choose one")
        if op != ":":
            self._refuse(f"{name} takes a plain colon", token, todo=f"write {name}:{value}")
        if name == "last":
            self.bounds[name] = self._before_now(value, span), span
        else:
            self.bounds[name] = self.reader.period(value, span).start, span

    def _before_now(self, value: str, span: Span) -> Micros:
        try:
            length = times.duration(value)
        except ValueError as error:
            self.reader.refuse(f"last:{value} is no length of time", span, why=str(error))
        if length == 0:
            self.reader.refuse("last:0 is no time at all", span)
        return self.reader.period(f"now-{value}", span).start

    def _phrase(self, token: Token) -> Text:
        if token.quoted is not None and token.bare:
            self._refuse("a quote is opened in the middle of a word", token, todo="add a space")
        if token.quoted is None and ("*" in token.bare or "?" in token.bare):
            self._refuse(
                f"{token.bare!r} is free text, where * and ? stand for themselves",
                token,
                todo=f'write a field, such as action:{token.bare}, or "{token.bare}" in quotes',
            )
        phrase = token.bare if token.quoted is None else token.quoted
        if not phrase:
            self._refuse("an empty text is in every record", token)
        return Text(phrase, (token.start, token.end))

    def _value(self, token: Token, bare: str) -> str:
        if token.quoted is not None:
            if bare:
                self._refuse("a quote is opened in the middle of a value", token)
            return token.quoted
        if not bare:
            self._refuse(
                "a value is missing", token, todo='write it right after the colon, or "" for empty'
            )
        opened = self._opened_at(token.end)
        if opened is not None:
            self._refuse("a parenthesis touches a word", opened, todo="add a space, or quotes")
        return bare

    # -- what is refused

    def _check_word(self, token: Token) -> None:
        bare = token.bare
        if bare in {"and", "or", "not"}:
            self._refuse(
                f"{bare!r} is ambiguous",
                token,
                todo=f'write {bare.upper()} in capitals, or "{bare}" to look for the word',
            )
        if bare.startswith("|") or bare.endswith("|"):
            self._refuse("not yet: pipes", token, todo="use a query without |, or quote the text")
        if ":" not in bare and self._opened_at(token.end) is not None:
            self._refuse("a parenthesis touches a word", token, todo="add a space, or quotes")

    def _claims(self, token: Token, name: str) -> bool:
        """Whether a word with a colon asks for a field; QueryError if for none we know."""
        word = name.lower()
        if word in CLAUSES:
            return True
        if word == "arn" or _NAME.fullmatch(name) is None:
            return False
        if word == "raw" or word.startswith("raw."):
            self._refuse(
                "not yet: fields of the raw record", token, todo='use its text: "…" in quotes'
            )
        if word in NOT_YET:
            self._refuse(f"not yet: {word}:", token, todo=f"use {NOT_YET[word]}")
        self._refuse(
            f"there is no field {name!r}",
            replace(token, end=token.start + len(name)),
            todo=f'{_meant(token.bare, name)}, or put it in quotes to look for the text',
        )

    def _missing(self) -> NoReturn:
        token = self.tokens[min(self.at, len(self.tokens) - 1)]
        self._refuse(_FACTOR_ENDS, token, why="AND, OR, NOT and parentheses need a term")

    def _deeper(self, token: Token) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self._refuse(f"the query is more than {MAX_DEPTH} levels deep", token)

    def _refuse(self, what: str, token: Token, *, why: str = "", todo: str = "") -> NoReturn:
        self.reader.refuse(what, (token.start, token.end), why=why, todo=todo)

    # -- the tokens

    def _is(self, keyword: str) -> bool:
        return self.at < len(self.tokens) and _keyword(self.tokens[self.at]) == keyword

    def _take(self, keyword: str) -> bool:
        taken = self._is(keyword)
        self.at += taken
        return taken

    def _at_end(self) -> bool:
        return self.at == len(self.tokens) or self.tokens[self.at].shape is Shape.CLOSE

    def _opened_at(self, end: int) -> Token | None:
        """The parenthesis that touches what ends there; it is taken."""

    def _span(self, first: int) -> Span:
        return self.tokens[first].start, self.tokens[self.at - 1].end


def _keyword(token: Token) -> str:
    return token.bare if token.quoted is None and token.bare in _KEYWORDS else ""


def _tagged(node: Node) -> tuple[Node, str]:
    return node, node.field if isinstance(node, Compare) and folds(node) else ""


def _meant(word: str, name: str) -> str:
    """What somebody who wrote ``word`` may have meant."""
    try:
        ipaddress.ip_address(word)
    except ValueError:
        pass
    else:
        return f"write ip:{word}"
    if re.fullmatch(r"[a-z0-9-]+:[A-Z*][\w*?]*", word):
        return f"write action:{word}"
    return f"nearest: {', '.join(nearest(name))}"
