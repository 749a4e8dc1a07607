"""Exports known only from their makers' pages: what they do not document is not made up."""

from __future__ import annotations

import pytest

from actum.sources import codefresh, eloqua
from actum.testing import events_of

ASSETS = "Date Time Stamp,ID,Asset Type,Asset Name,Action,User"
AUDIT = "Entity ID/Name,Entity type,Action,Status,User,Last Request"


@pytest.mark.parametrize(
    "header",
    ["Action,User", "Status,User,Action,ID", "Name,Value", "Date,User,IP Address", "user,status"],
)
def test_tables_of_others_are_not_ours(header: str) -> None:
    assert eloqua.lines([header.encode()], "") is None
    assert codefresh.lines([header.encode()], "") is None


def test_a_time_without_its_zone_stays_unknown_as_it_is_written() -> None:
    for stated in ("03/02/2026 09:26:53 AM", "2026-03-02 09:26:53", "yesterday"):
        [only] = events_of(f"{ASSETS}\n{stated},1,Email,Hello,Modify,alice\n".encode())
        assert (only["source"], only["time"]) == ("eloqua", None)
        assert only["original_time"] == stated


@pytest.mark.parametrize(
    ("action", "act"),
    [("Create", "create"), ("Modify", "update"), ("Delete", "delete"), ("Archive", "update"),
     ("Schedule For Activation", "update"), ("Dance", "other")],
)  # fmt: skip
def test_the_documented_actions_are_known_and_others_kept(action: str, act: str) -> None:
    [only] = events_of(f"{ASSETS}\n,1,Email,Hello,{action},alice\n".encode())
    assert (only["action"], only["api_operation"], only["status"]) == (act, action, "success")


def test_an_unfinished_export_has_no_outcome() -> None:
    told = {"Completed": "success", "Failed": "failure", "Queued": "unknown"}
    for status, expected in told.items():
        [only] = events_of(
            f"Date Time Stamp,Export Name,User,Status\n,All,alice,{status}\n".encode()
        )
        assert (only["source"], only["status"]) == ("eloqua", expected)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_status_of_the_call_is_the_outcome(delimiter: str) -> None:
    rows = [("200", "success"), ("401", "failure"), ("error", "failure"), ("302", "unknown")]
    text = AUDIT + "\n" + "".join(f"p,pipeline,run,{status},bob,x\n" for status, _ in rows)
    found = events_of(text.replace(",", delimiter).encode())
    assert [each["source"] for each in found] == ["codefresh"] * 4
    assert [each["status"] for each in found] == [expected for _, expected in rows]
