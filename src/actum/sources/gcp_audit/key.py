"""How an audit log entry is known: by its payload, and again by its log, time and insert id.

References:
- https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry
"""

from __future__ import annotations

import msgspec

from actum.sources.gcp_audit import wrappings
from actum.sources.seam import Claim

__all__ = ["claim"]

NAME = "gcp_audit"


class Payload(msgspec.Struct, gc=False):
    """The members that tell an AuditLog from other payloads."""

    kind: str | None = msgspec.field(default=None, name="@type")
    at_sign_type: str | None = None
    methodName: str | None = None  # noqa: N815 - Google's spelling
    authenticationInfo: msgspec.Raw = msgspec.Raw()  # noqa: N815


class Key(msgspec.Struct, gc=False):
    """The members that tell an entry from others, and one copy from another."""

    logName: str | None = None  # noqa: N815
    insertId: str | None = None  # noqa: N815
    timestamp: str | None = None
    protoPayload: Payload | None = None  # noqa: N815


class Transparency(msgspec.Struct, gc=False):
    """The member that tells an entry of Access Transparency."""

    kind: str = msgspec.field(default="", name="@type")
    accesses: msgspec.Raw = msgspec.Raw()


class AccessKey(Key, gc=False, kw_only=True):
    """The same of an entry of Access Transparency."""

    jsonPayload: Transparency  # noqa: N815


class Row(msgspec.Struct, gc=False):
    """The same under the names of tables and of tools."""

    logName: str | None = None  # noqa: N815
    logname: str | None = None
    log_name: str | None = None
    insertId: str | None = None  # noqa: N815
    insertid: str | None = None
    insert_id: str | None = None
    timestamp: str | None = None
    protoPayload: Payload | None = None  # noqa: N815
    protopayload: Payload | None = None
    protopayload_auditlog: Payload | None = None
    proto_payload: msgspec.Raw = msgspec.Raw()

    def key(self) -> Key:
        """The members under their own names."""
        payload = self.protoPayload or self.protopayload or self.protopayload_auditlog
        if self.protopayload_auditlog is not None or b'"audit_log"' in bytes(self.proto_payload):
            payload = Payload(kind="google.cloud.audit.AuditLog")
        return Key(
            self.logName or self.logname or self.log_name,
            self.insertId or self.insertid or self.insert_id,
            self.timestamp,
            payload,
        )


_decode = msgspec.json.Decoder(Key).decode
_decode_access = msgspec.json.Decoder(AccessKey).decode
_decode_row = msgspec.json.Decoder(Row).decode
_PLAIN = b'"protoPayload"'
_NO_DIGITS = dict.fromkeys(map(ord, "-:.TZ UC"))


def claim(raw: bytes) -> Claim | None:
    """An audit log entry by its payload, or what carries one."""
    try:
        if b'"proto' in raw:
            return _entry(raw)
        if b"access_transparency" in raw and b'"jsonPayload"' in raw:
            return _access(raw)
        if b'"data"' in raw and wrappings.is_message(raw):
            return _carried(raw)
    except wrappings.REFUSED:
        pass
    return None


def _entry(raw: bytes) -> Claim | None:
    if b'"specversion"' in raw and b'"data"' in raw:
        found = _known(_decode(wrappings.opened(raw)))
        return found and Claim(NAME, found.key, wrappings.EVENT)
    if not (
        b'"logname"' in raw
        or b'"insertid"' in raw
        or b'"callerIP"' in raw
        or b'"protopayload' in raw
        or b'"proto_payload"' in raw
    ):
        return _known(_decode(raw))
    found = _known(_decode_row(raw).key())
    return found and Claim(NAME, found.key, wrappings.RENAMED)


def _access(raw: bytes) -> Claim | None:
    found = _decode_access(raw)
    if not (found.logName or "").endswith("%2Faccess_transparency"):
        return None
    payload = Payload(kind="google.cloud.audit.AuditLog")
    known = _known(Key(found.logName, found.insertId, found.timestamp, payload))
    return known and Claim(NAME, known.key, wrappings.ACCESS)


def _carried(raw: bytes) -> Claim | None:
    """Messages are ours if the first that can be opened carries an audit log entry."""
    every = list(wrappings.messages(raw))
    for each in every:
        found = _known(_decode(each)) if isinstance(each, bytes) and _PLAIN in each else None
        if found is not None:
            return Claim(NAME, found.key if len(every) == 1 else b"", wrappings.PUBSUB)
    return None


def _known(key: Key) -> Claim | None:
    payload = key.protoPayload
    if payload is None:
        return None
    kind = payload.kind or payload.at_sign_type
    if kind is not None:
        is_audit = kind.endswith("google.cloud.audit.AuditLog")
    else:
        is_audit = (
            "cloudaudit.googleapis.com" in (key.logName or "")
            or payload.methodName is not None
            or bool(bytes(payload.authenticationInfo))
        )
    return Claim(NAME, _key_bytes(key)) if is_audit else None


def _key_bytes(key: Key) -> bytes:
    """Log, time and insert id; the time by its digits, which exports write otherwise."""
    if not key.insertId:
        return b""
    time = (key.timestamp or "").translate(_NO_DIGITS)[:20].ljust(20, "0")
    return f"{key.logName or ''}/{time}/{key.insertId}".encode("utf-8", "surrogatepass")
