// Compares parse_mime with what two independent parsers agree on (expected-consensus.jsonl beside
// the mails). Runs only where the developers' data exists; the thresholds are what this parser
// reaches, so that a step back fails.
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>

#include "sandbox/mime.hpp"

namespace liaison::sandbox {
namespace {

namespace fs = std::filesystem;

/// A packed corpus in a folder of its own, removed at the end.
class UnpackedCorpus {
public:
    explicit UnpackedCorpus(const std::string& name) {
        const char* elsewhere = std::getenv("LIAISON_SHARED_DATA");
        const fs::path data = elsewhere != nullptr
                                  ? fs::path(elsewhere)
                                  : fs::path(LIAISON_SOURCE_DIR) / "../shared/data";
        const fs::path archive = data / (name + ".tar.zst");
        std::error_code ignored;
        if (!fs::exists(archive, ignored)) return;
        folder_ = fs::temp_directory_path() / ("liaison-" + name + "-" + std::to_string(getpid()));
        fs::create_directories(folder_);
        const std::string command =
            "tar --zstd -xf '" + archive.string() + "' -C '" + folder_.string() + "'";
        // An archive that is there and cannot be read is a failure, no reason to skip.
        if (std::system(command.c_str()) != 0) ADD_FAILURE() << command;
        root_ = folder_ / name;
    }
    ~UnpackedCorpus() {
        std::error_code ignored;
        if (!folder_.empty()) fs::remove_all(folder_, ignored);
    }
    UnpackedCorpus(const UnpackedCorpus&) = delete;
    UnpackedCorpus& operator=(const UnpackedCorpus&) = delete;
    const fs::path& root() const { return root_; }

private:
    fs::path folder_;
    fs::path root_;
};

std::string file_bytes(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string consensus_lower(std::string text) {
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

std::string joined_addresses(const std::vector<MailAddress>& list) {
    std::multiset<std::string> all;
    for (const auto& one : list) {
        if (!one.address.empty()) all.insert(consensus_lower(one.address));
    }
    std::string out;
    for (const auto& one : all) out += one + ' ';
    return out;
}

std::string joined_values(const boost::json::value& list) {
    std::multiset<std::string> all;
    for (const auto& one : list.as_array())
        all.insert(consensus_lower(std::string(one.as_string())));
    std::string out;
    for (const auto& one : all) out += one + ' ';
    return out;
}

std::string utc_text(std::int64_t epoch_ms) {
    const auto time = std::chrono::sys_seconds(std::chrono::seconds(epoch_ms / 1000));
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    char out[64];
    std::snprintf(out, sizeof out, "%04d-%02u-%02uT%02d:%02d:%02dZ", int(date.year()),
                  unsigned(date.month()), unsigned(date.day()), int(clock.hours().count()),
                  int(clock.minutes().count()), int(clock.seconds().count()));
    return out;
}

std::string one_spaced(std::string_view text) {
    std::string out;
    std::string plain(text);  // the reference folds no-break spaces too
    for (const std::string_view wide : {"\xC2\xA0", "\xE3\x80\x80"}) {
        for (auto at = plain.find(wide); at != std::string::npos; at = plain.find(wide))
            plain.replace(at, wide.size(), " ");
    }
    for (const char c : plain) {
        const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        if (!blank) {
            out += c;
        } else if (!out.empty() && out.back() != ' ') {
            out += ' ';
        }
    }
    while (out.ends_with(' ')) out.pop_back();
    return out;
}

std::string text_or_empty(const boost::json::value& value) {
    return value.is_null() ? std::string() : std::string(value.as_string());
}

struct Score {
    std::size_t compared = 0;
    std::size_t equal = 0;
    double percent() const {
        return compared == 0 ? 100.0
                             : 100.0 * static_cast<double>(equal) / static_cast<double>(compared);
    }
};

std::map<std::string, std::pair<std::string, std::string>> field_pairs(
    const boost::json::object& agreed, const ParsedMessage& mail) {
    std::map<std::string, std::pair<std::string, std::string>> out;
    const auto want = [&](const char* name) { return text_or_empty(agreed.at(name)); };
    if (agreed.contains("message_id")) out["message_id"] = {want("message_id"), mail.message_id};
    if (agreed.contains("in_reply_to"))
        out["in_reply_to"] = {want("in_reply_to"), mail.in_reply_to};
    if (agreed.contains("subject"))
        out["subject"] = {one_spaced(want("subject")), one_spaced(mail.subject)};
    if (agreed.contains("date"))
        out["date"] = {want("date"), mail.sent_ms ? utc_text(*mail.sent_ms) : ""};
    if (agreed.contains("from"))
        out["from"] = {joined_values(agreed.at("from")), joined_addresses(mail.from_all)};
    if (agreed.contains("to"))
        out["to"] = {joined_values(agreed.at("to")), joined_addresses(mail.to)};
    if (agreed.contains("cc"))
        out["cc"] = {joined_values(agreed.at("cc")), joined_addresses(mail.cc)};
    if (agreed.contains("has_html")) {
        out["has_html"] = {agreed.at("has_html").as_bool() ? "yes" : "no",
                           mail.has_html ? "yes" : "no"};
    }
    return out;
}

/// Compares every line of the expected values; with LIAISON_SHOW_DIFFERENCES set, prints what
/// differs.
std::map<std::string, Score> compare_corpus(const fs::path& root) {
    const bool shows = std::getenv("LIAISON_SHOW_DIFFERENCES") != nullptr;
    std::map<std::string, Score> scores;
    std::ifstream lines(root / "expected-consensus.jsonl");
    for (std::string line; std::getline(lines, line);) {
        const auto row = boost::json::parse(line).as_object();
        std::set<std::string> disputed;
        for (const auto& name : row.at("disputed").as_array()) disputed.emplace(name.as_string());
        const std::string file(row.at("file").as_string());
        if (disputed.contains("all") || !row.at("agreed").is_object()) continue;
        const ParsedMessage mail = parse_mime(file_bytes(root / file));
        for (const auto& [field, pair] : field_pairs(row.at("agreed").as_object(), mail)) {
            // Where both parsers lost bytes of an unknown charset they agree on the loss only.
            const bool is_lossy = pair.first.find("\xEF\xBF\xBD") != std::string::npos;
            if (disputed.contains(field) || is_lossy) continue;
            Score& score = scores[field];
            ++score.compared;
            if (pair.first == pair.second) {
                ++score.equal;
            } else if (shows) {
                std::cout << field << '\t' << file << "\n  want " << pair.first << "\n  have "
                          << pair.second << '\n';
            }
        }
    }
    for (const auto& [field, score] : scores) {
        std::cout << field << ": " << score.equal << " of " << score.compared << " ("
                  << score.percent() << " %)\n";
    }
    return scores;
}

void expect_at_least(const std::map<std::string, Score>& scores,
                     const std::map<std::string, double>& percents) {
    for (const auto& [field, percent] : percents) {
        ASSERT_TRUE(scores.contains(field)) << field;
        EXPECT_GE(scores.at(field).percent(), percent) << field;
    }
}

TEST(MimeConsensus, OrdinaryMailsAgreeWithTwoIndependentParsers) {
    const UnpackedCorpus corpus("mail-ordinary");
    if (corpus.root().empty()) GTEST_SKIP() << "no ../shared/data here";
    const auto scores = compare_corpus(corpus.root());
    expect_at_least(scores, {{"message_id", 100.0},
                             {"from", 100.0},
                             {"to", 100.0},
                             {"cc", 100.0},
                             {"in_reply_to", 100.0},
                             {"subject", 100.0},
                             {"date", 100.0},
                             {"has_html", 100.0}});
}

TEST(MimeConsensus, MalformedMailsAgreeWithTwoIndependentParsers) {
    const UnpackedCorpus corpus("mail-mime-torture");
    if (corpus.root().empty()) GTEST_SKIP() << "no ../shared/data here";
    const auto scores = compare_corpus(corpus.root());
    expect_at_least(scores, {{"message_id", 100.0},
                             {"from", 99.8},
                             {"to", 99.9},
                             {"cc", 100.0},
                             {"in_reply_to", 100.0},
                             {"subject", 100.0},
                             {"date", 99.9},
                             {"has_html", 99.4}});
}

}  // namespace
}  // namespace liaison::sandbox
