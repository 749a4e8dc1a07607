"""A filter may say "perhaps" of what is not there, and never "no" of what is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actum.errors import DiskFull
from actum.log import terms
from actum.log.engine import connect
from actum.log.fsck import fsck
from actum.log.rebuild import clear_strays, rebuild
from actum.log.reread import reread
from actum.log.terms import (
    Terms,
    build_terms,
    filter_names,
    text_filter,
    text_name,
    value_term,
    values_filter,
    values_name,
)
from actum.log.terms_filter import Filter, Group, Sought, pack, read_filter
from actum.log.terms_grams import grams, pieces
from log.world import Plain, batch, check_log, opened, raw

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

    from actum.log.log import Log

SHA = "0" * 64
LETTERS = st.text(st.sampled_from('aAbkKzZ019-_./: "\\u\u212aİßéÉ日\n\0'), max_size=40)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    """Three segments of twenty records each."""
    with opened(tmp_path / "home") as made:
        for start in (0, 20, 40):
            made.append(batch(range(start, start + 20), note=f"identity-{start:08d}"))
            made.settle()
        made.seal()
        yield made


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(threads=1) as made:
        yield made


def sought(text: str) -> Sought:
    return Sought(grams(text.encode()))


def kept(groups: list[np.ndarray], *, bits: int = 8, probes: int = 5) -> bytes:
    made = [Group(each, bits=bits, probes=probes) for each in groups]
    return pack(made, made_from=SHA, count=len(groups), group=1, probes=probes)


# What must not happen.


@settings(deadline=None)
@given(LETTERS, LETTERS, LETTERS)
def test_no_gram_of_a_phrase_is_missing_in_a_text_that_contains_it(
    engine: duckdb.DuckDBPyConnection, before: str, phrase: str, after: str
) -> None:
    text, low = engine.execute(
        "SELECT lower(?), lower(?)", [before + phrase + after, phrase]
    ).fetchall()[0]
    if low in text:
        assert set(grams(low.encode())) <= set(grams(pieces(text.encode())))


@given(st.binary(max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_no_gram_is_missing_whatever_the_bytes(text: bytes, start: int, stop: int) -> None:
    assert set(grams(text[start:stop].swapcase())) <= set(grams(pieces(text)))


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 2**32 - 1), max_size=200), min_size=1, max_size=5))
def test_no_term_is_missing_in_its_group(
    tmp_path_factory: pytest.TempPathFactory, groups: list[list[int]]
) -> None:
    numbers = [np.array(each, np.uint32) for each in groups]
    path = tmp_path_factory.mktemp("filter") / "one"
    path.write_bytes(kept(numbers))
    found = read_filter(path, made_from=SHA, count=len(groups))
    assert found is not None
    for row, each in enumerate(numbers):
        assert found.may_hold(Sought(each))[row].all()


@pytest.mark.parametrize("at", [0, 20, 48, 60, 100, -1])
def test_a_flipped_bit_makes_it_no_filter(tmp_path: Path, at: int) -> None:
    whole = bytearray(kept([np.arange(100, dtype=np.uint32)]))
    whole[at] ^= 4
    (tmp_path / "one").write_bytes(whole)
    assert read_filter(tmp_path / "one", made_from=SHA, count=1) is None


@pytest.mark.parametrize("size", [0, 10, 48, 100, -1])
def test_one_that_was_cut_short_is_no_filter(tmp_path: Path, size: int) -> None:
    (tmp_path / "one").write_bytes(kept([np.arange(100, dtype=np.uint32)])[:size])
    assert read_filter(tmp_path / "one", made_from=SHA, count=1) is None


def test_one_of_another_file_is_no_filter(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(kept([np.arange(100, dtype=np.uint32)]))
    assert read_filter(tmp_path / "one", made_from=SHA, count=1) is not None
    assert read_filter(tmp_path / "one", made_from="1" * 64, count=1) is None
    assert read_filter(tmp_path / "one", made_from=SHA, count=2) is None
    assert read_filter(tmp_path / "none", made_from=SHA, count=1) is None


def test_the_columns_of_events_derived_anew_are_not_told_from_the_old_ones(log: Log) -> None:
    build_terms(log.view)
    old = log.view.contents().segments[0]
    changed = replace(old, events_sha256="1" * 64)
    found = Terms(log.view.folder)
    assert found.values(old) is not None
    assert found.values(changed) is None
    assert found.text(changed) is not None


def test_a_filter_that_changed_under_a_reader_is_not_believed(log: Log) -> None:
    build_terms(log.view)
    segment = log.view.contents().segments[0]
    found = Terms(log.view.folder)
    assert found.text(segment) is not None
    (log.view.folder / text_name(segment)).write_bytes(b"nonsense")
    assert found.text(segment) is None


def test_one_that_changes_while_it_is_held_says_perhaps_of_everything(log: Log) -> None:
    build_terms(log.view)
    segment = log.view.contents().segments[0]
    found = Terms(log.view.folder).text(segment)
    assert found is not None
    assert not found.may_hold(sought("trufflehog")).all()
    (log.view.folder / text_name(segment)).write_bytes(b"nonsense")
    assert found.may_hold(sought("trufflehog")).all()
    (log.view.folder / text_name(segment)).unlink()
    assert found.may_hold(sought("trufflehog")).all()


def test_nothing_is_made_while_records_arrive(log: Log) -> None:
    assert not (log.view.folder / "terms").exists() or not any(
        (log.view.folder / "terms").iterdir()
    )


def test_a_full_disk_costs_a_filter_and_nothing_else(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise DiskFull("no room left")

    with monkeypatch.context() as patch:
        patch.setattr(terms, "replace_file", full)
        assert build_terms(log.view) == 0
    assert build_terms(log.view) == 3


def test_a_segment_that_cannot_be_read_stops_no_other(log: Log) -> None:
    victim = log.view.folder / log.view.contents().segments[1].records_file
    victim.write_bytes(victim.read_bytes()[:-1] + b"\0")
    assert build_terms(log.view) == 2


# What must.


def test_what_is_there_is_not_made_again_unless_it_is_asked_for(log: Log) -> None:
    assert build_terms(log.view) == 3
    assert build_terms(log.view) == 0
    assert build_terms(log.view, again=True) == 3


def test_the_same_records_give_the_same_bytes(log: Log) -> None:
    segment = log.view.contents().segments[0]
    assert text_filter(log.view, segment) == text_filter(log.view, segment)
    assert values_filter(log.view, segment) == values_filter(log.view, segment)


def test_an_id_is_found_in_its_segment_alone(log: Log) -> None:
    build_terms(log.view)
    found = [Terms(log.view.folder).text(each) for each in log.view.contents().segments]
    held = [isinstance(each, Filter) and bool(each.may_hold(sought("identity-00000020")).all())
            for each in found]  # fmt: skip
    assert held == [False, True, False]


def test_every_value_of_a_column_is_found_there(log: Log) -> None:
    build_terms(log.view)
    found = Terms(log.view.folder).values(log.view.contents().segments[0])
    assert found is not None
    wanted = Sought(np.array([value_term("source", "json"), value_term("source", "text")]))
    assert found.may_hold(wanted).tolist() == [[True, False]]
    assert {"source", "resources", "actor_session_issuer/tail"} <= found.columns


def test_bytes_that_are_not_text_are_searched_as_the_engine_prints_them(tmp_path: Path) -> None:
    made = batch(range(3))
    made.raws[1] = b'\xff{"name":"K\xe2\x84\xaaINGSTON"}'
    made.raws[2] = '{"name":"İSTANBUL"}'.encode()
    with opened(tmp_path / "home") as log:
        log.append(made)
        log.settle()
        build_terms(log.view)
        found = Terms(log.view.folder).text(log.view.contents().segments[0])
        assert found is not None
        asked = log.view.connection.execute(
            "SELECT lower(coalesce(try(decode(?::BLOB)), ?::BLOB::VARCHAR)), lower('İSTANBUL')",
            [made.raws[1]] * 2,
        ).fetchall()[0]
        for text in asked:
            assert found.may_hold(sought(text)).all()


def test_what_nobody_lists_is_cleared_and_what_is_listed_stays(log: Log) -> None:
    build_terms(log.view)
    folder = log.view.folder / "terms"
    (folder / "000000000000-9.text").write_bytes(b"")
    (folder / "000000000000-20.text.part").write_bytes(b"")
    assert {each.harmless for each in fsck(log.view)} == {True}
    assert clear_strays(log.view) == 2
    names = {name for each in log.view.contents().segments for name in filter_names(each)}
    assert {f"terms/{path.name}" for path in folder.iterdir()} == names
    assert list(fsck(log.view)) == []


def test_fsck_tells_a_damaged_filter_from_one_that_hides_records(log: Log) -> None:
    build_terms(log.view)
    first, second, _ = log.view.contents().segments
    (log.view.folder / text_name(first)).write_bytes(b"nonsense")
    none = Group(np.empty(0, np.uint32), bits=8, probes=5)
    lying = pack([none], made_from=second.records_sha256, count=20, group=2048, probes=5)
    (log.view.folder / text_name(second)).write_bytes(lying)
    found = {each.where: each.harmless for each in fsck(log.view)}
    assert found == {text_name(first): True, text_name(second): False}
    build_terms(log.view, again=True)
    assert list(fsck(log.view)) == []


def test_a_rebuild_leaves_the_columns_to_be_told_anew(log: Log) -> None:
    build_terms(log.view)
    before = {values_name(each) for each in log.view.contents().segments}
    rebuild(log.view, Plain())
    names = {values_name(each) for each in log.view.contents().segments}
    assert not names & before
    assert not any((log.view.folder / name).exists() for name in names | before)
    assert build_terms(log.view) == 3
    assert list(fsck(log.view)) == []


def test_a_rereading_that_changes_nothing_leaves_the_filters(log: Log) -> None:
    build_terms(log.view)
    reread(log.view, Plain(), lambda sources, *_: list(sources))
    assert build_terms(log.view) == 0


def test_the_log_is_the_same_with_them(log: Log) -> None:
    build_terms(log.view)
    log.seal()
    held = check_log(log.home.path)
    assert [each.raw for each in held][:1] == [raw(0, "identity-00000000")]
