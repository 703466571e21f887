#pragma once
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/async.hpp"
#include "core/ports/address_book.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/event_log.hpp"
#include "core/ports/interaction_sink.hpp"
#include "core/ports/mail_source.hpp"
#include "core/ports/mail_store.hpp"
#include "core/result.hpp"
#include "daemon/mail/logging.hpp"
#include "rules/rule_set.hpp"

namespace liaison::daemon {

/// The designated folders of one rep.
struct MailboxSpec {
    MailboxId mailbox;
    std::vector<std::string> folders;  ///< paths from the mailbox' root
    bool create_folders = true;
    bool mark_mail = true;  ///< leave a category and a note on each mail
    mail::LoggingPolicy policy;
};

/// What a cycle over one mailbox' folders did.
struct MailCycleReport {
    std::size_t arrived = 0;
    std::size_t decided = 0;
    std::size_t logged = 0;
    std::size_t marked = 0;
    std::size_t retried = 0;
    std::size_t failed = 0;
    bool moved() const { return arrived + decided + logged + marked + retried > 0; }
};

/// One mail of a dry run: what the rules would do with it.
struct DryRunLine {
    ItemKey key;
    std::string folder;
    MailDecision decision;
};

/// Logs mail: observe the designated folders, decide, write to the CRM, mark the message. Each step
/// is durable before the next begins (style-anchors 5.8), so a crash anywhere repeats at most a
/// step that is idempotent: the CRM knows a message by its identity, the mailbox by its mark.
class MailLogger {
public:
    /// All references must outlive the logger.
    MailLogger(MailSource& source, InteractionSink& sink, AddressBook& book, MailStore& store,
               Clock& clock, EventLog& log);

    Async<Result<MailCycleReport>> run_cycle(MailboxSpec spec, rules::RuleSet rules);

    /// Decides over what is in `folder` now, at most `max` mails, newest last; does and stores
    /// nothing.
    Async<Result<std::vector<DryRunLine>>> dry_run(MailboxSpec spec, rules::RuleSet rules,
                                                   std::string folder, std::size_t max);

private:
    struct Owner {
        std::string id;
        std::vector<std::string> addresses;
    };
    using Batch = std::vector<IntakeRow>;
    using Messages = std::vector<Result<MailMessage>>;

    Async<Result<void>> refresh_folders(MailboxSpec spec);
    Async<Result<std::size_t>> observe(MailboxSpec spec, MailFolder folder);
    Async<Result<Owner>> find_owner(MailboxSpec spec);
    Async<Result<void>> decide(MailboxSpec spec, rules::RuleSet rules, Owner owner,
                               MailCycleReport& report);
    Async<Result<std::vector<MailDecision>>> decide_batch(MailboxSpec spec, rules::RuleSet rules,
                                                          Owner owner, Batch rows,
                                                          const Messages& messages,
                                                          bool with_history);
    Async<Result<void>> write_interactions(MailboxSpec spec, MailCycleReport& report);
    Async<Result<void>> mark(MailboxSpec spec, MailCycleReport& report);
    /// Both must outlive the call.
    Async<Result<void>> put_off_corrupt(Batch& rows, Messages& messages);
    MailProgress failed_step(const IntakeRow& row, const Error& error) const;
    std::string path_of(const FolderId& folder) const;

    MailSource& source_;
    InteractionSink& sink_;
    AddressBook& book_;
    MailStore& store_;
    Clock& clock_;
    EventLog& log_;
    std::vector<MailFolder> folders_;
    Timestamp folders_read_at_{};
    /// Facts of mails decided in this cycle and not yet logged: spares a second read. Bounded by
    /// one batch.
    std::map<std::int64_t, MailMessage> fresh_;
};

}  // namespace liaison::daemon
