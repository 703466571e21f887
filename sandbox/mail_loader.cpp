#include "sandbox/mail_loader.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "core/http_message.hpp"
#include "core/text.hpp"
#include "sandbox/mime_parts.hpp"

namespace liaison::sandbox {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t mail_file_bytes_max = 512u << 20;

/// What stands before the colon when `line` starts a header field (RFC 5322, 2.2), else nothing.
std::string_view header_name(std::string_view line) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0 || colon > 200) return {};
    std::string_view name = line.substr(0, colon);
    while (!name.empty() && (name.back() == ' ' || name.back() == '\t')) name.remove_suffix(1);
    for (const char c : name) {
        if (c <= 32 || c == 127) return {};
    }
    return name;
}

bool is_header_of_mail(std::string_view name) {
    static constexpr std::array<std::string_view, 26> known = {"from",
                                                               "to",
                                                               "cc",
                                                               "bcc",
                                                               "subject",
                                                               "date",
                                                               "message-id",
                                                               "received",
                                                               "return-path",
                                                               "delivered-to",
                                                               "mime-version",
                                                               "reply-to",
                                                               "sender",
                                                               "content-type",
                                                               "in-reply-to",
                                                               "references",
                                                               "x-mailer",
                                                               "envelope-to",
                                                               "list-id",
                                                               "resent-from",
                                                               "x-original-to",
                                                               "content-transfer-encoding",
                                                               "dkim-signature",
                                                               "x-envelope-from",
                                                               "status",
                                                               "x-unsent"};
    const std::string lower = mime::ascii_lower(name);
    return std::find(known.begin(), known.end(), lower) != known.end();
}

std::string_view take_line(std::string_view& text) {
    const auto end = text.find_first_of("\r\n");
    const std::string_view line = text.substr(0, end);
    if (end == std::string_view::npos) {
        text = {};
    } else {
        text.remove_prefix(text.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
    }
    return line;
}

/// "From sender Thu Mar  5 08:00:00 2026": a sender, then a time of day and a year somewhere.
bool is_separator(std::string_view line) {
    if (!line.starts_with("From ") || line.size() > 1000) return false;
    const auto colon = line.find(':');
    const bool has_time = colon != std::string_view::npos && colon + 2 < line.size() &&
                          colon >= 2 && line[colon - 1] >= '0' && line[colon - 1] <= '9' &&
                          line[colon + 1] >= '0' && line[colon + 1] <= '9';
    for (std::size_t i = 5; has_time && i + 4 <= line.size(); ++i) {
        const std::string_view four = line.substr(i, 4);
        const bool is_year = (four.starts_with("19") || four.starts_with("20")) &&
                             four.find_first_not_of("0123456789") == std::string_view::npos;
        if (is_year && line[i - 1] == ' ' && (i + 4 == line.size() || line[i + 4] == ' '))
            return true;
    }
    return false;
}

/// Where mails start in an mbox: positions of separator lines. Lines end with LF there, maybe after
/// CR.
std::vector<std::size_t> separators_in(std::string_view bytes) {
    std::vector<std::size_t> out;
    bool blank_before = true;
    for (std::size_t at = 0; at < bytes.size();) {
        const auto lf = bytes.find('\n', at);
        const std::size_t next = lf == std::string_view::npos ? bytes.size() : lf + 1;
        std::string_view line = bytes.substr(at, next - at);
        while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
        if (blank_before && is_separator(line)) {
            std::string_view rest = bytes.substr(next, 300);
            if (!header_name(take_line(rest)).empty()) out.push_back(at);
        }
        blank_before = line.empty();
        at = next;
    }
    return out;
}

/// One mail of an mbox without its separator and without the quoting of its "From " lines.
std::string unquoted_mail(std::string_view part) {
    const auto first_end = part.find('\n');
    part.remove_prefix(first_end == std::string_view::npos ? part.size() : first_end + 1);
    std::string out;
    out.reserve(part.size());
    for (std::size_t at = 0; at < part.size();) {
        const auto lf = part.find('\n', at);
        const std::size_t next = lf == std::string_view::npos ? part.size() : lf + 1;
        std::string_view line = part.substr(at, next - at);
        const auto quotes = std::min(line.find_first_not_of('>'), line.size());
        if (quotes > 0 && line.substr(quotes).starts_with("From ")) line.remove_prefix(1);
        out += line;
        at = next;
    }
    if (out.ends_with("\r\n\r\n")) {
        out.resize(out.size() - 2);  // the blank line belongs to the next separator
    } else if (out.ends_with("\n\n")) {
        out.pop_back();
    }
    return out;
}

Result<std::string> whole_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return fail(ErrorKind::Forbidden, "the file cannot be read");
    std::string out{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (in.bad()) return fail(ErrorKind::Transient, "reading the file failed");
    return out;
}

/// Regular files below `folder`, by path. Folders that are links are not entered, so there is no
/// loop.
Result<std::vector<std::string>> files_below(const std::string& folder,
                                             std::vector<SkippedFile>& skipped) {
    std::vector<std::string> out;
    std::error_code error;
    fs::recursive_directory_iterator it(folder, fs::directory_options::skip_permission_denied,
                                        error);
    if (error) return fail(ErrorKind::Forbidden, "cannot read the folder " + folder);
    for (; it != fs::recursive_directory_iterator(); it.increment(error)) {
        if (error) return fail(ErrorKind::Transient, "reading the folder stopped: " + folder);
        const fs::path& path = it->path();
        std::error_code ignored;
        if (it->is_directory(ignored)) {
            const bool is_maildir_tmp = path.filename() == "tmp" &&
                                        fs::is_directory(path.parent_path() / "cur", ignored) &&
                                        fs::is_directory(path.parent_path() / "new", ignored);
            if (is_maildir_tmp) {
                skipped.push_back(
                    {path.string(), "tmp of a Maildir holds mails that are not delivered yet"});
                it.disable_recursion_pending();
            }
            continue;
        }
        if (it->is_regular_file(ignored)) {
            out.push_back(path.string());
        } else {
            skipped.push_back({path.string(), "not a regular file"});
        }
    }
    std::sort(out.begin(), out.end());
    return out;
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr);
    std::string out;
    for (unsigned int i = 0; i < length; ++i) {
        constexpr std::string_view digits = "0123456789abcdef";
        out += digits[digest[i] >> 4u];
        out += digits[digest[i] & 15u];
    }
    return out;
}

