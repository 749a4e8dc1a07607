"""What the programs that decide who may enter say, each in its own words.

A pattern is asked only of its own program's lines, and must fit to the end where a user name is in
it: anybody may call himself ``root from 192.0.2.1 port 22``, and what stands last is the program's.

References:
- auth.c and auth2.c of OpenSSH, logging.c of sudo, su-common.c and login.c of util-linux
- useradd, usermod, userdel, groupadd, gpasswd, passwd of shadow-utils; cron(8); pam_unix(8)
- login/logind-session.c of systemd
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

__all__ = ["KNOWN", "understand"]

Said = dict[str, object]
_Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], Said]]
_FROM = r"from (?P<ip>\S+)(?: port (?P<port>\d+))?"
_TAIL = r"(?: ssh\d?)?(?: \[preauth\])?"


def _said(class_uid: int, activity_id: int, action: str, operation: str, status: str) -> Said:
    return {
        "class": class_uid, "activity": activity_id, "action": action, "operation": operation,
        "status": status,
    }  # fmt: skip


def _rule(  # noqa: PLR0917 - a row of a table
    pattern: str, class_uid: int, activity_id: int, action: str, operation: str,
    status: str = "success", **fixed: object,
) -> _Rule:  # fmt: skip
    """Pair a pattern with what it means; its named groups are members of what is said."""
    base = {**_said(class_uid, activity_id, action, operation, status), **fixed}

    def tell(found: re.Match[str]) -> Said:
        return {**base, **{name: value for name, value in found.groupdict().items() if value}}

    return re.compile(pattern, re.DOTALL), tell


def _in(pattern: str, operation: str, status: str, activity_id: int = 1, **fixed: object) -> _Rule:
    return _rule(pattern, 3002, activity_id, "auth", operation, status, **fixed)


_SSH = (
    _in(rf"Accepted (?P<detail>\S+) for (?P<user>.*) {_FROM} *{_TAIL}"
        r"(?:: (?:\S+ )?(?P<key>\S+))?\s*$",
        "Accepted", "success"),
    _in(rf"Failed (?P<detail>\S+) for invalid user (?P<user>.*) {_FROM}{_TAIL}(?:: .*)?$",
        "Failed", "failure", code="invalid user"),
    _in(rf"Failed (?P<detail>\S+) for (?P<user>.*) {_FROM}{_TAIL}(?:: .*)?$", "Failed", "failure"),
    _in(rf"(?:Invalid|Illegal) user (?P<user>.*) {_FROM}$", "Invalid user", "failure",
        code="invalid user"),
    _in(r"error: maximum authentication attempts exceeded for invalid user (?P<user>.*) "
        rf"{_FROM}{_TAIL}$", "maximum authentication attempts exceeded", "failure",
        code="invalid user"),
    _in(rf"error: maximum authentication attempts exceeded for (?P<user>.*) {_FROM}{_TAIL}$",
        "maximum authentication attempts exceeded", "failure"),
    _in(rf"User (?P<user>.*) {_FROM} (?P<detail>not allowed because .*)$",
        "not allowed", "failure"),
    _in(rf"Postponed (?P<detail>\S+) for (?P<user>.*) {_FROM}{_TAIL}$", "Postponed", "unknown"),
    _in(r"(?:Connection (?P<detail>closed|reset) by|Disconnected from) "
        r"(?:authenticating|invalid) user (?P<user>.*) (?P<ip>\S+) port (?P<port>\d+)"
        r"(?: \[preauth\])?$",
        "Connection closed", "unknown"),
    _in(r"Disconnected from user (?P<user>.*) (?P<ip>\S+) port (?P<port>\d+)$", "Disconnected",
        "success", 2),
    _rule(rf"Connection {_FROM}(?: on (?P<dst_ip>\S+) port (?P<dst_port>\d+).*)?$",
          4007, 1, "other", "Connection", "success"),
    _rule(rf"Received disconnect {_FROM}.*$", 4007, 2, "other", "Received disconnect"),
    _rule(r"(?:Connection (?:closed|reset) by|Disconnected from) (?P<ip>\S+)"
          r"(?: port (?P<port>\d+))?(?: \[preauth\])?$", 4007, 2, "other", "Connection closed"),
    _rule(rf"Did not receive identification string {_FROM}$", 4007, 4, "other",
          "Did not receive identification string", "failure"),
)  # fmt: skip
_DROPBEAR = (
    _in(r"(?P<detail>\S+) auth succeeded for '(?P<user>.*)' (?:with \S+ key (?P<key>\S+) )?from "
        r"(?P<ip>\S+):(?P<port>\d+)$", "auth succeeded", "success"),
    _in(r"(?:Bad (?P<detail>\S+) attempt for|Login attempt for nonexistent user) ?"
        r"'?(?P<user>.*?)'? ?from (?P<ip>\S+):(?P<port>\d+)$", "Bad attempt", "failure"),
)  # fmt: skip
_SEP = r"[ ;]+"
_SUDO_TAIL = (
    rf"(?:HOST=\S+{_SEP})?(?:TTY=\S+{_SEP})?(?:CHROOT=\S+{_SEP})?PWD=.*?{_SEP}USER=(?P<acting_as>\S+)"
    rf"{_SEP}(?:GROUP=\S+{_SEP})?(?:TSID=\S+{_SEP})?(?:ENV=.*?{_SEP})?COMMAND=(?P<command>.*)$"
)
_SUDO = (
    _rule(rf" *(?P<user>\S+) : {_SUDO_TAIL}", 1007, 1, "other", "sudo"),
    _rule(rf" *(?P<user>\S+) : (?P<detail>[^;=]+?) ; {_SUDO_TAIL}", 1007, 1, "other", "sudo",
          "failure"),
)  # fmt: skip
_SU = (
    _in(r"(?:FAILED SU|BAD SU) \(to (?P<target>\S+)\) (?P<user>\S+) on", "su", "failure", 7),
    _in(r"\(to (?P<target>\S+)\) (?P<user>\S+) on", "su", "success", 7, become=True),
    _in(r"BAD SU (?P<user>\S+) to (?P<target>\S+) on", "su", "failure", 7),
    _in(r"(?P<user>\S+) to (?P<target>\S+) on ", "su", "success", 7, become=True),
    _in(r"Successful su for (?P<target>\S+) by (?P<user>\S+)$", "su", "success", 7, become=True),
    _in(r"FAILED su for (?P<target>\S+) by (?P<user>\S+)$", "su", "failure", 7),
    _in(r"\+ \S+ (?P<user>[^\s:]+):(?P<target>\S+)$", "su", "success", 7, become=True),
    _in(r"- \S+ (?P<user>[^\s:]+):(?P<target>\S+)$", "su", "failure", 7),
)
_LOGIN = (
    _in(r"ROOT LOGIN ON \S+(?: FROM (?P<origin>\S+))?$", "LOGIN", "success", user="root"),
    _in(r"(?:DIALUP AT|LOGIN ON) \S+ BY (?P<user>\S+)(?: FROM (?P<origin>\S+))?$",
        "LOGIN", "success"),
    _in(r"FAILED LOGIN \(\d+\) on '[^']*'(?: from '(?P<origin>[^']*)')? FOR '(?P<user>.*)', "
        r"(?P<detail>.*)$", "FAILED LOGIN", "failure"),
    _in(r"FAILED LOGIN(?: SESSION)?(?: \d+)? FROM (?P<origin>\S+) FOR (?P<user>.*), "
        r"(?P<detail>.*)$",
        "FAILED LOGIN", "failure"),
)  # fmt: skip


def _account(
    pattern: str, activity_id: int, action: str, operation: str, status: str = "success"
) -> _Rule:
    return _rule(pattern, 3001, activity_id, action, operation, status, kind="user")


def _group(
    pattern: str, activity_id: int, action: str, operation: str, status: str = "success"
) -> _Rule:
    return _rule(pattern, 3006, activity_id, action, operation, status, kind="group")


_ACCOUNTS = (
    _account(r"new user: name=(?P<target>[^,]+), UID=(?P<target_uid>\d+)", 1, "create", "new user"),
    _account(r"failed adding user '(?P<target>[^']*)'(?:, (?P<detail>.*))?", 1, "create",
             "failed adding user", "failure"),
    _account(r"delete user '(?P<target>[^']*)'", 6, "delete", "delete user"),
    _account(r"lock user '(?P<target>[^']*)' password", 9, "update", "lock user"),
    _account(r"unlock user '(?P<target>[^']*)' password", 12, "update", "unlock user"),
    _account(r"change user '(?P<target>[^']*)' password", 3, "update", "change user password"),
    _account(r"change user name '[^']*' to '(?P<target>[^']*)'", 99, "update", "change user name"),
    _account(r"change user '(?P<target>[^']*)' (?P<detail>.*)$", 99, "update", "change user"),
    _account(r"password for '?(?P<target>[^' ]+)'? changed by '?(?P<user>[^' ]+)'?", 3, "update",
             "password changed"),
    _account(r"changed password expiry for (?P<target>\S+)", 99, "update",
             "changed password expiry"),
    _group(r"(?:new group: |group added to /etc/g\w+: )name=(?P<group>[^,]+)"
           r"(?:, GID=(?P<group_uid>\d+))?",
           6, "create", "new group"),
    _group(r"group '(?P<group>[^']*)' removed", 5, "delete", "group removed"),
    _group(r"removed (?:shadow )?group '(?P<group>[^']*)'", 5, "delete", "removed group"),
    _group(r"add '(?P<target>[^']*)' to (?:shadow )?group '(?P<group>[^']*)'", 3, "update",
           "add to group"),
    _group(r"delete '(?P<target>[^']*)' from (?:shadow )?group '(?P<group>[^']*)'", 4, "update",
           "delete from group"),
    _group(r"user (?P<target>\S+) added by (?P<user>\S+) to group (?P<group>\S+)", 3, "update",
           "added to group"),
    _group(r"user (?P<target>\S+) removed by (?P<user>\S+) from group (?P<group>\S+)", 4, "update",
           "removed from group"),
)  # fmt: skip
_CRON = (
    _rule(r"\((?P<user>[^)]*)\) CMD \((?P<command>.*)\)\)?$", 1007, 1, "other", "CMD"),
    _rule(r"\((?P<user>[^)]*)\) REPLACE \((?P<job>[^)]*)\)", 1006, 2, "update", "REPLACE"),
    _rule(r"\((?P<user>[^)]*)\) DELETE \((?P<job>[^)]*)\)", 1006, 3, "delete", "DELETE"),
)
_LOGIND = (
    _in(r"New session '?(?P<session>\w+)'? of user '?(?P<user>[^' ]+?)'?(?: with class .*)?\.?$",
        "New session", "success"),
    _in(r"Removed session (?P<session>\w+)\.?$", "Removed session", "success", 2),
)  # fmt: skip
_POLKIT = (
    _rule(r"(?P<user>\S+): Executing command \[USER=(?P<acting_as>[^\]]*)\].*"
          r"\[COMMAND=(?P<command>.*)\]$",
          1007, 1, "other", "pkexec"),
    _rule(r"(?P<user>\S+): (?P<detail>.*not authorized.*?) \[USER=(?P<acting_as>[^\]]*)\].*"
          r"\[COMMAND=(?P<command>.*)\]$", 1007, 1, "other", "pkexec", "failure"),
)  # fmt: skip

_RULES: Final[Mapping[str, tuple[_Rule, ...]]] = {
    **dict.fromkeys(("sshd", "sshd-session", "sshd-auth"), _SSH),
    "dropbear": _DROPBEAR, "sudo": _SUDO, "su": _SU, "login": _LOGIN,
    **dict.fromkeys(
        ("useradd", "usermod", "userdel", "groupadd", "groupdel", "groupmod", "gpasswd", "passwd",
         "chpasswd", "chage", "adduser", "newusers"), _ACCOUNTS),
    **dict.fromkeys(("cron", "crond", "crontab", "anacron", "CROND", "CRON"), _CRON),
    "systemd-logind": _LOGIND, "pkexec": _POLKIT,
}  # fmt: skip

KNOWN: Final = frozenset(_RULES) | frozenset((
    "systemd", "rsyslogd", "syslogd", "syslog-ng", "dhclient", "NetworkManager", "dbus-daemon",
    "ntpd",
    "chronyd", "polkitd", "lightdm", "systemd-networkd", "systemd-resolved",
    "systemd-timesyncd", "systemd-udevd", "systemd-journald", "atd", "postfix", "smartd", "snapd",
))  # fmt: skip
"""Programs whose lines are nobody else's."""

