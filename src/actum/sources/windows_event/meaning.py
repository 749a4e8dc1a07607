"""What Windows events mean, by their number and the provider that numbers them.

Rules:

1. A number means something only with its provider: 1 is a process of Sysmon and a boot of others.
2. Who acted is the ``Subject``; who signed in, or was changed, is the ``Target``.
3. The outcome is that of the event's number; where a number stands for both, that of its status
   code; else of its keywords, audit success or audit failure.
4. ``-``, ``%%`` codes and the null SID are nothing.

References:
- https://learn.microsoft.com/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/security-auditing-overview
- https://learn.microsoft.com/windows/security/threat-protection/auditing/event-4625 (status codes)
- https://learn.microsoft.com/sysinternals/downloads/sysmon#events
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address
from typing import Final

from actum.sources.clocks import rfc3339
from actum.sources.windows_event.kinds import (
    AUDITING,
    CONTROL,
    DNS,
    KINDS,
    OTHER,
    REASONS,
    SYSMON,
)
from actum.sources.windows_event.telling import Told

__all__ = ["means"]


_LEVELS: Final = {
    "1": 5, "critical": 5, "2": 4, "error": 4, "3": 3, "warning": 3, "0": 1, "4": 1, "5": 1,
    "information": 1, "informational": 1, "info": 1, "verbose": 1,
}  # fmt: skip
_NOTHING: Final = frozenset(("", "-", "S-1-0-0", "NULL SID", "0x0", "N/A", "%%1843"))


def means(told: Told) -> dict[str, object]:
    """Tell an event by the columns it fills."""
    provider = told.provider.lower()
    if provider.endswith("sysmon") or "sysmon" in told.channel.lower():
        kind = SYSMON.get(told.event_id, OTHER)
    elif provider == "service control manager":
        kind = CONTROL.get(told.event_id, OTHER)
    elif provider in AUDITING and (provider or told.channel.lower() == "security"):
        kind = KINDS.get(told.event_id, OTHER)
    else:
        kind = OTHER
    data = told.data
    said: dict[str, object] = {
        "class": kind.class_uid, "activity": kind.activity_id, "action": kind.action,
        "operation": told.event_id, "service": told.provider,
        "product": told.channel or told.provider,
        "host": told.computer, "message": told.message, "activity_uid": told.activity,
        "severity": _LEVELS.get(told.level.lower(), 0), "channel": told.channel,
    }  # fmt: skip
    if told.record:
        said["id"] = f"{told.channel}/{told.record}"
    stated = [(each, rfc3339(each, zoneless_is_utc=each in told.utc)) for each in told.stated]
    said["stated"], said["time"] = next(
        (each for each in stated if each[1]), (stated or [("", "")])[0]
    )
    said["status"] = kind.status or _outcome(told)
    _FIELDS[kind.fields](said, data)
    if told.user_sid and not said.get("uid") and not said.get("user"):
        said["uid"] = told.user_sid
    _origin(said, data)
    if kind.class_uid == _SIGN_IN:
        said["service"] = "Windows"
    if kind.class_uid == _SIGN_IN and said["status"] == "failure":
        code = _given(data, "SubStatus") or _given(data, "Status") or _given(data, "FailureCode")
        said["code"], said["detail"] = code, REASONS.get(code.lower(), "")
    return said


_SIGN_IN: Final = 3002


def _given(data: dict[str, str], key: str) -> str:
    value = data.get(key, "")
    return "" if value in _NOTHING else value


def _outcome(told: Told) -> str:
    status = told.data.get("Status") or told.data.get("ErrorCode") or ""
    if status.lower() in ("0x0", "0"):
        return "success"
    if told.event_id in ("4768", "4769", "4776") and status:
        return "failure"
    words = told.keywords.lower()
    if "audit failure" in words or "audit_failure" in words or "0x801" in words:
        return "failure"
    if "audit success" in words or "audit_success" in words or "0x802" in words:
        return "success"
    return "unknown"


def _who(said: dict[str, object], data: dict[str, str], side: str) -> None:
    said["user"] = _given(data, f"{side}UserName")
    said["uid"] = _given(data, f"{side}UserSid") or _given(data, f"{side}Sid")
    said["session"] = _given(data, f"{side}LogonId")


def _subject(said: dict[str, object], data: dict[str, str]) -> None:
    _who(said, data, "Subject")
    if not said["user"]:
        said["user"] = _account_of(data.get("User", ""))


def _target(said: dict[str, object], data: dict[str, str]) -> None:
    _who(said, data, "Target")
    subject = _given(data, "SubjectUserName")
    if subject and subject != said["user"]:
        said["users"] = [subject]
    logon_type = data.get("LogonType", "")
    if logon_type and not said["message"]:
        said["message"] = f"logon type {logon_type}: {_TYPES.get(logon_type, 'unknown')}"


_TYPES: Final = {
    "2": "interactive", "3": "network", "4": "batch", "5": "service", "7": "unlock",
    "8": "network, cleartext", "9": "new credentials", "10": "remote interactive", "11": "cached",
}  # fmt: skip


def _explicit(said: dict[str, object], data: dict[str, str]) -> None:
    _who(said, data, "Subject")
    other = _given(data, "TargetUserName")
    said |= {
        "acting_as": other,
        "users": [other] if other else [],
        "thing": other,
        "thing_type": "user",
    }
    said["dst_name"] = _given(data, "TargetServerName")


def _ticket(said: dict[str, object], data: dict[str, str]) -> None:
    _who(said, data, "Target")
    said["thing"], said["thing_type"] = _given(data, "ServiceName"), "service"
    said["src_name"] = _given(data, "Workstation")


def _session(said: dict[str, object], data: dict[str, str]) -> None:
    said["user"], said["session"] = _given(data, "AccountName"), _given(data, "LogonID")
    said["src_name"] = _given(data, "ClientName")
    said["address"] = _given(data, "ClientAddress")


def _changed(said: dict[str, object], data: dict[str, str]) -> None:
    _who(said, data, "Subject")
    name = _given(data, "TargetUserName") or _given(data, "NewTargetUserName")
    said |= {"thing": name, "thing_uid": _given(data, "TargetSid"), "thing_type": "user"}
    said["users"] = [each for each in (name, _given(data, "OldTargetUserName")) if each]


def _locked(said: dict[str, object], data: dict[str, str]) -> None:
    _changed(said, data)
    said["src_name"] = _given(data, "TargetDomainName")


def _grouped(said: dict[str, object], data: dict[str, str]) -> None:
    _who(said, data, "Subject")
    said |= {"thing": _given(data, "TargetUserName"), "thing_uid": _given(data, "TargetSid")}
    said["thing_type"] = "group"
    member = _given(data, "MemberName")
    named = member.partition(",")[0].removeprefix("CN=").removeprefix("cn=")
    said["users"] = [each for each in (named, _given(data, "MemberSid")) if each]


def _process(said: dict[str, object], data: dict[str, str]) -> None:
    _who(said, data, "Target" if _given(data, "TargetUserName") else "Subject")
    if _given(data, "TargetUserName") and (subject := _given(data, "SubjectUserName")):
        said["acting_as"], said["user"] = said["user"], subject
        said["uid"], said["session"] = (
            _given(data, "SubjectUserSid"),
            _given(data, "SubjectLogonId"),
        )
    path = _given(data, "NewProcessName") or _given(data, "ProcessName")
    _program(said, path, _given(data, "NewProcessId") or _given(data, "ProcessId"))
    said["command"] = _given(data, "CommandLine")


def _image(said: dict[str, object], data: dict[str, str]) -> None:
    said["user"] = _account_of(data.get("User", ""))
    said["session"] = _given(data, "LogonId")
    _program(said, _given(data, "Image"), _given(data, "ProcessId"))
    said["command"] = _given(data, "CommandLine")


def _source(said: dict[str, object], data: dict[str, str]) -> None:
    said["user"] = _account_of(data.get("SourceUser", ""))
    _program(said, _given(data, "SourceImage"), _given(data, "SourceProcessId"))
    said["thing"], said["thing_type"] = _given(data, "TargetImage"), "process"


def _file(said: dict[str, object], data: dict[str, str]) -> None:
    _image(said, data)
    said["thing"], said["thing_type"] = _given(data, "TargetFilename"), "file"


def _network(said: dict[str, object], data: dict[str, str]) -> None:
    _image(said, data)
    said["address"], said["src_port"] = _given(data, "SourceIp"), _given(data, "SourcePort")
    said["src_name"] = _given(data, "SourceHostname")
    said["dst_ip"], said["dst_port"] = (
        _ip(data.get("DestinationIp", "")),
        _given(data, "DestinationPort"),
    )
    said["dst_name"], said["protocol"] = (
        _given(data, "DestinationHostname"),
        _given(data, "Protocol"),
    )
    initiated = data.get("Initiated", "").lower()
    said["direction"] = {"true": "outbound", "false": "inbound"}.get(initiated, "")


def _query(said: dict[str, object], data: dict[str, str]) -> None:
    _image(said, data)
    said["query"] = _given(data, "QueryName")
    said["src_name"] = said["host"]
    status = data.get("QueryStatus", "")
    said["status"] = "success" if status == "0" else "failure" if status else "unknown"
    if status not in ("", "0"):
        said["code"], said["detail"] = status, DNS.get(status, "")
    found = data.get("QueryResults", "").split(";")[:64]
    said["ips"] = [address for each in found if (address := _ip(each))]


def _installed(said: dict[str, object], data: dict[str, str]) -> None:
    _who(said, data, "Subject")
    name = _given(data, "ServiceName") or _given(data, "param1")
    said |= {"thing": name, "thing_type": "service", "service": name}
    runs_as = _given(data, "AccountName") or _given(data, "ServiceAccount")
    said["users"] = [runs_as] if runs_as else []
    path = _given(data, "ImagePath") or _given(data, "ServiceFileName")
    said["command"] = path


def _task(said: dict[str, object], data: dict[str, str]) -> None:
    _who(said, data, "Subject")
    said["thing"], said["thing_type"] = _given(data, "TaskName"), "scheduled task"


def _log(said: dict[str, object], data: dict[str, str]) -> None:
    _who(said, data, "Subject")
    said["thing"] = _given(data, "Channel") or said["channel"]
    said["thing_type"] = "log"


_READS, _WRITES, _DELETES = 0x1, 0x6, 0x10000


def _object(said: dict[str, object], data: dict[str, str]) -> None:
    _who(said, data, "Subject")
    _program(said, _given(data, "ProcessName"), _given(data, "ProcessId"))
    said["thing"], said["thing_type"] = (
        _given(data, "ObjectName"),
        data.get("ObjectType", "").lower(),
    )
    if said["thing_type"] not in ("", "file"):
        said["class"], said["activity"] = 0, 99
    try:
        mask = int(data.get("AccessMask", "0x0"), 16)
    except ValueError:
        return
    if said["activity"] == 99 and said["class"]:
        for bits, activity, action in (
            (_DELETES, 4, "delete"),
            (_WRITES, 3, "update"),
            (_READS, 2, "read"),
        ):
            if mask & bits:
                said["activity"], said["action"] = activity, action
                return


def _privileged(said: dict[str, object], data: dict[str, str]) -> None:
    _who(said, data, "Subject")
    said["things"] = data.get("PrivilegeList", "").split()


_FIELDS: Final = {
    "privileged": _privileged,
    "target": _target, "subject": _subject, "explicit": _explicit, "ticket": _ticket,
    "session": _session, "account": _changed, "locked": _locked, "group": _grouped,
    "process": _process, "image": _image, "source": _source, "file": _file, "network": _network,
    "query": _query, "service": _installed, "task": _task, "log": _log, "object": _object,
}  # fmt: skip


def _account_of(name: str) -> str:
    return "" if name in _NOTHING else name.rpartition("\\")[2]


def _program(said: dict[str, object], path: str, number: str) -> None:
    said["program"], said["process"] = path, path.rpartition("\\")[2]
    try:
        pid = int(number, 16 if number[:2].lower() == "0x" else 10)
    except ValueError:
        return
    if 0 <= pid < 1 << 32:
        said["pid"] = pid


@lru_cache(maxsize=4_096)
def _ip(text: str) -> str:
    text = text.strip().strip("[]").split("%")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return ""
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped) if mapped else text


def _origin(said: dict[str, object], data: dict[str, str]) -> None:
    address = str(
        said.pop("address", "") or data.get("IpAddress") or data.get("ClientAddress") or ""
    )
    said["src_ip"] = _ip(address)
    said.setdefault("src_port", _given(data, "IpPort"))
    if not said.get("src_name"):
        said["src_name"] = _given(data, "WorkstationName")
    if not said["src_ip"] and (found := _ip(str(said["src_name"]))):
        said["src_ip"], said["src_name"] = found, ""
