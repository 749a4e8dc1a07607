"""What is put around a record on its way: taken off one layer at a time, in memory, with a limit.

======================  ==========================================================================
LookupEvents            ``CloudTrailEvent``: the record as a string; or ``Events[]`` of such
EventBridge             ``detail``: the record, beside ``detail-type``
CloudWatch Logs         ``logEvents[].message``, or one log event with ``message``; of a search
                        ``events[].message`` (FilterLogEvents), ``results[][]`` (Insights)
CloudWatch Logs to S3   a line with the time before it (`behind_time`); a row of its two-column CSV
SNS                     ``Message``, or ``Records[].Sns.Message``
SQS                     ``body``, or ``Records[].body``; ``Messages[].Body`` of ReceiveMessage
Kinesis, Lambda event   ``Records[].kinesis.data``: base64, often of gzip
Firehose                ``records[].data``, or a record's ``data``: base64, often of gzip
CloudWatch via Lambda   ``awslogs.data``: base64 of gzip
S3 file                 ``Records[]``: the records themselves
Security Hub, GuardDuty ``findings[]`` in an EventBridge ``detail``; ``Findings[]`` of an API answer
Containers              ``log`` beside ``stream``; a line of ``stdout F`` with the time before it
Shippers and searches   ``message`` beside ``@timestamp``, ``_source`` beside ``_index`` (Elastic),
                        ``event`` beside ``sourcetype``, ``result._raw`` (Splunk)
======================  ==========================================================================

A payload that is a CloudTrail record is never looked into, whatever other members it has.

References: the event formats of the AWS Lambda developer guide, "Services that can invoke Lambda";
the logging formats of containerd (CRI) and Docker (json-file).
"""

from __future__ import annotations

import binascii
import re
import zlib
from base64 import b64decode
from collections.abc import Callable, Iterator

import msgspec

from actum.sources.seam import Claim

__all__ = ["MAX_INFLATED", "MAX_LAYERS", "MEMBERS", "claimed_behind_time", "unwrap"]

MAX_LAYERS = 6
MAX_INFLATED = 64 << 20
"""When the payloads of one record inflate to more than this together, the rest stays wrapped."""

MEMBERS = frozenset(
    ("CloudTrailEvent", "detail-type", "awslogs", "logEvents", "Message", "kinesis", "Sns",
     "messageId", "receiptHandle", "message", "recordId",
     "approximateArrivalTimestamp", "records", "Records", "Events", "findings", "Findings",
     "Messages", "ReceiptHandle", "searchedLogStreams", "statistics", "stream", "_source",
     "sourcetype", "result")
)  # fmt: skip
"""Without one of these at its top a record is no wrapping."""

_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_array = msgspec.json.Decoder(list[msgspec.Raw]).decode
_text = msgspec.json.Decoder(str).decode

_REFUSED = (msgspec.MsgspecError, RecursionError, ValueError)
_GZIP = b"\x1f\x8b"
_BEHIND_TIME = re.compile(
    rb"\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:\d\d)(?: std(?:out|err) F)? (\{.*\})\s*"
    rb'|(?:\d{13}|\d{4}-\d\d-\d\d[T ][\d:.]{8,18}Z?),"(\{"".*\})"\s*',
    re.DOTALL,
)


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

    def layer(self, raw: bytes) -> Iterator[bytes]:  # noqa: C901, PLR0912, PLR0915 - a table
        """The payloads one layer in; nothing if this is no wrapping we know."""
        if raw[:1].isdigit():
            inside = _behind_time(raw)
            yield from () if inside is None else (inside,)
            return
        try:
            outer = _object(raw)
        except _REFUSED:
            return
        if "eventVersion" in outer and not bytes(outer.get("eventSource", b"")).startswith(_LAMBDA):
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
        elif "Body" in outer and ("MessageId" in outer or "ReceiptHandle" in outer):
            yield from _string(outer["Body"])
        elif "message" in outer and ("timestamp" in outer or "logStreamName" in outer):
            yield from _string(outer["message"])
        elif "message" in outer and "@timestamp" in outer:
            yield from (each for each in _string(outer["message"]) if each[:1] == b"{")
        elif "log" in outer and "stream" in outer:
            yield from (each.strip() for each in _string(outer["log"]))
        elif "_source" in outer and "_index" in outer:
            yield bytes(outer["_source"])
        elif "event" in outer and "sourcetype" in outer:
            yield from _string(outer["event"])
        elif "result" in outer:
            yield from _member(outer["result"], "_raw")
        elif "Messages" in outer:
            yield from _each(outer["Messages"], "Body")
        elif "events" in outer and "searchedLogStreams" in outer:
            yield from _each(outer["events"], "message")
        elif "results" in outer and "statistics" in outer:
            for row in _items(outer["results"]):
                yield from _messages(row)
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


_LAMBDA = b'"aws:'
"""What is handed to a function says which service hands it over; CloudTrail names no service so."""


def _behind_time(raw: bytes) -> bytes | None:
    """The JSON of a line behind the time it was logged at; None if it is no such line."""
    found = _BEHIND_TIME.fullmatch(raw)
    if found is None:
        return None
    return found[1] or found[2].replace(b'""', b'"')


def claimed_behind_time(raw: bytes, claim: Callable[[bytes], Claim | None]) -> Claim | None:
    """What a source claims of a line that holds its JSON behind a time; else None."""
    inside = _behind_time(raw) if raw[:1].isdigit() else None
    found = claim(inside) if inside is not None else None
    return None if found is None else Claim(found.source, found.key, "wrapped", found.confidence)


def _messages(row: bytes) -> Iterator[bytes]:
    """The ``@message`` of a row of a query of Logs Insights."""
    for each in _items(row):
        if list(_member(each, "field")) == [b"@message"]:
            yield from _member(each, "value")


def _told(data: bytes) -> Iterator[bytes]:
    """A payload: one JSON text, or the lines of another; several are often sent at once."""
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
