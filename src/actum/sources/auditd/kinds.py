"""The types of audit records: their numbers, and what those mean that are events by themselves.

A record is of the kernel (1300 to 1999, and 2000) or of a program that asked the kernel to write it
(1100 to 1299, 2100 to 2999).  A program's record is an event by itself; the kernel may write
several to one.

References:
- include/uapi/linux/audit.h of Linux, lib/audit-records.h of the audit project
- https://github.com/linux-audit/audit-documentation/wiki/SPEC-Audit-Event-Enrichment
"""

from __future__ import annotations

from typing import Final, NamedTuple

__all__ = ["APPARMOR", "CALLS", "KINDS", "NUMBERS", "Meaning", "is_single", "kind_of"]


class Meaning(NamedTuple):
    """What an event of a kind is: OCSF class, activity, and the kind of act."""

    class_uid: int
    activity_id: int
    action: str


_TYPES: Final = """
1006 LOGIN
1100 USER_AUTH USER_ACCT USER_MGMT CRED_ACQ CRED_DISP USER_START USER_END USER_AVC USER_CHAUTHTOK
USER_ERR CRED_REFR USYS_CONFIG USER_LOGIN USER_LOGOUT ADD_USER DEL_USER ADD_GROUP DEL_GROUP
DAC_CHECK CHGRP_ID TEST TRUSTED_APP USER_SELINUX_ERR USER_CMD USER_TTY CHUSER_ID GRP_AUTH
SYSTEM_BOOT SYSTEM_SHUTDOWN SYSTEM_RUNLEVEL SERVICE_START SERVICE_STOP GRP_MGMT GRP_CHAUTHTOK
MAC_CHECK ACCT_LOCK ACCT_UNLOCK USER_DEVICE SOFTWARE_UPDATE
1200 DAEMON_START DAEMON_END DAEMON_ABORT DAEMON_CONFIG DAEMON_RECONFIG DAEMON_ROTATE DAEMON_RESUME
DAEMON_ACCEPT DAEMON_CLOSE DAEMON_ERR
1300 SYSCALL 1302 PATH IPC SOCKETCALL CONFIG_CHANGE SOCKADDR CWD 1309 EXECVE 1311 IPC_SET_PERM
MQ_OPEN MQ_SENDRECV MQ_NOTIFY MQ_GETSETATTR KERNEL_OTHER FD_PAIR OBJ_PID TTY EOE BPRM_FCAPS CAPSET
MMAP NETFILTER_PKT NETFILTER_CFG SECCOMP PROCTITLE FEATURE_CHANGE REPLACE KERN_MODULE FANOTIFY
TIME_INJOFFSET TIME_ADJNTPVAL BPF EVENT_LISTENER URINGOP OPENAT2 DM_CTRL DM_EVENT
1400 AVC SELINUX_ERR AVC_PATH MAC_POLICY_LOAD MAC_STATUS MAC_CONFIG_CHANGE MAC_UNLBL_ALLOW
MAC_CIPSOV4_ADD MAC_CIPSOV4_DEL MAC_MAP_ADD MAC_MAP_DEL MAC_IPSEC_ADDSA MAC_IPSEC_DELSA
MAC_IPSEC_ADDSPD MAC_IPSEC_DELSPD MAC_IPSEC_EVENT MAC_UNLBL_STCADD MAC_UNLBL_STCDEL
MAC_CALIPSO_ADD MAC_CALIPSO_DEL
1501 APPARMOR_AUDIT APPARMOR_ALLOWED APPARMOR_DENIED APPARMOR_HINT APPARMOR_STATUS APPARMOR_ERROR
1700 ANOM_PROMISCUOUS ANOM_ABEND ANOM_LINK ANOM_CREAT
1800 INTEGRITY_DATA INTEGRITY_METADATA INTEGRITY_STATUS INTEGRITY_HASH INTEGRITY_PCR INTEGRITY_RULE
INTEGRITY_EVM_XATTR INTEGRITY_POLICY_RULE
2000 KERNEL
2100 ANOM_LOGIN_FAILURES ANOM_LOGIN_TIME ANOM_LOGIN_SESSIONS ANOM_LOGIN_ACCT ANOM_LOGIN_LOCATION
ANOM_MAX_DAC ANOM_MAX_MAC ANOM_AMTU_FAIL ANOM_RBAC_FAIL ANOM_RBAC_INTEGRITY_FAIL ANOM_CRYPTO_FAIL
ANOM_ACCESS_FS ANOM_EXEC ANOM_MK_EXEC ANOM_ADD_ACCT ANOM_DEL_ACCT ANOM_MOD_ACCT ANOM_ROOT_TRANS
ANOM_LOGIN_SERVICE ANOM_LOGIN_ROOT ANOM_ORIGIN_FAILURES ANOM_SESSION
2200 RESP_ANOMALY RESP_ALERT RESP_KILL_PROC RESP_TERM_ACCESS RESP_ACCT_REMOTE RESP_ACCT_LOCK_TIMED
RESP_ACCT_UNLOCK_TIMED RESP_ACCT_LOCK RESP_TERM_LOCK RESP_SEBOOL RESP_EXEC RESP_SINGLE RESP_HALT
RESP_ORIGIN_BLOCK RESP_ORIGIN_BLOCK_TIMED RESP_ORIGIN_UNBLOCK_TIMED
2300 USER_ROLE_CHANGE ROLE_ASSIGN ROLE_REMOVE LABEL_OVERRIDE LABEL_LEVEL_CHANGE USER_LABELED_EXPORT
USER_UNLABELED_EXPORT DEV_ALLOC DEV_DEALLOC FS_RELABEL USER_MAC_POLICY_LOAD ROLE_MODIFY
USER_MAC_CONFIG_CHANGE USER_MAC_STATUS
2400 CRYPTO_TEST_USER CRYPTO_PARAM_CHANGE_USER CRYPTO_LOGIN CRYPTO_LOGOUT CRYPTO_KEY_USER
CRYPTO_FAILURE_USER CRYPTO_REPLAY_USER CRYPTO_SESSION CRYPTO_IKE_SA CRYPTO_IPSEC_SA
2500 VIRT_CONTROL VIRT_RESOURCE VIRT_MACHINE_ID VIRT_INTEGRITY_CHECK VIRT_CREATE VIRT_DESTROY
VIRT_MIGRATE_IN VIRT_MIGRATE_OUT
"""


