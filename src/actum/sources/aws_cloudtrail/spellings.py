"""CloudTrail records under other spellings: what tables and tools make of them, brought back.

Athena, and what exports its tables, writes every column in small letters (``eventname``) and may
hold a service's own members as JSON in a string.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from actum.sources.seam import Unread

__all__ = ["SMALL", "Spellings"]

SMALL = "small"
"""The form of a record whose members are in small letters."""

_HELD = ("requestParameters", "responseElements", "additionalEventData", "serviceEventDetails")
"""Members whose own members a service names: a string there may hold them."""


class _TwiceError(ValueError):
    """A key stands twice in one object."""


class Spellings:
    """CloudTrail's own spelling of its members, by their letters."""

    def __init__(self, known: Iterable[str], shape: Mapping[str, object]) -> None:
        names = {*known, *_names(shape)}
        self._own = {name.lower(): name for name in names if name.lower() not in names}
        self._decode = json.JSONDecoder(object_pairs_hook=self._object).decode

    def unwrap(self, raw: bytes, form: str) -> Iterator[bytes | Unread]:  # noqa: ARG002 - the one form
        """The record as CloudTrail spells it."""
        try:
            record = self._decode(raw.decode("utf-8-sig"))
            if isinstance(record, dict):
                record |= {name: _opened(record[name]) for name in _HELD if name in record}
                for each in record.get("resources") or ():  # an "arn" elsewhere, an "ARN" here
                    if isinstance(each, dict) and "arn" in each:
                        each["ARN"] = each.pop("arn")
            yield msgspec.json.encode(record)
        except _TwiceError as error:
            yield Unread(f"a key is given twice: {error}")
        except UnicodeError:
            yield Unread("not UTF-8 text")
        except (ValueError, RecursionError, OverflowError):
            yield Unread("not valid JSON")

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = {self._own.get(key, key): value for key, value in pairs}
        if len(found) != len(pairs):
            keys = [self._own.get(key, key) for key, _ in pairs]
            raise _TwiceError(next(key for key in keys if keys.count(key) > 1)[:200])
        return found


def _names(shape: object) -> Iterator[str]:
    """The names of members in a shape, at any depth."""
    if isinstance(shape, Mapping):
        for name, inner in shape.items():
            yield str(name)
            yield from _names(inner)
    elif isinstance(shape, list):
        for inner in shape:
            yield from _names(inner)


def _opened(value: object) -> object:
    """Members that a table holds as JSON in a string."""
    if not isinstance(value, str) or value[:1] != "{":
        return value
    try:
        return msgspec.Raw(msgspec.json.encode(msgspec.json.decode(value)))
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return value
