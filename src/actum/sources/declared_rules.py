"""What a column of a declared source is filled with, as SQL.

- ``"user.email"``: the value of a member;
- ``{constant = "portal"}``: always this;
- ``{template = "{first} {last}"}``: members in a text; nothing if one is missing;
- ``{member = "result", cases = {ok = "success"}, default = "unknown"}``: a table of values;
- ``{rules = [{when = {error = true}, then = "failure"}], default = "success"}``: the first that
  holds;
- ``["user.email", "user.id"]``: the first that is there; for a column of several values, all;
- ``{member = "ts", format = "epoch_ms"}``: a time, and how it is spelled: ``rfc3339``, a count
  (``epoch_s``, ``_ms``, ``_us``, ``_ns``, or ``epoch`` where the digits tell), or a spelling like
  ``%d/%b/%Y:%H:%M:%S %z``, with its zone in it or beside it.

In ``when``, a member is compared with a text in which ``*`` stands for anything, with a list of
such texts, or with true or false: whether it is there at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from actum.ocsf.classes import ocsf_classes
from actum.ocsf.columns import COLUMNS, column
from actum.sources.addresses import ip
from actum.sources.declared_file import File, Path
from actum.sources.times import epoch, utc

__all__ = ["FILLABLE", "Rules", "literal"]

_OWN = frozenset(
    ("index", "part", "source", "mapping", "unmapped", "reason", "copy_of", "received_time",
     "type_uid", "original_time")
)  # fmt: skip
FILLABLE = tuple(each.name for each in COLUMNS if each.name not in _OWN)
"""The columns a file may fill."""
_WORDS = {
    "action": ("create", "read", "update", "delete", "auth", "other"),
    "status": ("success", "failure", "unknown"),
}
_ADDRESSES = ("src_endpoint_ip", "dst_endpoint_ip")
_TIMES = ("time", "end_time")
_EPOCHS = {"epoch": "any", "epoch_s": "s", "epoch_ms": "ms", "epoch_us": "us", "epoch_ns": "ns"}
_RULE = frozenset(("member", "constant", "template", "cases", "rules", "default", "format", "zone"))
_FIELD = re.compile(r"\{\{|\}\}|\{([^{}]+)\}|[{}]")
_DIRECTIVE = re.compile(r"%(.?)")
_KNOWN_DIRECTIVES = frozenset("YymdbBHIMSfpzjaA%")
_OFFSET = re.compile(r"([+-])([01]\d):?([0-5]\d)")


def literal(text: str) -> str:
    """Write a text as SQL, whatever it holds."""
    return "'" + text.replace("'", "''") + "'"


@dataclass(slots=True)
class Rules:
    """The rules of one file, and the members they read, each once: ``m[1]``, ``m[2]`` and so on."""

    file: File
    members: list[Path] = field(default_factory=list)

    def member(self, path: Path) -> str:
        """SQL of a member's value as text."""
        if path not in self.members:
            self.members.append(path)
        return f"m[{self.members.index(path) + 1}]"

    def extracted(self) -> str:
        """SQL of the list ``m``: every member that is read, in one parse of the record."""
        if not self.members:
            return "NULL::VARCHAR[]"
        pointers = ", ".join(literal(_pointer(path)) for path in self.members)
        return f"CASE WHEN ok THEN json_extract_string(text, [{pointers}]) END"

    def column(self, name: str, rule: object) -> str:
        """SQL of what fills that column."""
        where = ("columns", name)
        kind = column(name).kind
        if name in _TIMES:
            return self._time(rule, name)[0]
        if kind.endswith("[]"):
            return self._list(rule, where)
        return _as_kind(name, kind, self._value(rule, where))

    def original_time(self, rule: object) -> str:
        """SQL of the text a time was read from."""
        return self._time(rule, "time")[1]

    # -- a value -----------------------------------------------------------------------------------

    def _value(self, rule: object, where: tuple[str, ...]) -> str:
        if isinstance(rule, str):
            return self._member(rule, where)
        if isinstance(rule, list):
            if not rule:
                raise self.file.wrong("the list is empty", *where)
            return f"coalesce({', '.join(self._value(each, where) for each in rule)})"
        if isinstance(rule, bool | int):
            return self._constant(rule, where)
        table = self.file.table(rule, *where)
        self.file.only(table, _RULE, *where)
        ways = [each for each in ("member", "constant", "template", "rules") if each in table]
        if len(ways) != 1:
            raise self.file.wrong(
                "it needs one of member, constant, template and rules, and only one", *where
            )
        for extra, way in (("cases", "member"), ("format", "a time"), ("zone", "a time")):
            if extra in table and way not in ways:
                raise self.file.wrong(f"{extra!r} belongs to {way}", *where)
        if "format" in table or "zone" in table:
            raise self.file.wrong(
                "only time and end_time have a format", *where, todo="leave format and zone out"
            )
        return self._table(table, ways[0], where)

    def _table(self, table: Mapping[str, object], way: str, where: tuple[str, ...]) -> str:
        default = self._constant(table["default"], where) if "default" in table else "NULL"
        if way == "constant":
            return self._constant(table["constant"], where)
        if way == "template":
            made = self._template(self.file.string(table["template"], *where), where)
            return f"coalesce({made}, {default})" if "default" in table else made
        if way == "rules":
            return self._rules(table["rules"], default, where)
        value = self._member(table["member"], where)
        if "cases" not in table:
            return f"coalesce({value}, {default})" if "default" in table else value
        cases = self.file.table(table["cases"], *where)
        if not cases:
            raise self.file.wrong("there are no cases", *where)
        arms = " ".join(
            f"WHEN {literal(self.file.string(key, *where))} THEN {self._constant(each, where)}"
            for key, each in cases.items()
        )
        return f"CASE WHEN ok THEN CASE {value} {arms} ELSE {default} END END"

    def _member(self, text: object, where: tuple[str, ...]) -> str:
        path = self.file.path(text, *where)
        if "*" in path:
            raise self.file.wrong("only a column of several values can take all of a list", *where)
        return f"nullif({self.member(path)}, '')"

    def _constant(self, value: object, where: tuple[str, ...]) -> str:
        """SQL of a constant, which only a record that could be read has."""
        if isinstance(value, bool):
            text = str(value).lower()
        elif isinstance(value, int):
            text = str(value)
        else:
            text = self.file.string(value, *where)
        self._must_fit(where[1], text, where)
        return f"CASE WHEN ok THEN {literal(text)} END"

    def _must_fit(self, name: str, text: str, where: tuple[str, ...]) -> None:
        allowed = _WORDS.get(name)
        if allowed and text not in allowed:
            raise self.file.wrong(
                f"{text!r} is none of {', '.join(allowed)}", *where, todo="use one of them"
            )
        if name == "class_uid" and not (text.isdigit() and int(text) in ocsf_classes()):
            raise self.file.wrong(
                f"{text!r} is no class of OCSF", *where,
                todo="use its number: 3002 for a sign-in, 6003 for an operation, 0 for none",
            )  # fmt: skip
        top = {"activity_id": 99, "severity_id": 99}.get(name)
        if top is not None and not (text.isdigit() and int(text) <= top):
            raise self.file.wrong(f"{text!r} is no number from 0 to {top}", *where)

    def _template(self, text: str, where: tuple[str, ...]) -> str:
        parts: list[str] = []
        at = 0
        for found in _FIELD.finditer(text):
            if found.start() > at:
                parts.append(literal(text[at : found.start()]))
            at = found.end()
            if found[1] is not None:
                parts.append(self._member(found[1], where))
            elif len(found[0]) == 2:
                parts.append(literal(found[0][0]))
            else:
                raise self.file.wrong(
                    f"{found[0]!r} stands alone in the template", *where,
                    todo="write {member}, or {{ and }} for the characters themselves",
                )  # fmt: skip
        if at < len(text):
            parts.append(literal(text[at:]))
        return f"CASE WHEN ok THEN {' || '.join(parts)} END" if parts else "NULL"

    def _rules(self, listed: object, default: str, where: tuple[str, ...]) -> str:
        if not isinstance(listed, list) or not listed:
            raise self.file.wrong("rules is a list of {when = …, then = …}", *where)
        arms = []
        for each in listed:
            rule = self.file.table(each, *where)
            self.file.only(rule, ("when", "then"), *where)
            if set(rule) != {"when", "then"}:
                raise self.file.wrong("a rule needs both when and then", *where)
            when = self.condition(rule["when"], *where)
            arms.append(f"WHEN {when} THEN {self._constant(rule['then'], where)}")
        return f"CASE {' '.join(arms)} ELSE {default} END"

    def condition(self, when: object, *where: str) -> str:
        """SQL of whether members are as a table says."""
        table = self.file.table(when, *where)
        if not table:
            raise self.file.wrong("when is empty: it would always hold", *where)
        return " AND ".join(
            self._holds(self.file.path(name, *where), wanted, where)
            for name, wanted in table.items()
        )

    def _holds(self, path: Path, wanted: object, where: tuple[str, ...]) -> str:
        value = self.member(path)
        if isinstance(wanted, bool):
            return f"({value} {'IS NOT' if wanted else 'IS'} NULL)"
        texts = self.file.strings(wanted if isinstance(wanted, list | str) else str(wanted), *where)
        likes = " OR ".join(f"{value} LIKE {literal(_like(text))} ESCAPE '!'" for text in texts)
        return f"coalesce({likes}, false)"

    def _list(self, rule: object, where: tuple[str, ...]) -> str:
        listed = rule if isinstance(rule, list) else [rule]
        parts = []
        for each in listed:
            path = self.file.path(each, *where) if isinstance(each, str) else ()
            if "*" in path:
                parts.append(
                    f"CASE WHEN ok THEN json_extract_string(text, {literal(_every(path))}) END"
                )
            else:
                parts.append(f"[{self._value(each, where)}]")
        found = f"list_concat({', '.join(parts)})"
        if where[1] == "any_ip":
            found = f"list_transform({found}, lambda x: {ip('x')})"
        return f"nullif(list_filter({found}, lambda x: x <> ''), [])"

    # -- a time ------------------------------------------------------------------------------------

    def _time(self, rule: object, name: str) -> tuple[str, str]:
        """SQL of a time, and of the text it was read from."""
        where = ("columns", name)
        if isinstance(rule, list):
            told = [self._time(each, name) for each in rule]
            if not told:
                raise self.file.wrong("the list is empty", *where)
            times = ", ".join(time for time, _ in told)
            texts = " ".join(f"WHEN ({time}) IS NOT NULL THEN {text}" for time, text in told)
            return f"coalesce({times})", f"CASE {texts} END"
        table = {"member": rule} if isinstance(rule, str) else self.file.table(rule, *where)
        self.file.only(table, ("member", "format", "zone"), *where)
        if "member" not in table:
            raise self.file.wrong("a time is read from a member", *where)
        text = self._member(table["member"], where)
        spelled = self.file.string(table.get("format", "rfc3339"), *where)
        zone = self.file.string(table["zone"], *where) if "zone" in table else ""
        time = self._spelled(text, spelled, zone, where)
        return time, f"CASE WHEN ({time}) IS NOT NULL THEN {text} END"

    def _spelled(self, text: str, spelled: str, zone: str, where: tuple[str, ...]) -> str:
        if spelled in _EPOCHS:
            if zone:
                raise self.file.wrong("a count since 1970 has no zone", *where)
            return epoch(text, _EPOCHS[spelled])
        if spelled == "rfc3339":
            zoned = utc(text, zoned=True)
            return f"coalesce({zoned}, {self._in_zone(utc(text), zone, where)})" if zone else zoned
        self._must_be_format(spelled, zone, where)
        read = f"try_strptime({text}, {literal(spelled)})"
        if "%z" in spelled:
            return f"make_timestamp(epoch_us({read}))"
        return self._in_zone(read, zone, where)

    def _must_be_format(self, spelled: str, zone: str, where: tuple[str, ...]) -> None:
        used = _DIRECTIVE.findall(spelled)
        if not used:
            raise self.file.wrong(
                f"{spelled!r} is no spelling of a time", *where,
                todo=f"use rfc3339, {', '.join(_EPOCHS)}, or one like %d/%b/%Y:%H:%M:%S %z",
            )  # fmt: skip
        for each in used:
            if each not in _KNOWN_DIRECTIVES:
                raise self.file.wrong(f"%{each} is not understood in a format", *where)
        has_day = "j" in used or ("d" in used and not {"m", "b", "B"}.isdisjoint(used))
        if {"Y", "y"}.isdisjoint(used) or not has_day or {"H", "I"}.isdisjoint(used):
            raise self.file.wrong(
                "a time without its year, day or hour would have to be guessed", *where,
                todo="leave the column out: an unknown time is better than an invented one",
            )  # fmt: skip
        if bool(zone) == ("z" in used):
            raise self.file.wrong(
                "the zone is said twice" if zone else "nothing says the zone of this time", *where,
                todo="say it once: by %z in the format, or by zone",
            )  # fmt: skip

    def _in_zone(self, read: str, zone: str, where: tuple[str, ...]) -> str:
        """SQL of a local time in UTC; NULL for an hour that a zone has twice or not at all."""
        if zone in {"UTC", "Z"}:
            return read
        if offset := _OFFSET.fullmatch(zone):
            minutes = int(offset[2]) * 60 + int(offset[3])
            sign = "-" if offset[1] == "+" else "+"
            return f"({read}) {sign} to_minutes({minutes})"
        try:
            datetime(2000, 1, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        except (ValueError, OSError, KeyError) as error:
            raise self.file.wrong(
                f"{zone!r} is no time zone", *where, todo='use "UTC", "+02:00" or "Europe/Berlin"'
            ) from error
        name = literal(zone)
        at = f"timezone({name}, {read})"
        return (
            f"CASE WHEN timezone({name}, {at}) = ({read})"
            f" AND timezone({name}, {at} + INTERVAL 1 HOUR) <> ({read})"
            f" AND timezone({name}, {at} - INTERVAL 1 HOUR) <> ({read})"
            f" THEN make_timestamp(epoch_us({at})) END"
        )


def _as_kind(name: str, kind: str, value: str) -> str:
    if name in _ADDRESSES:
        return ip(f"({value})")
    if name in _WORDS:
        known = ", ".join(literal(word) for word in _WORDS[name])
        rest = literal(_WORDS[name][-1])
        word = f"lower({value})"
        return f"CASE WHEN ok THEN CASE WHEN {word} IN ({known}) THEN {word} ELSE {rest} END END"
    if name == "class_uid":
        number = f"try_cast({value} AS UINTEGER)"
        return f"CASE WHEN {number} <= 40000000 THEN {number} ELSE 0 END"
    if name in {"activity_id", "severity_id"}:
        number = f"try_cast({value} AS UTINYINT)"
        return f"CASE WHEN {number} <= 99 THEN {number} ELSE 0 END"
    return value if kind == "VARCHAR" else f"try_cast({value} AS {kind})"


def _pointer(path: Path) -> str:
    return "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in path)


def _every(path: Path) -> str:
    return "$" + "".join("[*]" if name == "*" else f'."{name}"' for name in path)


def _like(text: str) -> str:
    return re.sub(r"([!%_])", r"!\1", text).replace("*", "%")
