// The house rules that a program can check (CONTRIBUTING.md gives the reason of each). Reads the tree, builds nothing.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct SourceFile {
    std::string path;  ///< relative to the root, with '/'
    std::vector<std::string> lines;
};

const std::vector<std::string> kModuleFolders = {"core", "rules", "daemon", "net", "connectors", "storage", "service", "sandbox"};

std::string module_of(const std::string& path) {
    if (path.starts_with("daemon/sync/")) return "sync";
    if (path.starts_with("daemon/mail/")) return "mail";
    return path.substr(0, path.find('/'));
}

std::vector<SourceFile> read_sources(const std::vector<std::string>& folders) {
    std::vector<SourceFile> out;
    const fs::path root(LIAISON_SOURCE_DIR);
    for (const std::string& folder : folders) {
        if (!fs::exists(root / folder)) continue;
        for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
            const std::string extension = entry.path().extension().string();
            if (!entry.is_regular_file() || (extension != ".cpp" && extension != ".hpp")) continue;
            SourceFile file{fs::relative(entry.path(), root).generic_string(), {}};
            std::ifstream in(entry.path());
            for (std::string line; std::getline(in, line);) file.lines.push_back(line);
            out.push_back(std::move(file));
        }
    }
    return out;
}

/// The arrows of cmake/module.cmake: one table for CMake and for this test.
std::map<std::string, std::set<std::string>> read_arrows() {
    std::map<std::string, std::set<std::string>> arrows;
    std::ifstream in(fs::path(LIAISON_SOURCE_DIR) / "cmake/module.cmake");
    const std::regex row(R"re(set\(LIAISON_ARROWS_(\w+) "?([\w ]*)"?\))re");
    for (std::string line; std::getline(in, line);) {
        std::smatch m;
        if (!std::regex_search(line, m, row)) continue;
        std::istringstream names(m[2].str());
        std::set<std::string>& allowed = arrows[m[1].str()];
        for (std::string name; names >> name;) allowed.insert(name);
    }
    return arrows;
}

/// Code without comments and string contents, line by line.
std::string code_of(const SourceFile& file) {
    std::string all;
    for (const std::string& line : file.lines) all += line + "\n";
    std::string out;
    enum { Code, Line, Block, Text, Char, Raw } state = Code;
    std::string raw_end;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const char c = all[i];
        const char next = i + 1 < all.size() ? all[i + 1] : '\0';
        switch (state) {
            case Code:
                if (c == '/' && next == '/') state = Line;
                else if (c == '/' && next == '*') state = Block;
                else if (c == 'R' && next == '"' && (i == 0 || !std::isalnum(static_cast<unsigned char>(all[i - 1])))) {
                    const std::size_t open = all.find('(', i);
                    raw_end = ")" + all.substr(i + 2, open - i - 2) + "\"";
                    state = Raw;
                    i = open;
                    out += "\"";
                } else {
                    const bool digit_separator = c == '\'' && i > 0 && std::isalnum(static_cast<unsigned char>(all[i - 1]));
                    if (c == '"') state = Text;
                    else if (c == '\'' && !digit_separator) state = Char;
                    out += c;
                }
                break;
            case Line: if (c == '\n') { state = Code; out += c; } break;
            case Block: if (c == '*' && next == '/') { state = Code; ++i; } else if (c == '\n') out += c; break;
            case Text:
            case Char:
                if (c == '\\') ++i;
                else if (c == (state == Text ? '"' : '\'')) { state = Code; out += c; }
                break;
            case Raw:
                if (c == '\n') out += c;
                if (all.compare(i, raw_end.size(), raw_end) == 0) { state = Code; i += raw_end.size() - 1; out += "\""; }
                break;
        }
    }
    return out;
}

std::vector<std::string> includes_of(const SourceFile& file) {
    std::vector<std::string> out;
    const std::regex include(R"re(^\s*#\s*include\s*[<"]([^>"]+)[>"])re");
    for (const std::string& line : file.lines) {
        std::smatch m;
        if (std::regex_search(line, m, include)) out.push_back(m[1].str());
    }
    return out;
}

