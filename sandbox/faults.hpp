#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace liaison::sandbox {

/// What goes wrong. Each says where a real Exchange or what stands before it does so: ED is
/// Microsoft's EWS documentation (office-developer-exchange-docs), then issues and pull requests.
enum class FaultKind {
    DropBeforeCommit,  ///< the request is not carried out, the connection is cut without an answer
    DropAfterCommit,   ///< the request is carried out, the connection is cut without an answer
    ServerBusy,        ///< SOAP fault ErrorServerBusy with BackOffMilliseconds = `milliseconds`
    HttpUnavailable,   ///< HTTP 503, with Retry-After when `milliseconds` is not 0; not carried out
    TruncatedReply,    ///< carried out; only `percent` percent of the reply's bytes come, then the
                       ///< connection is cut
    Slow,              ///< carried out; the answer comes after `milliseconds`
    InvalidSyncState,  ///< SyncFolderItems and SyncFolderHierarchy answer ErrorInvalidSyncStateData
                       ///< (ED: handling synchronization related errors)
    EmptyListing,      ///< FindItem, FindFolder and Sync* answer as if the folder were empty
    InternalServerError,  ///< ErrorInternalServerError in every response message; not carried out

    /// HTTP `status` with a Retry-After of `text` when that is not empty; not carried out. 401, 302
    /// and 503 are known from throttled servers (exchangelib, protocol.py), 403 from tenants that
    /// block EWS, 429 and 502 from gateways before it.
    HttpStatus,
    /// A SOAP fault with the response code `code` and, when `milliseconds` is not 0, a
    /// BackOffMilliseconds; not carried out (ED: EWS throttling, responsecode).
    SoapFault,
    /// `code` in every response message; not carried out (ED: responsecode).
    ResponseCode,
    /// `code` in the response messages whose bit is set in `mask`; these are not carried out. ED:
    /// each item of a batch has an outcome of its own.
    MixedBatch,
    /// From the input number `count` on ErrorBatchProcessingStopped as a warning; these are not
    /// carried out (ED: responsecode; GNOME/evolution-ews 17).
    BatchStopped,
    /// Everything is carried out, the response message number `count` is missing.
    PartMissing,
    /// GetItem only. The item number `count` of this request is corrupt from now on: together with
    /// others it makes the server refuse the whole batch (alcionai/corso 5191), alone it answers
    /// ErrorItemCorrupt. Until `clear`.
    PoisonedItem,
    /// SyncFolderItems only: no changes, another state, more to come (a change filtered by rights
    /// leaves such a page).
    EmptyPageMore,
    /// SyncFolderItems only: no changes, the same state, more to come.
    LoopingFeed,
    /// SyncFolderItems only: the answer begins `count` changes before the state that was given
    /// (a mailbox after a failover that lost its last transactions).
    OldGeneration,
    /// SyncFolderItems only: the last `count` changes are not there yet (delayed visibility after a
    /// failover or on a passive copy).
    HiddenChanges,
    /// SyncFolderItems only: an item that is there is reported as deleted as well
    /// (microsoft-graph-docs 6599).
    FalseRemoval,
    /// SyncFolderItems only: a change is there twice, the newer first.
    TwiceInPage,
    /// FindItem only: at most `count` items in a page (ED: EWS throttling, a find over the budget
    /// is cut short and IncludesLastItemInRange is false).
    ShortPage,
    /// Elements that no schema names stand in the items of the reply (a newer server).
    UnknownElements,
    /// What XML forbids comes as numeric entities such as &#x1F; (OfficeDev/ews-java-api 156).
    RawCharacters,
};

std::string_view to_string(FaultKind kind);
std::optional<FaultKind> parse_fault_kind(std::string_view name);

struct Fault {
    FaultKind kind = FaultKind::ServerBusy;
    std::string operation = "*";  ///< SOAP operation name ("CreateItem"), or that of
                                  ///< a Graph request (graph_operation_name), or * for any
    std::string mailbox = "*";    ///< address of the mailbox that the request is for, or *
    std::uint32_t times = 1;      ///< how many requests it still hits; 0: no limit
    double probability =
        1.0;  ///< of each matching request, by a generator seeded in the constructor
    std::uint32_t after = 0;         ///< matching requests to let pass first
    std::uint32_t milliseconds = 0;  ///< of ServerBusy, HttpUnavailable, Slow, SoapFault
    std::uint32_t percent = 50;      ///< of TruncatedReply, 0 to 99
    std::uint32_t status = 503;      ///< of HttpStatus, 300 to 599
    std::uint32_t count = 1;         ///< see the kinds
    std::uint32_t mask = 1;          ///< of MixedBatch, over the inputs; repeats after 32
    std::string code = "ErrorInternalServerError";  ///< of SoapFault, ResponseCode, MixedBatch
    std::string text = {};  ///< of HttpStatus: Retry-After as it stands in the header
};

/// The faults that the faces inject. Deterministic for a seed and a sequence of requests.
class Faults {
public:
    explicit Faults(std::uint64_t seed = 1) : state_(seed) {}

    /// InvalidRequest with a reason when a member is out of its range.
    Result<void> add(Fault fault);
    void clear();
    const std::vector<Fault>& all() const { return faults_; }
    /// How many requests were hit since the start.
    std::uint64_t hits() const { return hits_; }

    /// Asked once per request by a face; takes the first fault that matches and counts it down.
    std::optional<Fault> next(std::string_view operation, std::string_view mailbox);
    /// Asked before the list; what it gives must apply to the operation. For the simulator.
    std::function<std::optional<Fault>(std::string_view operation, std::string_view mailbox)>
        source;
    /// Told after an operation was carried out, before the answer leaves. For the simulator.
    std::function<void(std::string_view operation, std::string_view mailbox)> carried_out;

    /// Item ids that PoisonedItem chose.
    void poison(std::string item_id) { poisoned_.insert(std::move(item_id)); }
    const std::set<std::string, std::less<>>& poisoned() const { return poisoned_; }

private:
    std::vector<Fault> faults_;
    std::set<std::string, std::less<>> poisoned_;
    std::uint64_t state_;
    std::uint64_t hits_ = 0;
};

/// Whether a fault of this kind means anything to an operation.
bool fault_applies(FaultKind kind, std::string_view operation);

}  // namespace liaison::sandbox
