#include <pugixml.hpp>

#include "sandbox/ews/folder_writer.hpp"
#include "sandbox/ews/mailbox_routing.hpp"

namespace liaison::sandbox::ews {

Reply get_folder(const RequestContext& context, const pugi::xml_node& request) {
    ResponseWriter response(context, "GetFolder", "<m:Folders/>");
    const auto shape = FolderShape::read(request.child("FolderShape"));
    for (const pugi::xml_node id : request.child("FolderIds").children()) {
        if (id.type() != pugi::node_element || response.refused()) continue;
        if (!shape) {
            response.error(shape.error());
            continue;
        }
        // Folders of several mailboxes may be asked for at once.
        const auto mailbox = mailbox_of_request(context.store, context.mailbox, id);
        if (!mailbox) {
            response.error(mailbox.error());
            continue;
        }
        RequestContext owner = context;
        owner.mailbox = *mailbox;
        const auto folder = resolve_folder(owner, id);
        if (!folder) {
            response.error(folder.error());
            continue;
        }
        std::string payload = "<m:Folders>";
        append_folder(payload, owner, **folder, *shape);
        response.success(payload + "</m:Folders>");
    }
    return response.finish();
}

}  // namespace liaison::sandbox::ews
