#include "sandbox/ews/item_writer.hpp"

#include "sandbox/ews/lexical.hpp"
#include "sandbox/ews/xml_text.hpp"
#include "sandbox/mailbox_ids.hpp"

namespace liaison::sandbox::ews {
namespace {

constexpr std::string_view all_rights =
    "<t:EffectiveRights><t:CreateAssociated>false</t:CreateAssociated><t:CreateContents>false</"
    "t:CreateContents>"
    "<t:CreateHierarchy>false</t:CreateHierarchy><t:Delete>true</t:Delete><t:Modify>true</"
    "t:Modify><t:Read>true</t:Read>"
    "<t:ViewPrivateItems>true</t:ViewPrivateItems></t:EffectiveRights>";

void append_list(std::string& out, std::string_view element,
                 const std::vector<std::string>& values) {
    if (values.empty()) return;
    ((out += "<t:") += element) += '>';
    for (const auto& value : values) append_element(out, "t:String", value);
    ((out += "</t:") += element) += '>';
}

// Listings give of a mailbox its name only (FindItem leaves addresses out).
std::string name_only(const std::string& fragment) {
    const std::size_t start = fragment.find("<t:Name>");
    const std::size_t end = fragment.find("</t:Name>");
    if (start == std::string::npos || end == std::string::npos) return "<t:Mailbox></t:Mailbox>";
    return "<t:Mailbox>" + fragment.substr(start, end + 9 - start) + "</t:Mailbox>";
}

// "Jane Doe; bob@example.test" of the names in a recipients fragment.
std::string display_names(const PropertyBag& properties, std::string_view key) {
    std::string out;
    const PropertyValue* value = properties.find(key);
    const auto* fragment = value == nullptr ? nullptr : std::get_if<Fragment>(value);
    if (fragment == nullptr) return out;
    std::string_view rest = fragment->xml;
    for (std::size_t at = 0; (at = rest.find("<t:Name>")) != std::string_view::npos;) {
        rest.remove_prefix(at + 8);
        const std::size_t end = std::min(rest.find("</t:Name>"), rest.size());
        if (!out.empty()) out += "; ";
        out += rest.substr(0, end);  // still escaped
        rest.remove_prefix(end);
    }
    return out;
}

void append_raw(std::string& out, std::string_view qualified, std::string_view escaped_text) {
    ((out += '<') += qualified) += '>';
    (((out += escaped_text) += "</") += qualified) += '>';
}

void append_fragment(std::string& out, const Field& field, const Fragment& fragment, bool listing) {
    const std::string qualified = "t:" + field.element;
    const bool single = field.schema_type == "SingleRecipientType";
    append_raw(out, qualified, single && listing ? name_only(fragment.xml) : fragment.xml);
}

}  // namespace

void append_item_reference(std::string& out, const Item& item) {
    const std::string_view element = element_of_kind(item.kind);
    ((out += "<t:") += element) += '>';
    append_item_id(out, item.id, item.change_key);
    ((out += "</t:") += element) += '>';
}

Outcome<void> ItemWriter::write(std::string& out, const Item& item) {
    const std::string_view element = element_of_kind(item.kind);
    ((out += "<t:") += element) += '>';
    for (const Field* field : shape_.fields(item.kind)) {
        if (auto ok = write_field(out, item, *field); !ok) return ok;
    }
    ((out += "</t:") += element) += '>';
    return {};
}

Outcome<void> ItemWriter::write_field(std::string& out, const Item& item, const Field& field) {
    switch (field.form) {
        case FieldForm::Special:
            return write_special(out, item, field);
        case FieldForm::Dictionary:
            write_dictionary(out, item, field);
            return {};
        default:
            break;
    }
    if (field.uri == "item:ExtendedProperty") {
        write_extended(out, item);
        return {};
    }
    const PropertyValue* value = item.properties.find(field.uri);
    if (value == nullptr) {
        const std::string_view text =
            field.form == FieldForm::Text ? default_text(field.uri) : std::string_view{};
        if (!text.empty()) append_element(out, "t:" + field.element, text);
        return {};
    }
    if (const auto* text = std::get_if<std::string>(value)) {
        if (field.form == FieldForm::Zone) {
            const std::string id = escaped(*text);
            out += "<t:" + field.element + " Id=\"" + id + "\" Name=\"" + id +
                   "\"></t:" + field.element + ">";
        } else {
            append_element(out, "t:" + field.element, *text);
        }
    } else if (const auto* list = std::get_if<std::vector<std::string>>(value)) {
        append_list(out, field.element, *list);
    } else {
        append_fragment(out, field, std::get<Fragment>(*value), shape_.listing());
    }
    return {};
}

Outcome<void> ItemWriter::write_special(std::string& out, const Item& item, const Field& field) {
    const std::string& uri = field.uri;
    if (uri == "item:ItemId") {
        append_item_id(out, item.id, item.change_key);
    } else if (uri == "item:MimeContent") {
        return write_mime(out, item);
    } else if (uri == "item:ParentFolderId") {
        const Folder* folder = context_.store.find_folder(context_.mailbox, item.folder_id);
        out += "<t:ParentFolderId Id=\"" + item.folder_id + "\" ChangeKey=\"" +
               (folder == nullptr ? std::string() : folder->change_key) + "\"/>";
    } else if (uri == "item:ItemClass") {
        append_element(out, "t:ItemClass", item.item_class);
    } else if (uri == "item:Body" || uri == "item:TextBody" || uri == "item:UniqueBody") {
        write_body(out, item, field);
    } else if (uri == "item:Attachments") {
        write_attachments(out, item);
    } else if (uri == "item:Size") {
        append_number(out, "t:Size", item.size);
    } else if (uri == "item:Categories") {
        append_list(out, "Categories", item.categories);
    } else if (uri == "item:InternetMessageHeaders") {
        write_headers(out, item, field);
    } else if (uri == "item:HasAttachments") {
        append_boolean(out, "t:HasAttachments",
                       std::any_of(item.attachments.begin(), item.attachments.end(),
                                   [](const Attachment& a) { return !a.is_inline; }));
    } else if (uri.starts_with("calendar:")) {
        write_calendar(out, item, field);
    } else if (uri.starts_with("contacts:")) {
        write_contact(out, item, field);
    } else {
        write_computed(out, item, field);
    }
    return {};
}

void ItemWriter::write_computed(std::string& out, const Item& item, const Field& field) {
    const std::string& uri = field.uri;
    const PropertyBag& properties = item.properties;
    const User* owner = context_.store.find_user(context_.mailbox);
    const std::string_view owner_name =
        owner == nullptr ? std::string_view{} : std::string_view(owner->display_name);
    if (uri == "item:DateTimeCreated") {
        append_element(out, "t:DateTimeCreated", format_utc(item.created));
    } else if (uri == "item:LastModifiedTime") {
        append_element(out, "t:LastModifiedTime", format_utc(item.modified));
    } else if (uri == "item:LastModifiedName") {
        append_element(out, "t:LastModifiedName", owner_name);
    } else if (uri == "item:EffectiveRights") {
        out += all_rights;
    } else if (uri == "item:DisplayTo" || uri == "item:DisplayCc" || uri == "item:DisplayBcc") {
        if (item.kind == ItemKind::Task || item.kind == ItemKind::Contact) return;
        const bool appointment = item.kind == ItemKind::Appointment;
        const std::string_view key =
            uri == "item:DisplayTo"
                ? (appointment ? "calendar:RequiredAttendees" : "message:ToRecipients")
            : uri == "item:DisplayCc"
                ? (appointment ? "calendar:OptionalAttendees" : "message:CcRecipients")
                : (appointment ? "calendar:Resources" : "message:BccRecipients");
        append_raw(out, "t:" + field.element, display_names(properties, key));
    } else if (uri == "item:ConversationId") {
        const std::string_view key = properties.text("item:ConversationId@Id");
        if (!key.empty()) out += "<t:ConversationId Id=\"" + escaped(key) + "\"/>";
    } else if (uri == "item:ReminderNextTime") {
        if (properties.text("item:ReminderIsSet") == "true" &&
            properties.find("item:ReminderDueBy") != nullptr) {
            append_element(out, "t:ReminderNextTime", properties.text("item:ReminderDueBy"));
        }
    } else if (uri == "task:IsComplete") {
        append_boolean(out, "t:IsComplete", properties.text("task:Status") == "Completed");
    } else if (uri == "task:IsRecurring") {
        append_boolean(out, "t:IsRecurring", properties.find("task:Recurrence") != nullptr);
    } else if (uri == "task:Owner") {
        append_element(out, "t:Owner", owner_name);
    } else if (uri == "task:StatusDescription") {
        const std::string_view status = properties.text("task:Status");
        append_element(out, "t:StatusDescription",
                       status == "NotStarted"        ? "Not Started"
                       : status == "InProgress"      ? "In Progress"
                       : status == "WaitingOnOthers" ? "Waiting on someone else"
                                                     : status);
    } else if (uri == "message:ReceivedBy" || uri == "message:ReceivedRepresenting") {
        if (owner == nullptr || properties.text("item:IsDraft") == "true") return;
        append_raw(out, "t:" + field.element,
                   "<t:Mailbox><t:Name>" + escaped(owner_name) + "</t:Name><t:EmailAddress>" +
                       escaped(owner->address) +
                       "</t:EmailAddress><t:RoutingType>SMTP</t:RoutingType></t:Mailbox>");
    }
}

void ItemWriter::write_dictionary(std::string& out, const Item& item, const Field& field) {
    const std::set<std::string>* wanted = shape_.indexes(field);
    std::string entries;
    const bool addresses = field.element == "PhysicalAddresses";
    const std::string prefix =
        addresses
            ? "contacts:PhysicalAddress:"
            : field.uri.substr(0, field.uri.size() - (field.element == "EmailAddresses" ? 2 : 1)) +
                  "/";
    std::map<std::string, std::string> by_key;  // entry key, entry content
    static constexpr std::string_view parts[] = {"Street", "City", "State", "CountryOrRegion",
                                                 "PostalCode"};
    if (addresses) {
        for (const std::string_view key : {"Business", "Home", "Other"}) {
            for (const std::string_view part : parts) {
                const std::string bag_key = prefix + std::string(part) + "/" + std::string(key);
                if (wanted != nullptr && !wanted->contains(bag_key)) continue;
                const PropertyValue* value = item.properties.find(bag_key);
                if (value == nullptr) continue;
                append_element(by_key[std::string(key)], "t:" + std::string(part),
                               std::get<std::string>(*value));
            }
        }
        for (const auto& [key, content] : by_key)
            entries += "<t:Entry Key=\"" + key + "\">" + content + "</t:Entry>";
    } else {
        for (const auto& [bag_key, value] : item.properties.entries()) {
            if (!bag_key.starts_with(prefix) || bag_key.find('@') != std::string_view::npos)
                continue;
            if (wanted != nullptr && !wanted->contains(std::string(bag_key))) continue;
            entries += "<t:Entry Key=\"" + std::string(bag_key.substr(prefix.size())) + "\"";
            for (const std::string_view name : {"Name", "RoutingType", "MailboxType"}) {
                const std::string_view text =
                    item.properties.text(std::string(bag_key) + "@" + std::string(name));
                if (!text.empty())
                    entries += " " + std::string(name) + "=\"" + escaped(text) + "\"";
            }
            entries += ">" + escaped(std::get<std::string>(value)) + "</t:Entry>";
        }
    }
    if (!entries.empty()) append_raw(out, "t:" + field.element, entries);
}

void ItemWriter::write_extended(std::string& out, const Item& item) {
    for (const FieldPath& path : shape_.extended()) {
        const auto stored = item.extended.find(path.extended_key);
        const std::vector<std::string> values =
            stored != item.extended.end()
                ? stored->second.values
                : computed_extended_value(context_, item, path.extended_key);
        const bool array = path.extended_type.ends_with("Array");
        if (values.empty() && stored == item.extended.end()) continue;
        out += "<t:ExtendedProperty>";
        out += path.extended_xml;
        if (array) out += "<t:Values>";
        for (const auto& value : values) append_element(out, "t:Value", value);
        if (array) out += "</t:Values>";
        out += "</t:ExtendedProperty>";
    }
}

void ItemWriter::write_attachments(std::string& out, const Item& item) {
    if (item.attachments.empty()) return;
    out += "<t:Attachments>";
    for (const auto& attachment : item.attachments) append_attachment(out, attachment, {});
    out += "</t:Attachments>";
}

void append_attachment(std::string& out, const Attachment& attachment,
                       std::string_view content_xml) {
    const std::string_view element = attachment.is_item ? "t:ItemAttachment" : "t:FileAttachment";
    ((out += '<') += element) += "><t:AttachmentId Id=\"";
    (out += attachment.id) += "\"/>";
    append_element(out, "t:Name", attachment.name);
    if (!attachment.content_type.empty())
        append_element(out, "t:ContentType", attachment.content_type);
    if (!attachment.content_id.empty()) append_element(out, "t:ContentId", attachment.content_id);
    if (!attachment.content_location.empty())
        append_element(out, "t:ContentLocation", attachment.content_location);
    append_number(out, "t:Size", attachment.size);
    append_element(out, "t:LastModifiedTime", format_utc(attachment.modified));
    append_boolean(out, "t:IsInline", attachment.is_inline);
    if (!attachment.is_item) append_boolean(out, "t:IsContactPhoto", attachment.is_contact_photo);
    out += content_xml;
    ((out += "</") += element) += '>';
}

}  // namespace liaison::sandbox::ews
