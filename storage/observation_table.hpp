#pragma once
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/observation.hpp"
#include "storage/database.hpp"
#include "storage/pair_table.hpp"

namespace liaison::storage {

/// What both sides show, the newest state per key. A row is *touched* (with a sequence number) when
/// reconcile has to look at it, *free* when it belongs to no link, and *released* when it was
/// unlinked on purpose: then it is not taken for new until it changes.
///
/// What replaces what (law 6; known is stored, seen arrives; "older" by modified_at, where both
/// have one):
///
///   known       | seen a tombstone  | seen live, same version     | seen live, other version
///   ------------|-------------------|-----------------------------|-------------------------
///   live        | unless older      | if in another way (scope)   | unless older
///   unconfirmed | if it is confirmed| unless older                | unless older
///   confirmed   | never             | if newer (not a lagging one)| unless older
///
/// "If newer": a system that was restored from a backup gives its keys and versions anew.
/// "In another way": scope can change without the item (an activity type's registration). A
/// tombstone keeps version, modified_at and token of what went. A tombstone of a key that was never
/// seen is not stored.
class ObservationTable {
public:
    explicit ObservationTable(Database& database) : database_(database) {}

    /// Answers whether something changed. `touch` is the sequence number for what did.
    /// `generation` is the feed's; without it the observation comes from a read or from our own
    /// write, and what the feed has not shown (or has shown as gone) counts as *unshown*.
    bool absorb(PairNumber pair, Side side, const Observation& seen,
                std::optional<std::int64_t> generation, std::int64_t touch);
    /// Live items that the snapshot `generation` did not show become unconfirmed tombstones, but
    /// not what a read brought meanwhile and no link has taken yet.
    void sweep(PairNumber pair, Side side, std::int64_t generation, std::int64_t touch);

    /// Binds the row with `key` to `link`; another row of the link's side is set free and touched.
    void bind(PairNumber pair, Side side, const ItemKey& key, std::int64_t link,
              std::int64_t touch);
    /// The rows of a link that goes. Live ones are released unless they were touched after
    /// `watermark`.
    void unbind_all(std::int64_t link, std::int64_t watermark);

    std::optional<Observation> of_link(std::int64_t link, Side side);
    std::optional<Observation> find(PairNumber pair, Side side, const ItemKey& key);
    void touch(PairNumber pair, Side side, const ItemKey& key, std::int64_t touch);
    void clear_touch(PairNumber pair, Side side, const ItemKey& key);
    void clear_touched(PairNumber pair, std::int64_t watermark);

    enum class Free { Touched, Untouched, All };
    /// Free rows that can be mirrored or parked, not released, not parked at their present version;
    /// by key.
    std::vector<Observation> free(PairNumber pair, Side side, Free which, std::size_t max);
    /// Free rows (as above) whose token claims the link with this token.
    std::vector<Observation> free_with_token(PairNumber pair, Side side,
                                             const CorrelationToken& token);
    std::set<std::int64_t> links_touched(PairNumber pair);
    std::vector<std::pair<ItemKey, CorrelationToken>> unconfirmed(PairNumber pair, Side side);
    std::vector<std::pair<ItemKey, CorrelationToken>> unshown(PairNumber pair, Side side,
                                                              const ItemKey& after,
                                                              std::size_t max);

private:
    Database& database_;
};

/// Secondary key of a token: its nonce, which is unique per link, else its text. 0 for no token.
std::int64_t token_hash(const CorrelationToken& token);
/// Do both name the same link?
bool same_token(const CorrelationToken& a, const CorrelationToken& b);

}  // namespace liaison::storage
