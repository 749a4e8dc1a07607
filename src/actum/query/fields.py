"""The fields a query may name: which columns each reads, and how its values compare.

One table drives the parser, the compiler, the echo and the documentation.  Rules:

- A field that is not here is an error with the nearest names, never a silent zero.
- A field of several columns matches when any of them does.
- ``is:`` flags are queries themselves, written in this language: their meaning is what they say.
"""

from __future__ import annotations

import difflib
import enum
from dataclasses import dataclass
from typing import Final

__all__ = [
    "BOUNDS",
    "CLAUSES",
    "FIELDS",
    "FLAGS",
    "NOT_YET",
    "Field",
    "Flag",
    "Kind",
    "Part",
    "Read",
    "find",
    "nearest",
]


class Kind(enum.Enum):
    """How values compare.  Globs ignore case in every kind that has them."""

    TEXT = "text"
    """Ignores case: read in full, since no index knows the folded text."""
    ID = "id"
    """Case counts, so that zone maps and bloom filters can skip what cannot match."""
    ADDRESS = "address"
    """An IP address, as typed or in its one short spelling."""
    CODE = "code"
    """A word stored in lower case; a closed list of them if the field has ``values``."""
    NUMBER = "number"
    """A whole number; by name as well, if the field has ``values``: the first of them is 0."""
    TIME = "time"
    BOOLEAN = "boolean"
    FLAG = "flag"
    """Only ``is``: the value names an entry of ``FLAGS``."""
    RAW = "raw"
    """What the raw record has at a path; made by ``rawpath``, and no entry of ``FIELDS``."""


class Part(enum.Enum):
    """What of a column's text is compared."""

    WHOLE = "whole"
    TAIL = "tail"
    """After the last ``/``; for an ARN also after the last ``:``."""
    SERVICE = "service"
    """With or without ``.amazonaws.com``, in the column as in the value."""


@dataclass(frozen=True, slots=True)
class Read:
    """One column, and the part of it that is compared."""

    column: str
    part: Part = Part.WHOLE


@dataclass(frozen=True, slots=True)
class Field:
    """One field.  One without ``reads`` is of the raw record, and asking for it reads every one.

    ``values`` closes the list of values; of a number they are its names.  ``prefix`` names the
    field that ``left`` of a value ``left:right`` is compared with.  ``phrase`` is the preposition
    the echo says it with.
    """

    name: str
    kind: Kind
    reads: tuple[Read, ...]
    doc: str
    examples: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    prefix: str = ""
    phrase: str = ""


@dataclass(frozen=True, slots=True)
class Flag:
    """What ``is:<name>`` stands for, and how the echo says it."""

    name: str
    query: str
    phrase: str
    doc: str


def _whole(*columns: str) -> tuple[Read, ...]:
    return tuple(Read(column) for column in columns)


# Whole values only: a mapping names the last part of an ARN in the name or the session, and looking
# for it in the ARN again costs more than all the rest.
_ACTOR: Final = _whole(
    "actor_user_name",
    "actor_user_uid",
    "actor_user_email",
    "actor_session_uid",
    "actor_session_issuer",
)
_TARGET: Final = _whole("resource_uid", "resource_name", "resources")
_HOST: Final = _whole("device_hostname", "device_uid")
_ADDRESS: Final = _whole("src_endpoint_ip", "dst_endpoint_ip", "any_ip")


# What products call who acts, in actor_user_type.
_PEOPLE: Final = (
    "Root OR IAMUser OR IdentityCenterUser OR SAMLUser OR WebIdentityUser OR User OR Member"
    " OR Admin OR Guest OR PublicUser"
)
_SERVICES: Final = (
    "AWSService OR Service OR ServicePrincipal OR ServiceAccount OR Application OR App"
    " OR ManagedIdentity OR System OR SystemPrincipal OR Machine OR Node OR Bot OR Integration"
)

