"""Values of an event as a sentence shows them: escaped, cut, and by the name inside a long id."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from actum.ocsf.printable import printable

__all__ = ["cased_words", "joined_words", "number", "phrase", "shown", "tail", "text"]

_LONGEST: Final = 120
_CAMEL: Final = re.compile(
    r"[A-Z]+\d+|[A-Z]+s?(?=[A-Z][a-z]|[^A-Za-z]|$)|[A-Z]?[a-z]+\d*|[A-Z]+|\d+"
)
_ACRONYMS: Final = {
    "2fa": "2FA", "ekm": "EKM", "emm": "EMM", "idp": "IdP", "tfa": "2FA",
    "acl": "ACL", "acls": "ACLs", "ad": "AD", "api": "API", "aws": "AWS", "ci": "CI", "db": "DB",
    "dns": "DNS", "ec2": "EC2", "gce": "GCE", "gcs": "GCS", "gpg": "GPG", "iam": "IAM", "id": "ID",
    "intune": "Intune", "ip": "IP", "kms": "KMS", "ldap": "LDAP", "mfa": "MFA", "oauth": "OAuth",
    "pr": "PR", "s3": "S3", "saml": "SAML", "scim": "SCIM", "signon": "sign-on", "ssh": "SSH",
    "sso": "SSO", "tls": "TLS", "url": "URL", "vpc": "VPC", "vpcs": "VPCs",
}  # fmt: skip


_SHOUTED: Final = ("APP", "BOT", "JOB", "KEY", "LOG", "TAG")
"""Words of three letters that are no acronyms."""


def text(event: Mapping[str, object], *names: str) -> str:
    """Return the first of these columns that says something; "" if none does."""
    for name in names:
        value = event.get(name)
        if isinstance(value, str) and value:
            return value
    return ""


def number(event: Mapping[str, object], name: str) -> int | None:
    """Return that column if it holds a number."""
    value = event.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def phrase(*parts: str) -> str:
    """Join what there is by spaces."""
    return " ".join(part for part in parts if part)


def tail(uid: str) -> str:
    """Return the name inside an ARN: what follows the account, without the word for its kind."""
    if not uid.startswith("arn:") or uid.count(":") < 5:
        return uid
    service, rest = uid.split(":", 5)[2], uid.split(":", 5)[5]
    return rest if service == "s3" else re.split("[:/]", rest, maxsplit=1)[-1]


def cased_words(name: str) -> list[str]:
    """``DescribeDBInstances`` → describe, DB, instances."""
    found = _CAMEL.findall(name)
    words = [word if word.isupper() and len(word) > 1 else word.lower() for word in found]
    return [_ACRONYMS.get(word, word) for word in words]


def joined_words(name: str) -> list[str]:
    """``api_token``, ``api-token``, ``apiToken`` or ``SECRETS`` in words, whichever way joined."""
    if "_" in name or "-" in name:
        lower = re.sub(r"sign[_-]on\b", "signon", name.lower())
        return [_ACRONYMS.get(word, word) for word in re.split("[_-]+", lower) if word]
    is_word = name.isupper() and (len(name) > 3 or name in _SHOUTED)
    return [name.lower()] if is_word else cased_words(name)


def shown(value: object) -> str:
    """Return the value on one line, safe to print, cut after 120 characters."""
    whole = value if isinstance(value, str) else str(value)
    safe = printable(whole[: _LONGEST + 1])
    if len(whole) <= _LONGEST and len(safe) <= _LONGEST:
        return safe
    cut, size = [], 0
    for character in whole:
        piece = printable(character)
        if size + len(piece) >= _LONGEST:
            break
        cut.append(piece)
        size += len(piece)
    return "".join(cut) + "…"
