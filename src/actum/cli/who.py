"""`actum who`: the question the house is built for."""

from __future__ import annotations

import ipaddress
from collections import Counter
from typing import Any

import click

from actum.cli.manners import Manners, is_terminal, say
from actum.cli.output import emit, output_options, shown
from actum.cli.search import actor_of, note_answer, outcome_of, zone_of

__all__ = ["who", "who_query"]

COLUMNS = (
    "index", "time", "who", "type", "session", "credential", "issuer", "mfa", "action", "target",
    "status", "error", "ip", "client", "event",
)  # fmt: skip


@click.command()
@click.argument("subject")
@click.argument("query", nargs=-1, metavar="[QUERY]")
@click.option("--target", help="Only on this resource; * and ? match.")
@click.option("--last", help="Only the last 24h, 7d, 4w, …")
@click.option("--limit", type=click.IntRange(0), default=200, show_default=True)
@click.option("--zone", default="UTC", show_default=True, help="Zone of times without one.")
@output_options
@click.pass_obj
def who(
    manners: Manners,
    subject: str,
    query: tuple[str, ...],
    target: str | None,
    last: str | None,
    limit: int,
    zone: str,
    output: str | None,
) -> None:
    """Who did it, from where, when, with what outcome, through which session.

    SUBJECT is an action (s3:DeleteBucket, CreateUser, Delete*), an address, an ARN or the name of a
    resource.  More of the query language may follow.
    """
    text = who_query(subject, query, target=target, last=last)
    with manners.case() as case:
        asked = case.query(text, zone=zone_of(zone))
        answer = case.search(asked, limit=limit)
        if output is None and is_terminal() or output == "table":
            _people(manners, list(answer.dicts()))
        else:
            emit(manners, output, COLUMNS, [_row(event) for event in answer.dicts()])
        note_answer(case, asked, answer, zone_of(zone))


def who_query(
    subject: str, query: tuple[str, ...] = (), *, target: str | None = None, last: str | None = None
) -> str:
    """The query a `who` asks: by address, by ARN or resource id, or by action."""
    if _is_address(subject):
        parts = [f"ip:{_quoted(subject)}"]
    elif subject.startswith("arn:") or "/" in subject or _looks_like_id(subject):
        parts = [f"target:{_quoted(subject)}"]
    else:
        parts = [f"action:{_quoted(subject)}"]
    if target:
        parts.append(f"target:{_quoted(target)}")
    if last:
        parts.append(f"last:{last}")
    return " ".join([*parts, *query])


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _looks_like_id(text: str) -> bool:
    """An operation's name is letters, with a service and a colon before it, or a glob of them."""
    operation = text.rpartition(":")[2]
    letters = operation.replace("*", "").replace("?", "").replace("_", "")
    return not letters.isalnum() or (not letters[:1].isupper() and "*" not in text and ":" not in text)


def _quoted(text: str) -> str:
    """Quoted if it must be; globs work inside quotes only when they are left out of them."""
    plain = all(char.isalnum() or char in "*?:._/@-+=," for char in text)
    return text if plain else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _row(event: dict[str, Any]) -> list[Any]:
    return [
        event["index"], event["time"], event["actor_user_name"] or event["actor_user_uid"],
        event["actor_user_type"], event["actor_session_uid"], event["actor_user_credential_uid"],
        event["actor_session_issuer"], event["actor_session_mfa"], event["api_operation"],
        event["resource_uid"] or event["resource_name"], event["status"], event["status_code"],
        event["src_endpoint_ip"] or event["src_endpoint_domain"], event["user_agent"],
        event["metadata_uid"],
    ]  # fmt: skip


def _people(manners: Manners, events: list[dict[str, Any]]) -> None:
    from rich.text import Text  # noqa: PLC0415 - see actum.cli

    console = manners.console()
    for event in events:
        line = Text()
        line.append(f"{event['index']:>8}  ", "dim")
        line.append(f"{shown(event['time']) or 'unknown time':<20}  ")
        line.append(shown(actor_of(event)), "bold")
        line.append("  " + shown(_summary(event)))
        status = outcome_of(event)
        line.append("  " + shown(status), "red" if event["status"] == "failure" else "green")
        console.print(line, soft_wrap=True)
        console.print(Text(" " * 10 + shown(_from(event)), "dim"), soft_wrap=True)
    if events:
        actors = Counter(actor_of(event) for event in events)
        most = ", ".join(f"{shown(name)} ({count})" for name, count in actors.most_common(5))
        say(f"{len(actors)} {'actor' if len(actors) == 1 else 'actors'}: {most}")


def _summary(event: dict[str, Any]) -> str:
    target = event["resource_name"] or event["resource_uid"]
    return f"{event['api_operation']}" + (f" {target}" if target else "")


def _from(event: dict[str, Any]) -> str:
    parts = [f"from {event['src_endpoint_ip'] or event['src_endpoint_domain'] or 'unknown'}"]
    if event["actor_user_credential_uid"]:
        parts.append(f"key {event['actor_user_credential_uid']}")
    if event["actor_session_issuer"]:
        parts.append(f"as {event['actor_session_issuer']}")
    if event["actor_session_mfa"] is not None:
        parts.append(f"MFA {'yes' if event['actor_session_mfa'] else 'no'}")
    if event["user_agent"]:
        parts.append(str(event["user_agent"])[:60])
    return " · ".join(parts)
