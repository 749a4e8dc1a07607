"""docs/sql.md says all there is."""

from __future__ import annotations

from pathlib import Path

from actum.sql import VIEWS
from actum.sql.functions import NAMES

PAGE = (Path(__file__).parents[2] / "docs" / "sql.md").read_text()


def test_every_function_is_in_the_docs() -> None:
    assert not [name for name in NAMES if f"`{name}`" not in PAGE]


def test_every_view_and_its_columns_are_in_the_docs() -> None:
    for view in VIEWS.values():
        _, head, rest = PAGE.partition(f"\n### {view.name}\n")
        assert head, view.name
        part = rest.partition("\n### ")[0].partition("\n## ")[0]
        if view.name != "events":
            for name, kind, meaning in view.columns:
                assert f"| `{name}` | {kind} | {meaning} |" in part
