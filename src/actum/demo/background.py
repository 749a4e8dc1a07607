"""The traffic a story hides in: what six accounts' machines, pipelines and people do all day.

Made to cost what real evidence costs.  Records average 1,300 bytes; most of what no compressor can
remove is, as in reality, ids that are new in every event; principals are used unevenly (Zipf 1.3
over three thousand); sessions change every hour; one event in twenty fails.

Made fast: an event is one ``%`` on a prepared template, and random letters come from pools filled
many at a time.  Made to stay the same: all chance comes from ``random.Random``, numpy only computes
in whole numbers, and a test pins the digest of the first events.
"""

# ruff: noqa: S311 - the demo is to be the same every time, not secret
from __future__ import annotations

import json
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from actum.demo.answers import GAP
from actum.demo.cast import (
    ACCOUNTS,
    FIRST_SECOND,
    PUBLIC_NETWORKS,
    REGIONS,
    assumed_role,
    aws_service,
    iam_user,
    stamp,
)
from actum.demo.operations import GLOBAL_SERVICES, OPERATIONS
from actum.demo.templates import (
    ARN,
    BASE32,
    BASE64,
    HEX,
    SAME,
    UUID,
    Template,
    Vocabulary,
    compiled,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["HOURS", "Background", "Hour"]

HOURS: Final = 8 * 24
_PRINCIPALS: Final = 3_000
_PICKS: Final = 256  # a principal's operations, by weight, in so many slots
_ERRORS_IN: Final = 20  # one slot in so many is an error
# by hour of the day, UTC; the two days of the weekend count less
_RHYTHM: Final = (6, 5, 5, 5, 5, 6, 7, 9, 11, 12, 12, 11, 11, 12, 13, 13, 12, 11, 10, 9, 8, 8, 7, 6)
_WEEKEND: Final = (5, 6)

_ALPHABETS: Final = {
    HEX: b"0123456789abcdef",
    BASE32: b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    BASE64: b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
}
_SHARES: Final = (("p", 900), ("l", 650), ("k", 500), ("n", 450), ("u", 300))
_SHARES_FEW: Final = (("c", 150), ("s", 30), ("m", 20))
_LOUDEST: Final = "nssksmlckslnskpl"  # who is at the head of the curve

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
class Hour:
    """An hour's events in order of time: second, (account, region) and record of each."""

    seconds: list[int] = field(default_factory=list)
    streams: list[tuple[str, str]] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)


class _Letters:
    """Random letters of one alphabet, made a megabyte at a time."""

    __slots__ = ("at", "made", "random", "table")

    def __init__(self, random: Random, alphabet: bytes) -> None:
        self.random = random
        self.table = bytes(alphabet[n % len(alphabet)] for n in range(256))
        self.made, self.at = b"", 0

    def take(self, width: int) -> bytes:
        end = self.at + width
        if end > len(self.made):
            self.made = self.random.randbytes(1 << 20).translate(self.table)
            self.at, end = 0, width
        taken = self.made[self.at : end]
        self.at = end
        return taken


class _Uuids:
    """Random version 4 UUIDs as text, made sixteen thousand at a time."""

    __slots__ = ("at", "made", "random")

    _COUNT: Final = 1 << 14
    _DIGITS: Final = np.frombuffer(b"0123456789abcdef", np.uint8)
    _PLACES: Final = np.array([n for n in range(36) if n not in (8, 13, 18, 23)])

    def __init__(self, random: Random) -> None:
        self.random, self.made, self.at = random, b"", 0

    def take(self) -> bytes:
        if self.at == len(self.made):
            self.made, self.at = self._more(), 0
        start = self.at
        self.at += 36
        return self.made[start : self.at]

    def _more(self) -> bytes:
        raw = np.frombuffer(self.random.randbytes(16 * self._COUNT), np.uint8)
        raw = raw.reshape(self._COUNT, 16)
        nibbles = np.empty((self._COUNT, 32), np.uint8)
        nibbles[:, 0::2], nibbles[:, 1::2] = raw >> 4, raw & 15
        nibbles[:, 12] = 4
        nibbles[:, 16] = 8 | (nibbles[:, 16] & 3)
        text = np.full((self._COUNT, 36), ord("-"), np.uint8)
        text[:, self._PLACES] = self._DIGITS[nibbles]
        return text.tobytes()


