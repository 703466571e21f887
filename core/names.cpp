#include "core/interaction.hpp"
#include "core/observation.hpp"
#include "core/operation.hpp"
#include "core/ports/mail_store.hpp"

namespace liaison {

std::string_view to_string(Side side) { return side == Side::Crm ? "crm" : "exchange"; }

std::string_view to_string(Reason reason) {
    switch (reason) {
        case Reason::NewInCrm: return "new_in_crm";
        case Reason::NewInExchange: return "new_in_exchange";
        case Reason::ChangedInCrm: return "changed_in_crm";
        case Reason::ChangedInExchange: return "changed_in_exchange";
        case Reason::MergedBoth: return "merged_both";
        case Reason::GoneInCrm: return "gone_in_crm";
        case Reason::GoneInExchange: return "gone_in_exchange";
        case Reason::GoneOnBoth: return "gone_on_both";
        case Reason::EditOutranksDeletion: return "edit_outranks_deletion";
        case Reason::LeftScopeInCrm: return "left_scope_in_crm";
        case Reason::LeftScopeInExchange: return "left_scope_in_exchange";
        case Reason::MatchedByToken: return "matched_by_token";
        case Reason::MatchedByUid: return "matched_by_uid";
        case Reason::MatchedByContent: return "matched_by_content";
        case Reason::StateColour: return "state_colour";
        case Reason::StampToken: return "stamp_token";
        case Reason::CopyReleased: return "copy_released";
        case Reason::AttendeeCopy: return "attendee_copy";
        case Reason::AcknowledgedEcho: return "acknowledged_echo";
        case Reason::SeriesNotSupported: return "series_not_supported";
        case Reason::Unreadable: return "unreadable";
        case Reason::PolicyForbids: return "policy_forbids";
        case Reason::Ambiguous: return "ambiguous";
        case Reason::WaitsForOrganizer: return "waits_for_organizer";
        case Reason::PrivateItem: return "private_item";
    }
    return "unreadable";
}

std::string_view to_string(OperationKind kind) {
    switch (kind) {
        case OperationKind::Create: return "create";
        case OperationKind::Update: return "update";
        case OperationKind::Delete: return "delete";
    }
    return "update";
}

std::string_view to_string(OperationState state) {
    switch (state) {
        case OperationState::Queued: return "queued";
        case OperationState::Sent: return "sent";
        case OperationState::Rejected: return "rejected";
    }
    return "queued";
}

std::string_view to_string(ThreadTie tie) {
    switch (tie) {
        case ThreadTie::Reference: return "reference";
        case ThreadTie::Index: return "thread_index";
        case ThreadTie::Topic: return "subject_participants";
    }
    return "reference";
}

std::string_view to_string(MailChoice::Verb verb) {
    switch (verb) {
        case MailChoice::Verb::None: return "none";
        case MailChoice::Verb::Link: return "link";
        case MailChoice::Verb::Ignore: return "ignore";
    }
    return "none";
}

std::string_view to_string(PartyKind kind) {
    switch (kind) {
        case PartyKind::User: return "user";
        case PartyKind::Contact: return "contact";
        case PartyKind::Company: return "company";
        case PartyKind::Lead: return "lead";
    }
    return "contact";
}

std::string_view to_string(MailDirection direction) {
    switch (direction) {
        case MailDirection::None: return "none";
        case MailDirection::Inbound: return "inbound";
        case MailDirection::Outbound: return "outbound";
    }
    return "none";
}

std::string_view to_string(MailOutcome outcome) {
    switch (outcome) {
        case MailOutcome::Log: return "logged";
        case MailOutcome::Unmatched: return "unmatched";
        case MailOutcome::Skip: return "skipped";
        case MailOutcome::Hold: return "held";
        case MailOutcome::Park: return "parked";
    }
    return "parked";
}

std::string_view to_string(IntakeState state) {
    switch (state) {
        case IntakeState::New: return "new";
        case IntakeState::ToLog: return "to_log";
        case IntakeState::ToMark: return "to_mark";
        case IntakeState::Done: return "done";
        case IntakeState::Parked: return "parked";
    }
    return "parked";
}

}  // namespace liaison
