"""Rows as Arrow streams, which need nothing, and as the tables of other packages."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import pytest

import actum
from actum.errors import UsageError
from actum.ocsf.columns import COLUMNS
from actum.sql import Console
from actum.sql.frames import arrow_stream, to_arrow, to_pandas, to_polars

WAYS: dict[str, Any] = {"pyarrow": to_arrow, "pandas": to_pandas, "polars": to_polars}


def test_a_stream_needs_no_other_package_and_can_be_had_twice(console: Console) -> None:
    stream = arrow_stream(console.ask("SELECT 1 AS a, [NULL, 'x'] AS b, NULL::TIMESTAMP AS c"))
    for _ in range(2):
        assert type(stream.__arrow_c_stream__()).__name__ == "PyCapsule"


def test_a_column_without_a_value_keeps_its_type(case: actum.Case) -> None:
    answer = case.search("", limit=5)
    relation = arrow_stream(answer)._relation()
    assert [str(kind) for kind in relation.types] == [each.kind for each in COLUMNS]
    assert relation.fetchall() == answer.rows


def test_an_answer_without_rows_has_its_columns(case: actum.Case) -> None:
    relation = arrow_stream(case.search("actor:nobody"))._relation()
    assert relation.columns == [each.name for each in COLUMNS]


def test_values_of_every_kind_survive(console: Console) -> None:
    result = console.ask(
        "SELECT 1 AS i, 1.5 AS d, DATE '2024-01-01' AS t, {'a': [1]} AS s, MAP {'k': 1} AS m,"
        " '{\"a\": 1}'::JSON AS j, now() IS NOT NULL AS n, 'x'::BLOB AS b, TIME '01:00' AS h"
    )
    assert arrow_stream(result)._relation().fetchall() == result.rows


@pytest.mark.parametrize("package", WAYS)
def test_a_missing_package_is_named_and_a_present_one_used(package: str, console: Console) -> None:
    result = console.ask("SELECT 1 AS a, 'x' AS b UNION ALL SELECT 2, 'y' ORDER BY 1")
    if find_spec(package) is None:
        with pytest.raises(UsageError, match=f"{package} is not installed"):
            WAYS[package](result)
        return
    table = WAYS[package](result)
    assert list(table["b"].to_pylist() if package == "pyarrow" else table["b"]) == ["x", "y"]
