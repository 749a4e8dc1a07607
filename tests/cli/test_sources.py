"""`actum sources` and `actum source`: how well a log is read, and how it is taught more."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli import world
from cli.program import actum

PORTAL = "\n".join(
    json.dumps({
        "ts": 1_772_443_613_000 + n, "type": "portal-audit",
        "user": {"email": f"u{n}@corp.example"},
        "action": "invoice.delete" if n else "invoice.read", "client": {"ip": "203.0.113.9"},
        "result": "denied" if n % 2 else "ok", "invoice": f"inv-{n}",
    })
    for n in range(6)
)  # fmt: skip
FLOW = "2 111122223333 eni-0abc {} 10.0.0.5 51812 443 6 3 180 1772443613 1772443673 {} OK"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ACTUM_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def rows(*words: str) -> list[dict[str, object]]:
    ran = actum(*words)
    assert ran.code == 0, ran.err
    return ran.rows


def test_an_empty_log_says_what_to_do_next(home: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.json").write_text("")
    actum("open", str(tmp_path / "empty.json"))
    assert "actum open PATH" in actum("sources", "-o", "table").err
    assert home.exists()


def test_every_source_is_listed_with_how_it_is_recognised_before_there_is_a_log(
    home: Path,
) -> None:
    found = {each["source"]: each for each in rows("sources", "--all")}
    assert found["aws_cloudtrail"]["known from"] == "real samples"
    assert found["okta"]["recognised by"]
    assert not home.exists()


def test_counts_add_up_and_duplicates_are_counted_by_source(home: Path, tmp_path: Path) -> None:
    folder = world.evidence(tmp_path)
    actum("open", str(folder))
    first = {each["source"]: each for each in rows("sources")}
    actum("open", str(folder))
    again = {each["source"]: each for each in rows("sources")}
    assert first["aws_cloudtrail"]["events"] == again["aws_cloudtrail"]["events"]
    assert first["aws_cloudtrail"]["duplicates"] == again["aws_cloudtrail"]["duplicates"] == 1
    assert home.exists()


def test_what_is_not_understood_is_named(home: Path, tmp_path: Path) -> None:
    act = json.loads(json.dumps(world.ACTS[0]))
    lines = [json.dumps({**act, "eventID": str(n), "brandNew": n}) for n in range(3)]
    (tmp_path / "new.ndjson").write_text("\n".join([*lines, lines[0][:-40]]))
    actum("open", str(tmp_path / "new.ndjson"))
    [told] = rows("sources", "show", "aws_cloudtrail")
    assert told["members"] == [{"member": "brandNew", "records": 3}]
    text = actum("sources", "show", "aws_cloudtrail", "-o", "text").out
    assert "recognised by" in text
    assert "brandNew" in text
    assert home.exists()


def test_a_guess_stores_nothing_and_says_why(home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(FLOW.format("203.0.113.9", "REJECT") + "\n")
    (tmp_path / "b.json").write_text(PORTAL)
    (tmp_path / "c.bin").write_bytes(bytes(range(256)) * 9)
    found = rows(
        "source", "guess", *(str(tmp_path / name) for name in ("a.log", "b.json", "c.bin"))
    )
    assert [each["source"] for each in found] == ["aws_vpcflow", "json", ""]
    assert found[0]["because"]
    assert "binary" in str(found[2]["because"])
    assert not home.exists()


def test_a_mapping_is_proposed_tried_kept_and_read_by(home: Path, tmp_path: Path) -> None:
    sample = tmp_path / "portal.ndjson"
    sample.write_text(PORTAL)
    assert actum("open", str(sample)).code == 0
    assert [each["source"] for each in rows("sources") if each["source"] != "actum"] == ["json"]
    proposed = actum("source", "new", str(sample), "--name", "portal")
    assert proposed.code == 0
    mapping = tmp_path / "portal.toml"
    mapping.write_text(proposed.out)
    tried = actum("source", "try", str(mapping), str(sample), "-o", "text")
    assert tried.code == 0
    assert "u1@corp.example tried to delete" in tried.out
    assert "from where  src_endpoint_ip = 203.0.113.9" in tried.out
    (home / "sources").mkdir()
    mapping.rename(home / "sources" / "portal.toml")
    assert "6 records are of another source now" in actum("sources", "reread").err
    found = rows("search", "source:portal status:failure")
    assert len(found) == 3
    assert actum("verify").code == 0
    again = actum("open", str(sample))
    assert '"records":0' in again.out.splitlines()[-1]


def test_a_mapping_that_fits_nothing_or_is_wrong_says_so(tmp_path: Path) -> None:
    sample = tmp_path / "x.json"
    sample.write_text('{"a": 1}')
    mapping = tmp_path / "m.toml"
    mapping.write_text('name = "m"\n[match]\nb = true\n[columns]\napi_operation = "b"\n')
    assert "nothing in it matches" in actum("source", "try", str(mapping), str(sample)).err
    mapping.write_text('name = "m"\n[match]\nb = true\n[columns]\nno_such_column = "b"\n')
    ran = actum("source", "try", str(mapping), str(sample))
    assert ran.code == 2
    assert "no_such_column" in ran.err
    assert actum("source", "try", str(tmp_path / "none.toml"), str(sample)).code == 2


def test_what_a_user_says_is_read_so_and_can_be_corrected_later(home: Path, tmp_path: Path) -> None:
    odd = tmp_path / "odd.log"
    odd.write_text("ACCEPT 203.0.113.9 10.0.0.5\nREJECT 198.51.100.7 10.0.0.5\n")
    actum("open", str(odd))
    assert rows("search", "source:aws_vpcflow") == []
    ran = actum("sources", "reread", "--origin", "*/odd.log",
                "--source", "aws_vpcflow:action,srcaddr,dstaddr")  # fmt: skip
    assert "2 records are of another source now" in ran.err
    found = rows("search", "source:aws_vpcflow ip:198.51.100.7")
    assert len(found) == 1
    actum("source", "set", "*/odd*.log", "aws_vpcflow:action,srcaddr,dstaddr")
    assert rows("source", "rules")[0]["source"] == "aws_vpcflow"
    (tmp_path / "odd2.log").write_text("ACCEPT 203.0.113.77 10.0.0.5\n")
    actum("open", str(tmp_path / "odd2.log"))
    assert len(rows("search", "ip:203.0.113.77")) == 1
    assert actum("source", "unset", "*/odd*.log").code == 0
    assert actum("source", "unset", "*/odd*.log").code == 2
    own = rows("search", "source:actum action:(*PathRule OR RereadSources)", "--columns",
               "api_operation")  # fmt: skip
    acts = sorted(str(each["api_operation"]) for each in own)
    assert acts == ["RereadSources", "SetPathRule", "SetPathRule"]
    assert home.exists()


def test_a_source_that_does_not_exist_is_refused_with_the_nearest(
    home: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.log").write_text("x\n")
    for words in (
        ("open", "--source", "vpcflow", str(tmp_path / "a.log")),
        ("sources", "reread", "--source", "vpcflow"),
        ("source", "set", "*", "vpcflow"),
    ):
        ran = actum(*words)
        assert ran.code == 2
        assert "aws_vpcflow" in ran.err
    assert actum("sources", "reread", "--origin", "x").code == 2
    assert home.exists()
