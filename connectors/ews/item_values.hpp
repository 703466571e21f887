#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "connectors/ews/xml.hpp"
#include "core/time.hpp"

namespace liaison::ews {

/// item:Importance as a token (low, normal, high); absent is normal.
std::string read_importance(const XmlNode& item);
std::string_view importance_name(std::string_view priority);
/// A date that travels as an instant (date_in_disguise).
std::optional<Date> read_date(const XmlNode& item, std::string_view element, std::string_view zone);
/// `2026-11-25T08:15:00Z`: whole seconds, as every client and server takes them.
std::string format_instant(Timestamp t);

}  // namespace liaison::ews
