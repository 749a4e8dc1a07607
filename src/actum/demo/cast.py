"""Who and what there is in the demo's world: accounts, addresses, clients, identities.

Nothing here exists.  Accounts are the ones AWS documents its examples with, keys and ids carry the
word EXAMPLE, addresses are those set aside for documentation or for private networks, and every
domain is example.com.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ACCOUNTS",
    "FIRST_SECOND",
    "LAST_SECOND",
    "PUBLIC_NETWORKS",
    "REGIONS",
    "assumed_role",
    "aws_service",
    "iam_user",
    "stamp",
    "tls",
]

ACCOUNTS: Final[Mapping[str, str]] = {
    "111122223333": "production",
    "222233334444": "data",
    "333344445555": "shared",
    "444455556666": "log-archive",
    "555566667777": "staging",
    "666677778888": "development",
}
REGIONS: Final = ("us-east-1", "us-west-2", "eu-central-1", "ap-southeast-2")
"""Where background traffic happens.  The first also logs the global services."""

PUBLIC_NETWORKS: Final = ("192.0.2.", "198.51.100.", "203.0.113.")

FIRST_SECOND: Final = int(datetime(2026, 11, 2, tzinfo=UTC).timestamp())
LAST_SECOND: Final = FIRST_SECOND + 8 * 86_400 - 1
"""The eight days of the demo, 2026-11-02 to 2026-11-09, whatever the clock says."""


def stamp(second: int) -> str:
    """``2026-11-06T03:14:09Z`` for a second since 1970."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iam_user(account: str, name: str, *, uid: str, key: str | None) -> dict[str, Any]:
    """Make the ``userIdentity`` of an IAM user; ``key`` is None at a console sign-in."""
    found = {
        "type": "IAMUser",
        "principalId": uid,
        "arn": f"arn:aws:iam::{account}:user/{name}",
        "accountId": account,
        "accessKeyId": key,
        "userName": name,
    }
    return {name: value for name, value in found.items() if value is not None}


def assumed_role(
    account: str,
    role: str,
    session: str,
    *,
    uid: str,
    key: str,
    created: str,
    mfa: str = "false",
    path: str = "/",
    is_instance: bool = False,
    web_identity: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Make the ``userIdentity`` of a role session."""
    context: dict[str, Any] = {
        "sessionIssuer": {
            "type": "Role",
            "principalId": uid,
            "arn": f"arn:aws:iam::{account}:role{path}{role}",
            "accountId": account,
            "userName": role,
        }
    }
    if web_identity is not None:
        context["webIdFederationData"] = dict(web_identity)
    context["attributes"] = {"creationDate": created, "mfaAuthenticated": mfa}
    if is_instance:
        context["ec2RoleDelivery"] = "2.0"
    return {
        "type": "AssumedRole",
        "principalId": f"{uid}:{session}",
        "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session}",
        "accountId": account,
        "accessKeyId": key,
        "sessionContext": context,
    }


def aws_service(name: str) -> dict[str, Any]:
    """Make the ``userIdentity`` of a service acting by itself."""
    return {"type": "AWSService", "invokedBy": name}


def tls(host: str) -> dict[str, str]:
    """Make the ``tlsDetails`` of a call to that host."""
    return {
        "tlsVersion": "TLSv1.3",
        "cipherSuite": "TLS_AES_128_GCM_SHA256",
        "clientProvidedHostHeader": host,
    }
