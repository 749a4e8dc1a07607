"""The checkpoint as it is published: one file in the log's folder.

Trust: an attacker who can write it can put an older checkpoint in its place, which the journal,
this machine's memory or a witness notices; they cannot write one that the log's key did not sign.
"""

from __future__ import annotations

from pathlib import Path

from actum.errors import EvidenceError
from actum.proof.checkpoint import Checkpoint, open_checkpoint
from actum.proof.note import Verifier

__all__ = ["read_checkpoint", "read_note"]


def read_note(folder: Path) -> bytes:
    """The file as it is, empty if there is none."""
    try:
        return (folder / "checkpoint").read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise EvidenceError(
            "the checkpoint cannot be read",
            why=error.strerror or str(error),
            todo="run `actum fsck`; restore the file from a copy",
        ) from error


def read_checkpoint(folder: Path, vkey: str) -> tuple[Checkpoint, bytes] | None:
    """The published checkpoint, its signature checked, and the note it is; None if there is none.

    Raises VerificationFailed or MalformedProof when the file is not this log's.
    """
    if not (folder / "checkpoint").exists():
        return None
    note = read_note(folder)
    return open_checkpoint(note, Verifier.parse(vkey))[0], note
