"""`actum demo`: the whole path on a generated story, with its answers known beforehand."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from actum.cli.open import read_in
from actum.errors import VerificationFailed

if TYPE_CHECKING:
    from actum.case import Case
    from actum.cli.manners import Manners

__all__ = ["demo"]


@click.command()
@click.argument("folder", required=False, type=click.Path(file_okay=False))
@click.option("--events", default=20_000, show_default=True, help="How many, up to 10,000,000.")
@click.option("--seed", default=7, show_default=True, help="The same seed, the same files.")
@click.option("--files-only", is_flag=True, help="Write the files and stop.")
@click.pass_obj
def demo(manners: Manners, folder: str | None, events: int, seed: int, *, files_only: bool) -> None:
    """Write eight days of CloudTrail with one intrusion in them, and find out who it was.

    FOLDER is made (default: a temporary one).  The evidence goes to FOLDER/evidence, the case to
    FOLDER/case.  Exit code 0 means that every planted answer was found and proven.
    """
    from actum.demo import write_demo  # noqa: PLC0415 - see actum.cli

    made = Path(folder) if folder else Path(tempfile.mkdtemp(prefix="actum-demo-"))
    evidence, home = made / "evidence", made / "case"
    shutil.rmtree(evidence, ignore_errors=True)
    _step("1", f"write a story of {events:,} events")
    with manners.progress("writing", None) as bar:
        files = write_demo(evidence, events=events, seed=seed, progress=bar)
    click.echo(
        f"  {len(files.paths):,} files, {files.size / 1e6:,.1f} MB of records: eight days of"
        f" CloudTrail, {files.planted} planted acts, {files.duplicates} records delivered twice,"
        " one file cut short"
    )
    if files_only:
        click.echo(f"  they are in {evidence}")
        return
    with manners.case(write=True, home=home) as case:
        _step("2", "actum open evidence")
        totals, seconds = read_in(manners, case, (str(evidence),), as_lines=False)
        click.echo(
            f"  {totals.split:,} records in the files = {totals.records:,} stored +"
            f" {totals.duplicates:,} duplicates, in {seconds:.1f} s; the cut file gave what it had"
        )
        index = _who(case)
        _prove(case, index, made)
    _step("6", "actum verify")
    with manners.case(home=home) as case:
        found = case.verify()
    click.echo(f"  PROVEN  all {found.records:,} records are the ones that were sealed")
    click.echo(f"\nGo on with it:  actum --home {home} search 'actor:ci-deploy'")


def _step(number: str, what: str) -> None:
    click.echo(f"\n[{number}] {what}")


def _who(case: Case) -> int:
    """Ask (steps 3 and 4), and hold the answers against what was planted."""
    from actum.demo import ANSWERS  # noqa: PLC0415 - see actum.cli

    _step("3", f"actum who s3:DeleteBucket --target {ANSWERS.bucket}")
    deleted = _tell(case, f"action:s3:DeleteBucket target:{ANSWERS.bucket}")
    _step("4", "actum who cloudtrail:StopLogging")
    stopped = _tell(case, f"action:cloudtrail:StopLogging target:*{ANSWERS.trail}")
    _step("  ", f"and back along the keys: {' → '.join(ANSWERS.chain)}")
    chain = [_tell(case, f"key:{key} -op:read", most=3) for key in ANSWERS.chain]
    found = {
        "the deletion": any(each["metadata_uid"] == ANSWERS.deleted_event for each in deleted),
        "the failed attempt": any(
            each["metadata_uid"] == ANSWERS.attempt_event for each in deleted
        ),
        "who stopped the trail": any(
            each["metadata_uid"] == ANSWERS.stopped_event for each in stopped
        ),
        "each key of the chain": all(chain),
    }
    missing = [what for what, is_there in found.items() if not is_there]
    if missing:
        raise VerificationFailed(
            f"the demo did not find {', '.join(missing)}",
            why="the planted answers are known, and these are not among the events",
            todo="report this with the output above",
        )
    return next(
        int(each["index"]) for each in deleted if each["metadata_uid"] == ANSWERS.deleted_event
    )


def _tell(case: Case, query: str, *, most: int = 10) -> list[dict[str, Any]]:
    from actum.cli.output import shown  # noqa: PLC0415 - see actum.cli
    from actum.ocsf.sentence import sentence  # noqa: PLC0415 - see actum.cli

    answer = case.search(query, limit=most)
    events = list(answer.dicts())
    for event in events:
        origin = event["src_endpoint_ip"] or event["src_endpoint_domain"]
        click.echo(
            f"  {event['index']:>7}  {shown(event['time'])}  {shown(sentence(event))}"
            f"  from {shown(origin)}  key {shown(event['actor_user_credential_uid'])}"
        )
    if answer.total > len(events):
        click.echo(f"           … {answer.total:,} in all")
    return events


def _prove(case: Case, index: int, folder: Path) -> None:
    from actum.proof.tlog_proof import verify_record  # noqa: PLC0415 - see actum.cli

    _step("5", f"actum prove {index} > {index}.tlog-proof ; actum verify {index}.tlog-proof")
    proof, _ = case.prove(index)
    raw = case.record(index).raw
    (folder / f"{index}.tlog-proof").write_bytes(proof)
    (folder / f"{index}.raw").write_bytes(raw)
    for claim in verify_record(proof, case.entry.vkey, raw).claims:
        click.echo(
            f"  {claim.state.value:<11} {claim.text}" + (f" ({claim.why})" if claim.why else "")
        )
