#include <pugixml.hpp>

#include "sandbox/ews/item_editor.hpp"
#include "sandbox/ews/item_writer.hpp"
#include "sandbox/ews/meeting_mail.hpp"
#include "sandbox/ews/xml_text.hpp"

namespace liaison::sandbox::ews {
namespace {

constexpr std::string_view empty_update = "<m:Items/>";

Outcome<void> check_switches(const pugi::xml_node& request, const Item& item) {
    const bool message = item.kind == ItemKind::Message || item.kind == ItemKind::Other;
    if (message && !request.attribute("MessageDisposition")) {
        return ews_fail("ErrorMessageDispositionRequired",
                        "MessageDisposition is required for messages.");
    }
    if (item.kind == ItemKind::Appointment &&
        !request.attribute("SendMeetingInvitationsOrCancellations")) {
        return ews_fail("ErrorSendMeetingInvitationsOrCancellationsRequired",
                        "SendMeetingInvitationsOrCancellations is required for calendar items.");
    }
    if (message &&
        std::string_view(request.attribute("MessageDisposition").value()) != "SaveOnly" &&
        item.properties.text("item:IsDraft") != "true") {
        return ews_fail("ErrorInvalidOperation", "A message that was sent cannot be sent again.");
    }
    return {};
}

// AutoResolve needs a change key, NeverOverwrite a current one; AlwaysOverwrite takes any.
Outcome<void> check_conflict(std::string_view resolution, std::string_view change_key,
                             const Item& item) {
    if (resolution == "AlwaysOverwrite") return {};
    if (change_key.empty()) {
        return ews_fail("ErrorChangeKeyRequiredForWriteOperations",
                        "A change key is required for this operation.");
    }
    if (resolution == "NeverOverwrite" && change_key != item.change_key) {
        return ews_fail("ErrorIrresolvableConflict",
                        "The send or update operation could not be performed because the change "
                        "key passed in the "
                        "request does not match the current change key for the item.");
    }
    return {};
}

Outcome<void> apply_change(ItemEditor& editor, const pugi::xml_node& change) {
    const std::string_view kind = change.name();
    std::optional<FieldPath> path;
    pugi::xml_node value;
    for (const pugi::xml_node child : change.children()) {
        if (child.type() != pugi::node_element) continue;
        if (!is_path_element(child.name())) {
            value = child;
            continue;
        }
        auto read = read_path(child);
        if (!read) return std::unexpected(read.error());
        path = std::move(*read);
    }
    if (!path) return ews_fail("ErrorInvalidRequest", "The change names no property.");
    if (kind == "DeleteItemField") return editor.erase_path(*path);
    if (kind == "AppendToItemField") return editor.append_path(*path, value);
    return editor.set_path(*path, value);
}

// What went out because of an update: a draft that was sent, or updates to attendees.
void record_mail(const RequestContext& context, const pugi::xml_node& request, const Item& item) {
    const auto people = recipients_of(item);
    if (people.empty()) return;
    std::string how = request.attribute("SendMeetingInvitationsOrCancellations").value();
    if (item.kind != ItemKind::Appointment) how = request.attribute("MessageDisposition").value();
    if (how.empty() || how == "SendToNone" || how == "SaveOnly") return;
    context.store.record_sent({context.mailbox, "UpdateItem", how, item.id, people});
}

// Reading a mail whose sender asked for a receipt sends one, unless the request suppresses it
// (ED:r/updateitem-operation, SuppressReadReceipts).
void record_receipt(const RequestContext& context, const pugi::xml_node& request,
                    const Item& before, const Item& after) {
    const bool was_read = before.properties.text("message:IsRead") != "false";
    const bool is_read = after.properties.text("message:IsRead") == "true";
    const bool wanted = before.properties.text("message:IsReadReceiptRequested") == "true";
    if (was_read || !is_read || !wanted || request.attribute("SuppressReadReceipts").as_bool())
        return;
    const auto* from = before.properties.find("message:From");
    const auto* fragment = from == nullptr ? nullptr : std::get_if<Fragment>(from);
    std::vector<std::string> people;
    if (fragment != nullptr) people.push_back(fragment_text(fragment->xml, "t:EmailAddress"));
    context.store.record_sent({context.mailbox, "UpdateItem", "ReadReceipt", after.id, people});
}

Outcome<std::string> update_one(const RequestContext& context, const pugi::xml_node& request,
                                const pugi::xml_node& change) {
    pugi::xml_node id = change.child("ItemId");
    if (!id) id = change.first_child();
    const auto item = resolve_item(context, id);
    if (!item) return std::unexpected(item.error());
    if (auto ok = check_switches(request, **item); !ok) return std::unexpected(ok.error());
    const std::string_view resolution = request.attribute("ConflictResolution").value();
    const std::string_view change_key = id.attribute("ChangeKey").value();
    if (auto ok = check_conflict(resolution, change_key, **item); !ok)
        return std::unexpected(ok.error());
    Item changed = **item;
    ItemEditor editor(context, changed, false);
    for (const pugi::xml_node step : change.child("Updates").children()) {
        if (step.type() != pugi::node_element) continue;
        if (auto ok = apply_change(editor, step); !ok) return std::unexpected(ok.error());
    }
    if (auto ok = editor.finish(); !ok) return std::unexpected(ok.error());
    const bool sends =
        changed.kind != ItemKind::Appointment && changed.kind != ItemKind::Task &&
        changed.kind != ItemKind::Contact &&
        std::string_view(request.attribute("MessageDisposition").value()) != "SaveOnly";
    if (sends) changed.properties.set("item:IsDraft", std::string("false"));
    const Item before = **item;
    const auto stored = context.store.update_item(context.mailbox, std::move(changed));
    if (!stored) return std::unexpected(from_store(stored.error(), "ErrorItemNotFound"));
    record_receipt(context, request, before, **stored);
    record_mail(context, request, **stored);
    std::string payload = "<m:Items>";
    append_item_reference(payload, **stored);
    payload += "</m:Items><m:ConflictResults><t:Count>0</t:Count></m:ConflictResults>";
    return payload;
}

}  // namespace

Reply update_item(const RequestContext& context, const pugi::xml_node& request) {
    ResponseWriter response(context, "UpdateItem", empty_update);
    if (request.child("SavedItemFolderId")) {
        return ews_fail("ErrorInvalidOperation",
                        "The sandbox does not implement SavedItemFolderId of UpdateItem.");
    }
    for (const pugi::xml_node change : request.child("ItemChanges").children("ItemChange")) {
        if (response.refused()) continue;
        const auto updated = update_one(context, request, change);
        if (updated) {
            response.success(*updated);
        } else {
            response.error(updated.error());
        }
    }
    return response.finish();
}

}  // namespace liaison::sandbox::ews
