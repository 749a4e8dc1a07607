"""Actum: an audit log that answers “who was it?” and can prove the answer.

    >>> import actum
    >>> with actum.open("case", write=True) as case:       # doctest: +SKIP
    ...     case.open(["./evidence"])
    ...     for event in case.search("action:DeleteBucket").dicts():
    ...         print(actum.sentence(event))

Everything public is here; the rooms behind it may change.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from actum.case import Case
    from actum.case import open_case as open  # noqa: A004 - actum.open reads as it should
    from actum.errors import (
        ActumError,
        EvidenceError,
        HomeBusy,
        LogRefused,
        QueryError,
        StorageError,
        UsageError,
        VerificationFailed,
    )
    from actum.ingest import Account, Totals
    from actum.log.evidence import Verified
    from actum.log.fsck import Finding
    from actum.ocsf.nested import to_ocsf
    from actum.ocsf.sentence import sentence
    from actum.proof.checkpoint import Checkpoint
    from actum.proof.tlog_proof import Verdict, verify_record
    from actum.query.engine import Answer
    from actum.query.parse import Query
    from actum.record import Kind, Provenance, Record

__version__ = "0.1.0"

# Where each name lives.  Names are looked up when first used: `actum --help` must not pay for the
# engine.
_HOMES = {
    "Account": "actum.ingest",
    "ActumError": "actum.errors",
    "Answer": "actum.query.engine",
    "Case": "actum.case",
    "Checkpoint": "actum.proof.checkpoint",
    "EvidenceError": "actum.errors",
    "Finding": "actum.log.fsck",
    "HomeBusy": "actum.errors",
    "Kind": "actum.record",
    "LogRefused": "actum.errors",
    "Provenance": "actum.record",
    "Query": "actum.query.parse",
    "QueryError": "actum.errors",
    "Record": "actum.record",
    "StorageError": "actum.errors",
    "Totals": "actum.ingest",
    "UsageError": "actum.errors",
    "Verdict": "actum.proof.tlog_proof",
    "VerificationFailed": "actum.errors",
    "Verified": "actum.log.evidence",
    "open": "actum.case",
    "sentence": "actum.ocsf.sentence",
    "to_ocsf": "actum.ocsf.nested",
    "verify_record": "actum.proof.tlog_proof",
}

__all__ = [
    "Account",
    "ActumError",
    "Answer",
    "Case",
    "Checkpoint",
    "EvidenceError",
    "Finding",
    "HomeBusy",
    "Kind",
    "LogRefused",
    "Provenance",
    "Query",
    "QueryError",
    "Record",
    "StorageError",
    "Totals",
    "UsageError",
    "Verdict",
    "VerificationFailed",
    "Verified",
    "open",
    "sentence",
    "to_ocsf",
    "verify_record",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'actum' has no attribute {name!r}")
    found = getattr(import_module(_HOMES[name]), "open_case" if name == "open" else name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
