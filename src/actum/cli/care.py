"""`actum stats`, `fsck`, `rebuild`, `log list`: looking after a home."""

from __future__ import annotations

import click

from actum.cli.manners import Manners, say, text_of
from actum.cli.output import emit, output_options

__all__ = ["fsck", "log", "rebuild", "stats"]


@click.command()
@output_options
@click.pass_obj
def stats(manners: Manners, output: str | None) -> None:
    """What the log holds: events by source, their extent, the size on disk, what is sealed."""
    from actum.case import iso  # noqa: PLC0415 - see actum.cli

    with manners.case() as case:
        status, extent = case.status(), case.engine.extent()
        rows = [
            (source, events, unread, iso(earliest), iso(latest))
            for source, events, unread, earliest, latest in case.engine.by_source()
        ]
    emit(manners, output, ("source", "events", "unread", "earliest", "latest"), rows)
    sealed = status.checkpoint.size if status.checkpoint else 0
    say(f"log      {status.entry.name} in {status.home}")
    say(
        f"records  {status.records:,} ({status.in_journal:,} of them in the journal,"
        f" the rest in {status.segments} segments)"
    )
    say(f"sealed   {sealed:,}, {status.records - sealed:,} not yet")
    say(
        f"events   {extent.events:,} from {iso(extent.earliest)} to {iso(extent.latest)};"
        f" {extent.timeless:,} without a time, {extent.unread:,} unread, {extent.copies:,} hidden"
        " as copies"
    )
    say(
        f"size     {status.raw_size / 1e6:,.1f} MB raw,"
        f" {status.stored_size / 1e6:,.1f} MB in segments"
    )


@click.command()
@output_options
@click.pass_obj
def fsck(manners: Manners, output: str | None) -> None:
    """Look at every file for damage.  Changes nothing; exit code 4 when evidence is touched."""
    with manners.case() as case:
        size = case.status().records if _countable(case) else None
        with manners.progress("checking", size) as bar:
            findings = case.fsck(seen=bar)
    if findings:
        rows = [
            ("note" if each.harmless else "DAMAGED", text_of(each.where), text_of(each.what), each.todo)
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
    with manners.case(write=True) as case:
        with manners.progress("rebuilding", case.status().records) as bar:
            count = case.rebuild(seen=bar)
    say(f"rebuilt the events of {count} {'segment' if count == 1 else 'segments'}")


@click.group()
def log() -> None:
    """The logs of this home."""


@log.command("list")
@output_options
@click.pass_obj
def list_(manners: Manners, output: str | None) -> None:
    """Each log: its name, its origin in checkpoints, when it was made, its public key."""
    from actum.case import iso  # noqa: PLC0415 - see actum.cli

    with manners.case() as case:
        rows = [(each.name, each.origin, iso(each.created), each.vkey) for each in case.logs()]
    emit(manners, output, ("name", "origin", "created", "key"), rows)
