r"""Lines of a PostgreSQL server log: how one begins, what its prefix says, what belongs to it.

``log_line_prefix`` is free, so the prefix is found by its two ends: the time it begins with and the
severity it is followed by.  Between them stands what the usual prefixes write: ``[pid]``, ``u@d``,
``user=u,db=d``, ``host(port)``, a session id.  An embedded newline is written as newline and tab,
so no statement can pretend to be a line; where a shipper took the tab away it can.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from actum.sources.seam import Piece

__all__ = ["LogSplitter", "begins", "parse_prefix", "parts"]

FORM = "stderr"
LONGEST = 1 << 20
"""Bytes of one entry before it is given up."""
_OVER = f"an entry longer than {LONGEST >> 20} MiB goes on here"

_TIME = rb"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:[.,]\d+)? (?:[A-Za-z]{1,6}|[+-]\d\d(?::?\d\d)?))"
_MAIN = rb"(DEBUG[1-5]?|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC)"
_MORE = rb"(DETAIL|HINT|QUERY|CONTEXT|LOCATION|STATEMENT|BACKTRACE)"
_BEGIN = re.compile(rb"<? ?" + _TIME + rb"([^\n]{0,400}?)" + _MAIN + rb":  ", re.DOTALL)
_ADDED = re.compile(rb"<? ?" + _TIME + rb"([^\n]{0,400}?)" + _MORE + rb":  ", re.DOTALL)
_SPLIT = re.compile(rb"\n(?=<? ?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)")


def begins(line: bytes) -> bool:
    """Whether an entry begins with this line."""
    return b":  " in line[:512] and _BEGIN.match(line) is not None


def parts(raw: bytes) -> tuple[str, str, str, str, dict[str, str]] | None:
    """Time, prefix, severity and message of an entry, and its further fields by name."""
    found = _BEGIN.match(raw)
    if found is None:
        return None
    first, *rest = _SPLIT.split(raw) if b"\n" in raw else (raw,)
    more: dict[str, str] = {}
    told = [first[found.end() :]]
    name = ""
    for each in rest:
        added = _ADDED.match(each)
        if added is None:
            told.append(each) if not name else None
            continue
        name = added[3].decode().lower()
        more[name] = _joined(each[added.end() :])
    message = _joined(b"\n".join(told))
    return found[1].decode(), found[2].decode("utf-8", "replace"), found[3].decode(), message, more


def _joined(text: bytes) -> str:
    return text.decode("utf-8", "replace").replace("\n\t", "\n")


_ADDRESS = r"(?:\[local\]|[0-9A-Fa-f:.]{3,45}|[A-Za-z0-9][A-Za-z0-9.-]*)"
_KEYED = re.compile(
    r"\b(user|usr|db|database|app|application_name|appname|client|host|remote|sess|session|xid|pid"
    r"|query_id|line|state|code|sqlstate)\s?=\s?(\[\w+\]|[^,\s\]]*)"
)
_APP = re.compile(r"\b(?:app|application_name|appname)\s?=\s?([^,]*?)(?:,|\s+\w+=|\s*$)")
_HOST = re.compile(rf"(?<![\w.=])({_ADDRESS})\((\d+)\)")
_AT = re.compile(r"(?<![\w.@])([^\s@:,\[\]()<>]+|\[unknown\])@([^\s@:,\[\]()<>]+|\[unknown\])")
_PID = re.compile(r"\[(\d+)(?:-(\d+))?\]")
_SESSION = re.compile(r"(?<![\w.])([0-9a-f]{8}\.[0-9a-f]{1,8})(?![\w.])")
_ALONE = re.compile(
    r"(?<![\w.=:])((?:\d{1,3}[.]){3}\d{1,3}|[0-9a-f]*:[0-9a-f:]*:[0-9a-f]*)(?![\w.])"
)
_STATE = re.compile(r"(?<![\w.=])([0-9A-Z]{5})(?=[:,\s]*$)")
_NAMES = {
    "usr": "user", "database": "db", "application_name": "app", "appname": "app",
    "client": "host", "remote": "host", "sess": "session", "state": "sqlstate",
    "code": "sqlstate",
}  # fmt: skip


def parse_prefix(prefix: str) -> dict[str, str]:
    """What stands between the time and the severity, by name."""
    found = _keyed(prefix) if "=" in prefix else {}
    if (pid := _PID.search(prefix)) is not None:
        found.setdefault("pid", pid[1])
        if pid[2]:
            found.setdefault("line", pid[2])
    found |= _place(prefix, found.get("host", ""))
    if "@" in prefix and "user" not in found and (at := _AT.search(prefix)) is not None:
        found["user"], found["db"] = at[1], at[2]
    if "." in prefix and (session := _SESSION.search(prefix)) is not None:
        found.setdefault("session", session[1])
    if "sqlstate" not in found and (state := _STATE.search(prefix)) is not None:
        found["sqlstate"] = state[1]
    return {name: value for name, value in found.items() if value != "[unknown]"}


def _keyed(prefix: str) -> dict[str, str]:
    found = {_NAMES.get(name, name): value for name, value in _KEYED.findall(prefix) if value}
    if "app" in found and (app := _APP.search(prefix)) is not None:
        found["app"] = app[1]
    return found


def _place(prefix: str, host: str) -> dict[str, str]:
    """Where the client is, its port if that is written as ``%r`` writes it."""
    if "(" in prefix and (split := _HOST.search(prefix) or _HOST.fullmatch(host)) is not None:
        # Amazon RDS writes a colon before it
        alone = split[1][1:] if re.match(":[^:]", split[1]) else split[1]
        return {"host": alone, "port": split[2]}
    if host:
        return {}
    if "[local]" in prefix:
        return {"host": "[local]"}
    found = _ALONE.search(prefix)
    return {"host": found[1]} if found else {}


class LogSplitter:
    """Joins the lines of an entry: what follows indented, and the details the server adds."""

    def __init__(self) -> None:
        self.headers: list[bytes] = []
        self._open: list[bytes] = []
        self._size = self._first = 0
        self._is_over = False

    def take(self, lines: Sequence[bytes], positions: Sequence[int]) -> Iterator[Piece]:
        """Give the entries that are complete: those another one begins after."""
        for line, position in zip(lines, positions, strict=True):
            if begins(line):
                yield from self.rest()
                self._open, self._size, self._first = [line], len(line), position
                self._is_over = False
                continue
            if self._is_over and line[:1] in b" \t":
                yield Piece(line, position, "", reason=_OVER)
                continue
            if not self._open or not self._belongs(line):
                yield from self.rest()
                yield Piece(line, position, None)
                continue
            if self._size + len(line) > LONGEST:
                yield from self.rest()
                self._is_over = True
                yield Piece(line, position, "", reason=_OVER)
                continue
            self._open.append(line)
            self._size += len(line) + 1

    def _belongs(self, line: bytes) -> bool:
        if line[:1] in b" \t" or _ADDED.match(line) is not None:
            return True
        # A shipper may have taken the tab away: what a statement left open goes on.
        whole = self._open[0]
        if line[:4].isdigit() or not (b"AUDIT: " in whole or b"statement: " in whole):
            return False
        return b"statement: " in whole or sum(each.count(b'"') for each in self._open) % 2 == 1

    def rest(self) -> Iterator[Piece]:
        """Give the entry that is open."""
        if self._open:
            yield Piece(b"\n".join(self._open), self._first, FORM, lines=len(self._open))
            self._open, self._size = [], 0
