#include <gtest/gtest.h>

#include <memory>

#include "core/limits.hpp"
#include "daemon/mail/parties.hpp"
#include "tests/mail/mail_samples.hpp"

namespace liaison::mail {
namespace {

using samples::mail_from;
using samples::sample_book;

TEST(Parties, EachAddressOfFromToAndCcOnceNeverBcc) {
    MailMessage message = mail_from("Ann@X.test", {"b@x.test", "ANN@x.TEST", " <b@X.test> ", ""},
                                    {"c@x.test", "B@x.test"});
    message.bcc = samples::addresses({"secret@x.test"});
    message.sender = MailAddress{"secretary@x.test", ""};
    message.reply_to = samples::addresses({"reply@x.test"});
    EXPECT_EQ(addresses_of(message),
              (std::vector<std::string>{"ann@x.test", "b@x.test", "c@x.test"}));
    const Parties parties = match_parties(message, {}, "");
    ASSERT_EQ(parties.address_count(), 3u);
    EXPECT_EQ(parties.matches[0].role, "from");
    EXPECT_EQ(parties.matches[1].role, "to");
    EXPECT_EQ(parties.matches[2].role, "cc");
    EXPECT_EQ(parties.sender()->address, "ann@x.test");
    EXPECT_EQ(parties.direction, MailDirection::None);
}

TEST(Parties, SenderDoesNotStandInWhereFromIsMissing) {
    MailMessage message = mail_from("", {});
    EXPECT_EQ(match_parties(message, sample_book(), "").sender(), nullptr);
    message.sender = MailAddress{"c1@x.test", ""};
    const Parties parties = match_parties(message, sample_book(), "");
    EXPECT_EQ(parties.sender(), nullptr);
    EXPECT_EQ(parties.direction, MailDirection::None);
}

TEST(Parties, DirectionComesFromTheSender) {
    struct Case {
        std::string from;
        MailDirection direction;
    };
    const Case cases[] = {{"alice@example.test", MailDirection::Outbound},
                          {"c1@x.test", MailDirection::Inbound},
                          {"lead@x.test", MailDirection::Inbound},
                          {"info@x.test", MailDirection::Inbound},
                          {"dan@example.test", MailDirection::Outbound},
                          {"nobody@x.test", MailDirection::None},
                          {"", MailDirection::None}};
    for (const Case& c : cases)
        EXPECT_EQ(match_parties(mail_from(c.from, {"c2@x.test"}), sample_book(), "alice").direction,
                  c.direction)
            << c.from;
}

TEST(Parties, TheFolderOwnersContactWins) {
    const Parties parties = match_parties(mail_from("twins@x.test", {}), sample_book(), "alice");
    const AddressMatch& match = parties.matches.front();
    EXPECT_EQ(match.partner->id, "t2");
    ASSERT_EQ(match.rejected.size(), 1u);
    EXPECT_EQ(match.rejected.front().id, "t1");
    EXPECT_FALSE(match.ambiguous);
}

TEST(Parties, EqualRankTakesNobodyAndNamesThem) {
    const Parties parties = match_parties(mail_from("triplets@x.test", {}), sample_book(), "alice");
    const AddressMatch& match = parties.matches.front();
    EXPECT_FALSE(match.partner);
    EXPECT_EQ(match.rejected.size(), 3u);
    EXPECT_TRUE(match.ambiguous);
    const std::vector<AddressFinding> findings = findings_of(parties);
    ASSERT_EQ(findings.size(), 1u);
    EXPECT_EQ(findings[0].verdict, "ambiguous");
    ASSERT_EQ(findings[0].candidates.size(), 3u);
    EXPECT_EQ(findings[0].candidates[1].why, "ranks the same as another");
}

TEST(Parties, WhoeverPrefersToGuessGetsTheFirst) {
    MatchPolicy policy;
    policy.guess = true;
    const AddressMatch match =
        match_parties(mail_from("triplets@x.test", {}), sample_book(), "alice", policy)
            .matches.front();
    EXPECT_EQ(match.partner->id, "t3");
    EXPECT_TRUE(match.ambiguous);
    EXPECT_EQ(match.why_taken, "the first of several of equal rank");
}

TEST(Parties, TheOrderOfPreferenceIsData) {
    // Four who share an address; each is the best by one criterion only.
    Party in_thread = samples::party_of(PartyKind::Contact, "4"), owned = in_thread,
          dealing = in_thread, primary = in_thread, company = in_thread;
    owned.id = "3";
    owned.owner_id = "alice";
    dealing.id = "2";
    dealing.has_open_opportunity = true;
    primary.id = "1";
    company.id = "5";
    company.kind = PartyKind::Company;
    for (Party* one : {&in_thread, &owned, &dealing, &company}) one->address_rank = 1;
    for (Party* one : {&in_thread, &owned, &dealing, &primary, &company})
        one->number = "C-" + one->id;
    company.number = "C-0";
    const PartyMap book = {{"a@x.test", {company, in_thread, owned, dealing, primary}}};
    struct Case {
        std::vector<Preference> prefer;
        std::string taken;  ///< empty: nobody
    };
    using enum Preference;
    const Case cases[] = {{{Thread}, "4"},
                          {{Owner, Thread}, "3"},
                          {{OpenOpportunity, Owner}, "2"},
                          {{PrimaryAddress}, "1"},
                          {{Kind, PrimaryAddress}, "1"},
                          {{Recent}, "5"},
                          {{Number}, "5"},
                          {{Kind, Number}, "1"},
                          {{Kind, Owner}, "3"},
                          {{Kind}, ""},
                          {{}, ""}};
    for (const Case& c : cases) {
        MatchPolicy policy;
        policy.prefer = c.prefer;
        const AddressMatch match =
            match_parties(mail_from("a@x.test", {}), book, "alice", policy, {"4"}).matches.front();
        EXPECT_EQ(match.partner ? match.partner->id : "", c.taken);
        EXPECT_EQ(match.ambiguous, c.taken.empty());
        EXPECT_EQ(match.rejected.size(), c.taken.empty() ? 5u : 4u);
        EXPECT_EQ(match.why_rejected.size(), match.rejected.size());
    }
}

TEST(Parties, NumbersAreOrderedAsPeopleCount) {
    std::vector<Party> hits;
    for (const char* number : {"C-100", "C-20", "C-9", "D-1"}) {
        Party party = samples::party_of(PartyKind::Contact, number);
        party.number = number;
        hits.push_back(party);
    }
    MatchPolicy policy;
    policy.prefer = {Preference::Number};
    const AddressMatch match =
        match_parties(mail_from("a@x.test", {}), {{"a@x.test", hits}}, "", policy).matches.front();
    EXPECT_EQ(match.partner->number, "C-9");
    EXPECT_EQ(match.rejected.front().number, "C-20");
}

TEST(Parties, BlocklistsCoverDomainsAndWhatIsBelowThem) {
    auto list = std::make_shared<Blocklist>();
    list->addresses = {"c1@private.test"};
    list->domains = {"x.test"};
    MatchPolicy policy;
    policy.blocklist = list;
    const MailMessage message =
        mail_from("c1@x.test", {"c1@private.test", "a@sub.x.test", "a@yx.test"}, {"alice@example.test"});
    const Parties parties = match_parties(message, sample_book(), "alice", policy);
    const std::vector<AddressFinding> findings = findings_of(parties);
    ASSERT_EQ(findings.size(), 5u);
    EXPECT_EQ(findings[0].verdict, "blocklisted");
    EXPECT_EQ(findings[1].verdict, "blocklisted");
    EXPECT_EQ(findings[2].verdict, "blocklisted");
    EXPECT_EQ(findings[3].verdict, "unknown");
    EXPECT_EQ(findings[4].verdict, "user") << "a colleague is never blocked";
}

TEST(Parties, AnInternalDomainIsAColleagueUnlessTheCrmKnowsBetter) {
    MatchPolicy policy;
    policy.internal_domains = {"x.test"};
    const Parties parties = match_parties(mail_from("new@x.test", {"c1@x.test", "z@mail.x.test"}),
                                          sample_book(), "alice", policy);
    EXPECT_TRUE(parties.matches[0].internal);
    EXPECT_EQ(parties.matches[1].partner->id, "c1");
    EXPECT_TRUE(parties.matches[2].internal);
}

TEST(Parties, WithoutAnOwnerNobodyIsPreferredByIt) {
    EXPECT_TRUE(match_parties(mail_from("twins@x.test", {}), sample_book(), "").matches.front().ambiguous);
}

TEST(Parties, AUserWinsOverAContactWithTheSameAddress) {
    const AddressMatch match =
        match_parties(mail_from("dan@example.test", {}), sample_book(), "").matches.front();
    ASSERT_TRUE(match.user);
    EXPECT_EQ(match.user->id, "dan");
    EXPECT_FALSE(match.partner);
    ASSERT_EQ(match.rejected.size(), 1u);
    EXPECT_EQ(match.rejected.front().id, "dan-private");
}

TEST(Parties, AHugeRecipientListIsCut) {
    MailMessage message = mail_from("ann@x.test", {});
    for (std::size_t i = 0; i < limits::recipients_max + 10; ++i)
        message.to.push_back({"r" + std::to_string(i) + "@x.test", ""});
    const Parties parties = match_parties(message, sample_book(), "");
    EXPECT_EQ(parties.address_count(), limits::recipients_max);
    EXPECT_EQ(parties.addresses_ignored, 11u);
    EXPECT_EQ(addresses_of(message).size(), limits::recipients_max);
}

}  // namespace
}  // namespace liaison::mail
