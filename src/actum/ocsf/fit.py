"""Parts what the schema takes as it stands from what it does not, so that neither is lost.

- An attribute the class or object does not know, or whose value has the wrong type, is left over.
- An object without what makes it one, an endpoint with no more than a port, is left over whole;
  unless the event's class requires it: then it is better found in its place than elsewhere.
- An attribute of a profile is left over where the event has not what that profile requires.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from actum.ocsf.classes import Shape, object_shape, type_of
from actum.ocsf.validate import is_of

__all__ = ["fit"]

_PROFILES: Final = ("cloud", "osint")
"""Profiles that require the attribute they are named after."""


def fit(
    value: Mapping[str, Any], shape: Shape, *, needs: Collection[str] = ()
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what fits, and under the same names what does not.

    ``needs`` are attributes that stay however little they hold.
    """
    kept: dict[str, Any] = {}
    left: dict[str, Any] = {}
    for name, item in value.items():
        if name not in shape.attributes:
            left[name] = item
            continue
        fits, rest = _attribute(item, type_of(name), is_needed=name in needs)
        if fits is not None:
            kept[name] = fits
        if rest is not None:
            left[name] = rest
    for profile in _PROFILES:
        if profile in kept or not needs:
            continue
        for name in [each for each in kept if shape.attributes[each] == profile]:
            left[name] = kept.pop(name)
    return kept, left


def _attribute(value: Any, kind: str, *, is_needed: bool) -> tuple[Any, Any]:
    if not kind.endswith("[]"):
        return _one(value, kind, is_needed=is_needed)
    if not isinstance(value, Sequence) or isinstance(value, str):
        return None, value
    each = [_one(item, kind[:-2], is_needed=is_needed) for item in value]
    kept = [fits for fits, _ in each if fits is not None]
    left = [rest for _, rest in each if rest is not None]
    return kept if kept or not left else None, left or None


def _one(value: Any, kind: str, *, is_needed: bool) -> tuple[Any, Any]:
    if kind.endswith("_t"):
        return (value, None) if is_of(kind, value) else (None, value)
    shape = object_shape(kind)
    if shape is None or not isinstance(value, Mapping):
        return value, None
    kept, left = fit(value, shape)
    is_whole = all(name in kept for name in shape.required) and (
        not shape.at_least_one or any(name in kept for name in shape.at_least_one)
    )
    if is_whole or (is_needed and kept):
        return kept, left or None
    return None, value
