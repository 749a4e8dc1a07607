"""What `import actum` gives: these names, no others, and none of them before it is used."""

from __future__ import annotations

import json
import subprocess
import sys
from types import ModuleType

import pytest

import actum

HEAVY = ("cryptography", "duckdb", "isal", "msgspec", "numpy", "rich", "sqlalchemy", "zstandard")


def loaded_by(program: str) -> set[str]:
    """Give the heavy packages a new interpreter has loaded after ``program``."""
    tail = f"\nimport sys, json; print(json.dumps([n for n in {HEAVY!r} if n in sys.modules]))"
    done = subprocess.run(
        [sys.executable, "-c", program + tail], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_no_name_is_visible_that_is_not_meant_to_be() -> None:
    visible = {name for name in dir(actum) if not name.startswith("_")}
    assert visible == set(actum.__all__)
    assert set(actum.__all__) == set(actum._HOMES)


def test_the_names_are_in_order_and_few() -> None:
    assert actum.__all__ == sorted(actum.__all__)
    assert 15 <= len(actum.__all__) <= 25


@pytest.mark.parametrize("name", actum.__all__)
def test_each_name_is_there_and_says_what_it_is(name: str) -> None:
    thing = getattr(actum, name)
    assert not isinstance(thing, ModuleType)
    assert (thing.__doc__ or "").strip()
    assert not (thing.__doc__ or "").startswith(f"{name}("), "a dataclass without a docstring"


@pytest.mark.parametrize("name", actum.__all__)
def test_each_public_member_of_a_name_says_what_it_is(name: str) -> None:
    thing = getattr(actum, name)
    if isinstance(thing, type):
        own = {n: m for n, m in vars(thing).items() if not n.startswith("_") and callable(m)}
        assert not [member for member, code in own.items() if not (code.__doc__ or "").strip()]


def test_a_name_that_is_not_there_is_said_so() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'opne'"):
        actum.opne  # noqa: B018


def test_the_version_is_the_packages() -> None:
    from importlib.metadata import version

    assert actum.__version__ == version("actum")


def test_import_actum_loads_nothing_heavy() -> None:
    assert loaded_by("import actum") == set()


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys; sys.argv = ['actum', '--help']\nfrom actum.cli import main\n"
        "try: main()\nexcept SystemExit as left: assert left.code == 0"
    )
    assert loaded_by(program) == set()


def test_a_name_loads_only_when_it_is_used() -> None:
    assert loaded_by("import actum; actum.ActumError, actum.Record, actum.sentence") == set()
