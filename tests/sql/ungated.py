"""The process a statement runs in, with layer 1 taken out: whatever is said is run."""

from __future__ import annotations

from typing import Any

from actum.sql import VIEWS, gate, worker


def everything_passes(text: str, **_: Any) -> gate.Passed:
    return gate.Passed(text, frozenset(VIEWS), frozenset())


gate.check = everything_passes
worker.main()
