"""Checkpoints: the size and root of a log in three lines, by the C2SP tlog-checkpoint spec.

A checkpoint is the text of a signed note.  Reading one says what a log claims; only the note's
signature (``actum.proof.note``) says that the log claims it.

Rules:

1. One spelling: no leading zeros, canonical base64, nothing after the last newline.
2. Extension lines are kept as they are and mean nothing here.  Actum writes none.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from typing import Final

from actum.errors import MalformedProof, VerificationFailed
from actum.proof.note import Note, Verifier, open_note, read_base64

__all__ = ["Checkpoint", "open_checkpoint"]

_DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,19}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of one log's tree (tlog-checkpoint, "Note text")."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.origin or not all(self.extensions):
            raise _malformed("its origin or an extension line is empty")
        if any(char < " " for line in (self.origin, *self.extensions) for char in line):
            raise _malformed("a line has a control character")
        if not 0 <= self.size < 1 << 64 or len(self.root) != 32:
            raise _malformed("its size or root hash cannot be one")

    def text(self) -> str:
        """Return the note text to sign, with its final newline."""
        root = b64encode(self.root).decode()
        return "\n".join((self.origin, str(self.size), root, *self.extensions, ""))

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read a note text; raises ``MalformedProof`` unless ``text()`` would give it back."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop():
            raise _malformed("it does not have three whole lines")
        origin, size, root, *extensions = lines
        return cls(origin, read_decimal(size), read_base64(root), tuple(extensions))


def open_checkpoint(data: bytes, verifier: Verifier) -> tuple[Checkpoint, Note]:
    """Read a signed checkpoint and check that it is the log's whose key this is.

    The key's name must be the checkpoint's origin: one seed may sign for several logs, and a proof
    about one of them must not pass for another.
    """
    note = open_note(data, [verifier])
    checkpoint = Checkpoint.parse(note.text)
    if checkpoint.origin != verifier.name:
        raise VerificationFailed(
            f"the checkpoint is of the log {checkpoint.origin!r}",
            why=f"the key is that of {verifier.name!r}",
            todo="use the key of that log",
        )
    return checkpoint, note


def read_decimal(text: str) -> int:
    """Read an ASCII decimal below 2**64 without leading zeros."""
    if _DECIMAL.fullmatch(text) is None or int(text) >= 1 << 64:
        raise MalformedProof(f"{text[:40]!r} is not a number", why="not a decimal below 2**64")
    return int(text)


def _malformed(why: str) -> MalformedProof:
    return MalformedProof("this is not a checkpoint", why=why)
