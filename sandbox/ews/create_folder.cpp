#include <pugixml.hpp>

#include "sandbox/ews/folder_writer.hpp"
#include "sandbox/ews/xml_text.hpp"

namespace liaison::sandbox::ews {
namespace {

std::string_view class_of_element(std::string_view element) {
    if (element == "CalendarFolder") return "IPF.Appointment";
    if (element == "ContactsFolder") return "IPF.Contact";
    if (element == "TasksFolder") return "IPF.Task";
    return "IPF.Note";
}

Outcome<const Folder*> create_one(const RequestContext& context, const Folder& parent,
                                  const pugi::xml_node& element) {
    const std::string_view kind = element.name();
    if (kind == "SearchFolder")
        return ews_fail("ErrorInvalidOperation", "The sandbox does not implement search folders.");
    std::string name;
    std::string folder_class(class_of_element(kind));
    for (const pugi::xml_node child : element.children()) {
        if (child.type() != pugi::node_element) continue;
        const std::string_view property = child.name();
        if (property == "DisplayName") {
            name = element_text(child);
        } else if (property == "FolderClass") {
            const std::string wanted = element_text(child);
            if (kind != "Folder" && wanted != folder_class &&
                !wanted.starts_with(folder_class + ".")) {
                return ews_fail("ErrorFolderSave",
                                "The folder class does not suit the type of the folder.");
            }
            folder_class = wanted;
        } else {
            return ews_fail(
                "ErrorInvalidPropertySet",
                "The sandbox does not set " + std::string(property) + " of a new folder.");
        }
    }
    if (name.empty()) return ews_fail("ErrorFolderSave", "The folder has no display name.");
    if (name.size() > 255) return ews_fail("ErrorFolderSave", "The display name is too long.");
    auto made = context.store.create_folder(context.mailbox, parent.id, name, folder_class);
    if (!made) return std::unexpected(from_store(made.error(), "ErrorParentFolderNotFound"));
    return *made;
}

}  // namespace

Reply create_folder(const RequestContext& context, const pugi::xml_node& request) {
    ResponseWriter response(context, "CreateFolder", "<m:Folders/>");
    const auto parent = resolve_target_folder(context, request.child("ParentFolderId"),
                                              "ErrorParentFolderNotFound");
    for (const pugi::xml_node element : request.child("Folders").children()) {
        if (element.type() != pugi::node_element || response.refused()) continue;
        const auto made = parent ? create_one(context, **parent, element)
                                 : Outcome<const Folder*>(std::unexpected(parent.error()));
        if (!made) {
            response.error(made.error());
            continue;
        }
        std::string payload = "<m:Folders>";
        append_folder(payload, context, **made, FolderShape{});
        response.success(payload + "</m:Folders>");
    }
    return response.finish();
}

}  // namespace liaison::sandbox::ews