# One row is one field, and reads as one: the formatter would make it nine lines.
# fmt: off
_TABLE: Final = (
    Field("time", Kind.TIME, _whole("time"), "when it happened, as the source says",
          ("time:>=2026-11-01T06:00Z", "time:2026-11-01..2026-11-03")),
    Field("received", Kind.TIME, _whole("received_time"), "when Actum received the record",
          ("received:2026-11-01", "received:>now-1h")),
    Field("ended", Kind.TIME, _whole("end_time"), "when it ended, if it lasted",
          ("ended:>now-1h",)),
    Field("actor", Kind.TEXT, _ACTOR,
          "who did it: name, id or ARN, e-mail, session, or the role the session was lent by",
          ("actor:alice", "actor:*@corp.example", "actor:(alice OR bob)"), phrase="by"),
    Field("actor.type", Kind.TEXT, _whole("actor_user_type"), "the source's word for its kind",
          ("actor.type:AssumedRole",)),
    Field("actor.email", Kind.TEXT, _whole("actor_user_email"), "where the source names one",
          ("actor.email:alice@corp.example",)),
    Field("actor.account", Kind.ID, _whole("actor_user_account_uid"), "account the actor is of",
          ("actor.account:111122223333",)),
    Field("actor.invoked_by", Kind.TEXT, _whole("actor_invoked_by"),
          "the service that acted for the actor", ("has:actor.invoked_by",)),
    Field("key", Kind.ID, _whole("actor_user_credential_uid"), "the credential that was used",
          ("key:AKIAIOSFODNN7EXAMPLE",)),
    Field("acting_as", Kind.TEXT, _whole("actor_acting_as"),
          "the identity the actor took on for this one act", ("acting_as:root", "has:acting_as")),
    Field("session", Kind.TEXT,
          _whole("actor_session_uid", "actor_user_credential_uid", "issued_credential_uid"),
          "a session: what it did, and the act that handed it out",
          ("session:ASIAIOSFODNN7EXAMPLE",)),
    Field("issuer", Kind.TEXT,
          (Read("actor_session_issuer"), Read("actor_session_issuer", Part.TAIL)),
          "who the session was lent by: the role", ("issuer:deploy",)),
    Field("action", Kind.TEXT, _whole("api_operation"),
          "the operation's own name, alone or as service:Operation",
          ("action:Delete*", "action:s3:DeleteBucket", "action:iam:*"), prefix="service"),
    Field("service", Kind.TEXT, (Read("api_service_name", Part.SERVICE),),
          "the service it was asked of, with or without .amazonaws.com", ("service:iam",)),
    Field("op", Kind.CODE, _whole("action"), "what kind of act it was",
          ("op:delete", "op:(create OR update)"),
          values=("create", "read", "update", "delete", "auth", "other")),
    Field("message", Kind.TEXT, _whole("message"), "what the source says of it in words",
          ('message:"*invalid user*"',)),
    Field("finding", Kind.TEXT, _whole("finding_title"), "what a detector found",
          ("finding:*brute*", "has:finding")),
    Field("severity", Kind.NUMBER, _whole("severity_id"),
          "how grave it is, by name or OCSF number; :>=high for that or worse",
          ("severity:>=high", "severity:(low OR medium)", "severity:4"),
          values=("unknown", "informational", "low", "medium", "high", "critical", "fatal")),
    Field("count", Kind.NUMBER, _whole("count"), "how many times, if one record tells of several",
          ("count:>1",)),
    Field("target", Kind.TEXT, _TARGET, "what it was done to: any resource named, by id or name",
          ("target:prod-*", 'target:"arn:aws:s3:::prod-*"'), phrase="on"),
    Field("target.type", Kind.TEXT, _whole("resource_type"), "what kind of thing the target is",
          ("target.type:*bucket*",)),
    Field("namespace", Kind.TEXT, _whole("resource_namespace"), "the namespace the target lies in",
          ("namespace:prod", "namespace:kube-*")),
    Field("status", Kind.CODE, _whole("status"), "how it ended", ("status:failure",),
          values=("success", "failure", "unknown")),
    Field("error", Kind.TEXT, _whole("status_code"), "the source's error code",
          ("error:AccessDenied", "error:*")),
    Field("detail", Kind.TEXT, _whole("status_detail"), "the source's error text",
          ('detail:"*not authorized*"',)),
    Field("ip", Kind.ADDRESS, _ADDRESS, "address it came from or went to, or that it names",
          ("ip:203.0.113.7", "ip:10.0.0.0/8", "ip:10.*"), phrase="from"),
    Field("src", Kind.ADDRESS, _whole("src_endpoint_ip", "src_endpoint_domain"),
          "where it came from: address, service or host", ("src:10.0.0.5", "src:*.example")),
    Field("dst", Kind.ADDRESS, _whole("dst_endpoint_ip", "dst_endpoint_domain"),
          "where it went to: address, service or host", ("dst:203.0.113.9", "dst:*.example")),
    Field("port", Kind.NUMBER, _whole("src_endpoint_port", "dst_endpoint_port"),
          "port it came from or went to", ("port:22", "port:6000..6063")),
    Field("src.port", Kind.NUMBER, _whole("src_endpoint_port"), "port it came from",
          ("src.port:<1024",)),
    Field("dst.port", Kind.NUMBER, _whole("dst_endpoint_port"), "port it went to",
          ("dst.port:(22 OR 3389)",)),
    Field("proto", Kind.TEXT, _whole("connection_protocol"), "tcp, udp, icmp, …", ("proto:udp",),
          aliases=("protocol",)),
    Field("direction", Kind.TEXT, _whole("connection_direction"), "inbound or outbound",
          ("direction:outbound",)),
    Field("bytes", Kind.NUMBER, _whole("traffic_bytes"), "bytes carried", ("bytes:>1000000",)),
    Field("packets", Kind.NUMBER, _whole("traffic_packets"), "packets carried", ("packets:1",)),
    Field("country", Kind.TEXT, _whole("src_endpoint_country"),
          "country it came from, where the source says one and as it spells it",
          ("country:DE", "-country:(DE OR FR)")),
    Field("method", Kind.TEXT, _whole("http_method"), "method of the HTTP request",
          ("method:DELETE",)),
    Field("url", Kind.TEXT, _whole("http_url"), "what was asked for over HTTP, as written",
          ("url:*/admin*",)),
    Field("http", Kind.NUMBER, _whole("http_status"), "status of the HTTP response",
          ("http:403", "http:500..599")),
    Field("dns", Kind.TEXT, _whole("query_hostname"), "the name that was looked up",
          ("dns:*.evil.example",)),
    Field("process", Kind.TEXT, _whole("process_name", "process_path"),
          "the program that ran, by name or path", ("process:*/nc",)),
    Field("cmd", Kind.TEXT, _whole("process_cmd_line"), "how the program was called",
          ('cmd:"*/etc/shadow*"',)),
    Field("pid", Kind.NUMBER, _whole("process_pid"), "the program's number", ("pid:4711",)),
    Field("client", Kind.TEXT, _whole("user_agent"), "the client, in its own words",
          ("client:aws-cli*",), aliases=("ua",)),
    Field("source", Kind.TEXT, _whole("source"), "the kind of log it was read as",
          ("source:aws*",)),
    Field("account", Kind.ID, _whole("cloud_account_uid"), "account it took place in",
          ("account:111122223333",)),
    Field("org", Kind.ID, _whole("cloud_org_uid"), "organization or tenant that account is of",
          ("org:o-exampleorgid",)),
    Field("region", Kind.CODE, _whole("cloud_region"), "region it took place in",
          ("region:eu-west-1",)),
    Field("product", Kind.TEXT, _whole("metadata_product"), "the product that logged it",
          ("product:CloudTrail",)),
    Field("host", Kind.TEXT, _HOST, "host or interface it took place on, by name or id",
          ("host:web-?", "host:i-0abc1234def567890")),
    Field("mfa", Kind.BOOLEAN, _whole("actor_session_mfa"), "a second factor was shown",
          ("mfa:false", "mfa:yes")),
    Field("id", Kind.ID, _whole("metadata_uid"), "the source's own id of the event",
          ("id:6d2f1f2c-0000-4000-8000-000000000001",)),
    Field("correlation", Kind.ID, _whole("metadata_correlation_uid"), "id shared with its pair",
          ("correlation:6d2f1f2c-0000-4000-8000-000000000002",)),
    Field("class", Kind.NUMBER, _whole("class_uid"), "OCSF class, by number", ("class:6003",)),
    Field("index", Kind.NUMBER, _whole("index"), "the record's place in the log",
          ("index:42", "index:100..199")),
    Field("size", Kind.NUMBER, (), "bytes of the raw record; this reads every record",
          ("size:>10000", "size:0..99")),
    Field("reason", Kind.TEXT, _whole("reason"), "why the record could not be read",
          ("reason:*json*",)),
    Field("any.user", Kind.TEXT, (*_ACTOR, *_whole("actor_acting_as", "any_user")),
          "the actor, who it acted as, or any user named",
          ("any.user:alice",)),
    Field("any.ip", Kind.ADDRESS, _ADDRESS, "any address named", ("any.ip:203.0.113.7",)),
    Field("any.resource", Kind.TEXT, (*_TARGET, *_HOST, Read("dst_endpoint_domain")),
          "any resource named, the host it took place on, or the service or host it went to;"
          " not a name looked up (dns:) nor an address (any.ip:)",
          ("any.resource:prod-invoices", "any.resource:web-1")),
    Field("copy", Kind.NUMBER, _whole("copy_of"), "the earlier record of the same act",
          ("copy:42", "has:copy")),
    Field("is", Kind.FLAG, (), "a question with a name", ("is:failure", "-is:service")),
)

