"""Random trees, as the parser makes them, with values that rows of ``VALUES`` meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from actum.query.ast import (
    And,
    Compare,
    Fragment,
    Network,
    Node,
    Not,
    Op,
    Or,
    Range,
    Raw,
    Regex,
    Text,
)
from actum.query.fields import FIELDS, FLAGS, Field, Kind

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from actum.query.rawpath import Path

__all__ = ["INSTANTS", "NUMBERS", "PATHS", "PATTERNS", "VALUES", "nodes"]

VALUES = (
    "alice",
    "Alice",
    "ALICE_1",
    "alice%",
    "a",
    "",
    "bob@corp.example",
    "arn:aws:iam::1:user/path/alice",
    "arn:aws:iam::1:root",
    "x/alice",
    "alice/",
    "AWSReservedSSO_Admin",
    "svc@p.iam.gserviceaccount.com",
    "s3",
    "s3.amazonaws.com",
    "DeleteBucket",
    "s3:DeleteBucket",
    "signin",
    "S3Console/0.4",
    "éÉ",
    "Éé",
    "İ",
    "日本😀",
    "it's",
    'say "x"',
    "back\\slash",
    "two words",
    "line\nbreak",
    "%",
    "_",
    "-1",
    "OR",
    "' OR 1=1 --",
    "Root",
    "IAMUser",
    "User",
    "AWSService",
    "ServicePrincipal",
    "failure",
    "success",
    "create",
    "read",
    "10.0.0.1",
    "2001:db8::1",
    "2001:DB8::1",
    "2001:0db8:0:0:0:0:0:2",
    "::ffff:10.0.0.9",
    "::FFFF:ac10:504",
    "172.16.5.4",
    "10.0.0.300",
    "10.0.0.1:443",
    "fe80::1%eth0",
    "5",
    "-1.5",
    " 5",
    "null",
)
PATTERNS = (
    *("^(alice|bob)", "ali.e", "[A-Z]+", "^$", "[0-9]+", "s3:.*", "(?i)ALICE$", "a$", r"\.", "é"),
    *("^.{3}$", "x|y", "e.b", r"^10\.", '"', r"\\", "(a*)*b", "^[^:]*$"),
)
NETWORKS = (
    *("10.0.0.0/8", "10.0.0.1/32", "172.16.0.0/12", "0.0.0.0/0", "::/0", "::ffff:0:0/96"),
    *("2001:db8::/32", "2001:db8::2/128", "fe80::/10", "::ffff:10.0.0.0/104"),
)
PATHS: tuple[Path, ...] = (
    *(("a",), ("b", "c"), ("b", "d.e"), ("l", "0", "k"), ("l", None, "k"), ("l",), ("none",)),
    *(("b", "x/y~z"), ("l", None), ("b", "q:", "[0]")),
)
NUMBERS = (0, 1, 2, 5, 6003, 2**32 - 1)
INSTANTS = (-1, 0, 1, 1_793_491_200_000_000, 1_793_491_200_000_001, 1_793_577_600_000_000)

_ORDER = st.sampled_from([Op.GREATER, Op.AT_LEAST, Op.LESS, Op.AT_MOST, Op.MATCH])


@st.composite
def _globs(draw: st.DrawFn) -> str:
    """Replace some of a value's characters."""
    value = list(draw(st.sampled_from(VALUES)) or "a")
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(value) - 1))
        value[at] = draw(st.sampled_from(["*", "?", "%", "_", "\\"]))
    return "".join(value)


def _ranges(values: tuple[int, ...]) -> SearchStrategy[Range]:
    pairs = st.tuples(st.sampled_from(values), st.sampled_from(values))
    return pairs.map(lambda pair: Range(min(pair), max(pair)))


