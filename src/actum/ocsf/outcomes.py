"""Tells how an act ended: that it worked, that it was only tried and why, or that nobody says.

A reason is a word of the source's.  A number says less than the words beside it, and “failed” says
nothing that “in vain” does not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from actum.ocsf.shown import number, shown, text
from actum.ocsf.things import name_of
from actum.ocsf.who import actor

__all__ = ["UNKNOWN", "ended", "outcome", "reason", "times"]

UNKNOWN: Final = "(outcome unknown)"

_NUMBER: Final = re.compile(r"-?\d+|0x[0-9a-f]+", re.IGNORECASE)
_SAYS_NOTHING: Final = ("error", "fail", "failed", "failure", "false", "none", "null", "unknown")
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
"""What Kubernetes calls a namespace; a URL, a schema or a vault is named without that word."""


def ended(event: Mapping[str, object], infinitive: str, past: str) -> str:
    """Tell who did it, where it lies, and how it ended."""
    namespace = text(event, "resource_namespace")
    if namespace not in ("", name_of(event)):
        word = "in namespace" if _LABEL.fullmatch(namespace) else "in"
        infinitive, past = (f"{each} {word} {shown(namespace)}" for each in (infinitive, past))
    return f"{actor(event)} {outcome(event, infinitive, past)}"


def outcome(event: Mapping[str, object], infinitive: str, past: str) -> str:
    """Tell that it was done, tried, or that nobody says which; and how many times."""
    status = event.get("status")
    if status == "failure":
        why = reason(event, "status_code", "status_detail")
        told = f"tried to {infinitive}{times(event)}"
        return f"{told}: {why}" if why else f"{told} in vain"
    return f"{past} {UNKNOWN}" if status == "unknown" else f"{past}{times(event)}"


def times(event: Mapping[str, object]) -> str:
    """Tell how many times, when the record stands for several."""
    count = number(event, "count") or 1
    return f", {count} times" if count > 1 else ""


def reason(event: Mapping[str, object], *columns: str) -> str:
    """Return the first column whose words say why; else a number that does; "" if none does."""
    said = [" ".join(text(event, name).split()) for name in columns]
    said = [each for each in said if each.lower() not in ("", *_SAYS_NOTHING)]
    words = [each for each in said if not _NUMBER.fullmatch(each)]
    return shown((words or said)[0].removesuffix(".")) if said else ""
