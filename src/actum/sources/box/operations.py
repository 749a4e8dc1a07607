"""What Box's event types are, as tables: the OCSF class by name, the kind of act by word.

References:
- Event types: https://developer.box.com/guides/events/event-triggers/
- OCSF 1.8 classes 2004, 3001, 3002, 3005, 3006, 6003 and 6006
"""

from __future__ import annotations

from actum.sources.seam import Lookup

__all__ = ["OPERATIONS", "VERBS"]

_EVENTS: tuple[tuple[int, int, str, str], ...] = (
    # class, activity, act, event types
    (2004, 1, "other", ("SHIELD_ALERT FILE_MARKED_MALICIOUS SHIELD_DOWNLOAD_BLOCKED"
     " SHIELD_SHARED_LINK_ACCESS_BLOCKED SHIELD_EXTERNAL_COLLAB_INVITE_BLOCKED")),
    (3002, 1, "auth", "LOGIN ADMIN_LOGIN FAILED_LOGIN"),
    (3002, 6, "auth", "ADD_DEVICE_ASSOCIATION APPLICATION_PUBLIC_KEY_ADDED"),
    (3002, 3, "auth", "OAUTH2_ACCESS_TOKEN_CREATED OAUTH2_ACCESS_TOKEN_REVOKE"),
    (3001, 1, "create", "NEW_USER"),
    (3001, 6, "delete", "DELETE_USER"),
    (3001, 3, "update", "CHANGE_PASSWORD"),
    (3001, 99, "update", "EDIT_USER ADD_LOGIN_ACTIVITY_DEVICE REMOVE_LOGIN_ACTIVITY_DEVICE"),
    (3001, 10, "update", "MULTI_FACTOR_AUTH_ENABLE"),
    (3001, 11, "update", "MULTI_FACTOR_AUTH_DISABLE"),
    (3005, 1, "update", ("ACCESS_GRANTED CHANGE_ADMIN_ROLE COLLABORATION_INVITE"
     " COLLABORATION_ACCEPT COLLABORATION_ROLE_CHANGE USER_AUTHENTICATE_OAUTH2_ACCESS_TOKEN_CREATE"
     " GROUP_ADD_ITEM")),
    (3005, 2, "update", "ACCESS_REVOKED COLLABORATION_REMOVE GROUP_REMOVE_ITEM"),
    (3006, 3, "update", "GROUP_ADD_USER"),
    (3006, 4, "update", "GROUP_REMOVE_USER"),
    (3006, 6, "create", "GROUP_CREATION"),
    (3006, 5, "delete", "GROUP_DELETION"),
    (6006, 1, "create", "UPLOAD"),
    (6006, 2, "read", "DOWNLOAD"),
    (6006, 3, "update", "EDIT CONTENT_WORKFLOW_UPLOAD_POLICY_VIOLATION"),
    (6006, 4, "delete", "DELETE"),
    (6006, 5, "update", "RENAME"),
    (6006, 6, "create", "COPY"),
    (6006, 7, "update", "MOVE"),
    (6006, 8, "update", "UNDELETE"),
    (6006, 9, "read", "PREVIEW"),
    (6006, 10, "update", "LOCK"),
    (6006, 11, "update", "UNLOCK"),
    (6006, 12, "update", "SHARE ITEM_SHARED ITEM_SHARED_CREATE ITEM_SHARED_UPDATE"),
    (6006, 13, "update", "UNSHARE ITEM_SHARED_UNSHARE SHARE_EXPIRATION"),
    (6006, 14, "read", "OPEN ITEM_OPEN"),
)  # fmt: skip

OPERATIONS = Lookup(
    name="operations",
    columns=("operation", "class_uid", "activity_id", "act"),
    rows=tuple(
        (operation, class_uid, activity, act)
        for class_uid, activity, act, listed in _EVENTS
        for operation in listed.split()
    ),
    on="operations.operation = j.event_type",
)
"""The event types that are more than an API call."""

_ACTS = {
    "create": "CREATE CREATED CREATION ADD ADDED NEW UPLOAD INVITE ASSIGN",
    "read": "VIEW DOWNLOAD PREVIEW READ ACCESS OPEN LIST EXPORT",
    "update": "UPDATE EDIT CHANGE ENABLE DISABLE EXTEND TERMINATE ACCEPT RENAME MOVE SYNC COMPLETE",
    "delete": "DELETE DELETED DELETION REMOVE REMOVED REVOKE UNASSIGN",
}
VERBS = Lookup(
    name="verbs",
    columns=("verb", "act"),
    rows=tuple((verb, act) for act, listed in _ACTS.items() for verb in listed.split()),
    on="verbs.verb = regexp_extract(j.event_type, '([A-Z]+)$', 1)",
)
"""The kind of act by the last word of the event type."""
