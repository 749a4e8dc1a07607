"""`actum sources` and `actum source`: what the log reads, how well, and how to teach it more."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from actum.cli.manners import Manners, is_terminal, say, text_of
from actum.cli.output import as_json, emit, is_table, output_options
from actum.errors import UsageError

if TYPE_CHECKING:
    from actum.query.survey import SourceFacts

__all__ = ["source", "sources"]

MOST_TRIED = 1_000


@click.group(invoke_without_command=True)
@output_options
@click.option("--all", "every", is_flag=True, help="Also the sources the log has nothing of.")
@click.pass_context
def sources(ctx: click.Context, output: str | None, *, every: bool) -> None:
    """Tell what the log holds of each source, and how well it was read.

    \b
    actum sources                  read, unread, unmapped, first and last of each source
    actum sources show okta        reasons, kinds and members not understood
    actum sources reread           give what is stored to the sources again
    """  # noqa: D301 - click's mark for lines to keep
    if ctx.invoked_subcommand is not None:
        return
    from actum.query.survey import survey  # noqa: PLC0415 - see actum.cli

    manners: Manners = ctx.obj
    if every and not (manners.home_path() / "catalog.db").exists():
        _known(manners, output, {})
        return
    with manners.case() as case:
        facts = survey(case.engine)
        known = {name: each.TITLE for name, each in case.sources.items()}
    if every:
        _known(manners, output, {each.source: each for each in facts})
        return
    # Across a terminal only what a person acts upon; a pipe gets all of it.
    columns = _SHOWN if is_table(output) else _COLUMNS
    told = [dict(zip(_COLUMNS, _row(each), strict=True)) for each in facts]
    emit(manners, output, columns, [[each[name] for name in columns] for each in told])
    if not {each.source for each in facts} - {"actum"}:
        say("the log holds nothing but Actum's own records; next: actum open PATH…")
    for each in facts:
        if each.is_falling:
            say(
                f"  {text_of(each.source)}: {each.read_lately:.0%} could be read lately,"
                f" {each.read_before:.0%} before: look at actum sources show {each.source}"
            )
    unknown = sorted({each.source for each in facts} - set(known))
    if unknown:
        say(f"  no longer known: {', '.join(map(text_of, unknown))}")


_SHOWN = ("source", "events", "unread", "unmapped", "unclassed", "duplicates", "latest")
_COLUMNS = (
    *_SHOWN[:-1], "no time", "copies", "earliest", "latest", "received", "read before",
    "read lately",
)  # fmt: skip


def _row(each: SourceFacts) -> tuple[object, ...]:
    from actum.cli.care import to_second  # noqa: PLC0415 - see actum.cli

    return (
        each.source, each.events, each.unread, each.unmapped, each.unclassed, each.duplicates,
        each.timeless, each.copies, to_second(each.earliest), to_second(each.latest),
        to_second(each.last_received), each.read_before, each.read_lately,
    )  # fmt: skip


def _known(manners: Manners, output: str | None, facts: dict[str, SourceFacts]) -> None:
    """List every source there is, held or not."""
    from actum.sources import SOURCES  # noqa: PLC0415 - see actum.cli

    rows = [
        (name, each.TITLE, each.SUPPORT, each.SIGNS, facts[name].events if name in facts else 0)
        for name, each in SOURCES.items()
    ]
    emit(manners, output, ("source", "product", "known from", "recognised by", "events"), rows)


@sources.command("show")
@click.argument("name", metavar="SOURCE")
@click.option("-o", "--output", type=click.Choice(["text", "json"]), help="[default: by terminal]")
@click.pass_obj
def show(manners: Manners, name: str, output: str | None) -> None:
    """Tell what of one source is not understood: reasons, kinds of event, members."""
    from actum.query.survey import drift  # noqa: PLC0415 - see actum.cli

    with manners.case() as case:
        known = case.sources.get(name)
        found = drift(case.engine, name, known.MAPPING.known if known else frozenset())
    if output == "json" or (output is None and not is_terminal()):
        click.echo(
            as_json(
                {
                    "source": name,
                    "reasons": [
                        {"reason": reason, "events": count, "first": first}
                        for reason, count, first in found.reasons
                    ],
                    "kinds": [{"operation": kind, "events": n} for kind, n in found.kinds],
                    "members": [{"member": key, "records": n} for key, n in found.members],
                    "sampled": found.sampled,
                }
            )
        )
        return
    if known is not None:
        click.echo(f"{known.TITLE} ({name}), mapping version {known.VERSION}")
        click.echo(f"recognised by {known.SIGNS}")
    _list("could not be read", [(f"{text_of(reason)} (first: record {first})", count)
                                for reason, count, first in found.reasons])  # fmt: skip
    _list("of a kind the mapping does not class", [(text_of(k or "(unnamed)"), n)
                                                   for k, n in found.kinds])  # fmt: skip
    _list(
        f"members no column speaks for, in {found.sampled:,} records",
        [(text_of(key), count) for key, count in found.members],
    )
    if not (found.reasons or found.kinds or found.members):
        click.echo("all of it is understood")


def _list(title: str, rows: list[tuple[str, int]]) -> None:
    if rows:
        click.echo(f"\n{title}:")
        for text, count in rows:
            click.echo(f"{count:>10,}  {text}")


@sources.command("reread")
@click.option(
    "--source", "said", default="", metavar="NAME[:OPTIONS]",
    help="What the deliveries are; without it they are recognised again.",
)  # fmt: skip
@click.option(
    "--origin", default="*", show_default=True, help="Only deliveries whose path matches."
)
@click.option("--all", "everything", is_flag=True, help="Also what is read with today's mappings.")
@click.pass_obj
def reread(manners: Manners, said: str, origin: str, *, everything: bool) -> None:
    """Give what is stored to the sources again.  The evidence and its proofs stay untouched.

    Records of older mappings are mapped anew, and what was kept as plain JSON or text is offered
    to every source.  Lines that belong together in one record are not joined later: open the file
    again for that.
    """
    if origin != "*" and not said:
        raise UsageError(
            "--origin says which deliveries, not what they are",
            why="without --source everything is recognised again",
            todo="name what they are: --source NAME[:OPTIONS]",
        )
    with manners.case(write=True) as case:  # noqa: SIM117 - the size is the case's
        with manners.progress("rereading", case.status().records, unit="records") as bar:
            done = case.reread(origin=origin, source=said, everything=everything, seen=bar)
    say(
        f"read again: {done.segments:,} segments written anew,"
        f" {done.changed:,} records are of another source now"
    )


@click.group()
def source() -> None:
    """Teach Actum a kind of log: what a path is, or what a format's members mean."""


