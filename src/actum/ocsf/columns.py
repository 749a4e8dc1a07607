"""The columns of an event: flat, named after their OCSF 1.8 path, in the order they are stored.

One table of facts drives everything that touches columns: the segment writer, every mapping, the
query language, the nested OCSF form and the documentation.  Rules:

- A name is the OCSF path with ``_`` for ``.`` (``actor.user.name`` → ``actor_user_name``), or one
  of Actum's own truths, marked by an empty ``path``.
- A value nobody stated is NULL.  Nothing is invented: no time, no outcome, no type.
- ``kind`` is a DuckDB type.  Times are UTC with microseconds.
- Columns are only ever added.  A change of meaning is a new mapping version, not a new reading of
  an old column.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["COLUMNS", "QUESTIONS", "Column", "column", "names"]

QUESTIONS = ("truth", "who", "what", "on what", "when", "where", "from where", "outcome", "links")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, DuckDB type, OCSF path ("" for Actum's own), question and meaning."""

    name: str
    kind: str
    path: str
    question: str
    doc: str


def _of(question: str, *rows: tuple[str, str, str, str]) -> tuple[Column, ...]:
    return tuple(Column(name, kind, path, question, doc) for name, kind, path, doc in rows)


COLUMNS: tuple[Column, ...] = (
    *_of(
        "truth",
        ("index", "UBIGINT", "", "the record this event was read from"),
        ("part", "USMALLINT", "", "which event of that record, from 0"),
        ("source", "VARCHAR", "", "the kind of log it was read as"),
        ("mapping", "USMALLINT", "", "the version of the mapping that read it"),
        ("unmapped", "USMALLINT", "", "top-level keys of the raw record no column speaks for"),
        ("reason", "VARCHAR", "", "why it could not be read; NULL when it could"),
        ("copy_of", "UBIGINT", "", "the record that tells the same act, or tells it to its end"),
    ),
    *_of(
        "when",
        ("time", "TIMESTAMP", "time", "when it happened, as the source says; NULL if it does not"),
        ("original_time", "VARCHAR", "metadata.original_time", "that time, as written"),
        ("received_time", "TIMESTAMP", "metadata.logged_time", "when Actum received the record"),
        ("end_time", "TIMESTAMP", "end_time", "when it ended, if it lasted: a window, a session"),
    ),
    *_of(
        "what",
        ("class_uid", "UINTEGER", "class_uid", "OCSF class"),
        ("activity_id", "UTINYINT", "activity_id", "OCSF activity within the class"),
        ("type_uid", "UINTEGER", "type_uid", "class_uid * 100 + activity_id"),
        ("severity_id", "UTINYINT", "severity_id", "OCSF severity; 1 informational"),
        ("action", "VARCHAR", "", "create, read, update, delete, auth or other"),
        ("api_operation", "VARCHAR", "api.operation", "the operation's own name"),
        ("api_service_name", "VARCHAR", "api.service.name", "the service it was asked of"),
        ("message", "VARCHAR", "message", "what the source says of it in words"),
        ("count", "UINTEGER", "count", "how many times, when one record stands for several"),
        ("finding_title", "VARCHAR", "finding_info.title", "what a detector found"),
    ),
    *_of(
        "who",
        ("actor_user_uid", "VARCHAR", "actor.user.uid", "ARN, principal or other unique id"),
        ("actor_user_name", "VARCHAR", "actor.user.name", "user, role or service, by name"),
        (
            "actor_user_type",
            "VARCHAR",
            "actor.user.type",
            "the source's own word: IAMUser, Root, …",
        ),
        ("actor_user_email", "VARCHAR", "actor.user.email_addr", "only where the source names one"),
        ("actor_user_account_uid", "VARCHAR", "actor.user.account.uid", "account the actor is of"),
        ("actor_user_credential_uid", "VARCHAR", "actor.user.credential_uid", "key that was used"),
        ("actor_session_uid", "VARCHAR", "actor.session.uid", "the session, by its own name"),
        ("actor_session_issuer", "VARCHAR", "actor.session.issuer", "who the session was lent by"),
        ("actor_session_mfa", "BOOLEAN", "actor.session.is_mfa", "a second factor was shown"),
        ("actor_invoked_by", "VARCHAR", "actor.invoked_by", "service acting for the actor"),
        ("actor_app_name", "VARCHAR", "actor.app_name", "the client application it was done with"),
        ("actor_acting_as", "VARCHAR", "", "the identity the actor took on for this one act"),
    ),
    *_of(
        "on what",
        ("resource_uid", "VARCHAR", "resources[0].uid", "the main resource, by unique id"),
        ("resource_name", "VARCHAR", "resources[0].name", "the main resource, by name"),
        ("resource_type", "VARCHAR", "resources[0].type", "what kind of thing it is"),
        ("resources", "VARCHAR[]", "resources[*].uid", "every resource named"),
        ("resource_namespace", "VARCHAR", "resources[0].namespace", "the namespace it lies in"),
        ("http_method", "VARCHAR", "http_request.http_method", "GET, PUT, …"),
        ("http_url", "VARCHAR", "http_request.url.url_string", "what was asked for, as written"),
        ("query_hostname", "VARCHAR", "query.hostname", "the name that was looked up"),
        ("query_type", "VARCHAR", "query.type", "the type of record asked for: A, MX, …"),
        ("process_name", "VARCHAR", "process.name", "the program that ran"),
        ("process_path", "VARCHAR", "process.file.path", "where the program lies"),
        ("process_cmd_line", "VARCHAR", "process.cmd_line", "how it was called"),
        ("process_pid", "BIGINT", "process.pid", "its number"),
    ),
    *_of(
        "where",
        ("cloud_provider", "VARCHAR", "cloud.provider", "AWS, Azure, GCP, …"),
        ("cloud_account_uid", "VARCHAR", "cloud.account.uid", "account the act took place in"),
        ("cloud_org_uid", "VARCHAR", "cloud.org.uid", "organization or tenant that account is of"),
        ("cloud_region", "VARCHAR", "cloud.region", "region it took place in"),
        ("metadata_product", "VARCHAR", "metadata.product.name", "the product that logged it"),
        ("device_hostname", "VARCHAR", "device.hostname", "host it took place on"),
        ("device_uid", "VARCHAR", "device.uid", "that host or interface, by unique id"),
    ),
    *_of(
        "from where",
        ("src_endpoint_ip", "VARCHAR", "src_endpoint.ip", "address it came from"),
        ("src_endpoint_domain", "VARCHAR", "src_endpoint.domain", "service or host it came from"),
        ("src_endpoint_port", "UINTEGER", "src_endpoint.port", "port it came from"),
        ("src_endpoint_country", "VARCHAR", "src_endpoint.location.country", "as the source says"),
        ("dst_endpoint_ip", "VARCHAR", "dst_endpoint.ip", "address it went to"),
        ("dst_endpoint_port", "UINTEGER", "dst_endpoint.port", "port it went to"),
        ("dst_endpoint_domain", "VARCHAR", "dst_endpoint.domain", "host or service it went to"),
        ("connection_protocol", "VARCHAR", "connection_info.protocol_name", "tcp, udp, icmp, …"),
        ("connection_direction", "VARCHAR", "connection_info.direction", "inbound or outbound"),
        ("traffic_bytes", "UBIGINT", "traffic.bytes", "bytes carried"),
        ("traffic_packets", "UBIGINT", "traffic.packets", "packets carried"),
        ("user_agent", "VARCHAR", "http_request.user_agent", "the client, in its own words"),
    ),
    *_of(
        "outcome",
        ("status", "VARCHAR", "status", "success, failure or unknown"),
        ("status_code", "VARCHAR", "status_code", "the source's error code"),
        ("status_detail", "VARCHAR", "status_detail", "the source's error text"),
        ("http_status", "UINTEGER", "http_response.code", "status of the HTTP response"),
    ),
    *_of(
        "links",
        ("metadata_uid", "VARCHAR", "metadata.uid", "the source's own id of this event"),
        ("metadata_correlation_uid", "VARCHAR", "metadata.correlation_uid", "shared with its pair"),
        ("issued_credential_uid", "VARCHAR", "", "key this act handed out; names a later session"),
        ("any_user", "VARCHAR[]", "", "every user named besides the actor"),
        ("any_ip", "VARCHAR[]", "", "every address named besides the source"),
    ),
)

_BY_NAME = {item.name: item for item in COLUMNS}


def column(name: str) -> Column:
    """The column of that name.  KeyError if there is none."""
    return _BY_NAME[name]


def names() -> tuple[str, ...]:
    """All column names, in stored order."""
    return tuple(_BY_NAME)
