"""The demo story, from files to proof, held against the answers that were planted in it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import actum as library
from actum.demo import ANSWERS, DemoFiles, write_demo
from cli.program import Ran, actum

EVENTS = 5_000


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> tuple[DemoFiles, Ran, str]:
    """Write it and open it."""
    folder = tmp_path_factory.mktemp("story")
    files = write_demo(folder / "evidence", events=EVENTS)
    home = str(folder / "case")
    return files, actum("--home", home, "open", str(files.folder)), home


def ask(story: tuple[DemoFiles, Ran, str], *words: str) -> list[dict[str, Any]]:
    ran = actum("--home", story[2], *words, "-o", "ndjson")
    assert ran.code == 0, ran.err
    return ran.rows


def by_id(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row.get("event") or row["metadata_uid"]: row for row in rows}


def test_the_cut_file_is_named_with_its_reason_and_the_exit_code_is_3(
    story: tuple[DemoFiles, Ran, str],
) -> None:
    _, ran, _ = story
    assert ran.code == 3
    damaged = [line for line in ran.err.splitlines() if line.startswith("  damaged")]
    assert len(damaged) == 1
    assert f"{ANSWERS.corrupt_file}: gzip-truncated: " in damaged[0]
    [row] = [row for row in ran.rows if row.get("fault")]
    assert row["origin"].endswith(ANSWERS.corrupt_file)
    assert row["records"] > row["unread"] == 1


def test_what_was_delivered_twice_is_stored_once_and_counted(
    story: tuple[DemoFiles, Ran, str],
) -> None:
    files, ran, _ = story
    *each, total = ran.rows
    assert total["duplicates"] == ANSWERS.duplicate_records == files.duplicates
    assert total["split"] == total["records"] + total["duplicates"]
    # Whichever of the two is read first, the other holds nothing new.
    twice = [row for row in each if row["origin"].endswith(ANSWERS.duplicate_files)]
    assert sorted(row["duplicates"] for row in twice) == [0, ANSWERS.duplicate_records]


def test_who_deleted_the_bucket_and_who_tried_and_who_only_looks_like_it(
    story: tuple[DemoFiles, Ran, str],
) -> None:
    found = by_id(ask(story, "who", "s3:DeleteBucket"))
    did = found[ANSWERS.deleted_event]
    assert f"{did['who']}/{did['session']}" == ANSWERS.deleted_by
    assert (did["time"], did["status"]) == (ANSWERS.deleted_at, "success")
    assert (did["ip"], did["credential"]) == (ANSWERS.source_ip, ANSWERS.issued_key)
    assert did["mfa"] is False

    tried = found[ANSWERS.attempt_event]
    assert (tried["who"], tried["time"]) == (ANSWERS.attempt_by, ANSWERS.attempt_at)
    assert (tried["status"], tried["error"]) == ("failure", ANSWERS.attempt_error)

    benign = found[ANSWERS.benign_event]
    assert benign["session"] == ANSWERS.benign_user
    assert (benign["ip"], benign["mfa"]) == (ANSWERS.benign_ip, True)
    asked = ask(story, "who", "s3:DeleteBucket", "--target", ANSWERS.bucket)
    assert by_id(asked).keys() == {ANSWERS.deleted_event, ANSWERS.attempt_event}


def test_the_bucket_s_name_alone_leads_to_the_same_act(
    story: tuple[DemoFiles, Ran, str],
) -> None:
    assert ANSWERS.deleted_event in by_id(ask(story, "who", ANSWERS.bucket, "op:delete"))
    assert ANSWERS.deleted_event in by_id(ask(story, "who", ANSWERS.source_ip))


def test_who_stopped_the_trail(story: tuple[DemoFiles, Ran, str]) -> None:
    rows = ask(story, "who", "cloudtrail:StopLogging", f"target:*{ANSWERS.trail}", "is:success")
    row = by_id(rows)[ANSWERS.stopped_event]
    assert row["time"] == ANSWERS.stopped_at
    assert f"{row['who']}/{row['session']}" == ANSWERS.deleted_by


def test_the_chain_of_keys_leads_back_to_the_leaked_one(
    story: tuple[DemoFiles, Ran, str],
) -> None:
    """From the key the bucket was deleted with, each step asks which act handed a key out."""
    key, chain = ANSWERS.issued_key, [ANSWERS.issued_key]
    with library.open(story[2]) as case:
        while True:
            given = [
                event
                for event in case.search(f"session:{key}", limit=None).dicts()
                if event["issued_credential_uid"] == key
            ]
            if not given:
                break
            [act] = given
            key = act["actor_user_credential_uid"]
            chain.append(key)
    assert tuple(reversed(chain)) == ANSWERS.chain
    made = by_id(ask(story, "who", ANSWERS.leaked_key, "op:create"))
    assert ANSWERS.made_user_event in made
    assert {row["who"] for row in made.values()} == {ANSWERS.attempt_by}


def test_the_cover_up_is_seen_too(story: tuple[DemoFiles, Ran, str]) -> None:
    deleted = by_id(ask(story, "who", ANSWERS.made_user, "op:delete"))
    assert ANSWERS.cover_up_event in deleted


def test_failed_sign_ins_are_counted(story: tuple[DemoFiles, Ran, str]) -> None:
    rows = ask(story, "search", f"action:ConsoleLogin is:failure ip:{ANSWERS.failed_login_ip}")
    names = Counter(row["actor_user_name"] for row in rows)
    # CloudTrail hides the name when it was not a user's: somebody typed a password there.
    assert names.pop("HIDDEN_DUE_TO_SECURITY_REASONS") == 1
    assert names == {ANSWERS.failed_login_user: ANSWERS.failed_logins - 1}


def test_hostile_strings_are_shown_as_escapes_and_kept_as_they_are(
    story: tuple[DemoFiles, Ran, str],
) -> None:
    everything = ask(story, "search")
    hostile = [row for row in everything if any(map(_steers, _texts(row)))]
    assert hostile, "the story plants strings that steer a terminal"
    hostile = hostile[:4]
    indexes = " OR ".join(str(row["index"]) for row in hostile)
    table = actum("--home", story[2], "search", f"index:({indexes})", "-o", "table").out
    shown = [
        actum("--home", story[2], "show", str(row["index"]), "-o", "text").out for row in hostile
    ]
    for text in (table, *shown):
        assert not _steers(text.replace("\n", ""))
    for row, text in zip(hostile, shown, strict=True):
        assert "\\u" in text
        raw = actum("--home", story[2], "show", str(row["index"]), "--raw").out
        assert json.loads(raw)["eventID"] == row["metadata_uid"]


def _texts(row: dict[str, Any]) -> list[str]:
    return [each for each in row.values() if isinstance(each, str)]


def _steers(text: str) -> bool:
    return any(char < " " or "\x7f" <= char <= "\x9f" or char in "\u202e\u200b" for char in text)


def test_times_of_a_host_whose_clock_is_wrong_are_kept_as_they_are(
    story: tuple[DemoFiles, Ran, str],
) -> None:
    rows = ask(story, "search", f"actor:{ANSWERS.skewed_session}", "--columns", "time,raw")
    assert len(rows) == ANSWERS.skewed_events
    for row in rows:
        told = datetime.fromisoformat(json.loads(row["raw"])["eventTime"])
        assert datetime.fromisoformat(row["time"]) == told


def test_the_gap_is_a_gap(story: tuple[DemoFiles, Ran, str]) -> None:
    span = (f"since:{ANSWERS.gap_start}", f"until:{ANSWERS.gap_end}")
    rows = ask(story, "search", f"region:{ANSWERS.gap_region}", *span)
    assert {row["time"] for row in rows} <= {ANSWERS.gap_start}


def test_the_deletion_is_proven_and_so_is_the_whole(
    story: tuple[DemoFiles, Ran, str], tmp_path: Path
) -> None:
    row = by_id(ask(story, "who", "s3:DeleteBucket"))[ANSWERS.deleted_event]
    proof = actum("--home", story[2], "prove", str(row["index"]))
    (tmp_path / "p").write_text(proof.out)
    (tmp_path / "raw").write_text(actum("--home", story[2], "show", str(row["index"]), "--raw").out)
    held = actum(
        "--home", story[2], "verify", str(tmp_path / "p"), "--record", str(tmp_path / "raw")
    )
    assert held.code == 0
    assert json.loads(held.out)["proven"] is True
    assert actum("--home", story[2], "verify").code == 0


@pytest.mark.slow
def test_the_demo_command_finds_all_of_it_and_exits_0(tmp_path: Path) -> None:
    ran = actum("demo", str(tmp_path / "demo"), "--events", "3000")
    assert ran.code == 0, ran.err
    assert "PROVEN  all" in ran.out
    again = actum("demo", str(tmp_path / "demo"), "--events", "3000")
    assert again.code == 0
    assert "0 stored" in again.out
