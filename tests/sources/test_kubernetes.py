"""Kubernetes audit: stages of one request, who acts as whom, and how Azure and AWS carry it."""

from __future__ import annotations

import base64
import gzip
import json
from collections import Counter, defaultdict
from datetime import datetime
from ipaddress import ip_address
from typing import Any

import pytest

from actum.sources import SOURCES, kubernetes
from actum.testing import read, recognise
from sources.world import claimed, documents, shared

STAGES = ("RequestReceived", "ResponseStarted", "ResponseComplete")
WRONG: tuple[Any, ...] = (
    None,
    7,
    -1.5,
    True,
    "",
    "text",
    [],
    [[]],
    {},
    {"a": {"b": []}},
    "\x00",
    "x" * 5_000,
)


def audit(**changed: Any) -> dict[str, Any]:
    """An audit event, with some of its members changed; None leaves one out."""
    plain: dict[str, Any] = {
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata",
        "auditID": "00000000-0000-4000-8000-000000000001", "stage": "ResponseComplete",
        "requestURI": "/api/v1/namespaces/shop/pods/cart", "verb": "get",
        "user": {"username": "alice@example.com", "uid": "u-1", "groups": ["system:authenticated"]},
        "sourceIPs": ["203.0.113.7"], "userAgent": "kubectl/v1.31.2",
        "objectRef": {"resource": "pods", "namespace": "shop", "name": "cart", "apiVersion": "v1"},
        "responseStatus": {"metadata": {}, "code": 200},
        "requestReceivedTimestamp": "2026-03-02T09:26:53.104512Z",
        "stageTimestamp": "2026-03-02T09:26:53.112907Z",
        "annotations": {"authorization.k8s.io/decision": "allow"},
    }  # fmt: skip
    return {key: value for key, value in {**plain, **changed}.items() if value is not None}


def stage(name: str, **changed: Any) -> dict[str, Any]:
    """One stage of that request; only the later ones know the answer."""
    answer = {} if name != "RequestReceived" else {"responseStatus": None, "annotations": None}
    return audit(stage=name, **{**answer, **changed})


def events(*told: dict[str, Any]) -> list[dict[str, Any]]:
    """The one event of each, with the index it has in the batch under its own name."""
    records = [json.dumps(each).encode() for each in told]
    found = claimed(records)
    assert all(len(each) == 1 for each in found)
    return [only for [only] in found]


def event(**changed: Any) -> dict[str, Any]:
    """The one event of one record."""
    return events(audit(**changed))[0]


# What must not happen -----------------------------------------------------------------------------


def test_an_event_of_the_cluster_is_no_audit_event() -> None:
    told = {
        "kind": "Event",
        "apiVersion": "v1",
        "involvedObject": {"kind": "Pod"},
        "reason": "Pulled",
    }
    assert kubernetes.claim(json.dumps(told).encode()) is None


def test_other_azure_records_are_not_taken() -> None:
    told = {"category": "kube-apiserver", "properties": {"log": "I0302 audit"}, "time": "x"}
    assert kubernetes.claim(json.dumps(told).encode()) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"auditID": "00000000-0000-4000-8000-000000000002"},
        {"requestReceivedTimestamp": "2026-03-02T09:26:54Z"},
        {"user": {"username": "mallory@example.net"}},
        {"requestURI": "/api/v1/namespaces/shop/secrets"},
        {"verb": "delete"},
    ],
    ids=["id", "time", "user", "path", "verb"],
)
def test_another_request_under_the_same_id_hides_nothing(changed: dict[str, Any]) -> None:
    """A client chooses the Audit-ID: with it alone it could hide what it does."""
    earlier, _ = events(stage("RequestReceived", **changed), stage("ResponseComplete"))
    assert earlier["copy_of"] is None


def test_a_request_without_an_id_is_never_hidden() -> None:
    told = [stage(each, auditID=None) for each in STAGES]
    assert [each["copy_of"] for each in events(*told)] == [None] * 3
    told = [stage(each, auditID="") for each in STAGES]
    assert [each["copy_of"] for each in events(*told)] == [None] * 3


