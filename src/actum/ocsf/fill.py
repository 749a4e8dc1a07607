"""What a class requires under another name, taken from the columns that say it.

A function a class, or several.  Each returns the attributes it can fill: nothing, if no column says
them.  Then they stay missing, and ``validate.problems`` says so.  Those of identity and access are
in ``identity``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from actum.ocsf import identity
from actum.ocsf.objects import base_name, direction
from actum.ocsf.stated import is_kind, items, named, resources_of, text

__all__ = ["FILL"]

_Event = Mapping[str, object]
_Nested = Mapping[str, Any]
_OTHER: Final = 99


# Findings ---------------------------------------------------------------------------------------


def _finding(event: _Event, _nested: _Nested) -> dict[str, Any]:
    uid = text(event, "metadata_correlation_uid", "metadata_uid")
    info = {"uid": uid, "title": text(event, "finding_title", "api_operation")}
    return {"finding_info": {key: value for key, value in info.items() if value}}


_KNOWN: Final = (
    ("cve", re.compile(r"\bCVE-\d{4}-\d{4,}\b", re.ASCII)),
    ("advisory", re.compile(r"\b(?:GHSA(?:-[0-9a-z]{4}){3}|RHSA-\d{4}:\d+)\b", re.ASCII)),
    ("cwe", re.compile(r"\bCWE-\d+\b", re.ASCII)),
)


def _vulnerability(event: _Event, nested: _Nested) -> dict[str, Any]:
    """Find which vulnerability: an identifier the record names, wherever it stands."""
    columns = ("api_operation", "finding_title", "status_code", "message", "metadata_uid")
    said = " ".join(text(event, name) for name in columns)
    found: dict[str, Any] = {}
    for kind, pattern in _KNOWN:
        match = pattern.search(said)
        if match is not None:
            found[kind] = {"uid": match[0]}
            break
    if text(event, "finding_title"):
        found["title"] = event["finding_title"]
    return {"vulnerabilities": [{**found, "severity": nested.get("severity", "Unknown")}]}


_CHECKED: Final = {"success": (1, "Pass"), "failure": (3, "Fail"), "unknown": (0, "Unknown")}


def _compliance(event: _Event, _nested: _Nested) -> dict[str, Any]:
    """Find which control was checked, and whether it held."""
    control = text(event, "api_operation", "finding_title")
    found: dict[str, Any] = {"control": control} if control else {}
    status = event.get("status")
    if isinstance(status, str):
        number, caption = _CHECKED.get(status, (_OTHER, status))
        found |= {"status_id": number, "status": caption}
    return {"compliance": found}


# System and network -----------------------------------------------------------------------------

_FILES: Final = (("folder", 2), ("directory", 2), ("dir", 2), ("regular", 1), ("file", 1))
_PATHS: Final = ("/", "\\\\", "~/")


def _file(event: _Event, _nested: _Nested) -> dict[str, Any]:
    """Find which file: the resource; a path is also its name's."""
    main = next(iter(resources_of(event)), {})
    name = str(main.get("name") or main.get("uid") or "")
    if not name:
        return {}
    found: dict[str, Any] = {"name": base_name(name)}
    path = str(main.get("uid") or name)
    if path.startswith(_PATHS) or path[1:3] == ":\\":
        found["path"] = path
    elif name.startswith(_PATHS) or name[1:3] == ":\\" or "/" in name:
        found["path"] = name
    if "uid" in main:
        found["uid"] = main["uid"]
    if "type" in main:
        found["type"] = main["type"]
    kinds = [number for word, number in _FILES if is_kind(main, word)]
    found["type_id"] = kinds[0] if kinds else _OTHER if "type" in main else 0
    return {"file": found}


def _job(event: _Event, _nested: _Nested) -> dict[str, Any]:
    main = next(iter(resources_of(event)), {})
    name = main.get("name") or main.get("uid")
    return {"job": {"name": name}} if name else {}


def _log(event: _Event, _nested: _Nested) -> dict[str, Any]:
    """Find which log: the resource by name, and the service or product that writes it."""
    main = next(iter(resources_of(event)), {})
    name = main.get("name") or main.get("uid")
    provider = text(event, "api_service_name", "metadata_product")
    found = {"log_name": name, "log_provider": provider}
    return {key: value for key, value in found.items() if value}


