"""What each activity of each class is called, and which kind of act it is.

Made from the room `ocsf`, so that a class of a newer schema is known as soon as that room knows it.
The kind is told by the first word of the activity's name; a word that is not here is ``other``.
"""

from __future__ import annotations

from collections.abc import Iterator

from actum.ocsf.classes import ocsf_classes
from actum.sources.seam import Lookup

__all__ = ["ACTIVITIES"]

_WORDS = {
    "create": "create upload import install copy enroll",
    "read": "read get list query search export download preview head options open trace collect"
            " log access view scan",
    "update": "update set modify rename move restore write enable disable attach detach lock unlock"
              " assign revoke add remove share unshare password mfa post put patch suspend resume"
              " activate deactivate reconfigure sync unsync",
    "delete": "delete unenroll clear",
}  # fmt: skip
_ACTS = {word: act for act, words in _WORDS.items() for word in words.split()}
_SIGN_INS = (3002, 3003)
_OBSERVED = (2, 4, 5, 8)
"""Categories of findings, of traffic and of inventories, where nobody acts on a thing by name."""
_READS = {4002, 4003, 4006, 4008, 4010}


def _rows() -> Iterator[tuple[str, str, str]]:
    for uid, known in ocsf_classes().items():
        for activity, caption in known.activities.items():
            if activity in {0, 99}:
                continue
            act = _ACTS.get(caption.split()[-1 if uid == 4006 else 0].lower(), "other")
            if uid in _SIGN_INS:
                act = "auth"
            elif known.category_uid in _OBSERVED and uid not in _READS:
                act = "other"
            elif uid == 6002 and caption == "Remove":
                act = "delete"
            yield f"{uid}/{activity}", caption, act


ACTIVITIES = Lookup(
    name="activities",
    columns=("key", "caption", "act"),
    rows=tuple(_rows()),
    on="activities.key = j.class_uid || '/' || j.activity_id",
)
