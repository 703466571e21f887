#include "service/config_text.hpp"

#include <algorithm>
#include <vector>

#include "core/http_message.hpp"
#include "core/text.hpp"
#include "service/config.hpp"

namespace liaison::service {

std::size_t config_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] =
                std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0u : 1u)});
            diagonal = above;
        }
    }
    return row[b.size()];
}

bool is_loopback_host(const std::string& host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::string absolute_path(const std::string& path, const std::string& base) {
    if (path.empty() || path.front() == '/' || (path.size() > 1 && path[1] == ':') || base.empty())
        return path;
    return base + "/" + path;
}

bool split_regarding(std::string_view text, daemon::FolderSpec& folder) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return false;
    const std::string kind = to_lower_ascii(trim(text.substr(0, colon)));
    const std::string id(trim(text.substr(colon + 1)));
    bool known = false;
    for (const std::string& word : split(kRegardingKinds, ',')) known = known || trim(word) == kind;
    if (!known || id.empty()) return false;
    folder.regarding_kind = kind;
    folder.regarding_id = id;
    return true;
}

std::string bad_folder_path(std::string_view path) {
    const std::size_t colon = path.find(':');
    const std::string_view head = path.substr(0, colon);
    const bool prefixed =
        colon != std::string_view::npos && head.find('/') == std::string_view::npos &&
        (head.find('@') != std::string_view::npos || iequals(trim(head), "public"));
    if (prefixed) path.remove_prefix(colon + 1);
    if (trim(path).empty()) return "an empty path; write one like \"Inbox/CRM\"";
    for (const std::string& step : split(path, '/'))
        if (trim(step).empty()) return "a path with an empty step";
    return {};
}

std::string bad_storage_path(std::string_view queue, std::string_view storage) {
    if (storage.empty()) return {};
    if (std::string why = bad_folder_path(storage); !why.empty()) return why;
    if (iequals(storage, queue)) return "is the queue itself";
    const auto home = [](std::string_view path) {
        const std::size_t colon = path.substr(0, path.find('/')).find(':');
        return colon == std::string_view::npos ? std::string()
                                               : to_lower_ascii(path.substr(0, colon));
    };
    if (home(queue) != home(storage))
        return "must lie in the same mailbox as the queue, or both in the public folders";
    return {};
}

bool Config::uses(std::string_view exchange) const {
    return std::any_of(mailboxes.begin(), mailboxes.end(),
                       [&](const MailboxConfig& m) { return m.exchange == exchange; });
}

std::string describe(const std::string& name, const std::vector<ConfigError>& errors) {
    std::string out;
    for (const ConfigError& e : errors) {
        out += name;
        if (e.line > 0) out += ":" + std::to_string(e.line) + ":" + std::to_string(e.column);
        out += ": " + e.message + "\n";
    }
    return out;
}

}  // namespace liaison::service
