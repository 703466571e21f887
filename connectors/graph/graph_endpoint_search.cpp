#include "connectors/graph/graph_endpoint.hpp"
#include "connectors/graph/todo_task.hpp"

namespace liaison::graph {

namespace {

constexpr std::size_t kContactFoldersMax = 1'000;

Timestamp created_at(const JsonObject& entity) {
    return parse_timestamp(text_in(entity, "createdDateTime")).value_or(Timestamp::max());
}

}  // namespace

Async<Result<void>> GraphEndpoint::add_contact_folders(std::string path,
                                                       std::vector<SearchPath>* out) {
    std::vector<std::string> waiting{std::move(path)};
    while (!waiting.empty()) {
        std::string next = std::move(waiting.back());
        waiting.pop_back();
        auto folders = co_await client_.read_all(next + "?$select=displayName");
        if (!folders && folders.error().kind == ErrorKind::NotFound) continue;  // it went meanwhile
        if (!folders) co_return std::unexpected(std::move(folders.error()));
        for (const JsonValue& folder : *folders) {
            const std::string id(text_in(object_in(folder), "id"));
            if (id.empty()) continue;
            out->push_back(SearchPath{"/contactFolders/" + segment(id) + "/contacts", id});
            waiting.push_back("/contactFolders/" + segment(id) + "/childFolders");
        }
        if (out->size() > kContactFoldersMax)
            co_return fail(ErrorKind::TooLarge, "the mailbox has too many contact folders");
    }
    co_return Result<void>{};
}

/// Where an item with the token may be. Events and contacts are searched by the server; To Do
/// documents no filter for linkedResources, so all lists are read.
Async<Result<std::vector<GraphEndpoint::SearchPath>>> GraphEndpoint::search_paths(
    EntityKind kind, CorrelationToken token) {
    std::vector<SearchPath> paths;
    if (kind == EntityKind::Task) {
        auto lists = co_await client_.read_all("/todo/lists");
        if (!lists) co_return std::unexpected(std::move(lists.error()));
        for (const JsonValue& list : *lists)
            if (const std::string id(text_in(object_in(list), "id")); !id.empty())
                paths.push_back(SearchPath{"/todo/lists/" + segment(id) + "/tasks", id});
    } else if (kind == EntityKind::Contact) {
        paths.push_back(SearchPath{"/contacts", {}});
        auto added = co_await add_contact_folders("/contactFolders", &paths);
        if (!added) co_return std::unexpected(std::move(added.error()));
    } else {
        paths.push_back(SearchPath{"/events", {}});
        auto others = co_await other_calendars();
        if (!others) co_return std::unexpected(std::move(others.error()));
        for (const std::string& calendar : *others)
            paths.push_back(SearchPath{calendar + "/events", {}});
    }
    std::string options = read_options(kind, context_);
    if (kind == EntityKind::Task)
        options += "&$top=100";
    else
        options += "&$filter=" +
                   query_value("singleValueExtendedProperties/any(ep:ep/id eq " +
                               odata_text(named_property(context_, kTokenProperty)) +
                               " and ep/value eq " + odata_text(token.str()) + ")");
    for (SearchPath& place : paths) place.path += options;
    co_return paths;
}

Async<Result<std::optional<Observation>>> GraphEndpoint::find_by_token(CollectionId collection,
                                                                       CorrelationToken token) {
    const auto kind = parse_scope(collection);
    if (!kind) co_return std::unexpected(kind.error());
    const auto paths = co_await search_paths(*kind, token);
    if (!paths) co_return std::unexpected(paths.error());
    std::optional<Observation> first;
    Timestamp first_created{};
    for (const SearchPath& place : *paths) {
        auto found = co_await client_.read_all(place.path);
        if (!found && found.error().kind == ErrorKind::NotFound) continue;  // it went meanwhile
        if (!found) co_return std::unexpected(std::move(found.error()));
        for (const JsonValue& value : *found) {
            const JsonObject& entity = object_in(value);
            auto seen = observe(*kind, entity, place.list);
            // Filters compare text without case; tokens do not.
            if (!seen || seen->token != token) continue;
            if (first && created_at(entity) >= first_created) continue;
            first = std::move(*seen);
            first_created = created_at(entity);
        }
    }
    co_return first;
}

}  // namespace liaison::graph
