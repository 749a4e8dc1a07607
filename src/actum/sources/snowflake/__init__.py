"""Snowflake: rows of the ACCOUNT_USAGE views, as JSON or as CSV.

Which view a row is of is told by its columns: LOGIN_HISTORY, QUERY_HISTORY, ACCESS_HISTORY,
SESSIONS, GRANTS_TO_USERS, GRANTS_TO_ROLES, DATA_TRANSFER_HISTORY.  Column names come in any case.
Times are in the time zone of the session that asked and mostly written without it: such a time
stays unknown, except where Panther, which writes UTC, put its ``p_event_time`` beside it.
``0.0.0.0`` as client address means that Snowflake does not say.  Rows do not name the account.

References:
- https://docs.snowflake.com/en/sql-reference/account-usage
- https://docs.snowflake.com/en/sql-reference/account-usage/login_history
- https://docs.snowflake.com/en/sql-reference/account-usage/query_history
- https://docs.snowflake.com/en/sql-reference/account-usage/access_history
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from actum.sources.seam import Claim, Mapped, Splitter, Unread
from actum.sources.snowflake import views
from actum.sources.snowflake.columns import COLUMNS, LOOKUPS, SHAPE, STEPS
from actum.sources.tables import TableSplitter, header_of, row

NAME = "snowflake"
TITLE = "Snowflake ACCOUNT_USAGE"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "the columns of one of the ACCOUNT_USAGE views that tell of logins, queries and grants"
MEMBERS = views.MEMBERS
CLAIMS_TEXT = False

_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_text = msgspec.json.Decoder(str | int | float | None).decode
_REFUSED = (msgspec.MsgspecError, RecursionError, ValueError)
_has_column = re.compile(rb'_(?:NAME|CLOUD)"', re.IGNORECASE).search
"""Every view has a USER_NAME, a GRANTEE_NAME or a TARGET_CLOUD."""
_OTHERWISE = "cased"
"""The form of a row whose names are not all in capitals."""


def claim(raw: bytes) -> Claim | None:
    """A row by the names of its columns."""
    if _has_column(raw) is None:
        return None
    try:
        members = _members(raw)
    except _REFUSED:
        return None
    if MEMBERS.isdisjoint(members):
        return None
    names = members.keys()
    form = ""
    view = views.view_of(names)
    if view is None:
        members = {name.upper(): value for name, value in members.items()}
        form = _OTHERWISE
        view = views.view_of(members.keys())
    if view is None:
        return None
    try:
        key = views.key_of(view, lambda name: str(_text(members.get(name, b"null")) or ""))
    except _REFUSED:
        key = b""
    return Claim(NAME, key, form)


def lines(head: Sequence[bytes], options: str) -> Splitter | None:
    """Rows of a CSV export, under a header with the columns of a view."""
    if options:
        raise ValueError("snowflake takes no options: the header names the columns")
    header = header_of(head[0]) if head else None
    if header is None:
        return None
    view = views.view_of([name.upper() for name in header[1]])
    if view is None:
        return None

    def key(found: Mapping[str, str]) -> bytes:
        cased = {name.upper(): value for name, value in found.items()}
        return views.key_of(view, lambda name: cased.get(name, ""))

    return TableSplitter(*header, key)


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """A row with its names in capitals."""
    if form != _OTHERWISE:
        found = row(raw, form)
        if isinstance(found, Unread):
            yield found
        else:
            yield msgspec.json.encode({name.upper(): value for name, value in found.items()})
        return
    try:
        members = _members(raw)
    except _REFUSED as error:
        yield Unread(f"not valid JSON: {error}")
        return
    cased = {name.upper(): value for name, value in members.items()}
    if len(cased) < len(members):
        yield Unread("a key is given twice, in different case")
    else:
        yield msgspec.json.encode(cased)


MAPPING = Mapped(
    shape=SHAPE,
    columns=COLUMNS,
    known=views.KNOWN,
    lookups=LOOKUPS,
    steps=STEPS,
    open={
        "who": "transfers between clouds, and grants made by the system, name nobody",
        "on what": "a query may name neither database nor object, and a login names none",
        "when": "times without their zone are no times",
        "from where": "only logins state an address",
        "outcome": "ACCESS_HISTORY and SESSIONS are only written of what happened",
    },
)
