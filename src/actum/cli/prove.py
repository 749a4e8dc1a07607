"""`actum prove`, `actum verify`, `actum checkpoint`: the evidence."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from actum.cli.manners import Manners, is_terminal, say, sized
from actum.cli.output import as_json
from actum.errors import UsageError, VerificationFailed

__all__ = ["checkpoint", "prove", "verify"]


@click.command()
@click.argument("index", type=click.IntRange(0))
@click.pass_obj
def prove(manners: Manners, index: int) -> None:
    """Write the .tlog-proof of one record to standard output.

    The proof is checked before it is given.  The log's public key is said on standard error:
    whoever verifies needs it from a source they trust.
    """
    with manners.case() as case:
        proof, verdict = case.prove(index)
        vkey = case.entry.vkey
    sys.stdout.buffer.write(proof)
    say(
        f"record {index} is in checkpoint {verdict.checkpoint.size:,}"
        f" of {verdict.checkpoint.origin}"
    )
    say(f"key: {vkey}")
    say(f"next: actum show {index} --raw > raw && actum verify PROOF --record raw --key '{vkey}'")


@click.command()
@click.argument("proof", required=False, type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--record", type=click.Path(exists=True, dir_okay=False), help="The raw record the proof is of."
)
@click.option("--key", help="The log's public key, or a file with it.  [default: this home's]")
@click.option("-o", "--output", type=click.Choice(["text", "json"]))
@click.pass_obj
def verify(
    manners: Manners, proof: str | None, record: str | None, key: str | None, output: str | None
) -> None:
    """Check a proof file, or without one the whole log.  Exit code 4 when it does not hold."""
    as_lines = output == "json" or (output is None and not is_terminal())
    if proof is None:
        if record:
            raise UsageError("--record belongs to a proof file", todo="name the proof file first")
        _whole_log(manners, key, as_lines=as_lines)
    else:
        _one_proof(manners, Path(proof), record, key, as_lines=as_lines)


def _whole_log(manners: Manners, key: str | None, *, as_lines: bool) -> None:
    import time  # noqa: PLC0415 - see actum.cli

    started = time.monotonic()
    with manners.case() as case:
        size = case.status().records
        with manners.progress("verifying", size, unit="records") as bar:
            found = case.verify(key=_key(manners, key) if key else None, seen=bar)
    seconds = time.monotonic() - started
    if as_lines:
        line = {
            "verified": found.records, "unsealed": found.unsealed,
            "origin": found.checkpoint.origin,
            "root": found.checkpoint.root.hex(), "raw_bytes": found.raw_size,
            "seconds": round(seconds, 3), "witnessed": False,
        }  # fmt: skip
        click.echo(as_json(line))
    else:
        click.echo(
            f"PROVEN      {found.records:,} records are the ones that were sealed;"
            f" root {found.checkpoint.root.hex()[:16]}…"
        )
    if key is None:
        say("NOT PROVEN  the key: it is this home's own; give the one you were told with --key")
    if found.unsealed:
        say(f"NOT PROVEN  {found.unsealed:,} records came after the last checkpoint")
    say(
        "NOT PROVEN  a witness: on one machine the log is tamper-evident only once a witness or a"
        " copy outside exists"
    )
    rate = found.raw_size / max(seconds, 1e-9)
    say(f"{sized(found.raw_size)} in {seconds:.1f} s ({sized(rate)}/s)")


def _one_proof(
    manners: Manners, proof: Path, record: str | None, key: str | None, *, as_lines: bool
) -> None:
    from actum.proof.tlog_proof import verify_record  # noqa: PLC0415 - see actum.cli

    raw = Path(record).read_bytes() if record else None
    verdict = verify_record(proof.read_bytes(), _key(manners, key), raw)
    if as_lines:
        claims = [
            {"claim": each.text, "state": each.state.value, "why": each.why or None}
            for each in verdict.claims
        ]
        click.echo(as_json({"proven": verdict.proven, "claims": claims}))
    else:
        for each in verdict.claims:
            why = f" ({each.why})" if each.why else ""
            click.echo(f"{each.state.value:<11} {each.text}{why}")
    if not verdict.proven:
        raise VerificationFailed(
            f"{proof.name!r} is not proven",
            why="a claim failed" if verdict.failed else "a claim could not be checked",
            todo="" if verdict.failed else "give the raw record with --record",
        )


def _key(manners: Manners, key: str | None) -> str:
    if key is None:
        with manners.case() as case:
            return case.entry.vkey
    if "+" not in key and Path(key).is_file():
        return Path(key).read_text().strip()
    return key.strip()


@click.command()
@click.option("--seal", is_flag=True, help="Seal what is not sealed yet first.")
@click.option("--key", "with_key", is_flag=True, help="Print the public key instead.")
@click.pass_obj
def checkpoint(manners: Manners, *, seal: bool, with_key: bool) -> None:
    """Print the signed head of the log: keep it somewhere else, and nobody can shorten the log."""
    with manners.case(write=seal) as case:
        if seal:
            case.log().seal()
        if with_key:
            click.echo(case.entry.vkey)
            return
        note = case.checkpoint()
    if not note:
        raise UsageError(
            "the log has no checkpoint yet", why="nothing is sealed", todo="actum checkpoint --seal"
        )
    sys.stdout.buffer.write(note)
