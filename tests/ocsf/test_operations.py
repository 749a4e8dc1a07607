"""An operation is read however its product spells it, and a verb nobody knows is not guessed at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actum.ocsf.operations import Operation, read_operation
from actum.ocsf.verbs import BY_PAST, VERBS


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "Frobnicate", "4720", "galaxy.telepathy.begun", "a/action"),
        *("CredentialVerification", "REST.LINK.NOVELTY", "admin_lockout", "PEERING_REQUEST_FAILED"),
        *("user.mfa.attempt_bypass", "account_lock_or_unlocked", "CreateOrUpdateTags"),
        "SearchQueryInitiatedSharePoint",
    ],
)
def test_what_has_no_verb_of_ours_is_not_guessed_at(name: str) -> None:
    assert read_operation(name).verb == ""


@given(st.text(max_size=30) | st.text("aZ._:/- 1v", max_size=20))
def test_whatever_it_is_called_it_is_read_or_left(name: str) -> None:
    operation = read_operation(name)
    assert operation.verb in {*VERBS, ""}


def test_every_past_form_leads_to_a_verb() -> None:
    assert set(BY_PAST.values()) <= set(VERBS)


@pytest.mark.parametrize(
    ("name", "verb", "nouns"),
    [
        pytest.param("DescribeDBInstances", "describe", ["DB", "instances"], id="AWS"),
        pytest.param("ListObjectsV2", "list", ["objects"], id="AWS, of a version"),
        pytest.param(
            "google.iam.admin.v1.CreateServiceAccountKey",
            "create",
            ["service", "account", "key"],
            id="Google, gRPC",
        ),
        pytest.param("v1.compute.instances.insert", "create", ["instances"], id="Google, REST"),
        pytest.param("storage.objects.get", "get", ["objects"], id="Google, short"),
        pytest.param("SetIamPolicy", "set", ["IAM", "policy"], id="Google, bare"),
        pytest.param(
            "Microsoft.Authorization/roleAssignments/write",
            "write",
            ["role", "assignments"],
            id="Azure",
        ),
        pytest.param("MICROSOFT.KEYVAULT/VAULTS/SECRETS/READ", "read", ["secrets"], id="AZURE"),
        pytest.param(
            "Microsoft.Compute/virtualMachines/start/action",
            "start",
            ["virtual", "machines"],
            id="Azure, an action",
        ),
        pytest.param(
            "Microsoft.Storage/storageAccounts/listKeys/action",
            "list",
            ["keys"],
            id="Azure, listed",
        ),
        pytest.param(
            "MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION",
            "list",
            ["keys"],
            id="AZURE, listed",
        ),
        pytest.param(
            "Add member to role.", "add", ["member", "to", "role"], id="Microsoft 365 log"
        ),
        pytest.param("New-InboxRule", "new", ["inbox", "rule"], id="PowerShell"),
        pytest.param("Add member to role", "add", ["member", "to", "role"], id="Entra"),
        pytest.param("SecretGet", "get", ["secret"], id="Key Vault"),
        pytest.param("FileDownloaded", "download", ["file"], id="Microsoft 365"),
        pytest.param("create pods/exec", "create", ["pods/exec"], id="Kubernetes"),
        pytest.param("user.session.start", "start", ["session"], id="Okta"),
        pytest.param("user.lifecycle.create", "create", ["user"], id="Okta, life"),
        pytest.param("user.mfa.factor.reset_all", "reset", ["all", "factors"], id="Okta, all"),
        pytest.param("org.add_member", "add", ["member", "to", "org"], id="GitHub"),
        pytest.param("repo.create", "create", ["repo"], id="GitHub, one word"),
        pytest.param("t.access_request.create", "create", ["access", "request"], id="Teleport"),
        pytest.param("user:add", "add", ["user"], id="colon"),
        pytest.param("file_downloaded", "download", ["file"], id="Slack"),
        pytest.param(
            "added-user-account-to-group", "add", ["user", "account", "to", "group"], id="Windows"
        ),
        pytest.param("deleted.user", "delete", ["user"], id="CADF, past first"),
        pytest.param("create/role_assignment", "create", ["role", "assignment"], id="CADF"),
        pytest.param("deploy_token_created", "create", ["deploy", "token"], id="GitLab"),
        pytest.param(
            "compute.instances.migrateOnHostMaintenance", "migrate", ["instances"], id="why"
        ),
        pytest.param("CREATE_USER", "create", ["user"], id="Snowflake"),
        pytest.param("DROP TABLE", "drop", ["table"], id="PostgreSQL"),
        pytest.param("ObjectCreated:Put", "put", ["object"], id="S3, an event"),
        pytest.param("ObjectRemoved:DeleteMarkerCreated", "create", ["delete", "marker"], id="S3"),
        pytest.param("LifecycleExpiration:Delete", "delete", [], id="S3, a cause"),
        pytest.param("REST.PUT.BUCKETPOLICY", "put", ["bucketpolicy"], id="S3, a log"),
        pytest.param("Set-Mailbox", "change", ["mailbox"], id="PowerShell, Set"),
        pytest.param("RestrictedRefAddedEvent", "add", ["restricted", "ref"], id="Bitbucket"),
        pytest.param("FileAccessedExtended", "access", ["file"], id="Microsoft 365, extended"),
        pytest.param("AdminCreateUser", "create", ["user"], id="Cognito"),
        pytest.param("group_add_user", "add", ["user", "to", "group"], id="a verb inside"),
        pytest.param(
            "shared_content_add_member",
            "add",
            ["member", "to", "shared", "content"],
            id="Dropbox",
        ),
        pytest.param("shared_link_create", "create", ["shared", "link"], id="Dropbox, shared"),
        pytest.param("audit_modify_syslog_config", "modify", ["audit", "syslog", "config"], id="Q"),
        pytest.param("LOCK_CREATE", "create", ["lock"], id="Box"),
        pytest.param("read/list", "list", [], id="CADF, a list"),
        pytest.param("token.grant.access_token", "grant", ["access", "token"], id="Okta, a token"),
        pytest.param("hook.config_changed", "change", ["hook", "config"], id="GitHub, of a hook"),
        pytest.param(
            "assignDeviceManagementScript DeviceManagementScript",
            "assign",
            ["device", "management", "script"],
            id="Intune",
        ),
        pytest.param(
            "User deleted security info", "delete", ["security", "info"], id="Entra, User"
        ),
        pytest.param("report_created", "create", ["report"], id="a noun that could be a verb"),
    ],
)
def test_an_operation_is_read_in_its_products_spelling(
    name: str, verb: str, nouns: list[str]
) -> None:
    operation = read_operation(name)
    assert (operation.verb, list(operation.nouns)) == (verb, nouns)


@pytest.mark.parametrize(
    ("name", "verb", "ending"),
    [
        ("user_session_reset_by_admin", "reset", "by admin"),
        ("private_channel_converted_to_public", "convert", "to public"),
        ("role_change_to_owner", "change", "to owner"),
        ("Reset password (self-service)", "reset", "(self-service)"),
        ("Schedule For Activation", "schedule", "for activation"),
        ("compute.instances.migrateOnHostMaintenance", "migrate", "on host maintenance"),
        ("wagtail.publish.scheduled", "publish", "by schedule"),
        ("file_permanently_delete", "delete", "permanently"),
        ("HardDelete", "delete", "permanently"),
    ],
)
def test_what_tells_how_or_into_what_is_no_noun(name: str, verb: str, ending: str) -> None:
    operation = read_operation(name)
    assert (operation.verb, " ".join(operation.ending)) == (verb, ending)


def test_a_past_form_is_known_as_one() -> None:
    assert read_operation("protected_branch.rejected_ref_update").is_past
    assert not read_operation("protected_branch.update").is_past


def test_a_past_form_is_spelt_as_english_does() -> None:
    assert [VERBS[each][1] for each in ("scan", "tag", "transfer", "deny")] == [
        *("scanned", "tagged", "transferred", "denied")
    ]


def test_what_the_nouns_are_part_of_is_kept() -> None:
    assert read_operation("user.account.lock") == Operation("lock", ("account",), ("user",))
