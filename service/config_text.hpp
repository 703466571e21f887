#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "daemon/designated_folders.hpp"

namespace liaison::service {

// What the reader of configurations needs to know of texts.

/// Edit distance for "did you mean"; small words only.
std::size_t config_distance(std::string_view a, std::string_view b);
bool is_loopback_host(const std::string& host);
/// `path` taken from `base` unless it is absolute.
std::string absolute_path(const std::string& path, const std::string& base);

/// What a mail can be about, as docs/configuration.md names it.
inline constexpr std::string_view kRegardingKinds =
    "opportunity, campaign, case, lead, contact, company, appointment, task";
/// "opportunity:4711" into the folder's particulars; false if it is no such text.
bool split_regarding(std::string_view text, daemon::FolderSpec& folder);
/// What is wrong with the path of a mail folder; empty: nothing.
std::string bad_folder_path(std::string_view path);
/// What is wrong with the storage folder of a queue; empty: nothing.
std::string bad_storage_path(std::string_view queue, std::string_view storage);

}  // namespace liaison::service
