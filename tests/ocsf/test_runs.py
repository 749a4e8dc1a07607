"""What was run in something is told by the command, and only where the record has one."""

from __future__ import annotations

import pytest

from actum.ocsf import sentence

ALICE: dict[str, object] = {"actor_user_name": "alice", "status": "success", "class_uid": 6003}
POD: dict[str, object] = {
    "resource_name": "web-0",
    "resource_type": "pods",
    "resource_namespace": "prod",
}


@pytest.mark.parametrize(
    ("operation", "command", "told"),
    [
        ("create pods/exec", "sh -c id", "ran sh -c id in pod web-0 in namespace prod"),
        ("create pods/exec", None, "ran a command in pod web-0 in namespace prod"),
        ("io.k8s.core.v1.pods.exec.create", None, "ran a command in pod web-0 in namespace prod"),
        ("create pods/eviction", None, "evicted pod web-0 in namespace prod"),
        ("create pods/portforward", None, "forwarded a port of pod web-0 in namespace prod"),
        ("get pods/log", None, "read the log of pod web-0 in namespace prod"),
        ("get pods", "sh -c id", "read pod web-0 in namespace prod"),
    ],
)
def test_a_part_of_a_pod_is_told_for_what_it_does(
    operation: str, command: str | None, told: str
) -> None:
    event = ALICE | POD | {"api_operation": operation, "process_cmd_line": command}
    assert sentence(event) == f"alice {told}"


def test_a_command_that_failed_is_not_told_as_run() -> None:
    event = ALICE | {"api_operation": "exec", "process_cmd_line": "false", "status": "failure"}
    event |= {"resource_name": "x.io", "resource_type": "cluster", "status_code": "1"}
    assert sentence(event) == "alice tried to run false in cluster x.io: 1"
