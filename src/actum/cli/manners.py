"""How every command behaves: where the home is, what a terminal gets and what a pipe gets.

Data goes to standard output, everything else to standard error.  A terminal gets tables and
progress; a pipe gets NDJSON and silence.  Every cell is made safe to print.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from actum.ocsf.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from actum.case import Case

__all__ = ["Advance", "Manners", "is_terminal", "say", "sized", "text_of"]

BARE = 60
"""Narrower than this, a progress bar is only its percentage, rate and time left."""


def text_of(value: str) -> str:
    """Return text that cannot move the cursor, change colours or turn around what follows it."""
    return printable(value)


def is_terminal() -> bool:
    """Whether standard output is a terminal."""
    return sys.stdout.isatty()


def say(line: str) -> None:
    """Print a note for people, on standard error."""
    click.echo(line, err=True)


def sized(count: float) -> str:
    """Return a number of bytes as people say it: 812 B, 1.2 kB, 3.1 GB."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1_000:
            return f"{count:,.0f} B" if unit == "B" else f"{count:,.1f} {unit}"
        count /= 1_000
    return f"{count:,.1f} TB"


class Advance(Protocol):
    """Takes what is done so far, and a note to show beside it."""

    def __call__(self, done: int, note: str = "") -> None:
        """Move the bar."""


def _unseen(done: int, note: str = "") -> None:
    """Move no bar."""


@dataclass(frozen=True, slots=True)
class Manners:
    """What the options before the verb said."""

    home: str | None
    log: str
    color: str
    verbose: bool

    def home_path(self) -> Path:
        """Return the home to use: named, or the case opened last, or the user's own."""
        from actum.case import current_home  # noqa: PLC0415 - see actum.cli

        return Path(self.home) if self.home else current_home()

    @contextmanager
    def case(self, *, write: bool = False, home: Path | None = None) -> Iterator[Case]:
        """Open the case; it is closed afterwards."""
        from actum.case import open_case  # noqa: PLC0415 - see actum.cli

        with open_case(home or self.home_path(), write=write, log=self.log) as case:
            yield case

    def coloured(self) -> bool | None:
        """Whether to colour: True and False are orders, None is up to the terminal.

        An option outweighs the environment, and NO_COLOR outweighs FORCE_COLOR.
        """
        if self.color != "auto":
            return self.color == "always"
        if os.environ.get("NO_COLOR"):
            return False
        return True if os.environ.get("FORCE_COLOR", "0") not in ("", "0") else None

    def console(self, *, err: bool = False) -> Console:
        """Return a console for tables (standard output) or progress (standard error)."""
        from rich.console import Console  # noqa: PLC0415 - see actum.cli

        wanted = self.coloured()
        # Rich would read these itself, and let them outweigh --color.
        rest = ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE")
        environ = {name: value for name, value in os.environ.items() if name not in rest}
        return Console(
            stderr=err, highlight=False, emoji=False, markup=False, _environ=environ,
            force_terminal=True if wanted else None,
            color_system=None if wanted is False else "standard" if wanted else "auto",
        )  # fmt: skip

    @contextmanager
    def progress(self, what: str, total: int | None, *, unit: str = "bytes") -> Iterator[Advance]:
        """Show a bar with rate and time left on a terminal; nothing in a pipe."""
        if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
            yield _unseen
            return
        from rich import progress as shown  # noqa: PLC0415 - see actum.cli

        console = self.console(err=True)
        columns: list[str | shown.ProgressColumn] = ["{task.description}"]
        if console.width >= BARE:
            columns.append(shown.BarColumn(bar_width=max(8, min(console.width - 70, 40))))
        columns.append("{task.percentage:>3.0f}%" if total else "")
        if unit == "bytes" and console.width >= BARE:
            columns.append(shown.DownloadColumn())
        elif console.width >= BARE:
            columns.append(shown.MofNCompleteColumn())
        columns += ["{task.fields[note]}", shown.TimeRemainingColumn(compact=True)]
        # Standard output may be a pipe while standard error is a terminal: what goes there must
        # not be drawn into the bar.
        bar = shown.Progress(
            *columns, console=console, transient=True, redirect_stdout=is_terminal()
        )
        with bar:
            task = bar.add_task(what, total=total or None, note="")
            yield lambda done, note="": bar.update(task, completed=done, note=note)
