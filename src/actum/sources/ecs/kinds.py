"""Which class and activity of OCSF an ECS event is, which kind of act, and how it ended.

Told by ``event.category`` and ``event.type``, whose values the schema lists; both are read as the
text of a list, or of its one value.  Where a product fills in neither, its own ``event.action``.
"""

from __future__ import annotations

from actum.sources.acts import act_of

__all__ = ["ACT", "ACTIVITY", "CLASS", "SEVERITY", "STATUS"]

_E = "j.event"
_SIGN_IN_CODES = "('4624', '4625', '4648', '4634', '4647', '4768', '4769', '4771', '4776', '4778')"


def _has(*words: str) -> str:
    """SQL of whether the event is of any of these categories."""
    return "(" + " OR ".join(f"contains({_E}.category, '{word}')" for word in words) + ")"


def _is(*words: str) -> str:
    """SQL of whether the event is of any of these types."""
    return "(" + " OR ".join(f"contains({_E}.type, '{word}')" for word in words) + ")"


CLASS = f"""CASE
    WHEN NOT ok THEN 0
    WHEN {_E}.kind IN ('alert', 'signal') OR {_has("intrusion_detection", "malware", "threat")}
    THEN 2004
    WHEN {_has("vulnerability")} THEN 2002
    WHEN {_has("iam")} THEN CASE WHEN {_is("group")} THEN 3006 WHEN {_is("user")} THEN 3001
        ELSE 3004 END
    WHEN {_has("authentication", "session")} THEN 3002
    WHEN {_has("process")} THEN 1007
    WHEN {_has("file")} THEN 1001
    WHEN {_has("driver")} THEN 1002
    WHEN {_has("library")} THEN 1005
    WHEN {_has("registry")} THEN 201001
    WHEN {_has("web")} THEN 4002
    WHEN {_has("network")} OR j.dns.question.name IS NOT NULL
    THEN CASE WHEN j.dns.question.name IS NOT NULL OR j.network.protocol = 'dns' THEN 4003
        ELSE 4001 END
    WHEN {_has("database")} THEN 6005
    WHEN {_has("email")} THEN 4009
    WHEN {_has("package")} THEN 6002
    WHEN {_E}.code IN {_SIGN_IN_CODES} AND j.winlog IS NOT NULL THEN 3002
    WHEN {_E}.action <> '' OR {_E}.category IS NOT NULL THEN 6003
    ELSE 0 END"""

_SAID = f"lower({_E}.action)"
_OUT = "log[-_ .]?(ged)?[-_ .]?o(ut|ff)"
_IN = "log[-_ .]?(ged)?[-_ .]?(in|on)|sign"
_CRUD = f"""CASE WHEN {_is("creation")} THEN 1 WHEN {_is("deletion")} THEN 4
    WHEN {_is("change")} THEN 3 WHEN {_is("access")} THEN 2
    ELSE CASE act WHEN 'create' THEN 1 WHEN 'read' THEN 2 WHEN 'update' THEN 3
        WHEN 'delete' THEN 4 ELSE 99 END END"""
