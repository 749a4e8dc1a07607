"""`actum search QUERY`: find events."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

import click

from actum.cli.asking import (
    ON_A_TERMINAL,
    QueryCommand,
    actor_of,
    limit_option,
    note_answer,
    outcome_of,
    read,
    stop_if_cut,
    zone_of,
    zone_option,
)
from actum.cli.manners import Manners, is_terminal
from actum.cli.output import emit, is_table, output_options
from actum.cli.searches import keep, words_of
from actum.cli.tables import answer_table, say_sql
from actum.errors import UsageError

if TYPE_CHECKING:
    from actum.case import Case
    from actum.query.engine import Answer
    from actum.query.parse import Query

__all__ = ["search"]

NARROW = ("index", "time", "what happened", "from")
WIDE = ("index", "time", "actor", "action", "target", "outcome", "from")
"""A table's columns unless others are asked for: a sentence, or its parts where there is room."""
ROOM = 130
AT_ONCE = 8_192
"""Events told and printed at a time when there is no limit."""


@click.command(cls=QueryCommand)
@click.argument("query", nargs=-1, metavar="[QUERY]…")
@limit_option
@click.option("--columns", metavar="A,B,…", help="Event columns, `raw`, `sentence`.")
@zone_option
@output_options
@click.option("--show-sql", is_flag=True, help="Say the SQL it became, on standard error.")
@click.option("--save", metavar="NAME", help="Keep the query under this name; do not ask it.")
@click.option("--about", default="", metavar="TEXT", help="With --save: what it is for.")
@click.pass_obj
def search(  # noqa: PLR0917 - click passes them by name
    manners: Manners,
    query: tuple[str, ...],
    limit: int | None,
    columns: str | None,
    zone: str,
    output: str | None,
    save: str | None,
    about: str,
    *,
    show_sql: bool,
) -> None:
    """Find events, newest first; without a QUERY all of them.  Behind a | they are told of.

    \b
    actum search 'action:DeleteBucket status:failure last:30d'
    actum search 'actor:alice -action:Get* since:2026-11-01' -o csv
    actum search '"i-0abc123"' -o ndjson --columns index,time,sentence
    actum search 'status:failure | count by actor, action | top 20'
    actum search --save tried 'status:failure actor:$who last:$days' days=30d
    actum search @tried who=alice
    """  # noqa: D301 - click's mark for lines to keep
    if save is not None:
        keep(manners, save, query, about)
        return
    most = limit if limit is not None else (ON_A_TERMINAL if is_terminal() else None)
    names = _columns(columns)
    with manners.case() as case:
        asked = read(case, words_of(case.path, query), zone_of(zone))
        if show_sql:
            say_sql(asked)
        if asked.stages:
            if columns:
                raise UsageError("--columns chooses among those of events", todo="leave it out")
            answer_table(manners, case, asked, zone=zone_of(zone), output=output, limit=limit)
            return
        if is_table(output) and not columns:
            answer = case.search(asked, limit=most)
            wide = manners.console().width >= ROOM
            heads: tuple[str, ...] = WIDE if wide else NARROW
            rows = _brief(answer, wide=wide)
            if rows:
                emit(manners, output, heads, rows)
        elif most is None:
            answer = _stream(manners, case, asked, names, output)
        else:
            answer = case.search(asked, limit=most, columns=_asked(names))
            full = _full(case, list(answer.dicts()), names)
            if full or not is_table(output):
                emit(manners, output, names, full)
        note_answer(case, asked, answer, zone_of(zone))
    stop_if_cut(answer, limit)


def _columns(text: str | None) -> tuple[str, ...]:
    from actum.ocsf.columns import names  # noqa: PLC0415 - see actum.cli

    if text is None:
        return (*names(), "sentence")
    known = (*names(), "raw", "sentence")
    chosen = tuple(dict.fromkeys(each.strip() for each in text.split(",") if each.strip()))
    if not chosen:
        raise UsageError("--columns names no column", todo="write them with commas: index,time")
    for each in chosen:
        if each not in known:
            from difflib import get_close_matches  # noqa: PLC0415 - see actum.cli

            near = get_close_matches(each, known, n=3, cutoff=0.4)
            raise UsageError(
                f"there is no column {each!r}",
                why=f"the nearest are {', '.join(near)}" if near else "",
                todo="see docs/columns.md, or leave --columns out",
            )
    return chosen


def _asked(chosen: tuple[str, ...]) -> tuple[str, ...]:
    """Return the event columns to fetch: the sentence is told from all of them."""
    from actum.ocsf.columns import names  # noqa: PLC0415 - see actum.cli

    if "sentence" in chosen:
        return names()
    return tuple(dict.fromkeys((*(each for each in chosen if each != "raw"), "index")))


def _stream(
    manners: Manners, case: Case, asked: Query, chosen: tuple[str, ...], output: str | None
) -> Answer:
    """Print every match as it is read, a few thousand at a time: millions need not fit in memory.

    The answer it gives back has been printed: of its rows there is only the number.
    """
    from actum.query.engine import Answer  # noqa: PLC0415 - see actum.cli

    columns, count = _asked(chosen), 0

    def rows() -> Iterator[list[Any]]:
        nonlocal count
        events = (
            dict(zip(columns, row, strict=True))
            for row in case.engine.stream(asked, columns=columns)
        )
        while some := list(islice(events, AT_ONCE)):
            count += len(some)
            yield from _full(case, some, chosen)

    emit(manners, output, chosen, rows())
    printed = cast("list[tuple[Any, ...]]", range(count))
    return Answer(chosen, printed, count, scanned=case.engine.scans(asked))


def _full(case: Case, events: list[dict[str, Any]], chosen: tuple[str, ...]) -> list[list[Any]]:
    from actum.ocsf.sentence import sentence  # noqa: PLC0415 - see actum.cli

    raws: dict[int, bytes] = {}
    if "raw" in chosen:
        raws = case.records([event["index"] for event in events])
    rows = []
    for event in events:
        extra: dict[str, Any] = {"raw": raws.get(event["index"])}
        if "sentence" in chosen:
            extra["sentence"] = sentence(event)
        rows.append([extra.get(name, event.get(name)) for name in chosen])
    return rows


def _brief(answer: Answer, *, wide: bool) -> list[list[Any]]:
    from actum.ocsf.sentence import sentence  # noqa: PLC0415 - see actum.cli

    rows = []
    for event in answer.dicts():
        if wide:
            target = event["resource_name"] or event["resource_uid"]
            what = [actor_of(event), event["api_operation"], target, outcome_of(event)]
        else:
            what = [sentence(event)]
        came_from = event["src_endpoint_ip"] or event["src_endpoint_domain"]
        rows.append([event["index"], event["time"] or "unknown", *what, came_from])
    return rows