_SWITCHES: Final = frozenset(("sudo", "su", "su-l", "doas", "runuser", "pkexec", "polkit-1"))
_PAM: Final = re.compile(r"pam_\w+\((?P<service>[^():]+):(?P<type>\w+)\): (?P<rest>.*)$", re.DOTALL)
_OPENED: Final = re.compile(
    r"session opened for user (?P<user>[^\s(]+)(?:\(uid=(?P<uid>\d+)\))?"
    r"(?: by (?P<by>[^\s(]*)(?:\(uid=(?P<by_uid>\d+)\))?)?"
)
_CLOSED: Final = re.compile(r"session closed for user (?P<user>\S+)")
_FAILED: Final = re.compile(
    r"(?:(?P<more>\d+) more )?authentication failures?; logname=(?P<logname>\S*) uid=(?P<uid>\S*) "
    r"euid=\S* tty=\S* ruser=(?P<ruser>\S*) rhost=(?P<rhost>\S*)(?: +user=(?P<user>.*))?$"
)
_CHANGED: Final = re.compile(r"password changed for (?P<user>\S+)")
_REPEATED: Final = re.compile(r"message repeated (\d+) times?: \[ ?(.*)\]\s*$", re.DOTALL)


def understand(tag: str, words: str) -> Said | None:
    """What a program's words mean; None if they are only words."""
    repeated = _REPEATED.match(words)
    if repeated is not None:
        said = understand(tag, repeated[2])
        return {**said, "count": int(repeated[1][:9])} if said else {"count": int(repeated[1][:9])}
    if words.startswith("pam_"):
        found = _PAM.match(words)
        return _pam(found) if found is not None else None
    for pattern, tell in _RULES.get(tag, ()):
        rule = pattern.match(words)
        if rule is not None:
            return tell(rule)
    return None


