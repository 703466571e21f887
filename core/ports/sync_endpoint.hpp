#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/async.hpp"
#include "core/link.hpp"
#include "core/observation.hpp"
#include "core/result.hpp"

namespace liaison {

/// One side of a pair. Exchange and CRM connectors both wear it.
///
/// Vocabulary: a *collection* is a folder or an entity set with its owner; a *key* names one item
/// and is opaque; a *version* changes whenever the item does; a *cursor* remembers where a feed was
/// left (empty: from the start).
///
/// For all calls: `Throttled`, `Transient`, `Unauthenticated`, `Forbidden` and `Cancelled` speak of
/// the scope, not of the data. Batches answer one result per input, in order; a failure of the call
/// as a whole is every item's result.
class SyncEndpoint {
public:
    struct NewItem {
        Record record;
        CorrelationToken token;  ///< left in the item; with an empty crm_id on the CRM side
    };
    struct ItemUpdate {
        ItemKey key;
        Version expected_version;
        Patch patch;  ///< only these fields are written
        std::optional<CorrelationToken> stamp_token;
    };
    struct ItemRemoval {
        ItemKey key;
        Version expected_version;
    };
    struct KeyPage {
        std::vector<std::pair<ItemKey, Version>> items;
        Cursor next;
        bool is_last = true;
    };
    struct ProbeReport {
        std::string server;  ///< product and version as the server tells
        Timestamp server_time{};
        std::vector<std::string> warnings;
    };

    virtual ~SyncEndpoint() = default;

    /// What this side can do with items of `kind`. Constant for the life of the object.
    virtual const EndpointCapabilities& capabilities(EntityKind kind) const = 0;

    /// The collection of one kind of one rep: in Exchange his default folder, in the CRM what he
    /// owns or attends.
    virtual CollectionId collection(EntityKind kind, MailboxId mailbox) const = 0;

    /// Tests the connection and the rights.
    virtual Async<Result<ProbeReport>> probe(CollectionId collection) = 0;

    /// The changes after `cursor`, at most limits::sync_page_items_max. `CursorExpired`: start
    /// again from an empty cursor. An item that cannot be read is an Unreadable observation, never
    /// a failed page.
    virtual Async<Result<ChangePage>> pull_changes(CollectionId collection, Cursor cursor) = 0;

    /// Reads items by key. `NotFound` per item is the proof that a deletion needs. An item that
    /// left the collection but exists is an Observation (OutOfScope, or a Record under its present
    /// key).
    virtual Async<std::vector<Result<Observation>>> get_items(CollectionId collection,
                                                              std::vector<ItemKey> keys) = 0;

    /// All keys, for the full comparison.
    virtual Async<Result<KeyPage>> list_keys(CollectionId collection, Cursor page) = 0;

    /// Creates items that carry their tokens and answers what now exists. After `Unanswered` an
    /// item may exist: ask find_by_token before sending it again. `AlreadyExists` never happens for
    /// a token of ours where EndpointCapabilities::idempotent_create: then the existing item is the
    /// answer.
    virtual Async<std::vector<Result<Observation>>> create_items(CollectionId collection,
                                                                 std::vector<NewItem> items) = 0;

    /// Conditional: `VersionConflict` if somebody wrote in between, and nothing is changed then.
    virtual Async<std::vector<Result<Observation>>> update_items(
        CollectionId collection, std::vector<ItemUpdate> updates) = 0;

    /// Conditional and undoable for 30 days (Deleted Items, soft delete). `NotFound` counts as done
    /// for the caller.
    virtual Async<std::vector<Result<void>>> delete_items(CollectionId collection,
                                                          std::vector<ItemRemoval> removals) = 0;

    /// The item that carries this token, anywhere in the mailbox outside Deleted Items, or in the
    /// CRM's entity set. Strongest consistency that the system has. Several (a person copied it):
    /// the one that was there first.
    virtual Async<Result<std::optional<Observation>>> find_by_token(CollectionId collection,
                                                                    CorrelationToken token) = 0;
};

}  // namespace liaison
