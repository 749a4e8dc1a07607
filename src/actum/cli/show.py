"""`actum show INDEX`: everything about one record."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from actum.cli.manners import Manners, is_terminal
from actum.cli.output import shown
from actum.errors import ActumError

if TYPE_CHECKING:
    from actum.case import Case
    from actum.record import Record

__all__ = ["show"]


@click.command()
@click.argument("index", type=click.IntRange(0))
@click.option("--raw", is_flag=True, help="Only the raw bytes, exactly as stored.")
@click.option("-o", "--output", type=click.Choice(["text", "json"]))
@click.pass_obj
def show(manners: Manners, index: int, output: str | None, *, raw: bool) -> None:
    """One record: the sentence, the six questions, the raw bytes, where they came from, the proof."""
    with manners.case() as case:
        record = case.record(index)
        if raw:
            proven, why = _proof(case, index)
            if proven == "FAILED":
                raise click.ClickException(f"record {index} is damaged and is not shown: {why}")
            sys.stdout.buffer.write(record.raw)
            return
        events = case.engine.event(index)
        proof = _proof(case, index)
    if proof[0] == "FAILED":
        raise click.ClickException(f"record {index} is damaged and is not shown: {proof[1]}")
    if output == "json" or (output is None and not is_terminal()):
        click.echo(json.dumps(_as_json(record, events, proof), ensure_ascii=False, indent=2))
    else:
        _as_text(manners, record, events, proof)


def _proof(case: Case, index: int) -> tuple[str, str]:
    """PROVEN, FAILED or NOT PROVEN, and what that rests on."""
    try:
        _, verdict = case.prove(index)
    except ActumError as error:
        state = "FAILED" if error.exit_code == 4 else "NOT PROVEN"
        return state, f"{error.what}: {error.why}" if error.why else error.what
    size = verdict.checkpoint.size
    return "PROVEN", f"included in checkpoint {size:,}, root {verdict.checkpoint.root.hex()[:16]}…"


def _as_json(
    record: Record, events: list[dict[str, Any]], proof: tuple[str, str]
) -> dict[str, object]:
    from actum.case import iso  # noqa: PLC0415 - see actum.cli
    from actum.ocsf.nested import to_ocsf  # noqa: PLC0415
    from actum.ocsf.sentence import sentence  # noqa: PLC0415

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
    from rich.text import Text  # noqa: PLC0415 - see actum.cli

    from actum.case import iso  # noqa: PLC0415
    from actum.ocsf.columns import COLUMNS, QUESTIONS  # noqa: PLC0415
    from actum.ocsf.sentence import sentence  # noqa: PLC0415

    console = manners.console()
    for event in events:
        console.print(Text(shown(sentence(event)), "bold"))
        for question in (each for each in QUESTIONS if each != "truth"):
            stated = [
                (column.name, shown(event[column.name]))
                for column in COLUMNS
                if column.question == question and event[column.name] is not None
            ]
            console.print(Text(f"\n{question}", "cyan"), end="")
            if not stated:
                console.print(Text("  (the record does not say)", "dim"), end="")
            for name, value in stated:
                console.print(Text(f"\n  {name:<28} {value}"), end="")
        if event["reason"]:
            console.print(Text(f"\n\nunread: {shown(event['reason'])}", "yellow"), end="")
        console.print()
    console.print(Text("\nwhere it came from", "cyan"))
    console.print(Text(f"  record     {record.index} ({record.kind.name.lower()}, {shown(record.source)})"))
    console.print(Text(f"  origin     {shown(record.provenance.origin)}"))
    console.print(Text(f"  position   {record.provenance.position} (line or element, from 0)"))
    console.print(Text(f"  received   {iso(record.received)}   feed {shown(record.feed)}"))
    console.print(Text("\nproof", "cyan"))
    console.print(Text(f"  {proof[0]}: {shown(proof[1])}", "green" if proof[0] == "PROVEN" else "red"))
    console.print(Text(f"  actum prove {record.index} > {record.index}.tlog-proof", "dim"))
    console.print(Text("\nraw", "cyan"))
    console.print(Text(_pretty(record.raw)), soft_wrap=True)


def _pretty(raw: bytes) -> str:
    """The raw record for eyes: indented if it is JSON.  `--raw` gives the exact bytes."""
    text = raw.decode("utf-8", "backslashreplace")
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return shown(text[:100_000])
    indented = json.dumps(parsed, indent=2, ensure_ascii=False)
    return "\n".join(shown(line) for line in indented.split("\n"))
