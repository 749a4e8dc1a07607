"""What was done to what is told by one noun and one name, however the product spells either."""

from __future__ import annotations

import pytest

from actum.ocsf import sentence
from actum.ocsf.nouns import plural, singular, some

ALICE: dict[str, object] = {"actor_user_name": "alice", "status": "success", "class_uid": 6003}


@pytest.mark.parametrize(
    ("operation", "kind", "name", "told"),
    [
        pytest.param(
            "ObjectCreated:Put", "AWS::S3::Object", "b/k", "put object b/k", id="S3, an event"
        ),
        pytest.param(
            "REST.PUT.BUCKETPOLICY",
            "AWS::S3::Bucket",
            "b",
            "put the policy of bucket b",
            id="two words in one",
        ),
        pytest.param(
            "ListObjects", "AWS::S3::Object", "b/2026/", "listed objects in b/2026/", id="a prefix"
        ),
        pytest.param(
            "SecretList", "vaults", "kv", "listed secrets of vault kv", id="a list is of many"
        ),
        pytest.param("read/list", "a/servers/detail", "nova", "listed servers in nova", id="CADF"),
        pytest.param("TagResource", "AwsS3Bucket", "b", "tagged S3 bucket b", id="any resource"),
        pytest.param("ITEM_MOVE", "folder", "x", "moved folder x", id="any item"),
        pytest.param("rec_add", "DNS_record", "x.io", "added DNS record x.io", id="abbreviated"),
        pytest.param(
            "v1.compute.firewalls.patch",
            "gce_firewall_rule",
            "allow",
            "patched GCE firewall rule allow",
            id="the kind in full",
        ),
        pytest.param(
            "integration_skey_view",
            "integration",
            "VPN",
            "viewed the secret key of integration VPN",
            id="spelt in full",
        ),
        pytest.param(
            "INVITED_TO_ORG", "user", "carol", "invited user carol to an org", id="whom, to what"
        ),
        pytest.param(
            "organization.member_removed",
            "membership",
            "bob",
            "removed member bob from an organization",
            id="the first has the name",
        ),
        pytest.param(
            "personal_access_token.access_granted",
            "organization",
            "acme",
            "granted access to a personal access token for organization acme",
            id="neither has the name",
        ),
        pytest.param(
            "Add eligible member to role in PIM completed (permanent)",
            "Role",
            "GA",
            "added an eligible member to role GA in PIM (permanent)",
            id="where it was done",
        ),
        pytest.param(
            "user.password.changed", "user", "bob", "changed the password of user bob", id="owned"
        ),
        pytest.param(
            "role_change_to_admin", "user", "bob", "changed the role of user bob to admin", id="to"
        ),
        pytest.param(
            "RestrictedRefAddedEvent",
            "restricted",
            "refs/heads/main",
            "added restricted ref refs/heads/main",
            id="a kind that is an adjective",
        ),
        pytest.param(
            "contact.updated", None, "contact/9", "updated contact/9", id="a name that says it"
        ),
        pytest.param("git.push", "repository", "a/b", "pushed to repository a/b", id="into"),
        pytest.param("COPY", "region", "EU", "copied to region EU", id="into a region"),
        pytest.param("Data Export", "Data Export", "All", "exported data export All", id="kind"),
        pytest.param(
            "get /healthz", "nonResourceURL", "/healthz", "read /healthz", id="a path, once"
        ),
        pytest.param("repo.access", "repository", "a/b", "changed the visibility of repository a/b"
                     , id="a phrase"),
        pytest.param("telepathy", "mind", "m-1", "called telepathy on mind m-1", id="no verb"),
        pytest.param("999", None, None, "called operation 999", id="a number"),
        pytest.param("DELETE", None, None, "deleted something its record does not name", id="bare"),
    ],
)  # fmt: skip
def test_a_thing_is_told_once_and_by_its_own_name(
    operation: str, kind: str | None, name: str | None, told: str
) -> None:
    event = ALICE | {"api_operation": operation, "resource_type": kind, "resource_name": name}
    assert sentence(event) == f"alice {told}"


def test_a_number_for_a_name_is_told_with_its_path() -> None:
    uid = "projects/1/secrets/db/versions/3"
    event = ALICE | {"api_operation": "x.y.AccessSecretVersion", "resource_type": "versions"}
    told = sentence(event | {"resource_name": "3", "resource_uid": uid})
    assert told == "alice accessed secret version secrets/db/versions/3"


def test_a_name_that_ends_its_namespace_is_told_whole_and_once() -> None:
    event = ALICE | {"api_operation": "git-upload-pack", "resource_name": "app"}
    assert sentence(event | {"resource_namespace": "acme/app"}) == (
        "alice fetched repository acme/app"
    )


def test_a_write_that_creates_is_told_as_one() -> None:
    event = ALICE | {"api_operation": "Microsoft.Compute/disks/write", "resource_name": "d"}
    assert sentence(event | {"activity_id": 1}) == "alice created disk d"
    assert sentence(event | {"activity_id": 3}) == "alice wrote disk d"


@pytest.mark.parametrize(
    ("nouns", "told"),
    [
        ("MFA device", "an MFA device"),
        ("SAML provider", "a SAML provider"),
        ("user", "a user"),
        ("update", "an update"),
        ("unique id", "a unique id"),
        ("one time token", "a one time token"),
        ("DNS record", "a DNS record"),
        ("SSO", "SSO"),
        ("access keys", "access keys"),
        ("configuration", "the configuration"),
    ],
)
def test_an_article_is_the_one_that_is_spoken(nouns: str, told: str) -> None:
    assert some(nouns.split()) == told


@pytest.mark.parametrize("word", ["key", "policy", "address", "branch", "status", "alias", "box"])
def test_one_and_many_lead_to_each_other(word: str) -> None:
    if word not in ("address", "status", "alias"):
        assert singular(plural([word])) == [word]
    assert singular([word]) == [word]
