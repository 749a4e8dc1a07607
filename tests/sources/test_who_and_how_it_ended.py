"""Who did it, to whom, with what and how it ended, where a record makes that easy to get wrong."""

import json
from typing import Any

import pytest

from actum.trial import events_of, recognise

SIGN_IN = {
    "time": "2023-08-14T12:30:01.1234567Z", "category": "SignInLogs", "tenantId": "t1",
    "operationName": "Sign-in activity", "resultType": "0",
    "properties": {
        "id": "r1", "createdDateTime": "2023-08-14T12:29:40.1234567+00:00", "appId": "a1",
        "userPrincipalName": "jane@corp.example", "userId": "u1", "appDisplayName": "Portal",
        "ipAddress": "203.0.113.9", "status": {"errorCode": 0},
    },
}  # fmt: skip
TELEPORT = {"uid": "e1", "time": "2023-05-01T10:00:00Z", "ei": 0, "cluster_name": "c"}
UNIFIED = {
    "CreationTime": "2023-05-01T10:00:00", "Id": "i1", "OrganizationId": "o1", "RecordType": 25,
    "UserType": 0, "UserKey": "k1", "UserId": "jane@corp.example",
}  # fmt: skip
OKTA = {
    "eventType": "user.authentication.sso", "published": "2023-05-01T10:00:00.000Z", "uuid": "u",
    "severity": "INFO", "outcome": {"result": "SUCCESS"},
    "actor": {"id": "00u1", "type": "User", "alternateId": "jane@corp.example"},
}  # fmt: skip


def one(record: dict[str, Any]) -> dict[str, Any]:
    """The only event of a record."""
    [event] = events_of(json.dumps(record).encode())
    return event


def sign_in(code: int, **changed: Any) -> dict[str, Any]:
    properties = {**SIGN_IN["properties"], "status": {"errorCode": code}, **changed}  # type: ignore[dict-item]
    return one({**SIGN_IN, "resultType": str(code), "properties": properties})


@pytest.mark.parametrize("code", [50055, 50126, 50144, 53003, 500121, 70043, 65004])
def test_a_refused_sign_in_is_a_failure(code: int) -> None:
    assert sign_in(code)["status"] == "failure"


@pytest.mark.parametrize("code", [16000, 50074, 50076, 50079, 50125, 50129, 50140, 65001])
def test_an_interrupted_sign_in_is_neither_a_success_nor_a_failure(code: int) -> None:
    assert sign_in(code)["status"] == "unknown"


def test_the_id_of_an_app_is_not_given_to_a_user_the_directory_does_not_know() -> None:
    event = sign_in(50034, userId="00000000-0000-0000-0000-000000000000")
    assert (event["actor_user_uid"], event["actor_user_name"]) == (None, "jane@corp.example")


def test_the_login_of_a_guest_is_no_email() -> None:
    event = sign_in(0, userPrincipalName="x_other.example#EXT#@corp.example")
    assert event["actor_user_email"] is None
    assert event["actor_user_name"] == "x_other.example#EXT#@corp.example"


CSV_OF_SIGN_INS = (
    b"TimeGenerated [UTC],ResourceId,OperationName,Category,ResultType,ResourceProvider,"
    b"ConditionalAccessStatus,CreatedDateTime [UTC],Id,AppDisplayName,UserPrincipalName\n"
    b'"8/14/2023, 12:35:01.120 PM",/tenants/t1/x,Sign-in activity,SignInLogs,0,Microsoft.aadiam,'
    b'success,"8/14/2023, 12:29:00.000 PM",i1,Portal,jane@corp.example\n'
)


def test_an_export_of_sign_ins_is_not_read_as_resource_logs() -> None:
    [spelled] = recognise(CSV_OF_SIGN_INS).sources
    assert spelled.startswith("entra_signin")


def test_the_time_as_written_is_the_time_that_was_read() -> None:
    [event] = events_of(CSV_OF_SIGN_INS)
    assert event["time"].isoformat() == "2023-08-14T12:29:00"
    assert event["original_time"] == "8/14/2023, 12:29:00.000 PM"


def test_everybody_who_joined_a_team_is_named_once_and_in_order() -> None:
    members = [
        {"UPN": "bob@corp.example"},
        {"UPN": "eve@corp.example"},
        {"UPN": "bob@corp.example"},
    ]
    event = one({**UNIFIED, "Operation": "MemberAdded", "Workload": "MicrosoftTeams",
                 "Members": members})  # fmt: skip
    assert event["any_user"] == ["bob@corp.example", "eve@corp.example"]


@pytest.mark.parametrize(("said", "status"), [("True", "success"), ("False", "failure")])
def test_a_service_may_say_by_a_flag_of_its_own_how_it_ended(said: str, status: str) -> None:
    event = one({**UNIFIED, "Operation": "ViewReport", "Workload": "PowerBI",
                 "IsSuccess": said == "True"})  # fmt: skip
    assert event["status"] == status


def test_a_sign_in_that_failed_is_no_success_because_of_its_name() -> None:
    event = one({**UNIFIED, "Operation": "UserLoggedIn", "Workload": "AzureActiveDirectory",
                 "ResultStatus": "Failed"})  # fmt: skip
    assert event["status"] == "failure"