ACTIVITY = f"""CASE class
    WHEN 0 THEN 0
    WHEN 2004 THEN 1 WHEN 2002 THEN 1
    WHEN 3001 THEN CASE WHEN contains({_SAID}, 'password')
        THEN CASE WHEN contains({_SAID}, 'reset') THEN 4 ELSE 3 END
        WHEN contains({_SAID}, 'unlock') THEN 12 WHEN contains({_SAID}, 'lock') THEN 9
        WHEN contains({_SAID}, 'disable') THEN 5 WHEN contains({_SAID}, 'enable') THEN 2
        WHEN {_is("creation")} THEN 1 WHEN {_is("deletion")} THEN 6 ELSE 99 END
    WHEN 3006 THEN CASE WHEN {_is("creation")} THEN 6 WHEN {_is("deletion")} THEN 5
        WHEN contains({_SAID}, 'add') THEN 3 WHEN contains({_SAID}, 'remove') THEN 4 ELSE 99 END
    WHEN 3002 THEN CASE WHEN {_is("end")} OR {_E}.code IN ('4634', '4647')
            OR regexp_matches({_SAID}, '{_OUT}') THEN 2
        WHEN {_is("start")} OR {_E}.code IN ('4624', '4625')
            OR regexp_matches({_SAID}, '{_IN}') THEN 1 ELSE 99 END
    WHEN 1007 THEN CASE WHEN {_is("start")} THEN 1 WHEN {_is("end")} THEN 2 ELSE 99 END
    WHEN 1001 THEN CASE WHEN contains({_SAID}, 'rename') THEN 5 ELSE {_CRUD} END
    WHEN 1002 THEN CASE WHEN {_is("start")} THEN 1 WHEN {_is("end")} THEN 2 ELSE 99 END
    WHEN 1005 THEN CASE WHEN {_is("start")} THEN 1 ELSE 99 END
    WHEN 201001 THEN CASE WHEN {_is("creation")} THEN 1 WHEN {_is("deletion")} THEN 4
        WHEN {_is("change")} THEN 3 WHEN {_is("access")} THEN 2 ELSE 99 END
    WHEN 4001 THEN CASE WHEN {_is("denied")} THEN 5 WHEN {_is("start")} THEN 1
        WHEN {_is("end")} THEN 2 ELSE 6 END
    WHEN 4002 THEN CASE upper(j.http.request.method) WHEN 'CONNECT' THEN 1 WHEN 'DELETE' THEN 2
        WHEN 'GET' THEN 3 WHEN 'HEAD' THEN 4 WHEN 'OPTIONS' THEN 5 WHEN 'POST' THEN 6
        WHEN 'PUT' THEN 7 WHEN 'TRACE' THEN 8 WHEN 'PATCH' THEN 9 ELSE 99 END
    WHEN 4003 THEN CASE j.dns.type WHEN 'query' THEN 1 WHEN 'answer' THEN 2 ELSE 6 END
    WHEN 6005 THEN CASE WHEN {_is("creation")} THEN 6 WHEN {_is("deletion")} THEN 7
        WHEN {_is("change")} THEN 2 WHEN {_is("access")} THEN 1 ELSE 99 END
    WHEN 6002 THEN CASE WHEN {_is("installation")} THEN 1 WHEN {_is("deletion")} THEN 2
        WHEN {_is("change")} THEN 8 WHEN {_is("start")} THEN 3 WHEN {_is("end")} THEN 4 ELSE 99 END
    WHEN 4009 THEN 99
    ELSE {_CRUD} END"""

ACT = f"""CASE WHEN class = 3002 THEN 'auth'
    WHEN {_is("creation", "installation")} THEN 'create' WHEN {_is("deletion")} THEN 'delete'
    WHEN {_is("change")} THEN 'update' WHEN {_is("access")} THEN 'read'
    WHEN class IN (2004, 2002, 1007, 4001, 4003) THEN 'other'
    ELSE coalesce({act_of(_E + ".action")}, 'other') END"""

STATUS = f"""CASE
    WHEN NOT ok THEN NULL
    WHEN lower({_E}.outcome) IN ('success', 'failure', 'unknown') THEN lower({_E}.outcome)
    WHEN {_is("denied")} THEN 'failure'
    WHEN try_cast(j.http.response.status_code AS INTEGER) BETWEEN 400 AND 599 THEN 'failure'
    WHEN {_is("allowed")} THEN 'success'
    WHEN try_cast(j.http.response.status_code AS INTEGER) BETWEEN 100 AND 399 THEN 'success'
    WHEN j.winlog IS NOT NULL AND {_E}.code = '4625' THEN 'failure'
    WHEN j.winlog IS NOT NULL AND {_E}.code = '4624' THEN 'success'
    ELSE 'unknown' END"""

SEVERITY = """CASE WHEN NOT ok THEN 0 WHEN class = 0 THEN 0 ELSE CASE j.kibana.alert.severity
    WHEN 'low' THEN 2 WHEN 'medium' THEN 3 WHEN 'high' THEN 4 WHEN 'critical' THEN 5
    ELSE CASE WHEN class IN (2002, 2004) THEN 0 ELSE 1 END END END"""
