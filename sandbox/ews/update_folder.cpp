#include <pugixml.hpp>

#include "sandbox/ews/fields.hpp"
#include "sandbox/ews/folder_writer.hpp"
#include "sandbox/ews/xml_text.hpp"

namespace liaison::sandbox::ews {
namespace {

/// The one thing that the sandbox changes about a folder: its display name.
Outcome<std::string> new_folder_name(const pugi::xml_node& updates) {
    std::string name;
    for (const pugi::xml_node change : updates.children()) {
        if (change.type() != pugi::node_element) continue;
        const pugi::xml_node path = change.child("FieldURI");
        if (std::string_view(change.name()) != "SetFolderField" ||
            std::string_view(path.attribute("FieldURI").value()) != "folder:DisplayName") {
            return ews_fail("ErrorInvalidPropertySet",
                            "The sandbox changes the display name of a folder only.");
        }
        const pugi::xml_node folder = path.next_sibling();
        name = element_text(folder.child("DisplayName"));
    }
    if (name.empty()) return ews_fail("ErrorFolderSave", "The folder has no display name.");
    if (name.size() > 255) return ews_fail("ErrorFolderSave", "The display name is too long.");
    return name;
}

Outcome<const Folder*> update_one_folder(const RequestContext& context,
                                         const pugi::xml_node& change) {
    pugi::xml_node id = change.child("FolderId");
    if (!id) id = change.child("DistinguishedFolderId");
    const auto folder = resolve_folder(context, id);
    if (!folder) return std::unexpected(folder.error());
    const std::string_view change_key = id.attribute("ChangeKey").value();
    if (!change_key.empty() && change_key != (*folder)->change_key)
        return ews_fail("ErrorFolderSavePropertyError", "The folder was changed in between.");
    auto name = new_folder_name(change.child("Updates"));
    if (!name) return std::unexpected(name.error());
    if (!(*folder)->distinguished_id.empty())
        return ews_fail("ErrorAccessDenied", "A distinguished folder keeps its name.");
    const std::string folder_id = (*folder)->id;
    const auto renamed = context.store.rename_folder(context.mailbox, folder_id, std::move(*name));
    if (!renamed) return std::unexpected(from_store(renamed.error(), "ErrorFolderNotFound"));
    return context.store.find_folder(context.mailbox, folder_id);
}

}  // namespace

Reply update_folder(const RequestContext& context, const pugi::xml_node& request) {
    ResponseWriter response(context, "UpdateFolder", "<m:Folders/>");
    for (const pugi::xml_node change : request.child("FolderChanges").children("FolderChange")) {
        if (response.refused()) continue;
        const auto folder = update_one_folder(context, change);
        if (!folder) {
            response.error(folder.error());
            continue;
        }
        std::string payload = "<m:Folders>";
        append_folder(payload, context, **folder, FolderShape{});
        response.success(payload + "</m:Folders>");
    }
    return response.finish();
}

}  // namespace liaison::sandbox::ews
