"""Each class of events is told in its own way, and never by somebody made up."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actum.ocsf import COLUMNS, ocsf_classes, sentence

OK: dict[str, object] = {"status": "success"}
NO: dict[str, object] = {"status": "failure"}
ALICE: dict[str, object] = {"actor_user_name": "alice", "actor_user_type": "User", **OK}
MAIL: dict[str, object] = {"actor_user_name": "alice@corp.example", "actor_user_type": "User"}
FLOW: dict[str, object] = {
    "class_uid": 4001,
    "activity_id": 6,
    "src_endpoint_ip": "10.0.0.5",
    "src_endpoint_port": 51812,
    "dst_endpoint_ip": "203.0.113.9",
    "dst_endpoint_port": 443,
    "connection_protocol": "tcp",
    "traffic_packets": 3,
    "traffic_bytes": 180,
}
LOGON: dict[str, object] = {"class_uid": 3002, "activity_id": 1, "api_service_name": "Okta"}
RUN: dict[str, object] = {
    "class_uid": 1007,
    "activity_id": 1,
    "process_cmd_line": "/usr/bin/cat /etc/shadow",
}
FOUND: dict[str, object] = {
    "class_uid": 2004,
    "activity_id": 1,
    "metadata_product": "GuardDuty",
    "finding_title": "SSH brute force",
    "severity_id": 4,
}


def _of(uid: int, activity: int, **more: object) -> dict[str, object]:
    return {"class_uid": uid, "activity_id": activity, **more}


CASES = {
    # over a network
    "flow": (FLOW | OK, "10.0.0.5:51812 → 203.0.113.9:443 tcp accepted, 3 packets, 180 bytes"),
    "flow rejected": (
        FLOW | NO | {"activity_id": 5, "traffic_packets": 1, "traffic_bytes": None},
        "10.0.0.5:51812 → 203.0.113.9:443 tcp rejected, 1 packet",
    ),
    "flow, outcome unstated": (
        FLOW | {"connection_protocol": None, "traffic_packets": None, "traffic_bytes": None},
        "10.0.0.5:51812 → 203.0.113.9:443",
    ),
    "flow of IPv6": (
        FLOW | OK | {"src_endpoint_ip": "2001:db8::1", "dst_endpoint_ip": None},
        "traffic from [2001:db8::1]:51812 to port 443 tcp accepted, 3 packets, 180 bytes",
    ),
    "connection reset": (
        FLOW | NO | {"activity_id": 3, "traffic_packets": None, "traffic_bytes": None},
        "10.0.0.5:51812 → 203.0.113.9:443 tcp reset",
    ),
    "nothing flowed": (
        _of(4001, 6, device_uid="eni-1", message="no data"),
        "eni-1: no data",
    ),
    "lookup": (
        _of(4003, 1, query_hostname="evil.example", query_type="A", status_code="NXDOMAIN")
        | {"src_endpoint_ip": "10.0.0.5", "device_uid": "i-0abc"},
        "10.0.0.5 (i-0abc) looked up evil.example (A): NXDOMAIN",
    ),
    "lookup answered": (
        _of(4003, 1, query_hostname="shop.example", status_code="NOERROR", device_uid="i-0abc"),
        "i-0abc looked up shop.example",
    ),
    "request": (
        _of(4002, 3, http_method="GET", http_url="https://shop.example/admin", http_status=403)
        | {"src_endpoint_ip": "203.0.113.7"},
        "203.0.113.7 asked GET https://shop.example/admin: 403",
    ),
    "mail": (
        _of(4009, 1, resource_name="Invoice", any_user=["bob@corp.example"]) | MAIL,
        "alice@corp.example sent mail Invoice to bob@corp.example",
    ),
    "SSH session": (
        _of(4007, 1, device_hostname="web-1", actor_acting_as="root") | ALICE,
        "user alice acting as root opened an SSH session on web-1",
    ),
    "SSH of nobody known": (
        _of(4007, 4, src_endpoint_ip="203.0.113.7", device_hostname="web-1") | NO,
        "connection from 203.0.113.7 failed",
    ),
    # signing in
    "signed in": (LOGON | MAIL | OK, "alice@corp.example signed in to Okta"),
    "signed in to an application with MFA": (
        LOGON | MAIL | OK | {"resource_name": "Payroll", "actor_session_mfa": True},
        "alice@corp.example signed in to Payroll with MFA",
    ),
    "failed to sign in": (
        LOGON | MAIL | NO | {"status_detail": "INVALID_CREDENTIALS"},
        "alice@corp.example failed to sign in to Okta: INVALID_CREDENTIALS",
    ),
    "nobody known failed to sign in": (
        LOGON
        | NO
        | {"src_endpoint_ip": "203.0.113.7", "api_service_name": None}
        | {"device_hostname": "web-1"},
        "an unknown actor at 203.0.113.7 failed to sign in to web-1",
    ),
    "interrupted": (
        LOGON | MAIL | {"status": "unknown", "status_detail": "consent required"},
        "alice@corp.example did not finish signing in to Okta: consent required",
    ),
    "sign-in of unknown outcome": (
        LOGON | MAIL | {"status": "unknown"},
        "alice@corp.example signed in to Okta (outcome unknown)",
    ),
    "signed out": (LOGON | MAIL | {"activity_id": 2}, "alice@corp.example signed out of Okta"),
    "switched": (
        _of(3002, 7, actor_acting_as="root") | ALICE,
        "user alice switched account to root",
    ),
    # in a host
    "ran": (RUN | ALICE, "user alice ran /usr/bin/cat /etc/shadow"),
    "ran as": (
        RUN | ALICE | {"actor_acting_as": "root", "device_hostname": "web-1"},
        "user alice ran /usr/bin/cat /etc/shadow on web-1 (as root)",
    ),
    "nobody known ran": (
        RUN | {"device_hostname": "web-1"},
        "an unknown actor on web-1 ran /usr/bin/cat /etc/shadow",
    ),
    "not allowed to run": (
        RUN | ALICE | NO | {"status_detail": "not in sudoers"},
        "user alice tried to run /usr/bin/cat /etc/shadow: not in sudoers",
    ),
    "program read a file": (
        _of(1001, 2, resource_name="/etc/shadow", process_name="cat", device_hostname="web-1"),
        "program cat on web-1 read file /etc/shadow",
    ),
    "log cleared": (
        _of(1008, 1, resource_name="Security") | ALICE,
        "user alice cleared log Security",
    ),
    # identity
    "user by activity": (
        _of(3001, 4, any_user=["bob"]) | ALICE,
        "user alice reset the password of user bob",
    ),
    "member by activity": (
        _of(3006, 3, any_user=["bob"], resource_name="admins") | ALICE,
        "user alice added user bob to group admins",
    ),
    "privilege granted": (
        _of(3005, 1, any_user=["bob"], resource_name="Contributor", resource_type="role") | ALICE,
        "user alice granted role Contributor to bob",
    ),
    "privilege revoked in vain": (
        _of(3005, 2, any_user=["bob"], resource_name="Owner", resource_type="role")
        | ALICE
        | {"status": "failure", "status_code": "Forbidden"},
        "user alice tried to revoke role Owner from bob: Forbidden",
    ),
    "access granted": (
        _of(3005, 1, any_user=["bob"], resource_name="Payroll", resource_type="AppInstance")
        | ALICE,
        "user alice granted bob access to app instance Payroll",
    ),
    "access revoked": (
        _of(3005, 2, any_user=["bob"], resource_name="Payroll", resource_type="App") | ALICE,
        "user alice revoked bob's access to app Payroll",
    ),
    "entity by activity": (
        _of(3004, 9, resource_name="Default", resource_type="Policy") | ALICE,
        "user alice disabled policy Default",
    ),
    # findings
    "found": (
        FOUND | {"resource_name": "i-0abc", "resource_type": "AWS::EC2::Instance"},
        "GuardDuty found: SSH brute force on instance i-0abc (high)",
    ),
    "found, named in the title": (
        FOUND | {"finding_title": "i-0abc is probed.", "resource_name": "i-0abc"},
        "GuardDuty found: i-0abc is probed (high)",
    ),
    "finding closed": (
        FOUND | {"activity_id": 3, "severity_id": 0},
        "GuardDuty closed: SSH brute force",
    ),
    "check failed": (
        FOUND | NO | {"class_uid": 2003, "finding_title": "Buckets are private", "severity_id": 3},
        "GuardDuty checked: Buckets are private: failed (medium)",
    ),
    # by the operation, in other products' spelling
    "Kubernetes": (
        ALICE
        | {"api_operation": "create pods/exec", "resource_name": "web-0"}
        | {"resource_type": "pods/exec", "resource_namespace": "prod"},
        "user alice ran a command in pod web-0 in namespace prod",
    ),
    "Kubernetes, many": (
        ALICE
        | NO
        | {"api_operation": "list secrets", "resource_namespace": "prod"}
        | {"status_code": "Forbidden"},
        "user alice tried to list secrets in namespace prod: Forbidden",
    ),
    "Kubernetes, no resource": (
        ALICE | {"api_operation": "get /version", "resource_name": "/version"},
        "user alice read /version",
    ),
    "Kubernetes, a namespace itself": (
        ALICE
        | {"api_operation": "delete namespaces", "resource_name": "shop"}
        | {"resource_namespace": "shop"},
        "user alice deleted namespace shop",
    ),
    "Google": (
        MAIL
        | {"api_operation": "google.iam.admin.v1.CreateServiceAccountKey"}
        | {"resource_name": "ci", "resource_type": "service_account"},
        "alice@corp.example created a key for service account ci",
    ),
    "Google, REST": (
        MAIL | {"api_operation": "v1.compute.instances.insert", "resource_name": "vm-1"},
        "alice@corp.example created instance vm-1",
    ),
    "Azure": (
        MAIL
        | {"api_operation": "Microsoft.Compute/virtualMachines/start/action"}
        | {"resource_name": "vm-1", "resource_type": "Microsoft.Compute/virtualMachines"},
        "alice@corp.example started virtual machine vm-1",
    ),
    "AZURE": (
        MAIL
        | {"api_operation": "MICROSOFT.COMPUTE/VIRTUALMACHINES/DELETE"}
        | {"resource_name": "vm-1", "resource_type": "MICROSOFT.COMPUTE/virtualMachines"},
        "alice@corp.example deleted virtual machine vm-1",
    ),
    "Entra": (
        MAIL
        | {"api_operation": "Add member to role", "any_user": ["bob"]}
        | {"resource_name": "Global Administrator", "resource_type": "Role"},
        "alice@corp.example added member bob to role Global Administrator",
    ),
    "Entra, told of the member": (
        MAIL
        | {"api_operation": "Add member to role", "resource_name": "bob"}
        | {"resource_type": "User"},
        "alice@corp.example added member bob to a role",
    ),
    "GitHub": (
        ALICE | {"api_operation": "org.add_member", "any_user": ["bob"], "resource_name": "acme"},
        "user alice added member bob to org acme",
    ),
    "GitHub, of a repository": (
        ALICE
        | {"api_operation": "repo.create", "resource_name": "acme/app"}
        | {"resource_type": "repository"},
        "user alice created repository acme/app",
    ),
    "GitHub, of git": (
        ALICE
        | {"api_operation": "git.clone", "resource_name": "acme/app"}
        | {"resource_type": "repository"},
        "user alice cloned repository acme/app",
    ),
    "GitLab": (
        ALICE | {"api_operation": "change password", "resource_name": "bob"},
        "user alice changed the password of bob",
    ),
    "Okta": (
        MAIL
        | {"api_operation": "user.account.lock", "resource_name": "bob"}
        | {"resource_type": "User"},
        "alice@corp.example locked the account of user bob",
    ),
    "Vault": (
        ALICE | {"api_operation": "read", "resource_name": "secret/data/db"},
        "user alice read secret/data/db",
    ),
    "acting as": (
        ALICE | {"api_operation": "delete pods", "actor_acting_as": "admin"},
        "user alice acting as admin deleted pods",
    ),
    "service principal": (
        {"actor_user_name": "ci", "actor_user_type": "ServicePrincipal"}
        | {"api_operation": "Update user", "resource_name": "bob", "count": 3},
        "service principal ci updated user bob, 3 times",
    ),
    # by nothing but words
    "message": (
        {"device_hostname": "web-1", "process_name": "sshd", "message": "Server listening"},
        "web-1 sshd: Server listening",
    ),
    "message escaped": ({"message": "a\nb\x1b[2J"}, "a\\u000ab\\u001b[2J"),
}


@pytest.mark.parametrize(("event", "told"), CASES.values(), ids=CASES.keys())
def test_an_event_of_its_class_is_told(event: dict[str, object], told: str) -> None:
    assert sentence(event) == told


_VALUES = {
    "VARCHAR": st.none() | st.text(max_size=9) | st.text(min_size=130, max_size=150),
    "VARCHAR[]": st.none() | st.lists(st.none() | st.text(max_size=5), max_size=3),
    "BOOLEAN": st.none() | st.booleans(),
    "TIMESTAMP": st.none(),
}
_EVENTS = st.fixed_dictionaries(
    {
        each.name: _VALUES.get(each.kind, st.none() | st.integers(0, 2**16 - 1))
        for each in COLUMNS
        if each.name != "reason"
    }
)
_OPERATIONS = ["Add member to role", "a.b.c", "get x/y", "X/y/write", "org.add_member", "_", "s s"]


@settings(max_examples=300, deadline=None)
@given(
    event=_EVENTS,
    uid=st.sampled_from([None, *ocsf_classes()]),
    activity=st.integers(0, 17),
    operation=st.none() | st.sampled_from(_OPERATIONS),
)
def test_whatever_the_columns_say_it_is_one_line_safe_to_print(
    event: dict[str, object], uid: int | None, activity: int, operation: str | None
) -> None:
    changes = {"class_uid": uid, "activity_id": activity}
    told = sentence(event | changes | ({"api_operation": operation} if operation else {}))
    assert told.strip()
    assert len(told.splitlines()) == 1
    assert not set(told) & {"\x1b", "\x00", "\x85", "\u202e", "\u200b"}
    assert len(told) < 1_200
