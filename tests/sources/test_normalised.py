"""Events somebody normalised before us: OCSF, ECS, CloudEvents, and our own application event."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actum.sources import SOURCES
from actum.testing import pairs_of
from actum.trial import events_of, recognise
from sources.world import claimed, shared

HERE = Path(str(SOURCES["ocsf"].__file__)).parents[1]  # type: ignore[attr-defined]
MINE = ("ocsf", "ecs", "cloudevents", "app")
WRONG: tuple[Any, ...] = (
    [], ["a"], "text", "", 7, -1.5, 10**40, True, None, {}, {"a": {"b": []}}, [[[]]], [{"uid": []}],
)  # fmt: skip


def whole(name: str) -> Iterator[dict[str, Any]]:
    """The pairs of a source that are one JSON object without a name given twice."""
    for title, raw in pairs_of(HERE / name).items():
        if "twice" not in title:
            yield json.loads(raw)


def only(record: dict[str, Any]) -> dict[str, Any]:
    [[event]] = claimed([json.dumps(record).encode()])
    return event


def ocsf(**changed: Any) -> dict[str, Any]:
    plain = {
        "class_uid": 6003, "activity_id": 1, "type_uid": 600301, "category_uid": 6,
        "time": 1772443613000, "severity_id": 1, "metadata": {"version": "1.3.0"},
    }  # fmt: skip
    return {**plain, **changed}


def ecs(**changed: Any) -> dict[str, Any]:
    return {"@timestamp": "2026-03-02T09:26:53Z", "ecs": {"version": "8.0.0"}, **changed}


def app(**changed: Any) -> dict[str, Any]:
    plain = {"actum": "event/v1", "time": "2026-03-02T09:26:53Z", "action": "invoice.deleted"}
    return {**plain, **changed}


# What must not happen -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "record",
    [
        {"class_uid": 6003, "time": 1},
        {"class_uid": 6003, "metadata": {"version": "2.0"}},
        {"class_uid": 6003, "metadata": "1.0"},
        {"class_uid": "Course 7", "metadata": {"title": "x"}},
        {"@timestamp": "2026-03-02T09:26:53Z", "message": "x"},
        {"@timestamp": "2026-03-02T09:26:53Z", "event": "login"},
        {"@timestamp": "2026-03-02T09:26:53Z", "event": {"name": "login"}},
        {"_source": {"a": 1}, "_index": "x", "@timestamp": 1},
        {"ecs": {"version": "8"}, "message": "no time member at all"},
        {"specversion": "1.0", "id": "1"},
        {"specversion": "2.0", "id": "1", "source": "x", "type": "y"},
        {"specversion": 1, "id": "1", "source": "x", "type": "y"},
        {"actum": "event/v2", "time": "2026-03-02T09:26:53Z", "action": "x"},
        {"action": "x", "note": "event/v1"},
    ],
)
def test_what_only_looks_alike_is_left_to_others(record: dict[str, Any]) -> None:
    assert only(record)["source"] not in MINE


@pytest.mark.parametrize("name", MINE)
def test_a_member_of_the_wrong_type_gives_exactly_one_event(name: str) -> None:
    records = [
        {**record, member: value} for record in whole(name) for member in record for value in WRONG
    ]
    found = claimed([json.dumps(each).encode() for each in records])
    assert [len(each) for each in found] == [1] * len(records)


@pytest.mark.parametrize("name", ["ocsf", "app"])
def test_an_inner_member_of_the_wrong_type_is_read_all_the_same(name: str) -> None:
    records = [
        {**record, member: {**inner, key: value}}
        for record in whole(name)
        for member, inner in record.items()
        if isinstance(inner, dict)
        for key in inner
        for value in WRONG
    ]
    found = claimed([json.dumps(each).encode() for each in records])
    assert [len(each) for each in found] == [1] * len(records)
    claimed_here = [each for [each] in found if each["source"] == name]
    assert [each["reason"] for each in claimed_here] == [None] * len(claimed_here)


@pytest.mark.parametrize("name", MINE)
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_bytes_changed_give_at_least_one_event(name: str, data: st.DataObject) -> None:
    raws = list(pairs_of(HERE / name).values())
    records = []
    for _ in range(60):
        raw = data.draw(st.sampled_from(raws)).strip()
        at = data.draw(st.integers(0, len(raw) - 1))
        records.append(raw[:at] + data.draw(st.binary(max_size=3)) + raw[at + 1 :])
    assert all(claimed(records))


@pytest.mark.parametrize("name", MINE)
def test_huge_and_deep_values_are_kept_and_harm_nobody(name: str) -> None:
    record = next(whole(name))
    deep = json.dumps(record)[:-1] + ', "metadatum": ' + "[" * 20_000 + "]" * 20_000 + "}"
    long = json.dumps({**record, "message": "x" * 3_000_000})
    found = claimed([deep.encode(), long.encode(), json.dumps(record).encode()])
    assert [len(each) for each in found] == [1, 1, 1]
    assert [each[0]["reason"] for each in found[1:]] == [None, None]


def test_a_number_too_large_for_its_column_is_not_cut_to_another() -> None:
    event = only(ocsf(class_uid=10**9, activity_id=300, severity_id=77, count=-1,
                      traffic={"bytes": 10**30}, src_endpoint={"port": 99_999}))  # fmt: skip
    assert (event["class_uid"], event["activity_id"], event["severity_id"]) == (0, 0, 0)
    assert (event["count"], event["traffic_bytes"], event["src_endpoint_port"]) == (None,) * 3


# OCSF ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "micros"),
    [(1772443613000, 0), (1772443613, 0), (1772443613000123, 123), (1772443613000000000, 0),
     ("1772443613000", 0), ("2026-03-02T10:26:53+01:00", 0)],
)  # fmt: skip
def test_the_time_is_told_by_its_digits(stated: Any, micros: int) -> None:
    expected = datetime(2026, 3, 2, 9, 26, 53, micros)
    event = only(ocsf(time=stated))
    assert event["time"] == expected
    assert event["original_time"] == str(stated)


def test_of_two_times_the_required_one_counts_and_the_other_stands_in() -> None:
    assert only(ocsf(time_dt="2020-01-01T00:00:00Z"))["time"].year == 2026
    assert only(ocsf(time=None, time_dt="2020-01-01T00:00:00Z"))["time"].year == 2020
    assert only(ocsf(time=None, time_dt="2020-01-01T00:00:00"))["time"] is None


@pytest.mark.parametrize(
    ("members", "status"),
    [
        ({}, "unknown"),
        ({"status_id": 1}, "success"), ({"status_id": 2}, "failure"),
        ({"status_id": 99}, "unknown"),
        ({"status": "Success"}, "success"), ({"status": "Failure"}, "failure"),
        ({"status_id": 0, "status": "Unknown"}, "unknown"),
        ({"status_id": 1, "status": "Failure"}, "success"),
        ({"api": {"response": {"error": "AccessDenied"}}}, "failure"),
        ({"api": {"response": {"code": 404}}}, "failure"),
        ({"api": {"response": {"code": 204}}}, "success"),
        ({"action_id": 2}, "failure"), ({"action_id": 1}, "success"),
        ({"class_uid": 2004, "status_id": 1, "status": "New"}, "unknown"),
        ({"class_uid": 4001, "activity_id": 5}, "failure"),
        ({"class_uid": 4003, "rcode_id": 0}, "success"),
        ({"class_uid": 4003, "rcode": "NXDomain"}, "failure"),
    ],
)  # fmt: skip
def test_the_outcome_is_what_the_event_says(members: dict[str, Any], status: str) -> None:
    assert only(ocsf(**members))["status"] == status


def test_who_signs_in_is_the_user_unless_an_actor_is_named() -> None:
    user = {"name": "bob", "uid": "7"}
    assert only(ocsf(class_uid=3002, user=user))["actor_user_name"] == "bob"
    named = only(ocsf(class_uid=3002, user=user, actor={"user": {"name": "alice"}}))
    assert named["actor_user_name"] == "alice"
    assert only(ocsf(class_uid=3001, user=user))["actor_user_name"] is None


def test_an_address_that_is_none_is_a_name() -> None:
    event = only(ocsf(src_endpoint={"ip": "AWS Internal"}, dst_endpoint={"ip": "[2001:db8::1]:44"}))
    assert (event["src_endpoint_ip"], event["src_endpoint_domain"]) == (None, "AWS Internal")
    assert event["dst_endpoint_ip"] == "2001:db8::1"


def test_the_same_id_of_another_product_or_moment_is_another_event() -> None:
    def identity(**changed: Any) -> bytes:
        raw = json.dumps(ocsf(**changed)).encode()
        found = SOURCES["ocsf"].claim(raw)
        assert found is not None
        return found.key

    one = {"version": "1.1.0", "uid": "x", "product": {"name": "A"}}
    assert identity(metadata=one) == identity(metadata=one, message="told again")
    assert identity(metadata=one) != identity(metadata={**one, "product": {"name": "B"}})
    assert identity(metadata=one) != identity(metadata=one, time=1772443613001)
    assert identity() == b""


def test_every_attribute_of_the_schema_is_known_and_others_are_counted() -> None:
    folder = shared("standards") / "ocsf-schema-1.8.0" / "events"
    names = {
        name
        for path in folder.rglob("*.json")
        for name in json.loads(path.read_text("utf-8")).get("attributes", {})
        if not name.startswith("$")
    }
    assert len(names) > 100
    unknown = names - SOURCES["ocsf"].MAPPING.known - {"include"}
    assert not unknown
    assert only(ocsf(**{"x y": 1}))["unmapped"] == 1


def samples() -> list[tuple[Path, dict[str, Any]]]:
    folders = ("aws-route53", "okta", "aws-vpcflow", "aws-securityhub", "k8s-audit", "github-audit",
               "aws-cloudtrail")  # fmt: skip
    return [
        (path, json.loads(path.read_bytes()))
        for folder in folders
        for path in sorted((shared(folder) / "ocsf-examples").rglob("*.ocsf"))
    ]


def test_the_real_examples_are_read_as_they_say() -> None:
    told = samples()
    assert len(told) == 17
    for path, record in told:
        [event] = events_of(path.read_bytes())
        about = f"{path.parent.name}/{path.name}"
        assert (event["source"], event["reason"], event["unmapped"]) == ("ocsf", None, 0), about
        assert event["class_uid"] == record["class_uid"], about
        assert event["activity_id"] == record["activity_id"], about
        assert event["severity_id"] == record["severity_id"], about
        seconds = record["time"] / (1 if record["time"] < 10**11 else 1000)
        assert event["time"].replace(tzinfo=UTC).timestamp() == pytest.approx(seconds), about
        who = record.get("actor", {}).get("user", {})
        assert event["actor_user_uid"] == who.get("uid"), about
        assert event["metadata_product"] == record["metadata"]["product"]["name"], about
        if "status" in record and record["category_uid"] != 2:
            assert event["status"] == record["status"].lower(), about
        address = record.get("src_endpoint", {}).get("ip")
        if address != "12.000.22.33":  # an example that is no address
            assert event["src_endpoint_ip"] == address, about


# ECS ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form",
    [
        lambda record: record,
        lambda record: {"_index": "i", "_id": "1", "_source": record},
        lambda record: {"_index": "i", "_id": "1", "_source": flat(record)},
        lambda record: {"_index": "i", "_id": "1",
                        "fields": {key: [each] for key, each in flat(record).items()}},
        lambda record: {**flat(record)},
        lambda record: {**flat(record), "event": record["event"], **dict.fromkeys(
            (key for key in flat(record) if key.startswith("event.")), None)},
    ],
    ids=["nested", "hit", "dotted hit", "fields of a hit", "dotted", "half of it dotted"],
)  # fmt: skip
def test_every_form_of_a_document_says_the_same(form: Any) -> None:
    record = ecs(
        event={"category": "authentication", "type": "start", "outcome": "failure", "action": "in"},
        user={"name": "alice", "target": {"name": "bob"}}, source={"ip": "192.0.2.1", "port": 22},
        host={"name": "web-1"},
    )  # fmt: skip
    event = only(form(record))
    assert (event["source"], event["reason"]) == ("ecs", None)
    assert (event["class_uid"], event["activity_id"], event["status"]) == (3002, 1, "failure")
    assert (event["actor_user_name"], event["any_user"]) == ("alice", ["bob"])
    assert (event["src_endpoint_ip"], event["src_endpoint_port"]) == ("192.0.2.1", 22)
    assert event["time"] == datetime(2026, 3, 2, 9, 26, 53)


def flat(record: dict[str, Any], path: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, dict):
            found |= flat(value, f"{path}{key}.")
        else:
            found[path + key] = value
    return found


@pytest.mark.parametrize(
    "raw",
    [
        b'{"@timestamp": "2026-03-02T09:26:53Z", "event.action": "a", "event.action": "b"}',
        b'{"@timestamp": "2026-03-02T09:26:53Z", "event.action": "a", "event": {"action": "b"}}',
        b'{"@timestamp": "2026-03-02T09:26:53Z", "event": {"action": "a", "action": "b"}}',
        b'{"_index": "i", "_source": {"@timestamp": "x", "event": {"id": 1}, "event": {"id": 2}}}',
        b'{"_index": "i", "_source": {"a": 1}, "_source": {"@timestamp": 1, "event": {"id": 1}}}',
    ],
    ids=["dotted", "dotted and nested", "nested", "in a hit", "two documents"],
)
def test_a_name_given_twice_is_unread_in_every_form(raw: bytes) -> None:
    [[event]] = claimed([raw])
    assert event["source"] == "ecs"
    assert (event["reason"] or "").startswith("a key is given twice")


def test_where_a_name_is_a_value_and_an_object_the_object_counts() -> None:
    event = only(ecs(**{"event.action": "x", "host": "web", "host.name": "web-1"}))
    assert (event["reason"], event["device_hostname"]) == (None, "web-1")


@pytest.mark.parametrize(
    ("category", "kind", "expected"),
    [
        (["authentication"], ["end"], (3002, 2)), (["iam"], ["group", "change"], (3006, 99)),
        (["iam"], ["user", "creation"], (3001, 1)), (["process"], ["start"], (1007, 1)),
        (["file"], ["deletion"], (1001, 4)), (["network"], ["denied"], (4001, 5)),
        (["web"], ["access"], (4002, 99)), (["database"], ["access"], (6005, 1)),
        (["configuration"], ["change"], (6003, 3)), (["intrusion_detection"], ["info"], (2004, 1)),
        (["package"], ["installation"], (6002, 1)), (["registry"], ["change"], (201001, 3)),
    ],
)  # fmt: skip
def test_the_class_is_told_by_category_and_type(
    category: list[str], kind: list[str], expected: tuple[int, int]
) -> None:
    event = only(ecs(event={"category": category, "type": kind}))
    assert (event["class_uid"], event["activity_id"]) == expected
    alone = only(ecs(event={"category": category[0], "type": kind}))
    assert alone["class_uid"] == expected[0]


def test_every_field_set_is_known() -> None:
    with (shared("standards") / "ecs" / "fields.csv").open(encoding="utf-8") as file:
        names = {row["Field"].partition(".")[0] for row in csv.DictReader(file)}
    assert len(names) > 30
    assert names <= SOURCES["ecs"].MAPPING.known


# CloudEvents and our own --------------------------------------------------------------------------


def test_an_id_counts_within_its_source() -> None:
    def identity(source: str) -> bytes:
        event = {"specversion": "1.0", "id": "1", "source": source, "type": "t"}
        found = SOURCES["cloudevents"].claim(json.dumps(event).encode())
        assert found is not None
        return found.key

    assert identity("/a") != identity("/b")


def test_a_batch_of_events_is_each_of_them() -> None:
    event = {"specversion": "1.0", "source": "/a", "type": "user.created"}
    batch = json.dumps([{**event, "id": "1"}, {**event, "id": "2"}]).encode()
    assert recognise(batch).sources == ["cloudevents"] * 2
    assert [each["action"] for each in events_of(batch)] == ["create"] * 2


@pytest.mark.parametrize(
    ("action", "target", "expected"),
    [
        ("invoice.deleted", {"id": "1", "type": "invoice"}, (6001, 4, "delete")),
        ("invoice.deleted", None, (6003, 4, "delete")),
        ("user.logged_in", None, (3002, 1, "auth")),
        ("session.logged_out", None, (3002, 2, "auth")),
        ("user.created", {"id": "1", "type": "user"}, (3001, 1, "create")),
        ("user.password.reset", {"id": "1", "type": "user"}, (3001, 4, "update")),
        ("user.mfa.disabled", {"id": "1", "type": "user"}, (3001, 11, "update")),
        ("team.member.removed", {"id": "1", "type": "team"}, (3006, 4, "update")),
        ("team.deleted", {"id": "1", "type": "team"}, (3006, 5, "delete")),
        ("role.granted", {"id": "1", "type": "user"}, (3005, 1, "update")),
        ("user.role.revoked", {"id": "1", "type": "user"}, (3005, 2, "update")),
        ("report.exported", {"id": "1", "type": "report"}, (6001, 7, "read")),
        ("blogin.updated", {"id": "1", "type": "blogin"}, (6001, 3, "update")),
        ("something", {"id": "1", "type": "x"}, (6001, 99, "other")),
    ],
)  # fmt: skip
def test_the_class_follows_from_action_and_target(
    action: str, target: dict[str, str] | None, expected: tuple[int, int, str]
) -> None:
    event = only(app(action=action, target=target))
    assert (event["class_uid"], event["activity_id"], event["action"]) == expected


def test_an_outcome_nobody_stated_is_unknown() -> None:
    assert only(app())["status"] == "unknown"
    assert only(app(outcome="Success"))["status"] == "success"
    assert only(app(outcome="fine"))["status"] == "unknown"


def test_an_id_counts_within_its_tenant() -> None:
    def identity(**changed: Any) -> bytes:
        found = SOURCES["app"].claim(json.dumps(app(**changed)).encode())
        assert found is not None
        return found.key

    assert identity(id="1", tenant="a") != identity(id="1", tenant="b")
    assert identity(id="1", tenant="a") == identity(id="1", tenant="a", outcome="success")
    assert identity() == b""


def test_whom_a_support_engineer_has_become_is_told_and_found() -> None:
    actor = {"email": "dan@vendor.example", "acting_as": {"email": "alice@corp.example"}}
    event = only(app(actor=actor))
    assert event["actor_user_name"] == "dan@vendor.example"
    assert event["actor_acting_as"] == "alice@corp.example"
    assert "alice@corp.example" in event["any_user"]
