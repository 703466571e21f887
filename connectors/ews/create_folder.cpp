#include "connectors/ews/create_folder.hpp"

namespace liaison::ews {

std::string encode_create_folder(const FolderRef& parent, std::string_view display_name) {
    std::string out;
    XmlWriter xml(out);
    xml.open("m:CreateFolder").open("m:ParentFolderId");
    write_folder_ref(xml, parent);
    xml.close("m:ParentFolderId").open("m:Folders").open("t:Folder");
    xml.leaf("t:FolderClass", "IPF.Note").leaf("t:DisplayName", display_name);
    xml.close("t:Folder").close("m:Folders").close("m:CreateFolder");
    return out;
}

Result<std::string> decode_create_folder(const SoapReply& reply) {
    auto messages = response_messages(reply, 1);
    if (!messages) return std::unexpected(std::move(messages.error()));
    const ResponseMessage& message = messages->front();
    if (!message.done()) return std::unexpected(message.error());
    std::string id = read_folder(message.node.child("Folders").first()).id;
    if (id.empty()) return fail(ErrorKind::CorruptReply, "CreateFolder: a folder without an id");
    return id;
}

}  // namespace liaison::ews
