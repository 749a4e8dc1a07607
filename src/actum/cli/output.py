"""Rows on their way out: table, json, ndjson or csv, in the order they were found.

A table cell is escaped and shortened to the terminal; a file's is neither, but for CSV, where a
cell that a spreadsheet would take for a formula is given a leading apostrophe.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import click

from actum.cli.manners import Manners, is_terminal, text_of

__all__ = ["FORMATS", "emit", "output_options", "shown"]

FORMATS = ("table", "json", "ndjson", "csv")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
_WHOLE = ("index", "time", "received_time", "earliest", "latest", "created")
_NUMBERS = ("index", "events", "unread")
_Command = Callable[..., Any]


def output_options(command: _Command) -> _Command:
    """``-o``: the format; a table on a terminal and NDJSON in a pipe unless it is named."""
    return click.option(
        "-o", "--output", type=click.Choice(FORMATS),
        help="[default: table on a terminal, ndjson in a pipe]",
    )(command)  # fmt: skip


def emit(
    manners: Manners,
    output: str | None,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    heads: Sequence[str] = (),
) -> None:
    """Print rows.  ``heads`` are a table's headings, if they differ from the column names."""
    chosen = output or ("table" if is_terminal() else "ndjson")
    if chosen == "table":
        _table(manners, heads or columns, rows)
    elif chosen == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_cell(value) for value in row] for row in rows)
    elif chosen == "json":
        listed = [dict(zip(columns, map(_plain, row), strict=True)) for row in rows]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=2))
    else:
        for row in rows:
            line = dict(zip(columns, map(_plain, row), strict=True))
            click.echo(json.dumps(line, ensure_ascii=False, separators=(",", ":")))


def shown(value: Any) -> str:
    """A value as a person reads it: times with their zone, lists joined, nothing for NULL."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        text = value.isoformat(sep=" ", timespec="microseconds" if value.microsecond else "seconds")
        return text + "Z"
    if isinstance(value, list | tuple):
        return ", ".join(shown(each) for each in value)
    return text_of(str(value))


def _plain(value: Any) -> Any:
    """A value as JSON has it: times in ISO 8601 with their offset."""
    if isinstance(value, datetime):
        precise = "microseconds" if value.microsecond else "seconds"
        return value.isoformat(timespec=precise) + "Z"
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return value


def _cell(value: Any) -> str:
    plain = _plain(value)
    text = "" if plain is None else plain if isinstance(plain, str) else json.dumps(plain)
    return "'" + text if text.startswith(_FORMULA) and isinstance(plain, str) else text


def _table(manners: Manners, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    from rich.table import Table  # noqa: PLC0415 - see actum.cli
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in heads:
        fixed = head in _WHOLE
        table.add_column(
            head, overflow="fold", no_wrap=fixed, min_width=len(head),
            justify="right" if head in _NUMBERS else "left",
        )  # fmt: skip
    for row in rows:
        table.add_row(*(Text(shown(value)) for value in row))
    manners.console().print(table)
