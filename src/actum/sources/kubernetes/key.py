"""How an audit event is known: by its kind and version, and again by its id, stage and times.

References:
- https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/
"""

from __future__ import annotations

import msgspec

from actum.sources import envelopes
from actum.sources.kubernetes import wrappings
from actum.sources.seam import Claim

__all__ = ["claim"]

NAME = "kubernetes"


class Key(msgspec.Struct, gc=False):
    """The members that tell an audit event from any other, and one copy from another."""

    kind: str | None = None
    apiVersion: str | None = None  # noqa: N815 - Kubernetes' spelling
    auditID: str | None = None  # noqa: N815
    stage: str | None = None
    verb: str | None = None
    requestReceivedTimestamp: str | None = None  # noqa: N815
    stageTimestamp: str | None = None  # noqa: N815
    timestamp: str | None = None
    category: str | None = None
    Category: str | None = None
    Type: str | None = None
    AuditId: str | None = None
    Stage: str | None = None
    RequestReceivedTime: str | None = None
    StageReceivedTime: str | None = None


_decode = msgspec.json.Decoder(Key).decode
_BOM = b"\xef\xbb\xbf"


def claim(raw: bytes) -> Claim | None:  # noqa: PLR0911 - each kind its own
    """An audit event by its kind, or what is known to hold one."""
    if raw[:1].isdigit():
        return envelopes.claimed_behind_time(raw, claim)
    if b'"Event' not in raw and (
        b"udit" not in raw
        or (b'"auditID"' not in raw and b"kube-audit" not in raw and b'"AuditId"' not in raw)
    ):
        return None
    if raw.startswith(_BOM):
        raw = raw[3:]
    try:
        key = _decode(raw)
    except wrappings.REFUSED:
        return None
    if key.kind in {"Event", "EventList"} or (key.kind is None and key.auditID and key.stage):
        return _plain(key, raw)
    if wrappings.is_aks(key.category) or wrappings.is_aks(key.Category):
        return _of_azure(raw)
    if key.Type in {"AKSAudit", "AKSAuditAdmin"} or (
        key.AuditId and key.Stage and key.Type is None and b'"RequestUri"' in raw
    ):
        told = (key.AuditId, key.Stage, key.RequestReceivedTime, key.StageReceivedTime)
        return Claim(NAME, _key(*told), wrappings.AKS_TABLE)
    return None


def _plain(key: Key, raw: bytes) -> Claim | None:
    if key.apiVersion is not None:
        is_event = key.apiVersion.startswith("audit.k8s.io/")
    elif key.kind is None:  # an item of an EventList
        is_event = b'"requestURI"' in raw
    else:
        # Older servers, and tools that trim, leave the version out; a verb is of audit events only.
        is_event = (
            key.kind == "Event"
            and key.verb is not None
            and (key.auditID is not None or b'"objectRef"' in raw or b'"responseStatus"' in raw)
        )
    if not is_event:
        return None
    if key.kind == "EventList":
        return Claim(NAME, b"", wrappings.LIST)
    received = key.requestReceivedTimestamp or key.timestamp
    return Claim(NAME, _key(key.auditID, key.stage, received, key.stageTimestamp))


def _of_azure(raw: bytes) -> Claim | None:
    """An Azure record: its key is that of the event inside, so that it is known again."""
    form = wrappings.AKS_LOG if b'"log_s"' in raw else wrappings.AKS
    for event in wrappings.unwrap(raw, form):
        found = claim(event) if isinstance(event, bytes) else None
        if found is not None and not found.form:
            return Claim(NAME, found.key, form)
    return Claim(NAME, b"", form)


def _key(audit_id: str | None, *told: str | None) -> bytes:
    if not audit_id:
        return b""
    return "/".join([audit_id, *(each or "" for each in told)]).encode("utf-8", "surrogatepass")
