#include "connectors/exchange_mail.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/http_message.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace liaison {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kWellKnownFolders = {{
    {"Inbox", "inbox"},
    {"Sent Items", "sentitems"},
    {"Drafts", "drafts"},
    {"Deleted Items", "deleteditems"},
    {"Junk Email", "junkemail"},
    {"Outbox", "outbox"},
}};
constexpr std::size_t kPathDepthMax = 32;

}  // namespace

std::vector<std::string> marked_categories(const std::vector<std::string>& present,
                                           const MailMark& mark) {
    const auto contains = [](const std::vector<std::string>& list, const std::string& name) {
        return std::any_of(list.begin(), list.end(),
                           [&](const std::string& other) { return iequals(other, name); });
    };
    std::vector<std::string> out;
    for (const std::string& name : present)
        if (!contains(mark.remove_categories, name) || contains(mark.add_categories, name))
            out.push_back(name);
    for (const std::string& name : mark.add_categories)
        if (!contains(out, name)) out.push_back(name);
    return out;
}

std::vector<MailAddress> read_authors(std::string_view header) {
    std::vector<MailAddress> out;
    std::string entry;
    bool quoted = false;
    int comment = 0;
    const auto finish = [&] {
        std::string_view text = trim(entry);
        const std::size_t open = text.rfind('<');
        if (open != std::string_view::npos) text = text.substr(open + 1, text.find('>', open) - open - 1);
        text = trim(text);
        const bool address = text.find('@') != std::string_view::npos && text.find(' ') == std::string_view::npos;
        if (address && out.size() < limits::recipients_max) out.push_back({std::string(text), {}});
        entry.clear();
    };
    for (std::size_t i = 0; i < header.size(); ++i) {
        const char c = header[i];
        if (c == '\\' && (quoted || comment > 0)) {
            ++i;
        } else if (c == '"' && comment == 0) {
            quoted = !quoted;
        } else if (!quoted && (c == '(' || (c == ')' && comment > 0))) {
            comment += c == '(' ? 1 : -1;
        } else if (!quoted && comment == 0 && (c == ',' || c == ';')) {
            finish();
        } else if (!quoted && comment == 0) {
            entry += c;
        }
    }
    finish();
    return out;
}

void add_other_authors(std::string_view from_header, MailMessage& message) {
    if (!message.from) return;
    for (MailAddress& author : read_authors(from_header))
        if (!iequals(author.address, message.from->address))
            message.other_authors.push_back(std::move(author));
}

std::string cut_bytes(std::string text, std::size_t max) {
    if (text.size() <= max) return text;
    while (max > 0 && (static_cast<unsigned char>(text[max]) & 0xC0) == 0x80) --max;
    text.resize(max);
    return text;
}

std::string well_known_folder(std::string_view segment) {
    for (const auto& [english, name] : kWellKnownFolders)
        if (iequals(english, segment)) return std::string(name);
    return {};
}

std::string FolderPlace::prefix() const {
    if (is_public) return "public:";
    return owner.empty() ? std::string() : owner + ":";
}

FolderPlace folder_place(std::string_view path) {
    FolderPlace place{{}, false, std::string(path)};
    const std::size_t colon = path.find(':');
    const std::string_view head = trim(path.substr(0, colon));
    if (colon == std::string_view::npos || head.find('/') != std::string_view::npos) return place;
    place.is_public = iequals(head, "public");
    if (!place.is_public && head.find('@') == std::string_view::npos) return place;
    if (!place.is_public) place.owner = normal_address(head);
    place.path = std::string(path.substr(colon + 1));
    return place;
}

std::optional<std::vector<std::string>> path_segments(std::string_view path) {
    std::vector<std::string> segments = split(path, '/');
    for (std::string& segment : segments) {
        segment = normal_line(segment);
        if (segment.empty()) return std::nullopt;
    }
    if (segments.size() > kPathDepthMax) return std::nullopt;
    return segments;
}

}  // namespace liaison
