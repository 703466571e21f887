#pragma once
#include <cstddef>
#include <optional>
#include <set>
#include <vector>

#include "core/link.hpp"
#include "storage/database.hpp"
#include "storage/pair_table.hpp"

namespace liaison::storage {

/// Links with both anchors. A link is *touched* when reconcile has to look at it though no observation changed.
class LinkTable {
public:
    explicit LinkTable(Database& database) : database_(database) {}

    void insert(PairNumber pair, const Link& link, std::int64_t touch);
    std::optional<Link> find(PairNumber pair, LinkId id);
    /// The link or a StorageFailure: a plan spoke of a link that is not there.
    Link get(PairNumber pair, LinkId id);
    void set_anchor(PairNumber pair, LinkId id, Side side, const Anchor& anchor);
    void set_flags(const Link& link);
    void remove(LinkId id);
    void touch(LinkId id, std::int64_t touch);
    void clear_touched(PairNumber pair, std::int64_t watermark);

    std::optional<LinkId> find_token(PairNumber pair, const CorrelationToken& token);
    std::set<std::int64_t> touched_or_due(PairNumber pair, Date today);
    std::set<std::int64_t> all(PairNumber pair);
    std::size_t count(PairNumber pair);

private:
    Database& database_;
};

}  // namespace liaison::storage
