"""Every folder of the shared samples in one run: read as what it is, or named with the reason."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from cli.program import Ran, actum
from sources.world import DATA

KINDS = {
    "auditd": {"auditd"},
    "aws-cloudtrail": {"aws_cloudtrail"},
    "aws-elb": {"aws_elb", "aws_cloudfront"},
    "aws-guardduty": {"aws_guardduty"},
    "aws-route53": {"aws_route53"},
    "aws-s3access": {"aws_s3_access"},
    "aws-securityhub": {"aws_securityhub"},
    "aws-vpcflow": {"aws_vpcflow"},
    "aws-waf": {"aws_waf"},
    "azure-activity": {"azure_activity"},
    "azure-entra": {"entra_audit", "entra_signin", "entra_provisioning"},
    "azure-flowlogs": {"azure_flow"},
    "azure-resource": {"azure_resource"},
    "cadf": {"cadf"},
    "cef-leef": {"cef", "leef"},
    "gcp-audit": {"gcp_audit"},
    "github-audit": {"github", "github_webhook"},
    "gitlab-audit": {"gitlab"},
    "google-workspace": {"google_workspace"},
    "k8s-audit": {"kubernetes"},
    "m365-ual": {"m365"},
    "okta": {"okta"},
    "postgres-pgaudit": {"postgres"},
    "qumulo": {"qumulo"},
    "saas-other": {"bitbucket"},
    "slack": {"slack"},
    "syslog": {"syslog"},
    "transport-envelopes": {"aws_s3_event", "aws_vpcflow", "aws_cloudtrail"},
    "wagtail": {"wagtail"},
}
"""What each folder holds."""
AS_WELL = {"ocsf"}
"""The reference answers beside the samples are OCSF events themselves."""

NO_LOGS = ("LICENSES", "standards", "catalogues", "panther-correlation", "panther-tests")
"""Folders of licences, schemas, lists and rules; Panther's events lie inside of its tests."""

WHY_NOT = {
    "README.md": "it is about the samples",
    ".jsonl": "a page of documentation, with the sample inside of a member",
    ".golden": "a reference answer in its author's own form",
    "audit-rhel7.log": "one line says UNKNOWN[1329] msg=?, without time and serial",
    "selinux.log": "four lines were damaged on purpose",
    "plaso/syslog": "one line was damaged on purpose",
    "syslog_data.csv": "a table of Log Analytics, whose rows are cut short",
    "event-config-rule-security-group.json": "a Config rule's invocation, no CloudTrail record",
    "index.html": "a web page",
    "/truth/": "counts of the samples",
    "guard_duty_all.json": "a rule's test: the event is inside of it, and empty",
    "network-finding.json": "a finding of Security Command Center, no audit log",
    "gcp_logging.jsonl": "two entries are application logs",
    "splunk-data-sources/github.json": "the file ends in the middle of a record",
    "g_suite_gmail.json": "an export of Gmail to BigQuery, not the Reports API",
    "demo-policy.yaml": "a policy",
    "fal_01_003.json": "no audit event but what Falco made of one",
    "falco-labels.json": "a list of labels",
    "pingid.json": "PingID, which has no source yet",
    "actions.json": "the list of Slack's actions",
    "s3-test-event.json": "the message S3 sends when notifications are set up",
    "sqs-batch-partial-garbage.json": "one of three messages is garbage",
    "datadog-forwarder": "what an application of somebody's wrote",
    "lambda-promtail": "the messages inside are words, no log of ours",
}  # fmt: skip
"""Why a file, or some of it, is kept as plain JSON, table rows or lines."""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    if not DATA.exists():
        pytest.skip("the shared sample data is not beside the checkout")
    home = tmp_path_factory.mktemp("tree") / "home"
    return home, actum("--home", str(home), "open", str(DATA))


def deliveries(ran: Ran) -> list[dict[str, object]]:
    return [json.loads(line) for line in ran.out.splitlines()][:-1]


@pytest.mark.slow
def test_every_file_is_read_as_its_folder_s_format_or_it_is_known_why_not(
    tree: tuple[Path, Ran],
) -> None:
    unexplained = []
    for each in deliveries(tree[1]):
        path = Path(str(each["origin"]).partition("!")[0]).relative_to(DATA)
        folder = path.parts[0]
        if folder in NO_LOGS or len(path.parts) == 1:
            continue
        strangers = set(dict(each["sources"])) - KINDS.get(folder, set()) - AS_WELL  # type: ignore[call-overload]
        if strangers and not any(part in str(path) for part in WHY_NOT):
            unexplained.append((str(path), strangers))
    assert unexplained == []


@pytest.mark.slow
def test_every_kind_of_log_the_folders_hold_was_found(tree: tuple[Path, Ran]) -> None:
    found = Counter[str]()
    for each in deliveries(tree[1]):
        found.update(dict(each["sources"]))  # type: ignore[call-overload]
    assert not set().union(*KINDS.values()) - set(found) - {"github_webhook"}


@pytest.mark.slow
def test_nothing_is_dropped_and_the_counts_add_up(tree: tuple[Path, Ran]) -> None:
    files = [path for path in DATA.rglob("*") if path.is_file()]
    total = json.loads(tree[1].out.splitlines()[-1])
    each = deliveries(tree[1])
    assert {str(one["origin"]).partition("!")[0] for one in each} == set(map(str, files))
    assert total["not_read"] == []
    assert total["split"] == total["records"] + total["duplicates"]
    assert total["split"] == sum(int(str(one["split"])) for one in each)
    for one in each:
        assert one["split"] == sum(dict(one["sources"]).values())  # type: ignore[call-overload]
        if one["framing"] == "text" and not str(one["origin"]).endswith((".gz", ".zst")):
            lines = Path(str(one["origin"])).read_bytes().split(b"\n")
            told = int(str(one["split"])) + int(str(one["headers"])) + int(str(one["joined"]))
            assert told == sum(1 for line in lines if line.strip())


@pytest.mark.slow
def test_what_is_unread_is_named_with_its_reason_and_is_little(tree: tuple[Path, Ran]) -> None:
    home, _ = tree
    unread = actum("--home", str(home), "search", "is:unread", "--columns", "index,reason").rows
    assert all(row["reason"] for row in unread)
    assert len(unread) <= 5


@pytest.mark.slow
def test_read_again_nothing_is_stored_twice_and_everything_is_proven(
    tree: tuple[Path, Ran],
) -> None:
    home, first = tree
    again = json.loads(actum("--home", str(home), "open", str(DATA)).out.splitlines()[-1])
    assert again["records"] == 0
    assert again["duplicates"] == again["split"] == json.loads(first.out.splitlines()[-1])["split"]
    assert actum("--home", str(home), "verify").code == 0


@pytest.mark.slow
def test_one_box_finds_one_identity_across_sources(tree: tuple[Path, Ran]) -> None:
    home, _ = tree
    for query, least in (("any.user:root", 3), ("any.ip:*", 15), ("any.resource:*", 20)):
        rows = actum("--home", str(home), "search", f"{query} -source:csv", "--columns", "source",
                     "--limit", "100000").rows  # fmt: skip
        assert len({row["source"] for row in rows}) >= least
