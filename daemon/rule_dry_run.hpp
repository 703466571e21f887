#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/async.hpp"
#include "core/limits.hpp"
#include "core/ports/address_book.hpp"
#include "core/ports/mail_source.hpp"
#include "core/result.hpp"
#include "daemon/mail_logger.hpp"
#include "daemon/rule_trial.hpp"

namespace liaison::daemon {

/// Which mail a dry run looks at.
struct DryRunRange {
    std::vector<std::string> folders;  ///< empty: the designated folders of the mailbox
    std::optional<Timestamp> since;    ///< received at this time or later
    std::size_t mails_max = limits::dry_run_mails_max;
};

struct DryRunResult {
    RuleComparison comparison;
    std::size_t unreadable = 0;
    bool complete = true;  ///< false: more mail lies there than was looked at
};

/// A changed rule set over a mailbox' past mail, beside the one in force: oldest mail first, so
/// that later mail sees what would have become of earlier mail. Reads only. The mails' facts are
/// read twice (first to learn their dates) rather than kept.
class RuleDryRun {
public:
    /// Both must outlive it.
    RuleDryRun(MailSource& source, AddressBook& book) : source_(source), book_(book) {}

    Async<Result<DryRunResult>> run(MailboxSpec spec, rules::RuleSet before, rules::RuleSet after,
                                    DryRunRange range);

private:
    struct Found {
        Timestamp at{};
        ItemKey key;
        std::string folder;
    };
    struct Listing {
        std::vector<Found> mails;  ///< by date, oldest first
        bool complete = true;
    };
    Async<Result<Listing>> list(MailboxSpec spec, DryRunRange range);
    Async<Result<void>> list_folder(std::string folder, DryRunRange range, Listing& into);
    Async<Result<MailPlace>> place_of(MailboxSpec spec);

    MailSource& source_;
    AddressBook& book_;
};

}  // namespace liaison::daemon
