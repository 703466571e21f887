#include "connectors/ews/element_order.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <tuple>

namespace liaison::ews {

namespace {

// Those elements of each sequence that Liaison writes, in the order of the schema.
constexpr std::array<std::string_view, 9> kItemOrder = {
    "Subject",     "Sensitivity",  "Body", "Categories", "Importance", "ReminderDueBy", "ReminderIsSet",
    "ReminderMinutesBeforeStart", "ExtendedProperty"};
constexpr std::array<std::string_view, 6> kTaskOrder = {"ActualWork", "DueDate", "Mileage", "PercentComplete", "StartDate",
                                                        "Status"};
constexpr std::array<std::string_view, 11> kCalendarOrder = {
    "UID",      "Start",     "End",           "IsAllDayEvent", "LegacyFreeBusyStatus", "Location", "RequiredAttendees",
    "OptionalAttendees", "Resources", "StartTimeZone", "EndTimeZone"};
constexpr std::array<std::string_view, 14> kContactOrder = {
    "FileAs",         "DisplayName",       "GivenName",    "Initials", "MiddleName",       "CompanyName",
    "EmailAddresses", "PhysicalAddresses", "PhoneNumbers", "Birthday", "BusinessHomePage", "Department",
    "JobTitle",       "Surname"};
constexpr std::array<std::string_view, 2> kAddressKeys = {"Business", "Other"};
constexpr std::array<std::string_view, 5> kAddressOrder = {"<t:Street>", "<t:City>", "<t:State>", "<t:CountryOrRegion>",
                                                           "<t:PostalCode>"};

template <std::size_t N>
std::size_t position_in(const std::array<std::string_view, N>& order, std::string_view name) {
    return static_cast<std::size_t>(std::find(order.begin(), order.end(), name) - order.begin());
}

std::size_t element_rank(EntityKind kind, std::string_view element) {
    const std::size_t base = position_in(kItemOrder, element);
    if (base < kItemOrder.size()) return base;
    std::size_t own = 0;
    std::size_t size = 0;
    switch (kind) {
        case EntityKind::Task: own = position_in(kTaskOrder, element); size = kTaskOrder.size(); break;
        case EntityKind::Appointment: own = position_in(kCalendarOrder, element); size = kCalendarOrder.size(); break;
        case EntityKind::Contact: own = position_in(kContactOrder, element); size = kContactOrder.size(); break;
    }
    if (own == size) throw std::logic_error("element without a place in the item: " + std::string(element));
    return kItemOrder.size() + own;
}

/// Place of an address part inside its t:Entry; 0 for everything else.
std::size_t part_rank(const PropertyWrite& write) {
    if (write.element != "PhysicalAddresses") return 0;
    const std::size_t key = position_in(kAddressKeys, write.entry_key);
    for (std::size_t i = 0; i < kAddressOrder.size(); ++i)
        if (write.xml.starts_with(kAddressOrder[i])) return key * 10 + i;
    return key * 10 + 9;
}

}  // namespace

std::string_view item_element(EntityKind kind) {
    switch (kind) {
        case EntityKind::Task: return "Task";
        case EntityKind::Appointment: return "CalendarItem";
        case EntityKind::Contact: return "Contact";
    }
    return "Task";
}

void write_new_item(XmlWriter& xml, EntityKind kind, std::vector<PropertyWrite> writes) {
    std::erase_if(writes, [](const PropertyWrite& w) { return w.xml.empty(); });
    std::sort(writes.begin(), writes.end(), [&](const PropertyWrite& a, const PropertyWrite& b) {
        return std::tuple(element_rank(kind, a.element), part_rank(a), std::string_view(a.xml)) <
               std::tuple(element_rank(kind, b.element), part_rank(b), std::string_view(b.xml));
    });
    const std::string element = "t:" + std::string(item_element(kind));
    xml.open(element);
    for (std::size_t i = 0; i < writes.size();) {
        const PropertyWrite& first = writes[i];
        if (first.entry_key.empty()) {
            xml.raw(first.xml);
            ++i;
            continue;
        }
        const bool in_entry = first.element == "PhysicalAddresses";
        const std::string container = "t:" + first.element;
        xml.open(container);
        while (i < writes.size() && "t:" + writes[i].element == container) {
            const std::string key = writes[i].entry_key;
            if (in_entry) xml.open("t:Entry").attribute("Key", key);
            do {
                xml.raw(writes[i].xml);
                ++i;
            } while (in_entry && i < writes.size() && "t:" + writes[i].element == container && writes[i].entry_key == key);
            if (in_entry) xml.close("t:Entry");
        }
        xml.close(container);
    }
    xml.close(element);
}

}  // namespace liaison::ews
