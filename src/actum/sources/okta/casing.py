"""Okta's keys as Okta spells them, of records some pipeline put into lower case.

Only keys are touched, values never.  A key given twice makes the record unread, as it would plain;
so do two keys that become one.
"""

from __future__ import annotations

import json
from typing import Any

from actum.sources.seam import Unread

__all__ = ["restored"]

_KEYS = (
    "alternateId authenticationContext asNumber asOrg authenticationProvider authenticationStep"
    " credentialProvider credentialType debugContext debugData detailEntry displayMessage"
    " displayName eventType externalSessionId geographicalContext ipAddress ipChain isProxy"
    " legacyEventType postalCode rawUserAgent requestApiTokenId requestUri rootSessionId"
    " securityContext userAgent"
)
_AS_SPELLED = {key.lower(): key for key in _KEYS.split()}


class _TwiceError(ValueError):
    """A key stands twice in one object."""


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in members:
        spelled = _AS_SPELLED.get(key, key)
        if spelled in found:
            raise _TwiceError(spelled)
        found[spelled] = value
    return found


def restored(raw: bytes) -> bytes | Unread:
    """The record with its keys as Okta spells them."""
    try:
        return json.dumps(
            json.loads(raw, object_pairs_hook=_object), ensure_ascii=False, separators=(",", ":")
        ).encode()
    except _TwiceError as twice:
        return Unread(f"a key is given twice: {twice}")
    except (ValueError, RecursionError):
        return Unread("not valid JSON")
