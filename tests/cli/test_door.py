"""What happens when something goes wrong: three lines, an exit code, and no traceback."""

from __future__ import annotations

import fcntl
import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest

from actum import errors
from actum.cli import door, manners
from cli.program import START, actum, spawn

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = ("duckdb", "sqlalchemy", "rich", "numpy", "cryptography", "msgspec", "zstandard", "isal")
VERBS = (
    "demo", "open", "search", "who", "show", "prove", "verify", "checkpoint", "stats", "fsck",
    "rebuild", "log",
)  # fmt: skip


def _door(error: BaseException, *words: str, monkeypatch: pytest.MonkeyPatch) -> int:
    @click.command(context_settings={"ignore_unknown_options": True})
    @click.argument("words", nargs=-1)
    def fail(words: tuple[str, ...]) -> None:
        raise error

    before = signal.getsignal(signal.SIGPIPE)
    monkeypatch.setattr(sys, "argv", ["actum", *words])
    with pytest.raises(SystemExit) as leaving:
        door.run(fail)
    signal.signal(signal.SIGPIPE, before)
    assert isinstance(leaving.value.code, int)
    return leaving.value.code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.StorageError("x"), 1),
        (errors.MalformedProof("x"), 1),
        (errors.UsageError("x"), 2),
        (click.UsageError("x"), 2),
        (click.exceptions.Exit(3), 3),
        (errors.VerificationFailed("x"), 4),
        (errors.LogRefused("x"), 4),
        (errors.NotAllowed("x"), 5),
        (PermissionError(13, "Permission denied", "journal.db"), 5),
        (errors.SourceUnreachable("x"), 6),
        (errors.LimitReached("x"), 7),
        (OSError(28, "No space left on device"), 1),
        (MemoryError(), 1),
        (ZeroDivisionError("x"), 1),
        (KeyboardInterrupt(), 130),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else str(value),
)
def test_each_error_has_its_exit_code_and_no_traceback(
    error: BaseException,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert _door(error, monkeypatch=monkeypatch) == code
    out, err = capsys.readouterr()
    assert not out
    assert "Traceback" not in err


def test_an_error_says_what_why_and_what_to_do_with_nothing_that_steers_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    error = errors.UsageError("no \x1b[2Jsuch", why="it is\nnot there", todo="look elsewhere")
    _door(error, monkeypatch=monkeypatch)
    assert capsys.readouterr().err == (
        "error: no \\u001b[2Jsuch\n  why: it is\\u000anot there\n   do: look elsewhere\n"
    )


def test_a_query_error_points_at_its_token_even_behind_escapes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    error = errors.QueryError("bad", text="a\u202eb bad", start=4, end=7)
    _door(error, monkeypatch=monkeypatch)
    _, shown, mark = capsys.readouterr().err.splitlines()
    assert shown[mark.index("^") : mark.rindex("^") + 1] == "bad"


@pytest.mark.parametrize("words", [("-o", "json"), ("-ojson",), ("--output=ndjson",)])
def test_an_error_is_a_json_object_when_json_was_asked_for(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    error = errors.QueryError("bad", text="a bad", start=2, end=5, todo="write good")
    assert _door(error, *words, monkeypatch=monkeypatch) == 2
    assert json.loads(capsys.readouterr().err) == {
        "error": "bad", "why": None, "do": "write good", "exit_code": 2,
        "at": {"text": "a bad", "start": 2, "end": 5},
    }  # fmt: skip


def test_a_mistake_of_ours_is_called_one_and_verbose_gives_the_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _door(ZeroDivisionError("one\ntwo"), monkeypatch=monkeypatch) == 1
    brief = capsys.readouterr().err
    assert brief.startswith("error: ZeroDivisionError: one\n  why: a mistake in Actum")
    assert "--verbose" in brief
    ran = actum("show", "1", "--verbose")
    assert ran.code == 2
    assert "Traceback" in ran.err
    assert "UsageError" in ran.err


@pytest.mark.parametrize(
    ("words", "front"),
    [
        ("search x --home h", "--home h search x"),
        ("search --home=h x --verbose", "--home=h --verbose search x"),
        ("log list --log other", "--log other log list"),
        ("search -- --home h", "search -- --home h"),
        ("search --home", "--home search"),
    ],
)
def test_options_of_every_command_may_come_after_the_verb(words: str, front: str) -> None:
    assert door.hoisted(words.split()) == front.split()


def test_the_door_s_table_is_that_of_the_errors() -> None:
    listed = {line.split()[0] for line in (door.__doc__ or "").splitlines() if line[:1].isdigit()}
    raised = {
        each.exit_code
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, errors.ActumError)
    }
    assert {str(code) for code in raised} <= listed


def test_help_loads_nothing_heavy() -> None:
    """What --help costs is what it imports: wall time on a busy machine says little."""
    check = (
        "import sys; sys.argv[1:] = ['--help']\nfrom actum.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        f"print(sorted(set(sys.modules) & set({HEAVY!r})), file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert ran.stderr == "[]\n"
    assert all(f"  {verb} " in ran.stdout for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str) -> None:
    ran = actum(verb, "--help")
    assert ran.code == 0
    assert ran.out.startswith(f"Usage: actum {verb}")
    assert not ran.err


def test_no_words_at_all_are_answered_with_help() -> None:
    ran = actum()
    assert ran.code == 0
    assert "Commands:" in ran.out
    assert actum("--version").out == "actum 0.1.0\n"


@pytest.mark.usefixtures("ours")
class TestPipes:
    def test_a_reader_that_leaves_early_is_no_error(self) -> None:
        script = '"$@" search | head -n 1'
        ran = subprocess.run(
            ["/bin/sh", "-c", script, "sh", *START], capture_output=True, check=True, text=True
        )
        assert len(ran.stdout.splitlines()) == 1
        assert not ran.stderr

    def test_a_full_disk_behind_a_redirection_is_said(self) -> None:
        with open("/dev/full", "wb") as full:  # noqa: PTH123
            ran = subprocess.run(
                [*START, "search"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
            )
        assert ran.returncode == 1
        assert "No space left" in ran.stderr
        assert "Traceback" not in ran.stderr

    def test_a_locale_without_our_letters_gets_escapes(self) -> None:
        ran = spawn("stats", env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
        assert ran.code == 0


def test_a_home_that_is_busy_says_who_holds_it_and_reading_goes_on(
    home: str, evidence: Path
) -> None:
    with open(f"{home}/writer", "rb+") as lock:  # noqa: PTH123
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write(b"4242")
        lock.flush()
        ran = actum("--home", home, "open", str(evidence))
        assert ran.code == 1
        assert "another process writes" in ran.err
        assert "process 4242" in ran.err
        assert len(actum("--home", home, "search", "op:delete").rows) == 2
        assert actum("--home", home, "verify").code == 0


def test_sizes_are_said_as_people_say_them() -> None:
    told = [manners.sized(each) for each in (0, 999, 1_000, 1_234_567, 5e9, 7.5e12)]
    assert told == ["0 B", "999 B", "1.0 kB", "1.2 MB", "5.0 GB", "7.5 TB"]


def test_a_folder_that_may_not_be_written_is_exit_code_5_or_1_but_no_mistake(
    tmp_path: Path, evidence: Path
) -> None:
    (tmp_path / "file").write_text("")
    ran = actum("--home", str(tmp_path / "file" / "home"), "open", str(evidence))
    assert ran.code in (1, 5)
    assert "a mistake in Actum" not in ran.err
