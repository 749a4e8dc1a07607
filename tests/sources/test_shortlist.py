"""Asking the few sources a record may be of says what asking all of them says."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import pytest

from actum.collect import frame
from actum.sources import SOURCES, Source, envelopes, is_general, recognition
from actum.sources.recognition import Claimant
from actum.sources.seam import Claim, SelectiveSource
from actum.sources.shortlist import Asked, Shortlist, may_claim
from actum.testing import check_source, pairs_of
from sources.world import DATA

PARTICULAR = [each for name, each in SOURCES.items() if not is_general(name)]
GENERAL = [each for name, each in SOURCES.items() if is_general(name)]
SHORTLIST = Shortlist(PARTICULAR, GENERAL)
FOLDER = Path(str(recognition.__file__)).parent
ODD = [
    b"", b" ", b"{", b"}", b"[", b"{}", b"[]", b"null", b'"eventVersion"', b"7", b"\xff{}",
    b'\xef\xbb\xbf{"kind": "Event"}', b"\xef\xbc\xa1 word", b"{" * 5_000, b'{"a":' * 5_000,
    b'{"a": "\xff", "actum": "event/v1"}', b'{"\xff": 1, "actum": "event/v1"}',
    b"{not JSON} CEF:0|a|b|c|d|e|5|", b"[thing] CEF:0|a|b|c|d|e|5|", b'\n {"actum": "event/v1"}',
]  # fmt: skip


class Everybody(Shortlist):
    """Leaves out nobody."""

    def __init__(self, particular: Sequence[Source], general: Sequence[Source]) -> None:
        self.all = Asked(tuple(particular), True, tuple(general))

    def of(self, raw: bytes) -> Asked:
        return self.all


def elements(delivered: bytes) -> Iterator[bytes]:
    for part in frame(iter([delivered])):
        yield from map(bytes, part.elements)
        yield from (bytes(each.raw) for each in part.unread)


def and_inside(raws: Iterator[bytes] | Sequence[bytes]) -> Iterator[bytes]:
    for raw in raws:
        yield raw
        yield from envelopes.unwrap(raw)


@cache
def golden() -> list[bytes]:
    whole = (each for name in SOURCES for each in pairs_of(FOLDER / name).values())
    return [raw for each in whole for raw in and_inside(elements(each))]


def left_out(raw: bytes) -> list[str]:
    """Who was not asked and would have claimed it."""
    asked = SHORTLIST.of(raw)
    wrong = [
        each.NAME
        for everybody, some in ((PARTICULAR, asked.particular), (GENERAL, asked.general))
        for each in everybody
        if each not in some and each.claim(raw) is not None
    ]
    if not asked.is_opened and any(True for _ in envelopes.unwrap(raw)):
        wrong.append("what is inside")
    return wrong


def changed(raw: bytes, chance: Random) -> bytes:
    """The record with one thing about it otherwise."""
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or not told:
        at = chance.randrange(len(raw) + 1)
        return chance.choice((raw[at:], raw[:at], b" " + raw, b"[" + raw, b"{" + raw, raw + b"}"))
    key = chance.choice(list(told))
    names = (key.lower(), key.upper(), key.swapcase(), key.title(), key + "s", f"p_{key}", "data")
    way = chance.randrange(9)
    if way == 0:
        del told[key]
    elif way in {1, 2}:
        told[chance.choice(names)] = told.pop(key)
    elif way == 3:
        told[key] = chance.choice((None, 1, "", [], {}, "word", [told[key]], {key: told[key]}))
    elif way == 4:
        told = {chance.choice(("data", "properties", "payload", "message", "x")): told}
    elif way == 5:
        told = {name.lower(): value for name, value in told.items()}
    elif way == 6:
        told[key] = json.dumps(told[key])
    else:
        letter = f"\\u{ord(key[:1] or 'x'):04x}{key[1:]}"
        text = json.dumps(told).replace(f'"{key}":', f'"{letter}":')
        return (text if way == 7 else f"\n{text}" + "}" * chance.randrange(2)).encode()
    return json.dumps(told, ensure_ascii=chance.random() < 0.5).encode(errors="replace")


def test_no_record_of_the_golden_pairs_is_kept_from_who_claims_it() -> None:
    assert len(golden()) > 500
    assert {raw: wrong for raw in (*golden(), *ODD) if (wrong := left_out(raw))} == {}


@pytest.mark.parametrize("seed", range(4))
def test_no_changed_record_is_kept_from_who_claims_it(seed: int) -> None:
    chance = Random(seed)
    for raw in golden():
        odd = changed(changed(raw, chance) if chance.random() < 0.3 else raw, chance)
        assert left_out(odd) == [], odd[:1_000]


def test_no_record_of_the_shared_samples_is_kept_from_who_claims_it() -> None:
    if not DATA.exists():
        pytest.skip("the shared sample data is not beside the checkout")
    asked = 0
    for path in sorted(DATA.rglob("*")):
        if not path.is_file() or path.suffix == ".md" or path.stat().st_size > 2 << 20:
            continue
        data = path.read_bytes()
        whole = gzip.decompress(data) if path.suffix == ".gz" else data
        for place, raw in zip(range(100), and_inside(elements(whole)), strict=False):
            assert left_out(raw) == [], (path, place)
            asked += 1
    assert asked > 5_000


def test_whose_a_record_is_does_not_depend_on_who_was_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    few = Claimant(SOURCES)
    monkeypatch.setattr(recognition, "Shortlist", Everybody)
    all_of_them = Claimant(SOURCES)
    chance = Random(7)
    records = [*golden(), *ODD, *(changed(raw, chance) for raw in golden())]
    chance.shuffle(records)
    for raw in records:
        assert few.claim(raw) == all_of_them.claim(raw), raw[:1_000]


def test_a_record_nobody_knows_is_asked_of_few() -> None:
    plain = b'{"@timestamp": "x", "event": {"kind": "event"}, "user": {"id": "u"}, "tags": []}'
    assert SHORTLIST.of(plain).particular == ()
    assert not SHORTLIST.of(plain).is_opened
    assert len(SHORTLIST.of(b"words of somebody").particular) <= 16
    counts = sorted(len(SHORTLIST.of(raw).particular) for raw in golden() if raw[:1] == b"{")
    assert counts[len(counts) // 2] <= 5


def test_every_source_says_beforehand_what_it_may_claim_but_those_that_take_anything() -> None:
    silent = [name for name, each in SOURCES.items() if not isinstance(each, SelectiveSource)]
    assert silent == ["json", "text"]


def _claims_all(raw: bytes) -> Claim | None:
    return Claim("odd", b"")


def _odd(**said: Any) -> Source:
    return cast("Source", SimpleNamespace(NAME="odd", claim=_claims_all, **said))


@pytest.mark.parametrize("raw", ODD)
def test_who_says_nothing_beforehand_or_says_it_wrongly_is_always_asked(raw: bytes) -> None:
    assert may_claim(_odd(), raw)
    assert may_claim(_odd(MEMBERS=("a",), CLAIMS_TEXT=False), raw)
    assert may_claim(_odd(MEMBERS=frozenset()), raw)


def test_a_source_is_asked_about_what_it_said_and_about_what_cannot_be_told() -> None:
    odd = _odd(MEMBERS=frozenset(("a", "b")), CLAIMS_TEXT=False)
    assert may_claim(odd, b'{"x": {"a": 1}, "b" : 2}')
    assert may_claim(odd, b'{"\\u0061": 1}')
    assert may_claim(odd, b' {"x": 1}')
    assert may_claim(odd, b'{"x": 1')
    assert not may_claim(odd, b'{"x": {"a": 1}, "c": "a"}')
    assert not may_claim(odd, b'["a"]')
    assert not may_claim(odd, b"a")
    assert may_claim(_odd(MEMBERS=frozenset(), CLAIMS_TEXT=True), b"a")


def test_many_sets_of_names_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("actum.sources.shortlist.MANY", 8)
    names = [f"n{place}" for place in range(40)]
    few = Shortlist([_odd(MEMBERS=frozenset(names), CLAIMS_TEXT=False)], ())
    for name in names:
        assert len(few.of(json.dumps({name: 1}).encode()).particular) == 1
    assert len(few._asked) <= 8


def test_a_source_that_breaks_its_word_is_found_out() -> None:
    trail = SOURCES["aws_cloudtrail"]
    broken = SimpleNamespace(**{**vars(trail), "MEMBERS": frozenset(("eventID",))})
    told = check_source(cast("Source", broken), FOLDER / "aws_cloudtrail")
    assert any("would not be asked about" in each for each in told)
    wrong = SimpleNamespace(**{**vars(trail), "MEMBERS": ["eventVersion"]})
    told = check_source(cast("Source", wrong), FOLDER / "aws_cloudtrail")
    assert any("MEMBERS is no frozenset" in each for each in told)
