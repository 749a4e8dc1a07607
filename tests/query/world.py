"""Rows with everything that breaks filters, and the same filter in plain Python.

The filter here is written from the words of the field table's documentation, not from the
compiler: it shares with it the tree, and the names of the columns a field reads.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from ipaddress import ip_address, ip_network
from typing import Any

from actum.ocsf.columns import COLUMNS
from actum.query.ast import (
    And,
    Compare,
    Fragment,
    Network,
    Node,
    Not,
    Op,
    Or,
    Range,
    Raw,
    Regex,
    Text,
)
from actum.query.fields import FIELDS, Field, Kind, Part, Read
from query.trees import INSTANTS, NUMBERS, VALUES

__all__ = ["Row", "at_path", "holds", "raws", "rows", "utc"]

Row = Mapping[str, object]


def utc(instant: int) -> datetime:
    return datetime(1970, 1, 1) + timedelta(microseconds=instant)


def rows(count: int, seed: int) -> list[Row]:
    """Random rows; a third of the values is NULL, and lists may be empty or hold a NULL."""
    chance = random.Random(seed)
    return [_row(index, chance) for index in range(count)]


def _row(index: int, chance: random.Random) -> Row:
    makers: dict[str, Callable[[], object]] = {
        "VARCHAR": lambda: chance.choice(VALUES),
        "VARCHAR[]": lambda: [chance.choice((*VALUES, None)) for _ in range(chance.randrange(4))],
        "BOOLEAN": lambda: chance.random() < 0.5,
        "TIMESTAMP": lambda: utc(chance.choice(INSTANTS)),
        "UINTEGER": lambda: chance.choice(NUMBERS),
        "UBIGINT": lambda: chance.choice(NUMBERS),
        "BIGINT": lambda: chance.choice((-1, *NUMBERS)),
    }

    def value(name: str, kind: str) -> object:
        if name == "index":
            return index
        if name in {"action", "status"}:
            closed: tuple[str | None, ...] = FIELDS["op" if name == "action" else name].values
            return chance.choice((*closed, None))
        if chance.random() < (0.8 if name in {"copy_of", "actor_invoked_by"} else 0.35):
            return None
        return makers.get(kind, lambda: chance.randrange(100))()

    return {column.name: value(column.name, column.kind) for column in COLUMNS}


def raws(count: int, seed: int) -> list[bytes]:
    """Make the raw records: half are JSON, and of the others one in three is not UTF-8."""
    chance = random.Random(seed)
    return [_json(chance) if chance.random() < 0.5 else _line(chance) for _ in range(count)]


def _line(chance: random.Random) -> bytes:
    text = " ".join(chance.sample(VALUES, 4)).encode()
    return text + (b"\xff" if chance.random() < 0.3 else b"")


def _json(chance: random.Random) -> bytes:
    def value() -> object:
        return chance.choice((None, True, False, 5, -1.5, 10**12, 0, *VALUES, *VALUES[:12]))

    made = {
        "a": value(),
        "b": {"c": value(), "d.e": value(), "x/y~z": value(), "q:": {"[0]": value()}},
        "l": [{"k": value()} for _ in range(chance.randrange(4))],
    }
    some = {key: made[key] for key in chance.sample(sorted(made), chance.randint(0, 3))}
    text = json.dumps(chance.choice((some, some, [some], "a")), ensure_ascii=False)
    return text.encode()


def holds(node: Node, row: Row, raw: bytes) -> bool:
    """Whether the row is one the tree asks for; what is NULL holds of nothing."""
    match node:
        case Not():
            return not holds(node.node, row, raw)
        case And():
            return all(holds(part, row, raw) for part in node.nodes)
        case Or():
            return any(holds(part, row, raw) for part in node.nodes)
        case Text() | Fragment() | Raw() | Compare(field="size"):
            return _in_raw(node, raw)
        case _:
            return _in_columns(node, row)


def _in_raw(node: Text | Fragment | Raw | Compare, raw: bytes) -> bool:
    match node:
        case Text() | Fragment():
            return low(node.phrase) in low(_readable(raw))
        case Raw():
            return any(_of_raw(node, text) for text in at_path(node.path, raw))
        case Compare():
            return node.op is Op.EXISTS or _number(node, len(raw))


def _in_columns(node: Regex | Network | Compare, row: Row) -> bool:
    match node:
        case Regex():
            return _matches(FIELDS[node.field], node.pattern, row)
        case Network():
            texts = (text for read in FIELDS[node.field].reads for text in _strings(read, row))
            return any(_within(node.network, text) for text in texts)
        case Compare(field="is"):
            return _FLAGS[str(node.value)](row)
        case Compare():
            return _compare(FIELDS[node.field], node, row)


def _readable(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return "".join(
            chr(b) if 32 <= b < 127 and chr(b) not in "\\\"'" else f"\\x{b:02X}" for b in raw
        )


def at_path(path: Sequence[str | None], raw: bytes) -> Iterator[str]:
    """What lies at a path, as text: nothing if the record is not JSON, or has null there."""
    try:
        found: list[Any] = [json.loads(raw.decode())]
    except ValueError:
        return
    for key in path:
        found = [inner for each in found for inner in _step(each, key)]
    for each in found:
        if each is not None:
            yield each if isinstance(each, str) else _text_of(each)


def _step(value: Any, key: str | None) -> list[Any]:
    if isinstance(value, list):
        if key is None:
            return value
        return [value[int(key)]] if key.isdigit() and int(key) < len(value) else []
    return [value[key]] if isinstance(value, dict) and key in value else []


def _text_of(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _of_raw(node: Raw, text: str) -> bool:
    if node.op is Op.EXISTS:
        return True
    if node.op is Op.REGEX:
        return re.search(str(node.value), text, re.DOTALL) is not None
    if node.op in {Op.MATCH, Op.EXACT}:
        return _same(Kind.TEXT, node.op, str(node.value))(text)
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) is None:
        return False
    ends = node.value if isinstance(node.value, tuple) else (str(node.value),) * 2
    first, last = map(Decimal, ends)
    number = Decimal(text)
    return {
        Op.RANGE: first <= number <= last,
        Op.GREATER: number > first,
        Op.AT_LEAST: number >= first,
        Op.LESS: number < first,
        Op.AT_MOST: number <= first,
    }[node.op]


def _matches(field: Field, pattern: str, row: Row) -> bool:
    plain = (Read(read.column) if read.part is Part.SERVICE else read for read in field.reads)
    texts = (text for read in plain for text in _strings(read, row))
    return any(re.search(pattern, text, re.DOTALL) for text in texts)


def _within(network: str, text: str) -> bool:
    """In numbers of 128 bits, of which IPv4 is a part."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    asked = ip_network(network)
    above = {4: 0xFFFF << 32, 6: 0}
    first, last = (int(each) + above[asked.version] for each in (asked[0], asked[-1]))
    return first <= int(address) + above[address.version] <= last