_FLAGS: Final = (
    Flag("failure", "status:failure", "failed", "it did not succeed"),
    Flag("success", "status:success", "succeeded", "it succeeded"),
    Flag("write", "op:(create OR update OR delete)", "changed something",
         "it creates, updates or deletes"),
    Flag("read", "op:read", "only read", "it only reads"),
    Flag("root", "actor.type:=Root", "were done by root", "the account's root user did it"),
    Flag("service",
         f"actor.type:({_SERVICES}) OR actor.invoked_by:* OR actor:*.gserviceaccount.com",
         "were done by a service",
         "a service, an application or a machine did it, for itself or for somebody"),
    # Honest limits: a person who lends a role under a name without "@" is not seen, and a
    # pipeline that uses a long-lived IAM user is taken for a person.
    Flag("human",
         f"-actor.invoked_by:* -actor.type:({_SERVICES}) (actor.type:({_PEOPLE})"
         " OR (actor:*@* -actor:*.gserviceaccount.com) OR issuer:AWSReservedSSO_*)",
         "seem done by a person",
         "a guess: nobody acts for it, its type is no service's, and its type is a person's, its"
         " name is like an e-mail address, or its role is one of single sign-on"),
    Flag("console", "client:*console* OR service:signin", "came through a console",
         "a guess: the client calls itself a console, or it is a sign-in"),
    Flag("unread", "reason:*", "could not be read", "kept raw, with the reason"),
    Flag("copy", "copy:*", "are copies", "an earlier record tells of the same act"),
)
# fmt: on

