// Written by make_schema_table.py from Microsoft's messages.xsd and types.xsd (V2018_01_08); do not edit.
#include "sandbox/ews/schema_table.hpp"

namespace liaison::sandbox::ews {

std::string_view schema_rows_1() {
    return R"rows(
m.GetFolder =element [ ] GetFolderType ; m.FindFolder =element [ ] FindFolderType ; m.CreateFolder =element [ ]
CreateFolderType ; m.SyncFolderHierarchy =element [ ] SyncFolderHierarchyType ; m.SyncFolderItems =element [ ]
SyncFolderItemsType ; m.FindItem =element [ ] FindItemType ; m.GetItem =element [ ] GetItemType ; m.CreateItem
=element [ ] CreateItemType ; m.UpdateItem =element [ ] UpdateItemType ; m.DeleteItem =element [ ] DeleteItemType ;
m.MoveItem =element [ ] MoveItemType ; m.CopyItem =element [ ] CopyItemType ; m.CreateAttachment =element [ ]
CreateAttachmentType ; m.GetAttachment =element [ ] GetAttachmentType ; m.DeleteAttachment =element [ ]
DeleteAttachmentType ; m.ResolveNames =element [ ] ResolveNamesType ; m.GetServerTimeZones =element [ ]
GetServerTimeZonesType ; m.ConvertId =element [ ] ConvertIdType ; m.UpdateFolder =element [ ] UpdateFolderType ;
m.GetInboxRules =element [ ] GetInboxRulesRequestType ; m.UpdateInboxRules =element [ ] UpdateInboxRulesRequestType
; t.RequestServerVersion =element [ ] RequestServerVersion.Header ; t.ExchangeImpersonation =element [ ]
ExchangeImpersonationType ; t.TimeZoneContext =element [ ] TimeZoneContextType ; t.DateTimePrecision =element [ ]
DateTimePrecisionType ; t.MailboxCulture =element [ ] MailboxCultureType ; t.SerializedSecurityContext =element [ ]
opaque ; t.ProxySecurityContext =element [ ] opaque ; t.OpenAsAdminOrSystemService =element [ ] opaque ;
t.ManagementRole =element [ ] opaque ; m.GetFolderType BaseRequestType [ FolderShape:FolderResponseShapeType
FolderIds:NonEmptyArrayOfBaseFolderIdsType ] ; m.FindFolderType BaseRequestType [
FolderShape:FolderResponseShapeType ( IndexedPageFolderView:IndexedPageViewType |
FractionalPageFolderView:FractionalPageViewType )? Restriction:RestrictionType?
ParentFolderIds:NonEmptyArrayOfBaseFolderIdsType ] Traversal:FolderQueryTraversalType! ; m.CreateFolderType
BaseRequestType [ ParentFolderId:TargetFolderIdType Folders:NonEmptyArrayOfFoldersType ] ; m.SyncFolderHierarchyType
BaseRequestType [ FolderShape:FolderResponseShapeType SyncFolderId:TargetFolderIdType? SyncState:string? ] ;
m.SyncFolderItemsType BaseRequestType [ ItemShape:ItemResponseShapeType SyncFolderId:TargetFolderIdType
SyncState:string? Ignore:ArrayOfBaseItemIdsType? MaxChangesReturned:MaxSyncChangesReturnedType
SyncScope:SyncFolderItemsScopeType? ] ; m.FindItemType BaseRequestType [ ItemShape:ItemResponseShapeType (
IndexedPageItemView:IndexedPageViewType | FractionalPageItemView:FractionalPageViewType |
SeekToConditionPageItemView:opaque | CalendarView:CalendarViewType | ContactsView:ContactsViewType )? (
GroupBy:opaque | DistinguishedGroupBy:opaque )? Restriction:RestrictionType?
SortOrder:NonEmptyArrayOfFieldOrdersType? ParentFolderIds:NonEmptyArrayOfBaseFolderIdsType
QueryString:QueryStringType? ] Traversal:ItemQueryTraversalType! ; m.GetItemType BaseRequestType [
ItemShape:ItemResponseShapeType ItemIds:NonEmptyArrayOfBaseItemIdsType ] ; m.CreateItemType BaseRequestType [
SavedItemFolderId:TargetFolderIdType? Items:NonEmptyArrayOfAllItemsType ] MessageDisposition:MessageDispositionType
SendMeetingInvitations:CalendarItemCreateOrDeleteOperationType ; m.UpdateItemType BaseRequestType [
SavedItemFolderId:TargetFolderIdType? ItemChanges:NonEmptyArrayOfItemChangesType ]
ConflictResolution:ConflictResolutionType! MessageDisposition:MessageDispositionType
SendMeetingInvitationsOrCancellations:CalendarItemUpdateOperationType SuppressReadReceipts:boolean ;
m.DeleteItemType BaseRequestType [ ItemIds:NonEmptyArrayOfBaseItemIdsType ] DeleteType:DisposalType!
SendMeetingCancellations:CalendarItemCreateOrDeleteOperationType AffectedTaskOccurrences:AffectedTaskOccurrencesType
SuppressReadReceipts:boolean ; m.MoveItemType BaseMoveCopyItemType [ ] ; m.CopyItemType BaseMoveCopyItemType [ ] ;
m.CreateAttachmentType BaseRequestType [ ParentItemId:ItemIdType Attachments:NonEmptyArrayOfAttachmentsType ] ;
m.GetAttachmentType BaseRequestType [ AttachmentShape:AttachmentResponseShapeType?
AttachmentIds:NonEmptyArrayOfRequestAttachmentIdsType ] ; m.DeleteAttachmentType BaseRequestType [
AttachmentIds:NonEmptyArrayOfRequestAttachmentIdsType ] ; m.ResolveNamesType BaseRequestType [
ParentFolderIds:NonEmptyArrayOfBaseFolderIdsType? UnresolvedEntry:NonEmptyStringType ]
ReturnFullContactData:boolean! SearchScope:ResolveNamesSearchScopeType ContactDataShape:DefaultShapeNamesType ;
m.GetServerTimeZonesType BaseRequestType [ Ids:NonEmptyArrayOfTimeZoneIdType? ] ReturnFullTimeZoneData:boolean ;
m.ConvertIdType BaseRequestType [ SourceIds:NonEmptyArrayOfAlternateIdsType ] DestinationFormat:IdFormatType! ;
m.UpdateFolderType BaseRequestType [ FolderChanges:NonEmptyArrayOfFolderChangesType ] ; m.GetInboxRulesRequestType
BaseRequestType [ MailboxSmtpAddress:string? ] ; m.UpdateInboxRulesRequestType BaseRequestType [
MailboxSmtpAddress:string? RemoveOutlookRuleBlob:boolean? Operations:ArrayOfRuleOperationsType ] ;
t.RequestServerVersion.Header - [ ] Version:ExchangeVersionType! ; t.ExchangeImpersonationType - [
ConnectingSID:ConnectingSIDType ] ; t.TimeZoneContextType - [ TimeZoneDefinition:TimeZoneDefinitionType ] ;
t.MailboxCultureType =language [ ] ; m.BaseRequestType - [ ] ; t.FolderResponseShapeType - [
BaseShape:DefaultShapeNamesType AdditionalProperties:NonEmptyArrayOfPathsToElementType? ] ;
t.NonEmptyArrayOfBaseFolderIdsType - [ ( FolderId:FolderIdType | DistinguishedFolderId:DistinguishedFolderIdType )+
] ; t.IndexedPageViewType BasePagingType [ ] Offset:int! BasePoint:IndexBasePointType! ; t.FractionalPageViewType
BasePagingType [ ] Numerator:int! Denominator:int! ; t.RestrictionType - [ ( SearchExpression:SearchExpressionType |
Exists:ExistsType | Excludes:ExcludesType | IsEqualTo:IsEqualToType | IsNotEqualTo:IsNotEqualToType |
IsGreaterThan:IsGreaterThanType | IsGreaterThanOrEqualTo:IsGreaterThanOrEqualToType | IsLessThan:IsLessThanType |
IsLessThanOrEqualTo:IsLessThanOrEqualToType | Contains:ContainsExpressionType | Not:NotType | And:AndType |
Or:OrType | Near:NearType ) ] ; t.TargetFolderIdType - [ ( FolderId:FolderIdType |
DistinguishedFolderId:DistinguishedFolderIdType | AddressListId:AddressListIdType ) ] ; t.NonEmptyArrayOfFoldersType
- [ ( Folder:FolderType | CalendarFolder:CalendarFolderType | ContactsFolder:ContactsFolderType |
SearchFolder:SearchFolderType | TasksFolder:TasksFolderType )+ ] ; t.ItemResponseShapeType - [
BaseShape:DefaultShapeNamesType IncludeMimeContent:boolean? BodyType:BodyTypeResponseType?
UniqueBodyType:BodyTypeResponseType? NormalizedBodyType:BodyTypeResponseType? FilterHtmlContent:boolean?
ConvertHtmlCodePageToUTF8:boolean? InlineImageUrlTemplate:string? BlockExternalImages:boolean?
AddBlankTargetToLinks:boolean? MaximumBodySize:int? AdditionalProperties:NonEmptyArrayOfPathsToElementType? ] ;
t.ArrayOfBaseItemIdsType - [ ( ItemId:ItemIdType )* ] ; t.CalendarViewType BasePagingType [ ] StartDate:dateTime!
EndDate:dateTime! ; t.ContactsViewType BasePagingType [ ] InitialName:string FinalName:string ;
t.NonEmptyArrayOfFieldOrdersType - [ FieldOrder:FieldOrderType+ ] ; m.QueryStringType =string [ ] ResetCache:boolean
ReturnHighlightTerms:boolean ReturnDeletedItems:boolean ; t.NonEmptyArrayOfBaseItemIdsType - [ ( ItemId:ItemIdType |
OccurrenceItemId:OccurrenceItemIdType | RecurringMasterItemId:RecurringMasterItemIdType |
RecurringMasterItemIdRanges:RecurringMasterItemIdRangesType )+ ] ; t.NonEmptyArrayOfAllItemsType - [ ( Item:ItemType
| Message:MessageType | SharingMessage:SharingMessageType | CalendarItem:CalendarItemType | Contact:ContactItemType
| DistributionList:opaque | MeetingMessage:opaque | MeetingRequest:opaque | MeetingResponse:opaque |
MeetingCancellation:opaque | Task:TaskType | PostItem:opaque | ReplyToItem:opaque | ForwardItem:opaque |
ReplyAllToItem:opaque | AcceptItem:opaque | TentativelyAcceptItem:opaque | DeclineItem:opaque |
CancelCalendarItem:opaque | RemoveItem:opaque | SuppressReadReceipt:opaque | PostReplyItem:opaque |
AcceptSharingInvitation:opaque | RoleMember:opaque | Network:opaque | Person:opaque )+ ] ;
t.NonEmptyArrayOfItemChangesType - [ ItemChange:ItemChangeType+ ] ; m.BaseMoveCopyItemType BaseRequestType [
ToFolderId:TargetFolderIdType ItemIds:NonEmptyArrayOfBaseItemIdsType ReturnNewItemIds:boolean? ] ; t.ItemIdType
BaseItemIdType [ ] Id:string! ChangeKey:string ; t.NonEmptyArrayOfAttachmentsType - [ (
ItemAttachment:ItemAttachmentType | FileAttachment:FileAttachmentType | ReferenceAttachment:ReferenceAttachmentType
)+ ] ; t.AttachmentResponseShapeType - [ IncludeMimeContent:boolean? BodyType:BodyTypeResponseType?
FilterHtmlContent:boolean? AdditionalProperties:NonEmptyArrayOfPathsToElementType? ] ;
t.NonEmptyArrayOfRequestAttachmentIdsType - [ ( AttachmentId:RequestAttachmentIdType )+ ] ;
t.NonEmptyArrayOfTimeZoneIdType - [ Id:string+ ] ; t.NonEmptyArrayOfAlternateIdsType - [ (
AlternateId:AlternateIdType | AlternatePublicFolderId:AlternatePublicFolderIdType |
AlternatePublicFolderItemId:AlternatePublicFolderItemIdType )+ ] ; t.NonEmptyArrayOfFolderChangesType - [
FolderChange:FolderChangeType+ ] ; t.ArrayOfRuleOperationsType - [ ( CreateRuleOperation:CreateRuleOperationType |
SetRuleOperation:SetRuleOperationType | DeleteRuleOperation:DeleteRuleOperationType )+ ] ; t.ConnectingSIDType - [ (
PrincipalName:PrincipalNameType | SID:SIDType | PrimarySmtpAddress:PrimarySmtpAddressType |
SmtpAddress:SmtpAddressType ) ] ; t.TimeZoneDefinitionType - [ ( Periods:NonEmptyArrayOfPeriodsType
TransitionsGroups:ArrayOfTransitionsGroupsType? Transitions:ArrayOfTransitionsType? )? ] Id:string Name:string ;
t.NonEmptyArrayOfPathsToElementType - [ ( ( FieldURI:PathToUnindexedFieldType |
IndexedFieldURI:PathToIndexedFieldType | ExtendedFieldURI:PathToExtendedFieldType ) )+ ] ; t.FolderIdType
BaseFolderIdType [ ] Id:string! ChangeKey:string ; t.DistinguishedFolderIdType BaseFolderIdType [
Mailbox:EmailAddressType? ] Id:DistinguishedFolderIdNameType! ChangeKey:string ; t.BasePagingType - [ ]
MaxEntriesReturned:int ; t.SearchExpressionType - [ ] ; t.ExistsType SearchExpressionType [ (
FieldURI:PathToUnindexedFieldType | IndexedFieldURI:PathToIndexedFieldType |
ExtendedFieldURI:PathToExtendedFieldType ) ] ; t.ExcludesType SearchExpressionType [ (
FieldURI:PathToUnindexedFieldType | IndexedFieldURI:PathToIndexedFieldType |
ExtendedFieldURI:PathToExtendedFieldType ) Bitmask:ExcludesValueType ] ; t.IsEqualToType TwoOperandExpressionType [
] ; t.IsNotEqualToType TwoOperandExpressionType [ ] ; t.IsGreaterThanType TwoOperandExpressionType [ ] ;
t.IsGreaterThanOrEqualToType TwoOperandExpressionType [ ] ; t.IsLessThanType TwoOperandExpressionType [ ] ;
t.IsLessThanOrEqualToType TwoOperandExpressionType [ ] ; t.ContainsExpressionType SearchExpressionType [ (
FieldURI:PathToUnindexedFieldType | IndexedFieldURI:PathToIndexedFieldType |
ExtendedFieldURI:PathToExtendedFieldType ) Constant:ConstantValueType ] ContainmentMode:ContainmentModeType
ContainmentComparison:ContainmentComparisonType ; t.NotType SearchExpressionType [ (
SearchExpression:SearchExpressionType | Exists:ExistsType | Excludes:ExcludesType | IsEqualTo:IsEqualToType |
IsNotEqualTo:IsNotEqualToType | IsGreaterThan:IsGreaterThanType | IsGreaterThanOrEqualTo:IsGreaterThanOrEqualToType
| IsLessThan:IsLessThanType | IsLessThanOrEqualTo:IsLessThanOrEqualToType | Contains:ContainsExpressionType |
Not:NotType | And:AndType | Or:OrType | Near:NearType ) ] ; t.AndType MultipleOperandBooleanExpressionType [ ] ;
t.OrType MultipleOperandBooleanExpressionType [ ] ; t.NearType MultipleOperandBooleanExpressionType [
Distance:unsignedInt Ordered:boolean ] ; t.AddressListIdType BaseFolderIdType [ ] Id:string! ; t.FolderType
BaseFolderType [ PermissionSet:opaque? UnreadCount:int? ] ; t.CalendarFolderType BaseFolderType [
SharingEffectiveRights:CalendarPermissionReadAccessType? PermissionSet:opaque? ] ; t.ContactsFolderType
BaseFolderType [ SharingEffectiveRights:PermissionReadAccessType? PermissionSet:opaque? SourceId:string?
AccountName:string? ] ; t.SearchFolderType FolderType [ SearchParameters:opaque? ] ; t.TasksFolderType FolderType [
] ; t.FieldOrderType - [ ( FieldURI:PathToUnindexedFieldType | IndexedFieldURI:PathToIndexedFieldType |
ExtendedFieldURI:PathToExtendedFieldType ) ] Order:SortDirectionType! ; t.OccurrenceItemIdType BaseItemIdType [ ]
RecurringMasterId:DerivedItemIdType! ChangeKey:string InstanceIndex:int! ; t.RecurringMasterItemIdType
BaseItemIdType [ ] OccurrenceId:DerivedItemIdType! ChangeKey:string ; t.RecurringMasterItemIdRangesType ItemIdType [
Ranges:ArrayOfOccurrenceRangesType? ] ; t.ItemType - [ MimeContent:MimeContentType? ItemId:ItemIdType?
ParentFolderId:FolderIdType? ItemClass:ItemClassType? Subject:string? Sensitivity:SensitivityChoicesType?
Body:BodyType? Attachments:NonEmptyArrayOfAttachmentsType? DateTimeReceived:dateTime? Size:int?
Categories:ArrayOfStringsType? Importance:ImportanceChoicesType? InReplyTo:string? IsSubmitted:boolean?
IsDraft:boolean? IsFromMe:boolean? IsResend:boolean? IsUnmodified:boolean? InternetMessageHeaders:opaque?
DateTimeSent:dateTime? DateTimeCreated:dateTime? ResponseObjects:opaque? ReminderDueBy:dateTime?
ReminderIsSet:boolean? ReminderNextTime:dateTime? ReminderMinutesBeforeStart:ReminderMinutesBeforeStartType?
DisplayCc:string? DisplayTo:string? DisplayBcc:string? HasAttachments:boolean?
ExtendedProperty:ExtendedPropertyType* Culture:language? EffectiveRights:opaque? LastModifiedName:string?
LastModifiedTime:dateTime? IsAssociated:boolean? WebClientReadFormQueryString:string?
WebClientEditFormQueryString:string? ConversationId:ItemIdType? UniqueBody:BodyType? Flag:FlagType?
StoreEntryId:base64Binary? InstanceKey:base64Binary? NormalizedBody:BodyType? EntityExtractionResult:opaque?
PolicyTag:opaque? ArchiveTag:opaque? RetentionDate:dateTime? Preview:string? RightsManagementLicenseData:opaque?
PredictedActionReasons:opaque? IsClutter:boolean? BlockStatus:boolean? HasBlockedImages:boolean? TextBody:BodyType?
IconIndex:IconIndexType? SearchKey:base64Binary? SortKey:long? Hashtags:ArrayOfStringsType?
Mentions:ArrayOfRecipientsType? MentionedMe:boolean? MentionsPreview:opaque? MentionsEx:opaque?
AppliedHashtags:opaque? AppliedHashtagsPreview:opaque? Likes:opaque? LikesPreview:opaque?
PendingSocialActivityTagIds:ArrayOfStringsType? AtAllMention:boolean? CanDelete:boolean?
InferenceClassification:InferenceClassificationType? ] ; t.MessageType ItemType [ Sender:SingleRecipientType?
ToRecipients:ArrayOfRecipientsType? CcRecipients:ArrayOfRecipientsType? BccRecipients:ArrayOfRecipientsType?
IsReadReceiptRequested:boolean? IsDeliveryReceiptRequested:boolean? ConversationIndex:base64Binary?
ConversationTopic:string? From:SingleRecipientType? InternetMessageId:string? IsRead:boolean?
IsResponseRequested:boolean? References:string? ReplyTo:ArrayOfRecipientsType? ReceivedBy:SingleRecipientType?
ReceivedRepresenting:SingleRecipientType? ApprovalRequestData:opaque? VotingInformation:opaque?
ReminderMessageData:opaque? MessageSafety:opaque? SenderSMTPAddress:SmtpAddressType?
MailboxGuids:MessageType.MailboxGuids? PublishedCalendarItemIcs:string? PublishedCalendarItemName:string? ] ;
)rows";
}

}  // namespace liaison::sandbox::ews
