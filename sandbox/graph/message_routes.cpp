#include "sandbox/ews/item_writer.hpp"
#include "sandbox/ews/meeting_mail.hpp"
#include "sandbox/ews/new_item.hpp"
#include "sandbox/graph/delta.hpp"
#include "sandbox/graph/entity_table.hpp"
#include "sandbox/graph/item_routes.hpp"
#include "sandbox/mail_item.hpp"
#include "sandbox/mailbox_ids.hpp"

namespace liaison::sandbox::graph {
namespace {

Outcome<void> mail_rights(const Call& call) {
    if (call.method == "GET")
        return need(call, {"Mail.Read", "Mail.ReadWrite", "Mail.ReadBasic.All"});
    return need(call, {"Mail.ReadWrite"});
}

// MIME comes as base64 with Content-Type text/plain and makes a draft (GDC user-post-messages).
Outcome<Reply> create_from_mime(const Call& call, const ItemPlace& place) {
    std::string bytes;
    if (!base64_decode(call.raw_body, bytes) || bytes.empty())
        return graph_fail(400, "ErrorMimeContentInvalidBase64String",
                          "Invalid base64 string for MIME content.");
    MailItem mail = mail_item_from_mime(std::move(bytes), call.store.now());
    mail.item.properties.set("item:IsDraft", std::string("true"));
    mail.item.properties.set("message:IsRead", std::string("true"));
    const Folder* folder = place.folder;
    if (folder == nullptr) folder = call.store.find_distinguished(call.mailbox, "drafts");
    auto made = call.store.create_item(call.mailbox, folder->id, std::move(mail.item),
                                       std::move(mail.content));
    if (!made) return std::unexpected(from_store_error(made.error()));
    return entity_reply(
        call, "message", place.context,
        [&](const Shape& shape) { return item_json(call, Resource::Message, **made, shape); }, 201);
}

Outcome<Reply> mime_value(const Call& call, const Item& item) {
    Reply out;
    out.content_type = "text/plain";
    if (!item.has_mime) {
        out.bytes = ews::composed_mime(ews_context(call), item);
        return out;
    }
    auto content = call.store.content(call.mailbox, item.id);
    if (!content) return std::unexpected(from_store_error(content.error()));
    out.bytes = std::move(content->mime);
    return out;
}

Outcome<Reply> move_or_copy(const Call& call, const Item& item, bool copies) {
    if (auto ok = call.allow({}); !ok) return std::unexpected(ok.error());
    auto body = call.object_body();
    if (!body) return std::unexpected(body.error());
    std::string_view target_id = text_of(*body, "destinationId");
    if (target_id.empty()) target_id = text_of(*body, "DestinationId");
    if (target_id.empty())
        return graph_fail(400, "ErrorInvalidRequest", "The destinationId is missing.");
    auto target = mail_folder_by_id(call, target_id);
    if (!target) return std::unexpected(target.error());
    auto moved = copies ? call.store.copy_item(call.mailbox, item.id, (*target)->id)
                        : call.store.move_item(call.mailbox, item.id, (*target)->id);
    if (!moved) return std::unexpected(from_store_error(moved.error()));
    json::object out{{"@odata.context", call.context_url("messages/$entity")},
                     {"@odata.type", "#microsoft.graph.message"}};
    for (auto& member : item_json(call, Resource::Message, **moved, Shape{}))
        out[member.key()] = std::move(member.value());
    return json_reply(std::move(out), 201);
}

Outcome<Reply> send_draft(const Call& call, const Item& item) {
    if (auto ok = need(call, {"Mail.Send"}); !ok) return std::unexpected(ok.error());
    const auto people = ews::recipients_of(item);
    if (people.empty())
        return graph_fail(400, "ErrorInvalidRecipients", "At least one recipient is required.");
    if (item.properties.text("item:IsDraft") != "true")
        return graph_fail(400, "ErrorInvalidRequest", "The message was sent already.");
    Item sent = item;
    sent.properties.set("item:IsDraft", std::string("false"));
    sent.properties.set("item:DateTimeSent", graph_date_time(call.store.now()));
    const std::string id = item.id;
    auto stored = call.store.update_item(call.mailbox, std::move(sent));
    if (!stored) return std::unexpected(from_store_error(stored.error()));
    const Folder* target = call.store.find_distinguished(call.mailbox, "sentitems");
    auto moved = call.store.move_item(call.mailbox, id, target->id);
    if (!moved) return std::unexpected(from_store_error(moved.error()));
    call.store.record_sent({call.mailbox, "graph:send", "SendAndSaveCopy", (*moved)->id, people});
    return no_content(202);
}

Outcome<Reply> below_message(const Call& call, const ItemPlace& place, const Item& item,
                             Path rest) {
    const std::string& action = rest[0];
    if (is_segment(action, "attachments"))
        return attachment_routes(call, place, item, rest.subspan(1));
    if (rest.size() > 1) return no_such_resource(rest[1]);
    if (is_segment(action, "$value") && call.method == "GET") return mime_value(call, item);
    if (call.method != "POST") return no_such_resource(action);
    if (is_segment(action, "move")) return move_or_copy(call, item, false);
    if (is_segment(action, "copy")) return move_or_copy(call, item, true);
    if (is_segment(action, "send")) return send_draft(call, item);
    if (is_segment(action, "permanentDelete")) return delete_item(call, item, true);
    return no_such_resource(action);
}

}  // namespace

Outcome<Reply> message_routes(const Call& call, const Folder* folder, Path rest) {
    if (auto ok = mail_rights(call); !ok) return std::unexpected(ok.error());
    const ItemPlace place{Resource::Message, folder,
                          folder == nullptr
                              ? std::string("messages")
                              : "mailFolders('" + rest_id(folder->id) + "')/messages"};
    if (rest.empty() || is_segment(rest[0], "$count")) {
        if (call.method == "GET") return list_items(call, place);
        if (call.method != "POST" || !rest.empty()) return method_not_allowed(call);
        if (call.fields.get("Content-Type").starts_with("text/plain"))
            return create_from_mime(call, place);
        return create_item(call, place);
    }
    if (is_segment(rest[0], "delta")) {
        if (call.method != "GET") return method_not_allowed(call);
        if (folder == nullptr)
            return graph_fail(400, "ErrorInvalidRequest",
                              "Change tracking over messages is per folder.");
        return items_delta(call, Resource::Message, *folder);
    }
    const auto item = item_in(call, place, rest[0]);
    if (!item) return std::unexpected(item.error());
    if (rest.size() > 1) return below_message(call, place, **item, rest.subspan(1));
    if (call.method == "GET") return get_item(call, place, **item);
    if (call.method == "PATCH") return patch_item(call, place, **item);
    if (call.method == "DELETE") return delete_item(call, **item, false);
    return method_not_allowed(call);
}

Outcome<Reply> send_mail(const Call& call) {
    if (call.method != "POST") return method_not_allowed(call);
    if (auto ok = need(call, {"Mail.Send"}); !ok) return std::unexpected(ok.error());
    auto body = call.object_body();
    if (!body) return std::unexpected(body.error());
    const json::object* message = object_of(*body, "message");
    if (message == nullptr) message = object_of(*body, "Message");
    if (message == nullptr)
        return graph_fail(400, "ErrorInvalidRequest", "The message is missing.");
    if (auto ok = check_entity("message", *message); !ok) return std::unexpected(ok.error());
    const json::object checked = canonical_value("message", *message).get_object();
    message = &checked;
    Item draft;
    draft.kind = ItemKind::Message;
    draft.item_class = "IPM.Note";
    ews::set_defaults(ews_context(call), draft);
    ItemPatch patch(call, draft, true);
    if (auto ok = apply_entity(call, Resource::Message, patch, *message); !ok)
        return std::unexpected(ok.error());
    ews::add_derived(ews_context(call), draft);
    if (auto ok = patch.finish(); !ok) return std::unexpected(ok.error());
    if (message->contains("attachments"))
        return graph_fail(501, "ErrorNotImplemented",
                          "The sandbox sends mails with attachments as drafts only.");
    const auto people = ews::recipients_of(draft);
    if (people.empty())
        return graph_fail(400, "ErrorInvalidRecipients", "At least one recipient is required.");
    draft.properties.set("item:IsDraft", std::string("false"));
    const json::value* save = body->if_contains("saveToSentItems");
    std::string id;
    if (save == nullptr || *save != json::value(false)) {
        const Folder* target = call.store.find_distinguished(call.mailbox, "sentitems");
        auto made = call.store.create_item(call.mailbox, target->id, std::move(draft));
        if (!made) return std::unexpected(from_store_error(made.error()));
        id = (*made)->id;
    }
    call.store.record_sent({call.mailbox, "graph:sendMail", "SendAndSaveCopy", id, people});
    return no_content(202);
}

}  // namespace liaison::sandbox::graph
