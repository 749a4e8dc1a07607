"""Log entries of load balancers, by kind, to what the mapping reads.

======================  ===========================================================================
form                    a line begins with
======================  ===========================================================================
``application``         ``https 2026-03-02T09:26:53.186641Z app/name/id client:port target:port``
``connection``          a time, an address and two ports: of an Application Load Balancer, TLS
``network``             ``tls 2.0 2026-03-02T09:26:53 net/name/id listener client:port``
``classic``             a time, a name and ``client:port backend:port``
======================  ===========================================================================

Fields are only ever appended.  The request and the user agent are the client's; should a quote
stand in them, the entry is read so that what follows them still has its form.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from actum.sources.clocks import rfc3339
from actum.sources.seam import Unread

__all__ = ["form_of", "unwrap"]

_TIME = r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z?)"
_PEER = r"([0-9A-Fa-f.:\[\]%]+:\d{1,5}|[0-9A-Fa-f.:]+|-)"
_SECONDS = r"(?:-?\d+(?:\.\d+)?|-)"
_REST = rf"{_SECONDS} {_SECONDS} {_SECONDS} (\d{{3}}|-) (?:\d{{1,3}}|-) (-?\d+|-) (-?\d+|-) \""
_APPLICATION = re.compile(rf"(https?|h2|grpcs?|wss?) {_TIME} (\S+) {_PEER} (\S+) {_REST}")
"""Type, time, balancer, client, target; status, bytes received and sent, up to the request."""
_CLASSIC = re.compile(rf"{_TIME} ([A-Za-z0-9-]{{1,64}}) {_PEER} (\S+) {_REST}")
_CLASSIC_ENDS = re.compile(r'(" \S+ \S+|")\s*$')
_REQUEST_ENDS = re.compile(r'( HTTP/[\d.]+|- - - ?)" "')
_NETWORK = re.compile(
    r"tls \d\.\d (\S+) (\S+) (\S+) (\S+) (\S+) \S+ (\S+) (\S+) (\S+) (\S+) (\S+) \S+ (\S+) (\S+)"
    r" \S+((?: \S+)*)\s*"
)
_CONNECTION = re.compile(
    rf"{_TIME} ([0-9A-Fa-f.:]+) (\d{{1,5}}) (\d{{1,5}}|-) (\S+) (\S+) {_SECONDS}"
    r' (?:"([^"]*)"|-) (\S+) (\S+) (\S+)(?: (\S+))?((?: \S+)*)\s*'
)
_FORMS = {
    "application": re.compile(_APPLICATION.pattern.encode()),
    "network": re.compile(_NETWORK.pattern.encode()),
    "connection": re.compile(_CONNECTION.pattern.encode()),
    "classic": re.compile(_CLASSIC.pattern.encode()),
}
_BEGINS = re.compile(
    rb"(https?|h2|grpcs?|wss?) \d{4}-|(tls) \d\.\d \d{4}-|\d{4}-\d\d-\d\dT\S+ "
    rb"(?:([0-9A-Fa-f.:]{3,39} \d{1,5} )|([A-Za-z0-9-]{1,64} [0-9A-Fa-f.:\[\]-]+ ))"
)
_KINDS = ("application", "network", "connection", "classic")


def form_of(raw: bytes) -> str:
    """The kind of an entry, from how it begins; "" if it is none."""
    found = _BEGINS.match(raw)
    if found is None or found.lastindex is None:
        return ""
    form = _KINDS[found.lastindex - 1]
    return form if _FORMS[form].match(raw) else ""


@lru_cache(maxsize=65_536)
def _address(text: str) -> str | None:
    """An IP address, None if it is none; one that was IPv4 before is IPv4 again."""
    try:
        socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)
    except (OSError, ValueError):
        return None
    return text[7:] if text[:7].lower() == "::ffff:" and "." in text else text


def _peer(found: dict[str, object], who: str, text: str) -> None:
    """Take a ``host:port`` apart; a host that is no address is kept as a name."""
    if text == "-":
        return
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdigit() or int(port) > 65_535:
        host, port = text, ""
    host = host.strip("[]")
    address = _address(host)
    found[who if address else who + "_name"] = address or host
    if port:
        found[who + "_port"] = int(port)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


_OF_ARN = re.compile(r"arn:[a-z-]+:\w+:([a-z0-9-]*):(\d{12})?")


@lru_cache(maxsize=1_024)
def _place(arn: str) -> tuple[str | None, str | None]:
    """The region and the account in an ARN."""
    found = _OF_ARN.match(arn)
    return (found[1] or None, found[2]) if found else (None, None)


@lru_cache(maxsize=1_024)
def _balancer(text: str) -> str:
    """The name of a load balancer: ``app/name/id``."""
    parts = text.split("/")
    return parts[1] if len(parts) == 3 else text


def _http(found: dict[str, object], request: str, status: str) -> None:
    """What was asked for and with what status it was answered."""
    method, _, rest = request.partition(" ")
    if method and method != "-":
        found["method"] = method
        found["url"] = rest.rpartition(" ")[0] or rest
        found["protocol"] = "http"
    if status == "-":
        found["outcome"] = "unknown"
    else:
        found["status"] = int(status)
        found["outcome"] = "success" if "000" < status < "400" else "failure"


def _of_arns(found: dict[str, object], *arns: str) -> None:
    stated = [each for each in arns if each.startswith("arn:")]
    for arn in stated:
        region, account = _place(arn)
        found.setdefault("region", region)
        found.setdefault("account", account)
    if stated:
        found["arns"] = stated


_ROOT = re.compile(r"Root=([^;]+)")


def _asked(text: str) -> tuple[str, str]:
    """The request and the user agent, which stand between quotes side by side."""
    ends = _REQUEST_ENDS.search(text)
    if ends is not None:
        return text[: ends.end(1)], text[ends.end() :]
    request, _, agent = text.partition('" "')
    return request, agent


def _behind_agent(parts: list[str]) -> int | None:
    """Which part, between quotes, is cipher, protocol and target group, behind the user agent.

    The client can write what looks like it into its user agent: the last one is the one.
    """
    for at in range(len(parts) - 3, 0, -1):
        part = parts[at]
        if part[:1] == " " == part[-1:] and part.count(" ") == 4:
            is_old = at == len(parts) - 3 and not parts[-1].strip()  # the trace id was the last
            return at if is_old or at <= len(parts) - 13 else None
    return None


def _application(text: str) -> dict[str, object] | None:
    head = _APPLICATION.match(text)
    if head is None:
        return None
    parts = text[head.end() :].split('"')
    at = _behind_agent(parts)
    if at is None:
        return None
    kind, time, balancer, client, target, status, received, sent = head.groups()
    request, agent = (parts[0], parts[2]) if at == 3 else _asked('"'.join(parts[:at]))
    group = parts[at].rsplit(" ", 2)[1]
    quoted = parts[at + 1 : -1 : 2]
    trace, domain, certificate, actions, _, error, *added = quoted + ["-"] * (6 - len(quoted))
    found: dict[str, object] = {
        "stated": time, "time": rfc3339(time, zoneless_is_utc=True), "kind": kind,
        "balancer": balancer, "name": _balancer(balancer),
        "bytes": _number(received) + _number(sent),
    }  # fmt: skip
    _peer(found, "source", client)
    _peer(found, "target", target)
    _http(found, request, status)
    found["protocol"] = kind
    _of_arns(found, group, certificate)
    if agent not in {"", "-"}:
        found["agent"] = agent
    if domain != "-":
        found["domain"] = domain
    if trace != "-":
        root = _ROOT.search(trace)
        found["link"] = root[1] if root else trace
    if error != "-":
        found["code"] = error
    if actions not in {"-", "forward"}:
        found["message"] = f"actions: {actions}"
    told = [each for each in added[2:4] if each not in {"", "-"}]
    if told:
        found["detail"] = ": ".join(told)
    return found


def _classic(text: str) -> dict[str, object] | None:
    head, ends = _CLASSIC.match(text), _CLASSIC_ENDS.search(text)
    if head is None or ends is None or ends.start() < head.end():
        return None
    time, balancer, client, target, status, received, sent = head.groups()
    request, agent = _asked(text[head.end() : ends.start()])
    found: dict[str, object] = {
        "stated": time, "time": rfc3339(time, zoneless_is_utc=True), "kind": "classic",
        "balancer": balancer, "name": balancer, "bytes": _number(received) + _number(sent),
    }  # fmt: skip
    _peer(found, "source", client)
    _peer(found, "target", target)
    _http(found, request, status)
    if "method" not in found:
        found["protocol"] = "tcp"
    if agent not in {"", "-"}:
        found["agent"] = agent
    return found


def _network(text: str) -> dict[str, object] | None:
    entry = _NETWORK.fullmatch(text)
    if entry is None:
        return None
    (time, balancer, listener, client, target, handshake, received, sent, alert, certificate,
     cipher, protocol, added) = entry.groups()  # fmt: skip
    found: dict[str, object] = {
        "stated": time, "time": rfc3339(time, zoneless_is_utc=True), "kind": "tls",
        "balancer": balancer, "name": _balancer(balancer), "listener": listener,
        "bytes": _number(received) + _number(sent), "protocol": "tls",
    }  # fmt: skip
    _peer(found, "source", client)
    _peer(found, "target", target)
    _of_arns(found, certificate)
    more = added.split()
    if more and more[0] != "-":
        found["domain"] = more[0]
    if alert != "-":
        found["outcome"], found["code"] = "failure", f"TLS alert {alert}"
    elif handshake == "-" or cipher == "-" or protocol == "-":
        found["outcome"], found["code"] = "failure", "no TLS handshake"
    else:
        found["outcome"] = "success"
    return found


def _connection(text: str) -> dict[str, object] | None:
    entry = _CONNECTION.fullmatch(text)
    if entry is None:
        return None
    time, client, port, listener, protocol, _, subject, _, serial, verified, trace, _ = (
        entry.groups()
    )
    found: dict[str, object] = {
        "stated": time, "time": rfc3339(time), "kind": "connection", "source_port": int(port),
        "protocol": "tls" if protocol != "-" else "tcp",
    }  # fmt: skip
    address = _address(client)
    found["source" if address else "source_name"] = address or client
    if listener != "-":
        found["target_port"] = int(listener)
    if subject and subject != "-":
        found["subject"] = subject
        if serial != "-":
            found["serial"] = serial
    if trace and trace != "-":
        found["link"] = trace
    result, _, code = verified.partition(":")
    found["outcome"] = {"Success": "success", "Failed": "failure"}.get(result, "unknown")
    if result == "Failed":
        found["code"] = code or result
    return found


_READ = {
    "application": _application, "classic": _classic, "network": _network,
    "connection": _connection,
}  # fmt: skip


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """The JSON the mapping reads of one entry."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        yield Unread("not UTF-8 text")
        return
    found = _READ[form](text) if form in _READ else None
    if found is None:
        yield Unread(f"an entry of {form or 'no'} form that breaks off or is malformed")
    else:
        yield msgspec.json.encode(found)
