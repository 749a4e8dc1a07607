"""The one place that catches: errors become three lines and an exit code.

=====  ====================================================================
0      done
1      failed
2      the words of the command were wrong
3      finished, but some input could not be read
4      verification failed
5      not allowed
6      a source could not be reached; try again
7      a limit that was set cut the answer: what was printed is partial
10     findings at or above a threshold (no command yet)
130    interrupted
=====  ====================================================================

With ``-o json`` or ``-o ndjson`` the three lines are one JSON object, on standard error too.
"""

from __future__ import annotations

import signal
import sys
import traceback
from dataclasses import dataclass

import click

from actum.cli.manners import say, text_of
from actum.errors import ActumError, QueryError

__all__ = ["Complaint", "complaint_of", "run", "tell"]

BEFORE_THE_VERB = ("--home", "--log", "--color", "--verbose")
"""Options of every command; written after the verb they mean the same."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What went wrong, why, and what to do about it; ``at`` points into what was asked."""

    what: str
    exit_code: int
    why: str = ""
    todo: str = ""
    at: tuple[str, int, int] | None = None


def run(command: click.Command) -> None:
    """Run a command and exit.  No traceback unless it was asked for with ``--verbose``."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `actum search | head` ends quietly
    _speak_utf8()
    words = sys.argv[1:]
    try:
        code = command.main(hoisted(words), standalone_mode=False, prog_name="actum")
        sys.stdout.flush()
    except click.exceptions.Exit as leaving:
        code = leaving.exit_code
    except (click.Abort, KeyboardInterrupt):
        say("\ninterrupted: what was stored is kept and safe; run the same command to go on")
        code = 130
    except Exception as error:  # the last door before a traceback
        complaint = complaint_of(error)
        if _wants_json(words):
            _tell_json(complaint)
        else:
            tell(complaint)
        if "--verbose" in words:
            traceback.print_exc()
        code = complaint.exit_code
    raise SystemExit(code if isinstance(code, int) else 0)


def complaint_of(error: Exception) -> Complaint:
    """Return what to say of an error."""
    if isinstance(error, ActumError):
        at = (error.text, error.start, error.end) if isinstance(error, QueryError) else None
        return Complaint(error.what, error.exit_code, error.why, error.todo, at)
    if isinstance(error, click.ClickException):
        context = getattr(error, "ctx", None)
        todo = f"see `{context.command_path} --help`" if context is not None else ""
        what = error.format_message().rstrip(".").strip()
        return Complaint(what[:1].lower() + what[1:], error.exit_code, todo=todo)
    if isinstance(error, PermissionError):
        todo = "ask whoever owns it, or use another home with --home"
        return Complaint(f"not allowed: {error.filename!r}", 5, error.strerror or "", todo)
    if isinstance(error, OSError):
        what = f"the system refused {error.filename!r}" if error.filename else "the system refused"
        return Complaint(what, 1, error.strerror or str(error), "set that right and run it again")
    if isinstance(error, MemoryError):
        return Complaint("out of memory", 1, todo="ask for less: a time range, or --limit")
    return Complaint(
        f"{type(error).__name__}: {str(error).partition(chr(10))[0]}",
        1,
        "a mistake in Actum, not in your input",
        "run again with --verbose and report what it prints",
    )


def hoisted(words: list[str]) -> list[str]:
    """Return the words with the options of every command first, wherever they were written."""
    front: list[str] = []
    rest: list[str] = []
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        if word == "--":
            rest += [word, *waiting]
            break
        if word.partition("=")[0] not in BEFORE_THE_VERB:
            rest.append(word)
            continue
        front.append(word)
        if word != "--verbose" and "=" not in word and waiting:
            front.append(waiting.pop(0))
    return front + rest


def _wants_json(words: list[str]) -> bool:
    text = " ".join(words)
    spelled = ("-o ", "-o", "--output ", "--output=")
    return any(f" {flag}{form}" in f" {text}" for flag in spelled for form in ("json", "ndjson"))


def _tell_json(complaint: Complaint) -> None:
    from actum.cli.output import as_json  # noqa: PLC0415 - see actum.cli

    told: dict[str, object] = {
        "error": complaint.what, "why": complaint.why or None, "do": complaint.todo or None,
        "exit_code": complaint.exit_code,
    }  # fmt: skip
    if complaint.at is not None:
        text, start, end = complaint.at
        told["at"] = {"text": text, "start": start, "end": end}
    say(as_json(told))


def tell(complaint: Complaint) -> None:
    """Say it in three lines for people, on standard error."""
    say(f"error: {text_of(complaint.what)}")
    if complaint.at is not None:
        text, start, end = complaint.at
        # Escapes make text longer: the mark is moved along with it.
        before, token = len(text_of(text[:start])), len(text_of(text[start:end]))
        say(f"       {text_of(text)}\n       {' ' * before}{'^' * max(token, 1)}")
    if complaint.why:
        say(f"  why: {text_of(complaint.why)}")
    if complaint.todo:
        say(f"   do: {text_of(complaint.todo)}")


def _speak_utf8() -> None:
    """Escape what cannot be written in a terminal's own encoding; write files in UTF-8."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            encoding = None if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")
