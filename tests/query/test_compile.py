"""What the compiled condition finds, on a real engine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actum.ocsf.columns import COLUMNS
from actum.query import Query, compile, parse  # noqa: A004
from actum.query.ast import And, Compare, Node, Not, Or, format  # noqa: A004
from actum.query.compile import mentioned as named_in
from actum.record import Micros
from query.trees import INSTANTS, nodes
from query.world import Row, holds, raws, rows, utc

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 11, 13, 12, 30, tzinfo=UTC)
COUNT = 150


@dataclass
class World:
    connection: duckdb.DuckDBPyConnection
    rows: list[Row]
    raws: list[bytes]

    def find(self, query: Query) -> list[int]:
        compiled = compile(query)
        if not compiled.needs_raw:
            assert "records" not in compiled.sql
        sql = f'SELECT "index" FROM events WHERE {compiled.sql} ORDER BY 1'
        found = self.connection.execute(sql, compiled.parameters).fetchall()
        return [index for (index,) in found]

    def ask(self, text: str) -> list[int]:
        return self.find(parse(text, now=NOW, zone=UTC))


def world_of(events: list[Row], raw: list[bytes]) -> World:
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    columns = ", ".join(f'"{column.name}" {column.kind}' for column in COLUMNS)
    connection.execute(f"CREATE TABLE events ({columns})")
    connection.execute('CREATE TABLE records ("index" UBIGINT, raw BLOB)')
    places = ", ".join("?" for _ in COLUMNS)
    values = [[row[column.name] for column in COLUMNS] for row in events]
    connection.executemany(f"INSERT INTO events VALUES ({places})", values)
    records = [[row["index"], each] for row, each in zip(events, raw, strict=True)]
    connection.executemany("INSERT INTO records VALUES (?, ?)", records)
    return World(connection, events, raw)


def small(*events: dict[str, object]) -> World:
    empty = {column.name: None for column in COLUMNS}
    found: list[Row] = [{**empty, "index": i, **row} for i, row in enumerate(events)]
    return world_of(found, [b"{}"] * len(found))


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made = world_of(rows(COUNT, seed=1), raws(COUNT, seed=2))
    yield made
    made.connection.close()


# What must not happen.


@pytest.mark.parametrize(
    "attack",
    [
        "' OR 1=1 --",
        "'; DROP TABLE events; --",
        'x") OR true --',
        "?",
        "$1",
        "\\",
        "%",
        "' ESCAPE 'x",
        "a\x00b",
        "${HOME}",
    ],
)
def test_sql_in_a_value_stays_text(world: World, attack: str) -> None:
    quoted = '"' + attack.replace("\\", "\\\\").replace('"', '\\"') + '"'
    for text in (f"actor:={quoted}", f"actor:{quoted}", f"action:{quoted}", f"target:{quoted}"):
        query = parse(text, now=NOW, zone=UTC)
        assert attack not in compile(query).sql or attack in {"?", "\\"}
        expected = [
            row["index"]
            for row, raw in zip(world.rows, world.raws, strict=True)
            if query.where and row["copy_of"] is None and holds(query.where, row, raw)
        ]
        assert world.find(query) == expected
    world.ask(quoted)
    assert len(world.rows) == COUNT


def test_the_sql_text_depends_on_the_shape_alone() -> None:
    def sql(text: str) -> str:
        return compile(parse(text, now=NOW, zone=UTC)).sql

    assert sql("actor:alice ip:10.0.0.1 foo") == sql("actor:bob ip:10.0.0.2 bar")


def test_percent_and_underscore_are_no_globs() -> None:
    world = small({"user_agent": "a%c"}, {"user_agent": "abc"}, {"user_agent": "a_c"})
    assert world.ask("client:a%*") == [0]
    assert world.ask("client:a_*") == [2]
    assert world.ask("client:a?c") == [0, 1, 2]
    assert world.ask('client:"a\\\\*"') == []


def test_a_glob_of_many_stars_takes_no_longer_than_its_text() -> None:
    world = small({"user_agent": "a" * 5_000})
    assert world.ask("client:*" + "a*" * 30 + "b*") == []
    assert world.ask("client:*" + "a*" * 30) == [0]


def test_signs_of_regular_expressions_are_plain_text_in_a_glob() -> None:
    world = small({"user_agent": "a.b[c]+\\d{2}^$|\n#-&~"}, {"user_agent": "axb"})
    assert world.ask('client:"?.b[c]+\\\\d{2}^$|\n#-&~*"') == [0]
    assert world.ask("client:a.?") == []


def test_not_keeps_what_is_not_known() -> None:
    world = small({"user_agent": "x"}, {}, {"user_agent": "y"})
    assert world.ask("-client:x") == [1, 2]
    assert world.ask("-client:*") == [1]
    assert world.ask("-(client:x foo)") == [0, 1, 2]
    assert world.ask("-mfa:true") == [0, 1, 2]
    assert world.ask("-target:x") == [0, 1, 2]


def test_an_unknown_time_lies_in_no_range() -> None:
    world = small({"time": datetime(2026, 11, 1)}, {})
    assert world.ask("since:0001-01-01 until:9999-12-31") == [0]
    assert world.ask("last:30d") == [0]
    assert world.ask("-has:time") == [1]


def test_copies_are_hidden_unless_asked_for() -> None:
    world = small({}, {"copy_of": 0})
    assert world.ask("") == [0]
    assert world.ask("-actor:x") == [0]
    assert world.ask("is:copy") == world.ask("has:copy") == world.ask("copy:0") == [1]
    assert world.ask("-is:copy") == [0]
    assert world.ask("is:copy OR -has:copy") == [0, 1]


def test_a_record_that_is_not_utf_8_is_searched_all_the_same() -> None:
    world = world_of(list(small({}, {}).rows), [b"Alice \xff", b"nobody"])
    assert world.ask("alice") == [0]


# What is found.


def test_since_belongs_to_the_range_and_until_does_not() -> None:
    day = datetime(2026, 11, 1)
    world = small({"time": day}, {"time": datetime(2026, 11, 2)})
    assert world.ask("since:2026-11-01 until:2026-11-02") == [0]
    assert world.ask("time:2026-11-01") == [0]
    assert world.ask("time:>2026-11-01") == [1]


def test_an_actor_is_found_by_each_of_its_names() -> None:
    world = small(
        {"actor_user_name": "Alice"},
        {"actor_user_uid": "arn:aws:iam::1:user/path/alice"},
        {"actor_user_uid": "arn:aws:sts::1:assumed-role/deploy/alice"},
        {"actor_user_email": "alice"},
        {"actor_session_uid": "alice"},
        {"actor_session_issuer": "arn:aws:iam::1:role/alice"},
        {"actor_user_name": "malice"},
    )
    assert world.ask("actor:alice") == [0, 3, 4]
    assert world.ask("actor:=alice") == [3, 4]
    assert world.ask("actor:arn:aws:iam::1:user/path/alice") == [1]
    assert world.ask("actor:*/alice") == [1, 2, 5]
    assert world.ask("issuer:alice") == [5]


def test_an_action_may_name_its_service() -> None:
    world = small(
        {"api_service_name": "s3.amazonaws.com", "api_operation": "DeleteBucket"},
        {"api_service_name": "s3", "api_operation": "DeleteBucket"},
        {"api_service_name": "glacier", "api_operation": "DeleteBucket"},
        {"api_operation": "s3:DeleteBucket"},
        {"api_service_name": "s3.amazonaws.com"},
    )
    assert world.ask("action:s3:DeleteBucket") == [0, 1, 3]
    assert world.ask("action:s3:delete*") == [0, 1, 3]
    assert world.ask("action:s3:*") == [0, 1, 3]
    assert world.ask("action:DeleteBucket") == [0, 1, 2]
    assert world.ask("service:s3") == world.ask("service:s3.amazonaws.com") == [0, 1, 4]


def test_ids_are_compared_by_a_bare_column_so_that_files_can_be_skipped() -> None:
    for name, column in {
        "key": "actor_user_credential_uid",
        "account": "cloud_account_uid",
        "region": "cloud_region",
        "id": "metadata_uid",
        "index": "index",
    }.items():
        compiled = compile(parse(f"{name}:1", now=NOW, zone=UTC))
        assert compiled.sql == f'copy_of IS NULL AND "{column}" = ?'
    assert '"src_endpoint_ip" = ?' in compile(parse("ip:10.0.0.1", now=NOW, zone=UTC)).sql


def test_an_address_is_found_in_its_short_spelling() -> None:
    world = small({"src_endpoint_ip": "2001:db8::1"}, {"any_ip": ["2001:db8::1"]})
    assert world.ask("ip:2001:DB8:0::1") == [0, 1]


def test_a_person_behind_a_service_is_not_counted_as_a_person() -> None:
    world = small(
        {"actor_user_type": "IAMUser"},
        {"actor_user_type": "IAMUser", "actor_invoked_by": "cloudformation.amazonaws.com"},
        {"actor_user_type": "AssumedRole", "actor_session_uid": "alice@corp.example"},
        {"actor_user_type": "AssumedRole", "actor_session_uid": "i-0abc"},
        {"actor_user_type": "AWSService"},
        {"actor_user_email": "ci@p.iam.gserviceaccount.com"},
    )
    assert world.ask("is:human") == [0, 2]
    assert world.ask("is:service") == [1, 4, 5]


def test_a_machine_is_no_person_whatever_it_is_called() -> None:
    world = small(
        {"actor_user_type": "User"},
        {"actor_user_type": "ServicePrincipal", "actor_user_name": "ci@corp.example"},
        {"actor_user_type": "serviceaccount"},
        {"actor_user_name": "alice@corp.example"},
    )
    assert world.ask("is:human") == [0, 3]
    assert world.ask("is:service") == [1, 2]


def test_severity_is_compared_by_name_and_by_number() -> None:
    world = small({"severity_id": 1}, {"severity_id": 3}, {"severity_id": 4}, {})
    assert world.ask("severity:>=Medium") == world.ask("severity:3..6") == [1, 2]
    assert world.ask("severity:(informational OR high)") == [0, 2]
    assert world.ask("-severity:4") == [0, 1, 3]


def test_either_end_of_a_connection_is_found() -> None:
    world = small(
        {"src_endpoint_ip": "10.0.0.5", "src_endpoint_port": 51812, "dst_endpoint_port": 22},
        {"dst_endpoint_ip": "10.0.0.5", "dst_endpoint_port": 51812},
        {"dst_endpoint_domain": "evil.example"},
        {"any_ip": ["10.0.0.5"]},
    )
    assert world.ask("ip:10.0.0.5") == world.ask("any.ip:10.0.0.5") == [0, 1, 3]
    assert world.ask("src:10.0.0.5") == [0]
    assert world.ask("dst:10.0.0.5") == [1]
    assert world.ask("dst:*.example") == world.ask("any.resource:evil.example") == [2]
    assert world.ask("port:51812") == [0, 1]
    assert world.ask("dst.port:<1024") == [0]
    assert world.ask("src.port:22") == []


def test_a_host_is_found_by_its_id_and_a_person_by_who_it_acted_as() -> None:
    world = small({"device_uid": "i-0abc"}, {"actor_acting_as": "root"}, {"end_time": None})
    assert world.ask("host:i-0abc") == world.ask("any.resource:i-0abc") == [0]
    assert world.ask("any.user:root") == world.ask("acting_as:root") == [1]
    assert world.ask("actor:root") == world.ask("has:ended") == []


def test_the_largest_query_is_answered(world: World) -> None:
    assert world.ask(" ".join(f"actor:a{n}" for n in range(1_000))) == []
    assert len(world.ask(" ".join(f"-actor:a{n}" for n in range(1_000)))) > 0
    assert world.ask("actor:(" + " OR ".join(f"a{n}*" for n in range(400)) + ")") == []
    deep = "NOT (" * 32 + "actor:nobody" + ")" * 32
    assert world.ask(deep) == []


def test_text_folds_case_as_the_engine_does(world: World) -> None:
    assert world.ask('"ÉÉ"') == world.ask('"éé"') != []


_bounds = st.none() | st.sampled_from(INSTANTS)


@settings(max_examples=150, deadline=None)
@given(tree=st.none() | nodes, since=_bounds, until=_bounds)
def test_the_engine_finds_what_a_plain_filter_finds(
    world: World, tree: Node | None, since: int | None, until: int | None
) -> None:
    def wanted(row: Row, raw: bytes) -> bool:
        time = row["time"]
        if since is not None or until is not None:
            if not isinstance(time, datetime):
                return False
            if (since is not None and time < utc(since)) or (
                until is not None and time >= utc(until)
            ):
                return False
        if row["copy_of"] is not None and (tree is None or "copy" not in mentioned):
            return False
        return tree is None or holds(tree, row, raw)

    mentioned = set(_mentioned(tree)) if tree else set()
    query = Query(
        tree,
        None if since is None else Micros(since),
        None if until is None else Micros(until),
        format(tree) if tree else "",
    )
    pairs = zip(world.rows, world.raws, strict=True)
    assert world.find(query) == [row["index"] for row, raw in pairs if wanted(row, raw)]


def _mentioned(node: Node) -> Iterator[str]:
    """List the fields and flags anywhere in the tree."""
    match node:
        case Compare():
            yield node.field
            if node.field == "is":
                yield str(node.value)
        case Not():
            yield from _mentioned(node.node)
        case And() | Or():
            for part in node.nodes:
                yield from _mentioned(part)


def test_words_that_only_look_like_a_field_do_not_count_as_naming_it() -> None:
    said = '"source: here" target:resource:1'
    asked = parse(said, now=NOW, zone=UTC)
    assert named_in(asked.where) == {"target"}
    assert named_in(parse("-source:json (is:copy OR ip:1.2.3.4)", now=NOW, zone=UTC).where) == {
        "source", "copy", "ip",
    }  # fmt: skip
