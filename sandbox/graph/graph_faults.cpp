#include "sandbox/graph/graph_faults.hpp"

#include "sandbox/ews/lexical.hpp"

namespace liaison::sandbox {

bool graph_fault_applies(FaultKind kind, std::string_view operation) {
    const bool delta = operation.ends_with("delta");
    const bool batch = operation.ends_with("$batch");
    switch (kind) {
        case FaultKind::DropBeforeCommit:
        case FaultKind::DropAfterCommit:
        case FaultKind::ServerBusy:
        case FaultKind::HttpUnavailable:
        case FaultKind::HttpStatus:
        case FaultKind::TruncatedReply:
        case FaultKind::Slow:
        case FaultKind::InternalServerError:
        case FaultKind::ResponseCode:
            return true;
        case FaultKind::InvalidSyncState:
        case FaultKind::EmptyPageMore:
        case FaultKind::LoopingFeed:
        case FaultKind::OldGeneration:
        case FaultKind::HiddenChanges:
        case FaultKind::FalseRemoval:
        case FaultKind::TwiceInPage:
            return delta;
        case FaultKind::EmptyListing:
        case FaultKind::UnknownElements:
            return operation.starts_with("graph:GET");
        case FaultKind::MixedBatch:
        case FaultKind::PartMissing:
            return batch;
        case FaultKind::SoapFault:
        case FaultKind::BatchStopped:
        case FaultKind::PoisonedItem:
        case FaultKind::ShortPage:
        case FaultKind::RawCharacters:
            break;
    }
    return false;
}

namespace graph {
namespace {

std::string whole_seconds(std::uint32_t milliseconds) {
    return std::to_string((milliseconds + 999) / 1000);
}

int status_of_fault_code(std::string_view code) {
    if (code == "ErrorItemNotFound") return 404;
    if (code == "ErrorAccessDenied") return 403;
    if (code == "ErrorIrresolvableConflict") return 409;
    if (code == "ErrorInternalServerError") return 500;
    if (code == "ErrorQuotaExceeded") return 507;
    if (code.ends_with("Transient") || code == "ErrorServerBusy" ||
        code == "ErrorMailboxStoreUnavailable" || code == "ErrorTimeoutExpired")
        return 503;
    return 400;
}

bool struck_by(const Call& call, FaultKind kind) {
    return call.fault != nullptr && call.fault->kind == kind;
}

Outcome<ItemChanges> stored_changes(const Call& call, std::string_view folder_id, SyncCursor from,
                                    std::size_t most) {
    auto changes = call.store.item_changes(call.mailbox, folder_id, from, most);
    if (!changes) return std::unexpected(from_store_error(changes.error()));
    return std::move(*changes);
}

}  // namespace

GraphError too_many_requests(const GraphQuirks& quirks) {
    GraphError out{
        429, "ApplicationThrottled", "Application is over its MailboxConcurrency limit.", {}};
    const std::uint32_t milli = quirks.throttle_seconds_milli;
    out.headers.emplace_back("Retry-After",
                             quirks.fractional_retry_after
                                 ? ews::format_double(static_cast<double>(milli) / 1000.0)
                                 : whole_seconds(milli));
    return out;
}

std::optional<GraphError> error_instead(const Fault& fault, const GraphQuirks& quirks) {
    switch (fault.kind) {
        case FaultKind::HttpUnavailable: {
            GraphError out{503, "serviceNotAvailable", "The service is not available.", {}};
            if (fault.milliseconds > 0)
                out.headers.emplace_back("Retry-After", whole_seconds(fault.milliseconds));
            return out;
        }
        case FaultKind::ServerBusy: {
            GraphError out = too_many_requests(quirks);
            out.headers = {{"Retry-After", whole_seconds(fault.milliseconds)}};
            return out;
        }
        case FaultKind::HttpStatus: {
            GraphError out{static_cast<int>(fault.status), "UnknownError", "", {}};
            if (!fault.text.empty()) out.headers.emplace_back("Retry-After", fault.text);
            return out;
        }
        case FaultKind::InternalServerError:
            return GraphError{500,
                              "ErrorInternalServerError",
                              "An internal server error occurred. The operation failed.",
                              {}};
        case FaultKind::ResponseCode:
            return GraphError{
                status_of_fault_code(fault.code), fault.code, "The request failed.", {}};
        default:
            return std::nullopt;
    }
}

Outcome<SeenChanges> read_changes(const Call& call, std::string_view folder_id, SyncCursor from,
                                  std::size_t most) {
    SeenChanges out;
    if (struck_by(call, FaultKind::EmptyPageMore) || struck_by(call, FaultKind::LoopingFeed)) {
        out.found.next = from;
        out.found.complete = false;
        out.same_state = call.fault->kind == FaultKind::LoopingFeed;
        return out;
    }
    if (struck_by(call, FaultKind::OldGeneration) && !from.first_round)
        from.sequence -= std::min<std::uint64_t>(from.sequence, call.fault->count);
    auto changes = stored_changes(call, folder_id, from, most);
    if (!changes) return std::unexpected(changes.error());
    out.found = std::move(*changes);
    if (struck_by(call, FaultKind::HiddenChanges) && !from.first_round && out.found.complete) {
        const std::size_t shown =
            out.found.changes.size() -
            std::min<std::size_t>(out.found.changes.size(), call.fault->count);
        out.found = ItemChanges{};
        out.found.next = from;
        if (shown > 0) {
            auto fewer = stored_changes(call, folder_id, from, shown);
            if (!fewer) return std::unexpected(fewer.error());
            out.found = std::move(*fewer);
        }
        out.found.complete = true;
        return out;
    }
    if (struck_by(call, FaultKind::TwiceInPage) && !out.found.changes.empty())
        out.found.changes.push_back(out.found.changes.front());
    if (struck_by(call, FaultKind::FalseRemoval)) {
        const auto items = call.store.items(call.mailbox, folder_id);
        if (!items.empty())
            out.found.changes.push_back({ItemChange::Kind::Delete, items.front()->id, nullptr});
    }
    return out;
}

}  // namespace graph
}  // namespace liaison::sandbox
