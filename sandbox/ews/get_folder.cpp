#include <pugixml.hpp>

#include "sandbox/ews/folder_writer.hpp"

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
        const auto folder = resolve_folder(context, id);
        if (!folder) {
            response.error(folder.error());
            continue;
        }
        std::string payload = "<m:Folders>";
        append_folder(payload, context, **folder, *shape);
        response.success(payload + "</m:Folders>");
    }
    return response.finish();
}

}  // namespace liaison::sandbox::ews
