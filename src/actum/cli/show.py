"""`actum show INDEX`: everything about one record."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from actum.cli.manners import Manners, is_terminal
from actum.cli.output import as_json, shown
from actum.errors import ActumError, VerificationFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from actum.case import Case
    from actum.record import Record

__all__ = ["show"]

LONGEST = 100_000
"""Of a raw record that is not JSON, this many characters are shown."""


@click.command()
@click.argument("index", type=click.IntRange(0), metavar="INDEX")
@click.option("--raw", is_flag=True, help="Only the raw bytes, exactly as stored.")
@click.option("-o", "--output", type=click.Choice(["text", "json"]))
@click.pass_obj
def show(manners: Manners, index: int, output: str | None, *, raw: bool) -> None:
    """Show one record: sentence, six questions, raw bytes, where they came from, proof."""
    with manners.case() as case:
        record = case.record(index)
        proof = _proof(case, index)
        events = [] if raw else case.engine.event(index)
    if raw:
        sys.stdout.buffer.write(record.raw)
    elif output == "json" or (output is None and not is_terminal()):
        click.echo(as_json(_as_json(record, events, proof), indent=2))
    else:
        _as_text(manners, record, events, proof)


def _proof(case: Case, index: int) -> tuple[str, str]:
    """Return PROVEN or NOT PROVEN, and what that rests on; a damaged record is not shown at all."""
    try:
        _, verdict = case.prove(index)
    except ActumError as error:
        if error.exit_code == VerificationFailed.exit_code:
            raise VerificationFailed(
                f"record {index} is damaged and is not shown",
                why=f"{error.what}: {error.why}" if error.why else error.what,
                todo="run `actum fsck`, and restore the file it names from a copy",
            ) from error
        return "NOT PROVEN", f"{error.what}: {error.why}" if error.why else error.what
    size = verdict.checkpoint.size
    return "PROVEN", f"included in checkpoint {size:,}, root {verdict.checkpoint.root.hex()[:16]}…"


def _as_json(
    record: Record, events: list[dict[str, Any]], proof: tuple[str, str]
) -> dict[str, object]:
    from actum.case import iso  # noqa: PLC0415 - see actum.cli
    from actum.ocsf.nested import to_ocsf  # noqa: PLC0415 - see actum.cli
    from actum.ocsf.sentence import sentence  # noqa: PLC0415 - see actum.cli

    return {
        "index": record.index,
        "kind": record.kind.name.lower(),
        "sentence": [sentence(event) for event in events],
        "provenance": {"origin": record.provenance.origin, "position": record.provenance.position},
        "received": iso(record.received).replace(" ", "T"),
        "feed": record.feed,
        "source": record.source,
        "proof": {"state": proof[0], "why": proof[1]},
        "events": [to_ocsf(event) for event in events],
        "raw": record.raw.decode("utf-8", "backslashreplace"),
    }


def _as_text(
    manners: Manners, record: Record, events: list[dict[str, Any]], proof: tuple[str, str]
) -> None:
    """Tell it in the order a reader asks.  Nothing is folded: what is copied from here is whole."""
    from rich.text import Text  # noqa: PLC0415 - see actum.cli

    from actum.case import iso  # noqa: PLC0415 - see actum.cli
    from actum.ocsf.sentence import sentence  # noqa: PLC0415 - see actum.cli

    console = manners.console()

    def line(text: str, style: str = "") -> None:
        console.print(Text(text, style), soft_wrap=True)

    for event in events:
        line(shown(sentence(event)), "bold")
        for text, style in _questions(event):
            line(text, style)
        line("")
    if not events:
        line(f"record {record.index} has no event: it is kept as bytes", "bold")
        line("")
    line("where it came from", "cyan")
    line(f"  record     {record.index} ({record.kind.name.lower()}, {shown(record.source)})")
    line(f"  origin     {shown(record.provenance.origin)}")
    line(f"  position   {record.provenance.position:,} (line or element, from 0)")
    line(f"  received   {iso(record.received)}")
    line(f"  feed       {shown(record.feed)}")
    line("")
    line("proof", "cyan")
    line(f"  {proof[0]}: {shown(proof[1])}", "green" if proof[0] == "PROVEN" else "yellow")
    line(f"  actum prove {record.index} > {record.index}.tlog-proof", "dim")
    line("")
    line(f"raw ({len(record.raw):,} bytes)", "cyan")
    line(_pretty(record.raw))


def _questions(event: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Tell what the record says to each of the six questions: lines and their styles."""
    from actum.ocsf.columns import COLUMNS, QUESTIONS  # noqa: PLC0415 - see actum.cli

    for question in QUESTIONS:
        if question == "truth":
            continue
        stated = [
            (column.name, shown(event[column.name]))
            for column in COLUMNS
            if column.question == question and event[column.name] is not None
        ]
        yield (question if stated else f"{question}  (the record does not say)"), "cyan"
        for name, value in stated:
            yield f"  {name:<26} {value}", ""
    if event["reason"]:
        yield f"unread: {shown(event['reason'])}", "yellow"
    if event["copy_of"] is not None:
        told = f"the same act as record {event['copy_of']}, which tells it in other bytes or whole"
        yield told, "yellow"


def _pretty(raw: bytes) -> str:
    """Return the raw record for eyes: indented if it is JSON.  `--raw` gives the exact bytes."""
    text = raw.decode("utf-8", "backslashreplace")
    try:
        keys: list[str] = []
        parsed = json.loads(text, object_pairs_hook=lambda pairs: _kept(pairs, keys))
        indented = json.dumps(parsed, indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        indented = ""
    if not indented or keys:  # a key told twice would be lost by indenting
        cut = "" if len(text) <= LONGEST else f"\n… {len(text) - LONGEST:,} more; --raw gives all"
        return "\n".join(shown(each) for each in text[:LONGEST].split("\n")) + cut
    return "\n".join(shown(each) for each in indented.split("\n"))


def _kept(pairs: list[tuple[str, Any]], twice: list[str]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for key, value in pairs:
        if key in kept:
            twice.append(key)
        kept[key] = value
    return kept
