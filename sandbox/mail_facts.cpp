#include "sandbox/mail_facts.hpp"

#include <boost/json.hpp>

#include "core/limits.hpp"
#include "sandbox/mail_item.hpp"
#include "sandbox/mail_loader.hpp"
#include "sandbox/mime.hpp"

namespace liaison::sandbox {
namespace {

boost::json::string facts_text(std::string_view text) {
    return boost::json::string(boost::json::string_view(text.data(), text.size()));
}

/// Names and the like: rules read no control characters and no more than a phrase of them.
boost::json::string facts_label(std::string_view text) {
    std::string out;
    for (const char c : text.substr(0, limits::rule_phrase_chars_max))
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
    while (!out.empty() && text.size() > limits::rule_phrase_chars_max &&
           (static_cast<unsigned char>(out.back()) & 0x80u) != 0)
        out.pop_back();  // not half a letter
    return facts_text(out);
}

bool is_blank_text(std::string_view text) {
    return text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos;
}

boost::json::array facts_addresses(const std::vector<MailAddress>& list) {
    boost::json::array out;
    for (const MailAddress& one : list) {
        if (is_blank_text(one.address)) continue;
        boost::json::object person{{"address", facts_label(one.address)}};
        if (!is_blank_text(one.name)) person["name"] = facts_label(one.name);
        out.push_back(std::move(person));
    }
    return out;
}

boost::json::array facts_attachments(const std::vector<MimeAttachment>& list) {
    boost::json::array out;
    for (const MimeAttachment& one : list)
        out.push_back(boost::json::object{{"name", facts_text(one.name)},
                                          {"contentType", facts_label(one.content_type)},
                                          {"size", static_cast<std::int64_t>(one.size)},
                                          {"isInline", one.is_inline}});
    return out;
}

/// Fields of the same name are a list.
boost::json::object facts_headers(const ParsedMessage& mail) {
    boost::json::object out;
    for (const auto& [name, value] : mail.headers) {
        boost::json::value& lines = out[facts_text(name)];
        if (lines.is_null()) lines = boost::json::array();
        lines.as_array().push_back(facts_text(value));
    }
    return out;
}

std::string facts_body(const std::string& text) {
    std::size_t end = std::min(text.size(), limits::mail_text_bytes_max);
    while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u)
        --end;
    return text.substr(0, end);
}

}  // namespace

std::string mail_facts_json(std::string_view name, std::string_view mime) {
    static constexpr const char* kImportance[] = {"low", "normal", "high"};
    static constexpr const char* kSensitivity[] = {"normal", "personal", "private", "confidential"};
    const ParsedMessage mail = parse_mime(mime);
    boost::json::object message{{"to", facts_addresses(mail.to)},
                                {"cc", facts_addresses(mail.cc)},
                                {"subject", facts_text(mail.subject)},
                                {"body", facts_text(facts_body(mail.text_body))},
                                {"headers", facts_headers(mail)},
                                {"attachments", facts_attachments(mail.attachments)},
                                {"importance", kImportance[static_cast<int>(mail.importance)]},
                                {"sensitivity", kSensitivity[static_cast<int>(mail.sensitivity)]},
                                {"itemClass", facts_label(mail.item_class)},
                                {"size", static_cast<std::int64_t>(mime.size())},
                                {"isDraft", mail.is_draft},
                                {"messageId", facts_text(mail.message_id)},
                                {"inReplyTo", facts_text(mail.in_reply_to)}};
    std::string references;
    for (const std::string& id : mail.references)
        references += (references.empty() ? "" : " ") + id;
    message["references"] = facts_text(references);
    if (mail.from)
        if (auto list = facts_addresses({*mail.from}); !list.empty()) message["from"] = list[0];
    if (mail.sent_ms) message["sent"] = facts_text(utc_date_time(*mail.sent_ms));
    if (mail.received_ms) message["received"] = facts_text(utc_date_time(*mail.received_ms));
    return boost::json::serialize(
        boost::json::object{{"name", facts_text(name)}, {"message", std::move(message)}});
}

Result<std::size_t> write_mail_facts(const std::string& path,
                                     const std::function<void(const std::string&)>& line,
                                     const std::function<void(const std::string&)>& skipped) {
    std::size_t count = 0;
    MailLoader loader([&](const FoundMail& mail) -> Result<void> {
        line(mail_facts_json(mail.path, mail.bytes));
        ++count;
        return {};
    });
    Result<void> loaded = loader.load(path);
    if (!loaded) return std::unexpected(loaded.error());
    for (const SkippedFile& one : loader.skipped()) skipped(one.path + ": " + one.reason);
    return count;
}

}  // namespace liaison::sandbox
