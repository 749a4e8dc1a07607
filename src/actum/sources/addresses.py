"""Addresses as SQL: an IP address out of what logs write in its place, or NULL.

Logs write ``192.0.2.1:443``, ``[2001:db8::1]:443``, ``::ffff:192.0.2.1``, ``fe80::1%eth0``, host
names, ``-`` and ``unknown``.  Only what is an address is one; the rest is a name or nothing.
"""

from __future__ import annotations

__all__ = ["host", "ip", "port"]

_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_V4 = f"(?:{_OCTET}[.]){{3}}{_OCTET}"
_GROUP = "[0-9a-fA-F]{1,4}"
_SOME = f"(?:{_GROUP}(?::{_GROUP}){{0,6}})?"
_V6 = f"(?:(?:{_GROUP}:){{7}}{_GROUP}|{_SOME}::{_SOME})"
_IS_V4 = f"^(?:::[fF]{{4}}:)?({_V4})(?::[0-9]{{1,5}})?$"
_IS_V6 = f"^(?:\\[({_V6})(?:%[^\\]]*)?\\](?::[0-9]{{1,5}})?)$|^({_V6})(?:%.*)?$"


def ip(text: str) -> str:
    """SQL of the IP address the SQL ``text`` holds: no port, no brackets, no zone; else NULL."""
    v6 = f"regexp_replace(regexp_replace({text}, '^\\[', ''), '(%|\\]).*$', '')"
    return (
        f"CASE WHEN regexp_matches({text}, '^[0-9]') OR contains({text}, ':')"
        f" THEN coalesce("
        f"nullif(regexp_extract({text}, '{_IS_V4}', 1), ''),"
        f" CASE WHEN contains({text}, ':') AND regexp_matches({text}, '{_IS_V6}')"
        f" AND length({v6}) - length(replace({v6}, ':', '')) <= 7 THEN {v6} END) END"
    )


def host(text: str) -> str:
    """SQL of the name the SQL ``text`` holds where no address is: not ``-``, not ``unknown``."""
    return (
        f"CASE WHEN ({ip(text)}) IS NULL AND lower({text}) NOT IN"
        f" ('', '-', 'unknown', 'n/a', 'null', 'none') THEN {text} END"
    )


def port(text: str) -> str:
    """SQL of a port number: the SQL ``text`` itself, 1 to 65535."""
    number = f"try_cast({text} AS UINTEGER)"
    return f"CASE WHEN {number} BETWEEN 1 AND 65535 THEN {number} END"
