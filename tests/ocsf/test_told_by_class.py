"""Findings, flows, requests and sign-ins: what the class has its own words for."""

from __future__ import annotations

import pytest

from actum.ocsf import sentence

FOUND: dict[str, object] = {
    "class_uid": 2004,
    "activity_id": 1,
    "metadata_product": "GuardDuty",
    "resource_name": "AKIAEXAMPLE",
    "resource_type": "AwsIamAccessKey",
}
FLOW: dict[str, object] = {"class_uid": 4001, "activity_id": 1, "status": "success"}
ASKED: dict[str, object] = {
    "class_uid": 4002,
    "http_method": "GET",
    "http_url": "/x",
    "src_endpoint_ip": "203.0.113.7",
}
LOGON: dict[str, object] = {"class_uid": 3002, "activity_id": 1, "actor_user_name": "alice"}

CASES = {
    # findings
    "a title without its full stop": (
        FOUND | {"finding_title": "An API was called from a Tor exit node. "},
        "GuardDuty found: An API was called from a Tor exit node, on IAM access key AKIAEXAMPLE",
    ),
    "a title that goes on": (
        FOUND | {"finding_title": "And so on..."},
        "GuardDuty found: And so on... on IAM access key AKIAEXAMPLE",
    ),
    "a title that names its thing in another case": (
        FOUND | {"finding_title": "akiaexample leaked"},
        "GuardDuty found: akiaexample leaked",
    ),
    "a check that did not apply": (
        {"class_uid": 2003, "finding_title": "T", "status": "unknown", "status_code": "N/A"},
        "a detector checked: T: N/A",
    ),
    # flows
    "a connection and who opened it": (
        FLOW
        | {"dst_endpoint_ip": "203.0.113.9", "dst_endpoint_port": 443}
        | {"actor_user_uid": "1000", "process_name": "curl", "device_hostname": "web-1"},
        "connection to 203.0.113.9:443 opened by uid 1000 with curl on web-1",
    ),
    "a connection that failed says why": (
        FLOW
        | {"activity_id": 4, "status": "failure", "status_code": "CertUntrusted"}
        | {"src_endpoint_ip": "203.0.113.7", "actor_user_name": "CN=eve"},
        "connection from 203.0.113.7 of CN=eve failed: CertUntrusted",
    ),
    "a protocol without a name": (
        FLOW | {"activity_id": 6, "src_endpoint_ip": "10.0.0.5", "connection_protocol": "47"},
        "traffic from 10.0.0.5 protocol 47 accepted",
    ),
    # requests
    "a request nobody says the end of": (
        ASKED | {"status": "unknown"},
        "203.0.113.7 asked GET /x (outcome unknown)",
    ),
    "a request a rule skipped": (
        ASKED | {"status": "unknown", "status_code": "skip"},
        "203.0.113.7 asked GET /x: skip (outcome unknown)",
    ),
    "a request refused without a word": (
        ASKED | {"status": "failure"},
        "203.0.113.7 asked GET /x in vain",
    ),
    "a lookup nobody says the end of": (
        {"class_uid": 4003, "query_hostname": "x.io", "device_uid": "i-1", "status": "unknown"},
        "i-1 looked up x.io (outcome unknown)",
    ),
    "a request an API carries": (
        {"class_uid": 6003, "actor_user_name": "alice", "api_operation": "kube.request"}
        | {"http_method": "DELETE", "http_url": "/pods/web-1", "http_status": 403}
        | {"resource_name": "prod", "resource_type": "cluster", "status": "failure"},
        "alice asked DELETE /pods/web-1 of cluster prod: 403",
    ),
    "an operation that says nothing of its request": (
        {"class_uid": 6003, "actor_user_name": "alice", "api_operation": "sapi"}
        | {"http_method": "PATCH", "http_url": "/shield", "status": "success"},
        "alice called sapi (PATCH /shield)",
    ),
    # sign-ins
    "signed in as another": (
        LOGON | {"actor_acting_as": "svc", "api_service_name": "Windows", "status": "success"},
        "alice signed in to Windows as svc",
    ),
    "was asked for the password of another": (
        LOGON
        | {"resource_name": "root", "resource_type": "user", "api_service_name": "su"}
        | {"status": "failure"},
        "alice failed to sign in to su as root",
    ),
    "signed in, told of the user": (
        LOGON | {"resource_uid": "5f0a", "resource_type": "user", "status": "success"},
        "alice signed in",
    ),
    "signed in to what is known by a number": (
        LOGON | {"resource_name": "42", "resource_type": "organization", "status": "success"},
        "alice signed in to organization 42",
    ),
    "failed often": (
        LOGON | {"status": "failure", "count": 5, "status_detail": "password"},
        "alice failed to sign in, 5 times: password",
    ),
    "was only asked for a second factor": (
        LOGON | {"activity_id": 6, "status": "unknown"},
        "alice was asked for a check before signing in (outcome unknown)",
    ),
    # by what little there is
    "the log of a product": (
        {"class_uid": 1008, "activity_id": 10, "metadata_product": "Linux Audit"}
        | {"actor_user_uid": "1000"},
        "uid 1000 disabled the Linux Audit log",
    ),
    "an act with words and a thing": (
        {"class_uid": 3006, "activity_id": 99, "message": "from here to there"}
        | {"api_operation": "Other", "actor_user_name": "sync"}
        | {"resource_name": "Finance", "resource_type": "Group"},
        "sync called Other on group Finance",
    ),
}


@pytest.mark.parametrize(("event", "told"), CASES.values(), ids=CASES.keys())
def test_it_is_told_in_the_words_of_its_class(event: dict[str, object], told: str) -> None:
    assert sentence(event) == told
