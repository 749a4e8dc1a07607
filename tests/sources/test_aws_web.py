"""Requests AWS logs as text: S3, load balancers, CloudFront.  What must not happen, the samples."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from actum.sources import SOURCES
from actum.testing import events_of
from sources.world import claimed, shared

SOURCES_OF = Path(__file__).resolve().parents[2] / "src" / "actum" / "sources"


def pair(name: str) -> str:
    """The first record of a golden pair."""
    return (SOURCES_OF / f"{name}.raw").read_text().splitlines()[0]


OBJECT = pair("aws_s3_access/nobody_was_let_in")
ASKED = pair("aws_elb/request_was_answered_by_a_target")
CLASSIC = pair("aws_elb/classic_balancer_carried_a_request")
TLS = pair("aws_elb/tls_connection_was_carried")
EDGE = pair("aws_cloudfront/viewer_went_away")
LINES = {"aws_s3_access": OBJECT, "aws_elb": ASKED, "aws_cloudfront": EDGE}


def events(text: str) -> list[dict[str, Any]]:
    return events_of(text.encode())


def event(text: str) -> dict[str, Any]:
    [only] = events(text + "\n")
    return only


@pytest.mark.parametrize("agent", [
    'x" "y', '"', '""', 'x" 200 - 1 1 1 1 "-" "y', 'x" - host SigV4 - - a.b TLSv1.2 - -',
    'x" - - - "Root=1" "-" "-" 0 2026-03-02T09:26:53.0Z "forward" "-" "-" "-" "200" "-" "-" y',
    '" ' * 200, "\\", "\\\"", "x\x1b[2J", "\u202e",
])  # fmt: skip
def test_what_a_client_calls_itself_changes_nothing_else(agent: str) -> None:
    """It is the one field a client can fill with anything; S3 and others do not escape quotes."""
    for line, own in (
        (OBJECT, "Mozilla/5.0 (X11)"),
        (ASKED, "curl/8.1.2"),
        (CLASSIC, "curl/7.38.0"),
    ):
        plain, hostile = event(line), event(line.replace(own, agent))
        assert hostile.pop("user_agent") == agent
        plain.pop("user_agent")
        assert {**hostile, "index": 0} == {**plain, "index": 0}


def test_a_quote_in_the_request_does_not_move_the_status() -> None:
    for line in (OBJECT, ASKED):
        before = event(line)
        after = event(line.replace(" HTTP/1.1", '?a="b" 200 "c HTTP/1.1'))
        assert after["http_status"] == before["http_status"]
        assert after["http_url"] == before["http_url"] + '?a="b" 200 "c'
        assert after["user_agent"] == before["user_agent"]


@pytest.mark.parametrize("line", [OBJECT, ASKED, CLASSIC, TLS, EDGE])
def test_a_line_cut_anywhere_is_one_event_and_never_another_outcome(line: str) -> None:
    whole = event(line)
    cut = [line[:size].encode() for size in range(1, len(line))]
    for [only] in claimed(cut, is_json=False):
        if only["reason"] is None and only["source"] == whole["source"]:
            assert only["status"] == whole["status"]
            assert only["src_endpoint_ip"] == whole["src_endpoint_ip"]


@pytest.mark.parametrize("filling", ['"', '" "', '" 200 - 1 1 1 1 "', " ", "x", '" - - - "', "\t"])
def test_long_hostile_lines_take_no_time(filling: str) -> None:
    """Time that grows with the square of a line would stop everything for minutes."""
    many = filling * (200_000 // len(filling))
    for name, line in LINES.items():
        for hostile in (line + many, line[:200] + many, line.replace('" "', many)):
            began = perf_counter()
            claim = SOURCES[name].claim(hostile.encode())
            if claim is not None:
                assert list(SOURCES[name].unwrap(hostile.encode(), claim.form))
            assert perf_counter() - began < 2


def test_a_field_of_another_kind_leaves_its_neighbours_alone() -> None:
    for value in ("x", "-1", "99999999999999999999", "²", "0x1"):
        assert event(TLS.replace(" 98 ", f" {value} "))["src_endpoint_ip"] == "203.0.113.154"
        assert event(EDGE.replace("\t232\t", f"\t{value}\t"))["reason"] is None
    assert event(ASKED.replace(":2817", ":99999"))["src_endpoint_port"] is None


def test_a_client_that_is_no_address_is_a_name() -> None:
    only = event(ASKED.replace("203.0.113.45:2817", "12.34.178.90.32:40860"))
    assert (only["src_endpoint_ip"], only["src_endpoint_domain"]) == (None, "12.34.178.90.32")
    only = event(ASKED.replace("203.0.113.45:2817", "[::ffff:203.0.113.45]:2817"))
    assert (only["src_endpoint_ip"], only["src_endpoint_port"]) == ("203.0.113.45", 2817)


def test_keys_are_decoded_as_often_as_s3_encodes_them() -> None:
    asked = {"a%2520b": "a b", "%25D0%25AF": "Я", "100%2525": "100%", "%25FF": "%25FF"}
    for written, key in asked.items():
        only = event(OBJECT.replace(" 2026/03/0001.pdf ", f" {written} ", 1))
        assert only["resource_name"] == f"example-invoices/{key}"
    batch = OBJECT.replace("REST.GET.OBJECT", "BATCH.DELETE.OBJECT")
    only = event(batch.replace(" 2026/03/0001.pdf ", " 100%25 ", 1))
    assert only["resource_name"] == "example-invoices/100%"


def test_one_request_that_deleted_two_objects_is_two_records_and_a_repeated_line_is_one() -> None:
    source = SOURCES["aws_s3_access"]
    text = (SOURCES_OF / "aws_s3_access/one_of_many_objects_was_deleted.raw").read_bytes()
    keys = {claim.key for line in text.splitlines() if (claim := source.claim(line))}
    assert len(keys) == 2
    claims = [source.claim(OBJECT.encode()) for _ in range(2)]
    assert claims[0] == claims[1]


@pytest.mark.parametrize(
    ("operation", "act", "kind"),
    [
        ("REST.GET.OBJECT", "read", (6005, 1)),
        ("WEBSITE.GET.OBJECT", "read", (6005, 1)),
        ("REST.GET.BUCKET", "read", (6005, 8)),
        ("REST.PUT.OBJECT", "create", (6005, 5)),
        ("REST.COPY.OBJECT", "create", (6005, 5)),
        ("REST.COPY.OBJECT_GET", "read", (6005, 1)),
        ("REST.POST.MULTI_OBJECT_DELETE", "delete", (6005, 7)),
        ("S3.CREATE.DELETEMARKER", "delete", (6005, 7)),
        ("REST.PUT.BUCKET", "create", (6003, 1)),
        ("REST.DELETE.BUCKET", "delete", (6003, 4)),
        ("REST.PUT.BUCKETPOLICY", "update", (6003, 3)),
        ("REST.GET.LOGGING_STATUS", "read", (6003, 2)),
        ("SOAP.SOMETHING", "other", (6003, 99)),
    ],
)
def test_what_an_operation_does(operation: str, act: str, kind: tuple[int, int]) -> None:
    only = event(OBJECT.replace("REST.GET.OBJECT", operation))
    assert only["api_operation"] == operation
    assert (only["action"], only["class_uid"], only["activity_id"]) == (act, *kind)


def test_lifecycle_without_a_status_has_no_outcome() -> None:
    assert event(pair("aws_s3_access/lifecycle_expired_an_object"))["status"] == "unknown"


def test_lines_of_other_web_servers_are_not_taken() -> None:
    for line in (
        '192.0.2.1 - alice [02/Mar/2026:09:26:53 +0000] "GET / HTTP/1.1" 200 5 "-" "curl"',
        'example.com 192.0.2.1 - - [02/Mar/2026:09:26:53 +0000] "GET / HTTP/1.1" 200 5',
        "2026-03-02T09:26:53.186641Z host app: GET / 200",
        "2026-03-02T09:26:53Z 192.0.2.1 443 something happened",
        "2026-03-02\t09:26:53\tW3SVC1\t192.0.2.1\tGET\t/\t-\t80",
        "#Fields: date time s-ip cs-method cs-uri-stem sc-status",
    ):
        assert event(line)["source"] not in {"aws_s3_access", "aws_elb", "aws_cloudfront"}


def test_columns_of_cloudfront_are_those_its_header_names() -> None:
    names = "#Fields: x-edge-request-id sc-status cs-method c-ip x-edge-location"
    only = event(f"#Version: 1.0\n{names}\nID==\t404\tPUT\t203.0.113.45\tFRA56-P5")
    assert (only["http_status"], only["status"]) == (404, "failure")
    assert (only["metadata_uid"], only["src_endpoint_ip"]) == ("ID==", "203.0.113.45")
    assert only["time"] is None


# The shared samples -------------------------------------------------------------------------------


def texts(folder: str) -> list[str]:
    return [
        gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()
        for path in sorted(shared(folder).rglob("*"))
        if path.suffix in {".gz", ".log", ".raw"}
    ]


def page(name: str) -> list[str]:
    return [json.loads(line)["text"] for line in (shared("") / name).read_text().splitlines()]


def address(text: str) -> str | None:
    try:
        return str(ip_address(text.rpartition(":")[0]))
    except ValueError:
        return None


def test_the_shared_load_balancer_logs_are_read_as_a_second_reader_reads_them() -> None:
    lines = [line for text in texts("aws-elb") for line in text.splitlines() if "\t" not in line]
    lines += [
        " ".join(each.split()) for each in page("aws-elb/awsdocs/load-balancer-access-logs.jsonl")
    ]
    found, kinds = events("\n".join(lines)), Counter[str]()
    assert len(found) == len(lines) == 576 + 4 + 16 + 7
    for line, only in zip(lines, found, strict=True):
        assert (only["source"], only["reason"]) == ("aws_elb", None)
        words = line.split()
        kind = "classic" if words[0][0] == "2" else words[0]
        kinds[kind] += 1
        shift = {"classic": -1, "tls": 1}.get(kind, 0)
        when, client = words[1 + shift], words[3 + shift + (kind == "tls")]
        assert only["original_time"] == when
        assert only["time"] == datetime.fromisoformat(when).replace(tzinfo=None)
        assert only["src_endpoint_ip"] == address(client)
        assert only["src_endpoint_port"] == int(client.rpartition(":")[2])
        if kind == "tls":
            assert (only["class_uid"], only["status"]) == (4001, "success")
            continue
        status = words[8 + shift]
        expected = "unknown" if status == "-" else "success" if status < "400" else "failure"
        assert only["status"] == expected
        request = line.split('"')[1].split()
        assert only["http_method"] == (None if request[0] == "-" else request[0])
        assert only["http_url"] == (None if request[0] == "-" else request[1])
        agent = line.split('"')[3]
        assert only["user_agent"] == (None if agent == "-" else agent)
        if kind != "classic":
            assert only["metadata_correlation_uid"] == line.split('"')[5].removeprefix("Root=")
    assert kinds["classic"] == 4
    assert kinds["tls"] == 4


def test_the_shared_access_logs_of_s3_are_read_as_a_second_reader_reads_them() -> None:
    lines = [line for text in texts("aws-s3access") for line in text.splitlines()]
    lines += [
        line for text in page("aws-s3access/awsdocs/LogFormat.jsonl") for line in text.splitlines()
    ]
    pattern = re.compile(
        r'\S+ (\S+) \[(.*?)\] (\S+) (\S+) (\S+) (\S+) (\S+) "(\S+) (\S+) .*?" (\d+) (\S+)'
    )
    found = events("\n".join(lines))
    assert len(found) == len(lines) == 6
    for line, only in zip(lines, found, strict=True):
        told = pattern.match(line)
        assert told is not None
        bucket, time, client, who, request, operation, key, method, url, status, error = (
            told.groups()
        )
        assert (only["source"], only["reason"]) == ("aws_s3_access", None)
        assert only["original_time"] == time
        assert only["time"] == datetime.strptime(time, "%d/%b/%Y:%H:%M:%S +0000")
        assert only["src_endpoint_ip"] == client
        assert only["actor_user_uid"] == who
        assert only["api_operation"] == operation
        assert only["resource_name"] == (bucket if key == "-" else f"{bucket}/{key}")
        assert (only["http_method"], only["http_url"]) == (method, url)
        assert only["http_status"] == int(status)
        assert only["status"] == ("success" if status < "400" else "failure")
        assert only["status_code"] == (None if error == "-" else error)
        assert only["metadata_uid"] == request
        assert only["user_agent"] == "S3Console/0.4"


def test_rows_of_a_table_over_s3_access_are_read() -> None:
    path = shared("panther-tests") / "AWS.S3ServerAccess.jsonl.gz"
    rows = [json.loads(line)["log"] for line in gzip.decompress(path.read_bytes()).splitlines()]
    rows = [row for row in rows if "operation" in row]  # the others are stubs of two members
    assert len(rows) == 4
    for row, only in zip(rows, events("\n".join(map(json.dumps, rows))), strict=True):
        assert only["source"] == "aws_s3_access"
        assert only["time"] == datetime.fromisoformat(row["time"][:26])
        assert only["src_endpoint_ip"] == row["remoteip"]
        assert only["status_code"] == row["errorcode"]
        assert only["http_status"] == row["httpstatus"]
        if "requester" in row:
            assert (only["actor_user_uid"], only["actor_user_name"]) == (
                row["requester"], "awslogsdelivery",
            )  # fmt: skip


def test_a_line_of_cloudfront_without_its_header_is_read() -> None:
    [line] = [line for text in texts("aws-elb") for line in text.splitlines() if "\t" in line]
    words, only = line.split("\t"), event(line)
    assert only["source"] == "aws_cloudfront"
    assert only["original_time"] == "\t".join(words[:2])
    assert only["time"] == datetime.fromisoformat("T".join(words[:2]))
    assert only["src_endpoint_ip"] == words[4]
    assert only["src_endpoint_port"] == int(words[26])
    assert only["http_url"] == f"https://{words[15]}{words[7]}"
    assert (only["http_method"], only["http_status"]) == (words[5], 200)
    assert only["user_agent"] == "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"
    assert only["status"] == "success"