def test_an_act_whose_end_is_not_at_hand_stays_visible() -> None:
    assert event(stage="RequestReceived", responseStatus=None)["copy_of"] is None
    received, started = events(stage("RequestReceived"), stage("ResponseStarted"))
    assert (received["copy_of"], started["copy_of"]) == (1, None)


def test_two_ends_of_one_request_are_both_shown() -> None:
    ends = events(stage("ResponseComplete"), stage("ResponseComplete", level="Request"))
    assert [each["copy_of"] for each in ends] == [None, None]


@pytest.mark.parametrize("member", sorted(audit()))
def test_a_member_of_the_wrong_type_gives_one_event(member: str) -> None:
    told = [json.dumps({**audit(), member: wrong}).encode() for wrong in WRONG]
    assert all(len(each) == 1 for each in claimed(told))


@pytest.mark.parametrize(("member", "inner"), [
    (member, inner) for member in ("user", "objectRef", "responseStatus", "annotations")
    for inner in audit()[member]
])  # fmt: skip
def test_an_inner_member_of_the_wrong_type_is_read_all_the_same(member: str, inner: str) -> None:
    told = [json.dumps(audit(**{member: {**audit()[member], inner: each}})).encode()
            for each in WRONG]  # fmt: skip
    assert [each["reason"] for [each] in claimed(told)] == [None] * len(WRONG)


def test_a_user_named_twice_is_unread() -> None:
    raw = json.dumps(audit()).replace('"uid"', '"username": "mallory", "uid"').encode()
    [[found]] = claimed([raw])
    assert "username" in found["reason"]
    assert found["actor_user_name"] is None


@pytest.mark.parametrize("text", ["", "\ufeff", "not JSON", "[1]", "{", "{}", '{"kind": 0}'])
def test_an_azure_record_with_anything_in_it_gives_one_event(text: str) -> None:
    told = {"category": "kube-audit", "properties": {"log": text}, "resourceId": "/x"}
    for properties in ({"log": text}, json.dumps({"log": text}), None, 7):
        raw = json.dumps({**told, "properties": properties}).encode()
        assert len(claimed([raw])[0]) == 1


# What must happen ---------------------------------------------------------------------------------


def test_the_last_stage_is_the_act_and_the_others_stand_behind_it() -> None:
    found = events(stage("ResponseComplete"), stage("ResponseStarted"), stage("RequestReceived"))
    assert [each["copy_of"] for each in found] == [None, 0, 0]
    assert [each["status"] for each in found] == ["success", "success", "unknown"]


def test_stages_inside_one_record_stand_behind_the_last_as_well() -> None:
    messages = [{"id": str(place), "timestamp": 1, "message": json.dumps(stage(each))}
                for place, each in enumerate(STAGES)]  # fmt: skip
    inner = {"messageType": "DATA_MESSAGE", "logEvents": messages}
    coded = base64.b64encode(gzip.compress(json.dumps(inner).encode())).decode()
    [found] = claimed([json.dumps({"awslogs": {"data": coded}}).encode()])
    assert [each["copy_of"] is None for each in found] == [False, False, True]


def test_a_panic_ends_a_request_and_is_a_failure() -> None:
    received, panic = events(stage("RequestReceived"), stage("Panic", responseStatus=None))
    assert received["copy_of"] == 1
    assert panic["status"] == "failure"


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"responseStatus": {"code": 101}}, "success"),
        ({"responseStatus": {"code": 304}}, "success"),
        ({"responseStatus": {"code": 401}}, "failure"),
        ({"responseStatus": {"code": 409, "reason": "AlreadyExists"}}, "failure"),
        ({"responseStatus": {"status": "Success"}}, "success"),
        ({"responseStatus": {"status": "Failure", "message": "no"}}, "failure"),
        ({"responseStatus": {"metadata": {}}}, "unknown"),
        ({"responseStatus": None}, "unknown"),
        ({"responseStatus": None, "annotations": {"authorization.k8s.io/decision": "forbid"}},
         "failure"),
    ],
)  # fmt: skip
def test_the_outcome_is_what_the_answer_says(changed: dict[str, Any], status: str) -> None:
    assert event(**changed)["status"] == status


