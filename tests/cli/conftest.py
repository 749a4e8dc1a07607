"""One case of the small world, made once: for tests that only read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import actum
from cli import world

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "evil\x1b[2J\u202egnp\u200b\r=cmd"


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Make a home of six events, one of them told in hostile strings."""
    folder = tmp_path_factory.mktemp("world")
    made = world.evidence(folder)
    hostile = world.act(
        "GetObject", "2024-05-04T12:00:00Z", name=HOSTILE, bucket="=1+1", client="-x", number=6
    )
    world.lines(made / "c.ndjson", [hostile])
    with actum.open(folder / "home", write=True) as case:
        case.open([made])
    return str(folder / "home")


@pytest.fixture
def ours(home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make that case the one commands use."""
    monkeypatch.setenv("ACTUM_HOME", home)


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    """Write the small world's two deliveries."""
    return world.evidence(tmp_path)
