"""Cloud Audit Logs: what is a failure, what is not yet known, and what carries the entries."""

from __future__ import annotations

import base64
import gzip
import json
from datetime import datetime
from ipaddress import ip_address
from typing import Any

import pytest

from actum.sources import gcp_audit
from actum.testing import read, recognise
from sources.world import claimed, documents, shared

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
ACCOUNT = "cart@shop-111122.iam.gserviceaccount.com"


def entry(payload: dict[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
    """An entry, with members of it or of its payload changed; None leaves one out."""
    inner: dict[str, Any] = {
        "@type": "type.googleapis.com/google.cloud.audit.AuditLog", "status": {},
        "authenticationInfo": {"principalEmail": "alice@example.com"},
        "requestMetadata": {"callerIp": "203.0.113.7", "callerSuppliedUserAgent": "gcloud"},
        "serviceName": "compute.googleapis.com", "methodName": "v1.compute.firewalls.delete",
        "resourceName": "projects/shop-111122/global/firewalls/ssh",
    }  # fmt: skip
    inner = {k: v for k, v in {**inner, **(payload or {})}.items() if v is not None}
    plain: dict[str, Any] = {
        "protoPayload": inner, "insertId": "example1", "severity": "NOTICE",
        "resource": {"type": "gce_firewall_rule", "labels": {"project_id": "shop-111122"}},
        "timestamp": "2026-03-02T09:26:53.098123456Z",
        "logName": "projects/shop-111122/logs/cloudaudit.googleapis.com%2Factivity",
        "receiveTimestamp": "2026-03-02T09:26:54.004512987Z",
    }  # fmt: skip
    return {key: value for key, value in {**plain, **changed}.items() if value is not None}


def raw(payload: dict[str, Any] | None = None, **changed: Any) -> bytes:
    return json.dumps(entry(payload, **changed)).encode()


def event(payload: dict[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
    """The one event of one entry."""
    [[only]] = claimed([raw(payload, **changed)])
    return only


def message(inner: bytes) -> dict[str, Any]:
    """A Pub/Sub message around it."""
    return {"data": base64.b64encode(inner).decode(), "messageId": "1", "publishTime": "x"}


# What must not happen -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "told",
    [
        {"logName": "projects/p/logs/app", "jsonPayload": {"protoPayload": 1}},
        {"logName": "projects/p/logs/app", "textPayload": '"protoPayload"'},
        {"protoPayload": {"@type": "type.googleapis.com/google.appengine.logging.v1.RequestLog",
                          "methodName": "x"}},
        {"protoPayload": {}},
        {"message": {"data": "bm90IGEgbG9nIGVudHJ5", "messageId": "1"}, "subscription": "s"},
        {"message": {"data": "%%%", "messageId": "1"}, "subscription": "s"},
        {"message": {"messageId": "1"}, "subscription": "s", "data": None},
        {"receivedMessages": [], "data": 1},
        {"methodName": "v1.compute.firewalls.patch"},
    ],
)  # fmt: skip
def test_other_entries_and_messages_are_not_taken(told: dict[str, Any]) -> None:
    assert gcp_audit.claim(json.dumps(told).encode()) is None


def test_an_accepted_request_is_not_yet_a_success() -> None:
    assert event({"status": None}, operation={"id": "o", "first": True})["status"] == "unknown"
    assert event({"status": None}, operation={"id": "o", "last": True})["status"] == "success"
    whole = {"id": "o", "first": True, "last": True}
    assert event({"status": None}, operation=whole)["status"] == "success"


@pytest.mark.parametrize("form", ["plain", "pubsub", "renamed", "event"])
def test_a_principal_named_twice_is_unread_in_every_form(form: str) -> None:
    text = raw().replace(b'"principalEmail"', b'"principalEmail": "mallory", "principalEmail"')
    if form == "pubsub":
        text = json.dumps({"message": message(text), "subscription": "s"}).encode()
    elif form == "renamed":
        text = text.replace(b'"protoPayload"', b'"protopayload_auditlog"')
    elif form == "event":
        text = b'{"specversion": "1.0", "data": %b}' % text
    [[found]] = claimed([text])
    assert "principalEmail" in found["reason"]
    assert found["actor_user_name"] is None


@pytest.mark.parametrize("member", sorted(entry()))
def test_a_member_of_the_wrong_type_gives_one_event(member: str) -> None:
    told = [json.dumps({**entry(), member: wrong}).encode() for wrong in WRONG]
    assert all(len(each) == 1 for each in claimed(told))


@pytest.mark.parametrize("member", sorted(entry()["protoPayload"]))
def test_a_member_of_the_payload_of_the_wrong_type_gives_one_event(member: str) -> None:
    told = [json.dumps(entry({member: wrong})).encode() for wrong in WRONG]
    told += [each.replace(b"protoPayload", b"protopayload_auditlog") for each in told]
    assert all(len(each) == 1 for each in claimed(told))


def test_an_address_that_is_none_is_no_address() -> None:
    for told in ("private", "gce-internal-ip"):
        found = event({"requestMetadata": {"callerIp": told}})
        assert (found["src_endpoint_ip"], found["src_endpoint_domain"]) == (None, told)


# What must happen ---------------------------------------------------------------------------------

ASKED = {"permission": "x.y.z", "resource": "projects/shop-111122"}


@pytest.mark.parametrize(
    ("payload", "changed", "status"),
    [
        ({}, {}, "success"),
        ({"status": None}, {}, "success"),
        ({"status": {"code": 0}}, {}, "success"),
        ({"status": {"code": 7, "message": "no"}}, {}, "failure"),
        ({"status": {"code": "16"}}, {}, "failure"),
        ({"status": None, "authorizationInfo": [{**ASKED, "granted": False}]}, {}, "failure"),
        ({"status": None, "authorizationInfo": [{**ASKED, "granted": False},
                                                {**ASKED, "granted": True}]}, {}, "success"),
        ({"authorizationInfo": [{**ASKED, "granted": False}]}, {}, "success"),
        ({"status": None}, {"logName": "projects/p/logs/cloudaudit.googleapis.com%2Fpolicy"},
         "failure"),
        ({"status": None}, {"severity": "ERROR"}, "unknown"),
        ({}, {"labels": {"authorization.k8s.io/decision": "forbid"}}, "failure"),
    ],
)  # fmt: skip
def test_the_outcome_is_what_the_status_says(
    payload: dict[str, Any], changed: dict[str, Any], status: str
) -> None:
    assert event(payload, **changed)["status"] == status


def test_a_key_is_followed_from_its_making_to_its_use() -> None:
    name = f"projects/shop-111122/serviceAccounts/{ACCOUNT}/keys/example"
    made = event({"serviceName": "iam.googleapis.com", "response": {"name": name},
                  "methodName": "google.iam.admin.v1.CreateServiceAccountKey"},
                 resource={"type": "service_account", "labels": {"email_id": ACCOUNT}})  # fmt: skip
    used = event({"authenticationInfo": {"principalEmail": ACCOUNT,
                  "serviceAccountKeyName": f"//iam.googleapis.com/{name}"}})  # fmt: skip
    assert made["issued_credential_uid"] == used["actor_user_credential_uid"]
    assert made["any_user"] == [ACCOUNT] == [used["actor_user_name"]]
    assert used["actor_user_account_uid"] == "shop-111122"


def test_whoever_borrowed_an_account_is_told() -> None:
    found = event(
        {
            "authenticationInfo": {
                "principalEmail": ACCOUNT,
                "serviceAccountDelegationInfo": [
                    {"firstPartyPrincipal": {"principalEmail": "bob@example.com"}}
                ],
            }
        }
    )
    assert found["actor_session_issuer"] == "bob@example.com"
    assert "bob@example.com" in found["any_user"]


@pytest.mark.parametrize(
    ("actions", "activity"), [(["ADD"], 1), (["REMOVE"], 2), (["ADD", "REMOVE"], 99), ([], 99)]
)
def test_a_policy_says_who_was_given_or_lost_a_role(actions: list[str], activity: int) -> None:
    deltas = [{"action": each, "member": f"user:{each.lower()}@example.com"} for each in actions]
    found = event({"methodName": "SetIamPolicy",
                   "serviceData": {"policyDelta": {"bindingDeltas": deltas}}})  # fmt: skip
    assert (found["class_uid"], found["activity_id"]) == (3005, activity)
    assert (found["any_user"] or []) == [f"{each.lower()}@example.com" for each in actions]


@pytest.mark.parametrize(
    ("method", "resource", "kind", "name", "namespace", "action"),
    [
        ("io.k8s.core.v1.pods.create", "core/v1/namespaces/shop/pods/cart", "pods", "cart", "shop",
         "create"),
        ("io.k8s.core.v1.pods.exec.create", "core/v1/namespaces/shop/pods/cart/exec", "pods",
         "cart", "shop", "other"),
        ("io.k8s.core.v1.secrets.list", "core/v1/namespaces/shop/secrets", "secrets", None, "shop",
         "read"),
        ("io.k8s.core.v1.nodes.delete", "core/v1/nodes/n1", "nodes", "n1", None, "delete"),
        ("io.cert-manager.v1.certificates.patch",
         "cert-manager.io/v1/namespaces/shop/certificates/tls", "certificates", "tls", "shop",
         "update"),
        ("io.k8s.get", "readyz", "nonResourceURL", None, None, "read"),
    ],
)  # fmt: skip
def test_kubernetes_methods_are_read_by_resource_and_verb(  # noqa: PLR0917 - one row of a table
    method: str, resource: str, kind: str, name: str | None, namespace: str | None, action: str
) -> None:
    found = event({"serviceName": "k8s.io", "methodName": method, "resourceName": resource})
    assert found["api_operation"] == method
    assert (found["resource_type"], found["resource_namespace"]) == (kind, namespace)
    if kind != "nonResourceURL":
        assert found["resource_name"] == name
    assert found["action"] == action


def test_the_same_entry_is_known_again_whatever_carries_it() -> None:
    plain = gcp_audit.claim(raw())
    assert plain is not None
    row = entry()
    row["protopayload_auditlog"] = row.pop("protoPayload")
    row["timestamp"] = "2026-03-02 09:26:53.098123 UTC"
    carried = [
        {"message": message(raw()), "subscription": "s"},
        {"ackId": "a", "message": message(raw())},
        message(raw()),
        {"specversion": "1.0", "type": "google.cloud.pubsub.topic.v1.messagePublished",
         "data": {"message": message(raw()), "subscription": "s"}},
        {"specversion": "1.0", "type": "google.cloud.audit.log.v1.written", "data": entry()},
        row,
    ]  # fmt: skip
    for each in carried:
        found = gcp_audit.claim(json.dumps(each).encode())
        assert found is not None
        assert (found.key, bool(found.form)) == (plain.key, True)


def test_pulled_messages_are_an_event_each_and_a_foreign_one_says_so() -> None:
    pulled = {
        "receivedMessages": [
            {"ackId": "a", "message": message(raw())},
            {"ackId": "b", "message": {"messageId": "2"}},
            {"ackId": "c", "message": message(raw(insertId="2"))},
        ]
    }
    [found] = claimed([json.dumps(pulled).encode()])
    assert [each["metadata_uid"] for each in found] == ["example1", None, "2"]
    assert found[1]["reason"] == "the message carries no data"


# The shared samples -------------------------------------------------------------------------------


def second_reading(told: dict[str, Any]) -> dict[str, Any]:
    """Who, what, when, from where and with what outcome, in plain Python."""
    payload = told["protoPayload"]
    who, meta = payload.get("authenticationInfo") or {}, payload.get("requestMetadata") or {}
    operation = told.get("operation") or {}
    status = "success"
    if (payload.get("status") or {}).get("code"):
        status = "failure"
    elif operation.get("first") and not operation.get("last"):
        status = "unknown"
    address = meta.get("callerIp")
    try:
        address = address and str(ip_address(address)) and address
    except ValueError:
        address = None
    when = told["timestamp"]
    return {
        "actor_user_name": who.get("principalEmail"),
        "api_operation": payload.get("methodName"),
        "api_service_name": payload.get("serviceName"),
        "resource_uid": account_of(told) or payload.get("resourceName") or None,
        "cloud_account_uid": told["resource"]["labels"]["project_id"],
        "time": datetime.fromisoformat(when).replace(tzinfo=None),
        "original_time": when,
        "src_endpoint_ip": address,
        "user_agent": meta.get("callerSuppliedUserAgent"),
        "status": status,
        "metadata_uid": told["insertId"],
        "metadata_correlation_uid": operation.get("id") or told.get("trace"),
    }


def account_of(told: dict[str, Any]) -> str | None:
    """A service account that is made is no project, though its project is asked for it."""
    payload = told["protoPayload"]
    if told["resource"]["type"] != "service_account":
        return None
    is_named = "/serviceAccounts/" in payload["resourceName"]
    return None if is_named else payload.get("response", {}).get("name")


def test_every_shared_entry_is_read_as_a_second_reader_reads_it() -> None:
    told = [each for _, each in documents(shared("gcp-audit"))]
    ours = [each for each in told if "protoPayload" in each]
    assert (len(told), len(ours)) == (43, 39)
    for each, [only] in zip(ours, claimed([json.dumps(one).encode() for one in ours]), strict=True):
        expected = second_reading(each)
        assert (only["source"], only["reason"], only["unmapped"]) == ("gcp_audit", None, 0)
        assert {name: only[name] for name in expected} == expected
    rest = [json.dumps(each).encode() for each in told if "protoPayload" not in each]
    assert sorted(recognise(b"\n".join(rest)).sources) == ["gcp_audit.event", *["json"] * 3]


def test_no_other_source_takes_the_shared_stubs() -> None:
    path = shared("panther-tests") / "GCP.AuditLog.jsonl.gz"
    logs = [json.loads(line)["log"] for line in gzip.decompress(path.read_bytes()).splitlines()]
    claims = recognise(b"\n".join(json.dumps(each).encode() for each in logs))
    found = [
        (each.split(".")[0], events)
        for each, events in zip(claims.sources, read(claims.raws, claims.sources), strict=True)
    ]
    named = [log.get("protoPayload") or log.get("protopayload") or {} for log in logs]
    expected = [bool({"methodName", "authenticationInfo", "at_sign_type"} & each.keys())
                for each in named]  # fmt: skip
    assert [name == "gcp_audit" for name, _ in found] == expected
    for payload, (name, events) in zip(named, found, strict=True):
        if name == "gcp_audit":
            [only] = events
            assert only["reason"] is None
            assert only["api_operation"] == payload.get("methodName")
