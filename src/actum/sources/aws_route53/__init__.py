"""Amazon Route 53: queries to public hosted zones, and queries through the Resolver of a VPC.

Two products, two forms:

- Public query logs are lines of ten words (format 1.0).  Who asked is the resolver of somebody's
  provider; of the client behind it at most a subnet is known (EDNS client subnet).
- Resolver query logs are JSON, one query each, with the instance that asked, the answers and, where
  a rule of the DNS Firewall met it, the rule's action.  Answers from the cache are not logged again
  before their time is up.

A query the firewall blocked has failed, whatever the response code says.  Names are written without
their last dot, so that both products spell them alike.

References:
- Public: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/query-logs.html
- Resolver: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs-format.html
- Response codes: https://www.iana.org/assignments/dns-parameters/dns-parameters.xhtml
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from actum.sources import envelopes
from actum.sources.addresses import host, ip
from actum.sources.seam import Claim, Mapped, Unread
from actum.sources.times import utc

NAME = "aws_route53"
TITLE = "Amazon Route 53 query logs"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "query_name beside query_timestamp, or a line of format 1.0: time, zone, name, type, code"
MEMBERS = frozenset(("query_timestamp",))
CLAIMS_TEXT = True

_LINE = re.compile(
    rb"1\.\d (\d{4}-\d\d-\d\dT[0-9:.]{8,18}Z) (Z[A-Z0-9]{2,31}) (\S+) ([A-Z0-9]{1,16})"
    rb" ([A-Z]{1,16}) (UDP|TCP|\S{1,8}) (\S+) (\S+) (\S+)(?: .*)?"
)
_PUBLIC = "public"


class Key(msgspec.Struct, gc=False):
    """The members that make a Resolver query log record."""

    query_name: str
    query_timestamp: str
    rcode: msgspec.Raw = msgspec.Raw()
    vpc_id: msgspec.Raw = msgspec.Raw()
    srcids: msgspec.Raw = msgspec.Raw()
    account_id: msgspec.Raw = msgspec.Raw()


_decode = msgspec.json.Decoder(Key).decode


def claim(raw: bytes) -> Claim | None:
    """A line of a public zone, or the JSON of the Resolver."""
    if raw[:2] == b"1.":
        return Claim(NAME, b"", _PUBLIC) if _LINE.fullmatch(raw.rstrip()) else None
    if raw[:1].isdigit():
        return envelopes.claimed_behind_time(raw, claim)
    if b'"query_timestamp"' not in raw:
        return None
    try:
        key = _decode(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    told = (key.rcode, key.vpc_id, key.srcids, key.account_id)
    return Claim(NAME, b"") if any(map(bytes, told)) else None


def unwrap(raw: bytes, form: str) -> Iterator[bytes | Unread]:
    """A line of a public zone by the names of the Resolver's members."""
    found = _LINE.fullmatch(raw.rstrip()) if form == _PUBLIC else None
    if found is None:
        yield Unread("not a line of a public query log")
        return
    try:
        time, zone, name, kind, code, transport, edge, resolver, subnet = (
            each.decode() for each in found.groups()
        )
    except UnicodeDecodeError:
        yield Unread("not UTF-8 text")
        return
    told = {
        "query_timestamp": time, "hosted_zone_id": zone, "query_name": name, "query_type": kind,
        "rcode": code, "transport": transport, "edge_location": edge, "srcaddr": resolver,
    }  # fmt: skip
    if subnet != "-":
        told["edns_client_subnet"] = subnet
    yield msgspec.json.encode(told)


_NAME = "CASE WHEN j.query_name = '.' THEN '.' ELSE regexp_replace(j.query_name, '[.]$', '') END"
_ANSWERS = """CASE WHEN json_type(j.answers) = 'ARRAY'
    THEN json_extract_string(j.answers, '$[*].Rdata')
    WHEN json_type(j.answers) = 'OBJECT' THEN [json_extract_string(j.answers, '$.Rdata')] END"""
_GIVEN = f"list_filter(list_transform({_ANSWERS}, lambda x: {ip('x')}), lambda y: y IS NOT NULL)"
_STATUS = """CASE
    WHEN NOT ok THEN NULL
    WHEN blocked THEN 'failure'
    WHEN j.rcode = 'NOERROR' THEN 'success'
    WHEN j.rcode IS NULL THEN 'unknown'
    ELSE 'failure' END"""
