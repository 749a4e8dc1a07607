"""Audit events: assembled from lines in any order, and read as the reference reads them."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from typing import Any

import pytest

from actum.sources import claim
from actum.sources.auditd import lines as splitter_for
from actum.sources.auditd import unwrap
from actum.sources.auditd.assembly import MOST_OPEN, AuditSplitter
from actum.sources.auditd.circumstances import arguments
from actum.sources.auditd.fields import HEAD, decoded, line, sockaddr, unquoted
from actum.sources.auditd.syscalls import ARCHITECTURES, ERRORS, syscall
from actum.testing import events_of, recognise
from sources.world import shared

SECOND = 1_700_000_000


def record(kind: str, serial: int, body: str = "", *, at: float = 0.0, head: str = "") -> bytes:
    return f"{head}type={kind} msg=audit({SECOND + at:.3f}:{serial}): {body}".encode()


def pieces(delivered: list[bytes]) -> list[bytes]:
    splitter = AuditSplitter()
    found = [*splitter.take(delivered, range(len(delivered))), *splitter.rest()]
    assert sum(each.lines for each in found) == len(delivered)
    return [each.raw for each in found]


def said(*delivered: bytes) -> dict[str, Any]:
    [told] = unwrap(b"\n".join(delivered), "lines")
    assert isinstance(told, bytes)
    return dict(json.loads(told))


# What must not happen -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "forged",
    [
        b"Mar  2 09:26:53 web-1 sshd[7]: Invalid user type=LOGIN msg=audit(1700000000.001:7): x=1",
        b'{"message": "type=USER_LOGIN msg=audit(1700000000.001:7): x=1"}',
        b"hello type=USER_LOGIN msg=audit(1700000000.001:7): auid=0",
        b"type=USER_LOGIN msg=audit(1700000000): no milliseconds",
        b"type= msg=audit(1700000000.001:7): no type",
    ],
)
def test_words_that_only_look_like_a_record_are_none(forged: bytes) -> None:
    assert claim(forged).source != "auditd"


def test_a_program_cannot_say_who_signed_in_instead_of_the_kernel() -> None:
    body = "pid=7 uid=1000 auid=1000 ses=8 msg='op=x auid=0 uid=0 ses=1 res=success'"
    event = said(record("USER_AUTH", 1, body))
    assert (event["uid"], event["session"], event["pid"]) == ("1000", "8", "7")


def test_numbers_are_not_decoded_as_text_and_text_is() -> None:
    assert decoded("a0", "65") == "65"
    assert decoded("name", "2F746D702F6120622063") == "/tmp/a b c"
    assert decoded("exit", "4142") == "4142"
    assert decoded("acct", "20202020") == "20202020"
    assert decoded("comm", '"2F746D70"') == "2F746D70"
    assert decoded("addr", "?") == decoded("key", "(null)") == decoded("acct", '"?"') == ""


def test_a_million_open_events_are_not_held() -> None:
    splitter = AuditSplitter()
    held = given = 0
    for serial in range(5 * MOST_OPEN):
        given += sum(1 for _ in splitter.take([record("SYSCALL", serial)], [serial]))
        held = max(held, serial + 1 - given)
    assert held <= MOST_OPEN + 1


def test_an_event_of_endless_lines_is_given_up() -> None:
    delivered = [record("PATH", 1, f'item={each} name="{"x" * 4_000}"') for each in range(600)]
    assert len(pieces(delivered)) > 1


# Assembly -------------------------------------------------------------------------------------


def test_a_program_s_record_does_not_wait() -> None:
    splitter = AuditSplitter()
    [piece] = splitter.take([record("USER_LOGIN", 1)], [0])
    assert piece.lines == 1


def test_records_of_interleaved_events_find_each_other_and_their_ends_come_late() -> None:
    delivered = [
        record("SYSCALL", 1), record("SYSCALL", 2), record("PROCTITLE", 1), record("CWD", 2),
        record("EOE", 1), record("PATH", 2, "item=1"), record("PROCTITLE", 2), record("PATH", 2),
    ]  # fmt: skip
    assert sorted(each.count(b"\n") + 1 for each in pieces(delivered)) == [3, 5]


def test_nodes_and_times_keep_events_of_one_serial_apart() -> None:
    delivered = [
        record("SYSCALL", 1, head="node=a "), record("SYSCALL", 1, head="node=b "),
        record("SYSCALL", 1, at=0.5, head="node=a "), record("CWD", 1, head="node=a "),
    ]  # fmt: skip
    assert len(pieces(delivered)) == 3


def test_an_event_ends_two_seconds_and_some_lines_later() -> None:
    splitter = AuditSplitter()
    delivered = [record("SYSCALL", 1)] + [record("SYSCALL", 2 + n, at=9.0) for n in range(100)]
    early = list(splitter.take(delivered, range(len(delivered))))
    assert [each.raw for each in early] == delivered[:1]


def test_batches_make_no_difference() -> None:
    delivered = [
        record(kind, n, at=n / 10) for n in range(300) for kind in ("SYSCALL", "PROCTITLE")
    ]
    one_by_one = AuditSplitter()
    alone = [
        piece for place, each in enumerate(delivered) for piece in one_by_one.take([each], [place])
    ]
    assert [each.raw for each in [*alone, *one_by_one.rest()]] == pieces(delivered)


def test_other_lines_are_left_to_others_and_half_of_a_text_must_be_audit_s() -> None:
    splitter = AuditSplitter()
    [piece] = splitter.take([b"hello"], [0])
    assert piece.form is None
    assert splitter_for([b"hello", b"hello", record("SYSCALL", 1)], "") is None
    with pytest.raises(ValueError, match="no options"):
        splitter_for([], "year=2023")


def test_the_same_file_again_is_the_same_and_a_serial_after_a_reboot_is_not() -> None:
    first, second = record("USER_LOGIN", 1, "pid=1"), record("USER_LOGIN", 1, "pid=2")
    ids = [recognise(each).each_id[0] for each in (first, first, second)]
    assert ids[0] == ids[1] != ids[2]


# Fields ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("02000050A9FEA9FE0000000000000000", ("ipv4", "169.254.169.254", 80, "")),
        ("00020050A9FEA9FE0000000000000000", ("ipv4", "169.254.169.254", 80, "")),
        ("0A00001600000000" + "00" * 20, ("ipv6", "::", 22, "")),
        ("01002F72756E2F7800616263", ("unix", "", 0, "/run/x")),
        ("0100006162630000", ("unix", "", 0, "@abc")),
        ("100000000000000000000000", ("netlink", "", 0, "")),
        ("02", None), ("zz", None),
    ],
)  # fmt: skip
def test_addresses_of_sockets_are_read(value: str, expected: object) -> None:
    assert sockaddr(value) == expected


def test_arguments_in_pieces_over_several_records_are_joined_before_they_are_text() -> None:
    delivered = [
        record("EXECVE", 1, 'argc=3 a0="x" a1_len=6 a1[0]=C3 a1[1]=A4206227'),
        record("EXECVE", 1, 'a2="it\'s"'),
    ]
    read = [line(found, each) for each in delivered if (found := HEAD.match(each))]
    assert arguments(read) == ["x", "ä b'", "it's"]


def test_architectures_and_calls_have_their_names() -> None:
    named = [(ARCHITECTURES[arch], number) for arch, number in
             (("c000003e", "59"), ("40000003", "11"), ("c00000b7", "221"))]  # fmt: skip
    assert [syscall(arch, number) for arch, number in named] == ["execve"] * 3
    assert (ERRORS["13"], ERRORS["115"]) == ("EACCES", "EINPROGRESS")
    assert syscall("x86_64", "99999") == syscall("vax", "1") == ""


def test_paths_are_told_whole_but_not_where_the_folder_is_another() -> None:
    paths = (
        record("CWD", 1, 'cwd="/srv"'),
        record("PATH", 1, 'item=0 name="a/../b" nametype=NORMAL'),
    )
    call = "arch=c000003e syscall=257 success=yes exit=3 a0={} a1=1 a2={} a3=0 pid=7 auid=1 uid=1"
    here = said(record("SYSCALL", 1, call.format("ffffff9c", "0")), *paths)
    there = said(record("SYSCALL", 1, call.format("5", "241")), *paths)
    assert (here["thing"], here["action"]) == ("/srv/b", "read")
    assert (there["thing"], there["action"]) == ("a/../b", "update")


def test_lost_records_are_told() -> None:
    event = said(record("CONFIG_CHANGE", 1, "audit_lost=12 auid=0 ses=1 res=1"))
    assert event["detail"] == "12 audit records were lost"


def test_every_field_may_be_anything() -> None:
    kinds = (
        "SYSCALL",
        "PATH",
        "EXECVE",
        "SOCKADDR",
        "USER_AUTH",
        "ADD_GROUP",
        "AVC",
        "CONFIG_CHANGE",
    )
    names = ["pid", "auid", "exit", "saddr", "a0", "a1[0]", "acct", "name", "rport",
             "arch", "syscall", "success", "addr", "id", "op"]  # fmt: skip
    values = ("", "x" * 5_000, "-1", "9" * 40, "F" * 41, "\x00", "'", '"', "{", "\udc80", "=")
    delivered = [
        record("X", n).replace(b"type=X", f"type={kind}".encode())
        + f"{name}={value}".encode("utf-8", "surrogatepass")
        for n, (kind, name, value) in enumerate(
            (k, n, v) for k in kinds for n in names for v in values
        )
    ]
    events = events_of(b"\n".join(delivered))
    assert len(events) == len(delivered)
    assert not [each["reason"] for each in events if each["reason"]]


# The reference --------------------------------------------------------------------------------

REASSEMBLED = {
    "normal": ([(58, 2), (59, 5), (60, 5), (61, 4), (62, 1)], 0),
    "lost_messages": ([(49, 2), (59, 5), (60, 5), (61, 4), (62, 1)], 9),
    "out_of_order": ([(58, 2), (59, 5), (60, 5), (61, 4), (62, 1)], 0),
    "rollover": ([(4294967294, 1), (4294967295, 1), (0, 1), (1, 1), (2, 1)], 0),
}
"""Serial and number of records of each event, and how many are missing, as go-libaudit says."""


@pytest.mark.parametrize("name", REASSEMBLED)
def test_events_are_assembled_as_the_reference_assembles_them(name: str) -> None:
    path = shared("auditd/go-libaudit-reassembly") / f"{name}.log"
    delivered = path.read_bytes().splitlines()
    splitter = splitter_for(delivered[:64], "")
    assert isinstance(splitter, AuditSplitter)
    found = [*splitter.take(delivered, range(len(delivered))), *splitter.rest()]
    serials = [
        {int(each) for each in re.findall(rb"audit\([\d.]+:(\d+)\)", piece.raw)} for piece in found
    ]
    counted = [(serial, piece.lines) for [serial], piece in zip(serials, found, strict=True)]
    assert (counted, splitter.missing) == REASSEMBLED[name]
    assert all(each["reason"] is None for each in events_of(path.read_bytes()))


GOLDEN = ("audit-rhel6", "audit-rhel7", "audit-ubuntu16", "test2")
RENAMED = {"res": "result", "success": "result", "grantors": "grantors"}


def as_reference(kind: str, fields: dict[str, str]) -> dict[str, str]:
    """Our fields of one record in the words of the reference."""
    told: dict[str, str] = {}
    for name, value in fields.items():
        plain = decoded(name, value)
        if kind == "EXECVE" and name[1:].isdigit():
            plain = unquoted(name, value).decode()
        if kind == "SOCKADDR" and name == "saddr":
            found = sockaddr(value)
            assert found is not None
            told["family"] = found.family
            if found.ip:
                told |= {"addr": found.ip, "port": str(found.port)}
            elif found.path:
                told["path"] = found.path
            else:
                told["saddr"] = value
        elif name in ("subj", "obj") and plain:
            parts = ("user", "role", "domain", "level", "category")
            told |= {
                f"{name}_{part}": each for part, each in zip(parts, plain.split(":"), strict=False)
            }
        elif name in ("auid", "old-auid", "ses") and value == "4294967295":
            told[name] = "unset"
        elif name == "tty" and value == "(none)":
            told[name] = value
        elif plain:
            told[RENAMED.get(name, name)] = plain
    arch = ARCHITECTURES.get(told.get("arch", ""), "")
    if kind == "SYSCALL":
        told |= {"arch": arch, "syscall": syscall(arch, told["syscall"])}
        if told["exit"].startswith("-"):
            told["exit"] = ERRORS[told["exit"][1:]]
        told["result"] = {"yes": "success", "no": "fail"}[told["result"]]
    if told.get("result") in ("1", "0", "failed"):
        told["result"] = {"1": "success", "0": "fail", "failed": "fail"}[told["result"]]
    return told


@pytest.mark.parametrize("name", GOLDEN)
def test_records_are_read_as_the_reference_reads_them(name: str) -> None:
    folder = shared("auditd/go-libaudit-auparse")
    expected = json.loads((folder / f"{name}.log.golden").read_text())
    by_raw = {each["raw_msg"]: each for each in expected if each}
    compared = 0
    for raw in (folder / f"{name}.log").read_bytes().splitlines():
        found = HEAD.match(raw)
        wanted = by_raw.pop(raw.decode().partition(" msg=")[2], None)
        if wanted is None:
            assert found is None  # UNKNOWN[1329] msg=?
            continue
        assert found is not None
        told = line(found, raw)
        assert told.kind.lower() == wanted["record_type"]
        assert int(found["serial"]) == wanted["sequence"]
        ours, theirs = as_reference(told.kind, told.fields), dict(wanted["data"] or {})
        ours.pop("key", "")  # the reference keeps rule keys elsewhere, and not in these files
        if told.kind == "LOGIN":  # the reference has two spellings of old and new, and 2^32-1
            ours = {key.replace("old-", ""): each for key, each in ours.items() if "old" not in key}
            theirs = {
                key.replace("new_", ""): each for key, each in theirs.items() if "old" not in key
            }
        assert ours == theirs, raw
        compared += 1
    assert not by_raw
    assert compared


def test_assembled_events_of_the_reference_files_say_what_their_records_say() -> None:
    folder = shared("auditd/go-libaudit-auparse")
    for name in GOLDEN:
        expected = json.loads((folder / f"{name}.log.golden").read_text())
        by_id: dict[str, list[dict[str, Any]]] = {}
        for each in filter(None, expected):
            stamp = re.search(r"audit\(([\d.]+:\d+)\)", each["raw_msg"])
            assert stamp is not None
            by_id.setdefault(stamp[1], []).append(each)
        events = events_of((folder / f"{name}.log").read_bytes())
        events = [each for each in events if each["source"] == "auditd"]
        assert {each["metadata_uid"] for each in events} == set(by_id)
        assert len(events) == len(by_id)
        for event in events:
            of_it = by_id[event["metadata_uid"]]
            results = {(each["data"] or {}).get("result") for each in of_it} - {None}
            if results:
                word = "success" if results == {"success"} else "failure"
                assert event["status"] == word, event["metadata_uid"]
            moment = event["time"].strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
            stated = of_it[0]["@timestamp"].removesuffix("Z")
            seconds, _, fraction = stated.partition(".")
            assert moment == f"{seconds}.{fraction or '0':0<3}"


def test_a_month_of_real_sign_ins_is_read_whole() -> None:
    path = shared("auditd/msticpy") / "auditd_log.txt.gz"
    raw = gzip.decompress(path.read_bytes())
    heads = re.findall(rb"^type=(\S+) msg=audit\(([\d.]+:\d+)\)", raw, re.MULTILINE)
    events = events_of(raw)
    assert {each["source"] for each in events} == {"auditd"}
    assert not [each for each in events if each["reason"]]
    assert len(events) == len({each for _, each in heads})
    failed = len(re.findall(rb"^type=USER_LOGIN .*res=failed", raw, re.MULTILINE))
    logins = Counter(each["status"] for each in events if each["api_operation"] == "USER_LOGIN")
    assert logins["failure"] == failed > 0


@pytest.mark.parametrize(
    ("name", "sources"),
    [
        ("plaso/audit_enriched.log", {"auditd": 12}),
        ("plaso/selinux.log", {"auditd": 6, "text": 4}),
        ("splunk-data-sources/linux_auditd_execve.log", {"auditd": 1}),
        ("splunk-data-sources/linux_auditd_proctitle.log", {"auditd": 1}),
        ("splunk-data-sources/linux_auditd_service_stop.log", {"auditd": 1}),
        ("otrf/sh_arp_cache_2020-11-10074812.log", {"auditd": 2}),
        ("otrf/sh_binary_padding_dd_2020-11-10081941.log", {"auditd": 1}),
    ],
)
def test_every_real_sample_is_read(name: str, sources: dict[str, int]) -> None:
    events = events_of((shared("auditd") / name).read_bytes())
    assert Counter(each["source"] for each in events) == sources
    assert not [each for each in events if each["reason"]]


def test_the_enriched_form_names_people() -> None:
    events = events_of((shared("auditd/plaso") / "audit_enriched.log").read_bytes())
    assert {each["actor_user_name"] for each in events} == {"root"}


def test_what_azure_s_agent_tells_is_read() -> None:
    path = shared("auditd/otrf")
    [name] = path.glob("*.json")
    events = events_of(name.read_bytes())
    rows = [json.loads(each) for each in name.read_text().splitlines()]
    assert len(events) == len(rows) == 50
    for event, row in zip(events, rows, strict=True):
        assert (event["source"], event["reason"]) == ("auditd", None)
        said = dict(each.partition("=")[::2] for each in row["SyslogMessage"].split())
        assert event["actor_user_uid"] == said["uid"]  # none of them comes from a session
        assert event["actor_user_name"] == said["user"]
        assert event["status"] == {"yes": "success", "no": "failure"}[said["success"]]
        assert event["device_hostname"] == row["HostName"]
