#include "daemon/designated_folders.hpp"

#include <algorithm>

#include "core/http_message.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace liaison::daemon {

namespace {

/// How long the list of folders stands before it is read again.
constexpr std::chrono::minutes kFolderListStands{5};
constexpr std::size_t kOpportunityNameMax = 120;

/// Errors that say nothing about the folder: the whole reading is tried again later.
bool speaks_of_the_server(const Error& error) {
    switch (error.kind) {
        case ErrorKind::Transient:
        case ErrorKind::Throttled:
        case ErrorKind::Unauthenticated:
        case ErrorKind::Unanswered:
        case ErrorKind::CorruptReply:
        case ErrorKind::Cancelled:
        case ErrorKind::Internal:
            return true;
        default:
            return false;
    }
}

std::string error_word(const Error& error) {
    return std::string(to_string(error.kind)) +
           (error.native_code.empty() ? "" : " " + error.native_code);
}

bool in_deleted_items(std::string_view path) {
    const std::size_t prefix = path.find(':');
    if (prefix != std::string_view::npos && path.substr(0, prefix).find('/') == std::string_view::npos)
        path.remove_prefix(prefix + 1);
    return iequals(path.substr(0, path.find('/')), "Deleted Items");
}

/// The name of an opportunity's folder: what people call it, fit to be one step of a path.
std::string opportunity_folder_name(const OpenOpportunity& opportunity) {
    std::string name = truncate_chars(normal_line(opportunity.name), kOpportunityNameMax);
    if (!opportunity.number.empty()) name += " (" + normal_line(opportunity.number) + ")";
    for (char& c : name)
        if (c == '/' || c == '\\') c = '-';
    return normal_line(name);
}

}  // namespace

std::string_view to_string(FolderState state) {
    switch (state) {
        case FolderState::Watched:
            return "watched";
        case FolderState::Missing:
            return "missing";
        case FolderState::Deleted:
            return "deleted";
        case FolderState::Forbidden:
            return "forbidden";
        case FolderState::Failing:
            return "failing";
    }
    return "unknown";
}

Async<Result<void>> DesignatedFolders::refresh(FolderScope scope) {
    const Timestamp now = clock_.now();
    if (read_at_ != Timestamp{} && now < read_at_ + kFolderListStands) co_return Result<void>{};
    MailboxId mailbox = scope.mailbox;
    Result<void> done = co_await bindings_.load(std::move(mailbox));
    if (!done) co_return done;
    found_.clear();
    found_status_.clear();
    storages_.clear();
    done = co_await read_all(std::move(scope));
    if (!done) co_return done;
    watched_.clear();
    for (auto& [id, folder] : found_)
        if (!storages_.contains(id)) watched_.push_back(std::move(folder));
    std::ranges::sort(watched_, {}, [](const WatchedFolder& f) { return f.folder.path; });
    status_ = std::move(found_status_);
    read_at_ = now;
    co_return Result<void>{};
}

/// Upper folders first, so that one with particulars of its own below another keeps them.
Async<Result<void>> DesignatedFolders::read_all(FolderScope scope) {
    std::vector<FolderSpec> specs = scope.folders;
    std::ranges::sort(specs, {}, [](const FolderSpec& spec) {
        return std::pair(std::ranges::count(spec.path, '/'), spec.path);
    });
    for (FolderSpec& spec : specs) {
        Result<void> done = co_await watch_spec(scope, std::move(spec));
        if (!done) co_return done;
    }
    if (scope.opportunity_root.empty()) co_return Result<void>{};
    co_return co_await watch_opportunities(std::move(scope));
}

/// The folder bound to `key`; without one, or when it is gone for good, the one at `path`. NotFound
/// with the native code "deleted": it lies in Deleted Items and none was to be made.
Async<Result<MailFolder>> DesignatedFolders::resolve(std::string key, std::string path,
                                                     bool create) {
    bool deleted = false;
    if (const FolderBindings::Binding* bound = bindings_.find(key)) {
        FolderId id = bound->folder;
        Result<MailFolder> there = co_await source_.find_folder(std::move(id));
        deleted = there && in_deleted_items(there->path) && !in_deleted_items(path);
        const bool gone = !there && there.error().kind == ErrorKind::NotFound;
        if (!deleted && !gone) co_return there;
        log_.write(LogLevel::Warning, "designated_folder_gone", {{"deleted", deleted ? "yes" : "no"}});
    }
    std::string wanted = path;
    Result<MailFolder> opened = co_await source_.open_folder(std::move(wanted), create);
    if (!opened && opened.error().kind == ErrorKind::NotFound && deleted)
        co_return fail(ErrorKind::NotFound, "the folder is in Deleted Items", "deleted");
    if (!opened) co_return opened;
    FolderBindings::Binding binding{opened->id, {}};
    Result<void> bound = co_await bindings_.bind(std::move(key), std::move(binding));
    if (!bound) co_return std::unexpected(bound.error());
    co_return opened;
}

