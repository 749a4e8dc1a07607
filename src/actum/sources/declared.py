"""Sources without code: a small TOML file that says what the records of a log mean.

    name = "acme_portal"
    title = "Acme customer portal"
    key = "id"

    [match]                       # JSON: a record is ours if its members are so
    type = "portal-audit"         # * stands for anything; true: it is there; a list: any of them

    [columns]                     # the columns of an event, and what fills them
    time = { member = "ts", format = "epoch_ms" }
    actor_user_name = ["user.email", "user.id"]
    api_operation = "action"
    src_endpoint_ip = "client.ip"
    status = { member = "result", cases = { ok = "success", denied = "failure" } }

In the place of ``[match]``, lines of text are known by ``pattern``, a regular expression whose
named groups are the members, and tables by ``header``, the columns that must be in their first
line.
What a column can be filled with says `actum.sources.declared_rules`.

A declared source is a `Source` like any other, asked before those Actum ships.  Its version is told
by its file, so that a change of the file is a new reading of what is stored.  The file is the words
of somebody: it can make an event say anything, but run nothing and name no table.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from fnmatch import translate
from pathlib import Path as FilePath

import msgspec

from actum.errors import UsageError
from actum.sources.acts import act_of
from actum.sources.declared_file import File, Path
from actum.sources.declared_rules import FILLABLE, Rules
from actum.sources.seam import Claim, Mapped, Source, Splitter, Unread
from actum.sources.tables import TableSplitter, header_of, unwrap_row

__all__ = ["FOLDER", "DeclaredSource", "declare", "load_folder"]

FOLDER = "sources"
"""Where in a home the files lie."""
_TOP = frozenset(
    ("name", "title", "match", "pattern", "header", "delimiter", "key", "ignore", "columns", "open")
)
_QUESTIONS = ("who", "what", "on what", "when", "where", "from where", "outcome")
_LINE = "line"
_MISSING = object()


class DeclaredSource:
    """A source made of a file; satisfies `actum.sources.seam.Source`."""

    DECLARED = True
    SUPPORT = "declared by its user"

    def __init__(self, file: File) -> None:
        self.NAME = file.called()
        self.TITLE = file.string(file.content.get("title", self.NAME), "title")
        self.VERSION = 1 + zlib.crc32(file.text.encode()) % 0xFFFF
        self._keys = tuple(
            file.path(each, "key") for each in file.strings(file.content.get("key", []), "key")
        )
        self.SIGNS = self._signs(file)
        self.MAPPING = _mapped(file, is_json=self.is_json, first=self._first_names())

    is_json = False

    def __repr__(self) -> str:
        return f"<DeclaredSource {self.NAME!r}: {self.SIGNS}>"

    def claim(self, raw: bytes) -> Claim | None:
        """Whether this record is of this source."""
        raise NotImplementedError

    def unwrap(self, raw: bytes, form: str) -> Iterator[bytes | Unread]:  # noqa: ARG002
        """A record as it is."""
        yield raw

    def _signs(self, file: File) -> str:
        raise NotImplementedError

    def _first_names(self) -> Sequence[str]:
        """Members the claim reads, at the top of a record."""
        return [path[0] for path in self._keys]

    def _key(self, members: object) -> bytes:
        """What a record is known again by: all its key members, or nothing."""
        told = [_at(members, path) for path in self._keys]
        if not told or any(each is _MISSING or each in {None, ""} for each in map(_plain, told)):
            return b""
        return b"\0".join(msgspec.json.encode(each) for each in told)


class _OfJson(DeclaredSource):
    """JSON records, known by their members."""

    is_json = True

    def _signs(self, file: File) -> str:
        match = file.table(file.content["match"], "match")
        if not match:
            raise file.wrong("it is empty, and would take every JSON there is", "match")
        self._wanted: list[tuple[Path, bool | re.Pattern[str]]] = []
        self._needed: list[bytes] = []
        told = []
        for name, wanted in match.items():
            path = file.path(name, "match", name)
            if "*" in path:
                raise file.wrong("a list is not looked through here", "match", name)
            self._wanted.append((path, self._compiled(file, name, wanted)))
            if wanted is not False:
                self._needed += [b'"%b"' % each.encode() for each in path if _is_spelled_once(each)]
            told.append(f"{name} is {wanted!r}")
        if all(wanted is False for _, wanted in self._wanted):
            raise file.wrong("it must ask for a member that is there", "match")
        return "JSON in which " + ", ".join(told)

    def _compiled(self, file: File, name: str, wanted: object) -> bool | re.Pattern[str]:
        if isinstance(wanted, bool):
            return wanted
        texts = file.strings(
            wanted if isinstance(wanted, list | str) else str(wanted), "match", name
        )
        return re.compile("|".join(_glob(text) for text in texts), re.DOTALL)

    def _first_names(self) -> Sequence[str]:
        return [*super()._first_names(), *(path[0] for path, _ in self._wanted)]

    def claim(self, raw: bytes) -> Claim | None:
        if not all(needed in raw for needed in self._needed):
            return None
        try:
            members = msgspec.json.decode(raw)
        except (msgspec.MsgspecError, RecursionError, ValueError):
            return None
        for path, wanted in self._wanted:
            found = _at(members, path)
            if isinstance(wanted, bool):
                if wanted is (found is _MISSING or found is None):
                    return None
            elif (text := _text(found)) is None or not wanted.fullmatch(text):
                return None
        return Claim(self.NAME, self._key(members))


class _OfText(DeclaredSource):
    """Lines of text, known by a regular expression that matches all of one."""

    def _signs(self, file: File) -> str:
        pattern = file.string(file.content["pattern"], "pattern")
        try:
            self._pattern = re.compile(pattern)
        except (re.error, RecursionError, OverflowError) as error:
            raise file.wrong(f"it is no regular expression: {error}", "pattern") from error
        if not self._pattern.groupindex:
            raise file.wrong(
                "it names no group", "pattern", todo="name what it finds: (?P<user>[^ ]+)"
            )
        if self._pattern.fullmatch(""):
            raise file.wrong("it matches the empty line, and so everything or nothing", "pattern")
        return "a line of the form " + pattern

    def claim(self, raw: bytes) -> Claim | None:
        found = self._read(raw)
        return None if found is None else Claim(self.NAME, self._key(found), _LINE)

    def unwrap(self, raw: bytes, form: str) -> Iterator[bytes | Unread]:  # noqa: ARG002
        """The named groups that found something, as members."""
        found = self._read(raw)
        if found is None:
            yield Unread("the line is not of the declared form")
        else:
            yield msgspec.json.encode(found)

    def _read(self, raw: bytes) -> dict[str, str] | None:
        try:
            found = self._pattern.fullmatch(raw.decode())
        except UnicodeDecodeError:
            return None
        if found is None:
            return None
        return {name: value for name, value in found.groupdict().items() if value}


class _OfTable(DeclaredSource):
    """Rows of a table, known by the names in its first line."""

    def _signs(self, file: File) -> str:
        self._header = frozenset(file.strings(file.content["header"], "header"))
        if len(self._header) < 2:
            raise file.wrong("one column is no table: name two at least", "header")
        self._delimiter = file.string(file.content.get("delimiter", ""), "delimiter")
        if len(self._delimiter) > 1:
            raise file.wrong("a delimiter is one character", "delimiter")
        return "a table with the columns " + ", ".join(sorted(self._header))

    def claim(self, raw: bytes) -> Claim | None:  # noqa: ARG002 - a row alone tells nothing
        return None

    def unwrap(self, raw: bytes, form: str) -> Iterator[bytes | Unread]:
        """The fields of a row by the names of its header."""
        yield from unwrap_row(raw, form)

    def lines(self, head: Sequence[bytes], options: str) -> Splitter | None:  # noqa: ARG002
        """The rows below a header in which all declared columns stand."""
        found = header_of(head[0]) if head else None
        if found is None or not self._header <= set(found[1]):
            return None
        if self._delimiter and found[0] != self._delimiter:
            return None
        return TableSplitter(*found, self._key if self._keys else None)


_WAYS: Mapping[str, type[DeclaredSource]] = {
    "match": _OfJson, "pattern": _OfText, "header": _OfTable,
}  # fmt: skip


def declare(text: str, name: str = "a mapping", *, taken: Collection[str] = ()) -> Source:
    """Make a source of a file's text.  UsageError says what is wrong with it, and on which line.

    ``taken`` are names that other sources have already.
    """
    file = File.read(text, name)
    file.only(file.content, _TOP)
    ways = [each for each in _WAYS if each in file.content]
    if len(ways) != 1:
        raise file.wrong(
            "it must say how a record is known, in one way",
            todo="give [match] for JSON, pattern for lines of text, or header for tables",
        )
    if file.called() in taken:
        raise file.wrong(f"there is a source {file.called()!r} already", "name")
    return _WAYS[ways[0]](file)


def load_folder(folder: FilePath, *, taken: Collection[str] = ()) -> dict[str, Source]:
    """Every source declared in a folder, by name; none if there is no such folder.

    UsageError if a file is wrong: a mapping that is passed over would leave its records unread.
    """
    found: dict[str, Source] = {}
    for path in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{path.name!r} cannot be read", why=str(error)) from error
        source = declare(text, path.name, taken=[*taken, *found])
        found[source.NAME] = source
    return found


# What the records mean ----------------------------------------------------------------------------


def _mapped(file: File, *, is_json: bool, first: Sequence[str]) -> Mapped:
    if "columns" not in file.content:
        raise file.wrong("it fills no column", todo="add [columns], with time and api_operation")
    columns = file.table(file.content["columns"], "columns")
    file.only(columns, FILLABLE, "columns")
    if not columns:
        raise file.wrong("it fills no column", "columns")
    rules = Rules(file)
    filled = {name: rules.column(name, rule) for name, rule in columns.items()}
    if "time" in columns:
        filled["original_time"] = rules.original_time(columns["time"])
    _complete(filled)
    ignored = file.strings(file.content.get("ignore", []), "ignore")
    told = file.table(file.content.get("open", {}), "open")
    file.only(told, _QUESTIONS, "open")
    return Mapped(
        shape={"a member no record has": "VARCHAR"},
        objects=_objects(rules.members) if is_json else (),
        known=frozenset([*ignored, *first, *(path[0] for path in rules.members)])
        if is_json
        else frozenset(),
        steps=({"m": rules.extracted()},),
        columns=filled,
        open=dict.fromkeys(_QUESTIONS, "its mapping fills no column that answers it")
        | {name: file.string(why, "open", name) for name, why in told.items()},
    )


_CREATED = {"create": 1, "read": 2, "update": 3, "delete": 4}


def _complete(filled: dict[str, str]) -> None:
    """Say of what the file leaves open only what follows from the rest."""
    operation = filled.get("api_operation")
    if "action" not in filled and operation:
        filled["action"] = f"CASE WHEN ok THEN coalesce({act_of(f'({operation})')}, 'other') END"
    if "class_uid" not in filled:
        filled["class_uid"] = f"CASE WHEN ok THEN {6003 if operation else 0} ELSE 0 END"
        if operation and "activity_id" not in filled:
            arms = " ".join(f"WHEN '{act}' THEN {number}" for act, number in _CREATED.items())
            filled["activity_id"] = (
                f"CASE WHEN ok THEN CASE {filled['action']} {arms} ELSE 99 END ELSE 0 END"
            )
    filled.setdefault(
        "activity_id", f"CASE WHEN ok AND ({filled['class_uid']}) > 0 THEN 99 ELSE 0 END"
    )
    filled.setdefault("severity_id", "CASE WHEN ok THEN 1 ELSE 0 END")
    filled.setdefault("status", "CASE WHEN ok THEN 'unknown' END")


def _objects(members: Sequence[Path]) -> tuple[str, ...]:
    """The objects on the way to a member: a key given twice in one would change what it says."""
    ways = {path[:depth] for path in members for depth in range(len(path))}
    named = [way for way in ways if not any(name.isdigit() or name == "*" for name in way)]
    return tuple("$" + "".join(f'."{name}"' for name in way) for way in sorted(named)) or ("$",)


# Values of a record, in Python --------------------------------------------------------------------


def _at(members: object, path: Path) -> object:
    place = members
    for name in path:
        if isinstance(place, dict) and name in place:
            place = place[name]
        elif isinstance(place, list) and name.isdigit() and int(name) < len(place):
            place = place[int(name)]
        else:
            return _MISSING
    return place


def _plain(value: object) -> object:
    return None if isinstance(value, dict | list) else value


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else None


def _is_spelled_once(name: str) -> bool:
    """Whether JSON writes this name in one way: no place in a list, nothing it may escape."""
    return name.isascii() and not name.isdigit() and not {"/", "&", "<", ">", "'", "+"} & set(name)


def _glob(text: str) -> str:
    """A pattern in which ``*`` alone is special."""
    return translate(text.replace("[", "[[]").replace("?", "[?]"))
