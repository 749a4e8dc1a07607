"""Every golden event of every source is told in a sentence that reads like one."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import actum.sources
from actum.ocsf import sentence
from actum.ocsf.shown import shown
from actum.trial import read, recognise

SOURCES = Path(actum.sources.__file__).parent
LONGEST = 420
"""An actor, a thing and a reason, each cut at 120 characters, and the words between."""
SAID_TWICE = ("S3", "reset")
"""Words that a title or a name of the pairs itself repeats."""


@cache
def told() -> tuple[tuple[str, str, dict[str, Any]], ...]:
    """(pair, sentence, event) of every golden event, read in one batch."""
    pairs, raws, spelled = [], [], []
    for path in sorted(SOURCES.glob("*/*.raw")):
        claims = recognise(path.read_bytes())
        pairs += [f"{path.parent.name}/{path.stem}"] * len(claims.raws)
        raws += claims.raws
        spelled += claims.sources
    read_as = read(raws, spelled)
    return tuple(
        (pair, sentence(event), event)
        for pair, events in zip(pairs, read_as, strict=True)
        for event in events
    )


def values(event: dict[str, Any]) -> str:
    """Everything the record itself says: what may hold any words."""
    return " ".join(
        str(each)
        for value in event.values()
        for each in (value if isinstance(value, list) else [value])
        if each is not None
    )


def ours(said: str, event: dict[str, Any]) -> str:
    """The sentence without the values of the record: our own words."""
    kept = said
    longest_first = sorted(
        {str(value) for value in event.values() if isinstance(value, str)}, key=len, reverse=True
    )
    for value in longest_first:
        if len(value) > 2:
            kept = kept.replace(value, "«»")
    return kept


@pytest.mark.parametrize(
    "flaw",
    [
        pytest.param(r"  ", id="two spaces"),
        pytest.param(r"^\s|\s$", id="a space at an end"),
        pytest.param(r"\ban? an?\b", id="two articles"),
        pytest.param(r"\b(?:the|a|an) (?:of|to|for|in|from|with|by)\b", id="an article alone"),
        pytest.param(
            r"(?<!sign)(?<!signing) (?:to|for|from|of|in|on|with|by)(?:[:,]|$| \()",
            id="nothing after a link",
        ),
        pytest.param(r"\bNone\b|\bNULL\b|\bnull\b", id="a value that is none"),
        pytest.param(r"\.$", id="a full stop"),
        pytest.param(r": *:|:$|\(\)|\b(?:tried to|did) *:", id="nothing between"),
    ],
)
def test_no_sentence_has_a_flaw(flaw: str) -> None:
    found = [
        (pair, said)
        for pair, said, event in told()
        if re.search(flaw, said) and re.search(flaw, ours(said, event))
    ]
    assert not found


def test_no_two_words_are_said_twice_in_a_row() -> None:
    found = [
        (pair, said)
        for pair, said, _ in told()
        for first, second in zip(said.split(), said.split()[1:], strict=False)
        if first.strip(",:()").lower() == second.strip(",:()").lower()
        and first not in SAID_TWICE
        and first.strip(",:()")
    ]
    assert not found


def test_no_name_is_said_twice_in_a_row() -> None:
    """Not “in namespace shop in namespace shop”, nor “vault v in v”."""
    found = []
    for pair, said, event in told():
        names = {event["resource_name"], event["resource_namespace"], event["actor_user_name"]}
        found += [
            (pair, said)
            for name in names - {None}
            if re.search(rf"(?<!\S){re.escape(name)}(?: \w+){{0,2}} {re.escape(name)}(?!\S)", said)
            and event["actor_user_name"] != event["resource_name"]
        ]
    assert not found


def test_no_verb_is_left_as_its_product_spells_it() -> None:
    """A separator stands in a value, or in an operation that is “called”, and nowhere else."""
    found = [
        (pair, said)
        for pair, said, event in told()
        for word in ours(said, event).replace("«»", " ").split()
        if re.fullmatch(r"[A-Za-z]+(?:[_./][A-Za-z]+)+", word)
        and word not in values(event)
        and f"called {word}" not in said
    ]
    assert not found


def test_no_sentence_is_without_end() -> None:
    assert not [(pair, said) for pair, said, _ in told() if len(said) > LONGEST]


def test_a_sentence_is_one_line_that_is_safe_to_print() -> None:
    unsafe = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")
    assert not [(pair, said) for pair, said, _ in told() if unsafe.search(said)]


def test_no_event_that_names_its_thing_is_told_without_it() -> None:
    """What was changed is what is asked for: an act of an API is told with its thing."""
    found = [
        (pair, said)
        for pair, said, event in told()
        if event["class_uid"] in (6001, 6005, 6006, 3004)
        and event["resource_name"]
        and shown(event["resource_name"])[:40] not in said
    ]
    assert not found