Async<Result<std::vector<MailFolder>>> DesignatedFolders::tree_of(MailFolder root,
                                                                  bool subfolders) {
    if (!subfolders) {
        std::vector<MailFolder> alone;
        alone.push_back(std::move(root));
        co_return alone;
    }
    co_return co_await source_.folder_tree(std::move(root.id));
}

void DesignatedFolders::watch(const std::vector<MailFolder>& tree, const WatchedFolder& about,
                              FolderStatus& status) {
    for (const MailFolder& folder : tree) {
        WatchedFolder& entry = found_[folder.id];
        const WatchedFolder before = entry;
        entry = about;
        entry.folder = folder;
        if (entry.regarding_id.empty()) {
            entry.regarding_kind = before.regarding_kind;
            entry.regarding_id = before.regarding_id;
        }
        if (entry.storage.empty()) {
            entry.storage = before.storage;
            entry.storage_path = before.storage_path;
        }
        status.ids.push_back(folder.id);
    }
    status.watched = tree.size();
}

void DesignatedFolders::fail_spec(FolderStatus status, const Error& error) {
    status.state = FolderState::Failing;
    if (error.kind == ErrorKind::Forbidden) status.state = FolderState::Forbidden;
    if (error.kind == ErrorKind::NotFound)
        status.state =
            error.native_code == "deleted" ? FolderState::Deleted : FolderState::Missing;
    status.last_error = error_word(error);
    log_.write(LogLevel::Warning, "designated_folder_left_out",
               {{"state", std::string(to_string(status.state))}, {"error", status.last_error}});
    found_status_.push_back(std::move(status));
}

Async<Result<void>> DesignatedFolders::watch_storage(FolderSpec spec, FolderStatus& status,
                                                     WatchedFolder& about) {
    std::string key = "storage " + spec.path;
    std::string path = spec.storage;
    Result<MailFolder> storage = co_await resolve(std::move(key), std::move(path), true);
    if (!storage) co_return std::unexpected(storage.error());
    about.storage = storage->id;
    about.storage_path = storage->path;
    FolderId root = storage->id;
    Result<std::vector<MailFolder>> below = co_await source_.folder_tree(std::move(root));
    if (!below) co_return std::unexpected(below.error());
    for (const MailFolder& folder : *below) storages_.insert(folder.id);
    FolderStatus store;
    store.role = "storage";
    store.path = spec.storage;
    store.path_now = storage->path;
    store.id = storage->id;
    status.role = "queue";
    found_status_.push_back(std::move(store));
    co_return Result<void>{};
}

Async<Result<void>> DesignatedFolders::watch_spec(FolderScope scope, FolderSpec spec) {
    FolderStatus status;
    status.role = spec.regarding_id.empty() ? "folder" : "record";
    status.path = spec.path;
    WatchedFolder about;
    about.regarding_kind = spec.regarding_kind;
    about.regarding_id = spec.regarding_id;
    if (!spec.regarding_id.empty()) status.regarding = spec.regarding_kind + " " + spec.regarding_id;
    Result<MailFolder> root =
        co_await resolve(spec.path, spec.path, spec.create && scope.create_folders);
    Result<void> done;
    if (root && !spec.storage.empty()) done = co_await watch_storage(spec, status, about);
    Result<std::vector<MailFolder>> tree = std::vector<MailFolder>{};
    if (root && done) {
        status.path_now = root->path;
        status.id = root->id;
        MailFolder top = *root;
        tree = co_await tree_of(std::move(top), spec.subfolders);
    }
    const Error* error = !root ? &root.error() : !done ? &done.error() : !tree ? &tree.error() : nullptr;
    if (error != nullptr && speaks_of_the_server(*error)) co_return std::unexpected(*error);
    if (error != nullptr) {
        fail_spec(std::move(status), *error);
        co_return Result<void>{};
    }
    watch(*tree, about, status);
    found_status_.push_back(std::move(status));
    co_return Result<void>{};
}

