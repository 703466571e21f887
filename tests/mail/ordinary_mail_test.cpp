#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "core/text.hpp"
#include "daemon/mail/identity.hpp"
#include "daemon/mail/logging.hpp"
#include "tests/mail/mail_samples.hpp"

// Runs on the facts of real mails on which independent parsers agree, where the collection is at
// hand.
namespace liaison::mail {
namespace {

std::filesystem::path shared_data() {
    if (const char* path = std::getenv("LIAISON_SHARED_DATA")) return path;
    return std::filesystem::path(LIAISON_SOURCE_DIR) / ".." / "shared" / "data";
}

std::string consensus_of(const std::string& archive) {
    const std::string command = "tar --zstd -xOf '" + (shared_data() / archive).string() +
                                "' --wildcards '*/expected-consensus.jsonl' 2>/dev/null";
    std::string out;
    FILE* pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) return out;
    char buffer[65536];
    for (std::size_t n = 0; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) out.append(buffer, n);
    pclose(pipe);
    return out;
}

std::string text_of(const boost::json::object& agreed, const char* key) {
    const auto* value = agreed.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->as_string().c_str())
                                                  : std::string();
}

std::vector<std::string> list_of(const boost::json::object& agreed, const char* key) {
    std::vector<std::string> out;
    const auto* value = agreed.if_contains(key);
    if (value == nullptr || !value->is_array()) return out;
    for (const auto& item : value->as_array()) out.emplace_back(item.as_string().c_str());
    return out;
}

struct RealMail {
    std::string file;
    std::vector<std::string> from, to, cc;
    MailMessage message;
};

/// Mails whose From, To, Cc and Message-ID are undisputed.
std::vector<RealMail> real_mails(const std::string& archive) {
    std::vector<RealMail> out;
    for (const std::string& line : split(consensus_of(archive), '\n')) {
        if (line.empty()) continue;
        const boost::json::value row = boost::json::parse(line);
        const auto disputed = list_of(row.as_object(), "disputed");
        const auto is_disputed = [&](const char* field) {
            return std::ranges::find(disputed, field) != disputed.end();
        };
        if (is_disputed("all") || is_disputed("from") || is_disputed("to") || is_disputed("cc") ||
            is_disputed("message_id"))
            continue;
        const auto& agreed = row.at("agreed").as_object();
        RealMail mail{row.at("file").as_string().c_str(),
                      list_of(agreed, "from"),
                      list_of(agreed, "to"),
                      list_of(agreed, "cc"),
                      {}};
        MailMessage& m = mail.message;
        m.internet_message_id = text_of(agreed, "message_id");
        m.subject = text_of(agreed, "subject");
        m.text_body = text_of(agreed, "text_sha");
        m.sent_at = parse_timestamp(text_of(agreed, "date"));
        if (!mail.from.empty()) m.from = MailAddress{mail.from.front(), ""};
        for (const auto& a : mail.to) m.to.push_back({a, ""});
        for (const auto& a : mail.cc) m.cc.push_back({a, ""});
        out.push_back(std::move(mail));
    }
    return out;
}

