"""A first mapping for a log, proposed from lines of it.

Guessed from names people give to members and from the look of their values; every guess is shown
beside an example, for a person to correct.  What would have to be invented, such as the zone of a
time that states none, is left as a comment.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address

import msgspec

from actum.errors import UsageError
from actum.sources.tables import form_of, header_of, row

__all__ = ["propose"]

_MOST_LINES = 1_000
_DEEPEST = 6
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?")
_COMMON = re.compile(r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}")
_PAIR = re.compile(r'([A-Za-z_][\w.-]*)=("[^"]*"|[^\s"]*)')
_TOKEN = re.compile(r'"[^"]*"|\[[^\]]*\]|\S+')
_METHODS = frozenset(("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"))
_GOOD = frozenset(
    ("success", "succeeded", "successful", "ok", "true", "allowed", "allow", "granted", "permit",
     "accepted", "passed", "pass", "200", "0", "yes", "completed")
)  # fmt: skip
_BAD = frozenset(
    ("failure", "failed", "fail", "error", "false", "denied", "deny", "rejected", "refused",
     "forbidden", "blocked", "unauthorized", "401", "403", "404", "500", "no", "1", "invalid")
)  # fmt: skip

_Names = tuple[str, ...]
_COLUMNS: tuple[tuple[str, _Names], ...] = (
    ("actor_user_name", (
        "actor.email", "user.email", "actor.name", "user.name", "actor.username", "user.username",
        "actor.login", "user.login", "useremail", "user_email", "actor_email", "username",
        "user_name", "userid", "user_id", "login", "actor", "user", "principal", "email", "who",
        "actor_name", "performed_by", "performedby", "initiator", "author", "by", "account")),
    ("actor_user_uid", (
        "actor.id", "user.id", "actor_id", "actorid", "user_id", "userid", "principal_id", "uid")),
    ("actor_user_email", ("actor.email", "user.email", "user_email", "actor_email", "email")),
    ("actor_session_uid", ("session_id", "sessionid", "session.id", "session")),
    ("api_operation", (
        "action", "event_name", "eventname", "event_type", "eventtype", "operation", "activity",
        "event.action", "event.type", "event.name", "verb", "event", "method_name", "command",
        "what", "act", "type")),
    ("api_service_name", ("service", "service.name", "service_name", "app", "application", "module",
                          "component")),
    ("resource_uid", (
        "target.id", "resource.id", "object.id", "entity.id", "target_id", "resource_id",
        "object_id", "entity_id", "targetid", "resourceid", "targets.0.id", "resources.0.id")),
    ("resource_name", (
        "target.name", "resource.name", "object.name", "entity.name", "target_name",
        "resource_name", "object_name", "target", "resource", "object", "entity", "path", "file",
        "door", "targets.0.name", "resources.0.name")),
    ("resource_type", (
        "target.type", "resource.type", "object.type", "entity.type", "target_type",
        "resource_type", "object_type", "entity_type", "resourcetype", "targets.0.type")),
    ("user_agent", ("user_agent", "useragent", "ua", "agent", "client.user_agent", "context.ua")),
    ("http_method", ("http_method", "method", "request.method", "request_method", "http.method")),
    ("http_url", ("url", "uri", "request_uri", "request.url", "request.uri", "http.url")),
    ("http_status", ("http_status", "status_code", "statuscode", "response_code",
                     "response.status")),
    ("status_code", ("error_code", "errorcode", "error.code", "code")),
    ("status_detail", ("error", "error_message", "errormessage", "error.message", "reason",
                       "failure_reason")),
    ("device_hostname", ("host", "hostname", "host.name", "server", "node", "device")),
    ("cloud_account_uid", ("account_id", "accountid", "account.id", "project_id", "subscription")),
    ("cloud_org_uid", ("tenant", "tenant_id", "tenantid", "org", "org_id", "organization",
                       "organization_id", "org.id", "workspace", "workspace_id")),
    ("cloud_region", ("region", "location.region", "aws_region")),
    ("metadata_correlation_uid", ("request_id", "requestid", "correlation_id", "correlationid",
                                  "trace_id", "traceid", "transaction_id")),
    ("message", ("message", "msg", "description", "summary", "text", "details")),
)  # fmt: skip
_TIMES = ("time", "timestamp", "@timestamp", "ts", "date", "datetime", "created_at", "createdat",
          "event_time", "eventtime", "occurred_at", "published", "when", "at",
          "created")  # fmt: skip
_IDS = ("id", "uuid", "event_id", "eventid", "uid", "guid", "record_id", "_id")
_STATUSES = ("outcome", "result", "status", "success", "outcome.result", "decision", "succeeded")
_KINDS = ("type", "kind", "log_type", "logtype", "source", "product", "app", "application",
          "schema", "log", "category", "service", "stream", "logger", "event_source",
          "version")  # fmt: skip
_IP_WORDS = ("client", "remote", "source", "src", "ip", "from", "peer", "caller", "addr")


@dataclass(slots=True)
class _Seen:
    """What was seen of one member."""

    path: str
    plain: str
    values: list[str] = field(default_factory=list)
    in_every: bool = False

    @property
    def example(self) -> str:
        return self.values[0]

    def all(self, test: re.Pattern[str]) -> bool:
        return all(test.fullmatch(value) for value in self.values)


def propose(lines: Sequence[bytes], name: str = "my_log") -> str:
    """The text of a mapping file for these lines.  UsageError if nothing can be told of them."""
    texts = [text for line in lines[:_MOST_LINES] if (text := _text(line)).strip()]
    if not texts:
        raise UsageError("there is nothing to propose from", why="no line holds any text")
    of_json = [each for each in map(_object, texts) if each is not None]
    if 2 * len(of_json) >= len(texts):
        records = [dict(_flat(each)) for each in of_json]
        return _written(name, _match(records), records)
    if table := _table(texts):
        header, records = table
        return _written(name, [f"header = {_toml(header)}"], records)
    pattern, records = _pairs(texts) or _tokens(texts)
    return _written(name, [f"pattern = {_toml(pattern)}"], records)


def _written(name: str, known_by: Sequence[str], records: Sequence[Mapping[str, str]]) -> str:
    seen = _seen(records)
    top, table = list(known_by), []
    if "[match]" in top:
        at = top.index("[match]")
        top, table = top[:at], ["", *top[at:]]
    key = next((each for each in _named(seen, _IDS) if _is_unique(each, records)), None)
    columns = list(_columns(seen, key))
    if not any(line[:1] not in {"", "#"} for line in columns):
        columns.append(f"message = {_toml(next(iter(seen.values())).path)}")
    lines = [
        f"name = {_toml(name)}", f"title = {_toml(name.replace('_', ' '))}", *top,
        *([f"key = {_toml(key.path)}"] if key else []), *table, "", "[columns]", *columns,
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _columns(seen: Mapping[str, _Seen], key: _Seen | None) -> Iterator[str]:
    yield from _time(seen)
    used: set[str] = set()
    address = _address(seen)
    if address:
        used.add(address.path)
    status = next(_named(seen, _STATUSES), None)
    for column, names in _COLUMNS:
        found = next((each for each in _named(seen, names) if each.path not in used), None)
        if found is None or (column == "actor_user_email" and "@" not in found.example):
            continue
        if column not in {"actor_user_email", "actor_user_uid"}:
            used.add(found.path)
        yield _line(column, _toml(found.path), found)
    if address:
        yield _line("src_endpoint_ip", _toml(address.path), address)
    if status:
        cases = {value: _verdict(value) for value in dict.fromkeys(status.values)}
        told = {value: verdict for value, verdict in cases.items() if verdict}
        if told and len(cases) <= 20:
            inner = ", ".join(
                f"{_toml(value)} = {_toml(verdict)}" for value, verdict in told.items()
            )
            rule = (
                f'{{ member = {_toml(status.path)}, cases = {{ {inner} }}, default = "unknown" }}'
            )
            yield _line("status", rule, status)
    if key:
        yield _line("metadata_uid", _toml(key.path), key)


def _time(seen: Mapping[str, _Seen]) -> Iterator[str]:
    for found in [*_named(seen, _TIMES), *(each for each in seen.values() if each.all(_ISO))]:
        if found.all(_ISO):
            zoned = all((_ISO.fullmatch(value) or [""])[1] for value in found.values)
            if zoned:
                yield _line("time", _toml(found.path), found)
            else:
                yield "# its time states no zone; say which it is, and take the # away"
                rule = f'{{ member = {_toml(found.path)}, format = "rfc3339", zone = "UTC" }}'
                yield "# " + _line("time", rule, found)
            return
        spelled = _spelling(found)
        if spelled:
            yield _line("time", f'{{ member = {_toml(found.path)}, format = "{spelled}" }}', found)
            return
    yield "# no member was found whose value is a time"


def _spelling(found: _Seen) -> str:
    if found.all(_COMMON):
        return "%d/%b/%Y:%H:%M:%S %z"
    for digits, spelled in ((10, "epoch_s"), (13, "epoch_ms"), (16, "epoch_us"), (19, "epoch_ns")):
        if found.all(re.compile(rf"1\d{{{digits - 1}}}(\.\d+)?")):
            return spelled
    return ""


def _address(seen: Mapping[str, _Seen]) -> _Seen | None:
    found = [each for each in seen.values() if all(map(_is_address, each.values))]
    by_name = [
        each
        for word in _IP_WORDS
        for each in found
        if word in each.plain and "dst" not in each.plain
    ]
    return next(iter(by_name or found), None)


def _is_address(value: str) -> bool:
    bare = value.rpartition(":")[0] if value.count(":") == 1 else value
    try:
        ip_address(bare.strip("[]"))
    except ValueError:
        return False
    return True


def _verdict(value: str) -> str:
    word = value.lower()
    return "success" if word in _GOOD else "failure" if word in _BAD else ""


def _named(seen: Mapping[str, _Seen], names: Sequence[str]) -> Iterator[_Seen]:
    """Those members called so, whole or at the end of their way, in the order of the names."""
    for name in names:
        for each in seen.values():
            if each.plain == name:
                yield each
    for name in names:
        for each in seen.values():
            if each.plain.endswith("." + name):
                yield each


def _is_unique(seen: _Seen, records: Sequence[Mapping[str, str]]) -> bool:
    return seen.in_every and len(records) > 1 and len(set(seen.values)) == len(records)


def _seen(records: Sequence[Mapping[str, str]]) -> dict[str, _Seen]:
    found: dict[str, _Seen] = {}
    for record in records:
        for path, value in record.items():
            if value and not value.isspace():
                plain = re.sub(r"[ -]", "_", path.replace('"', "").lower())
                found.setdefault(path, _Seen(path, plain)).values.append(value)
    for each in found.values():
        each.in_every = len(each.values) == len(records)
    return found


# The three looks of a log -------------------------------------------------------------------------


def _text(line: bytes) -> str:
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", " ", line.decode("utf-8", "replace")).rstrip("\n")


def _object(text: str) -> dict[str, object] | None:
    try:
        found = msgspec.json.decode(text.encode("utf-8", "replace"))
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _flat(value: object, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Every member that holds one value, by the way to it; the first of each list."""
    if isinstance(value, dict) and depth < _DEEPEST:
        for name, each in value.items():
            if name and not re.search(r'["\\\x00-\x1f\x7f]', name):
                spelled = f'"{name}"' if "." in name or name == "*" else name
                yield from _flat(each, f"{path}.{spelled}" if path else spelled, depth + 1)
    elif isinstance(value, list) and value and path:
        yield from _flat(value[0], f"{path}.0", depth + 1)
    elif path and isinstance(value, str | int | float):
        text = str(value).lower() if isinstance(value, bool) else str(value)
        yield path, re.sub(r"[\x00-\x1f\x7f]", " ", text)