# https://www.iana.org/assignments/dns-parameters, and as resolvers spell them
_RCODES: Final = (
    ("NoError", 0), ("FormErr", 1), ("FormError", 1), ("ServFail", 2), ("NXDomain", 3),
    ("NotImp", 4), ("Refused", 5), ("YXDomain", 6), ("YXRRSet", 7), ("NXRRSet", 8), ("NotAuth", 9),
    ("NotZone", 10),
)  # fmt: skip
_RCODE_IDS: Final = {name.lower(): number for name, number in _RCODES}


def _answer(event: _Event, _nested: _Nested) -> dict[str, Any]:
    code = text(event, "status_code")
    number = _RCODE_IDS.get(code.lower())
    return {} if number is None else {"rcode_id": number, "rcode": code}


def _mail(event: _Event, nested: _Nested) -> dict[str, Any]:
    """Find the mail: from the actor's address to those named."""
    sender = text(event, "actor_user_email") or text(event, "actor_user_name")
    to = [str(each) for each in items(event.get("any_user")) if "@" in str(each)]
    mail: dict[str, Any] = {"from": sender} if "@" in sender else {}
    if to:
        mail["to"] = to
    main = next(iter(resources_of(event)), {})
    if mail and "name" in main:
        mail["subject"] = main["name"]
    if mail and "uid" in main:
        mail["message_uid"] = main["uid"]
    word = nested.get("connection_info", {}).get("direction")
    found: dict[str, Any] = {"direction_id": direction(word)}
    if word:
        found["direction"] = word
    return {**found, "email": mail} if mail else found


# Applications -----------------------------------------------------------------------------------


def _web_resources(event: _Event, _nested: _Nested) -> dict[str, Any]:
    """Find what was asked for: the resources, else the address asked."""
    found = [
        {**named(each), **({"type": each["type"]} if "type" in each else {})}
        for each in resources_of(event)
        if named(each)
    ]
    url = text(event, "http_url")
    if url:
        found = [{**(found[0] if found else {"uid": url}), "url_string": url}, *found[1:]]
    return {"web_resources": found} if found else {}


def _app(event: _Event, _nested: _Nested) -> dict[str, Any]:
    """Find which application: the resource, else the service, else the program."""
    main = named(next(iter(resources_of(event)), {}))
    name = text(event, "api_service_name", "process_name")
    if main:
        return {"app": main}
    return {"app": {"name": name}} if name else {}


_BUCKETS: Final = {"AWS": 1, "Azure": 2, "GCP": 3}


def _datastore(event: _Event, _nested: _Nested) -> dict[str, Any]:
    main = next(iter(resources_of(event)), {})
    store = named(main)
    service = text(event, "api_service_name")
    if not store and (service or "namespace" in main):
        store = {"name": service or main["namespace"]}  # no store named: that of the service itself
    if not store:
        return {}
    if service.startswith("s3"):
        return {"databucket": {**store, "type_id": 1}}
    if is_kind(main, "bucket", "blob") or service.startswith("storage.g"):
        number = _BUCKETS.get(text(event, "cloud_provider"), 0)
        return {"databucket": {**store, "type_id": number}}
    if service.startswith("dynamodb") or is_kind(main, "table"):
        return {"table": store}
    return {"database": {**store, "type_id": 0}}


_Fill = Callable[[_Event, _Nested], dict[str, Any]]
FILL: Final[Mapping[int, tuple[_Fill, ...]]] = {
    1001: (_file,),
    1006: (_job,),
    1008: (_log,),
    2002: (_finding, _vulnerability),
    2003: (_finding, _compliance),
    2004: (_finding,),
    2006: (_finding,),
    3001: (identity.changed_user,),
    3002: (identity.authentication,),
    3003: (identity.session_of,),
    3004: (identity.entity,),
    3005: (identity.access,),
    3006: (identity.group,),
    4003: (_answer,),
    4009: (_mail,),
    4010: (_file,),
    5003: (identity.changed_user,),
    6001: (_web_resources,),
    6002: (_app,),
    6004: (_web_resources,),
    6005: (_datastore,),
    6006: (_file,),
}
"""Class → what fills it, in order."""
