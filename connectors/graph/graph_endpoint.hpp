#pragma once
#include <array>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "connectors/graph/graph_client.hpp"
#include "connectors/graph/item_mapping.hpp"
#include "core/ports/sync_endpoint.hpp"

namespace liaison::graph {

/// SyncEndpoint over Microsoft Graph for one mailbox.
///
/// How a collection is read: a delta round brings ids, 50 at a time; `$batch` then reads the mapped
/// properties of what was created or changed, because a delta cannot bring extended properties or
/// linked resources. An occurrence stands for its series. Keys are immutable ids
/// (Prefer: IdType="ImmutableId"); that of a task is "LIST|TASK", because a task has no address
/// without its list. Versions are entity tags.
///
/// The calendar's feed is calendarView/delta: it has a window, frozen in its token. When less than
/// half of the future is left in it the cursor is said to be lost (`native_code` "window"), so that a
/// snapshot of the next window follows. What lies outside is not in the feed, which is no deletion:
/// a read by key finds it.
///
/// Writing reads first, compares the version, and sends If-Match as well (for events and contacts;
/// To Do documents none): a write of somebody else between the comparison and the write is refused
/// by the server where it knows If-Match. A deletion goes to Deleted Items.
class GraphEndpoint final : public SyncEndpoint {
public:
    GraphEndpoint(HttpClient& http, const Clock& clock, GraphSettings settings);

    const EndpointCapabilities& capabilities(EntityKind kind) const override;
    CollectionId collection(EntityKind kind, MailboxId mailbox) const override;
    Async<Result<ProbeReport>> probe(CollectionId collection) override;
    Async<Result<ChangePage>> pull_changes(CollectionId collection, Cursor cursor) override;
    Async<std::vector<Result<Observation>>> get_items(CollectionId collection,
                                                      std::vector<ItemKey> keys) override;
    Async<Result<KeyPage>> list_keys(CollectionId collection, Cursor page) override;
    Async<std::vector<Result<Observation>>> create_items(CollectionId collection,
                                                         std::vector<NewItem> items) override;
    Async<std::vector<Result<Observation>>> update_items(CollectionId collection,
                                                         std::vector<ItemUpdate> updates) override;
    Async<std::vector<Result<void>>> delete_items(CollectionId collection,
                                                  std::vector<ItemRemoval> removals) override;
    Async<Result<std::optional<Observation>>> find_by_token(CollectionId collection,
                                                            CorrelationToken token) override;

private:
    /// The entities of a read; each one by its key.
    using Entities = std::vector<Result<JsonObject>>;
    struct SearchPath {
        std::string path;
        std::string list;  ///< id of the task list, of the contact folder
    };
    /// An update that may be sent: what it writes, and where the token of a task stands now.
    struct PreparedUpdate {
        std::string path;
        std::string version;
        JsonObject body;  ///< empty: nothing to write
        std::optional<CorrelationToken> stamp;  ///< tasks only; others have it in the body
        std::string link_id;                    ///< our linkedResource, if there is one
    };

    Result<EntityKind> parse_scope(const CollectionId& collection) const;
    /// Path of one item below the mailbox; nothing for a key that is none of the kind.
    static std::optional<std::string> item_path(EntityKind kind, const ItemKey& key);
    GraphCall read_call(EntityKind kind, const std::string& path) const;
    Async<Entities> fetch(EntityKind kind, std::vector<ItemKey> keys);
    /// What an entity shows. `list` is the To Do list that it was read from.
    Result<Observation> observe(EntityKind kind, const JsonObject& entity, std::string_view list) const;
    Result<Observation> observe_at(EntityKind kind, const Result<JsonObject>& entity,
                                   const ItemKey& key) const;

    // Folders that Graph does not address by a well-known name, asked for once.
    Async<Result<std::string>> default_list();
    Async<Result<std::string>> contacts_folder();
    Async<Result<std::string>> collection_path(EntityKind kind);
    /// Calendars of this mailbox beside the default one: paths below the mailbox.
    Async<Result<std::vector<std::string>>> other_calendars();

    // An immutable id still reads an item that lies in Deleted Items, and even one in Recoverable
    // Items (msgraph-sdk-dotnet#3047: a second DELETE is 403, not 404). So what was read by its id
    // has to be found where items live, or it is gone.
    /// Reads by key; what lies in no calendar or contact folder is NotFound.
    Async<Entities> fetch_present(EntityKind kind, std::vector<ItemKey> keys);
    Async<void> drop_deleted_contacts(Entities* entities);
    Async<void> drop_deleted_events(Entities* entities);
    /// Looks for the events `asked` in the calendar at `calendar`; those that are there leave
    /// `missing`.
    Async<Result<void>> find_in_view(std::string calendar, const Entities* entities,
                                     std::set<std::size_t>* missing);

    // feed
    Async<Result<std::string>> feed_start(EntityKind kind, std::string window_end);
    Async<Result<ChangePage>> read_changed(EntityKind kind, std::vector<ItemKey> changed,
                                           ChangePage page);

    // search
    Async<Result<std::vector<SearchPath>>> search_paths(EntityKind kind, CorrelationToken token);
    Async<Result<void>> add_contact_folders(std::string path, std::vector<SearchPath>* out);

    // writes
    Async<std::vector<Result<Observation>>> create_batch(EntityKind kind, std::vector<NewItem> items);
    Async<Entities> send_new(EntityKind kind, std::vector<NewItem> items, int attempt);
    /// An event whose transactionId is used up: the one that is there, or a new one.
    Async<Result<Observation>> settle_replay(NewItem item);
    Async<std::vector<Result<Observation>>> update_batch(EntityKind kind,
                                                         std::vector<ItemUpdate> updates);
    Result<PreparedUpdate> prepare_update(EntityKind kind, const Result<JsonObject>& present,
                                          const ItemUpdate& update) const;
    /// Leaves or takes away the tokens of tasks, which are resources of their own.
    Async<std::vector<Result<void>>> stamp_tasks(std::vector<PreparedUpdate> updates);
    Async<std::vector<Result<void>>> delete_batch(EntityKind kind, std::vector<ItemRemoval> removals);

    GraphClient client_;
    MappingContext context_;
    std::array<EndpointCapabilities, 3> capabilities_;
    std::string default_list_, contacts_folder_;
};

/// "LIST|TASK" in its parts.
struct TaskKey {
    std::string list, task;
    static std::optional<TaskKey> parse(const ItemKey& key);
    ItemKey key() const { return ItemKey(list + "|" + task); }
};

/// The version of an entity: its entity tag, or what changes like one.
std::string version_of(const JsonObject& entity);

}  // namespace liaison::graph
