#include "storage/intake_table.hpp"

namespace liaison::storage {

namespace {

/// Adds up rows of (state, outcome, reason, number, interactions).
class MailTally {
public:
    template <class Rows>
    void add(Rows& rows) {
        const auto state = static_cast<IntakeState>(rows.integer(0));
        const auto outcome = static_cast<MailOutcome>(rows.integer(1));
        const auto count = static_cast<std::size_t>(rows.integer(3));
        counts_.seen += count;
        counts_.interactions += static_cast<std::size_t>(rows.integer(4));
        const bool undecided = state == IntakeState::New;
        if (state == IntakeState::Parked || (!undecided && outcome == MailOutcome::Park))
            counts_.parked += count;
        else if (undecided || state == IntakeState::ToLog)
            counts_.pending += count;
        else if (outcome == MailOutcome::Log)
            counts_.logged += count;
        else if (outcome == MailOutcome::Unmatched)
            counts_.unmatched += count;
        else
            skipped_[outcome == MailOutcome::Hold ? std::string("held") : rows.bytes(2)] += count;
    }
    MailCounts counts() {
        counts_.skipped.assign(skipped_.begin(), skipped_.end());
        return counts_;
    }

private:
    MailCounts counts_;
    std::map<std::string, std::size_t> skipped_;
};

}  // namespace

// Every row is counted once: seen = logged + unmatched + parked + pending + the sum of skipped.
//   Parked, or decided to be parked    parked
//   New, ToLog                         pending
//   ToMark, Done                       logged, unmatched, or skipped under its reason ("held" for a
//   rule's hold)
MailCounts IntakeTable::counts(const std::optional<MailboxId>& mailbox) {
    static constexpr std::string_view kAll =
        "SELECT state, outcome, reason, COUNT(*), SUM(interactions) FROM intake GROUP BY state, "
        "outcome, reason";
    static constexpr std::string_view kOne =
        "SELECT state, outcome, reason, COUNT(*), SUM(interactions) FROM intake WHERE mailbox = ? "
        "GROUP BY state, outcome, reason";
    MailTally tally;
    const auto rows =
        mailbox ? database_.query(kOne, {find_mailbox(*mailbox)}) : database_.query(kAll);
    while (rows->next()) tally.add(*rows);
    return tally.counts();
}

std::map<FolderId, MailCounts> IntakeTable::folder_counts(const MailboxId& mailbox) {
    static constexpr std::string_view kByFolder =
        "SELECT state, outcome, reason, COUNT(*), SUM(interactions), folder FROM intake WHERE "
        "mailbox = ? GROUP BY state, outcome, reason, folder";
    std::map<FolderId, MailTally> tallies;
    const auto rows = database_.query(kByFolder, {find_mailbox(mailbox)});
    while (rows->next()) tallies[FolderId(rows->bytes(5))].add(*rows);
    std::map<FolderId, MailCounts> out;
    for (auto& [folder, tally] : tallies) out[folder] = tally.counts();
    return out;
}

}  // namespace liaison::storage
