"""How an act ended is told by the words that say why, and never better than the record says."""

from __future__ import annotations

import pytest

from actum.ocsf import sentence

ALICE: dict[str, object] = {"actor_user_name": "alice", "class_uid": 6003}
DROP: dict[str, object] = ALICE | {"api_operation": "DeleteBucket", "resource_name": "b"}


@pytest.mark.parametrize(
    ("code", "detail", "why"),
    [
        pytest.param("AccessDenied", "not yours", "AccessDenied", id="a word before words"),
        pytest.param("7", "Permission denied", "Permission denied", id="words before a number"),
        pytest.param("0xc000006a", "wrong password", "wrong password", id="a number of Windows"),
        pytest.param("403", None, "403", id="a number before nothing"),
        pytest.param("-2", "failed", "-2", id="a number before a word that says nothing"),
        pytest.param("X", "a\n\t* b", "X", id="the code"),
        pytest.param(None, "a\n\t* b", "a * b", id="lines and tabs are spaces"),
        pytest.param(None, "It is full.", "It is full", id="no full stop"),
        pytest.param(None, "\x1b[2J", "\\u001b[2J", id="escaped"),
    ],
)
def test_a_failure_says_why(code: str | None, detail: str | None, why: str) -> None:
    event = DROP | {"status": "failure", "status_code": code, "status_detail": detail}
    assert sentence(event) == f"alice tried to delete bucket b: {why}"


@pytest.mark.parametrize("said", ["False", "Failed", "failure", None, ""])
def test_a_failure_of_which_nobody_says_why_is_in_vain(said: str | None) -> None:
    event = DROP | {"status": "failure", "status_code": said}
    assert sentence(event) == "alice tried to delete bucket b in vain"


def test_a_failure_that_came_often_says_how_often() -> None:
    assert sentence(DROP | {"status": "failure", "status_code": "Slow", "count": 5}) == (
        "alice tried to delete bucket b, 5 times: Slow"
    )


def test_a_refusal_is_not_told_as_an_attempt_to_refuse() -> None:
    event = ALICE | {"api_operation": "protected_branch.rejected_ref_update", "status": "failure"}
    assert sentence(event | {"resource_name": "a/b", "resource_type": "repository"}) == (
        "alice was refused a ref update in repository a/b"
    )


def test_an_end_that_failed_is_an_end_all_the_same() -> None:
    event = ALICE | {"api_operation": "workflow_run.completed", "status": "failure"}
    event |= {"resource_name": "nightly", "resource_type": "workflow_run"}
    assert sentence(event) == "alice completed workflow run nightly, which failed"
    assert sentence(event | {"status_code": "timed_out"}).endswith(", which failed: timed_out")


@pytest.mark.parametrize(
    ("namespace", "told"),
    [("shop", "in namespace shop"), ("acme/app", "in acme/app"), ("S.PUBLIC", "in S.PUBLIC")],
)  # fmt: skip
def test_only_a_namespace_is_called_one(namespace: str, told: str) -> None:
    event = DROP | {"status": "success", "resource_namespace": namespace}
    assert sentence(event) == f"alice deleted bucket b {told}"
