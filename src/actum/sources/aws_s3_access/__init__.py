"""Amazon S3 server access logs: every request to a bucket, as the web server saw it.

One line a request, at best: they are delivered when S3 gets to it, hours late, perhaps twice,
perhaps never.  18 fields at first, more were appended over the years.

- The requester is ``-`` (nobody: an anonymous request), a canonical user id, the ARN of a user, of
  a role with its session, or a service.
- Keys are URL-encoded twice, those of BATCH and S3 (lifecycle) operations once.
- Deletions of many objects and copies give several lines with one request id.
- Lifecycle has no request line and often no status: then the outcome is unknown.
- Quotes in the request line, the referrer and the user agent are not escaped (see `requests`).

References:
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
- Lifecycle: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-and-other-bucket-config.html
"""

from __future__ import annotations

from actum.sources.aws_s3_access.operations import LISTS, METHODS, OBJECTS, OTHERWISE
from actum.sources.aws_s3_access.requests import is_line, is_table_row, key_of, unwrap
from actum.sources.seam import Claim, Mapped

__all__ = ["MAPPING", "NAME", "SIGNS", "SUPPORT", "TITLE", "VERSION", "claim", "unwrap"]

NAME = "aws_s3_access"
TITLE = "Amazon S3 server access logs"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "bucket owner, bucket, [time], address, requester, request, operation like REST.GET.OBJECT"
MEMBERS = frozenset(("operation", "Operation", "OPERATION"))
CLAIMS_TEXT = True


def claim(raw: bytes) -> Claim | None:
    """A line by its fields and their order, or a row of a table by its operation."""
    if raw[:1] == b"{":
        if (b'"operation"' in raw or b'"Operation"' in raw) and is_table_row(raw):
            return Claim(NAME, b"", "table", 0.9)
        return None
    return Claim(NAME, key_of(raw), "line") if is_line(raw) else None


def _in(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


_IS_OBJECT = f"(j.resource_type IN ({_in(OBJECTS)}) OR (j.resource_type IN ('ACL', 'TAGGING')"
_IS_OBJECT += " AND j.key IS NOT NULL))"
_IS_LIST = f"(split_part(j.operation, '.', 2) = 'GET' AND j.resource_type IN ({_in(LISTS)}))"
_ARN = "'arn:aws:s3:::' || j.bucket"

MAPPING = Mapped(
    shape={
        **dict.fromkeys(
            ("time", "stated", "operation", "resource_type", "bucket", "key", "request", "host_id",
             "outcome", "error", "agent", "version", "host", "access_point", "region", "address",
             "named", "method", "url", "actor_uid", "actor_name", "actor_type", "actor_account",
             "session"), "VARCHAR"),
        "status": "UINTEGER", "sent": "BIGINT",
    },
    objects=(),
    lookups=(METHODS, OTHERWISE),
    steps=({"is_data": f"{_IS_OBJECT} OR {_IS_LIST}", "is_list": _IS_LIST,
            "act": "CASE WHEN ok THEN coalesce(otherwise_act, methods_act, 'other') END"},),
    columns={
        "time": "try_cast(j.time AS TIMESTAMP)",
        "original_time": "j.stated",
        "class_uid": "CASE WHEN NOT ok THEN 0 WHEN is_data THEN 6005 ELSE 6003 END",
        "activity_id": "CASE WHEN NOT ok THEN 0 WHEN is_list THEN 8"
                       " WHEN is_data THEN coalesce(otherwise_activity, methods_datastore, 99)"
                       " ELSE coalesce(otherwise_activity, methods_api, 99) END",
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "act",
        "api_operation": "j.operation",
        "api_service_name": "CASE WHEN ok THEN 's3.amazonaws.com' END",
        "actor_user_uid": "j.actor_uid",
        "actor_user_name": "j.actor_name",
        "actor_user_type": "j.actor_type",
        "actor_user_account_uid": "j.actor_account",
        "actor_session_uid": "j.session",
        "resource_uid": f"{_ARN} || coalesce('/' || j.key, '')",
        "resource_name": "j.bucket || coalesce('/' || j.key, '')",
        "resource_type": "CASE WHEN j.key IS NOT NULL THEN 'AWS::S3::Object'"
                         " WHEN j.bucket IS NOT NULL THEN 'AWS::S3::Bucket' END",
        "resources": f"CASE WHEN j.key IS NOT NULL AND j.bucket IS NOT NULL"
                     f" THEN [{_ARN} || '/' || j.key, {_ARN}]"
                     f" WHEN j.bucket IS NOT NULL THEN [{_ARN}] END",
        "http_method": "j.method",
        "http_url": "j.url",
        "cloud_provider": "CASE WHEN ok THEN 'AWS' END",
        "metadata_product": "CASE WHEN ok THEN 'S3 server access logs' END",
        "src_endpoint_ip": "j.address",
        "src_endpoint_domain": "j.named",
        "dst_endpoint_domain": "j.host",
        "traffic_bytes": "j.sent",
        "user_agent": "j.agent",
        "status": "CASE WHEN ok THEN j.outcome END",
        "status_code": "coalesce(j.error, CASE WHEN j.status >= 400 THEN j.status::VARCHAR END)",
        "http_status": "j.status",
        "metadata_uid": "j.request",
        "metadata_correlation_uid": "j.request",
    },
    open={
        "from where": "what S3 does by itself, as lifecycle, comes from no address",
        "when": "a row of a table may leave out the time",
    },
)  # fmt: skip
