#include "sandbox/ews/meeting_mail.hpp"

#include "sandbox/ews/xml_text.hpp"

namespace liaison::sandbox::ews {

std::vector<std::string> recipients_of(const Item& item) {
    std::vector<std::string> out;
    for (const std::string_view key :
         {"message:ToRecipients", "message:CcRecipients", "message:BccRecipients",
          "calendar:RequiredAttendees", "calendar:OptionalAttendees", "calendar:Resources"}) {
        const PropertyValue* value = item.properties.find(key);
        const auto* fragment = value == nullptr ? nullptr : std::get_if<Fragment>(value);
        if (fragment == nullptr) continue;
        std::string_view rest = fragment->xml;
        for (std::size_t end = 0; (end = rest.find("</t:Mailbox>")) != std::string_view::npos;
             rest.remove_prefix(end + 12)) {
            out.push_back(fragment_text(rest.substr(0, end), "t:EmailAddress"));
        }
    }
    return out;
}

}  // namespace liaison::sandbox::ews