_FIREWALL = """CASE
    WHEN j.firewall_rule_action IS NOT NULL THEN concat_ws('; ',
        'DNS Firewall: ' || j.firewall_rule_action, 'rule group ' || j.firewall_rule_group_id,
        'domain list ' || j.firewall_domain_list_id, j.rcode) END"""
_MESSAGE = """CASE
    WHEN j.edge_location IS NOT NULL OR j.edns_client_subnet IS NOT NULL THEN concat_ws('; ',
        'edge location ' || j.edge_location, 'EDNS client subnet ' || j.edns_client_subnet) END"""
_ENDPOINT, _INSTANCE = "j.srcids.resolver_endpoint", "j.srcids.instance"

MAPPING = Mapped(
    shape={
        **dict.fromkeys(
            ("account_id", "region", "vpc_id", "query_timestamp", "query_name", "query_type",
             "rcode", "srcaddr", "srcport", "transport", "firewall_rule_action",
             "firewall_rule_group_id", "firewall_domain_list_id", "hosted_zone_id",
             "edge_location", "edns_client_subnet"), "VARCHAR"),
        "answers": "JSON",
        "srcids": {"instance": "VARCHAR", "resolver_endpoint": "VARCHAR"},
    },
    objects=("$", "$.srcids"),
    known=frozenset((
        "version", "account_id", "region", "vpc_id", "query_timestamp", "query_name", "query_type",
        "query_class", "rcode", "answers", "srcaddr", "srcport", "transport", "srcids",
        "firewall_rule_action", "firewall_rule_group_id", "firewall_domain_list_id",
        "firewall_protection", "firewall_threat_type", "hosted_zone_id", "edge_location",
        "edns_client_subnet",
    )),
    steps=({"asked": _NAME, "blocked": "j.firewall_rule_action = 'BLOCK'",
            "address": ip("j.srcaddr")},),
    columns={
        "time": utc("j.query_timestamp"),
        "original_time": "j.query_timestamp",
        "class_uid": "CASE WHEN ok THEN 4003 ELSE 0 END",
        "activity_id": "CASE WHEN NOT ok THEN 0 WHEN j.rcode IS NULL THEN 1 ELSE 6 END",
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "CASE WHEN ok THEN 'read' END",
        "api_operation": "CASE WHEN ok THEN 'Query' END",
        "message": _MESSAGE,
        "actor_user_uid": _INSTANCE,
        "resource_uid": "j.hosted_zone_id",
        "resource_name": "asked",
        "resource_type": "CASE WHEN j.hosted_zone_id IS NOT NULL THEN 'AWS::Route53::HostedZone'"
                         " END",
        "resource_namespace": "j.vpc_id",
        "query_hostname": "asked",
        "query_type": "j.query_type",
        "cloud_provider": "CASE WHEN ok THEN 'AWS' END",
        "cloud_account_uid": "j.account_id",
        "cloud_region": "j.region",
        "metadata_product": "CASE WHEN j.hosted_zone_id IS NOT NULL THEN 'Route 53'"
                            " WHEN ok THEN 'Route 53 Resolver' END",
        "device_uid": f"coalesce({_INSTANCE}, {_ENDPOINT})",
        "src_endpoint_ip": "address",
        "src_endpoint_domain": host("j.srcaddr"),
        "src_endpoint_port": "CASE WHEN try_cast(j.srcport AS UINTEGER) <= 65535"
                             " THEN try_cast(j.srcport AS UINTEGER) END",
        "connection_protocol": "lower(j.transport)",
        "status": _STATUS,
        "status_code": "CASE WHEN blocked THEN 'BLOCK' WHEN j.rcode <> 'NOERROR' THEN j.rcode END",
        "status_detail": _FIREWALL,
        "any_ip": f"CASE WHEN j.answers IS NOT NULL THEN nullif({_GIVEN}, []) END",
    },
    open={
        "who": "of a query only the instance may be known, and in public zones nobody",
        "where": "a public query log names its zone, but neither account nor region",
        "from where": "a query of the service itself names no address",
    },
)  # fmt: skip
