"""The answers are really in the story."""

from __future__ import annotations

from typing import Any

import pytest

from actum.demo import ANSWERS
from actum.demo.cast import FIRST_SECOND, LAST_SECOND
from actum.demo.story import acts

RECORDS: list[dict[str, Any]] = [act.record for act in acts()]
BY_ID = {record["eventID"]: record for record in RECORDS}


def _named(name: str) -> list[dict[str, Any]]:
    return [record for record in RECORDS if record.get("eventName") == name]


def test_every_id_is_used_once_and_every_act_lies_in_the_eight_days() -> None:
    assert len(BY_ID) == len(RECORDS)
    assert all(FIRST_SECOND <= act.second <= LAST_SECOND for act in acts())


def test_who_deleted_the_bucket() -> None:
    deed = BY_ID[ANSWERS.deleted_event]
    assert deed["eventName"] == "DeleteBucket"
    assert deed["requestParameters"]["bucketName"] == ANSWERS.bucket
    assert deed["userIdentity"]["arn"] == ANSWERS.deleted_by_arn
    assert deed["userIdentity"]["arn"].endswith(ANSWERS.deleted_by)
    assert deed["eventTime"] == ANSWERS.deleted_at
    assert deed["sourceIPAddress"] == ANSWERS.source_ip
    assert "errorCode" not in deed


def test_nobody_else_deleted_it_but_somebody_tried() -> None:
    tries = [
        record
        for record in _named("DeleteBucket")
        if record["requestParameters"]["bucketName"] == ANSWERS.bucket
    ]
    assert {record["eventID"] for record in tries} == {ANSWERS.deleted_event, ANSWERS.attempt_event}
    attempt = BY_ID[ANSWERS.attempt_event]
    assert attempt["userIdentity"]["userName"] == ANSWERS.attempt_by
    assert (attempt["errorCode"], attempt["eventTime"]) == (
        ANSWERS.attempt_error,
        ANSWERS.attempt_at,
    )


def test_the_keys_link_the_deed_to_the_leak() -> None:
    leaked, made, issued = ANSWERS.chain
    creation, assumption = BY_ID[ANSWERS.made_key_event], BY_ID[ANSWERS.assume_role_event]
    assert creation["userIdentity"]["accessKeyId"] == leaked
    assert creation["userIdentity"]["arn"] == ANSWERS.leaked_key_user
    assert creation["responseElements"]["accessKey"]["accessKeyId"] == made
    assert assumption["userIdentity"]["accessKeyId"] == made
    assert assumption["responseElements"]["credentials"]["accessKeyId"] == issued
    assert BY_ID[ANSWERS.deleted_event]["userIdentity"]["accessKeyId"] == issued
    assert all(len(key) == 20 for key in ANSWERS.chain)


def test_the_user_was_made_and_unmade() -> None:
    for event, name in (
        (ANSWERS.made_user_event, "CreateUser"),
        (ANSWERS.cover_up_event, "DeleteUser"),
    ):
        assert BY_ID[event]["eventName"] == name
        assert BY_ID[event]["requestParameters"]["userName"] == ANSWERS.made_user


def test_who_stopped_the_trail() -> None:
    stopped = BY_ID[ANSWERS.stopped_event]
    assert stopped["eventName"] == "StopLogging"
    assert stopped["requestParameters"]["name"].endswith(f"trail/{ANSWERS.trail}")
    assert (stopped["eventTime"], stopped["userIdentity"]["arn"]) == (
        ANSWERS.stopped_at,
        ANSWERS.deleted_by_arn,
    )


def test_what_was_refused() -> None:
    assert {BY_ID[event]["errorCode"] for event in ANSWERS.refused_events} == {"AccessDenied"}


def test_the_look_alike_did_the_same_with_a_second_factor_and_started_the_trail_again() -> None:
    benign = BY_ID[ANSWERS.benign_event]
    assert benign["requestParameters"]["bucketName"] == ANSWERS.benign_bucket
    assert benign["sourceIPAddress"] == ANSWERS.benign_ip
    assert benign["userIdentity"]["arn"].endswith(f"/{ANSWERS.benign_user}")
    attributes = benign["userIdentity"]["sessionContext"]["attributes"]
    assert attributes["mfaAuthenticated"] == "true"
    assert len(_named("StartLogging")) == 1


def test_the_burst_of_failed_sign_ins() -> None:
    failed = [
        r for r in _named("ConsoleLogin") if r["responseElements"]["ConsoleLogin"] == "Failure"
    ]
    names = [record["userIdentity"]["userName"] for record in failed]
    assert len(failed) == ANSWERS.failed_logins
    assert names.count("HIDDEN_DUE_TO_SECURITY_REASONS") == 1
    assert names.count(ANSWERS.failed_login_user) == ANSWERS.failed_logins - 1
    assert {record["sourceIPAddress"] for record in failed} == {ANSWERS.failed_login_ip}


def test_the_skewed_host_is_ahead_of_its_neighbours() -> None:
    from actum.demo.cast import stamp

    skewed = [
        act
        for act in acts()
        if act.record.get("userIdentity", {}).get("arn", "").endswith(ANSWERS.skewed_session)
    ]
    assert len(skewed) == ANSWERS.skewed_events
    assert all(
        act.record["eventTime"] == stamp(act.second + ANSWERS.skew_seconds) for act in skewed
    )


@pytest.mark.parametrize(
    ("pair", "operation"),
    [
        pytest.param(ANSWERS.insight_pair, None, id="insight"),
        pytest.param(ANSWERS.cross_account_pair, "AssumeRole", id="cross account"),
    ],
)
def test_a_pair_shares_one_id(pair: str, operation: str | None) -> None:
    both = [record for record in RECORDS if record.get("sharedEventID") == pair]
    assert len(both) == 2
    assert {record.get("eventName") for record in both} == {operation}


def test_what_aws_does_by_itself_has_an_identity_without_type() -> None:
    alone = [record for record in RECORDS if record["eventType"] == "AwsServiceEvent"]
    assert alone
    assert all("type" not in record["userIdentity"] for record in alone)


def test_names_and_clients_made_to_deceive_are_there() -> None:
    text = repr([(r.get("userAgent"), r.get("requestParameters")) for r in RECORDS])
    for piece in ("\\u202e", "<script>", "=cmd()", "\\x1b[2J", "DROP TABLE", "山田太郎", "\\u200b"):
        assert piece in text
