"""What the columns of one event state, in the shapes the nested form is built from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["is_kind", "is_stated", "items", "named", "resources_of", "text", "users_of"]


def is_stated(value: object) -> bool:
    """Whether somebody said something: neither NULL nor empty."""
    return value is not None and value not in ("", [], ())


def text(event: Mapping[str, object], *names: str) -> str:
    """Return the first of these columns that says something; "" if none does."""
    for name in names:
        value = event.get(name)
        if isinstance(value, str) and value:
            return value
    return ""


def items(value: object) -> Sequence[object]:
    """Return the value if it is a list; nothing if it is NULL."""
    return value if isinstance(value, list | tuple) else ()


def resources_of(event: Mapping[str, object]) -> list[dict[str, Any]]:
    """List the resources, the main one first with all that is known of it."""
    main: dict[str, Any] = {
        key: event[f"resource_{key}"]
        for key in ("uid", "name", "type", "namespace")
        if is_stated(event.get(f"resource_{key}"))
    }
    others = [{"uid": uid} for uid in items(event.get("resources")) if uid != main.get("uid")]
    return [main, *others] if main else [*others]


def is_kind(item: Mapping[str, Any], *words: str) -> bool:
    """Whether a thing is said to be of such a kind."""
    kind = str(item.get("type", "")).lower()
    return any(word in kind for word in words)


def named(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return what names a thing: its uid and its name."""
    return {key: item[key] for key in ("uid", "name") if key in item}


def users_of(event: Mapping[str, object]) -> list[dict[str, str]]:
    """List the users named besides the actor, as OCSF users."""
    return [_user(str(each)) for each in items(event.get("any_user")) if is_stated(each)]


def _user(name: str) -> dict[str, str]:
    """Return somebody named by one text, which is a unique id if it is an ARN."""
    return {"uid": name} if name.startswith("arn:") else {"name": name}
