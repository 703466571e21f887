#include <pugixml.hpp>

#include "sandbox/ews/item_writer.hpp"
#include "sandbox/ews/lexical.hpp"
#include "sandbox/ews/xml_text.hpp"
#include "sandbox/mail_item.hpp"
#include "sandbox/mailbox_ids.hpp"

namespace liaison::sandbox::ews {
namespace {

Outcome<std::string> bytes_of(const RequestContext& context, const Item& item,
                              const Attachment& attachment) {
    if (attachment.mime_index < 0) {
        auto bytes = context.store.attachment_content(context.mailbox, attachment.id);
        if (!bytes) return std::unexpected(from_store(bytes.error(), "ErrorItemNotFound"));
        return std::move(*bytes);
    }
    const auto content = context.store.content(context.mailbox, item.id);
    if (!content) return std::unexpected(from_store(content.error(), "ErrorItemNotFound"));
    auto bytes =
        mime_attachment_content(content->mime, static_cast<std::size_t>(attachment.mime_index));
    if (!bytes) return std::unexpected(from_store(bytes.error(), "ErrorItemNotFound"));
    return std::move(*bytes);
}

// The attached mail as t:Message: what its own headers say, its body, and its MIME if asked for.
std::string attached_message(const RequestContext& context, std::string bytes, bool with_mime) {
    const std::string mime = with_mime ? base64_encode(bytes) : std::string();
    const MailItem mail = mail_item_from_mime(std::move(bytes), context.store.now());
    const PropertyBag& properties = mail.item.properties;
    std::string out = "<t:Message>";
    if (with_mime) out += "<t:MimeContent CharacterSet=\"UTF-8\">" + mime + "</t:MimeContent>";
    append_element(out, "t:ItemClass", mail.item.item_class);
    append_element(out, "t:Subject", properties.text("item:Subject"));
    const bool html = !mail.content.html_body.empty();
    out += html ? "<t:Body BodyType=\"HTML\">" : "<t:Body BodyType=\"Text\">";
    append_escaped(out, html ? mail.content.html_body : mail.content.text_body);
    out += "</t:Body>";
    if (const std::string_view sent = properties.text("item:DateTimeSent"); !sent.empty()) {
        append_element(out, "t:DateTimeSent", sent);
    }
    const auto people = [&](std::string_view key, std::string_view element) {
        const PropertyValue* value = properties.find(key);
        if (value == nullptr) return;
        ((((out += "<t:") += element) += '>') += std::get<Fragment>(*value).xml) += "</t:";
        (out += element) += '>';
    };
    people("message:Sender", "Sender");
    people("message:ToRecipients", "ToRecipients");
    people("message:CcRecipients", "CcRecipients");
    people("message:From", "From");
    if (const std::string_view id = properties.text("message:InternetMessageId"); !id.empty()) {
        append_element(out, "t:InternetMessageId", id);
    }
    return out + "</t:Message>";
}

Outcome<std::string> attachment_payload(const RequestContext& context, const pugi::xml_node& id,
                                        bool with_mime) {
    const std::string attachment_id = id.attribute("Id").value();
    if (attachment_id.empty()) return ews_fail("ErrorInvalidIdEmpty", "The id is empty.");
    std::string decoded;
    if (attachment_id.size() % 4 != 0 || !base64_decode(attachment_id, decoded)) {
        return ews_fail("ErrorInvalidAttachmentId", "The attachment id is malformed.");
    }
    const Item* item = context.store.find_attachment_owner(context.mailbox, attachment_id);
    if (item == nullptr)
        return ews_fail("ErrorItemNotFound", "The attachment was not found in the store.");
    for (const Attachment& attachment : item->attachments) {
        if (attachment.id != attachment_id) continue;
        auto bytes = bytes_of(context, *item, attachment);
        if (!bytes) return std::unexpected(bytes.error());
        const std::string content = attachment.is_item
                                        ? attached_message(context, std::move(*bytes), with_mime)
                                        : "<t:Content>" + base64_encode(*bytes) + "</t:Content>";
        std::string payload = "<m:Attachments>";
        append_attachment(payload, attachment, content);
        return payload + "</m:Attachments>";
    }
    return ews_fail("ErrorItemNotFound", "The attachment was not found in the store.");
}

Outcome<bool> read_attachment_shape(const pugi::xml_node& shape) {
    bool with_mime = false;
    for (const pugi::xml_node option : shape.children()) {
        if (option.type() != pugi::node_element) continue;
        const std::string_view name = option.name();
        const std::string value = element_text(option);
        const auto flag = parse_boolean(value);
        if (name == "IncludeMimeContent") {
            with_mime = flag.value_or(false);
        } else if ((name == "BodyType" && value == "Best") ||
                   (name == "FilterHtmlContent" && flag == false)) {
            continue;
        } else {
            return ews_fail("ErrorInvalidRequest", "The sandbox does not implement " +
                                                       std::string(name) +
                                                       " of the attachment shape.");
        }
    }
    return with_mime;
}

}  // namespace

Reply get_attachment(const RequestContext& context, const pugi::xml_node& request) {
    ResponseWriter response(context, "GetAttachment", "<m:Attachments/>");
    const auto with_mime = read_attachment_shape(request.child("AttachmentShape"));
    for (const pugi::xml_node id : request.child("AttachmentIds").children("AttachmentId")) {
        if (response.refused()) continue;
        const auto payload = with_mime ? attachment_payload(context, id, *with_mime)
                                       : Outcome<std::string>(std::unexpected(with_mime.error()));
        if (payload) {
            response.success(*payload);
        } else {
            response.error(payload.error());
        }
    }
    return response.finish();
}

}  // namespace liaison::sandbox::ews
