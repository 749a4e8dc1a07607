"""The answers to the planted story, known before a question is asked.

Every id is a hash of its own label, so that ``ANSWERS`` is a constant, whatever the size and seed
of the demo: tests, the tutorial and ``actum demo`` can quote it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

__all__ = ["ANSWERS", "ARCHIVE", "BASE62", "CUT_AT", "DATA", "EAST", "GAP", "PROD", "SHARED"]
__all__ += ["TWICE_AT", "TWICE_REGION", "Answers", "delivery_path", "letters", "second_of"]
__all__ += ["uuid_of"]

PROD: Final = "111122223333"
DATA: Final = "222233334444"
SHARED: Final = "333344445555"
ARCHIVE: Final = "444455556666"
EAST: Final = "us-east-1"
TWICE_REGION: Final = "eu-west-1"  # nothing but the file delivered twice happens there
_BASE32: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
BASE62: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def second_of(text: str) -> int:
    """Return the second of ``06T03:14:09``, a time in November 2026."""
    return int(datetime.fromisoformat(f"2026-11-{text}+00:00").timestamp())


def uuid_of(label: str) -> str:
    """Return the id of what has that label."""
    return str(UUID(bytes=sha256(f"actum demo: {label}".encode()).digest()[:16], version=4))


def letters(label: str, size: int, alphabet: str = _BASE32) -> str:
    """Return that many letters, the same for the same label."""
    digest = sha256(f"actum demo: {label}".encode()).digest()
    return "".join(alphabet[byte % len(alphabet)] for byte in digest[:size])


def delivery_path(account: str, region: str, second: int, salt: str) -> str:
    """Where CloudTrail would put the file of that account, region and time in its bucket."""
    when = datetime.fromtimestamp(second, UTC)
    name = f"{account}_CloudTrail_{region}_{when:%Y%m%dT%H%MZ}"
    suffix = letters(f"{name}/{salt}", 16, BASE62)
    return f"AWSLogs/{account}/CloudTrail/{region}/{when:%Y/%m/%d}/{name}_{suffix}.json.gz"


GAP: Final = (second_of("06T08:20:00"), second_of("06T11:30:00"))
"""Between these two seconds, each with an event, nothing was recorded in us-east-1."""

TWICE_AT: Final = second_of("04T16:40:00")
CUT_AT: Final = second_of("04T12:15:00")
_TWICE_COUNT: Final = 8
_SKEW: Final = 7 * 60


@dataclass(frozen=True, slots=True)
class Answers:
    """What was planted, in the words a question is asked in."""

    bucket: str = "prod-invoices"
    deleted_by: str = "OrgAdmin/support-7"
    deleted_by_arn: str = f"arn:aws:sts::{PROD}:assumed-role/OrgAdmin/support-7"
    deleted_at: str = "2026-11-06T03:14:09Z"
    deleted_event: str = uuid_of("delete bucket")
    attempt_by: str = "ci-deploy"
    attempt_at: str = "2026-11-06T02:49:31Z"
    attempt_event: str = uuid_of("delete bucket refused")
    attempt_error: str = "AccessDenied"
    source_ip: str = "203.0.113.66"
    leaked_key: str = "AKIAEXAMPLE" + letters("leaked key", 9)
    leaked_key_user: str = f"arn:aws:iam::{PROD}:user/ci-deploy"
    made_user: str = "backup-svc"
    made_user_event: str = uuid_of("create user")
    made_key: str = "AKIAEXAMPLE" + letters("made key", 9)
    made_key_event: str = uuid_of("create key")
    assume_role_event: str = uuid_of("assume OrgAdmin")
    issued_key: str = "ASIAEXAMPLE" + letters("issued key", 9)
    trail: str = "org-trail"
    stopped_at: str = "2026-11-06T03:05:40Z"
    stopped_event: str = uuid_of("stop logging")
    cover_up_event: str = uuid_of("delete user")
    refused_events: tuple[str, ...] = tuple(uuid_of(f"recon refused {n}") for n in range(3))
    benign_user: str = "alice@example.com"
    benign_bucket: str = "sandbox-old"
    benign_event: str = uuid_of("alice deletes")
    benign_ip: str = "198.51.100.7"
    failed_logins: int = 12
    failed_login_user: str = "bob"
    failed_login_ip: str = "192.0.2.99"
    skewed_session: str = "i-0badc10c4a11fe000"
    skew_seconds: int = _SKEW
    skewed_events: int = 10
    gap_region: str = EAST
    gap_start: str = "2026-11-06T08:20:00Z"
    gap_end: str = "2026-11-06T11:30:00Z"
    duplicate_records: int = _TWICE_COUNT
    duplicate_files: tuple[str, str] = (
        delivery_path(ARCHIVE, TWICE_REGION, TWICE_AT, ""),
        delivery_path(ARCHIVE, TWICE_REGION, TWICE_AT, "again"),
    )
    corrupt_file: str = delivery_path(SHARED, "ap-southeast-2", CUT_AT, "cut")
    insight_pair: str = uuid_of("insight")
    cross_account_pair: str = uuid_of("cross account")

    @property
    def chain(self) -> tuple[str, str, str]:
        """The keys in the order they lead to the deletion, each issued with the one before."""
        return (self.leaked_key, self.made_key, self.issued_key)


ANSWERS: Final = Answers()
