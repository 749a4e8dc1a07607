"""`actum open PATH…`: read evidence into a case."""

from __future__ import annotations

import glob
import os
import signal
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from actum.cli.manners import Manners, is_terminal, say, sized, text_of
from actum.cli.output import as_json
from actum.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from actum.case import Case
    from actum.ingest import Account, Totals

__all__ = ["account_line", "open_", "read_in"]

MOST_LISTED = 20
MOST_LOOKED_AT = 10_000


@click.command("open")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option(
    "-o", "--output", type=click.Choice(["text", "ndjson"]),
    help="[default: text on a terminal, else NDJSON, one line a delivery and one for all]",
)  # fmt: skip
@click.option(
    "--source", default="", metavar="NAME[:OPTIONS]",
    help="What all of it is, if its content does not tell.  [default: recognised]",
)  # fmt: skip
@click.pass_obj
def open_(manners: Manners, paths: tuple[str, ...], output: str | None, source: str) -> None:
    """Read files, folders, globs, archives (.gz .zst .zip .tar) or - for standard input.

    Formats are recognised by content.  Without --home or ACTUM_HOME the paths become a case of
    their own, which later commands use until another is opened.  What was read before is not
    stored twice.  Exit code 3 means that something could not be read; it is named, and its bytes
    are kept where there are any.
    """
    from actum.case import case_path, remember  # noqa: PLC0415 - see actum.cli

    _refuse_if_nothing_is_there(paths)
    home = Path(manners.home) if manners.home else case_path(paths)
    as_lines = output == "ndjson" or (output is None and not is_terminal())
    with manners.case(write=True, home=home) as case:
        remember(home)
        try:
            totals, seconds = read_in(manners, case, paths, as_lines=as_lines, source=source)
        except KeyboardInterrupt:
            say(f"case: {text_of(str(home))}")
            raise
        if as_lines:
            click.echo(as_json(_sum_line(totals)))
        _summary(case, totals, seconds)
        _index(manners, case)
        troubled = _troubles(case, totals)
    say(f"case: {text_of(str(home))}")
    if totals.split:
        say("next: actum stats · actum who <action> · actum search <query>")
    else:
        say("next: actum open PATH… with a folder or file that holds logs")
    if troubled:
        raise click.exceptions.Exit(3)


def _refuse_if_nothing_is_there(paths: tuple[str, ...]) -> None:
    """No case is made of a slip of the pen.  Some paths that are missing are reported later."""
    if not any(path == "-" or os.path.lexists(path) or glob.has_magic(path) for path in paths):
        raise UsageError(
            f"there is no file or folder {paths[0]!r}",
            why="none of the paths exists"
            if len(paths) > 1
            else f"looked from {str(Path.cwd())!r}",
            todo="name one that does; the current case is unchanged",
        )


