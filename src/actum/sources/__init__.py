"""What the bytes mean: one folder a kind of log.

`SOURCES` holds every source there is a folder of: the particular ones by name, then the general
ones in the order they are asked whose a record is, of which `text`, the last, takes everything.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib import import_module
from typing import TYPE_CHECKING, cast

import msgspec

from actum.proof.leaf import id_prefix, record_id
from actum.record import Kind, Retold, Spelling
from actum.sources import aws_cloudtrail
from actum.sources.reading import derive, inside
from actum.sources.recognition import (
    GENERAL,
    Claimant,
    Claims,
    Recognition,
    Rereader,
    Told,
    is_general,
    unread,
)
from actum.sources.seam import Claim, Source

if TYPE_CHECKING:
    import duckdb

__all__ = ["SOURCES", "Claim", "Claims", "Mappings", "Recognition", "Source", "Told", "claim"]
__all__ += ["claim_all", "is_general", "unread"]


def _found() -> dict[str, Source]:
    """Every source, by the folders of this package."""
    names = [each.name for each in pkgutil.iter_modules(__path__) if each.ispkg]
    names.sort(key=lambda name: (GENERAL.index(name) + 1 if name in GENERAL else 0, name))
    modules = [import_module(f"{__name__}.{name}") for name in names]
    return {each.NAME: cast("Source", each) for each in modules}


SOURCES: Mapping[str, Source] = _found()


@cache
def _claimant() -> Claimant:
    return Claimant(SOURCES)


def claim(raw: bytes, sources: Mapping[str, Source] = SOURCES) -> Claim:
    """Whose this record is.  `text` takes what nobody else does."""
    return (_claimant() if sources is SOURCES else Claimant(sources)).claim(raw)


def claim_all(
    raws: Sequence[bytes],
    origin: str,
    positions: Sequence[int],
    *,
    is_json: bool,
    is_text: bool = False,
    sources: Mapping[str, Source] = SOURCES,
    recognition: Recognition | None = None,
) -> Claims:
    """Whose each record of a delivery is and how it is known again (log-format.md §2.2).

    Give the delivery's ``recognition`` where it comes in several batches or is text.
    """
    if recognition is None:
        recognition = Recognition(origin, sources)
    if recognition.is_free and not is_text:
        fast = _all_cloudtrail(raws, positions) if sources is SOURCES else None
        if fast is not None:
            return fast
    return recognition.take(raws, positions, is_json=is_json, is_text=is_text)


_decode = aws_cloudtrail.decode_key
is_record = aws_cloudtrail.is_record
_CLOUDTRAIL = id_prefix(Kind.RECORD, aws_cloudtrail.NAME)


def _all_cloudtrail(raws: Sequence[bytes], positions: Sequence[int]) -> Claims | None:
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
    return Claims(list(raws), list(positions), [aws_cloudtrail.NAME] * len(raws), ids)


class Mappings:
    """How a log's records are read: what `actum.log` asks of this room."""

    def __init__(self, sources: Mapping[str, Source] = SOURCES) -> None:
        self.sources = sources

    def versions(self) -> Mapping[str, int]:
        """The version of each source's mapping."""
        return {name: source.VERSION for name, source in self.sources.items()}

    def derive(self, connection: duckdb.DuckDBPyConnection, records: str, events: str) -> None:
        """Create the temporary table ``events`` from the table ``records``."""
        derive(connection, records, events, self.sources)

    def again(
        self,
        spelled: Sequence[str],
        origins: Sequence[str],
        positions: Sequence[int],
        raws: Sequence[bytes],
        *,
        told: Callable[[str], Told | None],
    ) -> list[str]:
        """What stored records are, with what is known now: see `actum.log.reread`.

        ``told`` says of an origin what somebody knows it to be.  Without that, only what a general
        source took is asked about again.  Copies and records another source took stay what they
        are.
        """
        rereader = Rereader(self.sources, told)
        return [
            rereader.again(*each) for each in zip(spelled, origins, positions, raws, strict=True)
        ]

    def retell(self, source: str, new: bytes, old: bytes, index: int) -> Retold:
        """Keep a second telling: hidden behind the first if both say the same, shown if not."""
        spelled = Spelling.parse(source)
        meant = self.sources[spelled.source]
        key = b"retold\0" + index.to_bytes(8, "big") + sha256(new).digest()
        identity = record_id(Kind.RECORD, spelled.source, key)
        same = _meaning(meant, new) == _meaning(meant, old)
        copy_of = index if same else None
        return Retold(str(Spelling(spelled.source, spelled.form, copy_of)), identity, same)


def _meaning(source: Source, raw: bytes) -> object:
    """What a record says, without its wrapping and its spacing; itself, if it cannot be parsed."""
    found = Claimant({source.NAME: source, "text": SOURCES["text"]}).claim(raw)
    try:
        parts = [each for each in inside(source, raw, found.form) if isinstance(each, bytes)]
        return [msgspec.json.decode(each) for each in parts] or raw
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return raw
