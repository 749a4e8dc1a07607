r"""PostgreSQL server log: connections, statements, errors, and what pgAudit writes between them.

Three forms of one log: ``stderr`` lines with a prefix of the operator's choice, ``csvlog`` rows
without a header (22 to 26 columns, by version), ``jsonlog`` objects.  All are made into the
same members here.  Traps:

- A time is followed by the name of a zone; only UTC, GMT and offsets are times, ``CET`` is not.
- pgAudit and ``log_statement`` write as a statement begins: whether it succeeded is unknown; the
  ERROR that may follow is its own entry.  ``duration:`` is written when it succeeded.
- One entry may span lines, and an ERROR is followed by lines DETAIL, CONTEXT, STATEMENT of its own.

References:
- https://www.postgresql.org/docs/current/runtime-config-logging.html
- https://github.com/pgaudit/pgaudit#format
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from ipaddress import ip_address

import msgspec

from actum.sources import clocks
from actum.sources.postgres import table
from actum.sources.postgres.columns import COLUMNS, LOOKUPS, SHAPE
from actum.sources.postgres.lines import FORM, LogSplitter, begins, parse_prefix, parts
from actum.sources.postgres.messages import read_message
from actum.sources.seam import Claim, Mapped, Splitter, Unread

NAME = "postgres"
TITLE = "PostgreSQL, pgAudit"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "a time and a severity like LOG:, csvlog's columns, or error_severity beside session_id"
MEMBERS = frozenset(("error_severity",))
CLAIMS_TEXT = True

_JSON, _CSV = "jsonlog", "csvlog"


class Entry(msgspec.Struct, gc=False):
    """A jsonlog object: the members that are read."""

    timestamp: str
    error_severity: str
    message: str = ""
    user: str = ""
    dbname: str = ""
    pid: int | str = ""
    remote_host: str = ""
    remote_port: int | str = ""
    session_id: str = ""
    line_num: int | str = ""
    state_code: str = ""
    detail: str = ""
    statement: str = ""
    application_name: str = ""
    backend_type: str = ""


_entry = msgspec.json.Decoder(Entry).decode
_REFUSED = (msgspec.MsgspecError, RecursionError, ValueError)


def claim(raw: bytes) -> Claim | None:
    """An entry in any of the three forms; session and line number identify it where both are."""
    first = raw[:1]
    if first == b"{":
        if b'"error_severity"' not in raw or b'"timestamp"' not in raw:
            return None
        try:
            entry = _entry(raw)
        except _REFUSED:
            return None
        return Claim(NAME, _key(entry.session_id, str(entry.line_num)), _JSON)
    if first.isdigit() or first == b"<":
        if table.begins(raw):
            found = table.row(raw)
            if found is not None:
                return Claim(NAME, _key(found.get("session", ""), found.get("line", "")), _CSV)
        elif begins(raw):
            return Claim(NAME, b"", FORM)
    return None


def _key(session: str, line: str) -> bytes:
    return f"{session}/{line}".encode("utf-8", "surrogatepass") if session and line else b""


def lines(head: Sequence[bytes], options: str) -> Splitter | None:
    """Entries of a server log or rows of a csvlog, by the lines that begin one."""
    if options:
        raise ValueError("postgres takes no options: the prefix is found by itself")
    own = [line for line in head if not line[:1].isspace()]
    if own and table.begins(own[0]):
        return table.RowSplitter(_CSV, lambda found: _key(found["session"], found["line"]))
    starts = sum(map(begins, own))
    return LogSplitter() if starts * 4 >= len(own) and starts else None


_ZONES = {"GMT": "UTC", "Z": "UTC", "UCT": "UTC"}


@lru_cache(maxsize=4_096)
def _time(stated: str) -> str:
    clock, _, zone = stated.rpartition(" ")
    zone = _ZONES.get(zone, zone)
    return clocks.rfc3339(clock + (zone + ":00" if re.fullmatch(r"[+-]\d\d", zone) else zone))


@lru_cache(maxsize=4_096)
def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """One JSON object of an entry, whichever form it has."""
    if form == _JSON:
        found = _from_json(raw)
    elif form == _CSV:
        found = table.row(raw) or Unread("not a row of a csvlog")
    else:
        found = _from_lines(raw)
    if isinstance(found, Unread):
        yield found
        return
    message = found["message"]
    told = read_message(found["severity"], message, found.get("statement", ""))
    if told["kind"] in {"received", "left", "refused"}:
        found |= told
    else:
        found = told | found
    found["time"] = _time(found["stated"])
    if (host := found.get("host")) and not _is_address(host):
        found["from"] = found.pop("host")
    yield msgspec.json.encode(found)


def _from_lines(raw: bytes) -> dict[str, str] | Unread:
    found = parts(raw)
    if found is None:
        return Unread("no entry of a server log begins here")
    stated, prefix, severity, message, more = found
    told = parse_prefix(prefix)
    for name in ("detail", "statement"):
        if name in more:
            told[name] = more[name]
    return {**told, "stated": stated, "severity": severity, "message": message}


def _from_json(raw: bytes) -> dict[str, str] | Unread:
    try:
        entry = _entry(raw)
        if b'"' in raw and (twice := _twice(raw)):
            return Unread(f"a key is given twice: {twice}")
    except _REFUSED as error:
        return Unread(f"not valid JSON: {error}")
    found = {
        "user": entry.user, "db": entry.dbname, "pid": str(entry.pid), "host": entry.remote_host,
        "port": str(entry.remote_port), "session": entry.session_id, "line": str(entry.line_num),
        "sqlstate": entry.state_code, "detail": entry.detail, "statement": entry.statement,
        "app": entry.application_name, "backend": entry.backend_type,
    }  # fmt: skip
    told = {name: value for name, value in found.items() if value}
    told |= {"stated": entry.timestamp, "severity": entry.error_severity, "message": entry.message}
    return told


_PLAIN = re.compile(rb'[{,]\s*"([a-z_]+)"\s*:')


def _twice(raw: bytes) -> str:
    """A key given twice; looked for closely only if one seems to be."""
    names = _PLAIN.findall(raw)
    if len(set(names)) == len(names):
        return ""
    pairs = json.loads(raw, object_pairs_hook=list)
    met: set[str] = set()
    for name, _ in pairs:
        if name in met:
            return str(name)
        met.add(name)
    return ""


MAPPING = Mapped(
    shape=SHAPE,
    columns=COLUMNS,
    objects=(),
    lookups=LOOKUPS,
    open={
        "who": "a prefix may leave the user out, and the server itself is nobody",
        "what": "a notice of the server names no operation",
        "on what": "a prefix may leave the database out",
        "from where": "a prefix may leave the client's address out",
        "when": "the name of a zone is no offset: only UTC and GMT are read",
        "outcome": "a notice of the server has none",
    },
)
