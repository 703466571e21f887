#pragma once
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "connectors/ews/ews_client.hpp"
#include "connectors/ews/find_folder.hpp"
#include "connectors/ews/item_batches.hpp"
#include "connectors/ews/item_mapping.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/sync_endpoint.hpp"

namespace liaison::ews {

/// SyncEndpoint over EWS.
///
/// How a folder is read: SyncFolderItems brings ids only, 512 at a time; GetItem then reads the mapped properties of what was
/// created or changed, 50 at a time. Our own writes come back as changes like any other; the engine knows them by their
/// ChangeKey. A full reading has no deletions in it. Cursor: "S:" (snapshot under way) or "D:" (differences) and the
/// SyncState. Collection: "task:alice@example.test".
///
/// Writing is conditional by ConflictResolution=NeverOverwrite and ChangeKey. DeleteItem ignores the ChangeKey, so the item is
/// read right before: a write of somebody else between this read and the deletion is not seen (the item stays in Deleted
/// Items). After a write the item is read again, because the server couples properties.
class EwsEndpoint final : public SyncEndpoint {
public:
    EwsEndpoint(HttpClient& http, const Clock& clock, EwsSettings settings);

    const EndpointCapabilities& capabilities(EntityKind kind) const override;
    CollectionId collection(EntityKind kind, MailboxId mailbox) const override;
    Async<Result<ProbeReport>> probe(CollectionId collection) override;
    Async<Result<ChangePage>> pull_changes(CollectionId collection, Cursor cursor) override;
    Async<std::vector<Result<Observation>>> get_items(CollectionId collection, std::vector<ItemKey> keys) override;
    Async<Result<KeyPage>> list_keys(CollectionId collection, Cursor page) override;
    Async<std::vector<Result<Observation>>> create_items(CollectionId collection, std::vector<NewItem> items) override;
    Async<std::vector<Result<Observation>>> update_items(CollectionId collection,
                                                         std::vector<ItemUpdate> updates) override;
    Async<std::vector<Result<void>>> delete_items(CollectionId collection, std::vector<ItemRemoval> removals) override;
    Async<Result<std::optional<Observation>>> find_by_token(CollectionId collection, CorrelationToken token) override;

private:
    struct Scope {
        EntityKind kind = EntityKind::Task;
        std::string mailbox;
        FolderRef folder;  ///< the default folder of the kind
    };
    static Result<Scope> parse_scope(const CollectionId& collection);

    ItemShape shape_of(EntityKind kind) const;
    Async<std::vector<Result<FetchedItem>>> fetch(Scope scope, std::vector<ItemId> ids);
    /// What a fetched item shows. NotFound if it lies in Deleted Items.
    Result<Observation> observe(const Scope& scope, const FetchedItem& item) const;
    /// Id of the mailbox' Deleted Items, asked for once.
    Async<Result<std::string>> deleted_items(std::string mailbox);
    /// Folders of the kind anywhere outside Deleted Items, the default folder first.
    Async<Result<std::vector<FolderRef>>> folders_of_kind(Scope scope);

    // feed
    Async<Result<ChangePage>> read_changed(Scope scope, std::vector<ItemId> changed, ChangePage page);
    /// Tells an item that breaks its reply from a server that answers nonsense.
    Async<Result<Observation>> inspect_broken(Scope scope, ItemId id, Error error);

    // writes
    Async<std::vector<Result<Observation>>> create_batch(Scope scope, std::vector<NewItem> items);
    Async<std::vector<Result<Observation>>> update_batch(Scope scope, std::vector<ItemUpdate> updates);
    /// Takes Body out of updates of online meetings: it holds the data to join (exchange-protocols.md 4.2).
    Async<std::vector<Result<void>>> protect_online_meetings(Scope scope, std::vector<ItemUpdate>* updates);
    Async<std::vector<Result<void>>> delete_batch(Scope scope, std::vector<ItemRemoval> removals);

    EwsClient client_;
    const Clock& clock_;
    MappingContext context_;
    std::array<EndpointCapabilities, 3> capabilities_;
    std::map<std::string, std::string> deleted_items_;  ///< by mailbox
};

}  // namespace liaison::ews
