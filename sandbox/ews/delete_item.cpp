#include <pugixml.hpp>

#include "sandbox/ews/meeting_mail.hpp"
#include "sandbox/ews/request_context.hpp"

namespace liaison::sandbox::ews {
namespace {

Outcome<void> delete_one(const RequestContext& context, const pugi::xml_node& request,
                         const pugi::xml_node& id) {
    const auto found = resolve_item(context, id);
    if (!found) return std::unexpected(found.error());
    const Item& item = **found;
    const std::string cancellations = request.attribute("SendMeetingCancellations").value();
    const std::string occurrences = request.attribute("AffectedTaskOccurrences").value();
    if (item.kind == ItemKind::Appointment && cancellations.empty()) {
        return ews_fail("ErrorSendMeetingCancellationsRequired",
                        "SendMeetingCancellations is required for calendar items.");
    }
    if (item.kind == ItemKind::Task && occurrences.empty()) {
        return ews_fail("ErrorAffectedTaskOccurrencesRequired",
                        "AffectedTaskOccurrences is required for tasks.");
    }
    if (item.kind == ItemKind::Task && occurrences == "SpecifiedOccurrenceOnly" &&
        item.properties.find("task:Recurrence") != nullptr) {
        return ews_fail("ErrorUnsupportedRecurrence",
                        "The sandbox does not delete one occurrence of a recurring task.");
    }
    if (item.kind == ItemKind::Appointment && cancellations != "SendToNone") {
        const auto people = recipients_of(item);
        if (!people.empty())
            context.store.record_sent(
                {context.mailbox, "DeleteItem", cancellations, item.id, people});
    }
    const std::string_view how = request.attribute("DeleteType").value();
    if (how == "HardDelete") {
        const auto gone = context.store.delete_item(context.mailbox, item.id);
        if (!gone) return std::unexpected(from_store(gone.error(), "ErrorItemNotFound"));
        return {};
    }
    const Folder* target = context.store.find_distinguished(
        context.mailbox, how == "SoftDelete" ? "recoverableitemsdeletions" : "deleteditems");
    const auto moved = context.store.move_item(context.mailbox, item.id, target->id);
    if (!moved) return std::unexpected(from_store(moved.error(), "ErrorItemNotFound"));
    return {};
}

}  // namespace

Reply delete_item(const RequestContext& context, const pugi::xml_node& request) {
    ResponseWriter response(context, "DeleteItem", "");
    for (const pugi::xml_node id : request.child("ItemIds").children()) {
        if (id.type() != pugi::node_element || response.refused()) continue;
        if (auto ok = delete_one(context, request, id); !ok) {
            response.error(ok.error());
        } else {
            response.success("");
        }
    }
    return response.finish();
}

}  // namespace liaison::sandbox::ews
