"""The pages of the documentation that are facts of the code: ``python -m actum.docs docs``.

=============  ===================================================================
commands.md    every command's ``--help``
columns.md     the columns of an event
query.md       its tables of fields, flags and words kept for later; the rest is by hand
sources.md     every source, how well it is known, how it is recognised
sources/*.md   a page a source: its golden pairs, raw record, sentence, event
errors.md      the tree of errors, what each means and what to do
python.md      the names `import actum` gives
=============  ===================================================================

The same code gives the same bytes: a test compares the pages with what is written here.
"""

from __future__ import annotations

import enum
import inspect
import json
import sys
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import actum
from actum import errors
from actum.errors import ActumError, UsageError
from actum.ocsf.columns import COLUMNS, QUESTIONS
from actum.ocsf.printable import printable
from actum.query.fields import FIELDS, FLAGS, NOT_YET

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import click

    from actum.sources.seam import Source

__all__ = ["FIELDS_BEGIN", "FIELDS_END", "NEXT_STEPS", "pages", "write"]

WRITTEN = "<!-- written by `make docs`; change the code it is told from, not this page -->\n"
FIELDS_BEGIN = "<!-- fields: written by `make docs` -->\n"
FIELDS_END = "<!-- end of fields -->\n"
WIDTH = 80

NEXT_STEPS = {
    "ActumError": "Read the three lines: what was refused, why, and what to do.",
    "UsageError": "Correct the command; `actum COMMAND --help` lists what it takes.",
    "QueryError": "Look at the marked token; [query.md](query.md) has every field.",
    "NotAllowed": "Ask whoever administers the log. No command of this version raises it.",
    "SourceUnreachable": "Try the same command again. No command of this version raises it.",
    "LimitReached": "Ask for less, or raise the limit the message names.",
    "StorageError": "Look at the disk and at what else uses the home.",
    "HomeBusy": "Wait for the writer to end; search, show and verify work meanwhile.",
    "DiskFull": "Free some space and run the same command again: it goes on where it was.",
    "WriteFailed": "Stop writing, check the disk, run `actum fsck`, then go on.",
    "MalformedInput": "Check that the file is what its name says, and was copied whole.",
    "MalformedProof": "Ask for the proof again, or check which file was given.",
    "MalformedRecord": "Nothing is lost: `actum search is:unread` lists such records.",
    "EvidenceError": "Change nothing, make a copy of the home, and run `actum fsck`.",
    "VerificationFailed": "Keep what you have: it is not what was sealed. Run `actum fsck`.",
    "LogRefused": "Bring back the newer copy; do not delete what the machine remembers.",
}
"""What to do about each error; the error itself says it in more detail."""

_SHOWN = {"aws_cloudtrail": "user_was_created", "text": "a_line_of_words"}
"""The pair to show of a source; the shortest, if none is named here."""

_COMMANDS_INTRO = """\
Data goes to standard output, everything else to standard error. A terminal gets tables and
progress, a pipe gets NDJSON and silence. Exit codes are in
[operating.md](operating.md#exit-codes).
"""
_COLUMNS_INTRO = """\
The columns of an event, in the order of the questions they answer. A name is the OCSF 1.8 path
with `_` for `.`; a column without a path is Actum's own. A value that the record does not state
is NULL: no time, no outcome and no type is invented. The files `logs/<log>/events/*.parquet` hold
exactly these columns.
"""
_SOURCES_INTRO = """\
A source is a kind of log. A record is known by its content, whatever the file is called: of the
particular sources at most one claims it; what another service wrapped around it is taken off first
(EventBridge, SNS, SQS, CloudWatch Logs, Kinesis, Firehose and the like); then the general sources
are asked, the last ones of this table, down to `json` and `text`, so that nothing is ever dropped.
`actum source guess FILE` tells what a file would be taken for and why, `actum sources` how well it
was read. Each name leads to a page with real input and output: every golden pair of the source.

Known from *real samples*: the mapping was tried on logs nobody here wrote. From *vendor
documentation*: written from the maker's description alone; tell us what it gets wrong.

A format of your own needs no code: see [own-formats.md](own-formats.md). A new source is a new
folder: see [CONTRIBUTING.md](../CONTRIBUTING.md#a-new-source).
"""
_ERRORS_INTRO = """\
Every error Actum raises on purpose says what was refused, why, and what to do. The command line
prints these three lines on standard error and leaves with the exit code; in Python they are the
attributes `what`, `why` and `todo`. They are arranged by whose fault it is:
"""
_PYTHON_INTRO = """\
`import actum` gives these names and no others. They are looked up when first used, so the import
itself costs nothing. The rooms behind them may change. The errors are told in
[errors.md](errors.md).
"""


