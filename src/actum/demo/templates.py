"""Turns an operation into bytes with holes, so that an event costs one ``%`` and no JSON.

A template is made once for an operation in an account and region: names are chosen from the
account's vocabulary then.  What stays open is the identity, time, address and client (always the
first four holes), and whatever must be fresh in every event.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from actum.demo.cast import ACCOUNTS, REGIONS, tls
from actum.demo.operations import GLOBAL_SERVICES, Operation

if TYPE_CHECKING:
    from random import Random

__all__ = ["ARN", "BASE32", "BASE64", "HEX", "SAME", "UUID", "Template", "Vocabulary", "compiled"]

ARN: Final = 0
UUID: Final = 1
HEX: Final = 2
BASE32: Final = 3
BASE64: Final = 4
SAME: Final = 5
_POOLS: Final = {"h": HEX, "u": BASE32, "b": BASE64}

_NAME: Final = re.compile("«([a-z]+)»")
_HOLE: Final = re.compile('"‹ident›"|‹([a-z]+?)([0-9]*)›')


@dataclass(frozen=True, slots=True)
class Template:
    """``text % (identity, time, address, client, *holes)``, each hole a (pool, width).

    The width of a hole of ``SAME`` is the place of the value it repeats.
    """

    text: bytes
    holes: tuple[tuple[int, int], ...]
    account: str
    region: str


class Vocabulary:
    """The names of things in one account."""

    def __init__(self, account: str, random: Random) -> None:
        env = {"production": "prod", "staging": "stage", "development": "dev"}
        self.account = account
        self.env = env.get(ACCOUNTS[account], ACCOUNTS[account].split("-")[0])
        teams = [
            "billing",
            "orders",
            "search",
            "identity",
            "ledger",
            "media",
            "risk",
            "growth",
            "support",
            "catalog",
        ]
        parts = [
            "api",
            "worker",
            "events",
            "export",
            "ingest",
            "report",
            "sync",
            "cache",
            "index",
            "audit",
            "mail",
            "web",
        ]
        plain = [f"{team}-{part}" for team in teams for part in parts]
        random.shuffle(plain)

        def code(size: int) -> str:
            return f"{random.getrandbits(4 * size):0{size}x}"

        def several(count: int, form: str, size: int = 17) -> list[str]:
            return [
                form.format(n=plain[i % len(plain)], c=code(size), env=self.env)
                for i in range(count)
            ]

        self.names: dict[str, list[str]] = {
            "account": [account],
            "env": [self.env],
            "team": teams,
            "bucket": several(90, "{env}-{n}-" + account[:4]),
            "prefix": [f"{plain[n % 120]}/dt=2026-11-0{2 + n % 8}" for n in range(200)],
            "key": [f"{code(8)}-{code(4)}-4{code(3)}-a{code(3)}-{code(12)}" for _ in range(40)],
            "function": several(120, "{env}-{n}"),
            "table": several(60, "{n}"),
            "role": several(120, "{n}-role"),
            "roleid": several(60, "{c}", 10),
            "session": several(200, "{n}-{c}", 8),
            "user": [f"{name}.{n}" for name in ("dana", "lee", "sam", "kim") for n in range(40)],
            "hexid": several(20, "{c}", 16),
            "vpc": several(6, "vpc-{c}"),
            "subnet": several(30, "subnet-{c}"),
            "group": several(200, "sg-{c}"),
            "instance": several(400, "i-{c}"),
            "image": several(25, "ami-{c}"),
            "volume": several(300, "vol-{c}"),
            "scaling": several(40, "{env}-{n}-{c}", 6),
            "balancer": several(60, "{n}/{c}", 16),
            "cluster": several(6, "{env}-{n}"),
            "repository": several(80, "{n}"),
            "stack": several(90, "{env}-{n}/{c}", 12),
            "parameter": several(150, "{n}/url"),
            "secret": several(90, "{env}/{n}-{c}", 6),
            "loggroup": several(200, "/aws/lambda/{env}-{n}"),
            "database": several(24, "{env}-{n}"),
            "queue": several(60, "{n}-queue"),
            "topic": several(40, "{n}-topic"),
            "stream": several(16, "{n}-stream"),
            "zone": several(10, "Z{c}", 13),
            "address": [f"10.{random.randrange(64)}.{n % 250}.{n % 239}" for n in range(500)],
            "dashed": [f"10-{random.randrange(64)}-{n % 250}-{n % 239}" for n in range(500)],
        }


_ERRORS: Final = {
    "ec2": (
        ("Client.RequestLimitExceeded", "Request limit exceeded."),
        ("Client.InvalidInstanceID.NotFound", "The instance ID '«instance»' does not exist"),
        ("Client.UnauthorizedOperation", "You are not authorized to perform this operation."),
    ),
    "s3": (
        ("NoSuchKey", "The specified key does not exist."),
        ("NoSuchBucketPolicy", "The bucket policy does not exist"),
    ),
    "iam": (("NoSuchEntityException", "The role with name «role» cannot be found."),),
    "dynamodb": (("ConditionalCheckFailedException", "The conditional request failed"),),
    "kms": (
        ("NotFoundException", "Key 'arn:aws:kms:«region»:«account»:key/«key»' does not exist"),
    ),
    "logs": (("ResourceAlreadyExistsException", "The specified log stream already exists"),),
    "ssm": (("ParameterNotFound", "Parameter /«env»/«parameter» not found."),),
}
_ANY_ERROR: Final = (
    (
        "AccessDenied",
        (
            "User: ‹arn› is not authorized to perform: {service}:{name} because no identity-based "
            "policy allows the {service}:{name} action"
        ),
    ),
    ("ThrottlingException", "Rate exceeded"),
)


def compiled(
    operation: Operation,
    vocabulary: Vocabulary,
    region: str,
    random: Random,
    *,
    is_service: bool,
    is_error: bool,
) -> Template:
    """Make the template of one operation as it happens in that account and region."""
    where = REGIONS[0] if operation.service in GLOBAL_SERVICES else region
    record = _record(operation, where, random, is_service=is_service, is_error=is_error)
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    chosen: dict[str, str] = {"region": where}

    def name(match: re.Match[str]) -> str:
        key = match[1]
        if key not in chosen:
            chosen[key] = random.choice(vocabulary.names[key])
        return chosen[key]

    text = _NAME.sub(name, text).replace("%", "%%")
    holes: list[tuple[int, int]] = []
    keys: list[int] = []

    def hole(match: re.Match[str]) -> str:
        kind, width = match[1], match[2]
        if kind == "arn":
            holes.append((ARN, 0))
        elif kind == "id":
            holes.append((UUID, 36))
        elif kind == "key" and keys:
            holes.append((SAME, keys[0]))
        elif kind == "key":
            keys.append(4 + len(holes))
            holes.append((HEX, 12))
        elif kind in _POOLS:
            holes.append((_POOLS[kind], int(width)))
        return "%b"

    text = _HOLE.sub(hole, text)
    return Template(text.encode(), tuple(holes), vocabulary.account, where)


def _record(
    operation: Operation, region: str, random: Random, *, is_service: bool, is_error: bool
) -> dict[str, Any]:
    service, name = operation.service, operation.name
    record: dict[str, Any] = {
        "eventVersion": "1.11",
        "userIdentity": "‹ident›",
        "eventTime": "‹time›",
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "awsRegion": region,
        "sourceIPAddress": "‹ip›",
        "userAgent": "‹agent›",
    }
    if is_error:
        choices = _ANY_ERROR if service == "sts" else (*_ANY_ERROR, *_ERRORS.get(service, ()))
        code, message = random.choice(choices)
        record["errorCode"] = code
        record["errorMessage"] = message.replace("{service}", service).replace("{name}", name)
    record["requestParameters"] = operation.request
    record["responseElements"] = None if is_error else operation.response
    is_s3 = service == "s3"
    if is_s3:
        record["additionalEventData"] = {
            "SignatureVersion": "SigV4",
            "CipherSuite": "TLS_AES_128_GCM_SHA256",
            "bytesTransferredIn": 0,
            "AuthenticationMethod": "AuthHeader",
            "x-amz-id-2": "‹b75›=",
            "bytesTransferredOut": random.randrange(200, 9_000_000),
        }
    record["requestID"] = "‹u16›" if is_s3 else "‹id›"
    record["eventID"] = "‹id›"
    record["readOnly"] = operation.is_reading
    if operation.resource:
        record["resources"] = [
            {"type": kind, "ARN": arn}
            if kind == "AWS::S3::Object"
            else {"accountId": "«account»", "type": kind, "ARN": arn}
            for kind, arn in operation.resource
        ]
    record |= {
        "eventType": "AwsApiCall",
        "managementEvent": not operation.is_data,
        "recipientAccountId": "«account»",
    }
    if is_service:
        record["sharedEventID"] = "‹id›"
    record["eventCategory"] = "Data" if operation.is_data else "Management"
    if not is_service and random.randrange(3):
        host = f"«bucket».s3.{region}" if is_s3 else f"{service}.{region}"
        record["tlsDetails"] = tls(f"{host}.amazonaws.com")
    return record
