#pragma once
#include "sandbox/ews/request_context.hpp"

namespace liaison::sandbox::ews {

/// MoveItem and CopyItem differ in what they leave behind only.
Reply move_or_copy(const RequestContext& context, const pugi::xml_node& request, bool copies);

}  // namespace liaison::sandbox::ews
