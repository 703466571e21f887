#include "sandbox/mail_item.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

#include "core/http_message.hpp"

namespace liaison::sandbox {
namespace {

std::string display_list(const std::vector<MailAddress>& list) {
    std::string out;
    for (const auto& one : list) {
        if (!out.empty()) out += "; ";
        out += one.name.empty() ? one.address : one.name;
    }
    return out;
}

/// Subject without "Re:", "Fw:" and their like (PR_NORMALIZED_SUBJECT: one to three letters, a
/// colon, a blank).
std::string conversation_topic(std::string_view subject) {
    for (bool again = true; again;) {
        again = false;
        while (subject.starts_with(' ')) subject.remove_prefix(1);
        for (const std::string_view prefix : {"re:", "fw:", "fwd:", "aw:", "wg:"}) {
            if (iequals(subject.substr(0, prefix.size()), prefix)) {
                subject.remove_prefix(prefix.size());
                again = true;
            }
        }
    }
    return std::string(subject);
}

/// Same thread, same id: made from the first reference, else from the mail's own id, else from the
/// topic.
std::string conversation_id(const ParsedMessage& mail, const std::string& topic) {
    std::string seed = mail.references.empty() ? mail.in_reply_to : mail.references.front();
    if (seed.empty()) seed = mail.message_id;
    if (seed.empty()) seed = topic;
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    EVP_Digest(seed.data(), seed.size(), digest.data(), &length, EVP_sha256(), nullptr);
    std::array<unsigned char, 64> text{};
    const int size = EVP_EncodeBlock(text.data(), digest.data(), 16);
    return "AAQkAD" +
           std::string(reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(size));
}

std::string_view importance_text(MailImportance importance) {
    switch (importance) {
        case MailImportance::Low:
            return "Low";
        case MailImportance::High:
            return "High";
        case MailImportance::Normal:
            break;
    }
    return "Normal";
}

std::string_view sensitivity_text(MailSensitivity sensitivity) {
    switch (sensitivity) {
        case MailSensitivity::Personal:
            return "Personal";
        case MailSensitivity::Private:
            return "Private";
        case MailSensitivity::Confidential:
            return "Confidential";
        case MailSensitivity::Normal:
            break;
    }
    return "Normal";
}

void set_people(PropertyBag& bag, const ParsedMessage& mail) {
    if (mail.from) bag.set("message:From", Fragment{mailbox_xml(*mail.from)});
    if (mail.sender) bag.set("message:Sender", Fragment{mailbox_xml(*mail.sender)});
    const auto set_list = [&bag](std::string_view key, const std::vector<MailAddress>& list) {
        if (!list.empty()) bag.set(key, mailboxes_fragment(list));
    };
    set_list("message:ToRecipients", mail.to);
    set_list("message:CcRecipients", mail.cc);
    set_list("message:BccRecipients", mail.bcc);
    set_list("message:ReplyTo", mail.reply_to);
    if (!mail.to.empty()) bag.set("item:DisplayTo", display_list(mail.to));
    if (!mail.cc.empty()) bag.set("item:DisplayCc", display_list(mail.cc));
}

Attachment attachment_of(const MimeAttachment& part, EpochMillis now) {
    Attachment out;
    out.name = part.name;
    out.content_type = part.content_type;
    out.content_id = part.content_id;
    out.size = static_cast<std::int64_t>(part.size);
    out.is_inline = part.is_inline;
    out.is_item = part.is_message;
    out.modified = now;
    out.mime_index = static_cast<int>(part.index);
    return out;
}

bool take_number(std::string_view& text, std::size_t digits, int& value) {
    if (text.size() < digits) return false;
    const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value);
    if (error != std::errc() || end != text.data() + digits || value < 0) return false;
    text.remove_prefix(digits);
    return true;
}

bool take_sign(std::string_view& text, char sign) {
    if (!text.starts_with(sign)) return false;
    text.remove_prefix(1);
    return true;
}

/// Milliseconds to add to get UTC; false when the rest is no time zone.
bool take_offset(std::string_view text, std::int64_t& milliseconds) {
    milliseconds = 0;
    if (text == "Z") return true;
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-')) return false;
    const int sign = text[0] == '+' ? -1 : 1;
    text.remove_prefix(1);
    int hours = 0;
    int minutes = 0;
    if (!take_number(text, 2, hours) || !take_sign(text, ':') || !take_number(text, 2, minutes))
        return false;
    if (hours > 14 || minutes > 59) return false;
    milliseconds = sign * (hours * 60 + minutes) * 60'000LL;
    return true;
}

}  // namespace

