"""SQL that the mappings of Microsoft's logs share: addresses, ids of resources, tenants.

References:
- Resource ids: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
- RFC 4291 §2.2, the text of IPv6 addresses
"""

from __future__ import annotations

__all__ = [
    "address",
    "first",
    "member_of_json",
    "port",
    "quoted",
    "subscription",
    "tail",
    "tenant",
    "without_issuer",
]

_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_V4 = f"(?:{_OCTET}[.]){{3}}{_OCTET}"
_GROUPS = "(?:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,6})?"
_V6 = f"{_GROUPS}::{_GROUPS}|(?:[0-9a-fA-F]{{1,4}}:){{7}}[0-9a-fA-F]{{1,4}}"
_MAPPED = "(?:::[fF]{4}:)?"


def address(text: str) -> str:
    """SQL of the IP address in ``1.2.3.4``, ``1.2.3.4:80``, ``[2001:db8::1]:80``, ``::ffff:…``."""
    bare = f"CASE WHEN {text}[1] = '[' THEN regexp_extract({text}, '^.([^]]*)', 1) ELSE {text} END"
    return (
        f"CASE WHEN length({text}) NOT BETWEEN 2 AND 80 THEN NULL WHEN contains({text}, '.')"
        f" THEN nullif(regexp_extract({bare}, '^{_MAPPED}({_V4})(?::[0-9]{{1,5}})?$', 1), '')"
        f" WHEN regexp_full_match({bare}, '{_V6}')"
        f" AND len({bare}) - len(replace({bare}, ':', '')) <= 7 THEN {bare} END"
    )


def port(text: str) -> str:
    """SQL of the port behind an address, NULL without one."""
    found = (
        f"try_cast(nullif(regexp_extract({text}, '(?:]|^{_MAPPED}[0-9.]+):([0-9]{{1,5}})$', 1), '')"
        " AS UINTEGER)"
    )
    return f"CASE WHEN contains({text}, ':') AND {found} BETWEEN 1 AND 65535 THEN {found} END"


def first(*values: str) -> str:
    """SQL of the first value that is there and not empty."""
    return f"coalesce({', '.join(f'nullif({value}, {chr(39) * 2})' for value in values)})"


def tail(path: str) -> str:
    """SQL of what a resource id ends in: its name."""
    return f"nullif(regexp_extract({path}, '([^/]+)/*$', 1), '')"


def subscription(path: str) -> str:
    """SQL of the subscription in a resource id, in the lower case its other mentions have."""
    stated = f"lower(nullif(split_part({path}, '/', 3), ''))"
    return f"CASE WHEN {path} ILIKE '/subscriptions/%' THEN {stated} END"


def tenant(path: str) -> str:
    """SQL of the tenant in ``/tenants/<id>/providers/…``."""
    stated = f"lower(nullif(split_part({path}, '/', 3), ''))"
    return f"CASE WHEN {path} ILIKE '/tenants/%' THEN {stated} END"


def quoted(text: str) -> str:
    """SQL of a value without the quotes Entra puts around it inside its JSON string."""
    return f"nullif(trim({text}, '\"'), '')"


def member_of_json(text: str, *paths: str) -> str:
    """SQL of the first of these members of a JSON in a string; NULL where it is none."""
    listed = ", ".join(f"'{path}'" for path in paths)
    return (
        f"CASE WHEN {text}[1] = '{{' AND json_valid({text})"
        f" THEN list_any_value(try(json_extract_string({text}, [{listed}]))) END"
    )


def without_issuer(login: str) -> str:
    """SQL of a guest's login without who vouches for it: ``live.com#jane@example.com``."""
    return f"regexp_replace({login}, '^[A-Za-z0-9.-]+#([^#]+@[^#]+)$', '\\1')"
