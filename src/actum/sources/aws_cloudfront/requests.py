"""Requests as CloudFront logs them to what the mapping reads.

Standard logs come as text, tab separated after a ``#Fields:`` header (W3C), or, in version 2, as
JSON or plain text with fields of one's choice.  A form names the fields of a line in its order:
``fields:date time x-edge-location …``.  A line without a header is read only if it has the fields
of the standard log in the standard order.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from urllib.parse import unquote

import msgspec

from actum.sources.clocks import rfc3339, since_1970
from actum.sources.seam import Piece, Unread

__all__ = ["RequestSplitter", "fields_of", "is_json", "is_standard", "key_of", "options_of",
           "unwrap"]  # fmt: skip

_STANDARD = (
    "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer)"
    " cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header"
    " cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher"
    " x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port"
    " time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len"
    " sc-range-start sc-range-end"
)
STANDARD = tuple(_STANDARD.split())
_MORE = (
    "timestamp timestamp(ms) DistributionId distributionid distribution-tenant-id asn c-country"
    " cs-headers cs-header-names cs-headers-count origin-fbl origin-lbl cache-behavior-path-pattern"
    " cmcd r-host sr-reason x-edge-mqcs connection-id x-edge-error-code viewer-session-id"
)
KNOWN = frozenset((*STANDARD, *_MORE.split()))
_EDGE = frozenset(name for name in STANDARD if name.startswith("x-edge-"))
_LINE = re.compile(
    rb"\d{4}-\d\d-\d\d\t\d\d:\d\d:\d\d\t[A-Z]{3}\d*(?:-[A-Z0-9]+)?\t\d+\t[0-9a-fA-F.:]+\t[A-Z]+\t"
    rb"[^\t]+\t[^\t]+\t(?:\d{3}|-)(?:\t[^\t]*){9,40}"
)
_FIELDS = b"#Fields:"


@lru_cache(maxsize=64)
def fields_of(line: bytes) -> str:
    """The form of the lines under a ``#Fields:`` header of CloudFront; "" if it is none."""
    if not line.startswith(_FIELDS) or len(line) > 8_192:
        return ""
    try:
        names = line[len(_FIELDS) :].decode().split()
    except UnicodeDecodeError:
        return ""
    return f"fields:{' '.join(names)}" if _EDGE.intersection(names) and _are_safe(names) else ""


def _are_safe(names: Sequence[str]) -> bool:
    return all(re.fullmatch(r"[\w()*-]{1,64}", name) for name in names)


def options_of(options: str) -> str:
    """The form of lines whose fields a user names.  Raises ValueError if a name is none."""
    names = [name for name in re.split(r"[\s,]+", options) if name]
    for name in names:
        if name not in KNOWN:
            raise ValueError(f"a CloudFront log has no field {name!r}")
    if len(names) < 2:
        raise ValueError("a CloudFront log has two fields or more")
    return f"fields:{' '.join(names)}"


def is_standard(raw: bytes) -> bool:
    """Whether a line has the fields of the standard log in their order."""
    return _LINE.fullmatch(raw.rstrip(b"\r")) is not None


_table = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_scalar = msgspec.json.Decoder(str | int | float | bool | None).decode


class Key(msgspec.Struct, rename={"edge": "x-edge-request-id", "result": "x-edge-result-type"}):
    """The members that make a record of a version 2 log, and tell one from another."""

    edge: str | None = None
    result: str | None = None


_key = msgspec.json.Decoder(Key).decode


def is_json(raw: bytes) -> bytes | None:
    """The request id of a version 2 record, b"" if it states none; None if it is no such record."""
    try:
        found = _key(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    if not found.edge and not found.result:
        return None
    edge = found.edge or ""
    return b"" if edge in {"", "-"} else edge.encode("utf-8", "surrogatepass")


def key_of(raw: bytes, form: str) -> bytes:
    """The id CloudFront gives a request; b"" where the fields leave it out."""
    place = _place(form)
    if place is None:
        return b""
    parts = raw.split(b"\t", place + 1)
    return parts[place] if len(parts) > place and parts[place] != b"-" else b""


@lru_cache(maxsize=64)
def _place(form: str) -> int | None:
    names = _names(form)
    name = "x-edge-request-id"
    return names.index(name) if names and name in names else None


@lru_cache(maxsize=64)
def _names(form: str) -> tuple[str, ...]:
    if form == "standard":
        return STANDARD
    kind, _, names = form.partition(":")
    return tuple(names.split(" ")) if kind == "fields" and names else ()


@lru_cache(maxsize=65_536)
def _address(text: str) -> str | None:
    """An IP address, None if it is none."""
    try:
        socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)
    except (OSError, ValueError):
        return None
    return text


@lru_cache(maxsize=8_192)
def _agent(text: str) -> str:
    """A user agent: encoded once, in older logs twice."""
    found = unquote(text)
    return unquote(found) if "%20" in found else found