std::string not_a_mail_because(std::string_view bytes) {
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    const auto first = bytes.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return "the file is empty";
    bytes.remove_prefix(first);
    std::string_view rest = bytes.substr(0, 1u << 20);
    bool is_mail = false;
    for (bool is_first = true; !rest.empty();) {
        const std::string_view line = take_line(rest);
        if (is_first && (line.starts_with("From ") || line.starts_with(">From "))) {
            is_mail = is_mail || is_separator(line);
            continue;
        }
        if (line.empty()) break;
        if (!is_first && (line.front() == ' ' || line.front() == '\t')) continue;
        const std::string_view name = header_name(line);
        if (name.empty() && is_first) return "it does not start with header lines";
        if (name.empty()) break;
        is_first = false;
        is_mail = is_mail || is_header_of_mail(name);
    }
    return is_mail ? std::string() : std::string("no header of a mail is among its first lines");
}

std::vector<std::string> split_mbox(std::string_view bytes) {
    const auto starts =
        bytes.starts_with("From ") ? separators_in(bytes) : std::vector<std::size_t>();
    std::vector<std::string> out;
    if (starts.size() < 2 || starts.front() != 0) {
        out.emplace_back(bytes);
        return out;
    }
    for (std::size_t i = 0; i < starts.size(); ++i) {
        const std::size_t end = i + 1 < starts.size() ? starts[i + 1] : bytes.size();
        out.push_back(unquoted_mail(bytes.substr(starts[i], end - starts[i])));
    }
    return out;
}

Result<void> MailLoader::give(std::string_view path, std::string_view bytes) {
    const std::string digest = sha256_hex(bytes);
    const std::string key = digest + ":" + std::to_string(digest_counts_[digest]++);
    ++mails_;
    return take_(FoundMail{path, key, bytes});
}

namespace {

/// An .eml file and a file of a Maildir are one mail each, whatever lines stand in them: a mail
/// that encloses another one may hold a separator.
bool holds_one_mail(const fs::path& path) {
    const fs::path folder = path.parent_path().filename();
    return to_lower_ascii(path.extension().string()) == ".eml" || folder == "cur" ||
           folder == "new";
}

}  // namespace

Result<void> MailLoader::load_file(const std::string& path) {
    std::error_code error;
    const fs::path real = fs::canonical(path, error);
    if (error) {
        skipped_.push_back({path, "the file is gone or cannot be reached"});
        return {};
    }
    if (!seen_paths_.insert(real.string()).second) return {};
    ++files_;
    const std::uintmax_t size = fs::file_size(real, error);
    if (error || size > mail_file_bytes_max) {
        skipped_.push_back({path, error ? "its size cannot be read" : "larger than 512 MiB"});
        return {};
    }
    const auto bytes = whole_file(real.string());
    if (!bytes) {
        skipped_.push_back({path, bytes.error().message});
        return {};
    }
    // A file whose name says that it is a mail is one, however broken; of others the content decides.
    const bool named_a_mail = to_lower_ascii(fs::path(path).extension().string()) == ".eml" &&
                              bytes->find_first_not_of(" \t\r\n") != std::string::npos;
    if (auto reason = not_a_mail_because(*bytes); !reason.empty() && !named_a_mail) {
        skipped_.push_back({path, std::move(reason)});
        return {};
    }
    if (holds_one_mail(path)) return give(path, *bytes);
    for (const std::string& mail : split_mbox(*bytes)) {
        if (auto taken = give(path, mail); !taken) return taken;
    }
    return {};
}

Result<void> MailLoader::load(const std::string& path) {
    std::error_code error;
    const auto status = fs::status(path, error);
    if (!fs::exists(status)) return fail(ErrorKind::NotFound, "no such file or folder: " + path);
    if (fs::is_regular_file(status)) return load_file(path);
    if (!fs::is_directory(status))
        return fail(ErrorKind::InvalidRequest, "neither a file nor a folder: " + path);
    const auto files = files_below(path, skipped_);
    if (!files) return std::unexpected(files.error());
    for (const std::string& file : *files) {
        if (auto loaded = load_file(file); !loaded) return loaded;
    }
    return {};
}

}  // namespace liaison::sandbox
