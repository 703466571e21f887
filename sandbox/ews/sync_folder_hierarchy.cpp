#include <pugixml.hpp>

#include "sandbox/ews/folder_writer.hpp"
#include "sandbox/ews/sync_state.hpp"
#include "sandbox/ews/xml_text.hpp"

namespace liaison::sandbox::ews {
namespace {

Outcome<std::string> hierarchy_changes(const RequestContext& context,
                                       const pugi::xml_node& request) {
    if (context.mailbox == public_folders_address) {  // ED:r/syncfolderhierarchy-operation
        return ews_fail("ErrorInvalidOperation", "SyncFolderHierarchy is not supported on public folders.");
    }
    const auto shape = FolderShape::read(request.child("FolderShape"));
    if (!shape) return std::unexpected(shape.error());
    const Folder* root = context.store.find_distinguished(context.mailbox, "root");
    if (const pugi::xml_node target = request.child("SyncFolderId")) {
        const auto named = resolve_target_folder(context, target, "ErrorSyncFolderNotFound");
        if (!named) return std::unexpected(named.error());
        root = *named;
    }
    if (context.invalid_sync_state) {
        return ews_fail("ErrorInvalidSyncStateData",
                        "Synchronization state data is corrupt or otherwise invalid.");
    }
    SyncCursor cursor;
    const std::string state = element_text(request.child("SyncState"));
    if (!state.empty()) {
        const auto read = read_sync_state(state, sync_hierarchy_kind, *root,
                                          context.store.sequence(context.mailbox));
        if (!read) return std::unexpected(read.error());
        cursor = *read;
    }
    std::string changes;
    if (!context.empty_listing) {
        const auto found = context.store.folder_changes(context.mailbox, root->id, cursor.sequence);
        if (!found) return std::unexpected(from_store(found.error(), "ErrorSyncFolderNotFound"));
        for (const FolderChange& change : *found) {
            if (change.kind == FolderChange::Kind::Delete) {
                changes += "<t:Delete><t:FolderId Id=\"" + change.folder_id + "\"/></t:Delete>";
                continue;
            }
            const std::string_view tag =
                change.kind == FolderChange::Kind::Create ? "t:Create>" : "t:Update>";
            (changes += '<') += tag;
            append_folder(changes, context, *change.folder, *shape);
            (changes += "</") += tag;
        }
        cursor.sequence = context.store.sequence(context.mailbox);
    }
    return "<m:SyncState>" + write_sync_state(sync_hierarchy_kind, *root, cursor) +
           "</m:SyncState><m:IncludesLastFolderInRange>true</"
           "m:IncludesLastFolderInRange><m:Changes>" +
           changes + "</m:Changes>";
}

}  // namespace

Reply sync_folder_hierarchy(const RequestContext& context, const pugi::xml_node& request) {
    ResponseWriter response(context, "SyncFolderHierarchy", "");
    if (response.refused()) return response.finish();
    const auto changes = hierarchy_changes(context, request);
    if (changes) {
        response.success(*changes);
    } else {
        response.error(changes.error());
    }
    return response.finish();
}

}  // namespace liaison::sandbox::ews
