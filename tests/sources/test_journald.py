"""The journal: fields with a length, values that are no text, and whose words count."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest

from actum.sources import claim
from actum.sources.journald.blocks import BlockSplitter, fields
from actum.testing import events_of

BASE = {
    "__CURSOR": "s=example;i=1",
    "__REALTIME_TIMESTAMP": "1772443613123456",
    "_HOSTNAME": "web-1",
}
SIGN_IN = "Accepted password for root from 192.0.2.1 port 22 ssh2"


def block(**told: str) -> bytes:
    raw = b""
    for name, value in {**BASE, **told}.items():
        data = value.encode()
        if "\n" in value or name == "BINARY":
            raw += name.encode() + b"\n" + struct.pack("<Q", len(data)) + data + b"\n"
        else:
            raw += name.encode() + b"=" + data + b"\n"
    return raw + b"\n"


def entry(**told: object) -> dict[str, Any]:
    [event] = events_of(json.dumps({**BASE, **told}).encode())
    return event


@pytest.mark.parametrize("blank", range(4))
@pytest.mark.parametrize("forged", ["_UID=0", "__CURSOR=s=x\n__REALTIME_TIMESTAMP=1", "BINARY\nx"])
def test_words_never_become_fields(forged: str, blank: int) -> None:
    message = "hello" + "\n" * (blank + 1) + forged
    raw = block(MESSAGE=message, _UID="1000", SYSLOG_IDENTIFIER="sshd") + block(MESSAGE=SIGN_IN)
    events = events_of(raw)
    assert [each["source"] for each in events] == ["journald"] * 2
    assert events[0]["actor_user_uid"] in ("1000", None)
    assert events[0]["metadata_uid"] == BASE["__CURSOR"]
    assert forged.split("\n", maxsplit=1)[0] in events[0]["message"]


@pytest.mark.parametrize("size", [1, 9, 10, 11, 255, 256, 266, 2_560, 70_000])
def test_fields_of_every_length_are_read(size: int) -> None:
    raw = block(BINARY="x" * size, _UID="7")
    splitter = BlockSplitter()
    lines = [each for each in raw.split(b"\n") if each and not each.isspace()]
    [piece] = [*splitter.take(lines, range(len(lines))), *splitter.rest()]
    assert fields(piece.raw)["_UID"] == ["7"]
    assert fields(piece.raw)["BINARY"] == ["x" * size]


def test_nobody_is_sshd_by_saying_so() -> None:
    forged = entry(SYSLOG_IDENTIFIER="sshd", _UID="1000", _EXE="/usr/bin/logger", MESSAGE=SIGN_IN)
    assert (forged["class_uid"], forged["actor_user_uid"]) == (0, "1000")
    own = entry(SYSLOG_IDENTIFIER="sshd", _UID="1000", _EXE="/home/x/sshd", MESSAGE=SIGN_IN)
    assert own["class_uid"] == 0
    real = entry(SYSLOG_IDENTIFIER="sshd", _UID="0", _EXE="/usr/sbin/sshd", MESSAGE=SIGN_IN)
    assert (real["class_uid"], real["actor_user_name"], real["status"]) == (3002, "root", "success")


def test_a_key_given_twice_is_unread() -> None:
    raw = json.dumps(BASE)[:-1] + ', "_UID": "0", "_UID": "1"}'
    [event] = events_of(raw.encode())
    assert event["reason"] == "a key is given twice: _UID"


@pytest.mark.parametrize(
    "value", [None, True, -1, 1.5, "", "x" * 9_000, [], [1, 300], [[1]], {}, "\udc80"]
)
def test_every_field_may_be_of_any_type(value: object) -> None:
    for name in (
        *BASE,
        "MESSAGE",
        "_UID",
        "_PID",
        "PRIORITY",
        "SYSLOG_IDENTIFIER",
        "MESSAGE_ID",
        "_EXE",
    ):
        assert len(events_of(json.dumps({**BASE, "MESSAGE": "x", name: value}).encode())) == 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (list(b"w\xc3\xb6rds"), "wörds"),
        (["one", "two"], "one"),
        (None, None),
        ([255, 65], "\\xffA"),
    ],
)
def test_values_that_are_no_text_are_read(value: object, expected: str | None) -> None:
    assert entry(MESSAGE=value)["message"] == expected


def test_times_count_microseconds_and_cursors_are_ids() -> None:
    event = entry(MESSAGE="x")
    assert event["time"].isoformat() == "2026-03-02T09:26:53.123456"
    assert event["metadata_uid"] == BASE["__CURSOR"]
    assert claim(json.dumps(BASE).encode()).key == BASE["__CURSOR"].encode()
    assert claim(block()).key == BASE["__CURSOR"].encode()


def test_both_forms_of_an_entry_are_one_record() -> None:
    told = {"MESSAGE": SIGN_IN, "SYSLOG_IDENTIFIER": "sshd", "_UID": "0"}
    [first] = events_of(json.dumps({**BASE, **told}).encode())
    [second] = events_of(block(**told))
    assert first == second
