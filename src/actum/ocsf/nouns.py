"""Puts nouns into English: one or many, with or without an article, spelt in full."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from actum.ocsf.shown import shown

__all__ = ["is_plural", "plural", "singular", "some", "spelt"]

_UNCOUNTED: Final = frozenset(
    (
        *("2FA", "MFA", "OAuth", "SAML", "SCIM", "SSO", "TLS", "Intune", "access", "all"),
        *("authentication", "code", "compliance", "content", "data", "encryption", "history"),
        *("info", "information", "lifecycle", "logging", "management", "metadata"),
        *("notification", "protection", "scanning", "security", "usage"),
    )
)
_SAME: Final = ("status", "address", "access", "alias", "analysis", "dns", "os", "class", "process")
_SPELT: Final = {
    "cert": ("certificate",),
    "certs": ("certificates",),
    "config": ("configuration",),
    "configs": ("configurations",),
    "pwd": ("password",),
    "skey": ("secret", "key"),
}
_VOWELS: Final = "aeio"
_SPELT_OUT: Final = "AEFHILMNORSX"
"""Letters whose names begin with a vowel: an MFA device."""
_SPOKEN: Final = ("LAN", "NAT", "SAML", "SCIM")
"""Acronyms spoken as words that begin with a consonant."""


def some(nouns: Sequence[str]) -> str:
    """Tell a thing without a name: “a bucket”, “buckets”, “logging”."""
    if not nouns:
        return ""
    told = shown(" ".join(nouns))
    if list(nouns) == ["configuration"]:
        return "the configuration"
    last = nouns[-1]
    if last in _UNCOUNTED or "/" in last or is_plural(nouns):
        return told
    return f"{'an' if _is_vowel(nouns[0]) else 'a'} {told}"


def _is_vowel(word: str) -> bool:
    if len(word) > 1 and word.upper() == word and word[0].isalpha():
        return word[0] in _SPELT_OUT and word not in _SPOKEN
    first = word.lower()
    if first.startswith("u"):
        return first.startswith(("un", "up")) and not first.startswith("uni")
    return first[:1] in _VOWELS and not first.startswith("one")


def is_plural(nouns: Sequence[str]) -> bool:
    """Whether they are many: “access keys”."""
    return singular(nouns) != list(nouns)


def singular(nouns: Sequence[str]) -> list[str]:
    """``access keys`` → access key."""
    if not nouns or nouns[-1] in _SAME or not nouns[-1].endswith("s"):
        return list(nouns)
    last = nouns[-1]
    if last.endswith("ies"):
        single = last[:-3] + "y"
    elif last.endswith(("sses", "xes", "ches", "shes")):
        single = last[:-2]
    else:
        single = last if last.endswith("ss") else last[:-1]
    return [*nouns[:-1], single or last]


def plural(nouns: Sequence[str]) -> list[str]:
    """``access key`` → access keys."""
    if not nouns or nouns[-1] in _UNCOUNTED or is_plural(nouns):
        return list(nouns)
    last = nouns[-1]
    if last.endswith("y") and last[-2:-1] not in ("a", "e", "o", "u"):
        return [*nouns[:-1], f"{last[:-1]}ies"]
    return [*nouns[:-1], f"{last}es" if last.endswith(("s", "x", "ch", "sh")) else f"{last}s"]


def spelt(nouns: Sequence[str]) -> tuple[str, ...]:
    """``cert`` → certificate."""
    return tuple(word for each in nouns for word in _SPELT.get(each, (each,)))
