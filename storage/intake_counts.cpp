#include "storage/intake_table.hpp"

namespace liaison::storage {

// Every row is counted once: seen = logged + unmatched + parked + pending + the sum of skipped.
//   Parked, or decided to be parked    parked
//   New, ToLog                         pending
//   ToMark, Done                       logged, unmatched, or skipped under its reason ("held" for a rule's hold)
MailCounts IntakeTable::counts(const std::optional<MailboxId>& mailbox) {
    static constexpr std::string_view kAll =
        "SELECT state, outcome, reason, COUNT(*), SUM(interactions) FROM intake GROUP BY state, outcome, reason";
    static constexpr std::string_view kOne =
        "SELECT state, outcome, reason, COUNT(*), SUM(interactions) FROM intake WHERE mailbox = ? "
        "GROUP BY state, outcome, reason";
    MailCounts out;
    std::map<std::string, std::size_t> skipped;
    const auto rows = mailbox ? database_.query(kOne, {find_mailbox(*mailbox)}) : database_.query(kAll);
    while (rows->next()) {
        const auto state = static_cast<IntakeState>(rows->integer(0));
        const auto outcome = static_cast<MailOutcome>(rows->integer(1));
        const auto count = static_cast<std::size_t>(rows->integer(3));
        out.seen += count;
        out.interactions += static_cast<std::size_t>(rows->integer(4));
        const bool undecided = state == IntakeState::New;
        if (state == IntakeState::Parked || (!undecided && outcome == MailOutcome::Park))
            out.parked += count;
        else if (undecided || state == IntakeState::ToLog)
            out.pending += count;
        else if (outcome == MailOutcome::Log)
            out.logged += count;
        else if (outcome == MailOutcome::Unmatched)
            out.unmatched += count;
        else
            skipped[outcome == MailOutcome::Hold ? std::string("held") : rows->bytes(2)] += count;
    }
    out.skipped.assign(skipped.begin(), skipped.end());
    return out;
}

}  // namespace liaison::storage
