"""What `actum connect` prints is run: with the engine that is here, with others where they are."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import duckdb
import pytest

import actum
from actum.cli.connect import TOOLS as OFFERED
from actum.sql import VIEWS, Console
from actum.sql.hints import TOOLS, hint
from actum.sql.supply import place_of

PACKAGES = {
    "python": (), "pandas": ("pandas",), "polars": ("polars",), "jupyter": ("pandas",),
    "spark": ("pyspark",),
}  # fmt: skip


def test_every_tool_that_is_offered_has_a_program() -> None:
    assert tuple(TOOLS) == OFFERED


def test_the_sql_for_duckdb_gives_the_views_but_the_nested_one(case: actum.Case) -> None:
    place, tail = place_of(case.engine)
    assert tail == case.status().in_journal
    with duckdb.connect() as engine:
        engine.execute(hint("duckdb", place))
        for name, view in VIEWS.items():
            if name != "ocsf":
                columns = engine.execute(f"DESCRIBE {name}").fetchall()
                assert [(each[0], each[1]) for each in columns] == [
                    (column, kind) for column, kind, _ in view.columns
                ]
        ours = Console(case.engine).ask('SELECT count(*) FROM events WHERE "index" < '
                                        f"{case.status().records - tail}").rows  # fmt: skip
        assert engine.execute("SELECT count(*) FROM events").fetchall() == ours


@pytest.mark.parametrize("tool", PACKAGES)
def test_a_program_of_python_runs_as_it_is_printed(
    tool: str, case: actum.Case, tmp_path: Path
) -> None:
    place, _ = place_of(case.engine)
    program = hint(tool, place)
    compile(program, tool, "exec")
    for package in PACKAGES[tool]:
        if find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert tool == "jupyter" or "aws_cloudtrail" in done.stdout


def test_a_folder_with_a_quote_in_its_name_is_no_way_in(tmp_path: Path) -> None:
    folder = tmp_path / 'it\'s "here"'
    (tmp_path / "a.txt").write_text("a line\n")
    with actum.open(folder, write=True) as case:
        case.open([tmp_path / "a.txt"])
        place, _ = place_of(case.engine)
        assert Console(case.engine).ask("SELECT count(*) > 0 FROM records").rows == [(True,)]
    duckdb.connect().execute(hint("duckdb", place))
    compile(hint("python", place), "python", "exec")
