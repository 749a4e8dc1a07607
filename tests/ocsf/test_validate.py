"""What is wrong with a nested event is said in sentences, and nothing is said of a right one."""

from __future__ import annotations

from typing import Any

import pytest

from actum.ocsf import problems


def _event(**changes: Any) -> dict[str, Any]:
    event = {
        "class_uid": 6003,
        "class_name": "API Activity",
        "category_uid": 6,
        "activity_id": 4,
        "type_uid": 600304,
        "severity_id": 1,
        "time": 1_793_934_849_000,
        "metadata": {
            "version": "1.8.0",
            "product": {"name": "CloudTrail"},
            "profiles": ["cloud"],
        },
        "actor": {"user": {"name": "alice"}},
        "api": {"operation": "DeleteBucket", "service": {"name": "s3.amazonaws.com"}},
        "src_endpoint": {"ip": "203.0.113.66"},
        "cloud": {"provider": "AWS"},
        "unmapped": {"anything": [None, {"at": "all"}]},
    } | changes
    return {key: value for key, value in event.items() if value is not ...}


def test_nothing_is_said_of_a_right_event() -> None:
    assert problems(_event()) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param(
            {"class_uid": ...}, "class_uid is required to be an integer and is not", id="no class"
        ),
        pytest.param(
            {"class_uid": 6099},
            "class_uid 6099 is not a class of OCSF 1.8.0",
            id="a class that is not",
        ),
        pytest.param({"api": ...}, "api is required and missing", id="required"),
        pytest.param(
            {"api": {"service": {"name": "s3"}}},
            "api.operation is required and missing",
            id="required inside",
        ),
        pytest.param(
            {"actor": {}},
            "actor needs at least one of process, user, invoked_by, session, app_name, app_uid",
            id="one of several",
        ),
        pytest.param(
            {"colour": "red"}, "colour is not an attribute the schema knows here", id="unknown"
        ),
        pytest.param(
            {"actor": {"user": {"name": "a", "shoe": 1}}},
            "actor.user.shoe is not an attribute the schema knows here",
            id="unknown inside",
        ),
        pytest.param(
            {"device": {"hostname": "h", "type_id": 0}},
            "device needs the profile 'host' named in metadata.profiles",
            id="profile not named",
        ),
        pytest.param(
            {"cloud": ...}, "cloud is required by profile 'cloud' and missing", id="profile empty"
        ),
        pytest.param(
            {"time": "2026-11-06T03:14:09Z"},
            "time is '2026-11-06T03:14:09Z', not an integer of milliseconds",
            id="time as text",
        ),
        pytest.param({"message": None}, "message is null, not text", id="null"),
        pytest.param({"severity_id": True}, "severity_id is True, not an integer", id="boolean"),
        pytest.param(
            {"severity_id": 42},
            "severity_id is 42, which is none of its known values",
            id="enum",
        ),
        pytest.param(
            {"activity_id": 9, "type_uid": 600304},
            "activity_id is 9, which is none of its known values",
            id="activity",
        ),
        pytest.param(
            {"type_uid": 600301},
            "type_uid is 600301, class and activity make it 600304",
            id="type of another activity",
        ),
        pytest.param({"resources": {}}, "resources is {}, not a list", id="no list"),
        pytest.param(
            {"resources": [{"uid": "a"}, "b"]},
            "resources[1] is 'b', not an object",
            id="item of a list",
        ),
        pytest.param({"actor": "alice"}, "actor is 'alice', not an object", id="no object"),
        pytest.param(
            {"src_endpoint": {"ip": "203.0.113.66", "port": 65_536}},
            "src_endpoint.port is 65536, not a port",
            id="port",
        ),
        pytest.param(
            {"src_endpoint": {"ip": "AWS Internal"}},
            "src_endpoint.ip is 'AWS Internal', not an IP address",
            id="address",
        ),
    ],
)
def test_what_is_wrong_is_said(changes: dict[str, Any], said: str) -> None:
    assert said in problems(_event(**changes))
