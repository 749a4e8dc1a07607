"""Who acts in the background: three thousand principals of eight kinds.

p person   c pipeline   n instance   k pod   l function   s service   m monitor   u IAM user
"""

# ruff: noqa: S311 - the demo is to be the same every time, not secret
from __future__ import annotations

import json
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Final

from actum.demo.cast import ACCOUNTS, PUBLIC_NETWORKS, REGIONS, assumed_role, aws_service, iam_user
from actum.demo.operations import GLOBAL_SERVICES, OPERATIONS

if TYPE_CHECKING:
    from actum.demo.templates import Template

__all__ = ["PICKS", "PRINCIPALS", "Principal", "kinds", "principal"]

PRINCIPALS: Final = 3_000
PICKS: Final = 256  # a principal's operations, by weight, in so many slots
_ERRORS_IN: Final = 20  # one slot in so many is an error
_SHARES: Final = (("p", 900), ("l", 650), ("k", 500), ("n", 450), ("u", 300))
_SHARES_FEW: Final = (("c", 150), ("s", 30), ("m", 20))
LOUDEST: Final = "nssksmlckslnskpl"  # who is at the head of the curve

_HOMES: Final = (0, 2, 0, 0, 2, 0, 1, 2, 0, 3, 0, 0, 2, 0, 1, 2)  # where, as places in REGIONS

_SERVICES: Final = (
    *("lambda", "ec2", "ecs-tasks", "config", "logs", "backup", "autoscaling", "eks", "sso"),
    *("cloudformation", "events", "states", "glue", "rds", "delivery.logs"),
)
_CONSOLE: Final = (
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/{v}.0.0.0 Safari/537.36"
    ),
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:{v}.0) Gecko/20100101 Firefox/{v}.0",
    (
        "aws-cli/2.{v}.4 md/awscrt#0.27.6 ua/2.1 os/macos#24.6.0 md/arch#arm64 lang/python#3.13.7 "
        "md/pyimpl#CPython cfg/retry-mode#standard md/installer#source md/prompt#off"
    ),
)
_AGENTS: Final = {
    "p": _CONSOLE,
    "u": _CONSOLE,
    "c": (
        (
            "APN/1.0 HashiCorp/1.0 Terraform/1.13.{v} (+https://www.terraform.io) "
            "terraform-provider-aws/6.{v}.0 aws-sdk-go-v2/1.39.2 os/linux lang/go#1.24.6"
        ),
        "aws-cli/2.31.{v} md/awscrt#0.27.6 ua/2.1 os/linux#6.8.0 md/arch#x86_64 exec-env/CodeBuild",
    ),
    "n": (
        "aws-sdk-go/1.55.{v} (go1.24.6; linux; amd64) amazon-ssm-agent/",
        "amazon-vpc-cni-k8s/version/v1.20.{v} aws-sdk-go-v2/1.39.2 ua/2.1 os/linux lang/go#1.24.6",
        (
            "aws-sdk-java/2.34.{v} md/io#sync md/http#Apache ua/2.1 os/Linux#6.1.155 "
            "lang/java#21.0.8"
        ),
    ),
    "k": (
        "aws-sdk-go-v2/1.39.{v} ua/2.1 os/linux lang/go#1.24.6 md/GOOS#linux md/GOARCH#arm64",
        (
            "Boto3/1.40.{v} md/Botocore#1.40.61 ua/2.1 os/linux#6.1.155 md/arch#aarch64 "
            "lang/python#3.12.11 md/pyimpl#CPython"
        ),
    ),
    "l": (
        (
            "Boto3/1.40.{v} md/Botocore#1.40.61 ua/2.1 os/linux#5.10.244 md/arch#x86_64 "
            "lang/python#3.13.7 md/pyimpl#CPython exec-env/AWS_Lambda_python3.13 Botocore/1.40.61"
        ),
        (
            "aws-sdk-js/3.{v}.0 ua/2.1 os/linux#5.10.244 lang/js md/nodejs#22.19.0 "
            "exec-env/AWS_Lambda_nodejs22.x"
        ),
    ),
    "m": ("Boto3/1.39.{v} md/Botocore#1.39.9 lang/python#3.11.13 md/pyimpl#CPython",),
}


@dataclass(slots=True)
class Principal:
    """One actor: how its identity is written, from where it comes, what it does."""

    kind: str
    identity: bytes  # % (session, session, key, since), or fewer holes: see ``parts``
    arn: bytes
    sessions: list[tuple[bytes, bytes, bytes]]  # session name, address, client
    picks: list[tuple[int, int, str, bool]]  # operation, variant, region, is it an error
    regional: list[tuple[int, int, str, bool]]
    account: str
    ready: dict[int, Template] = field(default_factory=dict)  # templates of ``picks``


def kinds(seed: int) -> str:
    """Deal the kinds, a letter each, the busiest principal first."""
    random = Random(f"{seed}/kinds")
    dealt = [kind for kind, count in (*_SHARES, *_SHARES_FEW) for _ in range(count)]
    random.shuffle(dealt)
    return (LOUDEST + "".join(dealt))[:PRINCIPALS]


