#include "storage/journal.hpp"

#include <charconv>

#include "core/digest.hpp"

namespace liaison::storage {

namespace {

constexpr std::size_t kJournalPage = 1'000;

/// Every part with its length in front, so that no two lines have the same text.
std::string journal_line_hash(std::string_view previous, const JournalEntry& entry) {
    const std::string numbers = std::to_string(entry.sequence) + ' ' +
                                std::to_string(entry.at.time_since_epoch().count()) + ' ' +
                                std::to_string(entry.link.value()) + ' ' + std::to_string(entry.operation.value());
    std::string text;
    for (const std::string_view part : {previous, std::string_view(numbers), std::string_view(entry.pair.str()),
                                        std::string_view(entry.event), std::string_view(entry.reason),
                                        std::string_view(entry.detail)}) {
        text += std::to_string(part.size());
        text += ':';
        text += part;
    }
    return sha256_hex(text);
}

JournalEntry journal_row(const Rows& rows) {
    JournalEntry entry;
    entry.sequence = rows.integer(0);
    entry.at = Timestamp(std::chrono::milliseconds(rows.integer(1)));
    entry.pair = PairId(rows.bytes(2));
    entry.event = rows.bytes(3);
    entry.link = LinkId(rows.integer(4));
    entry.operation = OperationId(rows.integer(5));
    entry.reason = rows.bytes(6);
    entry.detail = rows.bytes(7);
    return entry;
}

constexpr std::string_view kJournalSelect =
    "SELECT sequence, at, pair, event, link, operation, reason, detail, hash FROM journal WHERE sequence > ? "
    "ORDER BY sequence LIMIT ?";

}  // namespace

Journal::Head Journal::read_head() {
    Head head;
    const auto rows = database_.query("SELECT value FROM meta WHERE name = 'journal_head'");
    if (!rows->next()) return head;
    const std::string text = rows->bytes(0);
    const std::size_t space = text.find(' ');
    const char* end = text.data() + std::min(space, text.size());
    const auto [stopped, error] = std::from_chars(text.data(), end, head.sequence);
    if (space == std::string::npos || error != std::errc{} || stopped != end) broken("the journal's head cannot be read");
    head.hash = text.substr(space + 1);
    return head;
}

void Journal::write_head(const Head& head) {
    const std::string text = std::to_string(head.sequence) + ' ' + head.hash;
    database_.execute(
        "INSERT INTO meta (name, value) VALUES ('journal_head', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        {std::string_view(text)});
}

void Journal::append(JournalEntry entry) {
    if (!head_) head_ = read_head();
    entry.sequence = head_->sequence + 1;
    const std::string hash = journal_line_hash(head_->hash, entry);
    database_.execute(
        "INSERT INTO journal (sequence, at, pair, event, link, operation, reason, detail, hash) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {entry.sequence, std::int64_t{entry.at.time_since_epoch().count()}, std::string_view(entry.pair.str()),
         std::string_view(entry.event), entry.link.value(), entry.operation.value(), std::string_view(entry.reason),
         std::string_view(entry.detail), std::string_view(hash)});
    head_ = Head{entry.sequence, hash};
}

void Journal::finish() {
    if (head_) write_head(*head_);
    head_.reset();
}

std::vector<JournalEntry> Journal::read(std::int64_t after, std::size_t max) {
    std::vector<JournalEntry> out;
    const auto rows = database_.query(kJournalSelect, {after, static_cast<std::int64_t>(max)});
    while (rows->next()) out.push_back(journal_row(*rows));
    return out;
}

JournalReport Journal::verify() {
    JournalReport report;
    Head reached;
    while (true) {
        const std::int64_t before = reached.sequence;
        const auto rows = database_.query(kJournalSelect, {before, static_cast<std::int64_t>(kJournalPage)});
        while (rows->next()) {
            const JournalEntry entry = journal_row(*rows);
            const std::string hash = journal_line_hash(reached.hash, entry);
            if (entry.sequence != reached.sequence + 1 || hash != rows->bytes(8)) {
                report.first_broken = reached.sequence + 1;
                return report;
            }
            reached = Head{entry.sequence, hash};
            ++report.entries;
        }
        if (reached.sequence == before) break;
    }
    const Head head = read_head();
    if (head.sequence != reached.sequence || head.hash != reached.hash) report.first_broken = reached.sequence + 1;
    return report;
}

}  // namespace liaison::storage
