"""Lines and rows of flow logs to fields: by a header, by options, or by a format known at sight.

A form names the fields of a row, after the character between them: ``space:version,account-id,…``.
``default`` and ``gateway`` are the formats that tell by themselves; ``exported`` is a default line
behind the time CloudWatch Logs puts before it when it exports to S3, ``message`` one as Firehose
delivers it, ``table`` a row of a table as JSON.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import msgspec

from actum.sources.aws_vpcflow.fields import DEFAULT, GATEWAY, canonical, event_of, known
from actum.sources.seam import Piece, Unread

__all__ = ["MEMBERS", "FlowSplitter", "format_of_line", "header_of", "options_of", "unwrap"]

_IP = rb"(?:[0-9.]{7,15}|[0-9a-fA-F:]{2,39}(?:[0-9.]{7,15})?|-)"
_NUMBER = rb"(?:\d{1,20}|-)"
_LINE = re.compile(
    rb"\d{1,2} (?:\d{12}|unknown) eni-\S{1,64} %b %b %b %b %b %b %b \d{1,12} \d{1,12}"
    rb" (?:ACCEPT|REJECT|-) (?:OK|NODATA|SKIPDATA)\s*"
    % (_IP, _IP, _NUMBER, _NUMBER, _NUMBER, _NUMBER, _NUMBER)
)
_GATEWAY_LINE = re.compile(rb"\d{1,2} TransitGateway \d{12} tgw-\S+(?: \S+){32}\s*")
_EXPORT_TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
_SEPARATORS = {"space": None, "comma": ",", "tab": "\t"}
_LONGEST = 4_096


def format_of_line(raw: bytes) -> str:
    """The form of a line whose format can be known at sight; "" if it is none."""
    if not raw[:1].isdigit():
        return ""
    if _LINE.fullmatch(raw):
        return "default"
    if raw[4:5] == b"-":
        time, _, line = raw.partition(b" ")
        return "exported" if _EXPORT_TIME.fullmatch(time) and _LINE.fullmatch(line) else ""
    return "gateway" if _GATEWAY_LINE.fullmatch(raw) else ""


@lru_cache(maxsize=64)
def header_of(line: bytes) -> str:
    """The form of the rows under a header line; "" if it is none."""
    if len(line) > _LONGEST or not line.lstrip(b'"')[:1].isalpha():
        return ""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return ""
    separator = "comma" if "," in text else "tab" if "\t" in text else "space"
    names = [name.strip(' "') for name in text.split(_SEPARATORS[separator])]
    ours = {found for name in names if (found := known(name))}
    if len(ours) < 4 or len(ours) * 5 < len(names) * 4 or not ours & _TELLING:
        return ""
    return f"{separator}:{','.join(canonical(name) for name in names)}"


_TELLING = frozenset(
    ("srcaddr", "dstaddr", "pkt-srcaddr", "pkt-dstaddr", "interface-id", "log-status", "tgw-id")
)
_OPTION = re.compile(r"[\s,$\"']+")


def options_of(options: str) -> str:
    """The form of rows whose format a user names: ``version,srcaddr`` or ``${version} ${srcaddr}``.

    Raises ValueError if a name is none.
    """
    told = options.replace("{", " ").replace("}", " ")
    names = [name for name in _OPTION.split(told) if name]
    for name in names:
        if known(name) is None:
            raise ValueError(f"a flow log has no field {name!r}")
    if len(names) < 2:
        raise ValueError("a flow log's format names two fields or more")
    return f"space:{','.join(canonical(name) for name in names)}"


@lru_cache(maxsize=256)
def _names(form: str) -> tuple[str | None, tuple[str, ...]] | None:
    if form in {"default", "gateway"}:
        return None, DEFAULT if form == "default" else GATEWAY
    separator, _, names = form.partition(":")
    if separator not in _SEPARATORS or not names:
        return None
    return _SEPARATORS[separator], tuple(names.split(","))


def _values(text: str, separator: str | None, count: int) -> list[str]:
    """The fields of a line; examples have a remark behind them, after a #."""
    if separator == "," and '"' in text:
        return next(csv.reader([text]), [])
    values = text.split(separator)
    if len(values) > count and values[count].startswith("#"):
        return values[:count]
    return values


def _row(raw: bytes, form: str) -> dict[str, str] | Unread:
    header = _names(form)
    if header is None:
        return Unread("the format its form should name is not there")
    separator, names = header
    try:
        values = _values(raw.decode(), separator, len(names))
    except UnicodeDecodeError:
        return Unread("not UTF-8 text")
    except csv.Error as error:
        return Unread(f"not a row of a table: {error}")
    if len(values) != len(names):
        return Unread(f"{len(values)} fields, its format has {len(names)}")
    return {name: value for name, value in zip(names, values, strict=True) if value not in _NOTHING}


