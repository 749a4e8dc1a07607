"""What a server message says: who connected, what pgAudit saw, which statement ran or failed."""

from __future__ import annotations

import re

__all__ = ["read_message"]

Fields = dict[str, str]

_AUDIT = re.compile(
    r'AUDIT: (SESSION|OBJECT),(\d+),(\d+),([A-Z_]+),([^,\n]*),([^,\n]*),("(?:[^"]|"")*"|[^,\n]*),'
    r'(?:"((?:[^"]|"")*)(?:"|\Z)|([^,]*))',
    re.DOTALL,
)
_ACCEPTED = re.compile(
    r"(?:replication )?connection authorized: user=(\S+)(?: database=(\S+))?"
    r"(?: application_name=(.*?))?(?: SSL enabled .*| GSS .*)?",
    re.DOTALL,
)
_KNOWN = re.compile(
    r'connection authenticated: (?:identity|user)="([^"]*)" method=(\S+).*', re.DOTALL
)
_RECEIVED = re.compile(r"connection received: host=(\S+)(?: port=(\S+))?.*", re.DOTALL)
_LEFT = re.compile(
    r"disconnection: session time: (\S+) user=(\S+) database=(\S+) host=(\S+)(?: port=(\d+))?"
)
_REFUSED = re.compile(
    r"authentication failed|no pg_hba\.conf entry|pg_hba\.conf rejects"
    r'|^role "[^"]*" (?:does not exist|is not permitted to log in)'
    r'|^database "[^"]*" (?:does not exist|is not currently accepting connections)'
    r"|^permission denied for database|^too many connections|^sorry, too many clients"
    r"|^remaining connection slots|^connection requires a valid client certificate"
    r"|^the database system is|^no PostgreSQL user name specified"
)
_USER = re.compile(r'\b(?:user|role) "([^"]*)"')
_HOST = re.compile(r'\bhost "([^"]*)"')
_DATABASE = re.compile(r'\bdatabase "([^"]*)"')
_RUN = re.compile(
    r"(duration: ([0-9.]+) ms\s+)?(?:statement|execute [^:]*|execute fetch from [^:]*): (.*)",
    re.DOTALL,
)
_TOOK = re.compile(r"duration: ([0-9.]+) ms(?:\s+(?:parse|bind) .*)?", re.DOTALL)
_WORDS = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/|\()*([A-Za-z]+)(?:\s+([A-Za-z]+))?", re.DOTALL)
_TWO = frozenset(
    ("CREATE", "ALTER", "DROP", "COMMENT", "REFRESH", "SECURITY", "IMPORT", "REASSIGN", "ROLLBACK",
     "START", "PREPARE", "COMMIT", "SET")
)  # fmt: skip
_OBJECTS = (
    "TABLE INDEX VIEW ROLE USER GROUP DATABASE SCHEMA FUNCTION PROCEDURE EXTENSION SEQUENCE TRIGGER"
    " TYPE DOMAIN SERVER POLICY PUBLICATION SUBSCRIPTION TABLESPACE RULE AGGREGATE CAST COLLATION"
    " LANGUAGE OPERATOR STATISTICS TRANSACTION PREPARED SYSTEM OWNED"
)
_SECOND = frozenset(_OBJECTS.split())
_ROLE = re.compile(
    r"\s*(?:CREATE|ALTER|DROP)\s+(?:ROLE|USER|GROUP)\s+(?!MAPPING\b)(?:IF\s+EXISTS\s+)?"
    r'("(?:[^"]|"")+"|[A-Za-z_][\w$]*)',
    re.IGNORECASE,
)
_GRANTEE = re.compile(
    r'\s*(?:GRANT|REVOKE)\s.*\s(?:TO|FROM)\s+(?:GROUP\s+)?("(?:[^"]|"")+"|[A-Za-z_][\w$]*)',
    re.IGNORECASE | re.DOTALL,
)


def read_message(severity: str, message: str, statement: str) -> Fields:
    """The kind of a message, and what it states besides its text."""
    if message.startswith("AUDIT: ") and (found := _audit(message)):
        return found
    if severity in {"ERROR", "FATAL", "PANIC"}:
        return _failure(severity, message, statement)
    if message.startswith(("connection ", "disconnection", "replication connection")):
        return _connection(message)
    if (run := _RUN.fullmatch(message)) is not None:
        return {"kind": "done" if run[1] else "statement", **_statement(run[3])}
    if _TOOK.fullmatch(message):
        return {"kind": "took"}
    return {"kind": "notice"}


def _audit(message: str) -> Fields:
    found = _AUDIT.match(message)
    if found is None:
        return {}
    sql = found[9] if found[8] is None else found[8].replace('""', '"')
    told = {
        "kind": "audit", "audit": found[1], "statement_id": found[2], "class": found[4],
        "command": found[5], "object_type": found[6],
        "object": found[7].strip('"').replace('""', '"'), "sql": sql, "whom": _whom(sql),
    }  # fmt: skip
    return {name: value for name, value in told.items() if value}


def _connection(message: str) -> Fields:
    found: dict[str, str | None] = {"kind": "notice"}
    if (told := _ACCEPTED.fullmatch(message)) is not None:
        found = {"kind": "accepted", "user": told[1], "db": told[2], "app": told[3]}
    elif (told := _KNOWN.fullmatch(message)) is not None:
        found = {"kind": "known", "identity": told[1], "method": told[2]}
    elif (told := _RECEIVED.fullmatch(message)) is not None:
        found = {"kind": "received", "host": told[1], "port": told[2]}
    elif (told := _LEFT.fullmatch(message)) is not None:
        found = {"kind": "left", "user": told[2], "db": told[3], "host": told[4], "port": told[5]}
    return {name: value for name, value in found.items() if value}


def _failure(severity: str, message: str, statement: str) -> Fields:
    if severity == "FATAL" and _REFUSED.search(message) is not None:
        told = {"user": _USER, "host": _HOST, "db": _DATABASE}
        named = {name: each.search(message) for name, each in told.items()}
        return {"kind": "refused"} | {name: each[1] for name, each in named.items() if each}
    return {"kind": "failed", **_statement(statement)} if statement else {"kind": "trouble"}


def _statement(sql: str) -> Fields:
    """Name a statement by its first words, as pgAudit would."""
    found = {"sql": sql}
    words = _WORDS.match(sql)
    if words is not None:
        command = words[1].upper()
        second = (words[2] or "").upper()
        if command in _TWO and second in _SECOND:
            command = f"{command} {second}"
        found["command"] = command
    if whom := _whom(sql):
        found["whom"] = whom
    return found


def _whom(sql: str) -> str:
    if sql[:1].upper() not in "CADGR" and not sql[:1].isspace():
        return ""
    found = _ROLE.match(sql) or _GRANTEE.match(sql[:4_096])
    return found[1].strip('"').replace('""', '"') if found else ""
