"""What a terminal gets: tables, colour if wanted, progress, and nothing that breaks when narrow."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from cli import world
from cli.program import START, actum, drain, on_terminal

if TYPE_CHECKING:
    from pathlib import Path

ANSI = re.compile(r"\x1b\[")


@pytest.mark.usefixtures("ours")
class TestReading:
    def test_no_color_is_heard_and_an_option_outweighs_it(self) -> None:
        assert not ANSI.search(on_terminal("who", "DeleteBucket", env={"NO_COLOR": "1"}).out)
        shown = on_terminal("who", "DeleteBucket", "--color", "always", env={"NO_COLOR": "1"}).out
        assert "\x1b[31m" in shown

    @pytest.mark.parametrize(
        ("environment", "words", "coloured"),
        [
            ({}, (), False),
            ({"FORCE_COLOR": "0"}, (), False),
            ({"FORCE_COLOR": "1"}, (), True),
            ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, (), False),
            ({"FORCE_COLOR": "1"}, ("--color", "never"), False),
            ({"TERM": "dumb", "NO_COLOR": "1"}, ("--color", "always"), True),
        ],
    )
    def test_a_pipe_is_coloured_only_by_order(
        self,
        environment: dict[str, str],
        words: tuple[str, ...],
        coloured: bool,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        ran = actum(*words, "who", "DeleteBucket", "-o", "table")
        assert bool(ANSI.search(ran.out)) is coloured

    def test_a_dumb_terminal_gets_plain_text(self) -> None:
        ran = on_terminal("search", "DeleteBucket", env={"TERM": "dumb"})
        assert "\x1b" not in ran.out
        assert "user bob tried to delete bucket" in ran.out

    def test_a_terminal_gets_a_table_how_it_was_read_and_what_comes_next(self) -> None:
        ran = on_terminal("search", "op:delete", width=120, env={"NO_COLOR": "1"})
        head, third, second, *notes = [" ".join(line.split()) for line in ran.out.splitlines()]
        assert head == "index time what happened from"
        assert third == (
            "3 2024-05-02 09:30:00Z role deploy (session i-0ab) deleted bucket prod-invoices"
            " 203.0.113.7"
        )
        assert second.endswith("tried to delete bucket prod-invoices: AccessDenied 198.51.100.4")
        assert notes == ["read as: events where op is delete", "2 events"]
        assert ran.code == 0

    @pytest.mark.parametrize("width", [10, 40, 59, 60, 80, 120, 129, 130, 200])
    def test_no_width_is_too_narrow_and_none_is_exceeded(
        self, width: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", str(width))
        for words in (
            ("search",),
            ("who", "DeleteBucket"),
            ("stats",),
            ("log", "list"),
            ("search", "--columns", "index,time,actor_user_name,user_agent,resource_uid"),
        ):
            ran = actum(*words, "-o", "table")
            assert ran.code == 0
            assert max(map(len, ran.out.splitlines())) <= width, words
            assert width < 40 or "Z" in ran.out

    def test_indexes_and_times_stay_whole_to_be_copied(self) -> None:
        ran = on_terminal("search", width=40, env={"NO_COLOR": "1"})
        assert "3  2024-05-02 09:30:00Z" in ran.out

    def test_nothing_found_is_not_an_empty_table(self) -> None:
        ran = on_terminal("search", "actor:nobody")
        assert "index" not in ran.out
        assert "read as: events by nobody" in ran.out
        assert "holds 6 events from 2024-05-01 08:00:00Z to 2024-05-04 12:00:00Z" in ran.out

    def test_csv_on_a_terminal_cannot_steer_it(self) -> None:
        ran = on_terminal("search", "action:GetObject", "-o", "csv")
        assert "\x1b[2J" not in ran.out
        assert "evil\\u001b[2J" in ran.out


def test_a_terminal_shows_200_and_says_of_how_many(tmp_path: Path) -> None:
    acts = [world.act("GetObject", "2024-05-01T00:00:00Z", number=n) for n in range(250)]
    world.lines(tmp_path / "many.ndjson", acts)
    home = str(tmp_path / "home")
    assert actum("--home", home, "open", str(tmp_path / "many.ndjson")).code == 0
    ran = on_terminal("--home", home, "search")
    assert ran.out.count("2024-05-01 00:00:00Z") == 200
    assert "showing the newest 200 of 250; --limit N for more" in ran.out
    assert ran.code == 0
    assert len(actum("--home", home, "search").rows) == 250


def test_progress_has_a_rate_and_the_time_left_on_a_terminal_only(evidence: Path) -> None:
    ran = on_terminal("open", str(evidence), width=100)
    assert re.search(r"reading .*100% .*6 records, [\d,]+/s.*\d\d:\d\d", ran.out)
    assert "\x1b[?25h" in ran.out  # the cursor is given back
    piped = actum("open", str(evidence))
    assert "reading" not in piped.out + piped.err
    assert "\x1b" not in piped.out + piped.err
    dumb = on_terminal("open", str(evidence), env={"TERM": "dumb"})
    assert "reading" not in dumb.out


def test_progress_fits_a_narrow_line(evidence: Path) -> None:
    ran = on_terminal("open", str(evidence), width=40)
    bars = re.findall(r"reading [^\r\n]*", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", ran.out))
    assert bars
    assert max(map(len, bars)) <= 40


def test_a_pipe_beside_a_progress_bar_gets_data_and_nothing_else(evidence: Path) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*START, "open", str(evidence)], stdout=subprocess.PIPE, stderr=theirs, env=os.environ
    ) as process:
        os.close(theirs)
        assert process.stdout is not None
        out = process.stdout.read().decode()
        said = drain(ours)
    assert "\x1b" not in out
    assert out.count('"origin":') == 2
    assert '"origin":' not in said
    assert "reading" in said
