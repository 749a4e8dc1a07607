"""When an object is an envelope around records, and when it is a record itself.

Cutting a record apart would lose its meaning, leaving an envelope whole only costs its source a
step.  So the rule is narrow, and doubt means "record".

Envelopes are what services answer a question for many records with: ``Records`` of CloudTrail, a
page of Microsoft Graph (``value`` beside ``@odata.…``), a list of a REST service (``data`` beside a
cursor), the ``hits`` of a search in Elasticsearch.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "HITS", "RECORD_KEYS", "is_array_of_objects", "key_text", "may_wrap", "names_records", "unwrap",
]  # fmt: skip

_NAMING: Final = ("Records", "records", "Events", "events", "items", "logEvents", "entries")
_PAGED: Final = ("value", "activities", "data", "Items", "result", "results")
RECORD_KEYS: Final = _NAMING + _PAGED
"""The members that hold the records of an envelope, as the services name them."""
HITS: Final = "hits"
"""An answer of Elasticsearch holds its records one step further in: ``{"hits": {"hits": […]}}``."""

_PAGING: Final = frozenset(
    (
        *("count", "cursor", "first_id", "first", "has_more", "hasmore", "has_next", "is_last"),
        *("kind", "etag", "last_id", "last", "limit", "link", "links", "meta", "metadata", "next"),
        *("next_cursor", "nextcursor", "next_link", "nextlink", "next_page", "nextpage"),
        *("next_page_token", "nextpagetoken", "next_token", "nexttoken", "object", "offset"),
        *("success", "errors", "messages", "result_info"),
        *("page", "page_size", "pagesize", "pages", "pagination", "paging", "per_page", "prev"),
        *(
            "previous",
            "previous_page",
            "response_metadata",
            "responsemetadata",
            "size",
            "skiptoken",
        ),
        *(
            "continuationtoken",
            "total",
            "total_count",
            "totalcount",
            "totalrecords",
            "scannedcount",
        ),
        *("lastevaluatedkey", "consumedcapacity", "truncated", "request_id", "requestid"),
    )
)
"""What stands beside the records of a page, in small letters: counts, tokens and links."""

_NAMED: Final = re.compile(
    rb'"(?:' + "|".join((*RECORD_KEYS, HITS)).encode() + rb')"[ \t\r\n]*:[ \t\r\n]*\['
)
_OBJECTS: Final = re.compile(rb"\[[ \t\r\n]*(?:\{|\])")
_EMPTY: Final = re.compile(rb"\[[ \t\r\n]*\]")
_KEY: Final = re.compile(rb'[ \t\r\n]*"((?:[^"\\]++|\\.)*+)"[ \t\r\n]*:[ \t\r\n]*', re.DOTALL)
_NEXT: Final = re.compile(rb"[ \t\r\n]*([,}])")
_MEMBERS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ELEMENTS: Final = msgspec.json.Decoder(list[msgspec.Raw])


def names_records(document: bytes) -> bool:
    """Whether a record key stands anywhere in it: cheap, and without one there is no envelope."""
    return _NAMED.search(document) is not None


def is_array_of_objects(head: bytes) -> bool:
    """Whether ``head`` begins an array of objects, or an empty one."""
    return _OBJECTS.match(head) is not None


def may_wrap(key: str, others: Mapping[str, bytes], *, is_whole: bool = True) -> bool:
    """Whether the array of objects under ``key`` makes its object an envelope.

    ``others`` are the other members, raw: all of them if ``is_whole``, else those before it.  A
    second array of objects says no.  Under ``events`` any structured member does: a Google
    Workspace activity has ``events`` beside its ``actor`` and ``id`` and is one record, a page of
    events has only counts and tokens beside them.

    ``value``, ``activities``, ``data`` and ``Items`` are names records use for their own as well.
    They make an envelope only beside what a page has, and nothing else: OData's ``@odata.…``,
    counts, tokens, links, or nothing at all.
    """
    if key in _PAGED:
        return (is_whole or bool(others)) and all(
            _is_paging(name, value) for name, value in others.items()
        )
    if key not in _NAMING and key != HITS:
        return False
    for value in others.values():
        if is_array_of_objects(value) and not _is_empty(value):
            return False
        if key == "events" and value[:1] in (b"{", b"["):
            return False
    return True


def _is_paging(name: str, value: bytes) -> bool:
    small = name.lower().lstrip("@$")
    if small == "object":  # "object": "list" of a page; "object": "event" of a record
        return value.strip() == b'"list"'
    return small.startswith("odata.") or small in _PAGING


def _is_empty(head: bytes) -> bool:
    return _EMPTY.match(head) is not None


def key_text(raw: bytes) -> str:
    """Return the name written as ``raw``, quotes included."""
    try:
        return msgspec.json.decode(raw, type=str)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return raw[1:-1].decode("utf-8", "surrogateescape")


def unwrap(document: bytes) -> tuple[list[msgspec.Raw], dict[str, bytes]] | None:
    """Take one JSON object apart: records, other members; None when it is itself a record.

    Raises what ``msgspec`` raises when the object is not well-formed, and ValueError when a member
    is named twice (``msgspec`` keeps the last and would lose the other).
    """
    members = _MEMBERS.decode(document)
    _must_be_distinct(document, members)
    if HITS in members and (found := _hits(members)) is not None:
        return found
    arrays = [
        key for key in RECORD_KEYS if key in members and is_array_of_objects(_head(members[key]))
    ]
    if not arrays:
        return None
    # Of two candidates the one with records in it decides.
    filled = [key for key in arrays if not _is_empty(_head(members[key]))]
    if len(arrays) > 1 and len(filled) != 1:
        return None
    key = filled[0] if filled else arrays[0]
    others = {name: bytes(raw) for name, raw in members.items() if name != key}
    if not may_wrap(key, others):
        return None
    return _ELEMENTS.decode(members[key]), others


def _hits(
    members: dict[str, msgspec.Raw],
) -> tuple[list[msgspec.Raw], dict[str, bytes]] | None:
    """Take the answer to a search apart; what stands beside its hits is named by its whole path."""
    raw = bytes(members[HITS])
    if not raw.startswith(b"{"):
        return None
    inner = _MEMBERS.decode(raw)
    if HITS not in inner or not is_array_of_objects(_head(inner[HITS])):
        return None
    _must_be_distinct(raw, inner)
    others = {name: bytes(each) for name, each in members.items() if name != HITS}
    others |= {f"{HITS}.{name}": bytes(each) for name, each in inner.items() if name != HITS}
    return (_ELEMENTS.decode(inner[HITS]), others) if may_wrap(HITS, others) else None


def _head(raw: msgspec.Raw) -> bytes:
    return bytes(memoryview(raw)[:4096])


def _must_be_distinct(document: bytes, members: dict[str, msgspec.Raw]) -> None:
    """Lay the members over the document in order: a member that was dropped leaves a gap."""
    at = document.index(b"{") + 1
    for raw in members.values():
        value = memoryview(raw)
        key = _KEY.match(document, at)
        start = key.end() if key else at
        follows = _NEXT.match(document, start + len(value))
        # startswith() compares in place; slices would copy, memoryviews compare slowly
        if key is None or follows is None or not document.startswith(value, start):
            raise ValueError("a member is named twice")
        at = follows.end()
    if members and document[at - 1] != b"}"[0]:
        raise ValueError("a member is named twice")