Async<Result<void>> DesignatedFolders::watch_opportunities(FolderScope scope) {
    FolderSpec spec(scope.opportunity_root);
    Result<void> done = co_await watch_spec(scope, std::move(spec));
    if (!done) co_return done;
    FolderStatus root = found_status_.back();
    if (root.id.empty() || scope.owner_id.empty()) co_return Result<void>{};
    std::string owner = scope.owner_id;
    auto open = co_await book_.open_opportunities(std::move(owner));
    if (!open && open.error().kind == ErrorKind::Unsupported) {
        found_status_.back().last_error = error_word(open.error());
        co_return Result<void>{};
    }
    if (!open) co_return std::unexpected(open.error());
    if (open->size() > limits::opportunity_folders_max) open->resize(limits::opportunity_folders_max);
    for (OpenOpportunity& opportunity : *open) {
        std::string at = root.path_now;
        done = co_await keep_opportunity(scope, std::move(opportunity), std::move(at));
        if (!done) co_return done;
    }
    // Folders of opportunities that are closed by now stay, and so does what they stand for.
    for (auto& [id, folder] : found_) {
        const std::string key = bindings_.key_of(id);
        if (!key.starts_with("opportunity ") || !folder.regarding_id.empty()) continue;
        folder.regarding_kind = "opportunity";
        folder.regarding_id = key.substr(key.find(' ') + 1);
    }
    co_return Result<void>{};
}

Async<Result<void>> DesignatedFolders::keep_opportunity(FolderScope scope,
                                                        OpenOpportunity opportunity,
                                                        std::string root_now) {
    const std::string key = "opportunity " + opportunity.id;
    const std::string name = opportunity_folder_name(opportunity);
    FolderStatus status;
    status.role = "opportunity";
    status.regarding = key;
    status.path = root_now + "/" + name;
    std::string given;
    FolderId bound_to;
    if (const FolderBindings::Binding* bound = bindings_.find(key)) {
        given = bound->name;
        bound_to = bound->folder;
    }
    Result<MailFolder> folder = co_await resolve(key, status.path, scope.create_folders);
    if (!folder && speaks_of_the_server(folder.error())) co_return std::unexpected(folder.error());
    if (!folder) {
        fail_spec(std::move(status), folder.error());
        co_return Result<void>{};
    }
    const std::string present = folder->path.substr(folder->path.rfind('/') + 1);
    if (folder->id != bound_to) given = present;
    // Renamed with the opportunity, unless a person gave it a name of their own.
    if (present == given && present != name) {
        FolderId id = folder->id;
        std::string wanted = name;
        Result<void> renamed = co_await source_.rename_folder(std::move(id), std::move(wanted));
        if (!renamed && speaks_of_the_server(renamed.error())) co_return renamed;
        if (renamed) {
            folder->path = folder->path.substr(0, folder->path.size() - present.size()) + name;
            given = name;
        } else {
            status.last_error = error_word(renamed.error());
        }
    }
    FolderBindings::Binding binding{folder->id, given};
    std::string bound_key = key;
    Result<void> bound = co_await bindings_.bind(std::move(bound_key), std::move(binding));
    if (!bound) co_return bound;
    WatchedFolder about;
    about.regarding_kind = "opportunity";
    about.regarding_id = opportunity.id;
    status.path_now = folder->path;
    status.id = folder->id;
    const std::vector<MailFolder> alone{*folder};
    watch(alone, about, status);
    found_status_.push_back(std::move(status));
    co_return Result<void>{};
}

const WatchedFolder* DesignatedFolders::find(const FolderId& folder) const {
    const auto at = std::ranges::find(watched_, folder,
                                      [](const WatchedFolder& one) { return one.folder.id; });
    return at == watched_.end() ? nullptr : &*at;
}

void DesignatedFolders::note_failure(const FolderId& folder, const Error& error) {
    failures_[folder] = error_word(error);
}

void DesignatedFolders::route(const FolderId& folder, MailDecision& decision) const {
    const WatchedFolder* from = find(folder);
    if (from == nullptr || from->storage_path.empty() || !decision.move_to.empty()) return;
    if (decision.outcome == MailOutcome::Log ||
        (decision.outcome == MailOutcome::Skip && decision.reason == "duplicate"))
        decision.move_to = from->storage_path;
}

std::vector<FolderStatus> DesignatedFolders::status() const {
    std::vector<FolderStatus> out = status_;
    for (FolderStatus& one : out)
        for (const FolderId& id : one.ids) {
            const auto failure = failures_.find(id);
            if (failure == failures_.end()) continue;
            one.state = FolderState::Failing;
            one.last_error = failure->second;
        }
    return out;
}

}  // namespace liaison::daemon
