"""Wagtail: what editors did to pages, snippets and users, as rows of its two log tables.

A row comes from ``manage.py dumpdata``: one array of every model, or one row a line.  The user is a
number, a natural key (``["alice"]``) or null: the system itself.  A ``uuid`` joins the rows of one
bulk action.  Rows are only written when something was done, so every row is a success; no row
states an address.

References:
- https://docs.wagtail.org/en/stable/extending/audit_log.html
- https://docs.wagtail.org/en/stable/reference/models.html#pagelogentry
- Django's serialization of rows: https://docs.djangoproject.com/en/stable/topics/serialization/
"""

from __future__ import annotations

import msgspec

from actum.sources.seam import Claim, Lookup, Mapped, plain
from actum.sources.times import utc

NAME = "wagtail"
TITLE = "Wagtail"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "model wagtailcore.pagelogentry or modellogentry, beside fields with an action"
MEMBERS = frozenset(("model",))
CLAIMS_TEXT = False
unwrap = plain


class Fields(msgspec.Struct, gc=False):
    """The members of a row no entry can do without."""

    action: str
    timestamp: str | None = None


class Row(msgspec.Struct, gc=False):
    """A serialized row."""

    model: str
    fields: Fields
    pk: int | str | None = None


_decode = msgspec.json.Decoder(Row).decode


def claim(raw: bytes) -> Claim | None:
    """A row of a log table, Wagtail's own or one built on its base."""
    if b'logentry"' not in raw or b'"fields"' not in raw:
        return None
    try:
        row = _decode(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    if row.model not in {"wagtailcore.pagelogentry", "wagtailcore.modellogentry"}:
        return None
    key = "" if row.pk is None else f"{row.model}/{row.pk}"
    return Claim(NAME, key.encode("utf-8", "surrogatepass"))


# An action's last word that tells what kind of act it was: OCSF 6001 and 3004 activities.
_ACTIONS = Lookup(
    "actions",
    ("word", "act", "page", "entity"),
    (
        ("create", "create", 1, 1), ("add", "create", 1, 1), ("copy", "create", 1, 1),
        ("create_alias", "create", 1, 1), ("create_reply", "create", 1, 1),
        ("copy_for_translation", "create", 1, 1), ("upload", "create", 1, 1),
        ("edit", "update", 3, 3), ("publish", "update", 3, 3), ("unpublish", "update", 3, 3),
        ("schedule", "update", 3, 3), ("scheduled", "update", 3, 3), ("cancel", "update", 3, 3),
        ("lock", "update", 3, 3), ("unlock", "update", 3, 3), ("rename", "update", 3, 3),
        ("revert", "update", 3, 3), ("move", "update", 3, 5), ("reorder", "update", 3, 3),
        ("convert_alias", "update", 3, 3), ("start", "update", 3, 3), ("approve", "update", 3, 3),
        ("reject", "update", 3, 3), ("resume", "update", 3, 13), ("resolve", "update", 3, 3),
        ("edit_reply", "update", 3, 3), ("delete", "delete", 4, 4),
        ("delete_reply", "delete", 4, 4), ("read", "read", 2, 2),
    ),
    "actions.word = regexp_extract(j.fields.action, '[^.]*$')",
)  # fmt: skip

_F = "j.fields"
_PAGE = "is_page"
_NATURAL = "starts_with({}, '[')"


def _first_of(member: str) -> str:
    """SQL of a foreign key as text: the number, or the last part of a natural key."""
    return (
        f"CASE WHEN {_NATURAL.format(member)} THEN json_extract_string({member}, '$[0]')"
        f" ELSE nullif({member}, '') END"
    )


MAPPING = Mapped(
    shape={
        "model": "VARCHAR", "pk": "VARCHAR",
        "fields": {
            "action": "VARCHAR", "timestamp": "VARCHAR", "label": "VARCHAR", "uuid": "VARCHAR",
            "user": "VARCHAR", "page": "VARCHAR", "object_id": "VARCHAR",
            "content_type": "VARCHAR", "revision": "VARCHAR",
        },
    },
    objects=("$", "$.fields"),
    known=frozenset(("model", "pk", "fields")),
    lookups=(_ACTIONS,),
    steps=(
        {
            "is_page": "j.model = 'wagtailcore.pagelogentry'",
            "user_key": _first_of(f"{_F}.user"),
            "subject": f"coalesce({_first_of(f'{_F}.page')}, {_F}.object_id)",
        },
        {"is_number": "regexp_full_match(user_key, '[0-9]+')"},
    ),
    columns={
        "time": utc(f"{_F}.timestamp", zoned=True),
        "original_time": f"{_F}.timestamp",
        "class_uid": f"CASE WHEN NOT ok THEN 0 WHEN {_PAGE} THEN 6001 ELSE 3004 END",
        "activity_id": "CASE WHEN NOT ok THEN 0 ELSE coalesce("
                       f"CASE WHEN {_PAGE} THEN actions_page ELSE actions_entity END, 99) END",
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "CASE WHEN ok THEN coalesce(actions_act, 'other') END",
        "api_operation": f"{_F}.action",
        "actor_user_uid": "CASE WHEN is_number THEN user_key END",
        "actor_user_name": f"CASE WHEN NOT ok THEN NULL WHEN {_F}.user IS NULL THEN 'system'"
                           " WHEN NOT is_number THEN user_key END",
        "actor_user_type": f"CASE WHEN ok AND {_F}.user IS NULL THEN 'System' END",
        "resource_uid": "subject",
        "resource_name": f"nullif({_F}.label, '')",
        "resource_type": f"CASE WHEN {_NATURAL.format(f'{_F}.content_type')} THEN"
                         f" json_extract_string({_F}.content_type, '$[0]') || '.' ||"
                         f" json_extract_string({_F}.content_type, '$[1]')"
                         f" WHEN {_PAGE} THEN 'page' END",
        "metadata_product": "CASE WHEN ok THEN 'Wagtail' END",
        "status": "CASE WHEN ok THEN 'success' END",
        "metadata_uid": "CASE WHEN j.pk IS NOT NULL THEN j.model || '/' || j.pk END",
        "metadata_correlation_uid": f"nullif({_F}.uuid, '')",
    },
    open={
        "from where": "Wagtail keeps no address of who acted",
        "when": "a row without its timestamp states no time",
        "on what": "a log entry may name nothing",
    },
)  # fmt: skip
