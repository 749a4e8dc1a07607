"""One well-formed JSON document that fits in memory: the common case, decoded in one go.

``msgspec`` gives exact slices at about 1 GB/s.  Whatever it refuses, or would not give exactly, is
left to :mod:`actum.collect.documents`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from actum.collect.batch import Batch, Framing
from actum.collect.envelope import unwrap

if TYPE_CHECKING:
    from actum.collect.limits import Limits

__all__ = ["ELEMENTS", "REFUSALS", "size_of", "whole"]

ELEMENTS: Final = msgspec.json.Decoder(list[msgspec.Raw])
REFUSALS: Final = (msgspec.DecodeError, RecursionError, ValueError)


def whole(document: bytes, limits: Limits) -> list[Batch] | None:
    """Split one well-formed document; None when it has to be looked at closely."""
    wrapper: dict[str, bytes] | None = None
    elements: list[msgspec.Raw] | list[bytes]
    try:
        if document[0] == b"["[0]:
            framing, elements = Framing.JSON_ARRAY, ELEMENTS.decode(document)
        elif (unwrapped := unwrap(document)) is not None:
            framing, (elements, wrapper) = Framing.JSON_RECORDS, unwrapped
        else:
            framing, elements = Framing.JSON_DOCUMENT, [document.rstrip(b" \t\r\n")]
    except REFUSALS:
        return None
    if len(document) > limits.max_record and any(size_of(e) > limits.max_record for e in elements):
        return None
    batches = []
    for start in range(0, max(len(elements), 1), limits.batch_elements):
        some = elements[start : start + limits.batch_elements]
        batches.append(Batch(framing, some, range(start, start + len(some)), wrapper=wrapper))
    return batches


def size_of(element: bytes | msgspec.Raw) -> int:
    """Length in bytes, which ``len()`` does not tell of both."""
    return len(memoryview(element))
