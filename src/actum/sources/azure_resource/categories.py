"""What the categories of Azure's resource logs are about, and the verbs of Key Vault and Storage.

References:
- Categories: https://learn.microsoft.com/azure/azure-monitor/reference/logs-index
- Key Vault: https://learn.microsoft.com/azure/key-vault/general/logging
- Storage: https://learn.microsoft.com/rest/api/storageservices/storage-analytics-logged-operations-and-status-messages
"""

from __future__ import annotations

from actum.sources.seam import Lookup

__all__ = ["KINDS", "METHODS", "verb"]

_KINDS = {
    "vault": "AuditEvent AZKVAuditLogs AuditEventVault",
    "storage": "StorageRead StorageWrite StorageDelete StorageBlobLogs StorageFileLogs"
    " StorageQueueLogs StorageTableLogs",
    "http": "ApplicationGatewayAccessLog AGWAccessLogs FrontdoorAccessLog FrontDoorAccessLog"
    " AzureCdnAccessLog AppServiceHTTPLogs MicrosoftGraphActivityLogs GatewayLogs"
    " CdnEndpointLogs FunctionAppHTTPLogs StaticSiteHTTPLogs",
    "waf": "ApplicationGatewayFirewallLog AGWFirewallLogs FrontdoorWebApplicationFirewallLog"
    " FrontDoorWebApplicationFirewallLog WebApplicationFirewallLogs",
    "firewall": "AzureFirewallNetworkRule AzureFirewallApplicationRule AzureFirewallNatRule"
    " AZFWNetworkRule AZFWApplicationRule AZFWNatRule AZFWThreatIntel AZFWIdpsSignature"
    " AZFWFlowTrace AZFWFatFlow",
    "dns": "AzureFirewallDnsProxy AZFWDnsQuery AZFWFqdnResolveFailure DnsResponse",
    "sql": "SQLSecurityAuditEvents DevOpsOperationsAudit",
    "intune": "AuditLogs OperationalLogs",
}
KINDS = Lookup(
    name="kinds",
    columns=("category", "kind"),
    rows=tuple(
        {each.lower(): kind for kind, names in _KINDS.items() for each in names.split()}.items()
    ),
    on="kinds.category = lower(j.category)",
)
METHODS = Lookup(
    name="methods",
    columns=("method", "activity_id", "act"),
    rows=(
        ("CONNECT", 1, "other"), ("DELETE", 2, "delete"), ("GET", 3, "read"), ("HEAD", 4, "read"),
        ("OPTIONS", 5, "read"), ("POST", 6, "other"), ("PUT", 7, "update"), ("TRACE", 8, "other"),
        ("PATCH", 9, "update"),
    ),
    on="methods.method = upper(coalesce(j.properties.httpMethod, j.properties.requestMethod,"
       " j.properties.method, j.properties.CsMethod))",
)  # fmt: skip


def verb(operation: str) -> str:
    """SQL of the number of the OCSF datastore activity an operation's name says."""
    return f"""CASE
        WHEN regexp_matches({operation}, '(?i)decrypt|unwrap') THEN 10
        WHEN regexp_matches({operation}, '(?i)encrypt|wrap') THEN 9
        WHEN regexp_matches({operation}, '(?i)list|find|enumerate') THEN 8
        WHEN regexp_matches({operation}, '(?i)delete|purge|remove') THEN 7
        WHEN regexp_matches({operation}, '(?i)get|read|download|backup|peek|preflight|head|query')
        THEN CASE WHEN regexp_matches({operation}, '(?i)query') THEN 4 ELSE 1 END
        WHEN regexp_matches({operation}, '(?i)create|import|generate') THEN 6
        WHEN regexp_matches({operation}, '(?i)update|patch|rotate|recover|set.*(metadata|propert'
            || 'ies|acl|tier|tags|expiry)|renew|lease|undelete') THEN 2
        WHEN regexp_matches({operation}, '(?i)put|set|write|append|copy|upload|insert|merge|restore'
            || '|flush|rename|snapshot') THEN 5
        WHEN {operation} = 'Authentication' THEN 3
        ELSE 99 END"""
