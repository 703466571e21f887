#include <pugixml.hpp>

#include "sandbox/ews/item_editor.hpp"

namespace liaison::sandbox::ews {
namespace {

Outcome<std::string> attach_one(const RequestContext& context, const pugi::xml_node& parent,
                                const pugi::xml_node& element) {
    const auto item = resolve_item(context, parent);
    if (!item) return std::unexpected(item.error());
    auto made = read_attachment(element);
    if (!made) return std::unexpected(made.error());
    const std::string item_id = (*item)->id;
    const auto id = context.store.add_attachment(
        context.mailbox, item_id, std::move(made->attachment), std::move(made->content));
    if (!id) return std::unexpected(from_store(id.error(), "ErrorItemNotFound"));
    const Item* changed = context.store.find_item(context.mailbox, item_id);
    return "<m:Attachments><t:FileAttachment><t:AttachmentId Id=\"" + *id + "\" RootItemId=\"" +
           item_id + "\" RootItemChangeKey=\"" + changed->change_key +
           "\"/></t:FileAttachment></m:Attachments>";
}

}  // namespace

Reply create_attachment(const RequestContext& context, const pugi::xml_node& request) {
    ResponseWriter response(context, "CreateAttachment", "<m:Attachments/>");
    // m:ParentItemId is an ItemIdType under another name.
    pugi::xml_node parent = request.child("ParentItemId");
    parent.set_name("ItemId");
    for (const pugi::xml_node element : request.child("Attachments").children()) {
        if (element.type() != pugi::node_element || response.refused()) continue;
        const auto attached = attach_one(context, parent, element);
        if (attached) {
            response.success(*attached);
        } else {
            response.error(attached.error());
        }
    }
    return response.finish();
}

}  // namespace liaison::sandbox::ews