FIELDS: Final = {field.name: field for field in _TABLE}
FLAGS: Final = {flag.name: flag for flag in _FLAGS}
BOUNDS: Final = ("since", "until", "last", "at", "around", "within")
CLAUSES: Final = (*BOUNDS, "has", "all")
"""Words before a colon that are not fields: most bound the time, ``has`` asks for any value, and
``all`` makes values side by side be asked for together."""

NOT_YET: Final = {
    "asn": "ip:",
    "case": "actor: or target:",
    "chain": "session: or issuer:",
    "changed": "free text in quotes",
    "rule": "action:",
    "starred": "id:",
    "tag": "actor: or target:",
    "tenant": "account:",
}
"""Words kept for later, and what to write until then."""

_BY_WORD: Final = {word: field for field in _TABLE for word in (field.name, *field.aliases)}


def find(word: str) -> Field | None:
    """Look up the field of that name or alias, in any case."""
    return _BY_WORD.get(word.lower())


def nearest(word: str, names: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Give the three most like ``word``: of ``names``, or of every field, alias and clause.

    Clauses of two or three letters are like too much.
    """
    choices = names or (*_BY_WORD, *(word for word in CLAUSES if len(word) > 3))
    return tuple(difflib.get_close_matches(word.lower(), choices, n=3, cutoff=0.0))
