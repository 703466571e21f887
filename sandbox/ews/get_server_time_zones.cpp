#include <pugixml.hpp>

#include "sandbox/ews/lexical.hpp"
#include "sandbox/ews/request_context.hpp"
#include "sandbox/ews/xml_text.hpp"
#include "sandbox/ews/zone_definition.hpp"
#include "sandbox/windows_zones.hpp"

namespace liaison::sandbox::ews {

Reply get_server_time_zones(const RequestContext& context, const pugi::xml_node& request) {
    ResponseWriter response(context, "GetServerTimeZones", "<m:TimeZoneDefinitions/>");
    if (response.refused()) return response.finish();
    const pugi::xml_attribute wanted = request.attribute("ReturnFullTimeZoneData");
    const bool full =
        !wanted || parse_boolean(wanted.value()).value_or(true);  // true by default (ED)
    std::string payload = "<m:TimeZoneDefinitions>";
    if (const pugi::xml_node ids = request.child("Ids")) {
        for (const pugi::xml_node id : ids.children("Id")) {
            const std::string name = element_text(id);
            if (iana_zone_of(name))
                append_zone_definition(payload, name, full, context.store.now());
        }
    } else {
        for (const std::string_view id : windows_zone_ids()) {
            append_zone_definition(payload, id, full, context.store.now());
        }
    }
    response.success(payload += "</m:TimeZoneDefinitions>");
    return response.finish();
}

}  // namespace liaison::sandbox::ews
