"""Flow logs: a record is many flows, each with its own time, ends and decision."""

from __future__ import annotations

import csv
import gzip
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from actum.testing import events_of
from sources.azure_records import one, pair, sample, spoils_nothing
from sources.world import shared

NSG = pair("azure_flow", "first_version_has_no_counters")


def with_tuple(text: str, version: int = 2) -> dict[str, Any]:
    flows = [{"rule": "r", "flows": [{"mac": "000D3AEXAMPL", "flowTuples": [text]}]}]
    return one({**NSG, "properties": {"Version": version, "flows": flows}})


@pytest.mark.parametrize("text", ["", ",,,", "1,2,3", "x" * 100_000, "1772443613;10.1.0.4"])
def test_what_is_no_tuple_is_unread(text: str) -> None:
    assert "not a flow tuple" in with_tuple(text)["reason"]


@pytest.mark.parametrize("start", ["", "0", "soon", "-5", "99999999999999999999", "12"])
def test_a_time_that_is_none_is_not_invented(start: str) -> None:
    event = with_tuple(f"{start},10.1.0.4,10.1.0.5,1,2,T,O,A,B,,,,")
    assert (event["reason"], event["time"]) == (None, None)


@pytest.mark.parametrize("port", ["65536", "-1", "x", "", "1e3"])
def test_a_port_that_is_none_is_left_out(port: str) -> None:
    event = with_tuple(f"1772443613,10.1.0.4,10.1.0.5,{port},22,T,O,A,B,,,,")
    assert (event["src_endpoint_port"], event["dst_endpoint_port"]) == (None, 22)


@pytest.mark.parametrize(
    ("state", "decision", "activity", "status"),
    [("B", "A", 1, "success"), ("C", "A", 6, "success"), ("E", "A", 2, "success"),
     ("B", "D", 5, "failure")],
)  # fmt: skip
def test_the_decision_is_the_outcome(state: str, decision: str, activity: int, status: str) -> None:
    event = with_tuple(f"1772443613,10.1.0.4,10.1.0.5,1,22,T,I,{decision},{state},1,2,3,4")
    assert (event["activity_id"], event["status"]) == (activity, status)
    assert (event["traffic_packets"], event["traffic_bytes"]) == (4, 6)


def test_counters_that_are_empty_are_not_nought() -> None:
    event = with_tuple("1772443613,10.1.0.4,10.1.0.5,1,22,T,I,A,B,,,,")
    assert (event["traffic_packets"], event["traffic_bytes"]) == (None, None)


def test_nothing_of_any_kind_in_any_member_spoils_a_record() -> None:
    spoils_nothing("azure_flow")


@pytest.mark.parametrize("name", ["blob_fixtures", "blob_fixtures_vnetflowlogs"])
def test_every_tuple_of_the_shared_blobs_is_an_event(name: str) -> None:
    path = f"azure-flowlogs/sumologic/{name}.json"
    tuples = []
    for record in json.loads(shared(path).read_text())["records"]:
        if "flowRecords" in record:
            groups = [g for acl in record["flowRecords"]["flows"] for g in acl["flowGroups"]]
        else:
            groups = [f for rule in record["properties"]["flows"] for f in rule["flows"]]
        tuples += [each.split(",") for group in groups for each in group["flowTuples"]]
    found = sample(path)
    assert len(found) == len(tuples) > 150
    for part, (source, event) in zip(tuples, found, strict=True):
        unit = 1_000 if len(part[0]) == 13 else 1
        assert source == "azure_flow"
        assert event["time"].replace(tzinfo=UTC) == datetime.fromtimestamp(int(part[0]) / unit, UTC)
        assert (event["src_endpoint_ip"], event["dst_endpoint_ip"]) == (part[1], part[2])
        assert (event["src_endpoint_port"], event["dst_endpoint_port"]) == (
            int(part[3]),
            int(part[4]),
        )
        assert event["status"] == ("failure" if "D" in part[6:9] else "success")


def test_every_row_of_the_shared_export_is_an_event() -> None:
    data = gzip.decompress(shared("azure-flowlogs/msticpy/az_net_flows.csv.gz").read_bytes())
    rows = list(csv.DictReader(io.StringIO(data.decode())))
    found = events_of(data)
    assert len(found) == len(rows) == 460
    for row, event in zip(rows, found, strict=True):
        assert event["source"] == "azure_flow"
        assert event["time"] == datetime.fromisoformat(row["FlowStartTime"])
        ends = {event["src_endpoint_ip"], event["dst_endpoint_ip"]}
        stated = {row["SrcIP"], row["DestIP"]} - {""} or {row["VMIPAddress"], row["AllExtIPs"]}
        assert ends == stated
        assert event["device_hostname"] == (row["VMName"] or None)
