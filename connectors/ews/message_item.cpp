#include "connectors/ews/message_item.hpp"

#include "connectors/ews/item_values.hpp"
#include "connectors/exchange_mail.hpp"
#include "core/http_message.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace liaison::ews {

namespace {

constexpr std::string_view kSenderSmtpTag = "0x5d01";
constexpr std::string_view kSentRepresentingSmtpTag = "0x5d02";
constexpr std::size_t kHeadersMax = 1'000;
constexpr std::size_t kAttachmentsMax = 1'000;
constexpr std::size_t kThreadIndexCharsMax = 4'096;
constexpr std::size_t kHeaderBytesMax = 64u << 10;

std::optional<MailAddress> read_mailbox(const XmlNode& mailbox, const std::string& smtp = {}) {
    if (!mailbox) return std::nullopt;
    MailAddress out;
    out.name = normal_line(mailbox.child_text("Name"));
    out.address = normal_line(mailbox.child_text("EmailAddress"));
    const bool is_x500 =
        iequals(trim(mailbox.child_text("RoutingType")), "EX") || out.address.starts_with("/");
    if ((is_x500 || out.address.empty()) && !smtp.empty()) out.address = normal_line(smtp);
    if (out.address.empty() && out.name.empty()) return std::nullopt;
    return out;
}

std::vector<MailAddress> read_recipients(const XmlNode& list) {
    std::vector<MailAddress> out;
    for (const XmlNode& mailbox : list) {
        if (out.size() == limits::recipients_max) break;
        if (auto address = read_mailbox(mailbox)) out.push_back(std::move(*address));
    }
    return out;
}

std::string read_sensitivity(const XmlNode& item) {
    const std::string name = item.child_text("Sensitivity");
    if (name == "Personal" || name == "Private" || name == "Confidential")
        return to_lower_ascii(name);
    return "normal";
}

void read_attachments(const XmlNode& item, MailMessage& out) {
    for (const XmlNode& node : item.child("Attachments")) {
        if (out.attachments.size() == kAttachmentsMax) return;
        AttachmentInfo info;
        info.name = normal_line(node.child_text("Name"));
        info.content_type = normal_line(node.child_text("ContentType"));
        info.size = std::max<std::int64_t>(node.child_int("Size").value_or(0), 0);
        info.is_inline = node.child_bool("IsInline").value_or(false);
        out.attachments.push_back(std::move(info));
    }
}

}  // namespace

ItemShape message_shape(const MappingContext& context, bool with_headers) {
    ItemShape shape;
    shape.body_bytes_max = limits::mail_text_bytes_max;
    for (const std::string_view uri : {"item:ItemClass",
                                       "item:Subject",
                                       "item:Sensitivity",
                                       "item:Attachments",
                                       "item:DateTimeReceived",
                                       "item:Size",
                                       "item:Categories",
                                       "item:Importance",
                                       "item:InReplyTo",
                                       "item:IsDraft",
                                       "item:DateTimeSent",
                                       "item:ConversationId",
                                       "item:Flag",
                                       "item:TextBody",
                                       "message:Sender",
                                       "message:ToRecipients",
                                       "message:CcRecipients",
                                       "message:BccRecipients",
                                       "message:From",
                                       "message:ConversationIndex",
                                       "message:InternetMessageId",
                                       "message:IsRead",
                                       "message:References",
                                       "message:ReplyTo"})
        shape.properties.push_back(PropertyPath::plain(uri));
    shape.properties.push_back(with_headers
                                   ? PropertyPath::plain("item:InternetMessageHeaders")
                                   : PropertyPath::indexed("item:InternetMessageHeader", "From"));
    shape.properties.push_back(PropertyPath::named(context.property_set, kNoteProperty));
    shape.properties.push_back(PropertyPath::tagged(kSenderSmtpTag));
    shape.properties.push_back(PropertyPath::tagged(kSentRepresentingSmtpTag));
    return shape;
}

MailMessage read_message(const XmlNode& item) {
    MailMessage out;
    const ItemId id = read_item_id(item);
    out.key = ItemKey(id.id);
    out.version = Version(id.change_key);
    out.internet_message_id = std::string(trim(item.child_text("InternetMessageId")));
    out.in_reply_to = std::string(trim(item.child_text("InReplyTo")));
    out.references = cut_bytes(std::string(trim(item.child_text("References"))), kHeaderBytesMax);
    out.thread_index = cut_bytes(item.child_text("ConversationIndex"), kThreadIndexCharsMax);
    out.conversation_id = std::string(item.child("ConversationId").attribute("Id"));
    out.from = read_mailbox(item.child("From").child("Mailbox"),
                            read_tagged_property(item, kSentRepresentingSmtpTag));
    out.sender = read_mailbox(item.child("Sender").child("Mailbox"),
                              read_tagged_property(item, kSenderSmtpTag));
    out.to = read_recipients(item.child("ToRecipients"));
    out.cc = read_recipients(item.child("CcRecipients"));
    out.bcc = read_recipients(item.child("BccRecipients"));
    out.reply_to = read_recipients(item.child("ReplyTo"));
    out.subject = item.child_text("Subject");
    out.text_body = cut_bytes(item.child_text("TextBody"), limits::mail_text_bytes_max);
    out.sent_at = item.child_time("DateTimeSent");
    out.received_at = item.child_time("DateTimeReceived");
    if (const std::string item_class = item.child_text("ItemClass"); !item_class.empty())
        out.item_class = item_class;
    out.importance = read_importance(item);
    out.sensitivity = read_sensitivity(item);
    out.is_draft = item.child_bool("IsDraft").value_or(false);
    out.is_read = item.child_bool("IsRead").value_or(false);
    out.flag = read_flag(item);
    out.size = std::max<std::int64_t>(item.child_int("Size").value_or(0), 0);
    for (const XmlNode& name : item.child("Categories"))
        if (out.categories.size() < limits::categories_max) out.categories.push_back(name.text());
    read_attachments(item, out);
    for (const XmlNode& header : item.child("InternetMessageHeaders"))
        if (out.headers.size() < kHeadersMax)
            out.headers.emplace_back(std::string(header.attribute("HeaderName")),
                                     cut_bytes(header.text(), kHeaderBytesMax));
    for (const auto& [name, value] : out.headers) {
        if (!out.from || !iequals(name, "From")) continue;
        add_other_authors(value, out);
        break;
    }
    out.mark = read_named_property(item, kNoteProperty);
    return out;
}

std::string read_flag(const XmlNode& item) {
    const std::string status = item.child("Flag").child_text("FlagStatus");
    if (status == "Flagged") return "flagged";
    return status == "Complete" ? "complete" : "notFlagged";
}

ItemShape mark_shape(const MappingContext& context) {
    ItemShape shape;
    for (const std::string_view uri :
         {"item:Categories", "item:Importance", "item:Flag", "message:IsRead"})
        shape.properties.push_back(PropertyPath::plain(uri));
    shape.properties.push_back(PropertyPath::named(context.property_set, kNoteProperty));
    return shape;
}

}  // namespace liaison::ews
