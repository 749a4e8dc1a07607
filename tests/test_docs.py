"""The documentation is complete, its generated pages are up to date, and its examples run.

How examples are read:

- A ```` ```console ```` block is what a person sees at a terminal 100 columns wide.  Each line that
  begins with ``$ `` is run, in order, in the page's own folder, where ``demo-home`` is what
  ``make demo`` leaves.  A page that makes its own demo begins in an empty folder.
- It must leave with exit code 0, or with N where the line ends in ``# exit code N``.
- The lines below it are its whole output.  ``…`` stands for anything in a line, and alone on a line
  for any number of lines.  A command with no lines below it may print what it likes.
- ``$ export NAME=VALUE`` holds for the rest of the page.
- A ```` ```python ```` block is run as it stands, in the same folder.

Blocks of any other language are not run.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

import actum
from actum import docs, errors
from actum.cli import _VERBS
from actum.ocsf.columns import COLUMNS
from actum.query.fields import FIELDS, FLAGS
from actum.sources import SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")),
    *sorted(DOCS.rglob("*.md")),
]
RUN = [each for each in PAGES if each.name != "log-format.md"]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TILDES = re.compile(r"^~~~\w*\n.*?^~~~$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def without_code(text: str) -> str:
    return TILDES.sub("", BLOCK.sub("", text))


# -- completeness --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(docs.pages(DOCS)))
def test_a_generated_page_says_what_the_code_says(name: str) -> None:
    assert (DOCS / name).read_text() == docs.pages(DOCS)[name], "run `make docs`"


def test_the_generated_pages_are_the_same_however_often_they_are_made() -> None:
    assert docs.pages(DOCS) == docs.pages(DOCS)


def test_every_command_has_its_help_in_the_docs() -> None:
    text = (DOCS / "commands.md").read_text()
    missing = [verb for verb in _VERBS if f"## actum {verb}\n" not in text]
    assert not missing


def test_every_command_is_told_of_by_hand_too() -> None:
    by_hand = "".join(page.read_text() for page in PAGES if page.name not in docs.pages(DOCS))
    missing = [verb for verb in _VERBS if f"actum {verb}" not in by_hand]
    assert not missing


def test_every_error_has_its_meaning_and_a_next_step() -> None:
    text = (DOCS / "errors.md").read_text()
    classes = [name for name in errors.__all__ if f"| `{name}` |" in text]
    assert classes == errors.__all__ or sorted(classes) == sorted(errors.__all__)
    assert sorted(docs.NEXT_STEPS) == sorted(errors.__all__)


def test_every_exit_code_of_an_error_is_explained() -> None:
    table = (DOCS / "operating.md").read_text()
    codes = {getattr(errors, name).exit_code for name in errors.__all__}
    assert not [code for code in codes if f"| {code} |" not in table]


def test_every_source_column_field_and_flag_is_in_the_docs() -> None:
    told = {name: (DOCS / name).read_text() for name in ("sources.md", "columns.md", "query.md")}
    assert not [name for name in SOURCES if f"(sources/{name}.md)" not in told["sources.md"]]
    assert not [each.name for each in COLUMNS if f"| `{each.name}` |" not in told["columns.md"]]
    assert not [name for name in FIELDS if f"`{name}:`" not in told["query.md"]]
    assert not [name for name in FLAGS if f"`is:{name}`" not in told["query.md"]]


def test_every_public_name_is_in_the_docs() -> None:
    text = (DOCS / "python.md").read_text()
    assert not [name for name in actum.__all__ if f"## actum.{name}\n" not in text]


def test_every_environment_variable_the_code_reads_is_explained() -> None:
    source = "".join(path.read_text() for path in (ROOT / "src").rglob("*.py"))
    read = set(re.findall(r"\b(?:ACTUM|XDG)_[A-Z_]+\b", source))
    told = (DOCS / "operating.md").read_text()
    assert not [name for name in read if f"`{name}`" not in told]


# -- form ----------------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """Give the anchors of a page's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.*)$", without_code(page.read_text()), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads)
    return set(plain)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_link_of_a_page_leads_nowhere(page: Path) -> None:
    for target in LINK.findall(without_code(page.read_text())):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), f"{target} is not there"
        if anchor and found.suffix == ".md":
            assert anchor in anchors(found), f"{target}: there is no such heading"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_page_names_a_path_of_somebodys_machine(page: Path) -> None:
    text = page.read_text()
    if page.parent.name == "sources":  # logs of hosts speak of their users' folders
        text = without_code(re.sub(r"(?ms)^~~~.*?^~~~$|^>.*?$", "", text))
    found = re.findall(r"(?<![\w.~/-])/(?:home|root|tmp|work|Users|mnt|var/tmp)/\S*", text)
    assert not found


