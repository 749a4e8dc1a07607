"""`actum connect`: what other tools need to read the same Parquet."""

from __future__ import annotations

import sys

import click

from actum.cli.manners import Manners, say

__all__ = ["connect"]

TOOLS = ("duckdb", "python", "pandas", "polars", "spark", "jupyter")


@click.command()
@click.option(
    "--for", "tool", type=click.Choice(TOOLS), default="duckdb", show_default=True,
    help="The tool it is for.",
)  # fmt: skip
@click.pass_obj
def connect(manners: Manners, tool: str) -> None:
    """Print a program that reads the log's files in DuckDB, Python, pandas, polars or Spark.

    It reads the Parquet as it lies there, without Actum, without its limits and without its checks.

    \b
    actum connect > log.sql && duckdb -init log.sql
    actum connect --for polars > events.py
    """  # noqa: D301 - click's mark for lines to keep
    from actum.errors import UsageError  # noqa: PLC0415 - see actum.cli
    from actum.sql.hints import hint  # noqa: PLC0415 - see actum.cli
    from actum.sql.supply import place_of  # noqa: PLC0415 - see actum.cli

    with manners.case() as case:
        place, tail = place_of(case.engine)
    if not place.events:
        raise UsageError(
            "there is no file to read yet",
            why=f"the log has no segment, and {tail:,} records in its journal",
            todo="actum open PATH…",
        )
    sys.stdout.write(hint(tool, place))
    if tail:
        say(f"note: {tail:,} records are still in the journal and not in these files")
        say("next: `actum open` of anything settles them; `actum sql` reads them now")
    say("note: files are merged and added as the log grows: print this again then")
