"""`actum who`: the question the house is built for.

What was named is taken for what it looks like: an address, an ARN, a key, an operation, a name.  A
name can be several things, so it is looked for as each in turn, and the first that any event knows
is the answer; "read as" says which.
"""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from actum.cli.asking import (
    ON_A_TERMINAL,
    QueryCommand,
    actor_of,
    joined,
    limit_option,
    note_answer,
    outcome_of,
    quoted,
    stop_if_cut,
    zone_of,
    zone_option,
)
from actum.cli.manners import Manners, is_terminal, say, text_of
from actum.cli.output import emit, is_table, output_options, shown

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["readings", "who"]

COLUMNS = (
    "index", "time", "who", "type", "session", "credential", "issuer", "mfa", "action", "target",
    "status", "error", "ip", "client", "event",
)  # fmt: skip
_FORMS = (
    (re.compile(r"arn:.*", re.DOTALL), ("target", "actor", "issuer")),
    (re.compile(r"A[KS]IA[A-Z0-9]{8,124}"), ("session", "target")),
    (re.compile(r"[a-z0-9.*?-]+:[A-Za-z*?][\w*?]*"), ("action", "target")),
    (re.compile(r"\*?[A-Z][\w*?]*|\*"), ("action", "target", "actor")),
    (re.compile(r".*@.*", re.DOTALL), ("actor", "target")),
)
"""What a subject looks like, and the fields it is looked for in, one after the other."""
_ADDRESS_GLOB = re.compile(r"\d{1,3}(\.(\d{1,3}|\*)){1,3}")
_INDENT = 10


@click.command(cls=QueryCommand)
@click.argument("subject")
@click.argument("query", nargs=-1, metavar="[QUERY]…")
@click.option("--target", metavar="NAME", help="Only on this resource; * and ? match.")
@click.option("--last", metavar="7d", help="Only the last 24h, 7d, 4w, …")
@limit_option
@zone_option
@output_options
@click.pass_obj
def who(  # noqa: PLR0917 - click passes them by name
    manners: Manners,
    subject: str,
    query: tuple[str, ...],
    target: str | None,
    last: str | None,
    limit: int | None,
    zone: str,
    output: str | None,
) -> None:
    """Who did it, from where, when, with what outcome, through which session.

    SUBJECT is an action (s3:DeleteBucket, CreateUser, 'Delete*'), an address, an ARN, an access
    key, or the name of a resource or an actor.  More of the query language may follow.

    \b
    actum who s3:DeleteBucket --target 'prod-*' --last 30d
    actum who 203.0.113.66 status:failure
    actum who prod-invoices -op:read
    """  # noqa: D301 - click's mark for lines to keep
    most = limit if limit is not None else (ON_A_TERMINAL if is_terminal() else None)
    rest = [f"target:{quoted(target)}"] if target else []
    rest += [f"last:{last}"] if last else []
    rest += [f"({text})"] if _has_or(text := joined(query)) else [text] if text else []
    tried = readings(joined((subject,)))
    with manners.case() as case:
        for reading in tried:
            asked = case.query(" ".join([reading, *rest]), zone=zone_of(zone))
            answer = case.search(asked, limit=most)
            if answer.total:
                break
        if not is_table(output):
            emit(manners, output, COLUMNS, [_row(event) for event in answer.dicts()])
        elif answer.rows:
            _people(manners.console(), list(answer.dicts()))
        if not answer.total and len(tried) > 1:
            named = ", ".join(each.partition(":")[0] for each in tried)
            say(f"looked for {text_of(subject)!r} as {named}")
        note_answer(case, asked, answer, zone_of(zone))
    if answer.rows and is_terminal():
        say(f"next: actum show {answer.rows[0][0]}")
    stop_if_cut(answer, limit)