@dataclass(slots=True)
class _Principal:
    """One actor: how its identity is written, from where it comes, what it does."""

    kind: str
    identity: bytes  # % (session, session, key, since), or fewer holes: see ``parts``
    arn: bytes
    sessions: list[tuple[bytes, bytes, bytes]]  # session name, address, client
    picks: list[tuple[int, int, str, bool]]  # operation, variant, region, is it an error
    regional: list[tuple[int, int, str, bool]]
    account: str
    ready: dict[int, Template] = field(default_factory=dict)  # templates of ``picks``


_Session = tuple[bytes, bytes, bytes, bytes]


class Background:
    """All background events of one (events, seed), an hour at a time."""

    def __init__(self, events: int, seed: int) -> None:
        self._random = Random(seed)
        self._seed = seed
        self._counts = _per_hour(events)
        self._vocabularies = {
            account: Vocabulary(account, Random(f"{seed}/{account}")) for account in ACCOUNTS
        }
        self._kinds = self._cast_kinds()
        self._curve = _zipf(_PRINCIPALS)
        self._principals: dict[int, _Principal] = {}
        self._templates: dict[tuple[Any, ...], Template] = {}
        self._uuids = _Uuids(self._random)
        self._pools = {kind: _Letters(self._random, abc) for kind, abc in _ALPHABETS.items()}
        self._quiet: list[int] = []  # stand-ins for principals of us-east-1 during the gap

    def hours(self) -> Iterator[Hour]:
        """Yield the hours in order, each with its events in order of time."""
        for hour, count in enumerate(self._counts):
            yield self._hour(FIRST_SECOND + 3600 * hour, count)

    def _hour(self, start: int, count: int) -> Hour:
        draw = np.frombuffer(self._random.randbytes(16 * count), "<u4").reshape(-1, 4)
        seconds = np.sort(draw[:, 0].astype(np.int64) * 3600 >> 32).tolist()
        who = np.searchsorted(self._curve, draw[:, 1], side="right").tolist()
        picks = (draw[:, 2] % _PICKS).tolist()
        places = draw[:, 3].tolist()
        day = stamp(start)[:14].encode()
        times = [b"%b%02d:%02dZ" % (day, s // 60, s % 60) for s in range(3600)]
        since = stamp(start).encode()
        live: dict[int, _Session] = {}
        hour = Hour()
        add_second, add_stream = hour.seconds.append, hour.streams.append
        add_line = hour.lines.append
        principals, pools = self._principals, self._pools
        take_uuid = self._uuids.take
        gap_from, gap_to = GAP[0] - start, GAP[1] - start
        for second, number, pick, place in zip(seconds, who, picks, places, strict=True):
            principal = principals.get(number) or self._principal(number)
            if gap_from <= second <= gap_to:
                number = self._stand_in(number)  # noqa: PLW2901 - another acts instead
                principal = principals[number]
                template = self._template(principal, principal.regional[pick])
            else:
                template = principal.ready.get(pick)
                if template is None:
                    template = self._template(principal, principal.picks[pick])
                    principal.ready[pick] = template
            chosen = place % len(principal.sessions)
            session = live.get(number << 8 | chosen)
            if session is None:
                session = live[number << 8 | chosen] = self._session(principal, chosen, since)
            identity, address, agent, arn = session
            values = [identity, times[second], address, agent]
            for pool, width in template.holes:
                if pool == UUID:
                    values.append(take_uuid())
                elif pool == SAME:
                    values.append(values[width])
                elif pool == ARN:
                    values.append(arn)
                else:
                    values.append(pools[pool].take(width))
            add_line(template.text % tuple(values))
            add_second(start + second)
            add_stream((template.account, template.region))
        return hour

    # Who ----------------------------------------------------------------------------------------

    def _cast_kinds(self) -> str:
        random = Random(f"{self._seed}/kinds")
        kinds = [kind for kind, count in (*_SHARES, *_SHARES_FEW) for _ in range(count)]
        random.shuffle(kinds)
        return (_LOUDEST + "".join(kinds))[:_PRINCIPALS]

    def _principal(self, number: int) -> _Principal:
        kind = self._kinds[number]
        random = Random(f"{self._seed}/principal {number}")
        account = tuple(ACCOUNTS)[(number + random.randrange(2)) % len(ACCOUNTS)]
        region = REGIONS[_HOMES[number if number < len(_LOUDEST) else random.randrange(10)]]
        identity, arn = _identity(kind, account, number, random)
        picks = _picks(kind, region, random)
        regional = [pick for pick in picks if OPERATIONS[pick[0]].service not in GLOBAL_SERVICES]
        made = _Principal(
            kind=kind,
            identity=identity,
            arn=arn,
            sessions=[_place(kind, number, n, random) for n in range(_breadth(kind, number))],
            picks=picks,
            regional=[regional[n % len(regional)] for n in range(_PICKS)] if regional else [],
            account=account,
        )
        self._principals[number] = made
        return made

    def _stand_in(self, number: int) -> int:
        """Choose who acts during the gap: one who logs outside us-east-1."""
        if not self._quiet:
            found = (self._principals.get(n) or self._principal(n) for n in range(200))
            self._quiet = [
                n
                for n, principal in enumerate(found)
                if principal.regional and principal.picks[0][2] != REGIONS[0]
            ]
        return self._quiet[number % len(self._quiet)]

    def _session(self, principal: _Principal, chosen: int, since: bytes) -> _Session:
        name, address, agent = principal.sessions[chosen]
        if principal.kind in "kcm":
            name += self._pools[HEX].take(12)  # these sessions are named anew every hour
        values = {
            b"session": name,
            b"key": self._pools[BASE32].take(9),
            b"since": since,
        }
        return principal.identity % values, address, agent, principal.arn % values

    def _template(self, principal: _Principal, key: tuple[int, int, str, bool]) -> Template:
        operation, variant, region, is_error = key
        is_service = principal.kind == "s"
        found = self._templates.get((principal.account, is_service, key))
        if found is not None:
            return found
        made = self._templates[principal.account, is_service, key] = compiled(
            OPERATIONS[operation],
            self._vocabularies[principal.account],
            region,
            Random(f"{self._seed}/{principal.account}/{operation}/{variant}/{region}/{is_error}"),
            is_service=is_service,
            is_error=is_error,
        )
        return made


def _per_hour(events: int) -> list[int]:
    """Share out the events so that the sum is exact."""
    weights = [_RHYTHM[hour % 24] * (2 if hour // 24 in _WEEKEND else 3) for hour in range(HOURS)]
    sums = list(accumulate(weights))
    ends = [events * done // sums[-1] for done in sums]
    return [end - before for before, end in zip([0, *ends], ends, strict=False)]


def _zipf(count: int) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """Return the cumulative curve of Zipf 1.3, as parts of 2**32, in whole numbers."""
    # n ** 1.3 = n * (n ** 3) ** (1 / 10): integer roots, so that no platform rounds differently
    weights = [10**18 // (n * _root(n**3 * 10**60, 10)) for n in range(1, count + 1)]
    sums = list(accumulate(weights))
    return np.array([(done << 32) // sums[-1] for done in sums[:-1]], np.uint64)


def _root(number: int, degree: int) -> int:
    return bisect_left(range(1 << 40), number, key=lambda base: base**degree)


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
    chance = random.randbytes(2 * _PICKS)
    return [
        (
            n,
            chance[slot] % min(40, 3 + OPERATIONS[n].weight // 4),
            region,
            not chance[~slot] % _ERRORS_IN,
        )
        for slot in range(_PICKS)
        for n in (some[slot % size],)
    ]
