"""`actum open`: hostile evidence, an interruption, and where the case goes."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import signal
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

import actum as library
from cli import world
from cli.program import START, Ran, actum, spawn

LINE = 5_000_000
DEPTH = 10_000


def hostile(folder: Path) -> dict[str, bytes]:
    """Write what must not stop the rest; the bytes of each that is a plain file."""
    deep = b'{"a":' * DEPTH + b"1" + b"}" * DEPTH
    files = {
        "bad-utf8.ndjson": b'{"name":"\xff\xfe"}\n',
        "binary.bin": bytes(range(256)) * 16,
        "bomb.gz": gzip.compress(b"\0" * (72 << 20), 9, mtime=0),
        "deep.json": deep,
        "duplicate-keys.json": b'{"user":"alice","user":"mallory"}',
        "empty.json": b"",
        "long-line.txt": b"x" * LINE + b"\n",
        "nan.json": b'{"value":NaN}',
        "truncated.json.gz": gzip.compress(json.dumps({"Records": world.ACTS}).encode())[:-200],
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    (folder / "loop").symlink_to(folder)
    (folder / "nowhere").symlink_to("nothing")
    os.mkfifo(folder / "pipe")
    if os.geteuid():
        (folder / "locked.json").write_bytes(b"{}")
        (folder / "locked.json").chmod(0)
    else:  # root may read anything, but for what the kernel refuses
        (folder / "locked.json").symlink_to("/proc/self/mem")
    return files


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, Path, dict[str, bytes]]:
    """Open a folder of all that is hostile, with the small world among it."""
    folder = tmp_path_factory.mktemp("hostile")
    made = world.evidence(folder)
    files = hostile(made)
    return actum("--home", str(folder / "home"), "open", str(made), "-o", "ndjson"), folder, files


class TestHostile:
    def test_each_is_reported_with_its_reason_and_the_exit_code_is_3(
        self, opened: tuple[Ran, Path, dict[str, bytes]]
    ) -> None:
        ran, folder, _ = opened
        assert ran.code == 3
        said = ran.err.replace(f"{folder}/evidence/", "")
        for reason in (
            r"damaged  truncated\.json\.gz: gzip-truncated: ",
            r"damaged  bomb\.gz: bomb: ",
            r"not read loop: the same folder was already read",
            r"not read nowhere: a link to nothing",
            r"not read pipe: a named pipe, not a file",
            r"(not read|damaged) +locked\.json: .*(Permission denied|error)",
            r"unread +record \d+, deep\.json#0: ",
            r"unread +record \d+, nan\.json#0: ",
            r"unread +record \d+, bad-utf8\.ndjson#0: ",
            r"unread +record \d+, binary\.bin#\d+: ",
            r"unread +record \d+, duplicate-keys\.json#0: ",
            r"unread +record \d+, truncated\.json\.gz#\d: ",
        ):
            assert re.search(reason, said), reason
        assert "Traceback" not in ran.err

    def test_the_rest_is_read(self, opened: tuple[Ran, Path, dict[str, bytes]]) -> None:
        _, folder, _ = opened
        found = actum("--home", str(folder / "home"), "search", "source:aws_cloudtrail").rows
        assert {row["metadata_uid"][-1] for row in found} >= set("12345")

    def test_the_counts_add_up_for_each_delivery_and_in_total(
        self, opened: tuple[Ran, Path, dict[str, bytes]]
    ) -> None:
        ran, _, _ = opened
        *each, total = ran.rows
        assert total["total"] is True
        assert {len(ran.rows) - 1} == {total["deliveries"]}
        for row in (*each, total):
            assert row["split"] == row["records"] + row["duplicates"]
        for name in ("split", "records", "duplicates", "unread", "conflicts"):
            assert sum(row[name] for row in each) == total[name]
        assert {Path(row["origin"]).name for row in total["not_read"]} >= {
            "loop", "nowhere", "pipe",
        }  # fmt: skip

    def test_what_bytes_there_are_are_kept_exactly(
        self, opened: tuple[Ran, Path, dict[str, bytes]]
    ) -> None:
        ran, folder, files = opened
        deliveries = {Path(row["origin"]).name: row for row in ran.rows if "origin" in row}
        with library.open(folder / "home") as case:
            for name in ("binary.bin", "deep.json", "duplicate-keys.json", "nan.json",
                         "bad-utf8.ndjson", "long-line.txt"):  # fmt: skip
                row = deliveries[name]
                kept = _in_order(case, row)
                assert b"".join(kept).replace(b"\n", b"") == files[name].replace(b"\n", b""), name
            assert deliveries["empty.json"]["split"] == 0
            whole = json.dumps({"Records": world.ACTS}).encode()
            row = deliveries["truncated.json.gz"]
            for raw in _in_order(case, row):
                assert raw in whole

    def test_the_log_still_verifies(self, opened: tuple[Ran, Path, dict[str, bytes]]) -> None:
        _, folder, _ = opened
        assert actum("--home", str(folder / "home"), "verify").code == 0
        assert actum("--home", str(folder / "home"), "fsck").code == 0


def _in_order(case: library.Case, row: dict[str, Any]) -> list[bytes]:
    raws = case.records(range(row["first"], row["last"] + 1))
    return [
        raws[index]
        for index in sorted(raws)
        if case.record(index).provenance.origin == row["origin"]
    ]


def test_an_interruption_keeps_what_was_read_says_so_and_is_exit_code_130(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "much"
    folder.mkdir()
    for n in range(10):
        acts = [
            world.act("GetObject", "2024-05-01T00:00:00Z", number=n * 500 + m) for m in range(500)
        ]
        world.deliver(folder / f"{n:02}.json.gz", acts)
    case = tmp_path / "home"
    # Standard input comes last: once the program takes more of it than a pipe holds, it has read
    # all of the folder.
    with subprocess.Popen(
        [*START, "--home", str(case), "open", str(folder), "-"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write((json.dumps(world.ACTS[0]) + "\n").encode() * 4_000)
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        process.stdin.write((json.dumps(world.ACTS[0]) + "\n").encode() * 1_000)
        process.stdin.close()
        said = process.stderr.read().decode()
        code = process.wait(60)
    assert code == 130
    assert "stopping: what was read is being stored" in said
    assert "interrupted: what was stored is kept" in said
    assert "Traceback" not in said
    kept = actum("--home", str(case), "search", "action:GetObject", "--limit", "0").err
    assert "of 5,000" in kept
    assert actum("--home", str(case), "verify").code == 0
    again = actum("--home", str(case), "open", str(folder)).rows[-1]
    assert (again["split"], again["records"], again["duplicates"]) == (5_000, 0, 5_000)


class TestWhere:
    def test_a_case_of_its_own_is_made_said_and_used_next(self, evidence: Path) -> None:
        ran = actum("open", str(evidence))
        found = re.search(r"^case: (.*)$", ran.err, re.MULTILINE)
        assert found is not None
        assert Path(found[1]).parent == Path(os.environ["XDG_DATA_HOME"]) / "actum" / "cases"
        assert len(actum("search").rows) == 5
        assert found[1] in actum("stats").err

    def test_the_same_paths_are_the_same_case_and_others_another(self, evidence: Path) -> None:
        first, again = actum("open", str(evidence)), actum("open", str(evidence))
        assert [row["records"] for row in again.rows] == [0, 0, 0]
        assert "nothing new" in again.err
        assert first.err.splitlines()[-2:] == again.err.splitlines()[-2:]
        other = actum("open", str(evidence / "b.ndjson"))
        assert other.rows[-1]["records"] == 3
        assert len(actum("search").rows) == 3

    def test_an_option_outweighs_the_environment_and_that_the_case_opened_last(
        self, evidence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str
    ) -> None:
        actum("open", str(evidence / "b.ndjson"))
        monkeypatch.setenv("ACTUM_HOME", home)
        assert len(actum("search").rows) == 6
        assert actum("--home", str(tmp_path / "mine"), "open", str(evidence)).code == 0
        assert len(actum("search", "--home", str(tmp_path / "mine")).rows) == 5

    def test_a_slip_of_the_pen_makes_no_case_and_changes_none(self, evidence: Path) -> None:
        actum("open", str(evidence))
        ran = actum("open", str(evidence) + "x")
        assert ran.code == 2
        assert "there is no file or folder" in ran.err
        assert len(actum("search").rows) == 5
        cases = Path(os.environ["XDG_DATA_HOME"]) / "actum" / "cases"
        assert len(list(cases.iterdir())) == 1

    def test_some_that_are_missing_are_named_and_the_rest_is_read(self, evidence: Path) -> None:
        ran = actum("open", str(evidence / "a.json.gz"), str(evidence / "z"))
        assert ran.code == 3
        assert "/z: no such file or folder" in ran.err
        assert ran.rows[-1]["records"] == 3

    def test_a_pattern_that_matches_nothing_is_exit_code_3(self, evidence: Path) -> None:
        ran = actum("open", str(evidence / "*.zip"))
        assert ran.code == 3
        assert "nothing matches this pattern" in ran.err

    def test_another_log_of_the_home_is_another_log(self, evidence: Path, tmp_path: Path) -> None:
        words = ("--home", str(tmp_path / "h"))
        actum(*words, "open", str(evidence / "a.json.gz"))
        actum(*words, "--log", "other", "open", str(evidence / "b.ndjson"))
        assert len(actum(*words, "search").rows) == 3
        assert len(actum(*words, "--log", "other", "search").rows) == 3
        assert [row["name"] for row in actum(*words, "log", "list").rows] == ["main", "other"]


def test_standard_input_and_archives_are_read_and_their_origin_kept(
    tmp_path: Path, evidence: Path
) -> None:
    ran = spawn("open", "-", stdin=(evidence / "b.ndjson").read_bytes())
    assert [row["origin"] for row in ran.rows[:-1]] == ["-"]
    assert ran.rows[-1]["records"] == 3
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.add(evidence, "logs")
    (tmp_path / "logs.tgz").write_bytes(packed.getvalue())
    ran = actum("open", str(tmp_path / "logs.tgz"))
    names = [row["origin"].partition("!")[2] for row in ran.rows[:-1]]
    assert sorted(names) == ["logs/a.json.gz", "logs/b.ndjson"]
    assert ran.rows[-1]["split"] == 6


def test_a_changed_telling_of_a_known_event_is_a_conflict_that_is_kept_and_said(
    tmp_path: Path, evidence: Path
) -> None:
    actum("--home", str(tmp_path / "h"), "open", str(evidence))
    forged = world.ACTS[1] | {"sourceIPAddress": "192.0.2.55"}
    world.lines(tmp_path / "forged.ndjson", [forged])
    ran = actum("--home", str(tmp_path / "h"), "open", str(tmp_path / "forged.ndjson"))
    assert ran.code == 0  # all of it was read
    assert ran.rows[-1]["conflicts"] == 1
    assert "both are kept" in ran.err
    found = actum("--home", str(tmp_path / "h"), "search", "actor:bob").rows
    assert {row["src_endpoint_ip"] for row in found} == {"198.51.100.4", "192.0.2.55"}
