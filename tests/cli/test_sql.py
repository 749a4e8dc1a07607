"""`actum sql` and `actum connect`: one statement, a pipe, a shell."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from actum.cli.cells import cells
from cli.program import START, actum, drain, on_terminal, spawn

pytestmark = pytest.mark.usefixtures("ours")

COUNT = "SELECT count(*) AS n FROM events WHERE api_operation = 'DeleteBucket'"


class TestOneStatement:
    def test_rows_in_every_format(self) -> None:
        assert actum("sql", COUNT).rows == [{"n": 2}]
        assert json.loads(actum("sql", COUNT, "-o", "json").out) == [{"n": 2}]
        assert actum("sql", COUNT, "-o", "csv").out == "n\n2\n"
        assert "2" in actum("sql", COUNT, "-o", "table").out

    def test_the_count_is_that_of_a_search(self) -> None:
        searched = actum("search", "action:DeleteBucket")
        assert actum("sql", COUNT).rows == [{"n": len(searched.rows)}]

    def test_a_statement_comes_through_a_pipe(self) -> None:
        assert spawn("sql", stdin=COUNT.encode()).rows == [{"n": 2}]
        assert spawn("sql", "-", stdin=COUNT.encode()).rows == [{"n": 2}]

    def test_parameters_are_given_by_name(self) -> None:
        text = "SELECT actor_user_name AS who FROM events WHERE actor_user_name = $who"
        assert actum("sql", text, "--param", "who=bob").rows == [{"who": "bob"}]
        assert actum("sql", text, "--param", "who=' OR 1=1").rows == []
        assert actum("sql", text).code == 2
        assert actum("sql", "SELECT 1", "--param", "nothing").code == 2

    def test_a_limit_is_told_with_exit_code_7_and_what_there_is(self) -> None:
        ran = actum("sql", "SELECT * FROM range(50)", "--max-rows", "3")
        assert (ran.code, len(ran.rows)) == (7, 3)
        assert "3 rows, and this is not all: the limit of 3 rows was met" in ran.err
        assert actum("sql", "SELECT * FROM range(3)", "--max-rows", "3").code == 0

    def test_time_is_a_limit_too(self) -> None:
        text = "SELECT count(*) FROM range(10000000) a(i), range(1000000) b(j) WHERE sin(i*j) < 2"
        ran = actum("sql", text, "--timeout", "1")
        assert ran.code == 7
        assert "1 s" in ran.err

    def test_a_refusal_points_at_the_line_and_the_word(self) -> None:
        ran = actum("sql", "SELECT *\nFROM read_csv('/etc/passwd')")
        assert ran.code == 2
        assert ran.err.splitlines()[:3] == [
            "error: the function 'read_csv' gives no rows here",
            "       FROM read_csv('/etc/passwd')",
            "            ^^^^^^^^",
        ]

    def test_a_refusal_is_json_where_json_is_asked_for(self) -> None:
        ran = actum("sql", "DROP VIEW events", "-o", "json")
        assert json.loads(ran.err)["exit_code"] == 2

    def test_json_stays_json_and_a_formula_is_no_formula(self) -> None:
        [row] = actum("sql", "SELECT '{\"a\": [1]}'::JSON AS j, [1.5] AS l, {'a': 2} AS s").rows
        assert row == {"j": {"a": [1]}, "l": [1.5], "s": {"a": 2}}
        assert actum("sql", "SELECT '=1+1' AS a", "-o", "csv").out == "a\n'=1+1\n"

    def test_control_characters_never_reach_a_terminal(self) -> None:
        ran = on_terminal("sql", "SELECT actor_user_name FROM events", env={"NO_COLOR": "1"})
        assert "\x1b[2J" not in ran.out
        assert "all there are" in ran.out

    def test_numbers_keep_their_value(self) -> None:
        from decimal import Decimal

        wide = Decimal("12345678901234567890.12")
        row = (Decimal("1.50"), wide, float("inf"), {1: Decimal(2)})
        assert cells(row, ("DECIMAL", "DECIMAL", "DOUBLE", "MAP"), table=False) == [
            1.5, str(wide), "inf", {"1": 2.0},
        ]  # fmt: skip


class TestShell:
    def talk(self, *lines: str) -> str:
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [*START, "sql"], env={**os.environ, "TERM": "dumb", "NO_COLOR": "1"},
            stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        said = drain(ours, until="actum> ")
        for line in lines:
            os.write(ours, line.encode())
            if line.endswith("\n"):
                said += drain(ours, until="actum> " if ";" in line or line[0] == "." else "... ")
        os.write(ours, b"\x04")
        said += drain(ours)
        assert process.wait(30) == 0
        return said

    def test_statements_and_dot_words(self) -> None:
        said = self.talk(COUNT + ";\n", ".tables\n", ".schema sources\n", ".help\n", ".what\n")
        assert "1 row, all there are" in said
        assert "a record: what arrived, byte for byte" in said
        assert "how many of them could not be read" in said
        assert "Ctrl-C cancels it" in said
        assert "there is no .what" in said

    def test_an_error_keeps_the_shell(self) -> None:
        said = self.talk("SELECT getenv('x');\n", "SELECT 41 + 1 AS n;\n")
        assert "the function 'getenv' is not run" in said
        assert "42" in said

    def test_a_statement_may_have_lines(self) -> None:
        said = self.talk("SELECT 40 +\n", "2 AS n;\n")
        assert "42" in said

    def test_nothing_typed_is_written_to_disk(self, tmp_path: Path) -> None:
        home = Path(os.environ["HOME"])
        self.talk("SELECT 'a secret';\n")
        assert not [
            path for path in home.rglob("*") if path.is_file() and b"a secret" in path.read_bytes()
        ]

    def test_ctrl_c_cancels_the_statement_and_keeps_the_shell(self) -> None:
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [*START, "sql"], env={**os.environ, "TERM": "dumb", "NO_COLOR": "1"},
            stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        drain(ours, until="actum> ")
        os.write(ours, b"SELECT count(*) FROM range(10000000) a(i), range(1000000) b(j)"
                       b" WHERE sin(i*j) < 2;\n")  # fmt: skip
        drain(ours, until="no such words", seconds=2.5)
        process.send_signal(2)
        assert "cancelled" in drain(ours, until="actum> ")
        os.write(ours, b"SELECT 41 + 1 AS n;\n")
        assert "42" in drain(ours, until="actum> ")
        os.write(ours, b"\x04")
        drain(ours)
        assert process.wait(30) == 0


class TestConnect:
    def test_a_program_is_printed_for_each_tool(self) -> None:
        for tool in ("duckdb", "python", "pandas", "polars", "spark", "jupyter"):
            ran = actum("connect", "--for", tool)
            assert ran.code == 0
            assert ".parquet" in ran.out

    def test_without_a_file_it_says_how_to_get_one(self, tmp_path: Path) -> None:
        import actum as package

        package.open(tmp_path / "new", write=True).close()
        ran = actum("--home", str(tmp_path / "new"), "connect")
        assert ran.code == 2
        assert "no segment" in ran.err


def test_the_parser_of_sql_is_loaded_by_nobody_but_the_process_it_runs_in() -> None:
    program = (
        "import sys\n"
        "from actum.cli import main\n"
        "sys.argv = ['actum', *sys.argv[1:]]\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "assert 'sqlglot' not in sys.modules\n"
    )
    for words in (["search", "op:delete"], ["sql", COUNT], ["--help"]):
        subprocess.run([sys.executable, "-c", program, *words], check=True, capture_output=True)
