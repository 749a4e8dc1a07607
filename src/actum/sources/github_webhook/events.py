"""Which member of a webhook's body holds what it is about, and what the actions do.

References:
- Webhook events and payloads: https://docs.github.com/en/webhooks/webhook-events-and-payloads
"""

from __future__ import annotations

from actum.sources.seam import Lookup

__all__ = ["EVENTS", "ODD", "TOLD", "VERBS"]

EVENTS = (
    ("workflow_job", "workflow_job"), ("workflow_run", "workflow_run"), ("check_run", "check_run"),
    ("check_suite", "check_suite"), ("review", "pull_request_review"), ("comment", "comment"),
    ("pull_request", "pull_request"), ("issue", "issues"), ("discussion", "discussion"),
    ("release", "release"), ("deployment_status", "deployment_status"),
    ("deployment", "deployment"), ("pages", "gollum"), ("commits", "push"), ("pusher", "push"),
    ("forkee", "fork"), ("hook", "meta"), ("alert", "alert"), ("membership", "membership"),
    ("member", "member"), ("team", "team"), ("label", "label"), ("milestone", "milestone"),
    ("registry_package", "registry_package"), ("package", "package"), ("project", "project"),
    ("projects_v2", "projects_v2"), ("rule", "branch_protection_rule"),
    ("repository_ruleset", "repository_ruleset"), ("key", "deploy_key"),
    ("repository_advisory", "repository_advisory"), ("ref_type", "create"),
    ("personal_access_token_request", "personal_access_token_request"),
    ("blocked_user", "org_block"), ("starred_at", "star"), ("definition", "custom_property"),
    ("sponsorship", "sponsorship"), ("merge_group", "merge_group"), ("build", "page_build"),
)  # fmt: skip
"""Members in the order they are looked for, and the event each tells."""

ODD = ("comment", "membership", "ref_type")
"""Members of which there is more than one event: the others beside them tell."""

TOLD = tuple(member for member, _ in EVENTS)

_ACTS = {
    "create": (
        "opened created added published requested queued submitted member_added member_invited"
        " uploaded reported started"
    ),
    "update": (
        "edited closed reopened completed in_progress assigned unassigned labeled unlabeled locked"
        " unlocked transferred renamed archived unarchived publicized privatized synchronize"
        " review_requested review_request_removed ready_for_review converted_to_draft resolved"
        " fixed dismissed reintroduced changed enabled disabled pinned unpinned milestoned"
        " demilestoned approved denied cancelled waiting rerequested blocked unblocked push"
        " suspend unsuspend prereleased released answered unanswered"
    ),
    "delete": "deleted removed unpublished member_removed revoked",
}
VERBS = Lookup(
    name="verbs",
    columns=("verb", "act"),
    rows=tuple((verb, act) for act, listed in _ACTS.items() for verb in listed.split()),
    on="verbs.verb = j.action",
)
"""The kind of act by the action."""