TEST(Tidy, IncludesFollowTheArrows) {
    const auto arrows = read_arrows();
    ASSERT_EQ(arrows.size(), 10u);
    for (const SourceFile& file : read_sources(kModuleFolders)) {
        const std::string from = module_of(file.path);
        for (const std::string& include : includes_of(file)) {
            const std::string folder = include.substr(0, include.find('/'));
            if (std::find(kModuleFolders.begin(), kModuleFolders.end(), folder) == kModuleFolders.end()) continue;
            const std::string to = module_of(include);
            EXPECT_TRUE(to == from || arrows.at(from).contains(to))
                << file.path << " includes " << include << ": " << from << " may not see " << to;
        }
    }
}

TEST(Tidy, OnlyComposeNamesAdapters) {
    const std::set<std::string> composers = {"service/compose.cpp", "service/crm_command.cpp", "service/demo_data.cpp"};
    for (const SourceFile& file : read_sources({"service", "daemon"}))
        for (const std::string& include : includes_of(file))
            if (include.starts_with("connectors/") || include.starts_with("storage/")) {
                EXPECT_TRUE(composers.contains(file.path) || file.path.starts_with("service/demo") ||
                            file.path.starts_with("service/crm_"))
                    << file.path << " names the adapter " << include;
            }
}

TEST(Tidy, ThirdPartyHeadersStayInTheirRooms) {
    struct Rule { std::string prefix; std::vector<std::string> rooms; bool cpp_only; };
    const std::vector<Rule> rules = {
        {"boost/beast", {"net/"}, true}, {"boost/asio/ssl", {"net/"}, true}, {"openssl/ssl.h", {"net/"}, true},
        {"pugixml", {"connectors/", "sandbox/"}, true}, {"sqlite3.h", {"storage/", "connectors/crm/", "sandbox/"}, true},
        {"gmime", {"sandbox/"}, true}, {"boost/json", {"rules/", "net/auth/", "connectors/", "storage/", "service/", "sandbox/"}, false},
        {"spdlog", {"service/"}, true}, {"toml++", {"service/"}, true}, {"CLI/", {"service/", "sandbox/main.cpp"}, true},
        {"re2/", {"rules/"}, true}, {"gumbo", {"connectors/", "sandbox/"}, true},
    };
    const std::set<std::string> asio_outside_net = {"core/async.hpp", "core/worker.cpp"};
    for (const SourceFile& file : read_sources(kModuleFolders))
        for (const std::string& include : includes_of(file)) {
            for (const Rule& rule : rules) {
                if (!include.starts_with(rule.prefix)) continue;
                bool allowed = false;
                for (const std::string& room : rule.rooms) allowed = allowed || file.path.starts_with(room);
                EXPECT_TRUE(allowed) << file.path << " includes " << include;
                if (rule.cpp_only) EXPECT_TRUE(file.path.ends_with(".cpp")) << file.path << " leaks " << include;
            }
            if (include.starts_with("boost/asio") && !file.path.starts_with("net/"))
                EXPECT_TRUE(asio_outside_net.contains(file.path)) << file.path << " includes " << include;
        }
}

TEST(Tidy, PureModulesNeverWait) {
    for (const SourceFile& file : read_sources({"rules", "daemon/sync", "daemon/mail"})) {
        for (const std::string& include : includes_of(file)) {
            EXPECT_NE(include, "core/async.hpp") << file.path;
            EXPECT_FALSE(include.starts_with("core/ports/")) << file.path << " includes " << include;
        }
        EXPECT_EQ(code_of(file).find("co_await"), std::string::npos) << file.path;
    }
}

TEST(Tidy, TimeAndChanceComeThroughPorts) {
    const std::vector<std::string> banned = {"system_clock::now", "steady_clock::now", "high_resolution_clock", "random_device",
                                             "std::rand", "mt19937", "getrandom", "gettimeofday", "std::time("};
    const std::set<std::string> adapters = {"service/system_ports.cpp", "sandbox/main.cpp"};
    for (const SourceFile& file : read_sources(kModuleFolders)) {
        if (adapters.contains(file.path)) continue;
        const std::string code = code_of(file);
        for (const std::string& word : banned) {
            // Asio's timers are net's business; it measures deadlines on the steady clock.
            if (file.path.starts_with("net/") && word == "steady_clock::now") continue;
            EXPECT_EQ(code.find(word), std::string::npos) << file.path << " uses " << word;
        }
    }
}