def read_in(
    manners: Manners, case: Case, paths: tuple[str, ...], *, as_lines: bool, source: str = ""
) -> tuple[Totals, float]:
    """Read the paths into a case with a progress bar; the totals and the seconds it took."""
    from actum.collect import estimate  # noqa: PLC0415 - see actum.cli
    from actum.ingest import Interrupted  # noqa: PLC0415 - see actum.cli

    started = time.monotonic()

    def done(account: Account) -> None:
        if as_lines:
            click.echo(as_json(account_line(account)))
        if account.fault:
            say(f"  damaged  {text_of(account.origin)}: {text_of(account.fault)}")
        if account.conflicts:
            say(
                f"  conflict {text_of(account.origin)}: {account.conflicts:,} records have the id"
                " of an earlier one and say something else; both are kept"
            )

    total = estimate([each for each in paths if each != "-"])
    with manners.progress("reading", total) as bar, _interruptible() as stopped:

        def seen(read: int, records: int) -> None:
            rate = records / max(time.monotonic() - started, 1e-9)
            bar(read, f"{records:,} records, {rate:,.0f}/s")
            if stopped():
                raise Interrupted

        totals = case.open(paths, source=source, done=done, seen=seen)
    return totals, time.monotonic() - started


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Let a first Ctrl-C end where all that was read is kept, and a second one end at once."""
    asked = False

    def ask(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        asked = True
        signal.signal(signal.SIGINT, before)
        say("\nstopping: what was read is being stored; Ctrl-C again stops at once")

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield lambda: asked
    finally:
        signal.signal(signal.SIGINT, before)


def account_line(account: Account) -> dict[str, object]:
    """Return what is printed of one delivery."""
    return {
        "origin": account.origin, "framing": account.framing, "split": account.split,
        "records": account.records, "duplicates": account.duplicates, "copies": account.copies,
        "conflicts": account.conflicts, "unread": account.unread, "headers": account.headers,
        "joined": account.joined, "sources": dict(account.sources), "fault": account.fault or None,
        "first": None if account.first < 0 else account.first,
        "last": None if account.last < 0 else account.last,
        "content_sha256": account.content_sha256,
    }  # fmt: skip


def _sum_line(totals: Totals) -> dict[str, object]:
    return {
        "total": True, "deliveries": totals.deliveries, "split": totals.split,
        "records": totals.records, "duplicates": totals.duplicates, "copies": totals.copies,
        "conflicts": totals.conflicts, "unread": totals.unread, "faults": totals.faults,
        "not_read": [
            {"origin": text_of(each.origin), "reason": each.reason} for each in totals.unreadable
        ],
    }  # fmt: skip


def _summary(case: Case, totals: Totals, seconds: float) -> None:
    from actum.case import iso  # noqa: PLC0415 - see actum.cli

    extent = case.engine.extent()
    rate = totals.split / max(seconds, 1e-9)
    say(
        f"read {_many(totals.deliveries, 'delivery', 'deliveries')},"
        f" {sized(totals.content_size)}, in {seconds:.1f} s ({rate:,.0f} records/s)"
    )
    say(
        f"  {_many(totals.split, 'record')} in them = {totals.records:,} stored"
        f" + {_many(totals.duplicates, 'duplicate')}"
    )
    if totals.copies:
        say(f"  {totals.copies:,} of the stored tell of a known act in other bytes")
    for source, count in totals.sources.most_common():
        say(f"  {count:>12,}  {text_of(source)}")
    if totals.split and not totals.records:
        say("nothing new: every record was in the log already")
    elif not totals.split:
        say("nothing was in them: no record was found")
    if extent.events:
        say(
            f"the log has {_many(extent.events, 'event')} from {iso(extent.earliest)}"
            f" to {iso(extent.latest)}; {extent.timeless:,} without a time"
        )
    checkpoint = case.status().checkpoint
    if checkpoint is not None:
        say(f"sealed {_many(checkpoint.size, 'record')}, root {checkpoint.root.hex()[:16]}…")


def _index(manners: Manners, case: Case) -> None:
    """Index words and values, now that everything is durable; Ctrl-C leaves that for later."""
    with manners.progress("indexing words", case.status().records, unit="records") as bar:
        try:
            case.index_terms(seen=bar)
        except KeyboardInterrupt:
            say("not all words are indexed: searches are slower until the next actum open")


def _troubles(case: Case, totals: Totals) -> bool:
    """Name what could not be read, and tell whether there was any.  Conflicts were read."""
    for refused in totals.unreadable[:MOST_LISTED]:
        say(f"  not read {text_of(refused.origin)}: {text_of(refused.reason)}")
    if len(totals.unreadable) > MOST_LISTED:
        say(f"  … and {len(totals.unreadable) - MOST_LISTED:,} more that could not be opened")
    _unknown(totals)
    count = case.engine.count_unread(since=totals.first) if totals.records else 0
    if count:
        _unread(case, totals.first)
        say(f"  … {_many(count, 'record')} in all kept unread: actum search is:unread")
    return bool(totals.unreadable or totals.faults or count)


def _unknown(totals: Totals) -> None:
    """Name each delivery with records no source knows.  They are kept whole: that is no trouble."""
    for origin, name, count in totals.unknown[:MOST_LISTED]:
        why = "table rows" if name == "csv" else "JSON" if name == "json" else "lines"
        say(f"  unknown  {text_of(origin)}: {_many(count, 'record')} kept as plain {why}")
    if len(totals.unknown) > MOST_LISTED:
        say(f"  … and {len(totals.unknown) - MOST_LISTED:,} more deliveries with such records")
    if totals.unknown:
        say("  no source knows them; actum source new FILE proposes a mapping")


def _unread(case: Case, since: int) -> None:
    """Name each delivery that has records nobody could read: how many, and the first's reason."""
    found: dict[str, list[tuple[int, int, str]]] = {}
    for index, origin, position, reason in case.engine.unread(since=since, limit=MOST_LOOKED_AT):
        found.setdefault(origin, []).append((index, position, reason))
    for origin, records in list(found.items())[:MOST_LISTED]:
        index, position, reason = records[0]
        more = f", and {len(records) - 1:,} more of it" if len(records) > 1 else ""
        say(f"  unread   record {index}, {text_of(origin)}#{position}: {text_of(reason)}{more}")
    if len(found) > MOST_LISTED:
        say(f"  … and {len(found) - MOST_LISTED:,} more deliveries with such records")


def _many(count: int, one: str, more: str = "") -> str:
    return f"{count:,} {one if count == 1 else more or one + 's'}"
