"""VPC flow logs: what must not happen, then the shared samples."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

import pytest

from actum.sources import SOURCES, Recognition, Told
from actum.sources.aws_vpcflow import lines
from actum.testing import events_of, read
from sources.world import shared

DEFAULT = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start"
    " end action log-status"
)
LINE = (
    "2 111122223333 eni-0example1 203.0.113.12 10.0.0.5 49761 443 6 20 4249 1772443613 1772443673"
    " ACCEPT OK"
)


def events(text: str) -> list[dict[str, Any]]:
    return events_of(text.encode())


def told(text: str, options: str) -> list[dict[str, Any]]:
    """The events of a text a user told the format of."""
    recognition = Recognition("told", SOURCES, Told("aws_vpcflow", options))
    lines = [line.encode() for line in text.splitlines() if line]
    claims = recognition.take(lines, list(range(len(lines))), is_json=False, is_text=True)
    return [event for each in read(claims.raws, claims.sources) for event in each]


def test_columns_are_never_taken_by_their_place_alone() -> None:
    """Source and destination exchanged by the header: exchanged in the event."""
    names = DEFAULT.replace("srcaddr dstaddr", "dstaddr srcaddr")
    [only] = events(f"{names}\n{LINE}\n")
    assert (only["src_endpoint_ip"], only["dst_endpoint_ip"]) == ("10.0.0.5", "203.0.113.12")


@pytest.mark.parametrize(
    "line",
    [
        LINE.replace(" OK", ""),
        LINE + " extra",
        LINE.replace("eni-0example1", "someone"),
        LINE.replace("203.0.113.12", "a.host.name"),
        LINE.replace("ACCEPT", "MAYBE"),
        LINE.replace("111122223333", "1111"),
        "2 is a number and so is 3",
    ],
)
def test_what_only_resembles_the_default_format_is_text(line: str) -> None:
    assert [each["source"] for each in events(line + "\n")] == ["text"]


def test_a_row_at_odds_with_its_header_is_unread_and_its_neighbours_are_not() -> None:
    short = " ".join(LINE.split()[:9])
    found = events(f"{DEFAULT}\n{LINE}\n{short}\n...\n{LINE}\n")
    assert [each["reason"] for each in found] == [
        None, "9 fields, its format has 14", "1 fields, its format has 14", None,
    ]  # fmt: skip
    assert found[1]["src_endpoint_ip"] is None


def test_files_put_together_are_each_read_by_their_own_header() -> None:
    other = "interface-id pkt-srcaddr pkt-dstaddr srcaddr dstaddr action"
    row = "eni-0example2 203.0.113.5 10.0.0.9 10.0.1.5 10.0.0.9 REJECT"
    found = events(f"{LINE}\n{DEFAULT}\n{LINE}\n{other}\n{row}\n{LINE}\n{DEFAULT}\n{LINE}\n")
    assert [each["reason"] for each in found] == [None] * 5
    assert [each["device_uid"][-1] for each in found] == ["1", "1", "2", "1", "1"]
    assert found[2]["src_endpoint_ip"] == "203.0.113.5"
    assert found[2]["any_ip"] == ["10.0.1.5"]
    assert (found[2]["status"], found[2]["activity_id"]) == ("failure", 5)


@pytest.mark.parametrize(
    "options", ["interface-id,action,srcaddr", "${interface-id} ${action} ${srcaddr}"]
)
def test_a_format_somebody_names_is_taken(options: str) -> None:
    [only] = told("eni-0example1 REJECT 203.0.113.12\n", options)
    assert only["source"] == "aws_vpcflow"
    assert only["src_endpoint_ip"] == "203.0.113.12"
    assert only["status_code"] == "REJECT"


def test_a_format_with_a_field_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="no field 'sourceaddr'"):
        lines([], "interface-id,sourceaddr")
    with pytest.raises(ValueError, match="two fields or more"):
        lines([], "${action}")


def test_a_flow_nobody_knows_the_outcome_of_is_unknown() -> None:
    names, row = "interface-id srcaddr dstaddr log-status", "eni-0example1 10.0.0.1 10.0.0.2 OK"
    [only] = events(f"{names}\n{row}\n")
    assert only["status"] == "unknown"
    assert only["status_code"] is None


def test_a_window_without_data_names_no_address_and_no_success() -> None:
    gap = "2 111122223333 eni-0example1 - - - - - - - 1772443613 1772443673 - "
    nothing, lost = events(f"{gap}NODATA\n{gap}SKIPDATA\n")
    for each, code in ((nothing, "NODATA"), (lost, "SKIPDATA")):
        assert (each["status"], each["status_code"]) == ("unknown", code)
        assert (each["src_endpoint_ip"], each["dst_endpoint_ip"]) == (None, None)
        assert each["message"]
    assert nothing["message"] != lost["message"]


@pytest.mark.parametrize(
    "value", ["99999999999999999999", "-1", "1e9", "0x1", "²", "x", "'", "NaN"]
)
def test_numbers_that_are_none_are_left_open(value: str) -> None:
    names = DEFAULT.split()
    for field in ("srcport", "dstport", "protocol", "packets", "bytes", "start", "end"):
        row = LINE.split()
        row[names.index(field)] = value
        [only] = events(f"{DEFAULT}\n{' '.join(row)}\n")
        assert only["reason"] is None
        assert only["src_endpoint_ip"] == "203.0.113.12"
        if field == "start":
            assert only["time"] is None
            assert only["original_time"] == value


def test_every_member_of_a_row_may_be_of_another_type() -> None:
    row = {"srcAddr": "10.0.0.1", "dstAddr": "10.0.0.2", "srcPort": 1, "vpcId": "vpc-1",
           "interfaceId": "eni-1", "start": "2026-03-02 09:26:53", "action": "ACCEPT"}  # fmt: skip
    for name in row:
        values: tuple[Any, ...] = (
            None,
            True,
            -1,
            1e300,
            1 << 80,
            "",
            "-",
            [],
            {},
            [[{}]],
            {"a": row},
            "\0",
        )
        for value in values:
            [only] = events(json.dumps({**row, name: value}))
            assert (only["source"], only["reason"]) == ("aws_vpcflow", None)


def test_rows_of_others_with_addresses_are_not_flows() -> None:
    for row in (
        {"srcaddr": "10.0.0.1", "dstaddr": "10.0.0.2"},
        {"srcaddr": "10.0.0.1", "dstaddr": "10.0.0.2", "action": "deny", "protocol": 6},
        {"srcaddr": "10.0.0.1", "vpc_id": "vpc-1", "account_id": "1", "region": "eu"},
    ):
        assert [each["source"] for each in events(json.dumps(row))] == ["json"]


# The shared samples -------------------------------------------------------------------------------


def second_reading(names: list[str], line: str) -> dict[str, Any]:
    """One row, read by nothing of Actum's."""
    row = {
        name.replace("_", "-"): value
        for name, value in zip(names, line.replace(",", " ").split("#")[0].split(), strict=True)
        if value != "-"
    }
    source = row.get("pkt-srcaddr", row.get("srcaddr"))
    start = row.get("start")
    gap = row.get("log-status") in {"NODATA", "SKIPDATA"}
    return {
        "src_endpoint_ip": source and str(ip_address(source)),
        "dst_endpoint_ip": row.get("pkt-dstaddr", row.get("dstaddr")),
        "src_endpoint_port": int(row["srcport"]) if "srcport" in row else None,
        "dst_endpoint_port": int(row["dstport"]) if "dstport" in row else None,
        "time": datetime.fromtimestamp(int(start), UTC).replace(tzinfo=None) if start else None,
        "original_time": start,
        "status": "unknown"
        if gap
        else {"ACCEPT": "success", "REJECT": "failure", None: "unknown"}[row.get("action")],
        "traffic_bytes": int(row["bytes"]) if "bytes" in row else None,
        "traffic_packets": int(row["packets"]) if "packets" in row else None,
        "cloud_account_uid": row.get("account-id"),
        "cloud_region": row.get("region"),
        "connection_protocol": {"6": "tcp", "1": "icmp", "17": "udp", None: None}[
            row.get("protocol")
        ],
    }


