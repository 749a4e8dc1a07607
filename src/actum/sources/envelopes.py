"""What AWS puts around a record on its way: taken off one layer at a time, in memory, with a limit.

======================  ==========================================================================
LookupEvents            ``CloudTrailEvent``: the record as a string
EventBridge             ``detail``: the record, beside ``detail-type`` and ``source``
CloudWatch Logs         ``logEvents[].message``, or one log event with ``message``
SNS                     ``Message``, or ``Records[].Sns.Message``
SQS                     ``body``, or ``Records[].body``
Kinesis, Lambda event   ``Records[].kinesis.data``: base64, often of gzip
Firehose                ``records[].data``: base64, often of gzip
CloudWatch via Lambda   ``awslogs.data``: base64 of gzip
S3 file                 ``Records[]``: the records themselves
======================  ==========================================================================

References: the event formats of the AWS Lambda developer guide, "Services that can invoke Lambda".
"""

from __future__ import annotations

import binascii
import zlib
from base64 import b64decode
from collections.abc import Iterator

import msgspec

__all__ = ["unwrap"]

MAX_LAYERS = 6
MAX_INFLATED = 64 << 20
"""A wrapped payload larger than this is left wrapped."""

_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_array = msgspec.json.Decoder(list[msgspec.Raw]).decode
_text = msgspec.json.Decoder(str).decode

_REFUSED = (msgspec.MsgspecError, RecursionError, ValueError)


def unwrap(raw: bytes) -> Iterator[bytes]:
    """The innermost payloads of a wrapped record, in order; nothing if ``raw`` is not wrapped.

    What is inside is given as its exact bytes, or as the UTF-8 of the JSON string that held it.
    """
    for inner in _layer(raw):
        yield from _peel(inner, MAX_LAYERS)


def _peel(payload: bytes, layers: int) -> Iterator[bytes]:
    inside = list(_layer(payload)) if layers else []
    if not inside:
        yield payload
    for inner in inside:
        yield from _peel(inner, layers - 1)


def _layer(raw: bytes) -> Iterator[bytes]:
    """The payloads one layer in; nothing if this is no wrapping we know."""
    try:
        outer = _object(raw)
    except _REFUSED:
        return
    if "CloudTrailEvent" in outer:
        yield from _string(outer["CloudTrailEvent"])
    elif "detail-type" in outer and "detail" in outer:
        yield bytes(outer["detail"])
    elif "awslogs" in outer:
        yield from _data(outer["awslogs"], "data")
    elif "logEvents" in outer:
        yield from _each(outer["logEvents"], "message")
    elif "Message" in outer and ("TopicArn" in outer or outer.get("Type") == b'"Notification"'):
        yield from _string(outer["Message"])
    elif "kinesis" in outer:
        yield from _data(outer["kinesis"], "data")
    elif "Sns" in outer:
        yield from _member(outer["Sns"], "Message")
    elif "body" in outer and ("messageId" in outer or "receiptHandle" in outer):
        yield from _string(outer["body"])
    elif "message" in outer and ("timestamp" in outer or "logStreamName" in outer):
        yield from _string(outer["message"])
    elif "records" in outer and ("requestId" in outer or "deliveryStreamArn" in outer):
        for each in _items(outer["records"]):
            yield from _data(each, "data")
    elif "Records" in outer:
        yield from _items(outer["Records"])


def _items(raw: msgspec.Raw) -> Iterator[bytes]:
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


def _string(raw: msgspec.Raw) -> Iterator[bytes]:
    try:
        yield _text(raw).encode("utf-8", "surrogatepass")
    except _REFUSED:
        if bytes(raw[:1] if isinstance(raw, bytes) else bytes(raw)[:1]) == b"{":
            yield bytes(raw)


def _data(raw: bytes | msgspec.Raw, name: str) -> Iterator[bytes]:
    """A base64 member, gunzipped if it is gzip."""
    for coded in _member(raw, name):
        try:
            data = b64decode(coded, validate=True)
        except (binascii.Error, ValueError):
            continue
        if data[:2] == b"\x1f\x8b":
            inflater = zlib.decompressobj(wbits=31)
            try:
                data = inflater.decompress(data, MAX_INFLATED)
            except zlib.error:
                continue
            if not inflater.eof:
                continue
        yield data
