"""What the bytes mean: one folder a kind of log.

`SOURCES` holds every source, in the order they are asked whose a record is: the particular ones by
name, then Actum's own, then the fallbacks, of which `text` takes everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, cast

import msgspec

from actum.proof.leaf import record_id
from actum.record import Kind, Retold, Spelling
from actum.sources import actum, aws_cloudtrail, aws_cloudtrail_digest, json, text
from actum.sources.reading import derive
from actum.sources.seam import Claim, Source

if TYPE_CHECKING:
    import duckdb

__all__ = ["SOURCES", "Claim", "Claims", "Mappings", "Source", "claim", "claim_all", "unread"]

SOURCES: Mapping[str, Source] = {
    each.NAME: cast("Source", each)
    for each in (aws_cloudtrail, aws_cloudtrail_digest, actum, json, text)
}


class Claims(msgspec.Struct):
    """Whose each of many records is: stored source names, and 16-byte record ids, joined."""

    sources: list[str]
    ids: bytes


def claim(raw: bytes) -> Claim:
    """Whose this record is.  `text` takes what nobody else does."""
    for source in SOURCES.values():
        found = source.claim(raw)
        if found is not None:
            return found
    return Claim(text.NAME, b"")


def claim_all(
    raws: Sequence[bytes], origin: str, positions: Sequence[int], *, is_json: bool
) -> Claims:
    """Whose each record is and how it is known again (log-format.md §2.2).

    A record without an id of its own is known by its delivery, its place there and its content.
    ``is_json`` says that the delivery is framed as JSON, so that an element that is not JSON is not
    just a line of text but an unread record.
    """
    fast = _all_cloudtrail(raws)
    if fast is not None:
        return fast
    sources: list[str] = []
    ids: list[bytes] = []
    for raw, position in zip(raws, positions, strict=True):
        found = claim(raw)
        key = found.key or _placed(raw, origin, position)
        reason = _fault(raw) if is_json and found.source == text.NAME else ""
        source = json.NAME if reason else found.source
        sources.append(str(Spelling(source, found.form, reason=reason)))
        ids.append(record_id(Kind.RECORD, source, key))
    return Claims(sources, b"".join(ids))


def unread(raw: bytes, origin: str, position: int, reason: str) -> tuple[str, bytes]:
    """The stored source and record id of bytes that could not be split into records."""
    identity = record_id(Kind.RECORD, text.NAME, _placed(raw, origin, position))
    return str(Spelling(text.NAME, reason=reason)), identity


def _fault(raw: bytes) -> str:
    """Why an element of a JSON delivery is not JSON."""
    try:
        msgspec.json.decode(raw, type=msgspec.Raw)
    except RecursionError:
        return "not valid JSON: nested too deeply"
    except (msgspec.MsgspecError, ValueError) as error:
        return f"not valid JSON: {error}"
    return ""


def _placed(raw: bytes, origin: str, position: int) -> bytes:
    place = f"{origin}#{position}".encode("utf-8", "surrogateescape")
    return b"at\0" + place + b"\0" + sha256(raw).digest()


def _all_cloudtrail(raws: Sequence[bytes]) -> Claims | None:
    """The usual case of bulk input, in two list comprehensions: every record plain CloudTrail."""
    decode, is_record, key_bytes = (
        aws_cloudtrail.decode_key, aws_cloudtrail.is_record, aws_cloudtrail.key_bytes,
    )  # fmt: skip
    try:
        keys = [decode(raw) for raw in raws]
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    if not all([is_record(key) and key.eventID for key in keys]):
        return None
    ids = [record_id(0, aws_cloudtrail.NAME, key_bytes(key)) for key in keys]
    return Claims([aws_cloudtrail.NAME] * len(raws), b"".join(ids))


class Mappings:
    """How a log's records are read: what `actum.log` asks of this room."""

    def versions(self) -> Mapping[str, int]:
        """The version of each source's mapping."""
        return {name: source.VERSION for name, source in SOURCES.items()}

    def derive(self, connection: duckdb.DuckDBPyConnection, records: str, events: str) -> None:
        """Create the temporary table ``events`` from the table ``records``."""
        derive(connection, records, events, SOURCES)

    def retell(self, source: str, new: bytes, old: bytes, index: int) -> Retold:
        """Keep a second telling: hidden behind the first if both say the same, shown if not."""
        spelled = Spelling.parse(source)
        meant = SOURCES[spelled.source]
        key = b"retold\0" + index.to_bytes(8, "big") + sha256(new).digest()
        identity = record_id(Kind.RECORD, spelled.source, key)
        same = _meaning(meant, new) == _meaning(meant, old)
        copy_of = index if same else None
        return Retold(str(Spelling(spelled.source, spelled.form, copy_of)), identity, same)


def _meaning(source: Source, raw: bytes) -> object:
    """What a record says, without its wrapping and its spacing; itself, if it cannot be parsed."""
    found = source.claim(raw)
    inner = list(source.unwrap(raw, found.form if found else ""))
    try:
        return [msgspec.json.decode(each) for each in inner]
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return raw
