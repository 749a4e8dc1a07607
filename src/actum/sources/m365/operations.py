"""What Microsoft 365's operations are: OCSF class, activity and kind of act, by their own names.

Directory operations are those of Entra (`entra_operations`); what is in neither table is told by
the words a name begins with and by the workload.

References:
- Activities: https://learn.microsoft.com/purview/audit-log-activities
- User types, record types: https://learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-schema
"""

from __future__ import annotations

from actum.sources.seam import Lookup

__all__ = ["DONE", "KNOWN", "USER_TYPES", "WORKS"]

_ROWS: dict[tuple[int, int, str], str] = {
    (6006, 1, "create"): "FileUploaded FileUploadedPartial FileCheckedIn FileSyncUploadedFull"
    " FileSyncUploadedPartial FolderCreated",
    (6006, 2, "read"): "FileDownloaded FileSyncDownloadedFull FileSyncDownloadedPartial",
    (6006, 3, "update"): "FileModified FileModifiedExtended FolderModified FileCheckedOut"
    " FileCheckOutDiscarded FileSensitivityLabelApplied FileSensitivityLabelChanged"
    " FileSensitivityLabelRemoved",
    (6006, 4, "delete"): "FileDeleted FileRecycled FileDeletedFirstStageRecycleBin"
    " FileDeletedSecondStageRecycleBin FolderDeleted FolderRecycled FileVersionsAllDeleted"
    " FolderDeletedFirstStageRecycleBin FolderDeletedSecondStageRecycleBin"
    " FileVersionsAllMinorsRecycled FileVersionsAllRecycled FileVersionRecycled",
    (6006, 5, "update"): "FileRenamed FolderRenamed",
    (6006, 6, "create"): "FileCopied FolderCopied",
    (6006, 7, "update"): "FileMoved FolderMoved",
    (6006, 8, "create"): "FileRestored FolderRestored",
    (6006, 9, "read"): "FilePreviewed",
    (6006, 14, "read"): "FileAccessed FileAccessedExtended PageViewed PageViewedExtended"
    " ClientViewSignaled PagePrefetched FileVisited",
    (6006, 12, "update"): "SharingSet AnonymousLinkCreated AnonymousLinkUpdated"
    " SharingInvitationCreated SharingInvitationAccepted SecureLinkCreated SecureLinkUpdated"
    " AddedToSecureLink CompanyLinkCreated SharingInvitationUpdated SharingLinkCreated"
    " SharingLinkUpdated",
    (6006, 13, "update"): "SharingRevoked SharingInvitationRevoked AnonymousLinkRemoved"
    " SecureLinkDeleted RemovedFromSecureLink CompanyLinkRemoved SharingInvitationBlocked"
    " SharingLinkDeleted",
    (6006, 17, "read"): "AnonymousLinkUsed SecureLinkUsed CompanyLinkUsed SharingLinkUsed",
    (6006, 15, "read"): "ManagedSyncClientAllowed",
    (3006, 3, "update"): "AddedToGroup Add-DistributionGroupMember Add-UnifiedGroupLinks"
                         " MemberAdded"
    " Add-RoleGroupMember",
    (3006, 4, "update"): "RemovedFromGroup Remove-DistributionGroupMember Remove-UnifiedGroupLinks"
    " MemberRemoved Remove-RoleGroupMember",
    (3005, 1, "update"): "Add-MailboxPermission Add-RecipientPermission Add-MailboxFolderPermission"
    " SiteCollectionAdminAdded PermissionLevelAdded New-ManagementRoleAssignment"
    " AddFolderPermissions Set-MailboxFolderPermission MemberRoleChanged UpdateFolderPermissions",
    (3005, 2, "delete"): "Remove-MailboxPermission Remove-RecipientPermission"
    " Remove-MailboxFolderPermission SiteCollectionAdminRemoved Remove-ManagementRoleAssignment"
    " RemoveFolderPermissions PermissionLevelRemoved",
    (3002, 1, "auth"): "MailboxLogin UserLoggedIn UserLoginFailed SignInEvent TeamsSessionStarted",
    (6003, 2, "read"): "MailItemsAccessed MessageBind FolderBind SearchQueryInitiatedExchange"
    " SearchQueryInitiatedSharePoint SearchQueryPerformed SearchStarted SearchViewed"
    " SearchExported SearchExportDownloaded SearchPreviewed ViewReport",
    (6003, 1, "create"): "Create Send SendAs SendOnBehalf Copy MessageSent MessageCreatedHasLink"
    " ChatCreated TeamCreated ChannelAdded TabAdded BotAddedToTeam AppInstalled SearchCreated",
    (6003, 3, "update"): "Update Move UpdateInboxRules UpdateCalendarDelegation MessageUpdated"
    " TeamSettingChanged ChannelSettingChanged MessageEditedHasLink ApplyRecord",
    (6003, 4, "delete"): "HardDelete SoftDelete MoveToDeletedItems MessageDeleted ChannelDeleted"
    " TeamDeleted TabRemoved BotRemovedFromTeam SearchRemoved ChatDeleted",
    (2004, 1, "other"): "AlertTriggered AlertEntityGenerated AlertUpdated FileMalwareDetected"
    " TIMailData TIUrlClickData AtpDetection DlpRuleMatch AirInvestigationData",
}  # fmt: skip
WORKS = Lookup(
    name="works",
    columns=("operation", "class_uid", "activity_id", "act"),
    rows=tuple(
        (operation, *kind)
        for operation, kind in {
            each.lower(): kind for kind, names in _ROWS.items() for each in names.split()
        }.items()
    ),
    on="works.operation = lower(j.Operation)",
)
USER_TYPES = Lookup(
    name="user_types",
    columns=("number", "kind"),
    rows=(
        ("0", "Regular"), ("1", "Reserved"), ("2", "Admin"), ("3", "DcAdmin"), ("4", "System"),
        ("5", "Application"), ("6", "ServicePrincipal"), ("7", "CustomPolicy"),
        ("8", "SystemPolicy"), ("9", "PartnerTechnician"), ("10", "Guest"),
    ),
    on="user_types.number = j.UserType",
)  # fmt: skip
DONE = "sharepoint|onedrive|microsoftteams|yammer|powerapps"
"""Workloads whose records name what has been done, in the past tense, and state no result."""
KNOWN = (
    "Id RecordType CreationTime Operation OrganizationId UserType UserKey Workload ResultStatus"
    " ObjectId UserId ClientIP Scope Version AppAccessContext ClientIPAddress ActorIpAddress"
    " UserAgent ClientInfoString LogonError ErrorNumber SessionId CorrelationId InterSystemsId"
    " IntraSystemId IntraSystemsId SupportTicketId ApplicationId ClientAppId AppId"
    " ApplicationDisplayName SiteUrl SourceFileName SourceRelativeUrl SourceFileExtension"
    " DestinationFileName DestinationRelativeUrl DestinationFileExtension ItemType"
    " TargetUserOrGroupName TargetUserOrGroupType MailboxOwnerUPN MailboxGuid MailboxOwnerSid"
    " MailboxOwnerMasterAccountSid SendAsUserSmtp SendAsUserMailboxGuid SendOnBehalfOfUserSmtp"
    " SendOnBehalfOfUserMailboxGuid TeamName TeamGuid AADGroupId ChannelName ChannelGuid"
    " ChannelType ChatThreadId ChatName Members MessageId MessageVersion CommunicationType"
    " ModifiedObjectResolvedName Name Actor Target Parameters ExtendedProperties DeviceProperties"
    " ModifiedProperties ActorContextId ActorUserId ActorYammerUserId TargetContextId"
    " AzureActiveDirectoryEventType OrganizationName OriginatingServer ExternalAccess"
    " InternalLogonType LogonType LogonUserSid LogonUserDisplayName ClientProcessName"
    " ClientVersion ClientRequestId Folders Folder AffectedItems Item DestFolder"
    " CrossMailboxOperation DestMailboxOwnerUPN DestMailboxGuid DestMailboxOwnerSid DestMailboxId"
    " OperationProperties OperationCount SaveToSentItems EventSource EventData ListItemUniqueId"
    " ListId ListBaseType ListServerTemplate Site WebId MachineDomainInfo MachineId GeoLocation"
    " Platform IsManagedDevice DeviceDisplayName BrowserName BrowserVersion AuthenticationType"
    " DoNotDistributeEvent FromApp AssertingApplicationId SensitivityLabelId"
    " SiteSensitivityLabelId TokenObjectId TokenTenantId TokenType AppPoolName UniqueSharingId"
    " CustomUniqueId ListTitle FileSizeBytes ListUrl IsDocLib ApplicationID CmdletVersion"
    " EffectiveOrganization StartTime AlertId AlertType AlertEntityId EntityType Category Comments"
    " Data PolicyId Severity Source Status ItemName TeamsAppId HighPriorityMediaProcessing"
    " SecurityComplianceCenterEventType IsSuccess Activity ReportName ReportId ReportType"
    " WorkspaceId WorkSpaceName DatasetId DatasetName ArtifactId ArtifactName ArtifactKind"
    " RequestId ActivityId DistributionMethod ConsumptionMethod SenderIp P1Sender P2Sender"
    " Recipients Subject Verdict DeliveryAction NetworkMessageId InternetMessageId MessageTime"
    " EventDeepLink AttachmentData DetectionType DetectionMethod Directionality IncidentId"
    " PolicyDetails ExchangeMetaData SharePointMetaData EndpointMetaData"
    " SensitiveInfoDetectionIsIncluded ExceptionInfo FlowConnectorNames FlowDetailsUrl"
    " LicenseDisplayName RecipientUPN SharingPermission UserTypeInitiated UserUPN CopilotEventData"
    " CopilotLogVersion ClientRegion ClientApplication NonPIIParameters CmdletOptions"
)
"""Every member of a record that is documented, read or left to the raw record."""
