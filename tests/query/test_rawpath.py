"""Paths into the raw record."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actum.query import rawpath


@pytest.mark.parametrize("word", ["raw.", "raw.a.", "raw..a", "raw.[0]", "raw.a[", "raw.a[x]",
                                  "raw.a]", r"raw.*.\*", "raw." + "a." * 32 + "a"])  # fmt: skip
def test_a_path_that_is_not_as_it_should_be_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        rawpath.field_of(word)


def test_another_word_is_no_path() -> None:
    assert rawpath.field_of("actor") is None
    assert rawpath.field_of("rawest.a") is None


@pytest.mark.parametrize(
    ("word", "path"),
    [
        ("raw.a", ("a",)),
        ("RAW.a.B", ("a", "B")),
        ("raw.a[0].b", ("a", "0", "b")),
        ("raw.a.0.b", ("a", "0", "b")),
        ("raw.a[*].b", ("a", None, "b")),
        ("raw.a.*.b", ("a", None, "b")),
        (r"raw.k8s\.io/name", ("k8s.io/name",)),
        (r"raw.a\*\[\]\:\\", ("a*[]:\\",)),
        ("raw.@t.$x-y_z", ("@t", "$x-y_z")),
    ],
)
def test_a_path_is_its_keys_from_the_outside_in(word: str, path: rawpath.Path) -> None:
    found = rawpath.field_of(word)
    assert found is not None
    assert rawpath.path_of(found.name) == path


_keys = st.text(st.sampled_from("aB0.[]:*\\/~-é"), min_size=1, max_size=5)


@given(st.lists(_keys, min_size=1, max_size=5))
def test_a_path_is_read_as_it_was_written(keys: list[str]) -> None:
    assert rawpath.path_of(rawpath.spelled(tuple(keys))) == tuple(keys)
