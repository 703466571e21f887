#include "connectors/ews/find_folder.hpp"

namespace liaison::ews {

std::string encode_find_folder(const FindFolderRequest& request) {
    std::string out;
    XmlWriter xml(out);
    xml.open("m:FindFolder").attribute("Traversal", request.deep ? "Deep" : "Shallow");
    write_folder_shape(xml, false);
    xml.open("m:IndexedPageFolderView").attribute("MaxEntriesReturned", format_int(request.max));
    xml.attribute("Offset", format_int(request.offset)).attribute("BasePoint", "Beginning");
    xml.close("m:IndexedPageFolderView");
    xml.open("m:ParentFolderIds");
    write_folder_ref(xml, request.parent);
    xml.close("m:ParentFolderIds").close("m:FindFolder");
    return out;
}

Result<FolderPage> decode_find_folder(const SoapReply& reply, const FindFolderRequest& request) {
    auto messages = response_messages(reply, 1);
    if (!messages) return std::unexpected(std::move(messages.error()));
    const ResponseMessage& message = messages->front();
    if (!message.done()) return std::unexpected(message.error());
    const XmlNode root = message.node.child("RootFolder");
    FolderPage page;
    for (const XmlNode& folder : root.child("Folders")) {
        FolderInfo info = read_folder(folder);
        if (info.id.empty()) return fail(ErrorKind::CorruptReply, "FindFolder: a folder without an id");
        page.folders.push_back(std::move(info));
    }
    page.is_last = root.attribute("IncludesLastItemInRange") != "false";
    page.next_offset = request.offset + static_cast<std::int64_t>(page.folders.size());
    // An empty page that is not the last one would be asked for for ever.
    if (!page.is_last && page.folders.empty()) return fail(ErrorKind::CorruptReply, "FindFolder: an empty page in between");
    return page;
}

}  // namespace liaison::ews