def _match(records: Sequence[Mapping[str, str]]) -> list[str]:
    """Members by which such a record is told from any other."""
    seen = _seen(records)
    top = [each for each in seen.values() if each.in_every and "." not in each.path]
    telling = [
        each for each in _named({each.path: each for each in top}, _KINDS)
        if len(set(each.values)) == 1 and len(each.example) <= 60 and "*" not in each.example
    ]  # fmt: skip
    lines = [f"{_key(each)} = {_toml(each.example)}" for each in telling[:2]]
    rest = sorted((each for each in top if each not in telling), key=lambda each: -len(each.path))
    lines += [f"{_key(each)} = true" for each in rest[: 3 - len(lines)]]
    if not lines:
        nested = [each for each in seen.values() if each.in_every][:3]
        lines = [f"{_key(each)} = true" for each in nested or list(seen.values())[:1]]
    if not lines:
        raise UsageError("there is nothing to propose from", why="the records hold no values")
    return ["[match]", *lines]


def _table(texts: Sequence[str]) -> tuple[list[str], list[dict[str, str]]] | None:
    header = header_of(texts[0].encode())
    if header is None or len(texts) < 2:
        return None
    form = form_of(*header)
    rows = [row(text.encode(), form) for text in texts[1:]]
    records = [each for each in rows if isinstance(each, dict)]
    if len(records) < len(rows) or not all(_is_label(name) for name in header[1]):
        return None
    if any("field " in name for each in records for name in set(each) - set(header[1])):
        return None
    spelled = {name: f'"{name}"' if re.search(r'[."\\]', name) else name for name in header[1]}
    return list(header[1]), [
        {spelled[name]: value for name, value in each.items() if name in spelled}
        for each in records
    ]


