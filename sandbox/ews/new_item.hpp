#pragma once
#include <string>

#include "sandbox/ews/request_context.hpp"

namespace liaison::sandbox::ews {

/// IPM.Task, IPM.Appointment, IPM.Contact, IPM.Note; IPM.Item for others.
std::string class_of_kind(ItemKind kind);
/// What a new item has before its creator sets anything: organiser, reminder, draft flags, dates.
void set_defaults(const RequestContext& context, Item& item);
/// What Exchange fills in from what was set: calendar UID, subject of a contact, sender, topic.
void add_derived(const RequestContext& context, Item& item);

}  // namespace liaison::sandbox::ews
