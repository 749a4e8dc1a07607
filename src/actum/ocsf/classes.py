"""The classes and attributes of OCSF 1.8.0, as data.

The schema is large and mostly prose; what a mapping, the nested form and the validator need of it
fits in two files beside this one, ``classes.json`` and ``attributes.json``.  They are facts, made
from the published schema by ``tests/ocsf/schema.py`` and compared with it by the tests.  They are
read when first asked for: ``import actum.ocsf`` costs nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["VERSION", "OcsfClass", "Shape", "class_shape", "object_shape", "ocsf_class"]
__all__ += ["ocsf_classes", "type_of"]

VERSION: Final = "1.8.0"
"""The version of the schema every event we write names in ``metadata.version``."""


@dataclass(frozen=True, slots=True)
class OcsfClass:
    """One event class.  ``required`` is what every event of it must have, inherited ones too."""

    uid: int
    name: str
    caption: str
    category_uid: int
    category: str
    activities: Mapping[int, str]
    required: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """What may stand in one class or object.

    ``attributes`` maps each name to the profile that brings it, "" where it is always allowed.
    At least one of ``at_least_one`` must be present, if it names any.
    """

    attributes: Mapping[str, str]
    required: tuple[str, ...]
    at_least_one: tuple[str, ...]
    enums: Mapping[str, Mapping[int, str]] = field(default_factory=dict)


def ocsf_classes() -> Mapping[int, OcsfClass]:
    """Return every class of the schema by its uid."""
    return _classes()


def ocsf_class(uid: int) -> OcsfClass:
    """Return the class of that uid.  KeyError if the schema has none."""
    return _classes()[uid]


@cache
def class_shape(uid: int) -> Shape:
    """Return what may stand at the top of an event of that class.  KeyError without one."""
    table, row, known = _attributes(), _attributes()["classes"][str(uid)], ocsf_class(uid)
    enums = {
        "activity_id": known.activities,
        "category_uid": {known.category_uid: known.category},
        "class_uid": {known.uid: known.caption},
        "type_uid": {
            uid * 100 + key: f"{known.caption}: {caption}"
            for key, caption in known.activities.items()
        },
    }
    attributes = {**table["base"], **row["attributes"]}
    return _shape({**row, "attributes": attributes, "required": known.required}, enums)


@cache
def object_shape(name: str) -> Shape | None:
    """Return what may stand in that object; None for objects no column of ours leads into."""
    row = _attributes()["objects"].get(name)
    return None if row is None else _shape(row, {})


def type_of(attribute: str) -> str:
    """Return the attribute's type, ``[]`` behind it for an array.  KeyError if unknown."""
    return str(_attributes()["types"][attribute])


def _shape(row: Mapping[str, Any], enums: Mapping[str, Mapping[int, str]]) -> Shape:
    common = _attributes()["enums"]
    merged = {key: common[key] for key in row["attributes"] if key in common} | row["enums"]
    return Shape(
        attributes=MappingProxyType(row["attributes"]),
        required=tuple(row["required"]),
        at_least_one=tuple(row["at_least_one"]),
        enums=MappingProxyType({name: _by_int(enum) for name, enum in merged.items()} | {**enums}),
    )


def _by_int(enum: Mapping[str, str]) -> Mapping[int, str]:
    return MappingProxyType({int(key): caption for key, caption in enum.items()})


@cache
def _classes() -> Mapping[int, OcsfClass]:
    return MappingProxyType(
        {
            row["uid"]: OcsfClass(
                uid=row["uid"],
                name=row["name"],
                caption=row["caption"],
                category_uid=row["category_uid"],
                category=row["category"],
                activities=_by_int(row["activities"]),
                required=tuple(row["required"]),
            )
            for row in _read("classes.json")["classes"]
        }
    )


@cache
def _attributes() -> dict[str, Any]:
    return _read("attributes.json")


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        resources.files(__package__).joinpath(name).read_text("utf-8")
    )
    return found
