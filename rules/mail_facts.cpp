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
    ConditionKey is, company, category, owner;
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
    set(ConditionKey::SentOnlyToMe, (to || cc) && only);
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
    report_parties(facts.sender,
                   {ConditionKey::SenderIs, ConditionKey::SenderCompanyIn,
                    ConditionKey::SenderCategoryIn, ConditionKey::SenderOwnerIs},
                   report);
    report_parties(facts.recipients,
                   {ConditionKey::RecipientIs, ConditionKey::RecipientCompanyIn,
                    ConditionKey::RecipientCategoryIn, ConditionKey::RecipientOwnerIs},
                   report);
}

void for_each_text(const MailMessage& message, TextField field,
                   const std::function<void(std::string_view)>& report) {
    switch (field) {
        case TextField::Sender:
            for (const auto* who : {&message.from, &message.sender}) {
                if (!*who) continue;
                report((*who)->address);
                report((*who)->name);
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
        case TextField::Count_:
            break;
    }
}

}  // namespace liaison::rules
