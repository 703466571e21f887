#include <array>
#include <map>

#include "connectors/ews/calendar_item.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace liaison::ews {

namespace {

struct AttendeeRole {
    std::string_view role;
    std::string_view element;
    std::string_view uri;
};
constexpr std::array<AttendeeRole, 3> kAttendeeRoles = {{
    {"required", "RequiredAttendees", "calendar:RequiredAttendees"},
    {"optional", "OptionalAttendees", "calendar:OptionalAttendees"},
    {"resource", "Resources", "calendar:Resources"},
}};

std::string response_token(std::string_view name) {
    if (name == "Accept") return "accepted";
    if (name == "Tentative") return "tentative";
    if (name == "Decline") return "declined";
    return "none";  // Unknown, NoResponseReceived
}

}  // namespace

AttendeeList read_attendees(const XmlNode& item, std::string_view organizer) {
    std::map<std::string, Attendee> by_address;
    for (const AttendeeRole& role : kAttendeeRoles) {
        for (const XmlNode& node : item.child(role.element)) {
            if (by_address.size() >= limits::attendees_max) break;
            const XmlNode mailbox = node.child("Mailbox");
            Attendee person;
            person.address = normal_address(mailbox.child_text("EmailAddress"));
            person.name = normal_line(mailbox.child_text("Name"));
            person.role = std::string(role.role);
            person.response = response_token(node.child_text("ResponseType"));
            if (person.address.empty()) person.address = normal_address(person.name);
            if (normal_address(person.name) == person.address)
                person.name.clear();  // the server's stand-in for none
            if (person.address.empty() || person.address == organizer) continue;
            if (node.child_text("ResponseType") == "Organizer") continue;
            const auto [at, fresh] = by_address.try_emplace(person.address, person);
            if (!fresh && at->second.response == "none" && person.response != "none")
                at->second.response = person.response;
        }
    }
    AttendeeList list;
    for (auto& [address, person] : by_address) list.push_back(std::move(person));
    return list;
}

void write_attendees(const PatchView& patch, std::vector<PropertyWrite>& out) {
    if (!patch.has(Field::Attendees)) return;
    const AttendeeList* given = patch.get<AttendeeList>(Field::Attendees);
    const AttendeeList list = given ? stored_attendees(*given) : AttendeeList{};
    for (const AttendeeRole& role : kAttendeeRoles) {
        PropertyWrite write{PropertyPath::plain(role.uri), std::string(role.element), {}, {}};
        std::string inner;
        XmlWriter xml(inner);
        for (const Attendee& person : list) {
            if (person.role != role.role) continue;
            xml.open("t:Attendee").open("t:Mailbox");
            if (!person.name.empty()) xml.leaf("t:Name", person.name);
            xml.leaf("t:EmailAddress", person.address);
            if (is_x500_address(person.address)) xml.leaf("t:RoutingType", "EX");
            xml.close("t:Mailbox").close("t:Attendee");
        }
        const std::string element = "t:" + std::string(role.element);
        if (!inner.empty()) XmlWriter(write.xml).open(element).raw(inner).close(element);
        out.push_back(std::move(write));
    }
}

}  // namespace liaison::ews
