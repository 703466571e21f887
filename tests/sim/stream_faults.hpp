#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "core/ports/byte_stream.hpp"
#include "tests/sim/catalogue.hpp"
#include "tests/sim/felt.hpp"

namespace liaison::sim {

/// The network between Liaison and Exchange: F01, F02, F04 to F10 and F12 of the catalogue.
///
/// Works on bytes. One exchange of a keep-alive connection suffers at most one fault. `dice` and
/// `watch` must outlive it and its streams.
class StreamFaults {
public:
    StreamFaults(FaultDice& dice, FeltWatch& watch);
    ~StreamFaults();
    StreamFaults(const StreamFaults&) = delete;
    StreamFaults& operator=(const StreamFaults&) = delete;

    /// The same connector with faults. What it wraps lives as long as it.
    std::unique_ptr<StreamConnector> wrap(std::unique_ptr<StreamConnector> inner);

    /// Told when a write was applied and its answer lost: what a user does at this moment.
    std::function<void(const SeenRequest&)> on_answer_lost;
    /// Told before a request leaves; true: it does not, and the connection ends.
    std::function<bool(const SeenRequest&)> on_request;
    /// Told when a whole reply is there, before the client sees a byte of it.
    std::function<void(const SeenRequest&)> on_reply;
    /// Told each second for how long the client has waited for a slow reply.
    std::function<void(const SeenRequest&, std::chrono::seconds)> on_wait;

    struct Shared;

private:
    std::shared_ptr<Shared> shared_;
};

}  // namespace liaison::sim