def write(folder: Path) -> list[str]:
    """Write the pages into ``folder``; the names of those that changed."""
    changed = []
    written = pages(folder)
    for stale in (folder / "sources").glob("*.md"):
        if f"sources/{stale.name}" not in written:
            stale.unlink()
    for name, text in written.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(name)
    return changed


def pages(folder: Path) -> dict[str, str]:
    """Every generated page by name; ``folder`` has the query.md whose tables are replaced."""
    query = (folder / "query.md").read_text(encoding="utf-8")
    return {
        "commands.md": commands(),
        "columns.md": columns(),
        "query.md": _between(query, fields()),
        "sources.md": sources(),
        **source_pages(),
        "errors.md": error_tree(),
        "python.md": python_names(),
    }


def _between(text: str, new: str) -> str:
    head, begin, rest = text.partition(FIELDS_BEGIN)
    _, end, tail = rest.partition(FIELDS_END)
    if not begin or not end:
        raise UsageError(
            "query.md has no place for the tables of fields",
            why="one of its two marks is missing",
            todo=f"write {FIELDS_BEGIN.strip()} and {FIELDS_END.strip()}, each on a line",
        )
    return f"{head}{begin}\n{new}\n{end}{tail}"


# -- commands.md ---------------------------------------------------------------------------------


def commands() -> str:
    """Write the page of commands."""
    from actum.cli import _actum  # noqa: PLC0415 - after the pages that need no command line

    root = _actum.make_context("actum", [], resilient_parsing=True, terminal_width=WIDTH)
    parts = [
        "# Commands\n",
        WRITTEN,
        _COMMANDS_INTRO,
        *_helps(_actum, root),
    ]
    return "\n".join(parts)


def _helps(command: click.Command, context: click.Context) -> Iterator[str]:
    import click  # noqa: PLC0415 - see commands

    yield f"## {context.command_path}\n"
    yield f"```text\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                made = click.Context(inner, info_name=name, parent=context, terminal_width=WIDTH)
                yield from _helps(inner, made)


# -- columns.md ----------------------------------------------------------------------------------


def columns() -> str:
    """Write the page of columns."""
    parts = [
        "# Columns\n",
        WRITTEN,
        _COLUMNS_INTRO,
    ]
    for question in QUESTIONS:
        rows = [
            (f"`{each.name}`", each.kind, f"`{each.path}`" if each.path else "", each.doc)
            for each in COLUMNS
            if each.question == question
        ]
        parts += [f"## {question}\n", _table(("Column", "Type", "OCSF path", "Meaning"), rows)]
    return "\n".join(parts)


# -- query.md ------------------------------------------------------------------------------------


def fields() -> str:
    """Write the query language's tables: fields, flags, and words kept for later."""
    rows = [
        (
            ", ".join(f"`{name}:`" for name in (each.name, *each.aliases)),
            each.doc + (f": {', '.join(each.values)}" if each.values else ""),
            each.kind.value,
            " · ".join(f"`{example}`" for example in each.examples),
        )
        for each in FIELDS.values()
    ]
    flags = [(f"`is:{each.name}`", each.doc, f"`{each.query}`") for each in FLAGS.values()]
    later = [(f"`{word}:`", f"`{instead}`") for word, instead in sorted(NOT_YET.items())]
    return "\n".join((
        "### Fields\n", _table(("Field", "Meaning", "Kind", "Examples"), rows),
        "### Questions with a name\n", _table(("Flag", "Meaning", "Stands for"), flags),
        "### Kept for later\n",
        "These words are refused with what to write instead.\n",
        _table(("Word", "Until then"), later),
    ))  # fmt: skip


