#pragma once
#include <filesystem>
#include <memory>

#include "core/ports/address_book.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/interaction_sink.hpp"
#include "core/ports/sync_endpoint.hpp"
#include "core/ports/worker.hpp"
#include "core/result.hpp"

namespace liaison::crm {

/// The CRM that comes with Liaison: one SQLite file of its own, which other programs (`liaison
/// crm`, a SQL shell) may edit at the same time. Wears the three ports of the CRM side. Blocking
/// work runs on `worker`; `worker` and `clock` must outlive it.
class EmbeddedCrm {
public:
    /// Opens or creates the file and brings its schema up to date; blocking.
    static Result<std::unique_ptr<EmbeddedCrm>> open(const std::filesystem::path& path,
                                                     Worker& worker, const Clock& clock);
    ~EmbeddedCrm();
    EmbeddedCrm(const EmbeddedCrm&) = delete;
    EmbeddedCrm& operator=(const EmbeddedCrm&) = delete;

    SyncEndpoint& endpoint();
    InteractionSink& interactions();
    AddressBook& addresses();

private:
    class Ports;
    explicit EmbeddedCrm(std::unique_ptr<Ports> ports);
    std::unique_ptr<Ports> ports_;
};

}  // namespace liaison::crm
