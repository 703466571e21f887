#include "sandbox/graph/item_routes.hpp"

#include "sandbox/ews/new_item.hpp"
#include "sandbox/graph/entity_table.hpp"
#include "sandbox/mailbox_ids.hpp"

namespace liaison::sandbox::graph {
namespace {

ItemKind kind_of(Resource resource) {
    switch (resource) {
        case Resource::Event:
            return ItemKind::Appointment;
        case Resource::Contact:
            return ItemKind::Contact;
        case Resource::Task:
            return ItemKind::Task;
        case Resource::Message:
            break;
    }
    return ItemKind::Message;
}

// What has lists of its own below it is written after the item exists.
Outcome<void> keep_children(const Call& call, Item& item, const json::object& body) {
    for (const std::string_view name : {"linkedResources", "checklistItems"}) {
        const json::array* list = array_of(body, name);
        if (list == nullptr) continue;
        json::array kept;
        for (const json::value& one : *list) {
            json::object entry = one.get_object();
            for (const std::string_view note : {"@odata.type", "@odata.context", "@odata.etag"})
                entry.erase(note);
            entry["id"] = "c" + std::to_string(call.memory.next_number++) + "-" +
                          std::to_string(call.store.sequence(call.mailbox));
            kept.push_back(std::move(entry));
        }
        item.properties.set("graph:" + std::string(name), json::serialize(kept));
    }
    return {};
}

struct NewAttachments {
    std::vector<std::string> contents;
};

Outcome<NewAttachments> read_attachments(Item& item, const json::object& body) {
    NewAttachments out;
    const json::array* list = array_of(body, "attachments");
    if (list == nullptr) return out;
    for (const json::value& one : *list) {
        const json::object& given = one.get_object();
        std::string bytes;
        if (!text_of(given, "@odata.type").ends_with("fileAttachment"))
            return graph_fail(400, "ErrorInvalidRequest",
                              "The sandbox creates an item with file attachments only.");
        if (text_of(given, "name").empty() || !base64_decode(text_of(given, "contentBytes"), bytes))
            return graph_fail(400, "ErrorInvalidRequest",
                              "The attachment needs a name and contentBytes.");
        Attachment attachment;
        attachment.name = text_of(given, "name");
        attachment.content_type = text_of(given, "contentType");
        attachment.content_id = text_of(given, "contentId");
        attachment.size = static_cast<std::int64_t>(bytes.size());
        const json::value* inline_flag = given.if_contains("isInline");
        attachment.is_inline = inline_flag != nullptr && *inline_flag == json::value(true);
        item.attachments.push_back(std::move(attachment));
        out.contents.push_back(std::move(bytes));
    }
    return out;
}

// POST of an event with the transactionId of one that exists gives that one (event page).
const Item* same_transaction(const Call& call, const Folder& folder, const json::object& body) {
    const std::string_view wanted = text_of(body, "transactionId");
    if (wanted.empty()) return nullptr;
    for (const Item* item : call.store.items(call.mailbox, folder.id)) {
        const json::value kept = kept_json(*item, "transactionId");
        if (kept.is_string() && kept.get_string() == wanted) return item;
    }
    return nullptr;
}

}  // namespace

bool is_segment(const std::string& segment, std::string_view name) {
    return iequals(segment, name);
}

Outcome<void> apply_entity(const Call& call, Resource resource, ItemPatch& patch,
                           const json::object& body) {
    switch (resource) {
        case Resource::Event:
            return apply_event(call, patch, body);
        case Resource::Contact:
            return apply_contact(call, patch, body);
        case Resource::Task:
            return apply_task(call, patch, body);
        case Resource::Message:
            break;
    }
    return apply_message(call, patch, body);
}

Outcome<const Item*> item_in(const Call& call, const ItemPlace& place, std::string_view id) {
    auto item = item_by_id(call, id);
    if (!item) return item;
    if (!is_of(place.resource, **item)) return item_not_found();
    if (place.folder != nullptr && (*item)->folder_id != place.folder->id) return item_not_found();
    return item;
}

Outcome<Reply> list_items(const Call& call, const ItemPlace& place) {
    std::vector<const Item*> items;
    if (!call.empty_listing && place.folder != nullptr)
        items = call.store.items(call.mailbox, place.folder->id);
    if (!call.empty_listing && place.folder == nullptr) {
        for (const Folder* folder : call.store.folders(call.mailbox)) {
            for (const Item* item : call.store.items(call.mailbox, folder->id))
                items.push_back(item);
        }
    }
    std::erase_if(items, [&](const Item* item) { return !is_of(place.resource, *item); });
    if (place.resource == Resource::Message) {  // newest first
        std::sort(items.begin(), items.end(), [](const Item* a, const Item* b) {
            const std::string_view first = a->properties.text("item:DateTimeReceived");
            const std::string_view second = b->properties.text("item:DateTimeReceived");
            return first == second ? a->arrival_sequence > b->arrival_sequence : first > second;
        });
    }
    Collection collection;
    collection.type = type_name(place.resource);
    collection.context = place.context;
    collection.size = items.size();
    collection.render = [&](std::size_t row, const Shape& shape) {
        return item_json(call, place.resource, *items[row], shape);
    };
    if (!call.path.empty() && call.path.back() == "$count") return count_reply(call, collection);
    return list_page(call, collection);
}

Outcome<Reply> get_item(const Call& call, const ItemPlace& place, const Item& item) {
    if (auto ok = call.allow({"$select", "$expand"}); !ok) return std::unexpected(ok.error());
    return entity_reply(call, type_name(place.resource), place.context, [&](const Shape& shape) {
        return item_json(call, place.resource, item, shape);
    });
}

Outcome<Reply> create_item(const Call& call, const ItemPlace& place) {
    if (auto ok = call.allow({"$select", "$expand"}); !ok) return std::unexpected(ok.error());
    auto body = entity_body(call, type_name(place.resource));
    if (!body) return std::unexpected(body.error());
    const Folder* folder = place.folder;
    if (folder == nullptr) folder = call.store.find_distinguished(call.mailbox, "drafts");
    const auto answer = [&](const Item& item, int status) {
        return entity_reply(
            call, type_name(place.resource), place.context,
            [&](const Shape& shape) { return item_json(call, place.resource, item, shape); },
            status);
    };
    if (place.resource == Resource::Event) {
        if (const Item* same = same_transaction(call, *folder, *body)) return answer(*same, 201);
    }
    Item draft;
    draft.kind = kind_of(place.resource);
    draft.item_class = ews::class_of_kind(draft.kind);
    ews::set_defaults(ews_context(call), draft);
    ItemPatch patch(call, draft, true);
    if (auto ok = apply_entity(call, place.resource, patch, *body); !ok)
        return std::unexpected(ok.error());
    if (auto ok = keep_children(call, draft, *body); !ok) return std::unexpected(ok.error());
    auto attachments = read_attachments(draft, *body);
    if (!attachments) return std::unexpected(attachments.error());
    ews::add_derived(ews_context(call), draft);
    if (auto ok = patch.finish(); !ok) return std::unexpected(ok.error());
    auto made = call.store.create_item(call.mailbox, folder->id, std::move(draft), {},
                                       std::move(attachments->contents));
    if (!made) return std::unexpected(from_store_error(made.error()));
    record_meeting_mail(call, **made, "graph:createEvent");
    auto reply = answer(**made, 201);
    if (reply)
        reply->headers.emplace_back(
            "Location", link_url(call, "") + "('" + shown_item_id(call, (*made)->id) + "')");
    return reply;
}

// Reading a mail whose sender asked for a receipt sends one (MS-OXOMSG 3.2.4.4); Graph has no word
// against it, unlike EWS with SuppressReadReceipts.
void record_read_receipt(const Call& call, const Item& before, const Item& after) {
    const bool was_read = before.properties.text("message:IsRead") != "false";
    const bool is_read = after.properties.text("message:IsRead") == "true";
    const bool wanted = before.properties.text("message:IsReadReceiptRequested") == "true";
    if (was_read || !is_read || !wanted) return;
    call.store.record_sent({call.mailbox, "graph:updateMessage", "ReadReceipt", after.id, {}});
}

Outcome<Reply> patch_item(const Call& call, const ItemPlace& place, const Item& item) {
    if (auto ok = call.allow({"$select", "$expand"}); !ok) return std::unexpected(ok.error());
    if (auto ok = check_if_match(call, item.change_key); !ok) return std::unexpected(ok.error());
    auto body = entity_body(call, type_name(place.resource));
    if (!body) return std::unexpected(body.error());
    Item changed = item;
    ItemPatch patch(call, changed, false);
    if (auto ok = apply_entity(call, place.resource, patch, *body); !ok)
        return std::unexpected(ok.error());
    if (body->contains("attachments") || body->contains("linkedResources") ||
        body->contains("checklistItems"))
        return graph_fail(400, "ErrorInvalidRequest",
                          "Collections below an item change by their own URLs.");
    if (auto ok = patch.finish(); !ok) return std::unexpected(ok.error());
    record_read_receipt(call, item, changed);
    auto stored = call.store.update_item(call.mailbox, std::move(changed));
    if (!stored) return std::unexpected(from_store_error(stored.error()));
    record_meeting_mail(call, **stored, "graph:updateEvent");
    return get_item(call, place, **stored);
}

Outcome<Reply> delete_item(const Call& call, const Item& item, bool for_good) {
    if (auto ok = call.allow({}); !ok) return std::unexpected(ok.error());
    if (auto ok = check_if_match(call, item.change_key); !ok) return std::unexpected(ok.error());
    record_meeting_mail(call, item, "graph:deleteEvent");
    const Folder* trash = call.store.find_distinguished(call.mailbox, "deleteditems");
    if (for_good) {
        auto gone = call.store.delete_item(call.mailbox, item.id);
        if (!gone) return std::unexpected(from_store_error(gone.error()));
        return no_content();
    }
    if (item.folder_id == trash->id)
        trash = call.store.find_distinguished(call.mailbox, "recoverableitemsdeletions");
    auto moved = call.store.move_item(call.mailbox, item.id, trash->id);
    if (!moved) return std::unexpected(from_store_error(moved.error()));
    return no_content();
}

}  // namespace liaison::sandbox::graph
