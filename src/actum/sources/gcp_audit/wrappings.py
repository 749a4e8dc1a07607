"""How a log entry arrives when it is not the audit log JSON Cloud Logging writes.

===========  ==================================================================================
``pubsub``   Pub/Sub, pushed or pulled: base64 in ``data``; or Eventarc's event around it
``event``    a CloudEvent whose ``data`` is the entry: Eventarc's LogEntryData
``access``   an entry of Access Transparency: what a person at Google did, as a JSON payload
``renamed``  the same members under other names: rows of BigQuery (``protopayload_auditlog``) and
             of Log Analytics (``proto_payload``), and tools that lower their case
===========  ==================================================================================

References:
- Push messages: https://cloud.google.com/pubsub/docs/push
- BigQuery schema of routed logs: https://cloud.google.com/logging/docs/export/bigquery
- Log Analytics views: https://cloud.google.com/logging/docs/analyze/query-and-view
- Access Transparency: https://cloud.google.com/assured-workloads/access-transparency/docs/reading-logs
- Eventarc: https://cloud.google.com/eventarc/docs/cloudevents-json
"""

from __future__ import annotations

import binascii
import json
import re
from base64 import b64decode
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec

from actum.sources.seam import Unread

__all__ = [
    "ACCESS", "EVENT", "PUBSUB", "REFUSED", "RENAMED", "is_message", "messages", "opened", "unwrap",
]  # fmt: skip

PUBSUB, EVENT, RENAMED, ACCESS = "pubsub", "event", "renamed", "access"
REFUSED = (msgspec.MsgspecError, RecursionError, ValueError)

_NAMES = {
    "logname": "logName", "insertid": "insertId", "receivetimestamp": "receiveTimestamp",
    "protopayload": "protoPayload", "protopayload_auditlog": "protoPayload",
    "at_sign_type": "@type", "callerIP": "callerIp", "requestJson": "request",
    "responseJson": "response", "metadataJson": "metadata", "servicedata_v1_iam": "serviceData",
    "servicedata_v1_bigquery": "serviceData",
}  # fmt: skip
_FOREIGN = ("request", "response", "metadata", "labels", "serviceData")
"""Members a service fills, which tables hold as JSON in a string."""
_SNAKE = re.compile(r"(?<=[a-z0-9])_([a-z])")


class _Message(msgspec.Struct):
    data: str | None = None


class _Received(msgspec.Struct):
    message: _Message | None = None


class _Wrapping(msgspec.Struct):
    """The members of what Pub/Sub or Eventarc put around an entry."""

    message: _Message | None = None
    receivedMessages: list[_Received] | None = None  # noqa: N815 - Pub/Sub's spelling
    data: msgspec.Raw = msgspec.Raw()


_wrapping = msgspec.json.Decoder(_Wrapping).decode
_text = msgspec.json.Decoder(str).decode


def is_message(raw: bytes) -> bool:
    """Whether these may be Pub/Sub messages: cheap, and without their members there is none."""
    return b'"messageId"' in raw or b'"message_id"' in raw or b'"receivedMessages"' in raw


def messages(raw: bytes) -> Iterator[bytes | Unread]:
    """What the Pub/Sub messages in ``raw`` carry.  Raises what `REFUSED` names."""
    found = _wrapping(raw)
    if found.receivedMessages is not None:
        for each in found.receivedMessages:
            yield _decoded(each.message.data if each.message else None)
    elif found.message is not None:
        yield _decoded(found.message.data)
    elif bytes(found.data)[:1] == b"{":
        yield from messages(bytes(found.data))
    elif found.data:
        yield _decoded(_text(found.data))


def _decoded(data: object) -> bytes | Unread:
    if not isinstance(data, str):
        return Unread("the message carries no data")
    try:
        return b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return Unread("the message's data is not base64")


def opened(raw: bytes) -> bytes:
    """The ``data`` of a CloudEvent."""
    return bytes(_wrapping(raw).data) or b"null"


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """The log entries in a record of that form, as Cloud Logging writes them."""
    try:
        if form == PUBSUB:
            yield from messages(raw)
        elif form == EVENT:
            yield opened(raw)
        elif form == RENAMED:
            yield _renamed(raw)
        elif form == ACCESS:
            yield _of_access(raw)
        else:
            yield raw
    except REFUSED as error:
        yield Unread(f"not the wrapping it was: {error}")


class _Accessed(msgspec.Struct):
    methodName: str | None = None  # noqa: N815
    resourceName: str | None = None  # noqa: N815


class _Reason(msgspec.Struct):
    type: str | None = None
    detail: str | None = None


class _Access(msgspec.Struct):
    """What Access Transparency says: no name, but from where and why."""

    accesses: list[_Accessed] = []
    product: list[str] = []
    reason: list[_Reason] = []
    location: dict[str, str | None] = {}


class _AccessEntry(msgspec.Struct):
    jsonPayload: _Access  # noqa: N815


_access = msgspec.json.Decoder(_AccessEntry).decode
_entry = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def _of_access(raw: bytes) -> bytes:
    """An entry of Access Transparency under the members of an audit log."""
    entry, told = _entry(raw), _access(raw).jsonPayload
    first = told.accesses[0] if told.accesses else _Accessed()
    where = told.location
    reasons = (": ".join(filter(None, (each.type, each.detail))) for each in told.reason)
    payload = {
        "serviceName": ", ".join(told.product) or None,
        "methodName": first.methodName,
        "resourceName": first.resourceName,
        "resources": [each.resourceName for each in told.accesses if each.resourceName],
        "country": where.get("principalOfficeCountry") or where.get("physicalLocationCountry")
        or where.get("principalPhysicalLocationCountry"),
        "reason": "; ".join(filter(None, reasons)) or None,
    }  # fmt: skip
    entry.pop("jsonPayload")
    return msgspec.json.encode({**entry, "protoPayload": payload})


class _TwiceError(ValueError):
    """A key stands twice in one object."""


@lru_cache(maxsize=4_096)
def _own_name(key: str) -> str:
    return _NAMES.get(key) or _SNAKE.sub(lambda match: match[1].upper(), key)


def _under_own_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object with its members renamed; of two that become one, the one that says something.

    Inside a service's own members names change as well: the raw record keeps them as they are.
    """
    found: dict[str, Any] = {}
    for key, value in pairs:
        name = _own_name(key)
        if value is not None or name not in found:
            found[name] = value
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise _TwiceError(twice[:200])
    return found


_decode = json.JSONDecoder(object_pairs_hook=_under_own_names).decode


def _renamed(raw: bytes) -> bytes | Unread:
    try:
        entry = _decode(raw.decode("utf-8-sig"))
    except _TwiceError as error:
        return Unread(f"a key is given twice: {error}")
    except UnicodeDecodeError:
        return Unread("not UTF-8 text")
    except (ValueError, RecursionError):
        return Unread("not valid JSON")
    if not isinstance(entry, dict):
        return Unread("not a log entry")
    payload = entry.get("protoPayload")
    if isinstance(payload, dict):
        inner = payload.pop("auditLog", None)  # Log Analytics lays it one deeper
        if isinstance(inner, dict):
            payload |= inner
    for told in (entry, payload, entry.get("resource")):
        if isinstance(told, dict):
            told |= {name: _json(told[name]) for name in _FOREIGN if name in told}
    try:
        return msgspec.json.encode(entry)
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError, OverflowError):
        return Unread("not valid JSON")


def _json(value: Any) -> Any:
    """A column of a service's own members, which exports may write as a string of JSON."""
    if not isinstance(value, str) or value[:1] not in {"{", "["}:
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
