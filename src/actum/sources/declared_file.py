"""The file of a declared source, checked word by word before anything is made of it.

Whoever writes one is told what is wrong, why, what to do, and on which line.  What passes here is
plain data: names, paths of members, texts.  Nothing of it reaches SQL but as a quoted literal
(`actum.sources.declared_rules`), and control characters are refused.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import PurePath

from actum.errors import UsageError

__all__ = ["File", "Path", "parse_path"]

Path = tuple[str, ...]
"""The way to a member: names from the outermost in; a number is a place in a list, * all."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_SEGMENT = re.compile(r'"([^"\\\x00-\x1f\x7f]+)"|([^."\\\x00-\x1f\x7f]+)')
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TABLE = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?")
_MOST = 1 << 20


@dataclass(frozen=True, slots=True)
class File:
    """A file that is TOML, and how to speak of its faults."""

    name: str
    text: str
    content: Mapping[str, object]

    @classmethod
    def read(cls, text: str, name: str) -> File:
        """Parse it.  UsageError if it is not TOML, or far too long."""
        if len(text) > _MOST:
            raise UsageError(f"{name!r} is no mapping", why=f"it is longer than {_MOST} characters")
        try:
            content = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise UsageError(
                f"{name!r} cannot be read", why=str(error) or "it is nested too deeply",
                todo="correct the TOML at that place",
            ) from error  # fmt: skip
        return cls(PurePath(name).name, text, content)

    def wrong(self, why: str, *where: str, todo: str = "") -> UsageError:
        """Say that ``where``, a table and its keys, is wrong, and on which line it stands."""
        line = self.line_of(*where)
        place = f" line {line}" if line else ""
        named = f", {'.'.join(where)}" if where else ""
        return UsageError(f"{self.name}{place}{named}", why=why, todo=todo)

    def line_of(self, *where: str) -> int:
        """The line on which a key stands, 0 if it cannot be told."""
        lines = self.text.splitlines()
        for depth in range(len(where), 0, -1):
            table, key = ".".join(where[: depth - 1]), where[depth - 1]
            found = _find(lines, table, key)
            if found:
                return found
        return 0

    # -- values, each of its type or an error ------------------------------------------------------

    def only(self, table: Mapping[str, object], allowed: Collection[str], *where: str) -> None:
        """Refuse a key that is none of ``allowed``."""
        for key in table:
            if key not in allowed:
                near = get_close_matches(key, allowed, n=3, cutoff=0.5)
                raise self.wrong(
                    f"there is nothing called {key!r} here", *where, key,
                    todo=f"did you mean {' or '.join(near)}?" if near
                    else f"what may stand here: {', '.join(sorted(allowed))}",
                )  # fmt: skip

    def string(self, value: object, *where: str) -> str:
        """A text without control characters."""
        if not isinstance(value, str):
            raise self.wrong(f"a text is needed, not {_kind(value)}", *where)
        if _CONTROL.search(value):
            raise self.wrong("a control character stands in it", *where)
        return value

    def strings(self, value: object, *where: str) -> tuple[str, ...]:
        """A text, or a list of texts."""
        listed = value if isinstance(value, list) else [value]
        return tuple(self.string(each, *where) for each in listed)

    def table(self, value: object, *where: str) -> Mapping[str, object]:
        """A table."""
        if not isinstance(value, dict):
            raise self.wrong(f"a table is needed, not {_kind(value)}", *where)
        return value

    def path(self, value: object, *where: str) -> Path:
        """The way to a member, as `parse_path` reads it."""
        text = self.string(value, *where)
        try:
            return parse_path(text)
        except ValueError as error:
            raise self.wrong(str(error), *where, todo="write it like user.email") from error

    def called(self) -> str:
        """Its own name: that of the source."""
        if "name" not in self.content:
            raise self.wrong("it has no name", todo='begin with name = "my_portal"')
        name = self.string(self.content["name"], "name")
        if not _NAME.fullmatch(name):
            raise self.wrong(
                f"{name!r} is no name of a source", "name",
                todo="use small letters, digits and _, a letter first",
            )  # fmt: skip
        return name


def parse_path(text: str) -> Path:
    """Read ``user.email``, ``targets.0.id``, ``"a.b".c``.  ValueError if it is none."""
    found: list[str] = []
    at = 0
    while True:
        segment = _SEGMENT.match(text, at)
        if segment is None:
            raise ValueError(f"{text!r} is no way to a member")
        found.append(segment[1] or segment[2])
        at = segment.end()
        if at == len(text):
            return tuple(found)
        if text[at] != ".":
            raise ValueError(f"{text!r} is no way to a member")
        at += 1


def _find(lines: Sequence[str], table: str, key: str) -> int:
    spelled = rf"""(?:{re.escape(key)}|"{re.escape(key)}"|'{re.escape(key)}')"""
    inside = re.compile(rf"\s*{spelled}\s*[=.]")
    dotted = re.compile(rf"\s*{re.escape(table)}\s*\.\s*{spelled}\s*=") if table else None
    current = ""
    for number, line in enumerate(lines, start=1):
        if header := _TABLE.fullmatch(line):
            current = header[1]
            if not table and current == key:
                return number
        elif (current == table and inside.match(line)) or (dotted and dotted.match(line)):
            return number
    return 0


def _kind(value: object) -> str:
    kinds = {bool: "true or false", int: "a number", float: "a number", list: "a list",
             dict: "a table", str: "a text"}  # fmt: skip
    return kinds.get(type(value), f"a {type(value).__name__}")
