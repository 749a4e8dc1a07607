"""GuardDuty and Security Hub: what a detector saw, told once a telling and never as an act."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from actum.sources import SOURCES, claim
from actum.trial import events_of
from sources.world import shared

FINDING = Path(str(SOURCES["aws_guardduty"].__file__)).parent  # type: ignore[attr-defined]
RAW = json.loads((FINDING / "key_was_used_from_a_tor_exit.raw").read_bytes())
WRONG: tuple[Any, ...] = ([], ["a"], "text", "", 7, -1.5, 10**40, True, None, {}, {"a": {"b": []}})


def told(record: dict[str, Any]) -> dict[str, Any]:
    [only] = events_of(json.dumps(record).encode())
    return only


def panther(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(shared("panther-tests") / f"{name}.jsonl.gz") as lines:
        for line in lines:
            yield json.loads(line)["log"]


@pytest.mark.parametrize(
    "other",
    [
        {**RAW, "service": {"serviceName": "guardduty"}},
        {**RAW, "id": 7},
        {"service": {"detectorId": "x"}},
        {"detectorId": "x", "eventName": "CreateFilter"},
    ],
)
def test_what_only_speaks_of_a_detector_is_no_finding(other: dict[str, Any]) -> None:
    assert claim(json.dumps(other).encode()).source == "json"


def test_a_finding_is_never_said_to_have_succeeded_or_failed() -> None:
    for severity in (1, 4.5, 7, 9):
        assert told({**RAW, "severity": severity})["status"] is None


def test_the_same_finding_updated_is_another_record_held_together_by_its_id() -> None:
    later = {**RAW, "updatedAt": "2026-03-02T12:00:00.000Z"}
    assert claim(json.dumps(RAW).encode()).key != claim(json.dumps(later).encode()).key
    assert told(RAW)["metadata_correlation_uid"] == told(later)["metadata_correlation_uid"]


@pytest.mark.parametrize(
    ("score", "level"), [(1, 2), (3.9, 2), (4, 3), (6.9, 3), (7, 4), (8.9, 4), (9, 5), (None, 0)]
)
def test_severity_is_told_in_the_vendor_s_own_steps(score: float | None, level: int) -> None:
    assert told({**RAW, "severity": score})["severity_id"] == level


@pytest.mark.parametrize("name", ["aws_guardduty", "aws_securityhub"])
def test_a_member_of_any_type_gives_exactly_one_event(name: str) -> None:
    folder = Path(str(SOURCES[name].__file__)).parent  # type: ignore[attr-defined]
    pair = {"aws_guardduty": "key_was_used_from_a_tor_exit", "aws_securityhub": "check_failed"}
    whole = json.loads((folder / f"{pair[name]}.raw").read_bytes())
    lines = [json.dumps({**whole, member: value}) for member in whole for value in WRONG]
    assert len(events_of("\n".join(lines).encode())) == len(lines)


@pytest.mark.parametrize(
    ("name", "source", "member"),
    [
        ("AWS.GuardDuty", "aws_guardduty", "title"),
        ("AWS.SecurityFindingFormat", "aws_securityhub", "Title"),
    ],
)
def test_the_shared_findings_are_read(name: str, source: str, member: str) -> None:
    logs = list(panther(name))
    events = events_of("\n".join(map(json.dumps, logs)).encode())
    assert len(events) == len(logs)
    own = [pair for pair in zip(events, logs, strict=True) if pair[0]["source"] == source]
    for event, log in own:
        assert (event["reason"], event["finding_title"]) == (None, log.get(member))
    assert len(own) >= 0.8 * len(logs)


def test_the_shared_findings_of_the_event_bridge_are_read() -> None:
    for path, source in (
        ("aws-guardduty/custodian-eventbridge/iam-duty-event.json", "aws_guardduty"),
        ("aws-securityhub/custodian-eventbridge/event-securityhub-lambda-cross.json",
         "aws_securityhub"),
        ("aws-securityhub/custodian-eventbridge/event-securityhub-iamkey-finding-action.json",
         "aws_securityhub"),
    ):  # fmt: skip
        folder, _, rest = path.partition("/")
        raw = (shared(folder) / rest).read_bytes()
        detail = json.loads(raw)["detail"]
        wanted = detail.get("findings", [detail])
        events = events_of(raw)
        assert {each["source"] for each in events} == {source}
        assert [each["finding_title"] for each in events] == [
            each.get("title") or each.get("Title") for each in wanted
        ]
        assert {each["reason"] for each in events} == {None}


def test_the_reference_classes_of_the_shared_findings_are_ours() -> None:
    folder = shared("aws-securityhub") / "ocsf-examples"
    raws = sorted(folder.rglob("*.raw"))
    assert raws
    for raw in raws:
        [event] = events_of(raw.read_bytes())
        reference = json.loads(raw.with_suffix(".ocsf").read_text())
        assert (event["source"], event["reason"]) == ("aws_securityhub", None)
        assert event["class_uid"] == reference["class_uid"]
        assert event["finding_title"] == reference["finding_info"]["title"]
        assert event["severity_id"] == reference["severity_id"]
