"""Elastic Load Balancing: access logs of all load balancers, connection logs of Application ones.

Four forms of line, told apart by how they begin (see `entries`).  They name addresses, not people;
only a client certificate, in a connection log, names somebody.

- ``time`` is when the answer was sent (Application), the request came (Classic) or the connection
  ended (Network); the last is written without a zone and is UTC.
- A request that was refused, redirected or answered by the balancer has ``-`` for its target.
- The trace id is given to the target and stands in AWS WAF's log: it links both.  A client may
  send one of its own, and a retry has the same.
- The account and the region are those of the target group or the certificate, if one is named.

References:
- Application: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
- Connections: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-connection-logs.html
- Network: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html
- Classic: https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html
"""

from __future__ import annotations

from actum.sources.aws_elb.entries import form_of, unwrap
from actum.sources.seam import Claim, Mapped

__all__ = ["MAPPING", "NAME", "SIGNS", "SUPPORT", "TITLE", "VERSION", "claim", "unwrap"]

NAME = "aws_elb"
TITLE = "Elastic Load Balancing"
VERSION = 1
SUPPORT = "real samples"
SIGNS = "the fields of a load balancer's log entry, in their order"
MEMBERS: frozenset[str] = frozenset()
CLAIMS_TEXT = True


def claim(raw: bytes) -> Claim | None:
    """A line by its fields and their order."""
    form = form_of(raw)
    return Claim(NAME, b"", form) if form else None


_ACTIVITIES = {
    "CONNECT": 1, "DELETE": 2, "GET": 3, "HEAD": 4, "OPTIONS": 5, "POST": 6, "PUT": 7, "TRACE": 8,
    "PATCH": 9,
}  # fmt: skip
_ACTIVITY = " ".join(f"WHEN '{name}' THEN {number}" for name, number in _ACTIVITIES.items())
_IS_HTTP = "coalesce(j.method, j.status::VARCHAR, j.agent) IS NOT NULL"

MAPPING = Mapped(
    shape={
        **dict.fromkeys(
            ("stated", "time", "kind", "balancer", "name", "listener", "source", "source_name",
             "target", "target_name", "method", "url", "protocol", "outcome", "region", "account",
             "agent", "domain", "link", "code", "detail", "message", "subject", "serial"),
            "VARCHAR"),
        **dict.fromkeys(("source_port", "target_port", "status"), "UINTEGER"),
        "bytes": "UBIGINT", "arns": ["VARCHAR"],
    },
    objects=(),
    steps=({"is_http": f"ok AND {_IS_HTTP}"},),
    columns={
        "time": "try_cast(j.time AS TIMESTAMP)",
        "original_time": "j.stated",
        "class_uid": "CASE WHEN NOT ok THEN 0 WHEN is_http THEN 4002 ELSE 4001 END",
        "activity_id": "CASE WHEN NOT ok THEN 0"
                       f" WHEN is_http THEN CASE j.method {_ACTIVITY} ELSE 99 END"
                       " WHEN j.outcome = 'failure' THEN 4"
                       " WHEN j.kind = 'connection' THEN 1 ELSE 6 END",
        "severity_id": "CASE WHEN ok THEN 1 ELSE 0 END",
        "action": "CASE WHEN NOT ok THEN NULL WHEN j.method IN ('GET', 'HEAD', 'OPTIONS')"
                  " THEN 'read' WHEN j.method IN ('PUT', 'PATCH') THEN 'update'"
                  " WHEN j.method = 'DELETE' THEN 'delete' ELSE 'other' END",
        "api_operation": "CASE WHEN is_http THEN j.method END",
        "message": "j.message",
        "actor_user_uid": "j.serial",
        "actor_user_name": "j.subject",
        "actor_user_type": "CASE WHEN j.subject IS NOT NULL THEN 'client certificate' END",
        "resource_uid": "j.balancer",
        "resource_name": "j.name",
        "resource_type": "CASE WHEN j.kind = 'classic'"
                         " THEN 'AWS::ElasticLoadBalancing::LoadBalancer'"
                         " WHEN j.balancer IS NOT NULL"
                         " THEN 'AWS::ElasticLoadBalancingV2::LoadBalancer' END",
        "resources": "CASE WHEN j.balancer IS NOT NULL"
                     " THEN list_concat([j.balancer], coalesce(j.arns, [])) END",
        "http_method": "j.method",
        "http_url": "j.url",
        "cloud_provider": "CASE WHEN ok THEN 'AWS' END",
        "cloud_account_uid": "j.account",
        "cloud_region": "j.region",
        "metadata_product": "CASE WHEN ok THEN 'Elastic Load Balancing' END",
        "src_endpoint_ip": "j.source",
        "src_endpoint_domain": "j.source_name",
        "src_endpoint_port": "j.source_port",
        "dst_endpoint_ip": "j.target",
        "dst_endpoint_port": "j.target_port",
        "dst_endpoint_domain": "coalesce(j.domain, j.target_name)",
        "connection_protocol": "j.protocol",
        "traffic_bytes": "j.bytes",
        "user_agent": "j.agent",
        "status": "CASE WHEN ok THEN j.outcome END",
        "status_code": "coalesce(j.code, CASE WHEN j.outcome = 'failure' THEN j.status::VARCHAR"
                       " END)",
        "status_detail": "j.detail",
        "http_status": "j.status",
        "metadata_correlation_uid": "j.link",
    },
    open={
        "who": "a load balancer knows addresses; only a client certificate names somebody",
        "on what": "a connection log does not say which load balancer it is of",
        "from where": "an entry without a client is about the balancer itself",
    },
)  # fmt: skip
