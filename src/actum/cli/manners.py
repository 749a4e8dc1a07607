"""How every command behaves: where the home is, what a terminal gets and what a pipe gets.

Data goes to standard output, everything else to standard error.  A terminal gets tables and
progress; a pipe gets NDJSON and silence.  Every cell is made safe to print.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from actum.ocsf.printable import printable

if TYPE_CHECKING:
    from rich.console import Console

    from actum.case import Case

__all__ = ["Manners", "text_of"]


def text_of(value: str) -> str:
    """Text that cannot move the cursor, change colours or turn around what follows it."""
    return printable(value)


@dataclass(frozen=True, slots=True)
class Manners:
    """What the options before the verb said."""

    home: str | None
    log: str
    color: str
    verbose: bool

    def home_path(self) -> Path:
        """The home to use: named, or the case opened last, or the user's own."""
        from actum.case import current_home  # noqa: PLC0415 - see actum.cli

        return Path(self.home) if self.home else current_home()

    @contextmanager
    def case(self, *, write: bool = False, home: Path | None = None) -> Iterator[Case]:
        """The case, open; closed afterwards."""
        from actum.case import open_case  # noqa: PLC0415 - see actum.cli

        with open_case(home or self.home_path(), write=write, log=self.log) as case:
            yield case

    def console(self, *, err: bool = False) -> Console:
        """A console for tables (standard output) or for progress and notes (standard error)."""
        from rich.console import Console  # noqa: PLC0415 - see actum.cli

        force = {"always": True, "never": False}.get(self.color)
        if self.color == "auto" and os.environ.get("FORCE_COLOR"):
            force = True
        return Console(
            stderr=err,
            force_terminal=force if force else None,
            no_color=self.color == "never" or bool(os.environ.get("NO_COLOR")) or None,
            highlight=False,
            emoji=False,
            markup=False,
            soft_wrap=False,
        )

    @contextmanager
    def progress(self, what: str, total: int | None) -> Iterator[Any]:
        """A bar with rate and time left on a terminal; nothing in a pipe.

        Yields ``advance(done, note="")``, which takes what is done so far.
        """
        if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
            yield lambda _done, _note="": None
            return
        from rich.progress import (  # noqa: PLC0415 - see actum.cli
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )

        with Progress(
            TextColumn("{task.description}"), BarColumn(bar_width=None), DownloadColumn(),
            TransferSpeedColumn(), TimeRemainingColumn(), TextColumn("{task.fields[note]}"),
            console=self.console(err=True), transient=True,
        ) as bar:  # fmt: skip
            task = bar.add_task(what, total=total, note="")
            yield lambda done, note="": bar.update(task, completed=done, note=note)


def is_terminal() -> bool:
    """Whether standard output is a terminal."""
    return sys.stdout.isatty()


def say(line: str) -> None:
    """A note for people, on standard error."""
    click.echo(line, err=True)
