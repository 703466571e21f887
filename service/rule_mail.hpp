#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "rules/mail_record.hpp"

namespace liaison::service {

/// A folder under the system's temporary one, of no predictable name and for this user only; gone
/// with this object.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

/// Mails for trying rules on, oldest first (those without a date before all others). A path is a
/// file of facts in JSON, one object per line, or mail as it travels: that is handed to
/// liaison-sandbox, which stands beside this program and plays Exchange; nothing here reads MIME.
/// `note` gets what was skipped and why.
Result<std::vector<rules::MailRecord>> read_rule_mail(
    const std::vector<std::string>& paths, const std::function<void(const std::string&)>& note);

}  // namespace liaison::service
