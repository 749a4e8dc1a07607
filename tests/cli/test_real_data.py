"""Real CloudTrail, counted and asked by hand first: the program may not know better or less."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli.program import Ran, actum

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "aws-cloudtrail"
SCENARIO = DATA / "scenario-invictus-stratus-2023"
pytestmark = pytest.mark.skipif(
    not SCENARIO.is_dir(), reason="the public data sets lie beside the checkout, and do not here"
)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, Ran, str]:
    """Open all of it twice."""
    home = str(tmp_path_factory.mktemp("real") / "home")
    first = actum("--home", home, "open", str(DATA))
    return first, actum("--home", home, "open", str(DATA)), home


def elements(path: Path) -> int:
    """Count what a file holds: with the json module, and nothing of Actum's."""
    content = path.read_bytes()
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    try:
        whole = json.loads(content)
    except ValueError:
        return sum(1 for line in content.splitlines() if line.strip())
    if isinstance(whole, list):
        return len(whole)
    for key in ("Records", "Events"):
        if isinstance(whole, dict) and isinstance(whole.get(key), list):
            return len(whole[key])
    return 1


def test_every_file_is_read_and_nothing_in_it_is_dropped(opened: tuple[Ran, Ran, str]) -> None:
    first, _, _ = opened
    *each, total = first.rows
    counted = {str(path): elements(path) for path in DATA.rglob("*") if path.is_file()}
    assert {row["origin"]: row["split"] for row in each} == counted
    assert total["split"] == sum(counted.values())
    assert total["not_read"] == []
    assert total["faults"] == 0
    assert first.code == 0


def test_records_are_what_was_split_less_the_duplicates(opened: tuple[Ran, Ran, str]) -> None:
    first, again, home = opened
    for ran in (first, again):
        *each, total = ran.rows
        for row in (*each, total):
            assert row["records"] == row["split"] - row["duplicates"], row
        assert sum(row["records"] for row in each) == total["records"]
        assert sum(row["duplicates"] for row in each) == total["duplicates"]
    stats = actum("--home", home, "stats").rows
    stored = sum(row["events"] for row in stats if row["source"] != "actum")
    assert stored == first.rows[-1]["records"]


def test_the_known_duplicates_of_one_folder_are_found(opened: tuple[Ran, Ran, str]) -> None:
    """Its README counted them: 3,238 records, 726 of them delivered twice."""
    first, _, _ = opened
    truth = json.loads((DATA / "truth" / "sans504-counts.json").read_text())
    rows = [row for row in first.rows[:-1] if "/s3-tree-sans504-2021-08-02/" in row["origin"]]
    json_rows = [row for row in rows if row["framing"] == "json_records"]
    assert sum(row["split"] for row in json_rows) == truth["records"]
    assert sum(row["duplicates"] for row in json_rows) == truth["repeated_eventID"]


def test_opening_it_again_stores_nothing(opened: tuple[Ran, Ran, str]) -> None:
    first, again, home = opened
    total = again.rows[-1]
    assert (total["records"], total["duplicates"]) == (0, first.rows[-1]["split"])
    assert "nothing new" in again.err
    assert actum("--home", home, "verify").code == 0


def acts(operation: str) -> Iterator[dict[str, Any]]:
    """Every act of that name in the scenario, from the raw, once each."""
    seen = set()
    for path in sorted(SCENARIO.rglob("*")):
        if not path.is_file() or ".json" not in path.name:
            continue
        content = path.read_bytes()
        if content[:2] == b"\x1f\x8b":
            content = gzip.decompress(content)
        for record in json.loads(content)["Records"]:
            if record["eventName"] == operation and record["eventID"] not in seen:
                seen.add(record["eventID"])
                yield record


def identity(record: dict[str, Any]) -> tuple[str, ...]:
    """Name who it was, as CloudTrail does: the user, or the role and its session."""
    said = record["userIdentity"]
    if said["type"] == "AssumedRole":
        return (said["sessionContext"]["sessionIssuer"]["userName"], said["arn"].split("/")[-1])
    return (said.get("userName") or said["arn"],)


@pytest.mark.parametrize("operation", ["CreateUser", "StopLogging", "PutBucketPolicy"])
def test_who_names_the_identities_the_raw_names(operation: str, scenario: str) -> None:
    rows = actum("--home", scenario, "who", operation).rows
    expected = {
        record["eventID"]: (
            *identity(record),
            record["sourceIPAddress"],
            record["userIdentity"].get("accessKeyId"),
            "failure" if record.get("errorCode") else "success",
        )
        for record in acts(operation)
    }
    assert expected
    found = {}
    for row in rows:
        who = (row["who"], row["session"]) if row["type"] == "AssumedRole" else (row["who"],)
        found[row["event"]] = (*who, row["ip"], row["credential"], row["status"])
    assert found == expected


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Open the scenario alone."""
    home = str(tmp_path_factory.mktemp("scenario") / "home")
    assert actum("--home", home, "open", str(SCENARIO)).code == 0
    return home


def test_a_proof_is_verified_without_actum(scenario: str, tmp_path: Path) -> None:
    index = actum("--home", scenario, "who", "StopLogging").rows[0]["index"]
    proof = actum("--home", scenario, "prove", str(index))
    key = next(line for line in proof.err.splitlines() if line.startswith("key: "))[5:]
    (tmp_path / "p.tlog-proof").write_text(proof.out)
    (tmp_path / "raw").write_text(actum("--home", scenario, "show", str(index), "--raw").out)
    from actum.proof import standalone

    shutil.copy(standalone.__file__, tmp_path / "standalone.py")
    command = [sys.executable, "-I", "standalone.py", "p.tlog-proof", "--record", "raw"]
    ran = subprocess.run(
        [*command, "--key", key], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (tmp_path / "raw").write_text((tmp_path / "raw").read_text().replace("StopLogging", "Nothing"))
    forged = subprocess.run(
        [*command, "--key", key], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert forged.returncode != 0
