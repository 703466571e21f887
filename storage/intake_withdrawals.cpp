#include <algorithm>
#include <boost/json.hpp>

#include "storage/intake_table.hpp"
#include "storage/journal.hpp"
#include "storage/record_codec.hpp"

namespace liaison::storage {

namespace {

constexpr std::string_view kWithdrawalSelect =
    "SELECT w.id, w.intake, m.name, i.identity, w.contacts, w.erase_content, w.who, w.why, w.at, "
    "w.done_at FROM withdrawal w JOIN intake i ON i.id = w.intake JOIN mailbox m ON m.id = "
    "i.mailbox ";

std::vector<MailWithdrawal> withdrawal_rows(std::unique_ptr<Rows> rows) {
    std::vector<MailWithdrawal> out;
    while (rows->next()) {
        MailWithdrawal one;
        one.id = rows->integer(0);
        one.row = rows->integer(1);
        one.mailbox = MailboxId(rows->bytes(2));
        one.identity = MessageIdentity(rows->bytes(3));
        one.contact_ids = expect_stored(decode_texts(rows->bytes(4)));
        one.erase_content = rows->integer(5) != 0;
        one.who = rows->bytes(6);
        one.why = rows->bytes(7);
        one.at = Timestamp(std::chrono::milliseconds(rows->integer(8)));
        if (const std::int64_t done = rows->integer(9); done != 0)
            one.done_at = Timestamp(std::chrono::milliseconds(done));
        out.push_back(std::move(one));
    }
    return out;
}

JournalEntry withdrawal_entry(const IntakeRow& row, const MailWithdrawal& one) {
    JournalEntry entry;
    entry.at = one.at;
    entry.pair = PairId(row.mailbox.str() + "/mail");
    entry.event = "mail_withdrawal";
    entry.reason = one.why;
    entry.detail = serialize(boost::json::object{{"row", row.id},
                                                 {"who", one.who},
                                                 {"contacts", one.contact_ids.size()},
                                                 {"erase_content", one.erase_content}});
    return entry;
}

}  // namespace

bool IntakeTable::is_waiting_withdrawal(const MailWithdrawal& withdrawal) {
    const std::string contacts = encode_texts(withdrawal.contact_ids);
    const auto rows = database_.query(
        "SELECT 1 FROM withdrawal WHERE intake = ? AND done_at = 0 AND contacts = ?",
        {withdrawal.row, std::string_view(contacts)});
    return rows->next();
}

Result<std::vector<std::int64_t>> IntakeTable::request_withdrawals(
    const std::vector<MailWithdrawal>& withdrawals) {
    std::vector<std::int64_t> out;
    Journal journal(database_);
    for (const MailWithdrawal& one : withdrawals) {
        const std::optional<IntakeRow> known = row(one.row);
        if (!known)
            return fail(ErrorKind::NotFound,
                        "there is no mail with the number " + std::to_string(one.row));
        const bool logged = known->decision.outcome == MailOutcome::Log &&
                            (known->state == IntakeState::ToMark ||
                             known->state == IntakeState::Done);
        if (!logged)
            return fail(ErrorKind::InvalidRequest,
                        "mail " + std::to_string(one.row) + " is not logged");
        if (!is_waiting_withdrawal(one)) {
            const std::string contacts = encode_texts(one.contact_ids);
            database_.execute(
                "INSERT INTO withdrawal (intake, contacts, erase_content, who, why, at) VALUES (?, "
                "?, ?, ?, ?, ?)",
                {one.row, std::string_view(contacts), std::int64_t{one.erase_content},
                 std::string_view(one.who), std::string_view(one.why), time_column(one.at)});
            add_event(one.row, one.at, "withdrawal_asked", one.why + ", by " + one.who);
            journal.append(withdrawal_entry(*known, one));
        }
        const auto rows = database_.query(
            "SELECT max(id) FROM withdrawal WHERE intake = ? AND done_at = 0", {one.row});
        out.push_back(rows->next() ? rows->integer(0) : 0);
    }
    journal.finish();
    return out;
}

std::vector<MailWithdrawal> IntakeTable::open_withdrawals(const MailboxId& mailbox,
                                                          std::size_t max) {
    static const std::string sql = std::string(kWithdrawalSelect) +
                                   "WHERE w.done_at = 0 AND i.mailbox = ? ORDER BY w.id LIMIT ?";
    return withdrawal_rows(
        database_.query(sql, {find_mailbox(mailbox), static_cast<std::int64_t>(max)}));
}

std::vector<MailWithdrawal> IntakeTable::list_withdrawals(std::int64_t after, std::size_t max) {
    static const std::string sql =
        std::string(kWithdrawalSelect) + "WHERE w.id > ? ORDER BY w.id LIMIT ?";
    return withdrawal_rows(database_.query(sql, {after, static_cast<std::int64_t>(max)}));
}

void IntakeTable::settle_withdrawals(const std::vector<std::int64_t>& ids, Timestamp now) {
    static const std::string sql = std::string(kWithdrawalSelect) + "WHERE w.id = ?";
    for (const std::int64_t id : ids) {
        const std::vector<MailWithdrawal> found = withdrawal_rows(database_.query(sql, {id}));
        if (found.empty() || found.front().done_at) continue;
        const MailWithdrawal& one = found.front();
        database_.execute("UPDATE withdrawal SET done_at = ? WHERE id = ?", {time_column(now), id});
        IntakeRow known = row(one.row).value_or(IntakeRow{});
        if (known.decision.outcome != MailOutcome::Log) continue;
        std::erase_if(known.decision.drafts, [&](const InteractionDraft& draft) {
            return one.contact_ids.empty() ||
                   std::ranges::find(one.contact_ids, draft.contact_id) != one.contact_ids.end();
        });
        if (known.decision.drafts.empty()) {
            known.decision.outcome = MailOutcome::Skip;
            known.decision.reason = "withdrawn";
            known.decision.detail = one.why;
            known.decision.move_to.clear();
            known.decision.effects.clear();
            known.decision.add_categories.clear();
        }
        const std::string decision = encode_decision(known.decision);
        const std::string contacts_left = encode_texts({});
        database_.execute(
            "UPDATE intake SET outcome = ?, reason = ?, decision = ?, interactions = ?, "
            "interaction_ids = CASE WHEN ? = 0 THEN ? ELSE interaction_ids END, search_due = 0, "
            "state = ?, due = 0, attempts = 0 WHERE id = ?",
            {outcome_column(known.decision.outcome), std::string_view(known.decision.reason),
             std::string_view(decision), static_cast<std::int64_t>(known.decision.drafts.size()),
             static_cast<std::int64_t>(known.decision.drafts.size()),
             std::string_view(contacts_left), state_column(IntakeState::ToMark), one.row});
        add_event(one.row, now, "withdrawn", one.why + ", by " + one.who);
    }
}

}  // namespace liaison::storage
