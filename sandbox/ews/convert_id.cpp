#include <pugixml.hpp>

#include "sandbox/ews/request_context.hpp"
#include "sandbox/ews/xml_text.hpp"
#include "sandbox/mailbox_ids.hpp"

namespace liaison::sandbox::ews {
namespace {

std::string hex_of(std::string_view bytes) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out.push_back(digits[byte >> 4]);
        out.push_back(digits[byte & 15]);
    }
    return out;
}

// EwsId only as source; the entry id stands at a fixed place in it (see mailbox_ids.cpp).
Outcome<std::string> converted(const RequestContext& context, const pugi::xml_node& source,
                               const std::string& format) {
    if (std::string_view(source.name()) != "AlternateId") {
        return ews_fail("ErrorInvalidOperation", "The sandbox has no public folders.");
    }
    // The form of the id tells all that is needed; the mailbox need only exist.
    const User* owner = context.store.find_user(source.attribute("Mailbox").value());
    if (owner == nullptr) return ews_fail("ErrorNonExistentMailbox", "The mailbox does not exist.");
    const std::string id = source.attribute("Id").value();
    const std::string_view from = source.attribute("Format").value();
    std::string bytes;
    if (from != "EwsId" || (format != "EwsId" && format != "HexEntryId" && format != "EntryId")) {
        return ews_fail("ErrorInvalidOperation",
                        "The sandbox converts from EwsId to EwsId, EntryId and HexEntryId only.");
    }
    if (!base64_decode(id, bytes) || bytes.size() < 43)
        return ews_fail("ErrorInvalidIdMalformed", "The id is malformed.");
    const std::string entry = bytes.substr(43);
    const std::string out = format == "EwsId"     ? id
                            : format == "EntryId" ? base64_encode(entry)
                                                  : hex_of(entry);
    return "<m:AlternateId xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
           "xsi:type=\"t:AlternateIdType\" Format=\"" +
           format + "\" Id=\"" + escaped(out) + "\" Mailbox=\"" + escaped(owner->address) + "\"/>";
}

}  // namespace

Reply convert_id(const RequestContext& context, const pugi::xml_node& request) {
    ResponseWriter response(context, "ConvertId", "");
    const std::string format = request.attribute("DestinationFormat").value();
    for (const pugi::xml_node source : request.child("SourceIds").children()) {
        if (source.type() != pugi::node_element || response.refused()) continue;
        const auto result = converted(context, source, format);
        if (result) {
            response.success(*result);
        } else {
            response.error(result.error());
        }
    }
    return response.finish();
}

}  // namespace liaison::sandbox::ews
