"""The first layer: what a statement may say, and the only text of it that is ever run.

The rules, in the order in which they are held against a statement:

1. It is one text of bounded length, and its numbers are read the same way here and by the engine.
2. It is one SELECT, VALUES or set operation, with or without WITH; nothing beside it.
3. Every node of its tree is of a kind in `NODES`: what is not known is refused.
4. Every table is one of the views, or a WITH of its own that can be seen from there.
5. Every function is in `functions.NAMES`; of those that give rows, only ``unnest``, ``range`` and
   ``generate_series``.
6. Every parameter is ``$name`` and given; every one given is used.
7. What is run is written anew from the tree, every name in quotes, without comments.  It is read
   again, must pass the same rules, and must be written the same way the second time: so what was
   looked at is what the engine sees.

This is text on text: nothing is opened and nothing is run.  The layers behind it do not rely on it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, Final

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import ParseError, SqlglotError, TokenError
from sqlglot.tokenizer_core import Token, TokenType

from actum.errors import QueryError
from actum.sql.functions import NAMES
from actum.sql.nodes import NODES, first_line, in_sight, number, place, spoken

__all__ = ["LONGEST", "Passed", "check"]

LONGEST: Final = 100_000
"""Characters a statement may have."""
MANY: Final = 20_000
"""Nodes its tree may have."""
SERIES: Final = 10_000_000
"""Values that ``range`` and ``generate_series`` may give, where that can be told beforehand."""

_ROOTS: Final = (exp.Select, exp.SetOperation, exp.Subquery, exp.Values)
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
_WORDS: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_ ]{0,62}")
_NUMBER: Final = re.compile(r"[0-9][0-9_]*(\.[0-9]*)?([eE][+-]?[0-9]+)?")
_UNKNOWN_TYPES: Final = frozenset(("USERDEFINED", "UNKNOWN", "OBJECT", "HLLSKETCH"))
_HINT: Final = "docs/sql.md lists what may be said"

logging.getLogger("sqlglot").setLevel(logging.CRITICAL)  # what it cannot read is refused below


@dataclass(frozen=True, slots=True)
class Passed:
    """A statement that may be run: its text written anew, the views it reads, its parameters."""

    sql: str
    views: frozenset[str]
    parameters: frozenset[str]


class _Plain(DuckDB):
    """DuckDB's language, with paths into JSON left as they are written.

    The parser would read ``'a.b'`` as two steps where the engine takes it for one key.
    """

    def to_json_path(self, path: exp.Expr | None) -> exp.Expr | None:
        return path


def check(
    text: str, *, views: Collection[str], given: Collection[str] = (), rows: int | None = None
) -> Passed:
    """Hold a statement against the rules.  QueryError says which one it breaks, and where.

    ``rows`` is how many rows are wanted at most, where the engine can be told.
    """
    first = _Statement(text, views)
    first.parameters_are(given)
    if rows is not None:
        _limit(first.tree, rows)
    sql = first.written()
    second = _Statement(sql, views, shown=text)
    if second.written() != sql or (second.views, second.names) != (first.views, first.names):
        raise first.refusal(None, "this statement cannot be written so that it surely means the"
                            " same", todo="say it in another way")  # fmt: skip
    return Passed(sql, frozenset(first.views), frozenset(first.names))


class _Statement:
    """One reading of a text; made, it has passed rules 1 to 5."""

    def __init__(self, text: str, views: Collection[str], *, shown: str | None = None) -> None:
        self.text = text if shown is None else shown
        self._is_own = shown is None  # else places in the text are not places a person sees
        self._known = {name.lower() for name in views}
        self.views: set[str] = set()
        self.names: set[str] = set()
        self.tree = self._read(text)
        for count, node in enumerate(self.tree.walk()):
            if count > MANY:
                raise self.refusal(None, "the statement is too large", todo="ask in several steps")
            self._node(node)

    # -- rules 1 and 2: one text, one query ------------------------------------------------------

    def _read(self, text: str) -> exp.Expr:
        if len(text) > LONGEST:
            raise self.refusal(
                None,
                "the statement is too long",
                why=f"it has {len(text):,} characters, and {LONGEST:,} is the most",
                todo="give long lists as parameters",
            )
        if "\0" in text:
            raise self.refusal(None, "a statement cannot hold a NUL character")
        dialect = _Plain()
        try:
            tokens = dialect.tokenize(text)
            self._numbers(tokens)
            trees = [each for each in dialect.parser().parse(tokens, text) if each is not None]
        except (ParseError, TokenError) as error:
            raise self._unread(error, text) from error
        except (SqlglotError, RecursionError, ValueError, AttributeError, TypeError) as error:
            raise self.refusal(
                None, "the statement cannot be read", why=first_line(error), todo=_HINT
            ) from error
        if len(trees) != 1:
            what = "one statement at a time" if trees else "there is no statement"
            raise self.refusal(
                None,
                what,
                why=f"there are {len(trees)} of them" if trees else "",
                todo="write one SELECT",
            )
        if not isinstance(trees[0], _ROOTS):
            raise self.refusal(
                trees[0],
                f"{spoken(trees[0])} is not run",
                why="a statement may read, and nothing else",
                todo="write a SELECT, or a WITH before one",
            )
        return trees[0]

    def _numbers(self, tokens: list[Token]) -> None:
        """Refuse ``0xFF`` and ``1a``: read here as a number and a name, elsewhere as one."""
        for one, two in pairwise(tokens):
            touching = one.end + 1 == two.start and one.token_type == TokenType.NUMBER
            if touching and two.text[:1].isidentifier():
                raise self._at(one.start, two.end + 1, "this number cannot be read",
                               todo="write numbers in digits, and a space after them")  # fmt: skip

    def _unread(self, error: SqlglotError, text: str) -> QueryError:
        details = error.errors[0] if isinstance(error, ParseError) and error.errors else {}
        why = str(details.get("description") or first_line(error)).rstrip(".")
        line, column = details.get("line"), details.get("col")
        word = str(details.get("highlight") or "")
        if not isinstance(line, int) or not isinstance(column, int):
            return self.refusal(None, "the statement cannot be read", why=why, todo=_HINT)
        end = sum(len(each) + 1 for each in text.split("\n")[: line - 1]) + column
        return self._at(end - len(word), end, "the statement cannot be read", why=why, todo=_HINT)

    # -- rules 3 to 5: every node ----------------------------------------------------------------

    def _node(self, node: exp.Expr) -> None:
        kind = type(node).__name__
        if kind not in NODES:
            if isinstance(node, exp.Func):
                raise self._no_function(node, node.sql_name().lower())
            raise self.refusal(
                node, f"{spoken(node)} is not run", why="only what reads is known here", todo=_HINT
            )
        look = self._looks.get(kind)
        if look is not None:
            look(self, node)

    def _no_function(self, node: exp.Expr, name: str) -> QueryError:
        return self.refusal(
            node,
            f"the function {name!r} is not run",
            why="it is not among those that read nothing but their arguments",
            todo="docs/sql.md lists the functions there are",
        )

    def _select(self, node: exp.Expr) -> None:
        if not node.expressions:
            raise self.refusal(node, "nothing is selected", todo="name columns, or write *")

    def _identifier(self, node: exp.Expr) -> None:
        node.set("quoted", True)

    def _function(self, node: exp.Expr) -> None:
        name = str(node.this).lower()
        if name not in NAMES:
            raise self._no_function(node, name)
        node.set("this", name)

    def _lateral(self, node: exp.Expr) -> None:
        if not isinstance(node.this, exp.Subquery | exp.Unnest):
            raise self.refusal(node, "LATERAL is followed by a SELECT in parentheses")

    def _var(self, node: exp.Expr) -> None:
        self._spelled(node, _WORDS)

    def _literal(self, node: exp.Expr) -> None:
        if not node.args.get("is_string"):
            self._spelled(node, _NUMBER)

    def _table(self, node: exp.Expr) -> None:
        if isinstance(node.this, exp.GenerateSeries):
            return
        if not isinstance(node.this, exp.Identifier):
            name = node.this.sql_name() if isinstance(node.this, exp.Func) else ""
            name = str(node.this.this) if isinstance(node.this, exp.Anonymous) else name
            raise self.refusal(
                node,
                f"the function {name.lower()!r} gives no rows here",
                why="only unnest, range and generate_series may stand in FROM",
                todo="read from one of the views: " + self._views(),
            )
        if node.args.get("db") or node.args.get("catalog"):
            raise self.refusal(
                node,
                "names of views have one part",
                why="there are no schemas and no catalogs here",
                todo="read from one of the views: " + self._views(),
            )
        name = node.name.lower()
        if name in in_sight(node):
            return
        if name not in self._known:
            raise self.refusal(
                node,
                f"there is no view {node.name!r}",
                why="a statement reads views, never files or other tables",
                todo="read from one of them: " + self._views(),
            )
        self.views.add(name)

    def _views(self) -> str:
        return ", ".join(sorted(self._known))

    def _parameter(self, node: exp.Expr) -> None:
        name = node.this
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise self.refusal(
                node, "parameters are written $name", todo="give it a name: $name"
            )  # fmt: skip
        self.names.add(name)

    def _series(self, node: exp.Expr) -> None:
        ends = [number(node.args.get(key)) for key in ("start", "end", "step")]
        low, high, step = ends
        if low is None or high is None:
            return
        count = abs(high - low) / abs(step or 1)
        if count > SERIES:
            raise self.refusal(
                node,
                "this series is too long",
                why=f"it has {count:,.0f} values, and {SERIES:,} is the most",
                todo="make it shorter, or its steps larger",
            )

    def _type(self, node: exp.Expr) -> None:
        kind = node.this
        name = kind.value if isinstance(kind, exp.DataType.Type) else "UNKNOWN"
        if name in _UNKNOWN_TYPES or node.args.get("kind") is not None:
            raise self.refusal(
                node, "there is no such type", todo="the engine has VARCHAR, BIGINT, DOUBLE, …"
            )  # fmt: skip

    def _spelled(self, node: exp.Expr, form: re.Pattern[str]) -> None:
        if not form.fullmatch(str(node.this)):
            raise self.refusal(node, f"{str(node.this)!r} cannot stand here", todo=_HINT)

    _looks: ClassVar[dict[str, Callable[[_Statement, exp.Expr], None]]] = {
        "Select": _select, "Identifier": _identifier, "Anonymous": _function, "Table": _table,
        "Lateral": _lateral, "Placeholder": _parameter, "GenerateSeries": _series,
        "DataType": _type, "Var": _var, "Literal": _literal,
    }  # fmt: skip
    """What is looked at more closely, by kind."""

    # -- rule 6 ----------------------------------------------------------------------------------

    def parameters_are(self, given: Collection[str]) -> None:
        """QueryError unless the parameters given are those the statement has."""
        missing, idle = sorted(self.names - set(given)), sorted(set(given) - self.names)
        if missing:
            at = self.text.find(f"${missing[0]}")
            raise self._at(
                max(at, 0), max(at, 0) + len(missing[0]) + 1,
                f"the parameter ${missing[0]} has no value", todo=f"--param {missing[0]}=VALUE",
            )  # fmt: skip
        if idle:
            raise self.refusal(
                None,
                f"there is no parameter ${idle[0]} in the statement",
                why=f"a value was given for {idle[0]!r}",
                todo=f"write ${idle[0]} where it belongs, or leave it out",
            )

    # -- rule 7 ----------------------------------------------------------------------------------

    def written(self) -> str:
        """Write the statement from its tree."""
        try:
            return self.tree.sql(dialect=_Plain, identify=True, comments=False)
        except (SqlglotError, RecursionError, ValueError, AttributeError, TypeError) as error:
            raise self.refusal(
                None, "the statement cannot be run", why=first_line(error), todo=_HINT
            ) from error

    # -- saying no -------------------------------------------------------------------------------

    def refusal(
        self, node: exp.Expr | None, what: str, *, why: str = "", todo: str = ""
    ) -> QueryError:
        """Return the error for a node, pointing at it; for None, at the whole statement."""
        start, end = place(node) if node is not None else (0, len(self.text))
        return self._at(start, end, what, why=why, todo=todo)

    def _at(self, start: int, end: int, what: str, *, why: str = "", todo: str = "") -> QueryError:
        if not self._is_own or not 0 <= start < end <= len(self.text):
            start, end = 0, len(self.text)
        return QueryError(what, text=self.text, start=start, end=end, why=why, todo=todo)


def _limit(tree: exp.Expr, rows: int) -> None:
    """Tell the engine that no more rows are wanted, where the statement leaves that open."""
    limit = tree.args.get("limit")
    if limit is None and isinstance(tree, (exp.Select, exp.SetOperation)):
        tree.set("limit", exp.Limit(expression=exp.Literal.number(rows)))
    elif type(limit) is exp.Limit:
        asked = number(limit.expression)
        if asked is not None and asked > rows:
            limit.set("expression", exp.Literal.number(rows))
