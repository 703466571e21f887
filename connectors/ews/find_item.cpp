#include "connectors/ews/find_item.hpp"

#include <charconv>

namespace liaison::ews {

std::string encode_find_item(const FindItemRequest& request) {
    std::string out;
    XmlWriter xml(out);
    xml.open("m:FindItem").attribute("Traversal", "Shallow");
    ItemShape shape;
    if (request.with_modified)
        shape.properties.push_back(PropertyPath::plain("item:LastModifiedTime"));
    write_item_shape(xml, shape);
    xml.open("m:IndexedPageItemView").attribute("MaxEntriesReturned", format_int(request.max));
    xml.attribute("Offset", format_int(request.offset)).attribute("BasePoint", "Beginning");
    xml.close("m:IndexedPageItemView");
    if (!request.equal_path.uri.empty()) {
        xml.open("m:Restriction").open("t:IsEqualTo");
        write_path(xml, request.equal_path);
        xml.open("t:FieldURIOrConstant").open("t:Constant").attribute("Value", request.equal_value);
        xml.close("t:Constant")
            .close("t:FieldURIOrConstant")
            .close("t:IsEqualTo")
            .close("m:Restriction");
    }
    if (!request.modified_since.empty()) {
        xml.open("m:Restriction").open("t:IsGreaterThanOrEqualTo");
        write_path(xml, PropertyPath::plain("item:LastModifiedTime"));
        xml.open("t:FieldURIOrConstant").open("t:Constant");
        xml.attribute("Value", request.modified_since).close("t:Constant");
        xml.close("t:FieldURIOrConstant").close("t:IsGreaterThanOrEqualTo").close("m:Restriction");
    }
    xml.open("m:SortOrder").open("t:FieldOrder");
    xml.attribute("Order", request.descending ? "Descending" : "Ascending");
    write_path(xml, request.sort_by);
    xml.close("t:FieldOrder").close("m:SortOrder").open("m:ParentFolderIds");
    for (const FolderRef& folder : request.folders) write_folder_ref(xml, folder);
    xml.close("m:ParentFolderIds").close("m:FindItem");
    return out;
}

Result<std::vector<Result<FoundItems>>> decode_find_item(const SoapReply& reply,
                                                         const FindItemRequest& request) {
    auto messages = response_messages(reply, request.folders.size());
    if (!messages) return std::unexpected(std::move(messages.error()));
    std::vector<Result<FoundItems>> out;
    for (const ResponseMessage& message : *messages) {
        if (!message.done()) {
            out.push_back(std::unexpected(message.error()));
            continue;
        }
        const XmlNode root = message.node.child("RootFolder");
        FoundItems found;
        for (const XmlNode& item : root.child("Items")) {
            ItemId id = read_item_id(item);
            if (id.id.empty())
                return fail(ErrorKind::CorruptReply, "FindItem: an item without an id");
            found.items.push_back(std::move(id));
        }
        if (found.items.size() > static_cast<std::size_t>(request.max))
            return fail(ErrorKind::CorruptReply, "FindItem: more items than asked for");
        found.is_last = root.attribute("IncludesLastItemInRange") != "false";
        found.next_offset = request.offset + static_cast<std::int64_t>(found.items.size());
        const std::string_view told = root.attribute("IndexedPagingOffset");
        std::int64_t offset = 0;
        if (std::from_chars(told.data(), told.data() + told.size(), offset).ec == std::errc{} &&
            offset > request.offset)
            found.next_offset = offset;
        if (!found.is_last && found.next_offset <= request.offset)
            return fail(ErrorKind::CorruptReply, "FindItem: a page that leads nowhere");
        out.push_back(std::move(found));
    }
    return out;
}

Result<FoundItemTimes> decode_find_item_times(const SoapReply& reply,
                                              const FindItemRequest& request) {
    auto found = decode_find_item(reply, request);
    if (!found) return std::unexpected(std::move(found.error()));
    if (!found->front()) return std::unexpected(std::move(found->front().error()));
    FoundItemTimes out;
    out.is_last = found->front()->is_last;
    out.next_offset = found->front()->next_offset;
    const XmlNode root =
        reply.response.child("ResponseMessages").first().child("RootFolder").child("Items");
    for (const XmlNode& item : root) {
        const auto modified = item.child_time("LastModifiedTime");
        if (!modified) return fail(ErrorKind::CorruptReply, "FindItem: an item without a time");
        out.items.push_back({read_item_id(item), *modified});
    }
    return out;
}

}  // namespace liaison::ews
