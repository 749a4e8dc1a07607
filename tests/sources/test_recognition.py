"""Whose a delivery's records are: what was said, what they are, what is inside, what is left."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest

from actum.errors import UsageError
from actum.sources import SOURCES, Recognition, Told, claim
from actum.sources.paths import PathRule, parse_told, read_rules, told_by, write_rules
from actum.sources.seam import Claim, Mapped, Piece, Source
from actum.trial import read, recognise
from sources.world import raw, record

PLAIN = {name: SOURCES[name] for name in ("json", "text")}


class Pairs:
    """Joins two lines that begin with ``=`` to a record; a line ``# …`` is a header."""

    def __init__(self, form: str) -> None:
        self.headers: list[bytes] = []
        self.form = form
        self.held: list[tuple[bytes, int]] = []

    def take(self, lines: Sequence[bytes], positions: Sequence[int]) -> Iterator[Piece]:
        for line, position in zip(lines, positions, strict=True):
            if line.startswith(b"#"):
                self.headers.append(line)
            elif not line.startswith(b"="):
                yield Piece(line, position, None)
            else:
                self.held.append((line, position))
                if len(self.held) == 2:
                    yield self.close()

    def rest(self) -> Iterator[Piece]:
        if self.held:
            yield self.close(reason="its other line is not there")

    def close(self, reason: str = "") -> Piece:
        held, self.held = self.held, []
        lines = b"\n".join(line for line, _ in held)
        return Piece(lines, held[0][1], self.form, lines=len(held), reason=reason)


def _lines(head: Sequence[bytes], options: str) -> Pairs | None:
    if options == "wrong":
        raise ValueError("there is no such option")
    return Pairs(options or "pair") if options or head[0].startswith(b"# pairs") else None


def _unwrap(raw: bytes, form: str) -> Iterator[bytes]:
    yield json.dumps({"lines": raw.count(b"\n") + 1, "form": form}).encode()


def _nobody(_raw: bytes) -> Claim | None:
    return None


PAIRS = cast(
    "Source",
    SimpleNamespace(
        NAME="pairs", TITLE="Pairs", VERSION=1, SUPPORT="fallback", SIGNS="# pairs",
        MAPPING=Mapped(shape={"lines": "VARCHAR"}, columns={"metadata_uid": "j.lines"}, objects=()),
        claim=_nobody, unwrap=_unwrap, lines=_lines,
    ),
)  # fmt: skip
SOME = {"pairs": PAIRS, "aws_cloudtrail": SOURCES["aws_cloudtrail"], **PLAIN}
TEXT = b"# pairs\n=a\n=b\n\nelse\n=c\n%s\n=d\n=e" % raw()


def test_no_line_of_a_text_is_lost_and_each_is_counted() -> None:
    recognition = Recognition("o", SOME)
    lines = [each for each in TEXT.split(b"\n") if each]
    claims = recognition.take(lines, range(len(lines)), is_json=False, is_text=True)
    claims.join(recognition.rest())
    assert len(claims.raws) + len(recognition.headers) + recognition.joined == len(lines)
    whole = sorted(line for each in claims.raws for line in each.split(b"\n"))
    assert whole == sorted(set(lines) - {b"# pairs"})


def test_lines_that_are_not_the_splitter_s_own_are_whose_they_are() -> None:
    claims = recognise(TEXT, SOME)
    assert list(zip(claims.sources, claims.positions, strict=True)) == [
        ("pairs.pair", 1),
        ("text", 4),
        ("aws_cloudtrail", 6),
        ("pairs.pair", 5),
        ("pairs.pair?its other line is not there", 8),
    ]
    assert claims.unread == [(8, "its other line is not there")]
    events = read(claims.raws, claims.sources, SOME)
    assert [each[0]["metadata_uid"] for each in events][3] == "2"
    assert events[4][0]["reason"] == "its other line is not there"


def test_what_is_said_outweighs_what_is_recognised_and_is_kept_when_it_is_wrong() -> None:
    told = Recognition("o", SOME, Told("aws_cloudtrail"))
    claims = told.take([raw(), b'{"a": 1}', b"words"], [0, 1, 2], is_json=True, is_text=False)
    assert claims.sources[0] == "aws_cloudtrail"
    assert [each.partition("?")[0] for each in claims.sources] == ["aws_cloudtrail"] * 3
    events = read(claims.raws, claims.sources, SOME)
    assert events[2][0]["reason"]
    assert len(events) == 3


