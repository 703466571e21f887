#pragma once
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "core/mail.hpp"
#include "rules/rule_set.hpp"

/// Short ways to write rule documents and mails in tests. Documents are written with ' for ".
namespace liaison::rules::samples {

inline std::string quoted(std::string text) {
    for (char& c : text)
        if (c == '\'') c = '"';
    return text;
}

/// One rule "R" with these conditions, exceptions (may be empty) and actions.
inline std::string one_rule(const std::string& conditions, const std::string& exceptions = "{}",
                            const std::string& actions = "{'skipLogging': true}") {
    return quoted("{'rules': [{'displayName': 'R', 'conditions': " + conditions +
                  ", 'exceptions': " + exceptions + ", 'actions': " + actions + "}]}");
}

inline std::string errors_text(const std::vector<RuleError>& errors) {
    std::string out;
    for (const RuleError& error : errors) out += to_text(error) + "\n";
    return out;
}

/// The loaded set; a set without rules and the errors in `problem` when it was refused.
inline RuleSet load_or_empty(const std::string& document, std::string& problem) {
    auto loaded = RuleSet::load(document);
    if (loaded) return *std::move(loaded);
    problem = errors_text(loaded.error());
    return RuleSet();
}

inline MailMessage sample_mail() {
    MailMessage mail;
    mail.from = MailAddress{"Ann.Lee@Sales.Example.COM",
                            "Ann L\xC3\x89"
                            "E"};
    mail.to = {{"alice@example.test", "Alice"}, {"team@example.test", ""}};
    mail.cc = {{"boss@x.test", "The Boss"}};
    mail.subject = "Quarterly OFFER 4711";
    mail.text_body =
        "Dear Alice,\nplease find the invoice.\nGr\xC3\xBC\xC3\x9F"
        "e, \xCE\x91\xCE\x9D\xCE\x9D\xCE\x91";
    mail.size = 10 * 1024;
    mail.importance = "high";
    mail.categories = {"Red  Category"};
    mail.attachments = {{.name = "a.pdf", .content_type = "application/pdf", .size = 9}};
    mail.headers = {{"X-Mailer", "Outlook 16"}, {"List-Id", "<news.x.test>"}};
    return mail;
}

inline Facts sample_facts() {
    Facts facts;
    facts.mailbox = "alice@example.test";
    facts.owner_addresses = {"alice@example.test", "alice.second@example.test"};
    facts.folder = "Inbox/CRM/Offers";
    facts.direction = MailDirection::Inbound;
    Party ann;
    ann.kind = PartyKind::Contact;
    ann.id = "c1";
    ann.company_id = "K100";
    ann.company_name = "Example  AG";
    ann.owner_id = "ANNA";
    ann.has_open_opportunity = true;
    ann.categories = {"Key account"};
    Party alice;
    alice.kind = PartyKind::User;
    alice.id = "alice";
    facts.sender = {ann};
    facts.recipients = {alice};
    return facts;
}

}  // namespace liaison::rules::samples