def _numbers() -> dict[str, int]:
    numbers, number = {}, 0
    for word in _TYPES.split():
        if word.isdigit():
            number = int(word)
            continue
        numbers[word] = number
        number += 1
    return numbers


NUMBERS: Final = _numbers()
"""Record types by name."""


_NAMES: Final = {str(number): name for name, number in NUMBERS.items()}


def kind_of(written: str) -> str:
    """The name of a type that may be written by its number: ``1400``, ``UNKNOWN[1400]``."""
    number = written[8:-1] if written.startswith("UNKNOWN[") else written
    return _NAMES.get(number, written)


def is_single(name: str) -> bool:
    """Whether a record of this type is a program's, and so an event by itself."""
    number = NUMBERS.get(name, 0)
    return 1100 <= number < 1300 or number == 2000 or 2100 <= number < 3000


_SIGN_IN, _SIGN_OUT = Meaning(3002, 1, "auth"), Meaning(3002, 2, "auth")
_AUTH_STEP = Meaning(3002, 99, "auth")
_OTHER = Meaning(0, 99, "other")
_CHANGE = Meaning(0, 99, "update")
_START, _STOP = Meaning(6002, 3, "other"), Meaning(6002, 4, "other")

KINDS: Final[dict[str, Meaning]] = {
    "LOGIN": _SIGN_IN, "USER_AUTH": _SIGN_IN, "USER_LOGIN": _SIGN_IN, "USER_START": _SIGN_IN,
    "GRP_AUTH": _SIGN_IN, "USER_LOGOUT": _SIGN_OUT, "USER_END": _SIGN_OUT,
    "USER_ACCT": _AUTH_STEP, "CRED_ACQ": _AUTH_STEP, "CRED_DISP": _AUTH_STEP,
    "CRED_REFR": _AUTH_STEP, "USER_ERR": _AUTH_STEP, "CRYPTO_LOGIN": _SIGN_IN,
    "CRYPTO_LOGOUT": _SIGN_OUT, "CRYPTO_SESSION": _AUTH_STEP, "CRYPTO_KEY_USER": _AUTH_STEP,
    "USER_CHAUTHTOK": Meaning(3001, 3, "update"), "USER_MGMT": Meaning(3001, 99, "update"),
    "ADD_USER": Meaning(3001, 1, "create"), "DEL_USER": Meaning(3001, 6, "delete"),
    "ACCT_LOCK": Meaning(3001, 9, "update"), "ACCT_UNLOCK": Meaning(3001, 12, "update"),
    "CHUSER_ID": Meaning(3001, 99, "update"), "ROLE_ASSIGN": Meaning(3001, 99, "update"),
    "ROLE_REMOVE": Meaning(3001, 99, "update"), "USER_ROLE_CHANGE": _AUTH_STEP,
    "ADD_GROUP": Meaning(3006, 6, "create"), "DEL_GROUP": Meaning(3006, 5, "delete"),
    "GRP_MGMT": Meaning(3006, 99, "update"), "CHGRP_ID": Meaning(3006, 99, "update"),
    "GRP_CHAUTHTOK": Meaning(3006, 99, "update"),
    "USER_CMD": Meaning(1007, 1, "other"), "USER_TTY": Meaning(1007, 99, "other"),
    "TTY": Meaning(1007, 99, "other"), "EXECVE": Meaning(1007, 1, "other"),
    "SERVICE_START": _START, "SERVICE_STOP": _STOP,
    "SOFTWARE_UPDATE": Meaning(6002, 8, "update"),
    "DAEMON_START": Meaning(1008, 6, "other"), "DAEMON_END": Meaning(1008, 7, "other"),
    "DAEMON_ABORT": Meaning(1008, 7, "other"), "DAEMON_CONFIG": Meaning(1008, 99, "update"),
    "DAEMON_RECONFIG": Meaning(1008, 99, "update"), "DAEMON_ROTATE": Meaning(1008, 5, "other"),
    "DAEMON_RESUME": Meaning(1008, 9, "other"), "DAEMON_ACCEPT": Meaning(1008, 99, "other"),
    "DAEMON_CLOSE": Meaning(1008, 99, "other"), "DAEMON_ERR": Meaning(1008, 99, "other"),
    "CONFIG_CHANGE": Meaning(1008, 99, "update"), "FEATURE_CHANGE": Meaning(1008, 99, "update"),
    "USYS_CONFIG": _CHANGE, "NETFILTER_CFG": _CHANGE, "MAC_POLICY_LOAD": _CHANGE,
    "MAC_STATUS": _CHANGE, "MAC_CONFIG_CHANGE": _CHANGE, "USER_MAC_POLICY_LOAD": _CHANGE,
    "USER_MAC_CONFIG_CHANGE": _CHANGE, "USER_MAC_STATUS": _CHANGE, "FS_RELABEL": _CHANGE,
}  # fmt: skip
"""Events by the type of the record they begin with; a Base Event if it is not here."""