@source.command("guess")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@output_options
@click.pass_obj
def guess(manners: Manners, paths: tuple[str, ...], output: str | None) -> None:
    """Tell what each file would be recognised as, how surely and why.  Stores nothing."""
    from actum.collect import Unreadable, collect  # noqa: PLC0415 - see actum.cli
    from actum.trial import guess as guessed  # noqa: PLC0415 - see actum.cli

    rows: list[tuple[object, ...]] = []
    for arrival in collect(list(paths)):
        if isinstance(arrival, Unreadable):
            rows.append((arrival.origin, "", 0, 0.0, arrival.reason))
            continue
        found = guessed(arrival)
        rows += [(arrival.origin, *each) for each in found] or [
            (arrival.origin, "", 0, 0.0, "nothing is in it")
        ]
    emit(manners, output, ("file", "source", "records", "confidence", "because"), rows)


@source.command("set")
@click.argument("pattern", metavar="PATTERN")
@click.argument("name", metavar="NAME[:OPTIONS]")
@click.pass_obj
def set_(manners: Manners, pattern: str, name: str) -> None:
    """Say what deliveries are whose path matches PATTERN, for every later `actum open`."""
    with manners.case(write=True) as case:
        case.set_path_rule(pattern, name)
    say(f"from now on {text_of(pattern)} is {text_of(name)}")
    say("for what is stored already: actum sources reread")


@source.command("unset")
@click.argument("pattern", metavar="PATTERN")
@click.pass_obj
def unset(manners: Manners, pattern: str) -> None:
    """Take back what was said of PATTERN."""
    with manners.case(write=True) as case:
        if pattern not in {each.match for each in case.path_rules()}:
            raise UsageError(
                f"nothing was said of {pattern!r}",
                why="no path rule has that pattern",
                todo="see `actum source rules`",
            )
        case.set_path_rule(pattern, "")
    say(f"{text_of(pattern)} is recognised by its content again")


