"""With filters a question has the answer it has without them, and reads less for it."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actum.log import merge, terms
from actum.log.catalog import Segment
from actum.log.reread import reread
from actum.log.terms import Terms, build_terms
from actum.ocsf.columns import COLUMNS
from actum.query import candidates, parse
from actum.query.ast import Compare, Fragment, Node, Not, Op, Text
from actum.query.engine import Engine
from actum.query.fields import FIELDS
from log.world import Plain, batch, opened
from query.trees import VALUES, nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from actum.log.log import Log

NOW = datetime(2026, 11, 13, tzinfo=UTC)
COUNT = 240
RARE = "AKIAEXAMPLEX6K4RIGWP"
FOLDED = (
    *VALUES,
    "Kelvin",
    "KELVIN",
    "strasse-Straße",
    RARE,
    "a1b2c3d4-0000-4000-8000-9f8e7d6c5b4a",
)
"""What the trees ask for, and what folds in odd ways."""
TEXTS = {each.name: each.kind for each in COLUMNS if each.kind in {"VARCHAR", "VARCHAR[]"}}


class Told(Plain):
    """Reads every text column from the field of its name; every seventh event copies the first."""

    def derive(self, connection: duckdb.DuckDBPyConnection, records: str, events: str) -> None:
        told = {
            "index": '"index"',
            "part": "0",
            "time": 'make_timestamp(1793491200000000 + (("index" * 7919) % 1000)::BIGINT)',
            "copy_of": 'CASE WHEN "index" % 7 = 6 THEN 0 END',
        }
        for name, kind in TEXTS.items():
            told[name] = f"j->>'$.{name}'" if kind == "VARCHAR" else f"j->>'$.{name}[*]'"
        told["source"] = "source"
        columns = ", ".join(
            f'({told.get(each.name, "NULL")})::{each.kind} AS "{each.name}"' for each in COLUMNS
        )
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {events} AS SELECT {columns} FROM (SELECT *,"
            f" try(decode(raw)) AS text, CASE WHEN json_valid(text) THEN text::JSON END AS j"
            f" FROM {records})"
        )


def raws(count: int, seed: int) -> list[bytes]:
    """Records of a few random columns; some escape what is not ASCII, some are not UTF-8."""
    chance = random.Random(seed)
    made = []
    for _ in range(count):
        row: dict[str, object] = {
            name: chance.choice(FOLDED) if kind == "VARCHAR" else chance.sample(FOLDED, 2)
            for name, kind in TEXTS.items()
            if chance.random() < 0.15
        }
        row["note"] = f"{chance.getrandbits(128):032x}"
        text = json.dumps(row, ensure_ascii=chance.random() < 0.5).encode()
        made.append(text + b"\xff" if chance.random() < 0.1 else text)
    return made


def add(log: Log, start: int, count: int) -> None:
    made = batch(range(start, start + count))
    made.raws = raws(count, start)
    made.sources = [random.Random(start + row).choice(("json", "aws_x")) for row in range(count)]
    log.append(made)


@pytest.fixture(scope="module", autouse=True)
def _small_groups() -> Iterator[None]:
    """Groups of eight and of sixteen records, so that a small log has many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(terms, "STEP", 8)
        patch.setattr(candidates, "STEP", 8)
        patch.setattr(terms, "VALUE_GROUP", 16)
        yield


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    """Five segments (one merged, one written anew, one without filters) and a tail."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch, opened(home, Told()) as made:
        patch.setenv("ACTUM_STATE", str(home / "state"))
        patch.setattr(merge, "RUN", 2)
        patch.setattr(merge, "LARGE", 90)
        for start in range(0, COUNT - 40, 40):
            add(made, start, 40)
            made.settle()
        made.merge()
        build_terms(made.view)
        reread(made.view, Told(), lambda sources, *_: ["json", *sources[1:]])
        build_terms(made.view)
        segments = made.view.contents().segments
        assert len({each.count for each in segments}) > 1
        for name in terms.filter_names(segments[-1]):
            (made.view.folder / name).unlink()
        add(made, COUNT - 40, 40)
        made.view.refresh()
        yield made


@pytest.fixture(scope="module")
def engines(log: Log) -> Iterator[tuple[Engine, Engine]]:
    """One with filters, one that finds none."""
    with_them, without = Engine(log.view, Told()), Engine(log.view, Told())
    without._terms = Terms(log.view.folder / "nowhere")
    yield with_them, without
    with_them.close()
    without.close()


def both(engines: tuple[Engine, Engine], node: Node | None) -> list[tuple[object, ...]]:
    """The answer of both engines, which is one."""
    query = replace(parse("", now=NOW, zone=UTC), where=node)
    told = []
    for engine in engines:
        some = engine.search(query, limit=3, columns=("index",))
        rows = list(engine.stream(query, columns=("index",)))
        told.append((some.rows, some.total, rows))
        assert some.total == len(rows)
    assert told[0] == told[1]
    return told[0][2]


# What must not happen.


@settings(max_examples=60, deadline=None)
@given(nodes)
def test_no_answer_is_another_with_filters(engines: tuple[Engine, Engine], node: Node) -> None:
    both(engines, node)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_no_piece_of_a_record_is_missed(
    engines: tuple[Engine, Engine], data: st.DataObject
) -> None:
    """Phrases are cut out of records, anywhere, in any case, and asked for or denied."""
    indexes = st.integers(0, COUNT - 41).map(lambda index: index - index % 40)
    start = data.draw(indexes)
    text = data.draw(st.sampled_from(raws(40, start))).decode("utf-8", "replace")
    low = data.draw(st.integers(0, len(text) - 1))
    phrase = text[low : low + data.draw(st.integers(1, 40))]
    phrase = data.draw(st.sampled_from((phrase, phrase.upper(), phrase.lower())))
    node = Fragment(phrase) if data.draw(st.booleans()) else Text(phrase)
    both(engines, node)
    both(engines, Not(node))


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(sorted(TEXTS)), st.sampled_from(FOLDED), st.sampled_from(list(Op)[:2]))
def test_no_value_is_missed_in_any_column(
    engines: tuple[Engine, Engine], column: str, value: str, op: Op
) -> None:
    asked = [each for each in FIELDS.values()
             if column in {read.column for read in each.reads}]  # fmt: skip
    for each in asked:
        both(engines, Compare(each.name, op, value))


def test_kelvin_is_found_as_the_engine_folds_it(engines: tuple[Engine, Engine]) -> None:
    assert both(engines, Text("kelvin"))
    assert both(engines, Compare("actor", Op.MATCH, "kelvin"))


def test_a_question_about_every_record_is_not_narrowed_by_a_phrase_beside_it(
    engines: tuple[Engine, Engine],
) -> None:
    """``size:`` reads each raw record: one that cannot hold the phrase has a size all the same."""
    query = parse(f"-{RARE} size:>0", now=NOW, zone=UTC)
    assert both(engines, query.where)


# What must.


def test_a_rare_phrase_reads_no_other_segment(
    log: Log, engines: tuple[Engine, Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = log.view.contents().segments[0]
    read: list[str] = []
    for part in ("records", "events"):
        look = getattr(log.view.checked, part)

        def noted(segments: list[Segment], look: object = look) -> object:
            read.extend(each.records_file for each in segments)
            return look(segments)  # type: ignore[operator]

        monkeypatch.setattr(log.view.checked, part, noted)
    note = json.loads(raws(40, 0)[0].rstrip(b"\xff"))["note"]
    both(engines[:1] * 2, Text(note))
    filtered = {each.records_file for each in log.view.contents().segments[:-1]}
    assert set(read) & filtered == {first.records_file}


def test_one_group_is_looked_at_for_what_one_group_holds(log: Log) -> None:
    note = json.loads(raws(40, 0)[0].rstrip(b"\xff"))["note"]
    segment = log.view.contents().segments[0]
    found = candidates.candidates(Text(note), [segment], Terms(log.view.folder), str.lower)
    assert [each.ranges for each in found.events] == [((0, 8),)]
    assert found.records == found.events


def test_what_is_denied_is_read_only_where_it_may_be(log: Log) -> None:
    note = json.loads(raws(40, 0)[0].rstrip(b"\xff"))["note"]
    segment = log.view.contents().segments[0]
    found = candidates.candidates(Not(Text(note)), [segment], Terms(log.view.folder), str.lower)
    assert [each.ranges for each in found.events] == [((segment.first, segment.end),)]
    assert [each.ranges for each in found.records] == [((0, 8),)]


@pytest.mark.parametrize(
    "text",
    [
        "ab",
        "actor:a*",
        "actor:é",
        "-actor:alice",
        "has:actor",
        "time:2026-11-13",
        "index:1..3",
        "size:1",
    ],
)
def test_what_a_filter_cannot_tell_may_be_anywhere(log: Log, text: str) -> None:
    segments = log.view.contents().segments
    where = parse(f'"{text}"' if text == "ab" else text, now=NOW, zone=UTC).where
    found = candidates.candidates(where, segments, Terms(log.view.folder), str.lower)
    assert found.events == found.records == tuple(map(candidates.whole, segments))


def test_a_pasted_list_is_not_looked_up_value_by_value(log: Log) -> None:
    segments = log.view.contents().segments
    pasted = " ".join(f"ip:10.0.{at // 250}.{at % 250}" for at in range(900))
    where = parse(pasted, now=NOW, zone=UTC).where
    found = candidates.candidates(where, segments, Terms(log.view.folder), str.lower)
    assert found.events == tuple(map(candidates.whole, segments))