_LAUNCH, _PROCESS = Meaning(1007, 1, "other"), Meaning(1007, 99, "other")
_OPEN, _CREATE = Meaning(1001, 14, "read"), Meaning(1001, 1, "create")
_RENAME, _DELETE = Meaning(1001, 5, "update"), Meaning(1001, 4, "delete")
_ATTRIBUTE, _SECURITY = Meaning(1001, 6, "update"), Meaning(1001, 7, "update")
_USER_ID = Meaning(1007, 5, "other")
_CALLS: Final[tuple[tuple[str, Meaning], ...]] = (
    ("execve execveat", _LAUNCH),
    ("kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo", Meaning(1007, 2, "other")),
    ("ptrace process_vm_writev", Meaning(1007, 4, "other")),
    ("setuid setreuid setresuid setfsuid setuid32 setreuid32 setresuid32 setfsuid32", _USER_ID),
    ("open openat openat2 open_by_handle_at", _OPEN),
    ("creat mkdir mkdirat mknod mknodat link linkat symlink symlinkat", _CREATE),
    ("rename renameat renameat2", _RENAME),
    ("unlink unlinkat rmdir", _DELETE),
    ("truncate ftruncate truncate64 ftruncate64", Meaning(1001, 3, "update")),
    ("chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat chown32 fchown32 lchown32",
     _SECURITY),
    ("setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr", _ATTRIBUTE),
    ("utime utimes utimensat futimesat", _ATTRIBUTE),
    ("mount move_mount", Meaning(1001, 12, "other")),
    ("umount umount2", Meaning(1001, 13, "other")),
    ("connect", Meaning(4001, 1, "other")),
    ("accept accept4", Meaning(4001, 1, "other")),
    ("bind listen", Meaning(4001, 7, "other")),
    ("sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg", Meaning(4001, 6, "other")),
)  # fmt: skip
CALLS: Final = {name: meaning for names, meaning in _CALLS for name in names.split()}
"""Events by their system call; what the process did otherwise, if it is not here."""

_APPARMOR: Final[tuple[tuple[str, Meaning], ...]] = (
    ("open getattr", _OPEN), ("exec", _LAUNCH), ("mknod mkdir symlink link", _CREATE),
    ("unlink rmdir", _DELETE), ("rename_src rename_dest", _RENAME), ("chmod chown", _SECURITY),
    ("truncate", Meaning(1001, 3, "update")), ("ptrace signal capable", _PROCESS),
    ("mount", Meaning(1001, 12, "other")), ("umount", Meaning(1001, 13, "other")),
)  # fmt: skip
APPARMOR: Final = {name: meaning for names, meaning in _APPARMOR for name in names.split()}
"""What AppArmor and SELinux stood in the way of, by the operation or permission they name."""
for _names, _meaning in (
    ("read search execute_no_trans map", _OPEN), ("execute entrypoint", _LAUNCH),
    ("create add_name", _CREATE), ("remove_name", _DELETE), ("rename", _RENAME),
    ("write append", Meaning(1001, 3, "update")), ("setattr", _ATTRIBUTE),
):  # fmt: skip
    APPARMOR.update(dict.fromkeys(_names.split(), _meaning))