# -- sources.md ----------------------------------------------------------------------------------


def sources() -> str:
    """Write the page of sources: a row each."""
    from actum.sources import SOURCES  # noqa: PLC0415 - the engine is heavy

    rows = [
        (f"[`{name}`](sources/{name}.md)", each.TITLE, each.SUPPORT, each.SIGNS)
        for name, each in SOURCES.items()
    ]
    heads = ("Source", "Product", "Known from", "Recognised by")
    return "\n".join(("# Sources\n", WRITTEN, _SOURCES_INTRO, _table(heads, rows)))


def source_pages() -> dict[str, str]:
    """Write a page for each source, by its name."""
    from actum.sources import SOURCES  # noqa: PLC0415 - the engine is heavy

    return {f"sources/{name}.md": _source(name, each) for name, each in SOURCES.items()}


def _source(name: str, source: Source) -> str:
    about, _, references = inspect.getdoc(source).partition("References:")  # type: ignore[union-attr]
    filled = [each.name for each in COLUMNS if each.name in source.MAPPING.columns]
    parts = [
        f"# {source.TITLE}\n",
        WRITTEN,
        (
            f"`{name}`: known from {source.SUPPORT}, mapping version {source.VERSION}."
            f" Recognised by {source.SIGNS}.\n"
        ),
        about.strip() + "\n",
        "Fills " + ", ".join(f"`{each}`" for each in filled) + ".\n",
        _left_open(source),
        _pairs(name, Path(inspect.getfile(source)).parent),  # type: ignore[arg-type]
        "## References\n\n" + references.strip() + "\n"
        if references.strip().startswith("-")
        else "",
    ]
    return "\n".join(part for part in parts if part)


def _left_open(source: Source) -> str:
    """Tell which questions its records may leave open, and why."""
    if not source.MAPPING.open:
        return ""
    rows = [(question, why) for question, why in source.MAPPING.open.items()]
    return "What a record may leave open, and why:\n\n" + _table(("Question", "Why"), rows)


def _pairs(name: str, folder: Path) -> str:
    """Set every golden pair: what came, what it says, and of one the whole event."""
    raws = [each for each in folder.glob("*.raw") if each.with_suffix(".ocsf").exists()]
    if not raws:
        return ""
    shortest = min(raws, key=lambda each: (each.stat().st_size, each.name))
    whole = next((each for each in raws if each.stem == _SHOWN.get(name)), shortest)
    ordered = [whole, *(each for each in sorted(raws) if each != whole)]
    return "\n".join((
        "## Examples\n",
        "Laid out for reading; the files have the exact bytes.\n",
        *(_one_pair(each, is_whole=each is whole) for each in ordered),
    ))  # fmt: skip


def _one_pair(raw: Path, *, is_whole: bool) -> str:
    event = raw.with_suffix(".ocsf")
    told = [each["sentence"] for each in json.loads(event.read_text("utf-8"))]
    said = "\n".join(f"> {printable(each)}\n" for each in told[:_MOST_TOLD])
    more = f"\n… and {len(told) - _MOST_TOLD} more\n" if len(told) > _MOST_TOLD else ""
    text = f"### {raw.stem.replace('_', ' ').capitalize()}\n\n{_laid_out(raw)}\n{said}{more}"
    return text + (f"\n{_laid_out(event)}" if is_whole else "")


_MOST_TOLD = 5


def _laid_out(path: Path) -> str:
    text = path.read_bytes().decode("utf-8", "backslashreplace").rstrip("\n")
    language = "text"
    with suppress(ValueError):
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
        language = "json"
    shown = "\n".join(map(printable, text.split("\n")))
    return f"~~~{language}\n{shown}\n~~~\n"


# -- errors.md -----------------------------------------------------------------------------------


def error_tree() -> str:
    """Write the page of errors."""
    tree = "\n".join(
        line[4:] for line in inspect.cleandoc(errors.__doc__ or "").split("\n")
        if line.startswith("    ")
    )  # fmt: skip
    rows = [
        (f"`{each.__name__}`", " ".join(_doc(each).split()), str(each.exit_code),
         NEXT_STEPS[each.__name__])
        for each in _family(ActumError)
    ]  # fmt: skip
    return "\n".join((
        "# Errors\n", WRITTEN,
        _ERRORS_INTRO,
        f"```text\n{tree}\n```\n",
        _table(("Error", "Meaning", "Exit code", "Next step"), rows),
    ))  # fmt: skip


