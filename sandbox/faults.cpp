#include "sandbox/faults.hpp"

#include "sandbox/graph/graph_faults.hpp"

#include <array>
#include <utility>

#include "core/http_message.hpp"

namespace liaison::sandbox {
namespace {

constexpr std::array<std::pair<FaultKind, std::string_view>, 25> fault_kind_names{{
    {FaultKind::DropBeforeCommit, "drop_before_commit"},
    {FaultKind::DropAfterCommit, "drop_after_commit"},
    {FaultKind::ServerBusy, "server_busy"},
    {FaultKind::HttpUnavailable, "http_unavailable"},
    {FaultKind::TruncatedReply, "truncated_reply"},
    {FaultKind::Slow, "slow"},
    {FaultKind::InvalidSyncState, "invalid_sync_state"},
    {FaultKind::EmptyListing, "empty_listing"},
    {FaultKind::InternalServerError, "internal_server_error"},
    {FaultKind::HttpStatus, "http_status"},
    {FaultKind::SoapFault, "soap_fault"},
    {FaultKind::ResponseCode, "response_code"},
    {FaultKind::MixedBatch, "mixed_batch"},
    {FaultKind::BatchStopped, "batch_stopped"},
    {FaultKind::PartMissing, "part_missing"},
    {FaultKind::PoisonedItem, "poisoned_item"},
    {FaultKind::EmptyPageMore, "empty_page_more"},
    {FaultKind::LoopingFeed, "looping_feed"},
    {FaultKind::OldGeneration, "old_generation"},
    {FaultKind::HiddenChanges, "hidden_changes"},
    {FaultKind::FalseRemoval, "false_removal"},
    {FaultKind::TwiceInPage, "twice_in_page"},
    {FaultKind::ShortPage, "short_page"},
    {FaultKind::UnknownElements, "unknown_elements"},
    {FaultKind::RawCharacters, "raw_characters"},
}};

// splitmix64: small, seedable, the same on every platform.
std::uint64_t next_fault_number(std::uint64_t& state) {
    state += 0x9e3779b97f4a7c15u;
    std::uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

}  // namespace

std::string_view to_string(FaultKind kind) {
    for (const auto& [value, name] : fault_kind_names) {
        if (value == kind) return name;
    }
    return "unknown";
}

std::optional<FaultKind> parse_fault_kind(std::string_view name) {
    for (const auto& [value, text] : fault_kind_names) {
        if (text == name) return value;
    }
    return std::nullopt;
}

// Faults that mean nothing to an operation wait for one to which they do.
bool fault_applies(FaultKind kind, std::string_view operation) {
    if (operation.starts_with("graph:")) return graph_fault_applies(kind, operation);
    switch (kind) {
        case FaultKind::InvalidSyncState:
            return operation.starts_with("SyncFolder");
        case FaultKind::EmptyListing:
            return operation.starts_with("SyncFolder") || operation.starts_with("Find");
        case FaultKind::PoisonedItem:
            return operation == "GetItem";
        case FaultKind::EmptyPageMore:
        case FaultKind::LoopingFeed:
        case FaultKind::OldGeneration:
        case FaultKind::HiddenChanges:
        case FaultKind::FalseRemoval:
        case FaultKind::TwiceInPage:
            return operation == "SyncFolderItems";
        case FaultKind::ShortPage:
            return operation == "FindItem";
        default:
            return true;
    }
}

void Faults::clear() {
    faults_.clear();
    poisoned_.clear();
}

Result<void> Faults::add(Fault fault) {
    if (fault.operation.empty())
        return fail(ErrorKind::InvalidRequest, "fault: operation is empty (use *)");
    if (fault.mailbox.empty())
        return fail(ErrorKind::InvalidRequest, "fault: mailbox is empty (use *)");
    if (!(fault.probability >= 0.0 && fault.probability <= 1.0)) {
        return fail(ErrorKind::InvalidRequest, "fault: probability must be from 0 to 1");
    }
    if (fault.percent > 99)
        return fail(ErrorKind::InvalidRequest, "fault: percent must be from 0 to 99");
    if (fault.status < 300 || fault.status > 599)
        return fail(ErrorKind::InvalidRequest, "fault: status must be from 300 to 599");
    if (!fault.code.starts_with("Error") || fault.code.size() > 100)
        return fail(ErrorKind::InvalidRequest, "fault: code must be a response code (Error...)");
    if (fault.milliseconds > 3'600'000) {
        return fail(ErrorKind::InvalidRequest, "fault: milliseconds must be at most 3600000");
    }
    if (faults_.size() >= 1'000)
        return fail(ErrorKind::TooLarge, "fault: there are 1000 faults already");
    faults_.push_back(std::move(fault));
    return {};
}

std::optional<Fault> Faults::next(std::string_view operation, std::string_view mailbox) {
    if (source) {
        if (auto given = source(operation, mailbox)) {
            ++hits_;
            return given;
        }
    }
    for (std::size_t at = 0; at < faults_.size(); ++at) {
        Fault& fault = faults_[at];
        if (fault.operation != "*" && fault.operation != operation) continue;
        if (!fault_applies(fault.kind, operation)) continue;
        if (fault.mailbox != "*" && !iequals(fault.mailbox, mailbox)) continue;
        if (fault.after > 0) {
            --fault.after;
            continue;
        }
        if (fault.probability < 1.0) {
            const double draw = static_cast<double>(next_fault_number(state_) >> 11) * 0x1.0p-53;
            if (draw >= fault.probability) continue;
        }
        Fault hit = fault;
        if (fault.times == 1) {
            faults_.erase(faults_.begin() + static_cast<std::ptrdiff_t>(at));
        } else if (fault.times > 1) {
            --fault.times;
        }
        ++hits_;
        return hit;
    }
    return std::nullopt;
}

}  // namespace liaison::sandbox
