#pragma once
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/mail/logging.hpp"

namespace liaison::mail {

/// What the parts of a decision look at.
struct DecisionGround {
    const MailMessage& message;
    const Parties& parties;
    const MailActions& actions;
    const LoggingPolicy& policy;
    const MailSituation& situation;
};

/// "C-1, C-2 and 7 more"
std::string labels_text(const std::vector<std::string>& labels);
/// "any of the 3 addresses"
std::string addresses_text(std::size_t count);

/// The drafts of a mail: one per party, filled from rules, folder, conversation and policy, in this
/// order of preference.
class DraftList {
public:
    explicit DraftList(const DecisionGround& ground) : ground_(ground) {}

    /// Everybody who was matched and may be logged; what is blocked for privacy is named apart.
    void add_matched();
    /// The parties of a person's choice.
    void add_chosen(const MailChoice& choice);
    /// Rules or the folder file the mail under a record: a party, or one that stands behind it.
    void add_regarding();
    /// Rules or the policy make parties of unknown addresses. Never of machines.
    void add_new_parties();

    std::vector<InteractionDraft> take() { return std::move(drafts_); }
    bool empty() const { return drafts_.empty(); }
    const std::vector<std::string>& labels() const { return labels_; }
    const std::vector<std::string>& blocked() const { return blocked_; }
    const std::vector<std::string>& notes() const { return notes_; }
    const std::set<std::string>& created_for() const { return created_for_; }

private:
    InteractionDraft blank() const;
    void fill_from_rules(InteractionDraft& draft) const;
    void fill_regarding(InteractionDraft& draft, const std::string& kind,
                        const std::string& id) const;
    void add_party(const PartyRef& party, const std::string& address, std::string label);
    void create_for(const AddressMatch& match, PartyKind kind, const std::string& company,
                    const std::string& owner, const std::string& why);

    const DecisionGround& ground_;
    std::vector<InteractionDraft> drafts_;
    std::set<std::pair<PartyKind, std::string>> seen_;
    std::vector<std::string> labels_, blocked_, notes_;
    std::set<std::string> created_for_;
};

}  // namespace liaison::mail
