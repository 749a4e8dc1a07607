"""What GitLab's audit events are about: the OCSF class by entity, the kind of act by its words.

References:
- Event types: https://docs.gitlab.com/user/compliance/audit_event_types/
- OCSF 1.8 classes 3001, 3002, 3004, 3006 and 6003
"""

from __future__ import annotations

from actum.sources.seam import Lookup

__all__ = ["TYPES", "VERBS"]

TYPES = Lookup(
    name="types",
    columns=("entity_type", "class_uid"),
    rows=(("User", 3001), ("Group", 3004), ("Project", 3004)),
    on="types.entity_type = CASE WHEN j.entity_type = 'User' THEN 'User'"
    " WHEN j.entity_type IN ('Group', 'Project')"
    " AND coalesce(j.details.target_type, j.target_type) IN ('Group', 'Project')"
    " THEN j.entity_type END",
)
"""The class by what an event is of; inside a group or project it is an act on the API."""

_ACTS = {
    "create": "created added create add imported uploaded pushed generated registered started",
    "read": "downloaded exported viewed cloned fetched git-upload-pack",
    "update": (
        "updated changed update change archived unarchived enabled disabled transferred renamed"
        " approved blocked unblocked activated deactivated banned unbanned rotated reset restored"
        " git-receive-pack set unset saved assigned scheduled merged"
    ),
    "delete": "deleted removed destroyed revoked delete remove destroy expired pruned unlinked",
}
_TEXT = (
    "coalesce(nullif(j.details.event_name, ''), nullif(j.event_name, ''),"
    " CASE WHEN j.event_type NOT IN ('audit_operation', 'repository_git_operation')"
    " THEN nullif(j.event_type, '') END, j.details.custom_message, j.custom_message)"
)
VERBS = Lookup(
    name="verbs",
    columns=("verb", "act"),
    rows=tuple((verb, act) for act, listed in _ACTS.items() for verb in listed.split()),
    on="verbs.verb = regexp_extract(lower("
    + _TEXT
    + "), '(?:^|[^a-z-])("
    + "|".join(verb for listed in _ACTS.values() for verb in listed.split())
    + ")(?:[^a-z-]|$)', 1)",
)
"""The kind of act by the first word of the event's name or message that is one of these."""
