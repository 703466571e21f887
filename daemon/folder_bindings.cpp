#include "daemon/folder_bindings.hpp"

#include "core/text.hpp"

namespace liaison::daemon {

namespace {
constexpr std::string_view kFirstLine = "liaison folders 1";
}

/// One line a binding: key, id, name, separated by tabs, which none of them can hold.
std::string FolderBindings::document() const {
    std::string out(kFirstLine);
    for (const auto& [key, binding] : bindings_)
        out += "\n" + key + "\t" + binding.folder.str() + "\t" + binding.name;
    return out;
}

Async<Result<void>> FolderBindings::load(MailboxId mailbox) {
    if (loaded_) co_return Result<void>{};
    mailbox_ = std::move(mailbox);
    std::string scope = "folders:" + mailbox_.str();
    auto stored = co_await store_.current_rules(std::move(scope));
    if (!stored) co_return std::unexpected(stored.error());
    if (*stored) {
        version_ = (*stored)->first;
        for (const std::string& line : split((*stored)->second, '\n')) {
            const std::vector<std::string> parts = split(line, '\t');
            if (parts.size() == 3) bindings_[parts[0]] = Binding{FolderId(parts[1]), parts[2]};
        }
    }
    loaded_ = true;
    co_return Result<void>{};
}

const FolderBindings::Binding* FolderBindings::find(const std::string& key) const {
    const auto found = bindings_.find(key);
    return found == bindings_.end() ? nullptr : &found->second;
}

std::string FolderBindings::key_of(const FolderId& folder) const {
    for (const auto& [key, binding] : bindings_)
        if (binding.folder == folder) return key;
    return {};
}

Async<Result<void>> FolderBindings::bind(std::string key, Binding binding) {
    key = normal_line(key);
    binding.name = normal_line(binding.name);
    const auto present = bindings_.find(key);
    if (present != bindings_.end() && present->second.folder == binding.folder &&
        present->second.name == binding.name)
        co_return Result<void>{};
    const std::map<std::string, Binding> before = bindings_;
    bindings_[key] = std::move(binding);
    std::string scope = "folders:" + mailbox_.str();
    std::string text = document();
    std::string who = "liaison";
    Result<std::int64_t> stored = co_await store_.replace_rules(
        std::move(scope), version_, std::move(text), std::move(who), clock_.now());
    if (!stored) {
        bindings_ = before;
        loaded_ = stored.error().kind != ErrorKind::VersionConflict;  // read anew next time
        co_return std::unexpected(stored.error());
    }
    version_ = *stored;
    co_return Result<void>{};
}

}  // namespace liaison::daemon
