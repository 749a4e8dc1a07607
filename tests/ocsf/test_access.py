"""Who was let in to what is told by who and by what, and nobody locks himself out on purpose."""

from __future__ import annotations

import pytest

from actum.ocsf import sentence

ALICE: dict[str, object] = {"actor_user_name": "alice", "status": "success"}


def _told(uid: int, activity: int, operation: str, **more: object) -> str:
    event = ALICE | {"class_uid": uid, "activity_id": activity, "api_operation": operation}
    return sentence(event | more)


def test_nobody_locks_himself_out() -> None:
    told = "alice was locked out: LOCKED_OUT"
    failed = {"status": "failure", "status_detail": "LOCKED_OUT"}
    assert _told(3001, 9, "user.account.lock", resource_name="alice", **failed) == told
    assert _told(3001, 9, "admin_lockout") == "alice was locked out"
    assert _told(3001, 9, "user.account.lock", resource_name="bob", resource_type="User") == (
        "alice locked the account of user bob"
    )


@pytest.mark.parametrize(("uid", "activity", "kind"), [(6006, 12, "file"), (6001, 8, "calendar")])
def test_a_share_says_with_whom(uid: int, activity: int, kind: str) -> None:
    thing = {"resource_name": "plan", "resource_type": kind}
    shared = f"alice shared {kind} plan with eve@example.net"
    users = [None, "eve@example.net", "alice"]
    assert _told(uid, activity, "change_user_access", any_user=users, **thing) == shared
    told = _told(uid, activity, "AnonymousLinkCreated", any_user=["alice"], **thing)
    assert told == f"alice created an anonymous link for {kind} plan"


def test_a_grant_to_nobody_named_is_of_access() -> None:
    vault = {"resource_name": "v", "resource_type": "vault"}
    assert _told(3005, 1, "grant", **vault) == "alice granted access to vault v"
    assert _told(3005, 1, "authorize", **vault) == "alice authorized vault v"


def test_a_mailbox_is_no_privilege() -> None:
    told = _told(3005, 1, "Add-MailboxPermission", resource_name="bob@x.io", any_user=["eve"])
    assert told == "alice granted eve access to bob@x.io"


def test_a_session_with_privileges_is_the_actors_own_unless_another_is_named() -> None:
    assert _told(3003, 1, "4672") == "alice was given privileges for a session"
    assert _told(3003, 1, "4672", any_user=["bob"]) == (
        "alice assigned privileges to a session of user bob"
    )
