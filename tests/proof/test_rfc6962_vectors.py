"""The public RFC 6962 vectors (transparency-dev/merkle): every one, wanted and unwanted."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from actum.errors import VerificationFailed
from actum.proof import verify_consistency, verify_inclusion


def vectors_folder() -> Path:
    """Say where the vectors lie if they were fetched: beside the repository, not in it."""
    repository = Path(__file__).resolve().parents[2]
    return repository.parent / "shared" / "data" / "standards" / "rfc6962-vectors"


def load(kind: str) -> list[dict[str, Any]]:
    files = sorted((vectors_folder() / kind).rglob("*.json"))
    if not files:
        pytest.skip("the public RFC 6962 vectors are not beside this checkout")
    return [json.loads(file.read_text()) | {"file": file.name} for file in files]


def check_inclusion(case: dict[str, Any]) -> None:
    verify_inclusion(
        index=case["leafIdx"],
        size=case["treeSize"],
        leaf=b64decode(case["leafHash"] or ""),
        path=[b64decode(each) for each in case["proof"] or ()],
        root=b64decode(case["root"] or ""),
    )


def check_consistency(case: dict[str, Any]) -> None:
    verify_consistency(
        old_size=case["size1"],
        old_root=b64decode(case["root1"] or ""),
        new_size=case["size2"],
        new_root=b64decode(case["root2"] or ""),
        path=[b64decode(each) for each in case["proof"] or ()],
    )


CHECKS = {"inclusion": check_inclusion, "consistency": check_consistency}


@pytest.mark.parametrize("kind", CHECKS)
def test_no_corrupted_public_vector_is_accepted(kind: str) -> None:
    cases = [case for case in load(kind) if case["wantErr"]]
    assert len(cases) > 50
    for case in cases:
        try:
            CHECKS[kind](case)
        except VerificationFailed:
            continue
        pytest.fail(f"accepted: {case['desc']} ({case['file']})")


@pytest.mark.parametrize("kind", CHECKS)
def test_every_good_public_vector_is_accepted(kind: str) -> None:
    cases = [case for case in load(kind) if not case["wantErr"]]
    assert len(cases) >= 5
    for case in cases:
        CHECKS[kind](case)
