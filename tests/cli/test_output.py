"""What a pipe gets: exact data on standard output, in every format, the same each time."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import datetime

import pytest

from cli.conftest import HOSTILE
from cli.program import actum

pytestmark = pytest.mark.usefixtures("ours")
ESCAPED = "evil\\u001b[2J\\u202egnp\\u200b\\u000d=cmd"


@pytest.mark.parametrize(
    "words",
    [("search", "-o", "table"), ("who", "GetObject", "-o", "table"), ("show", "6", "-o", "text")],
    ids=lambda words: words[0],
)
def test_no_control_bidi_or_invisible_character_of_a_log_reaches_a_reader(
    words: tuple[str, ...],
) -> None:
    ran = actum(*words)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202e]", ran.out + ran.err)
    assert "\\u001b[2J" in ran.out


@pytest.mark.parametrize("form", ["json", "ndjson"])
def test_json_shows_no_such_character_either_and_loses_none(form: str) -> None:
    ran = actum("search", "action:GetObject", "-o", form)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202e]", ran.out)
    parsed = json.loads(ran.out)
    event = parsed[0] if form == "json" else parsed
    assert event["actor_user_name"] == HOSTILE


def test_a_csv_cell_is_never_a_formula() -> None:
    wanted = "actor_user_name,resource_name,user_agent,index"
    ran = actum("search", "action:GetObject", "-o", "csv", "--columns", wanted)
    head, row = list(csv.reader(io.StringIO(ran.out, newline="")))
    assert head == wanted.split(",")
    assert row == [HOSTILE, "'=1+1", "'-x", "6"]


def test_without_asking_a_pipe_gets_ndjson_newest_first_and_all_of_it() -> None:
    ran = actum("search")
    assert [row["index"] for row in ran.rows] == [6, 5, 4, 3, 2, 1]
    assert all(row["sentence"] for row in ran.rows)
    assert not ran.err


def test_every_printed_time_shows_its_zone() -> None:
    for form in ("ndjson", "csv", "table"):
        out = actum("search", "action:PutBucketPolicy", "-o", form).out
        times = re.findall(r"2024-05-03[T ][\d:.]+\S?", out)
        assert times, form
        assert all(each.endswith("Z") for each in times), form
    exact = actum("search", "action:PutBucketPolicy").rows[0]["time"]
    assert datetime.fromisoformat(exact).isoformat() == "2024-05-03T10:00:00.250000+00:00"


@pytest.mark.parametrize("form", ["table", "json", "ndjson", "csv"])
def test_running_again_gives_the_same_bytes(form: str) -> None:
    for words in (("search", "op:delete"), ("who", "DeleteBucket"), ("stats",), ("log", "list")):
        first, second = actum(*words, "-o", form), actum(*words, "-o", form)
        assert first == second
        assert first.code == 0


def test_the_columns_are_those_asked_for_in_that_order() -> None:
    ran = actum("search", "is:failure", "--columns", "time,index,sentence,time")
    assert list(ran.rows[0]) == ["time", "index", "sentence"]


def test_raw_is_the_exact_record() -> None:
    row = actum("search", "is:failure", "--columns", "index,raw").rows[0]
    assert row["raw"] == actum("show", str(row["index"]), "--raw").out
    assert json.loads(row["raw"])["errorCode"] == "AccessDenied"


def test_a_limit_that_cuts_says_so_and_is_exit_code_7() -> None:
    ran = actum("search", "--limit", "2")
    assert [row["index"] for row in ran.rows] == [6, 5]
    assert ran.err == "showing the newest 2 of 6; --limit N for more\n"
    assert ran.code == 7


@pytest.mark.parametrize("limit", ["6", "7"])
def test_a_limit_that_cuts_nothing_is_exit_code_0_and_silent(limit: str) -> None:
    ran = actum("search", "--limit", limit)
    assert (ran.code, ran.err, len(ran.rows)) == (0, "", 6)


def test_a_limit_of_none_counts() -> None:
    ran = actum("search", "op:delete", "--limit", "0")
    assert (ran.code, ran.out) == (7, "")
    assert "showing 0 of 2" in ran.err


def test_who_has_a_row_for_each_act_and_its_index_opens_the_record() -> None:
    row = actum("who", "s3:DeleteBucket", "status:success").rows[0]
    assert row == {
        "index": 3, "time": "2024-05-02T09:30:00Z", "who": "deploy", "type": "AssumedRole",
        "session": "i-0ab", "credential": "ASIAEXAMPLE000000002",
        "issuer": "arn:aws:iam::111122223333:role/deploy", "mfa": False,
        "action": "DeleteBucket", "target": "prod-invoices", "status": "success", "error": None,
        "ip": "203.0.113.7", "client": "aws-cli/2",
        "event": "00000000-0000-4000-8000-000000000003",
    }  # fmt: skip
    shown = json.loads(actum("show", str(row["index"])).out)
    assert json.loads(shown["raw"])["eventID"] == row["event"]
    assert shown["proof"]["state"] == "PROVEN"


def test_deliveries_and_control_records_can_be_shown_too() -> None:
    created = actum("show", "0", "-o", "text")
    assert created.code == 0
    assert "(control, actum)" in created.out
    delivery = json.loads(actum("show", "7", "-o", "json").out)
    assert delivery["kind"] == "delivery"
    assert json.loads(delivery["raw"])["split"] == 3
    assert "(delivery, actum)" in actum("show", "7", "-o", "text").out


def test_long_values_are_never_folded_by_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    ran = actum("show", "3", "-o", "text")
    assert "arn:aws:sts::111122223333:assumed-role/deploy/i-0ab" in ran.out


def test_an_indented_record_never_loses_a_key_told_twice() -> None:
    from actum.cli.show import _pretty

    assert _pretty(b'{"a":1,"a":2}') == '{"a":1,"a":2}'
    assert _pretty(b'{"a":1}') == '{\n  "a": 1\n}'


def test_verify_and_checkpoint_speak_json_in_a_pipe() -> None:
    told = actum("verify").rows[0]
    assert told["verified"] == 10
    assert told["witnessed"] is False
    assert told["root"].startswith(_root_shown(actum("show", "3", "-o", "text").out))


def _root_shown(text: str) -> str:
    found = re.search(r"root ([0-9a-f]{16})…", text)
    assert found is not None
    return found[1]