TEST(Tidy, PlatformCallsLiveInNamedPlaces) {
    const std::set<std::string> headers = {"unistd.h", "fcntl.h", "signal.h", "windows.h", "winsock2.h", "pthread.h", "dlfcn.h",
                                           "netdb.h", "poll.h", "spawn.h", "termios.h"};
    for (const SourceFile& file : read_sources(kModuleFolders)) {
        const bool named = file.path.starts_with("service/os/") || file.path.find("_linux.cpp") != std::string::npos ||
                           file.path.find("_windows.cpp") != std::string::npos || file.path.find("_posix.cpp") != std::string::npos;
        if (named) continue;
        for (const std::string& include : includes_of(file))
            EXPECT_FALSE(headers.contains(include) || include.starts_with("sys/") || include.starts_with("arpa/") ||
                         include.starts_with("netinet/"))
                << file.path << " includes " << include;
    }
}

TEST(Tidy, AwaitedCallsHoldNoBraceAndNoLambda) {
    for (const SourceFile& file : read_sources(kModuleFolders)) {
        const std::string code = code_of(file);
        for (std::size_t at = code.find("co_await"); at != std::string::npos; at = code.find("co_await", at + 1)) {
            // To the end of the statement, or to the end of the condition that the await stands in.
            int depth = 0;
            std::size_t end = at;
            for (; end < code.size() && code[end] != ';'; ++end) {
                if (code[end] == '(') ++depth;
                if (code[end] == ')' && --depth < 0) break;
                if (code[end] == '{' || (code[end] == '[' && code.compare(end, 2, "[[") != 0)) {
                    const auto line = 1 + std::count(code.begin(), code.begin() + static_cast<std::ptrdiff_t>(at), '\n');
                    ADD_FAILURE() << file.path << ":" << line << ": '" << code[end] << "' inside an awaited call";
                    break;
                }
            }
        }
    }
}

TEST(Tidy, SizesStayReadable) {
    for (const SourceFile& file : read_sources(kModuleFolders)) {
        EXPECT_LE(file.lines.size(), 600u) << file.path;
        std::size_t begin = 0;
        bool in_function = false;
        std::size_t data_lines = 0;  // inside the present function
        bool in_data = false;  // a raw string: SQL or a JSON Schema, not code
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            const std::string& line = file.lines[i];
            const bool raw = in_data || line.find("R\"") != std::string::npos;
            if (line.find("R\"") != std::string::npos) in_data = true;
            if (in_data && line.find(")\"") != std::string::npos) in_data = false;
            if (in_data && line.find(")sql\"") != std::string::npos) in_data = false;
            if (!raw) EXPECT_LE(line.size(), 130u) << file.path << ":" << i + 1;
            if (raw) {
                ++data_lines;
                continue;
            }
            const bool opens = !line.empty() && line.back() == '{' && line[0] != ' ' && line[0] != '}' && line[0] != '/' &&
                               !line.starts_with("namespace") && !line.starts_with("struct") && !line.starts_with("class") &&
                               !line.starts_with("enum") && !line.starts_with("constexpr") && !line.starts_with("const ") &&
                               !line.starts_with("static const") && !line.starts_with("union") && !line.starts_with("template");
            if (opens && !in_function) { begin = i; in_function = true; data_lines = 0; }
            if (line == "}" && in_function) {
                in_function = false;
                EXPECT_LE(i - begin + 1 - data_lines, 75u) << file.path << ":" << begin + 1 << ": a function that long has a seam somewhere";
            }
            if (line == "};" || line.starts_with("}};")) in_function = false;
        }
    }
}

TEST(Tidy, HeadersGuardThemselvesAndNothingIsLeftOver) {
    const std::regex marker(R"re(\b(TODO|FIXME|XXX|HACK)\b)re");
    for (const SourceFile& file : read_sources(kModuleFolders)) {
        if (file.path.ends_with(".hpp")) {
            ASSERT_FALSE(file.lines.empty()) << file.path;
            bool guarded = false;
            for (const std::string& line : file.lines) guarded = guarded || line == "#pragma once";
            EXPECT_TRUE(guarded) << file.path;
        }
        for (std::size_t i = 0; i < file.lines.size(); ++i)
            EXPECT_FALSE(std::regex_search(file.lines[i], marker)) << file.path << ":" << i + 1;
    }
}

}  // namespace
