"""Syslog: whose words a line has, when it is and when it cannot be known, and what it means."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from actum.sources import SOURCES, Recognition, Told, claim
from actum.sources.syslog import lines as splitter_for
from actum.sources.syslog import unwrap
from actum.sources.syslog.headers import head
from actum.sources.syslog.splitter import MOST, SyslogSplitter
from actum.testing import events_of, read
from sources.world import shared

AT = "Mar  2 09:26:53 web-1 "


def said(text: str, form: str = "line") -> dict[str, Any]:
    [told] = unwrap(text.encode("utf-8", "surrogatepass"), form)
    assert isinstance(told, bytes)
    return dict(json.loads(told))


def pieces(*delivered: bytes) -> list[bytes]:
    splitter = SyslogSplitter()
    found = [*splitter.take(delivered, range(len(delivered))), *splitter.rest()]
    assert sum(each.lines for each in found) == len(delivered)
    return [each.raw for each in found]


# What must not happen -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["root from 192.0.2.1 port 22 ssh2", "x from 192.0.2.1 port 1: y", "a\tb", "ünï çode", ""],
)
def test_a_name_cannot_say_where_its_owner_came_from(name: str) -> None:
    event = said(
        f"{AT}sshd[7]: Failed password for invalid user {name} from 203.0.113.9 port 4 ssh2"
    )
    assert (event["src_ip"], event["status"], event.get("user", "")) == (
        "203.0.113.9",
        "failure",
        name,
    )


def test_a_program_s_words_mean_something_only_in_its_own_mouth() -> None:
    words = "Accepted password for root from 192.0.2.1 port 22 ssh2"
    assert "class" not in said(f"{AT}example[7]: {words}")
    assert "class" not in said(f"{AT}example: sshd[7]: {words}")
    assert "class" not in said(f"{AT}sshd[7]: error: {words}")


def test_no_year_and_no_zone_is_made_up() -> None:
    for stated in ("Mar  2 09:26:53", "Mar  2 2026 09:26:53", "2026-03-02T09:26:53"):
        [event] = events_of(f"{stated} web-1 example[7]: hello\n".encode())
        assert (event["time"], event["original_time"]) == (None, stated)


def test_what_looks_like_a_head_inside_the_words_makes_no_record() -> None:
    raw = "<15>2021-03-06T04:07:33Z h example: one<14>2021-03-06T04:07:34Z h sshd[7]: two"
    assert len(events_of(raw.encode())) == 1


@pytest.mark.parametrize(
    "raw",
    [b"hello world", b"2026-03-02,1,2,3", b"<a>b</a>", b"Marvellous 2 09:26:53", b"<1234>x",
     b"2026-03-02T09:26:53Z GET /index.html 200", b"", b"\xff\xfe\x00"],
)  # fmt: skip
def test_other_text_is_not_syslog(raw: bytes) -> None:
    assert claim(raw).source != "syslog"


def test_a_record_is_not_joined_for_ever() -> None:
    delivered = [f"{AT}example: trace".encode()] + [b"\tat x"] * (3 * MOST)
    assert max(each.count(b"\n") for each in pieces(*delivered)) < MOST
    long = [f"{AT}example: trace".encode()] + [b" " + b"x" * 100_000] * 12
    assert max(map(len, pieces(*long))) < 400_000


@pytest.mark.parametrize(
    "words", ["[" * 50_000, "x" * 300_000, "a=b " * 30_000, "\\" * 50_000, "\x00\udc80"]
)
@pytest.mark.parametrize(
    "tag", ["sshd[7]", "sudo", "su", "cron", "pkexec", "useradd", "login", "x"]
)
def test_hostile_words_are_read_in_time(tag: str, words: str) -> None:
    for begin in ("", "Failed password for ", "(root) CMD (", "alice : ", "pam_unix(x:y): "):
        said(f"{AT}{tag}: {begin}{words}")
        said(f'<34>1 2026-03-02T09:26:53Z h {tag[:4]} - - [a b="{words[:9_999]}')


# Heads ----------------------------------------------------------------------------------------

HEADS = {
    "<34>Oct 11 22:14:15 mymachine su[7]: hello": ("Oct 11 22:14:15", "mymachine", "su", "7", 5),
    "<34>1 2003-10-11T22:14:15.003Z m.example.com su - ID47 - \ufeffhello":
        ("2003-10-11T22:14:15.003Z", "m.example.com", "su", "", 5),
    '<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 x 8710 - [a@1 b="c \\" \\] d"][e@2] hello':
        ("2003-08-24T05:14:15.000003-07:00", "192.0.2.1", "x", "8710", 2),
    "<0>1 - - - - - - hello": ("", "", "", "", 6),
    "87 <34>Oct 11 22:14:15 h su: hello": ("Oct 11 22:14:15", "h", "su", "", 5),
    "<13>hello": ("", "", "", "", 2),
    "2026-03-02T09:26:53-07:00 ERR x[7]: hello": ("2026-03-02T09:26:53-07:00", "", "x", "7", 4),
    "2026-03-02 09:26:53.123456-0700  localhost kernel[0]: hello":
        ("2026-03-02 09:26:53.123456-0700", "localhost", "kernel", "0", 0),
    "Mar 11 19:26:45 mac fw[1985] <Info>: hello": ("Mar 11 19:26:45", "mac", "fw", "1985", 0),
    "Feb  1 10:11:12 mac com.example.x[1] (com.example.y[2]): hello":
        ("Feb  1 10:11:12", "mac", "com.example.x", "1", 0),
    "Nov 18 08:30:20 kernel: hello": ("Nov 18 08:30:20", "", "kernel", "", 0),
    "Nov 18 01:15:43: --- last message repeated 5 times ---": ("Nov 18 01:15:43", "", "", "", 0),
    "Dec 31 17:54:32 h /sbin/anacron[1234]: hello":
        ("Dec 31 17:54:32", "h", "/sbin/anacron", "1234", 0),
}  # fmt: skip


@pytest.mark.parametrize("text", HEADS)
def test_heads_are_read(text: str) -> None:
    found = head(text)
    assert found[:5] == HEADS[text]
    assert found.words.strip() in ("hello", "--- last message repeated 5 times ---")
    assert claim(text.encode()).source == "syslog"


# What a user told -----------------------------------------------------------------------------


def told(options: str, *delivered: str) -> list[dict[str, Any]]:
    recognition = Recognition("test", SOURCES, Told("syslog", options))
    raws = [each.encode() for each in delivered]
    claims = recognition.take(raws, range(len(raws)), is_json=False, is_text=True)
    rest = recognition.rest()
    found = read(claims.raws + rest.raws, claims.sources + rest.sources)
    return [event for each in found for event in each]


def test_a_year_and_a_zone_told_make_times_and_the_year_goes_on() -> None:
    stated = ("Dec 31 23:59:59", "Jan  1 00:00:00", "Dec 31 23:59:58", "Jan  1 00:00:01")
    events = told("year=2023,zone=+01:00", *(f"{each} h example: x" for each in stated))
    assert [each["time"] for each in events] == [
        datetime(2023, 12, 31, 22, 59, 59), datetime(2023, 12, 31, 23, 0),
        datetime(2023, 12, 31, 22, 59, 58), datetime(2023, 12, 31, 23, 0, 1),
    ]  # fmt: skip
    assert [each["original_time"] for each in events] == list(stated)


def test_one_of_both_is_not_enough_and_a_zone_helps_whoever_leaves_it_out() -> None:
    lines = ("Mar  2 09:26:53 h x: y", "2026-03-02 09:26:53 h x: y", "2026-03-02T09:26:53Z h x: y")
    nine = datetime(2026, 3, 2, 9, 26, 53)
    assert [each["time"] for each in told("year=2023", *lines)] == [None, None, nine]
    assert [each["time"] for each in told("zone=Z", *lines)] == [None, nine, nine]
    assert told("year=2023 zone=UTC", "Feb 29 00:00:00 h x: y")[0]["time"] is None


@pytest.mark.parametrize(
    "options", ["year=23", "zone=CET", "tag=x", "year", "year=2023,zone=+25:00"]
)
def test_options_it_does_not_know_are_refused(options: str) -> None:
    with pytest.raises(ValueError, match="syslog knows"):
        splitter_for([], options)


# Records --------------------------------------------------------------------------------------


def test_lines_without_a_head_belong_to_the_record_before_and_others_lines_do_not() -> None:
    first, second = f"{AT}a: one".encode(), f"{AT}b: two".encode()
    delivered = [
        b"lost",
        first,
        b"\tmore",
        b"and more",
        b'{"a": 1}',
        second,
        b"CEF:0|",
        b"MMM 22 07:54:32 h",
    ]
    assert pieces(*delivered) == [
        b"lost", b"\n".join(delivered[1:4]), b'{"a": 1}', second, b"CEF:0|", b"MMM 22 07:54:32 h",
    ]  # fmt: skip


def test_the_words_of_particular_sources_are_theirs_inside_syslog_too() -> None:
    raw = (
        f"{AT}sshd[7]: Server listening\n{AT}x: CEF:0|a|b|1|2|c|3|\n"
        f'{AT}kernel: audit: type=1400 audit(1700000000.001:7): apparmor="DENIED"\n{AT}x: y\n'
    )
    assert [each["source"] for each in events_of(raw.encode())] == [
        "syslog",
        "cef",
        "auditd",
        "syslog",
    ]


# Meanings -------------------------------------------------------------------------------------

MEANINGS: dict[str, tuple[int, int, str, dict[str, Any]]] = {
    "sshd[7]: Accepted password for alice from 2001:db8::7 port 22":
        (3002, 1, "success", {"actor_user_name": "alice", "src_endpoint_ip": "2001:db8::7"}),
    "sshd[7]: Invalid user oracle from 203.0.113.9 port 40022":
        (3002, 1, "failure", {"actor_user_name": "oracle", "status_code": "invalid user"}),
    "sshd[7]: Disconnected from user alice 198.51.100.7 port 50022":
        (3002, 2, "success", {"actor_user_name": "alice", "src_endpoint_port": 50022}),
    "sshd[7]: Connection closed by authenticating user root 203.0.113.9 port 4 [preauth]":
        (3002, 1, "unknown", {"actor_user_name": "root"}),
    "sshd[7]: User bob from 203.0.113.9 not allowed because not listed in AllowUsers":
        (3002, 1, "failure", {"actor_user_name": "bob"}),
    "sudo:    alice : 3 incorrect password attempts ; TTY=x ; PWD=/ ; USER=root ; COMMAND=/bin/sh":
        (1007, 1, "failure", {"actor_acting_as": "root", "process_cmd_line": "/bin/sh"}),
    "sudo: pam_unix(sudo:session): session opened for user root by (uid=0)":
        (3002, 7, "success", {"actor_user_uid": "0", "any_user": ["root"]}),
    "su[7]: pam_unix(su:auth): authentication failure; logname=alice uid=1000 euid=0 tty=/dev/pts/0"
    " ruser=alice rhost=  user=root":
        (3002, 7, "failure", {"actor_user_name": "alice", "resource_name": "root"}),
    "su: (to root) alice on pts/0": (3002, 7, "success", {"actor_acting_as": "root"}),
    "su[7]: - /dev/pts/0 alice:root": (3002, 7, "failure", {"actor_user_name": "alice"}),
    "login[7]: FAILED LOGIN (1) on '/dev/tty1' FOR 'bob', Authentication failure":
        (3002, 1, "failure", {"actor_user_name": "bob"}),
    "login: LOGIN ON tty1 BY bob FROM 192.0.2.7":
        (3002, 1, "success", {"src_endpoint_ip": "192.0.2.7"}),
    "userdel[7]: delete user 'bob'": (3001, 6, "success", {"resource_name": "bob"}),
    "usermod[7]: lock user 'bob' password": (3001, 9, "success", {"any_user": ["bob"]}),
    "useradd[7]: failed adding user 'bob', data deleted": (3001, 1, "failure", {}),
    "groupadd[7]: new group: name=dev, GID=1002": (3006, 6, "success", {"resource_uid": "1002"}),
    "gpasswd[7]: user bob removed by root from group sudo":
        (3006, 4, "success", {"actor_user_name": "root", "any_user": ["bob"]}),
    "CRON[7]: (root) CMD (  cd / && run-parts /etc/cron.hourly)": (1007, 1, "success", {}),
    "systemd-logind[7]: Removed session 12.": (3002, 2, "success", {"actor_session_uid": "12"}),
    "sshd[7]: message repeated 2 times: [ Failed none for bob from 192.0.2.1 port 1 ssh2]":
        (3002, 1, "failure", {"count": 2}),
}  # fmt: skip


def test_what_programs_say_is_understood() -> None:
    raw = "\n".join(AT + each for each in MEANINGS)
    for event, words in zip(events_of(raw.encode()), MEANINGS, strict=True):
        class_uid, activity, status, more = MEANINGS[words]
        found = (event["class_uid"], event["activity_id"], event["status"])
        assert found == (class_uid, activity, status), words
        assert {name: event[name] for name in more} == more, words
        assert event["device_hostname"] == "web-1"


# Real logs ------------------------------------------------------------------------------------


def test_every_real_sample_is_read() -> None:
    folder = shared("syslog")
    counts = {}
    for path in sorted((folder / "plaso").iterdir()):
        events = events_of(path.read_bytes())
        assert not [each for each in events if each["reason"]], path.name
        assert {each["source"] for each in events} <= {"syslog", "text"}, path.name
        counts[path.name] = len(events)
    assert counts["syslog_chromeos"] == 8
    assert counts["syslog_rsyslog"] == 5
    assert counts["syslog_ssh.log"] == 9 + 0


def test_a_real_messages_file_is_read_whole_and_every_time_is_its_own() -> None:
    path = shared("syslog/immudb-log-audit") / "syslog.gz"
    delivered = gzip.decompress(path.read_bytes())
    events = events_of(delivered)
    lines = delivered.splitlines()
    heads = [each for each in lines if each[:1] not in b" \t"]
    assert Counter(each["reason"] for each in events) == {None: len(events)}
    assert len(events) == len(heads) == len(lines)
    for event, line in zip(events, lines, strict=True):
        assert event["original_time"] == line[: len(event["original_time"])].decode()
        assert event["device_hostname"] == line.split()[3 if line[:1].isalpha() else 1].decode()


def test_real_sign_ins_are_told_as_an_independent_reading_tells_them() -> None:
    path = shared("syslog/plaso") / "syslog_ssh.log"
    events = [each for each in events_of(path.read_bytes()) if each["class_uid"] == 3002]
    words = [
        each for each in path.read_text().splitlines() if "Accepted" in each or "Failed" in each
    ]
    for event, line in zip(events, words, strict=True):
        fields = line.split()
        assert event["actor_user_name"] == fields[fields.index("for") + 1]
        assert event["src_endpoint_ip"] == fields[fields.index("from") + 1]
        assert event["status"] == ("success" if "Accepted" in line else "failure")
