"""What `search` prints of a question with stages: a table told of the events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from actum.cli.asking import ON_A_TERMINAL, note_reading, nothing
from actum.cli.manners import Manners, is_terminal, say, text_of
from actum.cli.output import emit, is_table, shown

if TYPE_CHECKING:
    from datetime import tzinfo

    from actum.case import Case
    from actum.query import Query

__all__ = ["answer_table", "say_sql"]


def answer_table(
    manners: Manners,
    case: Case,
    asked: Query,
    *,
    zone: tzinfo,
    output: str | None,
    limit: int | None,
) -> None:
    """Print the table, and say what it covers; exit code 7 when a limit asked for cut it."""
    from actum.query.pipes_compile import ask  # noqa: PLC0415 - see actum.cli

    most = limit if limit is not None else (ON_A_TERMINAL if is_terminal() else None)
    table = ask(case.engine, asked, limit=most)
    if table.rows or not is_table(output):
        emit(manners, output, table.columns, table.rows)
    note_reading(asked, zone, scanned=table.scanned, always=not table.rows)
    if not table.events:
        nothing(case, asked)
    elif is_terminal() or not table.rows:
        said = "event matches" if table.events == 1 else "events match"
        say(f"{table.events:,} {said}; {_rows(table.total)}")
    if len(table.rows) < table.total:
        say(f"showing {len(table.rows):,} of {_rows(table.total)}; --limit N for more")
        if limit is not None:
            raise click.exceptions.Exit(7)


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}"


def say_sql(asked: Query) -> None:
    """Say the SQL a question became, and the values of its question marks in their order."""
    from actum.query.compile import matching  # noqa: PLC0415 - see actum.cli
    from actum.query.pipes_compile import compile_stages  # noqa: PLC0415 - see actum.cli

    if asked.stages:
        made = compile_stages(asked)
        sql, parameters = made.sql, made.parameters
    else:
        where = matching(asked)
        sql = f"SELECT * FROM events WHERE {where.sql} ORDER BY time DESC NULLS LAST"  # noqa: S608
        parameters = where.parameters
    say(f"sql: {text_of(sql)}")
    if parameters:
        say("values: " + ", ".join(f"{text_of(repr(shown(each)))}" for each in parameters))
