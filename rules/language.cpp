#include "rules/language.hpp"

#include <algorithm>

namespace liaison::rules {
namespace {

using Key = ConditionKey;
using Shape = ValueShape;

constexpr std::string_view kKindTokens = "user contact company lead unknown";

constexpr ConditionInfo kConditions[] = {
    {Key::FromAddresses, "fromAddresses", Shape::Addresses, "",
     "The sender has one of these addresses.", 1, false},
    {Key::FromDomains, "fromDomains", Shape::Domains, "",
     "The sender's address is in one of these domains or below.", 1, false},
    {Key::SentToAddresses, "sentToAddresses", Shape::Addresses, "",
     "One of these addresses stands in To or Cc.", 1, false},
    {Key::SentToDomains, "sentToDomains", Shape::Domains, "",
     "An address in To or Cc is in one of these domains or below.", 1, false},
    {Key::SenderContains, "senderContains", Shape::Phrases, "",
     "The sender's address or name contains one of these texts.", 2, false},
    {Key::RecipientContains, "recipientContains", Shape::Phrases, "",
     "An address or name in To or Cc contains one of these texts.", 2, false},
    {Key::SubjectContains, "subjectContains", Shape::Phrases, "",
     "The subject contains one of these texts.", 2, false},
    {Key::BodyContains, "bodyContains", Shape::Phrases, "",
     "The text body contains one of these texts.", 3, false},
    {Key::BodyOrSubjectContains, "bodyOrSubjectContains", Shape::Phrases, "",
     "The subject or the text body contains one of these texts.", 3, false},
    {Key::HeaderContains, "headerContains", Shape::Phrases, "",
     "A header field, written as `Name: value`, contains one of these texts.", 3, true},
    {Key::SenderMatches, "senderMatches", Shape::Patterns, "",
     "The sender's address or name matches one of these regular expressions.", 2, false},
    {Key::RecipientMatches, "recipientMatches", Shape::Patterns, "",
     "An address or name in To or Cc matches one of these regular expressions.", 2, false},
    {Key::SubjectMatches, "subjectMatches", Shape::Patterns, "",
     "The subject matches one of these regular expressions.", 2, false},
    {Key::BodyMatches, "bodyMatches", Shape::Patterns, "",
     "The text body matches one of these regular expressions; ^ and $ are ends of a line.", 3,
     false},
    {Key::BodyOrSubjectMatches, "bodyOrSubjectMatches", Shape::Patterns, "",
     "The subject or the text body matches one of these regular expressions.", 3, false},
    {Key::HeaderMatches, "headerMatches", Shape::Patterns, "",
     "A header field, written as `Name: value`, matches one of these regular expressions.", 3,
     true},
    {Key::Categories, "categories", Shape::Names, "", "The mail has one of these categories.", 2,
     false},
    {Key::Importance, "importance", Shape::Tokens, "low normal high", "The mail's importance.", 9,
     false},
    {Key::Sensitivity, "sensitivity", Shape::Tokens, "normal personal private confidential",
     "The mail's sensitivity.", 9, false},
    {Key::MessageActionFlag, "messageActionFlag", Shape::Tokens,
     "any call doNotForward followUp fyi forward noResponseNecessary read reply replyToAll review",
     "What the sender asks for by a flag; any: whatever it is.", 4, true},
    {Key::HasAttachments, "hasAttachments", Shape::Flag, "",
     "The mail has attachments; pictures inside the text do not count.", 0, false},
    {Key::AttachmentNameContains, "attachmentNameContains", Shape::Phrases, "",
     "The name of an attachment contains one of these texts.", 2, false},
    {Key::AttachmentNameMatches, "attachmentNameMatches", Shape::Patterns, "",
     "The name of an attachment matches one of these regular expressions.", 2, false},
    {Key::AttachmentExtensionIs, "attachmentExtensionIs", Shape::Names, "",
     "The name of an attachment ends in a dot and one of these: `pdf`.", 3, false},
    {Key::AttachmentTypeIs, "attachmentTypeIs", Shape::Names, "",
     "An attachment has one of these content types: `application/pdf`, `image/*`.", 3, false},
    {Key::AttachmentSizeRange, "attachmentSizeRange", Shape::SizeRange, "",
     "The size of an attachment in kilobytes of 1,024 bytes, both ends included.", 0, false},
    {Key::WithinSizeRange, "withinSizeRange", Shape::SizeRange, "",
     "The mail's size in kilobytes of 1,024 bytes, both ends included.", 0, false},
    {Key::SentToMe, "sentToMe", Shape::Flag, "", "The mailbox' owner stands in To.", 0, false},
    {Key::SentCcMe, "sentCcMe", Shape::Flag, "", "The mailbox' owner stands in Cc.", 0, false},
    {Key::SentToOrCcMe, "sentToOrCcMe", Shape::Flag, "", "The mailbox' owner stands in To or Cc.",
     0, false},
    {Key::SentOnlyToMe, "sentOnlyToMe", Shape::Flag, "",
     "The mailbox' owner is the only recipient.", 0, false},
    {Key::NotSentToMe, "notSentToMe", Shape::Flag, "", "The mailbox' owner does not stand in To.",
     0, false},
    {Key::IsApprovalRequest, "isApprovalRequest", Shape::Flag, "", "The mail asks for an approval.",
     0, false},
    {Key::IsAutomaticForward, "isAutomaticForward", Shape::Flag, "",
     "The mail was forwarded by a machine.", 0, true},
    {Key::IsAutomaticReply, "isAutomaticReply", Shape::Flag, "",
     "The mail was answered by a machine.", 0, true},
    {Key::IsEncrypted, "isEncrypted", Shape::Flag, "", "The mail is encrypted (S/MIME).", 0, false},
    {Key::IsMeetingRequest, "isMeetingRequest", Shape::Flag, "", "The mail is a meeting request.",
     0, false},
    {Key::IsMeetingResponse, "isMeetingResponse", Shape::Flag, "",
     "The mail answers a meeting request.", 0, false},
    {Key::IsNonDeliveryReport, "isNonDeliveryReport", Shape::Flag, "",
     "The mail says that another one was not delivered.", 0, false},
    {Key::IsPermissionControlled, "isPermissionControlled", Shape::Flag, "",
     "The mail is protected by rights management.", 0, true},
    {Key::IsReadReceipt, "isReadReceipt", Shape::Flag, "", "The mail is a read receipt.", 0, false},
    {Key::IsSigned, "isSigned", Shape::Flag, "", "The mail is signed (S/MIME).", 0, false},
    {Key::IsVoicemail, "isVoicemail", Shape::Flag, "", "The mail is a voice message.", 0, false},
    {Key::Folder, "folder", Shape::Paths, "", "The mail lies in one of these folders.", 4, false},
    {Key::FolderUnder, "folderUnder", Shape::Paths, "",
     "The mail lies in one of these folders or below.", 5, false},
    {Key::Mailbox, "mailbox", Shape::Addresses, "", "The mail lies in one of these mailboxes.", 4,
     false},
    {Key::Direction, "direction", Shape::Tokens, "inbound outbound none",
     "Outbound: sent by a CRM user; inbound: sent by a contact, company or lead; else none.", 9,
     false},
    {Key::ConversationLogged, "conversationLogged", Shape::Flag, "",
     "An earlier mail of the same thread is logged.", 0, false},
    {Key::SenderIs, "senderIs", Shape::Tokens, kKindTokens, "What the CRM knows the sender as.", 9,
     false},
    {Key::SenderHasOpenOpportunity, "senderHasOpenOpportunity", Shape::Flag, "",
     "The sender has an open opportunity.", 0, false},
    {Key::SenderCompanyIn, "senderCompanyIn", Shape::Names, "",
     "The sender belongs to one of these companies (CRM id or name).", 2, false},
    {Key::SenderCategoryIn, "senderCategoryIn", Shape::Names, "",
     "The sender has one of these CRM categories.", 4, false},
    {Key::SenderOwnerIs, "senderOwnerIs", Shape::Names, "",
     "The sender is looked after by one of these users (CRM id).", 4, false},
    {Key::SenderCampaignIn, "senderCampaignIn", Shape::Names, "",
     "The sender is a member of one of these campaigns (CRM id).", 4, false},
    {Key::SenderIsPrivacyBlocked, "senderIsPrivacyBlocked", Shape::Flag, "",
     "The sender is blocked for privacy in the CRM.", 0, false},
    {Key::RecipientIs, "recipientIs", Shape::Tokens, kKindTokens,
     "What the CRM knows a recipient as; unknown: it knows none of them.", 9, false},
    {Key::RecipientHasOpenOpportunity, "recipientHasOpenOpportunity", Shape::Flag, "",
     "A recipient has an open opportunity.", 0, false},
    {Key::RecipientCompanyIn, "recipientCompanyIn", Shape::Names, "",
     "A recipient belongs to one of these companies (CRM id or name).", 2, false},
    {Key::RecipientCategoryIn, "recipientCategoryIn", Shape::Names, "",
     "A recipient has one of these CRM categories.", 4, false},
    {Key::RecipientOwnerIs, "recipientOwnerIs", Shape::Names, "",
     "A recipient is looked after by one of these users (CRM id).", 4, false},
    {Key::RecipientCampaignIn, "recipientCampaignIn", Shape::Names, "",
     "A recipient is a member of one of these campaigns (CRM id).", 4, false},
    {Key::RecipientIsPrivacyBlocked, "recipientIsPrivacyBlocked", Shape::Flag, "",
     "A recipient is blocked for privacy in the CRM.", 0, false},
};
static_assert(std::size(kConditions) == kConditionKeyCount);

constexpr KeyInfo kDocumentKeys[] = {
    {"$schema", "string", "Where the schema of this language is.", false},
    {"version", "integer", "Version of the language: 1.", false},
    {"rules", "rules", "The rules.", true},
    {"lists", "lists", "Named lists of values, used in conditions as {\"list\": NAME}.", false},
    {"examples", "examples",
     "Mails with what must become of them; all must hold before the document is taken.", false},
};
constexpr KeyInfo kListsDocumentKeys[] = {
    {"$schema", "string", "Where the schema of this language is.", false},
    {"version", "integer", "Version of the language: 1.", false},
    {"lists", "lists", "Named lists of values for all rule sets.", true},
};
constexpr KeyInfo kRuleKeys[] = {
    {"id", "string",
     "Stays the same when the rule is renamed; the display name where it is missing.", false},
    {"displayName", "string", "What people call the rule.", true},
    {"sequence", "integer", "Order of evaluation; the place in the document where it is missing.",
     false},
    {"isEnabled", "boolean", "False: the rule is not looked at.", false},
    {"conditions", "conditions", "All of them must hold; none at all always holds.", false},
    {"exceptions", "conditions", "Any of them takes the mail out of the rule.", false},
    {"actions", "actions", "What is done with a mail that matches.", true},
};
constexpr KeyInfo kActionKeys[] = {
    {"moveToFolder", "label", "Path of the folder that the mail goes to, after it was logged.",
     false},
    {"copyToFolder", "label", "Path of a folder that a copy of the mail goes to.", false},
    {"assignCategories", "strings", "Categories that the mail gets.", false},
    {"markAsRead", "boolean", "Mark the mail as read.", false},
    {"markImportance", "importance", "Importance that the mail gets.", false},
    {"flagMessage", "flagMessage", "Follow-up flag that the mail gets.", false},
    {"logInteraction", "logInteraction", "Log with these particulars.", false},
    {"setRegarding", "setRegarding", "CRM record that the interactions are regarding.", false},
    {"createContact", "createParty", "Make contacts of those whom the CRM does not know.", false},
    {"createLead", "createParty", "Make leads of those whom the CRM does not know.", false},
    {"createTask", "createTask", "Make a task in the CRM.", false},
    {"skipLogging", "boolean", "Do not log.", false},
    {"hold", "boolean", "Do nothing until a person has decided.", false},
    {"stopProcessingRules", "boolean", "No later rule is looked at.", false},
};
constexpr KeyInfo kLogKeys[] = {
    {"template", "label", "Interaction template.", false},
    {"activityType", "label", "Activity type.", false},
    {"campaign", "label", "Campaign, by CRM id.", false},
    {"opportunity", "label", "Opportunity, by CRM id.", false},
};
constexpr KeyInfo kRegardingKeys[] = {
    {"opportunity", "label", "Opportunity, by CRM id.", false},
    {"case", "label", "Case, by CRM id.", false},
    {"campaign", "label", "Campaign, by CRM id.", false},
    {"lead", "label", "Lead, by CRM id.", false},
    {"contact", "label", "Contact, by CRM id.", false},
    {"company", "label", "Company, by CRM id.", false},
    {"appointment", "label", "Appointment, by CRM id.", false},
    {"task", "label", "Task, by CRM id.", false},
};
constexpr KeyInfo kFlagKeys[] = {
    {"flagStatus", "flagStatus", "flagged where it is missing.", false},
    {"dueInDays", "days", "Due this many days after the mail was received.", false},
};
constexpr KeyInfo kCreatePartyKeys[] = {
    {"for", "createFor", "sender where it is missing.", false},
    {"company", "label", "Company, by CRM id.", false},
    {"owner", "label", "CRM user who looks after the new record.", false},
};
constexpr KeyInfo kCreateTaskKeys[] = {
    {"subject", "label", "Subject of the task; the mail's subject where it is missing.", false},
    {"dueInDays", "days", "Due this many days after the mail was received.", false},
    {"owner", "label", "CRM user; the folder's owner where it is missing.", false},
};
constexpr KeyInfo kExampleKeys[] = {
    {"name", "string", "What the example shows.", true},
    {"message", "message", "The mail.", true},
    {"sender", "party", "What the CRM knows of the sender; unknown where it is missing.", false},
    {"recipients", "parties", "What the CRM knows of the recipients.", false},
    {"expect", "expect", "What must become of it; keys that are missing are not checked.", true},
};
constexpr KeyInfo kExampleMessageKeys[] = {
    {"from", "address", "Sender.", false},
    {"to", "addresses", "Recipients.", false},
    {"cc", "addresses", "Copies.", false},
    {"subject", "string", "Subject.", false},
    {"body", "string", "Text body.", false},
    {"headers", "headers", "Header fields by name.", false},
    {"attachments", "attachments", "Attachments by name, or with type and size.", false},
    {"flagRequest", "string", "What the sender asks for: `Follow up`.", false},
    {"categories", "strings", "Categories.", false},
    {"importance", "string", "low, normal or high.", false},
    {"sensitivity", "string", "normal, personal, private or confidential.", false},
    {"itemClass", "string", "IPM.Note where it is missing.", false},
    {"size", "integer", "Bytes.", false},
    {"folder", "string", "Path of the folder that it lies in.", false},
    {"mailbox", "string", "Address of the mailbox.", false},
    {"direction", "string",
     "inbound, outbound or none; from what the sender is where it is missing.", false},
    {"conversationLogged", "boolean", "An earlier mail of the thread is logged.", false},
    {"messageId", "string", "Message-ID.", false},
    {"inReplyTo", "string", "In-Reply-To.", false},
    {"references", "string", "References.", false},
    {"sent", "string", "When it was sent: 2026-11-25T09:00:00Z.", false},
    {"received", "string", "When it was received.", false},
    {"isDraft", "boolean", "Not sent yet.", false},
};
constexpr KeyInfo kMailRecordKeys[] = {
    {"name", "string", "What the mail is called in answers, such as its file.", true},
    {"message", "message", "The mail.", true},
    {"parties", "parties", "What the CRM knows, by address.", false},
};
constexpr KeyInfo kExampleAttachmentKeys[] = {
    {"name", "string", "File name.", true},
    {"contentType", "string", "application/octet-stream where it is missing.", false},
    {"size", "integer", "Bytes.", false},
    {"isInline", "boolean", "A picture inside the text.", false},
};
constexpr KeyInfo kExamplePartyKeys[] = {
    {"is", "string", "user, contact, company or lead.", true},
    {"company", "string", "CRM id or name of the company.", false},
    {"owner", "string", "CRM id of the salesperson.", false},
    {"categories", "strings", "CRM categories.", false},
    {"openOpportunity", "boolean", "Has an open opportunity.", false},
    {"campaigns", "strings", "CRM ids of the campaigns whose member it is.", false},
    {"privacyBlocked", "boolean", "Is blocked for privacy.", false},
};
constexpr KeyInfo kExampleExpectKeys[] = {
    {"matched", "strings", "Ids of exactly the rules that match, in order.", false},
    {"logging", "string", "What the rules say: log, skip, hold, or default when they say nothing.",
     false},
    {"moveToFolder", "string", "Folder that it is moved to; empty: it stays.", false},
    {"copyToFolder", "strings", "Exactly these folders get a copy, in order.", false},
    {"categories", "strings", "Exactly these categories are assigned.", false},
    {"markAsRead", "boolean", "Whether it is marked as read.", false},
    {"markImportance", "string", "Importance that it gets; empty: none.", false},
    {"flagStatus", "string", "Flag that it gets; empty: none.", false},
    {"setRegarding", "string", "Kind and id of the record, as in `opportunity O-1`; empty: none.",
     false},
    {"createContact", "boolean", "Whether unknown people become contacts.", false},
    {"createLead", "boolean", "Whether unknown people become leads.", false},
    {"createTask", "boolean", "Whether a task is made.", false},
    {"template", "string", "Template of the interaction.", false},
    {"activityType", "string", "Activity type of the interaction.", false},
    {"campaign", "string", "Campaign of the interaction.", false},
    {"opportunity", "string", "Opportunity of the interaction.", false},
};

struct RefusedName {
    std::string_view name, why;
};
constexpr RefusedName kRefusedNames[] = {
    {"delete", "Liaison never deletes mail from a person's folder"},
    {"permanentDelete", "Liaison never deletes mail from a person's folder"},
    {"forwardTo", "Liaison never sends mail on its own"},
    {"forwardAsAttachmentTo", "Liaison never sends mail on its own"},
    {"redirectTo", "Liaison never sends mail on its own"},
    {"hasError", "read-only in Graph, has no place in a document"},
    {"isReadOnly", "read-only in Graph, has no place in a document"},
};

}  // namespace

std::span<const ConditionInfo> all_conditions() {
    return kConditions;
}
const ConditionInfo& info(ConditionKey key) {
    return kConditions[static_cast<std::size_t>(key)];
}

std::optional<ConditionKey> parse_condition_key(std::string_view name) {
    const auto* at = std::ranges::find(kConditions, name, &ConditionInfo::name);
    if (at == std::end(kConditions)) return std::nullopt;
    return at->key;
}

std::string_view refused_name(std::string_view name) {
    const auto* at = std::ranges::find(kRefusedNames, name, &RefusedName::name);
    return at == std::end(kRefusedNames) ? std::string_view() : at->why;
}

std::span<const KeyInfo> document_keys() {
    return kDocumentKeys;
}
std::span<const KeyInfo> lists_document_keys() {
    return kListsDocumentKeys;
}
std::span<const KeyInfo> rule_keys() {
    return kRuleKeys;
}
std::span<const KeyInfo> action_keys() {
    return kActionKeys;
}
std::span<const KeyInfo> log_keys() {
    return kLogKeys;
}
std::span<const KeyInfo> regarding_keys() {
    return kRegardingKeys;
}
std::span<const KeyInfo> flag_keys() {
    return kFlagKeys;
}
std::span<const KeyInfo> create_party_keys() {
    return kCreatePartyKeys;
}
std::span<const KeyInfo> create_task_keys() {
    return kCreateTaskKeys;
}
std::span<const KeyInfo> example_keys() {
    return kExampleKeys;
}
std::span<const KeyInfo> example_message_keys() {
    return kExampleMessageKeys;
}
std::span<const KeyInfo> mail_record_keys() {
    return kMailRecordKeys;
}
std::span<const KeyInfo> example_attachment_keys() {
    return kExampleAttachmentKeys;
}
std::span<const KeyInfo> example_party_keys() {
    return kExamplePartyKeys;
}
std::span<const KeyInfo> example_expect_keys() {
    return kExampleExpectKeys;
}

}  // namespace liaison::rules
