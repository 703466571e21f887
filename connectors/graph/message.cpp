#include "connectors/graph/message.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "connectors/exchange_mail.hpp"
#include "connectors/graph/graph_client.hpp"
#include "core/http_message.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace liaison::graph {

namespace {

constexpr std::string_view kSizeTag = "Integer 0x0E08";             // PidTagMessageSize
constexpr std::string_view kClassTag = "String 0x001A";             // PidTagMessageClass
constexpr std::string_view kInReplyToTag = "String 0x1042";         // PidTagInReplyToId
constexpr std::string_view kReferencesTag = "String 0x1039";        // PidTagInternetReferences
constexpr std::string_view kSenderTag = "String 0x5D01";            // PidTagSenderSmtpAddress
constexpr std::string_view kRepresentingTag = "String 0x5D02";      // PidTagSentRepresentingSmtpAddress
// PidLidFlagRequest, in the property set Common (MS-OXPROPS 2.138)
constexpr std::string_view kFlagRequest =
    "String {00062008-0000-0000-C000-000000000046} Id 0x8530";
constexpr std::size_t kMailHeadersMax = 1'000;
constexpr std::size_t kMailAttachmentsMax = 1'000;
constexpr std::size_t kMailHeaderBytesMax = 64u << 10;

constexpr std::array<std::string_view, 3> kImportances = {"low", "normal", "high"};
constexpr std::array<std::string_view, 3> kFlags = {"notFlagged", "flagged", "complete"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kClassOfType = {{
    {"#microsoft.graph.eventMessageRequest", "IPM.Schedule.Meeting.Request"},
    {"#microsoft.graph.eventMessageResponse", "IPM.Schedule.Meeting.Resp"},
    {"#microsoft.graph.eventMessage", "IPM.Schedule.Meeting"},
}};

std::optional<MailAddress> read_recipient(const EntityReader& recipient, const std::string& smtp = {}) {
    const EntityReader mailbox = recipient.object("emailAddress");
    MailAddress out;
    out.name = normal_line(mailbox.text("name"));
    out.address = normal_line(mailbox.text("address"));
    const bool is_x500 = out.address.starts_with("/");
    if ((is_x500 || out.address.empty()) && !smtp.empty()) out.address = normal_line(smtp);
    if (out.address.empty() && out.name.empty()) return std::nullopt;
    return out;
}

std::vector<MailAddress> read_recipients(const EntityReader& entity, std::string_view name) {
    std::vector<MailAddress> out;
    for (const EntityReader& recipient : entity.objects(name)) {
        if (out.size() == limits::recipients_max) break;
        if (auto address = read_recipient(recipient)) out.push_back(std::move(*address));
    }
    return out;
}

void read_mail_attachments(const EntityReader& entity, MailMessage& out) {
    for (const EntityReader& node : entity.objects("attachments")) {
        if (out.attachments.size() == kMailAttachmentsMax) return;
        AttachmentInfo about;
        about.name = normal_line(node.text("name"));
        about.content_type = normal_line(node.text("contentType"));
        about.size = std::max<std::int64_t>(node.number("size").value_or(0), 0);
        about.is_inline = node.flag("isInline");
        out.attachments.push_back(std::move(about));
    }
}

void read_mail_headers(const EntityReader& entity, bool with_headers, MailMessage& out) {
    bool has_from = false;
    std::size_t count = 0;
    for (const EntityReader& header : entity.objects("internetMessageHeaders")) {
        if (++count > kMailHeadersMax) break;
        const std::string name = header.text("name");
        if (!has_from && iequals(name, "From")) {
            add_other_authors(header.text("value"), out);
            has_from = true;
        }
        if (with_headers)
            out.headers.emplace_back(name, cut_bytes(header.text("value"), kMailHeaderBytesMax));
    }
}

std::string message_class(const EntityReader& entity) {
    if (const std::string told = read_extended(entity, kClassTag); !told.empty()) return told;
    const std::string type = entity.text("@odata.type");
    for (const auto& [known, name] : kClassOfType)
        if (known == type) return std::string(name);
    return "IPM.Note";
}

std::int64_t read_size(const EntityReader& entity) {
    const std::string text = read_extended(entity, kSizeTag);
    std::int64_t size = 0;
    std::from_chars(text.data(), text.data() + text.size(), size);
    return std::max<std::int64_t>(size, 0);
}

std::string read_mail_sensitivity(const EntityReader& entity) {
    constexpr std::array<std::string_view, 4> kNames = {"normal", "personal", "private", "confidential"};
    const std::string number = read_extended(entity, kSensitivityTag);
    const bool known = number.size() == 1 && number[0] >= '0' && number[0] <= '3';
    return std::string(kNames[known ? static_cast<std::size_t>(number[0] - '0') : 0]);
}

template <std::size_t N>
bool is_known_value(const std::optional<std::string>& value, const std::array<std::string_view, N>& all) {
    return !value || std::find(all.begin(), all.end(), *value) != all.end();
}

}  // namespace

std::string message_options(const MappingContext& context) {
    return "?$select=subject,body,from,sender,toRecipients,ccRecipients,bccRecipients,replyTo,"
           "internetMessageId,conversationId,sentDateTime,receivedDateTime,isDraft,isRead,importance,"
           "flag,conversationIndex,categories,webLink,parentFolderId,internetMessageHeaders,changeKey&"
           "$expand=attachments($select=name,contentType,size,isInline)," +
           expand_properties({named_property(context, kNoteProperty), std::string(kSizeTag),
                              std::string(kClassTag), std::string(kSensitivityTag),
                              std::string(kInReplyToTag), std::string(kReferencesTag),
                              std::string(kSenderTag), std::string(kRepresentingTag),
                              std::string(kFlagRequest)})
               .substr(std::string_view("$expand=").size());
}

std::optional<MailMessage> read_message(const JsonObject& entity, const MappingContext& context,
                                        bool with_headers) {
    std::string fault;
    const EntityReader reader(entity, fault);
    MailMessage out;
    out.key = ItemKey(reader.text("id"));
    out.internet_message_id = std::string(trim(reader.text("internetMessageId")));
    out.in_reply_to = std::string(trim(read_extended(reader, kInReplyToTag)));
    out.references =
        cut_bytes(std::string(trim(read_extended(reader, kReferencesTag))), kMailHeaderBytesMax);
    out.conversation_id = reader.text("conversationId");
    out.from = read_recipient(reader.object("from"), read_extended(reader, kRepresentingTag));
    out.sender = read_recipient(reader.object("sender"), read_extended(reader, kSenderTag));
    out.to = read_recipients(reader, "toRecipients");
    out.cc = read_recipients(reader, "ccRecipients");
    out.bcc = read_recipients(reader, "bccRecipients");
    out.reply_to = read_recipients(reader, "replyTo");
    out.subject = reader.text("subject");
    out.text_body = cut_bytes(read_body(reader), limits::mail_text_bytes_max);
    out.sent_at = reader.time("sentDateTime");
    out.received_at = reader.time("receivedDateTime");
    out.item_class = message_class(reader);
    out.importance = read_importance(reader);
    out.sensitivity = read_mail_sensitivity(reader);
    out.is_draft = reader.flag("isDraft");
    out.is_read = reader.flag("isRead");
    if (const std::string flag = reader.object("flag").text("flagStatus"); !flag.empty())
        out.flag = flag;
    out.flag_request = read_extended(reader, kFlagRequest);
    out.thread_index = reader.text("conversationIndex");
    out.size = read_size(reader);
    out.categories = reader.texts("categories");
    if (out.categories.size() > limits::categories_max) out.categories.resize(limits::categories_max);
    read_mail_attachments(reader, out);
    read_mail_headers(reader, with_headers, out);
    out.mark = read_extended(reader, named_property(context, kNoteProperty));
    if (!fault.empty()) return std::nullopt;
    return out;
}

std::string mark_options(const MappingContext& context) {
    return "?$select=categories,isRead,importance,flag,isReadReceiptRequested,changeKey&" +
           expand_properties({named_property(context, kNoteProperty)});
}

std::optional<Error> mark_refusal(const MailMark& mark) {
    if (!is_known_value(mark.importance, kImportances))
        return Error{ErrorKind::InvalidRequest, "there is no such importance"};
    if (!is_known_value(mark.flag, kFlags))
        return Error{ErrorKind::InvalidRequest, "there is no such flag"};
    return std::nullopt;
}

JsonObject mark_writes(const JsonObject& present, const MailMark& mark, const MappingContext& context) {
    std::string fault;
    const EntityReader reader(present, fault);
    JsonObject out;
    const std::vector<std::string> names = reader.texts("categories");
    const std::vector<std::string> wanted = marked_categories(names, mark);
    if (wanted != names) out["categories"] = json_texts(wanted);
    const std::string note = named_property(context, kNoteProperty);
    if (read_extended(reader, note) != mark.note)
        out["singleValueExtendedProperties"] = JsonArray{extended_property(note, mark.note)};
    if (mark.importance && read_importance(reader) != *mark.importance)
        out["importance"] = *mark.importance;
    const std::string flag = reader.object("flag").text("flagStatus");
    if (mark.flag && (flag.empty() ? "notFlagged" : flag) != *mark.flag)
        out["flag"] = JsonObject{{"flagStatus", *mark.flag}};
    const bool sends_receipt = mark.is_read.value_or(false) && reader.flag("isReadReceiptRequested");
    if (mark.is_read && reader.flag("isRead") != *mark.is_read && !sends_receipt)
        out["isRead"] = *mark.is_read;
    return out;
}

}  // namespace liaison::graph
