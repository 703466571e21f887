#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

/// The words of the rule language. These tables feed the reader, the canonical writer and the JSON
/// Schema, so that the three cannot differ.
namespace liaison::rules {

/// Every condition. The names and meanings without a remark are those of Graph's
/// messageRulePredicates.
enum class ConditionKey : std::uint8_t {
    FromAddresses,
    FromDomains,
    SentToAddresses,
    SentToDomains,
    SenderContains,
    RecipientContains,
    SubjectContains,
    BodyContains,
    BodyOrSubjectContains,
    HeaderContains,
    SenderMatches,
    RecipientMatches,
    SubjectMatches,
    BodyMatches,
    BodyOrSubjectMatches,
    HeaderMatches,
    Categories,
    Importance,
    Sensitivity,
    MessageActionFlag,
    HasAttachments,
    AttachmentNameContains,
    AttachmentNameMatches,
    AttachmentExtensionIs,
    AttachmentTypeIs,
    AttachmentSizeRange,
    WithinSizeRange,
    SentToMe,
    SentCcMe,
    SentToOrCcMe,
    SentOnlyToMe,
    NotSentToMe,
    IsApprovalRequest,
    IsAutomaticForward,
    IsAutomaticReply,
    IsEncrypted,
    IsMeetingRequest,
    IsMeetingResponse,
    IsNonDeliveryReport,
    IsPermissionControlled,
    IsReadReceipt,
    IsSigned,
    IsVoicemail,
    Folder,
    FolderUnder,
    Mailbox,
    Direction,
    ConversationLogged,
    SenderIs,
    SenderHasOpenOpportunity,
    SenderCompanyIn,
    SenderCategoryIn,
    SenderOwnerIs,
    SenderCampaignIn,
    SenderIsPrivacyBlocked,
    RecipientIs,
    RecipientHasOpenOpportunity,
    RecipientCompanyIn,
    RecipientCategoryIn,
    RecipientOwnerIs,
    RecipientCampaignIn,
    RecipientIsPrivacyBlocked,
    Count_
};
inline constexpr std::size_t kConditionKeyCount = static_cast<std::size_t>(ConditionKey::Count_);

/// What stands behind a condition's name. All lists mean "any of these".
enum class ValueShape : std::uint8_t {
    Addresses,  ///< SMTP addresses, compared as a whole
    Domains,    ///< a domain and everything below it
    Phrases,    ///< text that occurs somewhere, upper and lower case alike
    Patterns,   ///< regular expressions (RE2) that match somewhere, upper and lower case alike
    Names,      ///< compared as a whole, upper and lower case alike
    Paths,      ///< folder paths, compared as a whole, upper and lower case alike
    Tokens,     ///< words of a closed list, kept as the table spells them
    Flag,       ///< true or false
    SizeRange,  ///< {"minimumSize": KB, "maximumSize": KB}, one of them may be missing
};

struct ConditionInfo {
    ConditionKey key;
    std::string_view name;
    ValueShape shape;
    std::string_view tokens;   ///< for Tokens: "low normal high"
    std::string_view meaning;  ///< one sentence, for the schema and the manual
    /// How far knowing that it holds narrows the choice of rules: 1 an address, 9 a word of a short
    /// list, 0 no look-up.
    std::uint8_t look_up_cost;
    bool needs_headers;
};

std::span<const ConditionInfo> all_conditions();
const ConditionInfo& info(ConditionKey key);
std::optional<ConditionKey> parse_condition_key(std::string_view name);

/// Why a name that Graph knows is refused here; empty for any other name.
std::string_view refused_name(std::string_view name);

/// A key of a JSON object and what it means: for everything but conditions.
struct KeyInfo {
    std::string_view name;
    std::string_view type;  ///< string, integer, boolean, or the name of a definition in the schema
    std::string_view meaning;
    bool required = false;
};
std::span<const KeyInfo> document_keys();
std::span<const KeyInfo> lists_document_keys();
std::span<const KeyInfo> rule_keys();
std::span<const KeyInfo> action_keys();
std::span<const KeyInfo> log_keys();
std::span<const KeyInfo> regarding_keys();
std::span<const KeyInfo> flag_keys();
std::span<const KeyInfo> create_party_keys();
std::span<const KeyInfo> create_task_keys();
/// Words of closed lists, separated by blanks.
inline constexpr std::string_view kImportanceTokens = "low normal high";
inline constexpr std::string_view kFlagStatusTokens = "flagged complete notFlagged";
inline constexpr std::string_view kCreateForTokens = "sender recipients everybody";
inline constexpr std::int64_t kDueInDaysMax = 3'650;
std::span<const KeyInfo> example_keys();
std::span<const KeyInfo> example_message_keys();
std::span<const KeyInfo> mail_record_keys();
std::span<const KeyInfo> example_attachment_keys();
std::span<const KeyInfo> example_party_keys();
std::span<const KeyInfo> example_expect_keys();

}  // namespace liaison::rules
