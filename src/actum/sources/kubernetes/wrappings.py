"""How an audit event arrives when it is not a JSON line of the API server's own.

=============  ================================================================================
``list``       an ``EventList``, as the webhook backend posts it: several events
``aks``        an Azure record of category kube-audit: the event as a string in ``properties.log``
``aks-log``    the same as a row of AzureDiagnostics: the event as a string in ``log_s``
``aks-table``  a row of the Log Analytics tables AKSAudit and AKSAuditAdmin: a column a member
=============  ================================================================================

Of what Azure puts around an event its cluster is kept, as the member `CLUSTER`.

References:
- EventList: https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/
- AKSAudit: https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/aksaudit
- AzureDiagnostics: https://learn.microsoft.com/en-us/azure/aks/monitor-aks
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from actum.sources.seam import Unread

__all__ = ["AKS", "AKS_LOG", "AKS_TABLE", "CLUSTER", "LIST", "is_aks", "unwrap"]

LIST, AKS, AKS_LOG, AKS_TABLE = "list", "aks", "aks-log", "aks-table"
CLUSTER = "the cluster by its Azure id"
"""A member no event has."""
REFUSED = (msgspec.MsgspecError, RecursionError, ValueError)

_COLUMNS = {
    "Level": "level", "AuditId": "auditID", "Stage": "stage", "RequestUri": "requestURI",
    "Verb": "verb", "User": "user", "ImpersonatedUser": "impersonatedUser",
    "SourceIps": "sourceIPs", "UserAgent": "userAgent", "ObjectRef": "objectRef",
    "ResponseStatus": "responseStatus", "RequestObject": "requestObject",
    "ResponseObject": "responseObject", "RequestReceivedTime": "requestReceivedTimestamp",
    "StageReceivedTime": "stageTimestamp", "Annotations": "annotations",
}  # fmt: skip


class _Log(msgspec.Struct):
    log: str = ""


class _Azure(msgspec.Struct):
    """What is asked of an Azure record, however it is spelt."""

    properties: _Log | str | None = None
    log_s: str | None = None
    resourceId: str | None = None  # noqa: N815 - Azure's spelling
    ResourceId: str | None = None
    resource_id: str | None = msgspec.field(default=None, name="_ResourceId")


_azure = msgspec.json.Decoder(_Azure).decode
_log = msgspec.json.Decoder(_Log).decode
_items = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_events = msgspec.json.Decoder(list[msgspec.Raw]).decode
_row = msgspec.json.Decoder(dict[str, Any]).decode


def is_aks(category: object) -> bool:
    """Whether a record's category is one of the two AKS logs audit events under."""
    return category in {"kube-audit", "kube-audit-admin"}


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """The audit events of a record of that form, as JSON."""
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        if form == LIST:
            yield from map(bytes, _events(_items(raw)["items"]))
        elif form == AKS_TABLE:
            yield _of_columns(_row(raw))
        elif form in {AKS, AKS_LOG}:
            yield _of_azure(_azure(raw), form)
        else:
            yield raw
    except KeyError:
        yield Unread("an EventList without items")
    except UnicodeEncodeError:
        yield Unread("not UTF-8 text")
    except REFUSED as error:
        yield Unread(f"not the wrapping it was: {error}")


def _of_azure(found: _Azure, form: str) -> bytes | Unread:
    if form == AKS_LOG:
        text = found.log_s
    else:
        told = found.properties
        text = (_log(told) if isinstance(told, str) else told or _Log()).log
    event = (text or "").strip().removeprefix("\ufeff").strip()
    if not event:
        return Unread("the record holds no log line")
    if not event.startswith("{"):
        return Unread("the log line in it is no audit event")
    cluster = found.resourceId or found.ResourceId or found.resource_id
    if cluster is None:
        return event.encode()
    told_first = msgspec.json.encode({CLUSTER: cluster})[:-1]
    comma = b"" if event[1:].lstrip().startswith("}") else b","
    return told_first + comma + event[1:].encode()


def _of_columns(row: dict[str, Any]) -> bytes:
    event = {name: _opened(row[column]) for column, name in _COLUMNS.items() if column in row}
    return msgspec.json.encode({CLUSTER: row.get("_ResourceId"), **event})


def _opened(value: object) -> object:
    """A dynamic column, which exports may write as a string of JSON."""
    if not isinstance(value, str) or value[:1] not in {"{", "["}:
        return value
    try:
        return msgspec.Raw(msgspec.json.encode(msgspec.json.decode(value)))
    except REFUSED:
        return value
