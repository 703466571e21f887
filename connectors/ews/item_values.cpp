#include "connectors/ews/item_values.hpp"

#include "connectors/zones.hpp"
#include "core/text.hpp"

namespace liaison::ews {

std::string read_importance(const XmlNode& item) {
    const std::string name = item.child_text("Importance");
    if (name == "High") return "high";
    if (name == "Low") return "low";
    return "normal";
}

std::string_view importance_name(std::string_view priority) {
    if (priority == "high") return "High";
    if (priority == "low") return "Low";
    return "Normal";
}

std::optional<Date> read_date(const XmlNode& item, std::string_view element, std::string_view zone) {
    const std::string text = item.child_text(element);
    const std::string_view value = trim(text);
    if (const auto instant = parse_timestamp(value)) {
        // With an offset that is not UTC the server shows local midnight: the text's own day is meant.
        if (value.find_first_of("Zz", 10) == std::string_view::npos)
            if (const auto wall = parse_wall(value.substr(0, 19)); wall && value.substr(11, 5) == "00:00")
                return Date{std::chrono::floor<std::chrono::days>(*wall)};
        return date_in_disguise(*instant, zone);
    }
    // Without an offset, or a bare date (with a zone, as xs:date allows).
    return parse_date(value.substr(0, 10));
}

std::string format_instant(Timestamp t) {
    return format_wall(WallTime{std::chrono::floor<std::chrono::seconds>(t).time_since_epoch()}) + "Z";
}

}  // namespace liaison::ews
