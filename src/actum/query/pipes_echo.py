"""Stages said in plain English.

``count by actor, action | top 20`` is "counted by actor and action; the first 20".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from actum.query.pipes import Count, Diff, First, Gaps, Rare, Stage, Timeline, Top, length

if TYPE_CHECKING:
    from collections.abc import Callable

    from actum.record import Micros

__all__ = ["said"]


def said(stage: Stage, instant: Callable[[Micros], str]) -> str:
    """Say one stage; ``instant`` says a time."""
    by = f" by {_listed(stage.by)}" if stage.by else ""
    of_each = f" of each {_listed(stage.by)}" if stage.by else ""
    match stage:
        case Count():
            told = f"counted{by}"
        case Top():
            counted = f"counted{by}, the most frequent first; " if by else ""
            told = f"{counted}the first {stage.number:,}"
        case Rare():
            told = f"each {stage.field}{of_each}, the rarest first"
        case Timeline():
            told = f"counted in steps of {length(stage.width)} in UTC{by}"
        case First():
            told = f"when first and last seen{of_each}"
        case Gaps():
            edges = _edges(stage, instant)
            told = f"times longer than {length(stage.length)} without an event{of_each}{edges}"
        case Diff():
            now, before = (
                f"{instant(low)} until {instant(high)}" for low, high in (stage.now, stage.before)
            )
            told = f"counted{by} from {now}, and against {before}"
    return told


def _edges(stage: Gaps, instant: Callable[[Micros], str]) -> str:
    since = f" from {instant(stage.since)}" if stage.since is not None else ""
    until = f" up to {instant(stage.until)}" if stage.until is not None else ""
    return f",{since}{until}" if since or until else ""


def _listed(names: tuple[str, ...]) -> str:
    if len(names) < 3:
        return " and ".join(names)
    return ", ".join(names[:-1]) + f" and {names[-1]}"