std::string lower(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

struct Totals {
    std::size_t logged = 0, interactions = 0, unmatched = 0, internal = 0, duplicate = 0;
    friend bool operator==(const Totals&, const Totals&) = default;
};

/// The decision in its simplest words, from address sets alone.
Totals plain_totals(const std::vector<RealMail>& mails,
                    const std::map<std::string, std::string>& contacts,
                    const std::set<std::string>& users) {
    Totals totals;
    std::set<std::string> seen;
    for (const RealMail& mail : mails) {
        const std::string who = mail.from.empty() ? "" : lower(mail.from.front());
        const std::string when =
            mail.message.sent_at ? format_timestamp(*mail.message.sent_at) : "";
        const std::string& id = mail.message.internet_message_id;
        std::string subject = lower(normal_line(mail.message.subject));
        if (!seen.insert(id + "\n" + who + "\n" + when + "\n" + subject +
                         (id.empty() ? mail.message.text_body : ""))
                 .second) {
            ++totals.duplicate;
            continue;
        }
        std::set<std::string> all, found;
        if (!who.empty()) all.insert(who);
        for (const auto& a : mail.to) all.insert(lower(a));
        for (const auto& a : mail.cc) all.insert(lower(a));
        bool only_users = !all.empty();
        for (const auto& a : all) {
            if (contacts.contains(a)) found.insert(contacts.at(a));
            only_users = only_users && users.contains(a);
        }
        totals.interactions += found.size();
        ++(!found.empty() ? totals.logged : only_users ? totals.internal : totals.unmatched);
    }
    return totals;
}

TEST(OrdinaryMail, EveryDecisionEqualsThePlainOne) {
    const std::vector<RealMail> mails = real_mails("mail-ordinary.tar.zst");
    if (mails.empty()) GTEST_SKIP() << "the collection of real mails is not here";
    ASSERT_GT(mails.size(), 7000u);
    // Every third sender is a contact, every 50th of the others a user; two senders in a row share
    // one contact now and then.
    std::map<std::string, std::string> contacts;
    std::set<std::string> users, senders;
    for (const RealMail& mail : mails)
        if (!mail.from.empty()) senders.insert(lower(mail.from.front()));
    std::size_t i = 0;
    for (const std::string& sender : senders) {
        if (i % 3 == 0)
            contacts[sender] = "C" + std::to_string(i % 30 == 27 ? i - 3 : i);
        else if (i % 50 == 1)
            users.insert(sender);
        ++i;
    }
    PartyMap book;
    for (const auto& [address, id] : contacts)
        book[address] = {samples::party_of(PartyKind::Contact, id)};
    for (const auto& address : users) book[address] = {samples::party_of(PartyKind::User, address)};

    Totals totals;
    std::map<MessageIdentity, EarlierDecision> decided;
    for (const RealMail& mail : mails) {
        MailSituation situation{.owner_user_id = "alice"};
        const auto earlier = decided.find(identify(mail.message));
        if (earlier != decided.end()) situation.earlier = earlier->second;
        const Parties parties = match_parties(mail.message, book, "alice");
        const MailDecision decision = decide_logging(mail.message, parties, {}, {}, situation);
        decided.try_emplace(decision.identity, EarlierDecision{decision.outcome, decision.reason});
        if (decision.reason == "duplicate") std::cout << "copy: " << mail.file << "\n";
        totals.logged += decision.outcome == MailOutcome::Log;
        totals.interactions += decision.drafts.size();
        totals.unmatched += decision.outcome == MailOutcome::Unmatched;
        totals.internal += decision.reason == "internal";
        totals.duplicate += decision.reason == "duplicate";
    }
    EXPECT_EQ(totals, plain_totals(mails, contacts, users));
    EXPECT_EQ(totals.logged + totals.unmatched + totals.internal + totals.duplicate, mails.size());
    EXPECT_GT(totals.logged, 1000u);
    EXPECT_GT(totals.unmatched, 100u);
    std::cout << mails.size() << " mails: " << totals.logged << " logged, " << totals.interactions
              << " interactions, " << totals.unmatched << " unmatched, " << totals.internal
              << " internal, " << totals.duplicate << " copies\n";
}

TEST(OrdinaryMail, TortureFactsNeverCrash) {
    const std::vector<RealMail> mails = real_mails("mail-mime-torture.tar.zst");
    if (mails.empty()) GTEST_SKIP() << "the collection of torture mails is not here";
    for (const RealMail& mail : mails) {
        const MailDecision decision =
            decide_logging(mail.message, match_parties(mail.message, {}, ""), {}, {}, {});
        EXPECT_EQ(decision.outcome, MailOutcome::Unmatched) << mail.file;
        EXPECT_FALSE(decision.reason.empty());
    }
}

}  // namespace
}  // namespace liaison::mail
