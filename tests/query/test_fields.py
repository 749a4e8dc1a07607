"""The table of fields: whole, true to the columns, and each row with its examples."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from actum.ocsf import columns
from actum.query import compile, parse, read_as  # noqa: A004
from actum.query.fields import CLAUSES, FIELDS, FLAGS, NOT_YET, Kind, Part, find, nearest

NOW = datetime(2026, 11, 13, tzinfo=UTC)
_KINDS = {
    Kind.NUMBER: {"UBIGINT", "UINTEGER", "UTINYINT", "BIGINT"},
    Kind.TIME: {"TIMESTAMP"},
    Kind.BOOLEAN: {"BOOLEAN"},
}


def test_no_word_means_two_things() -> None:
    words = [word for field in FIELDS.values() for word in (field.name, *field.aliases)]
    words += [*CLAUSES, *NOT_YET]
    assert len(words) == len(set(words))


def test_no_field_reads_a_column_that_is_not_there_or_of_another_kind() -> None:
    for field in FIELDS.values():
        for read in field.reads:
            kind = columns.column(read.column).kind
            assert kind in _KINDS.get(field.kind, {"VARCHAR", "VARCHAR[]"}), field.name
            assert read.part is Part.WHOLE or kind == "VARCHAR"


def test_a_prefix_is_a_field() -> None:
    assert {field.prefix for field in FIELDS.values()} <= {"", *FIELDS}


@pytest.mark.parametrize("name", FIELDS)
def test_each_field_says_what_it_is_and_its_examples_work(name: str) -> None:
    field = FIELDS[name]
    assert field.doc
    assert field.examples
    for example in field.examples:
        query = parse(example, now=NOW, zone=UTC)
        assert compile(query).sql
        assert read_as(query, UTC).startswith("events ")


@pytest.mark.parametrize("name", FLAGS)
def test_each_flag_is_a_query_that_works(name: str) -> None:
    flag = FLAGS[name]
    query = parse(flag.query, now=NOW, zone=UTC)
    assert query.where is not None
    assert query.since is query.until is None
    assert flag.phrase
    assert flag.doc
    assert compile(parse(f"is:{name}", now=NOW, zone=UTC)).sql


def test_names_are_found_in_any_case_and_by_alias() -> None:
    assert find("Actor") is FIELDS["actor"]
    assert find("ua") is FIELDS["client"]
    assert find("raw") is None


def test_there_are_always_three_near_names() -> None:
    assert nearest("acter")[0] == "actor"
    for word in ("", "zzzz", "\N{SNOWMAN}"):
        assert len(nearest(word)) == 3


def test_the_language_needs_no_engine() -> None:
    code = (
        "import sys, actum.query.echo, actum.query.compile;"
        "sys.exit(bool({'duckdb', 'numpy', 'sqlalchemy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
