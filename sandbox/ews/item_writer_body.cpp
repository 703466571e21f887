#include "sandbox/ews/item_writer.hpp"

#include "core/http_message.hpp"
#include "sandbox/ews/calendar_mime.hpp"
#include "sandbox/ews/lexical.hpp"
#include "sandbox/ews/xml_text.hpp"
#include "sandbox/mailbox_ids.hpp"

namespace liaison::sandbox::ews {
namespace {

// Cuts at a character boundary.
std::string_view cut_text(std::string_view text, std::size_t size) {
    if (text.size() <= size) return text;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
    return text.substr(0, size);
}

std::optional<MailAddress> first_address(const Item& item, std::string_view key) {
    auto all = addresses_of(item, key);
    if (all.empty()) return std::nullopt;
    return std::move(all.front());
}

}  // namespace

std::string html_of_text(std::string_view text) {
    std::string out =
        "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; "
        "charset=utf-8\"></head><body>"
        "<div class=\"PlainText\">";
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '\r':
                break;
            case '\n':
                out += "<br>\r\n";
                break;
            default:
                out += c;
        }
    }
    return out + "</div></body></html>";
}

std::vector<MailAddress> addresses_of(const Item& item, std::string_view key) {
    std::vector<MailAddress> out;
    const PropertyValue* value = item.properties.find(key);
    const auto* fragment = value == nullptr ? nullptr : std::get_if<Fragment>(value);
    if (fragment == nullptr) return out;
    std::string_view rest = fragment->xml;
    while (true) {
        const std::size_t end = rest.find("</t:Mailbox>");
        if (end == std::string_view::npos) return out;
        const std::string_view one = rest.substr(0, end);
        out.push_back({fragment_text(one, "t:Name"), fragment_text(one, "t:EmailAddress")});
        rest.remove_prefix(end + 12);
    }
}

const Content& ItemWriter::content(const Item& item) {
    if (loaded_ != &item) {
        auto loaded = context_.store.content(context_.mailbox, item.id);
        content_ = loaded ? std::move(*loaded) : Content{};
        loaded_ = &item;
    }
    return content_;
}

const ParsedMessage& ItemWriter::parsed(const Item& item) {
    if (parsed_for_ != &item) {
        parsed_ = parse_mime(content(item).mime);
        parsed_for_ = &item;
    }
    return parsed_;
}

// A body that was set through EWS is a property; that of a mail is content.
void ItemWriter::write_body(std::string& out, const Item& item, const Field& field) {
    std::string text;
    std::string html;
    bool is_html = false;
    if (const PropertyValue* own = item.properties.find("item:Body")) {
        is_html = item.properties.text("item:Body@BodyType") == "HTML";
        (is_html ? html : text) = std::get<std::string>(*own);
    } else if (item.has_mime) {
        is_html = !content(item).html_body.empty();
        text = content(item).text_body;
        if (is_html) html = content(item).html_body;
    }
    ItemShape::BodyForm form =
        field.uri == "item:TextBody" ? ItemShape::BodyForm::Text : shape_.body_form();
    if (form == ItemShape::BodyForm::Best)
        form = is_html ? ItemShape::BodyForm::Html : ItemShape::BodyForm::Text;
    if (form == ItemShape::BodyForm::Text && is_html && text.empty()) text = html_to_text(html);
    if (form == ItemShape::BodyForm::Html && !is_html) html = html_of_text(text);
    const std::string& full = form == ItemShape::BodyForm::Html ? html : text;
    const std::string_view shown =
        shape_.body_size_max() ? cut_text(full, *shape_.body_size_max()) : std::string_view(full);
    out += "<t:" + field.element + " BodyType=\"" +
           (form == ItemShape::BodyForm::Html ? "HTML" : "Text") + "\"";
    if (shape_.body_size_max())
        out += shown.size() < full.size() ? " IsTruncated=\"true\"" : " IsTruncated=\"false\"";
    out += '>';
    append_escaped(out, shown);
    out += "</t:" + field.element + ">";
}