def test_the_shared_flow_logs_are_read_as_a_second_reader_reads_them() -> None:
    folder, checked = shared("aws-vpcflow"), 0
    texts = [
        gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".gz", ".log", ".raw"}
    ]
    page = (folder / "awsdocs" / "flow-logs-records-examples.jsonl").read_text()
    pages = [json.loads(line) for line in page.splitlines()]
    texts.append("".join(page["text"] for page in pages))
    for text in texts:
        names, expected, found = DEFAULT.split(), [], events(text)
        for line in text.splitlines():
            if "srcaddr" in line:
                names = line.replace(",", " ").split()
            elif line.strip("."):
                expected.append(second_reading(names, line))
        told = [each for each in found if each["reason"] is None]
        assert len(told) == len(expected)
        for each, wanted in zip(told, expected, strict=True):
            assert each["source"] == "aws_vpcflow"
            assert {name: each[name] for name in wanted} == wanted
            checked += 1
        assert len(found) - len(told) == text.splitlines().count("...")  # the page's own ellipsis
    assert checked == 2 + 3 + 1 + 1 + 27


def test_a_flow_inside_a_cloudwatch_envelope_is_read() -> None:
    [only] = events_of(
        (shared("transport-envelopes/newrelic") / "entry_vpc_flow_logs.json").read_bytes()
    )
    assert (only["source"], only["status_code"]) == ("aws_vpcflow", "NODATA")
    assert only["cloud_account_uid"] == "463657938898"


def logs_of(kind: str) -> list[dict[str, Any]]:
    path = shared("panther-tests") / f"{kind}.jsonl.gz"
    return [json.loads(line)["log"] for line in gzip.decompress(path.read_bytes()).splitlines()]


def test_rows_of_a_table_over_flows_are_read() -> None:
    rows = [each for each in logs_of("AWS.VPCFlow") if "srcAddr" in each]
    assert len(rows) == 16
    for row, only in zip(rows, events("\n".join(map(json.dumps, rows))), strict=True):
        assert only["source"] == "aws_vpcflow"
        assert only["src_endpoint_ip"] == (None if row["srcAddr"] == "null" else row["srcAddr"])
        assert only["dst_endpoint_port"] == row["dstPort"]
        outcomes = {"ACCEPT": "success", "REJECT": "failure"}
        assert only["status"] == outcomes.get(row.get("action", ""), "unknown")
