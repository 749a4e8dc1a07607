"""What the bytes mean: one folder a kind of log.

`SOURCES` holds every source, in the order they are asked whose a record is: the particular ones by
name, then Actum's own, then the fallbacks, of which `text` takes everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, cast

import msgspec

from actum.proof.leaf import id_prefix, record_id
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


def claim(raw: bytes, sources: Mapping[str, Source] = SOURCES) -> Claim:
    """Whose this record is.  `text` takes what nobody else does."""
    for source in sources.values():
        found = source.claim(raw)
        if found is not None:
            return found
    return Claim(text.NAME, b"")


def claim_all(
    raws: Sequence[bytes],
    origin: str,
    positions: Sequence[int],
    *,
    is_json: bool,
    sources: Mapping[str, Source] = SOURCES,
) -> Claims:
    """Whose each record is and how it is known again (log-format.md §2.2).

    A record without an id of its own is known by its delivery, its place there and its content.
    ``is_json`` says that the delivery is framed as JSON, so that an element that is not JSON is not
    just a line of text but an unread record.
    """
    fast = _all_cloudtrail(raws) if sources is SOURCES else None
    if fast is not None:
        return fast
    spelled: list[str] = []
    ids: list[bytes] = []
    for raw, position in zip(raws, positions, strict=True):
        found = claim(raw, sources)
        key = found.key or _placed(raw, origin, position)
        reason = _fault(raw) if is_json and found.source == text.NAME else ""
        source = json.NAME if reason else found.source
        spelled.append(str(Spelling(source, found.form, reason=reason)))
        ids.append(record_id(Kind.RECORD, source, key))
    return Claims(spelled, b"".join(ids))


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


_decode = aws_cloudtrail.decode_key
is_record = aws_cloudtrail.is_record
_CLOUDTRAIL = id_prefix(Kind.RECORD, aws_cloudtrail.NAME)


def _all_cloudtrail(raws: Sequence[bytes]) -> Claims | None:
    """The usual case of bulk input: every record plain CloudTrail with an id.

    Written out in comprehensions because every record passes here: it says what `is_record`,
    `key_bytes` and `record_id` say one record at a time, and a test holds them together.
    """
    try:
        keys = [_decode(raw) for raw in raws]
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    plain = [
        key.eventVersion[:2] == "1."
        and ((key.eventName is not None and key.eventSource is not None) or is_record(key))
        for key in keys
    ]
    if not all(plain):
        return None
    try:
        told = [f"{key.recipientAccountId or ''}/{key.eventID}".encode() for key in keys]
    except UnicodeEncodeError:
        return None
    if not all(key.eventID for key in keys):
        return None
    ids = [sha256(_CLOUDTRAIL + key).digest()[:16] for key in told]
    return Claims([aws_cloudtrail.NAME] * len(raws), b"".join(ids))


class Mappings:
    """How a log's records are read: what `actum.log` asks of this room."""

    def __init__(self, sources: Mapping[str, Source] = SOURCES) -> None:
        self._sources = sources

    def versions(self) -> Mapping[str, int]:
        """The version of each source's mapping."""
        return {name: source.VERSION for name, source in self._sources.items()}

    def derive(self, connection: duckdb.DuckDBPyConnection, records: str, events: str) -> None:
        """Create the temporary table ``events`` from the table ``records``."""
        derive(connection, records, events, self._sources)

    def retell(self, source: str, new: bytes, old: bytes, index: int) -> Retold:
        """Keep a second telling: hidden behind the first if both say the same, shown if not."""
        spelled = Spelling.parse(source)
        meant = self._sources[spelled.source]
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
