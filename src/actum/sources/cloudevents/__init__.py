"""CloudEvents 1.0 in the structured JSON form: an envelope any service may put around its events.

What is inside, ``data``, has no form of its own, so only the envelope is read: what kind of event
it is (``type``), where it happened (``source``), about what (``subject``), when.  A source that
knows what is inside knows the record by itself and is asked before this one.  Extensions that are
written down are read as well: who was authenticated, the trace, the severity.

Traps: a time without its zone is against the specification and is not read.  ``id`` is unique only
within its ``source``.  0.3 differs in nothing that is read here.

References:
- Specification: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
- JSON format: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
- Auth context: https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/authcontext.md
- Severity: https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/severity.md
"""

from __future__ import annotations

import msgspec

from actum.sources.acts import act_of
from actum.sources.seam import Claim, Mapped, plain
from actum.sources.times import utc

NAME = "cloudevents"
TITLE = "CloudEvents"
VERSION = 1
SUPPORT = "vendor documentation"
SIGNS = "specversion 1.0 or 0.3 beside id, source and type"
MEMBERS = frozenset(("specversion",))
CLAIMS_TEXT = False
unwrap = plain


class _Key(msgspec.Struct, gc=False):
    specversion: str
    id: str
    source: str
    type: str


_decode = msgspec.json.Decoder(_Key).decode


def claim(raw: bytes) -> Claim | None:
    """An event with the four attributes every CloudEvent has."""
    if b'"specversion"' not in raw:
        return None
    try:
        key = _decode(raw)
        if not key.specversion.startswith(("1.", "0.3")) or not (key.id and key.type):
            return None
        return Claim(NAME, f"{key.source}\0{key.id}".encode(), confidence=0.8)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None


_V = "VARCHAR"
_SEVERITIES = {(1, 12): 1, (13, 16): 3, (17, 20): 4, (21, 24): 6}
_SEVERITY = " ".join(
    f"WHEN try_cast(j.severitynumber AS INTEGER) BETWEEN {least} AND {most} THEN {severity}"
    for (least, most), severity in _SEVERITIES.items()
)
_ACT = act_of("j.type")

MAPPING = Mapped(
    shape={
        "id": _V, "source": _V, "type": _V, "subject": _V, "time": _V,
        "authtype": _V, "authid": _V, "traceparent": _V, "correlationid": _V,
        "severitytext": _V, "severitynumber": _V,
    },
    known=frozenset((
        "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema",
        "data", "data_base64", "datacontentencoding", "authtype", "authid", "authclaims",
        "traceparent", "tracestate", "severitytext", "severitynumber", "partitionkey", "sequence",
        "sequencetype", "sampledrate", "dataref", "correlationid", "causationid", "recordedtime",
        "expirytime",
    )),
    steps=({"act": _ACT},),
    columns={
        "time": utc("j.time", zoned=True),
        "original_time": f"CASE WHEN ({utc('j.time', zoned=True)}) IS NOT NULL THEN j.time END",
        "class_uid": "CASE WHEN ok THEN 6003 ELSE 0 END",
        "activity_id": "CASE WHEN NOT ok THEN 0 ELSE CASE act WHEN 'create' THEN 1"
                       " WHEN 'read' THEN 2 WHEN 'update' THEN 3 WHEN 'delete' THEN 4 ELSE 99 END"
                       " END",
        "severity_id": f"CASE WHEN NOT ok THEN 0 {_SEVERITY} ELSE 1 END",
        "action": "CASE WHEN ok THEN coalesce(act, 'other') END",
        "api_operation": "j.type",
        "api_service_name": "j.source",
        "actor_user_uid": "nullif(j.authid, '')",
        "actor_user_type": "CASE WHEN j.authid <> '' AND j.authtype NOT IN ('unknown', '')"
                           " THEN j.authtype END",
        "resource_uid": "nullif(j.subject, '')",
        "metadata_product": "nullif(j.source, '')",
        "status": "CASE WHEN ok THEN 'unknown' END",
        "metadata_uid": "j.id",
        "metadata_correlation_uid": "coalesce(j.correlationid,"
                                    " nullif(split_part(j.traceparent, '-', 2), ''))",
    },
    open=dict.fromkeys(
        ("who", "on what", "when", "where", "from where"),
        "the envelope need not say it, and what is inside has no form of its own",
    ),
)  # fmt: skip
