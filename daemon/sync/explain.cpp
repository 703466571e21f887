#include "daemon/sync/explain.hpp"

namespace liaison::sync {

namespace {

std::string_view explain_side(Side side) { return side == Side::Crm ? "the CRM" : "Exchange"; }

std::string explain_effect(const Operation& operation) {
    const std::string side(explain_side(operation.side));
    switch (operation.kind) {
        case OperationKind::Create: return "Creates an item in " + side + ".";
        case OperationKind::Delete:
            return operation.side == Side::Exchange ? "Moves the item in Exchange to Deleted Items."
                                                    : "Deletes the item in the CRM.";
        case OperationKind::Update: break;
    }
    if (operation.patch.empty()) return "Marks the item in " + side + ".";
    return "Changes " + field_names(operation.patch) + " in " + side + ".";
}

std::string explain_state(const Operation& operation) {
    const std::string error =
        operation.last_error ? " (" + std::string(to_string(operation.last_error->kind)) + ")" : std::string();
    const std::string attempts = std::to_string(operation.attempts);
    switch (operation.state) {
        case OperationState::Queued:
            if (operation.attempts == 0) return {};
            return " Tried " + attempts + " times" + error + "; not again before " +
                   format_timestamp(operation.due) + ".";
        case OperationState::Sent: return " Sent; the answer is not known yet" + error + ".";
        case OperationState::Rejected:
            return " Refused after " + attempts + " attempts" + error + "; it waits until either item changes.";
    }
    return {};
}

}  // namespace

std::string_view explain(Reason reason) {
    switch (reason) {
        case Reason::NewInCrm: return "The CRM has an item that the mailbox does not have yet.";
        case Reason::NewInExchange: return "The rep made an item that the CRM does not have yet.";
        case Reason::ChangedInCrm: return "The item was changed in the CRM since both sides last agreed.";
        case Reason::ChangedInExchange: return "The rep changed the item since both sides last agreed.";
        case Reason::MergedBoth: return "Both sides changed the item; their changes are merged field by field.";
        case Reason::GoneInCrm: return "The item was deleted in the CRM; a read of it confirmed that.";
        case Reason::GoneInExchange: return "The rep deleted the item; a read of it confirmed that.";
        case Reason::GoneOnBoth: return "The item is gone on both sides.";
        case Reason::EditOutranksDeletion:
            return "One side deleted the item while the other changed it; the change is kept and the item made again.";
        case Reason::LeftScopeInCrm: return "The CRM item no longer belongs to what is mirrored for this rep.";
        case Reason::LeftScopeInExchange: return "The rep moved the item out of the folder that is mirrored.";
        case Reason::MatchedByToken: return "The item carries Liaison's mark, which names its counterpart.";
        case Reason::MatchedByUid: return "Both items have the same calendar identity.";
        case Reason::MatchedByContent: return "Both items say the same, and no other candidate does.";
        case Reason::StateColour: return "The category for planned, overdue or done no longer fits the item's state.";
        case Reason::StampToken: return "The item gets Liaison's mark, so that it is recognised whatever happens.";
        case Reason::CopyReleased:
            return "Somebody copied a mirrored item; the copy loses Liaison's mark and stands alone.";
        case Reason::AttendeeCopy: return "It is an attendee's copy of a meeting; the organiser's copy is the truth.";
        case Reason::AcknowledgedEcho: return "Both sides say the same already.";
        case Reason::SeriesNotSupported: return "It is a series, which this version does not mirror.";
        case Reason::Unreadable: return "The item cannot be read as it should; it is tried again when it changes.";
        case Reason::PolicyForbids: return "The policy of this pair or the rights there do not allow the change.";
        case Reason::Ambiguous: return "Several items could be the counterpart; somebody has to decide.";
        case Reason::WaitsForOrganizer: return "The meeting is expected from the organiser's mailbox.";
        case Reason::PrivateItem: return "The rep marked the item as private; it stays in the mailbox.";
    }
    return "The reason is not known.";
}

std::string explain(const Operation& operation) {
    return explain_effect(operation) + ' ' + std::string(explain(operation.reason)) + explain_state(operation);
}

}  // namespace liaison::sync
