"""Vault audit: a request and its response are one act; HMACs join, and say nothing."""

from __future__ import annotations

import json
from typing import Any

from sources.world import claimed


def entry(kind: str = "response", **changed: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "time": "2026-03-02T09:26:53.1Z", "type": kind,
        "auth": {"accessor": "hmac-sha256:acc1", "display_name": "userpass-alice",
                 "metadata": {"username": "alice"}, "entity_id": "e-1", "token_type": "service"},
        "request": {"id": "r-1", "operation": "read", "mount_type": "kv", "path": "secret/data/x",
                    "remote_address": "203.0.113.9", "namespace": {"id": "root"}},
    }  # fmt: skip
    return {**whole, **changed}


def read(*entries: dict[str, Any]) -> list[dict[str, Any]]:
    return [only for [only] in claimed([json.dumps(each).encode() for each in entries])]


def asked(**changed: Any) -> dict[str, Any]:
    return {**entry()["request"], **changed}


def test_a_request_without_its_response_stays_and_its_outcome_is_unknown() -> None:
    [only] = read(entry("request"))
    assert (only["status"], only["copy_of"]) == ("unknown", None)


def test_a_request_is_a_copy_of_the_response_that_is_there() -> None:
    other = entry(request=asked(id="r-2"))
    found = read(entry("request"), other, entry())
    assert [each["copy_of"] is None for each in found] == [False, True, True]


def test_requests_without_an_id_are_nobodys_copies() -> None:
    request = asked(id="")
    found = read(entry("request", request=request), entry(request=request))
    assert found[0]["copy_of"] is None


def test_an_error_is_a_failure_in_either_record() -> None:
    for kind in ("request", "response"):
        [only] = read(entry(kind, error="permission denied"))
        assert (only["status"], only["status_detail"]) == ("failure", "permission denied")
    [only] = read(
        entry(
            request=asked(mount_type="userpass", path="auth/userpass/login/bob"),
            response={"data": {"error": "hmac-sha256:x"}},
        )
    )
    assert only["status"] == "failure"
    [only] = read(entry(response={"data": {"error": "hmac-sha256:x"}}))
    assert only["status"] == "success"  # a secret whose only key is called error


def test_the_accessor_that_was_issued_is_the_one_used_later() -> None:
    login = entry(
        auth={},
        request=asked(path="auth/userpass/login/alice", operation="update"),
        response={"auth": {"accessor": "hmac-sha256:acc7", "display_name": "u-alice"}},
    )
    later = entry(
        auth={"accessor": "hmac-sha256:acc7", "display_name": "u-alice"}, request=asked(id="r-9")
    )
    first, second = read(login, later)
    assert first["issued_credential_uid"] == second["actor_user_credential_uid"]
    assert first["class_uid"] == 3002


def test_every_post_is_an_update_and_the_path_says_what_it_does() -> None:
    for path, act in (
        ("auth/token/create", "create"), ("auth/token/lookup-self", "read"),
        ("auth/token/revoke-accessor", "delete"), ("pki/issue/web", "create"),
        ("transit/decrypt/orders", "other"), ("sys/policies/acl/dev", "update"),
        ("auth/oidc/oidc/auth_url", "update"), ("auth/team/ldap/login/bob", "auth"),
    ):  # fmt: skip
        [only] = read(entry(request=asked(operation="update", path=path)))
        assert only["action"] == act, path
        assert only["api_operation"] == "update"
