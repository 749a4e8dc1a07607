"""No test may touch the home of whoever runs it, nor see what another test left."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEARD = ("ACTUM_HOME", "XDG_STATE_HOME", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "PAGER")
"""Variables a developer's shell may have set, and the program would listen to."""


def _isolate(patch: pytest.MonkeyPatch, folder: Path) -> None:
    for name in HEARD:
        patch.delenv(name, raising=False)
    for name, part in (("HOME", "home"), ("XDG_DATA_HOME", "data"), ("ACTUM_STATE", "state")):
        (folder / part).mkdir(parents=True, exist_ok=True)
        patch.setenv(name, str(folder / part))
    patch.setenv("TERM", "xterm-256color")


@pytest.fixture(scope="session", autouse=True)
def _isolated_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Isolate what fixtures of a wider scope do."""
    with pytest.MonkeyPatch.context() as patch:
        _isolate(patch, tmp_path_factory.mktemp("session"))
        yield


@pytest.fixture(autouse=True)
def _isolated(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Isolate each test: a data folder, a state folder and a home of its own."""
    assert os.environ["HOME"]
    _isolate(monkeypatch, tmp_path_factory.mktemp("own"))


def pytest_sessionfinish() -> None:
    """Let go of engines that failed tests' tracebacks still hold, while they can be closed."""
    gc.collect()
