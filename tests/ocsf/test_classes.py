"""The tables the package ships are the published schema's."""

from __future__ import annotations

import json

import pytest

from actum.ocsf import VERSION, ocsf_class, ocsf_classes
from actum.ocsf.classes import class_shape, object_shape, type_of
from ocsf.schema import PACKAGE, SCHEMA, Schema, attribute_table, class_table

published = pytest.mark.skipif(
    not SCHEMA.is_dir(), reason="no OCSF 1.8.0 schema checkout beside the repository"
)


def test_a_uid_the_schema_has_not_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        ocsf_class(6)
    with pytest.raises(KeyError):
        class_shape(999_999)
    assert object_shape("malware") is None


@published
@pytest.mark.parametrize(
    ("name", "table"), [("classes.json", class_table), ("attributes.json", attribute_table)]
)
def test_the_shipped_table_is_what_the_published_schema_makes(name: str, table: object) -> None:
    assert callable(table)
    shipped = json.loads((PACKAGE / name).read_text("utf-8"))
    assert shipped == json.loads(json.dumps(table(Schema(SCHEMA)))), (
        "run: python tests/ocsf/schema.py, and read the diff"
    )


def test_a_class_uid_is_its_category_and_its_own_number() -> None:
    for uid, known in ocsf_classes().items():
        assert uid == known.uid
        assert uid // 1000 % 100 == known.category_uid


def test_every_class_has_unknown_and_other_and_the_base_requirements() -> None:
    for known in ocsf_classes().values():
        assert known.activities[0] == "Unknown"
        assert known.activities[99] == "Other"
        assert {"class_uid", "metadata", "severity_id", "time", "type_uid"} <= {*known.required}


@pytest.mark.parametrize(
    ("uid", "caption", "category", "activity", "required"),
    [
        pytest.param(0, "Base Event", "Uncategorized", (99, "Other"), "time", id="base"),
        pytest.param(
            3002,
            "Authentication",
            "Identity & Access Management",
            (1, "Logon"),
            "user",
            id="authentication",
        ),
        pytest.param(
            6003, "API Activity", "Application Activity", (4, "Delete"), "src_endpoint", id="api"
        ),
        pytest.param(
            201001,
            "Registry Key Activity",
            "System Activity",
            (3, "Modify"),
            "reg_key",
            id="of an extension",
        ),
    ],
)
def test_classes_known_by_heart(
    uid: int, caption: str, category: str, activity: tuple[int, str], required: str
) -> None:
    known = ocsf_class(uid)
    assert (known.caption, known.category) == (caption, category)
    assert known.activities[activity[0]] == activity[1]
    assert required in known.required


def test_a_class_takes_an_attribute_from_its_profile_for_itself() -> None:
    assert class_shape(0).attributes["actor"] == "host"
    assert class_shape(6003).attributes["actor"] == ""


def test_types_say_whether_they_are_lists() -> None:
    assert type_of("resources") == "resource_details[]"
    assert type_of("time") == "timestamp_t"
    assert VERSION == "1.8.0"


def test_one_of_several_is_asked_for_where_the_schema_wants_just_one() -> None:
    shape = object_shape("vulnerability")
    assert shape is not None
    assert set(shape.at_least_one) == {"advisory", "cve", "cwe"}
