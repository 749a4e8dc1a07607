"""The numbers of Windows events and what they mean; and those of the reasons they give.

A kind names whose fields are read: those of the ``Subject``, of the ``Target``, of a process, ….

References:
- https://learn.microsoft.com/windows/security/threat-protection/auditing/security-auditing-overview
- https://learn.microsoft.com/windows/security/threat-protection/auditing/event-4625 (status codes)
- https://learn.microsoft.com/sysinternals/downloads/sysmon#events
"""

from __future__ import annotations

from typing import Final, NamedTuple

__all__ = ["AUDITING", "CONTROL", "DNS", "KINDS", "OTHER", "REASONS", "SYSMON", "Kind"]


class Kind(NamedTuple):
    """Class, activity, kind of act; whose fields to read; the outcome its number states."""

    class_uid: int
    activity_id: int
    action: str
    fields: str
    status: str = ""


_IN, _OUT = "target", "target"
_ACCOUNT, _GROUP = "account", "group"
KINDS: Final[dict[str, Kind]] = {
    "4624": Kind(3002, 1, "auth", _IN, "success"), "4625": Kind(3002, 1, "auth", _IN, "failure"),
    "4634": Kind(3002, 2, "auth", _OUT, "success"), "4647": Kind(3002, 2, "auth", _OUT, "success"),
    "4648": Kind(3002, 1, "auth", "explicit", "unknown"),
    "4672": Kind(3003, 1, "auth", "privileged", "success"),
    "4768": Kind(3002, 3, "auth", "ticket"), "4769": Kind(3002, 4, "auth", "ticket"),
    "4770": Kind(3002, 5, "auth", "ticket", "success"),
    "4771": Kind(3002, 6, "auth", "ticket", "failure"), "4776": Kind(3002, 1, "auth", "ticket"),
    "4778": Kind(3002, 1, "auth", "session", "success"),
    "4779": Kind(3002, 2, "auth", "session", "success"),
    "4800": Kind(3002, 99, "auth", _IN, "success"), "4801": Kind(3002, 99, "auth", _IN, "success"),
    "4720": Kind(3001, 1, "create", _ACCOUNT, "success"),
    "4722": Kind(3001, 2, "update", _ACCOUNT, "success"),
    "4723": Kind(3001, 3, "update", _ACCOUNT), "4724": Kind(3001, 4, "update", _ACCOUNT),
    "4725": Kind(3001, 5, "update", _ACCOUNT, "success"),
    "4726": Kind(3001, 6, "delete", _ACCOUNT, "success"),
    "4738": Kind(3001, 99, "update", _ACCOUNT, "success"),
    "4740": Kind(3001, 9, "update", "locked", "success"),
    "4767": Kind(3001, 12, "update", _ACCOUNT, "success"),
    "4781": Kind(3001, 99, "update", _ACCOUNT, "success"),
    "4741": Kind(3001, 1, "create", _ACCOUNT, "success"),
    "4742": Kind(3001, 99, "update", _ACCOUNT, "success"),
    "4743": Kind(3001, 6, "delete", _ACCOUNT, "success"),
    "4688": Kind(1007, 1, "other", "process", "success"),
    "4689": Kind(1007, 2, "other", "process", "success"),
    "4697": Kind(6002, 1, "create", "service", "success"),
    "4698": Kind(1006, 1, "create", "task", "success"),
    "4699": Kind(1006, 3, "delete", "task", "success"),
    "4700": Kind(1006, 4, "update", "task", "success"),
    "4701": Kind(1006, 5, "update", "task", "success"),
    "4702": Kind(1006, 2, "update", "task", "success"),
    "1102": Kind(1008, 1, "delete", "log", "success"),
    "104": Kind(1008, 1, "delete", "log", "success"),
    "4719": Kind(1008, 99, "update", "subject", "success"),
    "1100": Kind(1008, 7, "other", "subject", "success"),
    "4663": Kind(1001, 99, "other", "object"), "4656": Kind(1001, 99, "other", "object"),
    "4660": Kind(1001, 4, "delete", "object"), "4670": Kind(1001, 7, "update", "object", "success"),
}  # fmt: skip
_GROUPS: Final = (
    ("4727 4731 4754 4744 4749 4759", Kind(3006, 6, "create", _GROUP, "success")),
    ("4728 4732 4756 4746 4751 4761", Kind(3006, 3, "update", _GROUP, "success")),
    ("4729 4733 4757 4747 4752 4762", Kind(3006, 4, "update", _GROUP, "success")),
    ("4730 4734 4758 4748 4753 4763", Kind(3006, 5, "delete", _GROUP, "success")),
    ("4735 4737 4755 4764", Kind(3006, 99, "update", _GROUP, "success")),
)
KINDS.update((number, kind) for numbers, kind in _GROUPS for number in numbers.split())
CONTROL: Final[dict[str, Kind]] = {
    "7045": Kind(6002, 1, "create", "service", "success"),
    "7040": Kind(6002, 99, "update", "service", "success"),
    "104": KINDS["104"],
}
SYSMON: Final[dict[str, Kind]] = {
    "1": Kind(1007, 1, "other", "image", "success"),
    "5": Kind(1007, 2, "other", "image", "success"),
    "3": Kind(4001, 1, "other", "network", "success"),
    "22": Kind(4003, 1, "read", "query"),
    "11": Kind(1001, 1, "create", "file", "success"),
    "2": Kind(1001, 6, "update", "file", "success"),
    "23": Kind(1001, 4, "delete", "file", "success"),
    "26": Kind(1001, 4, "delete", "file", "success"),
    "15": Kind(1001, 1, "create", "file", "success"),
    "8": Kind(1007, 4, "other", "source", "success"),
    "10": Kind(1007, 3, "other", "source", "success"),
    "4": Kind(1008, 99, "update", "image", "success"),
    "16": Kind(1008, 99, "update", "image", "success"),
}
AUDITING: Final = frozenset(
    ("microsoft-windows-security-auditing", "microsoft-windows-eventlog", "")
)
OTHER: Final = Kind(0, 99, "other", "subject")

REASONS: Final = {
    "0xc0000064": "the user does not exist", "0xc000006a": "wrong password",
    "0xc000006d": "bad user name or password", "0xc000006e": "account restriction",
    "0xc000006f": "outside the hours allowed", "0xc0000070": "not from this workstation",
    "0xc0000071": "the password has expired", "0xc0000072": "the account is disabled",
    "0xc00000dc": "the server is in the wrong state", "0xc0000133": "clocks differ too much",
    "0xc000015b": "this kind of logon is not granted", "0xc000018c": "the trust failed",
    "0xc0000192": "the logon service was not started", "0xc0000193": "the account has expired",
    "0xc0000224": "the password must be changed", "0xc0000234": "the account is locked out",
    "0xc0000413": "the machine is protected by an authentication firewall",
    "0x6": "the user does not exist", "0x12": "the account is disabled, expired or locked out",
    "0x17": "the password has expired", "0x18": "wrong password", "0x25": "clocks differ too much",
}  # fmt: skip
DNS: Final = {"9003": "NXDOMAIN", "9002": "SERVFAIL", "9005": "REFUSED", "1460": "timed out"}