def _is_label(name: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z_@#][^\"\\=]{0,63}", name))


def _pairs(texts: Sequence[str]) -> tuple[str, list[dict[str, str]]] | None:
    """Lines of ``key=value``, each with the same keys in the same order."""
    first = [found[1] for found in _PAIR.finditer(texts[0])]
    if len(first) < 2 or len(set(first)) != len(first):
        return None
    groups = {key: _group(key, place) for place, key in enumerate(first)}
    if len(set(groups.values())) != len(groups):
        return None
    begin = _PAIR.search(texts[0])
    lead = "(?P<lead>.*?)" if begin and begin.start() else ""
    body = r"\s+".join(f'{re.escape(key)}="?(?P<{groups[key]}>[^"]*?)"?' for key in first)
    return _matching(f"{lead}{body}", texts)


def _tokens(texts: Sequence[str]) -> tuple[str, list[dict[str, str]]]:
    """Lines of as many words each, which are named by how they look."""
    split = [_TOKEN.findall(text) for text in texts]
    most = max({len(each) for each in split}, key=[len(each) for each in split].count)
    alike = [each for each in split if len(each) == most]
    parts: list[str] = []
    used: set[str] = set()
    for place in range(most):
        column = [each[place] for each in alike]
        name = _look(column, place)
        name = name if name not in used else f"field_{place + 1}"
        used.add(name)
        if all(value[:1] == "[" and value[-1:] == "]" for value in column):
            parts.append(rf"\[(?P<{name}>[^\]]*)\]")
        elif all(value[:1] == '"' and len(value) > 1 for value in column):
            parts.append(f'"(?P<{name}>[^"]*)"')
        else:
            parts.append(rf"(?P<{name}>\S+)")
    found = _matching(r"\s+".join(parts), texts)
    if found is None:
        raise UsageError(
            "nothing can be proposed for these lines", why="no two of them look alike",
            todo="write a pattern with named groups yourself",
        )  # fmt: skip
    return found


def _look(column: Sequence[str], place: int) -> str:
    bare = [value.strip('"[]') for value in column]
    looks: dict[str, Callable[[str], object]] = {
        "time": lambda value: _ISO.fullmatch(value) or _COMMON.fullmatch(value),
        "ip": _is_address,
        "user": lambda value: "@" in value and "." in value,
        "method": _METHODS.__contains__,
        "url": lambda value: value.startswith(("/", "http")),
        "result": lambda value: _verdict(value) and not value.isdigit(),
    }
    return next((name for name, looks_so in looks.items() if all(map(looks_so, bare))),
                f"field_{place + 1}")  # fmt: skip


def _matching(pattern: str, texts: Sequence[str]) -> tuple[str, list[dict[str, str]]] | None:
    compiled = re.compile(pattern)
    found = [each.groupdict() for text in texts if (each := compiled.fullmatch(text))]
    return (pattern, found) if 2 * len(found) >= len(texts) else None


def _group(key: str, place: int) -> str:
    name = re.sub(r"\W", "_", key)
    return name if name.isidentifier() else f"field_{place + 1}"


# TOML ---------------------------------------------------------------------------------------------


def _line(column: str, rule: str, seen: _Seen) -> str:
    example = re.sub(r"\s+", " ", seen.example)[:60]
    return f"{column} = {rule}  # {example}".rstrip()


def _key(seen: _Seen) -> str:
    return _toml(seen.path)


def _toml(value: str | Sequence[str]) -> str:
    """A basic string or an array of them: JSON's, with the one more character TOML escapes."""
    if not isinstance(value, str):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
