#pragma once
#include <cstddef>
#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "core/result.hpp"

namespace liaison::crm {

/// What a CRM file holds, read past Liaison's own books: for reports and for tests that compare.
struct FileReport {
    std::size_t messages = 0;      ///< mails with at least one interaction
    std::size_t interactions = 0;  ///< not canceled
    std::map<std::string, std::set<std::string>> live;  ///< task, appointment, contact: ids as the feed names them

    bool has(const std::string& kind, const std::string& id) const {
        const auto found = live.find(kind);
        return found != live.end() && found->second.contains(id);
    }
};

/// Reads the file as it is now; other programs may be at work in it.
Result<FileReport> read_file_report(const std::filesystem::path& path);

}  // namespace liaison::crm
