#include "sandbox/ews/item_writer.hpp"
#include "sandbox/ews/lexical.hpp"
#include "sandbox/ews/xml_text.hpp"
#include "sandbox/graph/entity_json.hpp"
#include "sandbox/graph/entity_table.hpp"
#include "sandbox/graph/entity_write.hpp"
#include "sandbox/mail_item.hpp"

namespace liaison::sandbox::graph {
namespace {

json::value one_recipient(const Item& item, std::string_view key) {
    const auto all = ews::addresses_of(item, key);
    if (all.empty()) return nullptr;
    return recipient_json(all.front().name, all.front().address);
}

json::object flag_json(const Item& item) {
    const PropertyValue* value = item.properties.find("item:Flag");
    const auto* fragment = value == nullptr ? nullptr : std::get_if<Fragment>(value);
    if (fragment == nullptr) return {{"flagStatus", "notFlagged"}};
    const std::string status = ews::fragment_text(fragment->xml, "t:FlagStatus");
    json::object out{{"flagStatus", status == "Flagged"    ? "flagged"
                                    : status == "Complete" ? "complete"
                                                           : "notFlagged"}};
    static constexpr std::pair<std::string_view, std::string_view> dates[] = {
        {"t:CompleteDate", "completedDateTime"},
        {"t:DueDate", "dueDateTime"},
        {"t:StartDate", "startDateTime"}};
    for (const auto& [element, name] : dates) {
        if (const auto time = ews::parse_utc(ews::fragment_text(fragment->xml, element)))
            out[name] = zoned_time(*time, "UTC", "UTC");
    }
    return out;
}

Outcome<void> write_flag(ItemPatch& patch, const json::value& value) {
    if (value.is_null()) return patch.erase("item:Flag");
    const json::object& flag = value.get_object();
    const std::string_view status = text_of(flag, "flagStatus");
    std::string xml = "<Flag>";
    ews::append_element(xml, "FlagStatus",
                        iequals(status, "flagged")    ? "Flagged"
                        : iequals(status, "complete") ? "Complete"
                                                      : "NotFlagged");
    static constexpr std::pair<std::string_view, std::string_view> dates[] = {
        {"startDateTime", "StartDate"},
        {"dueDateTime", "DueDate"},
        {"completedDateTime", "CompleteDate"}};
    for (const auto& [name, element] : dates) {
        const json::object* given = object_of(flag, name);
        if (given == nullptr) continue;
        auto time = read_zoned_time(*given);
        if (!time) return std::unexpected(time.error());
        ews::append_element(xml, element, ews::format_utc(time->utc_ms));
    }
    return patch.element(xml + "</Flag>");
}

Outcome<void> write_person(ItemPatch& patch, std::string_view name, std::string_view uri,
                           const json::value& value) {
    if (value.is_null()) return patch.erase(uri);
    const json::object* address = object_of(value.get_object(), "emailAddress");
    if (address == nullptr || text_of(*address, "address").empty())
        return graph_fail(400, "ErrorInvalidRecipients", "At least one recipient is not valid.");
    std::string xml = "<" + std::string(name) + "><Mailbox>";
    if (!text_of(*address, "name").empty())
        ews::append_element(xml, "Name", text_of(*address, "name"));
    ews::append_element(xml, "EmailAddress", text_of(*address, "address"));
    return patch.element(xml + "</Mailbox></" + std::string(name) + ">");
}

// What only a draft lets a client change (message: update page, "updatable only if isDraft").
bool is_draft_only(std::string_view name) {
    static constexpr std::string_view names[] = {
        "subject",           "body", "toRecipients", "ccRecipients", "bccRecipients", "replyTo",
        "internetMessageId", "from", "sender"};
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

Outcome<void> write_message_member(ItemPatch& patch, std::string_view name,
                                   const json::value& value) {
    if (name == "subject") return patch.text("Subject", "item:Subject", value);
    if (name == "body") return patch.body(value);
    if (name == "importance")
        return patch.word("Importance", "item:Importance", value, {"Low", "Normal", "High"});
    if (name == "categories") return patch.strings("Categories", "item:Categories", value);
    if (name == "isRead") return patch.flag("IsRead", "message:IsRead", value);
    if (name == "flag") return write_flag(patch, value);
    if (name == "toRecipients")
        return patch.recipients("ToRecipients", "message:ToRecipients", value);
    if (name == "ccRecipients")
        return patch.recipients("CcRecipients", "message:CcRecipients", value);
    if (name == "bccRecipients")
        return patch.recipients("BccRecipients", "message:BccRecipients", value);
    if (name == "replyTo") return patch.recipients("ReplyTo", "message:ReplyTo", value);
    if (name == "from") return write_person(patch, "From", "message:From", value);
    if (name == "sender") return write_person(patch, "Sender", "message:Sender", value);
    if (name == "isReadReceiptRequested")
        return patch.flag("IsReadReceiptRequested", "message:IsReadReceiptRequested", value);
    if (name == "isDeliveryReceiptRequested")
        return patch.flag("IsDeliveryReceiptRequested", "message:IsDeliveryReceiptRequested",
                          value);
    if (name == "internetMessageId" && patch.creating())
        return patch.text("InternetMessageId", "message:InternetMessageId", value);
    if (name == "singleValueExtendedProperties") return patch.extended(value);
    if (name == "inferenceClassification" || name == "internetMessageHeaders") {
        patch.keep(name, canonical_value("inferenceClassificationType", value));
        return {};
    }
    if (name == "attachments") return {};  // after the message exists
    return graph_fail(400, "ErrorInvalidPropertySet",
                      "The property '" + std::string(name) + "' is read-only.");
}

// Meeting mail is served as a type of its own (eventMessage resource page).
struct MeetingClass {
    std::string_view item_class;
    std::string_view type;
    std::string_view word;
};
constexpr MeetingClass meeting_classes[] = {
    {"IPM.Schedule.Meeting.Request", "eventMessageRequest", "meetingRequest"},
    {"IPM.Schedule.Meeting.Canceled", "eventMessage", "meetingCancelled"},
    {"IPM.Schedule.Meeting.Resp.Pos", "eventMessageResponse", "meetingAccepted"},
    {"IPM.Schedule.Meeting.Resp.Tent", "eventMessageResponse", "meetingTenativelyAccepted"},
    {"IPM.Schedule.Meeting.Resp.Neg", "eventMessageResponse", "meetingDeclined"}};

json::value headers_json(const Call& call, const Item& item) {
    if (!item.has_mime) return kept_json(item, "internetMessageHeaders");
    const auto content = call.store.content(call.mailbox, item.id);
    if (!content) return nullptr;
    json::array out;
    for (const auto& [name, value] : parse_mime(content->mime).headers)
        out.push_back(json::object{{"name", name}, {"value", value}});
    return out;
}

}  // namespace

void put_message(const Call& call, const Item& item, const Shape& shape, EntityWriter& out) {
    const PropertyBag& bag = item.properties;
    out.put("createdDateTime", graph_date_time(item.created));
    out.put("lastModifiedDateTime", graph_date_time(item.modified));
    out.put("changeKey", item.change_key);
    out.put("categories", json::value_from(item.categories));
    out.put_text("receivedDateTime", bag.text("item:DateTimeReceived"));
    out.put_text("sentDateTime", bag.text("item:DateTimeSent"));
    out.put("hasAttachments", std::any_of(item.attachments.begin(), item.attachments.end(),
                                          [](const Attachment& one) { return !one.is_inline; }));
    out.put_text("internetMessageId", bag.text("message:InternetMessageId"));
    out.put_text("subject", bag.text("item:Subject"));
    out.put("importance", bag.text("item:Importance").empty()
                              ? std::string("normal")
                              : lower_first(bag.text("item:Importance")));
    out.put("parentFolderId", rest_id(item.folder_id));
    out.put_text("conversationId", rest_id(bag.text("item:ConversationId@Id")));
    out.put_text("conversationIndex", bag.text("message:ConversationIndex"));
    out.put("isDeliveryReceiptRequested", bag.text("message:IsDeliveryReceiptRequested") == "true");
    out.put("isReadReceiptRequested", bag.text("message:IsReadReceiptRequested") == "true");
    out.put("isRead", bag.text("message:IsRead") != "false");
    out.put("isDraft", bag.text("item:IsDraft") == "true");
    out.put("webLink", "https://outlook.office365.com/owa/?ItemID=" +
                           url_encoded(rest_id(item.id)) + "&exvsurl=1&viewmodel=ReadMessageItem");
    const json::value kept = kept_json(item, "inferenceClassification");
    out.put("inferenceClassification", kept.is_null() ? json::value("focused") : kept);
    if (out.wants("body") || out.wants("bodyPreview") || shape.names("uniqueBody")) {
        const BodyText body = body_of(call, item);
        const bool text = call.prefer.text_body.value_or(false);
        out.put("bodyPreview", preview_of(body));
        out.put("body", body_json(body, text));
        if (shape.names("uniqueBody")) out.put("uniqueBody", body_json(body, text));
    }
    out.put("sender", one_recipient(item, "message:Sender"));
    out.put("from", one_recipient(item, "message:From"));
    out.put("toRecipients", recipients_json(item, "message:ToRecipients"));
    out.put("ccRecipients", recipients_json(item, "message:CcRecipients"));
    out.put("bccRecipients", recipients_json(item, "message:BccRecipients"));
    out.put("replyTo", recipients_json(item, "message:ReplyTo"));
    out.put("flag", flag_json(item));
    for (const auto& row : meeting_classes) {
        if (!iequals(item.item_class, row.item_class)) continue;
        out.annotate("@odata.type", "#microsoft.graph." + std::string(row.type));
        if (!shape.select) out.put("meetingMessageType", row.word);
    }
    // Returned only on $select (message resource page).
    if (shape.names("internetMessageHeaders"))
        out.put("internetMessageHeaders", headers_json(call, item));
}

Outcome<void> apply_message(const Call&, ItemPatch& patch, const json::object& body) {
    const bool draft = patch.creating() || patch.item().properties.text("item:IsDraft") == "true";
    for (const auto& member : body) {
        const std::string_view name = member.key();
        if (name.find('@') != std::string_view::npos) continue;
        if (!draft && is_draft_only(name))
            return graph_fail(400, "ErrorInvalidPropertyUpdateSentMessage",
                              "Update operation is invalid for property of a sent message.");
        if (auto ok = write_message_member(patch, name, member.value()); !ok) return ok;
    }
    return {};
}

}  // namespace liaison::sandbox::graph
