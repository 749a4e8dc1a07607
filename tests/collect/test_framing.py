from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from actum.collect import Batch, Framing, Limits, frame

if TYPE_CHECKING:
    from collections.abc import Iterator

# Small enough that a few bytes cross every boundary, and nothing is decoded in one go.
STREAMED = Limits(whole_document=0, window=16, batch_elements=3)


def cut(content: bytes, size: int) -> Iterator[bytes]:
    return (content[i : i + size] for i in range(0, len(content), size))


def framed(content: bytes, limits: Limits | None = None, size: int = 1 << 20) -> list[Batch]:
    return list(frame(cut(content, size), limits=limits))


def elements(batches: list[Batch]) -> list[bytes]:
    return [bytes(element) for batch in batches for element in batch.elements]


def positions(batches: list[Batch]) -> list[int]:
    return [position for batch in batches for position in batch.positions]


def unread(batches: list[Batch]) -> list[tuple[bytes, int, str]]:
    return [(f.raw, f.position, f.reason) for batch in batches for f in batch.unread]


both = pytest.mark.parametrize("limits", [Limits(), STREAMED], ids=["whole", "streamed"])


class TestWhatMustNotHappen:
    @pytest.mark.parametrize("content", [b"", b"\n \r\n\t", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
    def test_nothing_is_made_of_nothing(self, content: bytes) -> None:
        assert framed(content) == []

    @both
    @pytest.mark.parametrize(
        "bad",
        [
            b'{"a":NaN}',
            b'{"a":"\xff\xfe"}',
            b'{"a":"\\ud800"}',
            b'{"a":1,"a":2}',
            b'{"a":"raw\x01control"}',
            b'{"a":' + b"9" * 5000 + b"}",
            b'{"a":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
            b'{"a":nonsense}',
        ],
        ids=["nan", "utf8", "surrogate", "twice", "control", "huge integer", "deep", "not json"],
    )
    def test_one_bad_element_does_not_lose_the_others(self, bad: bytes, limits: Limits) -> None:
        good = [b'{"b":1}', bad, b'{"c":"]}"}']
        for content in (
            b"[" + b" , ".join(good) + b"]",
            b'{"Records":[' + b",".join(good) + b"]}",
            b"\n".join(good),
            b"".join(good),
        ):
            batches = framed(content, limits)
            assert elements(batches) == good, content[:40]
            assert unread(batches) == []

    @both
    def test_a_member_named_twice_loses_neither(self, limits: Limits) -> None:
        content = b'{"Records":[{"a":1}],"x":1,"x":2,"Records":[{"b":2}]}'
        batches = framed(content, limits)
        assert elements(batches) == [b'{"a":1}', b'{"b":2}']
        assert unread(batches) == [(b"2", 1, "the envelope has a second member 'x'")]

    @both
    def test_a_record_with_events_inside_is_not_cut_apart(self, limits: Limits) -> None:
        activity = b'{"kind":"audit#activity","actor":{"email":"a@b"},"events":[{"name":"x"}]}'
        batches = framed(activity, limits)
        assert elements(batches) == [activity]
        assert batches[0].framing is Framing.JSON_DOCUMENT

    @pytest.mark.parametrize("key", ["tags", "resources", "value", "target"])
    def test_arrays_under_other_names_are_not_records(self, key: str) -> None:
        document = json.dumps({"id": 1, key: [{"a": 1}]}).encode()
        assert elements(framed(document)) == [document]

    def test_two_arrays_of_objects_make_no_envelope(self) -> None:
        document = b'{"Records":[{"a":1}],"other":[{"b":1}]}'
        assert elements(framed(document)) == [document]

    def test_a_nul_in_a_line_does_not_make_a_log_binary(self) -> None:
        log = b"GET /\0 HTTP/1.1\n" + b"an ordinary line of a log\n" * 400
        assert len(elements(framed(log))) == 401

    @pytest.mark.parametrize(
        "line",
        [
            b"[2024-01-01 10:00:00] up",
            b"[error] down",
            b"{not json",
            b"[]x",
            b"[1234] sshd",
            b"{'a':1}",
        ],
    )
    def test_text_that_begins_like_json_stays_text(self, line: bytes) -> None:
        batches = framed(line + b"\n" + line + b"\n")
        assert elements(batches) == [line, line]
        assert batches[0].framing is Framing.TEXT

    @pytest.mark.parametrize(
        "torn", [b'{"a":"cut in a stri', b'{"a":1,', b'{"a":1} and more', b'{"a":]}']
    )
    def test_a_torn_first_line_does_not_lose_the_file(self, torn: bytes) -> None:
        batches = framed(torn + b'\n{"b":1}\n{"b":2}\n')
        assert elements(batches) == [torn, b'{"b":1}', b'{"b":2}']
        assert batches[0].framing is Framing.NDJSON


class TestLines:
    @pytest.mark.parametrize("size", [1, 3, 1000])
    def test_positions_count_blank_lines(self, size: int) -> None:
        content = b'\n{"a":1}\r\n\r\n  \n{"a":2}\n\n{"a":3}'
        batches = framed(content, STREAMED, size)
        assert elements(batches) == [b'{"a":1}', b'{"a":2}', b'{"a":3}']
        assert positions(batches) == [1, 4, 6]
        assert {batch.framing for batch in batches} == {Framing.NDJSON}

    def test_a_line_that_is_not_json_is_an_element_all_the_same(self) -> None:
        batches = framed(b'{"a":1}\nnot json\n[1]\n')
        assert elements(batches) == [b'{"a":1}', b"not json", b"[1]"]

    def test_lines_around_records_are_left_to_the_source(self) -> None:
        line = b'{"Records":[{"a":1}]}'
        batches = framed(line + b"\n" + line + b"\n")
        assert elements(batches) == [line, line]
        assert batches[0].framing is Framing.NDJSON

    def test_text_keeps_its_indentation(self) -> None:
        batches = framed(b"\n   first\n\tsecond\n")
        assert elements(batches) == [b"   first", b"\tsecond"]
        assert positions(batches) == [1, 2]

    def test_record_separators_begin_elements(self) -> None:
        batches = framed(b'\x1e{"a":1}\n\x1e{"a":\n2}\n')
        assert elements(batches) == [b'{"a":1}', b'{"a":\n2}']
        assert batches[0].framing is Framing.NDJSON

    @pytest.mark.parametrize("size", [1, 7, 64])
    def test_a_long_line_is_kept_in_fragments(self, size: int) -> None:
        limits = replace(STREAMED, max_record=10)
        batches = framed(b"short\n" + b"x" * 25 + b"\nend\n", limits, size)
        assert elements(batches) == [b"short", b"end"]
        assert positions(batches) == [0, 2]
        assert b"".join(raw for raw, _, _ in unread(batches)) == b"x" * 25
        assert all(len(raw) <= 10 and at == 1 for raw, at, _ in unread(batches))
        last = "line of 25 bytes is longer than 10 bytes: fragment 2 of the line"
        assert unread(batches)[-1][2] == last

    def test_batches_are_small(self) -> None:
        batches = framed(b"a line\n" * 10, STREAMED)
        assert max(len(batch.elements) for batch in batches) <= 3

    @pytest.mark.slow
    def test_a_line_of_200_mb_does_not_fill_memory(self) -> None:
        # VmHWM and not getrusage: the latter counts what the test runner held when it forked.
        program = """
import re
from actum.collect import frame
def content():
    yield b'{"a":1}\\n'
    for _ in range(200): yield b"x" * (1 << 20)
    yield b"\\nlast\\n"
n = 0; found = []
for batch in frame(content()):
    n += sum(len(f.raw) for f in batch.unread); found += batch.elements
assert n == 200 << 20 and found == [b'{"a":1}', b"last"], (n, found)
print(int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1]) // 1024)
"""
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )
        assert int(done.stdout) < 250


class TestDocuments:
    @both
    def test_an_array_gives_its_elements_exactly(self, limits: Limits) -> None:
        content = b' [ {"a" : 1.0e5 } ,\n"x,]", [1, [2]] , null,7 ]\n'
        batches = framed(content, limits)
        assert elements(batches) == [b'{"a" : 1.0e5 }', b'"x,]"', b"[1, [2]]", b"null", b"7"]
        assert positions(batches) == [0, 1, 2, 3, 4]
        assert {batch.framing for batch in batches} == {Framing.JSON_ARRAY}

    @both
    def test_an_envelope_gives_its_records_and_its_other_members(self, limits: Limits) -> None:
        content = b'{"v": "1", "Records" : [ {"a":1}, {"a":2} ], "next":{"t": null} }'
        batches = framed(content, limits)
        assert elements(batches) == [b'{"a":1}', b'{"a":2}']
        assert batches[-1].wrapper == {"v": b'"1"', "next": b'{"t": null}'}
        assert {batch.framing for batch in batches} == {Framing.JSON_RECORDS}

    @both
    def test_an_empty_envelope_still_gives_its_members(self, limits: Limits) -> None:
        (batch,) = framed(b'{"Records":[],"x":1}', limits)
        assert (list(batch.elements), batch.wrapper) == ([], {"x": b"1"})

    @both
    def test_pretty_printed_objects_one_after_another(self, limits: Limits) -> None:
        objects = [json.dumps({"n": n, "s": '}"{'}, indent=2).encode() for n in range(5)]
        for between in (b"\n", b"", b",\n"):
            batches = framed(between.join(objects), limits)
            assert elements(batches) == objects
            assert positions(batches) == [0, 1, 2, 3, 4]
            assert batches[0].framing is Framing.JSON_SEQUENCE

    @both
    def test_one_object_is_a_document(self, limits: Limits) -> None:
        for content in (b'{"a":\n1}\n', b'{"a":1}', b"{}", b'{"a":1}\n\n'):
            (batch,) = framed(content, limits)
            assert batch.framing is Framing.JSON_DOCUMENT
            assert elements([batch]) == [content.strip()]

    @both
    def test_envelopes_one_after_another_are_each_split(self, limits: Limits) -> None:
        batches = framed(b'{"Records":[{"a":1}],"x":1}{"Records":[{"a":2}],"x":2}', limits)
        assert elements(batches) == [b'{"a":1}', b'{"a":2}']
        assert [b.wrapper for b in batches if b.elements] == [{"x": b"1"}, {"x": b"2"}] or (
            limits is STREAMED
        )

    @both
    @pytest.mark.parametrize(
        ("content", "found", "rest", "reason"),
        [
            (b'[{"a":1},{"b":', [b'{"a":1}'], b'{"b":', "truncated: the document ends inside"),
            (b'[{"a":1},', [b'{"a":1}'], b"", "truncated: the document ends before element 1"),
            (b'{"Records":[{"a":1},{"b":"x', [b'{"a":1}'], b'{"b":"x', "truncated"),
            (b'{"a":1}{"b":2', [b'{"a":1}'], b'{"b":2', "truncated"),
            (b'[{"a":1} {"b":2}]', [b'{"a":1}'], b'{"b":2}]', "malformed: no comma before"),
            (b'[{"a":1},{"b":]},{"c":3}]', [b'{"a":1}'], b'{"b":]},{"c":3}]', "malformed: ']'"),
            (b'[{"a":1}] x', [b'{"a":1}'], b"x", "malformed: no object or array"),
        ],
    )  # fmt: skip
    def test_what_is_behind_the_damage_is_kept(
        self, content: bytes, found: list[bytes], rest: bytes, reason: str, limits: Limits
    ) -> None:
        batches = framed(content, limits)
        assert elements(batches) == found
        assert b"".join(raw for raw, _, _ in unread(batches)) == rest
        assert all(why.startswith(reason) for _, _, why in unread(batches))
        assert unread(batches)

    def test_members_of_a_broken_envelope_are_kept(self) -> None:
        batches = framed(b'{"owner":"x","logEvents":[{"a":')
        assert any(batch.wrapper == {"owner": b'"x"'} for batch in batches)

    @pytest.mark.parametrize("size", [1, 5, 1000])
    def test_a_long_element_is_kept_in_fragments(self, size: int) -> None:
        long = b'{"a":"' + b"x\\\\" * 40 + b'"}'
        limits = replace(STREAMED, max_record=20)
        for content in (
            b'[{"b":1},' + long + b',{"b":2}]',
            b'{"Records":[{"b":1},' + long + b',{"b":2}]}',
        ):
            batches = framed(content, limits, size)
            assert elements(batches) == [b'{"b":1}', b'{"b":2}']
            assert positions(batches) == [0, 2]
            assert b"".join(raw for raw, _, _ in unread(batches)) == long
            assert all(len(raw) <= 20 and at == 1 for raw, at, _ in unread(batches))

    def test_a_run_of_commas_is_malformed_not_slow(self) -> None:
        content = b'{"a":1},{"a":2}' + b"," * 1_000_000
        batches = framed(content)
        assert elements(batches) == [b'{"a":1}', b'{"a":2}']
        assert unread(batches)[0][2] == "malformed: no object or array at element 2"

    @both
    def test_records_that_begin_alike_and_hold_their_like(self, limits: Limits) -> None:
        # what separates records also stands inside them, and inside strings
        inner = b'[{"a":1},{"a":2}]'
        records = [b'{"a":%s}' % inner, b'{"a":"},{\\"a\\""}', b'{"a":NaN}'] * 20
        content = b"[" + b",".join(records) + b"]"
        assert elements(framed(content, limits)) == records
        assert elements(framed(content, replace(limits, window=200), 64)) == records


class TestNotSplit:
    def test_binary_content_keeps_its_beginning_and_size(self) -> None:
        content = bytes(range(256)) * 64
        (batch,) = framed(content)
        assert batch.framing is Framing.BINARY
        ((raw, _, reason),) = unread([batch])
        assert raw == content[:4096]
        assert f"{len(content)} bytes total" in reason


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
json_objects = st.dictionaries(st.text(max_size=5), json_values, max_size=4)
space = st.text(" \t\r\n", max_size=3).map(str.encode)
sizes = st.integers(1, 40)


@st.composite
def dumped(draw: st.DrawFn, values: st.SearchStrategy[Any]) -> bytes:
    indent = draw(st.sampled_from([None, None, 0, 2]))
    ascii_only = draw(st.booleans())
    text = json.dumps(draw(values), indent=indent, ensure_ascii=ascii_only)
    return text.encode("utf-8", "surrogatepass")


class TestLaws:
    """Splitting and joining again is the identity, wherever the chunks are cut."""

    @settings(deadline=None, max_examples=50)
    @given(st.lists(st.tuples(space, dumped(json_values), space), min_size=1), sizes, sizes)
    def test_arrays(self, parts: list[tuple[bytes, bytes, bytes]], size: int, window: int) -> None:
        content = b"[" + b",".join(b"".join(part) for part in parts) + b"]"
        limits = replace(STREAMED, window=window)
        assert elements(framed(content, limits, size)) == [part[1] for part in parts]
        assert elements(framed(content)) == [part[1] for part in parts]

    @settings(deadline=None, max_examples=50)
    @given(st.lists(json_objects, min_size=1), sizes, sizes, st.sampled_from([b"\n", b"\r\n"]))
    def test_lines(self, values: list[Any], size: int, window: int, end: bytes) -> None:
        written = [json.dumps(value).encode() for value in values]
        batches = framed(end.join(written) + end, replace(STREAMED, window=window), size)
        assert elements(batches) == written
        assert positions(batches) == list(range(len(written)))

    @settings(deadline=None, max_examples=50)
    @given(st.lists(dumped(json_objects), max_size=6), dumped(json_values), sizes, sizes)
    def test_envelopes_streamed_are_as_decoded(
        self, records: list[bytes], other: bytes, size: int, window: int
    ) -> None:
        assume(not other.startswith(b"["))  # a second array of objects makes it a record
        content = b'{"Records":[' + b", ".join(records) + b'],"other":' + other + b"}"
        streamed = framed(content, replace(STREAMED, window=window), size)
        assert elements(streamed) == records
        assert streamed[-1].wrapper == {"other": other}
        assert elements(framed(content)) == records

    @settings(deadline=None, max_examples=100)
    @given(st.binary(max_size=60), sizes, sizes)
    def test_no_bytes_crash_it(self, content: bytes, size: int, window: int) -> None:
        framed(b"[" + content, replace(STREAMED, window=window, max_record=8), size)
        framed(b'{"' + content)
        framed(content, replace(STREAMED, window=window, max_record=8), size)
