"""Any bytes that no source claims: kept, one line a record, and not understood.

References: none; that is the point.
"""

from __future__ import annotations

from collections.abc import Iterator

from actum.sources.seam import Claim, Mapped

NAME = "text"
TITLE = "Text"
VERSION = 1
SUPPORT = "fallback"


def claim(raw: bytes) -> Claim | None:  # noqa: ARG001 - it takes everything
    """Everything."""
    return Claim(NAME, b"")


def unwrap(raw: bytes, form: str) -> Iterator[bytes]:  # noqa: ARG001 - the seam's signature
    """Nothing is taken off."""
    yield raw


MAPPING = Mapped(
    shape={},
    columns={"class_uid": "0", "activity_id": "0"},
)
