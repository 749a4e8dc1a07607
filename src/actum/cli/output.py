"""Rows on their way out: table, json, ndjson or csv, in the order they were found.

A table cell is escaped and wrapped to the terminal; a file's is neither, with two exceptions that
change no meaning or say so: JSON writes invisible characters as its own escapes, and a CSV cell
that a spreadsheet would take for a formula is given a leading apostrophe.
"""

from __future__ import annotations

import json
import re
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from actum.cli.manners import Manners, is_terminal, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["FORMATS", "as_json", "emit", "is_table", "output_options", "shown"]

FORMATS = ("table", "json", "ndjson", "csv")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
_WHOLE = ("index", "time", "received_time", "earliest", "latest", "created", "source", "name")
"""Columns whose cells are never broken over lines: they are copied from there."""
_COUNTS = ("events", "unread", "rows", "of", "now", "before")
_LEAST = 18
"""The narrowest a wrapped column may get before rows are told line by line instead."""
_QUOTED = re.compile(r'[,"\r\n]')
_UNSEEN = re.compile(r"[^\x20-\x7e\n]")
_Command = Any  # what click's decorators take and give


def output_options(command: _Command) -> _Command:
    """Add ``-o``: the format; a table on a terminal and NDJSON in a pipe unless it is named."""
    return click.option(
        "-o", "--output", type=click.Choice(FORMATS),
        help="[default: table on a terminal, ndjson in a pipe]",
    )(command)  # fmt: skip


def is_table(output: str | None) -> bool:
    """Whether a person reads the answer: a table was asked for, or nothing, on a terminal."""
    return output == "table" or (output is None and is_terminal())


def emit(
    manners: Manners,
    output: str | None,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
) -> None:
    """Print rows in the format asked for."""
    chosen = output or ("table" if is_terminal() else "ndjson")
    if chosen == "table":
        _table(manners, columns, [list(row) for row in rows])
    elif chosen == "csv":
        _write(",".join(columns))
        safe: Callable[[str], str] = text_of if is_terminal() else str
        for row in rows:
            _write(",".join(safe(_cell(value)) for value in row))
    elif chosen == "json":
        listed = [dict(zip(columns, map(_plain, row), strict=True)) for row in rows]
        _write(as_json(listed, indent=2))
    else:
        for row in rows:
            _write(as_json(dict(zip(columns, map(_plain, row), strict=True))))
    sys.stdout.flush()


def _write(line: str) -> None:
    """Write a line of data.  Not by click: in a pipe it would take ANSI sequences out of it."""
    sys.stdout.write(line + "\n")


def as_json(value: object, *, indent: int | None = None) -> str:
    """Return JSON that is exact and yet safe to show: what is invisible is in escapes."""
    separators = (",", ": ") if indent else (",", ":")
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)
    return text if text.isascii() and text.isprintable() else _UNSEEN.sub(_json_escape, text)


def _json_escape(match: re.Match[str]) -> str:
    char = match[0]
    return char if text_of(char) == char else json.dumps(char)[1:-1]


def shown(value: Any) -> str:
    """Return a value as a person reads it: times with their zone, lists joined, "" for NULL."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        text = value.isoformat(sep=" ", timespec="microseconds" if value.microsecond else "seconds")
        return text + "Z"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, bytes):
        return text_of(value.decode("utf-8", "backslashreplace"))
    if isinstance(value, list | tuple):
        return ", ".join(shown(each) for each in value)
    return text_of(str(value))


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: times in ISO 8601 with their offset."""
    if isinstance(value, datetime):
        precise = "microseconds" if value.microsecond else "seconds"
        return value.isoformat(timespec=precise) + "Z"
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return value


def _cell(value: Any) -> str:
    plain = _plain(value)
    text = "" if plain is None else plain if isinstance(plain, str) else json.dumps(plain)
    if isinstance(plain, str) and text.startswith(_FORMULA):
        text = "'" + text
    # The standard library quotes no lone carriage return, at which readers end the row.
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def _table(manners: Manners, heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a table if it fits the terminal, and each row line by line if it does not."""
    from rich.table import Table  # noqa: PLC0415 - see actum.cli
    from rich.text import Text  # noqa: PLC0415 - see actum.cli

    cells = [[_counted(head, each) for head, each in zip(heads, row, strict=True)] for row in rows]
    console = manners.console()
    if not _fits(heads, cells, console.width):
        _one_by_one(manners, heads, cells)
        return
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for head in heads:
        table.add_column(
            head, overflow="fold", no_wrap=head in _WHOLE,
            justify="right" if head in ("index", *_COUNTS) else "left",
        )  # fmt: skip
    for row in cells:
        table.add_row(*map(Text, row))
    console.print(table)


def _counted(head: str, value: Any) -> str:
    return f"{value:,}" if head in _COUNTS and isinstance(value, int) else shown(value)


def _fits(heads: Sequence[str], cells: Sequence[Sequence[str]], width: int) -> bool:
    needed = -2
    for place, head in enumerate(heads):
        longest = max([len(head), *(len(row[place]) for row in cells)])
        needed += 2 + (longest if head in _WHOLE else min(longest, _LEAST))
    return needed <= width


def _one_by_one(manners: Manners, heads: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    """Print each row as a block, what identifies it first: for a terminal too narrow to align."""
    from rich.padding import Padding  # noqa: PLC0415 - see actum.cli
    from rich.text import Text  # noqa: PLC0415 - see actum.cli

    console = manners.console()
    for row in cells:
        said = dict(zip(heads, row, strict=True))
        title = "  ".join(
            said[head] for head in ("index", "time", "source", "name") if said.get(head)
        )
        console.print(Text(title, "bold", overflow="fold"))
        for head, value in said.items():
            if value and head not in ("index", "time", "source", "name"):
                line = Text.assemble((f"{head}  ", "dim"), value, overflow="fold")
                console.print(Padding(line, (0, 0, 0, 2), expand=False))