@source.command("rules")
@output_options
@click.pass_obj
def rules(manners: Manners, output: str | None) -> None:
    """List what was said of paths, in the order it counts."""
    with manners.case() as case:
        rows = [(each.match, each.told.source, each.told.options) for each in case.path_rules()]
    emit(manners, output, ("pattern", "source", "options"), rows)
    if not rows and is_table(output):
        say("every path is recognised by its content; actum source set PATTERN NAME changes that")


@source.command("try")
@click.argument("mapping", type=click.Path(dir_okay=False))
@click.argument("sample", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--limit", default=5, show_default=True, help="How many events to show.")
@click.option("-o", "--output", type=click.Choice(["text", "json"]), help="[default: by terminal]")
@click.pass_obj
def try_(manners: Manners, mapping: str, sample: str, limit: int, output: str | None) -> None:
    """Read a sample with a mapping file and show the six questions filled in.  Stores nothing."""
    from actum.ocsf import sentence  # noqa: PLC0415 - see actum.cli
    from actum.sources.declared import declare  # noqa: PLC0415 - see actum.cli
    from actum.trial import events_of  # noqa: PLC0415 - see actum.cli

    declared = declare(_content(mapping).decode("utf-8", "replace"), Path(mapping).name)
    events = events_of(_content(sample), declared)
    own = [each for each in events if each["source"] == declared.NAME]
    if output == "json" or (output is None and not is_terminal()):
        for event in events[:limit]:
            click.echo(as_json({k: _plain(v) for k, v in event.items() if v is not None}))
    else:
        for event in events[:limit]:
            click.echo(f"\n{text_of(sentence(event))}")
            _six(manners, event)
    unread = sum(each["reason"] is not None for each in own)
    say(f"{len(events):,} events, {len(own):,} of {declared.NAME}, {unread:,} of them unread")
    if not own:
        raise UsageError(
            f"no record of the sample is a {declared.NAME}",
            why="nothing in it matches what the mapping recognises its records by",
            todo="look at [match] in the mapping",
        )


def _six(manners: Manners, event: dict[str, Any]) -> None:
    from actum.cli.output import shown  # noqa: PLC0415 - see actum.cli
    from actum.ocsf.columns import COLUMNS, QUESTIONS  # noqa: PLC0415 - see actum.cli

    del manners
    for question in QUESTIONS:
        filled = [
            f"{each.name} = {text_of(shown(event[each.name]))}"
            for each in COLUMNS
            if each.question == question and event[each.name] is not None
            and each.name not in _LEFT_OUT
        ]  # fmt: skip
        click.echo(f"  {question:<11} {'  '.join(filled) or '—'}")


_LEFT_OUT = ("index", "part", "received_time")


def _plain(value: object) -> object:
    from actum.cli.output import shown  # noqa: PLC0415 - see actum.cli

    return value if isinstance(value, str | int | float | bool | list) else shown(value)


@source.command("new")
@click.argument("sample", type=click.Path(dir_okay=False, allow_dash=True), default="-")
@click.option("--name", default="my_source", show_default=True, help="The source's own name.")
@click.pass_obj
def new(manners: Manners, sample: str, name: str) -> None:
    """Propose a mapping from sample lines (a file, or pasted into standard input).

    Print it; keep it as sources/NAME.toml in the home, and try it with `actum source try`.
    """
    from actum.sources.declared_proposal import propose  # noqa: PLC0415 - see actum.cli

    if sample == "-" and sys.stdin.isatty():
        say("paste some lines of the log, then press Ctrl-D")
    lines = [each for each in _content(sample).split(b"\n") if each.strip()][:MOST_TRIED]
    click.echo(propose(lines, name=name), nl=False)
    say(f"next: keep it as {text_of(str(manners.home_path() / 'sources' / name))}.toml")


def _content(sample: str) -> bytes:
    """The first megabytes of a sample."""
    try:
        if sample == "-":
            return sys.stdin.buffer.read(_MOST_READ)
        with Path(sample).open("rb") as file:
            return file.read(_MOST_READ)
    except OSError as error:
        raise UsageError(
            f"the sample {sample!r} cannot be read",
            why=error.strerror or str(error),
            todo="name a file that holds some records, or - for standard input",
        ) from error


_MOST_READ = 8 << 20
