"""The kind of act as SQL, told by the words of an operation's name; `other` if none is known.

For sources whose operations are named by whoever writes them: ``invoice.deleted``, ``DeleteUser``,
``added-group``, ``users:list``.  A verb counts as a word by itself or as the first of CamelCase.
"""

from __future__ import annotations

__all__ = ["act_of"]

_VERBS = {
    "delete": "delete|deleted|deletion|remove|removed|destroy|destroyed|purge|purged|drop|dropped"
              "|terminate|terminated|erase|erased",
    "create": "create|created|creation|add|added|insert|inserted|invite|invited|import|imported"
              "|upload|uploaded|register|registered|provision|provisioned|generate|generated"
              "|issue|issued|post|posted|submit|submitted",
    "update": "update|updated|change|changed|modify|modified|edit|edited|set|put|patch|patched"
              "|write|written|enable|enabled|disable|disabled|rename|renamed|move|moved|grant"
              "|granted|revoke|revoked|assign|assigned|unassign|unassigned|attach|attached|detach"
              "|detached|reset|rotate|rotated|archive|archived|restore|restored|approve|approved"
              "|reject|rejected|lock|locked|unlock|unlocked|suspend|suspended|share|shared|publish"
              "|published|merge|merged|activate|activated|deactivate|deactivated",
    "read": "read|get|list|listed|view|viewed|describe|search|searched|query|queried|export"
            "|exported|download|downloaded|access|accessed|lookup|fetch|fetched|head|show|preview",
    "auth": "login|logon|logout|logoff|signin|signout|authenticate|authenticated|log[-_ ](?:in|out)"
            "|sign[-_ ](?:in|out)|logged[-_ ](?:in|out)|signed[-_ ](?:in|out)|authentication",
}  # fmt: skip
_ORDER = ("auth", "delete", "create", "update", "read")


def act_of(operation: str) -> str:
    """SQL of the kind of act the SQL ``operation`` names; NULL for no operation."""
    arms = " ".join(
        f"WHEN regexp_matches({operation}, '(?:^|[^A-Za-z])(?i:{verbs})(?:$|[^A-Za-z])"
        f"|^(?i:{verbs})[A-Z]') THEN '{act}'"
        for act, verbs in ((act, _VERBS[act]) for act in _ORDER)
    )
    return f"CASE WHEN ({operation}) IS NULL THEN NULL {arms} ELSE 'other' END"
