"""`actum sql`: one statement, or a shell."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from actum.cli.manners import Manners, is_terminal, say
from actum.cli.output import emit, is_table, output_options
from actum.errors import QueryError, UsageError

if TYPE_CHECKING:
    from actum.sql import Console, Limits, Result

__all__ = ["answer", "one_line", "sql"]


@click.command()
@click.argument("statement", required=False, metavar="[STATEMENT]")
@click.option(
    "--param", "parameters", multiple=True, metavar="NAME=VALUE",
    help="A value for $NAME in the statement.  May be given again.",
)  # fmt: skip
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), default=30.0, show_default=True,
    metavar="SECONDS", help="Stop it after that.",
)  # fmt: skip
@click.option(
    "--max-rows", type=click.IntRange(0), default=10_000, show_default=True, metavar="N",
    help="At most N rows; exit code 7 if there are more.",
)  # fmt: skip
@click.option(
    "--max-memory", type=click.IntRange(16), default=1_024, show_default=True, metavar="MB",
    help="The memory it may take.",
)  # fmt: skip
@output_options
@click.pass_obj
def sql(  # noqa: PLR0917 - click passes them by name
    manners: Manners,
    statement: str | None,
    output: str | None,
    parameters: tuple[str, ...],
    timeout: float,
    max_rows: int,
    max_memory: int,
) -> None:
    """Ask in SQL, over the views events, records, sources, actors, resources, sessions and ocsf.

    Without a STATEMENT a terminal gets a shell; a pipe is read as one statement.  It can read the
    log and nothing else.  Exit code 7 means that a limit was met: what was printed is partial.

    \b
    actum sql 'SELECT source, events FROM sources'
    actum sql 'SELECT * FROM events WHERE actor_user_name = $who' --param who=alice -o csv
    """  # noqa: D301 - click's mark for lines to keep
    from actum.sql import Console, Limits  # noqa: PLC0415 - see actum.cli

    given = dict(map(_parameter, parameters))
    limits = Limits(rows=max_rows, seconds=timeout, memory=max_memory * 1_000_000)
    text = statement
    is_shell = text is None and sys.stdin.isatty()
    if is_shell and not is_terminal():
        raise UsageError("there is no statement", todo="actum sql 'SELECT …'")
    if text is None and not is_shell or text == "-":  # noqa: RUF021 - read as it is said
        text = sys.stdin.read()
    with manners.case() as case:
        console = Console(case.engine)
        if text is None:
            from actum.cli.shell import Shell  # noqa: PLC0415 - see actum.cli

            Shell(manners, case, console, limits=limits, output=output, given=given).run()
            return
        result = answer(manners, console, text, given, limits=limits, output=output)
    if not result.whole:
        raise click.exceptions.Exit(7)


def answer(
    manners: Manners,
    console: Console,
    text: str,
    given: dict[str, str],
    *,
    limits: Limits,
    output: str | None,
) -> Result:
    """Run a statement, print its rows, and say whether they are all."""
    try:
        result = console.ask(text, given, limits=limits)
    except QueryError as error:
        raise one_line(error) from error
    if result.rows or not is_table(output):
        from actum.cli.cells import cells  # noqa: PLC0415 - see actum.cli

        told = [cells(row, result.types, table=is_table(output)) for row in result.rows]
        emit(manners, output, result.columns, told)
    count = f"{len(result.rows):,} {'row' if len(result.rows) == 1 else 'rows'}"
    if not result.whole:
        say(f"{count}, and this is not all: {result.cut}")
    elif is_terminal():
        say(f"{count}, all there are ({result.seconds:.1f} s)")
    return result


def one_line(error: QueryError) -> QueryError:
    """Return the error with the one line it points at: statements have many."""
    start = error.text.rfind("\n", 0, error.start) + 1
    end = error.text.find("\n", error.start)
    line = error.text[start:] if end < 0 else error.text[start:end]
    return QueryError(
        error.what, text=line, start=error.start - start,
        end=min(error.end - start, len(line)), why=error.why, todo=error.todo,
    )  # fmt: skip


def _parameter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"{text!r} is no parameter", todo="write --param NAME=VALUE")
    return name.removeprefix("$"), value
