#include <pugixml.hpp>

#include <set>

#include "sandbox/ews/feed_faults.hpp"
#include "sandbox/ews/item_writer.hpp"
#include "sandbox/ews/lexical.hpp"
#include "sandbox/ews/sync_state.hpp"
#include "sandbox/ews/xml_text.hpp"

namespace liaison::sandbox::ews {
namespace {

Outcome<std::string> written_changes(const RequestContext& context, const pugi::xml_node& request,
                                     const ItemShape& shape, const ItemChanges& found) {
    std::set<std::string_view> ignored;
    for (const pugi::xml_node id : request.child("Ignore").children("ItemId"))
        ignored.insert(id.attribute("Id").value());
    ItemWriter writer(context, shape);
    std::string out;
    out.reserve(found.changes.size() * 320);
    for (const ItemChange& change : found.changes) {
        if (ignored.contains(change.item_id)) continue;
        if (change.kind == ItemChange::Kind::Delete) {
            ((out += "<t:Delete><t:ItemId Id=\"") += change.item_id) += "\"/></t:Delete>";
        } else if (change.kind == ItemChange::Kind::ReadFlagChange) {
            out += "<t:ReadFlagChange>";
            append_item_id(out, change.item_id, change.item->change_key);
            append_boolean(out, "t:IsRead",
                           change.item->properties.text("message:IsRead") == "true");
            out += "</t:ReadFlagChange>";
        } else {
            const std::string_view tag =
                change.kind == ItemChange::Kind::Create ? "t:Create>" : "t:Update>";
            (out += '<') += tag;
            if (auto ok = writer.write(out, *change.item); !ok) return std::unexpected(ok.error());
            (out += "</") += tag;
        }
    }
    return out;
}

Outcome<std::string> folder_items(const RequestContext& context, const pugi::xml_node& request) {
    if (context.mailbox == public_folders_address) {  // ED:r/syncfolderitems-operation
        return ews_fail("ErrorInvalidOperation", "SyncFolderItems is not supported on public folders.");
    }
    const auto shape = ItemShape::read(request.child("ItemShape"), true);
    if (!shape) return std::unexpected(shape.error());
    const auto folder =
        resolve_target_folder(context, request.child("SyncFolderId"), "ErrorSyncFolderNotFound");
    if (!folder) return std::unexpected(folder.error());
    if (context.invalid_sync_state) {
        return ews_fail("ErrorInvalidSyncStateData",
                        "Synchronization state data is corrupt or otherwise invalid.");
    }
    const std::uint64_t newest = context.store.sequence(context.mailbox);
    const std::string state = element_text(request.child("SyncState"));
    SyncCursor cursor{newest, newest + 1, true};
    if (!state.empty()) {
        const auto read = read_sync_state(state, sync_items_kind, **folder, newest);
        if (!read) return std::unexpected(read.error());
        cursor = *read;
    }
    const auto most = parse_integer(element_text(request.child("MaxChangesReturned"))).value_or(1);
    auto page = read_feed(context, **folder, cursor, state, static_cast<std::size_t>(most));
    if (!page) return std::unexpected(page.error());
    auto written = written_changes(context, request, *shape, page->found);
    if (!written) return std::unexpected(written.error());
    std::string out = "<m:SyncState>" +
                      write_sync_state(sync_items_kind, **folder, page->found.next, page->turn) +
                      "</m:SyncState>";
    append_boolean(out, "m:IncludesLastItemInRange", page->found.complete);
    out +=
        "<m:Changes>" + with_false_entries(context, **folder, std::move(*written)) + "</m:Changes>";
    return out;
}

}  // namespace

Reply sync_folder_items(const RequestContext& context, const pugi::xml_node& request) {
    ResponseWriter response(context, "SyncFolderItems", "");
    if (response.refused()) return response.finish();
    const auto changes = folder_items(context, request);
    if (changes) {
        response.success(*changes);
    } else {
        response.error(changes.error());
    }
    return response.finish();
}

}  // namespace liaison::sandbox::ews
