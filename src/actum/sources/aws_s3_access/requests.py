"""Lines and rows of S3 server access logs to what the mapping reads.

Only the quoted fields can hold what a client chose, and S3 does not escape the quotes in them.  So
the request ends at the first thing that looks like the answer to it, and the user agent at the last
quote of the line: what a client writes into its user agent stays inside it.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator, Mapping
from functools import lru_cache
from urllib.parse import unquote
from zlib import crc32

import msgspec

from actum.sources.clocks import common_log, rfc3339
from actum.sources.seam import Unread

__all__ = ["is_line", "is_table_row", "key_of", "unwrap"]

_BEGINS = re.compile(
    rb"(?:[0-9a-f]{16,64}|-) [A-Za-z0-9._-]{1,255} \[\d\d/[A-Z][a-z]{2}/\d{4}:[^\]]{14}\]"
    rb" [0-9A-Fa-f.:-]+ \S+ \S+ [A-Z0-9]+\.[A-Z0-9_.]+ \S+ [\"-]"
)
_HEAD = re.compile(r"\S+ (\S+) \[([^\]]+)\] (\S+) (\S+) (\S+) (\S+) (\S+) ")
"""Owner, bucket, time, address, requester, request, operation, key."""
_ANSWER = re.compile(r'["-] (\d{3}|-) (\S+) (\d+|-) (?:\d+|-) (?:\d+|-) (?:\d+|-) (?=["-])')
"""What follows the request: status, error, bytes, size, total and turn-around time."""


def is_line(raw: bytes) -> bool:
    """Whether a line begins like one of an access log, up to its request."""
    return _BEGINS.match(raw) is not None


_ADDED = (
    "host_id", "signature", "cipher", "auth", "host", "tls", "access_point", "acl_required",
    "source_region",
)  # fmt: skip


@lru_cache(maxsize=65_536)
def _address(text: str) -> str | None:
    """An IP address, None if it is none; one that was IPv4 before is IPv4 again."""
    try:
        socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)
    except (OSError, ValueError):
        return None
    return text[7:] if text[:7].lower() == "::ffff:" and "." in text else text


_ONCE = ("BATCH.", "S3.")
"""Operations whose keys are encoded once; those of all others twice."""


def _key(text: str, operation: str) -> str:
    """The object's name, as its owner wrote it."""
    if "%" not in text:
        return text
    try:
        once = unquote(text, errors="strict")
        return once if operation.startswith(_ONCE) else unquote(once, errors="strict")
    except UnicodeDecodeError:
        return text


def key_of(raw: bytes) -> bytes:
    """What tells one line from another: a request may give several; b"" where there is none."""
    # owner bucket [time zone] address requester request operation key …
    parts = raw.split(b" ", 9)
    if len(parts) < 10 or parts[6] == b"-":
        return b""
    return b" ".join((*parts[1:4], *parts[6:9], b"%08x" % crc32(parts[9])))


_ACTORS: Mapping[str, str] = {
    "user": "IAMUser", "assumed-role": "AssumedRole", "federated-user": "FederatedUser",
    "role": "Role",
}  # fmt: skip


@lru_cache(maxsize=8_192)
def _requester(text: str) -> tuple[tuple[str, str], ...]:
    """Who asked: an ARN, a canonical user id, a service, or nobody in particular."""
    if text.startswith("arn:"):
        parts = text.split(":", 5)
        if len(parts) < 6:
            return (("actor_uid", text),)
        kind, _, name = parts[5].partition("/")
        told = {"actor_uid": text, "actor_account": parts[4]}
        if kind == "root":
            told |= {"actor_name": "root", "actor_type": "Root"}
        elif kind == "assumed-role":
            role, _, session = name.partition("/")
            told |= {"actor_name": role, "actor_type": "AssumedRole", "session": session}
        else:
            told |= {"actor_name": name.rpartition("/")[2] or name}
            if kind in _ACTORS:
                told["actor_type"] = _ACTORS[kind]
        return tuple((each, value) for each, value in told.items() if value)
    if text.startswith("svc:") or text.endswith(".amazonaws.com"):
        name = text.removeprefix("svc:")
        return ("actor_uid", text), ("actor_name", name), ("actor_type", "AWSService")
    if text.startswith("AmazonS3"):
        return ("actor_uid", text), ("actor_name", text), ("actor_type", "AWSService")
    return (("actor_uid", text),)


def _outcome(status: str | None) -> str:
    if not status:
        return "unknown"
    return "success" if status < "400" else "failure"


def _number(text: str | None) -> int | None:
    return int(text) if text and len(text) <= 18 and text.isascii() and text.isdigit() else None


