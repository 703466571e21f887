#include "service/rule_mail.hpp"

#include <algorithm>
#include <fstream>
#include <utility>

#include "core/text.hpp"
#include "net/run_loop.hpp"
#include "service/os/child_process.hpp"
#include "service/system_ports.hpp"

namespace liaison::service {
namespace {

namespace fs = std::filesystem;

bool holds_facts(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    char first = 0;
    file >> first;  // blanks are passed over
    return file && first == '{';
}

Result<void> read_facts(const fs::path& path, const std::function<void(const std::string&)>& note,
                        std::vector<rules::MailRecord>& out) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(ErrorKind::NotFound, "cannot read " + path.string());
    std::size_t number = 0;
    for (std::string line; std::getline(file, line);) {
        ++number;
        if (trim(line).empty()) continue;
        if (!line.starts_with('{')) {
            note(line);  // the stand-in's remarks
            continue;
        }
        auto record = rules::read_mail_record(line);
        if (record)
            out.push_back(std::move(*record));
        else
            note(path.filename().string() + ", line " + std::to_string(number) + ": " +
                 to_text(record.error().front()));
    }
    return {};
}

Result<void> take_apart(const std::string& path, const fs::path& into) {
    const fs::path program = fs::path(own_program_path()).parent_path() / "liaison-sandbox";
    auto child = ChildProcess::start({program.string(), "--facts", path}, into.string());
    if (!child) return std::unexpected(child.error());
    net::RunLoop loop;
    while (!(*child)->ended()) loop.run_for(std::chrono::milliseconds(20));
    if ((*child)->ended() == 0) return {};
    return fail(ErrorKind::InvalidRequest,
                "liaison-sandbox could not read the mail at " + path + ": is it beside liaison?");
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
    SystemEntropy entropy;
    const std::string random =
        std::to_string(entropy.next()) + "-" + std::to_string(entropy.next());
    path_ = fs::temp_directory_path() / ("liaison-" + random);
    fs::create_directory(path_);
    fs::permissions(path_, fs::perms::owner_all);
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

Result<std::vector<rules::MailRecord>> read_rule_mail(
    const std::vector<std::string>& paths, const std::function<void(const std::string&)>& note) {
    std::vector<rules::MailRecord> out;
    TemporaryFolder folder;
    for (const std::string& path : paths) {
        if (!fs::exists(path)) return fail(ErrorKind::NotFound, "there is nothing at " + path);
        fs::path facts = path;
        if (fs::is_directory(path) || !holds_facts(path)) {
            facts = folder.path() / ("facts-" + std::to_string(out.size()));
            if (auto done = take_apart(path, facts); !done) return std::unexpected(done.error());
        }
        if (auto read = read_facts(facts, note, out); !read) return std::unexpected(read.error());
    }
    std::ranges::sort(out, {}, [](const rules::MailRecord& mail) {
        const auto& at = mail.message.received_at ? mail.message.received_at : mail.message.sent_at;
        return std::pair(at.value_or(Timestamp{}), mail.name);
    });
    return out;
}

}  // namespace liaison::service
