#include <pugixml.hpp>

#include "sandbox/ews/item_writer.hpp"
#include "sandbox/ews/lexical.hpp"
#include "sandbox/ews/move_copy.hpp"
#include "sandbox/ews/xml_text.hpp"

namespace liaison::sandbox::ews {

Reply move_or_copy(const RequestContext& context, const pugi::xml_node& request, bool copies) {
    ResponseWriter response(context, copies ? "CopyItem" : "MoveItem", "<m:Items/>");
    const auto target =
        resolve_target_folder(context, request.child("ToFolderId"), "ErrorToFolderNotFound");
    // Into public folders no new ids are told (ED:r/moveitem-operation, ReturnNewItemIds).
    const bool ids = parse_boolean(element_text(request.child("ReturnNewItemIds"))).value_or(true) &&
                     context.mailbox != public_folders_address;
    for (const pugi::xml_node id : request.child("ItemIds").children()) {
        if (id.type() != pugi::node_element || response.refused()) continue;
        if (!target) {
            response.error(target.error());
            continue;
        }
        const auto item = resolve_item(context, id);
        if (!item) {
            response.error(item.error());
            continue;
        }
        const std::string item_id = (*item)->id;
        const auto made = copies ? context.store.copy_item(context.mailbox, item_id, (*target)->id)
                                 : context.store.move_item(context.mailbox, item_id, (*target)->id);
        if (!made) {
            response.error(from_store(made.error(), "ErrorItemNotFound"));
            continue;
        }
        std::string payload = "<m:Items>";
        if (ids) append_item_reference(payload, **made);
        response.success(payload += "</m:Items>");
    }
    return response.finish();
}

Reply move_item(const RequestContext& context, const pugi::xml_node& request) {
    return move_or_copy(context, request, false);
}

}  // namespace liaison::sandbox::ews
