"""Tells what a detector, a scanner or a check found.

    GuardDuty found: SSH brute force on instance i-0abc (high)
    GuardDuty found: An API was called from a Tor exit node, on access key AKIAEXAMPLE (medium)
    Security Hub checked: S3 buckets are private on bucket logs: failed (medium)

A finding without a title is told by the operation whose use was unusual.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from actum.ocsf.operations import Operation
from actum.ocsf.shown import number, phrase, shown, tail, text
from actum.ocsf.things import name_of, thing

__all__ = ["finding"]

_CLOSE: Final = 3
_UPDATE: Final = 2
_COMPLIANCE: Final = 2003
_SEVERITIES: Final = ("", "informational", "low", "medium", "high", "critical", "fatal")
_CHECKED: Final = {"success": "passed", "failure": "failed"}


def finding(event: Mapping[str, object]) -> str:
    """Tell a finding by its title; one without is unusual use of an operation."""
    product = shown(text(event, "metadata_product") or "a detector")
    said = text(event, "finding_title").strip()
    if not said:
        return _unusual(event, product)
    activity = number(event, "activity_id")
    is_check = event.get("class_uid") == _COMPLIANCE
    told = "checked" if is_check else "found"
    if activity in (_UPDATE, _CLOSE):
        told = "closed" if activity == _CLOSE else "updated"
    title = said if said.endswith("..") else said.removesuffix(".")
    about = "" if _is_named(event, title) else thing(event, Operation(""))
    stop = "," if about and title != said else ""
    said = phrase(f"{product} {told}: {shown(title)}{stop}", f"on {about}" if about else "")
    result = _result(event) if is_check else ""
    level = number(event, "severity_id") or 0
    grade = _SEVERITIES[level] if 0 < level < len(_SEVERITIES) else ""
    return f"{said}{f': {result}' if result else ''}{f' ({grade})' if grade else ''}"


def _is_named(event: Mapping[str, object], title: str) -> bool:
    """Whether a title names the thing it is about, in whichever case."""
    uid = text(event, "resource_uid")
    return any(each and each.lower() in title.lower() for each in (name_of(event), uid, tail(uid)))


def _result(event: Mapping[str, object]) -> str:
    status = str(event.get("status"))
    return _CHECKED.get(status) or (
        shown(text(event, "status_code") or "outcome unknown") if status == "unknown" else ""
    )


def _unusual(event: Mapping[str, object], product: str) -> str:
    what = phrase(*(shown(text(event, each)) for each in ("api_service_name", "api_operation")))
    ended = event.get("activity_id") == _CLOSE
    told = "reported the end of unusual use" if ended else "reported unusual use"
    return f"{product} {told} of {what}" if what else f"{product} {told}"
