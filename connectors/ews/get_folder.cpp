#include "connectors/ews/get_folder.hpp"

namespace liaison::ews {

void write_folder_shape(XmlWriter& xml, bool with_rights) {
    xml.open("m:FolderShape").leaf("t:BaseShape", "IdOnly").open("t:AdditionalProperties");
    for (const std::string_view uri : {"folder:ParentFolderId", "folder:DisplayName", "folder:FolderClass"})
        write_path(xml, PropertyPath::plain(uri));
    if (with_rights) write_path(xml, PropertyPath::plain("folder:EffectiveRights"));
    xml.close("t:AdditionalProperties").close("m:FolderShape");
}

FolderInfo read_folder(const XmlNode& folder) {
    FolderInfo info;
    info.id = std::string(folder.child("FolderId").attribute("Id"));
    info.parent_id = std::string(folder.child("ParentFolderId").attribute("Id"));
    info.display_name = folder.child_text("DisplayName");
    info.folder_class = folder.child_text("FolderClass");
    const XmlNode rights = folder.child("EffectiveRights");
    info.may_create = rights.child_bool("CreateContents").value_or(true);
    info.may_modify = rights.child_bool("Modify").value_or(true);
    info.may_delete = rights.child_bool("Delete").value_or(true);
    info.may_read = rights.child_bool("Read").value_or(true);
    return info;
}

std::string encode_get_folder(const std::vector<FolderRef>& folders) {
    std::string out;
    XmlWriter xml(out);
    xml.open("m:GetFolder");
    write_folder_shape(xml, true);
    xml.open("m:FolderIds");
    for (const FolderRef& folder : folders) write_folder_ref(xml, folder);
    xml.close("m:FolderIds").close("m:GetFolder");
    return out;
}

Result<std::vector<Result<FolderInfo>>> decode_get_folder(const SoapReply& reply, std::size_t expected) {
    auto messages = response_messages(reply, expected);
    if (!messages) return std::unexpected(std::move(messages.error()));
    std::vector<Result<FolderInfo>> folders;
    for (const ResponseMessage& message : *messages) {
        if (!message.done()) {
            folders.push_back(std::unexpected(message.error()));
            continue;
        }
        FolderInfo info = read_folder(message.node.child("Folders").first());
        if (info.id.empty()) return fail(ErrorKind::CorruptReply, "GetFolder: a folder without an id");
        folders.push_back(std::move(info));
    }
    return folders;
}

}  // namespace liaison::ews
