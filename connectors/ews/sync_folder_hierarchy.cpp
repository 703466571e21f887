#include "connectors/ews/sync_folder_hierarchy.hpp"

#include "core/text.hpp"

namespace liaison::ews {

std::string encode_sync_folder_hierarchy(const FolderRef& root, const std::string& sync_state) {
    std::string out;
    XmlWriter xml(out);
    xml.open("m:SyncFolderHierarchy");
    write_folder_shape(xml, false);
    xml.open("m:SyncFolderId");
    write_folder_ref(xml, root);
    xml.close("m:SyncFolderId");
    if (!sync_state.empty()) xml.leaf("m:SyncState", sync_state);
    xml.close("m:SyncFolderHierarchy");
    return out;
}

Result<FolderHierarchyPage> decode_sync_folder_hierarchy(const SoapReply& reply) {
    auto messages = response_messages(reply, 1);
    if (!messages) return std::unexpected(std::move(messages.error()));
    const ResponseMessage& message = messages->front();
    if (!message.done()) return std::unexpected(message.error());
    FolderHierarchyPage page;
    for (const XmlNode& change : message.node.child("Changes")) {
        if (change.name() == "Delete") {
            page.gone.emplace_back(change.child("FolderId").attribute("Id"));
            if (page.gone.back().empty())
                return fail(ErrorKind::CorruptReply, "SyncFolderHierarchy: a deletion without an id");
        } else if (change.name() == "Create" || change.name() == "Update") {
            page.present.push_back(read_folder(change.first()));
            if (page.present.back().id.empty())
                return fail(ErrorKind::CorruptReply, "SyncFolderHierarchy: a folder without an id");
        }
    }
    page.sync_state = std::string(trim(message.node.child_text("SyncState")));
    if (page.sync_state.empty())
        return fail(ErrorKind::CorruptReply, "SyncFolderHierarchy: no SyncState");
    page.is_last = message.node.child_bool("IncludesLastFolderInRange").value_or(true);
    return page;
}

}  // namespace liaison::ews
