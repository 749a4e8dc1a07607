"""One case of the small world, with records in segments and records still in the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import actum
from actum.collect import collect
from actum.ingest import By, ingest
from actum.sql import Console
from cli import world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a home with five acts in a segment and two in the journal, one record unreadable."""
    folder = tmp_path_factory.mktemp("sql")
    made = world.evidence(folder)
    (made / "odd.bin").write_bytes(b"caf\xe9 \x80\n")
    late = folder / "late"
    late.mkdir()
    acts = [
        world.act("DeleteUser", "2024-05-05T10:00:00Z", service="iam", number=7),
        world.act("GetObject", "2024-05-05T11:00:00Z", name="mallory", number=8),
    ]
    world.lines(late / "d.ndjson", acts)
    with actum.open(folder / "home", write=True) as case:
        case.open([made])
        ingest(case.log(), collect([str(late)]), feed="late", by=By("somebody", "somewhere"))
    return folder / "home"


@pytest.fixture
def case(home: Path) -> Iterator[actum.Case]:
    """Open it for reading."""
    with actum.open(home) as opened:
        yield opened


@pytest.fixture
def console(case: actum.Case) -> Console:
    """Give a console over it."""
    return Console(case.engine)
