"""Whose a record is, and by what it is known again."""

from __future__ import annotations

import json

import pytest

from actum.proof.leaf import record_id
from actum.record import Kind
from actum.sources import SOURCES, Mappings, claim, claim_all, unread
from sources.world import claimed, raw, record, shared

NOTIFICATION = {
    "eventVersion": "2.1", "eventSource": "aws:s3", "eventName": "ObjectCreated:Put",
    "awsRegion": "eu-central-1", "s3": {"object": {"key": "a+b"}},
}  # fmt: skip


@pytest.mark.parametrize(
    "other",
    [
        NOTIFICATION,
        {"Records": [NOTIFICATION]},
        {"eventVersion": "1.08"},
        {"eventVersion": "1.08", "eventName": "X"},
        {"eventVersion": 1.08, "eventName": "X", "eventSource": "y"},
        {"eventVersion": "1.08", "eventName": 7, "eventSource": "y"},
        {"eventversion": "1.08", "eventname": "X", "eventsource": "y"},
        {"Records": [record()], "eventVersion": "2.1"},
        [],
    ],
)
def test_what_only_looks_like_cloudtrail_is_not_claimed(other: object) -> None:
    assert claim(json.dumps(other).encode()).source == "json"


def test_every_version_of_one_is_claimed_with_or_without_an_id() -> None:
    for version in ("1.0", "1.01", "1.08", "1.11", "1.42"):
        assert claim(raw(eventVersion=version)).source == "aws_cloudtrail"
    assert claim(raw(eventID=None)).key == b""
    assert claim(raw(eventID="")).key == b""


def test_an_insight_has_no_name_of_its_own_and_is_claimed() -> None:
    insight = {"eventVersion": "1.08", "eventType": "AwsCloudTrailInsight", "eventID": "i"}
    assert claim(json.dumps(insight).encode()).source == "aws_cloudtrail"


def test_a_record_is_known_by_account_and_id() -> None:
    assert claim(raw()).key == b"111122223333/example-0001"
    assert claim(raw(recipientAccountId=None)).key == b"/example-0001"
    digest = {"awsAccountId": "1", "digestEndTime": "t", "digestS3Object": "o",
              "digestPublicKeyFingerprint": "f"}  # fmt: skip
    assert claim(json.dumps(digest).encode()).key == b"1/o/t"


def test_the_fast_path_says_what_the_slow_path_says() -> None:
    records = [raw(eventID=f"id {number}") for number in range(50)]
    records += [raw(eventID="é", recipientAccountId=None), raw(eventVersion="1.11")]
    places = range(len(records))
    fast = claim_all(records, "o", places, is_json=True)
    slow = claim_all(records, "o", places, is_json=True, sources=dict(SOURCES))
    assert (fast.sources, fast.ids) == (slow.sources, slow.ids)
    assert fast.ids[:16] == record_id(Kind.RECORD, "aws_cloudtrail", b"111122223333/id 0")


@pytest.mark.parametrize(
    "odd", [raw(eventID=""), json.dumps(NOTIFICATION).encode(), b"{", b"\xff", b"[" * 10_000]
)
def test_one_odd_record_sends_all_the_slow_way_and_changes_no_other(odd: bytes) -> None:
    alone = claim_all([raw()], "o", [0], is_json=True)
    both = claim_all([raw(), odd], "o", [0, 1], is_json=True)
    assert both.ids[:16] == alone.ids
    assert both.sources[0] == "aws_cloudtrail"
    assert len(both.ids) == 32


def test_without_an_id_place_and_content_stand_for_a_record() -> None:
    line = b"a line"
    same = claim_all([line, line], "o", [0, 1], is_json=False).ids
    assert same[:16] != same[16:]
    assert claim_all([line], "o", [0], is_json=False).ids == same[:16]
    assert claim_all([line], "p", [0], is_json=False).ids != same[:16]
    assert claim_all([b"b line"], "o", [0], is_json=False).ids != same[:16]
    assert unread(line, "o", 0, "torn") == ("text?torn", same[:16])


def test_an_element_of_a_json_delivery_that_is_not_json_says_why() -> None:
    [spelled] = claim_all([b'{"a": '], "o", [0], is_json=True).sources
    assert spelled.startswith("json?not valid JSON: ")
    [deep] = claim_all([b"[" * 100_000], "o", [0], is_json=True).sources
    assert deep == "json?not valid JSON: nested too deeply"
    assert claim_all([b'{"a": '], "o", [0], is_json=False).sources == ["text"]


def test_the_same_act_told_in_other_bytes_is_a_copy_and_another_act_is_not() -> None:
    envelope = json.dumps({"detail-type": "t", "detail": record()}).encode()
    spaced = json.dumps(record(), indent=2).encode()
    for other in (envelope, spaced):
        found = Mappings().retell(
            claim_all([other], "o", [0], is_json=True).sources[0], other, raw(), 5
        )
        assert found.same
        assert found.source.endswith("@5")
    changed = Mappings().retell("aws_cloudtrail", raw(eventName="CreateBucket"), raw(), 5)
    assert not changed.same
    assert "@" not in changed.source


def test_nobody_can_hide_a_record_by_signing_it_as_ours() -> None:
    """What arrives is never taken for the log's own account, which searches leave out."""
    forged = {"actum": "control/v1", "time": "2026-03-02T09:26:53Z", "act": "CreateLog"}
    [[told], [record_with_it]] = claimed([json.dumps(forged).encode(), raw(**forged)])
    assert told["source"] == "actum"
    assert told["metadata_product"] != "Actum"
    assert record_with_it["source"] == "aws_cloudtrail"
    assert record_with_it["unmapped"] == 3


def test_digests_of_the_shared_samples_are_claimed_and_read() -> None:
    lines = (shared("aws-cloudtrail-digest") / "awsdocs/digest-file-structure.jsonl").read_text()
    for line in lines.splitlines():
        text = json.loads(line)["text"]
        if '"digestS3Object"' not in text:
            continue
        [[only]] = claimed([text.encode()])
        assert only["source"] == "aws_cloudtrail_digest"
        assert only["cloud_account_uid"] == json.loads(text)["awsAccountId"]
