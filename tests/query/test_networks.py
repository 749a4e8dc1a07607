"""Whether a text is an address in a network, asked of the engine and of the standard library."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actum.errors import QueryError
from actum.query import networks, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

MAPPED = 0xFFFF << 32


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as made:
        yield made


def lies_in(engine: duckdb.DuckDBPyConnection, text: str | None, *asked: str) -> object:
    parameters: list[object] = []

    def add(value: object) -> str:
        parameters.append(value)
        return "?"

    sql = networks.condition("text", [networks.canonical(each) for each in asked], add)
    found = engine.execute(f"SELECT {sql} FROM (SELECT ? AS text)", [*parameters, text])
    return found.fetchall()[0][0]


# What must not happen.


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "10.0.0", "10.0.0.256", "10.0.0.1:443", "010.0.0.1", "10.0.0.1 ", "10.0.0.1.1"),
        *("12:30:15", ":::", "1:::2", "1::2::3", "12345::", "g::", "1:2:3:4:5:6:7:8:9", "fe80::1%"),
        *("1:2:3:4::5:6:7:8", "::10.0.0.256", "::1.2.3.4:5", "1.2.3.4::", "10.0.0.0/8", "::١"),
    ],
)
def test_what_is_no_address_lies_in_no_network(
    engine: duckdb.DuckDBPyConnection, text: str
) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the library's own
        ip_address(text)
    assert lies_in(engine, text, "0.0.0.0/0", "::/0") is False


def test_an_unknown_address_is_not_said_to_lie_outside(engine: duckdb.DuckDBPyConnection) -> None:
    assert lies_in(engine, None, "0.0.0.0/0") in {None, False}


@pytest.mark.parametrize("text", ["10.0.0.0", "10.0.0.0/33", "::/129", "x/8", "10.0.0.0/-1"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        networks.canonical(text)


def test_a_pasted_list_of_networks_is_answered_at_once(engine: duckdb.DuckDBPyConnection) -> None:
    asked = [f"10.{high}.{low}.0/24" for high in range(20) for low in range(50)]
    began = time.monotonic()
    assert lies_in(engine, "10.19.49.7", *asked) is True
    assert lies_in(engine, "10.20.0.1", *asked) is False
    assert time.monotonic() - began < 5


def test_text_with_a_slash_that_begins_with_no_address_is_text() -> None:
    for text in ("arn:aws:iam::1:user/alice", "host/8", "/8", "10.0.0/8", "x"):
        assert not networks.is_meant(text)
    for text in ("10.0.0.0/8", "::1/200", "10.0.0.1/x"):
        assert networks.is_meant(text)


# What is found.


@pytest.mark.parametrize(
    "text",
    ["10.0.0.1", "::ffff:10.0.0.1", "::ffff:a00:1", "::FFFF:A00:1", "0:0:0:0:0:ffff:10.0.0.1"],
)
def test_an_ipv4_address_is_found_in_every_spelling(
    engine: duckdb.DuckDBPyConnection, text: str
) -> None:
    assert lies_in(engine, text, "10.0.0.0/8") is True
    assert lies_in(engine, text, "::ffff:10.0.0.0/104") is True
    assert lies_in(engine, text, "11.0.0.0/8") is False


def test_a_network_is_written_as_people_do() -> None:
    assert networks.canonical("10.1.2.3/8") == "10.0.0.0/8"
    assert networks.canonical("2001:DB8::5/32") == "2001:db8::/32"


def number(address: IPv4Address | IPv6Address) -> int:
    return int(address) + (MAPPED if address.version == 4 else 0)


_fours = st.integers(0, 2**32 - 1).map(IPv4Address)
_sixes = st.integers(0, 2**128 - 1).map(IPv6Address) | st.lists(
    st.sampled_from([0, 0, 0, 1, 0xFFFF]), min_size=8, max_size=8
).map(lambda groups: IPv6Address(sum(g << 16 * i for i, g in enumerate(groups))))


@st.composite
def _spelled(draw: st.DrawFn) -> tuple[str, IPv4Address | IPv6Address]:
    address = draw(_fours | _sixes)
    if isinstance(address, IPv4Address):
        mapped = IPv6Address(MAPPED + int(address))
        forms = [str(address), f"::ffff:{address}", str(mapped), mapped.exploded]
    else:
        forms = [str(address), address.exploded, address.exploded.upper(), f"{address}%eth0"]
    return draw(st.sampled_from(forms)), address


@settings(max_examples=200, deadline=None)
@given(_spelled(), _fours | _sixes, st.integers(0, 128), st.booleans())
def test_an_address_lies_where_its_number_does(
    engine: duckdb.DuckDBPyConnection,
    spelled: tuple[str, IPv4Address | IPv6Address],
    other: IPv4Address | IPv6Address,
    bits: int,
    near: bool,
) -> None:
    text, address = spelled
    base = address if near else other
    asked = ip_network(f"{base}/{min(bits, base.max_prefixlen)}", strict=False)
    first, last = number(asked.network_address), number(asked.broadcast_address)
    if isinstance(asked, IPv6Network) and near and isinstance(address, IPv4Address):
        return
    assert lies_in(engine, text, str(asked)) is (first <= number(address) <= last)


@pytest.mark.parametrize("text", ["300.1.1.0/24", "10.0.0.0/33", "1:2:3/200"])
def test_what_only_looks_like_a_network_is_an_error_and_not_an_empty_answer(text: str) -> None:
    with pytest.raises(QueryError):
        parse(f"ip:{text}", now=datetime(2026, 11, 21, tzinfo=UTC), zone=UTC)