std::string xml_escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const auto byte = static_cast<unsigned char>(c);
        const bool is_noncharacter =
            text.substr(i, 3) == "\xEF\xBF\xBE" || text.substr(i, 3) == "\xEF\xBF\xBF";
        if (is_noncharacter) i += 2;
        if (is_noncharacter || (byte < 0x20 && c != '\t' && c != '\n' && c != '\r')) {
            out += "\xEF\xBF\xBD";
        } else if (c == '&') {
            out += "&amp;";
        } else if (c == '<') {
            out += "&lt;";
        } else if (c == '>') {
            out += "&gt;";
        } else if (c == '"') {
            out += "&quot;";
        } else if (c == '\r') {
            out += "&#xD;";
        } else {
            out += c;
        }
    }
    return out;
}

std::string mailbox_xml(const MailAddress& address) {
    std::string out = "<t:Mailbox>";
    const std::string& name = address.name.empty() ? address.address : address.name;
    out += "<t:Name>" + xml_escaped(name) + "</t:Name>";
    if (!address.address.empty()) {
        out += "<t:EmailAddress>" + xml_escaped(address.address) +
               "</t:EmailAddress><t:RoutingType>SMTP</t:RoutingType>";
    }
    return out + "<t:MailboxType>OneOff</t:MailboxType></t:Mailbox>";
}

Fragment mailboxes_fragment(const std::vector<MailAddress>& list) {
    Fragment out;
    for (const auto& one : list) out.xml += mailbox_xml(one);
    return out;
}

std::string utc_date_time(EpochMillis time) {
    constexpr std::int64_t first_second = -11'644'473'600;  // 1601-01-01
    constexpr std::int64_t last_second = 253'402'300'799;   // 9999-12-31
    const std::int64_t seconds =
        std::clamp(time / 1000 - (time % 1000 < 0 ? 1 : 0), first_second, last_second);
    const std::chrono::sys_seconds point{std::chrono::seconds(seconds)};
    const auto day = std::chrono::floor<std::chrono::days>(point);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(point - day);
    std::array<char, 64> out{};
    std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ",
                  static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return out.data();
}

std::optional<EpochMillis> parse_utc_date_time(std::string_view text) {
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    const bool has_date = take_number(text, 4, year) && take_sign(text, '-') &&
                          take_number(text, 2, month) && take_sign(text, '-') &&
                          take_number(text, 2, day) && take_sign(text, 'T');
    const bool has_time = has_date && take_number(text, 2, hour) && take_sign(text, ':') &&
                          take_number(text, 2, minute) && take_sign(text, ':') &&
                          take_number(text, 2, second);
    if (!has_time || hour > 23 || minute > 59 || second > 59) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) return std::nullopt;
    if (take_sign(text, '.')) {
        const auto digits = text.find_first_not_of("0123456789");
        if (digits == 0) return std::nullopt;
        text.remove_prefix(std::min(digits, text.size()));
    }
    std::int64_t offset = 0;
    if (!take_offset(text, offset)) return std::nullopt;
    const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    return ((days * 24 + hour) * 3600 + minute * 60 + second) * 1000 + offset;
}

MailItem mail_item_from_mime(std::string mime, EpochMillis now) {
    ParsedMessage mail = parse_mime(mime);
    MailItem out;
    out.item.item_class = mail.item_class;
    out.item.kind = ItemKind::Message;
    out.item.size = static_cast<std::int64_t>(mime.size());
    out.item.has_mime = true;
    PropertyBag& bag = out.item.properties;
    bag.set("item:Subject", mail.subject);
    bag.set("item:Importance", std::string(importance_text(mail.importance)));
    bag.set("item:Sensitivity", std::string(sensitivity_text(mail.sensitivity)));
    bag.set("item:IsDraft", std::string(mail.is_draft ? "true" : "false"));
    bag.set("item:DateTimeReceived", utc_date_time(mail.received_ms.value_or(now)));
    if (mail.sent_ms) bag.set("item:DateTimeSent", utc_date_time(*mail.sent_ms));
    if (!mail.in_reply_to.empty()) bag.set("item:InReplyTo", mail.in_reply_to);
    bag.set("message:IsRead", std::string("false"));
    if (mail.wants_read_receipt) bag.set("message:IsReadReceiptRequested", std::string("true"));
    if (!mail.message_id.empty()) bag.set("message:InternetMessageId", mail.message_id);
    std::string references;
    for (const auto& id : mail.references) references += (references.empty() ? "" : " ") + id;
    if (!references.empty()) bag.set("message:References", references);
    const std::string topic = conversation_topic(mail.subject);
    bag.set("message:ConversationTopic", topic);
    // Outlook's Thread-Index header is the conversation index in Base64 (MS-OXOMSG 2.2.1.3).
    for (const auto& [name, value] : mail.headers)
        if (iequals(name, "Thread-Index") && !value.empty())
            bag.set("message:ConversationIndex", value);
    bag.set("item:ConversationId@Id", conversation_id(mail, topic));
    set_people(bag, mail);
    for (const auto& part : mail.attachments)
        out.item.attachments.push_back(attachment_of(part, now));
    out.content.mime = std::move(mime);
    out.content.text_body = std::move(mail.text_body);
    out.content.html_body = std::move(mail.html_body);
    return out;
}

}  // namespace liaison::sandbox
