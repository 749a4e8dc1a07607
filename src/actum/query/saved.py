"""Saved searches: queries with a name and parameters, kept as text in the home.

``searches.toml`` is for people to read, edit and share:

    [failed-by]
    query = "status:failure actor:$who last:$days"
    about = "what somebody tried in vain"

    [failed-by.defaults]
    days = "7d"

Rules:

1. A parameter stands for a value, never for a piece of the language: ``who="a OR is:root"`` looks
   for an actor of that name.  It keeps its globs.
2. Behind a bar it stands for a number, a length of time or a field, as the stages take them.
3. ``$$`` is a dollar; a dollar without a name after it is itself.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from actum.errors import MalformedInput, UsageError
from actum.query import rawpath
from actum.query.tokens import Shape, Token, tokenize

__all__ = ["FILE", "Saved", "checked_name", "load", "parameters", "store", "text_of", "with_values"]

FILE: Final = "searches.toml"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_PLACE: Final = re.compile(r"\$(?:(\$)|([A-Za-z_][A-Za-z0-9_]*))")
_FIELD: Final = re.compile(r"-?(?:all:)?[A-Za-z_][\w.-]*:(?:>=|<=|!=|!~|[=><~!])?", re.ASCII)
_PLAIN: Final = re.compile(r"[\w.:,\[\]*-]+")
_MOST: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Saved:
    """One search: its text with parameters, what it is for, and values for those not given."""

    name: str
    query: str
    about: str = ""
    defaults: Mapping[str, str] = field(default_factory=dict)


def parameters(query: str) -> tuple[str, ...]:
    """List the names a query's text has parameters for, in their order."""
    found = (match[2] for match in _PLACE.finditer(query) if match[2])
    return tuple(dict.fromkeys(found))


def with_values(saved: Saved, given: Mapping[str, str]) -> str:
    """Write the query with its parameters' values.  UsageError if one is missing or unknown."""
    names = parameters(saved.query)
    values = {**saved.defaults, **given}
    unknown = [name for name in given if name not in names]
    if unknown:
        has = f"it has {', '.join(names)}" if names else "it has none"
        raise UsageError(f"@{saved.name} has no parameter {unknown[0]!r}", why=has)
    missing = [name for name in names if name not in values]
    if missing:
        form = " ".join(f"{name}=…" for name in missing)
        raise UsageError(
            f"@{saved.name} needs {', '.join(missing)}", todo=f"actum search @{saved.name} {form}"
        )
    if "$" not in saved.query:
        return saved.query
    parts, at, staged = [], 0, False
    for token in tokenize(saved.query):
        parts.append(saved.query[at : token.start])
        staged = staged or token.shape is Shape.BAR
        text = saved.query[token.start : token.end]
        parts.append(_filled(token, text, values, staged=staged) if "$" in text else text)
        at = token.end
    return "".join((*parts, saved.query[at:]))


def _filled(token: Token, text: str, values: Mapping[str, str], *, staged: bool) -> str:
    """Write one word with its values, which are within quotes from here on."""
    if staged:
        return _PLACE.sub(lambda match: _plain(match, values), text)
    bare = token.bare
    path = rawpath.NAME.match(bare)
    head = _FIELD.match(bare) if path is None else re.compile(r":[=><~!]*").match(bare, path.end())
    start = head.end() if head else bare.startswith("-") if token.quoted is None else len(bare)
    value = bare[start:] if token.quoted is None else token.quoted
    filled = _PLACE.sub(lambda match: "$" if match[1] else values[match[2]], value)
    return bare[:start] + '"' + filled.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _plain(match: re.Match[str], values: Mapping[str, str]) -> str:
    if match[1]:
        return "$"
    value = values[match[2]]
    if _PLAIN.fullmatch(value) is None:
        why = "behind a bar a parameter is a number, a length of time or a field"
        raise UsageError(f"{match[2]}={value!r} cannot stand there", why=why)
    return value


# -- the file ------------------------------------------------------------------------------------


def load(home: Path) -> dict[str, Saved]:
    """Read the searches of a home, by name.  MalformedInput if the file is not understood."""
    path = home / FILE
    if not path.exists():
        return {}
    if path.stat().st_size > _MOST:
        raise MalformedInput(f"{FILE} is larger than {_MOST:,} bytes")
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MalformedInput(f"{FILE} is not TOML", why=str(error), todo="edit it") from error
    return {name: _read(name, table) for name, table in tables.items()}


def _read(name: str, table: Any) -> Saved:
    checked_name(name)
    what = f"{FILE}: {name} is not a search"
    if not isinstance(table, dict) or not isinstance(table.get("query"), str):
        raise MalformedInput(what, why="it has no query", todo='write query = "…" below its name')
    defaults = table.get("defaults", {})
    known = {"query", "about", "defaults"}
    texts = isinstance(defaults, dict) and all(isinstance(each, str) for each in defaults.values())
    if not texts or not isinstance(table.get("about", ""), str) or set(table) - known:
        why = 'it has query, about and defaults, each in "…"'
        raise MalformedInput(what, why=why, todo="edit it")
    return Saved(name, table["query"], table.get("about", ""), defaults)


def checked_name(name: str) -> str:
    """Give a search's name as it is.  UsageError if it cannot be one."""
    if _NAME.fullmatch(name) is None:
        why = "letters, digits, - and _, at most 64"
        raise UsageError(f"{name!r} cannot name a search", why=why, todo="choose another name")
    return name


def store(home: Path, searches: Mapping[str, Saved]) -> None:
    """Write the searches of a home, all at once: a reader sees the old file or the new one."""
    path, new = home / FILE, home / f".{FILE}.new"
    new.write_text(text_of(searches), encoding="utf-8")
    os.replace(new, path)  # noqa: PTH105 - the same as Path.replace, which forgets to say so


def text_of(searches: Mapping[str, Saved]) -> str:
    """Write searches as the text that ``load`` reads."""
    parts = []
    for each in sorted(searches.values(), key=lambda saved: saved.name):
        lines = [f"[{each.name}]", f"query = {_string(each.query)}"]
        if each.about:
            lines.append(f"about = {_string(each.about)}")
        if each.defaults:
            lines += ["", f"[{each.name}.defaults]"]
            lines += [f"{name} = {_string(value)}" for name, value in sorted(each.defaults.items())]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _string(text: str) -> str:
    """A TOML basic string, or a literal one where that needs no escapes."""
    if "'" not in text and text.isprintable() and ("\\" in text or '"' in text):
        return f"'{text}'"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return (
        '"'
        + "".join(letter if letter.isprintable() else f"\\U{ord(letter):08X}" for letter in escaped)
        + '"'
    )
