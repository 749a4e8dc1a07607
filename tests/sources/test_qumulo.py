"""Qumulo: bodies that are no JSON, names with backslashes, lines without a year."""

from __future__ import annotations

import json
import re

import pytest

from actum.sources.qumulo import body
from actum.testing import events_of
from sources.world import shared


@pytest.mark.parametrize("name", ["alice", "bob", "frank", "nick", "rose", "tom", "ursula"])
def test_a_backslash_nobody_escaped_is_a_backslash(name: str) -> None:
    raw = (
        r'{"user_id": {"name": "AD\@", "sid": "S-1"}, "user_ip": "203.0.113.9", "protocol": "api",'
        ' "operation": "rest_login", "status": "ok", "details": {}}'
    )
    found = body.read(raw.replace("@", name).encode())
    assert found is not None
    assert found["user"] == f"AD\\{name}"


def test_a_backslash_that_was_escaped_is_one() -> None:
    raw = json.dumps(
        {
            "user_id": {"name": "AD\\bob"},
            "user_ip": "203.0.113.9",
            "protocol": "api",
            "operation": "rest_login",
            "status": "ok",
        }
    )
    found = body.read(raw.encode())
    assert found is not None
    assert found["user"] == "AD\\bob"


def test_a_path_may_hold_commas_and_quotes() -> None:
    line = ('<14>1 2026-03-02T09:26:53Z s qumulo - - - 203.0.113.9,"a, b",nfs3,fs_rename,ok,1,'
            '"/x, ""y"".txt","/z"')  # fmt: skip
    [only] = events_of(line.encode())
    assert (only["actor_user_name"], only["resource_name"]) == ("a, b", '/x, "y".txt')
    assert only["resources"] == ["1", "/z"]


def test_anything_but_ok_is_a_failure() -> None:
    for status in ("fs_no_such_entry_error", "access_denied", "fs_entry_exists_error"):
        line = f'Jun  6 14:54:05 s qumulo 203.0.113.9,"a",api,fs_delete,{status},3,"/f",""'
        [only] = events_of(line.encode())
        assert (only["status"], only["status_code"]) == ("failure", status)
        assert (only["time"], only["original_time"]) == (None, "Jun  6 14:54:05")


@pytest.mark.parametrize("name", ["syslog-csv.log", "syslog-json.log"])
def test_every_line_of_the_vendors_examples_is_read(name: str) -> None:
    text = (shared("qumulo") / name).read_bytes()
    lines = text.decode().splitlines()
    found = events_of(text)
    assert len(found) == len(lines) == 9
    for line, only in zip(lines, found, strict=True):
        assert (only["source"], only["reason"]) == ("qumulo", None)
        stated = re.match(r"\w+ \d+ [\d:]+", line)
        assert stated is not None
        assert (only["original_time"], only["time"]) == (stated[0], None)
        assert only["src_endpoint_ip"] is None  # a placeholder stands there
        assert only["actor_user_name"] == ("AD\\alice" if "alice" in line else "system")
        assert only["api_operation"] in line
        assert only["status"] == ("failure" if "_error" in line else "success")
        if "/my_file" in line:
            assert only["resource_name"] == "/my_file"
            assert only["class_uid"] == 6006
