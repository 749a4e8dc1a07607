r"""Paths into the raw record: ``raw.requestParameters.tags[0].key``.

A path is the keys from the outside in.  A whole number is the place in an array, from 0, or a key
of an object; ``*`` is every element of an array.  A key's own ``.``, ``:``, ``[``, ``]``, ``*`` and
``\`` stand behind a backslash: ``raw.labels.k8s\.io/name``.  Case counts, as it does in JSON.
"""

from __future__ import annotations

import re
from typing import Final, TypeAlias

from actum.query.fields import Field, Kind

__all__ = ["NAME", "Path", "expression", "field_of", "path_of", "spelled"]

Path: TypeAlias = tuple[str | None, ...]
"""None is every element of an array."""

NAME: Final = re.compile(r"raw\.(?:\\.|[^\s:\"()\\])+", re.IGNORECASE)
"""What may stand before the colon."""

_DEEPEST: Final = 32
_KEY: Final = re.compile(r"(?:\\.|[^\\.\[\]])+")
_PLACE: Final = re.compile(r"\[([0-9]{1,9}|\*)\]")
_ESCAPED: Final = re.compile(r"\\(.)")
_TO_ESCAPE: Final = re.compile(r"[\\.:\[\]*]")


def field_of(word: str) -> Field | None:
    """Make the field of a word such as ``raw.a.b``; None if it is no such word.

    ValueError, with a sentence for the user, if it is one and its path is not as it should be.
    """
    if not word.lower().startswith("raw."):
        return None
    return Field(spelled(_read(word[len("raw.") :])), Kind.RAW, (), "", ())


def path_of(name: str) -> Path:
    """Read the path of a field that ``field_of`` made."""
    return _read(name[len("raw.") :])


def spelled(path: Path) -> str:
    """Write the name of a path's field."""
    keys = ("*" if key is None else _TO_ESCAPE.sub(r"\\\g<0>", key) for key in path)
    return "raw." + ".".join(keys)


def expression(path: Path, text: str, place: str) -> tuple[str, str, bool]:
    """Write the SQL that finds a path in ``text``, which is JSON or not.

    Returns it, the parameter that belongs at ``place``, and whether it gives a list of texts.
    """
    found = f"try(json_extract_string({text}, {place}))"
    if None not in path:
        keys = (str(key).replace("~", "~0").replace("/", "~1") for key in path)
        return found, "".join(f"/{key}" for key in keys), False
    return found, "$" + "".join(map(_step, path)), True


def _step(key: str | None) -> str:
    if key is None:
        return "[*]"
    if re.fullmatch("[0-9]+", key):
        return f"[{key}]"
    return '."' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _read(text: str) -> Path:
    path: list[str | None] = []
    at = 0
    while at < len(text):
        place = _PLACE.match(text, at)
        if place is None or not path:
            place = _KEY.match(text, at)
            if place is None:
                raise ValueError("a key is missing between its dots")
            path.append(None if place[0] == "*" else _ESCAPED.sub(r"\1", place[0]))
        else:
            path.append(None if place[1] == "*" else place[1])
        at = place.end()
        if text[at : at + 1] == ".":
            at += 1
            if at == len(text):
                raise ValueError("it ends in a dot")
    if not path or len(path) > _DEEPEST:
        raise ValueError(f"a path has 1 to {_DEEPEST} keys")
    if None in path and "*" in path:
        raise ValueError("a key that is a star cannot stand in a path with a star for any element")
    return tuple(path)