def readings(subject: str) -> tuple[str, ...]:
    """Return the queries a subject may stand for, likeliest first.

    A subject that is query text already (``key:AKIA…``) stands for itself.
    """
    from actum.query.fields import find  # noqa: PLC0415 - see actum.cli

    value = quoted(subject)
    field, colon, _ = subject.partition(":")
    if colon and find(field) is not None:
        return (subject,)
    return tuple(f"{name}:{value}" for name in _fields_of(subject))


def _fields_of(subject: str) -> tuple[str, ...]:
    if _is_address(subject):
        return ("ip",)
    for form, fields in _FORMS:
        if form.fullmatch(subject):
            return fields
    return ("target", "action", "actor")


def _is_address(text: str) -> bool:
    if _ADDRESS_GLOB.fullmatch(text) and "*" in text:
        return True
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return "." in text or ":" in text  # 12 digits are an account, not an address


def _has_or(text: str) -> bool:
    return re.search(r"(^|\s)OR(\s|$)", text) is not None


def _row(event: dict[str, Any]) -> list[Any]:
    return [
        event["index"], event["time"], event["actor_user_name"] or event["actor_user_uid"],
        event["actor_user_type"], event["actor_session_uid"], event["actor_user_credential_uid"],
        event["actor_session_issuer"], event["actor_session_mfa"], event["api_operation"],
        event["resource_uid"] or event["resource_name"], event["status"], event["status_code"],
        event["src_endpoint_ip"] or event["src_endpoint_domain"], event["user_agent"],
        event["metadata_uid"],
    ]  # fmt: skip


def _people(console: Console, events: list[dict[str, Any]]) -> None:
    """Print what each did in one line, and from where and as whom in a dim one below it."""
    from rich.padding import Padding  # noqa: PLC0415 - see actum.cli
    from rich.text import Text  # noqa: PLC0415 - see actum.cli

    indent = _INDENT if console.width >= 60 else 2
    for event in events:
        lead = f"{event['index']:>8}  " if indent == _INDENT else f"{event['index']} "
        failed = event["status"] == "failure"
        line = Text.assemble(
            f"{shown(event['time']) or 'unknown time':<20}  ", (shown(actor_of(event)), "bold"),
            f"  {shown(_act(event))}  ", (shown(outcome_of(event)), "red" if failed else "green"),
        )  # fmt: skip
        if indent == _INDENT:
            for place, part in enumerate(line.wrap(console, max(console.width - indent, 20))):
                console.print(Text.assemble((lead if not place else " " * indent, "dim"), part))
        else:
            console.print(Text.assemble((lead, "dim"), line))
        console.print(Padding(Text(shown(_from(event)), "dim"), (0, 0, 0, indent), expand=False))
    actors = Counter(actor_of(event) for event in events)
    most = ", ".join(f"{shown(name)} ({count:,})" for name, count in actors.most_common(5))
    more = f", … and {len(actors) - 5:,} more" if len(actors) > 5 else ""
    say(f"{len(actors):,} {'actor' if len(actors) == 1 else 'actors'}: {most}{more}")


def _act(event: dict[str, Any]) -> str:
    target = event["resource_name"] or event["resource_uid"]
    operation = event["api_operation"] or "unknown act"
    return f"{operation} {target}" if target else str(operation)


def _from(event: dict[str, Any]) -> str:
    parts = [f"from {event['src_endpoint_ip'] or event['src_endpoint_domain'] or 'unknown'}"]
    if event["actor_user_credential_uid"]:
        parts.append(f"key {event['actor_user_credential_uid']}")
    if event["issued_credential_uid"]:
        parts.append(f"was given key {event['issued_credential_uid']}")
    role = str(event["actor_session_issuer"] or "").rpartition("/")[2]
    if role and role != event["actor_user_name"]:
        parts.append(f"as {role}")
    if event["actor_session_mfa"] is not None:
        parts.append(f"MFA {'yes' if event['actor_session_mfa'] else 'no'}")
    if event["user_agent"]:
        client = str(event["user_agent"])
        parts.append(client.partition(" ")[0] if client[:1].isalpha() else client[:40])
    return " · ".join(parts)