def _event(row: Mapping[str, str]) -> dict[str, object]:
    """What the mapping reads; fields that say nothing left out."""
    get = row.get
    operation, address = get("operation", ""), get("address")
    bucket, key, status = get("bucket"), get("key"), get("status")
    found: dict[str, object] = {
        "time": get("time_utc"), "stated": get("time"), "operation": operation or None,
        "resource_type": operation.rpartition(".")[2], "bucket": bucket,
        "request": get("request_id"), "host_id": get("host_id"),
        "outcome": _outcome(status),
        "status": _number(status), "error": get("error"), "agent": get("agent"),
        "version": get("version"), "host": get("host"), "sent": _number(get("sent")),
        "access_point": get("access_point"), "region": get("source_region"),
    }  # fmt: skip
    if key is not None:
        found["key"] = _key(key, operation)
    if address is not None:
        ip = _address(address)
        found["address" if ip else "named"] = ip or address
    line = get("line")
    if line:
        method, _, rest = line.partition(" ")
        found["method"], found["url"] = method, rest.rpartition(" HTTP/")[0] or rest
    requester = get("requester")
    if requester is not None:
        found.update(_requester(requester))
        if address is None and requester.startswith("svc:"):
            found["named"] = found["actor_name"]
    elif get("operation"):
        found["actor_name"] = "anonymous"
    return found


_FIELDS = (
    "bucket", "time", "address", "requester", "request_id", "operation", "key", "line", "status",
    "error", "sent", "agent", "version",
)  # fmt: skip


def _line(raw: bytes) -> dict[str, str] | Unread:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return Unread("not UTF-8 text")
    head = _HEAD.match(text)
    if head is None:
        return Unread("not a line of a server access log")
    at = head.end()
    is_quoted = text[at : at + 1] == '"'
    answer = (_ANSWER.search if is_quoted else _ANSWER.match)(text, at + is_quoted)
    if answer is None:
        return Unread("a line of a server access log that breaks off in its request")
    request = text[at + 1 : answer.start()] if is_quoted else ""
    agent, added = _client(text[answer.end() :])
    if not added:
        return Unread("a line of a server access log that breaks off in its user agent")
    values = (*head.groups(), request, *answer.groups(), agent, added[0])
    row = {
        name: value for name, value in zip(_FIELDS, values, strict=True) if value and value != "-"
    }
    row.update(
        (name, value) for name, value in zip(_ADDED, added[1:], strict=False) if value != "-"
    )
    row["time_utc"] = common_log(head[2])
    return row


def _client(rest: str) -> tuple[str, list[str]]:
    """The user agent, which ends with the last quote of the line, and the fields after it."""
    end = rest.rfind('"')
    if end < 0:  # neither the referrer nor the user agent is quoted
        return "", rest.split()[2:]
    quoted, added = rest[:end], rest[end + 1 :].split()
    if quoted.startswith("- "):
        return quoted[3:], added
    _, both, agent = quoted.partition('" "')
    return (agent, added) if both else ("", added[1:])


# Rows of tables over these logs, as JSON ----------------------------------------------------------

_NAMES = {
    "bucketowner": "owner", "bucket": "bucket", "bucketname": "bucket", "time": "time",
    "requestdatetime": "time", "remoteip": "address", "requester": "requester",
    "requestid": "request_id", "operation": "operation", "key": "key", "requesturi": "line",
    "requesturioperation": "method", "httpstatus": "status", "errorcode": "error",
    "bytessent": "sent", "objectsize": "size", "totaltime": "total", "turnaroundtime": "turn",
    "referrer": "referrer", "referer": "referrer", "useragent": "agent", "versionid": "version",
    "hostid": "host_id", "signatureversion": "signature", "sigv": "signature",
    "ciphersuite": "cipher", "authenticationtype": "auth", "authtype": "auth",
    "hostheader": "host", "endpoint": "host", "tlsversion": "tls",
    "accesspointarn": "access_point", "aclrequired": "acl_required",
    "sourceregion": "source_region",
}  # fmt: skip
_MARKS = re.compile("[^a-z0-9]")
_OPERATION = re.compile(r"(REST|WEBSITE|SOAP|BATCH|S3)\.[A-Z0-9_.]+")
_NOTHING = (None, "", "-")
_table = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_scalar = msgspec.json.Decoder(str | int | float | bool | None).decode


@lru_cache(maxsize=1_024)
def _name(text: str) -> str | None:
    return _NAMES.get(_MARKS.sub("", text.lower()))


def _table_row(raw: bytes) -> dict[str, str] | Unread:
    try:
        told = _table(raw)
    except RecursionError:
        return Unread("not valid JSON: nested too deeply")
    except (msgspec.MsgspecError, ValueError) as error:
        return Unread(f"not valid JSON: {error}")
    row: dict[str, str] = {}
    for name, value in told.items():
        field = _name(name)
        try:
            shown = _scalar(value) if field else None
        except (msgspec.MsgspecError, RecursionError, ValueError):
            continue  # nested: no field of a line
        if (
            field
            and shown is not None
            and not isinstance(shown, bool)
            and str(shown) not in _NOTHING
        ):
            row[field] = str(shown)
    stated = row.get("time", "")
    row["time_utc"] = common_log(stated.strip("[]")) or rfc3339(stated, zoneless_is_utc=True)
    return row


def is_table_row(raw: bytes) -> bool:
    """Whether a JSON object is a row of such a log: a bucket and an operation of S3's spelling."""
    row = _table_row(raw)
    if isinstance(row, Unread) or "bucket" not in row:
        return False
    return _OPERATION.fullmatch(row.get("operation", "")) is not None


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """The JSON the mapping reads of one line or row."""
    row = _table_row(raw) if form == "table" else _line(raw)
    yield row if isinstance(row, Unread) else msgspec.json.encode(_event(row))
