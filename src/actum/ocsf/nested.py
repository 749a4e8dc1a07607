"""Turns a flat event into the nested OCSF 1.8 form other systems read.

Rules:

1. Nothing is invented.  A value nobody stated is left out; a required one nobody stated stays
   missing, and ``validate.problems`` says so.  Ids the schema wants and we do not know are 0.
2. Nothing is lost.  What the class has no place for, and Actum's own truth columns, are under
   ``unmapped``.
3. An event with a ``reason`` could not be read: it is a Base Event, whatever else it says.
4. Times are integers of milliseconds since 1970-01-01T00:00:00Z.
5. What a class requires under another name is taken from the columns that say it: who signs in is
   the ``user`` of an Authentication, who is changed that of an Account Change, …
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from actum.ocsf.classes import VERSION, class_shape, ocsf_class, ocsf_classes
from actum.ocsf.columns import COLUMNS

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
    fill = _FILL.get(uid)
    if fill is not None:
        nested |= fill(event, nested)
    allowed = class_shape(uid).attributes
    unmapped: dict[str, Any] = {key: nested.pop(key) for key in list(nested) if key not in allowed}
    truth = {name: event[name] for name in _TRUTH if _is_stated(event.get(name))}
    if truth:
        unmapped["actum"] = truth
    if unmapped:
        nested["unmapped"] = unmapped
    profiles = sorted({allowed[key] for key in nested} - {""})
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
    ("time", "logged_time", "class_uid", "activity_id", "type_uid", "severity_id", "status")
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
        if _is_stated(value):
            place = nested
            for part in path[:-1]:
                place = place.setdefault(part, {})
            place[path[-1]] = value
    logged = _milliseconds(event.get("received_time"))
    if logged is not None:
        nested["metadata"]["logged_time"] = logged
    nested["metadata"]["product"] |= _product(event)
    if "device" in nested:
        nested["device"]["type_id"] = 0
    if "type" in nested.get("actor", {}).get("user", {}):
        nested["actor"]["user"]["type_id"] = _OTHER  # “not mapped, see type”
    resources = _resources(event)
    return {**nested, "resources": resources} if resources else nested


def _product(event: Mapping[str, object]) -> dict[str, str]:
    """Name the product and its maker; a record nobody could read has none but its source."""
    found = {}
    if not _is_stated(event.get("metadata_product")):
        found["name"] = str(event.get("source") or "unknown")
    provider = event.get("cloud_provider")
    if _is_stated(provider):
        found["vendor_name"] = _VENDORS.get(str(provider), str(provider))
    elif event.get("source") == "actum":
        found["vendor_name"] = "Actum"
    return found


def _resources(event: Mapping[str, object]) -> list[dict[str, object]]:
    main = {
        key: event[f"resource_{key}"]
        for key in ("uid", "name", "type")
        if _is_stated(event.get(f"resource_{key}"))
    }
    others = [{"uid": uid} for uid in _list(event.get("resources")) if uid != main.get("uid")]
    return [main, *others] if main else [*others]


def _outcome(event: Mapping[str, object], uid: int) -> dict[str, Any]:
    status = event.get("status")
    if not isinstance(status, str):
        return {}
    if ocsf_class(uid).category_uid == _FINDINGS:
        return {"status_code": event.get("status_code") or status}  # a finding's status is triage
    number, caption = _STATUS.get(status, (_OTHER, status))
    return {"status_id": number, "status": caption}


# Rule 5, a class each ---------------------------------------------------------------------------


def _authentication(event: Mapping[str, object], nested: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "user" in nested.get("actor", {}):
        found["user"] = dict(nested["actor"]["user"])
    if _is_stated(event.get("api_service_name")):
        found["service"] = {"name": event["api_service_name"]}
    if event.get("actor_session_mfa") is not None:
        found["is_mfa"] = event["actor_session_mfa"]
    return found


def _changed_user(event: Mapping[str, object], nested: Mapping[str, Any]) -> dict[str, Any]:
    """Find the user an act was about: the one named, the resource, else the actor."""
    named = _list(event.get("any_user"))
    if named:
        return {"user": _entity(str(named[0]))}
    main = _resources(event)[:1]
    if main:
        user = {key: main[0][key] for key in ("uid", "name") if key in main[0]}
        if user:
            return {"user": user}
    itself = nested.get("actor", {}).get("user")
    return {"user": dict(itself)} if itself else {}


def _access(event: Mapping[str, object], nested: Mapping[str, Any]) -> dict[str, Any]:
    uids = [str(item["uid"]) for item in _resources(event) if "uid" in item]
    privileges = [uid for uid in uids if ":policy/" in uid]
    return {**_changed_user(event, nested), "privileges": privileges}


def _group(event: Mapping[str, object], _nested: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in _resources(event):
        if "group" in str(item.get("type", "")).lower() or ":group/" in str(item.get("uid", "")):
            found["group"] = {key: item[key] for key in ("uid", "name") if key in item}
            break
    named = _list(event.get("any_user"))
    return {**found, "user": _entity(str(named[0]))} if named else found


def _datastore(event: Mapping[str, object], _nested: Mapping[str, Any]) -> dict[str, Any]:
    main = next(iter(_resources(event)), {})
    store: dict[str, Any] = {key: main[key] for key in ("uid", "name") if key in main}
    service = str(event.get("api_service_name") or "")
    if not store and service:
        store = {"name": service}  # no store named: that of the service itself
    if not store:
        return {}
    if service.startswith("s3"):
        return {"databucket": {**store, "type_id": 1}}
    if service.startswith("dynamodb"):
        return {"table": store}
    return {"database": {**store, "type_id": 0}}


def _finding(event: Mapping[str, object], _nested: Mapping[str, Any]) -> dict[str, Any]:
    uid = event.get("metadata_correlation_uid") or event.get("metadata_uid")
    info = {"uid": uid, "title": event.get("api_operation")}
    return {"finding_info": {key: value for key, value in info.items() if _is_stated(value)}}


_Fill = Callable[[Mapping[str, object], Mapping[str, Any]], dict[str, Any]]
_FILL: Final[Mapping[int, _Fill]] = {
    2004: _finding,
    3001: _changed_user,
    3002: _authentication,
    3005: _access,
    3006: _group,
    6005: _datastore,
}


# Values -----------------------------------------------------------------------------------------


def _entity(name: str) -> dict[str, str]:
    return {"uid": name} if name.startswith("arn:") else {"name": name}


def _is_stated(value: object) -> bool:
    return value is not None and value not in ("", [], ())


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()


def _milliseconds(value: object) -> int | None:
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return (aware - _EPOCH) // _MILLISECOND
    if isinstance(value, int) and not isinstance(value, bool):
        return value // 1000
    return None
