"""The one place that catches: errors become three lines and an exit code.

=====  ===============================================
0      done
1      failed
2      the words of the command were wrong
3      finished, but some input could not be read
4      verification failed
5      not allowed
6      a source could not be reached; try again
7      a limit was hit; what was printed is partial
130    interrupted
=====  ===============================================
"""

from __future__ import annotations


import signal
import sys
import traceback

import click

from actum.cli.manners import text_of
from actum.errors import ActumError, QueryError

__all__ = ["run"]


def run(command: click.Command) -> None:
    """Run a command and exit.  No traceback unless it was asked for with ``--verbose``."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `actum search | head` ends quietly
    verbose = "--verbose" in sys.argv
    try:
        code = command.main(standalone_mode=False, prog_name="actum")
    except click.exceptions.Exit as leaving:
        code = leaving.exit_code
    except click.Abort:
        code = _interrupted()
    except KeyboardInterrupt:
        code = _interrupted()
    except click.ClickException as error:
        click.echo(f"error: {error.format_message()}", err=True)
        context = getattr(error, "ctx", None)
        if context is not None:
            click.echo(f"  try: {context.command_path} --help", err=True)
        code = 2
    except ActumError as error:
        report(error)
        if verbose:
            traceback.print_exc()
        code = error.exit_code
    except MemoryError:
        click.echo("error: out of memory\n   do: ask for less with --limit or a time range", err=True)
        code = 1
    except Exception as error:  # noqa: BLE001 - the last door before a traceback
        click.echo(f"error: {type(error).__name__}: {text_of(str(error))}", err=True)
        click.echo("  why: a mistake in Actum, not in your input", err=True)
        click.echo("   do: run again with --verbose and report what it prints", err=True)
        if verbose:
            traceback.print_exc()
        code = 1
    sys.stdout.flush()
    raise SystemExit(code if isinstance(code, int) else 0)


def report(error: ActumError) -> None:
    """Print what, why and what to do, on standard error."""
    click.echo(f"error: {text_of(error.what)}", err=True)
    if isinstance(error, QueryError):
        shown = text_of(error.text.replace("\n", " "))
        click.echo(f"       {shown}", err=True)
        click.echo(f"       {' ' * error.start}{'^' * max(error.end - error.start, 1)}", err=True)
    if error.why:
        click.echo(f"  why: {text_of(error.why)}", err=True)
    if error.todo:
        click.echo(f"   do: {text_of(error.todo)}", err=True)


def _interrupted() -> int:
    click.echo("\ninterrupted: what was acknowledged is kept; run the same command to go on", err=True)
    return 130
