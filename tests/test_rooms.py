"""Imports point down the page of the house (CONTRIBUTING.md), and nowhere else.

doors      cli  docs
answers    case                                beside: testing, demo
reading    sql
           query
evidence   ingest, trial
           log | collect | sources             which do not know each other
ground     record  errors  proof  ocsf         pure: no disk, no network, no clock
"""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(__file__).parents[1] / "src"
MODULES = {
    ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((SOURCE / "actum").rglob("*.py"))
}

GROUND = {"record", "errors", "proof", "ocsf"}
MAY_IMPORT: dict[str, set[str]] = {
    "record": set(),
    "errors": set(),
    "proof": {"errors"},
    "ocsf": {"errors", "record"},
    "log": {"errors", "record", "proof", "ocsf"},
    "collect": {"errors", "record"},
    "sources": {"errors", "record", "proof", "ocsf"},
    "ingest": GROUND | {"log", "collect", "sources"},
    "trial": GROUND | {"log", "collect", "sources"},
    "query": GROUND | {"log"},
    "sql": GROUND | {"log", "query"},
    "case": GROUND | {"log", "collect", "sources", "ingest", "query", "sql"},
    "demo": {"errors", "record"},
    "testing": GROUND | {"log", "sources", "trial"},
    "docs": GROUND | {"", "query", "sources", "cli"},
    "cli": GROUND
    | {"log", "collect", "sources", "ingest", "trial", "query", "sql", "case", "demo"},
    "": GROUND | {"log", "ingest", "query", "case"},
}
"""Room → the rooms it may import, besides itself.  "" is the package's own page of names."""

ONLY_OF = {"log": {"ocsf": {"actum.ocsf.columns"}}}
"""What alone a room may take from another."""

WHO_MAY_USE = {
    "click": {"cli", "docs"},
    "rich": {"cli"},
    "duckdb": {"log", "query", "sql", "sources", "trial", "collect"},
    "sqlalchemy": {"log"},
    "sqlglot": {"sql"},
    "sqlite3": {"log"},
    "cryptography": {"proof"},
    "isal": {"collect", "sources", "demo"},
    "socket": {"case", "sources"},  # sources ask it whether a text is an address, nothing else
    "urllib.request": set(),
    "http": set(),
}
"""Packages that mark an edge, and the rooms that may stand at it."""

EFFECTS = {"io", "os", "pathlib", "random", "secrets", "shutil", "socket", "sqlite3", "subprocess",
           "tempfile", "threading", "time", "urllib"}  # fmt: skip
PROGRAM = "actum.proof.standalone"


def room_of(module: str) -> str:
    return [*module.split("."), ""][1]


@cache
def imports(module: str) -> tuple[tuple[str, int], ...]:
    """Every (imported module or name, line) of a module, wherever in it the import stands."""
    found: list[tuple[str, int]] = []
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(each.name, node.lineno) for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module}:{node.lineno} imports by a relative path"
            found += [(f"{node.module}.{each.name}", node.lineno) for each in node.names]
    return tuple(found)


def target_of(imported: str) -> str:
    """Find the module an import of ours is from: ``actum.errors.ActumError`` → ``actum.errors``."""
    while imported not in MODULES:
        imported = imported.rpartition(".")[0]
    return imported


def ours(module: str) -> Iterator[tuple[str, int]]:
    for imported, line in imports(module):
        if imported.partition(".")[0] == "actum":
            yield target_of(imported), line


def test_every_room_has_its_place_on_the_page() -> None:
    assert not {room_of(module) for module in MODULES} - set(MAY_IMPORT)


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_down_the_page(module: str) -> None:
    room = room_of(module)
    up = [
        f"line {line}: {target}"
        for target, line in ours(module)
        if room_of(target) not in MAY_IMPORT.get(room, set()) | {room}
    ]
    assert not up


@pytest.mark.parametrize("room", ONLY_OF)
def test_a_room_takes_from_another_only_what_is_agreed(room: str) -> None:
    for module in (each for each in MODULES if room_of(each) == room):
        for target, line in ours(module):
            agreed = ONLY_OF[room].get(room_of(target))
            assert agreed is None or target in agreed, f"{module}:{line} imports {target}"


def test_the_page_itself_has_no_circle() -> None:
    seen: dict[str, set[str]] = {}

    def below(room: str, path: tuple[str, ...]) -> set[str]:
        assert room not in path, f"a circle: {' → '.join((*path, room))}"
        if room not in seen:
            deeper = (below(each, (*path, room)) for each in MAY_IMPORT[room])
            seen[room] = MAY_IMPORT[room].union(*deeper)
        return seen[room]

    for room in MAY_IMPORT:
        below(room, ())


def test_rooms_on_one_line_do_not_know_each_other() -> None:
    line = {"log", "collect", "sources"}
    assert not [room for room in line if MAY_IMPORT[room] & line]


@pytest.mark.parametrize("package", WHO_MAY_USE)
def test_a_package_at_an_edge_is_used_only_there(package: str) -> None:
    for module in MODULES:
        for imported, line in imports(module):
            if f"{imported}.".startswith(f"{package}."):
                assert room_of(module) in WHO_MAY_USE[package], f"{module}:{line}"


@pytest.mark.parametrize("module", [each for each in MODULES if room_of(each) in GROUND])
def test_the_ground_reads_no_disk_no_network_and_no_clock(module: str) -> None:
    if module == PROGRAM:
        return  # a program to be copied out: it reads the files it is named
    found = {imported.partition(".")[0] for imported, _ in imports(module)}
    assert not found & EFFECTS


def test_the_verifier_to_copy_out_needs_only_the_standard_library() -> None:
    outside = {
        imported
        for imported, _ in imports(PROGRAM)
        if imported.partition(".")[0] not in sys.stdlib_module_names
    }
    assert not outside


def test_nothing_imports_the_verifier_to_copy_out() -> None:
    assert not [module for module in MODULES for target, _ in ours(module) if target == PROGRAM]
