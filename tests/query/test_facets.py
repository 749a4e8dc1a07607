"""Facets: exact numbers of everything that matches, in one statement."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actum.errors import UsageError
from actum.query import Query, parse
from actum.query.ast import Compare, Op
from actum.query.facets import Facets, facets, width_for
from query.test_pipes_tables import NAMES, World, of, told, world

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["world"]

NOW = datetime(2026, 11, 13, 12, 30, tzinfo=UTC)
DAY = 86_400_000_000


def asked(world: World, text: str, fields: Sequence[str], **more: int) -> Facets:
    return facets(world, parse(text, now=NOW, zone=UTC), fields, **more)


# What must not happen.


@pytest.mark.parametrize("field", ["actr", "is", "raw.", "raw..a", "' OR 1=1"])
def test_a_field_there_is_none_of_is_refused(field: str) -> None:
    with pytest.raises(UsageError):
        asked(of({}), "", [field])


def test_nothing_found_is_nought_and_not_an_error() -> None:
    found = asked(of({}), "actor:nobody", ["actor", "any.ip", "raw.a"])
    assert (found.total, found.histogram) == (0, ())
    assert [(each.values, each.distinct, each.unstated) for each in found.fields] == [
        ((), 0, 0)
    ] * 3


def test_an_event_without_a_value_or_a_time_is_counted_apart() -> None:
    world = of({"actor_user_name": "a", "status": "failure"}, {"time": datetime(2026, 11, 2, 5)})
    found = asked(world, "", ["actor"], width=DAY)
    assert (found.fields[0].values, found.fields[0].unstated) == ((("a", 1),), 1)
    assert found.histogram == ((1_793_577_600_000_000, None, 1), (None, "failure", 1))


# What is told.


def test_a_limit_cuts_the_values_and_not_the_numbers() -> None:
    world = of(*({"actor_user_name": f"a{n}"} for n in range(9)), {"actor_user_name": "a3"})
    found = asked(world, "", ["actor"], limit=2).fields[0]
    assert (found.values, found.distinct) == ((("a3", 2), ("a0", 1)), 9)


def test_a_step_divides_any_time_in_at_most_200() -> None:
    for length in (1, 1_000_000, DAY, 365 * DAY, 30_000 * DAY):
        assert -(-length // width_for(length)) <= 200


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(NAMES), max_size=4, unique=True),
       st.sampled_from([None, "failure"]), st.integers(0, 5))  # fmt: skip
def test_facets_count_what_plain_python_counts(
    world: World, names: list[str], status: str | None, limit: int
) -> None:
    where = Compare("status", Op.MATCH, status) if status else None
    found = facets(world, Query(where, None, None, ""), names, limit=limit, width=DAY)
    events, total = told(world, (), status)
    assert found.total == total
    assert sum(n for _, _, n in found.histogram) == total
    by_status = Counter(row["status"] for _, row in events)
    assert Counter(status for _, status, n in found.histogram for _ in range(n)) == by_status
    for facet in found.fields:
        if facet.field in {"time", "mfa"}:
            continue  # the engine's own spelling of them
        counts = Counter(keys[0] for keys, _ in told(world, (facet.field,), status)[0])
        unstated = counts.pop(None, 0)
        ranked = sorted(
            ((str(value), n) for value, n in counts.items()),
            key=lambda each: (-each[1], each[0].encode()),
        )
        assert (facet.values, facet.distinct, facet.unstated) == (
            tuple(ranked[:limit]), len(counts), unstated,
        )  # fmt: skip
