#include "rules/mail_facts.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "rules/fold.hpp"

namespace liaison::rules {
namespace {

constexpr std::size_t kDomainBytesMax = 255;  // RFC 1035 2.3.4
constexpr std::size_t kPathStepsMax = 64;

std::string rule_sender_address(const MailMessage& message) {
    std::string address;
    if (message.from) address = normal_address(message.from->address);
    if (address.empty() && message.sender) address = normal_address(message.sender->address);
    return address;
}

/// To, then Cc, at most limits::recipients_max.
template <class Report>
void for_each_recipient(const MailMessage& message, const Report& report) {
    std::size_t count = 0;
    for (const auto* list : {&message.to, &message.cc})
        for (const MailAddress& one : *list)
            if (count++ < limits::recipients_max) report(one);
}

template <class Report>
void report_domains(std::string_view address, ConditionKey key, const Report& report) {
    const std::size_t at = address.rfind('@');
    if (at == std::string_view::npos) return;
    std::string_view domain = address.substr(at + 1);
    if (domain.size() > kDomainBytesMax) return;
    while (!domain.empty()) {
        report(key, domain);
        const std::size_t dot = domain.find('.');
        domain = dot == std::string_view::npos ? std::string_view() : domain.substr(dot + 1);
    }
}

struct PartyConditionKeys {
    ConditionKey is, company, category, owner, campaign;
};

template <class Report>
void report_parties(const std::vector<Party>& parties, const PartyConditionKeys& keys,
                    const Report& report) {
    if (parties.empty()) report(keys.is, "unknown");
    for (const Party& party : parties) {
        report(keys.is, to_string(party.kind));
        if (!party.company_id.empty()) report(keys.company, fold(normal_line(party.company_id)));
        if (!party.company_name.empty())
            report(keys.company, fold(normal_line(party.company_name)));
        if (!party.owner_id.empty()) report(keys.owner, fold(normal_line(party.owner_id)));
        for (const std::string& category : party.categories)
            report(keys.category, fold(normal_line(category)));
        for (const std::string& campaign : party.campaign_ids)
            report(keys.campaign, fold(normal_line(campaign)));
    }
}

struct FlagWord {
    std::string_view text, token;
};
/// The texts that Outlook offers for a flag (MS-OXOFLAG 2.2.1.9 names no closed list), and the
/// words that Graph and EWS have for them (FlaggedForAction).
constexpr FlagWord kFlagWords[] = {
    {"call", "call"},
    {"do not forward", "doNotForward"},
    {"follow up", "followUp"},
    {"for your information", "fyi"},
    {"forward", "forward"},
    {"no response necessary", "noResponseNecessary"},
    {"read", "read"},
    {"reply", "reply"},
    {"reply to all", "replyToAll"},
    {"review", "review"},
};

template <class Report>
void report_flag(const MailMessage& message, const Report& report) {
    std::string text = message.flag_request;
    for (const auto& [name, value] : message.headers)
        if (text.empty() && to_lower_ascii(trim(name)) == "x-message-flag") text = value;
    text = to_lower_ascii(normal_line(text));
    if (text.empty()) return;
    report(ConditionKey::MessageActionFlag, std::string_view("any"));
    const auto* word = std::ranges::find(kFlagWords, text, &FlagWord::text);
    if (word != std::end(kFlagWords)) report(ConditionKey::MessageActionFlag, word->token);
}

template <class Report>
void report_attachments(const MailMessage& message, const Report& report) {
    for (const AttachmentInfo& one : message.attachments) {
        if (one.is_inline) continue;
        const std::string name = fold(normal_line(one.name));
        const std::size_t dot = name.rfind('.');
        if (dot != std::string::npos && dot + 1 < name.size())
            report(ConditionKey::AttachmentExtensionIs, std::string_view(name).substr(dot + 1));
        std::string type = fold(normal_line(one.content_type));
        type = normal_line(type.substr(0, type.find(';')));
        if (type.empty()) continue;
        report(ConditionKey::AttachmentTypeIs, type);
        const std::size_t slash = type.find('/');
        if (slash != std::string::npos)
            report(ConditionKey::AttachmentTypeIs, type.substr(0, slash) + "/*");
    }
}

template <class Report>
void report_folder(std::string_view folder, const Report& report) {
    const std::string path = normal_folder_path(folder);
    if (path.empty()) return;
    report(ConditionKey::Folder, path);
    std::string_view upper = path;
    for (std::size_t steps = 0; steps < kPathStepsMax; ++steps) {
        report(ConditionKey::FolderUnder, upper);
        const std::size_t slash = upper.rfind('/');
        if (slash == std::string_view::npos) return;
        upper = upper.substr(0, slash);
    }
}

bool any_open_opportunity(const std::vector<Party>& parties) {
    return std::ranges::any_of(parties, &Party::has_open_opportunity);
}

}  // namespace

MailFlags::MailFlags(const MailMessage& message, const Facts& facts) {
    set(ConditionKey::HasAttachments,
        std::ranges::any_of(message.attachments, std::not_fn(&AttachmentInfo::is_inline)));
    set(ConditionKey::ConversationLogged, facts.conversation_logged);
    set(ConditionKey::SenderHasOpenOpportunity, any_open_opportunity(facts.sender));
    set(ConditionKey::RecipientHasOpenOpportunity, any_open_opportunity(facts.recipients));
    set(ConditionKey::SenderIsPrivacyBlocked,
        std::ranges::any_of(facts.sender, &Party::privacy_blocked));
    set(ConditionKey::RecipientIsPrivacyBlocked,
        std::ranges::any_of(facts.recipients, &Party::privacy_blocked));
    read_recipients(message, facts);
    read_item_class(message);
    read_headers(message);
}

void MailFlags::set(ConditionKey key, bool value) {
    if (value) bits_ |= std::uint64_t{1} << static_cast<unsigned>(key);
}

void MailFlags::read_recipients(const MailMessage& message, const Facts& facts) {
    std::set<std::string> me;
    for (const std::string& address : facts.owner_addresses) me.insert(normal_address(address));
    me.insert(normal_address(facts.mailbox));
    me.erase("");
    const auto is_me = [&](const MailAddress& one) {
        return me.contains(normal_address(one.address));
    };
    const bool to = std::ranges::any_of(message.to, is_me);
    const bool cc = std::ranges::any_of(message.cc, is_me);
    const bool only =
        std::ranges::all_of(message.to, is_me) && std::ranges::all_of(message.cc, is_me);
    set(ConditionKey::SentToMe, to);
    set(ConditionKey::SentCcMe, cc);
    set(ConditionKey::SentToOrCcMe, to || cc);
    set(ConditionKey::SentOnlyToMe, to && only);
    set(ConditionKey::NotSentToMe, !to);
}

/// MS-OXCMSG and MS-OXORMMS name the classes; servers compare them without regard to case.
void MailFlags::read_item_class(const MailMessage& message) {
    const std::string name = to_lower_ascii(message.item_class);
    const bool report = name.starts_with("report.");
    set(ConditionKey::IsNonDeliveryReport, report && name.ends_with(".ndr"));
    set(ConditionKey::IsReadReceipt, report && name.ends_with(".ipnrn"));
    set(ConditionKey::IsMeetingRequest, name.starts_with("ipm.schedule.meeting.request"));
    set(ConditionKey::IsMeetingResponse, name.starts_with("ipm.schedule.meeting.resp."));
    set(ConditionKey::IsAutomaticReply, name.starts_with("ipm.note.rules.ooftemplate") ||
                                            name.starts_with("ipm.note.rules.replytemplate"));
    set(ConditionKey::IsSigned, name == "ipm.note.smime.multipartsigned");
    set(ConditionKey::IsEncrypted, name == "ipm.note.smime");
    set(ConditionKey::IsVoicemail, name.starts_with("ipm.note.microsoft.voicemail") ||
                                       name.starts_with("ipm.note.rpmsg.microsoft.voicemail"));
    set(ConditionKey::IsApprovalRequest, name.starts_with("ipm.note.microsoft.approval.request"));
    set(ConditionKey::IsPermissionControlled, name.starts_with("ipm.note.rpmsg"));
}

void MailFlags::read_headers(const MailMessage& message) {
    for (const auto& [field, line] : message.headers) {
        const std::string name = to_lower_ascii(trim(field));
        if (name != "auto-submitted" && name != "autoforwarded" && name != "content-class" &&
            name != "x-autoreply")
            continue;
        const std::string value = to_lower_ascii(trim(line));
        if (name == "auto-submitted") {  // RFC 3834 5
            set(ConditionKey::IsAutomaticReply, value.starts_with("auto-replied"));
            set(ConditionKey::IsAutomaticForward, value.starts_with("auto-forwarded"));
        } else if (name == "autoforwarded") {  // RFC 2156 3.3
            set(ConditionKey::IsAutomaticForward, value == "true");
        } else if (name == "x-autoreply") {
            set(ConditionKey::IsAutomaticReply, value == "yes" || value == "true");
        } else {
            set(ConditionKey::IsPermissionControlled, value == "rpmsg.message");
        }
    }
}

void for_each_value(const MailMessage& message, const Facts& facts,
                    const std::function<void(ConditionKey, std::string_view)>& report) {
    const std::string sender = rule_sender_address(message);
    if (!sender.empty()) report(ConditionKey::FromAddresses, sender);
    report_domains(sender, ConditionKey::FromDomains, report);
    for_each_recipient(message, [&](const MailAddress& one) {
        const std::string address = normal_address(one.address);
        if (!address.empty()) report(ConditionKey::SentToAddresses, address);
        report_domains(address, ConditionKey::SentToDomains, report);
    });
    for (const std::string& category : message.categories)
        report(ConditionKey::Categories, fold(normal_line(category)));
    report(ConditionKey::Importance, to_lower_ascii(message.importance));
    report(ConditionKey::Sensitivity, to_lower_ascii(message.sensitivity));
    report(ConditionKey::Direction, to_string(facts.direction));
    report(ConditionKey::Mailbox, normal_address(facts.mailbox));
    report_folder(facts.folder, report);
    report_flag(message, report);
    report_attachments(message, report);
    report_parties(
        facts.sender,
        {ConditionKey::SenderIs, ConditionKey::SenderCompanyIn, ConditionKey::SenderCategoryIn,
         ConditionKey::SenderOwnerIs, ConditionKey::SenderCampaignIn},
        report);
    report_parties(facts.recipients,
                   {ConditionKey::RecipientIs, ConditionKey::RecipientCompanyIn,
                    ConditionKey::RecipientCategoryIn, ConditionKey::RecipientOwnerIs,
                    ConditionKey::RecipientCampaignIn},
                   report);
}

void for_each_text(const MailMessage& message, TextField field,
                   const std::function<void(std::string_view)>& report) {
    switch (field) {
        case TextField::Sender:
            // Graph: the from property; who sent on somebody's behalf does not count.
            if (message.from) {
                report(message.from->address);
                report(message.from->name);
            }
            break;
        case TextField::Recipient:
            for_each_recipient(message, [&](const MailAddress& one) {
                report(one.address);
                report(one.name);
            });
            break;
        case TextField::Subject:
            report(message.subject);
            break;
        case TextField::Body:
            report(message.text_body);
            break;
        case TextField::Header:
            for (const auto& [name, value] : message.headers) report(name + ": " + value);
            break;
        case TextField::Attachment:
            for (const AttachmentInfo& one : message.attachments)
                if (!one.is_inline) report(one.name);
            break;
        case TextField::Count_:
            break;
    }
}

}  // namespace liaison::rules
