"""The command line: parse, call, print.

Verbs are imported when they are run, so that `actum --help` answers at once.
"""

from __future__ import annotations

from importlib import import_module

import click

__all__ = ["main"]

_VERBS: dict[str, tuple[str, str]] = {
    "demo": ("actum.cli.demo:demo", "Generate a story, open it, ask who it was, verify it."),
    "open": ("actum.cli.open:open_", "Read files, folders, archives or stdin into a log."),
    "search": ("actum.cli.search:search", "Find events, newest first; count them behind a |."),
    "searches": ("actum.cli.searches:searches", "The searches that were saved by name."),
    "who": ("actum.cli.who:who", "Who did it: an action, a target or an address."),
    "sql": ("actum.cli.sql:sql", "Ask in SQL: one statement, or a shell."),
    "show": ("actum.cli.show:show", "One record: sentence, six questions, raw bytes, proof."),
    "prove": ("actum.cli.prove:prove", "Write the .tlog-proof of one record."),
    "verify": ("actum.cli.prove:verify", "Check a proof file, or the whole log."),
    "checkpoint": ("actum.cli.prove:checkpoint", "Print the signed head of the log."),
    "connect": ("actum.cli.connect:connect", "What other tools need to read the same files."),
    "stats": ("actum.cli.care:stats", "What the log holds, by source and time."),
    "sources": (
        "actum.cli.sources:sources",
        "What it holds of each source, and how well read.",
    ),
    "source": ("actum.cli.sources:source", "Teach Actum a kind of log."),
    "fsck": ("actum.cli.care:fsck", "Look at every file for damage; change nothing."),
    "rebuild": ("actum.cli.care:rebuild", "Derive events again from the records."),
    "log": ("actum.cli.care:log", "The logs of this home."),
}


class _Verbs(click.Group):
    """Knows each verb's name and line; imports a verb only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in _VERBS:
            return None
        module, _, name = _VERBS[cmd_name][0].partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)  # noqa: S101 - the table above is ours
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches  # noqa: PLC0415 - see actum.cli

            near = get_close_matches(args[0], list(_VERBS), n=3)
            hint = f"did you mean {' or '.join(near)}?" if near else "see `actum --help`"
            raise click.UsageError(f"there is no command {args[0]!r}; {hint}", ctx) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in _VERBS.items()])


@click.command(
    cls=_Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    invoke_without_command=True,
    no_args_is_help=False,
)
@click.version_option(package_name="actum", message="actum %(version)s")
@click.option(
    "--home",
    type=click.Path(file_okay=False),
    envvar="ACTUM_HOME",
    help="The folder of the log.  [default: the case opened last]",
)
@click.option("--log", "log_name", default="main", show_default=True, help="Which log of the home.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="On a terminal, always, or never; NO_COLOR and FORCE_COLOR are heard too.",
)
@click.option("--verbose", is_flag=True, help="Show the traceback of an error.")
@click.pass_context
def _actum(
    ctx: click.Context, home: str | None, log_name: str, color: str, *, verbose: bool
) -> None:
    """Actum answers “who was it?” and can prove the answer.

    \b
    actum demo                     see it work on a generated story
    actum open ./evidence          read a folder of logs into a case
    actum who s3:DeleteBucket      who did it, from where, when, with what outcome
    actum show 4711                one record, whole, with its proof
    actum verify                   check every record against the signed tree
    """  # noqa: D301 - click's mark for lines to keep
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
        return
    from actum.cli.manners import Manners  # noqa: PLC0415 - see actum.cli

    ctx.obj = Manners(home=home, log=log_name, color=color, verbose=verbose)


def main() -> None:
    """Run the command line and exit with its code."""
    from actum.cli.door import run  # noqa: PLC0415 - see actum.cli

    run(_actum)
