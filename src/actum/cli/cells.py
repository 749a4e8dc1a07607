"""The engine's values as the formats of the command line have them."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from actum.cli.output import as_json

__all__ = ["cells"]


def cells(row: Sequence[Any], types: Sequence[str], *, table: bool) -> list[Any]:
    """Return a row's values: for people in a ``table``, or for a file.

    In a file a number stays one if nothing of it is lost, and JSON is JSON, not text with JSON in
    it.
    """
    chosen = _in_table if table else _in_file
    return [chosen(value, kind) for value, kind in zip(row, types, strict=True)]


def _in_table(value: Any, _: str) -> Any:
    if isinstance(value, dict):
        return as_json(_plain(value))
    if isinstance(value, list):
        return [as_json(_plain(each)) if isinstance(each, dict | list) else each for each in value]
    return value


def _in_file(value: Any, kind: str) -> Any:
    if kind == "JSON" and isinstance(value, str):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    if isinstance(value, datetime | bytes):
        return value  # what prints rows knows these
    return _plain(value)


def _plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {_key(key): _plain(each) for key, each in value.items()}
    if value is None or isinstance(value, int | str):
        return value
    way = _WAYS.get(type(value))
    return str(value) if way is None else way(value)


def _decimal(value: Decimal) -> float | str:
    number = float(value) if value.is_finite() else math.nan
    return number if Decimal(repr(number)) == value else str(value)


_WAYS: dict[type, Callable[[Any], Any]] = {
    float: lambda value: value if math.isfinite(value) else str(value),
    Decimal: _decimal,
    datetime: lambda value: value.isoformat() + "Z",
    date: date.isoformat,
    time: time.isoformat,
    bytes: lambda value: value.decode("utf-8", "backslashreplace"),
}


def _key(key: object) -> str:
    return key if isinstance(key, str) else str(_plain(key))