def test_every_page_is_reached_from_the_readme() -> None:
    reached = {ROOT / "README.md"}
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        for target in LINK.findall(without_code(page.read_text())):
            found = (page.parent / target.partition("#")[0]).resolve()
            if found.suffix == ".md" and found.exists() and found not in reached:
                reached.add(found)
                waiting.append(found)
    assert not [name_of(page) for page in PAGES if page not in reached]


def test_every_decision_record_has_the_four_parts_and_its_number() -> None:
    records = sorted((DOCS / "adr").glob("[0-9]*.md"))
    assert [int(each.name[:4]) for each in records] == list(range(1, len(records) + 1))
    for each in records:
        heads = re.findall(r"^## (.*)$", each.read_text(), re.MULTILINE)
        assert heads == ["Context", "Options", "Decision", "Consequences"], each.name


def test_an_example_that_differs_from_its_output_is_found() -> None:
    output = ["a line", "root d9c17, all", "", "x", "y", "end"]
    assert differs(["a line", "root …, all", "…", "end"], output) == ""
    assert differs([], output) == ""
    assert differs(["a line", "…"], ["another line"]) != ""
    assert differs(["a line"], ["a line", "and one more"]) != ""


# -- examples ------------------------------------------------------------------------------------


class Example(NamedTuple):
    """One command or program of a page: its text, the exit code, the lines shown below it."""

    language: str
    text: str
    code: int
    shown: list[str]


def examples(page: Path) -> Iterator[Example]:
    for language, body in BLOCK.findall(page.read_text()):
        if language == "python":
            yield Example("python", body, 0, [])
        elif language == "console":
            yield from commands(body)


def commands(body: str) -> Iterator[Example]:
    for part in re.split(r"^(?=\$ )", body, flags=re.MULTILINE):
        if not part.startswith("$ "):
            continue
        lines = part.rstrip("\n").split("\n")
        words = [lines.pop(0)[2:]]
        while words[-1].endswith("\\"):
            words.append(lines.pop(0))
        text, _, code = "\n".join(words).partition("  # exit code ")
        yield Example("console", text, int(code or 0), lines)


def differs(shown: list[str], output: list[str]) -> str:
    """Say how the output differs from what the page shows; empty if it does not."""
    if not shown:
        return ""
    parts = [
        r"(?:.*\n)*?" if line.strip() == "…" else ".*".join(map(re.escape, line.split("…"))) + r"\n"
        for line in map(str.rstrip, shown)
    ]
    text = "".join(f"{line.rstrip()}\n" for line in output)
    return "" if re.fullmatch("".join(parts), text) else f"the output is\n{text}"


def at_a_terminal(command: str, folder: Path, environment: dict[str, str]) -> tuple[int, list[str]]:
    """Run a command as if a person had typed it; its exit code and what they would see."""
    primary, secondary = os.openpty()
    with subprocess.Popen(
        ["bash", "-c", command], cwd=folder, env=environment,
        stdin=subprocess.DEVNULL, stdout=secondary, stderr=secondary,
    ) as process:  # fmt: skip
        os.close(secondary)
        seen = b"".join(iter(lambda: _read(primary), b""))
    os.close(primary)
    return process.returncode, seen.decode().replace("\r\n", "\n").splitlines()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # the other side is closed
        return b""


def environment_of(folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("LANG", "LC_ALL", "TMPDIR") if name in os.environ}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    state = {"HOME": str(folder / "me"), "ACTUM_STATE": str(folder / "state")}
    look = {"TERM": "dumb", "NO_COLOR": "1", "COLUMNS": "100", "LINES": "50"}
    return {**kept, "PATH": path, "PYTHONUTF8": "1", **state, **look}


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with ``demo-home`` in it, as ``make demo`` leaves it, and its memory."""
    folder = tmp_path_factory.mktemp("demo")
    code, seen = at_a_terminal("actum demo demo-home", folder, environment_of(folder))
    assert code == 0, "\n".join(seen)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("page", [each for each in RUN if any(examples(each))], ids=name_of)
def test_the_examples_of_a_page_run(page: Path, demo: Path, tmp_path: Path) -> None:
    own = any(each.text.startswith("actum demo") for each in examples(page))
    folder = tmp_path / "here"
    if own:
        folder.mkdir()
    else:
        shutil.copytree(demo, folder)
    (folder / "standalone.py").write_bytes((ROOT / "src/actum/proof/standalone.py").read_bytes())
    environment = environment_of(folder)
    for each in examples(page):
        if each.text.startswith("export "):
            name, _, value = shlex.split(each.text)[1].partition("=")
            environment[name] = value
            continue
        if each.language == "python":
            command = shlex.join([sys.executable, "-c", each.text])
        else:
            command = each.text
        code, output = at_a_terminal(command, folder, environment)
        what = f"{name_of(page)}: {each.text}\n"
        assert code == each.code, what + "\n".join(output)
        assert not differs(each.shown, output), what + differs(each.shown, output)