def principal(number: int, kind: str, seed: int) -> Principal:
    """Make one actor of that kind; the same for the same number and seed."""
    random = Random(f"{seed}/principal {number}")
    account = tuple(ACCOUNTS)[(number + random.randrange(2)) % len(ACCOUNTS)]
    region = REGIONS[_HOMES[number if number < len(LOUDEST) else random.randrange(10)]]
    identity, arn = _identity(kind, account, number, random)
    picks = _picks(kind, region, random)
    regional = [pick for pick in picks if OPERATIONS[pick[0]].service not in GLOBAL_SERVICES]
    return Principal(
        kind=kind,
        identity=identity,
        arn=arn,
        sessions=[_place(kind, number, n, random) for n in range(_breadth(kind, number))],
        picks=picks,
        regional=[regional[n % len(regional)] for n in range(PICKS)] if regional else [],
        account=account,
    )


def _breadth(kind: str, number: int) -> int:
    """How many sessions a principal has at once."""
    if kind in "nk":
        return 60 if number < 20 else 8
    return {"p": 1, "u": 1, "s": 1, "c": 3, "l": 4, "m": 2}[kind]


def _place(kind: str, number: int, nth: int, random: Random) -> tuple[bytes, bytes, bytes]:
    """Choose a session's name, address and client."""
    if kind == "s":
        service = f"{_SERVICES[number % len(_SERVICES)]}.amazonaws.com".encode()
        return b"", service, service
    agents = _AGENTS[kind]
    agent = agents[random.randrange(len(agents))].format(v=random.randrange(1, 60)).encode()
    if kind in "pum":
        network = PUBLIC_NETWORKS[random.randrange(3)]
        address = f"{network}{random.randrange(1, 255)}"
    elif random.randrange(8):
        address = f"10.{random.randrange(64)}.{random.randrange(256)}.{random.randrange(1, 255)}"
    else:
        address = f"172.{random.randrange(16, 32)}.{nth % 256}.{random.randrange(1, 255)}"
    names = {
        "n": f"i-0{random.getrandbits(64):016x}",
        "l": f"function-{number}-{nth}",
        "k": "pod-",
        "c": "run-",
        "m": "collect-",
    }
    return names.get(kind, "").encode(), address.encode(), agent


_STAND_INS: Final = (
    ("@session@", "%(session)b"),
    ("@key@", "%(key)b"),
    ("@since@", "%(since)b"),
)


def _identity(kind: str, account: str, number: int, random: Random) -> tuple[bytes, bytes]:
    """Return the ``userIdentity`` and the ARN, with holes for session, key and start."""
    uid = "".join(random.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=10))
    key = "".join(random.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=9))
    if kind == "s":
        who = aws_service(f"{_SERVICES[number % len(_SERVICES)]}.amazonaws.com")
    elif kind == "u":
        who = iam_user(account, f"svc-{number}", uid=f"AIDAEXAMPLE{uid}", key=f"AKIAEXAMPLE{key}")
    else:
        prefix = {"n": "node", "k": "pod", "l": "function", "c": "deploy", "m": "monitor"}
        reserved = ("Developer", "ReadOnly", "DataAnalyst", "Support", "Billing")[number % 5]
        is_person = kind == "p"
        who = assumed_role(
            account,
            f"AWSReservedSSO_{reserved}_{number % 5:016x}"
            if is_person
            else f"{prefix[kind]}-role-{number}",
            f"person{number}@example.com" if is_person else "@session@",
            uid=f"AROAEXAMPLE{uid}",
            key="ASIAEXAMPLE@key@",
            created="@since@",
            mfa="true" if is_person else "false",
            path="/aws-reserved/sso.amazonaws.com/" if is_person else "/",
            is_instance=kind == "n",
            web_identity={} if kind == "k" else None,
        )
    texts = (json.dumps(who, separators=(",", ":")), str(who.get("arn", "")))
    return _with_holes(texts[0]), _with_holes(texts[1])


def _with_holes(text: str) -> bytes:
    text = text.replace("%", "%%")
    for name, hole in _STAND_INS:
        text = text.replace(name, hole)
    return text.encode()


def _picks(kind: str, region: str, random: Random) -> list[tuple[int, int, str, bool]]:
    """Choose what a principal does: some of its kind's operations, each in a few variants."""
    able = [n for n, operation in enumerate(OPERATIONS) if kind in operation.who]
    size = min(len(able), {"p": 30, "c": 24, "m": 40, "u": 12, "s": 6}.get(kind, 16))
    some = random.choices(able, [OPERATIONS[n].weight for n in able], k=size)
    variants = [min(40, 3 + OPERATIONS[n].weight // 4) for n in some]
    chance = random.randbytes(2 * PICKS)
    table = []
    for slot in range(PICKS):
        nth = slot % size
        is_error = not chance[~slot] % _ERRORS_IN
        table.append((some[nth], chance[slot] % variants[nth], region, is_error))
    return table
