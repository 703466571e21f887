#include <pugixml.hpp>

#include "sandbox/ews/request_context.hpp"

namespace liaison::sandbox::ews {

Reply delete_attachment(const RequestContext& context, const pugi::xml_node& request) {
    ResponseWriter response(context, "DeleteAttachment", "");
    for (const pugi::xml_node id : request.child("AttachmentIds").children("AttachmentId")) {
        if (response.refused()) continue;
        const std::string_view attachment_id = id.attribute("Id").value();
        const Item* owner = context.store.find_attachment_owner(context.mailbox, attachment_id);
        if (owner == nullptr) {
            response.error({"ErrorItemNotFound", "The attachment was not found in the store.", {}});
            continue;
        }
        const std::string item_id = owner->id;
        if (const auto gone = context.store.delete_attachment(context.mailbox, attachment_id);
            !gone) {
            response.error(from_store(gone.error(), "ErrorItemNotFound"));
            continue;
        }
        const Item* changed = context.store.find_item(context.mailbox, item_id);
        response.success("<m:RootItemId RootItemId=\"" + item_id + "\" RootItemChangeKey=\"" +
                         changed->change_key + "\"/>");
    }
    return response.finish();
}

}  // namespace liaison::sandbox::ews
