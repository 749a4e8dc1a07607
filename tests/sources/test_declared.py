"""Mappings without code: what is wrong in one is told, what is right in one is read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actum.errors import UsageError
from actum.record import Spelling
from actum.sources import SOURCES
from actum.sources.declared import declare, load_folder
from actum.sources.declared_proposal import propose
from actum.testing import check_source
from actum.trial import events_of, read, recognise, with_source


@dataclass(frozen=True)
class Tried:
    """What a mapping makes of some records."""

    records: tuple[bytes, ...]
    is_known: tuple[bool, ...]
    events: tuple[list[dict[str, Any]], ...]

    @property
    def known(self) -> int:
        return sum(self.is_known)


def try_mapping(mapping: str, lines: Sequence[bytes]) -> Tried:
    sources = with_source(declare(mapping, "mapping.toml"))
    claims = recognise(b"\n".join(lines), sources)
    name = next(iter(sources))
    return Tried(
        tuple(claims.raws),
        tuple(Spelling.parse(each).source == name for each in claims.sources),
        tuple(read(claims.raws, claims.sources, sources)),
    )


HEAD = 'name = "acme"\n[match]\ntype = "audit"\n[columns]\n'


def event_of(columns: str, **members: Any) -> dict[str, Any]:
    """The event of one record, read by these columns."""
    raw = json.dumps({"type": "audit", **members}).encode()
    tried = try_mapping(HEAD + columns, [raw])
    assert tried.is_known == (True,)
    [[event]] = tried.events
    return event


def refused(text: str) -> UsageError:
    with pytest.raises(UsageError) as caught:
        declare(text, "acme.toml")
    return caught.value


# What must not happen -----------------------------------------------------------------------------

HOSTILE = (
    "'; DROP TABLE told; --", "' || (SELECT 1) || '", "\\'", "x'')", '"', "$.a", "%", "{0}", "a b",
    "*/", "--", "${x}", "\u2028", "'::INTEGER", "é", "\U0001f600", "') FROM read_text('/etc/passwd",
)  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE)
def test_words_of_a_file_are_only_words(words: str) -> None:
    quoted = json.dumps(words, ensure_ascii=False)
    path = json.dumps(f'"{words}"', ensure_ascii=False)
    columns = (
        f"message = {{ constant = {quoted} }}\n"
        f'status_code = {{ member = "type", cases = {{ audit = {quoted} }} }}\n'
        f'status_detail = {{ member = "result", cases = {{ {quoted} = {quoted} }} }}\n'
        f'user_agent = {{ rules = [ {{ when = {{ type = [{quoted}, "aud*"] }},'
        f" then = {quoted} }} ] }}\n"
    )
    if "{" not in words:
        template = json.dumps(f"<{words}>", ensure_ascii=False)
        columns += f"finding_title = {{ template = {template} }}\n"
    if not {'"', "\\"} & set(words):
        columns += f"api_operation = {path}\nany_user = [{path}]\n"
    event = event_of(columns, **{"result": words, words: "found"})
    assert event["message"] == words
    assert event["status_code"] == words
    assert event["status_detail"] == words
    assert event["user_agent"] == words
    if "finding_title" in columns:
        assert event["finding_title"] == f"<{words}>"
    if "api_operation" in columns:
        assert event["api_operation"] == "found"
        assert event["any_user"] == ["found"]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=12), st.text(max_size=12))
def test_any_words_give_an_event_or_a_refusal(one: str, two: str) -> None:
    columns = (
        f"message = {{ constant = {json.dumps(one)} }}\n"
        f"api_operation = {json.dumps(two)}\n"
        f'user_agent = {{ member = {json.dumps(one)}, cases = {{ {json.dumps(two)} = "x" }} }}\n'
        f"finding_title = {{ template = {json.dumps(two)} }}\n"
        f"status = {{ rules = [ {{ when = {{ {json.dumps(one)} = {json.dumps(two)} }},"
        f' then = "failure" }} ] }}\n'
    )
    try:
        event = event_of(columns, **{one: two} if one != "type" else {})
    except UsageError:
        return
    assert event["reason"] is None
    assert event["message"] == one


@pytest.mark.parametrize(
    "raw",
    [
        b"{ nothing", b"[1]", b'"text"', b"7", b"null", b'{"type": "audit"', b"\xff\xfe",
        b'{"type": "audit", "user": 1, "user": 2}', b'{"type": "other"}', b'{"type": ["audit"]}',
        b'{"type": "audit", "user": {"name": 1, "name": 2}}',
        b'{"type": "audit", "x": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    ],
)  # fmt: skip
def test_a_record_that_is_none_gives_an_event_and_no_traceback(raw: bytes) -> None:
    columns = (
        'actor_user_name = "user.name"\nactor_user_uid = "user"\napi_operation = "type"\n'
        'any_user = "users.*.id"\nmessage = { constant = "always" }\n'
    )
    good = b'{"type": "audit", "user": {"name": "a"}}'
    tried = try_mapping(HEAD + columns, [good, raw, good])
    assert [len(each) for each in tried.events] == [1, 1, 1]
    assert [each[0]["actor_user_name"] for each in (tried.events[0], tried.events[2])] == ["a"] * 2
    middle = tried.events[1][0]
    if middle["source"] == "acme":
        assert middle["reason"]
        assert middle["message"] is None


WRONG = {
    "not TOML": ("name = ", "cannot be read"),
    "no name": ('[match]\na = "b"\n[columns]\nmessage = "x"', "it has no name"),
    "a name of another kind": (HEAD.replace("acme", "Acme!") + 'message = "x"', "is no name"),
    "no way to know a record": ('name = "a"\n[columns]\nmessage = "x"', "how a record is known"),
    "two ways": ('pattern = "x(?P<a>.)"\n' + HEAD + 'message = "x"', "in one way"),
    "everything": ('name = "a"\n[match]\n[columns]\nmessage = "x"', "every JSON"),
    "only what is not there": (
        'name = "a"\n[match]\nx = false\n[columns]\nmessage = "x"', "a member that is there"),
    "no columns": ('name = "a"\n[match]\nb = "c"', "fills no column"),
    "an unknown column": (HEAD + 'actor_user_nam = "x"', "actor_user_nam"),
    "a column of our own": (HEAD + 'index = "x"', "nothing called 'index'"),
    "an unknown word in a rule": (HEAD + 'message = { membr = "x" }', "membr"),
    "two ways to fill": (HEAD + 'message = { member = "x", constant = "y" }', "only one"),
    "cases without a member": (
        HEAD + 'message = { constant = "x", cases = { a = "b" } }', "belongs to member"),
    "no such outcome": (HEAD + 'status = { constant = "fine" }', "success, failure, unknown"),
    "no such outcome in a case": (
        HEAD + 'status = { member = "x", cases = { a = "fine" } }', "'fine' is none of"),
    "no such class": (HEAD + "class_uid = 12", "no class of OCSF"),
    "a number too large": (HEAD + "activity_id = 300", "no number from 0 to 99"),
    "a path that is none": (HEAD + 'message = "a..b"', "no way to a member"),
    "a control character": (HEAD + 'message = { constant = "a\\u0000b" }', "control character"),
    "half a brace": (HEAD + 'message = { template = "{a" }', "stands alone"),
    "a time without a zone": (
        HEAD + 'time = { member = "t", format = "%Y-%m-%d %H:%M:%S" }', "says the zone"),
    "a zone said twice": (
        HEAD + 'time = { member = "t", format = "%Y-%m-%d %H:%M %z", zone = "UTC" }', "twice"),
    "a time without a year": (
        HEAD + 'time = { member = "t", format = "%b %d %H:%M:%S", zone = "UTC" }', "guessed"),
    "no such zone": (
        HEAD + 'time = { member = "t", format = "%Y-%m-%d %H:%M", zone = "Mars/North" }',
        "no time zone"),
    "a zone that is a path": (
        HEAD + 'time = { member = "t", format = "rfc3339", zone = "../../etc/passwd" }',
        "no time zone"),
    "a directive nobody knows": (
        HEAD + 'time = { member = "t", format = "%Y-%m-%d %H:%M %q", zone = "UTC" }', "%q"),
    "a count with a zone": (
        HEAD + 'time = { member = "t", format = "epoch_s", zone = "UTC" }', "has no zone"),
    "a format of something else": (
        HEAD + 'message = { member = "t", format = "rfc3339" }', "format"),
    "a pattern that is none": (
        'name = "a"\npattern = "("\n[columns]\nmessage = "x"', "no regular expression"),
    "a pattern without names": (
        'name = "a"\npattern = "(.+)"\n[columns]\nmessage = "x"', "names no group"),
    "a pattern for nothing": (
        'name = "a"\npattern = "(?P<x>.*)"\n[columns]\nmessage = "x"', "empty line"),
    "one column": ('name = "a"\nheader = ["x"]\n[columns]\nmessage = "x"', "two at least"),
    "an empty condition": (
        HEAD + 'status = { rules = [{ when = {}, then = "failure" }] }', "always hold"),
    "a rule without its end": (HEAD + 'status = { rules = [{ when = { a = "b" } }] }', "both when"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_in_words(name: str) -> None:
    text, why = WRONG[name]
    error = refused(text)
    assert why in str(error)
    assert "Traceback" not in str(error)


def test_an_error_names_the_line_and_what_to_do() -> None:
    error = refused(HEAD + '\n\nmessage = "x"\nstatus_cod = "y"\n')
    assert error.what == "acme.toml line 8, columns.status_cod"
    assert error.todo == "did you mean status_code or status or status_detail?"


def test_a_name_that_is_taken_is_refused() -> None:
    with pytest.raises(UsageError, match="already"):
        declare(HEAD.replace("acme", "okta") + 'message = "x"', taken=SOURCES)


def test_a_folder_with_one_wrong_file_is_not_half_loaded(tmp_path: Path) -> None:
    assert load_folder(tmp_path / "none") == {}
    (tmp_path / "a.toml").write_text(HEAD + 'message = "x"\n')
    assert list(load_folder(tmp_path)) == ["acme"]
    (tmp_path / "b.toml").write_text(HEAD + 'message = "y"\n')
    with pytest.raises(UsageError, match="already"):
        load_folder(tmp_path)
    (tmp_path / "b.toml").write_text("x")
    with pytest.raises(UsageError, match=r"b\.toml"):
        load_folder(tmp_path)


# What is right ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        ('"t"', "2026-03-02T10:26:53.5+01:00", datetime(2026, 3, 2, 9, 26, 53, 500000)),
        ('"t"', "2026-03-02T10:26:53", None),
        ('{ member = "t", format = "rfc3339", zone = "+01:00" }', "2026-03-02T10:26:53",
         datetime(2026, 3, 2, 9, 26, 53)),
        ('{ member = "t", format = "rfc3339", zone = "UTC" }', "2026-03-02T10:26:53-01:00",
         datetime(2026, 3, 2, 11, 26, 53)),
        ('{ member = "t", format = "epoch_s" }', 1772443613, datetime(2026, 3, 2, 9, 26, 53)),
        ('{ member = "t", format = "epoch_s" }', 1772443613.25,
         datetime(2026, 3, 2, 9, 26, 53, 250000)),
        ('{ member = "t", format = "epoch_ms" }', "1772443613000", datetime(2026, 3, 2, 9, 26, 53)),
        ('{ member = "t", format = "epoch_us" }', 1772443613000001,
         datetime(2026, 3, 2, 9, 26, 53, 1)),
        ('{ member = "t", format = "epoch" }', 1772443613000, datetime(2026, 3, 2, 9, 26, 53)),
        ('{ member = "t", format = "epoch_ms" }', 0, None),
        ('{ member = "t", format = "%d/%b/%Y:%H:%M:%S %z" }', "02/Mar/2026:10:26:53 +0100",
         datetime(2026, 3, 2, 9, 26, 53)),
        ('{ member = "t", format = "%m/%d/%Y %I:%M:%S %p", zone = "America/New_York" }',
         "03/02/2026 04:26:53 AM", datetime(2026, 3, 2, 9, 26, 53)),
        ('{ member = "t", format = "%Y-%m-%d %H:%M:%S", zone = "Europe/Berlin" }',
         "2026-10-25 02:30:00", None),
        ('{ member = "t", format = "%Y-%m-%d %H:%M:%S", zone = "Europe/Berlin" }',
         "2026-03-29 02:30:00", None),
        ('{ member = "t", format = "%Y-%m-%d %H:%M:%S", zone = "Europe/Berlin" }',
         "2026-07-01 02:30:00", datetime(2026, 7, 1, 0, 30)),
        ('{ member = "t", format = "%Y-%m-%d %H:%M:%S", zone = "UTC" }', "2026-02-30 00:00:00",
         None),
        ('["none", { member = "t", format = "epoch_s" }]', 1772443613,
         datetime(2026, 3, 2, 9, 26, 53)),
    ],
)  # fmt: skip
def test_a_time_is_read_as_it_is_spelled_or_not_at_all(
    rule: str, value: Any, expected: datetime | None
) -> None:
    event = event_of(f"time = {rule}\n", t=value)
    assert event["time"] == expected
    assert event["original_time"] == (None if expected is None else str(value))


def test_values_come_from_members_tables_templates_and_rules() -> None:
    columns = """
        actor_user_name = ["user.email", "user.id", { constant = "nobody" }]
        resource_uid = "targets.0.id"
        resources = "targets.*.id"
        message = { template = "{user.id} {{did}} {action}" }
        src_endpoint_ip = "ip"
        src_endpoint_port = "port"
        any_ip = ["hops.*", "ip"]
        actor_session_mfa = "mfa"
        api_operation = "action"
        status_code = { member = "code", default = "none" }
        status = { rules = [
            { when = { error = true }, then = "failure" },
            { when = { action = ["ping", "p?*"], mfa = false }, then = "unknown" },
        ], default = "success" }
    """
    event = event_of(
        columns, user={"id": 7}, action="delete_user", ip="192.0.2.1:443", port=443, mfa=True,
        targets=[{"id": "a"}, {"id": "b"}, {}], hops=["198.51.100.1", "x"],
    )  # fmt: skip
    assert event["actor_user_name"] == "7"
    assert (event["resource_uid"], event["resources"]) == ("a", ["a", "b"])
    assert event["message"] == "7 {did} delete_user"
    assert (event["src_endpoint_ip"], event["src_endpoint_port"]) == ("192.0.2.1", 443)
    assert event["any_ip"] == ["198.51.100.1", "192.0.2.1"]
    assert event["actor_session_mfa"] is True
    assert (event["status"], event["status_code"]) == ("success", "none")
    assert (event["class_uid"], event["activity_id"], event["action"]) == (6003, 4, "delete")
    failed = event_of(columns, error="x", action="p?1")
    assert (failed["status"], failed["message"]) == ("failure", None)
    assert event_of(columns, action="p?1")["status"] == "unknown"
    assert event_of(columns, action="pong")["status"] == "success"
    assert event_of(columns)["actor_user_name"] == "nobody"


def test_a_member_whose_name_holds_a_dot_is_reached_by_quoting_it() -> None:
    columns = "api_operation = '\"event.action\"'\nuser_agent = 'a.\"b/c~d\".e'\n"
    event = event_of(columns, **{"event.action": "x", "a": {"b/c~d": {"e": "y"}}})
    assert (event["api_operation"], event["user_agent"]) == ("x", "y")


@pytest.mark.parametrize(
    ("match", "record", "known"),
    [
        ('type = "audit"', {"type": "audit"}, True),
        ('type = "audit"', {"type": "audits"}, False),
        ('type = "aud*"', {"type": "audits"}, True),
        ('type = "a?d[x]"', {"type": "a?d[x]"}, True),
        ('type = "a?d[x]"', {"type": "axdx"}, False),
        ('type = ["a", "b"]', {"type": "b"}, True),
        ("type = true", {"type": 0}, True),
        ("type = true", {"type": None}, False),
        ("type = true\nother = false", {"type": 1, "other": 2}, False),
        ("type = true\nother = false", {"type": 1}, True),
        ('version = "2"', {"version": 2}, True),
        ("version = 2", {"version": 2}, True),
        ('"a.b" = "c"', {"a": {"b": "c"}}, True),
        ('"a.0" = "c"', {"a": ["c"]}, True),
        ('"größe" = "x"', {"größe": "x"}, True),
    ],
)
def test_a_record_is_known_by_its_members(match: str, record: dict[str, Any], known: bool) -> None:
    mapping = f'name = "acme"\n[match]\n{match}\n[columns]\nmessage = "x"\n'
    assert try_mapping(mapping, [json.dumps(record).encode()]).is_known == (known,)


def test_a_line_of_text_is_known_by_all_of_its_pattern() -> None:
    mapping = """
        name = "gate"
        pattern = '(?P<who>\\S+) (?P<act>open|close) (?P<door>\\w+)(?: from (?P<ip>\\S+))?'
        key = ["who", "door"]
        [columns]
        actor_user_name = "who"
        api_operation = "act"
        resource_name = "door"
        src_endpoint_ip = "ip"
    """
    lines = [b"bob open north from 192.0.2.1", b"al close s", b"al close s now", b"\xff open x"]
    tried = try_mapping(mapping, lines)
    assert tried.is_known == (True, True, False, False)
    assert [each[0]["src_endpoint_ip"] for each in tried.events[:2]] == ["192.0.2.1", None]
    source = declare(mapping, "mapping.toml")
    keys = [source.claim(line) for line in lines[:2]]
    assert [each.key for each in keys if each] == [b'"bob"\0"north"', b'"al"\0"s"']


def test_a_table_is_known_by_its_columns_in_any_order() -> None:
    mapping = (
        'name = "sheet"\nheader = ["who", "what"]\n[columns]\n'
        'actor_user_name = "who"\napi_operation = "what"\n'
    )
    tried = try_mapping(mapping, [b"n;what;who", b"1;read;bob", b'2;"x\ny";al'])
    assert tried.is_known == (True, True)
    assert [each[0]["api_operation"] for each in tried.events] == ["read", "x\ny"]
    assert try_mapping(mapping, [b"n;what;whom", b"1;read;bob"]).known == 0


def test_a_changed_file_is_a_new_version_and_the_same_is_not() -> None:
    one, two = HEAD + 'message = "x"\n', HEAD + 'message = "y"\n'
    assert declare(one).VERSION == declare(one).VERSION
    assert declare(one).VERSION != declare(two).VERSION
    assert 1 <= declare(one).VERSION <= 0xFFFF


def test_a_declared_source_keeps_what_every_source_promises(tmp_path: Path) -> None:
    source = declare(
        HEAD.replace("[match]", 'key = "id"\n[match]')
        + 'time = "t"\nactor_user_name = "user"\napi_operation = "action"\n'
        'metadata_product = { constant = "Acme" }\nsrc_endpoint_ip = "ip"\nresource_uid = "on"\n'
    )
    source.SUPPORT, source.__doc__ = "vendor documentation", "References: none"
    record = {"type": "audit", "id": "1", "t": "2026-03-02T09:26:53Z", "user": "alice",
              "action": "door.open", "ip": "192.0.2.1", "on": "north"}  # fmt: skip
    (tmp_path / "door_was_opened.raw").write_text(json.dumps(record))
    [event] = events_of(json.dumps(record).encode(), source)
    assert event["source"] == "acme"
    found = check_source(source, tmp_path)
    assert [each for each in found if ".ocsf" not in each] == []


# Proposals ----------------------------------------------------------------------------------------

PROPOSED: dict[str, tuple[list[bytes], dict[str, Any]]] = {
    "JSON": (
        [json.dumps({"id": f"e{n}", "type": "portal", "ts": 1772443613000 + n,
                     "user": {"email": "a@b.example"}, "action": "user.deleted",
                     "client_ip": "192.0.2.1", "result": ("ok", "denied")[n % 2],
                     "target": {"id": "t", "type": "user"}}).encode() for n in range(4)],
        {"actor_user_name": "a@b.example", "src_endpoint_ip": "192.0.2.1", "status": "success",
         "api_operation": "user.deleted", "resource_uid": "t", "metadata_uid": "e0",
         "time": datetime(2026, 3, 2, 9, 26, 53)},
    ),
    "key=value": (
        [b'time=2026-03-02T09:26:53Z user="bob smith" action=open ip=192.0.2.1 result=failed',
         b"time=2026-03-02T09:26:54Z user=al action=close ip=192.0.2.2 result=ok"],
        {"actor_user_name": "bob smith", "api_operation": "open", "status": "failure",
         "src_endpoint_ip": "192.0.2.1", "time": datetime(2026, 3, 2, 9, 26, 53)},
    ),
    "a table": (
        [b"Date,User Name,Action,IP", b'2026-03-02T09:26:53Z,bob,"x, y",192.0.2.1',
         b"2026-03-02T09:26:53Z,al,z,192.0.2.1"],
        {"actor_user_name": "bob", "api_operation": "x, y", "src_endpoint_ip": "192.0.2.1",
         "time": datetime(2026, 3, 2, 9, 26, 53)},
    ),
    "words": (
        [b'192.0.2.1 - a@b.example [02/Mar/2026:10:26:53 +0100] "GET /x HTTP/1.1" 200',
         b'192.0.2.2 - c@b.example [02/Mar/2026:10:26:54 +0100] "GET /y HTTP/1.1" 404'],
        {"actor_user_name": "a@b.example", "src_endpoint_ip": "192.0.2.1",
         "time": datetime(2026, 3, 2, 9, 26, 53)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PROPOSED)
def test_a_proposal_reads_the_lines_it_was_made_from(name: str) -> None:
    lines, expected = PROPOSED[name]
    tried = try_mapping(propose(lines), lines)
    assert tried.known == len(tried.records) > 0
    event = tried.events[0][0]
    assert {key: event[key] for key in expected} == expected


def test_a_proposal_does_not_invent_a_zone() -> None:
    lines = [b'{"time": "2026-03-02 09:26:53", "user": "a"}'] * 2
    text = propose(lines)
    assert '\n# time = { member = "time", format = "rfc3339", zone = "UTC" }' in text
    assert try_mapping(text, lines).events[0][0]["time"] is None


@pytest.mark.parametrize(
    "lines", [[], [b""], [b"  "], [b"a", b"b c", b"d e f", b"1 2 3 4"][:1] * 0]
)
def test_nothing_is_proposed_for_nothing(lines: list[bytes]) -> None:
    with pytest.raises(UsageError):
        propose(lines)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=10,
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.dictionaries(st.text(max_size=6), VALUES, min_size=1), min_size=1, max_size=4))
def test_a_proposal_for_any_json_can_be_read_again(records: list[dict[str, Any]]) -> None:
    lines = [json.dumps(each).encode("utf-8", "surrogatepass") for each in records]
    try:
        text = propose(lines)
    except UsageError:
        return
    tried = try_mapping(text, lines)
    assert [len(each) for each in tried.events] == [1] * len(lines)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=60), max_size=5))
def test_a_proposal_for_any_bytes_can_be_read_again(lines: list[bytes]) -> None:
    try:
        text = propose(lines)
    except UsageError:
        return
    declare(text)
