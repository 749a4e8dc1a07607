"""Pages of records are taken apart, records are not: doubt means "record"."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from actum.collect import Framing, Limits
from collect.test_framing import (
    STREAMED,
    dumped,
    elements,
    framed,
    json_objects,
    json_values,
    sizes,
)

ONE, TWO = {"id": 1, "value": [{"x": 1}]}, {"id": 2}
BOTH = [json.dumps(ONE).encode(), json.dumps(TWO).encode()]
ODATA = {"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#auditLogs/signIns"}
HITS = {"took": 3, "timed_out": False, "_shards": {"total": 1}}

RECORDS: dict[str, Any] = {
    "a value of a property": {"name": "x", "value": [{"a": 1}]},
    "a value beside a time": {"time": "2026-03-02T09:26:53Z", "value": [{"a": 1}]},
    "data of an event": {"type": "user.created", "data": [{"id": 1}]},
    "data of an object that is no list": {"object": "event", "data": [{"id": 1}]},
    "data beside a name": {"has_more": False, "name": "x", "data": [{"id": 1}]},
    "items of an order": {"orderId": 7, "Items": [{"sku": 1}]},
    "activities of a case": {"case": 7, "activities": [{"a": 1}]},
    "two candidates": {"data": [{"a": 1}], "value": [{"b": 1}]},
    "hits that are counts": {"hits": [{"a": 1}], "took": 3},
    "hits inside that are none": {"hits": {"total": 1, "max": [{"a": 1}]}},
    "hits of texts": {"hits": {"hits": ["a", "b"]}},
    "hits beside another array of objects": {"hits": {"hits": [{"a": 1}]}, "rows": [{"b": 1}]},
    "values that are no objects": {"value": [1, 2]},
}

PAGES: dict[str, dict[str, Any]] = {
    "Microsoft Graph": {**ODATA, "value": [ONE, TWO]},
    "Microsoft Graph with more": {**ODATA, "@odata.nextLink": "https://x/", "value": [ONE, TWO]},
    "Azure REST": {"nextLink": "https://management.azure.com/x", "value": [ONE, TWO]},
    "a list with a cursor": {"object": "list", "has_more": True, "data": [ONE, TWO]},
    "a list with links": {"links": {"next": None}, "data": [ONE, TWO]},
    "activities": {"cursor": "c", "has_more": False, "activities": [ONE, TWO]},
    "a scan": {"Count": 2, "ScannedCount": 2, "Items": [ONE, TWO]},
}


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("limits", [Limits(), STREAMED], ids=["whole", "streamed"])
def test_a_record_with_a_list_in_it_is_not_cut_apart(name: str, limits: Limits) -> None:
    document = json.dumps(RECORDS[name]).encode()
    assert elements(framed(document, limits)) == [document]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("limits", [Limits(), STREAMED], ids=["whole", "streamed"])
def test_a_page_is_taken_apart(name: str, limits: Limits) -> None:
    batches = framed(json.dumps(PAGES[name]).encode(), limits)
    assert elements(batches) == BOTH
    assert {batch.framing for batch in batches} == {Framing.JSON_RECORDS}
    told = {key: json.loads(raw) for key, raw in (batches[-1].wrapper or {}).items()}
    assert told == {key: value for key, value in PAGES[name].items() if value != [ONE, TWO]}


@pytest.mark.parametrize("key", ["value", "data", "activities", "Items"])
def test_records_with_nothing_beside_them_are_a_page(key: str) -> None:
    assert elements(framed(json.dumps({key: [ONE, TWO]}).encode())) == BOTH


def test_pages_behind_the_records_count_too_when_the_document_is_seen_whole() -> None:
    document = json.dumps({"value": [ONE, TWO], "nextLink": "https://x/"}).encode()
    assert elements(framed(document)) == BOTH
    other = json.dumps({"value": [ONE, TWO], "owner": "x"}).encode()
    assert elements(framed(other)) == [other]


@pytest.mark.parametrize("limits", [Limits(), STREAMED], ids=["whole", "streamed"])
@pytest.mark.parametrize("place", ["before", "behind"])
def test_the_hits_of_a_search_are_its_records(limits: Limits, place: str) -> None:
    hits = [{"_id": "1", "_source": {"a": 1}}, {"_id": "2", "_source": {"a": 2}}]
    inner = {"total": {"value": 2}, "max_score": None}
    inside = {**inner, "hits": hits} if place == "before" else {"hits": hits, **inner}
    answer = {**HITS, "hits": inside, "aggregations": {"x": {"buckets": [{"key": 1}]}}}
    batches = framed(json.dumps(answer).encode(), limits)
    assert [json.loads(each) for each in elements(batches)] == hits
    told = {key: json.loads(raw) for key, raw in (batches[-1].wrapper or {}).items()}
    assert told == {
        **HITS, "aggregations": answer["aggregations"],
        **{f"hits.{key}": value for key, value in inner.items()},
    }  # fmt: skip


def test_a_search_that_breaks_off_keeps_what_is_behind_the_break() -> None:
    content = b'{"took":1,"hits":{"total":2,"hits":[{"_id":"1"},{"_id":'
    batches = framed(content)
    assert elements(batches) == [b'{"_id":"1"}']
    [fragment] = [each for batch in batches for each in batch.unread]
    assert fragment.raw == b'{"_id":'
    assert fragment.reason.startswith("truncated")


def test_a_name_given_twice_in_the_hits_is_not_lost() -> None:
    content = b'{"hits":{"total":1,"total":2,"hits":[{"_id":"1"}]}}'
    batches = framed(content)
    kept = b"".join([*elements(batches), *(each.raw for batch in batches for each in batch.unread)])
    assert b'"total":2' in kept or elements(batches) == [content]


@settings(deadline=None, max_examples=50)
@given(st.lists(dumped(json_objects), max_size=6), dumped(json_values), sizes, sizes)
def test_hits_streamed_are_as_decoded(
    records: list[bytes], other: bytes, size: int, window: int
) -> None:
    assume(not other.startswith(b"["))
    content = b'{"took":1,"hits":{"hits":[' + b", ".join(records) + b'],"x":' + other + b"}}"
    streamed = framed(content, replace(STREAMED, window=window), size)
    assert elements(streamed) == records == elements(framed(content))
    assert streamed[-1].wrapper == {"took": b"1", "hits.x": other}