def low(text: str) -> str:
    """Lower case, one character for one: the engine's folding."""
    return "".join("i" if c == "İ" else c.lower() for c in text)


def _strings(read: Read, row: Row) -> Sequence[str]:
    value = row[read.column]
    found = [str(item) for item in value if item is not None] if isinstance(value, list) else []
    if isinstance(value, str):
        found = [value]
    if read.part is Part.TAIL:
        found = [re.split("[/:]" if text.startswith("arn:") else "/", text)[-1] for text in found]
    if read.part is Part.SERVICE:
        found += [text.removesuffix(".amazonaws.com") for text in found]
    return found


def _compare(field: Field, node: Compare, row: Row) -> bool:
    values = [row[read.column] for read in field.reads]
    if node.op is Op.EXISTS:
        return any(value is not None and value != [] for value in values)
    if isinstance(node.value, str):
        return _text(field, node.op, node.value, row)
    if field.kind is Kind.TIME:
        values = [
            (v - utc(0)) // timedelta(microseconds=1) for v in values if isinstance(v, datetime)
        ]
    return any(_number(node, value) for value in values if isinstance(value, int))


def _number(node: Compare, value: int) -> bool:
    wanted = node.value
    if isinstance(wanted, Range):
        return wanted.low <= value <= wanted.high
    assert isinstance(wanted, int)
    return {
        Op.MATCH: value == wanted,
        Op.GREATER: value > wanted,
        Op.AT_LEAST: value >= wanted,
        Op.LESS: value < wanted,
        Op.AT_MOST: value <= wanted,
    }[node.op]


