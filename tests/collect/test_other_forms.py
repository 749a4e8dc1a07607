"""Contents that are read in another form than they came in: Parquet, Windows event logs, UTF-16."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actum.collect import Batch, Delivery, Framing, Limits, collect, frame
from actum.collect.evtx import MISSING
from actum.collect.utf16 import ENCODING

duckdb = pytest.importorskip("duckdb")


def framed(content: bytes, limits: Limits | None = None, size: int = 1 << 20) -> list[Batch]:
    chunks = (content[start : start + size] for start in range(0, len(content), size))
    return list(frame(chunks, limits=limits))


def elements(batches: list[Batch]) -> list[bytes]:
    return [bytes(element) for batch in batches for element in batch.elements]


def reasons(batches: list[Batch]) -> list[str]:
    return [fragment.reason for batch in batches for fragment in batch.unread]


def parquet(folder: Path, query: str, options: str = "") -> bytes:
    path = folder / "made.parquet"
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet {options})")
    return path.read_bytes()


class TestParquet:
    def test_a_line_that_begins_like_parquet_is_a_line(self) -> None:
        for content in (b"PAR1 is a magic word\nand more\n", b"PAR1\nx\n", b"PAR1"):
            batches = framed(content)
            assert elements(batches) == content.splitlines()
            assert {batch.framing for batch in batches} == {Framing.TEXT}

    @pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99])
    def test_a_file_cut_short_keeps_its_beginning_and_says_why(
        self, tmp_path: Path, share: float
    ) -> None:
        whole = parquet(tmp_path, "SELECT range AS n, 'text ' || range AS t FROM range(5000)")
        short = whole[: max(8, int(len(whole) * share))]
        batches = framed(short)
        assert elements(batches) == []
        [reason] = reasons(batches)
        assert reason.startswith("this Parquet file cannot be read: ")
        assert str(tmp_path) not in reason
        assert tempfile.gettempdir() not in reason
        assert batches[-1].unread[0].raw == short[:4096]

    def test_a_page_that_is_damaged_keeps_the_rows_before_it(self, tmp_path: Path) -> None:
        whole = bytearray(
            parquet(tmp_path, "SELECT range AS n, 'text ' || range AS t FROM range(20000)",
                    ", ROW_GROUP_SIZE 2048")
        )  # fmt: skip
        middle = len(whole) // 2
        whole[middle : middle + 400] = b"\xff" * 400
        batches = framed(bytes(whole))
        found = [json.loads(each) for each in elements(batches)]
        assert [each["n"] for each in found] == list(range(len(found)))
        assert len(found) < 20000
        [reason] = reasons(batches)
        assert reason.startswith("this Parquet file cannot be read")

    @settings(
        deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(data=st.data())
    def test_no_bytes_crash_it(
        self, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        folder = tmp_path_factory.mktemp("parquet")
        whole = bytearray(parquet(folder, "SELECT range AS n FROM range(100)"))
        for _ in range(data.draw(st.integers(1, 4))):
            whole[data.draw(st.integers(5, len(whole) - 1))] = data.draw(st.integers(0, 255))
        framed(bytes(whole))

    def test_every_row_is_a_json_record_at_its_place(self, tmp_path: Path) -> None:
        content = parquet(
            tmp_path,
            "SELECT range AS n, {'user': {'name': 'a' || range}} AS actor, [1, 2] AS l, NULL AS x"
            " FROM range(40000)",
        )
        batches = framed(content, Limits(batch_elements=1000), size=777)
        found = [json.loads(each) for each in elements(batches)]
        assert found[7] == {"n": 7, "actor": {"user": {"name": "a7"}}, "l": [1, 2], "x": None}
        assert len(found) == 40000
        assert [at for batch in batches for at in batch.positions] == list(range(40000))
        assert {batch.framing for batch in batches} == {Framing.PARQUET}
        assert max(len(batch.elements) for batch in batches) <= 1000 + 2048

    def test_values_are_written_as_they_are(self, tmp_path: Path) -> None:
        [row] = elements(framed(parquet(
            tmp_path,
            "SELECT 12345678901234567890.1234567890::DECIMAL(38, 10) AS d,"
            " 9223372036854775807 AS big, TIMESTAMP '2026-03-02 09:26:53.123' AS t,"
            " TIMESTAMPTZ '2026-03-02 10:26:53+01' AS z, 'ü\"\n' AS s, true AS b,"
            " MAP {'k': 1} AS m, 'NaN'::DOUBLE AS nan, '-inf'::DOUBLE AS low",
        )))  # fmt: skip
        assert b'"d":12345678901234567890.1234567890,' in row
        told = json.loads(row)
        assert told["big"] == 9223372036854775807
        assert told["t"] == "2026-03-02 09:26:53.123"
        assert told["z"] == "2026-03-02 09:26:53+00"
        assert (told["s"], told["b"], told["m"]) == ('ü"\n', True, {"k": 1})
        assert (told["nan"], told["low"]) == ("NaN", "-Infinity")

    def test_a_text_that_says_nan_is_left_alone(self, tmp_path: Path) -> None:
        [row] = elements(framed(parquet(tmp_path, "SELECT 'NaN and Infinity' AS s")))
        assert row == b'{"s":"NaN and Infinity"}'

    def test_columns_may_be_called_anything(self, tmp_path: Path) -> None:
        query = 'SELECT 1 AS row0, 2 AS "ROW1", 3 AS "a ""quoted"" name", 4 AS t'
        [row] = elements(framed(parquet(tmp_path, query)))
        assert json.loads(row) == {"row0": 1, "ROW1": 2, 'a "quoted" name': 3, "t": 4}

    def test_a_row_that_is_too_long_is_kept_in_pieces(self, tmp_path: Path) -> None:
        content = parquet(tmp_path, "SELECT repeat('x', 300) AS s UNION ALL SELECT 'y'")
        batches = framed(content, Limits(max_record=100))
        assert elements(batches) == [b'{"s":"y"}']
        pieces = [each.raw for batch in batches for each in batch.unread]
        assert b"".join(pieces) == b'{"s":"%b"}' % (b"x" * 300)

    def test_more_than_may_be_set_down_is_not_read(self, tmp_path: Path) -> None:
        content = parquet(tmp_path, "SELECT range AS n FROM range(1000)")
        batches = framed(content, Limits(spool=100), size=64)
        assert elements(batches) == []
        assert "are more than the 100 that are set down" in reasons(batches)[0]

    def test_the_delivery_is_hashed_as_it_came(self, tmp_path: Path) -> None:
        content = parquet(tmp_path, "SELECT range AS n FROM range(10)")
        [delivery] = list(_deliveries(tmp_path / "made.parquet"))
        assert len(elements(list(delivery[1]))) == 10
        assert delivery[0].content_sha256 == hashlib.sha256(content).hexdigest()

    def test_nothing_is_left_behind(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        content = parquet(tmp_path, "SELECT range AS n FROM range(10)")
        place = tmp_path / "temporary"
        place.mkdir()
        monkeypatch.setattr("tempfile.tempdir", str(place))
        framed(content)
        framed(content[:50])
        assert not list(place.iterdir())


def _deliveries(path: Path) -> Iterator[tuple[Delivery, list[Batch]]]:
    for delivery in collect([path]):
        assert isinstance(delivery, Delivery)
        yield delivery, list(frame(delivery.read_chunks()))


class TestWindowsEventLogs:
    HEADER = b"ElfFile\0" + bytes(4088)

    def test_without_the_package_the_reason_says_how_to_get_it(self) -> None:
        if importlib.util.find_spec("evtx"):
            pytest.skip("the package evtx is installed")
        [batch] = framed(self.HEADER + b"x" * 5000)
        assert batch.framing is Framing.BINARY
        assert batch.unread[0].raw == self.HEADER
        assert batch.unread[0].reason == f"{MISSING}; {4096 + 5000} bytes total"

    def test_a_file_that_is_none_says_so(self) -> None:
        pytest.importorskip("evtx", reason="needs the package evtx")
        [batch] = framed(self.HEADER[:100])
        assert batch.unread[0].reason.startswith("this Windows event log cannot be read: ")

    def test_a_log_without_events_has_no_records(self) -> None:
        pytest.importorskip("evtx", reason="needs the package evtx")
        assert elements(framed(self.HEADER + bytes(1000))) == []


MARKS = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}


@pytest.mark.parametrize("encoding", MARKS)
class TestUtf16:
    def test_its_lines_are_records_in_utf8(self, encoding: str) -> None:
        content = MARKS[encoding] + "größer, ✓\r\n\r\nzweite 𝄞\n".encode(encoding)
        for size in (3, 5, 1 << 20):
            batches = framed(content, size=size)
            assert elements(batches) == ["größer, ✓".encode(), "zweite 𝄞".encode()]
            assert [at for batch in batches for at in batch.positions] == [0, 2]
            assert {batch.framing for batch in batches} == {Framing.TEXT}
            assert batches[0].wrapper == {ENCODING: b'"%b"' % encoding.encode()}

    def test_json_in_it_is_split_as_json(self, encoding: str) -> None:
        text = '{"next": "x", "Records": [{"a": "ü"}, {"a": 2}]}'
        batches = framed(MARKS[encoding] + text.encode(encoding))
        assert elements(batches) == ['{"a": "ü"}'.encode(), b'{"a": 2}']
        wrapper = batches[0].wrapper or {}
        assert wrapper == {"next": b'"x"', ENCODING: b'"%b"' % encoding.encode()}

    def test_what_is_no_text_is_kept_as_it_came(self, encoding: str) -> None:
        lone = "\ud800".encode(encoding, "surrogatepass")
        rest = lone + "behind\n".encode(encoding)
        for size in (1, 4, 7, 1 << 20):
            batches = framed(MARKS[encoding] + "good\nbad".encode(encoding) + rest, size=size)
            assert elements(batches) == [b"good", b"bad"]
            assert b"".join(each.raw for batch in batches for each in batch.unread) == rest
            assert reasons(batches)[0].startswith(f"not {encoding.upper()} text: ")

    def test_half_a_character_at_the_end_is_kept(self, encoding: str) -> None:
        batches = framed(MARKS[encoding] + "line".encode(encoding) + b"x")
        assert elements(batches) == [b"line"]
        assert [each.raw for batch in batches for each in batch.unread] == [b"x"]

    def test_nothing_but_its_mark_is_nothing(self, encoding: str) -> None:
        assert elements(framed(MARKS[encoding])) == []
        assert reasons(framed(MARKS[encoding])) == []
