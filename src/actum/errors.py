"""Every error Actum raises on purpose, by whose fault it is.

    ActumError
    ├── UsageError            the caller's words: exit 2
    │   └── QueryError        a query that cannot be read; points at its token
    ├── NotAllowed            the caller may not: exit 5
    ├── SourceUnreachable     the outside did not answer; try again: exit 6
    ├── LimitReached          a stated limit stopped the work: exit 7
    ├── StorageError          the disk or another process: exit 1
    │   ├── HomeBusy          another process writes this home
    │   ├── DiskFull          no room to acknowledge; reading goes on
    │   └── WriteFailed       a write or sync failed; the writer must stop
    ├── MalformedInput        bytes that are not what they claim to be: exit 1
    │   ├── MalformedProof    not a note, checkpoint, tile or proof
    │   └── MalformedRecord   a record its source cannot read (kept raw all the same)
    └── EvidenceError         the evidence contradicts itself: exit 4
        ├── VerificationFailed    a signature, hash or proof does not hold
        └── LogRefused            the start-up gate will not open this log for writing

An error says **what** was refused, **why**, and what **to do**, each in one line.  The command line
prints those three lines and exits with ``exit_code``; nothing else decides exit codes.
"""

from __future__ import annotations

__all__ = [
    "ActumError",
    "DiskFull",
    "EvidenceError",
    "HomeBusy",
    "LimitReached",
    "LogRefused",
    "MalformedInput",
    "MalformedProof",
    "MalformedRecord",
    "NotAllowed",
    "QueryError",
    "SourceUnreachable",
    "StorageError",
    "UsageError",
    "VerificationFailed",
    "WriteFailed",
]


class ActumError(Exception):
    """The root: catch this to catch everything Actum raises on purpose."""

    exit_code = 1

    def __init__(self, what: str, *, why: str = "", todo: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.todo = todo

    def __str__(self) -> str:
        return ": ".join(part for part in (self.what, self.why) if part)


class UsageError(ActumError):
    """The command, option or argument is not one Actum understands."""

    exit_code = 2


class QueryError(UsageError):
    """A query that cannot be read.

    ``text[start:end]`` is the token at fault.
    """

    def __init__(
        self, what: str, *, text: str, start: int, end: int, why: str = "", todo: str = ""
    ) -> None:
        super().__init__(what, why=why, todo=todo)
        self.text = text
        self.start = start
        self.end = end


class NotAllowed(ActumError):
    """The caller has no right to this."""

    exit_code = 5


class SourceUnreachable(ActumError):
    """A collector's far side did not answer; the same call may succeed later."""

    exit_code = 6


class LimitReached(ActumError):
    """A stated limit of rows, bytes or seconds was hit; what was given is partial."""

    exit_code = 7


class StorageError(ActumError):
    """The disk, the file system or another process is in the way."""


class HomeBusy(StorageError):
    """Another process holds the writer's lock on this home; reading still works."""


class DiskFull(StorageError):
    """There is no room left to acknowledge a record; reading and sealing go on."""


class WriteFailed(StorageError):
    """A write or sync failed: what is on disk is unknown until it is read again."""


class MalformedInput(ActumError):
    """Bytes that are not what they claim to be."""


class MalformedProof(MalformedInput):
    """Bytes that are not a signed note, checkpoint, tile or proof."""


class MalformedRecord(MalformedInput):
    """A record its source cannot read.  It is kept unchanged, with this reason."""


class EvidenceError(ActumError):
    """What is stored contradicts what was proved: nothing may be served as if it did not."""

    exit_code = 4


class VerificationFailed(EvidenceError):
    """A signature, hash or proof does not hold."""


class LogRefused(EvidenceError):
    """The start-up gate found the log smaller than, or different from, what was published."""
