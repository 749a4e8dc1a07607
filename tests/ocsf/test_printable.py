"""What a terminal or an eye could be deceived by is shown; everything else is left alone."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actum.ocsf import printable


@pytest.mark.parametrize(
    "text",
    [
        "",
        "alice@example.com",
        "arn:aws:s3:::prod-invoices/2026/№ 7.pdf",
        "zoë.müller",
        "山田太郎",
        "עברית",
        "ключ",
        "a\\u202eb",
        "🔑",
        "<script>alert(1)</script>",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a\x1b[2Jb", "a\\u001b[2Jb", id="terminal escape"),
        pytest.param("a\nb\tc\r", "a\\u000ab\\u0009c\\u000d", id="line breaks"),
        pytest.param("a\x00b", "a\\u0000b", id="NUL"),
        pytest.param("\x7f", "\\u007f", id="DEL"),
        pytest.param("\x9b31m", "\\u009b31m", id="C1 sequence"),
        pytest.param("gpj\u202eexe", "gpj\\u202eexe", id="bidi override"),
        pytest.param("\u2066x\u2069", "\\u2066x\\u2069", id="bidi isolate"),
        pytest.param("ad\u200bmin", "ad\\u200bmin", id="zero width"),
        pytest.param("\ufeffroot", "\\ufeffroot", id="byte order mark"),
        pytest.param("a\u2028b\u2029", "a\\u2028b\\u2029", id="line separators"),
        pytest.param("\udcff", "\\udcff", id="lone surrogate"),
        pytest.param("\U000e0041", "\\U000e0041", id="tag letter"),
        pytest.param("pass\xadword", "pass\\u00adword", id="soft hyphen"),
    ],
)
def test_a_character_that_deceives_becomes_its_escape(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(alphabet=st.characters()))
def test_the_result_is_one_line_of_encodable_text_without_controls(text: str) -> None:
    shown = printable(text)
    shown.encode("utf-8")
    assert len(shown.splitlines()) <= 1
    assert not {unicodedata.category(letter) for letter in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert printable(shown) == shown
