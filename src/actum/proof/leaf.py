"""The leaf: what the log signs about one record, in 152 bytes that never change size.

A leaf commits to the bytes that arrived and to where they stand in the log, not to what Actum makes
of them: the source, the event columns and the event time are readings, correctable later, and so
have no place here.

Rules:

1. The layout is docs/spec/log-format.md §2.1.  All integers are big-endian.
2. A leaf states its own index, so that no record can be moved without breaking its hash.
3. The payload is committed to under 16 random bytes of salt: whoever holds a leaf alone cannot
   guess at a record, and destroying the salt destroys the link.
4. Names are hashed as UTF-8 with ``surrogateescape``, because a file name need not be UTF-8.
5. Decoding is strict: what would not encode to the same bytes is refused.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from actum.errors import MalformedProof

__all__ = [
    "FEED_LABEL",
    "ID_SIZE",
    "KINDS",
    "LEAF_SIZE",
    "LEAF_VERSION",
    "PAYLOAD_LABEL",
    "RECORD_ID_LABEL",
    "SALT_SIZE",
    "Leaf",
    "commit",
    "feed_hash",
    "id_prefix",
    "leaf_hash",
    "record_id",
]

LEAF_VERSION: Final = 1
LEAF_SIZE: Final = 152
SALT_SIZE: Final = 16
ID_SIZE: Final = 16
HASH_SIZE: Final = 32

KINDS: Final = (0, 1, 2)
"""The kinds a version 1 leaf may have: 0 record, 1 delivery, 2 control."""

FEED_LABEL: Final = b"actum feed v1\0"
RECORD_ID_LABEL: Final = b"actum record id v1\0"
PAYLOAD_LABEL: Final = b"actum payload v1\0"

_LAYOUT: Final = struct.Struct(">BB6sQq32sQQ16s32s32s")  # §2.1, field by field
_LENGTH: Final = struct.Struct(">I")
_ZERO_6: Final = bytes(6)
_ZERO_32: Final = bytes(32)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One leaf, version 1 (docs/spec/log-format.md §2.1).

    ``received`` is in microseconds since 1970-01-01T00:00:00Z and may be negative.  ``epoch`` and
    ``sequence`` are what the sender claimed about its feed; 0 where it claimed nothing.
    """

    kind: int
    index: int
    received: int
    feed: bytes
    epoch: int
    sequence: int
    record_id: bytes
    commitment: bytes

    def encode(self) -> bytes:
        """Return the 152 bytes; ``ValueError`` if a field does not fit its place."""
        if self.kind not in KINDS:
            raise ValueError(f"a leaf cannot have kind {self.kind!r}")
        if (len(self.feed), len(self.record_id), len(self.commitment)) != (32, 16, 32):
            # struct would pad or cut in silence
            raise ValueError("a leaf needs a feed of 32 bytes, an id of 16 and a commitment of 32")
        try:
            return _LAYOUT.pack(
                LEAF_VERSION,
                self.kind,
                _ZERO_6,
                self.index,
                self.received,
                self.feed,
                self.epoch,
                self.sequence,
                self.record_id,
                self.commitment,
                _ZERO_32,
            )
        except struct.error as error:
            raise ValueError(f"a number does not fit its place in the leaf: {error}") from error

    @classmethod
    def decode(cls, data: bytes) -> Leaf:
        """Read 152 bytes; anything not written exactly as version 1 raises ``MalformedProof``."""
        if len(data) != LEAF_SIZE:
            raise _malformed(f"it has {len(data)} bytes, a leaf has {LEAF_SIZE}")
        version, kind, gap, index, received, feed, epoch, sequence, key, commitment, reserved = (
            _LAYOUT.unpack(data)
        )
        if version != LEAF_VERSION:
            raise _malformed(f"its version is {version}, only {LEAF_VERSION} is known")
        if kind not in KINDS:
            raise _malformed(f"its kind is {kind}, only {KINDS} are known")
        if gap != _ZERO_6 or reserved != _ZERO_32:
            raise _malformed("its reserved bytes are not zero")
        return cls(kind, index, received, feed, epoch, sequence, key, commitment)


def feed_hash(name: str) -> bytes:
    """Return the 32 bytes a leaf names its feed by (docs/spec/log-format.md §2.1)."""
    return sha256(FEED_LABEL + _utf8(name)).digest()


def record_id(kind: int, source: str, key: bytes) -> bytes:
    """Return the 16 bytes a record is recognised by (docs/spec/log-format.md §2.2).

    ``key`` is whatever the source counts as the record's identity.  Kind and source are hashed
    before it, so that no two kinds, and no two sources, can give the same id for the same key.
    """
    return sha256(id_prefix(kind, source) + key).digest()[:ID_SIZE]


def id_prefix(kind: int, source: str) -> bytes:
    """Return what a record id hashes before the key: the same for all records of a source."""
    if kind not in KINDS:
        raise ValueError(f"a leaf cannot have kind {kind!r}")
    name = _utf8(source)
    return b"".join((RECORD_ID_LABEL, bytes((kind,)), _LENGTH.pack(len(name)), name))


def commit(salt: bytes, origin: str, raw: bytes) -> bytes:
    """Return the payload commitment of one record (docs/spec/log-format.md §2.3).

    ``origin`` is ``<delivery origin>#<position>``; ``raw`` the bytes as they arrived.
    """
    if len(salt) != SALT_SIZE:
        raise ValueError(f"a salt has {SALT_SIZE} bytes, not {len(salt)}")
    where = _utf8(origin)
    return sha256(b"".join((PAYLOAD_LABEL, salt, _LENGTH.pack(len(where)), where, raw))).digest()


def leaf_hash(leaf: bytes) -> bytes:
    """Return SHA-256(0x00 ‖ leaf), the leaf's hash in the tree (RFC 6962 §2.1)."""
    return sha256(b"\x00" + leaf).digest()


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _malformed(why: str) -> MalformedProof:
    return MalformedProof("this is not a leaf", why=why, todo="check the file it was read from")