void ItemWriter::write_headers(std::string& out, const Item& item, const Field& field) {
    if (!item.has_mime) return;
    const std::set<std::string>* wanted = shape_.indexes(field);
    std::string headers;
    for (const auto& [name, value] : parsed(item).headers) {
        const bool asked = wanted == nullptr ||
                           std::any_of(wanted->begin(), wanted->end(),
                                       [&](const std::string& w) { return iequals(w, name); });
        if (!asked) continue;
        headers += "<t:InternetMessageHeader HeaderName=\"" + escaped(name) + "\">" +
                   escaped(value) + "</t:InternetMessageHeader>";
    }
    if (!headers.empty())
        out += "<t:InternetMessageHeaders>" + headers + "</t:InternetMessageHeaders>";
}

std::string composed_mime(const RequestContext& context, const Item& item) {
    MimeDraft draft;
    const PropertyBag& properties = item.properties;
    draft.message_id = properties.text("message:InternetMessageId");
    draft.in_reply_to = properties.text("item:InReplyTo");
    draft.from = first_address(item, "message:From");
    draft.sender = first_address(item, "message:Sender");
    draft.to = addresses_of(item, "message:ToRecipients");
    draft.cc = addresses_of(item, "message:CcRecipients");
    draft.bcc = addresses_of(item, "message:BccRecipients");
    draft.reply_to = addresses_of(item, "message:ReplyTo");
    draft.subject = properties.text("item:Subject");
    draft.sent_ms = parse_utc(properties.text("item:DateTimeSent")).value_or(item.created);
    const std::string_view body = properties.text("item:Body");
    if (properties.text("item:Body@BodyType") == "HTML") {
        draft.html_body = body;
        draft.text_body = html_to_text(body);
    } else {
        draft.text_body = body;
    }
    const std::string_view importance = properties.text("item:Importance");
    draft.importance = importance == "High"  ? MailImportance::High
                       : importance == "Low" ? MailImportance::Low
                                             : MailImportance::Normal;
    const std::string_view sensitivity = properties.text("item:Sensitivity");
    draft.sensitivity = sensitivity == "Private"        ? MailSensitivity::Private
                        : sensitivity == "Personal"     ? MailSensitivity::Personal
                        : sensitivity == "Confidential" ? MailSensitivity::Confidential
                                                        : MailSensitivity::Normal;
    draft.is_draft = properties.text("item:IsDraft") == "true";
    for (const Attachment& attachment : item.attachments) {
        auto bytes = context.store.attachment_content(context.mailbox, attachment.id);
        if (!bytes) continue;
        MimeDraft::Attachment part;
        part.name = attachment.name;
        if (!attachment.content_type.empty()) part.content_type = attachment.content_type;
        part.content_id = attachment.content_id;
        part.bytes = std::move(*bytes);
        part.is_inline = attachment.is_inline;
        draft.attachments.push_back(std::move(part));
    }
    return compose_mime(draft);
}

// Asked for with IncludeMimeContent, MIME of a kind that has none is an error; asked for as one
// property among many it is left out.
Outcome<void> ItemWriter::write_mime(std::string& out, const Item& item) {
    if (item.kind == ItemKind::Task || item.kind == ItemKind::Contact) {
        if (!shape_.include_mime()) return {};
        return ews_fail("ErrorUnsupportedMimeConversion",
                        "MIME is only for messages, posts and calendar items.");
    }
    if (item.kind == ItemKind::Appointment) {
        out += "<t:MimeContent CharacterSet=\"UTF-8\">";
        out += base64_encode(calendar_mime(item, context_.store.now()));
        out += "</t:MimeContent>";
        return {};
    }
    out += "<t:MimeContent CharacterSet=\"UTF-8\">";
    out += base64_encode(item.has_mime ? content(item).mime : composed_mime(context_, item));
    out += "</t:MimeContent>";
    return {};
}

}  // namespace liaison::sandbox::ews
