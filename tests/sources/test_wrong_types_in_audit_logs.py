"""Whatever stands in a member, a record is one event and nothing raises."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from actum.sources import SOURCES
from actum.testing import events_of, pairs_of, read

NAMES = ("cadf", "cloudflare", "codefresh", "postgres", "qumulo", "snowflake", "vault", "wagtail")
WRONG: tuple[Any, ...] = ([], ["a"], "text", "", 7, -1.5, 10**40, True, None, {}, {"a": {"b": []}})


def pairs(name: str) -> dict[str, bytes]:
    folder = Path(str(sys.modules[f"actum.sources.{name}"].__file__)).parent
    return pairs_of(folder)


def objects(name: str) -> list[dict[str, Any]]:
    found = []
    for raw in pairs(name).values():
        try:
            found.append(json.loads(raw))
        except ValueError:  # text, a table, or JSON that is none
            continue
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_member_of_the_wrong_type_gives_one_event(name: str) -> None:
    told = []
    for whole in objects(name):
        for member, inner in whole.items():
            told += [{**whole, member: value} for value in WRONG]
            if isinstance(inner, dict):
                told += [
                    {**whole, member: {**inner, place: value}} for place in inner for value in WRONG
                ]
    records = [json.dumps(each).encode() for each in told]
    spelled = []
    for raw in records:
        claim = SOURCES[name].claim(raw)
        spelled.append(f"{name}.{claim.form}" if claim and claim.form else name)
    found = read(records, spelled)
    assert [len(each) for each in found] == [1] * len(records)
    assert all(each["source"] == name for [each] in found)


@pytest.mark.parametrize("name", [*NAMES, "eloqua"])
def test_a_record_that_is_huge_or_nested_without_end_is_read_or_says_why(name: str) -> None:
    for raw in pairs(name).values():
        line = raw.rstrip()
        deep = b"[" * 20_000 + b"]" * 20_000
        for hostile in (
            line[:-1] + b', "x": ' + deep + b"}",
            line[:-1] + b', "x": "' + b"y" * 300_000 + b'"}',
            line + b'"' * 7,
            line.replace(b"2026", b"9999"),
            line.replace(b"203.0.113", b"<script>"),
        ):
            for event in events_of(hostile):
                assert event["reason"] or event["class_uid"] is not None
                assert event["src_endpoint_ip"] is None or "<" not in event["src_endpoint_ip"]
            assert events_of(hostile)
