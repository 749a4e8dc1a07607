"""What other tools need to read the same Parquet: programs as text, files and views filled in.

They read the segments' files and nothing else: not the records that are still in the journal.  None
of them needs Actum, and none of them checks the files; `actum verify` does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

__all__ = ["TOOLS", "Place", "hint"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a log lies: its files, its name, and the views over them as (name, SELECT)."""

    log: str
    events: Sequence[str]
    records: Sequence[str]
    views: Sequence[tuple[str, str]]


def hint(tool: str, place: Place) -> str:
    """The program for that tool."""
    return TOOLS[tool](place)


def _duckdb(place: Place) -> str:
    views = "\n".join(f"CREATE OR REPLACE VIEW {name} AS {text};" for name, text in place.views)
    return (
        f"-- the log {place.log!r}: read this with `duckdb -init FILE`, or `.read FILE`\n{views}\n"
    )


def _python(place: Place) -> str:
    return f"""\
import duckdb

connection = duckdb.connect()
connection.execute({_block(_duckdb(place))})
print(connection.sql("SELECT source, events, first_seen, last_seen FROM sources"))
"""


def _jupyter(place: Place) -> str:
    return "# %pip install duckdb pandas\n" + _python(place).replace(
        'print(connection.sql("SELECT source, events, first_seen, last_seen FROM sources"))',
        'connection.sql("SELECT source, events, first_seen, last_seen FROM sources").df()',
    )


def _pandas(place: Place) -> str:
    return f"""\
import duckdb
import pandas

events_files = {_listed(place.events)}
events: pandas.DataFrame = duckdb.read_parquet(events_files, union_by_name=True).df()
print(events["source"].value_counts())
"""


def _polars(place: Place) -> str:
    return f"""\
import polars

events_files = {_listed(place.events)}
events = polars.scan_parquet(events_files, missing_columns="insert", extra_columns="ignore")
print(events.group_by("source").len().collect())
"""


def _spark(place: Place) -> str:
    return f"""\
from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("actum").getOrCreate()
events_files = {_listed(place.events)}
records_files = {_listed(place.records)}
spark.read.option("mergeSchema", "true").parquet(*events_files).createOrReplaceTempView("events")
spark.read.parquet(*records_files).createOrReplaceTempView("records")
spark.sql("SELECT source, count(*) FROM events GROUP BY source").show()
"""


def _listed(files: Sequence[str]) -> str:
    """A list of Python, newest last: what a newer file has, an older one may lack."""
    return "[\n" + "".join(f"    {file!r},\n" for file in files) + "]"


def _block(text: str) -> str:
    """Text of several lines as a literal of Python."""
    quoted = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'"""\n{quoted}"""'


TOOLS: Final[dict[str, Callable[[Place], str]]] = {
    "duckdb": _duckdb,
    "python": _python,
    "pandas": _pandas,
    "polars": _polars,
    "spark": _spark,
    "jupyter": _jupyter,
}
"""The tools there is a program for."""
