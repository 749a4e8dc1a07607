"""Turns a flat event into the nested OCSF 1.8 form other systems read.

Rules:

1. Nothing is invented.  A value nobody stated is left out; a required one nobody stated stays
   missing, and ``validate.problems`` says so.  Ids the schema wants and we do not know are 0.
2. Nothing is lost.  What the class has no place for, what the schema does not take as it stands (a
   host name for an address, a port no number has room for, an object without what makes it one),
   and Actum's own truth columns, are under ``unmapped``.
3. An event with a ``reason`` could not be read: it is a Base Event, whatever else it says.
4. Times are integers of milliseconds since 1970-01-01T00:00:00Z.
5. What a class requires under another name is taken from the columns that say it: who signs in is
   the ``user`` of an Authentication, who is changed that of an Account Change, …: see ``fill``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from actum.ocsf.classes import VERSION, class_shape, ocsf_class, ocsf_classes
from actum.ocsf.columns import COLUMNS
from actum.ocsf.fill import FILL
from actum.ocsf.fit import fit
from actum.ocsf.objects import complete
from actum.ocsf.stated import is_stated, resources_of

__all__ = ["to_ocsf"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)

_TRUTH: Final = tuple(column.name for column in COLUMNS if not column.path)
_STATUS: Final = {"unknown": (0, "Unknown"), "success": (1, "Success"), "failure": (2, "Failure")}
_SEVERITY: Final = ("Unknown", "Informational", "Low", "Medium", "High", "Critical", "Fatal")
_OTHER: Final = 99
_VENDORS: Final = {"AWS": "AWS", "Azure": "Microsoft", "GCP": "Google"}
_FINDINGS: Final = 2


def to_ocsf(event: Mapping[str, object]) -> dict[str, object]:
    """Return the nested form of one flat event, as columns name it.

    Times may be ``datetime`` (without a zone they are UTC) or integers of microseconds.
    """
    uid = _class_uid(event)
    nested = _classification(event, uid) | _by_path(event) | _outcome(event, uid)
    for fill in FILL.get(uid, ()):
        nested |= fill(event, nested)
    shape = class_shape(uid)
    nested, unmapped = fit(nested, shape, needs=ocsf_class(uid).required)
    truth = {name: event[name] for name in _TRUTH if is_stated(event.get(name))}
    if truth:
        unmapped["actum"] = truth
    if unmapped:
        nested["unmapped"] = unmapped
    profiles = sorted({shape.attributes[key] for key in nested} - {""})
    if profiles:
        nested["metadata"]["profiles"] = profiles
    return nested


def _class_uid(event: Mapping[str, object]) -> int:
    uid = event.get("class_uid")
    if event.get("reason") is not None or not isinstance(uid, int) or uid not in ocsf_classes():
        return 0
    return uid


def _classification(event: Mapping[str, object], uid: int) -> dict[str, Any]:
    known = ocsf_class(uid)
    stated = event.get("activity_id")
    activity = stated if isinstance(stated, int) and stated in known.activities else 0
    severity = event.get("severity_id")
    level = severity if isinstance(severity, int) else 0
    found: dict[str, Any] = {
        "class_uid": uid,
        "class_name": known.caption,
        "category_uid": known.category_uid,
        "category_name": known.category,
        "activity_id": activity,
        "activity_name": known.activities[activity],
        "type_uid": uid * 100 + activity,
        "type_name": f"{known.caption}: {known.activities[activity]}",
        "severity_id": level,
    }
    if 0 <= level < len(_SEVERITY):
        found["severity"] = _SEVERITY[level]
    time = _milliseconds(event.get("time"))
    return found if time is None else {**found, "time": time}


_ELSEWHERE: Final = frozenset(
    (
        *("time", "logged_time", "end_time", "class_uid", "activity_id", "type_uid"),
        *("severity_id", "status"),
    )
)
_PATHS: Final = tuple(
    (column.name, tuple(column.path.split(".")))
    for column in COLUMNS
    if column.path and "[" not in column.path and column.path.rpartition(".")[2] not in _ELSEWHERE
)


def _by_path(event: Mapping[str, object]) -> dict[str, Any]:
    """Put every column where its path says, and build the objects around them."""
    nested: dict[str, Any] = {"metadata": {"version": VERSION, "product": {}}}
    for name, path in _PATHS:
        value = event.get(name)
        if is_stated(value):
            place = nested
            for part in path[:-1]:
                place = place.setdefault(part, {})
            place[path[-1]] = value
    logged = _milliseconds(event.get("received_time"))
    if logged is not None:
        nested["metadata"]["logged_time"] = logged
    ended = _milliseconds(event.get("end_time"))
    if ended is not None:
        nested["end_time"] = ended
    nested["metadata"]["product"] |= _product(event)
    complete(nested)
    resources = resources_of(event)
    return {**nested, "resources": resources} if resources else nested


def _product(event: Mapping[str, object]) -> dict[str, str]:
    """Name the product and its maker; a record nobody could read has none but its source."""
    found = {}
    if not is_stated(event.get("metadata_product")):
        found["name"] = str(event.get("source") or "unknown")
    provider = event.get("cloud_provider")
    if is_stated(provider):
        found["vendor_name"] = _VENDORS.get(str(provider), str(provider))
    elif event.get("source") == "actum":
        found["vendor_name"] = "Actum"
    return found


def _outcome(event: Mapping[str, object], uid: int) -> dict[str, Any]:
    status = event.get("status")
    if not isinstance(status, str):
        return {}
    if ocsf_class(uid).category_uid == _FINDINGS:
        return {"status_code": event.get("status_code") or status}  # a finding's status is triage
    number, caption = _STATUS.get(status, (_OTHER, status))
    return {"status_id": number, "status": caption}


def _milliseconds(value: object) -> int | None:
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return (aware - _EPOCH) // _MILLISECOND
    if isinstance(value, int) and not isinstance(value, bool):
        return value // 1000
    return None
