#include "core/limits.hpp"
#include "storage/intake_table.hpp"

namespace liaison::storage {

void IntakeTable::write_threads(const DecidedMail& decided) {
    if (decided.thread_keys.empty()) return;
    database_.execute("DELETE FROM intake_thread WHERE intake = ?", {decided.row});
    for (const ThreadKey& key : decided.thread_keys)
        database_.execute(
            "INSERT INTO intake_thread (thread_key, tie, intake) VALUES (?, ?, ?) ON CONFLICT "
            "(thread_key, tie, intake) DO NOTHING",
            {std::string_view(key.digest), static_cast<std::int64_t>(key.tie), decided.row});
}

std::vector<std::vector<ThreadMail>> IntakeTable::find_threads(
    const std::vector<std::vector<ThreadKey>>& keys) {
    static const std::string sql = intake_select(
        "JOIN intake_thread t ON t.intake = i.id WHERE t.thread_key = ? AND t.tie = ? AND i.state "
        "<> 0 AND i.reason <> 'duplicate' ORDER BY i.id DESC LIMIT ?");
    std::vector<std::vector<ThreadMail>> out;
    for (const std::vector<ThreadKey>& wanted : keys) {
        // A mail that shares keys of several ties answers with the strongest.
        std::map<std::int64_t, ThreadMail> mails;
        for (const ThreadKey& key : wanted) {
            std::vector<IntakeRow> rows = intake_rows(
                database_.query(sql, {std::string_view(key.digest),
                                      static_cast<std::int64_t>(key.tie),
                                      static_cast<std::int64_t>(limits::thread_mails_max)}));
            for (IntakeRow& row : rows) {
                const std::int64_t id = row.id;
                auto [at, is_new] = mails.try_emplace(id, ThreadMail{std::move(row), key.tie});
                if (!is_new) at->second.tie = std::min(at->second.tie, key.tie);
            }
        }
        std::vector<ThreadMail> list;
        for (auto at = mails.rbegin(); at != mails.rend(); ++at)
            if (list.size() < limits::thread_mails_max) list.push_back(std::move(at->second));
        out.push_back(std::move(list));
    }
    return out;
}

std::vector<ThreadMail> IntakeTable::thread_of(std::int64_t row) {
    std::vector<ThreadKey> keys;
    {
        const auto rows = database_.query(
            "SELECT tie, thread_key FROM intake_thread WHERE intake = ? ORDER BY tie, thread_key",
            {row});
        while (rows->next())
            keys.push_back(ThreadKey{static_cast<ThreadTie>(rows->integer(0)), rows->bytes(1)});
    }
    std::vector<ThreadMail> out = std::move(find_threads({keys}).front());
    std::erase_if(out, [row](const ThreadMail& mail) { return mail.row.id == row; });
    return out;
}

}  // namespace liaison::storage
