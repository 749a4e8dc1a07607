"""What AWS puts around a record on its way: taken off one layer at a time, in memory, with a limit.

======================  ==========================================================================
LookupEvents            ``CloudTrailEvent``: the record as a string; or ``Events[]`` of such
EventBridge             ``detail``: the record, beside ``detail-type``
CloudWatch Logs         ``logEvents[].message``, or one log event with ``message``
SNS                     ``Message``, or ``Records[].Sns.Message``
SQS                     ``body``, or ``Records[].body``
Kinesis, Lambda event   ``Records[].kinesis.data``: base64, often of gzip
Firehose                ``records[].data``, or a record's ``data``: base64, often of gzip
CloudWatch via Lambda   ``awslogs.data``: base64 of gzip
S3 file                 ``Records[]``: the records themselves
Security Hub, GuardDuty ``findings[]`` in an EventBridge ``detail``; ``Findings[]`` of an API answer
======================  ==========================================================================

A payload that is a CloudTrail record is never looked into, whatever other members it has.

References: the event formats of the AWS Lambda developer guide, "Services that can invoke Lambda".
"""

from __future__ import annotations

import binascii
import zlib
from base64 import b64decode
from collections.abc import Iterator

import msgspec

__all__ = ["MAX_INFLATED", "MAX_LAYERS", "MEMBERS", "unwrap"]

MAX_LAYERS = 6
MAX_INFLATED = 64 << 20
"""When the payloads of one record inflate to more than this together, the rest stays wrapped."""

MEMBERS = frozenset(
    ("CloudTrailEvent", "detail-type", "awslogs", "logEvents", "Message", "kinesis", "Sns",
     "messageId", "receiptHandle", "timestamp", "logStreamName", "recordId",
     "approximateArrivalTimestamp", "records", "Records", "Events", "findings", "Findings")
)  # fmt: skip
"""Without one of these at its top a record is no wrapping."""

_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_array = msgspec.json.Decoder(list[msgspec.Raw]).decode
_text = msgspec.json.Decoder(str).decode

_REFUSED = (msgspec.MsgspecError, RecursionError, ValueError)
_GZIP = b"\x1f\x8b"


def unwrap(raw: bytes) -> Iterator[bytes]:
    """The innermost payloads of a wrapped record, in order; nothing if ``raw`` is not wrapped.

    What is inside is given as its exact bytes, or as the UTF-8 of the JSON string that held it.  A
    payload that cannot be taken out (bad base64, damaged or oversized gzip) is given as it stands.
    """
    opening = _Opening()
    for inner in opening.layer(raw):
        yield from opening.peel(inner, MAX_LAYERS - 1)


class _Opening:
    """The opening of one record, and what it may still inflate."""

    def __init__(self) -> None:
        self.left = MAX_INFLATED

    def peel(self, payload: bytes, layers: int) -> Iterator[bytes]:
        is_leaf = True
        if layers:
            for inner in self.layer(payload):
                is_leaf = False
                yield from self.peel(inner, layers - 1)
        if is_leaf:
            yield payload

    def layer(self, raw: bytes) -> Iterator[bytes]:  # noqa: C901, PLR0912 - a table, as code
        """The payloads one layer in; nothing if this is no wrapping we know."""
        try:
            outer = _object(raw)
        except _REFUSED:
            return
        if "eventVersion" in outer:
            return
        if "CloudTrailEvent" in outer:
            yield from _string(outer["CloudTrailEvent"])
        elif "detail-type" in outer and "detail" in outer:
            yield bytes(outer["detail"])
        elif "awslogs" in outer:
            yield from self.data(outer["awslogs"], "data")
        elif "logEvents" in outer:
            yield from _each(outer["logEvents"], "message")
        elif "Message" in outer and ("TopicArn" in outer or outer.get("Type") == b'"Notification"'):
            yield from _string(outer["Message"])
        elif "kinesis" in outer:
            yield from self.data(outer["kinesis"], "data")
        elif "Sns" in outer:
            yield from _member(outer["Sns"], "Message")
        elif "body" in outer and ("messageId" in outer or "receiptHandle" in outer):
            yield from _string(outer["body"])
        elif "message" in outer and ("timestamp" in outer or "logStreamName" in outer):
            yield from _string(outer["message"])
        elif "data" in outer and ("recordId" in outer or "approximateArrivalTimestamp" in outer):
            yield from self.data(raw, "data")
        elif "records" in outer and ("requestId" in outer or "deliveryStreamArn" in outer):
            for each in _items(outer["records"]):
                yield from self.data(each, "data")
        elif "Records" in outer:
            yield from _items(outer["Records"])
        elif "Events" in outer:
            yield from _items(outer["Events"])
        elif "findings" in outer or "Findings" in outer:
            yield from _items(outer.get("findings") or outer["Findings"])

    def data(self, raw: bytes | msgspec.Raw, name: str) -> Iterator[bytes]:
        """A base64 member, gunzipped if it is gzip; what cannot be opened, as it stands."""
        for coded in _member(raw, name):
            try:
                data = b64decode(coded, validate=True)
            except (binascii.Error, ValueError):
                yield coded
                continue
            if data[:2] != _GZIP:
                yield from _told(data)
                continue
            inflated = self.inflate(data)
            yield from (coded,) if inflated is None else _told(inflated)

    def inflate(self, data: bytes) -> bytes | None:
        """All members of a gzip; None if it is damaged, torn or larger than what is left."""
        whole = bytearray()
        while data:
            inflater = zlib.decompressobj(wbits=31)
            try:
                whole += inflater.decompress(data, self.left - len(whole) + 1)
            except zlib.error:
                return None
            if len(whole) > self.left:
                self.left = 0
                return None
            if not inflater.eof:
                return None
            data = inflater.unused_data
        self.left -= len(whole)
        return bytes(whole)


def _told(data: bytes) -> Iterator[bytes]:
    """A payload: one JSON text, or the lines of another, of which several are often sent at once."""
    if not data.strip() or data.lstrip()[:1] in (b"{", b"["):
        yield data
    else:
        yield from filter(None, data.splitlines())


def _items(raw: bytes | msgspec.Raw) -> Iterator[bytes]:
    try:
        items = _array(raw)
    except _REFUSED:
        return
    for each in items:
        yield bytes(each)


def _each(raw: msgspec.Raw, name: str) -> Iterator[bytes]:
    for item in _items(raw):
        yield from _member(item, name)


def _member(raw: bytes | msgspec.Raw, name: str) -> Iterator[bytes]:
    try:
        found = _object(raw).get(name)
    except _REFUSED:
        return
    if found is not None:
        yield from _string(found)


def _string(raw: bytes | msgspec.Raw) -> Iterator[bytes]:
    """The UTF-8 of a JSON string; an object in its place is taken as it is."""
    try:
        yield _text(raw).encode("utf-8", "surrogatepass")
    except _REFUSED:
        if bytes(raw).startswith(b"{"):
            yield bytes(raw)