def test_what_runs_in_a_pod_is_told_as_it_was_called() -> None:
    found = event(
        verb="create",
        objectRef={"resource": "pods", "subresource": "exec", "name": "c"},
        requestURI="/api/v1/x/exec?command=sh&command=-c&command=rm+-rf+%2Fdata%26&tty=1",
    )
    assert found["api_operation"] == "create pods/exec"
    assert found["process_cmd_line"] == "sh -c rm -rf /data&"
    assert (found["action"], found["activity_id"]) == ("other", 99)


def test_whoever_is_impersonated_is_told_beside_the_actor() -> None:
    found = event(impersonatedUser={"username": "bob@example.com"})
    assert found["actor_user_name"] == "alice@example.com"
    assert found["actor_acting_as"] == "bob@example.com"
    assert found["any_user"] == ["bob@example.com"]


def test_an_eks_session_has_the_names_cloudtrail_gives_it() -> None:
    extra = {"arn": ["arn:aws:sts::111122223333:assumed-role/deploy/dave"],
             "canonicalArn": ["arn:aws:iam::111122223333:role/deploy"],
             "sessionName": ["dave"], "accessKeyId": ["ASIAEXAMPLE"]}  # fmt: skip
    found = event(user={"username": "deployer", "extra": extra})
    assert found["actor_user_credential_uid"] == "ASIAEXAMPLE"
    assert found["actor_session_uid"] == "dave"
    assert found["actor_session_issuer"] == "arn:aws:iam::111122223333:role/deploy"
    assert found["actor_user_account_uid"] == "111122223333"
    assert found["cloud_provider"] == "AWS"


def test_a_token_is_followed_from_its_issue_to_its_use() -> None:
    issued, used = events(
        audit(verb="create", objectRef={"resource": "serviceaccounts", "subresource": "token",
                                        "namespace": "shop", "name": "cart"},
              annotations={"authentication.kubernetes.io/issued-credential-id": "JTI=1"}),
        audit(auditID="2", user={"username": "system:serviceaccount:shop:cart", "extra": {
            "authentication.kubernetes.io/credential-id": ["JTI=1"]}}),
    )  # fmt: skip
    assert issued["issued_credential_uid"] == used["actor_user_credential_uid"] == "JTI=1"
    assert issued["any_user"] == ["system:serviceaccount:shop:cart"] == [used["actor_user_name"]]


def test_the_same_event_alone_and_from_azure_has_the_same_identity() -> None:
    plain = json.dumps(audit()).encode()
    azure = json.dumps(
        {"category": "kube-audit", "properties": {"log": "\ufeff" + plain.decode() + "\n"}}
    ).encode()
    first, second = kubernetes.claim(plain), kubernetes.claim(azure)
    assert first is not None
    assert second is not None
    assert first.key == second.key
    row = json.dumps({"Category": "kube-audit", "log_s": plain.decode(), "ResourceId": "/x"})
    third = kubernetes.claim(row.encode())
    assert third is not None
    assert (third.key, third.form) == (first.key, "aks-log")


def test_a_list_of_events_is_several_events_of_one_record_and_of_a_delivery() -> None:
    items = [audit(auditID=str(each), kind=None, apiVersion=None) for each in range(3)]
    raw = json.dumps({"kind": "EventList", "apiVersion": "audit.k8s.io/v1", "items": items})
    found = kubernetes.claim(raw.encode())
    assert found is not None
    [parts] = read([raw.encode()], [f"kubernetes.{found.form}"])
    assert [each["metadata_uid"] for each in parts] == ["0", "1", "2"]
    assert recognise(raw.encode()).sources == ["kubernetes"] * 3


# The shared samples -------------------------------------------------------------------------------


