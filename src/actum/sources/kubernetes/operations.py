"""What requests to the Kubernetes API are: the kind of act by verb, and what is more than a call.

A request is a verb, a resource and perhaps a subresource.  Some verbs mislead: ``create
pods/exec`` runs a program, ``create pods/eviction`` deletes, ``create selfsubjectaccessreviews``
only asks.  Those are told by name, the rest by the verb alone.

References:
- Request verbs and subresources: https://kubernetes.io/docs/reference/access-authn-authz/authorization/
- OCSF 1.8 classes 3001, 3002, 3005, 6003 and 6005.
"""

from __future__ import annotations

from actum.sources.seam import Lookup

__all__ = ["OPERATIONS", "VERBS"]

_VERBS = {
    "read": "get list watch head options",
    "create": "create post",
    "update": "update patch put",
    "delete": "delete deletecollection",
}

VERBS = Lookup(
    name="verbs",
    columns=("verb", "act"),
    rows=tuple((verb, act) for act, listed in _VERBS.items() for verb in listed.split()),
    on="verbs.verb = j.verb",
)
"""The kind of act by the verb; of other paths than resources the verb is the HTTP method."""

_CONNECTED = ("exec", "attach", "portforward", "proxy")
_ASKED = (
    "selfsubjectaccessreviews selfsubjectrulesreviews subjectaccessreviews"
    " localsubjectaccessreviews selfsubjectreviews"
)
_EVERY = "create update patch delete deletecollection get list watch"

_CLASSES: tuple[tuple[str, str, int, int, str | None, str], ...] = (
    # resource, subresource, class, activity, act (None: by verb), verbs
    ("rolebindings", "", 3005, 1, None, "create"),
    ("rolebindings", "", 3005, 99, None, "update patch"),
    ("rolebindings", "", 3005, 2, None, "delete deletecollection"),
    ("clusterrolebindings", "", 3005, 1, None, "create"),
    ("clusterrolebindings", "", 3005, 99, None, "update patch"),
    ("clusterrolebindings", "", 3005, 2, None, "delete deletecollection"),
    ("serviceaccounts", "", 3001, 1, None, "create"),
    ("serviceaccounts", "", 3001, 99, None, "update patch"),
    ("serviceaccounts", "", 3001, 6, None, "delete deletecollection"),
    ("serviceaccounts", "token", 3002, 3, "auth", "create"),
    ("tokenreviews", "", 3002, 99, "auth", "create"),
    ("secrets", "", 6005, 1, "read", "get"),
    ("pods", "eviction", 6003, 4, "delete", "create"),
    ("pods", "binding", 6003, 3, "update", "create"),
    ("bindings", "", 6003, 3, "update", "create"),
    *((each, "", 6003, 2, "read", "create") for each in _ASKED.split()),
    *(
        (resource, each, 6003, 99, "other", _EVERY)
        for resource in ("pods", "services", "nodes")
        for each in _CONNECTED
    ),
)

OPERATIONS = Lookup(
    name="operations",
    columns=("resource", "subresource", "verb", "class_uid", "activity_id", "act"),
    rows=tuple(
        (resource, subresource, verb, class_uid, activity, act)
        for resource, subresource, class_uid, activity, act, verbs in _CLASSES
        for verb in verbs.split()
    ),
    on="operations.resource = j.objectRef.resource AND operations.verb = j.verb"
    " AND operations.subresource = coalesce(j.objectRef.subresource, '')",
)
"""The OCSF class and activity of requests that are more than an API call, or other than their verb.

A secret that is read by name is reading from a store; to list or watch them names none.
"""