_NOTHING = frozenset(("-", ""))


class Message(msgspec.Struct, forbid_unknown_fields=True):
    """A line as Firehose delivers it."""

    message: str


_message = msgspec.json.Decoder(Message).decode
_table = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_scalar = msgspec.json.Decoder(str | int | float | bool | None).decode


def message_of(raw: bytes) -> bytes:
    """The line a JSON object holds as its only member; b"" if it is no such object."""
    try:
        return _message(raw).message.encode()
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return b""


_OF_AWS = frozenset(
    ("interface-id", "vpc-id", "subnet-id", "log-status", "flow-direction", "az-id", "tgw-id",
     "pkt-srcaddr", "traffic-path")
)  # fmt: skip


def _spellings(*names: str) -> Iterator[str]:
    for name in names:
        for joined in (name.replace(" ", mark) for mark in ("", "_", "-", " ")):
            yield from (joined, joined.upper(), joined.capitalize())
        title = name.title()
        yield from (title.replace(" ", mark) for mark in ("", "_", "-", " "))
        yield title[:1].lower() + title[1:].replace(" ", "")


_SOURCES = frozenset(_spellings("src addr", "source address"))
"""How tables over flow logs spell ``srcaddr``."""
MEMBERS = _SOURCES | {"message"}
"""One of these is at the top of every JSON object that holds a flow."""


def is_table_row(raw: bytes) -> bool:
    """Whether a JSON object is a row of flows: both addresses, and names only AWS has."""
    try:
        row = _table(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return False
    if _SOURCES.isdisjoint(row):
        return False
    names = {canonical(name) for name in row}
    if not {"srcaddr", "dstaddr"} <= names or "class_uid" in row:
        return False
    return bytes(row.get("p_log_type", b"")) == b'"AWS.VPCFlow"' or len(names & _OF_AWS) >= 2


def _table_row(raw: bytes) -> dict[str, str] | Unread:
    try:
        row = _table(raw)
    except RecursionError:
        return Unread("not valid JSON: nested too deeply")
    except (msgspec.MsgspecError, ValueError) as error:
        return Unread(f"not valid JSON: {error}")
    found: dict[str, str] = {}
    for name, value in row.items():
        try:
            told = _scalar(value)
        except (msgspec.MsgspecError, RecursionError, ValueError):
            continue  # nested: no field of a flow
        shown = str(told).strip()
        if told is not None and not isinstance(told, bool) and shown not in _NO_VALUE:
            found[canonical(name)] = shown
    return found


_NO_VALUE = frozenset(("-", "", "null"))


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """The JSON the mapping reads of one line or row."""
    if form == "table":
        row = _table_row(raw)
    elif form == "exported":
        row = _row(raw.partition(b" ")[2], "default")
    elif form == "message":
        line = message_of(raw)
        yield from unwrap(line, format_of_line(line) or "default")
        return
    else:
        row = _row(raw, form)
    yield row if isinstance(row, Unread) else msgspec.json.encode(event_of(row))


class FlowSplitter:
    """Gives every line the format that its header, or a user, said of it."""

    def __init__(self, form: str) -> None:
        self.headers: list[bytes] = []
        self._form = form

    def take(self, lines: Sequence[bytes], positions: Sequence[int]) -> Iterator[Piece]:
        """Give the lines; a header that comes again is a header again."""
        form, names = self._form, _names(self._form)
        for line, position in zip(lines, positions, strict=True):
            may_head = line[:1].isalpha() or (line[:1] == b'"' and b"addr" in line)
            if may_head and line != b"..." and (header := header_of(line)):
                self.headers.append(line)
                self._form, names = header, _names(header)
                form = header
                continue
            if names is None:  # nobody said anything yet
                yield Piece(line, position, None)
                continue
            separator, told = names
            count = len(line.split(separator.encode() if separator else None))
            if count == len(told):
                yield Piece(line, position, form)
                continue
            found = _row(line, form)
            if not isinstance(found, Unread):
                yield Piece(line, position, form)
            elif format_of_line(line) or line[:1] in b"{[":
                yield Piece(line, position, None)  # another format among them
            else:
                yield Piece(line, position, form, reason=found.reason)

    def rest(self) -> Iterator[Piece]:
        """Nothing is held back."""
        return iter(())
