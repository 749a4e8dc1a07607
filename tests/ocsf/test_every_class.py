"""Events of every class a source maps to come out valid from the flat columns alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actum.ocsf import COLUMNS, ocsf_classes, problems, to_ocsf

WHEN: dict[str, object] = {
    "source": "test",
    "metadata_product": "Test",
    "time": datetime(2026, 11, 6, 3, 14, 9),
    "severity_id": 1,
    "activity_id": 1,
    "status": "success",
}
WHO: dict[str, object] = {"actor_user_name": "alice", "actor_user_type": "User"}
FROM: dict[str, object] = {"src_endpoint_ip": "203.0.113.7", "src_endpoint_port": 51812}
HOST: dict[str, object] = {"device_hostname": "web-1"}
WHAT: dict[str, object] = {"resource_uid": "r-1", "resource_name": "payroll"}
OTHER: dict[str, object] = {"any_user": ["bob"]}

VALID: dict[int, dict[str, object]] = {
    0: {"message": "cache is cold"},
    1001: WHO | HOST | {"resource_name": "/etc/shadow"},
    1006: HOST | WHAT,
    1007: WHO | HOST | {"process_pid": 7, "process_path": "/usr/bin/cat"},
    1008: HOST | {"resource_name": "Security"},
    2002: {"metadata_uid": "f1", "finding_title": "CVE-2026-0001 in openssl"} | WHAT,
    2003: {"metadata_uid": "f1", "finding_title": "Buckets are private"} | WHAT,
    2004: {"metadata_uid": "f1", "finding_title": "Brute force"} | WHAT,
    2006: {"metadata_uid": "f1", "finding_title": "Cards in a bucket"} | WHAT,
    3001: WHO | OTHER,
    3002: WHO | {"api_service_name": "Okta"},
    3003: WHO | {"resource_name": "SeDebugPrivilege"},
    3004: WHO | WHAT | {"resource_type": "Policy"},
    3005: WHO | OTHER | {"resource_name": "Contributor", "resource_type": "role"},
    3006: WHO | OTHER | {"resource_name": "admins"},
    4001: FROM | {"dst_endpoint_ip": "203.0.113.9", "connection_protocol": "tcp"},
    4002: FROM | {"http_method": "GET", "http_url": "https://shop.example/", "http_status": 403},
    4003: FROM | {"query_hostname": "evil.example", "query_type": "A", "status_code": "NXDOMAIN"},
    4007: FROM | WHO,
    4009: {"actor_user_email": "alice@corp.example", "connection_direction": "outbound"} | WHAT,
    5001: HOST,
    5003: WHO,
    6001: WHAT,
    6002: WHAT,
    6003: WHO | FROM | {"api_operation": "repo.create"},
    6005: WHO | FROM | WHAT,
    6006: WHO | FROM | {"resource_name": "plan.docx"},
    6008: {"message": "out of memory"},
}


def _nested(uid: int, **more: object) -> dict[str, Any]:
    return to_ocsf(WHEN | VALID[uid] | {"class_uid": uid} | more)


# What must not happen.


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        pytest.param({"src_endpoint_ip": "a.example"}, ("src_endpoint", "ip"), id="host for ip"),
        pytest.param({"dst_endpoint_port": 70_000}, ("dst_endpoint", "port"), id="port"),
        pytest.param({"traffic_bytes": 2**64 - 1}, ("traffic", "bytes"), id="too many"),
    ],
)
def test_a_value_the_schema_does_not_take_is_kept_aside(
    changes: dict[str, object], place: tuple[str, str]
) -> None:
    nested = _nested(4001, **changes)
    assert problems(nested) == []
    assert nested["unmapped"][place[0]][place[1]] == next(iter(changes.values()))


def test_an_object_without_what_makes_it_one_is_kept_aside() -> None:
    bare: dict[str, object] = {
        "src_endpoint_port": 22,
        "cloud_account_uid": "acme",
        "api_operation": "x",
        "resource_type": "pods",
        "process_name": "sshd",
    }
    nested: dict[str, Any] = to_ocsf(WHEN | {"class_uid": 2004, "metadata_uid": "f1"} | bare)
    assert problems(nested) == []
    assert nested["unmapped"]["src_endpoint"] == {"port": 22}
    assert nested["unmapped"]["cloud"] == {"account": {"uid": "acme"}}
    assert nested["unmapped"]["resources"] == [{"type": "pods"}]
    assert nested["unmapped"]["process"] == {"name": "sshd"}


def test_what_a_class_requires_stays_in_its_place_however_little_it_holds() -> None:
    nested = _nested(1007, process_pid=None, process_cmd_line="cat /etc/shadow")
    assert nested["process"]["cmd_line"] == "cat /etc/shadow"
    assert problems(nested) == ["process needs at least one of pid, uid, cpid"]


def test_a_profile_that_is_not_whole_is_not_named() -> None:
    nested = _nested(1007, api_operation="execve")
    assert problems(nested) == []
    assert "profiles" not in nested["metadata"]
    assert nested["unmapped"]["api"] == {"operation": "execve"}


@pytest.mark.parametrize(
    ("uid", "said"),
    [
        (1001, ["actor", "device", "file"]),
        (1007, ["actor", "device", "process"]),
        (3002, ["user"]),
        (3004, ["entity"]),
        (6001, ["web_resources"]),
        (6006, ["actor", "file", "src_endpoint"]),
    ],
)
def test_what_nobody_stated_is_said_to_be_missing(uid: int, said: list[str]) -> None:
    found = problems(to_ocsf(WHEN | {"class_uid": uid}))
    assert [each for each in found if each.endswith("is required and missing")] == [
        f"{name} is required and missing" for name in said
    ]


_VALUES = {
    "VARCHAR": st.none()
    | st.text(max_size=8)
    | st.sampled_from(["::1", "/a/b", "in", "256", "a@b"]),
    "VARCHAR[]": st.none() | st.lists(st.text(max_size=5), max_size=3),
    "BOOLEAN": st.none() | st.booleans(),
    "TIMESTAMP": st.none() | st.datetimes(),
    "UTINYINT": st.none() | st.integers(0, 7),
    "USMALLINT": st.none() | st.integers(0, 2**16 - 1),
    "UINTEGER": st.none() | st.integers(0, 2**32 - 1),
    "BIGINT": st.none() | st.integers(-(2**63), 2**63 - 1),
    "UBIGINT": st.none() | st.integers(0, 2**64 - 1),
}
_EVENTS = st.fixed_dictionaries({each.name: _VALUES[each.kind] for each in COLUMNS})


@settings(max_examples=200, deadline=None)
@given(event=_EVENTS, uid=st.sampled_from([*VALID, *ocsf_classes()]))
def test_whatever_the_columns_say_only_what_is_missing_can_be_wrong(
    event: dict[str, object], uid: int
) -> None:
    known = ("is required and missing", "needs at least one of", "which is none of its known")
    for said in problems(to_ocsf(event | {"class_uid": uid})):
        assert any(each in said for each in known), said


# What is right.


@pytest.mark.parametrize("uid", VALID)
def test_a_class_is_valid_from_its_columns(uid: int) -> None:
    assert problems(_nested(uid)) == []


@pytest.mark.parametrize(
    ("word", "number"),
    [("inbound", 1), ("EGRESS", 2), ("Lateral", 3), ("local", 4), ("up", 99), (None, 0)],
)
def test_a_direction_has_its_number(word: str | None, number: int) -> None:
    assert _nested(4001, connection_direction=word)["connection_info"]["direction_id"] == number


@pytest.mark.parametrize(
    ("protocol", "name", "number"),
    [
        ("tcp", "tcp", 6),
        ("UDP", "UDP", 17),
        ("ipv6-icmp", "ipv6-icmp", 58),
        ("47", "gre", 47),
        ("250", "250", 250),
        ("999", "999", None),
        ("quic", "quic", None),
    ],
)
def test_a_protocol_has_its_number(protocol: str, name: str, number: int | None) -> None:
    info = _nested(4001, connection_protocol=protocol)["connection_info"]
    assert (info["protocol_name"], info.get("protocol_num")) == (name, number)


def test_a_program_is_named_by_its_path() -> None:
    file = _nested(1007)["process"]["file"]
    assert file == {"name": "cat", "type_id": 0, "path": "/usr/bin/cat"}
    windows = _nested(1007, process_path="C:\\Windows\\cmd.exe")["process"]["file"]
    assert windows["name"] == "cmd.exe"


def test_a_user_known_by_e_mail_or_by_a_key_alone_is_one() -> None:
    mailed = _nested(3002, actor_user_name=None, actor_user_email="alice@corp.example")
    assert mailed["user"]["name"] == "alice@corp.example"
    keyed = _nested(
        6003, actor_user_name=None, actor_user_type=None, actor_user_credential_uid="AKIA1"
    )
    assert keyed["actor"] == {"session": {"credential_uid": "AKIA1"}}
    assert problems(keyed) == []


def test_a_window_has_its_end() -> None:
    assert _nested(4001, end_time=datetime(1970, 1, 1, 0, 0, 1))["end_time"] == 1000


def test_a_sign_in_to_a_host_is_to_that_host() -> None:
    nested = _nested(3002, api_service_name=None, device_hostname="web-1")
    assert nested["dst_endpoint"] == {"hostname": "web-1"}
    assert problems(nested) == []


@pytest.mark.parametrize(
    ("changes", "privileges"),
    [
        pytest.param({}, ["Contributor"], id="a role"),
        pytest.param(
            {"resource_name": "bob", "resource_type": "user", "resources": ["Owner"]},
            ["Owner"],
            id="not the user",
        ),
        pytest.param(
            {"resources": ["arn:aws:iam::aws:policy/ReadOnly"]},
            ["arn:aws:iam::aws:policy/ReadOnly"],
            id="a policy",
        ),
        pytest.param({"resource_name": None, "resource_type": None}, [], id="nobody said"),
    ],
)
def test_a_privilege_is_what_is_no_user(changes: dict[str, object], privileges: list[str]) -> None:
    nested = _nested(3005, **changes)
    assert nested["privileges"] == privileges
    assert nested["user"] == {"name": "bob"}


def test_a_vulnerability_is_the_one_the_record_names() -> None:
    assert _nested(2002)["vulnerabilities"][0]["cve"] == {"uid": "CVE-2026-0001"}
    unnamed = _nested(2002, finding_title="old openssl")
    assert problems(unnamed) == ["vulnerabilities[0] needs at least one of advisory, cve, cwe"]


def test_a_check_says_whether_it_held() -> None:
    assert _nested(2003)["compliance"]["status"] == "Pass"
    assert _nested(2003, status="failure")["compliance"]["status_id"] == 3


def test_an_answer_has_its_code() -> None:
    nested = _nested(4003)
    assert (nested["rcode"], nested["rcode_id"]) == ("NXDOMAIN", 3)
    assert "rcode_id" not in _nested(4003, status_code="BLOCKED")


def test_an_entity_says_what_kind_it_is() -> None:
    assert _nested(3004)["entity"] == {
        "uid": "r-1",
        "name": "payroll",
        "type": "Policy",
        "type_id": 5,
    }
    assert _nested(3004, resource_type="Secret")["entity"]["type_id"] == 99


def test_a_store_is_a_bucket_or_a_table_by_its_type() -> None:
    assert "table" in _nested(6005, resource_type="TABLE")
    bucket = _nested(6005, resource_type="gcs_bucket", cloud_provider="GCP")["databucket"]
    assert bucket["type_id"] == 3
