#include <pugixml.hpp>

#include "sandbox/ews/item_writer.hpp"

namespace liaison::sandbox::ews {

Reply get_item(const RequestContext& context, const pugi::xml_node& request) {
    ResponseWriter response(context, "GetItem", "<m:Items/>");
    const auto shape = ItemShape::read(request.child("ItemShape"), false);
    std::optional<ItemWriter> writer;
    if (shape) writer.emplace(context, *shape);
    for (const pugi::xml_node id : request.child("ItemIds").children()) {
        if (id.type() != pugi::node_element || response.refused()) continue;
        if (!writer) {
            response.error(shape.error());
            continue;
        }
        const auto item = resolve_item(context, id);
        if (!item) {
            response.error(item.error());
            continue;
        }
        std::string payload = "<m:Items>";
        if (auto ok = writer->write(payload, **item); !ok) {
            response.error(ok.error());
            continue;
        }
        response.success(payload += "</m:Items>");
    }
    return response.finish();
}

}  // namespace liaison::sandbox::ews
