"""Whole-program transcripts: tests/scenarios/*.txt, run in a shell and compared line by line.

``ACTUM_SCENARIOS=write`` writes them again; read the diff.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from cli import world
from cli.program import START

SCENARIOS = sorted((Path(__file__).parent.parent / "scenarios").glob("*.txt"))
CHANGES = (
    (r"cases/(\w+)-[0-9a-f]{8}", r"cases/\1-<id>"),
    (r"actum\.local/[0-9a-f]{16}", "actum.local/<log>"),
    (r"\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{44}", "+<key>"),
    (r"(?<==)[0-9a-f]{16}…", "<root>…"),
    (r"root [0-9a-f]{16}…", "root <root>…"),
    (r'"root":"[0-9a-f]{64}"', '"root":"<root>"'),
    (r'"seconds":[\d.]+', '"seconds":<seconds>'),
    (r"(?m)^[A-Za-z0-9+/]{43}=$", "<root>"),
    (r"(?m)^— (\S+) \S+$", r"— \1 <signature>"),
    (r"in [\d.]+ s \([\d,.]+( [kM]?B)?", "in <time> s (<rate>"),
    (r"20(?!24)\d\d-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?Z", "<now>"),
    (r"[\d.]+ k?B (raw|in segments)", r"<size> \1"),
    (r"(?m)^[\d.]+ k?B in", "<size> in"),
    (r"process \d+ ", "process <pid> "),
)
"""What differs from run to run, and what stands for it in a transcript."""


QUICK = ("some_of_it_cannot_be_read",)
"""A process costs half a second of imports: the longer transcripts are for the whole suite."""


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, id=path.stem, marks=() if path.stem in QUICK else pytest.mark.slow)
        for path in SCENARIOS
    ],
)
def test_a_transcript_is_what_the_program_does(path: Path, tmp_path: Path) -> None:
    world.evidence(tmp_path)
    told = path.read_text()
    played = "".join(
        block if not block.startswith("$ ") else _play(block.splitlines()[0], tmp_path)
        for block in re.split(r"(?m)^(?=\$ |#|\n)", told)
    )
    if os.environ.get("ACTUM_SCENARIOS") == "write":
        path.write_text(played)
    assert played == told


def _play(line: str, folder: Path) -> str:
    started = " ".join(map(shlex.quote, START))
    script = f'actum() {{ {started} "$@"; }}\ncd {shlex.quote(str(folder))}\n{line[2:]}'
    env = {**os.environ, "COLUMNS": "80", "TERM": "dumb", "XDG_DATA_HOME": str(folder / "data")}
    done = subprocess.run(
        ["/bin/sh", "-c", script], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        timeout=120, check=False,
    )  # fmt: skip
    said = "\n".join(each.rstrip() for each in done.stdout.decode().splitlines())
    said = said.replace(str(folder), "<folder>")
    for found, shown in CHANGES:
        said = re.sub(found, shown, said)
    said = said.replace("\n\n", "\n.\n").replace("\n\n", "\n.\n")  # a dot is an empty line
    code = f"[exit {done.returncode}]\n" if done.returncode else ""
    return f"{line}\n{said}\n{code}" if said else f"{line}\n{code}"