def second_reading(told: dict[str, Any]) -> dict[str, Any]:
    """Who, what, when, from where and with what outcome, in plain Python."""
    ref, answer = told.get("objectRef") or {}, told.get("responseStatus") or {}
    user = told.get("user") or {}
    when = (told.get("requestReceivedTimestamp") or told.get("timestamp")
            or told.get("stageTimestamp"))  # fmt: skip
    code = answer.get("code") or 0
    refused = (told.get("annotations") or {}).get("authorization.k8s.io/decision") == "forbid"
    status = "unknown"
    if code >= 400 or refused or answer.get("status") == "Failure":
        status = "failure"
    elif code >= 100 or answer.get("status") == "Success":
        status = "success"
    path = told.get("requestURI", "").split("?")[0]
    what = "/".join(filter(None, [ref.get("resource"), ref.get("subresource")])) or path
    first = next(iter(told.get("sourceIPs") or []), None)
    try:
        address = first and str(ip_address(first)) and first
    except ValueError:
        address = None
    return {
        "actor_user_name": user.get("username") or None,
        "actor_acting_as": (told.get("impersonatedUser") or {}).get("username"),
        "api_operation": " ".join(filter(None, [told.get("verb"), what])) or None,
        "resource_namespace": ref.get("namespace") or None,
        "time": datetime.fromisoformat(when).replace(tzinfo=None) if when else None,
        "original_time": when,
        "src_endpoint_ip": address,
        "status": status,
        "http_status": code or None,
        "metadata_uid": told.get("auditID"),
    }


def test_every_shared_event_is_read_as_a_second_reader_reads_it() -> None:
    folder = shared("k8s-audit")
    told = [
        each
        for path, document in documents(folder)
        if "labels" not in path.name and path.suffix != ".ocsf"
        for each in (document if isinstance(document, list) else [document])
        if isinstance(each, dict) and each.get("kind") == "Event"
    ]
    text = (folder / "audit2rbac" / "demo.log").read_text()
    told += [json.loads(line) for line in text.splitlines()]
    assert len(told) == 1782 + 27 + 37 + 2
    found = claimed([json.dumps(each).encode() for each in told])
    for raw, [only] in zip(told, found, strict=True):
        expected = second_reading(raw)
        assert only["reason"] is None
        assert only["source"] == "kubernetes"
        assert {name: only[name] for name in expected} == expected
        assert only["unmapped"] == 0


def test_every_request_of_the_shared_node_is_shown_once() -> None:
    path = shared("k8s-audit") / "immudb-log-audit" / "k8s.log.gz"
    claims = recognise(gzip.decompress(path.read_bytes()))
    assert claims.sources == ["kubernetes"] * 1782
    assert len(set(claims.each_id)) == 1782
    found = [only for [only] in read(claims.raws, claims.sources)]
    stages = defaultdict(set)
    for raw in claims.raws:
        told = json.loads(raw)
        stages[told["auditID"]].add(told["stage"])
    shown = Counter(each["metadata_uid"] for each in found if each["copy_of"] is None)
    assert shown == Counter(stages.keys())
    answered = sum(seen != {"RequestReceived"} for seen in stages.values())
    unknown = [each for each in found if each["copy_of"] is None and each["status"] == "unknown"]
    assert (len(shown), len(unknown)) == (890, 890 - answered)


def test_every_shared_azure_record_is_read() -> None:
    folder = shared("k8s-audit") / "aks"
    claims = recognise((folder / "event.json").read_bytes())
    assert claims.sources == ["kubernetes.aks"] * 22
    found = [only for [only] in read(claims.raws, claims.sources)]
    told = [json.loads(json.loads(raw)["properties"]["log"]) for raw in claims.raws]
    for raw, only in zip(told, found, strict=True):
        expected = second_reading(raw)
        assert {name: only[name] for name in expected} == expected
        assert only["cloud_account_uid"] == "BFC31CC5-D3BD-4B36-A40E-D13688D546EC"
    claims = recognise((folder / "sample_EventHubs_event.json").read_bytes())
    assert claims.sources == ["kubernetes.aks"]


def test_no_other_source_takes_the_shared_kubernetes_stubs() -> None:
    path = shared("panther-tests") / "Amazon.EKS.Audit.jsonl.gz"
    logs = [json.loads(line)["log"] for line in gzip.decompress(path.read_bytes()).splitlines()]
    ours = [each for each in logs if each.get("kind") == "Event"
            or each.get("category") == "kube-audit"]  # fmt: skip
    claims = recognise(b"\n".join(json.dumps(each).encode() for each in ours))
    assert {each.split(".")[0] for each in claims.sources} == {"kubernetes"}
    assert len(claims.sources) == len(ours) == 140
    assert not [each for found in read(claims.raws, claims.sources) for each in found
                if each["reason"]]  # fmt: skip
    assert SOURCES["kubernetes"] is kubernetes
