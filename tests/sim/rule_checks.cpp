#include <algorithm>

#include "tests/sim/rule_admin.hpp"
#include "tests/sim/world.hpp"

namespace liaison::sim {

/// A mail's decision as people can read it.
struct ReadDecision {
    const SimMail* mail = nullptr;  ///< null: its message is not found any more
    IntakeRow row;
};

void RuleAdmin::look_at_interactions() {
    for (const LoggedCount& logged : world_.crm->interactions()) {
        const std::pair key{logged.mark, logged.contact};
        if (logged_.insert(key).second) check_logged(logged);
        if (logged.mark.starts_with("M") && logged.count > 1 && doubled_.insert(key).second)
            world_.violated("mail_once", "mail " + logged.mark + " is logged twice for contact " +
                                             logged.contact);
    }
}

void RuleAdmin::check_logged(const LoggedCount& logged) {
    const auto& mails = world_.postman->mails();
    const auto mail = std::ranges::find(mails, logged.mark, &SimMail::mark);
    if (mail == mails.end()) return;
    const bool own = logged.template_code == kOwnTemplate;
    const bool right = std::ranges::any_of(versions_, [&](const Version& version) {
        const RuleEffect wanted = effect(version.member, mail->words);
        return in_use(version, mail->arrived, world_.loop.now()) &&
               wanted.verdict == RuleEffect::Verdict::Log && wanted.own_template == own;
    });
    if (!right)
        world_.violated("mail_once", "mail " + logged.mark + " is logged as " +
                                         logged.template_code +
                                         " though no rules in force since it came want that");
}

bool RuleAdmin::always_logs(const std::string& words, Timestamp arrived) const {
    return std::ranges::all_of(versions_, [&](const Version& version) {
        return !in_use(version, arrived, world_.loop.now()) ||
               effect(version.member, words).verdict == RuleEffect::Verdict::Log;
    });
}

std::vector<ReadDecision> RuleAdmin::read_decisions() {
    std::map<std::string, const SimMail*> mails;
    for (const SimMail& mail : world_.postman->mails()) mails.emplace(mail.mark, &mail);
    std::vector<ReadDecision> out;
    while (true) {
        const std::int64_t after = out.empty() ? 0 : out.back().row.id;
        auto page = world_.ask(world_.stores().mail->list(std::nullopt, std::nullopt, after, 500));
        if (!page || !*page || (*page)->empty()) return out;
        for (IntakeRow& row : **page) {
            ReadDecision read;
            const sandbox::Item* item =
                world_.sandbox->store().find_item(row.mailbox.str(), row.key.str());
            if (item) {
                const std::string subject(item->properties.text("item:Subject"));
                const auto mail = mails.find(subject.substr(0, subject.find(' ')));
                if (mail != mails.end()) read.mail = mail->second;
            }
            read.row = std::move(row);
            out.push_back(std::move(read));
        }
    }
}

std::set<std::string> RuleAdmin::kept_out() {
    const std::vector<ReadDecision> all = read_decisions();
    std::set<MessageIdentity> identities;
    for (const ReadDecision& read : all)
        if (read.row.decision.reason == "rule") identities.insert(read.row.decision.identity);
    std::set<std::string> marks;
    for (const ReadDecision& read : all)
        if (read.mail && identities.contains(read.row.decision.identity))
            marks.insert(read.mail->mark);
    return marks;
}

void RuleAdmin::check_decisions() {
    look_at_interactions();
    for (const ReadDecision& read : read_decisions()) {
        const std::string& reason = read.row.decision.reason;
        const bool judged = read.row.state == IntakeState::ToMark ||
                            read.row.state == IntakeState::Done ||
                            read.row.state == IntakeState::ToLog;
        if (judged && read.mail && reason != "gone" && reason != "unreadable" && reason != "draft")
            check_decision(read);
    }
}

void RuleAdmin::check_decision(const ReadDecision& read) {
    const MailDecision& decision = read.row.decision;
    const auto wrong = [&](const char* what) {
        world_.violated("mail_once", "mail " + read.mail->mark + ", decided as " +
                                         std::string(to_string(decision.outcome)) + " for " +
                                         decision.reason + ": " + what);
    };
    const auto used = std::ranges::find_if(versions_, [&](const Version& version) {
        return version.hash == decision.rule_set_version &&
               in_use(version, read.mail->arrived, world_.loop.now());
    });
    if (used == versions_.end()) return wrong("by rules that were not in force since it came");
    const RuleEffect wanted = effect(used->member, read.mail->words);
    const bool by_rule = decision.reason == "rule";
    const bool before_rules = decision.reason == "duplicate" || decision.reason == "private";
    const MailOutcome ruled =
        wanted.verdict == RuleEffect::Verdict::Skip ? MailOutcome::Skip : MailOutcome::Hold;
    if (by_rule && (wanted.verdict == RuleEffect::Verdict::Log || decision.outcome != ruled))
        wrong("its rules do not say so");
    if (!by_rule && !before_rules && wanted.verdict != RuleEffect::Verdict::Log)
        wrong("its rules keep it out");
    if (decision.outcome == MailOutcome::Hold) return;
    if (decision.move_to != wanted.move_to) wrong("its rules file it elsewhere");
    std::set<std::string> categories(decision.add_categories.begin(),
                                     decision.add_categories.end());
    std::erase_if(categories,
                  [](const std::string& one) { return one != "Amber" && one != "Cobalt"; });
    if (categories != wanted.categories) wrong("its rules give it other categories");
    for (const InteractionDraft& draft : decision.drafts)
        if ((draft.template_code == kOwnTemplate) != wanted.own_template)
            wrong("its rules name another template");
}

}  // namespace liaison::sim