def _pam(found: re.Match[str]) -> Said | None:
    service, rest = found["service"], found["rest"]
    if (opened := _OPENED.match(rest)) is not None:
        return _session(service, opened)
    if (closed := _CLOSED.match(rest)) is not None:
        said = {**_said(3002, 2, "auth", "session closed", "success"), "service": service}
        whose = "target" if service in _SWITCHES else "user"
        return {**said, whose: closed["user"]}
    if (failed := _FAILED.match(rest)) is not None:
        return _refused(service, failed)
    if (changed := _CHANGED.match(rest)) is not None:
        said = _said(3001, 3, "update", "password changed", "success")
        return {**said, "service": service, "target": changed["user"], "kind": "user"}
    if rest.startswith("check pass; user unknown"):
        said = _said(3002, 1, "auth", "check pass", "failure")
        return {**said, "service": service, "code": "user unknown"}
    return None


def _session(service: str, opened: re.Match[str]) -> Said:
    if service in _SWITCHES:
        said = _said(3002, 7, "auth", "session opened", "success")
        return {
            **said, "service": service, "target": opened["user"], "acting_as": opened["user"],
            "user": opened["by"] or None, "uid": opened["by_uid"],
        }  # fmt: skip
    said = _said(3002, 1, "auth", "session opened", "success")
    return {**said, "service": service, "user": opened["user"], "uid": opened["uid"]}


def _refused(service: str, failed: re.Match[str]) -> Said:
    said = _said(3002, 1, "auth", "authentication failure", "failure")
    said["service"] = service
    if failed["more"]:
        said["count"] = int(failed["more"][:9])
    if failed["rhost"]:
        said["origin"] = failed["rhost"]
    asker = failed["ruser"] or failed["logname"]
    if service == "su" and asker:
        return {**said, "activity": 7, "user": asker, "target": failed["user"]}
    return {**said, "user": failed["user"] or asker or None}
