"""What is promised of every source, asked of every source Actum ships."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from actum.sources import SOURCES, Source
from actum.testing import _of_mapping, check_source, events_of, golden, pairs_of, update

LEAST = {"aws_cloudtrail": 25, "aws_cloudtrail_digest": 2, "actum": 3, "json": 3, "text": 3,
         "csv": 3}  # fmt: skip
"""Golden pairs a source has at least: 4, where it is not said otherwise."""


def folder(name: str) -> Path:
    return Path(str(sys.modules[f"actum.sources.{name}"].__file__)).parent


def stand_in(**changed: object) -> Source:
    """The json source with something changed about it."""
    source = SOURCES["json"]
    facts: dict[str, Any] = {
        name: getattr(source, name)
        for name in (
            "NAME",
            "TITLE",
            "VERSION",
            "SUPPORT",
            "SIGNS",
            "MAPPING",
            "claim",
            "unwrap",
            "__doc__",
        )
    }
    return cast("Source", SimpleNamespace(**{**facts, **changed}))


@pytest.mark.parametrize("name", SOURCES)
def test_no_source_breaks_a_promise(name: str) -> None:
    assert check_source(SOURCES[name], folder(name)) == []


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_is_shown_by_pairs(name: str) -> None:
    assert len(pairs_of(folder(name))) >= LEAST.get(name, 4)
    assert {each.stem for each in folder(name).glob("*.ocsf")} == set(pairs_of(folder(name)))


@pytest.mark.parametrize("name", SOURCES)
def test_no_pair_names_a_real_account_or_key(name: str) -> None:
    for raw in pairs_of(folder(name)).values():
        for key in (b"AKIA", b"ASIA"):
            assert all(part.startswith(b"EXAMPLE") for part in raw.split(key)[1:])


def test_a_mapping_to_a_column_that_does_not_exist_is_found(tmp_path: Path) -> None:
    source = SOURCES["json"]
    wrong = type(source.MAPPING)(shape={"a": "VARCHAR"}, columns={"actor": "j.a"})
    (tmp_path / "some.raw").write_bytes(b'{"a": 1}')
    assert "the mapping: 'actor' is no column of an event" in check_source(
        stand_in(MAPPING=wrong), tmp_path
    )


def test_shape_keys_that_differ_in_case_only_are_found(tmp_path: Path) -> None:
    mapping = type(SOURCES["json"].MAPPING)
    (tmp_path / "some.raw").write_bytes(b'{"o": 1}')
    twins = mapping(shape={"o": {"arn": "VARCHAR"}, "O": "VARCHAR"}, columns={"action": "j.o.arn"})
    assert any(
        "differs from another key of the shape in case only" in each
        for each in _of_mapping(stand_in(MAPPING=twins))
    )


def test_an_invented_time_is_found(tmp_path: Path) -> None:
    mapping = type(SOURCES["json"].MAPPING)(
        shape={"a": "VARCHAR"},
        known=frozenset("a"),
        columns={"time": "received_time", "original_time": "j.a"},
    )
    (tmp_path / "some.raw").write_bytes(b'{"a": "2026-03-02T09:26:53Z"}')
    found = check_source(stand_in(MAPPING=mapping), tmp_path)
    assert any("the time is 2024-01-01 00:00:00, stated is" in each for each in found)
    assert any("without a time it is said to have happened at" in each for each in found)


def test_a_folder_without_pairs_is_not_a_pass(tmp_path: Path) -> None:
    assert "there is no golden pair" in check_source(SOURCES["json"], tmp_path)[-1]


def test_a_pair_that_is_read_otherwise_is_found_and_update_writes_it(tmp_path: Path) -> None:
    name = "it_states_a_time_with_its_zone"
    for end in ("raw", "ocsf"):
        shutil.copy(folder("json") / f"{name}.{end}", tmp_path)
    assert check_source(SOURCES["json"], tmp_path) == []
    path = tmp_path / f"{name}.ocsf"
    path.write_text(path.read_text("utf-8").replace('"time"', '"tide"'), "utf-8")
    assert check_source(SOURCES["json"], tmp_path) == [
        f"{name}: it is no longer read as {name}.ocsf says"
    ]
    assert update(SOURCES["json"], tmp_path) == [name]
    assert update(SOURCES["json"], tmp_path) == []


def test_a_source_of_a_third_party_is_asked_before_ours(tmp_path: Path) -> None:
    theirs = stand_in(NAME="acme", __doc__="References: ours")
    object.__setattr__(theirs, "claim", _acme)
    raw = b'{"acme": 1, "time": "2026-03-02T09:26:53Z"}'
    (tmp_path / "it_happened.raw").write_bytes(raw)
    assert update(theirs, tmp_path) == ["it_happened"]
    assert check_source(theirs, tmp_path) == []
    assert events_of(raw, theirs)[0]["source"] == "acme"
    assert '"open"' in golden(events_of(raw, theirs))


def _acme(raw: bytes) -> object:
    from actum.sources import Claim

    return Claim("acme", b"") if raw.startswith(b'{"acme"') else None
