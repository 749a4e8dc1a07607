"""Layers 3 and 4 without layer 1: no file changes, and no other is read, whatever is said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from actum.errors import ActumError
from actum.sql import Console, Limits, landlock, seccomp
from actum.sql import console as at
from sql.test_gate import hostile

HERE = Path(__file__).parent
MARK = "KEEP-OUT-5f2d"
OVERWRITES = (
    "WITH c AS (COPY (SELECT 1 AS a) TO 'SEGMENT' (FORMAT csv, USE_TMP_FILE false)) FROM c",
    "WITH c AS MATERIALIZED (COPY (SELECT 1 AS a) TO 'SEGMENT' (FORMAT parquet)) SELECT * FROM c",
)
"""Both are of the type SELECT, to the engine's own parser."""
PLAIN = "COPY (SELECT 1 AS a) TO 'SEGMENT' (FORMAT csv, USE_TMP_FILE false)"
NEW = int(duckdb.__version__.partition(".")[0]) >= 2
"""Older engines take no COPY inside a WITH."""


@pytest.fixture
def segment(tmp_path: Path) -> Path:
    """Make a file a view reads, beside one that is none of its business."""
    path = tmp_path / "segment.parquet"
    duckdb.execute(f"COPY (SELECT range AS i FROM range(1000)) TO '{path}'")
    (tmp_path / "secret.txt").write_text(MARK)
    return path


def run(layers: str, segment: Path, *statements: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, str(HERE / "bare.py"), layers, str(segment)],
        input=json.dumps([each.replace("SEGMENT", str(segment)) for each in statements]),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)},
        capture_output=True, text=True, timeout=120, check=False, cwd=segment.parent,
    )  # fmt: skip
    assert done.stdout, done.stderr
    said: list[str] = json.loads(done.stdout)
    return said


def held(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in sorted(folder.iterdir())}


@pytest.mark.skipif(not NEW, reason="this engine takes no COPY inside a WITH")
@pytest.mark.parametrize("statement", OVERWRITES)
class TestOverwriting:
    def test_without_layers_it_overwrites(self, statement: str, segment: Path) -> None:
        before = held(segment.parent)
        assert run("", segment, statement) == ["gave [(1,)]"]
        assert held(segment.parent) != before

    @pytest.mark.parametrize("layers", ["s", "l", "sl", "bslre"])
    def test_what_the_system_forbids_is_enough(
        self, statement: str, layers: str, segment: Path
    ) -> None:
        before = held(segment.parent)
        assert run(layers, segment, statement)[0].startswith(("IO", "Permission"))
        assert held(segment.parent) == before

    def test_the_process_of_a_console_without_its_gate_changes_nothing(
        self, statement: str, home: Path, case: object, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(at, "PROGRAM", (str(HERE / "ungated.py"),))
        files = sorted(home.rglob("*.parquet"))
        before = [each.read_bytes() for each in files]
        for each in files:
            with pytest.raises(ActumError):
                Console(case.engine).ask(statement.replace("SEGMENT", str(each)))  # type: ignore[attr-defined]
        assert [each.read_bytes() for each in files] == before


@pytest.mark.skipif(not NEW, reason="this engine takes no COPY inside a WITH")
def test_the_engines_settings_alone_do_not_keep_a_readable_file_from_being_overwritten(
    segment: Path,
) -> None:
    """The reason for layer 4: when this fails, the engine has learnt it, and all the better."""
    before = held(segment.parent)
    assert run("e", segment, OVERWRITES[0]) == ["gave [(1,)]"]
    assert held(segment.parent) != before


def test_the_engines_settings_keep_other_files_from_being_read_or_written(segment: Path) -> None:
    before = held(segment.parent)
    for said in run(
        "e", segment, "SELECT * FROM read_text('secret.txt')", "COPY (SELECT 1) TO 'new.csv'",
        "SELECT * FROM glob('*')", "SET enable_external_access = true", "LOAD httpfs",
        "SELECT * FROM 'secret.txt'",
    ):  # fmt: skip
        assert not said.startswith("gave"), said
    assert held(segment.parent) == before


def test_the_system_keeps_other_files_from_being_read(segment: Path) -> None:
    said = run("r", segment, "SELECT * FROM read_text('secret.txt')", "FROM 'SEGMENT' LIMIT 1")
    assert MARK not in said[0]
    assert said[1] == "gave [(0,)]"


def test_nothing_hostile_changes_or_reads_a_file_with_layer_1_taken_out(segment: Path) -> None:
    statements = [
        text for group, text in hostile() if group not in ("too much of it", "reaching the network")
    ]
    before = held(segment.parent)
    for layers in ("bslre", "bse", "ble"):
        said = run(layers, segment, *statements, "FROM 'SEGMENT' LIMIT 1")
        assert held(segment.parent) == before
        assert not [each for each in said if MARK in each or "root:" in each]
        assert said[-1] == "gave [(0,)]"


def test_a_process_that_cannot_be_confined_runs_nothing(
    case: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "unconfined.py"
    script.write_text(
        "from actum.sql import worker\nworker.confined = lambda: False\nworker.main()\n"
    )
    monkeypatch.setattr(at, "PROGRAM", (str(script),))
    with pytest.raises(ActumError, match="not run on this system"):
        Console(case.engine).ask("SELECT 1")  # type: ignore[attr-defined]


def test_each_way_of_forbidding_says_whether_it_holds() -> None:
    program = (
        "import os, socket, sys\n"
        "from actum.sql import landlock, seccomp\n"
        "assert getattr({'l': landlock, 's': seccomp}[sys.argv[1]], 'forbid_changes')()\n"
        "for what in (lambda: open(sys.argv[2], 'w'), lambda: open(sys.argv[2], 'a'),\n"
        "             lambda: os.truncate(sys.argv[2], 0), lambda: os.unlink(sys.argv[2]),\n"
        "             lambda: os.open(sys.argv[2], os.O_RDONLY | os.O_TRUNC),\n"
        "             lambda: os.rename(sys.argv[2], sys.argv[2] + 'x'),\n"
        "             lambda: os.execv('/bin/true', ['true']), lambda: os.kill(os.getppid(), 0)):\n"
        "    try: what()\n"
        "    except OSError: continue\n"
        "    sys.exit('allowed')\n"
        "if sys.argv[1] == 's':\n"
        "    for what in (socket.socket, os.fork, lambda: os.chmod(sys.argv[2], 0)):\n"
        "        try: what()\n"
        "        except OSError: continue\n"
        "        sys.exit('allowed')\n"
    )
    for letter in "ls":
        path = Path(__file__).with_name("conftest.py")
        done = subprocess.run(
            [sys.executable, "-c", program, letter, str(path)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")


def test_where_a_system_has_neither_both_say_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.system", lambda: "Darwin")
    assert not landlock.forbid_changes()
    assert not landlock.read_only_these([])
    assert not seccomp.forbid_changes()


def test_the_process_gets_nothing_of_the_environment(
    case: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", MARK)
    monkeypatch.setattr(at, "PROGRAM", ("-c", "import os, sys; sys.exit('AWS' in str(os.environ))"))
    with pytest.raises(ActumError):
        Console(case.engine).ask("SELECT 1", limits=Limits(seconds=5))  # type: ignore[attr-defined]
    assert MARK not in str(at._environment())
