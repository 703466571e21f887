#include "connectors/ews/update_folder.hpp"

namespace liaison::ews {

std::string encode_rename_folder(const FolderRef& folder, std::string_view display_name) {
    std::string out;
    XmlWriter xml(out);
    xml.open("m:UpdateFolder").open("m:FolderChanges").open("t:FolderChange");
    write_folder_ref(xml, folder);
    xml.open("t:Updates").open("t:SetFolderField");
    write_path(xml, PropertyPath::plain("folder:DisplayName"));
    xml.open("t:Folder").leaf("t:DisplayName", display_name).close("t:Folder");
    xml.close("t:SetFolderField").close("t:Updates").close("t:FolderChange");
    xml.close("m:FolderChanges").close("m:UpdateFolder");
    return out;
}

Result<void> decode_rename_folder(const SoapReply& reply) {
    auto messages = response_messages(reply, 1);
    if (!messages) return std::unexpected(std::move(messages.error()));
    if (!messages->front().done()) return std::unexpected(messages->front().error());
    return {};
}

}  // namespace liaison::ews
