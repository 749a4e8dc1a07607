"""`actum open PATH…`: read evidence into a case."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from actum.cli.manners import Manners, is_terminal, say, text_of

if TYPE_CHECKING:
    from actum.case import Case
    from actum.ingest import Account, Totals

__all__ = ["open_", "read_in"]

MOST_LISTED = 20


@click.command("open")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option(
    "-o", "--output", type=click.Choice(["text", "ndjson"]),
    help="One line a delivery as NDJSON, or a summary.  [default: text on a terminal]",
)  # fmt: skip
@click.pass_obj
def open_(manners: Manners, paths: tuple[str, ...], output: str | None) -> None:
    """Read files, folders, globs, archives (.gz .zst .zip .tar) or - for standard input.

    Formats are recognised by content.  Without --home or ACTUM_HOME the paths become a case of
    their own, which later commands use until another is opened.  What was read before is not
    stored twice.
    """
    from actum.case import case_path, remember  # noqa: PLC0415 - see actum.cli

    home = Path(manners.home) if manners.home else case_path(paths)
    as_lines = output == "ndjson" or (output is None and not is_terminal())
    with manners.case(write=True, home=home) as case:
        totals, seconds = read_in(manners, case, paths, as_lines=as_lines)
        remember(home)
        _summary(case, totals, seconds, home)
        late = case.engine.unread(since=max(totals.first, 0), limit=MOST_LISTED + 1)
        new = [each for each in late if totals.records]
        count = case.engine.count_unread(since=totals.first) if totals.records and new else 0
        _troubles(totals, new, count)
    if totals.unreadable or totals.faults or count:
        raise click.exceptions.Exit(3)


def read_in(
    manners: Manners, case: Case, paths: tuple[str, ...], *, as_lines: bool
) -> tuple[Totals, float]:
    """Read the paths into a case with a progress bar; the totals and the seconds it took."""
    from actum.collect import estimate  # noqa: PLC0415 - see actum.cli

    started = time.monotonic()

    def done(account: Account) -> None:
        if as_lines:
            click.echo(json.dumps(_line(account), separators=(",", ":")))
        if account.fault:
            say(f"  damaged  {text_of(account.origin)}: {text_of(account.fault)}")
        if account.conflicts:
            say(
                f"  conflict {text_of(account.origin)}: {account.conflicts} records have the id of"
                " an earlier one and say something else; both are kept"
            )

    with manners.progress("reading", estimate([each for each in paths if each != "-"])) as bar:

        def seen(read: int, records: int) -> None:
            rate = records / max(time.monotonic() - started, 1e-9)
            bar(read, f"{records:,} records, {rate:,.0f}/s")

        totals = case.open(paths, done=done, seen=seen)
    return totals, time.monotonic() - started


def _line(account: Account) -> dict[str, object]:
    return {
        "origin": account.origin, "framing": account.framing, "split": account.split,
        "records": account.records, "duplicates": account.duplicates, "copies": account.copies,
        "conflicts": account.conflicts, "unread": account.unread, "fault": account.fault or None,
        "first": None if account.first < 0 else account.first,
        "last": None if account.last < 0 else account.last,
        "content_sha256": account.content_sha256,
    }  # fmt: skip


def _summary(case: Case, totals: Totals, seconds: float, home: Path) -> None:
    from actum.case import iso  # noqa: PLC0415 - see actum.cli

    extent = case.engine.extent()
    rate = totals.split / max(seconds, 1e-9)
    say(
        f"read {totals.deliveries:,} deliveries, {totals.content_size / 1e6:,.1f} MB,"
        f" in {seconds:.1f} s ({rate:,.0f} records/s)"
    )
    say(
        f"  {totals.split:,} records in them = {totals.records:,} stored"
        f" + {totals.duplicates:,} duplicates"
        + (f"   ({totals.copies:,} of the stored repeat an act in other bytes)" if totals.copies else "")
    )
    for source, count in totals.sources.most_common():
        say(f"  {count:>12,}  {source}")
    if extent.events:
        say(f"events from {iso(extent.earliest)} to {iso(extent.latest)}, {extent.timeless:,} without a time")
    elif not totals.split:
        say("nothing was in them: no file had any content")
    checkpoint = case.status().checkpoint
    if checkpoint is not None:
        say(f"sealed {checkpoint.size:,} records, root {checkpoint.root.hex()[:16]}…")
    say(f"case: {home}")
    say("next: actum stats · actum who <action> · actum search <query>")


def _troubles(totals: Totals, late: list[tuple[int, str, int, str]], count: int) -> None:
    for refused in totals.unreadable[:MOST_LISTED]:
        say(f"  not read {text_of(refused.origin)}: {text_of(refused.reason)}")
    if len(totals.unreadable) > MOST_LISTED:
        say(f"  … and {len(totals.unreadable) - MOST_LISTED:,} more that could not be opened")
    for index, origin, position, reason in late[:MOST_LISTED]:
        say(f"  unread   record {index}, {text_of(origin)}#{position}: {text_of(reason)}")
    if count > MOST_LISTED:
        say(f"  … {count:,} records in all are kept unread: actum search is:unread")
