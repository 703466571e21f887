#pragma once
// The conformance suite of the port SyncEndpoint: what the engine relies on, friendly and unfriendly parts.
//
// How an adapter joins: derive a world, then instantiate the suite in a .cpp of this folder:
//
//     INSTANTIATE_TEST_SUITE_P(Ews, SyncEndpointSuite,
//         testing::Values(EndpointCase{"task", EntityKind::Task, make_ews_world}, ...), endpoint_case_name);
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/ports/sync_endpoint.hpp"
#include "net/run_loop.hpp"

namespace liaison::conformance {

/// One server with an empty collection per kind, and two ways into it.
class EndpointWorld {
public:
    virtual ~EndpointWorld() = default;
    virtual net::RunLoop& loop() = 0;
    /// What is tested.
    virtual SyncEndpoint& endpoint() = 0;
    /// Somebody else's hands on the same collections: a second adapter over the same server.
    virtual SyncEndpoint& outsider() = 0;
    virtual MailboxId mailbox() const = 0;
    /// The name of the CRM system in tokens.
    virtual std::string system() const { return "crm"; }
    /// Makes all cursors handed out so far invalid. False: this server cannot lose them.
    virtual bool expire_cursors(EntityKind) { return false; }
    /// Completes a record so that the system accepts it and shows it in the collection (owner, type, ...).
    virtual Record complete(Record record) const { return record; }
    /// True if the adapter promises a field to come back exactly as `project` says. False for fields that the server
    /// decides (completion date, organiser).
    virtual bool echoes(EntityKind, Field) const { return true; }
};

struct EndpointCase {
    std::string name;
    EntityKind kind = EntityKind::Task;
    std::function<std::unique_ptr<EndpointWorld>()> make;
};
inline void PrintTo(const EndpointCase& c, std::ostream* out) { *out << c.name; }
inline std::string endpoint_case_name(const testing::TestParamInfo<EndpointCase>& info) { return info.param.name; }

/// A record of `kind` with all ordinary fields set; `n` makes it different from others.
Record sample_record(EntityKind kind, int n);

class SyncEndpointSuite : public testing::TestWithParam<EndpointCase> {
protected:
    void SetUp() override;

    template <class T>
    T run(Async<T> work) {
        return net::run_to_end(world_->loop(), std::move(work));
    }
    SyncEndpoint& endpoint() { return world_->endpoint(); }
    SyncEndpoint& outsider() { return world_->outsider(); }
    const EndpointCapabilities& capabilities() { return endpoint().capabilities(kind_); }
    Record sample(int n) const { return world_->complete(sample_record(kind_, n)); }
    CorrelationToken token(int n) const;
    Observation create(SyncEndpoint& side, int n);
    /// Reads from `cursor` to the last page.
    std::vector<ChangePage> read_feed(Cursor cursor);
    /// The last observation per key of a feed reading.
    static std::map<ItemKey, Observation> last_of(const std::vector<ChangePage>& pages);
    /// The fields of `record` that the endpoint promises to echo.
    Record echoed(const Record& record);
    /// A patch that changes the subject (or display name block), write groups completed from `present`.
    Patch rename_patch(const Record& present, const std::string& text);

    std::unique_ptr<EndpointWorld> world_;
    EntityKind kind_ = EntityKind::Task;
    CollectionId collection_;
};

}  // namespace liaison::conformance
