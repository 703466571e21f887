#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace liaison::sandbox {

enum class FaultKind {
    DropBeforeCommit,  ///< the request is not carried out, the connection is cut without an answer
    DropAfterCommit,   ///< the request is carried out, the connection is cut without an answer
    ServerBusy,        ///< SOAP fault ErrorServerBusy with BackOffMilliseconds = `milliseconds`
    HttpUnavailable,   ///< HTTP 503, with Retry-After when `milliseconds` is not 0; not carried out
    TruncatedReply,    ///< carried out; only `percent` percent of the reply's bytes come, then the
                       ///< connection is cut
    Slow,              ///< carried out; the answer comes after `milliseconds`
    InvalidSyncState,  ///< SyncFolderItems and SyncFolderHierarchy answer ErrorInvalidSyncStateData
    EmptyListing,      ///< FindItem, FindFolder and Sync* answer as if the folder were empty
    InternalServerError,  ///< ErrorInternalServerError in every response message; not carried out
};

std::string_view to_string(FaultKind kind);
std::optional<FaultKind> parse_fault_kind(std::string_view name);

struct Fault {
    FaultKind kind = FaultKind::ServerBusy;
    std::string operation = "*";  ///< SOAP operation name ("CreateItem"), or * for any
    std::string mailbox = "*";    ///< address of the mailbox that the request is for, or *
    std::uint32_t times = 1;      ///< how many requests it still hits; 0: no limit
    double probability =
        1.0;  ///< of each matching request, by a generator seeded in the constructor
    std::uint32_t after = 0;         ///< matching requests to let pass first
    std::uint32_t milliseconds = 0;  ///< of ServerBusy, HttpUnavailable, Slow
    std::uint32_t percent = 50;      ///< of TruncatedReply, 0 to 99
};

/// The faults that the faces inject. Deterministic for a seed and a sequence of requests.
class Faults {
public:
    explicit Faults(std::uint64_t seed = 1) : state_(seed) {}

    /// InvalidRequest with a reason when a member is out of its range.
    Result<void> add(Fault fault);
    void clear() { faults_.clear(); }
    const std::vector<Fault>& all() const { return faults_; }
    /// How many requests were hit since the start.
    std::uint64_t hits() const { return hits_; }

    /// Asked once per request by a face; takes the first fault that matches and counts it down.
    std::optional<Fault> next(std::string_view operation, std::string_view mailbox);

private:
    std::vector<Fault> faults_;
    std::uint64_t state_;
    std::uint64_t hits_ = 0;
};

}  // namespace liaison::sandbox
