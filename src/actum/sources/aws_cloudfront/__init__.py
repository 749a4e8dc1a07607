"""Amazon CloudFront standard logs: every request an edge location answered.

Tab separated lines under ``#Version`` and ``#Fields`` headers, or, in version 2, JSON with the same
names.  Delivered at best effort: a log may be late, and a request may be missing.

- The status is ``000`` when the viewer went away before an answer: then the outcome is unknown.
- Values are URL-encoded; user agents of old logs twice.
- ``x-edge-request-id`` is the id AWS WAF logs for the same request: it links both.

References:
- https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
- W3C extended log file format: https://www.w3.org/TR/WD-logfile.html
"""

from __future__ import annotations

from collections.abc import Sequence

from actum.sources.aws_cloudfront.requests import (
    RequestSplitter,
    fields_of,
    is_json,
    is_standard,
    key_of,
    options_of,
    unwrap,
)
from actum.sources.seam import Claim, Mapped, Splitter

__all__ = ["MAPPING", "NAME", "SIGNS", "SUPPORT", "TITLE", "VERSION", "claim", "lines", "unwrap"]

NAME = "aws_cloudfront"
TITLE = "Amazon CloudFront"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "#Fields with names like x-edge-location, their names in JSON, or the standard's order"
MEMBERS = frozenset(("x-edge-request-id", "x-edge-result-type"))
CLAIMS_TEXT = True


def claim(raw: bytes) -> Claim | None:
    """A line with the standard's fields in their order, or JSON with names only CloudFront has."""
    if raw[:1] == b"{":
        if b'"x-edge-' not in raw:
            return None
        key = is_json(raw)
        return None if key is None else Claim(NAME, key, "json")
    if raw[10:11] != b"\t" or not is_standard(raw):
        return None
    return Claim(NAME, key_of(raw, "standard"), "standard")


def lines(head: Sequence[bytes], options: str) -> Splitter | None:
    """Lines after a ``#Fields`` header, or of the fields a user names."""
    if options:
        return RequestSplitter(options_of(options))
    begins = [line for line in head[:8] if line.startswith(b"#")]
    return RequestSplitter("") if any(fields_of(line) for line in begins) else None


_ACTIVITIES = {
    "CONNECT": 1, "DELETE": 2, "GET": 3, "HEAD": 4, "OPTIONS": 5, "POST": 6, "PUT": 7, "TRACE": 8,
    "PATCH": 9,
}  # fmt: skip
_ACTIVITY = " ".join(f"WHEN '{name}' THEN {number}" for name, number in _ACTIVITIES.items())
_IS_HTTP = "coalesce(j.method, j.url, j.agent, j.status::VARCHAR) IS NOT NULL"

MAPPING = Mapped(
    shape={
        **dict.fromkeys(
            ("stated", "time", "method", "request", "location", "host", "domain", "distribution",
             "country", "protocol", "outcome", "agent", "url", "detail", "source", "source_name"),
            "VARCHAR"),
        "status": "UINTEGER", "port": "UINTEGER", "bytes": "UBIGINT", "others": ["VARCHAR"],
    },
    objects=(),
    columns={
        "time": "try_cast(j.time AS TIMESTAMP)",
        "original_time": "j.stated",
        "class_uid": f"CASE WHEN NOT ok THEN 0 WHEN {_IS_HTTP} THEN 4002 ELSE 0 END",
        "activity_id": f"CASE WHEN NOT ok THEN 0 ELSE CASE j.method {_ACTIVITY} ELSE 99 END END",
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "CASE WHEN NOT ok THEN NULL WHEN j.method IN ('GET', 'HEAD', 'OPTIONS')"
                  " THEN 'read' WHEN j.method IN ('PUT', 'PATCH') THEN 'update'"
                  " WHEN j.method = 'DELETE' THEN 'delete' ELSE 'other' END",
        "api_operation": "j.method",
        "message": "'edge location ' || j.location",
        "resource_uid": "coalesce(j.distribution, j.domain)",
        "resource_name": "coalesce(j.host, j.domain, j.distribution)",
        "resource_type": "CASE WHEN coalesce(j.distribution, j.domain) IS NOT NULL"
                         " THEN 'AWS::CloudFront::Distribution' END",
        "http_method": "j.method",
        "http_url": "j.url",
        "cloud_provider": "CASE WHEN ok THEN 'AWS' END",
        "metadata_product": "CASE WHEN ok THEN 'CloudFront' END",
        "src_endpoint_ip": "j.source",
        "src_endpoint_domain": "j.source_name",
        "src_endpoint_port": "CASE WHEN j.port <= 65535 THEN j.port END",
        "src_endpoint_country": "j.country",
        "dst_endpoint_domain": "coalesce(j.host, j.domain)",
        "connection_protocol": "j.protocol",
        "traffic_bytes": "j.bytes",
        "user_agent": "j.agent",
        "status": "CASE WHEN ok THEN j.outcome END",
        "status_code": "CASE WHEN j.status >= 400 THEN j.status::VARCHAR END",
        "status_detail": "j.detail",
        "http_status": "j.status",
        "metadata_uid": "j.request",
        "metadata_correlation_uid": "j.request",
        "any_ip": "j.others",
    },
    open={
        "who": "an edge location knows addresses, not people",
        "what": "a chosen format may leave out the method",
        "on what": "a chosen format may leave out what was asked for",
        "when": "a chosen format may leave out the time",
        "from where": "a chosen format may leave out the viewer's address",
    },
)  # fmt: skip
