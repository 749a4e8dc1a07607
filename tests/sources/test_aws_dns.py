"""DNS queries in the logs of Route 53: what must not happen, then the shared samples."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from actum.testing import events_of
from sources.world import shared

QUERY: dict[str, Any] = {
    "version": "1.100000", "account_id": "111122223333", "region": "eu-central-1",
    "vpc_id": "vpc-0example", "query_timestamp": "2026-03-02T09:26:53Z",
    "query_name": "db.corp.example.", "query_type": "A", "query_class": "IN", "rcode": "NOERROR",
    "answers": [{"Rdata": "10.0.9.7", "Type": "A", "Class": "IN"}], "srcaddr": "10.0.0.5",
    "srcport": "56067", "transport": "UDP", "srcids": {"instance": "i-0example"},
}  # fmt: skip


def events(text: str) -> list[dict[str, Any]]:
    return events_of(text.encode())


def query(**changed: Any) -> dict[str, Any]:
    [only] = events(json.dumps({**QUERY, **changed}))
    return only


def test_a_blocked_query_failed_whatever_its_code_says() -> None:
    only = query(firewall_rule_action="BLOCK", rcode="NOERROR")
    assert (only["status"], only["status_code"]) == ("failure", "BLOCK")
    assert query(firewall_rule_action="ALERT")["status"] == "success"
    assert query(rcode=None)["status"] == "unknown"
    assert query(rcode="NXDOMAIN")["status_code"] == "NXDOMAIN"


def test_names_are_spelt_alike_with_and_without_their_last_dot() -> None:
    names = {"a.example.": "a.example", "a.example": "a.example", ".": ".", "": ""}
    assert {name: query(query_name=name)["query_hostname"] for name in names} == names


def test_only_addresses_among_the_answers_are_addresses() -> None:
    answers = [
        {"Rdata": each} for each in ("10.0.9.7", "2001:db8::1", "a.example.", "1::2::3", None)
    ]
    assert query(answers=answers)["any_ip"] == ["10.0.9.7", "2001:db8::1"]
    assert query(srcaddr="a.host")["src_endpoint_ip"] is None


@pytest.mark.parametrize(
    "value", [None, True, 7, -1.5, 1 << 70, "", "x" * 70_000, [], [1], {}, "\0"]
)
def test_every_member_of_a_query_may_be_of_another_type(value: Any) -> None:
    for name in QUERY:
        found = events(json.dumps({**QUERY, name: value}))
        assert len(found) == 1
        if name not in {"query_name", "query_timestamp"}:
            assert (found[0]["source"], found[0]["reason"]) in {
                ("aws_route53", None), ("aws_route53", found[0]["reason"]), ("json", None),
            }  # fmt: skip


def test_a_line_of_another_version_of_nothing_is_text() -> None:
    for line in ("1.0 something else", "1.0 2026-03-02T09:26:53Z Z1 a.example", "1.", "1.0"):
        assert [each["source"] for each in events(line + "\n")] == ["text"]


def logs_of(kind: str) -> list[dict[str, Any]]:
    path = shared("panther-tests") / f"{kind}.jsonl.gz"
    return [json.loads(line)["log"] for line in gzip.decompress(path.read_bytes()).splitlines()]


def test_the_shared_queries_are_read_as_a_second_reader_reads_them() -> None:
    folder = shared("aws-route53")
    told = [json.loads(path.read_text()) for path in folder.rglob("*.raw")]
    page = (folder / "awsdocs" / "resolver-query-logs-example-json.jsonl").read_text()
    told.append(json.loads(json.loads(page)["text"]))
    told += [each for each in logs_of("AWS.VPCDns") if "query_name" in each]
    assert len(told) == 10
    for each, only in zip(told, events("\n".join(map(json.dumps, told))), strict=True):
        answers = each["answers"] if isinstance(each["answers"], list) else [each["answers"]]
        when = datetime.fromisoformat(each["query_timestamp"]).replace(tzinfo=None)
        assert only["source"] == "aws_route53"
        assert only["time"] == when
        assert only["query_hostname"] == each["query_name"].rstrip(".")
        assert only["query_type"] == each["query_type"]
        assert only["src_endpoint_ip"] == each["srcaddr"]
        assert only["src_endpoint_port"] == int(each["srcport"])
        assert only["any_ip"] == [answer["Rdata"] for answer in answers]
        blocked = each.get("firewall_rule_action") == "BLOCK"
        assert only["status"] == ("failure" if blocked else "success")


def test_the_public_queries_of_the_vendors_page_are_read() -> None:
    page = json.loads((shared("aws-route53") / "awsdocs" / "query-logs.jsonl").read_text())
    rows = [line.split() for line in page["text"].splitlines()]
    found = events(page["text"])
    assert Counter(each["source"] for each in found) == {"aws_route53": 5}
    for row, only in zip(rows, found, strict=True):
        assert only["original_time"] == row[1]
        assert only["time"] == datetime.fromisoformat(row[1]).replace(tzinfo=None)
        assert (only["query_hostname"], only["query_type"]) == (row[3], row[4])
        assert only["status"] == ("success" if row[5] == "NOERROR" else "failure")
        assert only["src_endpoint_ip"] == row[8]