def _compares(field: Field) -> SearchStrategy[Node]:
    exists = st.just(Compare(field.name, Op.EXISTS, None))
    match field.kind:
        case Kind.FLAG:
            return st.sampled_from([Compare("is", Op.MATCH, flag) for flag in FLAGS])
        case Kind.BOOLEAN:
            values = st.booleans().map(lambda value: Compare(field.name, Op.MATCH, value))
            return values | exists
        case Kind.NUMBER:
            numbers = (0, 10, 25, 40) if field.name == "size" else NUMBERS
            return exists | _ordered(field, numbers, _ORDER)
        case Kind.TIME:
            return exists | _ordered(field, INSTANTS, st.sampled_from([Op.AT_LEAST, Op.LESS]))
        case Kind.CODE if field.values:
            words = st.sampled_from(field.values).map(lambda w: Compare(field.name, Op.MATCH, w))
            return words | exists | _patterns(field)
        case _:
            networks = st.sampled_from(NETWORKS).map(lambda value: Network(field.name, value))
            texts = exists | _texts(field) | _patterns(field)
            return texts | networks if field.kind is Kind.ADDRESS else texts


def _patterns(field: Field) -> SearchStrategy[Node]:
    return st.sampled_from(PATTERNS).map(lambda pattern: Regex(field.name, pattern))


@st.composite
def _raws(draw: st.DrawFn) -> Node:
    path = draw(st.sampled_from(PATHS))
    op = draw(st.sampled_from([each for each in Op if each is not Op.EXISTS]))
    numbers = st.sampled_from(["0", "5", "-1.5", "0.000000001", "1000000000000", "2.50"])
    if op is Op.RANGE:
        low, high = sorted((draw(numbers), draw(numbers)), key=float)
        return Raw(path, op, (low, high))
    if op in {Op.GREATER, Op.AT_LEAST, Op.LESS, Op.AT_MOST}:
        return Raw(path, op, draw(numbers))
    if op is Op.REGEX:
        return Raw(path, op, draw(st.sampled_from(PATTERNS)))
    value = draw(st.sampled_from(VALUES) | _globs())
    exists = op is Op.MATCH and value and not value.strip("*")
    return Raw(path, Op.EXISTS, None) if exists else Raw(path, op, value)


def _ordered(
    field: Field, values: tuple[int, ...], ops: SearchStrategy[Op]
) -> SearchStrategy[Node]:
    one = st.builds(Compare, st.just(field.name), ops, st.sampled_from(values))
    return one | _ranges(values).map(lambda value: Compare(field.name, Op.RANGE, value))


@st.composite
def _texts(draw: st.DrawFn, field: Field) -> Node:
    op = draw(st.sampled_from([Op.MATCH, Op.EXACT]))
    value = draw(
        st.sampled_from(VALUES) | _globs() | st.text(st.sampled_from('aA:*?%_é"\\ ()'), max_size=6)
    )
    if op is Op.MATCH and value and not value.strip("*"):
        return Compare(field.name, Op.EXISTS, None)
    if field.prefix and op is Op.MATCH:
        value = value.strip(":")
    if op is Op.MATCH and value and not value.strip("*"):
        return Compare(field.name, Op.EXISTS, None)
    return Compare(field.name, op, value.lower() if field.kind is Kind.CODE else value)


_leaves: SearchStrategy[Node] = st.one_of(
    st.sampled_from([value for value in VALUES if value]).map(Text),
    st.sampled_from(["ali", "DELETE", "é", "10.0", "日", "it's"]).map(Fragment),
    _raws(),
    st.sampled_from(sorted(FIELDS)).flatmap(lambda name: _compares(FIELDS[name])),
)


def _joined(kind: type[And | Or], inner: SearchStrategy[Node]) -> SearchStrategy[Node]:
    return st.lists(inner, min_size=2, max_size=4).map(lambda parts: kind(tuple(parts)))


nodes: SearchStrategy[Node] = st.recursive(
    _leaves,
    lambda inner: inner.map(Not) | _joined(And, inner) | _joined(Or, inner),
    max_leaves=8,
)