def _family(root: type[ActumError]) -> Iterator[type[ActumError]]:
    """Give an error and everything below it, of those that `actum.errors` lists."""
    yield root
    listed = [each for each in root.__subclasses__() if each.__name__ in errors.__all__]
    yield from chain.from_iterable(map(_family, listed))


# -- python.md -----------------------------------------------------------------------------------


def python_names() -> str:
    """Write the page of the names `import actum` gives."""
    parts = [
        "# Python\n",
        WRITTEN,
        _PYTHON_INTRO,
    ]
    for name in actum.__all__:
        thing = getattr(actum, name)
        if isinstance(thing, type) and issubclass(thing, ActumError):
            parts.append(
                f"## actum.{name}\n\n{_first_paragraph(thing)} See [errors.md](errors.md).\n"
            )
            continue
        parts.append(f"## actum.{name}\n")
        if not (isinstance(thing, type) and issubclass(thing, enum.Enum)):
            parts.append(f"```text\nactum.{name}{_signature(thing, wide=True)}\n```\n")
        parts.append(_doc(thing) + "\n")
        parts += _members(thing)
    return "\n".join(parts)


def _members(thing: object) -> list[str]:
    """List a class's own methods and properties, and an enumeration's values."""
    if not isinstance(thing, type):
        return []
    rows: list[tuple[str, ...]] = []
    for name, member in vars(thing).items():
        if name.startswith("_"):
            continue
        if inspect.isfunction(member):
            rows.append((f"`{name}{_signature(member)}`", _first_paragraph(member)))
        elif isinstance(member, property):
            rows.append((f"`{name}`", _first_paragraph(member)))
    if issubclass(thing, enum.Enum):
        rows += [(f"`{each.name}`", f"`{each.value!r}`") for each in thing]
    return [_table(("Member", "Meaning"), rows)] if rows else []


def _signature(thing: object, *, wide: bool = False) -> str:
    """Give a signature as it is written, without what prints differently on every run.

    ``wide`` lays a long one out over several lines.
    """
    assert callable(thing)  # noqa: S101 - names of ours
    signature = inspect.signature(thing)
    told = []
    keyword_only = False
    for each in signature.parameters.values():
        if each.name == "self":
            continue
        if each.kind is each.KEYWORD_ONLY and not keyword_only:
            keyword_only = True
            told.append("*")
        annotation = "" if each.annotation is each.empty else f": {_annotated(each.annotation)}"
        told.append(f"{each.name}{annotation}{_default(each)}")
    back = signature.return_annotation
    # A class's signature returns None or nothing: what it returns is the class.
    is_plain = back is signature.empty or isinstance(thing, type)
    tail = "" if is_plain else f" -> {_annotated(back)}"
    if wide and len(", ".join(told)) > WIDTH:
        return "(\n" + "".join(f"    {each},\n" for each in told) + f"){tail}"
    return f"({', '.join(told)}){tail}"


def _annotated(annotation: object) -> str:
    return annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)


def _default(parameter: inspect.Parameter) -> str:
    if parameter.default is parameter.empty:
        return ""
    plain = parameter.default is None or isinstance(parameter.default, str | int | tuple)
    return f" = {parameter.default!r}" if plain else " = …"


# -- the same everywhere -------------------------------------------------------------------------


def _doc(thing: object) -> str:
    """Give a docstring, with code marks as Markdown has them."""
    return (inspect.getdoc(thing) or "").replace("``", "`")


def _first_paragraph(thing: object) -> str:
    return " ".join(_doc(thing).partition("\n\n")[0].split())


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    escaped = ([cell.replace("|", "\\|") for cell in row] for row in rows)
    lines = [heads, ["---"] * len(heads), *escaped]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


if __name__ == "__main__":
    for page in write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs")):
        print(f"wrote {page}")  # noqa: T201 - a command of its own
