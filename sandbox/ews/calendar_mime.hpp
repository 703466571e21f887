#pragma once
#include <string>

#include "sandbox/mailbox_types.hpp"

namespace liaison::sandbox::ews {

/// A calendar item as MIME: a text/calendar part with VTIMEZONE (RFC 5545), from which clients such
/// as DavMail read the time zone. Recurrence becomes RRULE; attendees and alarms are left out.
std::string calendar_mime(const Item& item, EpochMillis now);

}  // namespace liaison::sandbox::ews
