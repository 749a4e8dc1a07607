"""What Bitbucket's audit events are, as tables: the OCSF class by name, the act by word.

References:
- Audit events: https://confluence.atlassian.com/bitbucketserver/audit-events-in-bitbucket-server-776640423.html
- OCSF 1.8 classes 3001, 3002, 3004, 3005, 3006 and 6003
"""

from __future__ import annotations

from actum.sources.seam import Lookup

__all__ = ["EVENTS", "VERBS"]

_EVENTS: tuple[tuple[int, int, str, str], ...] = (
    # class, activity, act, events
    (3002, 1, "auth", ("UserLoggedInEvent AuthenticationSuccessEvent AuthenticationFailureEvent"
     " SshAuthenticationFailureEvent")),
    (3002, 2, "auth", "UserLoggedOutEvent LogoutSuccessEvent"),
    (3001, 1, "create", "UserCreatedEvent"),
    (3001, 6, "delete", "UserDeletedEvent UserCleanupEvent"),
    (3001, 3, "update", "UserCredentialUpdatedEvent"),
    (3001, 99, "update", "UserRenamedEvent UserUpdatedEvent"),
    (3006, 6, "create", "GroupCreatedEvent"),
    (3006, 5, "delete", "GroupDeletedEvent"),
    (3006, 3, "update", "GroupMembershipCreatedEvent GroupMembershipsCreatedEvent"),
    (3006, 4, "update", "GroupMembershipDeletedEvent"),
    (3005, 1, "update", ("GlobalPermissionGrantedEvent ProjectPermissionGrantedEvent"
     " RepositoryPermissionGrantedEvent RestrictedRefPermissionGrantedEvent")),
    (3005, 2, "update", ("GlobalPermissionRevokedEvent ProjectPermissionRevokedEvent"
     " RepositoryPermissionRevokedEvent")),
    (3004, 1, "create", "ProjectCreatedEvent RepositoryCreatedEvent RepositoryForkedEvent"),
    (3004, 3, "update", "ProjectModifiedEvent RepositoryModifiedEvent"),
    (3004, 4, "delete", "ProjectDeletedEvent RepositoryDeletedEvent"),
)  # fmt: skip

EVENTS = Lookup(
    name="events",
    columns=("event", "class_uid", "activity_id", "act"),
    rows=tuple(
        (event, class_uid, activity, act)
        for class_uid, activity, act, listed in _EVENTS
        for event in listed.split()
    ),
    on="events.event = j.event",
)
"""The events that are more than an API call."""

_ACTS = {
    "create": "Added Created Enabled Imported Forked",
    "read": "Accessed Cloned Fetched Viewed Downloaded",
    "update": "Modified Changed Updated Renamed Pushed Granted Set Disabled Moved Transferred",
    "delete": "Removed Deleted Revoked",
}
VERBS = Lookup(
    name="verbs",
    columns=("verb", "act"),
    rows=tuple((verb, act) for act, listed in _ACTS.items() for verb in listed.split()),
    on="verbs.verb = regexp_extract(j.event, '([A-Z][a-z]+)Event$', 1)",
)
"""The kind of act by the word before ``Event``."""
