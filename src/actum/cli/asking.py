"""What `search` and `who` share: words become a query, and an answer says what it covers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from actum.cli.manners import is_terminal, say, text_of
from actum.errors import UsageError

if TYPE_CHECKING:
    from actum.case import Case
    from actum.query import Query
    from actum.query.engine import Answer

__all__ = [
    "ON_A_TERMINAL", "QueryCommand", "actor_of", "joined", "limit_option", "note_answer",
    "note_reading", "nothing", "outcome_of", "quoted", "read", "stop_if_cut", "zone_of",
    "zone_option",
]  # fmt: skip

ON_A_TERMINAL = 200
_NEGATED = re.compile(r"-[A-Za-z][\w.]*:")
_HELD = "\0"  # no argument of a process can hold one
_QUALIFIER = re.compile(r"-?[A-Za-z][\w.]*:[=<>!~]*")
_SYNTAX = re.compile(r'["()]|(^|\s)((OR|AND|NOT)(\s|$)|\|)|\s-?[A-Za-z][\w.]*:\S')


class QueryCommand(click.Command):
    """A command that takes a query: ``-op:read`` is a negated qualifier, not options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Hide the dash of negated qualifiers from click; `joined` puts it back."""
        held = [_HELD + each[1:] if _NEGATED.match(each) else each for each in args]
        return super().parse_args(ctx, held)


def joined(words: tuple[str, ...]) -> str:
    """Return the query that the words of a command line make.

    One word is a query as it stands.  Of several, the shell took the quotes off: a word with a
    space in it was one phrase or one value, unless it holds query syntax of its own.
    """
    plain = ["-" + each[1:] if each.startswith(_HELD) else each for each in words]
    if len(plain) == 1:
        return plain[0]
    return " ".join(_requoted(each) for each in plain)


def _requoted(word: str) -> str:
    if not re.search(r"\s", word) or _SYNTAX.search(word):
        return word
    field = _QUALIFIER.match(word)
    return field[0] + quoted(word[field.end() :]) if field else quoted(word)


def quoted(text: str) -> str:
    """Return a value that stands for itself in a query; globs keep their meaning."""
    plain = all(char.isalnum() or char in "*?:._/@-+=," for char in text)
    return text if plain and text else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def limit_option(command: Any) -> Any:
    """Add ``--limit``: how many at most; exit code 7 tells that there were more."""
    return click.option(
        "--limit", type=click.IntRange(0), metavar="N",
        help="At most N; exit code 7 if there are more.  [default: 200 on a terminal, else all]",
    )(command)  # fmt: skip


def zone_option(command: Any) -> Any:
    """Add ``--zone``: what a time without a zone in the query means."""
    return click.option(
        "--zone", default="UTC", show_default=True, metavar="NAME",
        help="Zone of the query's times that name none.",
    )(command)  # fmt: skip


def zone_of(name: str) -> tzinfo:
    """Return a time zone by its IANA name.  UsageError if there is none."""
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(
            f"there is no time zone {name!r}", todo="use an IANA name such as Europe/Berlin"
        ) from error


def actor_of(event: dict[str, Any]) -> str:
    """Tell who, in one cell: the name, and the session's after a slash."""
    name = event["actor_user_name"] or event["actor_user_uid"] or "unknown"
    session = event["actor_session_uid"]
    return f"{name}/{session}" if session and session != name else str(name)


def outcome_of(event: dict[str, Any]) -> str:
    """Tell the outcome in one cell: the error's code if it failed."""
    status = event["status"] or ""
    return f"{status}: {event['status_code']}" if event["status_code"] else status


def read(case: Case, text: str, zone: tzinfo) -> Query:
    """Read a query; what it says of a record (`around:42`) is looked up in the case."""
    from actum.query import parse  # noqa: PLC0415 - see actum.cli
    from actum.record import Micros  # noqa: PLC0415 - see actum.cli

    def time_of(index: int) -> Micros | None:
        found = case.engine.rows(
            'SELECT epoch_us(min(time)) FROM events WHERE "index" = ? GROUP BY "index"', [index]
        )
        if not found:
            raise LookupError(index)
        return None if found[0][0] is None else Micros(found[0][0])

    return parse(text, now=datetime.now(UTC), zone=zone, time_of=time_of)


def note_reading(query: Query, zone: tzinfo, *, scanned: bool, always: bool = False) -> None:
    """Say how the query was read, on standard error: to a person, or where nothing was found."""
    from actum.query import read_as  # noqa: PLC0415 - see actum.cli

    if is_terminal() or always:
        say(f"read as: {text_of(read_as(query, zone))}")
    if scanned:
        say("note: raw records were read for this (a scan)")


def note_answer(case: Case, query: Query, answer: Answer, zone: tzinfo) -> None:
    """Say how the query was read and what the answer covers, on standard error."""
    note_reading(query, zone, scanned=answer.scanned, always=not answer.total)
    if len(answer.rows) < answer.total:
        newest = "the newest " if answer.rows else ""
        say(f"showing {newest}{len(answer.rows):,} of {answer.total:,}; --limit N for more")
    elif answer.rows and is_terminal():
        say(f"{answer.total:,} {'event' if answer.total == 1 else 'events'}")
    if not answer.total:
        nothing(case, query)
    elif query.since is not None or query.until is not None:
        timeless = case.engine.extent().timeless
        if timeless:
            say(f"note: {timeless:,} events have no time and are outside any time range")


def stop_if_cut(answer: Answer, limit: int | None) -> None:
    """Leave with exit code 7 when a limit that was asked for cut the answer."""
    if limit is not None and len(answer.rows) < answer.total:
        raise click.exceptions.Exit(7)


def nothing(case: Case, query: Query) -> None:
    """Say why nothing matched, as far as it is known: what was there to be asked."""
    from actum.case import iso  # noqa: PLC0415 - see actum.cli
    from actum.query.coverage import coverage, told  # noqa: PLC0415 - see actum.cli
    from actum.query.times import micros  # noqa: PLC0415 - see actum.cli

    extent = case.engine.extent()
    where = f"the log in {text_of(str(case.path))}"
    if not extent.events:
        say(f"no event matches: {where} holds no events yet")
        say("next: actum open PATH…")
        return
    say(
        f"no event matches.  {where[0].upper()}{where[1:]} holds {extent.events:,} events from"
        f" {iso(extent.earliest)} to {iso(extent.latest)};"
        f" {extent.timeless:,} have no time, {extent.unread:,} could not be read."
    )
    for line in told(coverage(case.engine, query, now=micros(datetime.now(UTC)))):
        say(text_of(line))
    outside = (query.since is not None and (extent.latest or 0) < query.since) or (
        query.until is not None and (extent.earliest or 0) >= query.until
    )
    if outside and extent.earliest is not None:
        say("next: the time range lies outside all of it; ask again without last:, since:, until:")
    elif query.since is not None or query.until is not None:
        say("next: ask again without the time range, or with a * in a value")
    else:
        say("next: actum search 'action:Delete*' · a * in a value · free text in double quotes")
