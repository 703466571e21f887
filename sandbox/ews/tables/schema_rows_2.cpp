// Written by make_schema_table.py from Microsoft's messages.xsd and types.xsd (V2018_01_08); do not edit.
#include "sandbox/ews/schema_table.hpp"

namespace liaison::sandbox::ews {

std::string_view schema_rows_2() {
    return R"rows(
t.SharingMessageType MessageType [ SharingMessageAction:SharingMessageActionType?
SharingMessageActions:ArrayOfSharingMessageActionType? ] ; t.CalendarItemType ItemType [ UID:string?
RecurrenceId:dateTime? DateTimeStamp:dateTime? Start:dateTime? End:dateTime? OriginalStart:dateTime?
IsAllDayEvent:boolean? LegacyFreeBusyStatus:LegacyFreeBusyType? Location:string? When:string? IsMeeting:boolean?
IsCancelled:boolean? IsRecurring:boolean? MeetingRequestWasSent:boolean? IsResponseRequested:boolean?
CalendarItemType:CalendarItemTypeType? MyResponseType:ResponseTypeType? Organizer:SingleRecipientType?
RequiredAttendees:NonEmptyArrayOfAttendeesType? OptionalAttendees:NonEmptyArrayOfAttendeesType?
Resources:NonEmptyArrayOfAttendeesType? InboxReminders:opaque? ConflictingMeetingCount:int?
AdjacentMeetingCount:int? ConflictingMeetings:NonEmptyArrayOfAllItemsType?
AdjacentMeetings:NonEmptyArrayOfAllItemsType? Duration:string? TimeZone:string? AppointmentReplyTime:dateTime?
AppointmentSequenceNumber:int? AppointmentState:int? Recurrence:RecurrenceType? FirstOccurrence:OccurrenceInfoType?
LastOccurrence:OccurrenceInfoType? ModifiedOccurrences:NonEmptyArrayOfOccurrenceInfoType?
DeletedOccurrences:NonEmptyArrayOfDeletedOccurrencesType? MeetingTimeZone:TimeZoneType?
StartTimeZone:TimeZoneDefinitionType? EndTimeZone:TimeZoneDefinitionType? ConferenceType:int?
AllowNewTimeProposal:boolean? IsOnlineMeeting:boolean? MeetingWorkspaceUrl:string? NetShowUrl:string?
EnhancedLocation:opaque? StartWallClock:dateTime? EndWallClock:dateTime? StartTimeZoneId:string?
EndTimeZoneId:string? IntendedFreeBusyStatus:LegacyFreeBusyType? JoinOnlineMeetingUrl:string?
OnlineMeetingSettings:opaque? IsOrganizer:boolean? CalendarActivityData:opaque? DoNotForwardMeeting:boolean? ] ;
t.ContactItemType ItemType [ FileAs:string? FileAsMapping:FileAsMappingType? DisplayName:string? GivenName:string?
Initials:string? MiddleName:string? Nickname:string? CompleteName:CompleteNameType? CompanyName:string?
EmailAddresses:EmailAddressDictionaryType? AbchEmailAddresses:opaque?
PhysicalAddresses:PhysicalAddressDictionaryType? PhoneNumbers:PhoneNumberDictionaryType? AssistantName:string?
Birthday:dateTime? BusinessHomePage:anyURI? Children:ArrayOfStringsType? Companies:ArrayOfStringsType?
ContactSource:ContactSourceType? Department:string? Generation:string? ImAddresses:ImAddressDictionaryType?
JobTitle:string? Manager:string? Mileage:string? OfficeLocation:string? PostalAddressIndex:PhysicalAddressIndexType?
Profession:string? SpouseName:string? Surname:string? WeddingAnniversary:dateTime? HasPicture:boolean?
PhoneticFullName:string? PhoneticFirstName:string? PhoneticLastName:string? Alias:string? Notes:string?
Photo:base64Binary? UserSMIMECertificate:opaque? MSExchangeCertificate:opaque? DirectoryId:string?
ManagerMailbox:SingleRecipientType? DirectReports:ArrayOfRecipientsType? AccountName:string?
IsAutoUpdateDisabled:boolean? IsMessengerEnabled:boolean? Comment:string? ContactShortId:int? ContactType:string?
Gender:string? IsHidden:boolean? ObjectId:string? PassportId:long? IsPrivate:boolean? SourceId:string?
TrustLevel:int? CreatedBy:string? Urls:opaque? Cid:long? SkypeAuthCertificate:string? SkypeContext:string?
SkypeId:string? SkypeRelationship:string? YomiNickname:string? XboxLiveTag:string? InviteFree:boolean?
HidePresenceAndProfile:boolean? IsPendingOutbound:boolean? SupportGroupFeeds:boolean? UserTileHash:string?
UnifiedInbox:boolean? Mris:ArrayOfStringsType? Wlid:string? AbchContactId:GuidType? NotInBirthdayCalendar:boolean?
ShellContactType:string? ImMri:string? PresenceTrustLevel:int? OtherMri:string? ProfileLastChanged:string?
MobileIMEnabled:boolean? PartnerNetworkProfilePhotoUrl:string? PartnerNetworkThumbnailPhotoUrl:string?
PersonId:string? ConversationGuid:GuidType? ] ; t.TaskType ItemType [ ActualWork:int? AssignedTime:dateTime?
BillingInformation:string? ChangeCount:int? Companies:ArrayOfStringsType? CompleteDate:dateTime?
Contacts:ArrayOfStringsType? DelegationState:TaskDelegateStateType? Delegator:string? DueDate:dateTime?
IsAssignmentEditable:int? IsComplete:boolean? IsRecurring:boolean? IsTeamTask:boolean? Mileage:string? Owner:string?
PercentComplete:double? Recurrence:TaskRecurrenceType? StartDate:dateTime? Status:TaskStatusType?
StatusDescription:string? TotalWork:int? ] ; t.ItemChangeType - [ ( ItemId:ItemIdType |
OccurrenceItemId:OccurrenceItemIdType | RecurringMasterItemId:RecurringMasterItemIdType )
Updates:NonEmptyArrayOfItemChangeDescriptionsType CalendarActivityData:opaque? ] ; t.BaseItemIdType - [ ] ;
t.ItemAttachmentType AttachmentType [ ( Item:ItemType | Message:MessageType | SharingMessage:SharingMessageType |
CalendarItem:CalendarItemType | Contact:ContactItemType | MeetingMessage:opaque | MeetingRequest:opaque |
MeetingResponse:opaque | MeetingCancellation:opaque | Task:TaskType | PostItem:opaque | RoleMember:opaque |
Network:opaque | Person:opaque )? ] ; t.FileAttachmentType AttachmentType [ IsContactPhoto:boolean?
Content:base64Binary? ] ; t.ReferenceAttachmentType AttachmentType [ AttachLongPathName:string? ProviderType:string?
ProviderEndpointUrl:string? AttachmentThumbnailUrl:string? AttachmentPreviewUrl:string? PermissionType:int?
OriginalPermissionType:int? AttachmentIsFolder:boolean? ] ; t.RequestAttachmentIdType BaseItemIdType [ ] Id:string!
; t.AlternateIdType AlternateIdBaseType [ ] Id:string! Mailbox:NonEmptyStringType! IsArchive:boolean ;
t.AlternatePublicFolderIdType AlternateIdBaseType [ ] FolderId:string! ; t.AlternatePublicFolderItemIdType
AlternatePublicFolderIdType [ ] ItemId:string! ; t.FolderChangeType - [ ( FolderId:FolderIdType |
DistinguishedFolderId:DistinguishedFolderIdType ) Updates:NonEmptyArrayOfFolderChangeDescriptionsType ] ;
t.CreateRuleOperationType RuleOperationType [ Rule:RuleType ] ; t.SetRuleOperationType RuleOperationType [
Rule:RuleType ] ; t.DeleteRuleOperationType RuleOperationType [ RuleId:string ] ; t.PrincipalNameType
=NonEmptyStringType [ ] ; t.SIDType =NonEmptyStringType [ ] ; t.PrimarySmtpAddressType =NonEmptyStringType [ ] ;
t.SmtpAddressType =NonEmptyStringType [ ] ; t.NonEmptyArrayOfPeriodsType - [ Period:PeriodType+ ] ;
t.ArrayOfTransitionsGroupsType - [ TransitionsGroup:ArrayOfTransitionsType+ ] ; t.ArrayOfTransitionsType - [ (
Transition:TransitionType | AbsoluteDateTransition:AbsoluteDateTransitionType |
RecurringDayTransition:RecurringDayTransitionType | RecurringDateTransition:RecurringDateTransitionType )+ ]
Id:string ; t.PathToUnindexedFieldType BasePathToElementType [ ] FieldURI:UnindexedFieldURIType! ;
t.PathToIndexedFieldType BasePathToElementType [ ] FieldURI:DictionaryURIType! FieldIndex:string! ;
t.PathToExtendedFieldType BasePathToElementType [ ] DistinguishedPropertySetId:DistinguishedPropertySetType
PropertySetId:GuidType PropertyTag:PropertyTagType PropertyName:string PropertyId:int
PropertyType:MapiPropertyTypeType! ; t.BaseFolderIdType - [ ] ; t.EmailAddressType BaseEmailAddressType [
Name:string? EmailAddress:NonEmptyStringType? RoutingType:NonEmptyStringType? MailboxType:MailboxTypeType?
ItemId:ItemIdType? OriginalDisplayName:string? ] ; t.ExcludesValueType - [ ] Value:ExcludesAttributeType! ;
t.TwoOperandExpressionType SearchExpressionType [ ( FieldURI:PathToUnindexedFieldType |
IndexedFieldURI:PathToIndexedFieldType | ExtendedFieldURI:PathToExtendedFieldType )
FieldURIOrConstant:FieldURIOrConstantType ] ; t.ConstantValueType - [ ] Value:string! ;
t.MultipleOperandBooleanExpressionType SearchExpressionType [ ( SearchExpression:SearchExpressionType |
Exists:ExistsType | Excludes:ExcludesType | IsEqualTo:IsEqualToType | IsNotEqualTo:IsNotEqualToType |
IsGreaterThan:IsGreaterThanType | IsGreaterThanOrEqualTo:IsGreaterThanOrEqualToType | IsLessThan:IsLessThanType |
IsLessThanOrEqualTo:IsLessThanOrEqualToType | Contains:ContainsExpressionType | Not:NotType | And:AndType |
Or:OrType | Near:NearType )+ ] ; t.BaseFolderType - [ FolderId:FolderIdType? ParentFolderId:FolderIdType?
FolderClass:string? DisplayName:string? TotalCount:int? ChildFolderCount:int? ExtendedProperty:ExtendedPropertyType*
ManagedFolderInformation:opaque? EffectiveRights:opaque? DistinguishedFolderId:DistinguishedFolderIdNameType?
PolicyTag:opaque? ArchiveTag:opaque? ReplicaList:ArrayOfStringsType? ] ; t.ArrayOfOccurrenceRangesType - [
Range:OccurrencesRangeType+ ] ; t.MimeContentType =string [ ] CharacterSet:string ; t.BodyType =string [ ]
BodyType:BodyTypeType! IsTruncated:boolean ; t.ArrayOfStringsType - [ String:string* ] ; t.ExtendedPropertyType - [
ExtendedFieldURI:PathToExtendedFieldType ( Value:string | Values:NonEmptyArrayOfPropertyValuesType ) ] ; t.FlagType
- [ FlagStatus:FlagStatusType StartDate:dateTime? DueDate:dateTime? CompleteDate:dateTime? ] ;
t.ArrayOfRecipientsType - [ ( Mailbox:EmailAddressType )* ] ; t.SingleRecipientType - [ ( Mailbox:EmailAddressType )
] ; t.MessageType.MailboxGuids - [ MailboxGuid:GuidType+ ] ; t.SharingMessageActionType - [
Importance:SharingActionImportance? ActionType:SharingActionType? Action:SharingAction? ] ;
t.ArrayOfSharingMessageActionType - [ SharingMessageAction:SharingMessageActionType? ] ;
t.NonEmptyArrayOfAttendeesType - [ Attendee:AttendeeType+ ] ; t.RecurrenceType - [ (
RelativeYearlyRecurrence:RelativeYearlyRecurrencePatternType |
AbsoluteYearlyRecurrence:AbsoluteYearlyRecurrencePatternType |
RelativeMonthlyRecurrence:RelativeMonthlyRecurrencePatternType |
AbsoluteMonthlyRecurrence:AbsoluteMonthlyRecurrencePatternType | WeeklyRecurrence:WeeklyRecurrencePatternType |
DailyRecurrence:DailyRecurrencePatternType ) ( NoEndRecurrence:NoEndRecurrenceRangeType |
EndDateRecurrence:EndDateRecurrenceRangeType | NumberedRecurrence:NumberedRecurrenceRangeType ) ] ;
t.OccurrenceInfoType - [ ItemId:ItemIdType Start:dateTime End:dateTime OriginalStart:dateTime ] ;
t.NonEmptyArrayOfOccurrenceInfoType - [ Occurrence:OccurrenceInfoType+ ] ; t.NonEmptyArrayOfDeletedOccurrencesType -
[ DeletedOccurrence:DeletedOccurrenceInfoType+ ] ; t.TimeZoneType - [ ( BaseOffset:duration (
Standard:TimeChangeType Daylight:TimeChangeType )? )? ] TimeZoneName:string ; t.CompleteNameType - [ Title:string?
FirstName:string? MiddleName:string? LastName:string? Suffix:string? Initials:string? FullName:string?
Nickname:string? YomiFirstName:string? YomiLastName:string? ] ; t.EmailAddressDictionaryType - [
Entry:EmailAddressDictionaryEntryType+ ] ; t.PhysicalAddressDictionaryType - [
Entry:PhysicalAddressDictionaryEntryType+ ] ; t.PhoneNumberDictionaryType - [ Entry:PhoneNumberDictionaryEntryType+
] ; t.ImAddressDictionaryType - [ Entry:ImAddressDictionaryEntryType+ ] ; t.TaskRecurrenceType - [ (
RelativeYearlyRecurrence:RelativeYearlyRecurrencePatternType |
AbsoluteYearlyRecurrence:AbsoluteYearlyRecurrencePatternType |
RelativeMonthlyRecurrence:RelativeMonthlyRecurrencePatternType |
AbsoluteMonthlyRecurrence:AbsoluteMonthlyRecurrencePatternType | WeeklyRecurrence:WeeklyRecurrencePatternType |
DailyRecurrence:DailyRecurrencePatternType | DailyRegeneration:DailyRegeneratingPatternType |
WeeklyRegeneration:WeeklyRegeneratingPatternType | MonthlyRegeneration:MonthlyRegeneratingPatternType |
YearlyRegeneration:YearlyRegeneratingPatternType ) ( NoEndRecurrence:NoEndRecurrenceRangeType |
EndDateRecurrence:EndDateRecurrenceRangeType | NumberedRecurrence:NumberedRecurrenceRangeType ) ] ;
t.NonEmptyArrayOfItemChangeDescriptionsType - [ ( AppendToItemField:AppendToItemFieldType |
SetItemField:SetItemFieldType | DeleteItemField:DeleteItemFieldType )+ ] ; t.AttachmentType - [
AttachmentId:AttachmentIdType? Name:string? ContentType:string? ContentId:string? ContentLocation:string?
AttachmentOriginalUrl:string? Size:int? LastModifiedTime:dateTime? IsInline:boolean? ] ; t.AlternateIdBaseType - [ ]
Format:IdFormatType! ; t.NonEmptyArrayOfFolderChangeDescriptionsType - [ (
AppendToFolderField:AppendToFolderFieldType | SetFolderField:SetFolderFieldType |
DeleteFolderField:DeleteFolderFieldType )+ ] ; t.RuleOperationType - [ ] ; t.RuleType - [ RuleId:string?
DisplayName:string Priority:int IsEnabled:boolean IsNotSupported:boolean? IsInError:boolean?
Conditions:RulePredicatesType? Exceptions:RulePredicatesType? Actions:RuleActionsType? ] ; t.PeriodType - [ ]
Bias:duration Name:string Id:string ; t.TransitionType - [ To:TransitionTargetType ] ; t.AbsoluteDateTransitionType
TransitionType [ DateTime:dateTime ] ; t.RecurringDayTransitionType RecurringTimeTransitionType [
DayOfWeek:DayOfWeekType Occurrence:int ] ; t.RecurringDateTransitionType RecurringTimeTransitionType [ Day:int ] ;
t.BasePathToElementType - [ ] ; t.BaseEmailAddressType - [ ] ; t.FieldURIOrConstantType - [ ( (
FieldURI:PathToUnindexedFieldType | IndexedFieldURI:PathToIndexedFieldType |
ExtendedFieldURI:PathToExtendedFieldType ) | Constant:ConstantValueType ) ] ; t.OccurrencesRangeType - [ ]
Start:dateTime End:dateTime Count:int CompareOriginalStartTime:boolean ; t.NonEmptyArrayOfPropertyValuesType - [ (
Value:string+ ) ] ; t.AttendeeType - [ Mailbox:EmailAddressType ResponseType:ResponseTypeType?
LastResponseTime:dateTime? ProposedStart:dateTime? ProposedEnd:dateTime? ] ; t.RelativeYearlyRecurrencePatternType
RecurrencePatternBaseType [ DaysOfWeek:DayOfWeekType DayOfWeekIndex:DayOfWeekIndexType Month:MonthNamesType ] ;
t.AbsoluteYearlyRecurrencePatternType RecurrencePatternBaseType [ DayOfMonth:int Month:MonthNamesType ] ;
t.RelativeMonthlyRecurrencePatternType IntervalRecurrencePatternBaseType [ DaysOfWeek:DayOfWeekType
DayOfWeekIndex:DayOfWeekIndexType ] ; t.AbsoluteMonthlyRecurrencePatternType IntervalRecurrencePatternBaseType [
DayOfMonth:int ] ; t.WeeklyRecurrencePatternType IntervalRecurrencePatternBaseType [ DaysOfWeek:DaysOfWeekType
FirstDayOfWeek:DayOfWeekType? ] ; t.DailyRecurrencePatternType IntervalRecurrencePatternBaseType [ ] ;
t.NoEndRecurrenceRangeType RecurrenceRangeBaseType [ ] ; t.EndDateRecurrenceRangeType RecurrenceRangeBaseType [
EndDate:date ] ; t.NumberedRecurrenceRangeType RecurrenceRangeBaseType [ NumberOfOccurrences:int ] ;
t.DeletedOccurrenceInfoType - [ Start:dateTime ] ; t.TimeChangeType - [ Offset:duration (
RelativeYearlyRecurrence:RelativeYearlyRecurrencePatternType | AbsoluteDate:date )? Time:time ] TimeZoneName:string
; t.EmailAddressDictionaryEntryType =string [ ] Key:EmailAddressKeyType! Name:string RoutingType:string
MailboxType:MailboxTypeType ; t.PhysicalAddressDictionaryEntryType - [ Street:string? City:string? State:string?
CountryOrRegion:string? PostalCode:string? ] Key:PhysicalAddressKeyType! ; t.PhoneNumberDictionaryEntryType =string
[ ] Key:PhoneNumberKeyType! ; t.ImAddressDictionaryEntryType =string [ ] Key:ImAddressKeyType! ;
t.DailyRegeneratingPatternType RegeneratingPatternBaseType [ ] ; t.WeeklyRegeneratingPatternType
RegeneratingPatternBaseType [ ] ; t.MonthlyRegeneratingPatternType RegeneratingPatternBaseType [ ] ;
t.YearlyRegeneratingPatternType RegeneratingPatternBaseType [ ] ; t.AppendToItemFieldType ItemChangeDescriptionType
[ ( Item:ItemType | Message:MessageType | SharingMessage:SharingMessageType | CalendarItem:CalendarItemType |
Contact:ContactItemType | DistributionList:opaque | MeetingMessage:opaque | MeetingRequest:opaque |
MeetingResponse:opaque | MeetingCancellation:opaque | Task:TaskType | PostItem:opaque | RoleMember:opaque |
Network:opaque | Person:opaque ) ] ; t.SetItemFieldType ItemChangeDescriptionType [ ( Item:ItemType |
Message:MessageType | SharingMessage:SharingMessageType | CalendarItem:CalendarItemType | Contact:ContactItemType |
DistributionList:opaque | MeetingMessage:opaque | MeetingRequest:opaque | MeetingResponse:opaque |
MeetingCancellation:opaque | Task:TaskType | PostItem:opaque | RoleMember:opaque | Network:opaque | Person:opaque )
] ; t.DeleteItemFieldType ItemChangeDescriptionType [ ] ; t.AttachmentIdType RequestAttachmentIdType [ ]
RootItemId:string RootItemChangeKey:string ; t.AppendToFolderFieldType FolderChangeDescriptionType [ (
Folder:FolderType | CalendarFolder:CalendarFolderType | ContactsFolder:ContactsFolderType |
SearchFolder:SearchFolderType | TasksFolder:TasksFolderType ) ] ; t.SetFolderFieldType FolderChangeDescriptionType [
( Folder:FolderType | CalendarFolder:CalendarFolderType | ContactsFolder:ContactsFolderType |
SearchFolder:SearchFolderType | TasksFolder:TasksFolderType ) ] ; t.DeleteFolderFieldType
FolderChangeDescriptionType [ ] ; t.RulePredicatesType - [ Categories:ArrayOfStringsType?
ContainsBodyStrings:ArrayOfStringsType? ContainsHeaderStrings:ArrayOfStringsType?
ContainsRecipientStrings:ArrayOfStringsType? ContainsSenderStrings:ArrayOfStringsType?
ContainsSubjectOrBodyStrings:ArrayOfStringsType? ContainsSubjectStrings:ArrayOfStringsType?
FlaggedForAction:FlaggedForActionType? FromAddresses:ArrayOfEmailAddressesType?
FromConnectedAccounts:ArrayOfStringsType? HasAttachments:boolean? Importance:ImportanceChoicesType?
IsApprovalRequest:boolean? IsAutomaticForward:boolean? IsAutomaticReply:boolean? IsEncrypted:boolean?
IsMeetingRequest:boolean? IsMeetingResponse:boolean? IsNDR:boolean? IsPermissionControlled:boolean?
IsReadReceipt:boolean? IsSigned:boolean? IsVoicemail:boolean? ItemClasses:ArrayOfStringsType?
MessageClassifications:ArrayOfStringsType? NotSentToMe:boolean? SentCcMe:boolean? SentOnlyToMe:boolean?
SentToAddresses:ArrayOfEmailAddressesType? SentToMe:boolean? SentToOrCcMe:boolean?
Sensitivity:SensitivityChoicesType? WithinDateRange:RulePredicateDateRangeType?
WithinSizeRange:RulePredicateSizeRangeType? ] ; t.RuleActionsType - [ AssignCategories:ArrayOfStringsType?
CopyToFolder:TargetFolderIdType? Delete:boolean? ForwardAsAttachmentToRecipients:ArrayOfEmailAddressesType?
ForwardToRecipients:ArrayOfEmailAddressesType? MarkImportance:ImportanceChoicesType? MarkAsRead:boolean?
MoveToFolder:TargetFolderIdType? PermanentDelete:boolean? RedirectToRecipients:ArrayOfEmailAddressesType?
SendSMSAlertToRecipients:ArrayOfEmailAddressesType? ServerReplyWithMessage:ItemIdType? StopProcessingRules:boolean?
] ; t.TransitionTargetType =string [ ] Kind:TransitionTargetKindType! ; t.RecurringTimeTransitionType TransitionType
[ TimeOffset:duration Month:int ] ; t.RecurrencePatternBaseType - [ ] ; t.IntervalRecurrencePatternBaseType
RecurrencePatternBaseType [ Interval:int ] ; t.RecurrenceRangeBaseType - [ StartDate:date ] ;
t.RegeneratingPatternBaseType IntervalRecurrencePatternBaseType [ ] ; t.ItemChangeDescriptionType
ChangeDescriptionType [ ] ; t.FolderChangeDescriptionType ChangeDescriptionType [ ] ; t.ArrayOfEmailAddressesType -
[ Address:EmailAddressType* ] ; t.RulePredicateDateRangeType - [ StartDateTime:dateTime? EndDateTime:dateTime? ] ;
t.RulePredicateSizeRangeType - [ MinimumSize:int? MaximumSize:int? ] ; t.ChangeDescriptionType - [ (
FieldURI:PathToUnindexedFieldType | IndexedFieldURI:PathToIndexedFieldType |
ExtendedFieldURI:PathToExtendedFieldType ) ] ;
)rows";
}

}  // namespace liaison::sandbox::ews
