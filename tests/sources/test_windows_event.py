"""Windows events: one meaning in every spelling, and XML that cannot do harm."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from actum.sources import claim
from actum.sources.windows_event.markup import from_xml
from actum.sources.windows_event.splitter import LONGEST, EventSplitter
from actum.sources.windows_event.telling import Wrong
from actum.testing import events_of

AUDITING = "Microsoft-Windows-Security-Auditing"
DATA = {
    "TargetUserName": "alice", "TargetUserSid": "S-1-5-21-1-2-3-1104", "TargetLogonId": "0x5a",
    "SubjectUserName": "-", "SubjectUserSid": "S-1-0-0", "LogonType": "3",
    "IpAddress": "::ffff:10.0.0.7",
    "IpPort": "50022", "WorkstationName": "PC-7",
}  # fmt: skip
AT = "2026-03-02T09:26:53.1234567Z"
HOST = "dc-1.corp.example"


def xml(event_id: str, data: dict[str, str] | None = None, *, provider: str = AUDITING) -> str:
    told = "".join(f'<Data Name="{name}">{value}</Data>' for name, value in (data or DATA).items())
    return (
        '<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System>'
        f'<Provider Name="{provider}"/><EventID Qualifiers="">{event_id}</EventID><Level>0</Level>'
        f'<Keywords>0x8020000000000000</Keywords><TimeCreated SystemTime="{AT}"/>'
        f"<EventRecordID>7</EventRecordID><Channel>Security</Channel><Computer>{HOST}</Computer>"
        f"<Security/></System><EventData>{told}</EventData></Event>"
    )


def spellings(event_id: str, data: dict[str, str]) -> dict[str, str]:
    system = {"EventID": int(event_id), "Channel": "Security", "Computer": HOST, "EventRecordID": 7,
              "Keywords": "0x8020000000000000", "Level": 0}  # fmt: skip
    nested = {"Provider": {"@Name": AUDITING}, "TimeCreated": {"@SystemTime": AT}}
    wrapped = {
        "Provider": {"#attributes": {"Name": AUDITING}},
        "TimeCreated": {"#attributes": {"SystemTime": AT}},
    }
    listed = [{"@Name": name, "#text": value} for name, value in data.items()]
    plain = {"Provider": {"Name": AUDITING}, "TimeCreated": {"SystemTime": AT}}
    lower = {name[:1].lower() + name[1:]: value for name, value in data.items()}
    told: dict[str, Any] = {
        "ecs": {"@timestamp": AT, "event": {"code": event_id}, "winlog": {
            "event_id": event_id, "channel": "Security", "provider_name": AUDITING, "record_id": 7,
            "computer_name": HOST, "event_data": data, "keywords": ["Audit Success"]}},
        "winlogbeat 6": {"@timestamp": AT, "event_id": int(event_id), "log_name": "Security",
                         "record_number": "7",
                         "source_name": AUDITING, "computer_name": HOST, "event_data": data,
                         "keywords": ["Audit Success"]},
        "nxlog": {"EventID": int(event_id), "Channel": "Security", "SourceName": AUDITING,
                  "Hostname": HOST, "RecordNumber": 7, "EventType": "AUDIT_SUCCESS",
                  "@timestamp": AT, **data},
        "attributes": {"Event": {"System": {**system, **wrapped}, "EventData": data}},
        "at": {"Event": {"System": {**system, **nested}, "EventData": {"Data": listed}}},
        "bare": {"System": {**system, **plain}, "EventData": data},
        "wazuh": {"data": {"win": {"system": {"eventID": event_id, "channel": "Security",
                  "providerName": AUDITING, "computer": HOST, "eventRecordID": "7",
                  "systemTime": AT}, "eventdata": lower}}},
    }  # fmt: skip
    return {**{name: json.dumps(each) for name, each in told.items()}, "xml": xml(event_id, data)}


# What must not happen -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "declared",
    ['<!DOCTYPE Event [<!ENTITY a "x">]>', '<!DOCTYPE Event SYSTEM "file:///etc/passwd">',
     '<!DOCTYPE Event [<!ENTITY % p SYSTEM "http://example.com/x"> %p;]>'],
)  # fmt: skip
def test_a_document_type_is_refused(declared: str) -> None:
    body = xml("4624").replace("alice", "&a;")
    with pytest.raises(Wrong, match="refused"):
        from_xml((declared + body).encode())
    for raw in (declared + body, f'<?xml version="1.0"?>\n{declared}\n{body}'):
        events = events_of(raw.encode())
        assert all(each["reason"] or each["source"] == "text" for each in events)
        assert not any(each["actor_user_name"] for each in events)


def test_an_entity_nobody_declared_is_unread() -> None:
    [event] = events_of(xml("4624").replace("alice", "&a;").encode())
    assert "undefined entity" in event["reason"]


def test_a_key_given_twice_is_unread() -> None:
    for raw in spellings("4624", DATA).values():
        if raw[:1] == "{":
            twice = raw.replace('"alice"', '"alice", "argetUserName": "x", "argetUserName": "bob"')
            [event] = events_of(twice.encode())
            assert event["reason"] == "a key is given twice: argetUserName"


def test_a_number_means_nothing_without_its_provider() -> None:
    [event] = events_of(xml("4624", provider="Example").encode())
    assert (event["class_uid"], event["action"]) == (0, "other")
    [event] = events_of(xml("1", {"Image": "C:\\x.exe"}).encode())
    assert event["class_uid"] == 0


@pytest.mark.parametrize(
    "raw",
    [
        b'{"EventID": 4624}', b'{"EventID": 4624, "Channel": "Security"}', b'{"event_id": "4624"}',
        b'{"winlog": {}}', b'{"winlog": 7, "event_id": 1}', b"<Events>", b"<Eventual/>",
        b'{"Event": {"System": "x"}, "EventID": 1}', b'{"EventID"',
        b'{"data": {"win": {"system": 7}}, "eventID": 1}',
    ],
)  # fmt: skip
def test_other_records_are_not_claimed(raw: bytes) -> None:
    assert claim(raw).source != "windows_event"


def test_an_event_that_never_ends_is_given_up() -> None:
    splitter = EventSplitter()
    lines = [b"<Event>"] + [b"x" * 60_000] * (LONGEST // 60_000 + 20)
    found = [*splitter.take(lines, range(len(lines))), *splitter.rest()]
    assert found[0].reason
    assert sum(each.lines for each in found) == len(lines)


def test_deep_xml_and_json_are_refused() -> None:
    deep = xml("4624").replace("alice", "<a>" * 5_000 + "</a>" * 5_000)
    [event] = events_of(deep.encode())
    assert event["reason"] == "XML nested too deeply"
    raw = (
        '{"EventID": 1, "Channel": "x", "Hostname": "y", "z": ' + "[" * 90_000 + "]" * 90_000 + "}"
    )
    assert len(events_of(raw.encode())) == 1


@pytest.mark.parametrize(
    "value", [None, True, -1, 1.5, "", "x" * 9_000, [], [1, None], {}, {"a": {"b": 1}}]
)
def test_every_member_may_be_of_any_type(value: object) -> None:
    for name, raw in spellings("4624", DATA).items():
        if raw[:1] == "{":
            records = list(changed(json.loads(raw), value))
            events = events_of("\n".join(map(json.dumps, records)).encode())
            assert len(events) == len(records), name


def changed(record: dict[str, Any], value: object) -> Any:
    for key, inner in record.items():
        yield {**record, key: value}
        if isinstance(inner, dict):
            for each in changed(inner, value):
                yield {**record, key: each}


# One meaning ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", spellings("4624", DATA))
def test_every_spelling_says_the_same(name: str) -> None:
    [event] = events_of(spellings("4624", DATA)[name].encode())
    assert event["source"] == "windows_event"
    assert (event["class_uid"], event["activity_id"], event["status"]) == (3002, 1, "success")
    assert (event["actor_user_name"], event["actor_user_uid"]) == ("alice", "S-1-5-21-1-2-3-1104")
    assert (event["src_endpoint_ip"], event["src_endpoint_port"]) == ("10.0.0.7", 50022)
    assert (event["device_hostname"], event["metadata_uid"]) == (HOST, "Security/7")
    assert event["time"] == datetime(2026, 3, 2, 9, 26, 53, 123456)
    assert event["actor_session_uid"] == "0x5a"


SUBJECT = {
    "SubjectUserName": "admin",
    "SubjectUserSid": "S-1-5-21-1-2-3-500",
    "SubjectLogonId": "0x6",
}
KINDS: dict[str, tuple[int, int, str]] = {
    "4625": (3002, 1, "failure"), "4634": (3002, 2, "success"), "4647": (3002, 2, "success"),
    "4720": (3001, 1, "success"), "4722": (3001, 2, "success"), "4725": (3001, 5, "success"),
    "4726": (3001, 6, "success"), "4740": (3001, 9, "success"), "4767": (3001, 12, "success"),
    "4724": (3001, 4, "success"), "4727": (3006, 6, "success"), "4728": (3006, 3, "success"),
    "4729": (3006, 4, "success"), "4730": (3006, 5, "success"), "4731": (3006, 6, "success"),
    "4732": (3006, 3, "success"), "4735": (3006, 99, "success"), "4756": (3006, 3, "success"),
}  # fmt: skip


def test_accounts_and_groups_are_told_with_who_changed_whom() -> None:
    data = {**SUBJECT, "TargetUserName": "thing", "TargetSid": "S-1-5-32-544",
            "MemberName": "CN=bob,CN=Users", "MemberSid": "S-1-5-21-1-2-3-1105"}  # fmt: skip
    events = events_of("\n".join(xml(each, data) for each in KINDS).encode())
    for event, (number, expected) in zip(events, KINDS.items(), strict=True):
        assert (event["class_uid"], event["activity_id"], event["status"]) == expected, number
        assert event["api_operation"] == number
        if event["class_uid"] in (3001, 3006):
            assert (event["actor_user_name"], event["resource_name"]) == ("admin", "thing"), number
            assert "bob" in event["any_user"] or event["class_uid"] == 3001, number


def test_a_refused_sign_in_says_why() -> None:
    data = {**DATA, "Status": "0xC000006D", "SubStatus": "0xC0000064", "IpAddress": "-"}
    [event] = events_of(xml("4625", data).encode())
    assert (event["status_code"], event["status_detail"]) == (
        "0xC0000064",
        "the user does not exist",
    )
    assert (event["src_endpoint_ip"], event["src_endpoint_domain"]) == (None, "PC-7")


def test_a_ticket_s_outcome_is_its_status() -> None:
    for status, expected in (("0x0", "success"), ("0x18", "failure")):
        [event] = events_of(xml("4768", {**DATA, "Status": status}).encode())
        assert event["status"] == expected


def test_a_time_without_a_zone_is_unknown_unless_it_is_utc_by_definition() -> None:
    base = {"EventID": 4624, "Channel": "Security", "SourceName": AUDITING, "Hostname": HOST}
    [local] = events_of(json.dumps({**base, "EventTime": "2026-03-02 10:26:53"}).encode())
    assert (local["time"], local["original_time"]) == (None, "2026-03-02 10:26:53")
    [sysmon] = events_of(
        json.dumps({**base, "EventTime": "x", "UtcTime": "2026-03-02 09:26:53.5"}).encode()
    )
    assert sysmon["time"] == datetime(2026, 3, 2, 9, 26, 53, 500_000)


def test_xml_is_read_over_lines_side_by_side_and_between_other_text() -> None:
    one, spread = xml("4624"), xml("4634").replace("><", ">\n<")
    raw = f'<?xml version="1.0"?>\n<Events>\n{one}{one}\n{spread}\nnoise\n</Events>\n'
    events = events_of(raw.encode())
    assert [each["source"] for each in events] == ["windows_event"] * 3 + ["text"]
    assert [each["api_operation"] for each in events[:3]] == ["4624", "4624", "4634"]
