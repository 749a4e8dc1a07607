"""Proof files: one record's place in a log, in one text file that is checked without the log.

The file is a C2SP tlog-proof.  What Actum adds travels in its ``extra`` line as an ``Opening``: the
leaf, and the salt and origin that the leaf's payload commitment was made with.

Rules:

1. ``extra`` is not signed.  It counts only once its leaf is found in the signed tree.
2. A verdict is given claim by claim: PROVEN, FAILED, or NOT PROVEN with the reason.  What could not
   be checked is never counted as proven.
3. ``standalone.py`` gives the same verdicts and shares no code with this file, so that one mistake
   cannot hide in both.
"""

from __future__ import annotations

import base64
import enum
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from actum.errors import MalformedProof, VerificationFailed
from actum.proof.checkpoint import Checkpoint, open_checkpoint, read_decimal
from actum.proof.leaf import LEAF_SIZE, SALT_SIZE, Leaf, commit, leaf_hash
from actum.proof.merkle import verify_inclusion
from actum.proof.note import Note, Verifier, parse_note, read_base64

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "MAX_PROOF_SIZE",
    "OPENING_LABEL",
    "Claim",
    "Opening",
    "State",
    "TlogProof",
    "Verdict",
    "verify_record",
]

HEADER: Final = "c2sp.org/tlog-proof@v1"
OPENING_LABEL: Final = b"actum opening v1\0"
MAX_PROOF_SIZE: Final = 2_000_000
MAX_PATH: Final = 64
"""A tree of fewer than 2**64 leaves has no longer path."""

SIGNED: Final = "checkpoint is signed by the key"
INCLUDED: Final = "leaf is in the tree of that checkpoint"
IN_PLACE: Final = "leaf's own index is the index of the proof"
OPENED: Final = "record bytes are those the leaf commits to"
WITNESSED: Final = "a witness saw this checkpoint"

NO_OPENING: Final = "the proof carries no opening"
NO_WITNESS: Final = (
    "no witness cosigned: on one machine the log is tamper-evident only once a witness or a copy "
    "outside exists"
)

_LENGTH: Final = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class TlogProof:
    """A tlog-proof file (c2sp.org/tlog-proof, "Format").

    ``checkpoint`` is the signed note, verbatim; nothing in it has been checked.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def encode(self) -> bytes:
        """Return the file's bytes."""
        if self.extra == b"":
            raise ValueError("extra data is left out when there is none, not empty")
        lines = [HEADER]
        if self.extra is not None:
            lines.append(f"extra {_base64(self.extra)}")
        lines.append(f"index {self.index}")
        lines += [_base64(each) for each in self.path]
        return "\n".join((*lines, "", "")).encode() + self.checkpoint

    @classmethod
    def decode(cls, data: bytes) -> TlogProof:
        """Read a file; raises ``MalformedProof`` unless ``encode()`` would give it back."""
        if len(data) > MAX_PROOF_SIZE:
            raise _malformed(f"it is larger than {MAX_PROOF_SIZE} bytes")
        head, blank, checkpoint = data.partition(b"\n\n")
        if not blank:
            raise _malformed("no blank line stands before the checkpoint")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError as error:
            raise _malformed("it has a character that is not ASCII") from error
        if lines.pop(0) != HEADER:
            raise _malformed(f"its first line is not {HEADER}")
        extra = None
        if lines and lines[0].startswith("extra "):
            extra = read_base64(lines.pop(0).removeprefix("extra "))
        if extra == b"" or not lines or not lines[0].startswith("index "):
            raise _malformed("an extra line is empty, or the index line is missing")
        index = read_decimal(lines.pop(0).removeprefix("index "))
        path = tuple(read_base64(line) for line in lines)
        if len(path) > MAX_PATH or any(len(each) != 32 for each in path):
            raise _malformed(f"its path is not up to {MAX_PATH} hashes of 32 bytes")
        parse_note(checkpoint)
        return cls(index, path, checkpoint, extra)


@dataclass(frozen=True, slots=True)
class Opening:
    """What a leaf's hash and payload commitment were made from (docs/spec/log-format.md §7.2)."""

    leaf: Leaf
    salt: bytes
    origin: str

    def encode(self) -> bytes:
        """Return label ‖ leaf ‖ salt ‖ u32 length ‖ origin."""
        if len(self.salt) != SALT_SIZE:
            raise ValueError(f"a salt has {SALT_SIZE} bytes, not {len(self.salt)}")
        where = self.origin.encode("utf-8", "surrogateescape")
        parts = (OPENING_LABEL, self.leaf.encode(), self.salt, _LENGTH.pack(len(where)), where)
        return b"".join(parts)

    @classmethod
    def decode(cls, data: bytes) -> Opening:
        """Read an opening; raises ``MalformedProof`` for anything else."""
        leaf_at = len(OPENING_LABEL)
        salt_at = leaf_at + LEAF_SIZE
        length_at = salt_at + SALT_SIZE
        where_at = length_at + _LENGTH.size
        if len(data) < where_at or not data.startswith(OPENING_LABEL):
            raise _malformed("its extra line is not an Actum opening")
        (length,) = _LENGTH.unpack_from(data, length_at)
        if length != len(data) - where_at:
            raise _malformed("the origin in its opening is cut or has something after it")
        leaf = Leaf.decode(data[leaf_at:salt_at])
        origin = data[where_at:].decode("utf-8", "surrogateescape")
        return cls(leaf, data[salt_at:length_at], origin)


