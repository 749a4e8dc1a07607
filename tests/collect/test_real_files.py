"""Real files: every one is delivered, and the elements are those that ``json`` counts."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from actum.collect import RECORD_KEYS, Delivery, Framing, Limits, collect, estimate, frame

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
CLOUDTRAIL = DATA / "aws-cloudtrail"

pytestmark = pytest.mark.skipif(
    not CLOUDTRAIL.is_dir(), reason="sample data is not beside the checkout"
)

STREAMED = Limits(whole_document=0, window=500)


def values_of(content: bytes) -> list[Any] | None:
    """Find the elements as the standard library sees them; None when it sees none."""
    try:
        document = json.loads(content)
    except ValueError:
        try:
            return [json.loads(line) for line in content.splitlines() if line.strip()]
        except ValueError:
            return None
    if isinstance(document, list):
        return document
    for key in RECORD_KEYS[:2]:
        if isinstance(document, dict) and isinstance(document.get(key), list):
            records: list[Any] = document[key]
            return records
    return [document] if isinstance(document, dict) else None


def test_every_file_is_delivered_whole() -> None:
    files = {str(path) for path in CLOUDTRAIL.rglob("*") if path.is_file()}
    found = set()
    for delivery in collect([CLOUDTRAIL]):
        assert isinstance(delivery, Delivery), delivery
        found.add(delivery.origin)
        content = b"".join(delivery.read_chunks())
        assert delivery.fault is None
        stored = Path(delivery.origin).read_bytes()
        assert content == (gzip.decompress(stored) if stored[:2] == b"\x1f\x8b" else stored)
    assert found == files
    assert estimate([CLOUDTRAIL]) == sum(Path(name).stat().st_size for name in files)


@pytest.mark.parametrize("limits", [Limits(), STREAMED], ids=["whole", "streamed"])
def test_elements_are_what_json_finds(limits: Limits) -> None:
    compared = 0
    for delivery in collect([CLOUDTRAIL], limits=replace(limits)):
        assert isinstance(delivery, Delivery)
        content = b"".join(delivery.read_chunks())
        expected = values_of(content)
        if expected is None:
            continue
        batches = list(frame(iter([content]), limits=limits))
        raws = [bytes(element) for batch in batches for element in batch.elements]
        assert not any(batch.unread for batch in batches), delivery.origin
        assert [json.loads(raw) for raw in raws] == expected, delivery.origin
        compared += len(raws)
    assert compared > 1000


def test_nothing_in_the_collection_is_lost() -> None:
    for delivery in collect([DATA]):
        if not isinstance(delivery, Delivery):
            continue
        content = b"".join(delivery.read_chunks())
        batches = list(frame(iter([content])))
        kept = b"".join(bytes(e) for b in batches for e in b.elements)
        kept += b"".join(f.raw for b in batches for f in b.unread)
        lines = {Framing.TEXT, Framing.NDJSON}
        if batches and {batch.framing for batch in batches} <= lines:
            assert b"".join(kept.split()) == b"".join(content.split()), delivery.origin
