"""Any bytes that no source claims: kept, one line a record, and not understood.

References: none; that is the point.
"""

from __future__ import annotations

from actum.sources.seam import Claim, Mapped, plain

NAME = "text"
TITLE = "Text"
VERSION = 1
SUPPORT = "fallback"
SIGNS = "anything"


def claim(raw: bytes) -> Claim | None:  # noqa: ARG001 - it takes everything
    """Everything."""
    return Claim(NAME, b"", confidence=0.0)


unwrap = plain

MAPPING = Mapped(
    shape={},
    columns={"class_uid": "0", "activity_id": "0"},
    open=dict.fromkeys(
        ("who", "what", "on what", "where", "from where", "outcome", "when"),
        "nobody told Actum what this text means",
    ),
)
