"""Bitbucket Server and Data Center: the lines of ``audit.log``.

A line is eight fields between `` | ``: address, event, user, time, entity, details, request and
session.  Only the details, which are JSON, may hold a bar.  ``-`` stands for nothing, the address
may be a list (the first is the client), the time counts milliseconds since 1970.

The log tells what happened; a failed sign-in and a denied access are events of their own.

References:
- Audit log: https://confluence.atlassian.com/bitbucketserver/audit-logging-in-bitbucket-server-776640417.html
- Audit events: https://confluence.atlassian.com/bitbucketserver/audit-events-in-bitbucket-server-776640423.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from actum.sources.addresses import ip
from actum.sources.bitbucket.events import EVENTS, VERBS
from actum.sources.seam import Claim, Mapped, Unread
from actum.sources.times import epoch

NAME = "bitbucket"
TITLE = "Bitbucket Server audit log"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "eight fields between bars, the second the name of an Event, the fourth a time"
MEMBERS: frozenset[str] = frozenset()
CLAIMS_TEXT = True

_LINE = re.compile(
    rb"([0-9a-fA-F.:, -]{1,200}) \| ([A-Za-z]+Event) \| ([^|]*) \| (\d{10,16}) \| ([^|]*)"
    rb" \| (.*) \| ([^|]*) \| ([^|]*)"
)
_FIELDS = ("address", "event", "user", "time", "entity", "details", "request", "session")
_encode = msgspec.json.Encoder().encode


def claim(raw: bytes) -> Claim | None:
    """A line by its event and time.  It has no id of its own."""
    if b"Event | " not in raw or _LINE.fullmatch(raw) is None:
        return None
    return Claim(NAME, b"", "line")


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:  # noqa: ARG001 - the seam's signature
    """The fields of a line by their names; what stands for nothing is left out."""
    found = _LINE.fullmatch(raw)
    if found is None:
        yield Unread("not a line of the audit log")
        return
    try:
        told = {
            name: text for name, field in zip(_FIELDS, found.groups(), strict=True)
            if (text := field.decode()) not in {"-", ""}
        }  # fmt: skip
    except UnicodeDecodeError:
        yield Unread("not UTF-8 text")
        return
    yield _encode(told)


_DETAILS = "CASE WHEN json_valid(j.details) THEN j.details END"
_SHAPE = (
    '{"name": "VARCHAR", "user": "VARCHAR", "username": "VARCHAR", "group": "VARCHAR",'
    ' "permission": "VARCHAR", "value": "VARCHAR", "error": "VARCHAR"}'
)
_CLASS = """CASE WHEN events_class_uid IN (3004, 3006) AND coalesce(said.name, said."group",
    j.entity) IS NULL THEN 6003 ELSE coalesce(events_class_uid, 6003) END"""
_ACTIVITY = """CASE WHEN NOT ok THEN 0
    WHEN class = events_class_uid THEN events_activity_id
    ELSE CASE act WHEN 'create' THEN 1 WHEN 'read' THEN 2 WHEN 'update' THEN 3
        WHEN 'delete' THEN 4 ELSE 99 END END"""
_TARGET = 'coalesce(said."user", said.username)'

MAPPING = Mapped(
    shape=dict.fromkeys(_FIELDS, "VARCHAR"),
    objects=(),
    lookups=(EVENTS, VERBS),
    steps=(
        {"said": f"json_transform({_DETAILS}, '{_SHAPE}')", "addresses": "split(j.address, ',')",
         "act": "coalesce(events_act, verbs_act, 'other')"},
        {"class": _CLASS, "source_ip": ip("trim(addresses[1])")},
    ),
    columns={
        "time": epoch("j.time", "any"),
        "original_time": "j.time",
        "class_uid": "CASE WHEN ok THEN class ELSE 0 END",
        "activity_id": _ACTIVITY,
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "CASE WHEN ok THEN act END",
        "api_operation": "j.event",
        "api_service_name": "CASE WHEN ok THEN 'Bitbucket' END",
        "actor_user_name": "j.\"user\"",
        "actor_session_uid": "j.session",
        "resource_name": f"CASE WHEN class = 3006 THEN said.\"group\" WHEN class = 3001"
                         f" THEN coalesce({_TARGET}, said.name, j.entity)"
                         " ELSE coalesce(said.name, said.value, j.entity) END",
        "resource_type": "CASE WHEN coalesce(said.name, said.value, said.\"group\", j.entity)"
                         " IS NOT NULL THEN nullif(lower(regexp_extract(j.event,"
                         " '^([A-Z][a-z]+)', 1)), '') END",
        "resource_namespace": "CASE WHEN coalesce(said.name, said.value) IS NOT NULL"
                              " THEN j.entity END",
        "metadata_product": "CASE WHEN ok THEN 'Bitbucket' END",
        "src_endpoint_ip": "source_ip",
        "status": "CASE WHEN NOT ok THEN NULL WHEN regexp_matches(j.event,"
                  " 'Fail|Denied|Unauthori') THEN 'failure' ELSE 'success' END",
        "status_detail": "said.error",
        "metadata_correlation_uid": "j.request",
        "any_user": f"CASE WHEN {_TARGET} IS DISTINCT FROM j.\"user\" AND {_TARGET} IS NOT NULL"
                    f" THEN [{_TARGET}] END",
        "any_ip": f"CASE WHEN len(addresses) > 1 THEN nullif(list_filter(list_transform("
                  f"addresses[2:], lambda x: {ip('trim(x)')}), lambda x: x IS NOT NULL), []) END",
    },
    open={
        "who": "sign-ins and what the server does by itself name nobody",
        "on what": "an event may name no entity",
        "from where": "what the server does by itself states no address",
    },
)  # fmt: skip
