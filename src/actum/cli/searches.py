"""`actum searches`, and what `search` has to do with them: queries kept by name in the home."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from actum.cli.asking import joined
from actum.cli.manners import Manners, say, text_of
from actum.cli.output import emit, output_options
from actum.errors import UsageError

if TYPE_CHECKING:
    from actum.query.saved import Saved

__all__ = ["keep", "searches", "words_of"]

_GIVEN = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)
_CALLED = re.compile(r"@([\w-]+)")


@click.command()
@click.option("--text", is_flag=True, help="Print them as the text they are kept as.")
@click.option("--delete", metavar="NAME", help="Forget one.")
@output_options
@click.pass_obj
def searches(manners: Manners, delete: str | None, output: str | None, *, text: bool) -> None:
    """The searches that were saved by name.

    They are in `searches.toml` in the home: text to read, edit and share.

    \b
    actum searches                     list them
    actum searches --text > ours.toml  share them
    """  # noqa: D301 - click's mark for lines to keep
    from actum.query.saved import load, parameters, store, text_of  # noqa: PLC0415 - see actum.cli

    home = _home(manners)
    held = load(home)
    if delete is not None:
        _called(held, delete)
        store(home, {name: each for name, each in held.items() if name != delete})
        say(f"forgotten: @{delete}")
    elif text:
        click.echo(text_of(held), nl=False)
    elif held:
        rows = [
            (each.name, each.query, _parameters(each, parameters(each.query)), each.about)
            for each in sorted(held.values(), key=lambda saved: saved.name)
        ]
        emit(manners, output, ("name", "query", "parameters", "about"), rows)
    else:
        say("no search is saved")
        say("next: actum search --save NAME 'status:failure actor:$who'")


def _parameters(saved: Saved, names: tuple[str, ...]) -> str:
    return " ".join(f"{name}={saved.defaults.get(name, '…')}" for name in names)


def _home(manners: Manners) -> Path:
    with manners.case() as case:  # it says so if there is none
        return case.path


def words_of(home: Path, words: tuple[str, ...]) -> str:
    """Return the query that words make; `@NAME who=alice` is the search saved as NAME."""
    called = _CALLED.fullmatch(words[0].partition(" ")[0]) if words else None
    if called is None:
        return joined(words)
    from actum.query.saved import load, with_values  # noqa: PLC0415 - see actum.cli

    rest = [*words[0].split()[1:], *words[1:]]
    given: dict[str, str] = {}
    while rest and (match := _GIVEN.fullmatch(rest[0])):
        given[match[1]] = match[2]
        rest.pop(0)
    if rest and not rest[0].startswith("|"):
        raise UsageError(
            f"{rest[0]!r} stands behind a saved search",
            why="its parameters follow it as NAME=VALUE, and then stages behind a |",
            todo="put text that begins with @ in double quotes: '\"@text\"'",
        )
    query = with_values(_called(load(home), called[1]), given)
    return " ".join((query, *rest))


def _called(held: dict[str, Saved], name: str) -> Saved:
    if name not in held:
        from difflib import get_close_matches  # noqa: PLC0415 - see actum.cli

        near = ", ".join(f"@{each}" for each in get_close_matches(name, held, n=3, cutoff=0.4))
        raise UsageError(
            f"there is no saved search @{name}",
            why=f"the nearest are {near}" if near else "",
            todo="see `actum searches`; or put text that begins with @ in double quotes",
        )
    return held[name]


def keep(manners: Manners, name: str, words: tuple[str, ...], about: str) -> None:
    """Save a query by name; NAME=VALUE behind it are what its parameters are by default."""
    from actum.query import parse  # noqa: PLC0415 - see actum.cli
    from actum.query.saved import (  # noqa: PLC0415 - see actum.cli
        Saved,
        checked_name,
        load,
        parameters,
        store,
        with_values,
    )
    from actum.record import Micros  # noqa: PLC0415 - see actum.cli

    rest = list(words)
    defaults: dict[str, str] = {}
    while rest and (match := _GIVEN.fullmatch(rest[-1])):
        defaults[match[1]] = match[2]
        rest.pop()
    saved = Saved(checked_name(name), joined(tuple(rest)), about, defaults)
    names = parameters(saved.query)
    if unknown := [each for each in defaults if each not in names]:
        raise UsageError(f"the query has no ${unknown[0]}", todo="write it where the value belongs")
    if all(each in defaults for each in names):
        parse(with_values(saved, {}), now=datetime.now(UTC), zone=UTC, time_of=lambda _: Micros(0))
    home = _home(manners)
    held = load(home)
    if name in held and held[name] != saved:
        raise UsageError(
            f"@{name} is saved already",
            why=held[name].query,
            todo=f"actum searches --delete {name}",
        )
    store(home, {**held, name: saved})
    needed = "".join(f" {each}=…" for each in names if each not in defaults)
    say(f"saved: actum search @{name}{text_of(needed)}")
