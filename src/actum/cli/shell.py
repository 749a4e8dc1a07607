"""The shell of `actum sql`: statements that end in ``;``, and a few words that begin with a dot.

What is typed is remembered while the shell runs and written nowhere: statements name people.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from actum.cli.door import complaint_of, tell
from actum.cli.manners import say, text_of
from actum.cli.output import emit
from actum.cli.sql import answer
from actum.errors import ActumError
from actum.sql import VIEWS

if TYPE_CHECKING:
    from actum.case import Case
    from actum.cli.manners import Manners
    from actum.sql import Console, Limits

__all__ = ["Shell"]

PROMPT: Final = "actum> "
MORE: Final = "   ... "
HELP: Final = """\
SELECT …;          run it; it ends at ; or an empty line, Ctrl-C cancels it
.tables            the views
.schema [VIEW]     their columns
.help              this
.quit              leave (Ctrl-D too)"""


class Shell:
    """Reads statements from a terminal until it is told to stop."""

    def __init__(
        self,
        manners: Manners,
        case: Case,
        console: Console,
        *,
        limits: Limits,
        output: str | None,
        given: dict[str, str],
    ) -> None:
        self.manners = manners
        self.case = case
        self.console = console
        self.limits = limits
        self.output = output
        self.given = given

    def run(self) -> None:
        """Go on until Ctrl-D or ``.quit``."""
        with contextlib.suppress(ImportError):
            import readline  # noqa: F401, PLC0415 - input() edits lines with it

        say(f"log {text_of(self.console.log)}; .help tells what there is, Ctrl-D leaves")
        while True:
            try:
                text = self._read()
            except EOFError:
                say("")
                return
            except KeyboardInterrupt:
                say("")
                continue
            if text in (".quit", ".exit"):
                return
            try:
                self._do(text)
            except KeyboardInterrupt:
                say("\ncancelled")
            except ActumError as error:
                tell(complaint_of(error))

    def _read(self) -> str:
        """Read a dot word, or the lines of a statement."""
        lines = [input(PROMPT)]
        while not _is_over(lines):
            lines.append(input(MORE))
        return "\n".join(lines).strip()

    def _do(self, text: str) -> None:
        word, _, rest = text.partition(" ")
        if not text:
            return
        if not text.startswith("."):
            self.case.engine.refresh()  # what arrived since the last statement is seen by this one
            answer(
                self.manners, self.console, text, self._given_in(text),
                limits=self.limits, output=self.output,
            )  # fmt: skip
        elif word == ".tables":
            rows = [(view.name, view.row) for view in VIEWS.values()]
            emit(self.manners, "table", ("name", "a row is"), rows)
        elif word == ".schema":
            self._schema(rest.strip())
        else:
            say(HELP if word == ".help" else f"there is no {text_of(word)}\n{HELP}")

    def _given_in(self, text: str) -> dict[str, str]:
        """Return the parameters of the command line that this statement speaks of."""
        return {name: value for name, value in self.given.items() if f"${name}" in text}

    def _schema(self, name: str) -> None:
        if name and name not in VIEWS:
            say(f"there is no view {text_of(name)!r}: {', '.join(VIEWS)}")
            return
        for view in VIEWS.values():
            if name in ("", view.name):
                rows = [(column, kind, doc) for column, kind, doc in view.columns]
                emit(self.manners, "table", (view.name, "type", "meaning"), rows)
                if not name:
                    say("")


def _is_over(lines: list[str]) -> bool:
    first, last = lines[0].strip(), lines[-1].strip()
    return not last or first.startswith(".") or last.endswith(";")