class State(enum.Enum):
    """What is known about a claim."""

    PROVEN = "PROVEN"
    FAILED = "FAILED"
    NOT_PROVEN = "NOT PROVEN"


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing a proof says, and whether it was shown.  ``why`` is empty only if PROVEN."""

    text: str
    state: State
    why: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The claims about one record in their order, and what they are about.

    ``checkpoint`` and ``opening`` are what the file says; believe them as far as the claims go.
    """

    claims: tuple[Claim, ...]
    checkpoint: Checkpoint
    opening: Opening | None

    @property
    def proven(self) -> bool:
        """Whether every claim but the witness's is PROVEN."""
        own = [claim.state for claim in self.claims if claim.text != WITNESSED]
        return bool(own) and all(state is State.PROVEN for state in own)

    @property
    def failed(self) -> bool:
        """Whether any claim is FAILED: the file contradicts the key, the record or itself."""
        return any(claim.state is State.FAILED for claim in self.claims)


def verify_record(proof_bytes: bytes, vkey: str, raw: bytes | None) -> Verdict:
    """Check a proof file about one record (docs/spec/log-format.md §7.3).

    ``raw`` is the record as it was stored, or ``None`` to leave its claim unproven.  Raises
    ``MalformedProof`` if the file or the key cannot be read; all else is in the verdict.
    """
    # 1. Read the file, and the key it is to be judged by.
    proof = TlogProof.decode(proof_bytes)
    verifier = Verifier.parse(vkey)
    # 2. Read the checkpoint and the opening; neither is believed yet.
    text, _ = parse_note(proof.checkpoint)
    checkpoint = Checkpoint.parse(text)
    opening = None if proof.extra is None else Opening.decode(proof.extra)
    # 3. The checkpoint is signed by the key, whose name is the log's origin.
    note: Note | None = None
    try:
        _, note = open_checkpoint(proof.checkpoint, verifier)
        signed = Claim(SIGNED, State.PROVEN)
    except VerificationFailed as error:
        signed = Claim(SIGNED, State.FAILED, str(error))
    # 4 to 6. What the opening shows under that checkpoint.
    about_leaf = _judge_leaf(proof, checkpoint, opening, raw, signed=note is not None)
    # 7. What a witness adds.
    witnessed = Claim(WITNESSED, State.NOT_PROVEN, _why_no_witness(note))
    return Verdict((signed, *about_leaf, witnessed), checkpoint, opening)


def _judge_leaf(
    proof: TlogProof,
    checkpoint: Checkpoint,
    opening: Opening | None,
    raw: bytes | None,
    *,
    signed: bool,
) -> Iterator[Claim]:
    if opening is None:
        for text in (INCLUDED, IN_PLACE, OPENED):
            yield Claim(text, State.NOT_PROVEN, NO_OPENING)
        return
    leaf = opening.leaf
    # 4. The leaf is in the tree, at the index the proof names.
    try:
        verify_inclusion(
            index=proof.index,
            size=checkpoint.size,
            leaf=leaf_hash(leaf.encode()),
            path=proof.path,
            root=checkpoint.root,
        )
    except VerificationFailed as error:
        yield Claim(INCLUDED, State.FAILED, error.why)
    else:
        if signed:
            yield Claim(INCLUDED, State.PROVEN)
        else:
            yield Claim(INCLUDED, State.NOT_PROVEN, "the checkpoint is not proven")
    # 5. The leaf names the same index.
    if leaf.index == proof.index:
        yield Claim(IN_PLACE, State.PROVEN)
    else:
        why = f"the leaf says {leaf.index}, the proof {proof.index}"
        yield Claim(IN_PLACE, State.FAILED, why)
    # 6. The record's bytes and origin give the leaf's commitment.
    if raw is None:
        yield Claim(OPENED, State.NOT_PROVEN, "the record was not given")
    elif commit(opening.salt, opening.origin, raw) == leaf.commitment:
        yield Claim(OPENED, State.PROVEN)
    else:
        yield Claim(OPENED, State.FAILED, "these bytes, salt and origin give another commitment")


def _why_no_witness(note: Note | None) -> str:
    if note is not None and note.unknown:
        return f"{len(note.unknown)} other signature(s) are there, by keys that were not given"
    return NO_WITNESS


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _malformed(why: str) -> MalformedProof:
    return MalformedProof("this is not a proof file", why=why)
