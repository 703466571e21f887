#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/async.hpp"
#include "core/ports/address_book.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/interaction_sink.hpp"
#include "core/ports/mail_source.hpp"
#include "core/ports/mail_store.hpp"
#include "core/result.hpp"
#include "daemon/mail/policy.hpp"
#include "service/blocklist_book.hpp"
#include "service/rule_book.hpp"

namespace liaison::service {

/// The whole reason for one mail.
struct MailExplanation {
    IntakeRow row;
    std::vector<MailEvent> history;
    std::vector<std::int64_t> others;  ///< further rows that the same text names: copies
};

/// Somebody who might be meant by a mail in the tray.
struct PartyProposal {
    PartyRef party;
    std::string name;
    std::string company;
    std::string why;      ///< candidate, thread, name, domain
    std::string address;  ///< of the mail, that it would stand for; may be empty
};

/// A mail of the tray, looked at closely: with what only Exchange still knows, if it can be asked.
struct TrayMail {
    IntakeRow row;
    std::vector<PartyProposal> proposals;  ///< best first
    std::optional<std::string> subject;    ///< read from Exchange now, kept nowhere
    std::optional<std::string> sender_name;
};

/// How far a choice reaches.
enum class ChoiceScope { Mail, Thread, Address };

/// What a person wants done with a mail in the tray.
struct LinkWish {
    PartyQuery party;  ///< by number, or by id and kind
    ChoiceScope scope = ChoiceScope::Thread;
    std::string address;  ///< Address: which one; empty: the sender's
    std::string campaign_id, opportunity_id;
    std::string who;
};
struct CreateWish {
    PartyKind kind = PartyKind::Contact;
    std::string address;  ///< empty: the sender's
    std::string name;     ///< empty: as the mail shows it, if Exchange can be asked
    std::string company_id;
    std::string owner_id;
    ChoiceScope scope = ChoiceScope::Thread;
    std::string who;
};
/// A rule that does for later mails what a person would do with this one.
struct RuleWish {
    bool by_domain = false;  ///< mails from the sender's domain, else from his address
    std::string action;      ///< link, ignore, contact, lead
    PartyQuery party;        ///< link: with whom
    std::string who;
};
struct RuleProposal {
    std::string rule;      ///< JSON of the new rule
    std::string document;  ///< the whole rule document with it
    std::int64_t number = 0;  ///< of the document that it changes
};

/// The desk at which people work on logged and unlogged mail: explain, the unmatched tray,
/// blocklists and withdrawals. Used by the management API and, without Exchange, by the command
/// line. Every verb may be repeated; what it changes is durable and journaled.
class MailDesk {
public:
    /// The source of a mailbox, or null.
    using SourceOf = std::function<MailSource*(const MailboxId&)>;
    /// All references must outlive the desk.
    MailDesk(MailStore& store, AddressBook& book, InteractionSink& sink, RuleBook& rules,
             BlocklistBook& blocklist, Clock& clock, SourceOf source_of,
             std::function<void(const MailboxId&)> wake)
        : store_(store),
          book_(book),
          sink_(sink),
          rules_(rules),
          blocklist_(blocklist),
          clock_(clock),
          source_of_(std::move(source_of)),
          wake_(std::move(wake)) {}

    /// By row number, Message-ID or identity. NotFound: never seen in a designated folder.
    Async<Result<MailExplanation>> explain(std::string text);
    Async<Result<TrayMail>> look(std::int64_t row);

    /// Each answers how many mails are decided again.
    Async<Result<std::size_t>> link(std::int64_t row, LinkWish wish);
    Async<Result<std::size_t>> create(std::int64_t row, CreateWish wish);
    Async<Result<std::size_t>> ignore(std::int64_t row, ChoiceScope scope, std::string who);
    /// The rule document with one more rule; nothing is changed yet.
    Async<Result<RuleProposal>> propose_rule(std::int64_t row, RuleWish wish);

    /// Logged mails with somebody who stands on the blocklist by now.
    Async<Result<std::vector<IntakeRow>>> blocklisted_mail(std::int64_t after, std::size_t max);
    /// Withdraws these mails as a whole.
    Async<Result<std::vector<std::int64_t>>> withdraw(std::vector<std::int64_t> rows,
                                                      std::string why, std::string who,
                                                      bool erase_content);
    /// Withdraws what the blocklist covers; of a mail with others, only its own interactions.
    Async<Result<std::vector<std::int64_t>>> withdraw_blocklisted(std::string who,
                                                                  bool erase_content);

    MailStore& store() { return store_; }
    BlocklistBook& blocklist() { return blocklist_; }
    RuleBook& rules() { return rules_; }

private:
    Async<Result<IntakeRow>> row_of(std::int64_t id);
    Async<Result<Party>> find_party(PartyQuery query);
    Async<Result<std::size_t>> choose(IntakeRow row, MailChoice choice);
    Async<std::optional<MailMessage>> read_mail(IntakeRow row);
    Async<Result<void>> propose_by(PartyQuery query, std::string why, std::string address,
                                   TrayMail& out);
    Async<Result<void>> propose_known(TrayMail& out);

    MailStore& store_;
    AddressBook& book_;
    InteractionSink& sink_;
    RuleBook& rules_;
    BlocklistBook& blocklist_;
    Clock& clock_;
    SourceOf source_of_;
    std::function<void(const MailboxId&)> wake_;
};

}  // namespace liaison::service
