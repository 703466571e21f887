#include <pugixml.hpp>

#include "sandbox/ews/move_copy.hpp"

namespace liaison::sandbox::ews {

Reply copy_item(const RequestContext& context, const pugi::xml_node& request) {
    return move_or_copy(context, request, true);
}

}  // namespace liaison::sandbox::ews
