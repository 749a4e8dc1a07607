"""Networks: whether a text is an address in ``10.0.0.0/8``, however the address is spelled.

Every address is a number of 128 bits; an IPv4 address is the one IPv6 maps it to, so
``::ffff:10.0.0.1`` and ``::ffff:a00:1`` lie in 10.0.0.0/8 as 10.0.0.1 does.  The engine has no type
for addresses it is sure to have, and does not need one:

1. Dotted text is met with one regular expression for all the networks asked for: fifty times
   faster than taking it apart into a number.
2. Text with a colon is written out as its 32 hex digits, which sort as the numbers do.
3. What is no address (a host, ``10.0.0.1:443``, an octet with a leading zero) lies in no network.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["canonical", "condition", "is_meant"]

_Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_MAPPED: Final = ipaddress.IPv6Network("::ffff:0:0/96")
_OCTET: Final = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_DOTTED: Final = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
_AT_ONCE: Final = 50
"""Networks in one regular expression: a pasted list stays within what RE2 compiles."""

_LOOKS_LIKE: Final = re.compile(r"(?:\d+(?:\.\d+){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]*)/\d+")
_GROUPS: Final = "[0-9a-f]{1,4}(?::[0-9a-f]{1,4})"
_WHOLE: Final = f"{_GROUPS}{{7}}"
_SHORTENED: Final = f"(?:{_GROUPS}{{0,6}})?::(?:{_GROUPS}{{0,6}})?"


def is_meant(text: str) -> bool:
    """Whether a text can be meant as a network: an address, and something after a slash.

    So is what only looks like one, such as ``300.1.1.0/24``: to find nothing would hide a slip.
    """
    head, slash, _ = text.partition("/")
    if _LOOKS_LIKE.fullmatch(text):
        return True
    try:
        ipaddress.ip_address(head)
    except ValueError:
        return False
    return bool(slash)


def canonical(text: str) -> str:
    """Write a network as people do: ``10.1.2.3/8`` is ``10.0.0.0/8``.  ValueError if it is none."""
    if "/" not in text:
        raise ValueError("a network has a / and the number of its leading bits")
    return str(ipaddress.ip_network(text, strict=False))


def condition(text: str, networks: Sequence[str], add: Callable[[object], str]) -> str:
    """Write the SQL of whether ``text``, an expression, is an address in any of the networks.

    ``add`` takes each parameter and gives its place.  NULL where ``text`` is NULL.
    """
    read = sorted(map(ipaddress.ip_network, networks), key=lambda each: (each.version, each))
    dotted = [each for each in map(_as_ipv4, read) if each is not None]
    tests = []
    for first in range(0, len(dotted), _AT_ONCE):
        pattern = "|".join(map(_pattern, dotted[first : first + _AT_ONCE]))
        tests.append(f"regexp_full_match({text}, {add(pattern)})")
    between = " OR ".join(
        f"digits BETWEEN {add(low)} AND {add(high)}" for low, high in map(_digits, read)
    )
    spelled = f"len(list_filter({_written_out(text)}, lambda digits: {between})) > 0"
    tests.append(f"CASE WHEN contains({text}, ':') THEN {spelled} ELSE false END")
    return f"({' OR '.join(tests)})"


def _as_ipv4(network: _Network) -> ipaddress.IPv4Network | None:
    """The part of a network that addresses in dotted form can lie in."""
    if isinstance(network, ipaddress.IPv4Network):
        return network
    if network.supernet_of(_MAPPED):
        return ipaddress.IPv4Network("0.0.0.0/0")
    if network.subnet_of(_MAPPED):
        low = int(network.network_address) & 0xFFFFFFFF
        return ipaddress.IPv4Network((low, network.prefixlen - 96))
    return None


def _pattern(network: ipaddress.IPv4Network) -> str:
    """Match the dotted addresses of a network: octets that are one, some, or any."""
    low, high = network.network_address.packed, network.broadcast_address.packed
    octets = []
    for first, last in zip(low, high, strict=True):
        if (first, last) == (0, 255):
            octets.append(_OCTET)
        else:
            octets.append(f"(?:{'|'.join(map(str, range(first, last + 1)))})")
    return r"\.".join(octets)


def _digits(network: _Network) -> tuple[str, str]:
    """The first and last address of a network as 32 hex digits."""
    above = 0xFFFF << 32 if isinstance(network, ipaddress.IPv4Network) else 0
    low, high = int(network.network_address), int(network.broadcast_address)
    return f"{low | above:032x}", f"{high | above:032x}"


def _written_out(text: str) -> str:
    """Write the SQL of a list: the 32 hex digits of an IPv6 address, or nothing if it is none."""
    plain = f"[regexp_replace(lower({text}), '%[^%]+$', '')]"
    tail = f"regexp_extract(item, '{_DOTTED}$')"
    pair = [
        f"to_hex(split_part({tail}, '.', {at})::UINTEGER * 256"
        f" + split_part({tail}, '.', {at + 1})::UINTEGER)"
        for at in (1, 3)
    ]
    undotted = (
        f"list_transform({plain}, lambda item: CASE WHEN contains(item, '.') AND {tail} <> '' THEN"
        f" regexp_replace(item, '{_DOTTED}$', '') || lower({pair[0]} || ':' || {pair[1]})"
        " ELSE item END)"
    )
    left, right = (_padded(f"split_part(item, '::', {side})") for side in (1, 2))
    return (
        f"list_transform({undotted}, lambda item:"
        f" CASE WHEN regexp_full_match(item, '{_WHOLE}') THEN {_padded('item')}"
        f" WHEN regexp_full_match(item, '{_SHORTENED}') AND length({left}) + length({right}) < 32"
        f" THEN rpad({left}, (32 - length({right}))::INTEGER, '0') || {right} END)"
    )


def _padded(groups: str) -> str:
    """Write the SQL of four digits for each group; nothing for no group."""
    padded = f"list_transform(string_split({groups}, ':'), lambda one: lpad(one, 4, '0'))"
    return f"CASE WHEN {groups} = '' THEN '' ELSE array_to_string({padded}, '') END"