def _number(text: str | None) -> int | None:
    return int(text) if text and len(text) <= 18 and text.isascii() and text.isdigit() else None


def _time(row: Mapping[str, str]) -> tuple[str | None, str]:
    """The time as written, and in one spelling."""
    milliseconds = row.get("timestamp(ms)", "")
    if len(milliseconds) == 13:
        return milliseconds, since_1970(f"{milliseconds[:10]}.{milliseconds[10:]}")
    seconds = row.get("timestamp")
    if seconds:
        return seconds, since_1970(seconds) if len(seconds.partition(".")[0]) == 10 else ""
    if "date" in row and "time" in row:
        stated = f"{row['date']}\t{row['time']}"
        return stated, rfc3339(f"{row['date']}T{row['time']}", zoneless_is_utc=True)
    return None, ""


def _event(row: Mapping[str, str]) -> dict[str, object]:
    """What the mapping reads; fields that say nothing left out."""
    get = row.get
    stated, time = _time(row)
    status, client = _number(get("sc-status")), get("c-ip")
    stem, host, query = get("cs-uri-stem"), get("x-host-header"), get("cs-uri-query")
    method, agent = get("cs-method"), get("cs(User-Agent)")
    detailed = get("x-edge-detailed-result-type") or get("x-edge-result-type")
    found: dict[str, object] = {
        "stated": stated, "time": time, "method": method, "request": get("x-edge-request-id"),
        "location": get("x-edge-location"), "host": host, "domain": get("cs(Host)"),
        "distribution": get("DistributionId") or get("distributionid"),
        "country": get("c-country"), "protocol": get("cs-protocol"), "port": _number(get("c-port")),
        "bytes": (_number(get("sc-bytes")) or 0) + (_number(get("cs-bytes")) or 0),
        "outcome": "unknown", "agent": _agent(agent) if agent else None,
    }  # fmt: skip
    if stem:
        scheme = get("cs-protocol")
        whole = f"{scheme}://{host}{stem}" if scheme and host else stem
        found["url"] = f"{whole}?{query}" if query else whole
    if status:
        found["status"] = status
        found["outcome"] = "success" if status < 400 else "failure"
        if status >= 400:
            found["detail"] = detailed
    elif detailed:
        found["detail"] = detailed
    if client:
        ip = _address(client)
        found["source" if ip else "source_name"] = ip or client
    forwarded = get("x-forwarded-for")
    if forwarded:
        others = [ip for each in forwarded.replace("%20", " ").split(",")
                  if (ip := _address(each.strip())) and ip != client]  # fmt: skip
        if others:
            found["others"] = others[:64]
    return found


def _line(raw: bytes, form: str) -> dict[str, str] | Unread:
    names = _names(form)
    try:
        values = raw.decode().split("\t")
    except UnicodeDecodeError:
        return Unread("not UTF-8 text")
    if len(values) < 2 or (form != "standard" and len(values) != len(names)):
        return Unread(f"{len(values)} fields, its header has {len(names)}")
    return {name: value for name, value in zip(names, values, strict=False) if value not in _NONE}


_NONE = frozenset(("-", ""))


def _json(raw: bytes) -> dict[str, str] | Unread:
    try:
        told = _table(raw)
    except RecursionError:
        return Unread("not valid JSON: nested too deeply")
    except (msgspec.MsgspecError, ValueError) as error:
        return Unread(f"not valid JSON: {error}")
    row: dict[str, str] = {}
    for name, value in told.items():
        if name in KNOWN:
            try:
                shown = _scalar(value)
            except (msgspec.MsgspecError, RecursionError, ValueError):
                continue  # nested: no field of a request
            if shown is not None and not isinstance(shown, bool) and str(shown) not in _NONE:
                row[name] = str(shown)
    return row


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """The JSON the mapping reads of one request."""
    row = _json(raw) if form == "json" else _line(raw, form)
    yield row if isinstance(row, Unread) else msgspec.json.encode(_event(row))


class RequestSplitter:
    """Gives every line the fields that its header, or a user, said of it."""

    def __init__(self, form: str) -> None:
        self.headers: list[bytes] = []
        self._form = form

    def take(self, lines: Sequence[bytes], positions: Sequence[int]) -> Iterator[Piece]:
        """Give the lines; a header that comes again is a header again."""
        for line, position in zip(lines, positions, strict=True):
            if line[:1] == b"#":
                self.headers.append(line)
                self._form = fields_of(line) or self._form
            elif not self._form or line[:1] == b"{":
                yield Piece(line, position, None)
            else:
                found = _line(line, self._form)
                reason = found.reason if isinstance(found, Unread) else ""
                key = b"" if reason else key_of(line, self._form)
                yield Piece(line, position, self._form, key, reason=reason)

    def rest(self) -> Iterator[Piece]:
        """Nothing is held back."""
        return iter(())
