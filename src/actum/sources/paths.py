"""What a user said of deliveries by their path: which source they are, when content does not tell.

Kept in a file of its own, ``recognise.toml``, that people read and may edit:

    [[path]]
    match = "*/flow-logs/*"
    source = "aws_vpcflow"
    options = "version,account-id,interface-id,srcaddr,dstaddr"

``match`` is compared with the whole origin, archive members behind a ``!`` included: ``*`` stands
for anything, ``?`` for one character.  The first that matches counts.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from actum.errors import UsageError
from actum.sources.recognition import Told

__all__ = ["FILE", "PathRule", "parse_told", "read_rules", "told_by", "write_rules"]

FILE = "recognise.toml"
_KEYS = {"match", "source", "options"}


@dataclass(frozen=True, slots=True)
class PathRule:
    """Deliveries whose origin matches ``match`` are what ``told`` says."""

    match: str
    told: Told


def parse_told(text: str, known: Collection[str]) -> Told:
    """Read ``NAME`` or ``NAME:OPTIONS``.  UsageError if there is no such source."""
    name, _, options = text.partition(":")
    if name not in known:
        from difflib import get_close_matches  # noqa: PLC0415 - only for the error

        near = get_close_matches(name, list(known), n=3, cutoff=0.4)
        raise UsageError(
            f"there is no source {name!r}",
            why=f"the nearest are {', '.join(near)}" if near else "no source is called like it",
            todo="see `actum sources --all`",
        )
    return Told(name, options)


def told_by(rules: list[PathRule], origin: str) -> Told | None:
    """What the first matching rule says of a delivery."""
    return next((each.told for each in rules if fnmatchcase(origin, each.match)), None)


def read_rules(path: Path, known: Collection[str]) -> list[PathRule]:
    """The rules of a file, none if there is no file.  UsageError says what is wrong with it."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise _wrong(path, str(error)) from error
    try:
        listed = tomllib.loads(text).get("path", [])
    except tomllib.TOMLDecodeError as error:
        raise _wrong(path, str(error)) from error
    rules = []
    for number, each in enumerate(listed if isinstance(listed, list) else [listed], start=1):
        if not isinstance(each, dict) or not all(isinstance(one, str) for one in each.values()):
            raise _wrong(path, f"entry {number} is not a table of texts")
        if not {"match", "source"} <= set(each) <= _KEYS:
            raise _wrong(path, f"entry {number} has {', '.join(sorted(each)) or 'nothing'}")
        told = parse_told(each["source"], known)
        rules.append(PathRule(each["match"], Told(told.source, each.get("options", ""))))
    return rules


def write_rules(path: Path, rules: list[PathRule]) -> None:
    """Write the file anew; with no rules it is removed."""
    if not rules:
        path.unlink(missing_ok=True)
        return
    entries = (
        f"[[path]]\nmatch = {_toml(each.match)}\nsource = {_toml(each.told.source)}\n"
        + (f"options = {_toml(each.told.options)}\n" if each.told.options else "")
        for each in rules
    )
    draft = path.with_suffix(".part")
    draft.write_text("\n".join(entries), "utf-8")
    draft.replace(path)


def _toml(text: str) -> str:
    """A basic string: what JSON writes with every character escaped that TOML wants escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _wrong(path: Path, why: str) -> UsageError:
    return UsageError(
        f"{path.name!r} cannot be read",
        why=why,
        todo="correct it: each [[path]] needs match and source, and may have options",
    )
