"""Wagtail: rows of two tables among rows of all the others."""

from __future__ import annotations

import json
from datetime import datetime

from actum.sources import wagtail
from actum.testing import events_of
from sources.world import documents, shared


def test_rows_of_other_tables_are_not_ours() -> None:
    for model in ("wagtailcore.page", "wagtailcore.workflow", "admin.logentry", "x.pagelogentry"):
        row = {"model": model, "pk": 1, "fields": {"action": "wagtail.edit", "label": "logentry"}}
        assert wagtail.claim(json.dumps(row).encode()) is None


def test_the_same_number_in_two_tables_is_two_rows() -> None:
    keys = set()
    for model in ("wagtailcore.pagelogentry", "wagtailcore.modellogentry"):
        claim = wagtail.claim(
            json.dumps({"model": model, "pk": 7, "fields": {"action": "wagtail.edit"}}).encode()
        )
        assert claim is not None
        keys.add(claim.key)
    assert len(keys) == 2


def test_every_row_of_the_demo_site_is_read_as_a_second_reader_reads_it() -> None:
    told = [row for _, row in documents(shared("wagtail"))]
    assert len(told) == 96
    raw = b"\n".join(json.dumps(row).encode() for row in told)
    found = events_of(raw)
    acts = {"create": "create", "edit": "update", "publish": "update", "delete": "delete"}
    for row, only in zip(told, found, strict=True):
        fields = row["fields"]
        assert (only["source"], only["reason"], only["unmapped"]) == ("wagtail", None, 0)
        assert only["time"] == datetime.fromisoformat(fields["timestamp"]).replace(tzinfo=None)
        assert only["actor_user_name"] == (fields["user"][0] if fields["user"] else "system")
        assert only["resource_name"] == fields["label"]
        assert only["resource_type"] == ".".join(fields["content_type"])
        assert only["resource_uid"] == str(fields.get("page") or fields.get("object_id"))
        assert only["class_uid"] == (6001 if "page" in row["model"] else 3004)
        last = fields["action"].rpartition(".")[2]
        assert only["action"] == acts.get(last, only["action"])
        assert only["status"] == "success"