def test_a_tool_may_have_opened_the_record_a_search_found() -> None:
    record = {**UNIFIED, "Operation": "FileDownloaded", "Workload": "OneDrive"}
    [event] = events_of(json.dumps([{"UserIds": "jane", "AuditData": record}]).encode())
    assert (event["source"], event["api_operation"]) == ("m365", "FileDownloaded")


def test_a_refused_request_to_a_cluster_is_a_failure_though_it_was_logged_in_full() -> None:
    event = one({**TELEPORT, "event": "kube.request", "code": "T3009I", "user": "jane",
                 "verb": "GET", "response_code": 403})  # fmt: skip
    assert event["status"] == "failure"


def test_how_somebody_signed_in_is_no_http_method() -> None:
    event = one({**TELEPORT, "event": "user.login", "code": "T1000I", "user": "jane",
                 "method": "local", "success": True})  # fmt: skip
    assert event["http_method"] is None


def test_whoever_a_certificate_was_issued_to_is_named() -> None:
    event = one({**TELEPORT, "event": "cert.create", "code": "TC000I", "cert_type": "user",
                 "identity": {"user": "jane", "client_ip": "203.0.113.4"}})  # fmt: skip
    assert (event["actor_user_name"], event["src_endpoint_ip"]) == ("jane", "203.0.113.4")


def test_nobody_is_not_listed_among_the_others_named() -> None:
    event = one({
        "date": "2023-05-01T10:00:00Z", "type": "sapi", "log_id": "l1", "client_id": "c1",
        "ip": "203.0.113.4", "details": {"request": {
            "method": "post", "path": "/api/v2/users",
            "auth": {"user": {"user_id": "auth0|9", "email": "admin@corp.example"}}}},
    })  # fmt: skip
    assert event["any_user"] is None


@pytest.mark.parametrize(("client", "told"), [("0oa9", "0oa9"), ("00u1", None), (None, None)])
def test_the_client_a_request_was_made_with_is_told_unless_it_is_the_actor(
    client: str | None, told: str | None
) -> None:
    event = one({**OKTA, "client": {"id": client, "ipAddress": "203.0.113.4"}})
    assert event["actor_app_name"] == told


def test_a_user_who_failed_to_sign_in_is_not_named_beside_himself() -> None:
    event = one({"action": "user.failed_login", "user": "jane", "org": "octo-example",
                 "created_at": 1606929874512, "_document_id": "d1"})  # fmt: skip
    assert (event["actor_user_name"], event["any_user"]) == ("jane", None)


@pytest.mark.parametrize(
    ("text", "source", "time", "who"),
    [
        (("action,actor,user,org,repo,created_at\n"
          "repo.destroy,jane,,octo,octo/r,2020-12-02 17:24:34 UTC\n"), "github",
         "2020-12-02T17:24:34", "jane"),
        (("ID,Author ID,Author Name,Entity ID,Entity Type,Entity Path,Target ID,Target Type,"
         "Target Details,Action,IP Address,Created At (UTC)\n2,-1,jane,,User,,,User,jane,Failed to"
         " login with STANDARD authentication,203.0.113.4,2022-02-23 06:21:05 UTC\n"), "gitlab",
         "2022-02-23T06:21:05", "jane"),
    ],
)  # fmt: skip
def test_what_an_owner_exported_as_csv_is_read(text: str, source: str, time: str, who: str) -> None:
    [event] = events_of(text.encode())
    assert (event["source"], event["actor_user_name"]) == (source, who)
    assert event["time"].isoformat() == time


def test_a_failed_sign_in_in_an_export_is_a_failure() -> None:
    [event] = events_of(
        b"ID,Author ID,Author Name,Entity Type,Target Type,Target Details,Action\n"
        b"2,-1,jane,User,User,jane,Failed to login with STANDARD authentication\n"
    )
    assert (event["class_uid"], event["status"]) == (3002, "failure")


def test_a_flow_of_a_virtual_network_is_of_that_network() -> None:
    network = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v"
    event = one({
        "time": "2022-09-14T09:00:52.5625085Z", "category": "FlowLogFlowEvent",
        "flowLogVersion": 4, "operationName": "FlowLogFlowEvent",
        "flowLogResourceID": "/SUBSCRIPTIONS/S1/x", "targetResourceID": network,
        "flowRecords": {"flows": [{"aclID": "00000000-1234-abcd-ef00-c1c2c3c4c5c6", "flowGroups": [
            {"rule": "r", "flowTuples": [
                "1663146003599,10.0.0.6,192.0.2.180,23956,443,6,O,B,NX,0,0,0,0"]}]}]},
    })  # fmt: skip
    assert event["resource_uid"] == network


def test_a_login_to_a_database_that_failed_is_an_authentication() -> None:
    event = one({
        "time": "2023-05-01T10:00:02Z", "category": "SQLSecurityAuditEvents",
        "resourceId": "/SUBSCRIPTIONS/S1/PROVIDERS/MICROSOFT.SQL/SERVERS/S",
        "operationName": "AuditEvent",
        "properties": {"action_name": "DATABASE AUTHENTICATION FAILED", "succeeded": "false",
                       "event_time": "2023-05-01T09:59:59Z", "server_principal_name": "sa"},
    })  # fmt: skip
    assert (event["class_uid"], event["action"], event["status"]) == (3002, "auth", "failure")
    assert event["original_time"] == "2023-05-01T09:59:59Z"
