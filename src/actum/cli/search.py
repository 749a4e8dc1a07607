"""`actum search QUERY`: find events."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from actum.cli.manners import Manners, is_terminal, say
from actum.cli.output import emit, output_options
from actum.errors import UsageError

if TYPE_CHECKING:
    from actum.case import Case
    from actum.query.engine import Answer
    from actum.query.parse import Query

__all__ = ["note_answer", "search", "zone_of"]

NARROW = ("index", "time", "what happened", "from")
WIDE = ("index", "time", "actor", "action", "target", "outcome", "from")
"""A table's columns unless others are asked for: a sentence, or its parts where there is room."""
ROOM = 130
ON_A_TERMINAL = 200


@click.command()
@click.argument("query", nargs=-1, metavar="QUERY")
@click.option("--limit", type=click.IntRange(0), help="[default: 200 on a terminal, else none]")
@click.option("--columns", help="Comma-separated event columns, `raw`, or `sentence`.")
@click.option("--zone", default="UTC", show_default=True, help="Zone of times without one.")
@output_options
@click.pass_obj
def search(
    manners: Manners,
    query: tuple[str, ...],
    limit: int | None,
    columns: str | None,
    zone: str,
    output: str | None,
) -> None:
    """Find events, newest first.

    \b
    actum search 'action:DeleteBucket status:failure last:30d'
    actum search 'actor:alice -action:Get* since:2026-11-01' -o csv
    actum search '"i-0abc123"' -o ndjson
    """  # noqa: D301 - click's mark for lines to keep
    table = output == "table" or (output is None and is_terminal())
    most = limit if limit is not None else (ON_A_TERMINAL if is_terminal() else None)
    with manners.case() as case:
        asked = case.query(" ".join(query), zone=zone_of(zone))
        if table and not columns:
            answer = case.search(asked, limit=most)
            wide = manners.console().width >= ROOM
            emit(manners, "table", WIDE if wide else NARROW, _brief(answer, wide=wide))
        else:
            names = _columns(columns)
            answer = case.search(asked, limit=most, columns=_asked(names))
            emit(manners, output, names, _full(case, answer, names))
        note_answer(case, asked, answer, zone_of(zone))
    if answer.total > len(answer.rows) and limit is None:
        raise click.exceptions.Exit(7)


def zone_of(name: str) -> tzinfo:
    """A time zone by its IANA name.  UsageError if there is none."""
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(
            f"there is no time zone {name!r}", todo="use an IANA name such as Europe/Berlin"
        ) from error


def _columns(text: str | None) -> tuple[str, ...]:
    from actum.ocsf.columns import names  # noqa: PLC0415 - see actum.cli

    if not text:
        return (*names(), "sentence")
    known = (*names(), "raw", "sentence")
    chosen = tuple(each.strip() for each in text.split(",") if each.strip())
    for each in chosen:
        if each not in known:
            from difflib import get_close_matches  # noqa: PLC0415 - only on a mistake

            near = get_close_matches(each, known, n=3, cutoff=0.4)
            raise UsageError(
                f"there is no column {each!r}",
                why=f"the nearest are {', '.join(near)}" if near else "",
                todo="see docs/columns.md, or leave --columns out",
            )
    return chosen


def _asked(chosen: tuple[str, ...]) -> tuple[str, ...]:
    """The event columns to fetch: the sentence is told from all of them."""
    from actum.ocsf.columns import names  # noqa: PLC0415 - see actum.cli

    if "sentence" in chosen:
        return names()
    return tuple(dict.fromkeys((*(each for each in chosen if each != "raw"), "index")))


def _full(case: Case, answer: Answer, chosen: tuple[str, ...]) -> list[list[Any]]:
    from actum.ocsf.sentence import sentence  # noqa: PLC0415 - see actum.cli

    raws: dict[int, bytes] = {}
    if "raw" in chosen:
        raws = case.records([row["index"] for row in answer.dicts()])
    rows = []
    for event in answer.dicts():
        extra = {"raw": raws.get(event["index"])}
        if "sentence" in chosen:
            extra["sentence"] = sentence(event)  # type: ignore[assignment]
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


def actor_of(event: dict[str, Any]) -> str:
    """Who, in one cell: the name, and the session's after a slash."""
    name = event["actor_user_name"] or event["actor_user_uid"] or "unknown"
    session = event["actor_session_uid"]
    return f"{name}/{session}" if session and session != name else str(name)


def outcome_of(event: dict[str, Any]) -> str:
    """The outcome in one cell: the error's code if it failed."""
    status = event["status"] or ""
    return f"{status}: {event['status_code']}" if event["status_code"] else status


def note_answer(case: Case, query: Query, answer: Answer, zone: tzinfo) -> None:
    """Say how the query was read and what the answer covers, on standard error."""
    from actum.case import iso  # noqa: PLC0415 - see actum.cli
    from actum.query import read_as  # noqa: PLC0415

    if is_terminal() or not answer.rows:
        say(f"read as: {read_as(query, zone)}")
    if answer.scanned:
        say("note: free text was looked for in every raw record (a scan)")
    if len(answer.rows) < answer.total:
        say(f"showing {len(answer.rows):,} of {answer.total:,}; --limit N for more")
    elif answer.rows and is_terminal():
        say(f"{answer.total:,} events")
    if not answer.rows and not answer.total:
        extent = case.engine.extent()
        say(
            f"no event matches.  The log holds {extent.events:,} events from"
            f" {iso(extent.earliest)} to {iso(extent.latest)}; {extent.timeless:,} have no time,"
            f" {extent.unread:,} could not be read."
        )
    elif query.since is not None or query.until is not None:
        timeless = case.engine.extent().timeless
        if timeless:
            say(f"note: {timeless:,} events have no time and are outside any time range")
