"""`actum stats`, `fsck`, `rebuild`, `log list`: looking after a home."""

from __future__ import annotations

import click

from actum.cli.manners import Manners, say, sized, text_of
from actum.cli.output import emit, is_table, output_options

__all__ = ["fsck", "log", "rebuild", "stats", "to_second"]


@click.command()
@output_options
@click.pass_obj
def stats(manners: Manners, output: str | None) -> None:
    """Tell what the log holds: events by source, their extent, size on disk, what is sealed."""
    from actum.case import iso  # noqa: PLC0415 - see actum.cli

    with manners.case() as case:
        status, extent = case.status(), case.engine.extent()
        rows = [
            (source, events, unread, to_second(earliest), to_second(latest))
            for source, events, unread, earliest, latest in case.engine.by_source()
        ]
    if rows or not is_table(output):
        emit(manners, output, ("source", "events", "unread", "earliest", "latest"), rows)
    sealed = status.checkpoint.size if status.checkpoint else 0
    say(f"log      {text_of(status.entry.name)} in {text_of(str(status.home))}")
    say(f"records  {status.records:,} ({status.in_journal:,} in the journal,"
        f" {status.records - status.in_journal:,} in {_segments(status.segments)})")  # fmt: skip
    say(f"sealed   {sealed:,}, {status.records - sealed:,} not yet")
    say(f"events   {extent.events:,}, {extent.timeless:,} without a time, {extent.unread:,} unread,"
        f" {extent.copies:,} copies")  # fmt: skip
    if extent.earliest is not None:
        say(f"time     {iso(extent.earliest)} to {iso(extent.latest)}")
    say(f"size     {sized(status.raw_size)} raw,"
        f" {sized(status.stored_size)} in segments")  # fmt: skip
    if not extent.events:
        say("next: actum open PATH…")


def to_second(micros: int | None) -> str:
    """Return a time to the second: a summary is not evidence."""
    from actum.case import iso  # noqa: PLC0415 - see actum.cli

    return "" if micros is None else iso(micros // 1_000_000 * 1_000_000)


def _segments(count: int) -> str:
    return f"{count:,} {'segment' if count == 1 else 'segments'}"


@click.command()
@output_options
@click.pass_obj
def fsck(manners: Manners, output: str | None) -> None:
    """Look at every file for damage.  Changes nothing; exit code 4 when evidence is touched."""
    with manners.case() as case:
        size = case.status().records if _countable(case) else None
        with manners.progress("checking", size, unit="records") as bar:
            findings = case.fsck(seen=bar)
    if findings:
        rows = [
            (
                "note" if each.harmless else "DAMAGED",
                text_of(each.where),
                text_of(each.what),
                each.todo,
            )
            for each in findings
        ]
        emit(manners, output, ("state", "file", "finding", "do"), rows)
    if any(not each.harmless for each in findings):
        raise click.exceptions.Exit(4)
    say("clean: every file is the one that was written, and the tree holds")


def _countable(case: object) -> bool:
    from actum.errors import ActumError  # noqa: PLC0415 - see actum.cli

    try:
        case.status()  # type: ignore[attr-defined]
    except ActumError:
        return False
    return True


@click.command()
@click.pass_obj
def rebuild(manners: Manners) -> None:
    """Derive events and kept hashes again from the records.  The evidence is not touched."""
    with manners.case(write=True) as case:  # noqa: SIM117 - the size is the case's
        with manners.progress("rebuilding", case.status().records, unit="records") as bar:
            count = case.rebuild(seen=bar)
    say(f"rebuilt the events of {_segments(count)}")


@click.group()
def log() -> None:
    """Look at the logs of this home."""


@log.command("list")
@output_options
@click.pass_obj
def list_(manners: Manners, output: str | None) -> None:
    """Each log: its name, its origin in checkpoints, when it was made, its public key."""
    from actum.case import iso  # noqa: PLC0415 - see actum.cli

    with manners.case() as case:
        rows = [(each.name, each.origin, iso(each.created), each.vkey) for each in case.logs()]
    emit(manners, output, ("name", "origin", "created", "key"), rows)