def test_options_reach_the_source_and_a_wrong_one_is_refused_by_it() -> None:
    told = Recognition("o", SOME, Told("pairs", "by two"))
    assert told.take([b"=a", b"=b"], [0, 1], is_json=False, is_text=True).sources == [
        "pairs.by two"
    ]
    with pytest.raises(UsageError, match="no such option"):
        Recognition("o", SOME, Told("pairs", "wrong")).take(
            [b"="], [0], is_json=False, is_text=True
        )


def test_a_record_read_as_something_else_later_keeps_its_id() -> None:
    plain = recognise(b"=a\n", PLAIN)
    told = Recognition("golden", SOME, Told("pairs", "x"))
    first = told.take([b"=a"], [0], is_json=False, is_text=True)
    first.join(told.rest())
    assert first.each_id == plain.each_id


def test_a_wrapping_is_its_inner_record_s_unless_the_record_claims_it_itself() -> None:
    inner = json.dumps({"Records": [record()]})
    for outer in (
        {"detail-type": "t", "detail": record()},
        {"Message": json.dumps(record()), "TopicArn": "arn"},
        {"messageId": "m", "body": inner},
        {"kinesis": {"data": base64.b64encode(gzip.compress(inner.encode())).decode()}},
    ):
        found = claim(json.dumps(outer).encode())
        assert (found.source, found.form) == ("aws_cloudtrail", "wrapped")
        assert found.key == b"111122223333/example-0001"


def test_what_is_inside_a_wrapping_and_foreign_is_unread_and_its_neighbours_are_not() -> None:
    body = json.dumps({"Records": [record(), {"control": "message"}, record(eventID="b")]})
    claims = recognise(json.dumps({"messageId": "m", "body": body}).encode())
    [events] = read(claims.raws, claims.sources)
    assert [each["reason"] for each in events] == [
        None,
        "inside the wrapping, but not of this source",
        None,
    ]


def test_a_stickiness_does_not_decide_whose_a_record_is() -> None:
    mixed = [raw(eventID=str(n)) if n % 3 else b'{"n": %d}' % n for n in range(30)]
    claims = recognise(b"\n".join(mixed))
    assert claims.sources == ["aws_cloudtrail" if n % 3 else "json" for n in range(30)]


# Path rules ---------------------------------------------------------------------------------------


def test_the_first_rule_that_matches_counts() -> None:
    rules = [PathRule("*/flow/*", Told("a")), PathRule("*", Told("b", "c"))]
    assert told_by(rules, "x/flow/y.gz") == Told("a")
    assert told_by(rules, "x/y.zip!flow/z") == Told("b", "c")
    assert told_by([], "x") is None


@pytest.mark.parametrize(
    "options", ["", "version,account-id", 'a "quoted" one', "back\\slash", "é\x7f\n\t"]
)
def test_rules_are_read_as_they_were_written(tmp_path: Any, options: str) -> None:
    rules = [PathRule('*"x"*', Told("json", options)), PathRule("*", Told("text"))]
    write_rules(tmp_path / "r.toml", rules)
    assert read_rules(tmp_path / "r.toml", SOURCES) == rules
    write_rules(tmp_path / "r.toml", [])
    assert read_rules(tmp_path / "r.toml", SOURCES) == []


@pytest.mark.parametrize(
    "text",
    [
        "path = 3",
        "[[path]]\nmatch = 'x'",
        "[[path]]\nmatch = 1\nsource = 'json'",
        "[[path]]\nmatch = 'x'\nsource = 'json'\ncolour = 'red'",
        "[[path]",
        "[[path]]\nmatch = 'x'\nsource = 'jsonn'",
    ],
)
def test_a_rules_file_that_is_wrong_says_what_is_wrong(tmp_path: Any, text: str) -> None:
    (tmp_path / "r.toml").write_text(text)
    with pytest.raises(UsageError):
        read_rules(tmp_path / "r.toml", SOURCES)


def test_a_source_nobody_knows_is_told_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="there is no source 'cloudtrail'") as caught:
        parse_told("cloudtrail:x", SOURCES)
    assert "aws_cloudtrail" in str(caught.value.why)