def _text(field: Field, op: Op, wanted: str, row: Row) -> bool:
    if field.name == "service":
        wanted = wanted.removesuffix(".amazonaws.com")
    same = _same(field.kind, op, wanted)
    if any(same(text) for read in field.reads for text in _strings(read, row)):
        return True
    service, colon, operation = wanted.partition(":")
    if field.name != "action" or not colon:
        return False
    return _text(FIELDS["service"], op, service, row) and any(
        map(_same(field.kind, op, operation), _strings(field.reads[0], row))
    )


def _same(kind: Kind, op: Op, wanted: str) -> Callable[[str], bool]:
    if op is Op.MATCH and ("*" in wanted or "?" in wanted):
        glob = re.compile(
            "".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in low(wanted)), re.DOTALL
        )
        return lambda text: glob.fullmatch(low(text)) is not None
    if op is Op.MATCH and kind is Kind.TEXT:
        return lambda text: low(text) == low(wanted)
    if op is Op.MATCH and kind is Kind.ADDRESS:
        return lambda text: text in {wanted, _short(wanted)}
    return lambda text: text == wanted


def _short(address: str) -> str:
    try:
        return str(ip_address(address))
    except ValueError:
        return address


_SERVICES = {
    *("awsservice", "service", "serviceprincipal", "serviceaccount", "application", "app"),
    *("managedidentity", "system", "systemprincipal", "machine", "node", "bot", "integration"),
}


def _is_service(row: Row) -> bool:
    if low(str(row["actor_user_type"])) in _SERVICES or row["actor_invoked_by"] is not None:
        return True
    names = [low(text) for read in FIELDS["actor"].reads for text in _strings(read, row)]
    return any(name.endswith(".gserviceaccount.com") for name in names)


def _is_human(row: Row) -> bool:
    if row["actor_invoked_by"] is not None:
        return False
    people = {"root", "iamuser", "identitycenteruser", "samluser", "webidentityuser"}
    people |= {"user", "member", "admin", "guest", "publicuser"}
    if low(str(row["actor_user_type"])) in _SERVICES:
        return False
    names = [low(text) for read in FIELDS["actor"].reads for text in _strings(read, row)]
    robot = any(name.endswith(".gserviceaccount.com") for name in names)
    roles = [low(text) for read in FIELDS["issuer"].reads for text in _strings(read, row)]
    return (
        low(str(row["actor_user_type"])) in people
        or (any("@" in name for name in names) and not robot)
        or any(role.startswith("awsreservedsso_") for role in roles)
    )


_FLAGS: Mapping[str, Callable[[Row], bool]] = {
    "failure": lambda row: row["status"] == "failure",
    "success": lambda row: row["status"] == "success",
    "write": lambda row: row["action"] in {"create", "update", "delete"},
    "read": lambda row: row["action"] == "read",
    "root": lambda row: row["actor_user_type"] == "Root",
    "service": _is_service,
    "human": _is_human,
    "console": lambda row: (
        "console" in low(str(row["user_agent"]))
        or low(str(row["api_service_name"])) in {"signin", "signin.amazonaws.com"}
    ),
    "unread": lambda row: row["reason"] is not None,
    "copy": lambda row: row["copy_of"] is not None,
}
