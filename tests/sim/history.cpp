#include "tests/sim/history.hpp"

#include <algorithm>
#include <array>

namespace liaison::sim {

std::string normal_text(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const auto byte = static_cast<unsigned char>(c);
        const bool control =
            (byte < 0x20 && c != '\n') || byte == 0x7F;  // cleaning may drop or replace them
        // U+FFFD to U+FFFF
        if (text.substr(i, 2) == "\xEF\xBF" && i + 2 < text.size() &&
            static_cast<unsigned char>(text[i + 2]) >= 0xBD) {
            i += 2;
            continue;
        }
        if (!control && !(c == ' ' && (out.empty() || out.back() == ' '))) out += c;
    }
    while (!out.empty() && (out.back() == '\n' || out.back() == ' ')) out.pop_back();
    return out;
}

bool History::followed(std::string_view field) {
    static constexpr std::array<std::string_view, 9> kFollowed{
        "subject", "body",      "distance",   "location",    "family_name",
        "notes",   "job_title", "department", "company_name"};
    return std::find(kFollowed.begin(), kFollowed.end(), field) != kFollowed.end();
}

History::Lineage& History::made(std::uint32_t event, Timestamp at, Side side, std::size_t mailbox,
                                const Shown& item) {
    Lineage& line = lineages_[item.lineage];
    line.mark = item.lineage;
    line.kind = item.kind;
    line.mailbox = mailbox;
    line.born = side;
    line.is_private = item.is_private;
    ++edits_;
    for (const auto& [field, value] : item.fields)
        if (followed(field) && !value.empty())
            line.writes.push_back({event, at, side, field, normal_text(value), {}});
    return line;
}

void History::wrote(std::uint32_t event, Timestamp at, Side side, const Shown& before,
                    const std::string& field, const std::string& value) {
    ++edits_;
    Lineage* line = find(before.lineage);
    if (!line) return;
    const auto seen = before.fields.find(field);
    line->writes.push_back({event, at, side, field, normal_text(value),
                            seen == before.fields.end() ? std::string() : seen->second});
}

void History::erased(std::uint32_t event, Timestamp at, Side side, const Shown& before) {
    ++edits_;
    if (Lineage* line = find(before.lineage))
        line->erasures.push_back({event, at, side, before.fields});
}

History::Lineage* History::find(const std::string& mark) {
    const auto found = lineages_.find(mark);
    return found == lineages_.end() ? nullptr : &found->second;
}

}  // namespace liaison::sim
